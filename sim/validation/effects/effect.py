"""One effect both ways: what a log would show, and what the intervention does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.ensemble import Ensemble, Place, log_rows
from sim.scenario import Scenario
from sim.validation.real import resampled
from sim.validation.windows import Floats

RESAMPLES = 500
LOW, HIGH = 2.5, 97.5


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval over resamples of groups; NaN where nothing shows it."""

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
    """A question, what logs show of it and what the intervention does."""

    name: str
    observed_measure: str  # what either number is
    intervention_measure: str
    observed: Interval  # a correlation among groups, or members, left alone
    intervention: Interval  # the same with and without the change, on the same seeds
    logs: str  # what public logs show of the observed; empty where they do not
    field: str  # what a field experiment found; empty where there is none
    cases: str  # how many groups or members stand behind either number

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
    """Lay groups out in equal parts of the scenarios (their own days unused), ready to be played.

    Replication r has the same seeds in every block of this seed.
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
    """Play a block twice, the second time with its log: the first one counts the rows."""
    play(block)
    logged = Ensemble(block.places, log_rows(block.trace().daily))
    play(logged)
    return logged


def estimated(value: Callable[[Floats], Floats], groups: int, seed: int) -> Interval:
    """Return a number, from weights [resample, group], with its interval over resamples."""
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
