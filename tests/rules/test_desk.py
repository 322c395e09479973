"""The desk against an exact queue, and what must hold of it whatever the numbers."""

from __future__ import annotations

import heapq
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.state import Array

OPEN, CLOSE = 9.0, 22.0
A_DAY = CLOSE - OPEN
POSTS = (9.5, 12.0, 15.0, 18.0, 21.0)
MEMORY_HOURS = 24.0 * 14.0
WARM_HOURS = 7 * 24.0
ANSWER = 5.0  # minutes
clocks = st.floats(0, 23.99)
minutes = st.floats(0, 1e5)


def open_hours(time_hours: float) -> float:
    """Return how many hours the desk has been open since midnight of day 0."""
    days, clock = divmod(time_hours, 24.0)
    return days * A_DAY + min(max(clock - OPEN, 0.0), A_DAY)


def exact_wait(asked: list[Array], hands: int, post: float, days: int, seed: int) -> float:
    """Serve the questions and posts of all groups one after the other; mean wait, open minutes."""
    rng = np.random.default_rng(seed)
    jobs = [(t, rng.exponential(ANSWER), True) for mine in asked for t in mine]
    times = [24.0 * day + hour for day in range(days) for hour in POSTS]
    jobs += [(t, post, False) for t in times for _ in asked]
    free, waits = [0.0] * hands, []
    for t, work, is_question in sorted(jobs):
        begins = max(open_hours(t), heapq.heappop(free))
        heapq.heappush(free, begins + work / 60.0)
        if is_question and t > WARM_HOURS:
            waits.append(60.0 * (begins - open_hours(t)))
    return float(np.mean(waits))


def desk_wait(mine: Array, groups: int, hands: int, post: float, days: int) -> list[float]:
    """Let one group reckon by itself, as the engines do; open minutes of each question."""
    times = [(24.0 * day + hour, False) for day in range(days) for hour in POSTS]
    backlog, recent, last, waits = 0.0, 0.0, 0.0, []
    capacity = 60.0 * hands
    for t, is_question in sorted([*((t, True) for t in mine), *times]):
        rate = rules.recent_per_hour(recent, t - last, t, MEMORY_HOURS)
        inflow = groups * rate * ANSWER
        backlog = rules.desk_backlog(
            backlog, last % 24.0, t - last, inflow, capacity, OPEN, CLOSE, math.inf
        )
        recent *= rules.kept_after((t - last) / MEMORY_HOURS)
        last = t
        if is_question:
            load = groups * rules.recent_per_hour(recent, 0.0, t, MEMORY_HOURS) * ANSWER / capacity
            queue = rules.queue_wait_minutes(load, float(hands), ANSWER)
            if t > WARM_HOURS:
                waits.append(backlog / hands + queue)
            recent += 1.0
        else:
            backlog += groups * post
    return waits


@pytest.mark.parametrize(
    ("groups", "hands", "asked_a_day", "post"),
    [
        (10, 1, 1.7, 3.0),  # .30 of capacity
        (30, 1, 1.2, 3.0),  # .81
        (100, 3, 1.2, 3.0),  # .90
        (100, 1, 0.15, 1.0),  # .74
        (60, 1, 0.3, 3.0),  # 1.27
        (100, 1, 1.2, 1.5),  # 1.73
    ],
)
def test_a_group_alone_knows_how_long_a_shared_desk_takes(
    groups: int, hands: int, asked_a_day: float, post: float
) -> None:
    days = 60
    exact, alone = [], []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        asked = [
            np.sort(rng.uniform(0.0, 24.0 * days, rng.poisson(asked_a_day * days)))
            for _ in range(groups)
        ]
        exact.append(exact_wait(asked, hands, post, days, seed))
        alone += [wait for mine in asked for wait in desk_wait(mine, groups, hands, post, days)]
    assert float(np.mean(alone)) == pytest.approx(float(np.mean(exact)), rel=0.25)


