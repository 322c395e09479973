"""Comparisons of points that share their luck: the replication is what is independent."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.outcomes.summary import LEVEL, mean_interval
from sim.survival import wilson_interval
from sim.survival.rates import critical_value

TOLD_APART_ERRORS = 2.0
"""A difference under this many Monte-Carlo errors is not told apart."""

METHOD = "t over replications"
SHARE_METHOD = "Wilson at the effective number of communities"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean or a difference over replications.

    Attributes
    ----------
    value : float
    lower, upper : float
        95 % interval; NaN below two replications.
    error : float
        Monte-Carlo error: the standard error over replications.
    replications : int

    Examples
    --------
    >>> Estimate(1.0, 0.5, 1.5, 0.25, 100).told_apart
    True
    """

    value: float
    lower: float
    upper: float
    error: float
    replications: int

    @property
    def told_apart(self) -> bool:
        """Whether the value is at least 2 Monte-Carlo errors from 0."""
        if self.replications < 2 or not self.value:
            return False
        return bool(abs(self.value) >= TOLD_APART_ERRORS * self.error)

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return self.lower, self.upper


def complete(rows: pd.DataFrame, points: int) -> pd.DataFrame:
    """Keep the replications that were played at every point: only these compare points fairly.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``point`` and ``replication``.
    points : int
        Number of points of the design.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    >>> rows = pd.DataFrame({"point": [0, 1, 0], "replication": [0, 0, 1]})
    >>> len(complete(rows, 2))
    2
    """
    played = rows.groupby("replication")["point"].transform("size")
    return rows[played == points]


def by_replication(rows: pd.DataFrame, name: str, lever: str) -> pd.DataFrame:
    """Average an outcome within each replication and value of a lever.

    Parameters
    ----------
    rows : pandas.DataFrame
        Complete replications.
    name, lever : str
        Columns.

    Returns
    -------
    pandas.DataFrame
        Replications down, the lever's values across; NaN where the outcome is missing throughout.

    Examples
    --------
    >>> rows = pd.DataFrame({"replication": [0, 0], "size": [25, 50], "messages": [3, 9]})
    >>> by_replication(rows, "messages", "size").to_numpy().tolist()
    [[3.0, 9.0]]
    """
    values = pd.DataFrame(
        {
            "replication": rows["replication"],
            "lever": rows[lever],
            "value": as_numbers(rows[name]),
        }
    )
    return values.groupby(["replication", "lever"], sort=False)["value"].mean().unstack("lever")


