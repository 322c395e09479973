"""Observation windows: how long real rooms were seen, and simulated rooms seen no longer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.lives.human_log import DAY_SECONDS, HumanLog

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

TABLES = "sim.validation.tables"
BIRTH_SECONDS = 1_704_038_400.0
"""Creation of every simulated room, UTC: Monday 2024-01-01, midnight in Beijing."""

SHORTEST_DAYS, LONGEST_DAYS = 0.05, 3650.0
"""What a run can last."""


@dataclass(frozen=True)
class Windows:
    """How long the rooms of a data set were observed, creation to closing."""

    days: Floats  # rising: one a room, or quantiles at equal steps of probability from 0 to 1
    are_quantiles: bool  # an aggregate, which may be shipped; a room's own window not
    origin: str  # where they come from

    def drawn(self, rooms: int, seed: int) -> Floats:
        """Draw days with replacement, held within what a run can last: array [room]."""
        luck = np.random.default_rng([seed, 0x3157]).random(rooms)
        if self.are_quantiles:
            days = np.interp(luck, np.linspace(0.0, 1.0, len(self.days)), self.days)
        else:
            days = self.days[(luck * len(self.days)).astype(np.int64)]
        return np.clip(days, SHORTEST_DAYS, LONGEST_DAYS)


def room_windows(prepared: HumanLog) -> Floats:
    """Return days each room was observed, from creation or first human message: array [room].

    Rooms with a message first, then the never used, as in `sim.lives.patterns`.
    """
    born = np.where(np.isnan(prepared.created), prepared.first, prepared.created)
    return np.append((prepared.until - born) / DAY_SECONDS, prepared.never_seen_days)


def windows_of(days: Floats, origin: str) -> Windows:
    """Collect the windows of real rooms for resampling; unknown and empty ones are left out."""
    return Windows(np.sort(days[days > 0]), False, origin)


def shipped_windows(dataset: str) -> Windows:
    """Read the shipped quantiles of window lengths: aggregates, no row of any room."""
    with (resources.files(TABLES) / "windows.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    days = table.loc[table["dataset"] == dataset, "days"].to_numpy(dtype=np.float64)
    return Windows(days, True, f"shipped quantiles of {dataset}")


@dataclass(frozen=True)
class Utterances:
    """Members' messages of simulated rooms, ordered by room and time: arrays [message]."""

    room: Integers  # 0, 1, ...; rooms without a message do not occur
    member: Integers  # unique over all rooms
    hours: Floats  # since the room's creation


def seen_through(said: Utterances, window_days: Floats) -> HumanLog:
    """Look at rooms through windows [room], in days from creation, never-used rooms included.

    ``names`` are the numbers of the rooms with a message.
    """
    inside = said.hours * 3600.0 <= window_days[said.room] * DAY_SECONDS
    room, member, hours = said.room[inside], said.member[inside], said.hours[inside]
    messages = np.bincount(room, minlength=len(window_days))
    used = messages > 0
    number = np.cumsum(used) - 1
    return HumanLog(
        group=number[room].astype(np.int64),
        member=member.astype(np.int64),
        ts=BIRTH_SECONDS + 3600.0 * hours,
        until=BIRTH_SECONDS + DAY_SECONDS * window_days[used],
        created=np.full(int(used.sum()), BIRTH_SECONDS),
        never_used=int(len(used) - used.sum()),
        names=tuple(map(str, np.flatnonzero(used))),
        known_never_days=window_days[~used],
    )
