"""``qunlab merge``: put the shards of a sweep into one store, and report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import DRAWN, Drawn
from sim.cli.terminal import tell
from sim.errors import Faults
from sim.report import write_report
from sim.study.store import merge as put_together
from sim.study.store import shards_in

UNFINISHED = 1


def merge(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The --out of the shards.")],
    sources: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="DIR", help="A store elsewhere; may be repeated."),
    ] = None,
    drawn: Drawn = DRAWN,
) -> None:
    """Put what the shards of a sweep have played into one store, and report on it.

    Shards may still be running: merge again when they are done. Exit code 1 while some are to come.

    Example: qunlab merge results/scale_vs_activity
    """
    files = drawn.files(faults := Faults())
    faults.refuse()
    merged = put_together(folder, sources or [])
    there = merged.blocks - len(merged.missing)
    tell(
        f"{there:,} of {merged.blocks:,} parts in {folder}, {merged.copied:,} copied now "
        f"({merged.communities:,} communities when complete)"
    )
    tell(f"report: {write_report(folder, files)}")
    if merged.missing:
        counts = {int(path.name.rpartition("-")[2]) for path in shards_in(folder)}
        who = "some blocks"
        if len(counts) == 1:
            who = f"shard {', '.join(map(str, merged.waiting(*counts)))}"
        tell(f"not finished: {who} still to come", err=True)
        raise typer.Exit(UNFINISHED)
