"""Statistics of pairs: communities that share their random seeds, compared one by one.

Arrays are [particle, replication], or [pair] where the particles are averaged already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.state import Array
from sim.stats.intervals import critical_value

FEWEST_PAIRS = 2
CLEAR_ERRORS = 2.0
"""A difference under this many Monte-Carlo errors is not clear."""

POWER_QUANTILE = 0.8416212335729143
"""Standard normal quantile of a power of 0.8."""

ROUNDING = 1e-9
LEVEL = 0.95
LOOKS = 10
PAIRS_BETWEEN_LOOKS = 10
NODES = 240


@dataclass(frozen=True)
class Components:
    """What a mean over particles and replications is uncertain by."""

    mean: float  # over replications and, by weight, particles
    monte_carlo_error: float  # standard error; more replications make it smaller
    parameter_sd: float  # between particles, freed of Monte-Carlo noise; 0 with one
    replications: int
    particles: float  # effective number, 1 / (sum of squared weights)

    @property
    def error(self) -> float:
        """Both together; few particles add their share."""
        return math.hypot(
            self.monte_carlo_error, self.parameter_sd * math.sqrt(1.0 + 1.0 / self.particles)
        )

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the mean by Student's t, of both uncertainties."""
        if self.replications < FEWEST_PAIRS:
            return math.nan, math.nan
        half = _quantile(self.freedom) * self.error
        return self.mean - half, self.mean + half

    @property
    def freedom(self) -> float:
        """Degrees of freedom of `error` (Satterthwaite 1946)."""
        if not self.error > 0.0:  # nothing varies, or nothing is known
            return max(1.0, self.replications - 1.0)
        parts = [(self.monte_carlo_error, self.replications - 1.0)]
        if self.particles > 1.0:
            parts.append((math.sqrt(self.error**2 - parts[0][0] ** 2), self.particles - 1.0))
        return 1.0 / sum((part / self.error) ** 4 / freedom for part, freedom in parts)


def components(values: Array, weights: Array | None = None) -> Components:
    """Split a mean's uncertainty over values [particle, replication], NaN below 2 replications.

    Two-way analysis of variance with random effects, without interaction, as every particle meets
    the same seeds (Searle, Casella and McCulloch 1992, 4.5); unequal weights: weighted spread.
    """
    particles, replications = values.shape
    share = _shares(particles, weights)
    squares = float((share**2).sum())
    if replications < FEWEST_PAIRS:
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
        if self.pairs < FEWEST_PAIRS or self.difference == 0.0:
            return False
        return abs(self.difference) >= CLEAR_ERRORS * self.monte_carlo_error


def paired_difference(
    first: Array, second: Array, weights: Array | None = None, truth: bool = False
) -> PairedDifference:
    """Compare two alternatives [particle, replication], leaving out replications with a NaN.

    For truths (0 and 1) of one particle a pair differing each way is added to the error (Agresti
    and Min 2005): a few pairs that all say the same are no proof.
    """
    known = ~(np.isnan(first) | np.isnan(second)).any(axis=0)
    left, right = first[:, known], second[:, known]
    share = _shares(len(left), weights)
    gaps = right - left
    of_gap = components(gaps, share)
    pairs = of_gap.replications
    middle, error, freedom = of_gap.mean, of_gap.error, of_gap.freedom
    monte_carlo, method = of_gap.monte_carlo_error, "t over pairs, 95 %"
    if len(left) > 1:
        method = "t over pairs and particles, 95 %"
    elif truth and pairs >= FEWEST_PAIRS:
        total, squares = float(gaps.sum()), float((gaps**2).sum()) + 1.0
        middle = total / (pairs + 2)
        error = math.sqrt(max(0.0, squares - total**2 / (pairs + 2))) / (pairs + 2)
        monte_carlo, freedom = error * (pairs + 2) / pairs, math.inf
        method = "pairs, Agresti and Min 95 %"
    half = _quantile(freedom) * error

    def mean(values: Array) -> float:
        return float(share @ values.mean(axis=1)) if pairs else math.nan

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
        second_more_share=mean(gaps > 0),
        equal_share=mean(gaps == 0),
        pairs_needed=pairs_needed(of_gap.mean, of_gap.monte_carlo_error * math.sqrt(pairs)),
        variance_reduction=_variance_reduction(share @ left, share @ right),
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


