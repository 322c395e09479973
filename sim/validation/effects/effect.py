"""One effect both ways: what a log would show, and what the intervention does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.block import Place
from sim.ensemble import Ensemble, log_rows
from sim.scenario import Scenario
from sim.validation.real import resampled
from sim.validation.windows import Floats

RESAMPLES = 500
LOW, HIGH = 2.5, 97.5


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval over resamples of groups; NaN where nothing shows it.

    Examples
    --------
    >>> Interval(0.2, 0.1, 0.3).excludes(0.0)
    True
    """

    value: float
    low: float
    high: float

    def excludes(self, number: float) -> bool:
        """Say whether a number lies outside of the interval."""
        return bool(number < self.low or number > self.high)

    def apart_from(self, other: Interval) -> bool:
        """Say whether two intervals do not touch."""
        return bool(self.high < other.low or self.low > other.high)


@dataclass(frozen=True)
class Effect:
    """A question, what logs show of it and what the intervention does.

    Attributes
    ----------
    name : str
    observed_measure, intervention_measure : str
        What either number is.
    observed : Interval
        A correlation among groups, or members, left alone.
    intervention : Interval
        The same groups, or members, with and without the change, on the same luck.
    logs : str
        What public logs show, counted as the observed number; empty where they do not.
    field : str
        What a field experiment found; empty where there is none.
    cases : str
        How many groups or members stand behind either number.
    """

    name: str
    observed_measure: str
    intervention_measure: str
    observed: Interval
    intervention: Interval
    logs: str
    field: str
    cases: str

    @property
    def says(self) -> str:
        """What setting the two beside each other shows."""
        if np.isnan(self.observed.value) or np.isnan(self.intervention.value):
            return "not shown by these groups"
        if not self.observed.apart_from(self.intervention):
            return "not told apart"
        same_sign = self.observed.value * self.intervention.value > 0
        larger = abs(self.observed.value) > abs(self.intervention.value)
        if not same_sign:
            return "the correlation has another sign than the effect"
        return f"the correlation {'overstates' if larger else 'understates'} the effect"


def block_of(scenarios: Sequence[Scenario], groups: int, days: float, seed: int) -> Ensemble:
    """Lay groups out, dealt to the scenarios in equal parts, ready to be played.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Their own days are not used.
    groups : int
    days : float
    seed : int
        Replication r has the same luck in every block of this seed.

    Returns
    -------
    Ensemble
    """
    lasting = [one.with_values({"run.days": days}) for one in scenarios]
    return Ensemble(
        [
            Place(number, one, replication, seed)
            for number, one in enumerate(lasting)
            for replication in range(number, groups, len(lasting))
        ]
    )


def logged_block(block: Ensemble, play: Callable[[Ensemble], None]) -> Ensemble:
    """Play a block twice, the second time with its log: the first one counts the rows.

    Parameters
    ----------
    block : Ensemble
        Not played yet.
    play : callable
        Plays a block, with whatever is changed between the hours.

    Returns
    -------
    Ensemble
        A second one of the same groups, played.
    """
    play(block)
    logged = Ensemble(block.places, log_rows(block.trace().daily))
    play(logged)
    return logged


def estimated(value: Callable[[Floats], Floats], groups: int, seed: int) -> Interval:
    """Return a number of groups with its interval over resamples of whole groups.

    Parameters
    ----------
    value : callable
        Weights [resample, group] to a number for each resample.
    groups : int
    seed : int

    Returns
    -------
    Interval

    Examples
    --------
    >>> same = estimated(lambda weights: weights @ np.ones(4) / weights.sum(axis=1), 4, 1)
    >>> (same.value, same.low, same.high)
    (1.0, 1.0, 1.0)
    """
    chosen = np.ones(groups, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        once = float(value(np.ones((1, groups)))[0])
        draws = value(resampled(chosen, seed, RESAMPLES))
    known = draws[np.isfinite(draws)]
    if not np.isfinite(once) or len(known) < RESAMPLES / 2:
        return Interval(np.nan, np.nan, np.nan)
    low, high = np.percentile(known, [LOW, HIGH])
    return Interval(once, float(low), float(high))


def summed(values: Floats, group: Floats, groups: int) -> Floats:
    """Sum values over each group."""
    return np.bincount(group, values, groups).astype(np.float64)
