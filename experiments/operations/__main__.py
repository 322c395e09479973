"""``python -m experiments.operations``: tables of what teams do, claims, and what they hang on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import main, new_application
from sim.errors import InputError

if TYPE_CHECKING:
    from experiments.operations.claims import Claim
    from experiments.operations.plays import Frame
    from sim.scenario import Scenario
    from sim.stats.intervals import Estimate

NAME = "python -m experiments.operations"
FEWEST_GROUPS, MOST_GROUPS = 2, 100_000
HOUR_TIMES, RACE_GROUPS_MOST = 10, 100
"""An hour has few looks, so more groups are played; a race of 350 members needs few."""

SEED = typer.Option(help="Seed of all groups.", min=0)


def tables(
    groups: Annotated[int, typer.Option(help="Replications of every play.")] = 300,
    seed: Annotated[int, SEED] = 1,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="TABLE", help="May be repeated.")
    ] = None,
) -> None:
    """Print what teams do to the shipped community, and whether each claim about it holds.

    Means with their 95 % intervals over groups; plays of a table share their random numbers, and
    differences are of pairs. Tables: death, quality, strangers26, strangers100, cadence, packets,
    fading, hour, race; a claim is judged where all its tables are printed.

    Example: python -m experiments.operations tables --groups 60 --only packets
    """
    from experiments.operations.claims import CLAIMS, HOUR_CLAIMS, where_dead_early
    from experiments.operations.plays import (
        HALF,
        LOOKS,
        MOST,
        TABLES,
        hours_played,
        played,
        races_played,
    )

    keys = [*(table.key for table in TABLES), "hour", "race"]
    chosen = only or keys
    _check(groups, [f"--only: {one}: no such table" for one in chosen if one not in keys])
    base, frames = _base(), dict[str, "Frame"]()
    for table in TABLES:
        if table.key in chosen:
            frames[table.key] = played(table, base, groups, seed)
            title = f"{table.title}; {table.days:g} days, {groups} groups a row ({table.key})"
            _print_table(title, frames[table.key], table.shown)
    if "hour" in chosen:
        many = HOUR_TIMES * groups
        frames["hour"] = hours_played(base, many, seed)
        _print_table(f"Looks in the hour after a post, {many} groups", frames["hour"], [LOOKS])
    if "race" in chosen:
        frames["race"] = races_played(base, min(groups, RACE_GROUPS_MOST), seed)
        _print_table("Races for 100 CNY among 350", frames["race"], [HALF, MOST], median=True)
    for claim in (*CLAIMS, *HOUR_CLAIMS):
        if all(step.table in frames for step in claim.steps):
            typer.echo("\n".join(_said(claim, frames)))
    if {"strangers26", "strangers100"} <= frames.keys():
        typer.echo("\nSilent for 7 days by day 7 in .8 to .95 (told of groups of strangers)?")
        for table_key, label, one, is_so in where_dead_early(frames):
            typer.echo(f"  {'yes' if is_so else 'no ':4s}{table_key}, {label}: {_number(one)}")


def sensitivity(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Plays are kept here, line by line.")],
    groups: Annotated[int, typer.Option(help="Replications of every play.")] = 60,
    seed: Annotated[int, SEED] = 1,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="KEY", help="Only this parameter.")
    ] = None,
) -> None:
    """Judge each claim with every parameter graded C halved and doubled.

    A run that is stopped goes on where it was when it is called again.

    Example: python -m experiments.operations sensitivity --groups 60 --out results/operations.jsonl
    """
    from experiments.operations.sensitivity import Plays, lines, play_all, versions
    from sim.progress import progress_line

    _check(groups, [])
    scenarios = versions(_base(), only or [])
    with progress_line(len(scenarios), "assumptions halved and doubled") as progress:
        found = play_all(scenarios, Plays(out, groups, seed), progress)
    typer.echo("\n".join(lines(found)))


def levers(
    groups: Annotated[int, typer.Option(help="Groups with the lever, and without.")] = 400,
    seed: Annotated[int, SEED] = 1,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="LEVER", help="May be repeated.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Put it into the shipped table.")] = False,
) -> None:
    """Print what every lever does to the people it is meant for, against the same without it.

    A row of a lever that is not there is left out with the reason. Differences are of groups with
    the same random numbers; of 20 intervals of 95 % one leaves 0 out by chance.

    Example: python -m experiments.operations levers --groups 100 --only revive
    """
    from experiments.operations import levers as table
    from sim.cli.policies import print_trial
    from sim.progress import progress_line

    _check(groups, [])
    rows = table.named(only or [])
    reasons = [table.absent(row) for row in rows]
    rows = [row for row, reason in zip(rows, reasons, strict=True) if not reason]
    found = []
    with progress_line(len(rows), "levers") as progress:
        for done, row in enumerate(rows, 1):
            found.append(table.tried(row, groups, seed))
            progress(done, len(rows))
            typer.echo(f"\n{row.lever}")
            print_trial(found[-1])
    if write and found:
        table.write(found, table.SHIPPED)
        typer.echo(f"wrote {len(found)} rows of {groups} groups to {table.SHIPPED}")
    typer.echo("\n".join(dict.fromkeys(filter(None, reasons))))


def _base() -> Scenario:
    from sim.scenario import load_scenario
    from sim.scenario.loading import here_or_shipped

    return load_scenario(here_or_shipped("configs/base.toml"))


def _check(groups: int, faults: list[str]) -> None:
    if not FEWEST_GROUPS <= groups <= MOST_GROUPS:
        allowed = f"{FEWEST_GROUPS} to {MOST_GROUPS}"
        faults = [*faults, f"--groups: {groups} is out of range; allowed: {allowed}"]
    if faults:
        raise InputError(faults)


def _print_table(title: str, frame: Frame, shown: Sequence[str], median: bool = False) -> None:
    from sim.cli.terminal import print_rows, screen
    from sim.stats.intervals import estimate

    typer.echo(f"\n{title}")
    rows = []
    for label, of in frame.groupby("label", sort=False):
        cells = [f"{of[name].median():.3g}" if median else _number(estimate(of[name]))
                 for name in shown]  # fmt: skip
        rows.append((str(label), *cells))
    print_rows(screen(), ("", *shown), rows, ("",))


def _said(claim: Claim, frames: Mapping[str, Frame]) -> Iterator[str]:
    yield f"\n{claim.text}: {claim.verdict(frames)}"
    for step in claim.steps:
        one = step.measured(frames)
        yield f"  {step.verdict(one):20s} {_number(one)}, {one.replications} groups: {step.text}"


def _number(one: Estimate) -> str:
    return f"{one.value:.3g} [{one.lower:.3g}, {one.upper:.3g}]"


def application() -> typer.Typer:
    """Collect the commands."""
    app = new_application(NAME)
    app.command()(tables)
    app.command()(sensitivity)
    app.command()(levers)
    return app


if __name__ == "__main__":
    sys.exit(main(app=application, name=NAME))
