"""Rooms: errors by resampling, first days, windows, and simulated rooms seen no longer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.validation.held_out import half
from sim.lives.human_log import HumanLog
from sim.lives.patterns import Median, Ratio, per_group
from sim.validation.rooms import (
    LONGEST_DAYS,
    SHORTEST_DAYS,
    Rooms,
    Utterances,
    Windows,
    first_days,
    measured,
    read_rooms,
    resampled,
    room_windows,
    rooms_of,
    seen_through,
    shipped_windows,
    windows_of,
)
from sim.validation.targets import DATA_SETS, TIMING_AND_RETURN, shipped_targets


def made_up(total: int) -> Rooms:
    rng = np.random.default_rng(5)
    hits = (rng.random(total) < 0.3).astype(float)
    brought = {
        "share": Ratio(hits, np.ones(total), "room"),
        "median": Median(rng.normal(size=total), "room"),
        "nothing": Median(np.full(total, np.nan), "room"),
    }
    return Rooms(brought, np.full(total, 30.0))


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


# --- windows ---


DAYS = st.lists(st.floats(0.1, 3000), min_size=1, max_size=30)


@given(DAYS, st.integers(0, 400), st.integers(0, 2**40))
def test_resampled_windows_are_real_ones(days, rooms, seed) -> None:
    drawn = windows_of(np.array(days)).drawn(rooms, seed)
    assert len(drawn) == rooms
    assert set(drawn) <= set(days)


@given(DAYS, st.integers(0, 2**40))
def test_windows_of_quantiles_stay_between_the_first_and_the_last(days, seed) -> None:
    drawn = Windows(np.sort(days), True).drawn(50, seed)
    assert drawn.min() >= min(days) - 1e-9
    assert drawn.max() <= max(days) + 1e-9


def test_windows_never_exceed_what_a_run_can_last() -> None:
    drawn = windows_of(np.array([0.001, 9999.0])).drawn(100, 1)
    assert set(drawn) == {SHORTEST_DAYS, LONGEST_DAYS}


def test_uniform_quantiles_give_a_uniform_draw() -> None:
    drawn = Windows(np.array([0.1, 100.0]), True).drawn(20_000, 3)
    assert drawn.mean() == pytest.approx(50.05, abs=1)
    assert drawn.std() == pytest.approx(100 / np.sqrt(12), abs=1)


rooms = st.lists(
    st.tuples(st.floats(0.1, 40), st.lists(st.floats(0, 50 * 24), max_size=8)), max_size=8
)


@given(rooms)
def test_a_window_hides_what_came_later_and_nothing_else(made) -> None:
    room = [n for n, (_, hours) in enumerate(made) for _ in hours]
    hours = [hour for _, said in made for hour in sorted(said)]
    window = np.array([days for days, _ in made])
    said = Utterances(np.array(room, np.int64), np.arange(len(room)), np.array(hours, float))
    log = seen_through(said, window)
    expected = [sum(h / 24 <= days + 1e-12 for h in hours_) for days, hours_ in made]
    assert log.n_groups + log.never_used == len(made)
    assert log.never_used == expected.count(0)
    assert log.messages.tolist() == [n for n in expected if n]
    assert log.names == tuple(str(n) for n, count in enumerate(expected) if count)
    assert (log.last <= log.until + 1e-6).all()


def test_never_used_rooms_count_among_the_created() -> None:
    said = Utterances(np.array([0]), np.array([0]), np.array([5.0]))
    brought = per_group(seen_through(said, np.array([60.0, 60.0, 60.0, 0.1])), True)
    assert brought["never any human msg (of created groups)"].counted().value == 0.75
    dead = "share dead<=7d of creation (7d silence, initial counts, never counts)"
    assert brought[dead].counted().value == 1.0


@pytest.mark.parametrize("dataset", [one.name for one in DATA_SETS])
def test_shipped_windows_are_rising_quantiles_without_a_rooms_name(dataset) -> None:
    windows = shipped_windows(dataset)
    assert windows.are_quantiles
    assert len(windows.days) == 41
    assert (np.diff(windows.days) >= 0).all()


@pytest.mark.parametrize("dataset", [one.name for one in DATA_SETS])
def test_shipped_windows_are_those_of_the_data(data_dir, dataset) -> None:
    real, _, prepared = read_rooms(data_dir, dataset)
    days = room_windows(prepared)
    known = days[days > 0]
    assert len(days) == real.total
    expected = np.quantile(known, np.linspace(0, 1, 41))
    assert shipped_windows(dataset).days == pytest.approx(expected, abs=0.06)


def test_windows_of_rooms_end_at_closing_or_at_the_last_second(data_dir) -> None:
    _, log, prepared = read_rooms(data_dir, "fcc_gitter")
    days = dict(zip(prepared.names, room_windows(prepared), strict=False))
    row = log.groups.set_index("group").loc["Aarhus"]
    assert days["Aarhus"] == pytest.approx((row["closed"] - row["created"]) / 86_400)
    open_end = log.groups[log.groups["closed"].isna() & log.groups["group"].isin(prepared.names)]
    name, born = open_end.iloc[0]["group"], open_end.iloc[0]["created"]
    if pd.notna(born):
        assert days[name] == pytest.approx((log.last_second() - born) / 86_400)
