"""What an outcome is, and the sums, means and spreads over a run that outcomes are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.lives.life import Floats, Integers
from sim.state import Array
from sim.trace import DELAY_BINS_PER_OCTAVE, Trace

if TYPE_CHECKING:
    from sim.scenario import Scenario

TRUTH = "true/false"

POINT, SHARE_PART, OTHER_PART = 0.01, 0.05, 0.02
"""Smallest differences that matter: of a share, and of the larger of two other numbers."""

COMPARED, ON_PAGE, IN_SWEEP, AIM = 1, 2, 3, 4
"""How prominent an outcome is (`Outcome.main`), each among those before: in the tables of a
comparison, on the page of a sweep, in its printed table, by default in searches."""

SCALE_PRINTED = {"": 1.0, "%": 100.0, "CNY": 0.01}


@dataclass(frozen=True)
class Outcome:
    """One number of a group, with its unit, its definition and how it is computed.

    Attributes
    ----------
    name : str
        Column of the table of outcomes.
    unit : str
        ``true/false`` for a truth.
    definition : str
        Who is counted, over what time; when it is missing.
    value : callable
        `Run` to an array, one value a group; NaN or NA is missing.
    better : str
        ``more``, ``less``, or empty where neither is better by itself.
    matters : float, optional
        Smallest difference that matters, in the unit; default: see `smallest_that_matters`.
    main : int
        How prominent it is, 0 to 4: see `main_outcomes`.
    heading, short, phrase, meaning : str
        Of a column or picture, of a narrow column, in a sentence, and the definition without names
        of columns; needed from ``main`` 2 on.
    printed : str
        ``%`` or ``CNY`` where people read it so.

    Examples
    --------
    >>> from sim.lives.outcomes import outcomes_by_name
    >>> outcomes_by_name()["cost_fen"].unit
    'fen'
    """

    name: str
    unit: str
    definition: str
    value: Callable[[Run], Any]
    better: str = ""
    matters: float | None = None
    main: int = 0
    heading: str = ""
    short: str = ""
    phrase: str = ""
    meaning: str = ""
    printed: str = ""

    @property
    def scale(self) -> float:
        """What a value is multiplied with to be printed."""
        return SCALE_PRINTED[self.printed]

    @property
    def more_is_better(self) -> bool:
        """Whether more of it is better."""
        return self.better == "more"

    def smallest_that_matters(self, first: float, second: float) -> float:
        """Return what two values must differ by to matter: a point of a share, or 5 %; else 2 %."""
        if self.matters is not None:
            return self.matters
        larger = max(abs(first), abs(second))
        if self.unit == TRUTH:
            return POINT
        if self.unit == "share":
            return min(POINT, SHARE_PART * larger)
        return OTHER_PART * larger


@dataclass(frozen=True)
class Run:
    """A trace and the scenarios it was made of, with the sums that outcomes ask for."""

    trace: Trace
    scenarios: Sequence[Scenario]  # the list that ``trace.point`` points into

    def total(self, *names: str) -> Integers:
        """Add up counts of `sim.trace.DAY_COUNTS` over all days, [group]."""
        daily = self.trace.daily
        return np.asarray(sum(daily[name].sum(axis=1) for name in names), dtype=np.int64)

    def per_day(self, name: str) -> Floats:
        """Return the mean of a count over the local days lived through, partial ones counted."""
        return ratio(self.total(name), self.trace.days)

    def level(self, name: str, least_members: int = 0) -> Floats:
        """Average a level of `sim.trace.DAY_LEVELS` over the ends of days with enough members."""
        daily = self.trace.daily
        counted = self._lived & (daily["members"] >= least_members)
        return ratio(summed_in_order(np.where(counted, daily[name], 0.0)), counted.sum(axis=1))

    def members(self, chosen: Array) -> Integers:
        """Count members for whom something holds: a truth a slot to a number a group."""
        below = np.concatenate([[0], np.cumsum(chosen, dtype=np.int64)])
        return np.asarray(np.diff(below[self.trace.first_slot]))

    def parameter(self, key: str) -> Floats:
        """Return a parameter of each group's scenario, by its dotted key."""
        section, _, name = key.partition(".")
        values = [float(getattr(getattr(s.params, section), name)) for s in self.scenarios]
        return np.array(values)[self.trace.point]

    def gini_of_messages(self, chosen: Array) -> Floats:
        """Compare the messages of the chosen member slots within each group."""
        slots = np.diff(self.trace.first_slot)
        group = np.repeat(np.arange(self.trace.groups), slots)
        return gini_by_group(self.trace.posts[chosen], group[chosen], self.trace.groups)

    @cached_property
    def days_observed(self) -> Floats:
        """Days from creation to the end of observation, [group]."""
        return np.asarray(self.trace.life["observed_hours"] / 24.0)

    @cached_property
    def member_days(self) -> Floats:
        """Mean number of members present times days observed, [group]."""
        return self.level("members") * self.days_observed

    @cached_property
    def _lived(self) -> npt.NDArray[np.bool_]:
        return np.arange(self.trace.daily.shape[1]) < self.trace.days[:, None]


def summed_in_order(values: Floats) -> Floats:
    """Add up [group, day] to [group], day after day: zeros at the end change no bit."""
    return np.asarray(np.add.accumulate(values, axis=1)[:, -1])  # `sum` adds by its length


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    """Divide, giving NaN where there is nothing to divide by."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    )
    out = np.full(numerator.shape, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))


def median_delay_seconds(histogram: Array) -> Floats:
    """Read the median [group] off histograms of `sim.trace.delay_bin` [group, bin], interpolated on
    the log scale within the bin (2**(b/4) to 2**((b+1)/4) seconds, 19 % wide); NaN without any.
    """
    up_to = np.cumsum(histogram, axis=1)
    half = up_to[:, -1:] / 2.0
    place = np.argmax(up_to >= half, axis=1)
    row = np.arange(len(histogram))
    inside = histogram[row, place]
    before = up_to[row, place] - inside
    octaves = (place + ratio(half[:, 0] - before, inside)) / DELAY_BINS_PER_OCTAVE
    return np.asarray(np.exp2(octaves))


def gini_by_group(values: npt.ArrayLike, group: npt.ArrayLike, groups: int) -> Floats:
    """Say how unequally values [member] >= 0 are shared in each group, counted from 0 [group]: 0
    evenly, at most 1 - 1 / n when one has it all (no correction for small n; Gini 1912); NaN for no
    values or when all are 0.
    """
    held, owner = np.asarray(values, dtype=np.float64), np.asarray(group, dtype=np.int64)
    held, owner, rank = ranked_in_group(held, owner, groups)
    size = np.bincount(owner, minlength=groups)
    total = np.bincount(owner, weights=held, minlength=groups)
    weighted = np.bincount(owner, weights=held * rank, minlength=groups)
    return ratio(2.0 * weighted - (size + 1) * total, size * total)


def ranked_in_group(values: Array, group: Integers, groups: int) -> tuple[Array, Integers, Array]:
    """Sort values [member] by group and value; the least of a group has rank 1."""
    order = np.lexsort((values, group))
    values, group = values[order], group[order]
    size = np.bincount(group, minlength=groups)
    return values, group, np.arange(1, len(values) + 1) - np.repeat(np.cumsum(size) - size, size)


def burstiness_of(mean: Floats, spread: Floats) -> Floats:
    """Return (sd - mean) / (sd + mean) of gaps between messages (Goh and Barabasi 2008)."""
    return ratio(spread - mean, spread + mean)
