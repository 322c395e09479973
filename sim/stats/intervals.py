"""Estimates and their 95 % intervals: of means, shares, differences, ratios, and of parts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError

LEVEL = 0.95
CLEAR_ERRORS = 2.0
"""A difference under this many Monte-Carlo errors (standard errors) is not clear."""

T_METHOD = "t 95 %"
WILSON_METHOD = "Wilson 95 %"
ROUNDING = 1e-9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean, share, difference or ratio over replications."""

    value: float
    lower: float  # 95 % interval; NaN below two replications
    upper: float
    error: float  # Monte-Carlo error: the standard error over replications
    replications: int
    # Standard deviation between parameter sets, freed of Monte-Carlo noise; the interval holds it
    # too. 0 where there is one set
    parameter_sd: float = 0.0

    @property
    def clear(self) -> bool:
        """Whether the value is at least 2 Monte-Carlo errors from 0."""
        if self.replications < 2 or not self.value:
            return False
        return bool(abs(self.value) >= CLEAR_ERRORS * self.error)

    @property
    def hangs_on_parameters(self) -> bool:
        """Whether the replications tell the value from 0, but the parameter sets do not."""
        return self.clear and self.parameter_sd > 0.0 and self.lower <= 0.0 <= self.upper

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval."""
        return self.lower, self.upper


@dataclass(frozen=True)
class Components:
    """What a mean over parameter sets and replications is uncertain by."""

    mean: float  # over replications and, by weight, parameter sets
    monte_carlo_error: float  # standard error; more replications make it smaller
    parameter_sd: float  # between sets, freed of Monte-Carlo noise; 0 with one
    replications: int
    particles: float  # effective number of sets, 1 / (sum of squared weights)

    @property
    def error(self) -> float:
        """Both together; few sets add their share."""
        return math.hypot(
            self.monte_carlo_error, self.parameter_sd * math.sqrt(1.0 + 1.0 / self.particles)
        )

    @property
    def freedom(self) -> float:
        """Degrees of freedom of `error` (Satterthwaite 1946)."""
        if not self.error > 0.0:  # nothing varies, or nothing is known
            return max(1.0, self.replications - 1.0)
        parts = [(self.monte_carlo_error, self.replications - 1.0)]
        if self.particles > 1.0:
            parts.append((math.sqrt(self.error**2 - parts[0][0] ** 2), self.particles - 1.0))
        return 1.0 / sum((part / self.error) ** 4 / freedom for part, freedom in parts)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean by Student's t, both uncertainties in it."""
        if self.replications < 2:
            return math.nan, math.nan
        half = critical_value(freedom=self.freedom) * self.error
        return self.mean - half, self.mean + half


def components(values: Floats, weights: Floats | None = None) -> Components:
    """Split a mean's uncertainty over values [particle, replication], NaN below 2 replications.

    Two-way analysis of variance with random effects, without interaction, as every particle meets
    the same seeds (Searle, Casella and McCulloch 1992, 4.5); unequal weights: weighted spread.
    """
    particles, replications = values.shape
    share = np.full(particles, 1.0 / particles) if weights is None else np.asarray(weights)
    squares = float((share**2).sum())
    if replications < 2:
        mean = float(share @ values[:, 0]) if replications else math.nan
        return Components(mean, math.nan, math.nan, replications, 1.0 / squares)
    each = share @ values
    error = float(each.std(ddof=1)) / math.sqrt(replications)
    between = 0.0
    if particles > 1 and squares < 1.0:
        of_particle = values.mean(axis=1)
        rest = values - of_particle[:, None] - values.mean(axis=0) + values.mean()
        noise = float((rest**2).sum()) / ((particles - 1) * (replications - 1))
        spread = float(share @ (of_particle - share @ of_particle) ** 2) / (1.0 - squares)
        between = spread - noise / replications
        between = between if between > ROUNDING * spread else 0.0
    return Components(float(each.mean()), error, math.sqrt(between), replications, 1.0 / squares)


def critical_value(level: float = LEVEL, freedom: float = math.inf) -> float:
    """Give the quantile of Student's t (normal without `freedom`) for a two-sided interval."""
    if not 0 < level < 1:
        raise InputError([f"level: {level} is not between 0 and 1"])
    if math.isinf(freedom):
        return NormalDist().inv_cdf(0.5 + level / 2)
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))


