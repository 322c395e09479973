"""A population's free parameters searched against real rooms or against a field study's bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.params import parameters
from sim.scenario import Scenario, load_mix
from sim.validation.experiments.groups import window_survival
from sim.validation.field import FIELDS
from sim.validation.populations import Population
from sim.validation.real import measured
from sim.validation.search import Range, distance_of, minimised, offspring_of
from sim.validation.simulated import simulated_rooms, simulated_talk
from sim.validation.windows import Floats

PARTICLES = 20
SURVIVAL = ("S7", "S30", "hazard")
TRIAL_ROOMS, TRIAL_DAYS, MESSAGES_A_ROOM_MOST = 15, 60.0, 4000
"""Rooms tried first, for how long, and the mean of messages above which a set is given up."""

ALIKE = 0.1
"""Finalists whose loss is within this of the least are as good: they say what is not known."""

FINALISTS, FINAL_SEED = 12, 500
"""Tries of least loss that are played again, and what is added to the seed for their new luck."""


@dataclass(frozen=True)
class Aim:
    """What a search is to come near.

    Attributes
    ----------
    label : str
        For the reader.
    targets : pandas.DataFrame
        Index ``pattern``; ``value``, ``error``.
    simulate : callable
        Scenarios, among which rooms are dealt, and a seed to patterns (``value``, ``error``).
    """

    label: str
    targets: pd.DataFrame
    simulate: Callable[[Sequence[Scenario], int], pd.DataFrame]


@dataclass(frozen=True)
class Try:
    """One set of parameters that was simulated.

    Attributes
    ----------
    values : dict of str to float
        Dotted keys; those of one type begin with ``types.NAME``.
    loss : float
        Mean |z| over the targets, each held at 10.

    Examples
    --------
    >>> best_of([Try({"a": 1.0}, 2.0), Try({"a": 3.0}, 0.5)]).values
    {'a': 3.0}
    """

    values: Mapping[str, float]
    loss: float


def search(
    population: Population,
    path: Path,
    aim: Aim,
    budget: int,
    seed: int,
    note: Callable[[Try], None],
) -> None:
    """Search the free parameters of a population by covariance-matrix adaptation.

    Each generation has luck of its own, the same for its tries: the search cannot settle on a set
    that one luck favours.

    Parameters
    ----------
    population : Population
        Its `ranges` are searched, from their middle.
    path : Path
        Its scenario file.
    aim : Aim
    budget : int
        Sets simulated.
    seed : int
    note : callable
        Told of every try as it is made; whoever stops the search keeps what it was told.
    """
    ranges = population.ranges
    generation = offspring_of(len(ranges))
    made = 0

    def loss(place: Floats) -> float:
        nonlocal made
        at = zip(ranges, place, strict=True)
        values = {one.name: _whole(one, one.value(share)) for one, share in at}
        luck = seed + made // generation
        made += 1
        found = _loss(_simulated(population, path, values, aim, luck), aim)
        note(Try(values, found))
        return found

    minimised(loss, len(ranges), budget, seed)


def confirmed(
    population: Population,
    path: Path,
    aim: Aim,
    tries: Sequence[Try],
    seed: int,
    note: Callable[[], None] = lambda: None,
) -> list[Try]:
    """Play the best tries again with new luck, the same for all: the least of many is lucky.

    Parameters
    ----------
    population : Population
    path : Path
    aim : Aim
    tries : sequence of Try
    seed : int
    note : callable
        Told when one was played.

    Returns
    -------
    list of Try
        `FINALISTS` at most, with their loss under the new luck.
    """
    found = []
    for one in sorted(tries, key=lambda one: one.loss)[:FINALISTS]:
        again = _simulated(population, path, one.values, aim, seed + FINAL_SEED)
        found.append(Try(one.values, _loss(again, aim)))
        note()
    return found


def best_of(tries: Sequence[Try]) -> Try:
    """Return the try of least loss; of equal ones the first."""
    return min(tries, key=lambda one: one.loss)


def alike(tries: Sequence[Try]) -> pd.DataFrame:
    """Say how far the tries that are as good as the best lie apart.

    Parameters
    ----------
    tries : sequence of Try

    Returns
    -------
    pandas.DataFrame
        Index ``parameter``; ``best``, ``low``, ``high`` (among the tries within `ALIKE` of the
        least loss), ``tries`` (how many those are).
    """
    best = best_of(tries)
    near = [one for one in tries if one.loss <= best.loss + ALIKE]
    rows = {
        key: {
            "best": value,
            "low": min(one.values[key] for one in near),
            "high": max(one.values[key] for one in near),
            "tries": len(near),
        }
        for key, value in best.values.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")


def scenarios_with(
    population: Population, path: Path, values: Mapping[str, float]
) -> list[Scenario]:
    """Return the scenarios of a population with some values changed, those of types among them."""
    changed = load_mix(path, dict(values))
    return replace(population, scenario=changed.scenario, mix=changed).scenarios(PARTICLES)


def survival_aim(groups: int) -> Aim:
    """Aim at the survival of ordinary groups in a window of 34 days (Qiu et al. 2016).

    The middle of each band counts as the value, a quarter of its width as the error: a distance of
    2 is the band's edge. The falling hazard has a band on one side only and is not aimed at; the
    two survivals imply it.

    Parameters
    ----------
    groups : int
        Simulated in each try; those that do not speak in the window's first days are not seen.

    Returns
    -------
    Aim
    """
    both = [FIELDS[key] for key in SURVIVAL[:2]]
    targets = pd.DataFrame(
        {
            "value": [(one.low + one.high) / 2 for one in both],
            "error": [(one.high - one.low) / 4 for one in both],
        },
        index=pd.Index([one.pattern for one in both], name="pattern"),
    )

    def simulate(scenarios: Sequence[Scenario], seed: int) -> pd.DataFrame:
        found = window_survival(scenarios, groups, seed)
        rows = [(one.value, one.error) for one in found]
        names = pd.Index([FIELDS[key].pattern for key in SURVIVAL], name="pattern")
        return pd.DataFrame(rows, columns=["value", "error"], index=names)

    return Aim("34-day window", targets, simulate)


def rooms_aim(label: str, targets: pd.DataFrame, window_days: Floats) -> Aim:
    """Aim at the patterns of rooms, seen through windows.

    Parameters
    ----------
    label : str
    targets : pandas.DataFrame
    window_days : ndarray, shape [room]
        One simulated room each in every try.

    Returns
    -------
    Aim
    """

    def simulate(scenarios: Sequence[Scenario], seed: int) -> pd.DataFrame:
        trial = np.minimum(window_days[:TRIAL_ROOMS], TRIAL_DAYS)
        said, _, _ = simulated_talk(scenarios, trial, seed)
        if len(said.room) > MESSAGES_A_ROOM_MOST * len(trial):
            return _nothing()
        made = simulated_rooms(scenarios, window_days, seed).rooms
        return measured(made, made.every(), seed, resamples=20)

    return Aim(label, targets, simulate)


def _loss(found: pd.DataFrame, aim: Aim) -> float:
    """Return the mean |z| in real errors alone: else few rooms with large errors are near."""
    return distance_of(found.assign(error=0.0), aim.targets)


def _simulated(
    population: Population, path: Path, values: Mapping[str, float], aim: Aim, seed: int
) -> pd.DataFrame:
    try:
        scenarios = scenarios_with(population, path, values)
    except InputError:  # each in range, but reactions would never die out
        return _nothing()
    return aim.simulate(scenarios, seed)


def _whole(searched: Range, value: float) -> float:
    key = ".".join(searched.name.split(".")[-2:])
    known = parameters().get(key)
    return round(value) if known is not None and known.integer else value


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"value": [], "error": []}, dtype=np.float64)
