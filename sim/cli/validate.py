"""``qunlab validate``: every pattern of real groups beside what the simulated ones show."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.terminal import plain, print_rows, records, screen
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.populations import Population
    from sim.validation.held_out import Candidate, Judged
    from sim.validation.judging import Judgement
    from sim.validation.rows import Row
    from sim.validation.targets import Against

FEWEST_ROOMS, MOST_ROOMS = 20, 100_000
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
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Judge the model against real groups: value, error, distance and verdict of every pattern.

    Simulated rooms are seen through the observation windows of real ones, never-used rooms
    included. With --data, real rooms are also split five times, and the model and the other real
    part are judged on the part held out. A population is the same on every split, and has seen its
    rooms.

    Example: qunlab validate --population configs/base.toml --rooms 400

    Example: qunlab validate --data rooms --days 365
    """
    chosen = checked(population, data, rooms, seed, faults_of_days(days, data))
    judge_and_print(chosen, data, rooms, seed, days, as_json, _without_rivals)


def _without_rivals(
    _: Against, population: Population, table: pd.DataFrame
) -> dict[str, Candidate]:
    from sim.validation.held_out import CEILING, ceiling, fixed_candidate

    return {population.name: fixed_candidate(table), CEILING: ceiling}


def judge_and_print(
    chosen: Mapping[str, Population],
    data: Path | None,
    rooms: int,
    seed: int,
    days: float | None,
    as_json: bool,
    candidates_for: Callable[[Against, Population, pd.DataFrame], dict[str, Candidate]],
) -> None:
    """Judge populations on every pattern and, where real rooms are at hand, on rooms held out.

    There the candidates are judged, made of a data set, its population and its simulated patterns.
    """
    from sim.progress import progress_line
    from sim.validation.held_out import run_protocol, splits_of
    from sim.validation.judging import judge
    from sim.validation.targets import targets_for

    against = targets_for(data, seed, days)
    found = judge(chosen, against, rooms, seed, progress_line)
    judged = {}
    for one in against:
        if one.rooms is not None:
            name, title = one.about.name, one.about.title
            candidates = candidates_for(one, chosen[name], found.tables[name])
            splits = splits_of(one.rooms)
            with progress_line(len(splits) * len(candidates), f"splits of {title}") as progress:
                judged[title] = run_protocol(one.rooms, splits, candidates, progress)
    notes = [f"seed {seed}"]
    if data is None:
        notes.append("real values are the shipped aggregates, windows their quantiles")
    notes += [*_notes(chosen), *found.notes]
    if days is not None:
        notes.append(f"of real rooms the first {days:g} days")
    if as_json:
        typer.echo(_as_json(found, judged, notes, seed))
    else:
        _show(found, judged, notes)


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
    from sim.populations import find_population, read_population
    from sim.validation.judging import FIELD_POPULATION
    from sim.validation.targets import DATA_SETS

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
    from sim.validation.rooms import FEWEST_DAYS, MOST_DAYS

    if days is None:
        return []
    if data is None:
        return ["--days: needs the real rooms; give their folder with --data"]
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        return [f"--days: {days:g} is out of range; allowed: {FEWEST_DAYS} to {MOST_DAYS}"]
    return []


def _as_json(
    found: Judgement, judged: Mapping[str, list[Judged]], notes: list[str], seed: int
) -> str:
    from sim.validation.held_out import medians
    from sim.validation.rows import frame

    held_out = {
        part: [
            row | {"by_split": [_of_split(o) for o in each if o.candidate == row["candidate"]]}
            for row in records(medians(each).astype(float).reset_index())
        ]
        for part, each in judged.items()
    }
    answer = {
        "seed": seed,
        "populations": dict(found.populations),
        "rows": records(frame(found.rows)),
        "held_out": held_out,
        "notes": notes,
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def _of_split(one: Judged) -> dict[str, Any]:
    scores = {key: plain(value) for key, value in vars(one.score).items()}
    return {"split": one.split.seed, "judged": one.split.label, **scores}


def _show(found: Judgement, judged: Mapping[str, list[Judged]], notes: list[str]) -> None:
    console = screen()
    for part, name in found.populations.items():
        rows = [row for row in found.rows if row.part == part]
        console.print(f"{part}: {name}")
        _print_rows(console, rows)
        console.print(_sum(part, rows))
        if part in judged:
            _print_held_out(console, judged[part])
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
    from sim.validation.rows import score

    if any(row.has_band for row in rows):
        verdicts = Counter(row.verdict for row in rows)
        return f"{part}: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    scored = score(rows)
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


def _print_held_out(console: Console, judged: list[Judged]) -> None:
    """Print the median scores over splits, each beside the first candidate's; then each split's."""
    from sim.validation.held_out import CEILING, medians

    table, first = medians(judged), judged[0].candidate
    rows = [_held_out_row(judged, first, str(name), row) for name, row in table.iterrows()]
    gain = f"mean |z| of {first} less this one's"
    heads = ("judged", "within", "mean |z|", "timing, return", "bar", gain)
    console.print(f"Held out, median of {int(table['splits'].iloc[0])} splits")
    print_rows(console, heads, rows, words=("judged", "bar", gain))
    scores = {(one.split.seed, one.candidate): _score(one) for one in judged}
    for split in (one.split for one in judged if one.candidate == first):
        mine, other = scores[split.seed, first], scores[split.seed, CEILING]
        console.print(f"split {split.seed}, {split.label}: {mine} ({CEILING} {other})")


def _held_out_row(judged: list[Judged], first: str, name: str, row: pd.Series) -> tuple[str, ...]:
    from sim.validation.held_out import meets_bar, paired

    gap = paired(judged, first, name)
    says = f"{first} {gap.says}" if gap.is_clear else gap.says
    shown = f"{gap.value:+.2f} ({gap.low:+.2f} to {gap.high:+.2f}): {says}"
    return (
        name,
        f"{row['within']:g} of {row['rows']:g}",
        f"{row['mean_distance']:.2f}",
        f"{row['timing_and_return']:g} of {row['timing_rows']:g}",
        "met" if meets_bar(row) else "missed",
        "" if name == first else shown,
    )


def _score(one: Judged) -> str:
    score = one.score
    return (
        f"{score.within} of {score.rows}, {score.mean_distance:.2f}, "
        f"{score.timing_and_return} of {score.timing_rows}"
    )
