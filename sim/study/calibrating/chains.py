"""Many chains at once that sample a density on the unit cube, by differential evolution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.state import Array

JUMP = 10
"""Every so many steps a whole difference is taken, so that chains change places between modes."""

NOISE = 1e-3
COLDEST = 0.01
"""Part of the density that counts at the first step."""

STARTS = 20
"""Places tried for each chain to begin at, the best of which are taken."""

Density = Callable[[Array], Array]
"""Logarithm of the density at places 0-1: array [place, parameter] to array [place]."""


def sampled(
    density: Density, parameters: int, seed: int, chains: int = 100, steps: int = 2000
) -> Array:
    """Draw from a log density by differential evolution Markov chains: array [draw, parameter].

    In the unit cube; chains (even, twice the parameters at least) move by differences of the other
    half (ter Braak 2006); one place each is kept at every tenth step of the second half.
    """
    luck = np.random.default_rng([seed, 0xDE])
    starts = luck.logistic(size=(STARTS * chains, parameters))
    flat, own = _stretched(density, starts)
    best = np.argsort(-own, kind="stable")[:chains]
    at, flat, own = starts[best], flat[best], own[best]
    kept = []
    for step in range(steps):
        heat = min(1.0, COLDEST ** (1.0 - 2.5 * step / steps))
        for moving in (np.arange(0, chains, 2), np.arange(1, chains, 2)):
            others = moving ^ 1
            one, two = luck.choice(others, (2, len(moving)))
            gain = 1.0 if step % JUMP == 0 else 2.38 / np.sqrt(2.0 * parameters)
            shaken = NOISE * luck.standard_normal((len(moving), parameters))
            tried = at[moving] + gain * (at[one] - at[two]) + shaken
            new_flat, new_own = _stretched(density, tried)
            gained = new_flat - flat[moving] + heat * (new_own - own[moving])
            takes = np.log(luck.random(len(moving))) < gained
            at[moving[takes]] = tried[takes]
            flat[moving[takes]], own[moving[takes]] = new_flat[takes], new_own[takes]
        if step >= steps // 2 and step % JUMP == JUMP - 1:
            kept.append(_places(at))
    return np.concatenate(kept)


def _places(stretched: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-stretched)))


def _stretched(density: Density, stretched: Array) -> tuple[Array, Array]:
    """Return what stretching places by their logits adds to the density, and the density."""
    places = np.clip(_places(stretched), 1e-12, 1.0 - 1e-12)
    return np.log(places * (1.0 - places)).sum(axis=1), density(places)
