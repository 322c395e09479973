"""The lives of groups, seen from one origin: creation, or the first member message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import InputError, nearest
from sim.state import Array
from sim.trace import SILENCE_DAYS, Trace

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

CREATION = "creation"
FIRST_MESSAGE = "first_message"
ORIGINS = (CREATION, FIRST_MESSAGE)

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Lives:
    """When the members of each group spoke, in hours since the origin; operators never count."""

    # [group]: until the end of observation, a planned end among them. NaN: no origin, since no
    # member ever spoke and the origin is the first message
    observed_hours: Floats
    first_hours: Floats  # [group]: first member message, then the last; NaN where there is none
    last_hours: Floats
    messages_week1: Integers  # [group]: member messages of days 1-7; below, of days 8-14
    messages_week2: Integers
    posters_week2: Integers  # [group]: members who posted in days 8-14
    # [group, silence]: begin of the first silence of at least `sim.trace.SILENCE_DAYS` days; NaN
    # where there was none. It lies between two messages, between the last one and the end of
    # observation, or, when the origin is creation, before the first message
    silence_begins_hours: Floats


def lives_since(origin: str, source: Trace | Array) -> Lives:
    """Tell the lives of all groups of a run or log (`sim.lives.life_from_log`) from one origin."""
    if origin not in ORIGINS:
        raise InputError(
            [f"origin: {origin!r} is not one of {', '.join(ORIGINS)}{nearest(origin, ORIGINS)}"]
        )
    life = life_of(source)
    spoke = life["first_hours"] >= 0.0
    first = np.where(spoke, life["first_hours"], np.nan)
    last = np.where(spoke, life["last_hours"], np.nan)
    observed = _observed_hours(life)
    from_creation = origin == CREATION
    begins = _silences(life, first, last, observed, from_creation)
    start = np.zeros(len(life)) if from_creation else first
    weeks = life["weeks_from_creation" if from_creation else "weeks_from_first"]
    posters = "posters_week2_from_creation" if from_creation else "posters_week2_from_first"
    return Lives(
        observed_hours=observed - start,
        first_hours=first - start,
        last_hours=last - start,
        messages_week1=weeks[:, 0],
        messages_week2=weeks[:, 1],
        posters_week2=life[posters],
        silence_begins_hours=begins - start[:, None],
    )


def life_of(source: Trace | Array) -> Array:
    """Return the rows of lives, [group] of LIFE_DTYPE."""
    return source.life if isinstance(source, Trace) else source


def silence_column(silence_days: int) -> int:
    """Return the column of a silence's length in `Lives.silence_begins_hours`."""
    if silence_days not in SILENCE_DAYS:
        allowed = ", ".join(map(str, SILENCE_DAYS))
        raise InputError([f"silence_days: {silence_days} is not one of {allowed}"])
    return SILENCE_DAYS.index(silence_days)


def _observed_hours(life: Array) -> Floats:
    """Return the end of observation; a planned end is censoring, not death."""
    planned = np.where(life["planned_end_hours"] > 0.0, life["planned_end_hours"], np.inf)
    return np.asarray(np.minimum(life["observed_hours"], planned))


def _silences(
    life: Array, first: Floats, last: Floats, observed: Floats, from_creation: bool
) -> Floats:
    """Return when the first silence of each length began, hours since creation."""
    begins: Any = np.full((len(life), len(SILENCE_DAYS)), np.nan)
    for column, days in enumerate(SILENCE_DAYS):
        least = days * HOURS_PER_DAY
        ended = life["silence_start_hours"][:, column]
        begin = np.where(observed - last >= least, last, np.nan)
        begin = np.where(ended >= 0.0, ended, begin)
        if from_creation:
            unspoken = np.where(np.isnan(first), observed, first)
            begin = np.where(unspoken >= least, 0.0, begin)
        begins[:, column] = begin
    return np.asarray(begins)
