"""Letters go to the silent, seldom to the same, and to those who left only when asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.recall import Recall
from sim.state import LETTER, OWN
from tests.policies.both_engines import played_alike
from tests.policies.crowds import Crowd, acted, crowds, most_a_day, rests, shown_again

RECALLS = st.builds(
    Recall,
    silent_days=st.floats(1, 40),
    give_up_days=st.just(0.0) | st.floats(20, 90),
    pause_days=st.floats(1, 40),
    quality=st.floats(0, 3),
    most_a_day=st.integers(1, 100),
    left_too=st.booleans(),
)


@settings(max_examples=30)
@given(RECALLS, crowds())
def test_the_silent_are_written_to_and_left_in_peace_between(policy: Recall, crowd: Crowd) -> None:
    acts = acted(policy, crowd, 95)
    assert (acts["kind"] == LETTER).all()
    assert (acts["topic"] == OWN).all()
    assert min(rests(acts), default=np.inf) >= 24 * policy.pause_days
    assert most_a_day(acts) <= policy.most_a_day
    at = np.concatenate([[0], np.cumsum(crowd.sizes)])[acts["group"]] + acts["to"]
    columns = crowd.columns
    silent = (
        acts["time_hours"] - np.maximum(columns["last_post_hours"], columns["joined_hours"])[at]
    )
    assert (silent >= 24 * policy.silent_days).all()
    assert (silent <= 24 * (policy.give_up_days or np.inf)).all()
    assert policy.left_too or (columns["present"][at] > 0).all()


@given(RECALLS)
def test_it_is_read_back_from_a_file(policy: Recall) -> None:
    assert shown_again("recall", policy)


@pytest.mark.parametrize("left_too", [False, True])
def test_both_engines_write_alike(left_too: bool) -> None:
    fields = {"silent_days": 1, "pause_days": 2, "left_too": left_too}
    trace = played_alike({"recall": fields}, days=8.0)
    assert trace.daily["letters"].sum() > 0
    assert (trace.daily["returns"].sum() > 0) == left_too