def mean_interval(mean: Floats, error: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Bound means by Student's t (Gosset 1908); NaN below two values."""
    from scipy.special import stdtrit

    half = stdtrit(np.where(n > 1, n - 1, np.nan), 0.5 + LEVEL / 2) * error
    return mean - half, mean + half


def wilson_interval(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Bound shares known from counts of any broadcasting shape, also of 0 or all (Wilson 1927); 0
    and 1 where there was no trial.
    """
    hits, number = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    )
    critical = critical_value(level)
    if not ((hits >= 0) & (hits <= number)).all():
        raise InputError(["successes: must lie between 0 and the number of trials"])
    tried = np.maximum(number, 1)
    share, square = hits / tried, critical**2
    middle = (share + square / (2 * tried)) / (1 + square / tried)
    half = critical * np.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    half = half / (1 + square / tried)
    # At none and at all the interval ends exactly at 0 and 1; rounding must not say otherwise.
    lower = np.where(hits == 0, 0.0, middle - half)
    upper = np.where(hits == number, 1.0, middle + half)
    return lower, upper


def estimate(values: npt.ArrayLike) -> Estimate:
    """Average one value a replication (NaN left out) with Student's t interval (Gosset 1908)."""
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    n = len(known)
    mean = float(known.mean()) if n else math.nan
    error = float(known.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
    half = critical_value(freedom=n - 1) * error if n > 1 else math.nan
    return Estimate(mean, mean - half, mean + half, error, n)


def weighted_estimate(values: Floats, weights: Floats) -> Estimate:
    """Average values [particle, replication] by weight, both uncertainties in the interval."""
    found = components(values, weights)
    ends, error = found.interval, found.monte_carlo_error
    return Estimate(found.mean, *ends, error, found.replications, found.parameter_sd)


def ratio_of_means(above: Any, below: Any, mean: Callable[[Any], Estimate] = estimate) -> Estimate:
    """Divide two means over replications (delta method; Cochran 1977, section 6.3); NaN by zero.
    `mean` makes an `Estimate` of values as `above` and `below` are (arrays, aligned series).
    """
    middle = mean(below).value
    if not len(below) or not middle > 0:
        return estimate([])
    found = mean(above).value / middle
    around = mean((above - found * below) / middle)
    return replace(around, value=found, lower=found + around.lower, upper=found + around.upper)


def agresti_min(gaps: Floats) -> tuple[float, float]:
    """Return middle and standard error of a mean of paired differences -1, 0, 1 [pair], with one
    pair more each way, since a few pairs that agree would leave no error (Agresti and Min 2005).
    """
    n = len(gaps)
    total, squares = float(gaps.sum()), float((gaps**2).sum()) + 1.0
    return total / (n + 2), math.sqrt(max(0.0, squares - total**2 / (n + 2))) / (n + 2)


def share_difference(gaps: npt.ArrayLike) -> Estimate:
    """Average differences of two shares, one a replication, by `agresti_min`.

    >>> share_difference([1.0, 1.0]).clear, estimate([1.0, 1.0]).clear
    (False, True)
    """
    known = np.asarray(gaps, dtype=np.float64)
    known = known[~np.isnan(known)]
    n = len(known)
    if n < 2:
        return estimate(known)
    middle, error = agresti_min(known)
    half = critical_value() * error
    ends = max(-1.0, middle - half), min(1.0, middle + half)
    return Estimate(float(known.mean()), *ends, error * (n + 2) / n, n)


def pooled_share(truths: npt.ArrayLike, replications: npt.ArrayLike) -> tuple[Estimate, int]:
    """Give a share over points that share seeds, and how many know it (NaN: not); Wilson's interval
    for as many communities as the spread between replications allows, between their number and all
    (Korn and Graubard 1998); their number where none or all are cases.
    """
    held = pd.DataFrame({"hit": truths, "replication": replications}).dropna().astype(float)
    n = len(held)
    if n == 0:
        return estimate([]), 0
    share = float(held["hit"].mean())
    counted = held.groupby("replication")["hit"].agg(["sum", "size"])
    clusters = len(counted)
    error, effective = math.nan, float(clusters)
    if clusters > 1:
        gaps = (counted["sum"] - share * counted["size"]).to_numpy()
        error = math.sqrt(clusters / (clusters - 1) * float((gaps**2).sum())) / n
        if 0 < share < 1:
            free = share * (1 - share) / error**2 if error > 0 else float(n)
            effective = min(float(n), max(float(clusters), free))
    lower, upper = wilson_interval(share * effective, effective)
    return Estimate(share, float(lower), float(upper), error, clusters), n


def percentile_interval(draws: Floats) -> tuple[float, float]:
    """Bound what was resampled [draw] by its percentiles (Efron 1979); NaN is left out."""
    known = draws[~np.isnan(draws)]
    if not len(known):
        return math.nan, math.nan
    lower, upper = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lower), float(upper)
