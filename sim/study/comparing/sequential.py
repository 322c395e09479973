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
    """When a comparison may stop early."""

    outcome: str = "posting_members_per_day"  # that decides
    error: float = 0.05  # at most, of any false difference; shared evenly (Bonferroni)

    def __post_init__(self) -> None:
        if not 0.0 < self.error < 0.5:
            raise InputError([f"error: {self.error:g} is out of range; allowed: 0 to 0.5, apart"])


@dataclass(frozen=True)
class Look:
    """A look at the first pairs of a comparison."""

    pairs: int  # replications looked at
    allowed_p: float  # nominal two-sided p below which the answer is clear
    p: float = math.nan  # largest over the alternatives still open; NaN when not looked at
    clear: bool = False  # whether every alternative differs clearly from the first by now


def look_ends(replications: int) -> tuple[int, ...]:
    """Return the replications after which to look: ten times, evenly, the last at the end."""
    step = max(FEWEST_PAIRS, math.ceil(replications / LOOKS))
    return (*range(step, replications, step), replications)


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
    """Return the two-sided p of paired differences [pair], NaN missing; 1 where none differs.

    McNemar's exact test for truths (-1, 0 and 1), else Student's t.
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
    """Bound a mean difference for all looks (Jennison, Turnbull 1989); NaN below 2 pairs."""
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
