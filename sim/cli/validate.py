"""``qunlab validate``: every pattern of real groups beside what the simulated ones show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.terminal import print_rows, screen
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from sim.populations import Population
    from sim.validation.judging import Judgement
    from sim.validation.protocol import Judged
    from sim.validation.rows import Row

FEWEST_ROOMS, MOST_ROOMS, MOST_BUDGET = 20, 100_000, 100_000


def validate(
    population: Annotated[
        str | None,
        typer.Option(
            help="A name in configs/populations or a scenario file; default: each data set's own."
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the real logs; without it shipped aggregates serve."
        ),
    ] = None,
    rooms: Annotated[int, typer.Option(help="Simulated rooms a data set.")] = 2000,
    seed: Annotated[int, typer.Option(help="Seed of simulation and resamples.")] = 1,
    nulls: Annotated[
        int,
        typer.Option(
            metavar="BUDGET",
            help="With --data: fit both null models on each split with so many simulations.",
        ),
    ] = 0,
    days: Annotated[
        float | None, typer.Option(help="With --data: only so many first days of each room.")
    ] = None,
    bank: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="With --data: refit on each split from the bank that qunlab calibrate left here.",
        ),
    ] = None,
    cut_bank: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The same of the model cut down (qunlab calibrate --cut-down)."
        ),
    ] = None,
    own_rooms: Annotated[
        int,
        typer.Option(
            metavar="TIMES",
            help="Only this, with --bank: judge the model on so many sets of rooms it made itself.",
        ),
    ] = 0,
    effects: Annotated[
        bool,
        typer.Option("--effects", help="Only this: observed correlations beside interventions."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Judge the model against real groups: value, error, distance and verdict of every pattern.

    Simulated rooms are seen through the observation windows of real ones, never-used rooms
    included. With --data, real rooms are also split five times, and the model, the other real
    part and (with --nulls) two models without a mind are judged on the part held out. A population
    is the same on every split, and has seen its rooms, unless --bank refits it.

    Example: qunlab validate --population configs/base.toml --rooms 400

    Example: qunlab validate --data rooms --nulls 400 --bank results/fit

    Example: qunlab validate --effects --population wechat_mixed --rooms 2000

    Example: qunlab validate --data rooms --bank results/fit --own-rooms 12
    """
    from sim.cli.validate_held_out import Rivals, held_out
    from sim.cli.validate_json import as_json_text
    from sim.cli.validate_own_rooms import Asked, faults_of_own_rooms, show_own_rooms
    from sim.progress import progress_line
    from sim.validation.judging import judge, targets_for
    from sim.validation.targets import DATA_SETS

    rivals = Rivals(nulls, bank, cut_bank, rooms)
    faults = [*rivals.faults(data), *faults_of_own_rooms(own_rooms, bank), *_of_days(days, data)]
    chosen = _checked(population, data, rooms, nulls, seed, faults)
    if own_rooms and data is not None and bank is not None:
        asked = Asked(own_rooms, rooms, days)
        show_own_rooms(chosen[DATA_SETS[0].name], data, bank, asked, as_json)
        return
    if effects:
        from sim.cli.validate_effects import show_effects

        show_effects(chosen["field"], rooms, seed, as_json)
        return
    against = targets_for(data, seed, days)
    found = judge(chosen, against, rooms, seed, progress_line)
    judged = {
        one.about.title: held_out(
            one, chosen[one.about.name], found.tables[one.about.name], rivals, progress_line
        )
        for one in against
        if one.rooms is not None
    }
    notes = [*_notes(chosen, data, seed), *found.notes]
    if days is not None:
        notes.append(f"of real rooms the first {days:g} days")
    if as_json:
        typer.echo(as_json_text(found, judged, notes, seed))
    else:
        _show(found, judged, notes)


