"""A population's free parameters searched against real rooms or against a field study's bands.

The best single point within a budget, and how far apart equally good ones lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.making_populations.evolution_strategy import (
    distance_of,
    minimised,
    offspring_of,
    values_of,
)
from experiments.validation.held_out import splits_of
from sim.errors import InputError
from sim.populations import Population
from sim.scenario import Scenario, load_mix
from sim.validation.field import FIELDS, window_survival
from sim.validation.judging import FIELD_POPULATION
from sim.validation.rooms import (
    Floats,
    measured,
    read_rooms,
    shipped_windows,
    simulated_rooms,
    simulated_talk,
    windows_of,
)
from sim.validation.targets import DATA_SETS, shipped_targets

PARTICLES = 20
SURVIVAL = ("S7", "S30", "hazard")
TRIAL_ROOMS, TRIAL_DAYS, MESSAGES_A_ROOM_MOST = 15, 60.0, 4000
"""Rooms tried first, for how long, and the mean of messages above which a set is given up."""

ALIKE = 0.1
"""Finalists whose loss is within this of the least are as good: they say what is not known."""

FINALISTS, FINAL_SEED = 12, 500
"""Tries of least loss that are played again, and what is added to the seed for their new seed."""


@dataclass(frozen=True)
class Aim:
    """What a search is to come near."""

    label: str  # for the reader
    targets: pd.DataFrame  # index pattern; value, error
    # scenarios, among which rooms are dealt, and a seed to patterns
    simulate: Callable[[Sequence[Scenario], int], pd.DataFrame]


@dataclass(frozen=True)
class Try:
    """One set of parameters that was simulated."""

    values: Mapping[str, float]  # dotted keys; those of one type begin with types.NAME
    loss: float  # mean |z| over the targets, each held at 10


def search(
    population: Population,
    path: Path,
    aim: Aim,
    budget: int,
    seed: int,
    note: Callable[[Try], None],
) -> None:
    """Search a population's `ranges` from their middle by covariance-matrix adaptation.

    Each generation has new seeds, shared by its tries, so that no set wins by its seed; `note`
    hears of every try at once.
    """
    ranges = population.ranges
    generation = offspring_of(len(ranges))
    made = 0

    def loss(place: Floats) -> float:
        nonlocal made
        values = values_of(ranges, place)
        found = _loss(_simulated(population, path, values, aim, seed + made // generation), aim)
        made += 1
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
    """Play the best tries (`FINALISTS` at most) again with new seeds, the same for all."""
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
    """Return best, low, high of each parameter over tries within `ALIKE` of the least loss."""
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

    The value is the middle of each band, the error a quarter of its width; the falling hazard is
    implied by the two survivals.
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
    """Aim at the patterns of rooms, one simulated a window [room] in every try."""

    def simulate(scenarios: Sequence[Scenario], seed: int) -> pd.DataFrame:
        trial = np.minimum(window_days[:TRIAL_ROOMS], TRIAL_DAYS)
        talk = simulated_talk(scenarios, trial, seed).talk
        if len(talk.room) > MESSAGES_A_ROOM_MOST * len(trial):
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


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"value": [], "error": []}, dtype=np.float64)


def aims_of(
    population: Population,
    data: Path | None,
    rooms: int,
    split: int,
    days: float | None,
    seed: int,
) -> tuple[Aim, list[Aim]]:
    """Return what is searched for, and what the point found is judged on besides."""
    if population.name == FIELD_POPULATION:
        return survival_aim(rooms), []
    mine = [one for one in DATA_SETS if one.population == population.name]
    if not mine:
        known = ", ".join([*(one.population for one in DATA_SETS), FIELD_POPULATION])
        raise InputError([f"--population: {population.name} has no targets; {known} have some"])
    if data is None:
        targets = shipped_targets(mine[0].name).set_index("pattern")
        windows = shipped_windows(mine[0].name).drawn(rooms, seed)
        return rooms_aim(mine[0].title, targets, windows), []
    return _real_aims(mine[0].name, mine[0].title, data, rooms, split, days, seed)


def _real_aims(
    dataset: str,
    title: str,
    data: Path,
    rooms: int,
    split: int,
    days: float | None,
    seed: int,
) -> tuple[Aim, list[Aim]]:

    real, _, _ = read_rooms(data, dataset, days)
    parts = [(title, real.every())]
    if split:
        (one,) = splits_of(real, 1, split)
        parts = [(f"{title}, fitted part", one.fitted), (f"held out: {one.label}", one.judged)]
    aims = [
        rooms_aim(
            label,
            measured(real, chosen, seed),
            windows_of(real.window_days[chosen]).drawn(rooms, seed),
        )
        for label, chosen in parts
    ]
    return aims[0], aims[1:]
