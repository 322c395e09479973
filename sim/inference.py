"""Which parameters give what was observed: regression of simulations, surfaces, chains.

Of few simulations the nearest are kept and moved along a local regression of logits (Beaumont,
Zhang and Balding 2002), with leave-one-out residuals, else intervals come out too narrow. Of many,
patterns are smooth surfaces over the parameters with noise around them, sampled by chains.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.state import Array

FARTHEST = 8.0  # errors beyond which one pattern is simply missed, whatever the distance
MISSING = 50.0  # errors that a pattern counts which a simulation cannot show; none counts more
EDGE = 1e-4
NEAR_RIDGES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
SURFACE_RIDGES = (1e-4, 1e-3, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SECOND_ORDER = (0.02, 0.25, 0.7)  # how strong squares and products are held beside slopes
STRAIGHT = 3.0  # errors up to which distances count as they are; beyond they count ever less

JUMP = 10  # every so many steps a whole difference is taken, so that chains change modes
SHAKE = 1e-3
COLDEST = 0.01  # part of the density that counts at the first step
STARTS = 20  # places tried for each chain to begin at, the best of which are taken

# posterior mass that a generation may cut off at each side of a parameter, the part of the width
# left that is added there, and the least part of a side that it keeps: few particles may mislead
CUT, MARGIN, NARROWEST = 0.005, 0.1, 0.5
DRAWS, STEPS = 200, 2000  # parameter sets of a posterior, and steps of the chains that draw it
ROUNDS = 2  # of fitting surfaces: to all particles, then to those near to where these have led
LOCAL_SHARE, LOCAL_FEWEST = 0.6, 3
FEWEST_LARGEST = 20  # largest simulations that the noise is measured on, at least
NEAR_MOST = 200  # simulations that count as near, at most: a third of those there are
PRIOR_SD = 12.0**-0.5  # of a place drawn from its prior, uniform on 0-1
TRUTH_STEPS = 1000  # of the chains of one truth


@dataclass(frozen=True)
class Sample:
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

    def quantiles(self, probabilities: Sequence[float]) -> Array:
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


def usable(observed: pd.DataFrame) -> pd.DataFrame:
    """Keep the patterns with a value and an error above 0; `InputError` where there is none."""
    used = observed[observed["value"].notna() & (observed["error"] > 0)]
    if used.empty:
        raise InputError(["the log shows no pattern with an error: it holds too little to fit"])
    return used


def distances_in_errors(patterns: pd.DataFrame, used: pd.DataFrame, lost: float = MISSING) -> Array:
    """Return how far patterns (a column each) are from the observed (index pattern; value, error).

    In errors, what is missing as `lost`: array [particle, pattern].
    """
    shown = patterns[list(used.index)].to_numpy(np.float64)
    apart = (shown - used["value"].to_numpy(np.float64)) / used["error"].to_numpy(np.float64)
    scaled = np.clip(apart, -MISSING, MISSING)
    return np.where(np.isnan(scaled), lost, scaled)


def logits(places: Array) -> Array:
    """Stretch places 0-1 to the whole line; the ends are held `EDGE` away."""
    held = np.clip(places, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(held) - np.log1p(-held))


def unlogits(stretched: Array) -> Array:
    """Undo `logits`."""
    return np.asarray(1.0 / (1.0 + np.exp(-stretched)))


def nearest(places: Array, scaled: Array, keep: int, adjust: bool = True) -> Sample:
    """Keep the nearest simulations (2 at least) and, if `adjust`, move them to the observation.

    `scaled` are distances in errors [particle, pattern].
    """
    away = np.sqrt(np.square(np.clip(scaled, -FARTHEST, FARTHEST)).mean(axis=1))
    kept = np.argsort(away, kind="stable")[: max(2, min(keep, len(away)))]
    tolerance = float(away[kept[-1]])
    mass = 1.0 - np.square(away[kept] / (tolerance * 1.001 + 1e-12))  # Epanechnikov
    mass = mass / mass.sum()
    found = places[kept]
    if adjust:  # to where the observation, all zeros, would have put each particle
        features = np.arcsinh(scaled[kept])
        steps = [np.ones(features.shape[1])]
        lines = _ridge(features, logits(found), mass, steps, NEAR_RIDGES, 0.1)
        found = unlogits(lines.level + lines.left_over / np.maximum(lines.root, 1e-9))
    return Sample(found, mass, kept, tolerance)


class _Ridge(NamedTuple):
    level: Array  # [target] where all features are 0
    slopes: Array  # [feature, target]
    left_over: Array  # [particle, target] leave-one-out residuals, times `root`
    root: Array  # [particle, 1] of weights whose mean is 1


def _ridge(
    raw: Array,
    targets: Array,
    mass: Array,
    scales: Sequence[Array],
    ridges: Sequence[float],
    freest: float,
) -> _Ridge:
    """Regress targets [particle, target] on features [particle, feature], weighted by mass.

    Each target takes the scale of features and the ridge of least leave-one-out error; what tells
    nothing of it moves nothing. `freest` bounds what a particle is left of itself.
    """
    effective = 1.0 / np.square(mass).sum()
    root = np.sqrt(mass * effective)[:, None]
    centre, middle = mass @ raw, mass @ targets
    apart = root * (targets - middle)
    least = np.full(targets.shape[1], np.inf)
    slopes, left_over = np.zeros((raw.shape[1], targets.shape[1])), apart.copy()
    for scale in scales:
        left, sizes, right = np.linalg.svd(root * (raw - centre) / scale, full_matrices=False)
        seen = left.T @ apart
        for ridge in ridges:
            kept = np.square(sizes) / (np.square(sizes) + ridge * effective)
            leverage = np.square(left) @ kept + mass
            residual = (apart - (left * kept) @ seen) / np.maximum(1.0 - leverage, freest)[:, None]
            error = np.square(residual).sum(axis=0)
            better = error < least
            found = (right.T * (kept / np.maximum(sizes, 1e-12))) @ seen / scale[:, None]
            slopes[:, better], left_over[:, better] = found[:, better], residual[:, better]
            least = np.minimum(least, error)
    return _Ridge(middle - centre @ slopes, slopes, left_over, root)


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

    def at(self, local: Array) -> Array:
        """Return the mean patterns at places 0-1: array [place, pattern]."""
        return np.asarray(self.level + quadratic(local) @ self.slopes)


def surfaces(local: Array, patterns: Array, weights: Array) -> Surfaces:
    """Fit all patterns [particle, pattern] over places 0-1, weighted by the groups behind each.

    A simulation is left out of a pattern of which it has no value (NaN).
    """
    features = quadratic(local)
    level = np.zeros(patterns.shape[1])
    slopes = np.zeros((features.shape[1], patterns.shape[1]))
    left_over = np.full(patterns.shape, np.nan)
    known = np.isfinite(patterns)
    for mask in np.unique(known, axis=1).T:  # patterns known of the same particles, at once
        columns = np.flatnonzero((known == mask[:, None]).all(axis=0))
        raw, mass = features[mask], weights[mask] / weights[mask].sum()
        spread = np.sqrt(mass @ np.square(raw - mass @ raw)) + 1e-9
        scales = [spread.copy() for _ in SECOND_ORDER]
        for scale, second in zip(scales, SECOND_ORDER, strict=True):
            scale[local.shape[1] :] /= second
        found = _ridge(raw, patterns[np.ix_(mask, columns)], mass, scales, SURFACE_RIDGES, 0.05)
        level[columns], slopes[:, columns] = found.level, found.slopes
        left_over[np.ix_(mask, columns)] = found.left_over / found.root
    return Surfaces(level, slopes, left_over)


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


def sampled(
    density: Callable[[Array], Array],
    parameters: int,
    seed: int,
    chains: int = 100,
    steps: int = 2000,
) -> Array:
    """Draw from a log density by differential evolution Markov chains: array [draw, parameter].

    `density` takes [place, parameter] to [place], in the unit cube; chains (even, twice the
    parameters at least) move by differences of the other half (ter Braak 2006); one place each is
    kept at every tenth step of the second half.
    """
    random = np.random.default_rng([seed, 0xDE])
    starts = random.logistic(size=(STARTS * chains, parameters))
    flat, own = _stretched(density, starts)
    best = np.argsort(-own, kind="stable")[:chains]
    at, flat, own = starts[best], flat[best], own[best]
    kept = []
    for step in range(steps):
        heat = min(1.0, COLDEST ** (1.0 - 2.5 * step / steps))
        for moving in (np.arange(0, chains, 2), np.arange(1, chains, 2)):
            others = moving ^ 1
            one, two = random.choice(others, (2, len(moving)))
            gain = 1.0 if step % JUMP == 0 else 2.38 / np.sqrt(2.0 * parameters)
            shaken = SHAKE * random.standard_normal((len(moving), parameters))
            tried = at[moving] + gain * (at[one] - at[two]) + shaken
            new_flat, new_own = _stretched(density, tried)
            gained = new_flat - flat[moving] + heat * (new_own - own[moving])
            takes = np.log(random.random(len(moving))) < gained
            at[moving[takes]] = tried[takes]
            flat[moving[takes]], own[moving[takes]] = new_flat[takes], new_own[takes]
        if step >= steps // 2 and step % JUMP == JUMP - 1:
            kept.append(unlogits(at))
    return np.concatenate(kept)


def _stretched(density: Callable[[Array], Array], stretched: Array) -> tuple[Array, Array]:
    """Return what stretching places by their logits adds to the density, and the density."""
    places = np.clip(unlogits(stretched), 1e-12, 1.0 - 1e-12)
    return np.log(places * (1.0 - places)).sum(axis=1), density(places)


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

    def narrowed(self, adjusted: Sample, met: Sample) -> Box:
        """Cut to where the adjusted fit leaves mass, and to the middle half of the unadjusted.

        No side gets shorter than `NARROWEST` of what it was.
        """
        low, high = adjusted.quantiles([CUT, 1.0 - CUT])
        half = np.quantile(met.places, (0.25, 0.75), axis=0)
        low, high = np.minimum(low, half[0]), np.maximum(high, half[1])
        margin = MARGIN * (high - low)
        left = high - low + 2.0 * margin
        short = np.maximum(0.0, NARROWEST * (self.high - self.low) - left) / 2.0
        low, high = low - margin - short, high + margin + short
        over_low, over_high = np.maximum(0.0, self.low - low), np.maximum(0.0, high - self.high)
        return Box(
            np.maximum(self.low, low - over_high), np.minimum(self.high, high + over_low)
        )  # what juts out on one side is given to the other


def whole_prior(parameters: int) -> Box:
    """Return the box that is the prior itself."""
    return Box(np.zeros(parameters), np.ones(parameters))


@dataclass(frozen=True)
class Bank:
    """All simulations there are for a population."""

    places: Array  # [particle, parameter], 0-1 of each prior's range
    patterns: pd.DataFrame  # [particle] rows, a column a pattern
    generation: Array  # [particle]
    box: Box  # of the last generation
    rooms: Array  # [particle] groups simulated with each
    even: Array  # [particle] drawn evenly from its generation's box, not from the fit of the time

    def inside(self) -> Array:
        """List the particles in the box that were not given up."""
        shown = self.patterns.notna().mean(axis=1).to_numpy() > 0.5
        return np.flatnonzero(self.box.holds(self.places) & shown)

    def fitted(
        self,
        observed: pd.DataFrame,
        rooms: int | None = None,
        draws: int = DRAWS,
        seed: int = 1,
        cold: float | None = None,
        steps: int = STEPS,
        among: Array | None = None,
    ) -> tuple[Sample, Array]:
        """Fit to an observation (index pattern; value, error, perhaps the weight of its squared
        distance) of so many rooms, else a particle's.

        `cold` below 1 takes that part of the noise as all there is: draws gather at the best.
        `among` are the particles used (array of rows), all in the box if not given.
        Synthetic likelihood (Wood 2010): patterns are normal around their surfaces, with the
        covariance of what the largest simulations leave over; the prior is even over the box. Also
        returns the mean distance from the observed over the posterior, in errors: [pattern].
        """
        used, among = usable(observed), self.inside() if among is None else among
        heavy = np.sqrt(used.get("weight", pd.Series(1.0, used.index)).to_numpy(np.float64))
        z = distances_in_errors(self.patterns, used, np.nan)[among]
        local = np.clip(self.box.local(self.places[among]), 0.0, 1.0)
        weights = self.rooms[among]
        share = 1.0 if rooms is None else float(weights.max()) / rooms
        for _ in range(ROUNDS):  # each nearer to where the one before has led
            near = np.flatnonzero(weights > 0.0)
            found = surfaces(local[near], bent(z[near]), weights[near])
            largest = np.flatnonzero(self.rooms[among[near]] == self.rooms[among].max())
            if len(largest) < FEWEST_LARGEST:
                raise InputError(["too few simulations show the patterns of the log: give more"])
            behind = weights[near[largest]]
            wider = unsureness(behind, z.shape[1]) if cold is None else cold
            spread = wider * noise(found.left_over[largest], behind, share)
            spread = spread / np.outer(heavy, heavy)
            drawn = _drawn(found, spread, local.shape[1], seed, steps)
            weights = self.rooms[among] * nearness(local, drawn)
        places = drawn[np.random.default_rng(seed).permutation(len(drawn))[:draws]]
        predicted = unbent(found.at(drawn)).mean(axis=0)
        apart = float(np.sqrt(np.square(predicted).mean()))
        even = np.full(len(places), 1.0 / len(places))
        return Sample(self.box.whole(places), even, np.arange(len(places)), apart), predicted

    def nearest(self, observed: pd.DataFrame) -> Sample:
        """Keep the simulations nearest to an observation, as they are."""
        used, inside = usable(observed), self.inside()
        scaled = distances_in_errors(self.patterns, used)[inside]
        keep = min(NEAR_MOST, max(2, len(inside) // 3))
        return nearest(self.places[inside], scaled, keep, adjust=False)


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


def coverage(bank: Bank, observed: pd.DataFrame, truths: int, seed: int) -> Array:
    """Leave simulations out, one at a time, fit each of them from the others, and say whether the
    central 90 % intervals hold it: array [truth, parameter] of bool.

    Truths are even particles of the last generation, so that intervals are judged where the real
    rooms lie; those given up are none, and a pattern that one does not show is not used for it.
    """
    used = usable(observed)
    inside = bank.inside()
    can_be = bank.even & (bank.generation == bank.generation.max())
    chosen = np.random.default_rng([seed, 0xC0E]).permutation(inside[can_be[inside]])[:truths]

    def interval(one: int) -> Array:
        seen = used.assign(value=bank.patterns.loc[one, used.index].to_numpy(np.float64))
        others = inside[inside != one]
        found, _ = bank.fitted(seen, seed=int(one) + 1, steps=TRUTH_STEPS, among=others)
        return found.quantiles([0.05, 0.95])

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        bounds = np.array(list(pool.map(interval, chosen)))
    places = bank.places[chosen]
    return np.asarray((places >= bounds[:, 0]) & (places <= bounds[:, 1]))
