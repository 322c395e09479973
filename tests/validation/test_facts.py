"""The facts for operations: counted in logs, played, and the rows of ``qunlab validate``."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lives.human_log import HumanLog
from sim.lives.patterns import BREADTH, LAST_AUTHOR, NEWCOMER, Ahead, facts_of
from sim.populations import find_population, read_population
from sim.scenario import parse_scenario
from sim.validation.facts import AUDIENCE, LOST_DAY, PART, fact_rows, half_lost, real_facts
from sim.validation.rooms import Rooms

DAY = 86_400.0


def log_of(*rooms: list[tuple[float, int]], watched_days: float = 200.0) -> HumanLog:
    """Rooms of (day, member), and one that nobody used."""
    rows = [(g, who + 100 * g, day) for g, room in enumerate(rooms) for day, who in room]
    group, member, day = (np.array(column) for column in zip(*rows, strict=True))
    until = np.full(len(rooms), watched_days * DAY)
    return HumanLog(group, member, day * DAY, until, until * 0, 1)


def test_who_ends_a_silence_of_one_to_three_days_is_counted_by_room() -> None:
    log = log_of(
        [(0.0, 1), (1.5, 1), (1.6, 2), (3.0, 3), (9.0, 1)],  # the last is too long a silence
        [(0.0, 1), (2.0, 2), (3.5, 1), (4.0, 1)],  # the last is none
    )
    found = facts_of(log)
    every = np.ones((1, 3))
    assert found[LAST_AUTHOR].at(every)[0] == pytest.approx(1 / 4)
    assert found[NEWCOMER].at(every)[0] == pytest.approx(2 / 4)
    assert found[LAST_AUTHOR].at(np.array([[1.0, 0.0, 5.0]]))[0] == pytest.approx(1 / 2)


def test_posters_of_week_1_foretell_survival_where_messages_do_not() -> None:
    lasting = [(20.0 * step, 1) for step in range(8)]  # no silence of 30 days for 140 days
    broad = [(0.0, 1), (0.1, 2), (0.2, 3), *lasting[1:]]
    loud = [(0.1 * step, 1) for step in range(5)]
    late = [(0.0, 1), (0.1, 2)]
    found = facts_of(log_of(broad, loud, late))[BREADTH]
    # posters 3 against 1 and 2: AUC 1; messages 3 against 5 and 2: AUC 1/2
    assert found.at(np.ones((1, 4)))[0] == pytest.approx(0.5)
    assert found.at(np.array([[1.0, 3.0, 0.0, 0.0]]))[0] == pytest.approx(1.0)
    assert np.isnan(found.at(np.array([[1.0, 0.0, 0.0, 1.0]]))[0])
    assert np.isnan(facts_of(log_of(broad, loud, watched_days=100.0))[BREADTH].at(np.ones((1, 3))))


@given(st.integers(0, 10**6))
def test_a_forerunner_is_ahead_by_the_pairs_that_it_alone_puts_right(seed: int) -> None:
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 4, (2, 9)).astype(float)
    lived, times = random.random(9) < 0.5, random.integers(0, 3, 9).astype(float)
    if not times[lived].any() or not times[~lived].any():
        return
    wins = pairs = 0.0
    for a in np.flatnonzero(lived):
        for b in np.flatnonzero(~lived):
            pairs += times[a] * times[b]
            gained = np.sign(first[a] - first[b]) - np.sign(second[a] - second[b])
            wins += times[a] * times[b] * gained / 2
    ahead = Ahead(first, second, np.flatnonzero(lived), np.flatnonzero(~lived))
    assert ahead.at(times[None, :])[0] == pytest.approx(wins / pairs, abs=1e-12)


def test_half_the_members_are_lost_in_one_arm_alone() -> None:
    room = parse_scenario({"group": {"size": 6}, "speak": {"propensity": 0.3}})
    lonely = room.with_values({"group.size": 1})
    found = half_lost([room, lonely], 8, 1)
    assert (found.under[::2] > 0).all()
    assert (found.over[::2] != 0).any()
    assert (found.over[1::2] == 0).all()  # nobody of odd number was there
    again = half_lost([room, lonely], 8, 1)
    assert np.array_equal(found.over, again.over)


def test_half_lost_is_what_the_benchmark_plays() -> None:
    from dataclasses import replace
    from functools import partial

    from sim.validation.arms import arm_of
    from sim.validation.trials import TRIALS, _play, jobs_of

    trial = replace(TRIALS["zhang2011"], people="learner_rooms")
    assert trial.arms[1] == {"policies.own": ["removing_odd", LOST_DAY]}
    played = list(map(partial(_play, 3), jobs_of(trial, range(2))))
    arms = [
        sum(
            arm_of([left], 1, 0).written(30, 90, "even").sum()
            for job, left in played
            if job.arm == arm
        )
        for arm in (0, 1)
    ]
    scenarios = read_population(find_population("learner_rooms")).scenarios(40)
    found = half_lost(scenarios, 10, 3)
    assert (found.under.sum(), (found.under + found.over).sum()) == tuple(arms)


def test_every_fact_is_a_row_with_its_real_interval() -> None:
    log = log_of([(0.0, 1), (1.5, 1), (3.0, 3)])
    made = Rooms({}, np.ones(2), facts=facts_of(log))
    room = parse_scenario({"group": {"size": 4}})
    rows = fact_rows(made, half_lost([room], 2, 1), 1)
    assert [row.pattern for row in rows] == [*real_facts().index]
    assert {row.part for row in rows} == {PART}
    assert {AUDIENCE, LAST_AUTHOR, NEWCOMER, BREADTH} == {row.pattern for row in rows}
    by_name = {row.pattern: row for row in rows}
    assert by_name[LAST_AUTHOR].simulated == pytest.approx(0.5)
    assert by_name[BREADTH].verdict == "not shown"
    assert by_name[AUDIENCE].note == "real: -.50 to -.10, Zhang & Zhu 2011 (A)"
