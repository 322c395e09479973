"""Paired differences: two alternatives on the same luck, over replications and particles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.state import Array
from sim.stats.intervals import critical_value
from sim.study.comparing.variance import FEWEST_PAIRS, LEVEL, components

TOLD_APART_ERRORS = 2.0
"""A difference under this many Monte-Carlo errors is not told apart."""

POWER_QUANTILE = 0.8416212335729143
"""Standard normal quantile of a power of 0.8."""


@dataclass(frozen=True)
class PairedDifference:
    """How far a second alternative lies above a first one."""

    first: float  # means over the pairs
    second: float
    difference: float  # second less first, with its 95 % interval, of parameters too
    lower: float
    upper: float
    monte_carlo_error: float  # this and the next as in `Components`
    parameter_sd: float
    pairs: int  # replications in which both are known, with every particle
    probability_more: float  # that the mean of the second is higher, the prior being flat
    second_more_share: float  # of the pairs, as is the next
    equal_share: float
    pairs_needed: float  # for a difference of 2 errors with power 0.8; NaN: none is seen
    variance_reduction: float  # unpaired over paired; inf: all alike, NaN: nothing varies
    method: str  # of the interval

    @property
    def told_apart(self) -> bool:
        """Whether the difference is at least 2 Monte-Carlo errors from 0."""
        if self.pairs < FEWEST_PAIRS or self.difference == 0.0:
            return False
        return abs(self.difference) >= TOLD_APART_ERRORS * self.monte_carlo_error


def paired_difference(
    first: Array, second: Array, weights: Array | None = None, truth: bool = False
) -> PairedDifference:
    """Compare two alternatives [particle, replication], leaving out replications with a NaN.

    For truths (0 and 1) of one particle a pair differing each way is added to the error (Agresti
    and Min 2005): a few pairs that all say the same are no proof.
    """
    known = ~(np.isnan(first) | np.isnan(second)).any(axis=0)
    left, right = first[:, known], second[:, known]
    share = np.full(len(left), 1.0 / len(left)) if weights is None else np.asarray(weights)
    gaps = right - left
    of_gap = components(gaps, share)
    pairs = of_gap.replications
    middle, error, freedom = of_gap.mean, of_gap.error, of_gap.freedom
    apart, method = of_gap.monte_carlo_error, "t over pairs, 95 %"
    if len(left) > 1:
        method = "t over pairs and particles, 95 %"
    elif truth and pairs >= FEWEST_PAIRS:
        middle, error = _adjusted(gaps[0])
        apart, freedom = error * (pairs + 2) / pairs, math.inf
        method = "pairs, Agresti and Min 95 %"
    half = _quantile(freedom) * error
    return PairedDifference(
        first=float(share @ left.mean(axis=1)) if pairs else math.nan,
        second=float(share @ right.mean(axis=1)) if pairs else math.nan,
        difference=of_gap.mean,
        lower=max(-1.0, middle - half) if truth else middle - half,
        upper=min(1.0, middle + half) if truth else middle + half,
        monte_carlo_error=apart,
        parameter_sd=of_gap.parameter_sd,
        pairs=pairs,
        probability_more=_probability_above_zero(middle, error, freedom),
        second_more_share=float(share @ (gaps > 0).mean(axis=1)) if pairs else math.nan,
        equal_share=float(share @ (gaps == 0).mean(axis=1)) if pairs else math.nan,
        pairs_needed=pairs_needed(of_gap.mean, of_gap.monte_carlo_error * math.sqrt(pairs)),
        variance_reduction=_variance_reduction(share @ left, share @ right),
        method=method,
    )


def pairs_needed(difference: float, spread: float) -> float:
    """Return the pairs at which a difference is 2 errors from 0 with power 0.8; NaN for none."""
    if math.isnan(spread) or difference == 0.0:
        return math.nan
    needed = ((TOLD_APART_ERRORS + POWER_QUANTILE) * spread / difference) ** 2
    return float(max(FEWEST_PAIRS, math.ceil(needed)))


def mcnemar_p(only_first: int, only_second: int) -> float:
    """Return McNemar's (1947) exact two-sided p of pairs in which a truth holds in one only."""
    from scipy.special import bdtr

    number = only_first + only_second
    return min(1.0, 2.0 * float(bdtr(min(only_first, only_second), number, 0.5)))


def _adjusted(gaps: Array) -> tuple[float, float]:
    n = len(gaps)
    total, squares = float(gaps.sum()), float((gaps**2).sum()) + 1.0
    error = math.sqrt(max(0.0, squares - total**2 / (n + 2))) / (n + 2)
    return total / (n + 2), error


def _quantile(freedom: float) -> float:
    from scipy.special import stdtrit

    if math.isinf(freedom):
        return critical_value(LEVEL)
    return float(stdtrit(freedom, 0.5 + LEVEL / 2))


def _probability_above_zero(middle: float, error: float, freedom: float) -> float:
    from scipy.special import ndtr, stdtr

    if math.isnan(error):
        return math.nan
    if error == 0.0:
        return 0.5 + 0.5 * float(np.sign(middle))
    ratio = middle / error
    return float(ndtr(ratio) if math.isinf(freedom) else stdtr(freedom, ratio))


def _variance_reduction(left: Array, right: Array) -> float:
    if len(left) < FEWEST_PAIRS:
        return math.nan
    apart = float(left.var(ddof=1) + right.var(ddof=1))
    together = float((right - left).var(ddof=1))
    if together > 0.0:
        return apart / together
    return math.inf if apart > 0.0 else math.nan