def as_numbers(column: pd.Series) -> Floats:
    """Return an outcome as floats: truths 0 and 1, missing values NaN."""
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def estimate(values: npt.ArrayLike) -> Estimate:
    """Average one value a replication.

    Parameters
    ----------
    values : array_like of float, shape [replication]
        NaN is left out.

    Returns
    -------
    Estimate
        With Student's t interval (Gosset 1908).

    Examples
    --------
    >>> found = estimate([1.0, 3.0])
    >>> found.value, found.error, found.replications
    (2.0, 1.0, 2)
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    n = len(known)
    mean = float(known.mean()) if n else math.nan
    error = float(known.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
    lower, upper = mean_interval(np.array([mean]), np.array([error]), np.array([float(n)]))
    return Estimate(mean, float(lower[0]), float(upper[0]), error, n)


def difference(table: pd.DataFrame, first: Hashable, second: Hashable) -> Estimate:
    """Compare two values of a lever within each replication.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `by_replication`.
    first, second : value
        Columns.

    Returns
    -------
    Estimate
        First less second.

    Examples
    --------
    >>> table = pd.DataFrame({25: [1.0, 2.0, 3.0], 50: [2.0, 3.0, 4.5]})
    >>> difference(table, 50, 25).told_apart
    True
    """
    return estimate(table[first] - table[second])


def share_difference(table: pd.DataFrame, first: Hashable, second: Hashable) -> Estimate:
    """Compare two shares within each replication; one pair each way is added to the error.

    Without it a few pairs that all say the same would leave no doubt at all (after Agresti and
    Min 2005).

    Parameters
    ----------
    table : pandas.DataFrame
        As from `by_replication`, of a truth.
    first, second : value
        Columns.

    Returns
    -------
    Estimate
        First less second as observed; interval and told apart by the adjusted difference.

    Examples
    --------
    >>> two = pd.DataFrame({25: [1.0, 1.0], 500: [0.0, 0.0]})
    >>> share_difference(two, 25, 500).told_apart, difference(two, 25, 500).told_apart
    (False, True)
    """
    gaps = (table[first] - table[second]).dropna().to_numpy(dtype=np.float64)
    n = len(gaps)
    if n < 2:
        return estimate(gaps)
    total, squares = gaps.sum(), (gaps**2).sum() + 1.0
    middle = total / (n + 2)
    error = math.sqrt(max(0.0, squares - total**2 / (n + 2))) / (n + 2)
    half = critical_value(LEVEL) * error
    ends = max(-1.0, middle - half), min(1.0, middle + half)
    return Estimate(float(gaps.mean()), *ends, error * (n + 2) / n, n)


def pooled_share(truths: pd.Series, replications: pd.Series) -> tuple[Estimate, int]:
    """Give a share over points that share their luck, with an interval that knows it.

    Wilson's interval (1927) for as many independent communities as the spread between
    replications allows: at least the replications, at most all communities (Korn and Graubard
    1998). With no case at all, or nothing but cases, it is the number of replications.

    Parameters
    ----------
    truths : pandas.Series
        True, false, missing.
    replications : pandas.Series
        Of each row.

    Returns
    -------
    share : Estimate
    known : int
        Communities where the truth is not missing.

    Examples
    --------
    >>> share, known = pooled_share(pd.Series([True, False] * 4), pd.Series(list("aabbccdd")))
    >>> share.value, known, round(share.lower, 2)
    (0.5, 8, 0.22)
    """
    held = pd.DataFrame({"dead": as_numbers(truths), "luck": replications.to_numpy()}).dropna()
    n = len(held)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0), 0
    share = float(held["dead"].mean())
    by_luck = held.groupby("luck")["dead"].agg(["sum", "size"])
    clusters = len(by_luck)
    error = math.nan
    effective = float(clusters)
    if clusters > 1:
        gaps = (by_luck["sum"] - share * by_luck["size"]).to_numpy()
        error = math.sqrt(clusters / (clusters - 1) * float((gaps**2).sum())) / n
        if 0 < share < 1:
            free = share * (1 - share) / error**2 if error > 0 else float(n)
            effective = min(float(n), max(float(clusters), free))
    lower, upper = wilson_interval(share * effective, effective)
    return Estimate(share, float(lower), float(upper), error, clusters), n


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Estimate:
    """Divide two means over replications (delta method; Cochran 1977, section 6.3).

    Parameters
    ----------
    above, below : array_like of float, shape [replication]

    Returns
    -------
    Estimate
        NaN where there is nothing to divide by.

    Examples
    --------
    >>> ratio([10.0, 20.0], [1.0, 2.0]).value
    10.0
    """
    numerator = np.asarray(above, dtype=np.float64)
    denominator = np.asarray(below, dtype=np.float64)
    if not len(denominator) or not denominator.mean() > 0:
        return estimate([])
    found = float(numerator.mean() / denominator.mean())
    around = estimate((numerator - found * denominator) / denominator.mean())
    return Estimate(
        found, found + around.lower, found + around.upper, around.error, around.replications
    )


def best_first(table: pd.DataFrame, more_is_better: bool) -> list[Any]:
    """Order a lever's values by their means, the best first; unknown ones are left out."""
    means = table.mean().dropna()
    return list(means.sort_values(ascending=not more_is_better, kind="stable").index)


def rivals(table: pd.DataFrame, ranked: Sequence[Any]) -> list[Any]:
    """List the values that are not told apart from the first of a ranking."""
    return [one for one in ranked[1:] if not difference(table, ranked[0], one).told_apart]
