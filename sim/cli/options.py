"""Options that several commands share, each in one wording, and the checks of their values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.errors import Faults

MOST_THREADS = 1024


def option(text: str, *names: str, metavar: str | None = None) -> Any:
    """Describe an option; without `names` it is called as its parameter, and no flag."""
    return typer.Option(*names, metavar=metavar, help=text)


Threads = Annotated[int | None, option("Threads; default: all cores.")]
Json = Annotated[bool, option("Print one JSON object.", "--json")]
NoCode = Annotated[bool, option("Refuse to run code of a policy's file.", "--no-code")]
SweepFolder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")]
LogPath = Annotated[
    Path, typer.Argument(help="A Parquet file of messages, or a folder as --log writes it.")
]
GroupsFile = Annotated[Path | None, option("CSV of the groups: group, created, closed.")]
StudyFile = Annotated[Path, typer.Argument(help="A study file with [levers] and [uncertain].")]
Posterior = Annotated[
    str | None,
    option(
        "Play with parameter sets of a population (or of a file NAME.posterior.csv).",
        metavar="NAME",
    ),
]
Particles = Annotated[int | None, option("Of --posterior: parameter sets drawn, 20.")]
PARTICLES_ALONE = "--particles: belongs to --posterior, which is not there"


def out_of_range(*limits: tuple[str, float | None, float, float]) -> Faults:
    """Gather a line for each value that is given and not allowed: option, value, least, most."""
    from sim.scenario.allowed import Allowed

    faults = Faults()
    for name, value, low, high in limits:
        if value is not None:
            with faults.gathered():
                Allowed(type(value), low, high).checked(name, value)
    return faults


def folder_faults(name: str, folder: Path) -> list[str]:
    """Say why nothing can be written to the folder of an option, before anything is played."""
    above = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not above.is_dir():
        return [f"{name}: {above} is a file, not a folder"]
    writable = os.access(above, os.W_OK | os.X_OK)
    return [] if writable else [f"{name}: {folder}: cannot be written to"]
