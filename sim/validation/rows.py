"""Rows of the table: a pattern with its real and simulated value, distance, verdict; and scores."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from sim.validation.targets import TIMING_AND_RETURN

ERRORS_ALLOWED = 2.0
MISSING_DISTANCE = 10.0
"""What a pattern counts in the mean distance when the simulated rooms do not show it at all."""

WITHIN, OFF = "within 2 errors", "off"
IN_BAND, OUT_OF_BAND = "in band", "out of band"
PENDING, NOT_SHOWN = "pending", "not shown"
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
    note: str = ""  # what the number is, why it is missing, or what it waits for
    is_pending: bool = False

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
        if self.is_pending:
            return PENDING
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
