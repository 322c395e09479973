"""What a room has shown by some age, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.lives.human_log import DAY_SECONDS, HumanLog
from sim.validation.windows import Booleans, Floats, Integers

HORIZONS_DAYS = (1, 3, 7, 14, 28, 60)
"""Ages at which forecasts are learnt and judged."""

SILENCE_DAYS = 7.0
WEEKS_AHEAD = (2, 4, 12)
WEEK_TWO = "silent_week2"
PAST_90 = "silent_past_day_90"
BEGINS = {weeks: f"silent_week_in_{weeks}_weeks" for weeks in WEEKS_AHEAD}
STAYS = {weeks: f"stays_silent_{weeks}_weeks" for weeks in WEEKS_AHEAD}
LABELS = {
    **{
        name: f"7 days without a member message are full within the next {weeks} weeks; asked of "
        "groups that are not silent for 7 days already"
        for weeks, name in BEGINS.items()
    },
    **{
        name: f"no member message in the next {weeks} weeks; asked of groups that are silent for 7 "
        "days already"
        for weeks, name in STAYS.items()
    },
    WEEK_TWO: "no member message in days 8-14; asked until day 7",
    PAST_90: "no member message after day 90, rooms seen 120 days or more; asked until day 90",
}
INPUTS = ("age", "posters", "posters_week", "active_share", "silent_days")


@dataclass(frozen=True)
class SeenRooms:
    """Rooms with what they had shown by some age and what came later."""

    room: Integers  # [row]
    age_days: Floats  # [row] features use messages strictly before this age
    # [row] posters, messages; posters_week, active_share of 7 days; silent_days since the last
    # message or birth
    features: pd.DataFrame
    labels: pd.DataFrame  # [row] a column for each of `LABELS`: 1, 0, NaN not asked or not decided

    def decided(self, label: str) -> Booleans:
        """Say for which rows a label is known."""
        return np.asarray(self.labels[label].notna().to_numpy(), dtype=bool)

    def inputs(self) -> Floats:
        """Return a regression's inputs [row, `INPUTS`]: logarithms, but for a share.

        Rooms older than the oldest age that is learnt from count as of that age.
        """
        f = self.features
        logs = np.log1p(f[["posters", "posters_week", "silent_days"]].to_numpy(dtype=np.float64))
        age = np.log(np.clip(self.age_days, HORIZONS_DAYS[0], HORIZONS_DAYS[-1]))
        return np.column_stack([age, logs[:, :2], f["active_share"], logs[:, 2]])


def seen_rooms(prepared: HumanLog, ages_days: Sequence[float] = HORIZONS_DAYS) -> SeenRooms:
    """Collect features and labels of real rooms of known creation, a row for every age reached.

    Numbered as in the log, the never used last.
    """
    born = np.append(prepared.created, np.zeros(prepared.never_used))
    until = np.append(prepared.until, prepared.never_seen_days * DAY_SECONDS)
    return at_ages(prepared, born, until, ages_days)


def at_ages(
    log: HumanLog, born: Floats, until: Floats, ages_days: Sequence[float] = HORIZONS_DAYS
) -> SeenRooms:
    """Put what rooms had shown by several ages below each other; see `rooms_at`."""
    parts = [rooms_at(log, born, until, age) for age in ages_days]
    room, age = (np.concatenate([getattr(p, name) for p in parts]) for name in ("room", "age_days"))
    features, labels = (
        pd.concat([getattr(p, name) for p in parts], ignore_index=True)
        for name in ("features", "labels")
    )
    kept = (until - born)[room] >= age * DAY_SECONDS  # false where not known
    features, labels = (one[kept].reset_index(drop=True) for one in (features, labels))
    return SeenRooms(room[kept], age[kept], features, labels)


def rooms_at(log: HumanLog, born: Floats, until: Floats, age_days: npt.ArrayLike) -> SeenRooms:
    """Count features and labels of rooms, in the order of `born` and `until` [room] in UTC seconds.

    Rooms without a message may follow those of the log.
    """
    rooms = len(born)
    now = np.broadcast_to(np.asarray(age_days, dtype=np.float64), rooms)
    said = _Said(log, (log.ts - born[log.group]) / DAY_SECONDS, rooms)
    before = said.between(0.0, now)
    week = said.between(now - 7.0, now) & before
    day = np.floor(now[log.group] - said.age).astype(np.int64)
    silent = now - said.newest(before)
    features = {
        "posters": said.different(log.member, before),
        "messages": said.count(before),
        "posters_week": said.different(log.member, week),
        "active_share": said.different(day, week) / np.clip(now, 1.0, 7.0),
        "silent_days": silent,
    }
    return SeenRooms(
        np.arange(rooms), now, pd.DataFrame(features), _labels(said, now, silent, until - born)
    )


@dataclass(frozen=True)
class _Said:
    """Messages by the age of their room, counted a room."""

    log: HumanLog
    age: Floats
    rooms: int

    def between(self, low: Floats | float, high: Floats | float) -> Booleans:
        ends = (np.broadcast_to(end, self.rooms)[self.log.group] for end in (low, high))
        return np.asarray((self.age >= next(ends)) & (self.age < next(ends)))

    def count(self, rows: Booleans) -> Integers:
        return np.bincount(self.log.group[rows], minlength=self.rooms)

    def different(self, what: Integers, rows: Booleans) -> Integers:
        many = what[rows].max(initial=0) + 1
        pairs = np.unique(self.log.group[rows] * many + what[rows])
        return np.bincount(pairs // many, minlength=self.rooms)

    def newest(self, rows: Booleans) -> Floats:
        """Age at the last of some messages; 0, the birth, where there is none."""
        ages = np.zeros(self.rooms)
        np.maximum.at(ages, self.log.group[rows], self.age[rows])
        return ages

    def waits(self) -> Floats:
        """Days before each message without one, since birth for the first."""
        earlier = np.append(0.0, self.age[:-1])
        first = np.append(True, np.diff(self.log.group) != 0) if len(self.age) else earlier > 0
        return self.age - np.maximum(np.where(first, 0.0, earlier[: len(self.age)]), 0.0)


def _labels(said: _Said, now: Floats, silent_days: Floats, seen_seconds: Floats) -> pd.DataFrame:
    seen, silent = seen_seconds / DAY_SECONDS, silent_days >= SILENCE_DAYS
    broke = said.waits() >= SILENCE_DAYS
    labels = {}
    for weeks in WEEKS_AHEAD:
        end = now + 7.0 * weeks
        later, decided = said.between(now, end), seen >= end
        still = end - said.newest(said.between(0.0, end)) >= SILENCE_DAYS
        begun = (said.count(later & broke) > 0) | still
        labels[BEGINS[weeks]] = np.where(decided & ~silent, begun, np.nan)
        labels[STAYS[weeks]] = np.where(decided & silent, said.count(later) == 0, np.nan)
    for name, asked, low, high, needed in (
        (WEEK_TWO, now <= 7.0, 7.0, 14.0, 14.0), (PAST_90, now < 90.0, 90.0, np.inf, 120.0)
    ):  # fmt: skip
        quiet = said.count(said.between(low, high)) == 0
        labels[name] = np.where(asked & (seen >= needed), quiet, np.nan)
    return pd.DataFrame(labels)[list(LABELS)]
