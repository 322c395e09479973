"""Paired differences: two alternatives on the same luck, over replications and particles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.state import Array
from sim.study.comparing.variance import FEWEST_PAIRS, LEVEL, components
from sim.survival.rates import critical_value

TOLD_APART_ERRORS = 2.0
"""A difference under this many Monte-Carlo errors is not told apart."""

POWER_QUANTILE = 0.8416212335729143
"""Standard normal quantile of a power of 0.8."""


@dataclass(frozen=True)
class PairedDifference:
    """How far a second alternative lies above a first one.

    Attributes
    ----------
    first, second : float
        Their means over the pairs.
    difference, lower, upper : float
        Second less first, with its 95 % interval (parameter uncertainty included).
    monte_carlo_error, parameter_sd : float
        As in `Components`.
    pairs : int
        Replications in which both are known, with every particle.
    probability_more : float
        That the mean of the second is the higher one, the prior being flat.
    second_more_share, equal_share : float
        Of the pairs of communities: where the second has more, where both are equal.
    pairs_needed : float
        Replications at which a difference of the size seen is 2 errors from 0 with power 0.8; NaN
        where no difference is seen.
    variance_reduction : float
        Variance of the difference were the luck not shared, over that of the pairs; infinite where
        all pairs differ by the same, NaN where nothing varies.
    method : str
        Of the interval.
    """

    first: float
    second: float
    difference: float
    lower: float
    upper: float
    monte_carlo_error: float
    parameter_sd: float
    pairs: int
    probability_more: float
    second_more_share: float
    equal_share: float
    pairs_needed: float
    variance_reduction: float
    method: str

    @property
    def told_apart(self) -> bool:
        """Whether the difference is at least 2 Monte-Carlo errors from 0."""
        if self.pairs < FEWEST_PAIRS or self.difference == 0.0:
            return False
        return abs(self.difference) >= TOLD_APART_ERRORS * self.monte_carlo_error


def paired_difference(
    first: Array, second: Array, weights: Array | None = None, truth: bool = False
) -> PairedDifference:
    """Compare two alternatives replication by replication.

    Parameters
    ----------
    first, second : array [particle, replication]
        NaN: missing; such a replication is left out of both.
    weights : array [particle], optional
        Summing to 1; default: equal.
    truth : bool
        Whether values are 0 and 1. Then, with one particle, a pair that differs each way is added
        to the error, after Agresti and Min (2005): a few pairs that all say the same are no proof.

    Returns
    -------
    PairedDifference

    Examples
    --------
    >>> found = paired_difference(np.array([[1.0, 2.0, 6.0]]), np.array([[2.0, 4.0, 9.0]]))
    >>> found.difference, round(found.monte_carlo_error, 4), found.told_apart
    (2.0, 0.5774, True)
    >>> found.pairs_needed, round(found.variance_reduction, 1)
    (3.0, 20.0)
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
    """Return the pairs at which a difference is 2 errors from 0 with a probability of 0.8.

    Parameters
    ----------
    difference : float
    spread : float
        Standard deviation of the difference between pairs.

    Returns
    -------
    float
        Whole, 2 at least; NaN where there is no difference.

    Examples
    --------
    >>> pairs_needed(0.5, 1.0), pairs_needed(0.0, 1.0)
    (33.0, nan)
    """
    if math.isnan(spread) or difference == 0.0:
        return math.nan
    needed = ((TOLD_APART_ERRORS + POWER_QUANTILE) * spread / difference) ** 2
    return float(max(FEWEST_PAIRS, math.ceil(needed)))


def mcnemar_p(only_first: int, only_second: int) -> float:
    """Test whether a truth holds as often in both of two paired samples (McNemar 1947), exactly.

    Parameters
    ----------
    only_first, only_second : int
        Pairs in which it holds in one of them only.

    Returns
    -------
    float
        Two-sided binomial probability.

    Examples
    --------
    >>> round(mcnemar_p(1, 8), 4), mcnemar_p(0, 0)
    (0.0391, 1.0)
    """
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
