"""Members sign up before a meeting, and who does is paid for and tied to others."""

from __future__ import annotations

import numpy as np
from both_engines import calls_of, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.gathering import Gathering
from sim.state import SIGN_UP, Setting
from tests.policies.test_policies import SETTINGS

GATHERINGS = st.builds(
    Gathering,
    weekday=st.integers(0, 6),
    hour=st.floats(0, 23.9),
    every_weeks=st.integers(1, 4),
    lead_hours=st.floats(1, 100),
    fen=st.integers(0, 5000),
    amount=st.floats(0, 3),
    quality=st.floats(0, 3),
    everyone=st.booleans(),
)


@given(GATHERINGS, SETTINGS)
def test_the_meeting_is_on_its_weekday_before_the_end(
    gathering: Gathering, setting: Setting
) -> None:
    calls = calls_of(gathering, setting, SIGN_UP)
    meetings = calls["until_hours"] + setting.start_hour
    day = np.floor(meetings / 24 + 1e-9)
    assert ((day + setting.start_weekday) % 7 == gathering.weekday).all()
    assert np.allclose(meetings % 24, gathering.hour)
    assert (calls["until_hours"] < 24 * setting.days + 1e-9).all()
    assert np.allclose(calls["until_hours"] - calls["time_hours"], gathering.lead_hours)
    assert (np.diff(day) == 7 * gathering.every_weeks).all()


@settings(max_examples=6)
@given(GATHERINGS)
def test_both_engines_play_it_alike(gathering: Gathering) -> None:
    one = played("gathering", gathering, 8.0)
    cost = gathering.fen * one.daily["attendances"].sum()
    assert one.daily["calls_fen"].sum() == one.books["spent_fen"].sum() == cost


def test_members_come() -> None:
    weekly = Gathering(weekday=3, every_weeks=1, lead_hours=60.0)
    assert played("gathering", weekly, 5.0).daily["attendances"].sum() > 1
