"""``qunlab sweep``: play every point of a design many times, store the rows, show what came out."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sim import compiling
from sim.cli.options import (
    DRAWN,
    SHOWN,
    Drawn,
    Particles,
    Posterior,
    Shown,
    Threads,
    drawn_sets,
    option,
    option_faults,
)
from sim.cli.terminal import (
    print_json,
    print_notes,
    print_rows,
    say,
    screen,
    tell,
    when_interrupted,
)
from sim.ensemble import simulate
from sim.errors import InputError
from sim.kernels import drawing, hours
from sim.language import N_, _
from sim.lives.outcomes import IN_SWEEP, OWN, TRUTH, main_outcomes, outcome_named
from sim.progress import counting, duration_in_words
from sim.report import conclusions, write_report
from sim.report.answer import Answer, answer_of
from sim.report.growth import growth_in
from sim.report.page import page_rows
from sim.report.shell import Files
from sim.report.study import study_of, without_failures
from sim.report.uncertainty import by_particle, figure, summary
from sim.scenario import Scenario
from sim.study import sweep as study
from sim.study.cluster import checked_cluster
from sim.study.design import Design, crossed, load_design, manifest_of
from sim.study.origin import definitions, in_one_line, origin
from sim.study.playing import Limits
from sim.study.store import open_store, parse_shard, read_manifest, read_store
from sim.study.sweep import Options, SweepResult, default_limits, estimate

FAILED = 1
NUMBERS = ("mean", "lower", "upper", "n", "method", "monte_carlo_error")
PARAMETER_SD = "parameter_sd"
LEVER = "choices.particle"
POINTS_SHOWN = 200
POINTS_NOTED = 1000
LEGEND = N_("The rest: means over communities with t 95 % interval.")
LEGEND_OF_SETS = N_(
    "Mean ± Monte-Carlo error, which more replications make smaller | standard deviation "
    "between parameter sets, which only better data does."
)


def sweep(
    file: Annotated[Path, typer.Argument(help="A sweep file, or the name of a shipped one.")],
    out: Annotated[Path | None, option("Folder of the rows and the report.")] = None,
    threads: Threads = None,
    replications: Annotated[int | None, option("Instead of the file's.")] = None,
    force_new: Annotated[
        bool, option("Remove the rows of another design in --out.", "--force-new")
    ] = False,
    dry_run: Annotated[
        bool, option("Only say how many communities, how long, how much.", "--dry-run")
    ] = False,
    cluster: Annotated[
        str | None,
        option("Play on Dask: local:N workers, or a scheduler.", metavar="local|tcp://..."),
    ] = None,
    shard: Annotated[
        str | None, option("Play this part only; 'qunlab merge' puts them together.", metavar="I/N")
    ] = None,
    time_limit: Annotated[
        float | None, option("Of a community; default: none.", metavar="SECONDS")
    ] = None,
    memory_limit: Annotated[
        float | None, option("Of a community; default: half the machine's, shared.", metavar="GIB")
    ] = None,
    isolate: Annotated[
        bool, option("Play policies of your own in a process apart, in limits.", "--isolate")
    ] = False,
    retry_failed: Annotated[
        bool, option("Play communities that failed once more.", "--retry-failed")
    ] = False,
    posterior: Posterior = None,
    particles: Particles = None,
    report: Annotated[
        bool, option("Whether to write the page at the end.", "--report/--no-report")
    ] = True,
    drawn: Drawn = DRAWN,
    shown: Shown = SHOWN,
) -> None:
    """Play a table of scenarios, each point many times, and say which to take.

    The file names a scenario, the levers as a grid, a table, a Latin hypercube, a Sobol sample or
    one at a time (configs/sweeps/designs.toml shows all), and the replications. Rows are stored in
    --out as they come; the same command again continues where it stopped. A community that fails
    is a row with its error; then the exit code is 1. Exit code 130 when interrupted. With
    --posterior every point meets the same parameter sets, and both uncertainties are shown apart.

    Example: qunlab sweep scale_vs_activity --out results/scale_vs_activity
    """
    faults = option_faults(threads=threads, out=out)
    for name, limit in (("--time-limit", time_limit), ("--memory-limit", memory_limit)):
        if limit is not None and not 0 < limit < math.inf:
            faults.append(f"{name}: {limit:g} is out of range; allowed: above 0")
    sets = drawn_sets(posterior, particles, faults)
    if isolate and cluster:
        faults.append("--isolate: not with --cluster, whose workers are processes of their own")
    part = None
    with faults.gathered():
        part = parse_shard(shard) if shard is not None else None
    with faults.gathered():
        cluster = checked_cluster(cluster) if cluster is not None else None
    if out is None and not dry_run:
        faults.append("--out: missing; write --out DIR, or --dry-run")
    files = drawn.files(faults)
    with faults.gathered():
        design = load_design(file, replications)
        design = crossed(design, sets) if sets else design
    if cluster and OWN.get():
        faults.append("--cluster: not with outcomes of your own")
    faults.refuse()
    print_notes(design.points[:POINTS_NOTED], refused=False)
    if dry_run or out is None:
        compile_once()
        _print_estimate(design, threads, shown.as_json)
        return
    usual = default_limits(threads)
    limits = Limits(time_limit or usual.seconds, memory_limit or usual.gib, isolate)
    result = played(design, out, force_new, threads, Options(limits, part, cluster, retry_failed))
    if shard:
        _print_counts(result, design)
        tell(f"all shards done? qunlab merge {out}")
    else:
        print_result(design, result, files if report else None, shown)
    if result.failed:
        failed = f"{result.failed:,} of {design.communities:,} communities failed"
        tell(f"{failed}, the first at {_first_error(result)}", err=True)
        raise typer.Exit(FAILED)


def _print_estimate(design: Design, threads: int | None, as_json: bool) -> None:
    """Print how many communities a design has, and about what they take."""
    found = estimate(design, threads)
    if as_json:
        print_json(found)
        return
    tell(
        f"{design.name}: {found.points:,} points x {design.replications:,} replications = "
        f"{found.communities:,} communities, {found.member_days:,.0f} member-days\n"
        f"time: about {duration_in_words(found.seconds)} on this machine (from a timing of "
        f"{found.tried:,} communities; other work on it makes it longer)\n"
        f"disk: about {found.disk_bytes / 1e6:,.1f} MB; memory: about {found.gib:.2f} GiB for the "
        "communities at once, and 0.3 GiB besides\n"
        f"seed {design.seed}"
    )
    if found.failed:
        failed = f"{found.failed:,} of {found.tried:,} tried failed: {found.first_error}"
        tell(failed, err=True)


def played(
    design: Design, out: Path, force_new: bool, threads: int | None, options: Options
) -> SweepResult:
    """Play what a store misses of a design."""
    place = options.shard.folder(out) if options.shard else out
    with open_store(place, manifest_of(design, study.BLOCK_GROUPS), force_new):
        pass  # what the folder is refused for, it is refused for before anything is compiled
    with when_interrupted(lambda: f"{stored_in_words(place)}; the same command continues"):
        compile_once()
        with counting() as counter:
            watched = replace(options, watch=counter.count)
            return study.sweep(design, out, threads, counter.work, force_new, options=watched)


def compile_once() -> None:
    """Compile the engine before a study, where that is still to be done, and say so."""
    if compiling.needs_compiling(hours.play, drawing.draw_members):
        tell("compiling the engine once, half a minute or so ...", err=True)
        smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
        simulate([smallest], 1, seed=1)


def stored_in_words(out: Path) -> str:
    """Say how many communities a store holds, for the line after an interruption."""
    try:
        manifest, rows = read_store(out, [])
    except InputError:
        return f"nothing is stored in {out} yet"
    return f"{len(rows):,} of {manifest.communities:,} communities are stored in {out}"


def shown_outcomes() -> dict[str, str]:
    """Return the outcomes of the printed table with their headings, truths first."""
    shown = sorted(main_outcomes(IN_SWEEP), key=lambda one: one.unit != TRUTH)
    return {one.name: one.short for one in shown}


def print_result(
    design: Design, result: SweepResult, files: Files | None, shown: Shown, *notes: str
) -> None:
    """Write the page, and print what is `shown`; `notes` follow the detail of the answer."""
    page = write_report(result.folder, files) if files else None

    def everything() -> None:
        for sentence in conclusions(*page_rows(result.folder)):
            say(f"{sentence}\n")
        _print_table(design, _means(design, result))
        _print_counts(result, design)
        tell(f"report: {page}" if page else "no report was written (--no-report)")

    def answer() -> Answer:
        found = answer_of(study_of(*page_rows(result.folder)))
        more = (_counts(design, result), _("More: {page}, --all, --json.", page=page or "--report"))
        detail = (*found.detail, *growth_in(result.folder), *notes)
        return replace(found, detail=detail, more=more)

    whole = partial(_as_json, design, result, page)
    shown.give(whole, everything, answer)


def _counts(design: Design, result: SweepResult) -> str:
    return _(
        "{stored:,} of {number:,} groups in {folder}, {played:,} played now in {seconds:.0f} s.",
        stored=result.stored,
        number=design.communities,
        folder=result.folder,
        played=result.played,
        seconds=result.seconds,
    )


def _print_counts(result: SweepResult, design: Design) -> None:
    of = "" if design.communities == result.stored else f" of {design.communities:,}"
    before = result.stored - result.played
    tell(
        f"{result.stored:,}{of} communities in {result.folder} ({result.played:,} played now in "
        f"{result.seconds:.1f} s, {before:,} were there)\n"
        f"{in_one_line(origin(read_manifest(result.folder)))}"
    )


def _first_error(result: SweepResult) -> str:
    manifest, rows = read_store(result.folder, ["error"])
    row = rows[rows["error"].notna()].iloc[0]
    number = int(row["point"]) * manifest.replications + int(row["replication"])
    return f"row {number} (point {row['point']}, replication {row['replication']}): {row['error']}"


def _means(design: Design, result: SweepResult) -> pd.DataFrame:
    """Average the shown outcomes by point and outcome; n is 0 where all communities failed."""
    shown, sets = [*shown_outcomes()], [LEVER] if design.posterior else []
    manifest, rows = read_store(result.folder, [*sets, *shown, "error"])
    rows, manifest = by_particle(rows, manifest)
    found = summary(without_failures(rows), ["point"], shown).set_index(["point", "outcome"])
    points = range(len(manifest.scenarios))
    every = pd.MultiIndex.from_product([points, shown], names=found.index.names)
    return found.reindex(every).fillna({"n": 0, "method": ""})


def _sets(design: Design) -> int:
    """Return how many parameter sets each point of the sweep file met."""
    return len(dict(design.levers)[LEVER]) if design.posterior else 1


def _levers(design: Design) -> list[dict[str, Any]]:
    """Return the values of the sweep file's own levers at each of its points."""
    return [
        {key: value for key, value in design.values(point).items() if key != LEVER}
        for point in range(0, len(design.points), _sets(design))
    ]


