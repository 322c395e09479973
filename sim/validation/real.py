"""The real side: rooms read once, then values and errors of any half or community of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog, read_log
from sim.errors import InputError
from sim.lives.human_log import DAY_SECONDS, HumanLog, human_log
from sim.lives.patterns import PerGroup, knows_creation, per_group
from sim.validation.windows import Booleans, Floats, room_windows

RESAMPLES = 200
FEWEST_DAYS, MOST_DAYS = 28, 3650
"""First days of a room that can be asked for: fewer do not show week 4."""

FEWEST_ROOMS = 20
"""Rooms that both sides of a split by community must have."""


@dataclass(frozen=True)
class Rooms:
    """Rooms, real or simulated, reduced to what each brings to every pattern."""

    brought: Mapping[str, PerGroup]  # from `sim.lives.patterns`
    window_days: Floats  # [room] days from creation; rooms with a message first, then never used
    communities: tuple[str, ...] = ()  # [room], empty where there is none

    @property
    def total(self) -> int:
        """Number of rooms, the never used included."""
        return len(self.window_days)

    def every(self) -> Booleans:
        """Choose all rooms."""
        return np.ones(self.total, dtype=bool)


def first_days(log: HumanLog, days: float | None) -> HumanLog:
    """Cut a prepared log to so many days after each room's first message; None: as it is."""
    if days is None:
        return log
    until = np.minimum(log.until, log.first + DAY_SECONDS * days)
    kept = log.ts <= until[log.group]
    return replace(
        log, group=log.group[kept], member=log.member[kept], ts=log.ts[kept], until=until
    )


def rooms_of(log: ChatLog, prepared: HumanLog, days: float | None = None) -> Rooms:
    """Count what each room of a log (perhaps its first days) brings to the patterns."""
    window_days = room_windows(prepared)
    return Rooms(
        per_group(first_days(prepared, days), knows_creation(log)),
        window_days if days is None else np.minimum(window_days, days),
        tuple(name.partition("/")[0] if "/" in name else "" for name in prepared.names)
        + ("",) * prepared.never_used,
    )


def read_rooms(
    folder: Path, dataset: str, days: float | None = None
) -> tuple[Rooms, ChatLog, HumanLog]:
    """Read a data set's real rooms and both logs; `days` counts first days, the logs stay whole."""
    log = read_log(folder / f"{dataset}.parquet", folder / f"{dataset}_groups.csv")
    prepared = human_log(log)
    return rooms_of(log, prepared, days), log, prepared


def missing_files(folder: Path, dataset: str) -> list[str]:
    """Say which files of a data set are not in a folder."""
    wanted = (folder / f"{dataset}.parquet", folder / f"{dataset}_groups.csv")
    return [str(path) for path in wanted if not path.is_file()]


def half(rooms: Rooms, seed: int) -> Booleans:
    """Choose half of the rooms to fit on by lot, the smaller of an odd number: array [room]."""
    order = np.random.default_rng([seed, 0x4A1F]).permutation(rooms.total)
    chosen = np.zeros(rooms.total, dtype=bool)
    chosen[order[: rooms.total // 2]] = True
    return chosen


def community_split(rooms: Rooms, seed: int, judged: int = 2) -> tuple[Booleans, tuple[str, ...]]:
    """Choose all communities but some to fit on, by lot: array [room], and those judged.

    Both sides hold at least `FEWEST_ROOMS` rooms, by drawing again; `InputError` if none does.
    """
    names = sorted(set(rooms.communities) - {""})
    of_room = np.array(rooms.communities)
    luck = np.random.default_rng([seed, 0xC0DE])
    for _ in range(1000):
        picked = tuple(sorted(map(str, luck.permutation(names)[:judged])))
        fitted = ~np.isin(of_room, picked)
        if min(fitted.sum(), (~fitted).sum()) >= FEWEST_ROOMS:
            return fitted, picked
    raise InputError([f"no {judged} of {len(names)} communities hold {FEWEST_ROOMS} rooms or more"])


def measured(rooms: Rooms, chosen: Booleans, seed: int, resamples: int = RESAMPLES) -> pd.DataFrame:
    """Return every pattern of the chosen rooms [room] with its bootstrap error, index ``pattern``.

    ``error`` is the standard deviation over resamples, NaN where less than half have a value.
    """
    weights = resampled(chosen, seed, resamples)
    once = chosen.astype(np.float64)[None, :]
    rows = []
    for one in rooms.brought.values():
        draws = one.at(weights)
        known = draws[~np.isnan(draws)]
        error = known.std(ddof=1) if 2 * len(known) >= max(resamples, 4) else np.nan
        rows.append((float(one.at(once)[0]), float(error)))
    return pd.DataFrame(
        rows, columns=["value", "error"], index=pd.Index(rooms.brought, name="pattern")
    )


def resampled(chosen: Booleans, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Draw how many times each room enters each resample: array [resample, room]."""
    weights = np.zeros((resamples, len(chosen)))
    count = int(chosen.sum())
    if count:
        luck = np.random.default_rng([seed, 0xB007])
        weights[:, chosen] = luck.multinomial(count, np.full(count, 1 / count), size=resamples)
    return weights
