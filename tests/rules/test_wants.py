"""Wants and progress: they arise at their rates, are solved or given up, and end in graduation."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.ensemble import simulate
from sim.lives.outcomes import outcomes
from sim.models import Community, Member
from sim.scenario import Scenario, parse_scenario
from sim.state import ASKED, BENEFIT, INFORMATION, NO_WANT, PROBLEM, Actions

SHARES = st.floats(0, 1)
RATES = st.floats(0, 300)
LUCK = st.floats(0, 1, exclude_min=True, exclude_max=True)


def group(days: float = 20.0, size: int = 60, **values: Any) -> Scenario:
    """Return a group with some values changed."""
    keys = {key.replace("__", "."): value for key, value in values.items()}
    table = {"group": {"size": size}, "run": {"days": days}}
    return parse_scenario(table, values={"arrivals.per_day": 0.0, **keys})


@given(LUCK, st.floats(0, 1e4), RATES, RATES, RATES)
def test_what_arises_is_one_of_what_may(
    u: float, hours: float, problems: float, purchases: float, ideas: float
) -> None:
    want = rules.want_arises(u, hours, problems, purchases, ideas)
    chance = 1.0 - math.exp(-(problems + purchases + ideas) * hours / 720.0)
    assert (want > 0) == (u < chance) or abs(u - chance) < 1e-12
    assert want == 0 or (problems, purchases, ideas)[want - 1] > 0.0
    assert rules.want_arises(u, hours, 0.0, 0.0, 0.0) == 0


def test_wants_arise_at_their_rates() -> None:
    uniforms = [(n + 0.5) / 10_000 for n in range(10_000)]
    found = [rules.want_arises(u, 72.0, 2.0, 1.0, 0.5) for u in uniforms]
    some = 1.0 - math.exp(-0.35)
    expected = (some * 2 / 3.5, some * 1 / 3.5, some * 0.5 / 3.5)
    for want, share in enumerate(expected, 1):
        assert found.count(want) / 10_000 == pytest.approx(share, abs=2e-4)


@given(st.floats(0, 2), SHARES, SHARES)
def test_trust_helps_to_ask(drive: float, trust: float, more: float) -> None:
    low, high = sorted([trust, more])
    assert 0.5 * drive <= rules.ask_drive(drive, low) <= rules.ask_drive(drive, high) <= drive


@given(SHARES, SHARES)
def test_progress_never_passes_the_goal(step: float, progress: float) -> None:
    gained = rules.felt_progress(step, progress)
    assert 0.0 <= gained <= step
    assert progress + gained <= 1.0
    assert rules.felt_progress(0.0, progress) == 0.0


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=20))
def test_the_weight_left_is_what_is_left_to_learn(steps: list[float]) -> None:
    progress, weight = 0.0, 1.0
    for step in steps:
        after = progress + rules.felt_progress(step, progress)
        weight *= rules.weight_left(progress, after)
        progress = after
    assert weight == pytest.approx(1.0 - progress, abs=1e-9)


def member_of(**values: Any) -> tuple[Community, Member]:
    community = Community(group(days=2, size=8, wants__problems_per_month=1.0, **values))
    community.run(1)
    return community, community.everyone[0]


def test_progress_is_felt_and_leaves_less_to_learn() -> None:
    _, member = member_of(progress__step=0.25)
    weights, verdict = list(member.weights), member.verdict
    member.hunger[BENEFIT] = 1.0
    member.gain_progress()
    assert member.progress == 0.25
    assert member.hunger[BENEFIT] == 0.8
    assert member.verdict > verdict
    for need, weight in enumerate(weights):
        kept = 0.75 if need in (INFORMATION, BENEFIT) else 1.0
        assert member.weights[need] == weight * kept
    for _ in range(9):
        member.gain_progress()
    assert (member.progress, member.weights[INFORMATION], member.weights[BENEFIT]) == (1, 0, 0)
    before = member.verdict, member.habit
    member.gain_progress()  # a graduate gains nothing more
    assert (member.verdict, member.habit) == before


def test_without_a_step_there_is_no_progress() -> None:
    _, member = member_of(progress__step=0.0)
    before = member.verdict, member.habit, list(member.weights)
    member.gain_progress()
    assert (member.verdict, member.habit, member.weights) == before
    assert member.progress == 0.0


def test_a_problem_makes_an_opener_a_question_and_time_ends_it() -> None:
    _, member = member_of()
    member.want = PROBLEM
    assert member.aimed_kind(0, 0.5) == 1
    for want, change in ((PROBLEM, -1), (ASKED, -1), (2, 0)):
        member.want, member.want_hours, member.verdict = want, 0.0, 0.5
        taken = member.read(member.model.conversation)
        member.follow_want(24.0 * 8, taken)
        assert member.want == NO_WANT
        assert (member.verdict > 0.5) - (member.verdict < 0.5) == change


def test_answers_solve_problems_and_members_judge_by_it() -> None:
    """The more of the questions the team answers, the more problems are solved, and verdicts."""
    asking = {"wants__problems_per_month": 6.0, "operator__answer_minutes": 60.0}
    points = [group(operator__answer_probability=share, **asking) for share in (0.0, 0.5, 1.0)]
    table = outcomes(simulate(points, 30, 1), points)
    solved = [table["problems_solved_share"][30 * n : 30 * n + 30].mean() for n in range(3)]
    verdict = [table["satisfaction"][30 * n : 30 * n + 30].mean() for n in range(3)]
    assert solved[0] < solved[1] < solved[2]
    assert verdict[0] < verdict[1] < verdict[2]


def test_solutions_read_with_a_problem_bring_progress() -> None:
    values = {"wants__problems_per_month": 6.0, "progress__step": 0.2}
    scenario = group(days=6, **values)
    community = Community(scenario)
    acts = Actions.solutions([0] * 6, [24.0 * day + 1.0 for day in range(6)]).acts
    community._acts = acts
    community.run()
    assert community.trace().daily["progress"].max() > 0.0
    plain = Community(scenario)
    plain._acts = acts.copy()
    plain._acts["amount"] = 0.0
    plain.run()
    assert plain.trace().daily["progress"].max() == 0.0
