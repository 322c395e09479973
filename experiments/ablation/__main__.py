"""``python -m experiments.ablation``: which patterns break without which mechanism."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import announcing_code, main, new_application
from sim.cli.terminal import INTERRUPTED
from sim.errors import InputError, nearest

if TYPE_CHECKING:
    from experiments.ablation.ablation import Ablated
    from experiments.making_populations.search import Aim
    from sim.populations import Population

NAME = "python -m experiments.ablation"
MOST_BUDGET, FEWEST_ROOMS, MOST_ROOMS = 100_000, 20, 100_000


def ablate(
    population: Annotated[
        str, typer.Option(help="A name in configs/populations, or a file.")
    ] = "learner_rooms",
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the real logs; without it shipped aggregates."),
    ] = None,
    budget: Annotated[
        int, typer.Option(help="Parameter sets simulated to fit each model anew; 1: no fit.")
    ] = 30,
    rooms: Annotated[int, typer.Option(help="Simulated rooms in each.")] = 400,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="MECHANISM", help="Only this one; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of search and simulations.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Switch each mechanism off, fit the rest anew with one equal budget, and say what breaks.

    Each fit begins at the population's own point. A pattern breaks when the whole model, fitted
    with the same budget, shows it within 2 errors, the model without the mechanism does not, and
    the two simulations differ by more than two of their own errors. All is judged with new seeds.
    Lines are printed as they come: a run that is stopped has said what it found.

    Example: python -m experiments.ablation --budget 60 --rooms 1000

    Example: python -m experiments.ablation --without trust --budget 5 --rooms 100
    """
    from experiments.ablation.ablation import switched_on
    from experiments.making_populations.search import aims_of
    from sim.populations import find_population, read_population
    from sim.report.ablation import mechanisms

    _check(data, budget, rooms, seed)
    chosen = read_population(find_population(population))
    if not chosen.ranges or (chosen.mix is not None and len(chosen.mix.types) > 1):
        raise InputError([f"--population: {chosen.name}: needs free parameters and one type"])
    on = _wanted(switched_on(chosen, mechanisms()), without or [], chosen.name)
    aim, _ = aims_of(chosen, data, rooms, 0, None, seed)
    _play(chosen, on, aim, budget, seed, as_json)


def _check(data: Path | None, budget: int, rooms: int, seed: int) -> None:
    problems = []
    for name, value, low, high in (
        ("--budget", budget, 1, MOST_BUDGET),
        ("--rooms", rooms, FEWEST_ROOMS, MOST_ROOMS),
        ("--seed", seed, 0, 2**62),
    ):
        if not low <= value <= high:
            problems.append(f"{name}: {value} is out of range; allowed: {low} to {high}")
    if data is not None and not data.is_dir():
        problems.append(f"--data: {data}: no such folder")
    if problems:
        raise InputError(problems)


def _wanted(
    on: Mapping[str, Mapping[str, float]], names: list[str], population: str
) -> dict[str, Mapping[str, float]]:
    problems = [
        f"--without: {name}: no mechanism that {population} has on{nearest(name, [*on])}"
        for name in names
        if name not in on
    ]
    if problems:
        raise InputError(problems)
    return {name: keys for name, keys in on.items() if not names or name in names}


def _play(
    population: Population,
    on: Mapping[str, Mapping[str, float]],
    aim: Aim,
    budget: int,
    seed: int,
    as_json: bool,
) -> None:
    from experiments.ablation.ablation import ALL_ON, ablated
    from sim.progress import progress_line

    models: dict[str, Mapping[str, float]] = {ALL_ON: {}, **on}
    found: list[Ablated] = []
    if not as_json:
        typer.echo(
            f"{population.name} against {aim.label}: {len(on)} mechanisms, each model fitted anew "
            f"with {budget} simulations, seed {seed}"
        )
    done = 0
    try:
        with progress_line(budget * len(models), "fitting anew") as progress:

            def note() -> None:
                nonlocal done
                done += 1
                progress(done, budget * len(models))

            for name, off in models.items():
                found.append(ablated(population, name, off, aim, budget, seed, note))
                if not as_json:
                    typer.echo(_line(found[-1], found[0]))
    except KeyboardInterrupt:
        typer.echo(f"stopped: {len(found)} of {len(models)} models done", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(_as_json(found, population.name, aim.label, seed))
        return
    typer.echo(
        f"A pattern that breaks says what the mechanism is needed for, in {budget} simulations a "
        "fit: a\nlarger budget may mend it. One that does not break may rest on another mechanism."
    )


def _line(one: Ablated, whole: Ablated) -> str:
    name = one.mechanism if one is whole else f"without {one.mechanism}"
    said = (
        f"{name}: {one.score.within} of {one.score.rows} within 2 errors, mean |z| "
        f"{one.score.mean_distance:.2f} (fit: {one.loss_before:.2f} to {one.loss_after:.2f})"
    )
    if one is whole:
        return said
    broken, mended = one.broken_from(whole), one.mended_from(whole)
    said += f"; breaks {len(broken)}" + (": " + "; ".join(broken) if broken else "")
    return said + (f"; mends {len(mended)}: " + "; ".join(mended) if mended else "")


def _as_json(found: list[Ablated], name: str, label: str, seed: int) -> str:
    rows = [
        {
            "mechanism": one.mechanism,
            "within": one.score.within,
            "rows": one.score.rows,
            "mean_distance": one.score.mean_distance,
            "loss_before": one.loss_before,
            "loss_after": one.loss_after,
            "simulations": one.simulations,
            "broken": one.broken_from(found[0]),
            "mended": one.mended_from(found[0]),
        }
        for one in found
    ]
    answer = {"population": name, "against": label, "seed": seed, "models": rows}
    return json.dumps(answer, indent=2, ensure_ascii=False)


def application() -> typer.Typer:
    """Make the command."""
    app = new_application(NAME)
    app.command()(announcing_code(ablate))
    return app


if __name__ == "__main__":
    sys.exit(main(app=application, name=NAME))
