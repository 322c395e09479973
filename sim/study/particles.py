"""Particles of a posterior: the parameter sets that a study is played with besides its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.errors import InputError, readable
from sim.params import parameters
from sim.scenario.allowed import Value, allowed_values
from sim.state import Array
from sim.study.levers import PREFIX
from sim.validation.populations import find_population, read_posterior

ENDING = ".posterior.csv"
MOST_PARTICLES = 1000
USUAL_PARTICLES = 20
PARTICLE = "particle"
"""Name of the choice whose options are particles."""

SOURCE = "posterior"
"""Name of the table among the files of a manifest."""

LEVER = f"{PREFIX}{PARTICLE}"


@dataclass(frozen=True)
class Particle:
    """A parameter set, and how often it was drawn."""

    row: int  # in the posterior table, from 0
    times: int  # how often it was drawn: its weight
    values: Mapping[str, Value]  # by dotted key

    @property
    def name(self) -> str:
        """How it stands in the levers of a store: row and times drawn."""
        return f"{self.row} x{self.times}"


@dataclass(frozen=True)
class Posterior:
    """Parameter sets drawn from a posterior table."""

    table: Path
    particles: tuple[Particle, ...]  # in the order of the table

    def without(self, keys: Collection[str]) -> dict[str, dict[str, Value]]:
        """Return the values of each particle by its name, but for these keys."""
        return {
            each.name: {key: value for key, value in each.values.items() if key not in keys}
            for each in self.particles
        }


def times_of(name: str) -> int:
    """Return how often a particle was drawn, from its name in a store."""
    return int(name.rpartition(" x")[2])


def weights_of(names: Sequence[str]) -> Array:
    """Return the weights of the particles of a store, summing to 1."""
    times = np.array([times_of(name) for name in names], dtype=np.float64)
    return np.asarray(times / times.sum())


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
    problems = []
    if not 2 <= draws <= MOST_PARTICLES:
        problems.append(f"particles: {draws} is out of range; allowed: 2 to {MOST_PARTICLES}")
    try:
        table, sets, weights = posterior_sets(name)
    except InputError as fault:
        problems += fault.problems
    if problems:
        raise InputError(problems)
    drawn = _drawn(weights, draws)
    return Posterior(table, tuple(Particle(row, times, sets[row]) for row, times in drawn))


def posterior_sets(
    name: str | Path,
) -> tuple[Path, tuple[dict[str, Value], ...], tuple[float, ...]]:
    """Read all parameter sets of a posterior table, each checked, and weights summing to 1."""
    try:
        table = _table_of(str(name))
        sets, weights = read_posterior(table)
    except OSError as fault:
        raise InputError([f"{name}: cannot be read: {fault.strerror}"]) from None
    problems: list[str] = []
    checked = tuple(_checked(f"{table} row {row}", one, problems) for row, one in enumerate(sets))
    if problems:
        raise InputError(problems)
    return table, checked, weights


def _checked(place: str, given: Mapping[str, float], problems: list[str]) -> dict[str, Value]:
    """Return the values in the types of their keys, and add a line for each that is none."""
    allowed, known = allowed_values(), parameters()
    found: dict[str, Value] = {}
    for key, value in given.items():
        try:
            whole = round(value) if known[key].integer else value
            found[key] = allowed[key].checked(key, whole)
        except InputError as fault:
            problems += [f"{place}: {line}" for line in fault.problems]
    return found


def _drawn(weights: Sequence[float], draws: int) -> list[tuple[int, int]]:
    """Resample systematically (Carpenter 1999): rows and how often each was met."""
    places = (np.arange(draws) + 0.5) / max(1, draws)
    met = np.searchsorted(np.cumsum(weights), places).clip(0, len(weights) - 1)
    rows, times = np.unique(met, return_counts=True)
    return [(int(row), int(count)) for row, count in zip(rows, times, strict=True)]


def _table_of(name: str) -> Path:
    if name.endswith(".csv"):
        if not readable(Path(name)).is_file():
            raise InputError([f"--posterior: {name}: no such file"])
        return Path(name)
    try:
        scenario = find_population(name)
    except InputError as fault:
        raise InputError(
            line.replace("--population: ", "--posterior: ") for line in fault.problems
        ) from None
    table = scenario.with_name(f"{scenario.stem}{ENDING}")
    if not table.is_file():
        raise InputError([f"--posterior: {name}: has no {table.name}; 'qunlab calibrate' fits one"])
    return table
