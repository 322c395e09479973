"""Approximate Bayesian computation: which parameters give what was observed.

Beaumont, Zhang and Balding (2002): keep the simulations nearest to the observation and move each
along a local regression to where it would have met it. Places (0-1 of each prior's range) are
regressed as their logits, so that no adjusted particle leaves its range. Residuals are those of
leaving the particle out of the regression, else intervals come out too narrow.
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
    """A weighted sample of places, one row a particle.

    Attributes
    ----------
    places : array [particle, parameter]
        0-1 of each prior's range.
    weights : array [particle]
        Sum to one.
    kept : array [particle] of int
        Which simulations of the bank they are.
    tolerance : float
        Largest distance among them: root mean square over patterns, in errors.

    Examples
    --------
    >>> even = Posterior(np.array([[0.2], [0.4]]), np.array([0.5, 0.5]), np.arange(2), 1.0)
    >>> even.effective_size, even.mean().round(2).tolist(), even.sd().round(2).tolist()
    (2.0, [0.3], [0.1])
    """

    places: Array
    weights: Array
    kept: Array
    tolerance: float

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
    """Scale how far each simulated pattern is from the observed one: array [particle, pattern].

    Parameters
    ----------
    patterns : array [particle, pattern]
        NaN where a simulation has no value: counts as `MISSING`.
    observed, errors : array [pattern]
        The errors are bootstrap standard errors, above 0.

    Examples
    --------
    >>> distances_in_errors(np.array([[3.0, np.nan]]), np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    array([[ 2., 50.]])
    """
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
    """Keep the nearest simulations and adjust them to the observation.

    Parameters
    ----------
    places : array [particle, parameter]
        Of the simulations.
    scaled : array [particle, pattern]
        From `distances_in_errors`.
    weights : array [particle]
        Prior density over the density that the particle was drawn with.
    keep : int
        Simulations to keep, at least 2.
    adjust : bool
        Whether to move the kept ones along the local regression.

    Returns
    -------
    Posterior
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

    Each parameter takes the ridge with the smallest error of leaving one particle out, so that
    patterns that tell nothing of it move nothing.
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
