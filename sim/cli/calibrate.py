"""``qunlab calibrate``: which parameters give what a real log shows, with their uncertainty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.calibrate import Calibration, Effort, fit_log, write_posterior
from sim.cli.options import GroupsFile, Json, Threads, option, option_faults
from sim.cli.terminal import print_rows, rounded_records, screen, tell
from sim.errors import InputError
from sim.files import as_csv, write_whole
from sim.populations import Population, find_population, load_priors, read_population, rounded
from sim.scenario import to_toml

FEWEST_PARTICLES, MOST_PARTICLES = 100, 100_000


def calibrate(
    log: Annotated[Path, typer.Argument(help="A Parquet file of messages, or a folder of a log.")],
    out: Annotated[Path, option("Folder of the bank and the posterior.")],
    population: Annotated[
        str, option("What is fitted: a name, or a scenario file.")
    ] = "learner_rooms",
    groups: GroupsFile = None,
    particles: Annotated[int, option("Parameter sets in the bank.")] = 1200,
    rooms: Annotated[int | None, option("Simulated groups a set; default: as in the log.")] = None,
    budget_minutes: Annotated[float, option("After which nothing new is begun.")] = 60.0,
    truths: Annotated[int, option("Simulations left out to judge the intervals.")] = 200,
    days: Annotated[float | None, option("Only so many first days of each group.")] = None,
    seed: Annotated[int, option("Of all random numbers.")] = 1,
    threads: Threads = None,
    as_json: Json = False,
) -> object:
    """Fit a population's free parameters to a real log, and say what is known.

    Simulated groups are seen through the log's own observation windows. Distances are scaled by
    bootstrap errors over groups. The simulations are stored in --out; the same command continues
    them. A log of fewer than 20 groups is fitted from the population's posterior. Writes
    POPULATION.posterior.csv, POPULATION.parameters.csv and POPULATION.fitted.csv to --out.

    Example: qunlab calibrate rooms.parquet --groups rooms.csv --out results/fit
    """
    effort = Effort(particles, rooms, budget_minutes, truths, seed, threads)
    faults = option_faults(
        ("--particles", particles, FEWEST_PARTICLES, MOST_PARTICLES),
        ("--rooms", rooms, 1, 100_000),
        ("--budget-minutes", budget_minutes, 0.1, 100_000),
        ("--truths", truths, 0, MOST_PARTICLES),
        ("--days", days, 1, 3650),
        threads=threads,
        out=out,
    )
    faults.refuse()
    path = find_population(population)
    fitted = read_population(path)
    ranges = load_priors(path.with_name(f"{path.stem}.priors.csv"))
    found = fit_log(fitted, ranges, (log, groups), days, out / "bank", effort)
    written = _write(found, path.stem, out)
    if as_json:
        answer = {
            "seed": seed,
            "simulations": len(found.bank.places),
            "effective_size": found.effective_size,
            "tolerance_errors": found.tolerance,
            "truths": found.truths,
            "provenance": found.provenance,
            "parameters": rounded_records(found.parameters),
            "patterns": rounded_records(found.patterns.reset_index()),
        }
        typer.echo(json.dumps(answer))
    else:
        _print(found, seed, written)
    _keep_scenario(fitted, found, out / f"{path.stem}.toml")
    return found


def _write(found: Calibration, name: str, out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    tables = {"parameters": found.parameters, "fitted": found.patterns.reset_index()}
    paths = [out / f"{name}.{what}.csv" for what in ("posterior", *tables)]
    write_posterior(found.posterior, found.provenance, paths[0])
    for path, table in zip(paths[1:], tables.values(), strict=True):
        write_whole(path, as_csv(table).encode())
    return paths


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
    tell(
        f"{within} of {len(found.patterns)} patterns within 2 errors, mean |z| "
        f"{found.patterns['z'].abs().mean():.2f} (as the bank predicts)"
    )
    tell(
        f"{len(found.bank.places):,} simulations, {len(found.posterior)} parameter sets, "
        f"{found.tolerance:.2f} errors left, effective size {found.effective_size:.0f}, "
        f"{found.truths} truths left out, seed {seed}"
    )
    for path in written:
        tell(f"written: {path}")


def _keep_scenario(population: Population, found: Calibration, path: Path) -> None:
    """Write the scenario beside its posterior, at the medians: together they are a population."""
    medians = zip(found.parameters["parameter"], found.parameters["median"], strict=True)
    try:
        scenario = population.scenario.with_values({k: rounded(k, float(v)) for k, v in medians})
    except InputError:  # each is in range, but together talk would never end
        scenario = population.scenario
    write_whole(path, to_toml(scenario).encode())
    tell(f"written: {path}", err=True)
