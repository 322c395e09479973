"""``python -m experiments.making_populations``: search a population, or calibrate one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.calibrate import Calibration
from sim.cli import announcing_code, main, new_application, with_flag
from sim.cli.calibrate import calibrate
from sim.cli.terminal import INTERRUPTED
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from experiments.making_populations.search import Aim, Try

NAME = "python -m experiments.making_populations"
MOST_BUDGET, FEWEST_ROOMS, MOST_ROOMS = 100_000, 20, 100_000
FRESH = 1000
"""Added to the seed that the point found is judged with."""


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
    seed: Annotated[int, typer.Option(help="Seed of search and simulations.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Search a population's free parameters (NAME.priors.csv), and say how near they come.

    Covariance-matrix adaptation on the mean distance from the targets: those of the population's
    own rooms, or, for wechat_mixed, the field study's survival in a 34-day window. The best dozen
    are played again with new seeds, and the best of them is judged with new seeds once more. This
    finds one point, no posterior: beside each value stands how far apart equally good ones lie.

    Example: python -m experiments.making_populations search --population wechat_mixed

    Example: ... search --population work_streams --data rooms --split 3 --days 400
    """
    from experiments.making_populations import search as searching
    from sim.populations import find_population, read_population
    from sim.progress import progress_line

    _check(data, budget, rooms, split, days, seed)
    path = find_population(population)
    chosen = read_population(path)
    if not chosen.ranges:
        raise InputError([f"--population: {chosen.name} has no {chosen.name}.priors.csv to search"])
    aim, held_out = searching.aims_of(chosen, data, rooms, split, days, seed)
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
        lines.append(f"{aim.label}, with new seeds: {_score(aim, found)}")
        lines += [f"  {line}" for line in _rows(aim, found)]
    return "\n".join(lines)


def _rows(aim: Aim, found: pd.DataFrame) -> list[str]:
    from sim.validation.targets import compared

    return [
        f"{row.pattern}: {row.simulated:.3g} for {row.real:.3g} ({row.distance:+.1f})"
        for row in compared(aim.label, aim.targets[["value", "error"]], found, ())
        if row.verdict != "no target"
    ]


def _score(aim: Aim, found: pd.DataFrame) -> str:
    from sim.validation.targets import compared, score

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


def _calibrate(*words: Any, cut_down: bool = False, **options: Any) -> None:
    from experiments.making_populations.refitting import write_bank, write_cut_down
    from sim.populations import find_population, load_priors

    path = find_population(options["population"])
    if cut_down:
        path = write_cut_down(path, options["out"] / "cut_down")
    found = calibrate(*words, **options | {"population": str(path)})
    assert isinstance(found, Calibration)
    bank = options["out"] / f"{path.stem}.bank.parquet"
    write_bank(found.bank, load_priors(path.with_name(f"{path.stem}.priors.csv")), bank)
    typer.echo(f"written: {bank}", err=True)


CUT_DOWN = Annotated[
    bool, typer.Option("--cut-down", help="Fit what is left of the model: habit and reaction.")
]


def facts(
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the real logs.")],
    posts: Annotated[
        Path, typer.Option(metavar="FILE", help="The team's posts: columns group, ts and type.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the bank and posterior.")],
    particles: Annotated[int, typer.Option(help="Parameter sets in the bank.")] = 600,
    truths: Annotated[int, typer.Option(help="Simulations left out to judge intervals.")] = 150,
    weight: Annotated[float, typer.Option(help="Of each fact's squared distance.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 1,
) -> None:
    """Fit the learner rooms with the facts for operations beside their rows, the team's posts told.

    The simulations are stored in --out; the same command continues them, and with another --weight
    fits them anew.

    Example: python -m experiments.making_populations facts --data DIR --posts FILE --out results/f
    """
    from experiments.making_populations.refitting import write_bank
    from experiments.making_populations.with_facts import (
        bank_of,
        free_ranges,
        learner_rooms,
        real_rooms,
        weighed,
    )
    from sim.calibrate import Effort, parameter_table, posterior_table, write_posterior
    from sim.inference import coverage

    effort = Effort(particles, truths=truths, seed=seed)
    real, ranges = real_rooms(data, posts), free_ranges()
    bank = bank_of(real, out / "bank", effort)
    write_bank(bank, ranges, out / "learner_rooms.bank.parquet")
    targets = weighed(real.targets(seed), weight)
    posterior, _ = bank.fitted(targets, real.rooms.total, seed=seed)
    covered = coverage(bank, targets, truths, seed) if truths else None
    table = posterior_table(learner_rooms(), ranges, posterior)
    about = {"population": "learner_rooms", "simulations": particles, "weight": weight}
    write_posterior(table, about, out / "learner_rooms.posterior.csv")
    found = parameter_table(ranges, posterior, covered)
    typer.echo(found.drop(columns=["low", "high", "scale"]).round(4).to_string(index=False))


def application() -> typer.Typer:
    """Collect the commands."""
    app = new_application(NAME)
    app.command("search")(announcing_code(search))
    app.command("facts")(announcing_code(facts))
    app.command("calibrate")(
        announcing_code(with_flag(_calibrate, calibrate, "cut_down", CUT_DOWN))
    )
    return app


if __name__ == "__main__":
    sys.exit(main(app=application, name=NAME))
