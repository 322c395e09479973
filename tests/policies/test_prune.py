"""Only the silent are removed, after notice where it is due, and those who have roles stay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.prune import Prune
from sim.state import HONOURED, LETTER, REMOVE
from tests.policies.both_engines import played_alike
from tests.policies.crowds import Crowd, acted, crowds, most_a_day, shown_again

PRUNES = st.builds(
    Prune,
    silent_days=st.floats(1, 60),
    notice_days=st.just(0.0) | st.floats(1, 30),
    quality=st.floats(0, 3),
    keep_roles=st.booleans(),
    most_a_day=st.integers(1, 50),
)


@settings(max_examples=30)
@given(PRUNES, crowds())
def test_who_is_removed_was_silent_and_had_notice(policy: Prune, crowd: Crowd) -> None:
    acts = acted(policy, crowd, 95)
    assert np.isin(acts["kind"], [LETTER, REMOVE]).all()
    assert most_a_day(acts[acts["kind"] == REMOVE]) <= policy.most_a_day
    assert most_a_day(acts[acts["kind"] == LETTER]) <= policy.most_a_day
    at = np.concatenate([[0], np.cumsum(crowd.sizes)])[acts["group"]] + acts["to"]
    columns = crowd.columns
    silent = (
        acts["time_hours"] - np.maximum(columns["last_post_hours"], columns["joined_hours"])[at]
    )
    assert (silent >= 24 * policy.silent_days).all()
    assert not policy.keep_roles or (columns["role"][at] & HONOURED == 0).all()
    is_notice = acts["kind"] == LETTER
    noticed = dict(zip(at[is_notice], acts["time_hours"][is_notice], strict=True))
    removed = at[acts["kind"] == REMOVE]
    assert len(set(removed)) == len(removed)
    assert len(noticed) == is_notice.sum()
    if policy.notice_days:
        times = acts["time_hours"][acts["kind"] == REMOVE]
        waited = [time - noticed[one] for one, time in zip(removed, times, strict=True)]
        assert min(waited, default=np.inf) >= 24 * policy.notice_days
    else:
        assert not noticed


@given(crowds())
def test_nobody_silent_for_long_is_left_in_the_end(crowd: Crowd) -> None:
    acted(Prune(silent_days=20, notice_days=0, keep_roles=False, most_a_day=50), crowd, 92)
    columns = crowd.columns
    heard = np.maximum(columns["last_post_hours"], columns["joined_hours"])
    assert not ((columns["present"] > 0) & (heard < 24.0 * 70)).any()


@given(PRUNES)
def test_it_is_read_back_from_a_file(policy: Prune) -> None:
    assert shown_again("prune", policy)


@pytest.mark.parametrize("notice_days", [0, 2])
def test_both_engines_prune_alike_and_lose_nobody(notice_days: int) -> None:
    trace = played_alike({"prune": {"silent_days": 1, "notice_days": notice_days}}, days=8.0)
    day = {name: int(trace.daily[name].sum()) for name in ("removals", "letters")}
    assert day["removals"] > 0
    assert (day["letters"] > 0) == (notice_days > 0)
