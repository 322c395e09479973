"""Options that several commands share, each in one wording, and the checks of their values."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.terminal import print_answer, print_json
from sim.errors import Faults, InputError
from sim.language import _

if TYPE_CHECKING:
    from sim.populations import Posterior as Sets
    from sim.report.answer import Answer
    from sim.report.shell import Files

MOST_THREADS = 1024


def option(text: str, *names: str, metavar: str | None = None) -> Any:
    """Describe an option; without `names` it is called as its parameter, and no flag."""
    return typer.Option(*names, metavar=metavar, help=text)


Threads = Annotated[int | None, option("Threads; default: all cores.")]
Json = Annotated[bool, option("Print one JSON object.", "--json")]
Quiet = Annotated[bool, option("Print one line: what to do.", "--quiet")]
PageFolder = Annotated[Path | None, option("Write the answer as a page there.")]
People = Annotated[
    str | None,
    option(
        "Let these be the members, over the file: 'qunlab policies' lists them.", metavar="NAME"
    ),
]
Preset = Annotated[
    str | None,
    option("Let the team do this, and no policy of the file: as listed there.", metavar="NAME"),
]
OwnOutcomes = Annotated[
    list[str] | None,
    option("Measure an Outcome of a file of yours too; may be repeated.", metavar="FILE.py:NAME"),
]
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


@dataclass(frozen=True)
class Shown:
    """How much of a result is printed: options that stand in a command as one parameter."""

    every: Annotated[bool, option("Print everything, not the answer alone.", "--all")] = False
    quiet: Quiet = False
    as_json: Json = False

    def give(
        self,
        whole: Callable[[], object],
        everything: Callable[[], None],
        answer: Callable[[], Answer],
        more: str = "",
    ) -> None:
        """Print one of the three; `more`: where more is, in place of what the answer says."""
        if self.as_json:
            print_json(whole(), answer)
        elif self.every:
            everything()
        else:
            told = answer()
            print_answer(replace(told, more=(more,)) if more else told, self.quiet)


@dataclass(frozen=True)
class Drawn:
    """How pictures are written beside a page: options that stand in a command as one parameter."""

    figures: Annotated[
        str,
        option("Write the pictures of the page beside it as such files.", metavar="svg|pdf|png"),
    ] = ""
    bare: Annotated[bool, option("Write them without title and origin, for a paper.", "--bare")] = (
        False
    )

    def files(self, faults: Faults) -> Files:
        """Return it as a report takes it, or gather what is wrong."""
        from sim.report.shell import NO_FILES, Files

        with faults.gathered():
            return Files(self.figures, self.bare)
        return NO_FILES


SHOWN, DRAWN = Shown(), Drawn()


def option_faults(
    *limits: tuple[str, float | None, float, float],
    threads: int | None = None,
    out: Path | None = None,
) -> Faults:
    """Gather a line for each value that is given and not allowed: option, value, least, most."""
    from sim.allowed import Allowed

    faults = Faults()
    for name, value, low, high in (*limits, ("--threads", threads, 1, MOST_THREADS)):
        if value is not None:
            with faults.gathered():
                Allowed(type(value), low, high).checked(name, value)
    faults += folder_faults("--out", out) if out else []
    return faults


def refuse_without(package: str, command: str) -> None:
    """Refuse what needs a package that is not installed, and say the command that brings it."""
    if find_spec(package) is None:
        told = _("this needs {name}; install it with: {command}", name=package, command=command)
        raise InputError([told])


def ownerless(owner: str, values: Mapping[str, object]) -> list[str]:
    """Name the options that are given although the one they belong to is not."""
    left = [name for name, value in values.items() if value is not None]
    return [f"{name}: belongs to {owner}, which is not there" for name in left]


def drawn_sets(posterior: str | None, particles: int | None, faults: Faults) -> Sets | None:
    """Draw the parameter sets of ``--posterior`` where it is given, or gather what is wrong."""
    from sim.populations import USUAL_PARTICLES, draw_posterior

    if posterior is None:
        faults += ownerless("--posterior", {"--particles": particles})
        return None
    with faults.gathered():
        return draw_posterior(posterior, USUAL_PARTICLES if particles is None else particles)
    return None


def from_here(named: str | None) -> str | None:
    """Return the name of people or of a preset; that of a file from where the command stands."""
    here = named is not None and named.endswith(".toml") and Path(named).is_file()
    return str(Path(named).resolve()) if named and here else named


def folder_faults(name: str, folder: Path) -> list[str]:
    """Say why nothing can be written to the folder of an option, before anything is played."""
    above = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not above.is_dir():
        return [f"{name}: {above} is a file, not a folder"]
    writable = os.access(above, os.W_OK | os.X_OK)
    return [] if writable else [f"{name}: {folder}: cannot be written to"]
