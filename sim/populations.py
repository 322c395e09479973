"""A population: a scenario file, its free parameters, its posterior, and where values come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.allowed import Value
from sim.errors import Faults, InputError, nearest_key, readable
from sim.kinds import SCENARIO, refuse_another
from sim.params import Parameter, allowed_values, parameters
from sim.scenario import Mix, Scenario, load_mix
from sim.scenario.loading import base_below, here_or_shipped, shipped_file
from sim.state import Array

EDGE_SHARE, EDGE_MASS_MOST = 0.02, 0.20  # a posterior must not hold more so near a range's edge
SIGMA_MOST = 2.5  # a log-normal wider than this explains everything and nothing
SCALES = ("linear", "log")
TABLES = ("posterior", "fitted", "priors")  # that may lie beside a scenario, NAME.WHAT.csv
ENDING = ".posterior.csv"
MOST_PARTICLES, USUAL_PARTICLES = 1000, 20
PARTICLE = "particle"  # name of the choice whose options are the parameter sets of a study
LEVER = f"choices.{PARTICLE}"
SOURCE = "posterior"  # name of the table among the files of a manifest

TRANSFERRED, FITTED, ASSUMED = "transferred", "fitted", "assumed"
SEARCHED = "a search; its file says how"
MEANINGS = {
    TRANSFERRED: "the value, or the posterior, of the population that this one stands on",
    FITTED: "searched or calibrated for this population",
    ASSUMED: "set by hand, or left at its default; its grade says how well that is founded",
}


@dataclass(frozen=True)
class Range:
    """A free parameter: uniform over a range, or over the logarithm of it."""

    name: str
    low: float
    high: float
    is_log: bool = False  # whether ratios, not differences, count evenly; `low` is above 0

    def value(self, place: float) -> float:
        """Return the value at a place from 0 (low) to 1 (high)."""
        if self.is_log:
            return float(self.low * (self.high / self.low) ** place)
        return float(self.low + (self.high - self.low) * place)

    def place(self, values: Array) -> Array:
        """Return where in the range values lie, 0-1; outside of it, below 0 or above 1."""
        if self.is_log:
            with np.errstate(divide="ignore"):
                return np.asarray(np.log(values / self.low) / np.log(self.high / self.low))
        return np.asarray((values - self.low) / (self.high - self.low))


def values_at(ranges: Sequence[Range], places: Array) -> Array:
    """Turn places 0-1 [particle, parameter] into values of the same shape."""
    found = [[one.value(place) for place in places[:, at]] for at, one in enumerate(ranges)]
    return np.array(found, dtype=np.float64).T.reshape(len(places), len(ranges))


def places_of(ranges: Sequence[Range], values: Array) -> Array:
    """Turn values [particle, parameter] into places 0-1 of the same shape."""
    found = [one.place(values[:, at]) for at, one in enumerate(ranges)]
    return np.array(found, dtype=np.float64).T.reshape(len(values), len(ranges))


def evenly(weights: Sequence[float] | Array, count: int) -> Array:
    """Resample rows by weight at even steps (Carpenter 1999): array [count], rising."""
    steps = (np.arange(count) + 0.5) / max(1, count)
    return np.searchsorted(np.cumsum(weights), steps).clip(0, len(weights) - 1)


def weighted_quantile(values: Array, weights: Sequence[float] | Array, share: float) -> float:
    """Return the least value up to which this share of the weight lies."""
    order = np.argsort(values)
    at = np.searchsorted(np.cumsum(np.asarray(weights)[order]), share)
    return float(values[order][at.clip(0, len(values) - 1)])


def rounded(key: str, value: float) -> float:
    """Make a value whole where its parameter (perhaps of one type of groups) is."""
    known = parameters().get(".".join(key.split(".")[-2:]))
    return round(value) if known is not None and known.integer else value


@dataclass(frozen=True)
class Population:
    """Rooms of one kind as the model makes them, with what is not known of their parameters."""

    name: str
    scenario: Scenario
    # dotted keys to values, one each; empty where nothing was fitted
    particles: tuple[Mapping[str, float], ...] = ()
    weights: tuple[float, ...] = ()  # one a particle, summing to 1
    fitted_rows: tuple[str, ...] = ()  # patterns named in NAME.fitted.csv, where there is one
    ranges: tuple[Range, ...] = ()  # of NAME.priors.csv; other parameters have their allowed range
    mix: Mix | None = None  # the types of groups, and what the scenario file stands on
    posterior_of: str = ""  # whose posterior the particles are, where another's

    @property
    def is_fitted(self) -> bool:
        """Whether parameters were fitted: there is a posterior, or ranges that were searched."""
        return bool(self.particles or self.ranges)

    @property
    def has_posterior(self) -> bool:
        """Whether there is more than one set of parameters to the population."""
        return bool(self.particles)

    def quantile(self, key: str, share: float) -> float | None:
        """Return a weighted quantile of a parameter's posterior; None where it has none."""
        if not self.has_posterior or key not in self.particles[0]:
            return None
        values = np.array([particle[key] for particle in self.particles])
        return weighted_quantile(values, self.weights, share)

    def scenarios(self, most: int) -> list[Scenario]:
        """Return scenarios of particles chosen evenly by weight, types of groups dealt by share.

        The scenario alone where nothing was fitted and there is one type.
        """
        types = self.mix.types if self.mix else ()
        if len(types) < 2 and not self.has_posterior:
            return [types[0].scenario if types else self.scenario]
        count = min(most, len(self.particles)) if len(types) < 2 else most
        dealt = self.mix.dealt(count) if self.mix else np.zeros(count, np.int64)
        bases = [types[at].scenario if types else self.scenario for at in dealt]
        if not self.has_posterior:
            return bases
        return [
            base.with_values({k: rounded(k, v) for k, v in self.particles[row].items()})
            for base, row in zip(bases, evenly(self.weights, count), strict=True)
        ]

    def faults_of_fit(self) -> list[str]:
        """List what a credible fit must not show: mass at a range's edge, absurd spreads."""
        if not self.has_posterior or self.posterior_of:
            return []
        weights, known = np.array(self.weights), parameters()
        free = {one.name: one for one in self.ranges}
        lines = []
        for key in self.particles[0]:
            own = free.get(key, Range(key, known[key].low, known[key].high))
            values = np.array([particle[key] for particle in self.particles])
            places = own.place(values)
            sides = {"lower": places <= EDGE_SHARE, "upper": places >= 1 - EDGE_SHARE}
            for side, near in sides.items():
                if (mass := float(weights[near].sum())) > EDGE_MASS_MOST:
                    lines.append(
                        f"{key}: {mass:.0%} of the posterior lies within {EDGE_SHARE:.0%} of "
                        f"the {side} edge of its range, {own.low:g} to {own.high:g}"
                    )
            if known[key].unit == "log sd" and values.max() > SIGMA_MOST:
                lines.append(f"{key}: a log-normal sigma above {SIGMA_MOST} in the posterior")
        return lines


