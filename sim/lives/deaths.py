"""Who is dead, by every definition at once, and how long groups live until they fall silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.lives.life import (
    CREATION,
    FIRST_MESSAGE,
    HOURS_PER_DAY,
    ORIGINS,
    Booleans,
    Floats,
    Lives,
    lives_since,
)
from sim.state import Array
from sim.stats.intervals import WILSON_METHOD, wilson_interval
from sim.trace import PAIRS_COUNTED, SILENCE_DAYS, Trace

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
    asks_answers: bool = False  # A group of a log that tells of no answers is left out

    def dead(self, lives: Lives) -> Floats:
        """Judge every group [group]: 1 dead, 0 alive, NaN left out (not watched for `needs_days`,
        or without origin).
        """
        watched = lives.observed_hours >= self.needs_days * HOURS_PER_DAY  # NaN: not watched
        if self.asks_answers:
            watched = watched & (lives.answers_week2 >= 0)
        return np.where(watched, self.judge(lives), np.nan)


def _faded(lives: Lives) -> Booleans:
    silent = lives.messages_week1 + lives.messages_week2 == 0
    return np.asarray(silent | (10 * lives.messages_week2 < lives.messages_week1))


def _silence_of(days: int) -> Death:
    column = SILENCE_DAYS.index(days)
    return Death(
        f"silence_{days}d_by_day7",
        f"first silence of >= {days} days begun by day 7",
        7 + days,
        lambda lives: lives.silence_begins_hours[:, column] <= WEEK_HOURS,
    )


HEADLINE = Death(
    "silent_week2", "no member message in days 8-14", 14, lambda lives: lives.messages_week2 == 0
)
NEVER_STARTED = Death(
    "never_started", "no member message by day 14 (also dead in silent_week2)", 14,
    lambda lives: ~(lives.first_hours < 2 * WEEK_HOURS), (CREATION,),
)  # fmt: skip
AMONG_MEMBERS = (
    Death("silent_among_members_week2", "no answer of a member to another member in days 8-14", 14,
          lambda lives: lives.answers_week2 == 0, (CREATION,), asks_answers=True),
    Death("fewer_than_3_pairs_week2",
          "fewer than 3 pairs of members answered each other in days 8-14", 14,
          lambda lives: lives.pairs_week2 < PAIRS_COUNTED, (CREATION,), asks_answers=True),
)  # fmt: skip
"""Deaths in which thanks to the team, or openers that nobody answers, are no life."""

DEATHS: tuple[Death, ...] = (
    HEADLINE,
    *AMONG_MEMBERS,
    NEVER_STARTED,
    *map(_silence_of, SILENCE_DAYS),
    Death("volume_below_10pct",
          "fewer member messages in days 8-14 than 10 % of days 1-7, or none in both", 14, _faded),
    Death("fewer_than_3_posters_week2", "fewer than 3 members posted in days 8-14", 14,
          lambda lives: lives.posters_week2 < 3),
    Death("last_message_by_day7", "no member message after day 7 until the end of observation", 14,
          lambda lives: ~(lives.last_hours > WEEK_HOURS)),
)  # fmt: skip
"""All definitions, the headline first."""


def deaths(source: Trace | Array) -> pd.DataFrame:
    """Judge every group [row] by every definition from each origin [column, named by both]: 1 dead,
    0 alive, NaN left out.
    """
    lives = {origin: lives_since(origin, source) for origin in ORIGINS}
    judged = {
        (death.key, origin): death.dead(lives[origin])
        for death in DEATHS
        for origin in death.origins
    }
    names = pd.MultiIndex.from_tuples(judged, names=["definition", "origin"])
    return pd.DataFrame(np.column_stack(list(judged.values())), columns=names)


def death_table(source: Trace | Array) -> pd.DataFrame:
    """Count the dead, one row a definition and origin, the headline first: ``dead`` of
    ``observed``, ``left_out``, ``share``, ``lower``, ``upper`` (Wilson 95 %), ``needs_days``,
    ``text``, ``method``, ``note``. Where no group was watched long enough the share is NaN, never
    0.
    """
    judged = deaths(source)
    table = judged.columns.to_frame(index=False)
    dead, observed = (np.asarray(n, dtype=np.int64) for n in (judged.sum(), judged.count()))
    lower, upper = wilson_interval(dead, observed)
    seen = observed > 0
    by_key = {death.key: death for death in DEATHS}
    known = [by_key[key] for key in table["definition"]]
    since = np.where(table["origin"] == FIRST_MESSAGE, " after the first message", "")
    needs_days = pd.Series([death.needs_days for death in known], table.index, dtype=np.int64)
    asked = np.where([d.asks_answers for d in known], " days and who answers whom", " days")
    return table.assign(
        dead=dead,
        observed=observed,
        left_out=len(judged) - observed,
        share=np.divide(dead, observed, out=np.full(len(table), np.nan), where=seen),
        lower=np.where(seen, lower, np.nan),
        upper=np.where(seen, upper, np.nan),
        needs_days=needs_days,
        text=[death.definition for death in known],
        method=WILSON_METHOD,
        note=np.where(seen, "", "needs " + needs_days.astype(str) + asked + since),
    )


def lifetimes(source: Trace | Array, silence_days: int = 7, origin: str = CREATION) -> pd.DataFrame:
    """Give each group's time to its first silence of at least `silence_days` (of `SILENCE_DAYS`),
    censored `silence_days` before the end of observation: to censor at the last message would
    depend on how lively a group is (Kaplan and Meier 1958). From creation, who has not spoken is
    silent. One row a group that was watched for longer and has an origin: ``group`` (place),
    ``duration_days``, ``ended``.
    """
    lives = lives_since(origin, source)
    column = SILENCE_DAYS.index(silence_days)
    begins = lives.silence_begins_hours[:, column] / HOURS_PER_DAY
    known_days = lives.observed_hours / HOURS_PER_DAY - silence_days
    ended = ~np.isnan(begins)
    duration = np.where(ended, begins, known_days)
    known = pd.DataFrame({"group": np.arange(len(begins)), "duration_days": duration})
    return known.assign(ended=ended)[known_days > 0.0].reset_index(drop=True)
