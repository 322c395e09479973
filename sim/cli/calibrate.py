"""``qunlab calibrate``: which parameters give what a real log shows, with their uncertainty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.terminal import print_rows, screen
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.calibrating.fitting import Calibration
    from sim.study.calibrating.priors import Priors
    from sim.validation.populations import Population

FEWEST_PARTICLES, MOST_PARTICLES = 100, 100_000
MESSAGES_LEAST = 20_000
"""Simulated messages that are always played to the end, however quiet the log is."""


def calibrate(
    log: Annotated[Path, typer.Argument(help="A Parquet file of messages, or a folder of a log.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the bank and the posterior.")],
    population: Annotated[
        str, typer.Option("--population", help="What is fitted: a name, or a scenario file.")
    ] = "learner_rooms",
    groups: Annotated[
        Path | None, typer.Option("--groups", help="CSV of the groups: group, created, closed.")
    ] = None,
    particles: Annotated[
        int, typer.Option("--particles", help="Parameter sets in the bank.")
    ] = 1200,
    rooms: Annotated[
        int | None, typer.Option("--rooms", help="Simulated groups a set; default: as in the log.")
    ] = None,
    budget_minutes: Annotated[
        float, typer.Option("--budget-minutes", help="After which nothing new is begun.")
    ] = 60.0,
    truths: Annotated[
        int, typer.Option("--truths", help="Simulations left out to judge the intervals.")
    ] = 200,
    days: Annotated[
        float | None, typer.Option("--days", help="Only so many first days of each group.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of all luck.")] = 1,
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    cut_down: Annotated[
        bool, typer.Option("--cut-down", help="Fit what is left of the model: habit and reaction.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Fit a population's free parameters to a real log, and say what is known.

    Simulated groups are seen through the log's own observation windows. Distances are scaled by
    bootstrap errors over groups. The bank is stored in --out; the same command continues it. A
    log of fewer than 20 groups is fitted from the population's posterior. Writes
    POPULATION.posterior.csv, POPULATION.parameters.csv and POPULATION.bank.parquet to --out.

    Example: qunlab calibrate rooms.parquet --groups rooms.csv --out results/fit
    """
    asked = _Asked(particles, rooms, budget_minutes, truths, days, seed, threads)
    _check(out, asked)
    from sim.study.calibrating.priors import load_priors
    from sim.validation.populations import find_population

    path = find_population(population)
    fitted = _population(path, cut_down)
    priors = load_priors(path.with_name(f"{path.stem}.priors.csv"))
    found = _fit(fitted, priors, log, groups, out / "bank", asked)
    written = _write(found, priors, path.stem, out)
    if as_json:
        typer.echo(_as_json(found, seed))
    else:
        _print(found, seed, written)
    _keep_scenario(fitted, found, out / f"{path.stem}.toml")


def _population(path: Path, cut_down: bool) -> Population:
    from dataclasses import replace

    from sim.validation import refitting
    from sim.validation.populations import read_population

    found = read_population(path)
    if not cut_down:
        return found
    return replace(found, scenario=refitting.cut_down(found.scenario), particles=(), weights=())


def _check(out: Path, asked: _Asked) -> None:
    from sim.cli.run import MOST_THREADS

    problems = []
    for name, value, low, high in (
        ("--particles", asked.particles, FEWEST_PARTICLES, MOST_PARTICLES),
        ("--rooms", asked.rooms, 1, 100_000),
        ("--budget-minutes", asked.minutes, 0.1, 100_000),
        ("--truths", asked.truths, 0, MOST_PARTICLES),
        ("--days", asked.days, 1, 3650),
        ("--threads", asked.threads, 1, MOST_THREADS),
    ):
        if value is not None and not low <= value <= high:
            problems.append(f"{name}: {value} is out of range; allowed: {low} to {high}")
    above = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not above.is_dir():
        problems.append(f"--out: {above} is a file, not a folder")
    if problems:
        raise InputError(problems)


@dataclass(frozen=True)
class _Asked:
    """What the command line asks for."""

    particles: int
    rooms: int | None
    minutes: float
    truths: int
    days: float | None
    seed: int
    threads: int | None


