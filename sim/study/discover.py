"""Discover where in the space of levers something happens, as boxes in plain words.

Boxes are found by the patient rule induction method (Friedman and Fisher 1999): peel thin slices
off a box while the cases in it thicken. A peel is chosen by gain for each community given up
(Kwakkel and Jaxa-Rozen 2016), else levers of few values would give big slices; there is no pasting.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest_key
from sim.lives.deaths import HEADLINE
from sim.lives.outcomes import TRUTH, outcomes_by_name
from sim.params import parameters
from sim.progress import Progress
from sim.state import Array
from sim.stats.intervals import CLEAR_ERRORS, estimate
from sim.study.origin import definitions, failures_entry, origin
from sim.study.rows import ERROR
from sim.study.store import read_store

ALIASES = {"dead": f"dead_{HEADLINE.key}"}
MOST_WORDS = 12
FEWEST_POINTS = 10
PEELED_SHARE = 0.05
LEAST_MASS = 0.05
QUASI_P = 0.05
BY_CHANCE = 0.05
SHUFFLES = 99
HALVES = 40
MOST_BOXES = 3
SEARCHES = MOST_BOXES * (SHUFFLES + HALVES)
"""Most that a discovery makes."""


@dataclass(frozen=True)
class Cases:
    """How often something happened at each point of a design."""

    levers: pd.DataFrame  # [point] rows, a column a lever: numbers or words
    cases: Array  # [point] communities in which it happened
    known: Array  # [point] communities of which that is known

    @property
    def density(self) -> float:
        """Share of the communities in which it happened."""
        return float(self.cases.sum() / self.known.sum())

    def take(self, chosen: Array) -> Cases:
        """Return some of the points."""
        return Cases(self.levers[chosen], self.cases[chosen], self.known[chosen])


@dataclass(frozen=True)
class Limit:
    """What a box allows one lever to be."""

    key: str  # dotted
    low: float = -math.inf  # low, high: both within; infinite: no limit on that side
    high: float = math.inf
    values: tuple[Any, ...] = ()  # allowed of a lever of words; empty for numbers

    def holds(self, column: pd.Series) -> Array:
        """Say of each value whether it is within."""
        if self.values:
            return np.asarray(column.isin(self.values))
        numbers = column.to_numpy(dtype=np.float64)
        return np.asarray((numbers >= self.low) & (numbers <= self.high))

    def in_words(self, tried: pd.Series) -> str:
        """Say what the lever must be, and what was tried."""
        if self.values:
            others = ", ".join(map(str, tried.unique()))
            return f"{self.key} {' or '.join(map(str, self.values))} (tried: {others})"
        known = parameters().get(self.key)
        unit = f" {known.unit}" if known and known.unit != "1" else ""
        if self.low == self.high:
            words = f"{self.low:.4g}"
        elif math.isinf(self.low):
            words = f"at most {self.high:.4g}"
        elif math.isinf(self.high):
            words = f"at least {self.low:.4g}"
        else:
            words = f"{self.low:.4g} to {self.high:.4g}"
        return f"{self.key} {words}{unit} (tried: {tried.min():.4g} to {tried.max():.4g})"


@dataclass(frozen=True)
class Box:
    """One box of a peeling trajectory."""

    limits: tuple[Limit, ...]  # of the levers that are limited
    cases: int  # communities within, in which it happened and of which it is known
    known: int
    coverage: float  # share of all cases that lie within
    density: float  # share of the communities within that are cases
    mass: float  # share of all communities that lie within
    separation: float  # coverage less the share of the others within

    def in_words(self, levers: pd.DataFrame) -> tuple[str, ...]:
        """Say what each limited lever must be."""
        return tuple(limit.in_words(levers[limit.key]) for limit in self.limits)


@dataclass(frozen=True)
class Check:
    """How far a box can be believed."""

    shuffled_as_good: float  # share of shuffled tables, itself one, with as good a box
    new_density: float  # of boxes found on one half of the points, at the other; NaN: none
    new_coverage: float
    kept_levers: dict[str, float]  # share of the halves in which a lever is limited too

    @property
    def by_chance(self) -> bool:
        """Whether shuffled tables give such a box in more than 5 of 100 cases."""
        return self.shuffled_as_good > BY_CHANCE


@dataclass(frozen=True)
class FoundBox:
    """A region of the lever space in which it happens more often than elsewhere."""

    box: Box  # coverage and mass count all communities of the study
    words: tuple[str, ...]  # its limits
    check: Check
    outside: float  # share of cases outside, of those not in an earlier box
    gap: float  # density within less outside, mean over replications, and its error
    gap_error: float

    @property
    def clear(self) -> bool:
        """Whether within and outside differ by 2 Monte-Carlo errors or more."""
        return self.gap_error < math.inf and abs(self.gap) >= CLEAR_ERRORS * self.gap_error


@dataclass(frozen=True)
class Discovery:
    """What a search for boxes found."""

    outcome: str  # column of the rows
    case: str  # what counts as a case, in words
    points: int  # of the design; communities of which it is known, and in which it happened
    known: int
    cases: int
    # those no shuffled table explains, and one found by chance if it is the first
    boxes: tuple[FoundBox, ...]
    trajectory: pd.DataFrame  # of the first box, a row a step
    left_out: tuple[str, ...]  # levers of too many words
    seed: int  # of the shuffles and halves
    # all that decides the numbers, and what a case is
    origin: dict[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Lay the boxes out, one row each."""
        return pd.DataFrame(
            {
                "box": " and ".join(found.words) or "everywhere",
                "coverage": found.box.coverage,
                "density": found.box.density,
                "mass": found.box.mass,
                "cases": found.box.cases,
                "communities": found.box.known,
                "density_outside": found.outside,
                "difference": found.gap,
                "difference_error": found.gap_error,
                "told_apart": found.clear,
                "density_at_new_points": found.check.new_density,
                "coverage_at_new_points": found.check.new_coverage,
                "shuffled_as_good": found.check.shuffled_as_good,
                "by_chance": found.check.by_chance,
            }
            for found in self.boxes
        )


