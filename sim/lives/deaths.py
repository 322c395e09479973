"""Who is dead, by every definition at once, and how long groups live until they fall silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    Integers,
    Lives,
    life_of,
    lives_since,
    silence_column,
)
from sim.state import Array
from sim.stats.intervals import WILSON_METHOD, wilson_interval
from sim.trace import SILENCE_DAYS, Trace

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


def _faded(lives: Lives) -> Booleans:
    silent = lives.messages_week1 + lives.messages_week2 == 0
    return np.asarray(silent | (10 * lives.messages_week2 < lives.messages_week1))


def _silence_of(days: int) -> Death:
    column = silence_column(days)
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
    "never_started",
    "no member message by day 14 (also dead in silent_week2)",
    14,
    lambda lives: ~(lives.first_hours < 2 * WEEK_HOURS),
    (CREATION,),
)
DEATHS: tuple[Death, ...] = (
    HEADLINE,
    NEVER_STARTED,
    *map(_silence_of, SILENCE_DAYS),
    Death(
        "volume_below_10pct",
        "fewer member messages in days 8-14 than 10 % of days 1-7, or none in both",
        14,
        _faded,
    ),
    Death(
        "fewer_than_3_posters_week2",
        "fewer than 3 members posted in days 8-14",
        14,
        lambda lives: lives.posters_week2 < 3,
    ),
    Death(
        "last_message_by_day7",
        "no member message after day 7 until the end of observation",
        14,
        lambda lives: ~(lives.last_hours > WEEK_HOURS),
    ),
)
"""All definitions, the headline first."""


def deaths(source: Trace | Array, origins: Sequence[str] = ORIGINS) -> pd.DataFrame:
    """Judge every group by every definition from each origin, one row each: ``definition``,
    ``origin``, ``group`` (place), ``dead`` (NA: left out), of a trace ``point``, ``replication``;
    leave out creation for a log that does not know it.
    """
    lives = {origin: lives_since(origin, source) for origin in origins}
    judged = [
        (death.key, origin, death.dead(lives[origin]))
        for death in DEATHS
        for origin in origins
        if origin in death.origins
    ]
    groups = len(life_of(source))
    whose = {"group": np.arange(groups)}
    if isinstance(source, Trace):
        whose |= {"point": source.point, "replication": source.replication}
    dead = np.concatenate([*(verdict for *_, verdict in judged), np.zeros(0)])
    left_out = np.isnan(dead)
    return pd.DataFrame(
        {
            "definition": _repeated([key for key, *_ in judged], groups),
            "origin": _repeated([origin for _, origin, _ in judged], groups),
            **{name: np.tile(values, len(judged)) for name, values in whose.items()},
            "dead": pd.arrays.BooleanArray(np.where(left_out, 0.0, dead) > 0.0, left_out),
        }
    )


def death_table(
    source: Trace | Array | pd.DataFrame, origins: Sequence[str] = ORIGINS, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Count the dead, one row a definition, origin and `by`, the headline first: ``dead`` of
    ``observed``, ``left_out``, ``share``, ``lower``, ``upper`` (Wilson 95 %), ``needs_days``,
    ``text``, ``method``, ``note``. Where no group was watched long enough the share is NaN, never
    0.
    """
    frame = source if isinstance(source, pd.DataFrame) else deaths(source, origins)
    frame = frame[frame["origin"].isin(origins)]
    keys = [*by, "definition", "origin"]
    counted = frame.groupby(keys, observed=True, sort=False)["dead"].agg(["sum", "count", "size"])
    table = counted.index.to_frame(index=False)
    dead, observed, groups = (counted[name].to_numpy(dtype=np.int64) for name in counted)
    lower, upper = wilson_interval(dead, observed)
    seen = observed > 0
    known = [DEATH_BY_KEY[key] for key in table["definition"]]
    since = np.where(table["origin"] == FIRST_MESSAGE, " after the first message", "")
    needs_days = pd.Series([death.needs_days for death in known], table.index, dtype=np.int64)
    return table.assign(
        dead=dead,
        observed=observed,
        left_out=groups - observed,
        share=np.divide(dead, observed, out=np.full(len(table), np.nan), where=seen),
        lower=np.where(seen, lower, np.nan),
        upper=np.where(seen, upper, np.nan),
        needs_days=needs_days,
        text=[death.definition for death in known],
        method=WILSON_METHOD,
        note=np.where(seen, "", "needs " + needs_days.astype(str) + " days" + since),
    )


DEATH_BY_KEY = {death.key: death for death in DEATHS}


def _repeated(names: list[str], times: int) -> pd.Categorical:
    return pd.Categorical(names, dict.fromkeys(names)).repeat(times)


@dataclass(frozen=True)
class Lifetimes:
    """Time from the origin to the begin of the first long silence, ready for Kaplan-Meier."""

    # [life]: to the silence, or to where it is no longer known whether one began
    duration_days: Floats
    ended: Booleans  # [life]: whether the silence was seen (else censored)
    group: Integers  # [life]: place of the group in the source
    left_out: int  # groups watched for no longer than the silence's length, or without origin


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
