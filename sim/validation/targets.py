"""What populations are judged against, data sets, shipped aggregates or the real rooms at hand, and
the rows that set simulated values beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import Faults, InputError
from sim.validation.rooms import (
    Rooms,
    Windows,
    measured,
    missing_files,
    read_rooms,
    shipped_table,
    shipped_windows,
    windows_of,
)


@dataclass(frozen=True)
class DataSet:
    """Real rooms that populations are judged against."""

    name: str  # as the files of the data are called
    title: str  # what a reader should call the rooms
    population: str  # the one fitted to them


DATA_SETS = (
    # freeCodeCamp/gitter-history, 367 rooms of 2014-2016, BSD-3-Clause; creation known
    DataSet("fcc_gitter", "learner rooms", "learner_rooms"),
    # public zulip-archive repositories, 161 streams of 8 communities, 2016-2026
    DataSet("zulip", "work streams", "work_streams"),
)

TIMING_AND_RETURN = (
    "revival share after first >=7d silence",
    "median group burstiness B (>=100 msgs)",
    "newcomer return 24h-30d",
    "newcomer return | other posted within 24h",
    "newcomer return | nobody posted within 24h",
    "busy rooms: median seconds to the next message by another",
    "member spells < 1 day",
    "member spells > 90 days",
)
"""Rows that the bar wants within two errors, every one: when people answer and who comes back."""


@dataclass(frozen=True)
class Against:
    """A data set to judge against: its targets, its windows, its rooms where they are at hand."""

    about: DataSet
    targets: pd.DataFrame  # index pattern; value, error
    windows: Windows
    rooms: Rooms | None = None  # none where only the shipped aggregates are used


def shipped_targets(dataset: str) -> pd.DataFrame:
    """Read a data set's ``pattern``, ``value``, ``error`` (200 resamples), ``n_groups``."""
    return shipped_table("targets.csv", dataset)


def targets_for(folder: Path | None, seed: int, days: float | None = None) -> list[Against]:
    """Read what to judge against: a folder's rooms (their first days), else shipped aggregates."""
    found, faults = list[Against](), Faults()
    missing = {one.name: missing_files(folder, one.name) for one in DATA_SETS} if folder else {}
    if missing and all(missing.values()):
        lines = [f"--data: {path}: no such file" for paths in missing.values() for path in paths]
        raise InputError(lines)
    for one in DATA_SETS:
        if folder is None or missing[one.name]:
            table = shipped_targets(one.name).set_index("pattern")
            found.append(Against(one, table, shipped_windows(one.name)))
            continue
        with faults.gathered():
            rooms, _, _ = read_rooms(folder, one.name, days)
            table = measured(rooms, rooms.every(), seed)
            found.append(Against(one, table, windows_of(rooms.window_days), rooms))
    faults.refuse()
    return found


ERRORS_ALLOWED = 2.0
MISSING_DISTANCE = 10.0
"""What a pattern counts in the mean distance when the simulated rooms do not show it at all."""

WITHIN, OFF = "within 2 errors", "off"
IN_BAND, OUT_OF_BAND = "in band", "out of band"
NOT_SHOWN = "not shown"
NO_TARGET = "no target"


@dataclass(frozen=True)
class Row:
    """One pattern in the table."""

    part: str  # a data set's title, or what the row is held to
    pattern: str
    real: float = np.nan  # naN where a band stands in its place, or no error is known
    real_error: float = np.nan
    simulated: float = np.nan  # naN where nothing was simulated or shown
    simulated_error: float = np.nan
    low: float = np.nan  # band of acceptance, NaN for a row judged by its distance
    high: float = np.nan
    is_fitted: bool = False  # whether parameters were fitted to this pattern
    note: str = ""  # what the number is, or why it is missing

    @property
    def has_band(self) -> bool:
        """Whether a band of acceptance judges the row."""
        return not (np.isnan(self.low) and np.isnan(self.high))

    @property
    def distance(self) -> float:
        """Simulated minus real value, in combined standard errors; NaN without a real error."""
        if np.isnan(self.real_error):
            return np.nan
        difference = self.simulated - self.real
        if np.isnan(difference) or difference == 0.0:
            return float(difference)
        combined = float(np.hypot(self.real_error, np.nan_to_num(self.simulated_error)))
        if combined == 0.0:
            return float(np.copysign(np.inf, difference))
        return round(float(difference / combined), 12)

    @property
    def verdict(self) -> str:
        """What the row says, in two or three words."""
        if np.isnan(self.simulated):
            return NOT_SHOWN
        if self.has_band:
            is_outside = self.simulated < self.low or self.simulated > self.high  # NaN: no limit
            return OUT_OF_BAND if is_outside else IN_BAND
        if np.isnan(self.distance):
            return NO_TARGET
        return WITHIN if abs(self.distance) <= ERRORS_ALLOWED else OFF


@dataclass(frozen=True)
class Score:
    """How near simulated rooms come to real ones over the rows of one data set."""

    rows: int  # with a real value and error
    within: int  # two combined errors
    mean_distance: float  # mean |z|; `MISSING_DISTANCE` for a row not shown or without any error
    timing_and_return: int  # of the rows within, those of `TIMING_AND_RETURN`
    timing_rows: int  # how many of those there are


def compared(
    part: str, real: pd.DataFrame, simulated: pd.DataFrame, fitted: Collection[str] = ()
) -> list[Row]:
    """Set simulated values beside every real one, in the order of `real`; missing: *not shown*.

    A real error of 0 is none: all resamples drew the same, mostly the one room it rests on.
    """
    made = simulated.reindex(real.index)
    rows = []
    for pattern, *numbers in zip(
        real.index, real["value"], real["error"], made["value"], made["error"], strict=True
    ):
        value, error, simulated_value, simulated_error = map(float, numbers)
        note = "" if error > 0 else "real rooms too few for an error"
        row = Row(part, str(pattern), value, error or np.nan, simulated_value, simulated_error)
        note = "no real value" if np.isnan(value) else note
        rows.append(replace(row, is_fitted=pattern in fitted, note=note))
    return rows


def score(rows: Sequence[Row]) -> Score:
    """Score the rows that have a real value and error."""
    judged = [row for row in rows if not np.isnan(row.real) and not np.isnan(row.real_error)]
    far = [abs(row.distance) if np.isfinite(row.distance) else MISSING_DISTANCE for row in judged]
    timing = [row for row in judged if row.pattern in TIMING_AND_RETURN]
    return Score(
        len(judged),
        sum(row.verdict == WITHIN for row in judged),
        float(np.mean(far)) if far else np.nan,
        sum(row.verdict == WITHIN for row in timing),
        len(timing),
    )


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Return the rows as a tidy frame, with ``distance`` and ``verdict``."""
    return pd.DataFrame(
        [{**asdict(row), "distance": row.distance, "verdict": row.verdict} for row in rows]
    )
