"""``qunlab sweep``: play every point of a design many times, store the rows, show what came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.sweep_tables import SHOWN, as_json_text, print_table, summary_of
from sim.cli.sweep_words import SweepWords, read_design, show_estimate
from sim.cli.terminal import say
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.design import Design
    from sim.study.sweep import SweepResult

FAILED = 1
INTERRUPTED = 130


def sweep(
    file: Annotated[Path, typer.Argument(help="A sweep file, or the name of a shipped one.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the rows and the report.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", help="Instead of the file's.")
    ] = None,
    force_new: Annotated[
        bool, typer.Option("--force-new", help="Remove the rows of another design in --out.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many communities, how long, how much.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="local|tcp://...", help="Play on Dask: local:N workers, or a scheduler."
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Play this part only; 'qunlab merge' puts them together."),
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Of a community; default: none.")
    ] = None,
    memory_limit: Annotated[
        float | None,
        typer.Option(metavar="GIB", help="Of a community; default: half the machine's, shared."),
    ] = None,
    isolate: Annotated[
        bool,
        typer.Option("--isolate", help="Play policies of your own in a process apart, in limits."),
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Play communities that failed once more.")
    ] = False,
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
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Whether to write the page at the end.")
    ] = True,
    every: Annotated[
        bool, typer.Option("--all", help="Print the table of all points besides the answers.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a table of scenarios, each point many times, and report what came out.

    The file names a scenario, the levers as a grid, a table, a Latin hypercube, a Sobol sample or
    one at a time (configs/sweeps/designs.toml shows all), and the replications. Rows are stored in
    --out as they come; the same command again continues where it stopped. A community that fails
    is a row with its error; then the exit code is 1. Exit code 130 when interrupted. With
    --posterior every point meets the same parameter sets, and both doubts are shown apart.

    Example: qunlab sweep scale_vs_activity --out results/scale_vs_activity
    """
    words = SweepWords(
        *(out, threads, cluster, shard, time_limit, memory_limit, retry_failed),
        *(posterior, particles, isolate),
    )
    design = read_design(file, replications, words, dry_run)
    if dry_run or out is None:
        compile_once()
        show_estimate(design, threads, as_json)
        return
    result = _swept(design, out, force_new, words)
    if words.shard:
        _print_played(result, design)
        typer.echo(f"all shards done? qunlab merge {out}")
    else:
        _print_all(design, result, report, every, as_json)
    if result.failed:
        first = _first_error(result.folder)
        failed = f"{result.failed:,} of {design.communities:,} communities failed"
        typer.echo(f"{failed}, the first at {first}", err=True)
        raise typer.Exit(FAILED)


def _print_all(
    design: Design, result: SweepResult, report: bool, every: bool, as_json: bool
) -> None:
    points = summary_of(design, result)
    page = _report(result.folder) if report else None
    if as_json:
        typer.echo(as_json_text(design, result, points, page))
        return
    for answer in _answers(result.folder):
        say(f"{answer}\n")
    if every:
        print_table(design, points)
    _print_played(result, design)
    typer.echo(f"report: {page}" if page else "no report was written (--no-report)")
    if not every:
        typer.echo(f"the means of all {len(points) // len(SHOWN)} points: --all")


def _print_played(result: SweepResult, design: Design) -> None:
    from sim.study.origin import in_one_line, origin
    from sim.study.store import read_manifest

    of = "" if design.communities == result.stored else f" of {design.communities:,}"
    before = result.stored - result.played
    typer.echo(
        f"{result.stored:,}{of} communities in {result.folder} ({result.played:,} played now in "
        f"{result.seconds:.1f} s, {before:,} were there)\n"
        f"{in_one_line(origin(read_manifest(result.folder)))}"
    )


def _first_error(folder: Path) -> str:
    from sim.study.store import read_store

    manifest, rows = read_store(folder, ["error"])
    row = rows[rows["error"].notna()].iloc[0]
    number = int(row["point"]) * manifest.replications + int(row["replication"])
    return f"row {number} (point {row['point']}, replication {row['replication']}): {row['error']}"


def _swept(design: Design, out: Path, force_new: bool, words: SweepWords) -> SweepResult:
    from sim.cli.sweep_progress import counting
    from sim.study import sweep as study
    from sim.study.manifest import manifest_of
    from sim.study.shards import parse_shard
    from sim.study.store import open_store

    place = parse_shard(words.shard).folder(out) if words.shard else out
    with open_store(place, manifest_of(design, study.BLOCK_GROUPS), force_new):
        pass  # what the folder is refused for, it is refused for before anything is compiled
    try:
        compile_once()
        with counting() as counter:
            options = words.options(counter.count)
            return study.sweep(design, out, words.threads, counter.work, force_new, options=options)
    except KeyboardInterrupt:
        typer.echo(f"stopped: {stored_in_words(place)}; the same command continues", err=True)
        raise typer.Exit(INTERRUPTED) from None


def compile_once() -> None:
    """Compile the engine before a study, where that is still to be done, and say so."""
    from sim import compiling
    from sim.ensemble import simulate
    from sim.kernels import drawing, hours
    from sim.scenario import Scenario

    if compiling.needs_compiling(hours.play, drawing.draw_members):
        typer.echo("compiling the engine once, half a minute or so ...", err=True)
        smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
        simulate([smallest], 1, seed=1)


def stored_in_words(out: Path) -> str:
    """Say how many communities a store holds, for the line after an interruption."""
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
    from sim.report.write import page_rows

    return conclusions(*page_rows(out))