def _checked(
    population: str | None,
    data: Path | None,
    rooms: int,
    nulls: int,
    seed: int,
    faults: list[str],
) -> dict[str, Population]:
    """Read the populations and find every fault of the command line, given some."""
    problems = list(faults)
    if not FEWEST_ROOMS <= rooms <= MOST_ROOMS:
        problems.append(
            f"--rooms: {rooms} is out of range; allowed: {FEWEST_ROOMS} to {MOST_ROOMS}"
        )
    if not 0 <= nulls <= MOST_BUDGET:
        problems.append(f"--nulls: {nulls} is out of range; allowed: 0 to {MOST_BUDGET}")
    if not 0 <= seed < 2**63:
        problems.append(f"--seed: {seed} is out of range; allowed: 0 to 2**63 - 1")
    if data is not None and not data.is_dir():
        problems.append(f"--data: {data}: no such folder")
    chosen: dict[str, Population] = {}
    try:
        chosen = _populations(population)
    except InputError as fault:
        problems += fault.problems
    if problems:
        raise InputError(problems)
    return chosen


def _of_days(days: float | None, data: Path | None) -> list[str]:
    from sim.validation.real import FEWEST_DAYS, MOST_DAYS

    if days is None:
        return []
    if data is None:
        return ["--days: needs the real rooms; give their folder with --data"]
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        return [f"--days: {days:g} is out of range; allowed: {FEWEST_DAYS} to {MOST_DAYS}"]
    return []


def _populations(name: str | None) -> dict[str, Population]:
    """Return the population for each data set and for the field's patterns."""
    from sim.populations import find_population, read_population
    from sim.validation.judging import FIELD_POPULATION
    from sim.validation.targets import DATA_SETS

    if name is not None:
        one = read_population(find_population(name))
        return {**{about.name: one for about in DATA_SETS}, "field": one}
    wanted = {about.name: about.population for about in DATA_SETS} | {"field": FIELD_POPULATION}
    return {key: read_population(find_population(each)) for key, each in wanted.items()}


def _notes(chosen: Mapping[str, Population], data: Path | None, seed: int) -> list[str]:
    unfitted = sorted({one.name for one in chosen.values() if not one.is_fitted})
    notes = [f"seed {seed}"]
    if data is None:
        notes.append("real values are the shipped aggregates, windows their quantiles")
    single = {one.name for one in chosen.values() if one.is_fitted and not one.has_posterior}
    if unfitted:
        notes.append(f"not fitted to anything: {', '.join(unfitted)}")
    if single:
        notes.append(f"one set of parameters, no posterior: {', '.join(sorted(single))}")
    return notes


def _show(found: Judgement, judged: Mapping[str, list[Judged]], notes: list[str]) -> None:
    from sim.cli.validate_held_out import print_held_out, split_lines

    console = screen()
    for part, name in found.populations.items():
        console.print(f"{part}: {name}")
        _print_rows(console, [row for row in found.rows if row.part == part])
        console.print(_sum(part, found.rows))
        if part in judged:
            print_held_out(console, judged[part])
            for line in split_lines(judged[part]):
                console.print(line)
    for note in notes:
        console.print(f"Note: {note}.")


def _print_rows(console: Console, rows: list[Row]) -> None:
    shown = []
    for row in rows:
        real = f"{_side(row.low)} to {_side(row.high)}" if row.has_band else _number(row.real)
        shown.append(
            (
                row.pattern,
                real,
                _number(row.real_error),
                _number(row.simulated),
                _number(row.simulated_error),
                "" if math.isnan(row.distance) else f"{row.distance:+.1f}",
                row.verdict,
                "fitted" if row.is_fitted else "not fitted",
                row.note,
            )
        )
    words = ("pattern", "verdict", "fitted", "")
    numbers = ("real", "error", "simulated", "error", "distance")
    print_rows(console, (words[0], *numbers, *words[1:]), shown, words)


def _sum(part: str, rows: tuple[Row, ...]) -> str:
    from collections import Counter

    from sim.validation.rows import score

    mine = [row for row in rows if row.part == part]
    verdicts = Counter(row.verdict for row in mine)
    counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    if any(row.has_band for row in mine):
        return f"{part}: {counted}"
    scored = score(mine)
    return (
        f"{part}: {scored.within} of {scored.rows} rows within 2 errors, mean |z| "
        f"{scored.mean_distance:.2f}, timing and return {scored.timing_and_return} of "
        f"{scored.timing_rows}"
    )


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"


def _side(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}"
