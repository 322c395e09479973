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
    """A pattern that is one sum over groups divided by another, such as a share."""

    over: Floats  # [group]: what each group adds above the line; `under`: below it
    under: Floats
    wanted: str  # names what is counted below the line, for the reason of a missing value
    per: float = 1.0  # the sum above the line is divided by it (days of a window)
    left_out: int = 0  # groups that were not seen for long enough to tell

    def counted(self) -> Counted:
        """Return the pattern of all groups, each counted once."""
        total = self.under.sum()
        if not total:
            return Counted(np.nan, 0, f"no {self.wanted}", self.left_out)
        value = self.over.sum() / self.per / total
        return Counted(float(value), int(np.count_nonzero(self.under)), "", self.left_out)

    def at(self, weights: Floats) -> Floats:
        """Return the pattern for each row of weights >= 0 [resample, group], NaN where nothing is
        counted.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            values = weights @ self.over / self.per / (weights @ self.under)
        return np.where(weights @ self.under > 0, values, np.nan)


@dataclass(frozen=True)
class Median:
    """A pattern that is the median over groups of one number a group."""

    values: Floats  # [group]: NaN where a group has no value
    wanted: str  # names the groups that have one, for the reason of a missing value
    left_out: int = 0  # groups that were not seen for long enough to tell

    def counted(self) -> Counted:
        """Return the median of all groups that have a value."""
        known = self.values[~np.isnan(self.values)]
        if not len(known):
            return Counted(np.nan, 0, f"no {self.wanted}", self.left_out)
        return Counted(float(np.median(known)), len(known), "", self.left_out)

    def at(self, weights: Floats) -> Floats:
        """Return the median for each row of whole weights [resample, group], NaN where there is no
        value.
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
    """A pattern that is a least-squares slope over the windows of all groups, pooled."""

    group: Integers  # [window]: group of each window
    x: Floats  # [window]: logarithms, as `y`, of what the window holds
    y: Floats
    n_groups: int  # groups in all, those without a window too
    wanted: str  # for the reason of a missing value

    def counted(self) -> Counted:
        """Return the slope over the windows of all groups."""
        value = float(self.at(np.ones((1, self.n_groups)))[0]) if len(self.x) else np.nan
        if np.isnan(value):
            return Counted(np.nan, 0, self.wanted)
        return Counted(value, len(np.unique(self.group)))

    def at(self, weights: Floats) -> Floats:
        """Return the slope for each row of weights >= 0 [resample, group], NaN where all windows
        are at one place.
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
    """Return the share of `hits` [group] `among` some groups [group], named `wanted`; `left_out`
    groups were not seen for long enough to be asked.
    """
    over, under = ((rows & among).astype(np.float64) for rows in (hits, among))
    return Ratio(over, under, wanted, left_out=left_out)
