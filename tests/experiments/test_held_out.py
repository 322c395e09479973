"""Rooms held out: nothing of the judged part is read, the ceiling, paired intervals, the bar."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.validation.held_out import (
    CEILING,
    FEWEST_ROOMS,
    ceiling,
    community_split,
    fixed_candidate,
    half,
    medians,
    meets_bar,
    outcome_of,
    paired,
    run_protocol,
    splits_of,
)
from sim.errors import InputError
from sim.lives.patterns import Median, Ratio
from sim.stats.intervals import estimate
from sim.validation.rooms import Rooms, measured, read_rooms


def made_up(total: int = 400) -> Rooms:
    rng = np.random.default_rng(2)
    brought = {
        f"share {n}": Ratio((rng.random(total) < 0.4).astype(float), np.ones(total), "room")
        for n in range(20)
    } | {"median": Median(rng.normal(size=total), "room")}
    return Rooms(brought, np.full(total, 30.0))


def test_the_other_half_of_the_same_rooms_is_near_and_a_wrong_model_far() -> None:
    rooms = made_up()
    wrong = measured(rooms, rooms.every(), 1)
    wrong["value"] += 0.3
    candidates = {CEILING: ceiling, "wrong": fixed_candidate(wrong)}
    judged = run_protocol(rooms, splits_of(rooms), candidates)
    table = medians(judged)
    assert table["splits"].tolist() == [5, 5]
    assert table.loc[CEILING, "within"] >= 18
    assert table.loc[CEILING, "mean_distance"] < 1.2
    assert table.loc["wrong", "within"] <= 1
    assert outcome_of(paired(judged, CEILING, "wrong")) == "wins"
    assert outcome_of(paired(judged, "wrong", CEILING)) == "loses"
    assert meets_bar(table.loc[CEILING])
    assert not meets_bar(table.loc["wrong"])


def test_a_candidate_sees_the_targets_of_the_fitted_part_alone() -> None:
    rooms = made_up()
    seen = []

    def watching(split, targets):
        seen.append((split, targets))
        return targets

    run_protocol(rooms, splits_of(rooms, count=2), {"watching": watching})
    for split, targets in seen:
        assert not (split.fitted & split.judged).any()
        pd.testing.assert_frame_equal(targets, measured(rooms, split.fitted, split.seed))


def test_one_split_shows_no_clear_difference() -> None:
    assert outcome_of(estimate([-3.0])) == "no clear difference"


def test_splits_by_community_and_by_half(data_dir) -> None:
    learners, _, _ = read_rooms(data_dir, "fcc_gitter")
    halves = splits_of(learners)
    assert {one.fitted.sum() for one in halves} == {183}
    streams, _, _ = read_rooms(data_dir, "zulip")
    for one in splits_of(streams):
        names = {n for n, inside in zip(streams.communities, one.judged, strict=True) if inside}
        assert " and ".join(sorted(names)) == one.label
        assert len(set(streams.communities) - names) == 6


def test_the_other_half_of_the_learner_rooms_is_the_ceiling(data_dir) -> None:
    rooms, _, _ = read_rooms(data_dir, "fcc_gitter")
    table = medians(run_protocol(rooms, splits_of(rooms), {CEILING: ceiling}))
    assert table.loc[CEILING, "rows"] == 37
    assert table.loc[CEILING, "within"] >= 33
    assert table.loc[CEILING, "mean_distance"] < 1.2


def rooms_in(communities: tuple[str, ...]) -> Rooms:
    return Rooms({}, np.full(len(communities), 30.0), communities)


@given(st.integers(0, 60), st.integers(0, 2**40))
def test_a_half_and_the_other_half_are_all_rooms(total, seed) -> None:
    chosen = half(rooms_in(("",) * total), seed)
    assert chosen.sum() == total // 2
    assert (half(rooms_in(("",) * total), seed) == chosen).all()


def test_two_communities_are_held_out_with_enough_rooms_on_both_sides() -> None:
    names = ("a",) * 30 + ("b",) * 15 + ("c",) * 12 + ("d",) * 2
    for seed in range(8):
        fitted, judged = community_split(rooms_in(names), seed)
        assert len(judged) == 2
        assert {name for name, inside in zip(names, fitted, strict=True) if not inside} == {*judged}
        assert min(fitted.sum(), (~fitted).sum()) >= FEWEST_ROOMS


def test_too_few_rooms_to_split_by_community_are_refused() -> None:
    with pytest.raises(InputError, match="hold 20 rooms"):
        community_split(rooms_in(("a", "b", "c") * 2), 1)
