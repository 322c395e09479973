"""``qunlab validate``: every pattern of real groups beside what the simulated ones show."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from sim.cli.options import DRAWN, Drawn, PageFolder, option_faults
from sim.cli.terminal import print_json, print_rows, records, screen
from sim.errors import InputError
from sim.language import _
from sim.populations import Population, find_population, read_population
from sim.progress import progress_line
from sim.report.pages import Judged, write_page
from sim.validation.judging import FIELD_POPULATION, Judgement, judge
from sim.validation.rooms import FEWEST_DAYS, MOST_DAYS
from sim.validation.targets import DATA_SETS, Against, Row, frame, score, targets_for

FEWEST_ROOMS, MOST_ROOMS = 20, 100_000
HELD_OUT = "python -m experiments.validation halves"
POPULATION = typer.Option(
    help="A name in configs/populations or a scenario file; default: each data set's own."
)
ROOMS = typer.Option(help="Simulated rooms a data set.")
SEED = typer.Option(help="Seed of simulation and resamples.")
JSON = typer.Option("--json", help="Print one JSON object.")


def validate(
    population: Annotated[str | None, POPULATION] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the real logs; without it shipped aggregates serve."
        ),
    ] = None,
    rooms: Annotated[int, ROOMS] = 2000,
    seed: Annotated[int, SEED] = 1,
    days: Annotated[
        float | None, typer.Option(help="With --data: only so many first days of each room.")
    ] = None,
    out: PageFolder = None,
    drawn: Drawn = DRAWN,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Judge the model against real groups: value, error, distance and verdict of every pattern.

    Simulated rooms are seen through the observation windows of real ones, never-used rooms
    included. Without --data the real values are shipped aggregates.

    Example: qunlab validate --population configs/base.toml --rooms 400

    Example: qunlab validate --data rooms --days 365
    """
    faults = option_faults(out=out)
    faults += faults_of_days(days, data)
    files = drawn.files(faults)
    chosen = checked(population, data, rooms, seed, faults)
    found, notes = judged(chosen, data, rooms, seed, days)[1:]
    if data is not None:
        notes.append(f"rooms held out are judged by {HELD_OUT} --data {data}, in a clone of Qunlab")
    if out:
        write_page(out, _("Validation"), Judged(found, notes), files)
    if as_json:
        print_json(for_json(found, notes, seed, {}))
    else:
        show(found, notes)


def judged(
    chosen: Mapping[str, Population], data: Path | None, rooms: int, seed: int, days: float | None
) -> tuple[list[Against], Judgement, list[str]]:
    """Judge populations on every pattern; also what they were judged against, and notes."""
    against = targets_for(data, seed, days)
    found = judge(chosen, against, rooms, seed, progress_line)
    notes = [f"seed {seed}"]
    if data is None:
        notes.append("real values are the shipped aggregates, windows their quantiles")
    notes += [*_notes(chosen), *found.notes]
    if days is not None:
        notes.append(f"of real rooms the first {days:g} days")
    return against, found, notes


def _notes(chosen: Mapping[str, Population]) -> Iterator[str]:
    fitted = {one.name: one for one in chosen.values() if one.is_fitted}
    if unfitted := sorted({one.name for one in chosen.values()} - fitted.keys()):
        yield f"not fitted to anything: {', '.join(unfitted)}"
    if single := sorted(name for name, one in fitted.items() if not one.has_posterior):
        yield f"one set of parameters, no posterior: {', '.join(single)}"


def checked(
    population: str | None, data: Path | None, rooms: int, seed: int, faults: list[str]
) -> dict[str, Population]:
    """Return the population for each data set and the field; all faults found, given some."""
    problems = list(faults)
    if not FEWEST_ROOMS <= rooms <= MOST_ROOMS:
        allowed = f"{FEWEST_ROOMS} to {MOST_ROOMS}"
        problems.append(f"--rooms: {rooms} is out of range; allowed: {allowed}")
    if not 0 <= seed < 2**63:
        problems.append(f"--seed: {seed} is out of range; allowed: 0 to 2**63 - 1")
    if data is not None and not data.is_dir():
        problems.append(f"--data: {data}: no such folder")
    names = {one.name: population or one.population for one in DATA_SETS}
    names["field"] = population or FIELD_POPULATION
    try:
        read = {one: read_population(find_population(one)) for one in dict.fromkeys(names.values())}
    except InputError as fault:
        problems += fault.problems
    if problems:
        raise InputError(problems)
    return {key: read[name] for key, name in names.items()}


def faults_of_days(days: float | None, data: Path | None) -> list[str]:
    """Name what is wrong with ``--days``, one line each."""
    if days is None:
        return []
    if data is None:
        return ["--days: needs the real rooms; give their folder with --data"]
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        return [f"--days: {days:g} is out of range; allowed: {FEWEST_DAYS} to {MOST_DAYS}"]
    return []


def for_json(
    found: Judgement, notes: list[str], seed: int, held_out: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return what a judgement found; `held_out` has scores by part, of no part here."""
    return {
        "seed": seed,
        "populations": dict(found.populations),
        "rows": records(frame(found.rows)),
        "held_out": dict(held_out),
        "notes": notes,
    }


def show(
    found: Judgement, notes: list[str], more: Callable[[Console, str], None] | None = None
) -> None:
    """Print the rows and score of each part, more about it where there is more, and the notes."""
    console = screen()
    for part, name in found.populations.items():
        rows = [row for row in found.rows if row.part == part]
        console.print(f"{part}: {name}")
        _print_rows(console, rows)
        console.print(_sum(part, rows))
        if more is not None:
            more(console, part)
    for note in notes:
        console.print(f"Note: {note}.")


def _print_rows(console: Console, rows: list[Row]) -> None:
    shown = [
        (
            row.pattern,
            f"{_side(row.low)} to {_side(row.high)}" if row.has_band else _number(row.real),
            _number(row.real_error),
            _number(row.simulated),
            _number(row.simulated_error),
            "" if math.isnan(row.distance) else f"{row.distance:+.1f}",
            row.verdict,
            "fitted" if row.is_fitted else "not fitted",
            row.note,
        )
        for row in rows
    ]
    words = ("pattern", "verdict", "fitted", "")
    numbers = ("real", "error", "simulated", "error", "distance")
    print_rows(console, (words[0], *numbers, *words[1:]), shown, words)


def _sum(part: str, rows: list[Row]) -> str:
    if any(row.has_band for row in rows):
        verdicts = Counter(row.verdict for row in rows)
        return f"{part}: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    scored = score(rows)
    if not scored.timing_rows:
        return (
            f"{part}: {scored.within} of {scored.rows} rows within 2 errors, mean |z| "
            f"{scored.mean_distance:.2f}"
        )
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
