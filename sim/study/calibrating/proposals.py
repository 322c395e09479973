"""Where the next generation is drawn from: the prior, cut to a box around what met the log best.

Truncated proposals (Deistler, Goncalves and Macke 2022): draws are even, so particles need no
weights; the box only shrinks, where the fit so far leaves hardly any mass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import Array
from sim.study.calibrating.abc import Posterior
from sim.study.calibrating.priors import Priors

CUT = 0.005
"""Posterior mass that may be cut off at each side of each parameter, a generation."""

MARGIN = 0.1
"""Of the width that is left, added at each side."""

NARROWEST = 0.5
"""Least part of a side that a generation keeps: what it learns from few particles may be wrong."""

TRIES = 200


@dataclass(frozen=True)
class Box:
    """A part of the prior, from `low` to `high` in places 0-1 of every parameter."""

    low: Array  # low, high: [parameter]
    high: Array

    def holds(self, places: Array) -> Array:
        """Say which particles lie inside: array [particle] of bool."""
        return np.asarray(((places >= self.low) & (places <= self.high)).all(axis=1))

    def local(self, places: Array) -> Array:
        """Measure places along the sides of the box, 0-1."""
        return np.asarray((places - self.low) / (self.high - self.low))

    def whole(self, local: Array) -> Array:
        """Undo `local`."""
        return np.asarray(self.low + local * (self.high - self.low))

    def drawn(self, scenario: Scenario, priors: Priors, particles: int, seed: int) -> Array:
        """Spread particles by Latin hypercube over what the model allows: [particle, parameter].

        `InputError` when the model refuses nearly all of the box.
        """
        from scipy.stats import qmc

        random = np.random.default_rng([seed, 0xB0B])
        points = qmc.LatinHypercube(len(self.low), rng=random)
        return _accepted(
            lambda count: self.whole(points.random(count)), scenario, priors, particles
        )


def whole_prior(parameters: int) -> Box:
    """Return the box that is the prior itself."""
    return Box(np.zeros(parameters), np.ones(parameters))


def narrowed(box: Box, adjusted: Posterior, met: Posterior) -> Box:
    """Cut a box to where the adjusted fit leaves mass, and to the middle half of the unadjusted.

    No side gets shorter than `NARROWEST` of what it was.
    """
    low, high = adjusted.quantiles(np.array([CUT, 1.0 - CUT]))
    half = np.quantile(met.places, (0.25, 0.75), axis=0)
    low, high = np.minimum(low, half[0]), np.maximum(high, half[1])
    margin = MARGIN * (high - low)
    short = np.maximum(0.0, NARROWEST * (box.high - box.low) - (high - low + 2.0 * margin)) / 2.0
    low, high = low - margin - short, high + margin + short
    over_low, over_high = np.maximum(0.0, box.low - low), np.maximum(0.0, high - box.high)
    return Box(
        np.maximum(box.low, low - over_high), np.minimum(box.high, high + over_low)
    )  # what juts out on one side is given to the other


def _accepted(
    draw: Callable[[int], Array], scenario: Scenario, priors: Priors, particles: int
) -> Array:
    kept: list[Array] = []
    for _ in range(TRIES):
        for row in draw(particles):
            if is_accepted(scenario, priors, row):
                kept.append(row)
            if len(kept) == particles:
                return np.array(kept)
    raise InputError(["the priors leave hardly any scenario that the model accepts"])


def is_accepted(scenario: Scenario, priors: Priors, places: Array) -> bool:
    """Say whether the model accepts the scenario at some places."""
    values = priors.values(places[None, :])[0]
    try:
        scenario.with_values(dict(zip(priors.keys, map(float, values), strict=True)))
    except InputError:
        return False
    return True
