"""``qunlab cite``: how to cite Qunlab, and a study made with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def cite(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder of a sweep.")
    ] = None,
) -> None:
    """Print how to cite Qunlab and, of a study, everything that decides its numbers.

    Example: qunlab cite results/scale_vs_activity
    """
    from sim.study.origin import citation
    from sim.study.store import read_manifest

    typer.echo(citation(read_manifest(folder) if folder else None))
