"""``qunlab sensitivity`` by versions of a sweep: mechanisms off, assumptions halved and doubled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.terminal import say

if TYPE_CHECKING:
    import pandas as pd

INTERRUPTED = 130
ABLATION = "ablation"


def play_versions(file: Path, out: Path, method: str, threads: int | None, as_json: bool) -> None:
    """Play a sweep file with a ``[grid]`` in all versions of a method (``ablation`` or
    ``assumptions``) into a store with METHOD.csv, and print which conclusion falls with which.
    """
    from sim.files import write_whole
    from sim.progress import progress_line
    from sim.report.ablation import ablation, ablation_design
    from sim.report.assumptions import assumption_design
    from sim.report.write import page_rows
    from sim.study.factors import play
    from sim.study.origin import in_one_line, origin, under_origin

    design = (ablation_design if method == ABLATION else assumption_design)(file)
    try:
        with progress_line(1, "playing") as progress:
            play(design, out, threads, progress)
    except KeyboardInterrupt:
        typer.echo(f"stopped: rows are kept in {out}; the same command continues", err=True)
        raise typer.Exit(INTERRUPTED) from None
    rows, manifest = page_rows(out)
    table = ablation(rows, manifest)
    where, written = origin(manifest), out / f"{method}.csv"
    write_whole(written, under_origin(table, where))
    if as_json:
        typer.echo(table.to_json(orient="records", indent=2))
        return
    if method == ABLATION:
        _print(table, "without ")
    else:
        _print_assumptions(table)
    say(
        "\nbest size: share of members posting; best cadence: members posting; worth: posting "
        "member-days by packets.\n'no longer told apart' speaks of these replications: it does not "
        "say that the mechanism is the cause"
    )
    say(f"{design.communities:,} communities; {in_one_line(where)}\nwritten: {written}")


def _print(table: pd.DataFrame, before: str) -> None:
    from sim.report.ablation import ALL_ON

    for row in table.to_dict("records"):
        name = row.pop("mechanism")
        said = "; ".join(f"{question}: {answer}" for question, answer in row.items())
        say(f"{name if name == ALL_ON else f'{before}{name}'}: {said}")


def _print_assumptions(table: pd.DataFrame) -> None:
    """Print the versions under which something changes, and how many hold."""
    from sim.report.ablation import ALL_ON
    from sim.report.assumptions import counted, fallen

    _print(fallen(table).replace({"mechanism": {ALL_ON: "as it is"}}), "")
    versions = len(table) - 1
    keys = {name.partition(" = ")[0] for name in table["mechanism"] if name != ALL_ON}
    say(f"\n{len(keys)} parameters graded C, {versions} versions (halved, doubled):")
    for question, counts in counted(table).items():
        say(f"  {question}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
