"""The protocol: nothing of the judged part is read, the ceiling, paired intervals, the bar."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lives.patterns import Median, Ratio
from sim.validation.protocol import (
    CEILING,
    ceiling,
    fixed_candidate,
    interval,
    medians,
    meets_bar,
    paired,
    run_protocol,
    splits_of,
)
from sim.validation.real import Rooms, measured, read_rooms


def made_up(total: int = 400) -> Rooms:
    luck = np.random.default_rng(2)
    brought = {
        f"share {n}": Ratio((luck.random(total) < 0.4).astype(float), np.ones(total), "room")
        for n in range(20)
    } | {"median": Median(luck.normal(size=total), "room")}
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
    assert paired(judged, CEILING, "wrong").says == "wins"
    assert paired(judged, "wrong", CEILING).says == "loses"
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


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9), st.floats(-3, 3))
def test_an_interval_moves_with_its_differences_and_holds_their_mean(values, shift) -> None:
    found, moved = interval(values), interval([value + shift for value in values])
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert moved.low == pytest.approx(found.low + shift, abs=1e-6)
    assert moved.high == pytest.approx(found.high + shift, abs=1e-6)


def test_one_split_tells_nothing_apart() -> None:
    assert interval([-3.0]).says == "not told apart"


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
