"""Patterns as smooth surfaces over the parameters: what a simulation anywhere would show.

Ridge regression on places, squares and products; needs no weights of particles. Leave-one-out
residuals are the noise of an observation of as many groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.state import Array

RIDGES = (1e-4, 1e-3, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SECOND_ORDER = (0.02, 0.25, 0.7)
"""How strong squares and products are held beside slopes; the better of both is taken."""

STRAIGHT = 3.0
"""Errors up to which distances count as they are; beyond they count ever less."""


def bent(z: Array) -> Array:
    """Bend distances in errors, so that far simulations do not rule the surfaces."""
    return np.asarray(STRAIGHT * np.arcsinh(z / STRAIGHT))


def unbent(t: Array) -> Array:
    """Undo `bent`."""
    return np.asarray(STRAIGHT * np.sinh(t / STRAIGHT))


def quadratic(local: Array) -> Array:
    """Return slopes, squares and products of places 0-1: array [particle, feature]."""
    centred = 2.0 * local - 1.0
    first, second = np.triu_indices(local.shape[1])
    return np.concatenate([centred, centred[:, first] * centred[:, second]], axis=1)


@dataclass(frozen=True)
class Surfaces:
    """The mean of every pattern at any place, and what particles leave over."""

    level: Array  # [pattern]
    slopes: Array  # [feature, pattern]
    left_over: Array  # [particle, pattern] made without the particle; NaN: no value
    explained: Array  # [pattern] share of leave-one-out variance; below 0: nothing learned

    def at(self, local: Array) -> Array:
        """Return the mean patterns at places 0-1: array [place, pattern]."""
        return np.asarray(self.level + quadratic(local) @ self.slopes)


def surfaces(local: Array, patterns: Array, weights: Array) -> Surfaces:
    """Fit all patterns [particle, pattern] over places 0-1, weighted by the groups behind each.

    A simulation is left out of a pattern of which it has no value (NaN).
    """
    features = quadratic(local)
    first_order = local.shape[1]
    level, explained = np.zeros((2, patterns.shape[1]))
    slopes = np.zeros((features.shape[1], patterns.shape[1]))
    left_over = np.full(patterns.shape, np.nan)
    known = np.isfinite(patterns)
    for mask in np.unique(known, axis=1).T:  # patterns known of the same particles, at once
        columns = np.flatnonzero((known == mask[:, None]).all(axis=0))
        found = _ridge(features[mask], patterns[np.ix_(mask, columns)], weights[mask], first_order)
        level[columns], slopes[:, columns] = found.level, found.slopes
        left_over[np.ix_(mask, columns)] = found.left_over
        explained[columns] = found.explained
    return Surfaces(level, slopes, left_over, explained)


def _ridge(raw: Array, patterns: Array, weights: Array, first_order: int) -> Surfaces:
    """Fit patterns that are known of all particles."""
    mass = weights / weights.sum()
    effective = 1.0 / np.square(mass).sum()
    root = np.sqrt(mass * effective)[:, None]
    centre, middle = mass @ raw, mass @ patterns
    apart = root * (patterns - middle)
    least = np.full(patterns.shape[1], np.inf)
    slopes, left_over = np.zeros((raw.shape[1], patterns.shape[1])), apart.copy()
    for second in SECOND_ORDER:
        scale = np.sqrt(mass @ np.square(raw - centre)) + 1e-9
        scale[first_order:] /= second
        left, sizes, right = np.linalg.svd(root * (raw - centre) / scale, full_matrices=False)
        seen = left.T @ apart
        for ridge in RIDGES:
            kept = np.square(sizes) / (np.square(sizes) + ridge * effective)
            leverage = np.square(left) @ kept + mass
            residual = (apart - (left * kept) @ seen) / np.maximum(1.0 - leverage, 0.05)[:, None]
            error = np.square(residual).sum(axis=0)
            better = error < least
            found = (right.T * (kept / np.maximum(sizes, 1e-12))) @ seen / scale[:, None]
            slopes[:, better], left_over[:, better] = found[:, better], residual[:, better]
            least = np.minimum(least, error)
    explained = 1.0 - least / np.maximum(np.square(apart).sum(axis=0), 1e-12)
    return Surfaces(middle - centre @ slopes, slopes, left_over / root, explained)


def noise(left_over: Array, weights: Array, share: float = 1.0) -> Array:
    """Return the covariance of distances from the surfaces: array [pattern, pattern].

    In errors squared, shrunk the more the fewer particles, never below bootstrap errors; `share` is
    groups of a particle over groups of the observation.
    """
    mass = (weights / weights.sum())[:, None]
    known = np.isfinite(left_over)
    filled = np.sqrt(mass) * np.where(known, left_over, 0.0)
    sizes = np.sqrt(np.square(filled).sum(axis=0))
    effective = 1.0 / np.square(mass).sum()
    alike = filled.T @ filled / (np.outer(sizes, sizes) + 1e-12)
    alike *= effective / (effective + left_over.shape[1])
    np.fill_diagonal(alike, 1.0)
    errors = sizes / np.sqrt(np.maximum((mass * known).sum(axis=0), 1e-3))
    errors = np.maximum(1.0, np.sqrt(share) * errors)
    return np.asarray(alike * np.outer(errors, errors))


def unsureness(weights: Array, patterns: int) -> float:
    """Return how much wider (1-2) noise of few particles is taken (Hartlap, Simon, Schneider 2007).

    The inverse covariance is too large by (n - 1) / (n - p - 2) for p patterns; n is as many as
    equal weights would be worth.
    """
    count = float(np.square(weights.sum()) / np.square(weights).sum())
    left = count - patterns - 2.0
    return min(2.0, (count - 1.0) / left) if left > 0.0 else 2.0