def _fit(
    population: Population,
    priors: Priors,
    log: Path,
    groups: Path | None,
    folder: Path,
    asked: _Asked,
) -> Calibration:
    from sim.chatlog import read_log
    from sim.lives.human_log import human_log
    from sim.lives.patterns import knows_creation
    from sim.progress import progress_line
    from sim.study.calibrating.fitting import (
        FEWEST_GROUPS,
        GROUP_PARTICLES,
        calibrate,
        calibrate_group,
    )
    from sim.study.calibrating.generations import Problem, generations_of
    from sim.study.calibrating.rooms import VOLUME_MOST, Plan
    from sim.validation.rooms import first_days, measured, rooms_of, windows_of

    chat = read_log(log, groups)
    prepared = human_log(chat)
    real = rooms_of(chat, prepared, asked.days)
    windows = windows_of(real.window_days, log.name)
    if not len(windows.days):
        raise InputError([f"{log}: no group was watched for any time; nothing to fit"])
    rooms = asked.rooms or real.total
    heard = len(first_days(prepared, asked.days).ts)
    most = max(MESSAGES_LEAST, VOLUME_MOST * heard * rooms / real.total)
    plan = Plan(windows, rooms, knows_creation(chat), most)
    real_patterns = measured(real, real.every(), asked.seed)
    if real.total < FEWEST_GROUPS:
        with progress_line(GROUP_PARTICLES, "calibrating") as progress:
            return calibrate_group(
                population,
                priors,
                plan,
                real_patterns["value"],
                asked.seed,
                asked.threads,
                progress,
            )
    generations = generations_of(asked.particles, rooms)
    problem = Problem(population.scenario, priors, plan, real_patterns, generations, asked.seed)
    with progress_line(asked.particles, "calibrating") as progress:
        return calibrate(problem, folder, asked.threads, progress, asked.minutes, asked.truths)


def _write(found: Calibration, priors: Priors, name: str, out: Path) -> list[Path]:
    from sim.files import as_csv, write_whole
    from sim.study.calibrating.bank_file import write_bank
    from sim.study.calibrating.posterior import write_posterior

    out.mkdir(parents=True, exist_ok=True)
    paths = [
        out / f"{name}.posterior.csv",
        out / f"{name}.parameters.csv",
        out / f"{name}.fitted.csv",
        out / f"{name}.bank.parquet",
    ]
    write_posterior(found.table, paths[0])
    write_whole(paths[1], as_csv(found.parameters).encode())
    write_whole(paths[2], as_csv(found.patterns.reset_index()).encode())
    write_bank(found.bank, priors, paths[3])
    return paths


def _as_json(found: Calibration, seed: int) -> str:
    return json.dumps(
        {
            "seed": seed,
            "simulations": found.simulations,
            "effective_size": found.effective_size,
            "tolerance_errors": found.tolerance,
            "truths": found.truths,
            "provenance": found.table.provenance,
            "parameters": json.loads(found.parameters.to_json(orient="records")),
            "patterns": json.loads(found.patterns.reset_index().to_json(orient="records")),
        }
    )


def _print(found: Calibration, seed: int, written: list[Path]) -> None:
    console, rows = screen(), []
    for row in found.parameters.itertuples():
        verdict = "identified" if row.identified else "not identified: prior kept"
        if row.edge_share > 0.2:
            verdict += f"; {row.edge_share:.0%} at the edge of its range"
        rows.append(
            (
                row.parameter,
                f"{row.low:g} - {row.high:g}",
                f"{row.median:.4g}",
                f"{row.low_90:.4g} - {row.high_90:.4g}",
                f"{row.shrinkage:.2f}",
                verdict,
                "-" if row.coverage != row.coverage else f"{row.coverage:.3f}",
            )
        )
    heads = ("parameter", "prior", "median", "90 %", "SD/prior", "verdict", "coverage")
    print_rows(console, heads, rows, words=("parameter", "verdict"))
    fitted = [
        (
            str(name),
            *(f"{row[key]:.4g}" for key in ("value", "error", "fitted")),
            f"{row['z']:+.1f}",
        )
        for name, row in found.patterns.iterrows()
    ]
    print_rows(console, ("pattern", "real", "error", "fitted", "z"), fitted, words=("pattern",))
    within = int((found.patterns["z"].abs() <= 2).sum())
    typer.echo(
        f"{within} of {len(found.patterns)} patterns within 2 errors, mean |z| "
        f"{found.patterns['z'].abs().mean():.2f} (as the bank predicts)"
    )
    typer.echo(
        f"{found.simulations:,} simulations, {len(found.table.weights)} parameter sets, "
        f"{found.tolerance:.2f} errors left, effective size {found.effective_size:.0f}, "
        f"{found.truths} truths left out, seed {seed}"
    )
    for path in written:
        typer.echo(f"written: {path}")


def _keep_scenario(population: Population, found: Calibration, path: Path) -> None:
    """Write the scenario beside its posterior, at the medians: together they are a population."""
    from sim.files import write_whole
    from sim.params import parameters
    from sim.scenario import to_toml

    medians = dict(zip(found.parameters["parameter"], found.parameters["median"], strict=True))
    values = {k: round(v) if parameters()[k].integer else float(v) for k, v in medians.items()}
    try:
        scenario = population.scenario.with_values(values)
    except InputError:  # each is in range, but together talk would never end
        scenario = population.scenario
    write_whole(path, to_toml(scenario).encode())
    typer.echo(f"written: {path}", err=True)
