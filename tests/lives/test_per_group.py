"""What groups bring to a pattern: a choice of groups counts as if messages were recounted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_patterns import crowd

from sim.lives.human_log import HumanLog
from sim.lives.patterns import Median, Ratio, Slope, per_group, share

DAY = 86_400.0


def room(seed: int, busy: bool) -> tuple[np.ndarray, np.ndarray]:
    """Members and seconds of one random room, in order of time."""
    rows = sorted((at, member) for member, at, kind in crowd(seed, busy) if kind == "msg")
    return np.array([m for _, m in rows], np.int64), np.array([at * DAY for at, _ in rows])


def log_of(rooms: list[tuple[np.ndarray, np.ndarray]], never_used: int) -> HumanLog:
    sizes = [len(ts) for _, ts in rooms]
    group = np.repeat(np.arange(len(rooms)), sizes)
    ts = np.concatenate([ts for _, ts in rooms]) if rooms else np.zeros(0)
    member = [1000 * number + who for number, (who, _) in enumerate(rooms)]
    until = np.array([ts[-1] + (40 + 90 * (n % 2)) * DAY for n, (_, ts) in enumerate(rooms)])
    created = np.zeros(len(rooms))
    members = np.concatenate(member) if rooms else np.zeros(0, np.int64)
    return HumanLog(group, members, ts, until, created, never_used)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), min_size=1, max_size=4),
    st.data(),
)
def test_weighted_groups_count_as_if_they_were_repeated(seeds, data) -> None:
    rooms = [made for made in (room(*seed) for seed in seeds) if len(made[1])]
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(rooms), max_size=len(rooms)))
    never = data.draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    brought = per_group(log_of(rooms, never[0]), True)
    weights = np.array([[*times, *[never[1]] * never[0]]], dtype=np.float64)
    parity = [n for n, count in enumerate(times) for _ in range(count)]
    again = log_of([rooms[n] for n in parity], never[0] * never[1])
    until = np.array([again.ts[again.start[g] + again.messages[g] - 1] for g in range(len(parity))])
    spans = np.array([(40 + 90 * (n % 2)) * DAY for n in parity])
    again = HumanLog(
        again.group, again.member, again.ts, until + spans, again.created, again.never_used
    )
    recounted = per_group(again, True)
    for name, one in brought.items():
        expected = recounted[name].counted().value
        assert one.at(weights)[0] == pytest.approx(expected, nan_ok=True, abs=1e-9), name


def test_a_ratio_without_groups_is_missing() -> None:
    rule = share(np.array([True, False]), np.array([True, True]), "group")
    assert np.isnan(rule.at(np.zeros((1, 2)))[0])
    assert Ratio(np.zeros(1), np.zeros(1), "group").counted().why == "no group"


@pytest.mark.parametrize(("weights", "median"), [([1, 1, 0, 9], 1.5), ([0, 1, 2, 0], 5.0)])
def test_a_weighted_median_takes_the_middle_of_the_repeated(weights, median) -> None:
    rule = Median(np.array([1.0, 2.0, 5.0, np.nan]), "group")
    assert rule.at(np.array([weights], dtype=float)).tolist() == [median]


def test_a_slope_over_one_place_is_missing() -> None:
    rule = Slope(np.array([0, 1]), np.log([3.0, 3.0]), np.log([1.0, 9.0]), 2, "why")
    assert rule.counted().why == "why"
    assert np.isnan(rule.at(np.ones((1, 2)))[0])


def test_a_slope_of_a_power_is_its_exponent() -> None:
    x = np.log(np.arange(1.0, 20.0))
    rule = Slope(np.arange(19) % 3, x, 1.7 * x + 0.3, 3, "why")
    assert rule.at(np.array([[1.0, 0.0, 4.0]]))[0] == pytest.approx(1.7)
