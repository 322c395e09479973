"""One judgement: populations simulated, set beside their targets, and the fields' bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from sim.errors import InputError
from sim.populations import Population
from sim.validation.field import field_rows
from sim.validation.real import Rooms, measured, missing_files, read_rooms
from sim.validation.rows import Row, compared
from sim.validation.simulated import Simulated, simulated_rooms
from sim.validation.targets import DATA_SETS, DataSet, shipped_targets
from sim.validation.windows import Windows, shipped_windows, windows_of

PARTICLES = 40
FIELD_POPULATION = "wechat_mixed"
"""The population that the patterns of field studies are asked of."""

FOREIGN_SHARE = 0.25
"""A population is judged against another's rooms with so many of the rooms asked for."""

Meter = Callable[[int, str], AbstractContextManager[Callable[[int, int], None]]]
"""Work and label to a context whose value is told the work done: `sim.progress.progress_line`."""


@dataclass(frozen=True)
class Against:
    """A data set to judge against: its targets, its windows, its rooms where they are at hand."""

    about: DataSet
    targets: pd.DataFrame  # index pattern; value, error
    windows: Windows
    rooms: Rooms | None = None  # none where only the shipped aggregates are used


@dataclass(frozen=True)
class Judgement:
    """Everything a judgement found."""

    rows: tuple[Row, ...]
    populations: Mapping[str, str]  # part of the table to the population simulated for it
    # data set to the simulated patterns
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what the reader must know


def targets_for(folder: Path | None, seed: int, days: float | None = None) -> list[Against]:
    """Read what to judge against: a folder's rooms (their first days), else shipped aggregates."""
    found, problems = [], []
    missing = {one.name: missing_files(folder, one.name) for one in DATA_SETS} if folder else {}
    if missing and all(missing.values()):
        problems = [f"{path}: no such file" for paths in missing.values() for path in paths]
        raise InputError([f"--data: {problem}" for problem in problems])
    for one in DATA_SETS:
        if folder is None or missing[one.name]:
            table = shipped_targets(one.name).set_index("pattern")
            found.append(Against(one, table, shipped_windows(one.name)))
            continue
        try:
            rooms, _, _ = read_rooms(folder, one.name, days)
        except InputError as fault:
            problems += fault.problems
            continue
        table = measured(rooms, rooms.every(), seed)
        found.append(Against(one, table, windows_of(rooms.window_days, one.title), rooms))
    if problems:
        raise InputError(problems)
    return found


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
    rows: list[Row] = []
    tables: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    simulated: dict[tuple[str, str], Simulated] = {}
    for one in against:
        population = populations[one.about.name]
        count = max(20, round(FOREIGN_SHARE * rooms)) if _is_foreign(population, one) else rooms
        found = _simulated(population, one, count, seed, meter)
        simulated[population.name, one.about.name] = found
        table = measured(found.rooms, found.rooms.every(), seed)
        tables[one.about.name] = table
        fitted = _fitted(population, one.about)
        rows += compared(one.about.title, one.targets[["value", "error"]], table, fitted)
        notes.append(f"{one.about.title}: {count} simulated rooms of {population.name}")
    population, learners = populations["field"], against[0]
    found_or_none = simulated.get((population.name, learners.about.name))
    if found_or_none is None:
        count = (
            max(20, round(FOREIGN_SHARE * rooms)) if _is_foreign(population, learners) else rooms
        )
        found_or_none = _simulated(population, learners, count, seed, meter)
    table = measured(found_or_none.rooms, found_or_none.rooms.every(), seed)
    with meter(0, "experiments"):
        scenarios = population.scenarios(PARTICLES)
        found_rows = field_rows(scenarios[0], scenarios, found_or_none, table, seed)
    rows += [replace(row, is_fitted=row.pattern in population.fitted_rows) for row in found_rows]
    named = {one.about.title: populations[one.about.name].name for one in against}
    for name, each in {each.name: each for each in populations.values()}.items():
        notes += [f"{name}: {fault}" for fault in each.faults_of_fit()]
    parts = named | {"field studies": population.name}
    return Judgement(tuple(rows), parts, tables, tuple(notes))


def _simulated(
    population: Population, against: Against, rooms: int, seed: int, meter: Meter
) -> Simulated:
    days = against.windows.drawn(rooms, seed)
    label = f"{population.name} as {against.about.title}"
    with meter(int(days.sum()), label) as progress:
        return simulated_rooms(population.scenarios(PARTICLES), days, seed, progress=progress)


def _is_foreign(population: Population, against: Against) -> bool:
    """Say whether a population is known to be of other rooms than these."""
    others = {one.population for one in DATA_SETS} | {FIELD_POPULATION}
    return population.name in others - {against.about.population}


def _fitted(population: Population, about: DataSet) -> tuple[str, ...]:
    """Return the rows that the population was fitted to: those it names, else its own data set's.

    A posterior is fitted to a data set only where the data set says so.
    """
    if not population.is_fitted or population.name != about.population:
        return ()
    if population.fitted_rows:
        return population.fitted_rows
    return tuple(shipped_targets(about.name)["pattern"])
