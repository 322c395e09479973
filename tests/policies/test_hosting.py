"""Seats go to the most active of each group, and by turns to others."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from both_engines import people, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.operators import checked
from sim.people import People
from sim.policies.hosting import Hosting
from sim.state import EXPERT, HOST, ROLE, Array, Observation
from tests.policies.test_policies import observed

HOSTINGS = st.builds(
    Hosting,
    role=st.sampled_from(["host", "expert"]),
    hosts=st.integers(1, 5),
    first_day=st.integers(0, 4),
    term_days=st.integers(1, 4),
    rotate=st.booleans(),
    least_posts=st.integers(0, 3),
)
GROUPS = 3


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Draw members: group, present, role, posts, activity."""
    fields = (st.integers(0, GROUPS - 1), st.integers(0, 1), st.integers(0, 3),
              st.integers(0, 4), st.integers(0, 9))  # fmt: skip
    return sorted(draw(st.lists(st.tuples(*fields), max_size=20)))


def shown(crowd: list[tuple[int, ...]], day: float) -> tuple[Observation, People]:
    columns = np.array(crowd, dtype=np.int64).reshape(-1, 5).T
    names = ("present", "role", "posts", "recent")
    who = people(columns[0].tolist(), 24.0 * day, **dict(zip(names, columns[1:], strict=True)))
    seen = dataclasses.replace(
        observed([0.0] * GROUPS), time_hours=24.0 * day, people_of=lambda: who
    )
    return seen, who


def given_and_taken(acts: Array, group: int) -> tuple[set[int], set[int]]:
    mine = acts[acts["group"] == group]
    return (
        set(mine["to"][mine["amount"] > 0].tolist()),
        set(mine["to"][mine["amount"] == 0].tolist()),
    )


@given(HOSTINGS, crowds(), st.integers(0, 12))
def test_each_group_has_so_many_of_its_most_active(
    hosting: Hosting, crowd: list[tuple[int, ...]], day: int
) -> None:
    seen, who = shown(crowd, day)
    acts = checked(hosting.act(seen), "hosting", GROUPS, 24.0 * day, 24.0 * day + 1).acts
    due = day >= hosting.first_day and (day - hosting.first_day) % hosting.term_days == 0
    assert len(acts) == 0 or due
    assert (acts["kind"] == ROLE).all()
    bit = {"host": HOST, "expert": EXPERT}[hosting.role]
    assert (acts["other"] == bit).all()
    for group in range(GROUPS) if due else ():
        here = who.where((who.group == group) & who.present)
        holds = here.role & bit > 0
        could = here.where(~holds & (here.posts >= hosting.least_posts))
        rank = sorted(range(len(could)), key=lambda n: (-could.recent[n], could.slot[n]))
        free = hosting.hosts - (0 if hosting.rotate else int(holds.sum()))
        named, ended = given_and_taken(acts, group)
        assert named == {int(could.slot[n]) for n in rank[: max(0, free)]}
        held = set(here.slot[holds].tolist())
        assert ended == (held if hosting.rotate and len(could) else set())
        assert len(held - ended | named) <= max(hosting.hosts, len(held))


@settings(max_examples=6)
@given(HOSTINGS)
def test_both_engines_play_it_alike(hosting: Hosting) -> None:
    one = played("hosting", hosting, 6.0)
    namings = len(range(hosting.first_day, 6, hosting.term_days))
    assert one.books["minutes"].sum() <= 2 * hosting.hosts * namings


@pytest.mark.parametrize("rotate", [False, True])
def test_hosts_speak_as_hosts(rotate: bool) -> None:
    policy = Hosting(hosts=3, first_day=1, term_days=1, rotate=rotate)
    one = played("hosting", policy, 6.0, **{"roles.quit_verdict": 0.0})
    assert one.daily["host_messages"].sum() > 0
    assert sum(member.role & HOST > 0 for member in one.members.values()) == 3
    assert (one.books["minutes"].sum() > 3 * 5) == rotate  # a minute a role; each turn takes six
