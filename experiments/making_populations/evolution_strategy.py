"""A small evolution strategy that fits a few parameters to targets within a budget it prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.populations import Range, rounded
from sim.stats.intervals import Floats
from sim.validation.targets import MISSING_DISTANCE

START_STEP = 0.25


@dataclass(frozen=True)
class Fit:
    """What a search found."""

    values: dict[str, float]
    loss: float
    simulations: int  # calls of the simulator: the budget spent


Simulate = Callable[[dict[str, float]], pd.DataFrame]
"""Parameters to patterns: index ``pattern``, columns ``value`` and ``error``."""


def fit(
    simulate: Simulate,
    prior: Sequence[Range],
    targets: pd.DataFrame,
    budget: int,
    seed: int,
) -> Fit:
    """Return the best of `budget` simulations by covariance-matrix adaptation (Hansen 2016).

    The loss is the mean |z| over targets with value and error, each held at 10, as in the score.
    """
    place, least = minimised(
        lambda place: distance_of(simulate(values_of(prior, place)), targets),
        len(prior),
        budget,
        seed,
    )
    return Fit(values_of(prior, place), least, budget)


def values_of(ranges: Sequence[Range], place: Floats) -> dict[str, float]:
    """Name the values at a place [parameter], whole where the parameter is."""
    found = {one.name: (one, one.value(at)) for one, at in zip(ranges, place, strict=True)}
    return {
        key: rounded(key, round(value, 12) if one.is_log else value)
        for key, (one, value) in found.items()
    }


def distance_of(simulated: pd.DataFrame, targets: pd.DataFrame) -> float:
    """Return the mean |z| over targets, each at most (or if not shown) `MISSING_DISTANCE`."""
    real = targets.dropna(subset=["value", "error"])
    made = simulated.reindex(real.index)
    errors = np.hypot(real["error"], made["error"].fillna(0.0)).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs((made["value"] - real["value"]).to_numpy() / errors)
    return float(np.minimum(np.nan_to_num(z, nan=MISSING_DISTANCE), MISSING_DISTANCE).mean())


def minimised(
    loss: Callable[[Floats], float],
    parameters: int,
    budget: int,
    seed: int,
    start: Floats | None = None,
    step: float = START_STEP,
) -> tuple[Floats, float]:
    """Minimise on the unit cube by covariance-matrix adaptation: best place [parameter], its loss.

    Points outside are folded back; `start` is tried first, the default, the middle, not at all.
    """
    random = np.random.default_rng([seed, 0xC3A])
    state = _State.at(np.full(parameters, 0.5) if start is None else start, step)
    best, least, spent = state.mean, np.inf, 0
    if start is not None and budget:
        least, spent = loss(start), 1
    while spent < budget:
        count = min(state.offspring, budget - spent)
        steps = random.standard_normal((count, parameters)) @ state.root.T
        places = _folded(state.mean + state.step * steps)
        values = np.array([loss(place) for place in places])
        spent += count
        if values.min() < least:
            best, least = places[values.argmin()], float(values.min())
        if count == state.offspring:
            state = state.after(places, values)
    return best, least


def offspring_of(parameters: int) -> int:
    """Return how many points a generation of the search has."""
    return 4 + int(3 * np.log(parameters))


def _folded(places: Floats) -> Floats:
    """Reflect points at the walls of the unit cube."""
    inside = np.abs(places) % 2.0
    return np.asarray(np.where(inside > 1.0, 2.0 - inside, inside))


@dataclass(frozen=True)
class _State:
    """Mean, step and covariance of the search, and the two evolution paths (Hansen 2016)."""

    mean: Floats
    step: float
    covariance: Floats
    path: Floats
    step_path: Floats
    generation: int = 0

    @classmethod
    def at(cls, start: Floats, step: float) -> _State:
        nothing = np.zeros(len(start))
        return cls(start, step, np.eye(len(start)), nothing, nothing)

    @property
    def offspring(self) -> int:
        return offspring_of(len(self.mean))

    @property
    def root(self) -> Floats:
        values, vectors = np.linalg.eigh(self.covariance)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 1e-12)))

    def after(self, places: Floats, values: Floats) -> _State:
        """Return the state after a whole generation."""
        n, parents = len(self.mean), self.offspring // 2
        weights = np.log(parents + 0.5) - np.log(np.arange(1, parents + 1))
        weights /= weights.sum()
        mass = 1.0 / float(weights @ weights)
        fade = (mass + 2) / (n + mass + 5)
        damping = 1 + 2 * max(0.0, np.sqrt((mass - 1) / (n + 1)) - 1) + fade
        slow = (4 + mass / n) / (n + 4 + 2 * mass / n)
        one = 2 / ((n + 1.3) ** 2 + mass)
        many = min(1 - one, 2 * (mass - 2 + 1 / mass) / ((n + 2) ** 2 + mass))
        moves = (places[np.argsort(values, kind="stable")[:parents]] - self.mean) / self.step
        move = weights @ moves
        spread, vectors = np.linalg.eigh(self.covariance)
        whitened = vectors @ ((vectors.T @ move) / np.sqrt(np.maximum(spread, 1e-12)))
        step_path = (1 - fade) * self.step_path + np.sqrt(fade * (2 - fade) * mass) * whitened
        expected = np.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        length = float(np.linalg.norm(step_path)) / expected
        held = length / np.sqrt(1 - (1 - fade) ** (2 * (self.generation + 1))) < 1.4 + 2 / (n + 1)
        path = (1 - slow) * self.path + held * np.sqrt(slow * (2 - slow) * mass) * move
        covariance = (
            (1 - one - many + (not held) * one * slow * (2 - slow)) * self.covariance
            + one * np.outer(path, path)
            + many * (moves.T * weights) @ moves
        )
        step = self.step * float(np.exp(min(1.0, fade / damping * (length - 1))))
        return _State(
            self.mean + self.step * move,
            min(step, 1.0),
            covariance,
            path,
            step_path,
            self.generation + 1,
        )
