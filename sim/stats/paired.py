"""Statistics of pairs: communities that share their random seeds, compared one by one.

Floatss are [particle, replication], or [pair] where the particles are averaged already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.stats.intervals import (
    CLEAR_ERRORS,
    Floats,
    agresti_min,
    components,
    critical_value,
    estimate,
    is_clear,
)

FEWEST_PAIRS = 2
POWER_QUANTILE = 0.8416212335729143
"""Standard normal quantile of a power of 0.8."""

LOOKS = 10
PAIRS_BETWEEN_LOOKS = 10
NODES = 240


# --- differences ----------------------------------------------------------------------------------


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
    def clear(self) -> bool:
        """Whether the difference is at least 2 Monte-Carlo errors from 0."""
        return is_clear(self.difference, self.monte_carlo_error)


def paired_difference(
    first: Floats, second: Floats, weights: Floats, truth: bool = False
) -> PairedDifference:
    """Compare two alternatives [particle, replication], leaving out replications with a NaN.

    Weights [particle] sum to 1. Truths (0 and 1) of one particle: by `agresti_min`.
    """
    known = ~(np.isnan(first) | np.isnan(second)).any(axis=0)
    left, right = first[:, known], second[:, known]
    of_gap = components(right - left, weights)
    pairs = of_gap.replications
    middle, error, freedom = of_gap.mean, of_gap.error, of_gap.freedom
    monte_carlo, method = of_gap.monte_carlo_error, "t over pairs, 95 %"
    if len(left) > 1:
        method = "t over pairs and particles, 95 %"
    elif truth and pairs >= FEWEST_PAIRS:
        (middle, error), freedom = agresti_min((right - left)[0]), math.inf
        monte_carlo, method = error * (pairs + 2) / pairs, "pairs, Agresti and Min 95 %"
    half = critical_value(freedom=freedom) * error

    def mean(values: npt.NDArray[np.generic]) -> float:
        return float(weights @ values.mean(axis=1)) if pairs else math.nan

    return PairedDifference(
        first=mean(left),
        second=mean(right),
        difference=of_gap.mean,
        lower=max(-1.0, middle - half) if truth else middle - half,
        upper=min(1.0, middle + half) if truth else middle + half,
        monte_carlo_error=monte_carlo,
        parameter_sd=of_gap.parameter_sd,
        pairs=pairs,
        probability_more=_probability_above_zero(middle, error, freedom),
        second_more_share=mean(right > left),
        equal_share=mean(right == left),
        pairs_needed=pairs_needed(of_gap.mean, of_gap.monte_carlo_error * math.sqrt(pairs)),
        variance_reduction=_variance_reduction(weights @ left, weights @ right),
        method=method,
    )


def pairs_needed(difference: float, spread: float) -> float:
    """Return the pairs at which a difference is 2 errors from 0 with power 0.8; NaN for none."""
    if math.isnan(spread) or difference == 0.0:
        return math.nan
    needed = ((CLEAR_ERRORS + POWER_QUANTILE) * spread / difference) ** 2
    return float(max(FEWEST_PAIRS, math.ceil(needed)))


def mcnemar_p(only_first: int, only_second: int) -> float:
    """Return McNemar's (1947) exact two-sided p of pairs in which a truth holds in one only."""
    from scipy.special import bdtr

    number = only_first + only_second
    return min(1.0, 2.0 * float(bdtr(min(only_first, only_second), number, 0.5)))


def _probability_above_zero(middle: float, error: float, freedom: float) -> float:
    from scipy.special import ndtr, stdtr

    if math.isnan(error):
        return math.nan
    if error == 0.0:
        return 0.5 + 0.5 * float(np.sign(middle))
    ratio = middle / error
    return float(ndtr(ratio) if math.isinf(freedom) else stdtr(freedom, ratio))


def _variance_reduction(left: Floats, right: Floats) -> float:
    if len(left) < FEWEST_PAIRS:
        return math.nan
    unpaired = float(left.var(ddof=1) + right.var(ddof=1))
    paired = float((right - left).var(ddof=1))
    if paired > 0.0:
        return unpaired / paired
    return math.inf if unpaired > 0.0 else math.nan


# --- lives ----------------------------------------------------------------------------------------


def paired_logrank(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], weights: Floats
) -> tuple[float, float]:
    """Test two samples (days, ended) [particle, replication] whose groups are pairs (Jung 1999).

    Scores are ends less those expected by the hazard of both (Nelson-Aalen); the sum of the pairs'
    differences is held against their exchangeability. NaN leaves a replication out. Returns z
    (above 0: the second lives longer; NaN: nothing can differ) and its two-sided p.
    """
    known = ~(np.isnan(first[0]) | np.isnan(second[0])).any(axis=0)
    days = np.stack([first[0][:, known], second[0][:, known]])
    ended = np.stack([first[1][:, known], second[1][:, known]])
    score = ended - _hazard(days.ravel(), ended.ravel()).reshape(days.shape)
    gaps = weights @ (score[0] - score[1])
    spread = math.sqrt(float((gaps**2).sum()))
    if spread < 1e-12 * max(1, len(gaps)):
        return math.nan, 1.0
    z = float(gaps.sum()) / spread
    return z, math.erfc(abs(z) / math.sqrt(2.0))