def find_population(name: str, option: str = "--population") -> Path:
    """Find a population's scenario file, by path or by name; `InputError` names those there are."""
    path = here_or_shipped(name)
    refuse_another(path, (SCENARIO,))
    if path.suffix == ".toml" and readable(path).is_file():
        return path
    fault = f"{option}: {name}: no such population or scenario file"
    return shipped_file(name, "populations", fault)


def read_population(path: Path) -> Population:
    """Read a population: ``NAME.toml`` and, where they are, its posterior and list of fitted rows.

    Without a posterior it takes that of the one it stands on, less the parameters it sets itself.
    """
    mix = load_mix(path)
    name = path.stem
    beside = ((what, path.with_name(f"{name}.{what}.csv")) for what in TABLES)
    there = {what: one for what, one in beside if one.is_file()}
    rows = tuple(_table(there["fitted"], ["pattern"])["pattern"]) if "fitted" in there else ()
    names = [one.name for one in mix.types]
    ranges = load_priors(there["priors"], names) if "priors" in there else ()
    sets: tuple[Mapping[str, float], ...] = ()
    weights: tuple[float, ...] = ()
    origin = ""
    if "posterior" in there:
        sets, weights = read_posterior(there["posterior"])
    elif mix.base:
        below = read_population(base_below(mix.base, path.parent))
        if below.has_posterior:
            sets = tuple(
                {key: value for key, value in particle.items() if key not in mix.own}
                for particle in below.particles
            )
            weights, origin = below.weights, below.posterior_of or below.name
    return Population(name, mix.scenario, sets, weights, rows, ranges, mix, origin)


def read_posterior(path: Path) -> tuple[tuple[dict[str, float], ...], tuple[float, ...]]:
    """Read a posterior table: particles by dotted key, and weights summing to 1."""
    table = _table(path, ["weight"])
    known = parameters()
    faults = Faults(
        f"{path}: {key}: no such parameter{nearest_key(key, [*known])}"
        for key in table
        if "." in key and key not in known
    )
    keys = [key for key in table if key in known and known[key].numeric]
    numbers = table[[*keys, "weight"]].apply(pd.to_numeric, errors="coerce")
    faults += [
        f"{path}: {key}: {int(bad)} of {len(table)} rows hold no number"
        for key, bad in (~np.isfinite(numbers.astype(np.float64))).sum().items()
        if bad
    ]
    weights = numbers["weight"]
    are_weights = len(table) and (weights >= 0).all() and weights.sum() > 0
    if not faults and not (keys and are_weights):
        faults.append(f"{path}: needs rows, parameter columns and weights of 0 or more")
    faults.refuse()
    return tuple(numbers[keys].to_dict("records")), tuple((weights / weights.sum()).tolist())


