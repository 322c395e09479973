"""Comparisons of points that share their luck: the replication is what is independent."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.outcomes.summary import mean_interval
from sim.populations import weights_of
from sim.study.comparing.variance import components

TOLD_APART_ERRORS = 2.0
"""A difference under this many Monte-Carlo errors is not told apart."""

METHOD = "t over replications"
PARTICLE = "particle"
"""Column of rows that were played with several parameter sets: the name of the set."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean or a difference over replications."""

    value: float
    lower: float  # 95 % interval; NaN below two replications
    upper: float
    error: float  # Monte-Carlo error: the standard error over replications
    replications: int
    # Standard deviation between parameter sets, freed of Monte-Carlo noise; the interval holds it
    # too. 0 where there is one set
    parameter_sd: float = 0.0

    @property
    def told_apart(self) -> bool:
        """Whether the value is at least 2 Monte-Carlo errors from 0."""
        if self.replications < 2 or not self.value:
            return False
        return bool(abs(self.value) >= TOLD_APART_ERRORS * self.error)

    @property
    def in_doubt(self) -> bool:
        """Whether luck tells the value from 0, but the parameter sets do not."""
        return self.told_apart and self.parameter_sd > 0.0 and self.lower <= 0.0 <= self.upper

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return self.lower, self.upper


def complete(rows: pd.DataFrame, points: int) -> pd.DataFrame:
    """Keep the replications that were played at every point: only these compare points fairly."""
    played = rows.groupby("replication")["point"].transform("size")
    return rows[played == points]


def by_replication(rows: pd.DataFrame, name: str, lever: str) -> pd.DataFrame:
    """Average an outcome of complete replications: replications down (within each parameter set,
    where rows have several), the lever's values across; NaN where it is missing throughout.
    """
    luck = luck_of(rows)
    values = rows[luck].assign(lever=rows[lever], value=as_numbers(rows[name]))
    return values.groupby([*luck, "lever"], sort=False)["value"].mean().unstack("lever")


def in_replications(rows: pd.DataFrame, name: str) -> pd.Series:
    """Average an outcome within each replication (and parameter set) over all points."""
    luck = luck_of(rows)
    values = rows[luck].assign(value=as_numbers(rows[name]))
    return values.groupby(luck, sort=False)["value"].mean()


def luck_of(rows: pd.DataFrame) -> list[str]:
    """Name the columns that say whose luck a row has: the replication, the parameter set if any."""
    return [PARTICLE, "replication"] if PARTICLE in rows else ["replication"]


def as_numbers(column: pd.Series) -> Floats:
    """Return an outcome as floats: truths 0 and 1, missing values NaN."""
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def estimate(values: npt.ArrayLike | pd.Series) -> Estimate:
    """Average one value a replication (NaN left out) with Student's t interval (Gosset 1908); a
    series over several parameter sets gets that of `sim.study.comparing.variance.components`.
    """
    if isinstance(values, pd.Series) and values.index.nlevels > 1:
        return _over_particles(values)
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    n = len(known)
    mean = float(known.mean()) if n else math.nan
    error = float(known.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
    lower, upper = mean_interval(np.array([mean]), np.array([error]), np.array([float(n)]))
    return Estimate(mean, float(lower[0]), float(upper[0]), error, n)


def _over_particles(values: pd.Series) -> Estimate:
    table = values.unstack("replication").dropna(axis=1)
    found = components(table.to_numpy(dtype=np.float64), weights_of(list(table.index)))
    ends, error = found.interval, found.monte_carlo_error
    return Estimate(found.mean, *ends, error, found.replications, found.parameter_sd)


def difference(table: pd.DataFrame, first: Hashable, second: Hashable) -> Estimate:
    """Compare two columns of `by_replication` within each replication: first less second."""
    return estimate(table[first] - table[second])


def ratio(above: pd.Series | npt.ArrayLike, below: pd.Series | npt.ArrayLike) -> Estimate:
    """Divide two means over replications (delta method; Cochran 1977, section 6.3); NaN by zero."""
    numerator, denominator = (pd.Series(one, dtype=np.float64) for one in (above, below))
    middle = estimate(denominator).value
    if not len(denominator) or not middle > 0:
        return estimate([])
    found = estimate(numerator).value / middle
    around = estimate((numerator - found * denominator) / middle)
    return replace(around, value=found, lower=found + around.lower, upper=found + around.upper)


def best_first(table: pd.DataFrame, more_is_better: bool) -> list[Any]:
    """Order a lever's values by their means, the best first; unknown ones are left out."""
    means = pd.Series({one: estimate(table[one]).value for one in table}).dropna()
    return list(means.sort_values(ascending=not more_is_better, kind="stable").index)


def rivals(table: pd.DataFrame, ranked: Sequence[Any]) -> list[Any]:
    """List the values that are not told apart from the first of a ranking."""
    return [one for one in ranked[1:] if not difference(table, ranked[0], one).told_apart]