def discover(
    folder: str | Path,
    outcome: str = "dead",
    below: float | None = None,
    above: float | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Discovery:
    """Find the boxes of lever values in which groups die, or in which any outcome is low or high.

    Parameters
    ----------
    folder : str or Path
        Of a finished sweep.
    outcome : str
        A truth (``dead``: no member message in days 8-14), or a number with `below` or `above`.
    below, above : float, optional
        What makes a number a case.
    seed : int
        Of the shuffles and halves.
    progress : callable, optional
        Called with the searches done and those to do.

    Returns
    -------
    Discovery

    Raises
    ------
    InputError
        No store, an unknown outcome, no lever that varies, no case or nothing but cases.
    """
    manifest, rows = read_store(folder)
    name = ALIASES.get(outcome, outcome)
    happened, case = _cases_of(rows, name, below, above)
    varied = [key for key in manifest.levers if rows[key].nunique() > 1]
    levers = [key for key in varied if _is_numeric(rows[key]) or rows[key].nunique() <= MOST_WORDS]
    good = rows.assign(case=happened)[rows[ERROR].isna() & happened.notna()]
    failed = failures_entry(rows)
    if faults := _faults(good, levers, case):
        raise InputError(f"{folder}: {line}" for line in [*faults, *failed.values()])
    table = table_of(good, levers)
    return Discovery(
        name,
        case,
        len(table.known),
        int(table.known.sum()),
        int(table.cases.sum()),
        tuple(_boxes(table, good, seed, progress)),
        _trajectory(table),
        tuple(key for key in varied if key not in levers),
        seed,
        origin(manifest) | {"case": case} | definitions([name]) | failed,
    )


def _boxes(
    table: Cases, rows: pd.DataFrame, seed: int, progress: Progress | None
) -> Iterator[FoundBox]:
    """Yield one box after the other, each among the points that no earlier one holds."""
    counter = itertools.count(1)

    def tick() -> None:
        done = next(counter)
        if progress is not None:
            progress(done, SEARCHES)

    left = table
    for number in range(MOST_BOXES):
        few = len(left.known) < FEWEST_POINTS
        if few or not 0 < left.cases.sum() < left.known.sum():
            return
        box = search(left)
        if number and not box.limits:
            return
        check = checked(left, box, seed, tick)
        if number and (check.by_chance or box.density <= table.density):
            return
        inside = within(box.limits, left.levers)
        yield _found(table, left, box, check, rows)
        if check.by_chance or not box.limits:
            return
        left = left.take(~inside)


def _found(table: Cases, left: Cases, box: Box, check: Check, rows: pd.DataFrame) -> FoundBox:
    """Count a box among all points, and compare it with its outside replication by replication."""
    inside = within(box.limits, left.levers)
    outside = left.cases[~inside].sum() / max(1, left.known[~inside].sum())
    rows = rows[rows["point"].isin(left.levers.index)]
    held = rows["point"].isin(left.levers.index[inside])
    shares = [rows[part].groupby("replication")["case"].mean() for part in (held, ~held)]
    gap = estimate(shares[0] - shares[1])
    return FoundBox(
        replace(
            box,
            coverage=box.cases / int(table.cases.sum()),
            mass=box.known / int(table.known.sum()),
        ),
        box.in_words(table.levers),
        check,
        float(outside),
        gap.value,
        gap.error if gap.replications > 1 else math.inf,
    )


def _trajectory(table: Cases) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "step": step,
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "separation": box.separation,
            "limits": len(box.limits),
            "box": " and ".join(box.in_words(table.levers)),
        }
        for step, box in enumerate(peel(table))
    )


