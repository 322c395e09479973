"""``qunlab search``: the best single point of a population's free parameters within a budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.validation.populations import Population
    from sim.validation.searching import Aim, Try

INTERRUPTED = 130
MOST_BUDGET, FEWEST_ROOMS, MOST_ROOMS = 100_000, 20, 100_000
FRESH = 1000
"""Added to the seed for the luck that the point found is judged with."""


def search(
    population: Annotated[str, typer.Option(help="A name in configs/populations, or a file.")],
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the real logs; without it shipped aggregates."),
    ] = None,
    budget: Annotated[int, typer.Option(help="Parameter sets simulated.")] = 200,
    rooms: Annotated[int, typer.Option(help="Simulated rooms in each.")] = 200,
    split: Annotated[
        int,
        typer.Option(help="With --data: hold out the judged part of this split; 0: none."),
    ] = 0,
    days: Annotated[
        float | None, typer.Option(help="With --data: only so many first days of each room.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of search and luck.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Search a population's free parameters (NAME.priors.csv), and say how near they come.

    Covariance-matrix adaptation on the mean distance from the targets: those of the population's
    own rooms, or, for wechat_mixed, the field study's survival in a 34-day window. The best dozen
    are played again with new luck, and the best of them is judged with new luck once more. This
    finds one point, no posterior: beside each value stands how far apart equally good ones lie.

    Example: qunlab search --population wechat_mixed --budget 100 --rooms 1000

    Example: qunlab search --population work_streams --data rooms --split 3 --days 400
    """
    from sim.progress import progress_line
    from sim.validation import searching
    from sim.validation.populations import find_population, read_population

    _check(data, budget, rooms, split, days, seed)
    path = find_population(population)
    chosen = read_population(path)
    if not chosen.ranges:
        raise InputError([f"--population: {chosen.name} has no {chosen.name}.priors.csv to search"])
    aim, held_out = aims_of(chosen, data, rooms, split, days, seed)
    tries: list[Try] = []
    try:
        with progress_line(budget, "searching") as progress:

            def note(one: Try) -> None:
                tries.append(one)
                progress(len(tries), budget)

            searching.search(chosen, path, aim, budget, seed, note)
    except KeyboardInterrupt:
        if not tries:
            raise typer.Exit(INTERRUPTED) from None
        typer.echo(f"stopped after {len(tries)} of {budget}: the best so far", err=True)
    with progress_line(searching.FINALISTS, "playing the best again") as progress:
        again: list[int] = []

        def count() -> None:
            again.append(1)
            progress(len(again), searching.FINALISTS)

        finalists = searching.confirmed(chosen, path, aim, tries, seed, count)
    best = searching.best_of(finalists)
    scenarios = searching.scenarios_with(chosen, path, best.values)
    judged = [(one, one.simulate(scenarios, seed + FRESH)) for one in (aim, *held_out)]
    show = _as_json if as_json else _as_text
    typer.echo(show(chosen.name, searching.alike(finalists), judged, (best.loss, len(tries), seed)))


def _check(
    data: Path | None, budget: int, rooms: int, split: int, days: float | None, seed: int
) -> None:
    from sim.validation.rooms import FEWEST_DAYS, MOST_DAYS

    problems = []
    for name, value, low, high in (
        ("--budget", budget, 1, MOST_BUDGET),
        ("--rooms", rooms, FEWEST_ROOMS, MOST_ROOMS),
        ("--split", split, 0, 10_000),
        ("--days", days, FEWEST_DAYS, MOST_DAYS),
        ("--seed", seed, 0, 2**62),
    ):
        if value is not None and not low <= value <= high:
            problems.append(f"{name}: {value} is out of range; allowed: {low} to {high}")
    if data is not None and not data.is_dir():
        problems.append(f"--data: {data}: no such folder")
    if data is None and (split or days is not None):
        problems.append("--split, --days: need the real rooms; give their folder with --data")
    if problems:
        raise InputError(problems)


def aims_of(
    population: Population,
    data: Path | None,
    rooms: int,
    split: int,
    days: float | None,
    seed: int,
) -> tuple[Aim, list[Aim]]:
    """Return what is searched for, and what the point found is judged on besides."""
    from sim.validation.judging import FIELD_POPULATION
    from sim.validation.rooms import shipped_windows
    from sim.validation.searching import rooms_aim, survival_aim
    from sim.validation.targets import DATA_SETS, shipped_targets

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
    from sim.validation.held_out import splits_of
    from sim.validation.rooms import measured, read_rooms, windows_of
    from sim.validation.searching import rooms_aim

    real, _, _ = read_rooms(data, dataset, days)
    parts = [(title, real.every())]
    if split:
        (one,) = splits_of(real, 1, split)
        parts = [(f"{title}, fitted part", one.fitted), (f"held out: {one.label}", one.judged)]
    aims = [
        rooms_aim(
            label,
            measured(real, chosen, seed),
            windows_of(real.window_days[chosen], label).drawn(rooms, seed),
        )
        for label, chosen in parts
    ]
    return aims[0], aims[1:]


def _as_text(
    name: str,
    values: pd.DataFrame,
    judged: list[tuple[Aim, pd.DataFrame]],
    spent: tuple[float, int, int],
) -> str:
    loss, tries, seed = spent
    lines = [f"{name}: mean |z| {loss:.2f}, best of {tries} tries, seed {seed}; no posterior"]
    lines += [
        f"  {key} = {row.best:.4g}    as good in {row.tries:.0f}: {row.low:.4g} to {row.high:.4g}"
        for key, row in values.iterrows()
    ]
    for aim, found in judged:
        lines.append(f"{aim.label}, with new luck: {_score(aim, found)}")
        lines += [f"  {line}" for line in _rows(aim, found)]
    return "\n".join(lines)


def _rows(aim: Aim, found: pd.DataFrame) -> list[str]:
    from sim.validation.rows import compared

    return [
        f"{row.pattern}: {row.simulated:.3g} for {row.real:.3g} ({row.distance:+.1f})"
        for row in compared(aim.label, aim.targets[["value", "error"]], found, ())
        if row.verdict != "no target"
    ]


def _score(aim: Aim, found: pd.DataFrame) -> str:
    from sim.validation.rows import compared, score

    scored = score(compared(aim.label, aim.targets[["value", "error"]], found, ()))
    return f"{scored.within} of {scored.rows} within 2 errors, mean |z| {scored.mean_distance:.2f}"


def _as_json(
    name: str,
    values: pd.DataFrame,
    judged: list[tuple[Aim, pd.DataFrame]],
    spent: tuple[float, int, int],
) -> str:
    loss, tries, seed = spent
    answer = {
        "population": name,
        "loss": loss,
        "tries": tries,
        "seed": seed,
        "values": json.loads(values.reset_index().to_json(orient="records")),
        "judged": [{"part": aim.label, "score": _score(aim, found)} for aim, found in judged],
    }
    return json.dumps(answer, indent=2, ensure_ascii=False)
