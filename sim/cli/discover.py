"""``qunlab discover``: where in the lever space groups die, and whether that is luck."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.terminal import say
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.study.discovering import Discovery, FoundBox

BOXES, TRAJECTORY = "discover.csv", "discover_trajectory.csv"


def discover(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")],
    outcome: Annotated[
        str, typer.Option("--outcome", help="A truth, or a number with --below or --above.")
    ] = "dead",
    below: Annotated[float | None, typer.Option("--below", help="A case is below this.")] = None,
    above: Annotated[float | None, typer.Option("--above", help="A case is above this.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the shuffles and halves.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Find the boxes of lever values in which groups die (PRIM), with coverage and density.

    Reads a finished sweep; sampled designs (Latin hypercube, Sobol) suit it best. Coverage is the
    share of all cases within the box, density the share of the communities within that are cases.
    The search is repeated on shuffled outcomes, so that a box found by chance is said to be one,
    and on halves of the points, tried on the other half. Writes discover.csv and
    discover_trajectory.csv into DIR.

    Example: qunlab discover results/scale_vs_activity --outcome dead
    """
    from sim.progress import progress_line
    from sim.study.discovering import discover as search
    from sim.study.discovering.discover import SEARCHES
    from sim.study.failures import FAILED
    from sim.study.origin import in_one_line

    if seed < 0:
        raise InputError([f"--seed: {seed} is out of range; allowed: 0 or more"])
    with progress_line(SEARCHES, "searching") as progress:
        found = search(folder, outcome, below, above, seed, progress)
    _write(found, folder)
    if said := found.origin.get(FAILED):
        typer.echo(f"{said}; they are left out", err=True)
    if as_json:
        typer.echo(_as_json(found))
        return
    say(
        f"{found.cases:,} of {found.known:,} communities at {found.points:,} points are cases "
        f"({found.cases / found.known:.1%})\ncase: {found.case}"
    )
    for number, box in enumerate(found.boxes, 1):
        say(f"\nbox {number}: {_said(box)}")
    for key in found.left_out:
        say(f"left out: {key} (too many words)")
    say(
        f"\n{in_one_line(found.origin)}; search seed {found.seed}\n"
        f"written: {folder / BOXES}, {folder / TRAJECTORY}"
    )


def _said(found: FoundBox) -> str:
    from sim.study.discovering.chance import HALVES, SHUFFLES

    box, doubt = found.box, found.doubt
    if not found.words:
        return "none; no lever separates the cases from the rest"
    lines = [" and ".join(found.words)]
    lines.append(
        f"coverage {box.coverage:.0%} ({box.cases:,} cases), density {box.density:.0%} of "
        f"{box.known:,} communities, outside {found.outside:.0%}"
    )
    verdict = "" if found.told_apart else " (not told apart)"
    lines.append(
        f"within less outside {100 * found.gap:+.1f} points, Monte-Carlo error "
        f"{100 * found.gap_error:.1f}{verdict}"
    )
    lines.append(
        f"boxes found on half of the points hold at the other half: coverage "
        f"{doubt.new_coverage:.0%}, density {doubt.new_density:.0%} (mean of {HALVES} halves)"
    )
    kept = ", ".join(f"{key} {share:.0%}" for key, share in doubt.kept_levers.items())
    lines.append(f"limited again in the halves: {kept}")
    share = round(doubt.shuffled_as_good * (SHUFFLES + 1)) - 1
    luck = "found by chance: " if doubt.by_chance else ""
    lines.append(f"{luck}{share} of {SHUFFLES} shuffled tables give a box as good")
    return "\n  ".join(lines)


def _write(found: Discovery, folder: Path) -> None:
    from sim.files import write_whole
    from sim.study.origin import under_origin

    tables = {BOXES: found.to_frame(), TRAJECTORY: found.trajectory}
    for name, table in tables.items():
        try:
            write_whole(folder / name, under_origin(table, found.origin))
        except PermissionError as fault:
            raise InputError([f"{folder}: cannot be written: {fault.strerror}"]) from None


def _as_json(found: Discovery) -> str:
    return json.dumps(
        {
            "outcome": found.outcome,
            "case": found.case,
            "points": found.points,
            "known": found.known,
            "cases": found.cases,
            "seed": found.seed,
            "left_out": found.left_out,
            "boxes": json.loads(found.to_frame().to_json(orient="records")),
            "origin": found.origin,
            "trajectory": json.loads(found.trajectory.to_json(orient="records")),
        },
        indent=2,
        ensure_ascii=False,
    )
