"""The patient rule induction method: peel thin slices off a box while the cases in it thicken.

Friedman and Fisher (1999); a peel is chosen by gain for each community given up (Kwakkel and
Jaxa-Rozen 2016), else levers of few values would give big slices. There is no pasting.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.state import Array
from sim.study.discovering.boxes import Cases, Limit, separation, within

PEELED_SHARE = 0.05
LEAST_MASS = 0.05
QUASI_P = 0.05


@dataclass(frozen=True)
class PeeledBox:
    """One box of a peeling trajectory."""

    limits: tuple[Limit, ...]  # of the levers that are limited
    cases: int  # communities within, in which it happened and of which it is known
    known: int
    coverage: float  # share of all cases that lie within
    density: float  # share of the communities within that are cases
    mass: float  # share of all communities that lie within
    separation: float  # coverage less the share of the others within


def peel(
    table: Cases, peeled_share: float = PEELED_SHARE, least_mass: float = LEAST_MASS
) -> list[PeeledBox]:
    """Peel a box from the whole space (first) down to the least mass, a share of all communities.

    Each step gives up `peeled_share` of those in the box; whole values of a lever go together.
    """
    columns = _columns(table)
    inside = np.ones(len(table.known), dtype=bool)
    limits: dict[str, Limit] = {}
    boxes = [box_of(table, limits, inside)]
    while True:
        best = None
        for limit, kept in _peels(table, columns, limits, inside, peeled_share):
            score = _gain(table, inside, kept), -len(limits.keys() | {limit.key})
            if best is None or score > best[0]:
                best = score, limit, kept
        if best is None or best[0][0] <= 0:
            return boxes
        if table.known[best[2]].sum() < least_mass * table.known.sum():
            return boxes
        limits = limits | {best[1].key: best[1]}
        inside = best[2]
        boxes.append(box_of(table, limits, inside))


def chosen_box(table: Cases, boxes: list[PeeledBox]) -> PeeledBox:
    """Take the box of a trajectory that separates best, without limits that do not matter.

    A limit falls that separates nothing, or whose gain in density chance gives in more than 5 of
    100 draws (Bryant and Lempert's quasi-p, 2010).
    """
    box = max(boxes, key=lambda one: one.separation)
    while box.limits:
        without = [
            box_of(table, {one.key: one for one in box.limits if one is not limit})
            for limit in box.limits
        ]
        best = max(without, key=lambda one: one.separation)
        weakest = max(without, key=lambda one: quasi_p(box, one))
        if best.separation >= box.separation:
            box = best
        elif quasi_p(box, weakest) > QUASI_P:
            box = weakest
        else:
            return box
    return box


def quasi_p(box: PeeledBox, without: PeeledBox) -> float:
    """Return how likely so many cases in a box are if it were drawn from a larger one."""
    from scipy.stats import binom

    return float(binom.sf(box.cases - 1, box.known, without.density))


def box_of(table: Cases, limits: dict[str, Limit], inside: Array | None = None) -> PeeledBox:
    """Count what a box holds."""
    held = within(limits.values(), table.levers) if inside is None else inside
    cases, known = int(table.cases[held].sum()), int(table.known[held].sum())
    return PeeledBox(
        tuple(limits.values()),
        cases,
        known,
        cases / max(1, int(table.cases.sum())),
        cases / max(1, known),
        known / int(table.known.sum()),
        separation(table, held),
    )


def _gain(table: Cases, inside: Array, kept: Array) -> float:
    """Return the density won for each community given up."""
    before, after = table.known[inside].sum(), table.known[kept].sum()
    if not after or after == before:
        return 0.0
    rise = table.cases[kept].sum() / after - table.cases[inside].sum() / before
    return float(rise / (before - after))


@dataclass(frozen=True)
class _Column:
    """A lever, its points in the order of its values."""

    key: str
    numbers: Array
    order: Array
    words: tuple[object, ...] = ()


def _columns(table: Cases) -> list[_Column]:
    columns = []
    for key in table.levers:
        values = table.levers[key]
        if table.numeric(key):
            numbers = values.to_numpy(dtype=np.float64)
            columns.append(_Column(key, numbers, np.argsort(numbers, kind="stable")))
        else:
            words = tuple(values.unique())
            codes = np.array([words.index(one) for one in values], dtype=np.float64)
            columns.append(_Column(key, codes, np.arange(len(codes)), words))
    return columns


def _peels(
    table: Cases,
    columns: list[_Column],
    limits: dict[str, Limit],
    inside: Array,
    peeled_share: float,
) -> Iterator[tuple[Limit, Array]]:
    """Yield every slice that could go: from the upper and lower end, or one word."""
    given_up = math.floor((table.known[inside].sum() - 1) * peeled_share)
    for column in columns:
        now = limits.get(column.key, Limit(column.key))
        if column.words:
            there = [word for word in column.words if not now.values or word in now.values]
            for word in there if len(there) > 1 else ():
                kept = inside & (column.numbers != column.words.index(word))
                yield replace(now, values=tuple(one for one in there if one != word)), kept
            continue
        order = column.order[inside[column.order]]
        for upper in (True, False):
            walked = order[::-1] if upper else order
            reached = np.cumsum(table.known[walked])
            edge = column.numbers[walked[np.searchsorted(reached, given_up, side="right")]]
            kept = inside & (column.numbers < edge if upper else column.numbers > edge)
            if kept.any():
                left = column.numbers[kept]
                if upper:
                    yield replace(now, high=float(left.max())), kept
                else:
                    yield replace(now, low=float(left.min())), kept
