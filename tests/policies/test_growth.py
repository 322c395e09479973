"""Guests are paid for while a group grows; its door opens in waves, and closes when it is full."""

from __future__ import annotations

import dataclasses

import numpy as np
from both_engines import played_alike
from hypothesis import given
from hypothesis import strategies as st

from sim.operators import checked
from sim.policies.growth import Growth
from tests.policies.test_policies import observed

GROWING = st.builds(
    Growth,
    reward_fen=st.integers(0, 1_000_000),
    most_members=st.integers(0, 100),
    open_days=st.integers(1, 365),
    every_days=st.integers(0, 365),
)
INVITING = {
    "growth.invite_probability": 0.5,
    "growth.delay_days": 0.1,
    "growth.reserve": 40,
    "arrivals.per_day": 10.0,
}


@given(GROWING, st.integers(0, 500), st.lists(st.integers(0, 150), min_size=1, max_size=4))
def test_each_group_is_paid_and_shut_by_its_own_size(
    growth: Growth, day: int, members: list[int]
) -> None:
    seen = dataclasses.replace(
        observed([0.0] * len(members)), time_hours=24.0 * day, members=np.array(members)
    )
    orders = checked(growth.act(seen), "growth", len(members), 24.0 * day, 24.0 * day + 1)
    full = [0 < growth.most_members <= many for many in members]
    assert orders.invite_reward_fen is not None
    assert orders.closed is not None
    assert orders.invite_reward_fen.tolist() == [0 if no else growth.reward_fen for no in full]
    shut = bool(growth.every_days) and day % growth.every_days >= growth.open_days
    assert orders.closed.tolist() == [no or shut for no in full]


def test_both_engines_pay_for_guests_until_the_group_is_full() -> None:
    free = played_alike({"growth": {"reward_fen": 300}}, 4.0, **INVITING).daily
    assert free["invited"].sum() > 5
    assert 0 < free["invite_rewards_fen"].sum() <= 300 * free["invited"].sum()
    full = played_alike({"growth": {"most_members": 1}}, 4.0, **INVITING).daily
    assert full["joins"].sum() == full["invite_rewards_fen"].sum() == 0 < full["refused"].sum()
    waves = played_alike({"growth": {"open_days": 1, "every_days": 2}}, 4.0, **INVITING).daily
    assert 0 < waves["joins"].sum() < free["joins"].sum()
