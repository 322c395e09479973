"""Roles: hosts open talk as a job, experts answer, volunteers quit; duty 0 changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.ensemble import simulate, simulate_log
from sim.lives.outcomes import outcomes
from sim.models import Community
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.state import ALUMNUS, EXPERT, HOST, PROBATION, Actions, Setting, merge

SHARES = st.floats(0, 1)


@dataclass(frozen=True)
class Named:
    """Give the first members a role at the start, and again every `again_days`."""

    role: int = HOST
    members: int = 3
    again_days: float = 0.0

    def plan(self, setting: Setting) -> Actions:
        """Return the acts."""
        every = 24.0 * self.again_days if self.again_days else 1e9
        times = np.arange(0.0, 24.0 * setting.days, every)
        slots = np.arange(self.members)
        at, to = np.repeat(times, len(slots)), np.tile(slots, len(times))
        return Actions.roles(np.zeros(len(at), np.int64), at, to, self.role)


def group(role: int = 0, members: int = 3, days: float = 14.0, **values: Any) -> Scenario:
    """Return strangers of whom some have a role (0: nobody)."""
    keys = {key.replace("__", "."): value for key, value in values.items()}
    table = {"group": {"size": 40}, "run": {"days": days}}
    scenario = parse_scenario(table, values={"arrivals.per_day": 0.0, **keys})
    named = (NamedPolicy("named", "test:Named", Named(role, members)),) if role else ()
    return Scenario("roles", scenario.params, named, days)


@given(st.floats(0, 5), st.floats(0, 100), SHARES, SHARES)
def test_duty_grows_with_propensity_and_hunger_and_is_nothing_at_0(
    propensity: float, duty: float, hunger: float, more: float
) -> None:
    drive = rules.duty_drive(propensity, duty, hunger)
    assert 0.0 <= drive <= 1.5 * propensity * duty
    assert rules.duty_drive(propensity, duty, max(hunger, more)) >= drive
    assert rules.duty_drive(propensity, 0.0, hunger) == 0.0


@given(st.floats(0, 100), st.floats(0, 100))
def test_experts_answer_questions_more_as_far_as_they_feel_a_duty(
    ratio: float, duty: float
) -> None:
    assert rules.expert_ratio(ratio, duty) >= ratio
    assert rules.expert_ratio(ratio, 0.0) == ratio


@given(SHARES)
def test_a_role_is_given_up_below_the_least_verdict_and_never_at_0(verdict: float) -> None:
    assert rules.gives_up(verdict, 0.4) == (verdict < 0.4)
    assert not rules.gives_up(verdict, 0.0)


def test_hosts_say_what_nobody_said_and_break_silences() -> None:
    kept = {"roles__quit_verdict": 0.0}
    points = [group(), group(HOST, **kept)]
    table = outcomes(simulate(points, 60, 1), points)
    alone, hosted = table[:60], table[60:]
    assert hosted["messages"].mean() > alone["messages"].mean()
    assert hosted["host_share"].mean() > 0.1
    assert (alone["host_share"].fillna(0) == 0).all()
    assert hosted["messages_activity"].mean() > alone["messages_activity"].mean() == 0


@pytest.mark.parametrize("role", [HOST, EXPERT])
def test_a_role_without_duty_recognition_or_loafing_changes_nothing(role: int) -> None:
    off = {"roles__duty": 0.0, "roles__recognition": 0.0, "speak__loafing": 0.0}
    _, said, done = simulate_log([group(role, **off)], 6, 2)
    _, alone, happened = simulate_log([group(**off)], 6, 2)
    assert said.tobytes() == alone.tobytes()
    assert done.tobytes() == happened.tobytes()


def test_roles_are_given_taken_and_lapse() -> None:
    community = Community(group(HOST | PROBATION, 2, days=1))
    community.run(1)
    assert [community.everyone[slot].role for slot in range(3)] == [9, 9, 0]
    orders = [(0, HOST, False), (1, ALUMNUS, True), (77, ALUMNUS, True), (2, -1, True)]
    for to, role, taken in orders:  # the last two: to nobody, and nothing
        community.team.act(1.0, Actions.roles([0], [1.0], [to], role, taken).acts[0])
    assert [community.everyone[slot].role for slot in range(3)] == [8, 13, 0]
    for slot in range(2):
        community.everyone[slot].verdict = 0.1
        community.everyone[slot].look(2.0, "reaction")
    assert [community.everyone[slot].role for slot in range(2)] == [8, 8]


def test_hosts_die_out_where_the_verdict_falls() -> None:
    """Under ads the group pays less, and who was a host is one no longer."""
    late = []
    for kinds in ([], ["ad"]):
        posts = {"cadence": {"posts_per_day": 6, "kinds": kinds}} if kinds else {}
        table = {"group": {"size": 40}, "run": {"days": 21}, "policies": posts}
        base = parse_scenario(table, values={"arrivals.per_day": 0.0})
        hosts = NamedPolicy("named", "test:Named", Named(HOST, 5))
        played = simulate([Scenario("x", base.params, (*base.policies, hosts), 21.0)], 80, 1)
        weeks = played.daily["host_messages"].sum(axis=0)
        late.append(weeks[7:].sum() / weeks[:7].sum())
    assert late[1] < 0.7 * late[0]


def test_the_order_of_roles_given_at_once_never_matters() -> None:
    one = Actions.roles([0, 0], 1.0, [3, 2], HOST)
    other = Actions.roles([0], 1.0, [2], HOST, given=False)
    assert merge([one, other]).acts.tobytes() == merge([other, one]).acts.tobytes()


def test_a_role_changes_nothing_else_before_the_next_look() -> None:
    community = Community(group(days=1))
    community.run(5)
    states = [
        {name: repr(value) for name, value in vars(member).items()}
        for member in community.everyone.values()
    ]
    community.team.act(5.0, Actions.roles([0], [5.0], [3], HOST | EXPERT).acts[0])
    for slot, member in community.everyone.items():
        changed = {
            name for name, value in vars(member).items() if repr(value) != states[slot][name]
        }
        assert changed == ({"role"} if slot == 3 else set())


@given(st.integers(0, 5000), st.floats(0, 5))
def test_whoever_has_a_role_loafs_less(present: int, loafing: float) -> None:
    free = rules.loafing_factor(present, loafing, 0.5)
    assert free <= rules.loafing_factor(present, rules.duty_loafing(loafing), 0.5) <= 1
