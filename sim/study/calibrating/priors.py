"""What is believed of the parameters before any log is seen: a range and a scale each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError, nearest_key, readable
from sim.params import Parameter, parameters
from sim.state import Array

SCALES = ("linear", "log")
MOST_LOG_SIGMA = 2.5
"""A log-normal wider than this explains everything and nothing."""


@dataclass(frozen=True)
class Prior:
    """One free parameter: uniform over a range, or over the logarithm of it."""

    key: str  # dotted
    low: float  # range, inside the one that `qunlab params` prints
    high: float
    scale: str = "linear"  # linear or log

    def value(self, place: float) -> float:
        """Return the value at a place of the range: 0 is `low`, 1 is `high`."""
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** place)
        return float(self.low + (self.high - self.low) * place)

    def place(self, value: float) -> float:
        """Return where in the range a value lies; outside of it, below 0 or above 1."""
        if self.scale == "log":
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return float((value - self.low) / (self.high - self.low))


@dataclass(frozen=True)
class Priors:
    """All free parameters of a population, in order."""

    entries: tuple[Prior, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Dotted keys."""
        return tuple(prior.key for prior in self.entries)

    def values(self, places: Array) -> Array:
        """Turn places 0-1 into values; both are arrays [particle, parameter]."""
        columns = [
            [prior.value(place) for place in places[:, at]] for at, prior in enumerate(self.entries)
        ]
        return np.array(columns, dtype=np.float64).T.reshape(len(places), len(self.entries))

    def places(self, values: Array) -> Array:
        """Turn values into places 0-1; both are arrays [particle, parameter]."""
        columns = [
            [prior.place(value) for value in values[:, at]] for at, prior in enumerate(self.entries)
        ]
        return np.array(columns, dtype=np.float64).T.reshape(len(values), len(self.entries))


def load_priors(path: str | Path) -> Priors:
    """Read free parameters from a CSV of ``parameter``, ``low``, ``high``, ``scale`` (linear, log).

    `InputError` has every fault: unknown keys, ranges that are empty or outside of what is allowed.
    """
    import pandas as pd

    path = Path(path)
    try:
        table = pd.read_csv(readable(path), comment="#", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        raise InputError([f"{path}: cannot be read as a table: {fault}"]) from None
    missing = [name for name in ("parameter", "low", "high", "scale") if name not in table]
    if missing:
        raise InputError([f"{path}: no column {name!r}" for name in missing])
    rows = [(str(row.parameter), row.low, row.high, row.scale) for row in table.itertuples()]
    found = [(row[0], _fault(*row)) for row in rows]
    problems = [f"{path}: {key}: {text}" for key, text in found if text]
    keys = [row[0] for row in rows]
    problems += [f"{path}: {key}: stands twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    if not rows:
        problems.append(f"{path}: no parameter is free")
    if problems:
        raise InputError(problems)
    return Priors(
        tuple(Prior(key, float(low), float(high), scale) for key, low, high, scale in rows)
    )


def _fault(key: str, low: Any, high: Any, scale: Any) -> str:
    known = parameters().get(key)
    if known is None:
        return f"no such parameter{nearest_key(key, list(parameters()))}"
    if not known.numeric or known.integer:
        return "not a continuous number; set it in the scenario"
    if scale not in SCALES:
        return f"scale must be {' or '.join(SCALES)}"
    try:
        return _fault_of_range(known, float(low), float(high), scale)
    except ValueError:
        return "low and high must be numbers"


def _fault_of_range(known: Parameter, low: float, high: float, scale: str) -> str:
    most = min(known.high, MOST_LOG_SIGMA) if known.unit == "log sd" else known.high
    if not low < high:
        return f"low {low:g} must be below high {high:g}"
    if low < known.low or high > most:
        return f"{low:g} to {high:g} is out of range; allowed: {known.low:g} to {most:g}"
    if scale == "log" and low <= 0.0:
        return "a log scale needs a low above 0"
    return ""
