"""The model without one of its mechanisms, fitted anew, and the patterns that break by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.making_populations.evolution_strategy import distance_of, minimised, values_of
from experiments.making_populations.search import Aim
from sim.errors import InputError
from sim.populations import Population, Range
from sim.scenario import Scenario
from sim.validation.rooms import Floats
from sim.validation.targets import OFF, WITHIN, Row, Score, compared, score

ALL_ON = "all on"
STEP = 0.1
"""First steps of the search, as a part of each range: it begins at the population's own point."""

FRESH = 1000
"""Added to the seed that a fitted point is judged with."""

CLEAR = 2.0
"""Errors of the two simulations by which a broken pattern must differ."""


@dataclass(frozen=True)
class Ablated:
    """The model without a mechanism after its free parameters were fitted anew."""

    mechanism: str  # `ALL_ON` for the model as it is, fitted with the same budget
    loss_before: float  # mean |z| with the mechanism just switched off, and after the fit
    loss_after: float
    simulations: int
    rows: tuple[Row, ...]  # with new seeds
    score: Score

    def broken_from(self, whole: Ablated) -> list[str]:
        """List the patterns that the whole model shows and this one does not.

        Within 2 errors there, off here, and the simulations more than 2 of their own errors apart.
        """
        return _turned(whole.rows, self.rows)

    def mended_from(self, whole: Ablated) -> list[str]:
        """List the patterns that only the model without the mechanism shows."""
        return _turned(self.rows, whole.rows)


def ablated(
    population: Population,
    mechanism: str,
    off: Mapping[str, float],
    aim: Aim,
    budget: int,
    seed: int,
    note: Callable[[], None] = lambda: None,
) -> Ablated:
    """Switch a mechanism off, fit what is left within a budget of sets, and judge it anew.

    With new seeds; the `ranges` are searched from the posterior's medians or the population's own
    values.
    """
    free = [one for one in population.ranges if one.name not in off]
    start = _start(population, free)
    losses: list[float] = []

    def loss(place: Floats) -> float:
        try:
            scenario = _scenario(population, free, place, off)
        except InputError:  # each in range, but reactions would never die out
            losses.append(10.0)
        else:
            losses.append(distance_of(aim.simulate([scenario], seed), aim.targets))
        note()
        return losses[-1]

    place, least = minimised(loss, len(free), budget, seed, start, STEP)
    found = aim.simulate([_scenario(population, free, place, off)], seed + FRESH)
    rows = tuple(compared(aim.label, aim.targets[["value", "error"]], found, aim.targets.index))
    return Ablated(mechanism, losses[0], least, budget, rows, score(rows))


def switched_on(
    population: Population, mechanisms: Mapping[str, Mapping[str, float]]
) -> dict[str, Mapping[str, float]]:
    """Keep the mechanisms that a population has on."""
    values = dict(population.scenario.params.items())
    return {
        name: keys
        for name, keys in mechanisms.items()
        if any(values[key] != off for key, off in keys.items())
    }


def _start(population: Population, free: Sequence[Range]) -> Floats:
    """Return where in its range each parameter begins, away from the walls."""
    own = dict(population.scenario.params.items())
    values = [population.quantile(one.name, 0.5) or float(own[one.name]) for one in free]
    places = [one.place(np.array([v]))[0] for one, v in zip(free, values, strict=True)]
    return np.clip(np.array(places, dtype=np.float64), 0.0, 1.0)


def _scenario(
    population: Population, free: Sequence[Range], place: Floats, off: Mapping[str, float]
) -> Scenario:
    return population.scenario.with_values({**values_of(free, place), **off})


def _turned(shown: Sequence[Row], missed: Sequence[Row]) -> list[str]:
    other = {row.pattern: row for row in missed}
    found = []
    for row in shown:
        there = other[row.pattern]
        gap = abs(row.simulated - there.simulated)
        error = np.hypot(row.simulated_error, there.simulated_error)
        is_clear = not gap <= CLEAR * error  # nothing simulated at all: clear
        if row.verdict == WITHIN and there.verdict != WITHIN and is_clear:
            found.append(row.pattern if there.verdict == OFF else f"{row.pattern} (not shown)")
    return found
