"""``qunlab discover``: where in the lever space groups die, and whether that is chance."""

from __future__ import annotations

from typing import Annotated, Any

from sim.cli.options import Json, SweepFolder, option
from sim.cli.terminal import print_json, rounded_records, say, tell
from sim.errors import InputError
from sim.files import write_whole
from sim.language import N_
from sim.progress import progress_line
from sim.study.discover import HALVES, SEARCHES, SHUFFLES, Discovery, FoundBox
from sim.study.discover import discover as search
from sim.study.origin import FAILED, in_one_line, under_origin

BOXES, TRAJECTORY = "discover.csv", "discover_trajectory.csv"


def discover(
    folder: SweepFolder,
    outcome: Annotated[str, option("A truth, or a number with --below or --above.")] = "dead",
    below: Annotated[float | None, option("A case is below this.")] = None,
    above: Annotated[float | None, option("A case is above this.")] = None,
    seed: Annotated[int, option("Of the shuffles and halves.")] = 1,
    as_json: Json = False,
) -> None:
    """Find the boxes of lever values in which groups die (PRIM), with coverage and density.

    Reads a finished sweep; sampled designs (Latin hypercube, Sobol) suit it best. Coverage is the
    share of all cases within the box, density the share of the communities within that are cases.
    The search is repeated on shuffled outcomes, so that a box found by chance is named as one,
    and on halves of the points, tried on the other half. Writes discover.csv and
    discover_trajectory.csv into DIR.

    Example: qunlab discover results/scale_vs_activity --outcome dead
    """
    if seed < 0:
        raise InputError([f"--seed: {seed} is out of range; allowed: 0 or more"])
    with progress_line(SEARCHES, N_("searching")) as progress:
        found = search(folder, outcome, below, above, seed, progress)
    try:
        for name, table in ((BOXES, found.to_frame()), (TRAJECTORY, found.trajectory)):
            write_whole(folder / name, under_origin(table, found.origin))
    except PermissionError as fault:
        raise InputError([f"{folder}: cannot be written: {fault.strerror}"]) from None
    if failed := found.origin.get(FAILED):
        tell(f"{failed}; they are left out", err=True)
    if as_json:
        print_json(_as_json(found))
        return
    say(
        f"{found.cases:,} of {found.known:,} communities at {found.points:,} points are cases "
        f"({found.cases / found.known:.1%})\ncase: {found.case}"
    )
    for number, box in enumerate(found.boxes, 1):
        say(f"\nbox {number}: {_in_words(box)}")
    for key in found.left_out:
        say(f"left out: {key} (too many words)")
    say(
        f"\n{in_one_line(found.origin)}; search seed {found.seed}\n"
        f"written: {folder / BOXES}, {folder / TRAJECTORY}"
    )


def _in_words(found: FoundBox) -> str:
    box, check = found.box, found.check
    if not found.words:
        return "none; no lever separates the cases from the rest"
    clear = "" if found.clear else " (no clear difference)"
    kept = ", ".join(f"{key} {share:.0%}" for key, share in check.kept_levers.items())
    as_good = round(check.shuffled_as_good * (SHUFFLES + 1)) - 1
    by_chance = "found by chance: " if check.by_chance else ""
    return "\n  ".join(
        (
            " and ".join(found.words),
            f"coverage {box.coverage:.0%} ({box.cases:,} cases), density {box.density:.0%} of "
            f"{box.known:,} communities, outside {found.outside:.0%}",
            f"within less outside {100 * found.gap:+.1f} points, Monte-Carlo error "
            f"{100 * found.gap_error:.1f}{clear}",
            f"boxes found on half of the points hold at the other half: coverage "
            f"{check.new_coverage:.0%}, density {check.new_density:.0%} (mean of {HALVES} halves)",
            f"limited again in the halves: {kept}",
            f"{by_chance}{as_good} of {SHUFFLES} shuffled tables give a box as good",
        )
    )


def _as_json(found: Discovery) -> dict[str, Any]:
    keys = ("outcome", "case", "points", "known", "cases", "seed", "left_out")
    return {
        **{key: getattr(found, key) for key in keys},
        "boxes": rounded_records(found.to_frame()),
        "origin": found.origin,
        "trajectory": rounded_records(found.trajectory),
    }
