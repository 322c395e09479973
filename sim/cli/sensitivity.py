"""``qunlab sensitivity``: which lever or uncertain parameter the outcomes answer to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.terminal import say
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.sensitivity import Sensitivity

TABLE = "sensitivity.csv"
INTERRUPTED = 130


def sensitivity(
    file: Annotated[Path, typer.Argument(help="A study file with [levers] and [uncertain].")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the rows and the table.")],
    method: Annotated[
        str, typer.Option("--method", metavar="morris|sobol|ablation|assumptions")
    ] = "morris",
    size: Annotated[
        int | None,
        typer.Option("--size", help="Trajectories (16), or base points of Sobol (64)."),
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Column of the rows; may be repeated.")
    ] = None,
    posterior: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Parameter sets of a population, or a file NAME.posterior.csv (sobol).",
        ),
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads; default: all cores.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a Morris or Sobol sample, and say what the outcomes answer to, with 95 % intervals.

    Morris screens: the mean absolute effect of going through a factor's whole range. Sobol divides
    the variance: the total share of a factor, its interactions counted. The file is a sweep file
    with [levers] and [uncertain] (ranges or lists) in place of the design. Rows are stored in
    --out; the same command continues where it stopped, and 'qunlab export' and 'replay' read them.

    Ablation takes a sweep file with a [grid], plays it once with all mechanisms on and once without
    each of them, and says which conclusion (best size, best cadence, worth of packets) falls.
    Assumptions does the same with every parameter graded C halved and doubled.

    Example: qunlab sensitivity study.toml --method morris --size 16 --out results/morris
    """
    from sim.cli.run import MOST_THREADS
    from sim.progress import progress_line
    from sim.study.factors import load_study_file
    from sim.study.failures import FAILED
    from sim.study.sensitivity import DEFAULT_OUTCOMES
    from sim.study.sensitivity import sensitivity as analyse

    chosen = size if size is not None else {"sobol": 64}.get(method, 16)
    problems = []
    if not 2 <= chosen <= 10_000:
        problems.append(f"--size: {chosen} is out of range; allowed: 2 to 10000")
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        problems.append(f"--threads: {threads} is out of range; allowed: 1 to {MOST_THREADS}")
    if problems:
        raise InputError(problems)
    unused = {"--size": size, "--outcome": outcome, "--posterior": posterior}
    if method in ("ablation", "assumptions"):
        from sim.cli.sensitivity_versions import play_versions

        if given := [name for name, value in unused.items() if value]:
            raise InputError([f"{', '.join(given)}: not used by this method; leave it out"])
        play_versions(file, out, method, threads, as_json)
        return
    study = load_study_file(file, posterior)
    names = tuple(outcome) if outcome else DEFAULT_OUTCOMES
    try:
        with progress_line(1, "playing") as progress:
            found = analyse(study, out, method, chosen, names, threads, progress)
    except KeyboardInterrupt:
        typer.echo(f"stopped: rows are kept in {out}; the same command continues", err=True)
        raise typer.Exit(INTERRUPTED) from None
    _write(found, out)
    if as_json:
        typer.echo(_as_json(found))
    else:
        _print(found)
        say(f"written: {out / TABLE}")
    if said := found.origin.get(FAILED):
        typer.echo(f"{said}; they are left out", err=True)
        raise typer.Exit(1)


def _write(found: Sensitivity, out: Path) -> None:
    from sim.files import write_whole
    from sim.study.origin import under_origin

    write_whole(out / TABLE, under_origin(found.indices, found.origin))


def _print(found: Sensitivity) -> None:
    from sim.study.origin import in_one_line

    for name, rows in found.indices.groupby("outcome", sort=False):
        noise = found.noise[str(name)]
        said = "not known" if noise != noise else f"at most {noise:.1%}"
        say(f"\n{name} (Monte-Carlo noise: {said} of the variance between points)")
        for row in rows.sort_values("value", ascending=False).itertuples():
            doubt = "" if row.told_apart else " (not told apart from 0)"
            sign = "" if row.direction != row.direction else f", mean effect {row.direction:+.3g}"
            second = "sigma" if found.method == "morris" else "first order"
            say(
                f"  {row.factor} [{row.group}]: {row.value:.3g} "
                f"({row.lower:.3g} to {row.upper:.3g}){doubt}, {second} {row.second:.3g}{sign}"
            )
    index = {
        "morris": "mean absolute effect of the whole range (mu*, Morris 1991; Campolongo 2007)",
        "sobol": "total share of variance (Sobol 2001; Saltelli 2010)",
    }[found.method]
    say(
        f"\n{index}; in brackets 95 %, bootstrap of the sample; {found.points:,} points x "
        f"{found.replications:,} replications\n{in_one_line(found.origin)}"
    )


def _as_json(found: Sensitivity) -> str:
    return json.dumps(
        {
            "method": found.method,
            "points": found.points,
            "replications": found.replications,
            "noise": {k: None if v != v else v for k, v in found.noise.items()},
            "indices": json.loads(found.indices.to_json(orient="records")),
            "origin": found.origin,
        },
        indent=2,
    )