def _as_json(design: Design, result: SweepResult, report: Path | None) -> dict[str, Any]:
    """Return what a sweep did and its means at every point."""
    shown, points = shown_outcomes(), _means(design, result)
    numbers = (*NUMBERS, PARAMETER_SD) if design.posterior else NUMBERS
    return {
        "design": design.name,
        "out": result.folder,
        "report": report,
        "seed": design.seed,
        "replications": design.replications,
        "parameter_sets": _sets(design),
        "communities": result.communities,
        "played": result.played,
        "failed": result.failed,
        "seconds": round(result.seconds, 3),
        "code": result.code,
        "origin": origin(read_manifest(result.folder)) | definitions(shown),
        "points": [
            {
                "point": point,
                "levers": levers,
                "outcomes": {
                    name: {key: points.at[(point, name), key] for key in numbers} for name in shown
                },
            }
            for point, levers in enumerate(_levers(design))
        ],
    }


def _print_table(design: Design, points: pd.DataFrame) -> None:
    """Print a row a point: its levers, and the means shown with their intervals."""
    console, levers, shown = screen(), _levers(design), shown_outcomes()
    rows = [
        [*map(str, values.values()), *(_cell(points.loc[(point, name)]) for name in shown)]
        for point, values in enumerate(levers[:POINTS_SHOWN])
    ]
    sets = f" with each of {_sets(design)} parameter sets" if design.posterior else ""
    console.print(f"{design.name}: {design.replications} communities at each point{sets}")
    heads = [*(key.rpartition(".")[2] for key in levers[0]), *shown.values()]
    print_rows(console, heads, rows, titles=len(levers[0]))
    if len(levers) > POINTS_SHOWN:
        console.print(f"The first {POINTS_SHOWN} of {len(levers)} points.")
    legend = LEGEND_OF_SETS if design.posterior else LEGEND
    dead = _(outcome_named("dead_silent_week2").definition)
    console.print(_("dead: {definition} (-); share with Wilson 95 % interval.", definition=dead))
    console.print(legend)


def _cell(found: pd.Series) -> str:
    if found["n"] == 0:
        return "-"
    mean, lower, upper = (figure(found[name]) for name in ("mean", "lower", "upper"))
    if PARAMETER_SD in found and found["monte_carlo_error"] > 0.0:
        return f"{mean} ± {figure(found['monte_carlo_error'])} | {figure(found[PARAMETER_SD])}"
    return mean if found["lower"] != found["lower"] else f"{mean} ({lower} to {upper})"