# --- cases ----------------------------------------------------------------------------------------


def _cases_of(
    rows: pd.DataFrame, name: str, below: float | None, above: float | None
) -> tuple[pd.Series, str]:
    """Say of each row whether it is a case, and what that means."""
    known = outcomes_by_name()
    if name not in known or name not in rows:
        hint = nearest_key(name, [*ALIASES, *known])
        raise InputError([f"outcome: {name!r} is not an outcome of this study{hint}"])
    outcome = known[name]
    if outcome.unit == TRUTH:
        if below is not None or above is not None:
            raise InputError([f"outcome: {name} is true or false; leave out below and above"])
        return rows[name].astype("boolean"), f"{name}: {outcome.definition}"
    if (below is None) == (above is None):
        raise InputError([f"outcome: {name} is a number ({outcome.unit}); give below or above"])
    side, bound = ("above", above) if below is None else ("below", below)
    values = rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
    happened = values > bound if below is None else values < bound
    cases = pd.arrays.BooleanArray(happened, np.isnan(values))
    return pd.Series(cases, rows.index), f"{name} {side} {bound:g} {outcome.unit}"


def _faults(good: pd.DataFrame, levers: list[str], case: str) -> list[str]:
    """Say why there is nothing to separate."""
    if good.empty:
        return [f"of no community is it known whether it is a case ({case})"]
    faults = []
    points, cases = good["point"].nunique(), int(good["case"].sum())
    if not levers:
        faults.append("no lever varies; a box needs one")
    elif points < FEWEST_POINTS:
        faults.append(f"{points} points; at least {FEWEST_POINTS} are needed")
    if cases in (0, len(good)):
        which = "no community is" if not cases else f"all {len(good):,} communities are"
        faults.append(f"{which} a case ({case}); there is nothing to separate")
    return faults


def table_of(rows: pd.DataFrame, levers: list[str]) -> Cases:
    """Count the cases of each point; rows have ``point``, ``case`` and the levers."""
    by_point = rows.groupby("point")
    cases, known = (by_point["case"].agg(one).to_numpy(dtype=np.int64) for one in ("sum", "size"))
    return Cases(by_point[levers].first(), cases, known)


def _is_numeric(column: pd.Series) -> bool:
    """Say whether a lever's values are numbers, so that they have an order."""
    kind = column.dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


# --- boxes, peeled --------------------------------------------------------------------------------


def within(limits: Iterable[Limit], levers: pd.DataFrame) -> Array:
    """Return whether each point is within all limits: array [point]."""
    inside = np.ones(len(levers), dtype=bool)
    for limit in limits:
        inside &= limit.holds(levers[limit.key])
    return inside


