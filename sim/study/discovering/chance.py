"""Is a box more than luck: shuffled tables, and boxes found on one half and tried on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.state import Array
from sim.study.discovering.boxes import Cases, within
from sim.study.discovering.prim import PeeledBox, chosen_box, peel

SHUFFLES = 99
HALVES = 40
BY_CHANCE = 0.05

Tick = Callable[[], None]


@dataclass(frozen=True)
class Doubt:
    """How far a box can be believed."""

    shuffled_as_good: float  # share of shuffled tables, itself one, with as good a box
    new_density: float  # of boxes found on one half of the points, at the other; NaN: none
    new_coverage: float
    kept_levers: dict[str, float]  # share of the halves in which a lever is limited too

    @property
    def by_chance(self) -> bool:
        """Whether shuffled tables give such a box in more than 5 of 100 cases."""
        return self.shuffled_as_good > BY_CHANCE


def search(table: Cases) -> PeeledBox:
    """Peel, and take the box that separates best."""
    return chosen_box(table, peel(table))


def doubt_of(table: Cases, box: PeeledBox, seed: int, tick: Tick) -> Doubt:
    """Search shuffled tables and halves of the points, calling `tick` after each search.

    Shuffling is an exact test of "no lever matters" (Fisher 1935), the whole search included, and
    holds where points share their seeds.
    """
    rng = np.random.default_rng([seed, len(table.known)])
    as_good = 1
    for _ in range(SHUFFLES):
        places = rng.permutation(len(table.known))
        shuffled = Cases(table.levers, table.cases[places], table.known[places])
        as_good += search(shuffled).separation >= box.separation
        tick()
    densities, coverages = [], []
    limited = dict.fromkeys((limit.key for limit in box.limits), 0)
    tried = 0
    for _ in range(HALVES):
        first = rng.permutation(len(table.known)) < len(table.known) // 2
        tick()
        half, other = table.take(first), table.take(~first)
        if not half.cases.sum() or not other.cases.sum():
            continue
        found = search(half)
        tried += 1
        for limit in found.limits:
            if limit.key in limited:
                limited[limit.key] += 1
        held = within(found.limits, other.levers)
        if found.limits and other.known[held].sum():
            densities.append(_share(other, held))
            coverages.append(other.cases[held].sum() / other.cases.sum())
    mean = [float(np.mean(one)) if one else float("nan") for one in (densities, coverages)]
    kept = {key: count / max(1, tried) for key, count in limited.items()}
    return Doubt(as_good / (SHUFFLES + 1), mean[0], mean[1], kept)


def _share(table: Cases, held: Array) -> float:
    return float(table.cases[held].sum() / table.known[held].sum())
