"""The model fitted anew on every split: whole, or cut down to habit and reaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario import Scenario
from sim.validation.held_out import FIT_ROOMS, Candidate, Split
from sim.validation.rooms import (
    Floats,
    Rooms,
    measured,
    simulated_rooms,
    simulated_talk,
    windows_of,
)
from sim.validation.search import Fit, Range, fit

NO_HABITUATION = 1e9
TRIAL_ROOMS, MESSAGES_A_ROOM_MOST = 20, 5000
"""Rooms tried first, and the mean of messages above which a set is given up as endless talk."""

HABIT_AND_REACTION: Mapping[str, float] = MappingProxyType(
    {
        "needs.information_weight": 0.0,
        "needs.belonging_weight": 1.0,  # one need is left, so that reading feeds habit at all
        "needs.enjoyment_weight": 0.0,
        "needs.benefit_weight": 0.0,
        "needs.recognition_weight": 0.0,
        "needs.weight_sigma": 0.0,
        "speak.need_push": 0.0,
        "speak.audience": 0.0,
        "speak.loafing": 0.0,
        "speak.stranger_share": 1.0,
        "ties.degree": 0,
        "ties.growth": 0.0,
        "ties.benefit": 0.0,
        "trust.benefit": 0.0,
        "novelty.talk_messages": NO_HABITUATION,
        "novelty.content_messages": NO_HABITUATION,
        "novelty.activity_messages": NO_HABITUATION,
        "novelty.greeting_messages": NO_HABITUATION,
        "novelty.packet_messages": NO_HABITUATION,
        "reaction.packet_share": 0.0,
        "packets.claim_probability": 0.0,
        "packets.return_ratio": 0.0,
    }
)
"""Values that cut the model down: no needs to speak for, no ties, no packets, no habituation."""

Refit = Callable[[Split, pd.DataFrame], Sequence[Scenario]]
"""A split and the targets of its fitted part to the scenarios of the particles it leaves."""


def model_candidate(refit: Refit, rooms: Rooms, judged_rooms: int) -> Candidate:
    """Make a candidate of the model, its parameters found anew on every split.

    `refit` may use the targets of the fitted part only.
    """

    def simulated(split: Split, targets: pd.DataFrame) -> pd.DataFrame:
        windows = windows_of(rooms.window_days[split.fitted], split.label)
        fresh = split.seed + 1000
        days = windows.drawn(judged_rooms, fresh)
        made = simulated_rooms(list(refit(split, targets)), days, fresh).rooms
        return measured(made, made.every(), fresh)

    return simulated


def search_refit(base: Scenario, prior: Sequence[Range], rooms: Rooms, budget: int) -> Refit:
    """Refit by the same search and budget as the nulls'; for the cut model, or a rival of ours."""

    def refit(split: Split, targets: pd.DataFrame) -> Sequence[Scenario]:
        days = windows_of(rooms.window_days[split.fitted], split.label).drawn(FIT_ROOMS, split.seed)
        found = fitted_values(base, prior, days, targets, budget, split.seed)
        return [base.with_values(found.values)]

    return refit


def fitted_values(
    base: Scenario,
    prior: Sequence[Range],
    window_days: Floats,
    targets: pd.DataFrame,
    budget: int,
    seed: int,
) -> Fit:
    """Fit parameters to targets by the search of the nulls; a room a window [room] each try."""

    def simulated(values: dict[str, float]) -> pd.DataFrame:
        try:
            scenario = base.with_values(values)
        except InputError:  # each in range, but reactions would never die out
            return _nothing()
        if _talks_endlessly(scenario, window_days, seed):
            return _nothing()
        made = simulated_rooms([scenario], window_days, seed).rooms
        return measured(made, made.every(), seed, resamples=20)

    return fit(simulated, prior, targets, budget, seed)


def cut_down(base: Scenario) -> Scenario:
    """Return the scenario with needs, ties, packets and habituation switched off."""
    return base.with_values(dict(HABIT_AND_REACTION))


def _talks_endlessly(scenario: Scenario, window_days: Floats, seed: int) -> bool:
    days = np.minimum(window_days[:TRIAL_ROOMS], 14.0)
    said, _, _ = simulated_talk([scenario], days, seed)
    return len(said.room) > MESSAGES_A_ROOM_MOST * len(days)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"value": [], "error": []}, dtype=np.float64)
