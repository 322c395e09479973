"""A day's talk is rewarded when it was enough, at one hour, within the budget."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.policies.reward import Reward
from sim.state import PACKET, Observation
from tests.policies.test_policies import observed


def evening(posting: list[int], hour: int = 21, spent_fen: float = 0) -> Observation:
    seen = observed([0.0] * len(posting), spent_fen=spent_fen)
    hours = np.full(len(posting), hour)
    return dataclasses.replace(seen, posting_members_today=np.array(posting), hour_of_day=hours)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=9), st.integers(1, 20))
def test_only_groups_that_spoke_enough_are_paid(posting: list[int], least: int) -> None:
    acts = Reward(least_members=least, fen=700, shares=7).act(evening(posting)).acts
    assert acts["group"].tolist() == [at for at, count in enumerate(posting) if count >= least]
    assert (acts["kind"] == PACKET).all()
    assert (acts["fen"] == 700).all()


@pytest.mark.parametrize(("hour", "paid"), [(20, 0), (21, 1), (22, 0)])
def test_a_day_is_judged_once(hour: int, paid: int) -> None:
    assert len(Reward().act(evening([99], hour)).acts) == paid


@pytest.mark.parametrize(("spent", "paid"), [(29_000, 1), (29_001, 0)])
def test_the_budget_is_kept(spent: int, paid: int) -> None:
    assert len(Reward().act(evening([99], spent_fen=spent)).acts) == paid


def test_a_packet_beyond_the_limits_is_refused() -> None:
    with pytest.raises(ValueError, match="1-20000 fen a share"):
        Reward(fen=5, shares=10)
