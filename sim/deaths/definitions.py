"""Every definition of death, once: what it says, and how long it must watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.deaths.lives import (
    CREATION,
    HOURS_PER_DAY,
    ORIGINS,
    Booleans,
    Floats,
    Lives,
    silence_column,
)
from sim.trace import SILENCE_DAYS

WEEK_HOURS = 7 * HOURS_PER_DAY


@dataclass(frozen=True)
class Death:
    """One definition of death."""

    key: str  # its name in tables
    definition: str  # what it says; days are counted from the origin, the first one is day 1
    needs_days: int  # A group watched for less than this since the origin is left out: censored
    # `Lives` to a truth a group; only those of groups watched long enough mean anything
    judge: Callable[[Lives], Booleans]
    origins: tuple[str, ...] = ORIGINS  # from which the definition makes sense

    def dead(self, lives: Lives) -> Floats:
        """Judge every group [group]: 1 dead, 0 alive, NaN left out (not watched for `needs_days`,
        or without origin).
        """
        watched = lives.observed_hours >= self.needs_days * HOURS_PER_DAY  # NaN: not watched
        return np.where(watched, self.judge(lives), np.nan)


def _silent_week2(lives: Lives) -> Booleans:
    return np.asarray(lives.messages_week2 == 0)


def _never_started(lives: Lives) -> Booleans:
    return ~np.asarray(lives.first_hours < 2 * WEEK_HOURS)


def _faded(lives: Lives) -> Booleans:
    silent = lives.messages_week1 + lives.messages_week2 == 0
    return np.asarray(silent | (10 * lives.messages_week2 < lives.messages_week1))


def _few_posters(lives: Lives) -> Booleans:
    return np.asarray(lives.posters_week2 < 3)


def _last_message_early(lives: Lives) -> Booleans:
    return ~np.asarray(lives.last_hours > WEEK_HOURS)


def _silence_of(days: int) -> Death:
    column = silence_column(days)

    def begun_early(lives: Lives) -> Booleans:
        return np.asarray(lives.silence_begins_hours[:, column] <= WEEK_HOURS)

    return Death(
        f"silence_{days}d_by_day7",
        f"first silence of >= {days} days begun by day 7",
        7 + days,
        begun_early,
    )


DEATHS: tuple[Death, ...] = (
    Death("silent_week2", "no member message in days 8-14", 14, _silent_week2),
    Death(
        "never_started",
        "no member message by day 14 (also dead in silent_week2)",
        14,
        _never_started,
        (CREATION,),
    ),
    *(_silence_of(days) for days in SILENCE_DAYS),
    Death(
        "volume_below_10pct",
        "fewer member messages in days 8-14 than 10 % of days 1-7, or none in both",
        14,
        _faded,
    ),
    Death(
        "fewer_than_3_posters_week2", "fewer than 3 members posted in days 8-14", 14, _few_posters
    ),
    Death(
        "last_message_by_day7",
        "no member message after day 7 until the end of observation",
        14,
        _last_message_early,
    ),
)
"""All definitions, the headline first."""

HEADLINE = DEATHS[0]
NEVER_STARTED = DEATHS[1]
