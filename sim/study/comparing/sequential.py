"""Stop when the answer is clear: a group-sequential test with a stated rate of false alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError
from sim.state import Array
from sim.study.comparing.paired import mcnemar_p

LOOKS = 10
FEWEST_PAIRS = 10
"""At the first look, and between looks."""

NODES = 240
METHOD = "O'Brien and Fleming (1979)"


@dataclass(frozen=True)
class UntilClear:
    """When a comparison may stop early.

    Attributes
    ----------
    outcome : str
        That decides.
    error : float
        Probability, at most, of calling any of the alternatives different from the first where
        none is; shared evenly among them (Bonferroni).
    """

    outcome: str = "posting_members_per_day"
    error: float = 0.05

    def __post_init__(self) -> None:
        if not 0.0 < self.error < 0.5:
            raise InputError([f"error: {self.error:g} is out of range; allowed: 0 to 0.5, apart"])


@dataclass(frozen=True)
class Look:
    """A look at the first pairs of a comparison.

    Attributes
    ----------
    pairs : int
        Replications looked at.
    allowed_p : float
        Nominal two-sided p below which the answer is clear.
    p : float
        Largest over the alternatives that are still open; NaN when not looked at.
    clear : bool
        Whether every alternative is told from the first by now.
    """

    pairs: int
    allowed_p: float
    p: float = math.nan
    clear: bool = False


def look_ends(replications: int) -> tuple[int, ...]:
    """Say after how many replications to look: ten times, evenly, the last at the end.

    Examples
    --------
    >>> look_ends(200)[:3], look_ends(25), look_ends(5)
    ((20, 40, 60), (10, 20, 25), (5,))
    """
    step = max(FEWEST_PAIRS, math.ceil(replications / LOOKS))
    return (*range(step, replications, step), replications)


def allowed_p(ends: Sequence[int], error: float) -> list[float]:
    """Return the nominal two-sided p at each look that keeps the error rate over all of them.

    The boundary is constant for the sum of the differences (O'Brien and Fleming 1979): hard to
    pass early, close to the plain test at the end. It is found by integrating the sum's density
    from look to look (Armitage, McPherson and Rowe 1969).

    Parameters
    ----------
    ends : sequence of int
        Rising numbers of pairs.
    error : float
        Probability of passing at any look where there is no difference.

    Returns
    -------
    list of float

    Examples
    --------
    >>> [round(p, 4) for p in allowed_p([10, 20], 0.05)]
    [0.0052, 0.048]
    """
    times = np.asarray(ends, dtype=np.float64) / ends[-1]
    boundary = critical_sum(times, error)
    return [math.erfc(boundary / math.sqrt(2.0 * time)) for time in times]


def critical_sum(times: Array, error: float) -> float:
    """Find the constant that a Brownian motion passes at one of some times with a probability.

    Parameters
    ----------
    times : array [look]
        Rising to 1.
    error : float

    Returns
    -------
    float
        At the last look it is the critical value of the usual test statistic.

    Examples
    --------
    >>> round(critical_sum(np.array([1.0]), 0.05), 3)
    1.96
    """
    from scipy.optimize import brentq
    from scipy.special import ndtri

    least = float(ndtri(1.0 - error / 2.0))
    most = float(ndtri(1.0 - error / (2.0 * len(times)))) + 1e-9
    if len(times) == 1:
        return least
    return float(brentq(lambda at: passing(at, times) - error, least - 1e-9, most, xtol=1e-7))


def passing(boundary: float, times: Array) -> float:
    """Return the probability that a Brownian motion is beyond +-boundary at one of some times."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = boundary * nodes, boundary * weights
    density = _normal(nodes, float(times[0]))
    for step in np.diff(times):
        density = _normal(nodes[:, None] - nodes[None, :], float(step)) @ (weights * density)
    return 1.0 - float(weights @ density)


def p_value(gaps: Array, truth: bool = False) -> float:
    """Return the two-sided p of paired differences; 1 where none differs.

    Parameters
    ----------
    gaps : array [pair]
        NaN: missing.
    truth : bool
        Whether they are -1, 0 and 1: then McNemar's exact test, else Student's t.

    Examples
    --------
    >>> round(p_value(np.array([1.0, 2.0, 3.0])), 3), p_value(np.zeros(5))
    (0.074, 1.0)
    """
    from scipy.special import stdtr

    known = gaps[~np.isnan(gaps)]
    if len(known) < 2 or not known.any():
        return 1.0
    if truth:
        return mcnemar_p(int((known < 0).sum()), int((known > 0).sum()))
    error = float(known.std(ddof=1)) / math.sqrt(len(known))
    if error == 0.0:
        return 0.0
    return 2.0 * float(stdtr(len(known) - 1, -abs(float(known.mean())) / error))


def repeated_interval(gaps: Array, nominal_p: float) -> tuple[float, float]:
    """Bound a mean difference so that it holds at all looks together (Jennison and Turnbull 1989).

    Parameters
    ----------
    gaps : array [pair]
        NaN: missing.
    nominal_p : float
        Of this look, from `allowed_p`.

    Returns
    -------
    lower, upper : float
        NaN below two pairs.
    """
    from scipy.special import stdtrit

    known = gaps[~np.isnan(gaps)]
    if len(known) < 2:
        return math.nan, math.nan
    error = float(known.std(ddof=1)) / math.sqrt(len(known))
    half = -float(stdtrit(len(known) - 1, nominal_p / 2.0)) * error if error else 0.0
    mean = float(known.mean())
    return mean - half, mean + half


def _normal(at: Array, variance: float) -> Array:
    return np.asarray(np.exp(-0.5 * at**2 / variance) / math.sqrt(2.0 * math.pi * variance))
