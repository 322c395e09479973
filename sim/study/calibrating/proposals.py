"""Where the next generation is drawn from, and what its particles weigh.

Particles of later generations come from a mixture of normal distributions around those that met
the observation best. Each counts by the prior over the density of all generations together
(Owen and Zhou 2000), which is bounded because the first generation is the prior itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import Array
from sim.study.calibrating.abc import Posterior, logits, unlogits
from sim.study.calibrating.priors import Priors

SPREAD = 0.5
"""Variance of each component over that of the particles it stands among."""

TRIES = 200


@dataclass(frozen=True)
class Mixture:
    """Normal distributions of one covariance around some particles, over stretched places.

    Attributes
    ----------
    centres : array [component, parameter]
    weights : array [component]
    covariance : array [parameter, parameter]
    """

    centres: Array
    weights: Array
    covariance: Array

    def drawn(self, scenario: Scenario, priors: Priors, particles: int, seed: int) -> Array:
        """Draw places of scenarios that the model accepts: array [particle, parameter]."""
        random = np.random.default_rng([seed, 0xABC])
        spread = np.linalg.cholesky(self.covariance)

        def draw(count: int) -> Array:
            at = random.choice(len(self.weights), count, p=self.weights)
            noise = random.standard_normal((count, self.centres.shape[1])) @ spread.T
            return unlogits(self.centres[at] + noise)

        return _accepted(draw, scenario, priors, particles)

    def density(self, places: Array) -> Array:
        """Return the density over the unit cube: array [particle]."""
        stretched = logits(places)
        root = np.linalg.cholesky(self.covariance)
        apart = stretched[:, None, :] - self.centres[None, :, :]
        white = np.linalg.solve(root, apart.reshape(-1, apart.shape[2]).T).T
        squares = np.square(white).sum(axis=1).reshape(apart.shape[:2])
        size = len(root)
        scale = 0.5 * size * np.log(2 * np.pi) + np.log(np.diag(root)).sum()
        logs = np.log(self.weights)[None, :] - 0.5 * squares - scale
        top = logs.max(axis=1, keepdims=True)
        on_line = top[:, 0] + np.log(np.exp(logs - top).sum(axis=1))
        held = unlogits(stretched)
        stretching = np.log(held * (1.0 - held)).sum(axis=1)  # d place / d logit
        return np.asarray(np.exp(on_line - stretching))


def mixture_at(adjusted: Posterior, met: Posterior) -> Mixture:
    """Stand half of the components at adjusted particles, half at those that were played.

    Parameters
    ----------
    adjusted, met : Posterior
        With and without adjusting.
    """
    centres = np.concatenate([logits(adjusted.places), logits(met.places)])
    weights = 0.5 * np.concatenate([adjusted.weights, met.weights])
    weights = 0.9 * weights + 0.1 / len(weights)
    mean = weights @ centres
    apart = centres - mean
    covariance = SPREAD * (apart.T * weights) @ apart + 1e-3 * np.eye(centres.shape[1])
    return Mixture(centres, weights, covariance)


def prior_places(scenario: Scenario, priors: Priors, particles: int, seed: int) -> Array:
    """Spread particles evenly over the prior (Latin hypercube): array [particle, parameter].

    Scenarios that the model refuses, such as endless talk, are outside of the prior.
    """
    from scipy.stats import qmc

    random = np.random.default_rng([seed, 0xB0B])
    points = qmc.LatinHypercube(len(priors.keys), rng=random)
    return _accepted(points.random, scenario, priors, particles)


def importance(places: Array, mixtures: Sequence[Mixture | None], sizes: Sequence[int]) -> Array:
    """Weigh particles by the prior over the density of all generations together.

    Parameters
    ----------
    places : array [particle, parameter]
    mixtures : sequence of Mixture or None
        Of each generation; None is the prior.
    sizes : sequence of int
        Particles of each.

    Returns
    -------
    array [particle]

    Examples
    --------
    >>> importance(np.array([[0.5], [0.1]]), [None], [2]).tolist()
    [1.0, 1.0]
    """
    shares = np.array(sizes) / sum(sizes)
    drawn_with = np.zeros(len(places))
    for share, mixture in zip(shares, mixtures, strict=True):
        drawn_with += share * (1.0 if mixture is None else mixture.density(places))
    return np.asarray(1.0 / drawn_with)


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
