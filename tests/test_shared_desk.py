"""A team at a desk: what more groups, fewer hands and a service that ends do, and who pays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules
from sim.desk import DESK_DTYPE, minutes_of_acts, pay_hour, queue_hours, work_comes
from sim.ensemble import simulate
from sim.lives.outcomes import outcomes
from sim.models import Community
from sim.params import Params, to_record
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.state import ACTS, Actions, Observation, Setting
from sim.trace import Trace

ASKING: dict[str, Any] = {  # members who keep asking the team, about once a day, and nobody else
    "look.habit_floor_share": 1.0,
    "look.rate_per_day": 6.0,
    "leaving.leave_probability": 0.0,
    "leaving.mute_probability": 0.0,
    "reading.fatigue_per_message": 0.0,
    "speak.question_share": 1.0,
    "speak.answer_ratio": 0.0,
    "speak.first_ratio": 0.0,
    "reaction.draw_max": 0.1,
    "arrivals.per_day": 0.0,
    "operator.answer_probability": 1.0,
}
DAYS, GROUPS = 40, 40
WARM_DAYS = 14  # until the team knows what to reckon with
SEEN = GROUPS * (DAYS + 1 - WARM_DAYS)  # group-days, the last one of 9 hours


def scenario(posts_per_day: float = 0.0, policy: object = None, **values: Any) -> Scenario:
    """Return a group of thirty that asks, its desk as wanted (``desk__hands=1``)."""
    data: dict[str, Any] = {"group": {"size": 30}, "run": {"days": DAYS}}
    if posts_per_day:
        data["policies"] = {"cadence": {"posts_per_day": posts_per_day}}
    changed = {key.replace("__", "."): value for key, value in values.items()}
    parsed = parse_scenario(data, values={**ASKING, **changed})
    if policy is None:
        return parsed
    mine = NamedPolicy("mine", "test:mine", policy)
    return Scenario(parsed.name, parsed.params, (*parsed.policies, mine), parsed.days)


def played(one: Scenario, groups: int = GROUPS) -> tuple[Trace, pd.DataFrame]:
    trace = simulate([one], groups, seed=4)
    return trace, outcomes(trace, [one])


@cache
def shared_by(
    groups: int, hands: float, posts_per_day: float
) -> tuple[dict[str, int], dict[str, float]]:
    """Return sums over later days and mean outcomes of a desk shared by so many groups."""
    one = scenario(posts_per_day, desk__groups=groups, desk__hands=hands)
    trace, rows = played(one)
    late = trace.daily[:, WARM_DAYS:]
    counts = {name: int(late[name].sum()) for name in trace.daily.dtype.names or ()}
    return counts, rows.drop(columns=["point", "replication"]).astype(float).mean().to_dict()


def test_a_team_of_its_own_answers_as_one_that_no_desk_holds_up() -> None:
    free, alone = (shared_by(1, hands, 3.0)[0] for hands in (0.0, 1.0))
    assert alone["questions_left"] == alone["late_answers"] == free["paid_minutes"] == 0
    assert alone["operator_answers"] == pytest.approx(free["operator_answers"], rel=0.05)


@given(st.integers(0, 10**6))
def test_a_team_of_its_own_holds_a_question_up_for_less_than_a_minute(seed: int) -> None:
    asked = np.random.default_rng(seed).uniform(0.0, 24.0 * 200, 150).tolist()
    p = to_record(Params()).view(np.recarray)[0]
    desk = np.zeros(1, DESK_DTYPE).view(np.recarray)[0]
    pay_hour(desk, p, 0, 0, 10)
    posts = [24.0 * day + hour for day in range(200) for hour in (9.5, 13.0, 18.0)]
    held = []
    for t, is_question in sorted([*((t, True) for t in asked), *((t, False) for t in posts)]):
        clock = t % 24.0
        if is_question:
            wait = queue_hours(desk, p, t, clock, 0.5)
            held.append(60.0 * (wait - rules.hours_to_opening(clock, 9.0, 22.0)))
        else:
            work_comes(desk, p, t, clock, 10.0)
    assert min(held) >= -1e-9
    assert np.mean(held) < 1.0


def test_more_groups_a_team_wait_longer_get_less_and_cost_less_each() -> None:
    found = [shared_by(groups, 1.0, 2.0) for groups in (1, 10, 35, 50)]
    taken = [1.0 - counts["questions_left"] / counts["questions_meant"] for counts, _ in found]
    waits = [means["answer_wait_hours"] for _, means in found]
    costs = [means["cost_fen"] for _, means in found]
    assert taken[0] == taken[1] > taken[2] > taken[3]
    assert waits[0] < waits[1] < min(waits[2:])  # the longest are left: no answer, no wait
    assert costs[0] > costs[1] > costs[2] > costs[3]


@pytest.mark.parametrize(("load", "posts_per_day"), [(1.5, 0.0), (3.0, 0.0), (1.5, 0.3)])
def test_an_overloaded_desk_answers_as_much_as_it_can(load: float, posts_per_day: float) -> None:
    asked = shared_by(1, 1.0, 0.0)[0]["questions_meant"] / SEEN
    groups = round(load * 60 * 13 / (asked * 5 + posts_per_day * 10))
    counts, means = shared_by(groups, 1.0, posts_per_day)
    posts = counts["operator_posts"] * 10 * groups
    can = (counts["paid_minutes"] - posts) / (counts["questions_meant"] * 5 * groups)
    share = 1.0 - counts["questions_left"] / counts["questions_meant"]
    assert share == pytest.approx(can, rel=0.2)
    assert means["answer_wait_hours"] < 48.0


def test_two_hands_pay_twice_and_only_open_hours() -> None:
    counts, means = shared_by(10, 2.0, 0.0)
    assert counts["paid_minutes"] == GROUPS * (DAYS - WARM_DAYS) * 13 * 60 * 2
    assert means["paid_hours"] == pytest.approx(DAYS * 13 * 2 / 10)
    assert means["cost_fen"] == pytest.approx(means["paid_hours"] * 3000)
    assert means["hours_over_capacity"] == 0.0


def test_every_question_is_answered_left_or_still_waits() -> None:
    one = scenario(2.0, desk__groups=35, desk__hands=1.0)
    daily = played(one)[0].daily
    total = {name: daily[name].sum(axis=1) for name in daily.dtype.names}
    assert (total["questions_meant"] <= total["question"]).all()
    waiting = total["questions_meant"] - total["questions_left"] - total["operator_answers"]
    assert (waiting >= 0).all()
    assert (waiting <= daily["questions_meant"][:, -4:].sum(axis=1)).all()  # nothing gets lost
    assert total["questions_left"].sum() > 0
    assert (total["late_answers"] + total["questions_left"] <= total["questions_meant"]).all()


@dataclass(frozen=True)
class Service:
    """Answer for some days and then no more; perhaps close every mouth at night."""

    days: float
    hush: bool = False
    hands: int = 0

    def act(self, seen: Observation) -> Actions:
        over = np.full(seen.groups, seen.time_hours >= 24 * self.days)
        night = (seen.hour_of_day < 12) & self.hush
        return Actions(Actions.none().acts, hands=over * self.hands, unanswered=over, hushed=night)


def test_a_service_that_is_over_means_to_answer_nothing() -> None:
    trace, _ = played(scenario(policy=Service(10)), 10)
    meant = trace.daily["questions_meant"].sum(axis=0)
    assert meant[:10].sum() > 50
    assert meant[11:].sum() == 0  # the clock began at 9
    assert trace.daily["question"].sum(axis=0)[11:].sum() > 50


def test_the_hushed_look_but_do_not_write() -> None:
    quiet = Community(scenario(policy=Service(99, hush=True)), days=6)
    quiet.run()
    said, _ = quiet.logs()
    clock = (said["time_hours"] + quiet.start_hour) % 24
    assert len(said) > 5
    assert (clock >= 12).all()
    free = Community(scenario(policy=Service(99)), days=6)
    free.run()
    assert quiet.daily["looks"].sum() > 0.7 * free.daily["looks"].sum()


def test_hands_that_are_ordered_are_on_duty_from_then_on() -> None:
    trace, _ = played(scenario(policy=Service(10, hands=5)), 3)
    paid = trace.daily["paid_minutes"]
    assert (paid[:, :10] == 0).all()
    assert (paid[:, 11:-1] == 13 * 30).all()


@dataclass(frozen=True)
class Roster:
    """Order hands for good."""

    hands: int

    def plan(self, setting: Setting) -> Actions:
        return Actions(Actions.none().acts, hands=np.array(self.hands))


def test_hands_ordered_by_a_plan_add_up() -> None:
    both = scenario(policy=Roster(10))
    more = NamedPolicy("other", "test:other", Roster(5))
    both = Scenario(both.name, both.params, (*both.policies, more), 3.0)
    trace, _ = played(both, 2)
    assert (trace.daily["paid_minutes"][:, 1] == 13 * 90).all()


def test_each_act_takes_its_minutes() -> None:
    params = Params().replace(
        {"operator.minutes_per_post": 7.0, "operator.minutes_per_answer": 2.0}
    )
    minutes = dict(zip(ACTS, minutes_of_acts(params).tolist(), strict=True))
    assert minutes["content"] == minutes["packet"] == minutes["answer"] == 7.0  # as posts
    assert (minutes["letter"], minutes["call"], minutes["remove"]) == (3.0, 20.0, 1.0)
