"""The power of a test of two arms of groups whose last week before it is known, or is not.

The analysis is a regression of each group's outcome on its arm and on its last week (ANCOVA; with
simulated data it is known as CUPED, Deng et al. 2013): of the variance between groups the share
1 - correlation ** 2 is left (Frison and Pocock 1992), one degree of freedom is paid, and chance
differences of the arms before the test cost 1 / (2 * groups - 4) of it. The t test has a noncentral
t distribution when there is an effect.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import nct, t

from sim.stats.intervals import Floats

ALPHA, POWER = 0.05, 0.80
FEWEST_GROUPS, MOST_GROUPS = 3, 1_000_000
CELLS_AT_ONCE = 1_000_000


def power(effect: float, groups: int, spread: float, correlation: float | None = None) -> float:
    """Return how often an effect is found with so many groups in each of two arms, 0 ... 1.

    Parameters
    ----------
    effect : float
        Difference of the arms' means.
    groups : int
        In each arm, 3 or more.
    spread : float
        Standard deviation between groups of one arm, in the unit of the effect.
    correlation : float, optional
        Of a group's outcome with its last week before, within arms; None: that week is not used.

    Examples
    --------
    >>> round(power(effect=0.5, groups=64, spread=1.0), 3)  # Cohen (1988), table 2.4.1
    0.801
    """
    df, error = _test(groups, spread, correlation)
    critical = t.ppf(1.0 - ALPHA / 2.0, df)
    if error == 0.0:
        return float(effect != 0.0)
    away = abs(effect) / error
    other_way = np.nan_to_num(nct.cdf(-critical, df, away))  # NaN where it is next to nothing
    return float(nct.sf(critical, df, away) + other_way)


def _test(groups: int, spread: float, correlation: float | None) -> tuple[int, float]:
    """Return the degrees of freedom and the standard error of the difference of two arms."""
    if correlation is None:
        return 2 * groups - 2, spread * math.sqrt(2.0 / groups)
    left = (1.0 - correlation**2) * (1.0 + 1.0 / (2 * groups - 4))
    return 2 * groups - 3, spread * math.sqrt(left * 2.0 / groups)


def groups_needed(effect: float, spread: float, correlation: float | None = None) -> int:
    """Return the fewest groups an arm with which an effect is found in 80 of 100 tests; a million
    where even more would be needed.

    >>> groups_needed(0.5, 1.0), groups_needed(0.5, 1.0, correlation=0.8)
    (64, 25)
    """
    low, high = FEWEST_GROUPS - 1, FEWEST_GROUPS
    while high < MOST_GROUPS and power(effect, high, spread, correlation) < POWER:
        low, high = high, min(2 * high, MOST_GROUPS)
    while high - low > 1:
        middle = (low + high) // 2
        found = power(effect, middle, spread, correlation) >= POWER
        low, high = (low, middle) if found else (middle, high)
    return high


def smallest_effect(groups: int, spread: float, correlation: float | None = None) -> float:
    """Return the smallest effect that is found in 80 of 100 tests with so many groups an arm.

    >>> round(smallest_effect(64, 1.0), 3)
    0.499
    """
    low, high = 0.0, 20.0 * _test(groups, spread, correlation)[1]
    for _step in range(60):
        middle = (low + high) / 2.0
        found = power(middle, groups, spread, correlation) >= POWER
        low, high = (low, middle) if found else (middle, high)
    return high


def found_share(first: Floats, second: Floats, groups: int, draws: int, seed: int) -> float:
    """Draw tests of two arms from groups that were played, analyse each by the regression, and
    return the share in which the arms differ at the 5 % level.

    Parameters
    ----------
    first, second : array [2, group]
        Of each arm: the last week before the test, and the outcome.
    groups : int
        In each arm of a test, drawn with replacement.
    draws, seed : int
        Tests, and the seed of the drawing.
    """
    chance, hits = np.random.default_rng(seed), 0
    critical = t.ppf(1.0 - ALPHA / 2.0, 2 * groups - 3)
    at_once = max(1, CELLS_AT_ONCE // groups)
    for start in range(0, draws, at_once):
        shape = min(at_once, draws - start), groups
        arms = [arm[:, chance.integers(arm.shape[1], size=shape)] for arm in (first, second)]
        x, y = (np.stack([arm[part] for arm in arms]) for part in (0, 1))  # [arm, draw, group]
        off_x, off_y = (part - part.mean(axis=2, keepdims=True) for part in (x, y))
        xx, xy, yy = (
            (a * b).sum(axis=(0, 2)) for a, b in ((off_x, off_x), (off_x, off_y), (off_y, off_y))
        )
        slope = np.divide(xy, xx, out=np.zeros_like(xx), where=xx > 0.0)
        gap_x, gap_y = (part[1].mean(axis=1) - part[0].mean(axis=1) for part in (x, y))
        bend = np.divide(gap_x**2, xx, out=np.zeros_like(xx), where=xx > 0.0)
        left = np.maximum(yy - slope * xy, 0.0) / (2 * groups - 3)
        error = np.sqrt(left * (2.0 / groups + bend))
        hits += int((np.abs(gap_y - slope * gap_x) > critical * error).sum())
    return hits / draws