def _shares(particles: int, weights: Array | None) -> Array:
    return np.full(particles, 1.0 / particles) if weights is None else np.asarray(weights)


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
    unpaired = float(left.var(ddof=1) + right.var(ddof=1))
    paired = float((right - left).var(ddof=1))
    if paired > 0.0:
        return unpaired / paired
    return math.inf if unpaired > 0.0 else math.nan


# --- lives ----------------------------------------------------------------------------------------


def paired_logrank(
    first: tuple[Array, Array], second: tuple[Array, Array], weights: Array | None = None
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
    gaps = _shares(len(first[0]), weights) @ (score[0] - score[1])
    spread = math.sqrt(float((gaps**2).sum()))
    if spread < 1e-12 * max(1, len(gaps)):
        return math.nan, 1.0
    z = float(gaps.sum()) / spread
    return z, math.erfc(abs(z) / math.sqrt(2.0))


def _hazard(days: Array, ended: Array) -> Array:
    """Return the Nelson-Aalen hazard of all groups together, added up to each group's last day."""
    if not len(days):
        return np.zeros(0)
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


def critical_sum(times: Array, error: float) -> float:
    """Find the bound that a Brownian motion passes with a probability at times rising to 1."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    least = float(ndtri(1.0 - error / 2.0))
    most = float(ndtri(1.0 - error / (2.0 * len(times)))) + 1e-9
    if len(times) == 1:
        return least
    return float(brentq(lambda at: _passing(at, times) - error, least - 1e-9, most, xtol=1e-7))


def _passing(boundary: float, times: Array) -> float:
    """Return the probability that a Brownian motion is beyond +-boundary at one of some times."""

    def normal(at: Array, variance: float) -> Array:
        return np.asarray(np.exp(-0.5 * at**2 / variance) / math.sqrt(2.0 * math.pi * variance))

    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = boundary * nodes, boundary * weights
    density = normal(nodes, float(times[0]))
    for step in np.diff(times):
        density = normal(nodes[:, None] - nodes[None, :], float(step)) @ (weights * density)
    return 1.0 - float(weights @ density)


def p_value(gaps: Array, truth: bool = False) -> float:
    """Return the two-sided p of paired differences [pair], NaN missing; 1 where none differs.

    McNemar's exact test for truths (-1, 0 and 1), else Student's t.
    """
    from scipy.special import stdtr

    known = gaps[~np.isnan(gaps)]
    if len(known) < FEWEST_PAIRS or not known.any():
        return 1.0
    if truth:
        return mcnemar_p(int((known < 0).sum()), int((known > 0).sum()))
    mean, error = _mean_and_error(known)
    return 2.0 * float(stdtr(len(known) - 1, -abs(mean) / error)) if error else 0.0


def repeated_interval(gaps: Array, nominal_p: float) -> tuple[float, float]:
    """Bound a mean difference for all looks (Jennison, Turnbull 1989); NaN below 2 pairs."""
    from scipy.special import stdtrit

    known = gaps[~np.isnan(gaps)]
    if len(known) < FEWEST_PAIRS:
        return math.nan, math.nan
    mean, error = _mean_and_error(known)
    half = -float(stdtrit(len(known) - 1, nominal_p / 2.0)) * error if error else 0.0
    return mean - half, mean + half


def _mean_and_error(values: Array) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values))


# --- several aims ---------------------------------------------------------------------------------


def pareto_front(gains: Sequence[Array]) -> Array:
    """Return which settings are on the Pareto front: no other is as good in every mean and better
    in one by 2 Monte-Carlo errors or more; array [setting].

    Gains are an array [replication, setting] an aim, more is better; settings share their seeds. A
    setting with a NaN is never on the front.
    """
    means = np.stack([gain.mean(axis=0) for gain in gains])
    front: Array = ~np.isnan(means).any(axis=0)
    for at in np.flatnonzero(front):
        as_good = np.flatnonzero((means >= means[:, [at]]).all(axis=0))
        front[at] = not any(
            _clearly_above(gain[:, other] - gain[:, at]) for other in as_good for gain in gains
        )
    return front


def _clearly_above(gaps: Array) -> bool:
    if len(gaps) < FEWEST_PAIRS:
        return False
    mean, error = _mean_and_error(gaps)
    return mean > 0 and mean >= CLEAR_ERRORS * error