@given(minutes, clocks, st.floats(0, 200), st.floats(0, 500), st.floats(0.1, 600), st.floats(0, 1))
def test_the_backlog_does_not_care_when_it_is_looked_at(
    backlog: float, clock: float, hours: float, inflow: float, capacity: float, part: float
) -> None:
    whole = rules.desk_backlog(backlog, clock, hours, inflow, capacity, OPEN, CLOSE, math.inf)
    first = hours * part
    half = rules.desk_backlog(backlog, clock, first, inflow, capacity, OPEN, CLOSE, math.inf)
    then = rules.desk_backlog(
        half, (clock + first) % 24.0, hours - first, inflow, capacity, OPEN, CLOSE, math.inf
    )
    assert then == pytest.approx(whole, rel=1e-6, abs=1e-3)
    assert 0.0 <= whole <= backlog + inflow * hours + 1e-6
    more = rules.desk_backlog(backlog + 10, clock, hours, inflow, capacity, OPEN, CLOSE, math.inf)
    assert whole <= more <= whole + 10 + 1e-6


@given(minutes, clocks, st.floats(0, 300), st.floats(0, 500), st.floats(1, 1e4))
def test_questions_never_lift_the_backlog_above_what_is_left_lying(
    backlog: float, clock: float, hours: float, inflow: float, most: float
) -> None:
    then = rules.desk_backlog(backlog, clock, hours, inflow, 60.0, OPEN, CLOSE, most)
    assert then <= max(most, backlog)
    assert then >= min(most, backlog) - 60.0 * hours - 1e-6


@given(minutes, clocks, st.floats(0.1, 600))
def test_after_the_wait_the_desk_has_just_done_its_backlog(
    backlog: float, clock: float, capacity: float
) -> None:
    wait = rules.desk_wait_hours(backlog, clock, capacity, OPEN, CLOSE)
    worked = open_hours(clock + wait) - open_hours(clock)
    assert worked * capacity == pytest.approx(backlog, rel=1e-6, abs=1e-3)
    assert wait >= rules.hours_to_opening(clock, OPEN, CLOSE)


def test_the_queue_is_known_for_one_server_and_grows_with_load_and_shrinks_with_hands() -> None:
    assert rules.queue_wait_minutes(0.8, 1.0, 5.0) == pytest.approx(5.0 * 0.8 / 0.2)  # M/M/1
    exact_two = 5.0 * 0.8**2 / (1 - 0.8**2)  # M/M/2 in closed form
    assert rules.queue_wait_minutes(0.8, 2.0, 5.0) == pytest.approx(exact_two, rel=0.05)
    waits = [rules.queue_wait_minutes(load, 2.0, 5.0) for load in (0.0, 0.3, 0.6, 0.9, 0.95, 7.0)]
    assert waits[0] == 0.0
    assert all(low < high for low, high in pairwise(waits[:-1]))
    assert waits[-1] == waits[-2]
    hands = [rules.queue_wait_minutes(0.7, n, 5.0) for n in (0.2, 0.5, 1.0, 2.0, 10.0)]
    assert all(low > high for low, high in pairwise(hands))


@given(st.floats(0, 1e4), st.floats(0.1, 1e4), st.floats(0, 1e4), st.floats(0, 1e4))
def test_all_questions_are_taken_until_the_desk_is_too_far_behind(
    backlog: float, most: float, inflow: float, capacity: float
) -> None:
    share = rules.taken_share(backlog, most, inflow, capacity)
    assert 0.0 <= share <= 1.0
    assert (share == 1.0) or backlog >= most
    assert rules.taken_share(most, most, 2.0 * capacity + 1.0, capacity) < 0.5
    assert rules.taken_share(most, most, inflow + 1.0, -1.0) == 0.0  # posts leave nothing
    assert share * inflow <= max(capacity, inflow * (backlog < most)) * (1.0 + 1e-12)


def test_what_is_reckoned_with_is_what_was_asked() -> None:
    recent = 0.0
    for _ in range(400):
        recent = recent * rules.kept_after(5.0 / 100.0) + 1.0
    found = rules.recent_per_hour(recent, 5.0, 2000.0, 100.0)
    assert found == pytest.approx(0.2, rel=1e-3)
    assert rules.recent_per_hour(0.0, 5.0, 0.0, 100.0) == 0.0
    assert rules.recent_per_hour(1.0, 0.0, 1.0, 100.0) < 1.0 / 20.0  # one question is no trend


def test_hands_are_those_ordered_else_those_of_the_scenario() -> None:
    assert rules.desk_tenths(0, 0.0) == 0
    assert rules.desk_tenths(0, 2.04) == 20
    assert rules.desk_tenths(7, 2.0) == 7
