"""``qunlab compare``: scenarios on the same luck, how they differ and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.compare import CompareOptions, Comparison
    from sim.study.comparing.alternatives import Alternative

FAILED = 1
INTERRUPTED = 130
PICTURE = "comparison.png"


def compare(
    files: Annotated[
        list[Path], typer.Argument(help="Scenario files; each is compared with the first.")
    ],
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="KEY=VALUE",
            help="The first file with this changed is one more alternative; 'a=1; b=2' changes "
            "both; may be repeated.",
        ),
    ] = None,
    groups: Annotated[
        int | None, typer.Option(help="Pairs of communities; default: run.groups of the first.")
    ] = None,
    days: Annotated[float | None, typer.Option(help="Days simulated, by every one.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the luck they share.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Keep rows, tables and the picture there.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Print every outcome, not the main ones.")
    ] = False,
    until_clear: Annotated[
        bool,
        typer.Option(
            "--until-clear", help="Stop as soon as the answer is clear; --groups at most."
        ),
    ] = False,
    decide_by: Annotated[
        str | None,
        typer.Option(
            "--decide-by", metavar="OUTCOME", help="Of --until-clear: posting_members_per_day."
        ),
    ] = None,
    error: Annotated[
        float | None,
        typer.Option("--error", help="Of --until-clear: rate of false alarms, 0.05."),
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Play with parameter sets of a population (or of a file NAME.posterior.csv).",
        ),
    ] = None,
    particles: Annotated[
        int | None, typer.Option(help="Of --posterior: parameter sets drawn, 20.")
    ] = None,
    matters: Annotated[
        list[str] | None,
        typer.Option(
            "--matters",
            metavar="OUTCOME=NUMBER",
            help="Smallest difference that matters, in the outcome's unit (money in fen); default: "
            "0.01 of a share (0.002 of those who post on a day), 2 % of the larger of two other "
            "numbers; may be repeated.",
        ),
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    force_new: Annotated[
        bool, typer.Option("--force-new", help="Remove the rows of another study in --out.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare scenarios on the same luck: differences with intervals, deaths, lives, cost.

    Replication r has the same members and the same luck in every alternative, so that differences
    are theirs. With --out the rows are stored as they come; the same command again continues.

    Example: qunlab compare first.toml second.toml --groups 200 --days 14 --out results/two

    Example: qunlab compare first.toml --with policies.cadence.posts_per_day=4 --until-clear
    """
    from sim.cli import compare_tables, compare_words

    words = compare_words.CompareWords(
        compare_words.Asked(groups, days, seed, out, threads, force_new, tuple(matters or ())),
        compare_words.Doubt(until_clear, decide_by, error, posterior, particles),
    )
    alternatives, options = compare_words.read(files, changes or [], words)
    found = _compared(alternatives, out, options)
    written = _write(found, out) if out else []
    if as_json:
        typer.echo(compare_tables.as_json(found, out, written))
    else:
        compare_tables.show(found, every)
        if out:
            typer.echo(f"tables and picture: {', '.join(map(str, written))}")
        else:
            typer.echo("nothing was kept; --out DIR keeps rows, tables and a picture")
    if found.failed:
        from sim.study.failures import FAILED as ENTRY

        typer.echo(f"{found.origin[ENTRY]}; their pairs are left out", err=True)
        raise typer.Exit(FAILED)


def _compared(
    alternatives: list[Alternative], out: Path | None, options: CompareOptions
) -> Comparison:
    import dataclasses

    from sim.cli.sweep import compile_once, stored_in_words
    from sim.progress import counting
    from sim.study.compare import compare as study

    try:
        compile_once()
        with counting() as counter:
            watched = dataclasses.replace(options, progress=counter.work, watch=counter.count)
            return study(alternatives, out, watched)
    except KeyboardInterrupt:
        kept = f"{stored_in_words(out)}; the same command continues" if out else "nothing is kept"
        typer.echo(f"stopped: {kept}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _write(found: Comparison, out: Path) -> list[Path]:
    from sim.cli.compare_picture import picture
    from sim.files import write_whole
    from sim.study.compare import write_tables

    try:
        written = write_tables(found, out)
        write_whole(out / PICTURE, picture(found))
    except PermissionError as fault:
        raise InputError([f"{fault.filename}: cannot be written: {fault.strerror}"]) from None
    return [*written, out / PICTURE]
