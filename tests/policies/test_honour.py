"""Praise goes to those who spoke, on its days, seldom to the same, and prizes keep the budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.honour import Honour
from sim.state import KINDS, PAY
from tests.policies.both_engines import played_alike
from tests.policies.crowds import Crowd, acted, crowds, most_a_day, rests, shown_again

HONOURS = st.builds(
    Honour,
    whom=st.sampled_from(["most_active", "by_lot"]),
    every_days=st.integers(1, 30),
    members=st.integers(1, 20),
    pause_days=st.floats(1, 40),
    kind=st.sampled_from(["chat", "activity"]),
    quality=st.floats(0, 3),
    fen=st.sampled_from([0, 1, 500]),
    budget_fen=st.integers(0, 9_000),
)


@settings(max_examples=30)
@given(HONOURS, crowds())
def test_who_spoke_is_praised_on_its_day_and_paid_within_the_budget(
    policy: Honour, crowd: Crowd
) -> None:
    acts = acted(policy, crowd, 95)
    assert (acts["time_hours"] > 0).all()
    assert (acts["time_hours"] % (24 * policy.every_days) == 0).all()
    praise, prizes = acts[acts["kind"] != PAY], acts[acts["kind"] == PAY]
    assert (praise["kind"] == KINDS.index(policy.kind)).all()
    assert min(rests(acts), default=np.inf) >= 24 * policy.pause_days
    assert most_a_day(praise) <= policy.members
    at = np.concatenate([[0], np.cumsum(crowd.sizes)])[praise["group"]] + praise["to"]
    since = praise["time_hours"] - crowd.columns["last_post_hours"][at]
    assert (since <= 24 * policy.every_days).all()
    assert (crowd.books["paid_fen"] <= policy.budget_fen).all()
    assert (prizes["fen"] == policy.fen).all()
    where = ["group", "to", "time_hours"]
    assert {tuple(one) for one in prizes[where]} <= {tuple(one) for one in praise[where]}


@given(crowds())
def test_the_most_active_come_first(crowd: Crowd) -> None:
    people = crowd.seen(24.0 * 84).people
    policy = Honour(every_days=30, members=2)
    chosen = policy.chosen(people)
    others = people.here()
    spoke = people.time_hours - others.last_post_hours <= 24.0 * 30
    others = others.where(spoke & ~np.isin(others.rows, chosen.rows))
    for group in range(len(crowd.sizes)):
        least = chosen.recent[chosen.group == group].min(initial=np.inf)
        assert (others.recent[others.group == group] <= least).all()


@given(HONOURS)
def test_it_is_read_back_from_a_file(policy: Honour) -> None:
    assert shown_again("honour", policy)


@pytest.mark.parametrize("whom", ["most_active", "by_lot"])
def test_both_engines_honour_alike(whom: str) -> None:
    fields = {"whom": whom, "every_days": 1, "pause_days": 2, "members": 3, "fen": 70}
    trace = played_alike({"honour": fields})
    assert trace.daily["operator_posts"].sum() > 0
    assert trace.daily["paid_fen"].sum() == 70 * trace.daily["payments"].sum() > 0