def separation(table: Cases, inside: Array) -> float:
    """Return a box's share of all cases less its share of the rest (Youden's index, 1950).

    1 for all cases and nothing else, 0 for the whole space.
    """
    others = table.known - table.cases
    if not table.cases.sum() or not others.sum():
        return 0.0
    caught = table.cases[inside].sum() / table.cases.sum()
    return float(caught - others[inside].sum() / others.sum())


def box_of(table: Cases, limits: Iterable[Limit], inside: Array | None = None) -> Box:
    """Count what a box holds."""
    limits = tuple(limits)
    held = within(limits, table.levers) if inside is None else inside
    cases, known = int(table.cases[held].sum()), int(table.known[held].sum())
    return Box(
        limits,
        cases,
        known,
        cases / max(1, int(table.cases.sum())),
        cases / max(1, known),
        known / int(table.known.sum()),
        separation(table, held),
    )


def peel(table: Cases) -> list[Box]:
    """Peel a box from the whole space (first) down to 5 % of all communities.

    Each step gives up 5 % of those in the box; whole values of a lever go together.
    """
    columns = _columns(table)
    inside = np.ones(len(table.known), dtype=bool)
    limits: dict[str, Limit] = {}
    boxes = [box_of(table, (), inside)]
    while True:
        peels = (
            (limit, kept, (_gain(table, inside, kept), -len(limits.keys() | {limit.key})))
            for limit, kept in _peels(table, columns, limits, inside)
        )
        limit, kept, score = max(peels, key=lambda one: one[2], default=(Limit(""), inside, (0, 0)))
        if score[0] <= 0 or table.known[kept].sum() < LEAST_MASS * table.known.sum():
            return boxes
        limits, inside = limits | {limit.key: limit}, kept
        boxes.append(box_of(table, limits.values(), inside))


def search(table: Cases) -> Box:
    """Peel, and take the box that separates best, without limits that do not matter.

    A limit falls that separates nothing, or whose gain in density chance gives in more than 5 of
    100 draws (Bryant and Lempert's quasi-p, 2010).
    """
    box = max(peel(table), key=lambda one: one.separation)
    while box.limits:
        without = [
            box_of(table, [one for one in box.limits if one is not limit]) for limit in box.limits
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


def quasi_p(box: Box, without: Box) -> float:
    """Return how likely so many cases in a box are if it were drawn from a larger one."""
    from scipy.stats import binom

    return float(binom.sf(box.cases - 1, box.known, without.density))


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
    for key, values in table.levers.items():
        if _is_numeric(values):
            numbers = values.to_numpy(dtype=np.float64)
            columns.append(_Column(key, numbers, np.argsort(numbers, kind="stable")))
        else:
            codes, words = pd.factorize(values)
            columns.append(_Column(key, codes, np.arange(len(codes)), tuple(words)))
    return columns


def _peels(
    table: Cases, columns: list[_Column], limits: dict[str, Limit], inside: Array
) -> Iterator[tuple[Limit, Array]]:
    """Yield every slice that could go: from the upper and lower end, or one word."""
    given_up = math.floor((table.known[inside].sum() - 1) * PEELED_SHARE)
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
                end = float(left.max() if upper else left.min())
                yield replace(now, high=end) if upper else replace(now, low=end), kept


# --- is a box more than chance --------------------------------------------------------------------


def checked(table: Cases, box: Box, seed: int, tick: Callable[[], None]) -> Check:
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
    held_out: list[tuple[float, float]] = []  # density and coverage at the other half
    limited: list[set[str]] = []  # levers, of each half that has cases
    for _ in range(HALVES):
        first = rng.permutation(len(table.known)) < len(table.known) // 2
        tick()
        half, other = table.take(first), table.take(~first)
        if not half.cases.sum() or not other.cases.sum():
            continue
        found = search(half)
        limited.append({limit.key for limit in found.limits})
        held = other.take(within(found.limits, other.levers))
        if found.limits and held.known.sum():
            held_out.append((held.density, float(held.cases.sum() / other.cases.sum())))
    density, coverage = map(np.mean, zip(*held_out, strict=True)) if held_out else (math.nan,) * 2
    keys = [limit.key for limit in box.limits]
    kept = {key: sum(key in one for one in limited) / max(1, len(limited)) for key in keys}
    return Check(as_good / (SHUFFLES + 1), float(density), float(coverage), kept)
