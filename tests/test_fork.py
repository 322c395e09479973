"""Forks: all before the day is the same to the bit, nothing changed is no difference at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ensemble import Ensemble, Place, simulate, simulate_log
from sim.errors import InputError
from sim.models import Community
from sim.scenario import Forked, Scenario, forked
from sim.trace import Trace

RICH: dict[str, Any] = {
    "group.size": 30,
    "run.days": 10,
    "arrivals.per_day": 2,
    "policies.cadence.posts_per_day": 2,
    "policies.checkin.fen": 20,
    "policies.checkin.paid_check_ins": 3,
    "policies.gate.review_share": 0.2,
    "policies.matching.pairs_a_day": 2,
    "policies.red_packets.fen_per_day": 500,
    "policies.shifts.from_hour": 9,
    "policies.welcome.quality": 1.5,
}
MANY = {
    "policies.cadence.posts_per_day": 6,
    "policies.gate.review_share": 0.9,
    "policies.matching.pairs_a_day": 9,
    "policies.a_new_one.use": "revive",
    "policies.red_packets.fen_per_day": 3000,
}
BUSY = {"policies.cadence.posts_per_day": 8}


def bytes_of(trace: Trace) -> list[bytes]:
    return [np.asarray(value).tobytes() for value in vars(trace).values()]


@pytest.fixture(scope="module")
def rich() -> Scenario:
    return Scenario().with_values(RICH)


@pytest.mark.parametrize("day", [0, 1, 5])
def test_a_fork_that_changes_nothing_is_the_same_run(rich: Scenario, day: int) -> None:
    ours = simulate_log([forked(rich, {}, day)], 3, seed=4)
    plain = simulate_log([rich], 3, seed=4)
    assert bytes_of(ours[0]) == bytes_of(plain[0])
    assert [rows.tobytes() for rows in ours[1:]] == [rows.tobytes() for rows in plain[1:]]


@settings(max_examples=8, deadline=None)
@given(
    day=st.integers(1, 9),
    changes=st.lists(st.sampled_from([*MANY]), unique=True, min_size=1),
    start_hour=st.integers(0, 23),
    seed=st.integers(0, 99),
)
def test_until_the_day_every_message_and_event_is_the_same(
    rich: Scenario, day: int, changes: list[str], start_hour: int, seed: int
) -> None:
    world = rich.with_values({"group.start_hour": start_hour})
    fork = forked(world, {key: MANY[key] for key in changes}, day)
    assert fork.from_hour == 24 * day - start_hour
    whole = [simulate_log([one], 2, seed)[1:] for one in (world, fork)]
    for was, now in zip(*whole, strict=True):
        was, now = (rows[rows["time_hours"] < fork.from_hour] for rows in (was, now))
        assert len(was)
        assert was.tobytes() == now.tobytes()


def test_from_the_day_on_it_is_the_new_act(rich: Scenario) -> None:
    world = rich.with_values({"policies.revive.use": "revive"})
    daily = [simulate([one], 4, seed=1).daily for one in (world, forked(world, BUSY, 6))]
    posts = [days["operator_posts"].sum(axis=0) for days in daily]
    assert posts[0][:6].tolist() == posts[1][:6].tolist()
    assert (posts[1][6:-1] > posts[0][6:-1]).all()


def test_at_creation_it_is_a_run_with_the_set_values(rich: Scenario) -> None:
    changes = {key: value for key, value in MANY.items() if "gate" not in key}
    ours, plain = (
        simulate_log([one], 3, seed=2)
        for one in (forked(rich, changes, 0), rich.with_values(changes))
    )
    assert bytes_of(ours[0]) == bytes_of(plain[0])
    assert [rows.tobytes() for rows in ours[1:]] == [rows.tobytes() for rows in plain[1:]]


def test_what_stands_changes_on_the_day_and_forks_go_side_by_side(rich: Scenario) -> None:
    shut = {"policies.gate.review_share": 1.0}
    forks = [rich, forked(rich, shut, 3), forked(rich, shut, 8), forked(rich, BUSY, 3)]
    daily = simulate(forks, 6, seed=3).daily.reshape(4, 6, -1)
    joins = daily["joins"].sum(axis=1)
    assert joins[1][:3].tolist() == joins[0][:3].tolist()
    assert joins[2][:8].tolist() == joins[0][:8].tolist()
    assert joins[1][3:].sum() < joins[0][3:].sum()
    for one, beside in zip(forks, daily, strict=True):
        alone = simulate([one], 6, seed=3, threads=1, block_groups=2).daily
        assert alone.tobytes() == beside.tobytes()


def test_a_policy_keeps_its_memory(rich: Scenario) -> None:
    fork = forked(rich, MANY, 5)
    block = Ensemble([Place(0, fork, 0, 1)])
    block.advance(fork.from_hour)
    spent = block.arrays["ledger"][0]["spent_fen"].copy()
    block.advance()
    names = [policy.name for policy in fork.later.policies]
    now = block.arrays["ledger"][0]["spent_fen"]
    for was, policy in zip(spent, fork.policies, strict=False):
        assert now[names.index(policy.name)] >= was
    assert spent.sum() > 0


def test_what_cannot_change_is_refused_by_name(rich: Scenario) -> None:
    with pytest.raises(InputError) as wrong:
        forked(rich, {"group.size": 10, "run.days": 3}, 10)
    assert len(wrong.value.problems) == 3
    assert wrong.value.problems[0].startswith("group.size: cannot change while a group lives")
    with pytest.raises(InputError, match=r"grupo\.size: unknown key.*group\.size"):
        forked(Scenario(), {"grupo.size": 1}, 0)
    assert "day 10 is out of range" in wrong.value.problems[2]
    with pytest.raises(InputError, match="posts_per_dya"):
        forked(rich, {"policies.cadence.posts_per_dya": 1}, 2)


def test_mesa_refuses_a_fork(rich: Scenario) -> None:
    fork = forked(rich, BUSY, 3)
    assert isinstance(fork, Forked)
    with pytest.raises(InputError, match="`simulate` alone"):
        Community(fork)
