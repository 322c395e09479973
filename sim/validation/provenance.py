"""Where each parameter of a population comes from: transferred, fitted or assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.params import Parameter, parameters
from sim.validation.populations import Population

TRANSFERRED, FITTED, ASSUMED = "transferred", "fitted", "assumed"
SEARCHED = "a search; its file says how"
MEANINGS = {
    TRANSFERRED: "the value, or the posterior, of the population that this one stands on",
    FITTED: "searched or calibrated for this population",
    ASSUMED: "set by hand, or left at its default; its grade says how well that is founded",
}


@dataclass(frozen=True)
class Origin:
    """One parameter of a population."""

    key: str  # dotted; of one type of groups types.NAME.section.key, types.NAME.share
    value: str  # as set, else the default
    known: str  # the 90 % interval of the posterior; empty without one
    status: str  # one of `MEANINGS`
    source: str  # what the value rests on
    grade: str  # of the default's source: A, B, L, C; - for a choice


def origins(population: Population) -> list[Origin]:
    """List where every parameter comes from, in order, then what each type of groups sets."""
    mix = population.mix
    of_every_type = frozenset[str]()
    if mix is not None and len(mix.types) > 1:
        of_every_type = frozenset.intersection(*(one.keys for one in mix.types))
    shared = [
        _of_key(population, key, known)
        for key, known in parameters().items()
        if key not in of_every_type
    ]
    return [*shared, *_of_types(population)]


def _of_key(population: Population, key: str, known: Parameter) -> Origin:
    value = dict(population.scenario.params.items())[key]
    status, source = _status(population, key)
    interval = _interval(population, key)
    if status == ASSUMED and value == known.default and not _is_set(population, key):
        source = f"default: {known.source}"
    return Origin(key, _shown(value), interval, status, source, known.grade)


def _status(population: Population, key: str) -> tuple[str, str]:
    mix, searched = population.mix, {one.name for one in population.ranges}
    inherited = mix is not None and key in mix.inherited
    in_particles = population.has_posterior and key in population.particles[0]
    if in_particles and population.posterior_of:
        return TRANSFERRED, f"posterior of {population.posterior_of}"
    if in_particles or key in searched:
        return FITTED, "posterior" if in_particles else SEARCHED
    if inherited and mix is not None:
        return TRANSFERRED, mix.base
    return ASSUMED, f"set in {population.name}.toml"


def _is_set(population: Population, key: str) -> bool:
    return population.mix is not None and key in population.mix.own


def _of_types(population: Population) -> Iterator[Origin]:
    mix = population.mix
    if mix is None or len(mix.types) < 2:
        return
    searched = {one.name for one in population.ranges}
    # one weight of a mix can stand still: the shares move with the others
    shares_searched = any(name.endswith(".share") for name in searched)
    for one in mix.types:
        name = f"types.{one.name}"
        status = FITTED if shares_searched else ASSUMED
        source = SEARCHED if shares_searched else f"set in {population.name}.toml"
        yield Origin(f"{name}.share", _shown(one.share), "", status, source, "-")
        values = dict(one.scenario.params.items())
        for key in (key for key in parameters() if key in one.keys):
            is_searched = f"{name}.{key}" in searched
            yield Origin(
                f"{name}.{key}",
                _shown(values[key]),
                "",
                FITTED if is_searched else ASSUMED,
                SEARCHED if is_searched else f"set in {population.name}.toml",
                parameters()[key].grade,
            )


def _interval(population: Population, key: str) -> str:
    if not population.has_posterior or key not in population.particles[0]:
        return ""
    values = np.array([particle[key] for particle in population.particles])
    order = np.argsort(values)
    reached = np.cumsum(np.array(population.weights)[order])
    low, high = (values[order][np.searchsorted(reached, p).clip(0, len(values) - 1)]
                 for p in (0.05, 0.95))  # fmt: skip
    return f"{low:.4g} to {high:.4g}"


def _shown(value: float | int | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
