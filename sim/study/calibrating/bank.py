"""The bank of simulations of a population, and what it says of an observation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.state import Array
from sim.study.calibrating.abc import MISSING, Posterior, distances_in_errors, fit
from sim.study.calibrating.chains import sampled
from sim.study.calibrating.proposals import Box
from sim.study.calibrating.surfaces import (
    Surfaces,
    bent,
    noise,
    surfaces,
    unbent,
    unsureness,
)

DRAWS = 200
"""Parameter sets of a posterior."""

STEPS = 2000
"""Of the chains that draw a posterior."""

ROUNDS = 2
"""Of fitting surfaces: to all particles, then to those near to where these have led."""

LOCAL_SHARE, LOCAL_FEWEST = 0.6, 3

FEWEST = 20
"""Largest simulations that the noise is measured on, at least."""

KEPT = 200
"""Simulations that count as near, at most: a third of those there are."""


@dataclass(frozen=True)
class Fit:
    """What a bank says of an observation."""

    posterior: Posterior  # even draws; `tolerance` is what the surfaces leave
    predicted: Array  # [pattern] mean distance from the observed over the posterior, in errors
    explained: Array  # [pattern] share of the variance over the bank that surfaces explain


@dataclass(frozen=True)
class Bank:
    """All simulations there are for a population."""

    places: Array  # [particle, parameter], 0-1 of each prior's range
    patterns: pd.DataFrame  # [particle] rows, a column a pattern
    generation: Array  # [particle]
    box: Box  # of the last generation
    rooms: Array  # [particle] groups simulated with each
    even: Array  # [particle] drawn evenly from its generation's box, not from the fit of the time

    def posterior(
        self,
        observed: pd.DataFrame,
        rooms: int | None = None,
        draws: int = DRAWS,
        seed: int = 1,
        cold: float | None = None,
    ) -> Fit:
        """Fit to an observation (index pattern; value, error) of so many rooms, else a particle's.

        `cold` below 1 takes that part of the noise as all there is: draws gather at the best.
        """
        return self.fitted(observed, self.inside(), rooms, draws, seed, cold)

    def inside(self) -> Array:
        """List the particles in the box that were not given up."""
        shown = self.patterns.notna().mean(axis=1).to_numpy() > 0.5
        return np.flatnonzero(self.box.holds(self.places) & shown)

    def fitted(
        self,
        observed: pd.DataFrame,
        among: Array,
        rooms: int | None = None,
        draws: int = DRAWS,
        seed: int = 1,
        cold: float | None = None,
        steps: int = STEPS,
    ) -> Fit:
        """Fit as `posterior` does, with some particles of the box (array of rows) only.

        Synthetic likelihood (Wood 2010): patterns are normal around their surfaces, with the
        covariance of what the largest simulations leave over; the prior is even over the box.
        """
        used = usable(observed)
        z = np.clip(self._apart(used, among), -MISSING, MISSING)
        local = np.clip(self.box.local(self.places[among]), 0.0, 1.0)
        weights = self.rooms[among]
        share = 1.0 if rooms is None else float(weights.max()) / rooms
        for _ in range(ROUNDS):  # each nearer to where the one before has led
            near = np.flatnonzero(weights > 0.0)
            found = surfaces(local[near], bent(z[near]), weights[near])
            largest = np.flatnonzero(self.rooms[among[near]] == self.rooms[among].max())
            if len(largest) < FEWEST:
                raise InputError(["too few simulations show the patterns of the log: give more"])
            behind = weights[near[largest]]
            wider = unsureness(behind, z.shape[1]) if cold is None else cold
            spread = wider * noise(found.left_over[largest], behind, share)
            drawn = _drawn(found, spread, local.shape[1], seed, steps)
            weights = self.rooms[among] * nearness(local, drawn)
        places = drawn[np.random.default_rng(seed).permutation(len(drawn))[:draws]]
        predicted = unbent(found.at(drawn)).mean(axis=0)
        apart = float(np.sqrt(np.square(predicted).mean()))
        even = np.full(len(places), 1.0 / len(places))
        posterior = Posterior(self.box.whole(places), even, np.arange(len(places)), apart)
        return Fit(posterior, predicted, found.explained)

    def _apart(self, used: pd.DataFrame, among: Array) -> Array:
        shown = self.patterns[list(used.index)].to_numpy(np.float64)[among]
        return np.asarray((shown - used["value"].to_numpy()) / used["error"].to_numpy())

    def nearest(self, observed: pd.DataFrame) -> Posterior:
        """Keep the simulations nearest to an observation, as they are."""
        used = usable(observed)
        inside = self.inside()
        scaled = distances_in_errors(
            self.patterns[list(used.index)].to_numpy(np.float64)[inside],
            used["value"].to_numpy(np.float64),
            used["error"].to_numpy(np.float64),
        )
        keep = min(KEPT, max(2, len(inside) // 3))
        found = fit(self.places[inside], scaled, np.ones(len(inside)), keep, adjust=False)
        return Posterior(found.places, found.weights, inside[found.kept], found.tolerance)


def _drawn(found: Surfaces, spread: Array, parameters: int, seed: int, steps: int) -> Array:
    root = np.linalg.cholesky(np.linalg.inv(spread))

    def density(local: Array) -> Array:
        return np.asarray(-0.5 * np.square(found.at(local) @ root).sum(axis=1))

    return sampled(density, parameters, seed, max(100, 4 * parameters), steps)


def nearness(local: Array, drawn: Array) -> Array:
    """Weigh particles [particle, parameter] by nearness to draws of a fit: array [particle].

    One less the squared distance over that of the farthest in `LOCAL_SHARE` (but `LOCAL_FEWEST` a
    feature), 0 beyond (Cleveland 1979), by the draws' own covariance.
    """
    count = local.shape[1]
    spread = np.cov(drawn.T).reshape(count, count) + 1e-3 * np.eye(count)
    away = local - drawn.mean(axis=0)
    squared = np.einsum("ni,ij,nj->n", away, np.linalg.inv(spread), away)
    features = count + count * (count + 1) // 2
    wanted = max(round(LOCAL_SHARE * len(local)), LOCAL_FEWEST * features)
    farthest = np.sort(squared)[min(wanted, len(local)) - 1]
    return np.asarray(np.maximum(0.0, 1.0 - squared / (1.001 * farthest)))


def usable(observed: pd.DataFrame) -> pd.DataFrame:
    """Keep the patterns with a value and an error above 0; `InputError` where there is none."""
    used = observed[observed["value"].notna() & (observed["error"] > 0)]
    if used.empty:
        raise InputError(["the log shows no pattern with an error: it holds too little to fit"])
    return used