def _hazard(days: Floats, ended: Floats) -> Floats:
    """Return the Nelson-Aalen hazard of all groups together, added up to each group's last day."""
    times, place = np.unique(days, return_inverse=True)
    ends = np.bincount(place, weights=ended, minlength=len(times))
    leaving = np.bincount(place, minlength=len(times))
    at_risk = len(days) - np.append(0, np.cumsum(leaving)[:-1])
    return np.asarray(np.cumsum(ends / at_risk)[place])


# --- stopping early: a group-sequential test ------------------------------------------------------


def look_ends(replications: int) -> list[int]:
    """Return the replications after which to look: ten times, evenly, the last at the end."""
    step = max(PAIRS_BETWEEN_LOOKS, math.ceil(replications / LOOKS))
    return [*range(step, replications, step), replications]


def allowed_p(ends: Sequence[int], error: float) -> list[float]:
    """Return the nominal two-sided p at each look that keeps the error rate over all of them.

    Constant for the sum of differences (O'Brien and Fleming 1979), found by integrating its density
    from look to look (Armitage, McPherson and Rowe 1969).
    """
    times = np.asarray(ends, dtype=np.float64) / ends[-1]
    boundary = critical_sum(times, error)
    return [math.erfc(boundary / math.sqrt(2.0 * time)) for time in times]


def critical_sum(times: Floats, error: float) -> float:
    """Find the bound that a Brownian motion passes with a probability at times rising to 1."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    least = float(ndtri(1.0 - error / 2.0))
    most = float(ndtri(1.0 - error / (2.0 * len(times)))) + 1e-9
    if len(times) == 1:
        return least
    return float(brentq(lambda at: _passing(at, times) - error, least - 1e-9, most, xtol=1e-7))


def _passing(boundary: float, times: Floats) -> float:
    """Return the probability that a Brownian motion is beyond +-boundary at one of some times."""

    def normal(at: Floats, variance: float) -> Floats:
        return np.asarray(np.exp(-0.5 * at**2 / variance) / math.sqrt(2.0 * math.pi * variance))

    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = boundary * nodes, boundary * weights
    density = normal(nodes, float(times[0]))
    for step in np.diff(times):
        density = normal(nodes[:, None] - nodes[None, :], float(step)) @ (weights * density)
    return 1.0 - float(weights @ density)


def p_value(gaps: Floats, truth: bool = False) -> float:
    """Return the two-sided p of paired differences [pair], NaN missing; 1 where none differs.

    McNemar's exact test for truths (-1, 0 and 1), else Student's t.
    """
    from scipy.special import stdtr

    known = gaps[~np.isnan(gaps)]
    if len(known) < FEWEST_PAIRS or not known.any():
        return 1.0
    if truth:
        return mcnemar_p(int((known < 0).sum()), int((known > 0).sum()))
    found = estimate(known)
    if not found.error:
        return 0.0
    return 2.0 * float(stdtr(len(known) - 1, -abs(found.value) / found.error))


def repeated_interval(gaps: Floats, nominal_p: float) -> tuple[float, float]:
    """Bound a mean difference for all looks (Jennison, Turnbull 1989); NaN below 2 pairs."""
    from scipy.special import stdtrit

    found = estimate(gaps)
    if found.replications < FEWEST_PAIRS:
        return math.nan, math.nan
    half = -float(stdtrit(found.replications - 1, nominal_p / 2.0)) * found.error
    return found.value - half, found.value + half


# --- several aims ---------------------------------------------------------------------------------


def pareto_front(gains: Sequence[Floats]) -> npt.NDArray[np.bool_]:
    """Say which points [point] are on the front (Pareto 1906): no other is as good in every mean
    and better in one by 2 standard errors; never one with an unknown mean. Gains are an array
    [replication, point] an aim, more is better; points share seeds, so that they pair.
    """
    means = np.stack([gain.mean(axis=0) for gain in gains])
    known: npt.NDArray[np.bool_] = ~np.isnan(means).any(axis=0)
    front, pairs = known.copy(), len(gains[0])
    for at in np.flatnonzero(known) if pairs >= FEWEST_PAIRS else ():
        as_good = known & (means >= means[:, [at]]).all(axis=0)
        gaps = np.stack([gain[:, as_good] - gain[:, [at]] for gain in gains])
        mean, error = gaps.mean(axis=1), gaps.std(axis=1, ddof=1) / math.sqrt(pairs)
        front[at] = not ((mean > 0) & (mean >= CLEAR_ERRORS * error)).any()
    return front
