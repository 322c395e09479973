"""Rooms of a null model, counted like any others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.making_populations.evolution_strategy import Fit, fit
from sim.patterns import per_group
from sim.populations import Range
from sim.validation.nulls.poisson import Members, TooMuchTalkError
from sim.validation.real import Rooms, measured
from sim.validation.windows import Floats, Integers, Utterances, Windows, seen_through

Talk = Callable[
    [Mapping[str, float], Floats, np.random.Generator, float], tuple[Members, Integers, Floats]
]


MESSAGES_A_ROOM_MOST = 4000.0


@dataclass(frozen=True)
class Null:
    """A null model: its name, what may be fitted, and how its rooms talk."""

    name: str
    prior: tuple[Range, ...]  # what may be fitted
    talk: Talk  # values, windows, generator and most messages to members, authors and days


def null_rooms(
    null: Null,
    values: Mapping[str, float],
    window_days: Floats,
    seed: int,
    messages_a_room_most: float = MESSAGES_A_ROOM_MOST,
) -> Rooms:
    """Draw rooms of a null model and see them through windows, never-used rooms included.

    `TooMuchTalkError` where the mean a room would be above the most messages.
    """
    luck = np.random.default_rng([seed, 0x9011])
    members, author, day = null.talk(
        values, window_days, luck, messages_a_room_most * len(window_days)
    )
    room = members.room[author]
    order = np.lexsort((day, room))
    said = Utterances(room[order], author[order].astype(np.int64), 24.0 * day[order])
    log = seen_through(said, window_days)
    used = np.array(log.names, dtype=np.int64)
    never = np.setdiff1d(np.arange(len(window_days)), used)
    return Rooms(per_group(log, True), window_days[np.concatenate([used, never])])


def fitted_null(
    null: Null,
    windows: Windows,
    targets: pd.DataFrame,
    rooms: int,
    budget: int,
    seed: int,
    messages_a_room_most: float = MESSAGES_A_ROOM_MOST,
) -> Fit:
    """Fit a null model to targets, by `budget` tries of so many rooms."""
    days = windows.drawn(rooms, seed)

    def simulated(values: dict[str, float]) -> pd.DataFrame:
        return null_table(null, values, days, seed, 20, messages_a_room_most)

    return fit(simulated, null.prior, targets, budget, seed)


def null_table(
    null: Null,
    values: Mapping[str, float],
    window_days: Floats,
    seed: int,
    resamples: int = 200,
    messages_a_room_most: float = MESSAGES_A_ROOM_MOST,
) -> pd.DataFrame:
    """Measure rooms of a null model as `measured`; empty where they talk beyond counting."""
    try:
        rooms = null_rooms(null, values, window_days, seed, messages_a_room_most)
    except TooMuchTalkError:
        return pd.DataFrame({"value": [], "error": []}, dtype=np.float64)
    return measured(rooms, rooms.every(), seed, resamples)
