"""``qunlab sweep``: play every point of a grid many times, store the rows, show what came out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.design import Design
    from sim.study.sweep import SweepResult

INTERRUPTED = 130
SHOWN = {
    "dead_silent_week2": "dead",
    "posting_members_per_day": "posting members/day",
    "messages_per_member_day": "messages/member-day",
    "satisfaction": "satisfaction",
    "cost_fen": "cost (fen)",
}
"""Outcomes of the printed table, and their headings."""

POINTS_SHOWN = 200
UNWRAPPED_WIDTH = 240


def sweep(
    file: Annotated[Path, typer.Argument(help="A sweep file, such as configs/sweeps/*.toml.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the rows and the report.")],
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", help="Instead of the file's.")
    ] = None,
    force_new: Annotated[
        bool, typer.Option("--force-new", help="Remove the rows of another design in --out.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a grid of scenarios, each point many times, and report what came out.

    The file names a scenario, the levers of the [grid] with their values, and the replications.
    Rows are stored in --out as they come; the same command again continues where it stopped.
    Exit code 130 when interrupted.

    Example: qunlab sweep configs/sweeps/scale_vs_activity.toml --out results/scale_vs_activity
    """
    design = read_design(file, replications, threads, out)
    result = _swept(design, out, threads, force_new)
    points = _summary(result)
    report = _report(out)
    if as_json:
        typer.echo(_as_json(design, result, points, report))
        return
    _print_table(design, points)
    before = result.communities - result.played
    typer.echo(
        f"{result.communities:,} communities in {out} ({result.played:,} played now in "
        f"{result.seconds:.1f} s, {before:,} were there), seed {design.seed}"
    )
    for answer in _answers(out):
        typer.echo(f"\n{answer}")
    typer.echo(f"\nreport: {report}")


def read_design(file: Path, replications: int | None, threads: int | None, out: Path) -> Design:
    """Read the sweep file, and check the rest of the command line.

    Parameters
    ----------
    file : Path
    replications : int or None
        Instead of the file's.
    threads : int or None
    out : Path

    Returns
    -------
    Design

    Raises
    ------
    InputError
        Every fault of the file and of the command line.
    """
    from sim.cli.run import MOST_THREADS
    from sim.study.design import load_design

    problems = []
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        problems.append(f"--threads: {threads} is out of range; allowed: 1 to {MOST_THREADS}")
    above = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not above.is_dir():
        problems.append(f"--out: {above} is a file, not a folder")
    try:
        design = load_design(file, replications)
    except InputError as fault:
        problems.extend(fault.problems)
    if problems:
        raise InputError(problems)
    return design


def _swept(design: Design, out: Path, threads: int | None, force_new: bool) -> SweepResult:
    from sim.progress import progress_line
    from sim.study import sweep as study
    from sim.study.manifest import manifest_of
    from sim.study.store import open_store

    with open_store(out, manifest_of(design, study.BLOCK_GROUPS), force_new):
        pass  # what the folder is refused for, it is refused for before anything is compiled
    try:
        _compile_once()
        with progress_line(design.communities, "sweeping") as progress:
            return study.sweep(design, out, threads, progress, force_new)
    except KeyboardInterrupt:
        typer.echo(f"stopped: {_stored(out)}; the same command continues", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _compile_once() -> None:
    from sim import compiling
    from sim.ensemble import simulate
    from sim.kernels import drawing, hours
    from sim.scenario import Scenario

    if compiling.needs_compiling(hours.play, drawing.draw_members):
        typer.echo("compiling the engine once, half a minute or so ...", err=True)
        smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
        simulate([smallest], 1, seed=1)


def _stored(out: Path) -> str:
    from sim.study.store import read_store

    try:
        manifest, rows = read_store(out, [])
    except InputError:
        return f"nothing is stored in {out} yet"
    return f"{len(rows):,} of {manifest.communities:,} communities are stored in {out}"


def _report(out: Path) -> Path:
    from sim.report import write_report

    return write_report(out)


def _answers(out: Path) -> list[str]:
    from sim.report import conclusions
    from sim.study.store import read_store

    manifest, rows = read_store(out)
    return conclusions(rows, manifest)


def _summary(result: SweepResult) -> pd.DataFrame:
    """Average the shown outcomes at every point: indexed by point and outcome."""
    from sim.outcomes import summary

    rows = result.to_frame(list(SHOWN))
    return summary(rows, ["point"], list(SHOWN)).set_index(["point", "outcome"])


def _as_json(design: Design, result: SweepResult, points: pd.DataFrame, report: Path) -> str:
    numbers = ("mean", "lower", "upper", "n", "method")
    answer = {
        "design": design.name,
        "out": str(result.folder),
        "report": str(report),
        "seed": design.seed,
        "replications": design.replications,
        "communities": result.communities,
        "played": result.played,
        "seconds": round(result.seconds, 3),
        "points": [
            {
                "point": point,
                "levers": design.values(point),
                "outcomes": {
                    name: {key: _number(points.at[(point, name), key]) for key in numbers}
                    for name in SHOWN
                },
            }
            for point in range(len(design.points))
        ],
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)


def _number(value: Any) -> Any:
    """Return a value as JSON knows it: NaN is null."""
    if value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def _print_table(design: Design, points: pd.DataFrame) -> None:
    import os

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, markup=False, width=UNWRAPPED_WIDTH)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for key, _ in design.levers:
        shown.add_column(key.rpartition(".")[2], justify="right", overflow="fold")
    for heading in SHOWN.values():
        shown.add_column(heading, justify="right")
    for point in range(min(len(design.points), POINTS_SHOWN)):
        values = (str(value) for value in design.values(point).values())
        shown.add_row(*values, *(_cell(points.loc[(point, name)]) for name in SHOWN))
    console.print(f"{design.name}: {design.replications} communities at each point")
    console.print(shown)
    if len(design.points) > POINTS_SHOWN:
        console.print(f"The first {POINTS_SHOWN} of {len(design.points)} points.")
    console.print(_legend())


def _cell(found: pd.Series) -> str:
    if found["n"] == 0:
        return "-"
    mean, lower, upper = (_short(found[name]) for name in ("mean", "lower", "upper"))
    return mean if found["lower"] != found["lower"] else f"{mean} ({lower} to {upper})"


def _short(value: float) -> str:
    """Write a number with three digits that count, and thousands apart.

    Examples
    --------
    >>> [_short(value) for value in (0.03689, 2.0, 17340.6)]
    ['0.0369', '2', '17,341']
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _legend() -> str:
    from sim.outcomes import OUTCOMES

    dead = next(outcome for outcome in OUTCOMES if outcome.name == "dead_silent_week2")
    return (
        f"dead: {dead.definition} (-); share with Wilson 95 % interval.\n"
        "The rest: means over communities with t 95 % interval."
    )
