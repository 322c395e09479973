"""How long groups live until they first fall silent, how many revive, at what rate they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.deaths.lives import (
    CREATION,
    HOURS_PER_DAY,
    Booleans,
    Floats,
    Integers,
    life_of,
    lives_since,
    silence_column,
)
from sim.state import Array
from sim.survival import hazard_per_day, wilson_interval
from sim.trace import Trace


@dataclass(frozen=True)
class Lifetimes:
    """Time from the origin to the begin of the first long silence, ready for Kaplan-Meier."""

    # [life]: to the silence, or to where it is no longer known whether one began
    duration_days: Floats
    ended: Booleans  # [life]: whether the silence was seen (else censored)
    group: Integers  # [life]: place of the group in the source
    left_out: int  # groups watched for no longer than the silence's length, or without origin


@dataclass(frozen=True)
class Revival:
    """How many groups spoke again after a long silence between two messages."""

    revived: int  # groups with a closed silence
    silent: int  # those, and the groups still silent for as long at the end of observation
    share: float  # revived among silent, 0-1; bounds: Wilson 95 %; all NaN without any
    lower: float
    upper: float


def lifetimes(source: Trace | Array, silence_days: int = 7, origin: str = CREATION) -> Lifetimes:
    """Give each group's time to its first silence of at least `silence_days` (of `SILENCE_DAYS`),
    censored `silence_days` before the end of observation: to censor at the last message would
    depend on how lively a group is (Kaplan and Meier 1958). From creation, who has not spoken is
    silent.
    """
    lives = lives_since(origin, source)
    begins = lives.silence_begins_hours[:, silence_column(silence_days)] / HOURS_PER_DAY
    known_days = lives.observed_hours / HOURS_PER_DAY - silence_days
    followed = known_days > 0.0  # False where there is no origin
    ended = ~np.isnan(begins)
    duration = np.where(ended, begins, known_days)
    return Lifetimes(
        duration[followed],
        ended[followed],
        np.flatnonzero(followed).astype(np.int64),
        int((~followed).sum()),
    )


def revival(source: Trace | Array, silence_days: int = 7) -> Revival:
    """Count the groups that spoke again after a silence of at least `silence_days` between two
    messages or until the end; the time before the first message is none, who never spoke is left
    out.
    """
    column = silence_column(silence_days)
    spoke_again = life_of(source)["silence_start_hours"][:, column] >= 0.0
    begins = lives_since("first_message", source).silence_begins_hours[:, column]
    revived, silent = int(spoke_again.sum()), int((~np.isnan(begins)).sum())
    if silent == 0:
        return Revival(0, 0, np.nan, np.nan, np.nan)
    lower, upper = wilson_interval(revived, silent)
    return Revival(revived, silent, revived / silent, float(lower), float(upper))


def hazard(
    source: Trace | Array,
    edges_days: Sequence[float],
    silence_days: int = 7,
    origin: str = CREATION,
) -> pd.DataFrame:
    """Give the rate at which groups fall silent between rising ages, as
    `sim.survival.hazard_per_day`.
    """
    known = lifetimes(source, silence_days, origin)
    return hazard_per_day(known.duration_days, known.ended, list(edges_days))
