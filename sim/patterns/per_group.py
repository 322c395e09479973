"""What each group brings to a pattern, so that a pattern is recounted for any choice of groups.

A rule of `sim.patterns.groups` or `sim.patterns.members` counts messages once and returns what
every group adds. The pattern of all groups, of half of them or of a bootstrap resample is then a
weighted sum or median over groups; no message is read twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.patterns.counted import Booleans, Counted, Floats, Integers

_FLAT = 1e-12  # part of the squared deviations that is only rounding: one place, no slope


@dataclass(frozen=True)
class Ratio:
    """A pattern that is one sum over groups divided by another, such as a share.

    Parameters
    ----------
    over, under : ndarray, shape [group]
        What each group adds above and below the line.
    wanted : str
        Names what is counted below the line, for the reason of a missing value.
    per : float
        The sum above the line is divided by it (days of a window).
    left_out : int
        Groups that were not seen for long enough to tell.

    Examples
    --------
    >>> rule = Ratio(np.array([1.0, 0.0]), np.array([1.0, 1.0]), "group")
    >>> rule.counted().value
    0.5
    >>> rule.at(np.array([[3.0, 1.0]])).tolist()
    [0.75]
    """

    over: Floats
    under: Floats
    wanted: str
    per: float = 1.0
    left_out: int = 0

    def counted(self) -> Counted:
        """Return the pattern of all groups, each counted once."""
        total = self.under.sum()
        if not total:
            return Counted(np.nan, 0, f"no {self.wanted}", self.left_out)
        value = self.over.sum() / self.per / total
        return Counted(float(value), int(np.count_nonzero(self.under)), "", self.left_out)

    def at(self, weights: Floats) -> Floats:
        """Return the pattern for each row of weights, NaN where nothing is counted.

        Parameters
        ----------
        weights : ndarray, shape [resample, group]
            How many times each group is taken, 0 or more.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            values = weights @ self.over / self.per / (weights @ self.under)
        return np.where(weights @ self.under > 0, values, np.nan)


@dataclass(frozen=True)
class Median:
    """A pattern that is the median over groups of one number a group.

    Parameters
    ----------
    values : ndarray, shape [group]
        NaN where a group has no value.
    wanted : str
        Names the groups that have one, for the reason of a missing value.
    left_out : int
        Groups that were not seen for long enough to tell.

    Examples
    --------
    >>> rule = Median(np.array([1.0, np.nan, 3.0]), "group")
    >>> rule.counted().value, rule.at(np.array([[1.0, 5.0, 2.0]])).tolist()
    (2.0, [3.0])
    """

    values: Floats
    wanted: str
    left_out: int = 0

    def counted(self) -> Counted:
        """Return the median of all groups that have a value."""
        known = self.values[~np.isnan(self.values)]
        if not len(known):
            return Counted(np.nan, 0, f"no {self.wanted}", self.left_out)
        return Counted(float(np.median(known)), len(known), "", self.left_out)

    def at(self, weights: Floats) -> Floats:
        """Return the median for each row of whole weights, NaN where no group has a value.

        Parameters
        ----------
        weights : ndarray, shape [resample, group]
            How many times each group is taken: whole numbers.
        """
        known = np.flatnonzero(~np.isnan(self.values))
        if not len(known):
            return np.full(len(weights), np.nan)
        known = known[np.argsort(self.values[known], kind="stable")]
        ordered = self.values[known]
        reached = np.cumsum(weights[:, known], axis=1)
        total = reached[:, -1]
        low = (reached > ((total - 1) // 2)[:, None]).argmax(axis=1)
        high = (reached > (total // 2)[:, None]).argmax(axis=1)
        return np.where(total > 0, (ordered[low] + ordered[high]) / 2, np.nan)


@dataclass(frozen=True)
class Slope:
    """A pattern that is a least-squares slope over the windows of all groups, pooled.

    Parameters
    ----------
    group : ndarray of int, shape [window]
        Group of each window.
    x, y : ndarray, shape [window]
        Logarithms of what the window holds.
    n_groups : int
        Groups in all, those without a window too.
    wanted : str
        For the reason of a missing value.

    Examples
    --------
    >>> rule = Slope(np.array([0, 0, 1]), np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 0.0]),
    ...              2, "window")
    >>> rule.at(np.array([[1.0, 0.0]])).tolist()
    [2.0]
    """

    group: Integers
    x: Floats
    y: Floats
    n_groups: int
    wanted: str

    def counted(self) -> Counted:
        """Return the slope over the windows of all groups."""
        value = float(self.at(np.ones((1, self.n_groups)))[0]) if len(self.x) else np.nan
        if np.isnan(value):
            return Counted(np.nan, 0, self.wanted)
        return Counted(value, len(np.unique(self.group)))

    def at(self, weights: Floats) -> Floats:
        """Return the slope for each row of weights, NaN where all windows are at one place.

        Parameters
        ----------
        weights : ndarray, shape [resample, group]
            How many times each group is taken, 0 or more.
        """
        if not len(self.x):
            return np.full(len(weights), np.nan)
        x, y = self.x - self.x.mean(), self.y - self.y.mean()
        sums = np.column_stack(
            [
                np.bincount(self.group, weights=column, minlength=self.n_groups)
                for column in (np.ones(len(x)), x, y, x * x, x * y)
            ]
        )
        n, sx, sy, sxx, sxy = (weights @ sums).T
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = sxx - sx * sx / n
            slopes = (sxy - sx * sy / n) / spread
        return np.where((n > 0) & (spread > _FLAT * (sxx + _FLAT * n)), slopes, np.nan)


PerGroup = Ratio | Median | Slope
"""What a counting rule returns: what each group brings, never-used groups last."""


def share(hits: Booleans, among: Booleans, wanted: str, left_out: int = 0) -> Ratio:
    """Return the share of some groups for which something holds.

    Parameters
    ----------
    hits, among : ndarray of bool, shape [group]
        What holds, and for which groups it is asked.
    wanted : str
        Names the groups asked for.
    left_out : int
        Groups that were not seen for long enough to be asked.

    Returns
    -------
    Ratio

    Examples
    --------
    >>> share(np.array([True, False]), np.array([True, True]), "group").counted().value
    0.5
    """
    over, under = ((rows & among).astype(np.float64) for rows in (hits, among))
    return Ratio(over, under, wanted, left_out=left_out)
