"""The part of ``qunlab validate`` that judges a population on rooms of its own making."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.populations import Population

MOST_TIMES = 1000


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    times: int  # sets of rooms
    rooms: int  # rooms simulated to judge each split
    days: float | None = None  # only so many first days of each room


def faults_of_own_rooms(times: int, bank: Path | None) -> list[str]:
    """Name what is missing, one line each.

    >>> faults_of_own_rooms(5, None)
    ['--own-rooms: needs --bank, from which the population is refitted']
    """
    if not 0 <= times <= MOST_TIMES:
        return [f"--own-rooms: {times} is out of range; allowed: 0 to {MOST_TIMES}"]
    if times and bank is None:
        return ["--own-rooms: needs --bank, from which the population is refitted"]
    return []


def show_own_rooms(
    population: Population, data: Path, bank: Path, asked: Asked, as_json: bool
) -> None:
    """Print how the population is judged on rooms of its own making, data set by data set."""
    from experiments.making_populations.refitting import bank_refit, read_bank
    from sim.populations import find_population, load_priors
    from sim.progress import progress_line
    from sim.validation.own_rooms import judged_on_own_rooms
    from sim.validation.real import read_rooms
    from sim.validation.targets import DATA_SETS

    own = [one for one in DATA_SETS if one.population == population.name]
    if not own:
        names = ", ".join(one.population for one in DATA_SETS)
        raise InputError([f"--own-rooms: {population.name} has no real rooms; there are {names}"])
    path = find_population(population.name)
    priors = load_priors(path.with_name(f"{population.name}.priors.csv"))
    stored = read_bank(bank / f"{population.name}.bank.parquet", priors)
    refit = bank_refit(stored, priors, population.scenario)
    real, _, _ = read_rooms(data, own[0].name, asked.days)
    times = asked.times
    with progress_line(times, "sets of rooms") as progress:
        found = judged_on_own_rooms(population.scenario, real, refit, times, asked.rooms, progress)
    if as_json:
        typer.echo(json.dumps(found.to_dict("records"), indent=2))
        return
    typer.echo(
        f"{population.name}, judged on {times} sets of {real.total} rooms of its own making:\n"
        "refitted on one half, judged on the other, median of 5 splits (in brackets the other half)"
    )
    for number, one in enumerate(found.to_dict("records"), 1):
        typer.echo(f"{number:4d}: {_scores(one, '')} ({_scores(one, 'ceiling_')})")
    met, other = int(found["meets_bar"].sum()), int(found["ceiling_meets_bar"].sum())
    typer.echo(f"A true model meets the bar {met} times of {times}, the other half {other} times.")


def _scores(one: Mapping[Hashable, Any], prefix: str) -> str:
    within, distance, timing, rows, met = (
        one[prefix + name]
        for name in ("within", "mean_distance", "timing_and_return", "timing_rows", "meets_bar")
    )
    return (
        f"{within:g} within, mean |z| {distance:.2f}, timing and return {timing:g} of {rows:g}, "
        f"bar {'met' if met else 'missed'}"
    )
