"""Raffles come on their weekday, and promise no more than the budget."""

from __future__ import annotations

import numpy as np
from both_engines import calls_of, played
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policies.raffle import Raffle
from sim.state import RAFFLE, Setting
from tests.policies.test_policies import SETTINGS, local_hours

RAFFLES = st.builds(
    Raffle,
    weekday=st.integers(0, 6),
    hour=st.floats(0, 23.9),
    every_weeks=st.integers(1, 4),
    open_hours=st.floats(0.5, 240),
    prizes=st.integers(1, 100),
    fen=st.integers(1, 3000),
    budget_fen=st.integers(0, 100_000),
    quality=st.floats(0, 3),
    everyone=st.booleans(),
)


@given(RAFFLES, SETTINGS)
def test_it_opens_on_its_weekday_within_the_budget(raffle: Raffle, setting: Setting) -> None:
    calls = calls_of(raffle, setting, RAFFLE)
    day = np.floor(local_hours(calls, setting) / 24 + 1e-9)
    assert ((day + setting.start_weekday) % 7 == raffle.weekday).all()
    assert (np.diff(day) == 7 * raffle.every_weeks).all()
    assert (calls["fen"] * calls["shares"]).sum() <= raffle.budget_fen
    possible = int(setting.days / 7 / raffle.every_weeks)
    assert len(calls) >= min(possible, raffle.budget_fen // (raffle.prizes * raffle.fen))


@settings(max_examples=6)
@given(RAFFLES)
def test_both_engines_play_it_alike(raffle: Raffle) -> None:
    one = played("raffle", raffle)
    paid = int(one.daily["calls_fen"].sum())
    assert paid == one.books["spent_fen"].sum() <= raffle.budget_fen
    assert paid % raffle.fen == 0


def test_prizes_are_won() -> None:
    weekly = Raffle(weekday=1, open_hours=48.0, prizes=2, fen=300)
    assert played("raffle", weekly, 6.0).daily["calls_fen"].sum() == 600
