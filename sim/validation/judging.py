"""One judgement: populations simulated, set beside their targets, and the fields' bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import pandas as pd

from sim.populations import Population
from sim.validation import broadcast, facts
from sim.validation.field import PART, field_rows
from sim.validation.rooms import Simulated, measured, simulated_rooms
from sim.validation.targets import DATA_SETS, Against, DataSet, Row, compared, shipped_targets

PARTICLES = 40
FIELD_POPULATION = "wechat_mixed"
"""The population that the patterns of field studies are asked of."""

FOREIGN_SHARE, FEWEST_ROOMS = 0.25, 20
"""A population is judged against another's rooms with so many of the rooms asked for."""

Meter = Callable[[int, str], AbstractContextManager[Callable[[int, int], None]]]
"""Work and label to a context whose value is told the work done: `sim.progress.progress_line`."""


@dataclass(frozen=True)
class Judgement:
    """Everything a judgement found."""

    rows: tuple[Row, ...]
    populations: Mapping[str, str]  # part of the table to the population simulated for it
    tables: Mapping[str, pd.DataFrame]  # data set to the simulated patterns
    notes: tuple[str, ...]  # what the reader must know


def judge(
    populations: Mapping[str, Population],
    against: list[Against],
    rooms: int,
    seed: int,
    meter: Meter,
) -> Judgement:
    """Simulate populations (by data set, and ``field``) and set them beside all targets and bands.

    A population judged against rooms of another kind gets a quarter of the rooms.
    """
    simulated: dict[tuple[str, str], tuple[int, Simulated, pd.DataFrame]] = {}

    def played(population: Population, one: Against) -> tuple[int, Simulated, pd.DataFrame]:
        key = population.name, one.about.name
        if key not in simulated:
            foreign = _is_foreign(population, one.about)
            count = max(FEWEST_ROOMS, round(FOREIGN_SHARE * rooms)) if foreign else rooms
            days = one.windows.drawn(count, seed)
            with meter(int(days.sum()), f"{population.name} as {one.about.title}") as progress:
                scenarios = population.scenarios(PARTICLES)
                found = simulated_rooms(scenarios, days, seed, progress=progress)
            table = measured(found.rooms, found.rooms.every(), seed)
            simulated[key] = count, found, table
        return simulated[key]

    rows: list[Row] = []
    tables, parts, notes = {}, {}, []
    for one in against:
        about, population = one.about, populations[one.about.name]
        count, _, table = played(population, one)
        rows += compared(
            about.title, one.targets[["value", "error"]], table, _fitted(population, about)
        )
        tables[about.name], parts[about.title] = table, population.name
        notes.append(f"{about.title}: {count} simulated rooms of {population.name}")
    in_broadcast, about = populations[DATA_SETS[0].name], DATA_SETS[0]
    with meter(rooms * broadcast.OnePost.day, f"{in_broadcast.name} at a broadcast") as progress:
        reached = broadcast.play_broadcast(in_broadcast.scenarios(PARTICLES), rooms, seed, progress)
    rows.append(broadcast.broadcast_row(reached, seed, bool(_fitted(in_broadcast, about))))
    made = played(in_broadcast, against[0])[1].rooms
    with meter(made.total, f"{in_broadcast.name} without half its members") as progress:
        lost = facts.half_lost(in_broadcast.scenarios(PARTICLES), made.total, seed, progress)
    rows += facts.fact_rows(made, lost, seed)
    parts |= dict.fromkeys((broadcast.PART, facts.PART), in_broadcast.name)
    population = populations["field"]
    _, found, table = played(population, against[0])
    with meter(0, "experiments"):
        scenarios = population.scenarios(PARTICLES)
        in_field = field_rows(scenarios[0], scenarios, found, table, seed)
    rows += [replace(row, is_fitted=row.pattern in population.fitted_rows) for row in in_field]
    for name, each in {each.name: each for each in populations.values()}.items():
        notes += [f"{name}: {fault}" for fault in each.faults_of_fit()]
    return Judgement(tuple(rows), parts | {PART: population.name}, tables, tuple(notes))


def _is_foreign(population: Population, about: DataSet) -> bool:
    """Say whether a population is known to be of other rooms than these."""
    others = {one.population for one in DATA_SETS} | {FIELD_POPULATION}
    return population.name in others - {about.population}


def _fitted(population: Population, about: DataSet) -> tuple[str, ...]:
    """Return the rows that the population was fitted to: those it names, else its own data set's.

    A posterior is fitted to a data set only where the data set says so.
    """
    if not population.is_fitted or population.name != about.population:
        return ()
    return population.fitted_rows or tuple(shipped_targets(about.name)["pattern"])