def load_priors(path: Path, types: Sequence[str] | None = None) -> tuple[Range, ...]:
    """Read free parameters from a CSV of ``parameter``, ``low``, ``high``, ``scale`` (linear, log).

    With names of types of groups as a search has them: whole numbers and what one type sets too.
    `InputError` has every fault: unknown keys, ranges that are empty or outside of what is allowed.
    """
    table = _table(path, ["parameter", "low", "high", "scale"])
    keys = [str(key) for key in table["parameter"]]
    faults, found = Faults(), list[Range]()
    for key, *given in zip(keys, table["low"], table["high"], table["scale"], strict=True):
        with faults.gathered(f"{path}: {key}: "):
            found.append(_range(types, key, *given))
    faults += [f"{path}: {key}: stands twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    if not keys and types is None:
        faults.append(f"{path}: no parameter is free")
    faults.refuse()
    return tuple(found)


def _table(path: Path, needed: list[str]) -> pd.DataFrame:
    try:
        table = pd.read_csv(readable(path), comment="#", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        raise InputError([f"{path}: cannot be read as a table: {fault}"]) from None
    missing = [name for name in needed if name not in table]
    if missing:
        raise InputError([f"{path}: no column {name!r}" for name in missing])
    return table


def _range(types: Sequence[str] | None, key: str, low: Any, high: Any, scale: Any) -> Range:
    bounds = _allowed(key, types)
    if scale not in SCALES:
        raise InputError([f"scale must be {' or '.join(SCALES)}"])
    try:
        low, high = float(low), float(high)
    except ValueError:
        raise InputError(["low and high must be numbers"]) from None
    if not low < high:
        raise InputError([f"low {low:g} must be below high {high:g}"])
    if low < bounds[0] or high > bounds[1]:
        allowed = f"{bounds[0]:g} to {bounds[1]:g}"
        raise InputError([f"{low:g} to {high:g} is out of range; allowed: {allowed}"])
    if scale == "log" and low <= 0.0:
        raise InputError(["a log scale needs a low above 0"])
    return Range(key, low, high, scale == "log")


def _allowed(key: str, types: Sequence[str] | None) -> tuple[float, float]:
    """Return the least and the most that a free parameter may be."""
    of_types = (f"types.{name}." for name in types or ())
    of_type = next((start for start in of_types if key.startswith(start)), "")
    if of_type and key == f"{of_type}share":
        return 0.0, np.inf
    known = parameters().get(key.removeprefix(of_type))
    if known is None:
        raise InputError([f"no such parameter{nearest_key(key, list(parameters()))}"])
    if not known.numeric or (known.integer and types is None):
        raise InputError(["not a continuous number; set it in the scenario"])
    most = min(known.high, SIGMA_MOST) if known.unit == "log sd" else known.high
    return known.low, most


@dataclass(frozen=True)
class Particle:
    """A parameter set of a study, and how often it was drawn."""

    row: int  # in the posterior table, from 0
    times: int  # how often it was drawn: its weight
    values: Mapping[str, Value]  # by dotted key

    @property
    def name(self) -> str:
        """How it stands in the levers of a store: row and times drawn."""
        return f"{self.row} x{self.times}"


def times_of(name: str) -> int:
    """Return how often a particle was drawn, from its name in a store."""
    return int(name.rpartition(" x")[2])


def weights_of(names: Sequence[str]) -> Array:
    """Return the weights of the particles of a store, summing to 1."""
    times = np.array([times_of(name) for name in names], dtype=np.float64)
    return np.asarray(times / times.sum())


@dataclass(frozen=True)
class Posterior:
    """Parameter sets drawn from a posterior table, for a study."""

    table: Path
    particles: tuple[Particle, ...]  # in the order of the table

    def without(self, keys: Collection[str]) -> dict[str, dict[str, Value]]:
        """Return the values of each particle by its name, but for these keys."""
        return {
            each.name: {key: value for key, value in each.values.items() if key not in keys}
            for each in self.particles
        }


def draw_posterior(name: str | Path, draws: int = USUAL_PARTICLES) -> Posterior:
    """Draw parameter sets from a posterior table, evenly along its rows by weight.

    Parameters
    ----------
    name : str or Path
        A file ``NAME.posterior.csv``, or the name of a population that has one.
    draws : int
        2 ... 1000. A particle drawn more than once is played once, with its weight.

    Returns
    -------
    Posterior

    Raises
    ------
    InputError
        No such table, every fault of it; draws out of range.
    """
    faults = Faults()
    if not 2 <= draws <= MOST_PARTICLES:
        faults.append(f"particles: {draws} is out of range; allowed: 2 to {MOST_PARTICLES}")
    with faults.gathered():
        table, sets, weights = posterior_sets(name)
    faults.refuse()
    rows, times = np.unique(evenly(weights, draws), return_counts=True)
    drawn = zip(rows.tolist(), times.tolist(), strict=True)
    return Posterior(table, tuple(Particle(row, count, sets[row]) for row, count in drawn))


def posterior_sets(
    name: str | Path,
) -> tuple[Path, tuple[dict[str, Value], ...], tuple[float, ...]]:
    """Read all parameter sets of a posterior table, each checked, and weights summing to 1."""
    try:
        table = _posterior_of(str(name))
        sets, weights = read_posterior(table)
    except OSError as fault:
        raise InputError([f"{name}: cannot be read: {fault.strerror}"]) from None
    faults, allowed = Faults(), allowed_values()
    checked: list[dict[str, Value]] = []
    for row, given in enumerate(sets):
        checked.append({})
        for key, value in given.items():
            with faults.gathered(f"{table} row {row}: "):
                checked[-1][key] = allowed[key].checked(key, rounded(key, value))
    faults.refuse()
    return table, tuple(checked), weights


def _posterior_of(name: str) -> Path:
    if name.endswith(".csv"):
        if not readable(Path(name)).is_file():
            raise InputError([f"--posterior: {name}: no such file"])
        return Path(name)
    scenario = find_population(name, "--posterior")
    table = scenario.with_name(f"{scenario.stem}{ENDING}")
    if not table.is_file():
        raise InputError([f"--posterior: {name}: has no {table.name}; 'qunlab calibrate' fits one"])
    return table


@dataclass(frozen=True)
class Origin:
    """Where one parameter of a population comes from."""

    key: str  # dotted; of one type of groups types.NAME.section.key, types.NAME.share
    value: str  # as set, else the default
    known: str  # the 90 % interval of the posterior; empty without one
    status: str  # one of `MEANINGS`
    source: str  # what the value rests on
    grade: str  # of the default's source: A, B, L, C; - for a choice


def origins(population: Population) -> list[Origin]:
    """List where every parameter comes from, in order, then what each type of groups sets."""
    types = population.mix.types if population.mix else ()
    own = frozenset.intersection(*(one.keys for one in types)) if len(types) > 1 else frozenset()
    known = parameters().items()
    shared = [_origin_of(population, key, one) for key, one in known if key not in own]
    return [*shared, *_origins_of_types(population)]


def _origin_of(population: Population, key: str, known: Parameter) -> Origin:
    mix, value = population.mix, dict(population.scenario.params.items())[key]
    low, high = population.quantile(key, 0.05), population.quantile(key, 0.95)
    status, source = ASSUMED, f"set in {population.name}.toml"
    if low is not None and population.posterior_of:
        status, source = TRANSFERRED, f"posterior of {population.posterior_of}"
    elif low is not None:
        status, source = FITTED, "posterior"
    elif key in {one.name for one in population.ranges}:
        status, source = FITTED, SEARCHED
    elif mix is not None and key in mix.inherited:
        status, source = TRANSFERRED, mix.base
    elif value == known.default and not (mix is not None and key in mix.own):
        source = f"default: {known.source}"
    interval = "" if low is None else f"{low:.4g} to {high:.4g}"
    return Origin(key, _shown(value), interval, status, source, known.grade)


def _origins_of_types(population: Population) -> Iterator[Origin]:
    mix = population.mix
    if mix is None or len(mix.types) < 2:
        return
    free = {one.name for one in population.ranges}
    if any(name.endswith(".share") for name in free):
        # one weight of a mix can stand still: the shares move with the others
        free |= {f"types.{one.name}.share" for one in mix.types}
    searched, by_hand = (FITTED, SEARCHED), (ASSUMED, f"set in {population.name}.toml")
    for one in mix.types:
        values = {"share": one.share} | dict(one.scenario.params.items())
        grades = {"share": "-"} | {k: p.grade for k, p in parameters().items() if k in one.keys}
        for key, grade in grades.items():
            name = f"types.{one.name}.{key}"
            status, source = searched if name in free else by_hand
            yield Origin(name, _shown(values[key]), "", status, source, grade)


def _shown(value: float | int | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
