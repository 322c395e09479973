"""Pairs are of one group, of two people, seldom the same, and as they were to be chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.matching import Matching
from sim.state import PAIR
from tests.policies.both_engines import played_alike
from tests.policies.crowds import Crowd, acted, crowds, most_a_day, rests, shown_again

MATCHINGS = st.builds(
    Matching,
    whom=st.sampled_from(["new_active", "alike", "by_lot"]),
    pairs_a_day=st.integers(1, 50),
    weight=st.floats(0, 10),
    quality=st.floats(0, 3),
    new_days=st.floats(1, 30),
    pause_days=st.floats(1, 40),
)


@settings(max_examples=30)
@given(MATCHINGS, crowds())
def test_pairs_are_two_people_of_one_group_who_had_rest(policy: Matching, crowd: Crowd) -> None:
    acts = acted(policy, crowd, 95)
    assert (acts["kind"] == PAIR).all()
    assert (acts["to"] != acts["other"]).all()
    assert min(rests(acts), default=np.inf) >= 24 * policy.pause_days
    assert most_a_day(acts) <= policy.pairs_a_day
    first, columns = np.concatenate([[0], np.cumsum(crowd.sizes)]), crowd.columns
    one, other = first[acts["group"]] + acts["to"], first[acts["group"]] + acts["other"]
    assert (other < first[acts["group"] + 1]).all()
    assert (columns["present"][one] * columns["present"][other] > 0).all()
    if policy.whom == "new_active":
        joined, until = columns["joined_hours"], acts["time_hours"] - 24 * policy.new_days
        assert ((joined[one] > until) & (joined[one] > 0) & (joined[other] <= until)).all()
        assert (columns["recent"][other] > 0).all()


@given(crowds())
def test_those_alike_are_neighbours_in_what_they_write(crowd: Crowd) -> None:
    seen = crowd.seen(2000.0)
    one, other = Matching(whom="alike", pairs_a_day=50).chosen(seen.people)
    here = seen.people.here()
    for group, low, high in zip(one.group, one.recent, other.recent, strict=True):
        between = here.recent[here.group == group]
        assert not ((between > low) & (between < high)).any()


@given(crowds())
def test_all_but_one_can_be_paired(crowd: Crowd) -> None:
    people = crowd.seen(2000.0).people
    one, other = Matching(whom="by_lot", pairs_a_day=50).chosen(people)
    here = np.bincount(people.here().group, minlength=len(crowd.sizes))
    assert (np.bincount(one.group, minlength=len(crowd.sizes)) == here // 2).all()
    assert not np.isin(one.rows, other.rows).any()


@given(MATCHINGS)
def test_it_is_read_back_from_a_file(policy: Matching) -> None:
    assert shown_again("matching", policy)


@pytest.mark.parametrize("whom", ["new_active", "alike", "by_lot"])
def test_both_engines_introduce_alike(whom: str) -> None:
    fields = {"whom": whom, "new_days": 2, "pause_days": 2}
    trace = played_alike({"matching": fields}, **{"arrivals.per_day": 4.0})
    pairs = int(trace.daily["pairs"].sum())
    assert pairs > 0
    assert trace.daily["letters"].sum() == 2 * pairs
