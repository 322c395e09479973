"""Talks come once a week, whole, and each at its quality."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.policies.talk import Talk
from sim.state import CONTENT, Setting
from tests.policies.test_policies import SETTINGS, local_hours

TALKS = st.builds(
    Talk,
    weekday=st.integers(0, 6),
    hour=st.floats(0, 23),
    messages=st.integers(1, 60),
    minutes=st.floats(1, 59),
    quality=st.floats(0, 3),
    everyone=st.booleans(),
    talks=st.integers(0, 9),
    fade_half_life_days=st.just(0.0) | st.floats(1, 100),
)


@given(TALKS, SETTINGS)
def test_a_talk_is_held_on_its_weekday(talk: Talk, setting: Setting) -> None:
    acts = talk.plan(setting).acts
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    assert (acts["kind"] == CONTENT).all()
    hours = local_hours(acts, setting) + 1e-9
    assert ((hours // 24 + setting.start_weekday) % 7 == talk.weekday).all()
    since = hours % 24 - talk.hour
    assert ((since >= 0) & (since < talk.minutes / 60 + 1e-6)).all()
    assert (acts["quality"] <= talk.quality).all()
    assert acts["everyone"].sum() <= talk.everyone * (setting.days / 7 + 2)


@given(TALKS, st.integers(1, 12))
def test_whole_weeks_have_whole_talks_until_the_series_ends(talk: Talk, weeks: int) -> None:
    acts = talk.plan(Setting(days=7.0 * weeks, start_hour=0)).acts
    held = min(weeks, talk.talks or weeks)
    assert len(acts) == held * talk.messages
    assert acts["everyone"].sum() == held * talk.everyone


def test_guests_grow_worse() -> None:
    talk = Talk(messages=1, quality=2.0, fade_half_life_days=7.0, weekday=0, hour=0.0)
    acts = talk.plan(Setting(days=28.0, start_hour=0)).acts
    assert np.allclose(acts["quality"], [2.0, 1.0, 0.5, 0.25])
