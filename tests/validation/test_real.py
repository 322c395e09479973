"""The real side: halves, communities, and errors by resampling rooms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.lives.human_log import HumanLog
from sim.lives.patterns import Median, Ratio
from sim.validation.real import (
    FEWEST_ROOMS,
    Rooms,
    community_split,
    first_days,
    half,
    measured,
    read_rooms,
    resampled,
    rooms_of,
)
from sim.validation.targets import DATA_SETS, TIMING_AND_RETURN, shipped_targets


def made_up(total: int, communities: tuple[str, ...] = ()) -> Rooms:
    luck = np.random.default_rng(5)
    hits = (luck.random(total) < 0.3).astype(float)
    brought = {
        "share": Ratio(hits, np.ones(total), "room"),
        "median": Median(luck.normal(size=total), "room"),
        "nothing": Median(np.full(total, np.nan), "room"),
    }
    return Rooms(brought, np.full(total, 30.0), communities)


@given(st.integers(0, 60), st.integers(0, 2**40))
def test_a_half_and_the_other_half_are_all_rooms(total, seed) -> None:
    chosen = half(made_up(total), seed)
    assert chosen.sum() == total // 2
    assert (half(made_up(total), seed) == chosen).all()


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(0, 2**40))
def test_a_resample_draws_as_many_of_the_chosen_rooms_and_no_other(chosen, seed) -> None:
    weights = resampled(np.array(chosen), seed, 7)
    assert weights.shape == (7, len(chosen))
    assert (weights[:, ~np.array(chosen)] == 0).all()
    assert (weights.sum(axis=1) == sum(chosen)).all()


def test_the_error_of_a_share_is_the_binomial_one() -> None:
    rooms = made_up(900)
    table = measured(rooms, rooms.every(), 1, resamples=2000)
    p = table.loc["share", "value"]
    assert table.loc["share", "error"] == pytest.approx(np.sqrt(p * (1 - p) / 900), rel=0.06)
    normal = np.sqrt(np.pi / 2 / 900)  # of a median of standard normals
    assert table.loc["median", "error"] == pytest.approx(normal, rel=0.25)
    assert table.loc["nothing"].isna().all()


def test_the_error_of_a_half_is_that_of_half_as_many() -> None:
    rooms = made_up(1000)
    whole = measured(rooms, rooms.every(), 1, resamples=1000)["error"]
    part = measured(rooms, half(rooms, 1), 1, resamples=1000)["error"]
    assert part["share"] / whole["share"] == pytest.approx(np.sqrt(2), rel=0.1)


def test_two_communities_are_held_out_with_enough_rooms_on_both_sides() -> None:
    names = ("a",) * 30 + ("b",) * 15 + ("c",) * 12 + ("d",) * 2
    for seed in range(8):
        fitted, judged = community_split(made_up(len(names), names), seed)
        assert len(judged) == 2
        assert {name for name, inside in zip(names, fitted, strict=True) if not inside} == {*judged}
        assert min(fitted.sum(), (~fitted).sum()) >= FEWEST_ROOMS


def test_too_few_rooms_to_split_by_community_are_refused() -> None:
    with pytest.raises(InputError, match="hold 20 rooms"):
        community_split(made_up(6, ("a", "b", "c") * 2), 1)


def test_the_rows_that_must_all_hold_are_rows() -> None:
    for one in DATA_SETS:
        assert set(TIMING_AND_RETURN) <= set(shipped_targets(one.name)["pattern"])


@pytest.mark.parametrize("dataset", [one.name for one in DATA_SETS])
def test_shipped_targets_are_those_of_the_data_and_so_are_our_errors(data_dir, dataset) -> None:
    published = pd.read_csv(data_dir / "targets.csv").query("dataset == @dataset")
    shipped = shipped_targets(dataset)
    assert shipped["pattern"].tolist() == published["target"].tolist()
    apart = shipped["value"].to_numpy() - published["value"].to_numpy()
    moved = shipped["pattern"].str.contains("silence begun <=[39]0d")  # over groups seen for longer
    assert np.abs(apart).max() < 0.005
    assert (apart == 0.0)[~moved].all()
    assert shipped["error"][~moved].tolist() == published["boot_se"].to_numpy()[~moved].tolist()
    rooms, _, _ = read_rooms(data_dir, dataset)
    ours = measured(rooms, rooms.every(), 1)
    assert ours["value"].to_numpy() == pytest.approx(shipped["value"].to_numpy(), abs=0.00051)
    ratio = ours["error"].to_numpy() / shipped["error"].to_numpy()
    assert 0.9 < np.median(ratio) < 1.1  # both from 200 resamples, so about 5 % apart each
    assert ratio.min() > 0.7
    assert ratio.max() < 1.4


def test_first_days_cut_every_room_by_its_own_clock() -> None:
    day = 86_400.0
    log = HumanLog(
        group=np.array([0, 0, 1, 1]),
        member=np.array([0, 1, 2, 2]),
        ts=np.array([0.0, 5 * day, 90 * day, 93 * day]),
        until=np.array([100 * day, 92 * day]),
        created=np.array([np.nan, np.nan]),
        never_used=0,
        names=("a", "b"),
    )
    cut = first_days(log, 4.0)
    assert first_days(log, None) is log
    assert cut.ts.tolist() == [0.0, 90 * day]
    assert cut.until.tolist() == [4 * day, 92 * day]


def test_rooms_of_their_first_days_alone(data_dir: Path) -> None:
    whole, log, prepared = read_rooms(data_dir, "fcc_gitter")
    early = rooms_of(log, prepared, 30.0)
    assert (early.total, early.communities) == (whole.total, whole.communities)
    assert np.nanmax(early.window_days) == 30.0
    messages = "median msgs per group"
    few, all_of_them = (one.brought[messages].counted().value for one in (early, whole))
    assert 0 < few < all_of_them
