"""Newcomers are greeted once, in time, and those who were there at creation never."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.welcome import Welcome
from sim.state import KINDS, LETTER
from tests.policies.both_engines import played_alike
from tests.policies.crowds import Crowd, acted, crowds, most_a_day, rests, shown_again

WELCOMES = st.builds(
    Welcome,
    whom=st.sampled_from(["all", "silent", "spoke"]),
    after_hours=st.floats(0, 100),
    within_days=st.floats(0.05, 30),
    kind=st.sampled_from(["greeting", "chat", "content"]),
    quality=st.floats(0, 3),
    private=st.booleans(),
    most_at_once=st.integers(1, 100),
    every_hours=st.sampled_from([6, 24, 168]),
)


@settings(max_examples=30)
@given(WELCOMES, crowds())
def test_each_newcomer_is_greeted_at_most_once_and_in_time(policy: Welcome, crowd: Crowd) -> None:
    acts = acted(policy, crowd, 90, policy.every_hours)
    assert rests(acts) == []
    assert most_a_day(acts) <= policy.most_at_once
    assert (acts["kind"] == (LETTER if policy.private else KINDS.index(policy.kind))).all()
    first = np.concatenate([[0], np.cumsum(crowd.sizes)])
    joined = crowd.columns["joined_hours"][first[acts["group"]] + acts["to"]]
    since = acts["time_hours"] - joined
    assert (joined > 0).all()
    assert ((since >= policy.after_hours) & (since < 24 * policy.within_days)).all()


@given(crowds())
def test_everybody_who_joins_is_greeted_in_the_end(crowd: Crowd) -> None:
    acts = acted(Welcome(most_at_once=100, within_days=3), crowd, 95)
    here = crowd.columns["present"] > 0
    assert len(acts) == int((here & (crowd.columns["joined_hours"] > 0)).sum())


@given(WELCOMES)
def test_it_is_read_back_from_a_file(policy: Welcome) -> None:
    assert shown_again("welcome", policy)


@pytest.mark.parametrize("private", [False, True])
def test_both_engines_greet_alike(private: bool) -> None:
    fields = {"private": private, "every_hours": 6, "whom": "all"}
    trace = played_alike({"welcome": fields}, **{"arrivals.per_day": 4.0})
    greeted = trace.daily["letters" if private else "operator_posts"].sum()
    assert greeted > 0
    if not private:
        assert greeted == trace.daily["operator_posts"].sum()
