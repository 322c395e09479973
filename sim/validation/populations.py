"""A population: a scenario file and, when it was fitted, a posterior table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError, nearest_key, readable
from sim.params import parameters
from sim.scenario import Mix, Scenario, load_mix
from sim.scenario.loading import base_below, here_or_shipped, shipped_file
from sim.validation.search import Range

EDGE_SHARE, EDGE_MASS_MOST = 0.02, 0.20
"""A posterior must not hold more than this mass within this part of a range's edge."""

SIGMA_MOST = 2.5


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
        points = (np.arange(count) + 0.5) / count
        chosen = np.searchsorted(np.cumsum(self.weights), points).clip(0, len(self.weights) - 1)
        known = parameters()
        return [
            base.with_values(
                {
                    key: round(value) if known[key].integer else value
                    for key, value in self.particles[index].items()
                }
            )
            for base, index in zip(bases, chosen, strict=True)
        ]

    def faults_of_fit(self) -> list[str]:
        """List what a credible fit must not show: mass at a range's edge, absurd spreads."""
        if not self.has_posterior or self.posterior_of:
            return []
        weights, known = np.array(self.weights), parameters()
        searched = {one.name: one for one in self.ranges}
        lines = []
        for key in self.particles[0]:
            own = searched.get(key, Range(key, known[key].low, known[key].high))
            values = np.array([particle[key] for particle in self.particles])
            lines += _faults_of(own, known[key].unit, values, weights)
        return lines


def find_population(name: str) -> Path:
    """Find a population's scenario file, by path or by name; `InputError` names those there are."""
    path = here_or_shipped(name)
    if path.suffix == ".toml" and path.is_file():
        return path
    return shipped_file(
        name, "populations", f"--population: {name}: no such population or scenario file"
    )


def read_population(path: Path) -> Population:
    """Read a population: ``NAME.toml`` and, where they are, its posterior and list of fitted rows.

    Without a posterior it takes that of the one it stands on, less the parameters it sets itself.
    """
    mix = load_mix(path)
    name = path.stem
    table_path = path.with_name(f"{name}.posterior.csv")
    rows_path, ranges_path = (path.with_name(f"{name}.{what}.csv") for what in ("fitted", "priors"))
    rows = tuple(_table(rows_path, ["pattern"])["pattern"]) if rows_path.is_file() else ()
    ranges = _ranges(ranges_path) if ranges_path.is_file() else ()
    if table_path.is_file():
        particles, weights = read_posterior(table_path)
        return Population(name, mix.scenario, particles, weights, rows, ranges, mix)
    below = read_population(base_below(mix.base, path.parent)) if mix.base else None
    if below is None or not below.has_posterior:
        return Population(name, mix.scenario, fitted_rows=rows, ranges=ranges, mix=mix)
    kept = tuple(_without(particle, mix.own) for particle in below.particles)
    origin = below.posterior_of or below.name
    return Population(name, mix.scenario, kept, below.weights, rows, ranges, mix, origin)


def read_posterior(path: Path) -> tuple[tuple[dict[str, float], ...], tuple[float, ...]]:
    """Read a posterior table: particles by dotted key, and weights summing to 1."""
    table = _table(path, ["weight"])
    known = parameters()
    strange = [key for key in table if "." in key and key not in known]
    problems = [f"{path}: {key}: no such parameter{nearest_key(key, [*known])}" for key in strange]
    keys = [key for key in table if key in known and known[key].numeric]
    numbers = table[[*keys, "weight"]].apply(pd.to_numeric, errors="coerce")
    problems += [
        f"{path}: {key}: {int(bad)} of {len(table)} rows hold no number"
        for key, bad in (~np.isfinite(numbers.astype(np.float64))).sum().items()
        if bad
    ]
    if not problems and (not len(table) or not keys or not _are_weights(numbers["weight"])):
        problems.append(f"{path}: needs rows, parameter columns and weights of 0 or more")
    if problems:
        raise InputError(problems)
    weights = numbers["weight"].to_numpy() / numbers["weight"].sum()
    return tuple(numbers[keys].to_dict("records")), tuple(map(float, weights))


def _without(particle: Mapping[str, float], keys: frozenset[str]) -> dict[str, float]:
    return {key: value for key, value in particle.items() if key not in keys}


def _table(path: Path, needed: list[str]) -> pd.DataFrame:
    try:
        table = pd.read_csv(readable(path), comment="#", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        raise InputError([f"{path}: cannot be read as a table: {fault}"]) from None
    missing = [name for name in needed if name not in table]
    if missing:
        raise InputError([f"{path}: no column {missing[0]!r}"])
    return table


def _ranges(path: Path) -> tuple[Range, ...]:
    table = _table(path, ["parameter", "low", "high", "scale"])
    return tuple(
        Range(row.parameter, float(row.low), float(row.high), row.scale == "log")
        for row in table.itertuples()
        if row.high > row.low
    )


def _are_weights(weights: pd.Series) -> bool:
    return bool((weights >= 0).all() and weights.sum() > 0)


def _faults_of(
    searched: Range,
    unit: str,
    values: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
) -> list[str]:
    lines = []
    places = searched.place(values)
    for side, near in (("lower", places <= EDGE_SHARE), ("upper", places >= 1 - EDGE_SHARE)):
        mass = float(weights[near].sum())
        if mass > EDGE_MASS_MOST:
            lines.append(
                f"{searched.name}: {mass:.0%} of the posterior lies within {EDGE_SHARE:.0%} of "
                f"the {side} edge of its range, {searched.low:g} to {searched.high:g}"
            )
    if unit == "log sd" and values.max() > SIGMA_MOST:
        lines.append(f"{searched.name}: a log-normal sigma above {SIGMA_MOST} in the posterior")
    return lines
