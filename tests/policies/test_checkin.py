"""A check-in comes once a day, paid as often as ordered, and ends when ordered."""

from __future__ import annotations

import numpy as np
from both_engines import calls_of, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.checkin import Checkin
from sim.state import CHECK_IN, Setting
from tests.policies.test_policies import SETTINGS, local_hours

CHECKINS = st.builds(
    Checkin,
    hour=st.floats(0, 24),
    open_hours=st.floats(0.5, 24),
    fen=st.just(0) | st.integers(1, 2000),
    paid_check_ins=st.integers(0, 9),
    check_ins=st.integers(0, 9),
    amount=st.floats(0, 3),
    quality=st.floats(0, 3),
)


@given(CHECKINS, SETTINGS)
def test_one_a_day_is_open_as_long_as_it_says(checkin: Checkin, setting: Setting) -> None:
    calls = calls_of(checkin, setting, CHECK_IN)
    day = np.round((local_hours(calls, setting) - checkin.hour) / 24, 9)
    assert (np.diff(day) == 1).all()
    assert np.allclose(calls["until_hours"] - calls["time_hours"], checkin.open_hours)
    assert len(calls) <= (checkin.check_ins or len(calls))
    assert len(calls) >= min(checkin.check_ins or 10**6, int(setting.days))


@given(CHECKINS, SETTINGS)
def test_the_first_are_paid_and_the_others_not(checkin: Checkin, setting: Setting) -> None:
    calls = calls_of(checkin, setting, CHECK_IN)
    paid = min(checkin.paid_check_ins or len(calls), len(calls))
    assert (calls["fen"][:paid] == checkin.fen).all()
    assert not calls["fen"][paid:].any()


@settings(max_examples=6)
@given(CHECKINS)
def test_both_engines_play_it_alike(checkin: Checkin) -> None:
    one = played("checkin", checkin, 4.0)
    assert one.books["spent_fen"].sum() == one.daily["calls_fen"].sum()
    assert one.daily["calls_fen"].sum() <= checkin.fen * one.daily["check_ins"].sum()
    assert one.daily["calls"].sum() <= (checkin.check_ins or 5)


def test_members_check_in_and_are_paid_for_two_days_only() -> None:
    paid = played("checkin", Checkin(hour=12.0, fen=100, paid_check_ins=2), 5.0)
    assert paid.daily["check_ins"].sum() > paid.daily["calls_fen"].sum() / 100 > 0
    assert not paid.daily["calls_fen"][0, 3:].any()
