"""Notices before an end, offers on its day, a farewell, and nothing after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.policies.lifecycle import Lifecycle
from sim.state import ACTIVITY, AD, GREETING, Setting
from tests.policies.test_policies import SETTINGS

ENDS = st.builds(
    Lifecycle,
    end_days=st.integers(1, 60),
    notice_days=st.integers(0, 60),
    offers=st.integers(0, 10),
    hour=st.floats(0, 24),
    quality=st.floats(0, 3),
)


@given(ENDS, SETTINGS)
def test_it_stays_within_the_run_and_before_its_end(end: Lifecycle, setting: Setting) -> None:
    acts = end.plan(setting).acts
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    assert (acts["time_hours"] <= setting.time_at(end.end_days, end.hour) + end.offers).all()
    assert len(acts) <= min(end.notice_days, end.end_days) + end.offers + 1


@given(ENDS)
def test_an_end_that_is_seen_has_all_its_posts(end: Lifecycle) -> None:
    acts = end.plan(Setting(days=63.0, start_hour=0)).acts
    counts = [int((acts["kind"] == kind).sum()) for kind in (ACTIVITY, AD, GREETING)]
    assert counts == [min(end.notice_days, end.end_days), end.offers, 1]
    assert acts["kind"][-1] == GREETING
