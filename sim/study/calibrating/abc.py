"""Approximate Bayesian computation: which parameters give what was observed.

Beaumont, Zhang and Balding (2002): the nearest simulations are kept and moved along a local
regression, of logits, with leave-one-out residuals, else intervals come out too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.state import Array

FARTHEST = 8.0
"""Errors beyond which one pattern is simply missed, whatever the distance."""

MISSING = 50.0
"""Errors that a pattern counts which a simulation cannot show; none counts more."""

RIDGES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
EDGE = 1e-4


@dataclass(frozen=True)
class Posterior:
    """A weighted sample of places, one row a particle."""

    places: Array  # [particle, parameter], 0-1 of each prior's range
    weights: Array  # [particle]: Sum to one
    kept: Array  # [particle] rows of the bank
    tolerance: float  # largest root mean square distance over patterns, in errors

    @property
    def effective_size(self) -> float:
        """Particles that as many equal weights would be worth (Kish 1965)."""
        return float(1.0 / np.square(self.weights).sum())

    def mean(self) -> Array:
        """Return the mean place of each parameter."""
        return np.asarray(self.weights @ self.places)

    def sd(self) -> Array:
        """Return the standard deviation of each parameter's place."""
        return np.asarray(np.sqrt(self.weights @ np.square(self.places - self.mean())))

    def quantiles(self, probabilities: Array) -> Array:
        """Return quantiles of the places: array [probability, parameter]."""
        found = np.empty((len(probabilities), self.places.shape[1]))
        for column in range(self.places.shape[1]):
            order = np.argsort(self.places[:, column], kind="stable")
            reached = np.cumsum(self.weights[order]) - 0.5 * self.weights[order]
            found[:, column] = np.interp(probabilities, reached, self.places[order, column])
        return found

    def edge_share(self, width: float = 0.02) -> Array:
        """Return the larger share of mass within `width` of either end of a range, each."""
        low = self.weights @ (self.places < width)
        high = self.weights @ (self.places > 1.0 - width)
        return np.asarray(np.maximum(low, high))


def distances_in_errors(patterns: Array, observed: Array, errors: Array) -> Array:
    """Return distances in bootstrap errors, NaN as `MISSING`: array [particle, pattern]."""
    scaled = np.clip((patterns - observed) / errors, -MISSING, MISSING)
    return np.where(np.isnan(scaled), MISSING, scaled)


def logits(places: Array) -> Array:
    """Stretch places 0-1 to the whole line; the ends are held `EDGE` away."""
    held = np.clip(places, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(held) - np.log1p(-held))


def unlogits(stretched: Array) -> Array:
    """Undo `logits`."""
    return np.asarray(1.0 / (1.0 + np.exp(-stretched)))


def fit(places: Array, scaled: Array, weights: Array, keep: int, adjust: bool = True) -> Posterior:
    """Keep the nearest simulations (2 at least) and, if `adjust`, move them to the observation.

    `weights` [particle] are the prior density over the density that each was drawn with.
    """
    away = np.sqrt(np.square(np.clip(scaled, -FARTHEST, FARTHEST)).mean(axis=1))
    kept = np.argsort(away, kind="stable")[: max(2, min(keep, len(away)))]
    tolerance = float(away[kept[-1]])
    near = 1.0 - np.square(away[kept] / (tolerance * 1.001 + 1e-12))  # Epanechnikov
    mass = near * weights[kept]
    mass = mass / mass.sum()
    found = places[kept]
    if adjust:
        found = unlogits(_adjusted(logits(found), np.arcsinh(scaled[kept]), mass))
    return Posterior(found, mass, kept, tolerance)


def _adjusted(stretched: Array, scaled: Array, mass: Array) -> Array:
    """Move each particle to where the observation (all zeros) would have put it.

    Each parameter takes the ridge of least leave-one-out error: patterns that tell nothing of it
    move nothing.
    """
    effective = 1.0 / np.square(mass).sum()
    root = np.sqrt(mass * effective)[:, None]
    centre, middle = mass @ scaled, mass @ stretched
    left, sizes, right = np.linalg.svd(root * (scaled - centre), full_matrices=False)
    apart = root * (stretched - middle)
    best = np.full(stretched.shape[1], np.inf)
    moved = stretched.copy()
    for ridge in RIDGES:
        shrunk = np.square(sizes) / (np.square(sizes) + ridge * effective)
        leverage = np.square(left) @ shrunk + np.square(root[:, 0]) / effective
        residual = apart - (left * shrunk) @ (left.T @ apart)
        left_out = residual / np.maximum(1.0 - leverage, 0.1)[:, None]
        error = np.square(left_out).sum(axis=0)
        slopes = (right.T * (shrunk / np.maximum(sizes, 1e-12))) @ (left.T @ apart)
        at_observation = middle - centre @ slopes
        better = error < best
        moved[:, better] = (at_observation + left_out / np.maximum(root, 1e-9))[:, better]
        best = np.minimum(best, error)
    return moved
