"""Boxes: a limit for some of the levers, what lies within, and how well it picks out the cases."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.params import parameters
from sim.state import Array


@dataclass(frozen=True)
class Cases:
    """How often something happened at each point of a design."""

    levers: pd.DataFrame  # [point] rows, a column a lever: numbers or words
    cases: Array  # [point] communities in which it happened
    known: Array  # [point] communities of which that is known

    @property
    def density(self) -> float:
        """Share of the communities in which it happened."""
        return float(self.cases.sum() / self.known.sum())

    def take(self, chosen: Array) -> Cases:
        """Return some of the points."""
        levers = self.levers[chosen].reset_index(drop=True)
        return Cases(levers, self.cases[chosen], self.known[chosen])

    def numeric(self, key: str) -> bool:
        """Whether a lever's values are numbers, so that they have an order."""
        kind = self.levers[key].dtype
        return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


@dataclass(frozen=True)
class Limit:
    """What a box allows one lever to be."""

    key: str  # dotted
    low: float = -math.inf  # low, high: both within; infinite: no limit on that side
    high: float = math.inf
    values: tuple[Any, ...] = ()  # allowed of a lever of words; empty for numbers

    def holds(self, column: pd.Series) -> Array:
        """Say of each value whether it is within."""
        if self.values:
            return np.asarray(column.isin(self.values))
        numbers = column.to_numpy(dtype=np.float64)
        return np.asarray((numbers >= self.low) & (numbers <= self.high))

    def in_words(self, tried: pd.Series) -> str:
        """Say what the lever must be, and what was tried."""
        if self.values:
            others = ", ".join(map(str, tried.unique()))
            return f"{self.key} {' or '.join(map(str, self.values))} (tried: {others})"
        known = parameters().get(self.key)
        unit = f" {known.unit}" if known and known.unit != "1" else ""
        if self.low == self.high:
            said = f"{self.low:.4g}"
        elif math.isinf(self.low):
            said = f"at most {self.high:.4g}"
        elif math.isinf(self.high):
            said = f"at least {self.low:.4g}"
        else:
            said = f"{self.low:.4g} to {self.high:.4g}"
        return f"{self.key} {said}{unit} (tried: {tried.min():.4g} to {tried.max():.4g})"


def within(limits: Iterable[Limit], levers: pd.DataFrame) -> Array:
    """Return whether each point is within all limits: array [point]."""
    inside = np.ones(len(levers), dtype=bool)
    for limit in limits:
        inside &= limit.holds(levers[limit.key])
    return inside


def separation(table: Cases, inside: Array) -> float:
    """Return a box's share of all cases less its share of the rest (Youden's index, 1950).

    1 for all cases and nothing else, 0 for the whole space.
    """
    others = table.known - table.cases
    if not table.cases.sum() or not others.sum():
        return 0.0
    caught = table.cases[inside].sum() / table.cases.sum()
    return float(caught - others[inside].sum() / others.sum())
