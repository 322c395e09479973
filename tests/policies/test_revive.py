"""Hours and patience of a team that revives groups."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.policies.revive import Revive
from sim.state import PACKET
from tests.policies.test_policies import observed


@pytest.mark.parametrize(("hour", "acts"), [(8, 0), (9, 1), (21, 1), (22, 0)])
def test_nobody_is_revived_at_night(hour: int, acts: int) -> None:
    seen = dataclasses.replace(observed([500.0]), hour_of_day=np.array([hour]))
    assert len(Revive(from_hour=9, to_hour=22).act(seen).acts) == acts


@pytest.mark.parametrize(("posts", "acts"), [(2, 1), (3, 0)])
def test_after_so_many_posts_a_group_is_given_up(posts: int, acts: int) -> None:
    seen = observed([500.0])
    ledger = dataclasses.replace(seen.ledger, posts=np.array([posts]))
    policy = Revive(most_posts=3)
    assert len(policy.act(seen.by(ledger)).acts) == acts
    assert len(Revive().act(seen.by(ledger)).acts) == 1


def test_a_packet_may_come_alone() -> None:
    acts = Revive(kind="none", fen=500, shares=5).act(observed([500.0, 1.0])).acts
    assert acts["kind"].tolist() == [PACKET]
    assert len(Revive(kind="none").act(observed([500.0])).acts) == 0
