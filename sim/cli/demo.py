"""``qunlab demo``: the main job: how big a group, how often to post, packets or none."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import DRAWN, SHOWN, Drawn, Shown, Threads, option, option_faults
from sim.cli.sweep import FAILED, played, print_result
from sim.errors import InputError
from sim.language import _
from sim.report.answer import Points
from sim.report.page import FRIENDS, page_rows
from sim.report.study import study_of
from sim.study.design import Design, load_design, manifest_of
from sim.study.manifest import differences
from sim.study.store import MANIFEST, read_manifest
from sim.study.sweep import BLOCK_GROUPS, Options, SweepResult, default_limits

MAIN = "scale_vs_activity"


def demo(
    out: Annotated[Path, option("Folder of the rows and the page.")] = Path("results/demo"),
    threads: Threads = None,
    replications: Annotated[int | None, option("Instead of 100 at each point.")] = None,
    drawn: Drawn = DRAWN,
    shown: Shown = SHOWN,
) -> None:
    """Play the shipped study of strangers, and one of friends beside it; write the page.

    90 settings of size, posts and red packets, each 100 times for 90 days: about two minutes on
    two cores. What another version or another study left in --out is moved aside.

    Example: qunlab demo --out results/demo
    """
    faults = option_faults(("--replications", replications, 2, 100_000), threads=threads, out=out)
    files = drawn.files(faults)
    faults.refuse()
    main, contrast = (load_design(name, replications) for name in (MAIN, FRIENDS))
    strangers = _played(main, out, threads)
    friends = _played(contrast, out / FRIENDS, threads)
    print_result(main, strangers, files, shown, _of_friends(friends))
    if strangers.failed or friends.failed:
        raise typer.Exit(FAILED)


def _played(design: Design, out: Path, threads: int | None) -> SweepResult:
    """Play a design, after moving aside what is in the way."""
    if _in_the_way(design, out):
        tried = (out.with_name(f"{out.name}.old{number}") for number in count(1))
        aside = next(place for place in tried if not place.exists())
        out.rename(aside)
        moved = _("{out} is of another version or study: moved to {aside}")
        typer.echo(moved.format(out=out, aside=aside), err=True)
    return played(design, out, False, threads, Options(default_limits(threads)))


def _in_the_way(design: Design, out: Path) -> bool:
    """Whether a folder holds a store that is not this design's by this engine, or a broken one."""
    if not (out / MANIFEST).exists():
        return False
    try:
        return bool(differences(read_manifest(out), manifest_of(design, BLOCK_GROUPS)))
    except InputError:
        return True


def _of_friends(result: SweepResult) -> str:
    """Say how groups of friends live, in one sentence."""
    points = Points(study_of(*page_rows(result.folder)))
    lived = ", ".join(f"{points.of_hundred(at)} ({points.words(at)})" for at in points.values.index)
    return _("Friends, alive of 100: {lived}.", lived=lived)
