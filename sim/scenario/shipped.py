"""Scenario files that come with the program: the shipped community and the populations."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sim.errors import InputError, nearest
from sim.scenario.allowed import show

CONFIGS = Path("configs")
PROJECT = Path(__file__).resolve().parents[2]
BASE_FILE = PROJECT / CONFIGS / "base.toml"
"""The shipped community."""


def shipped_populations() -> dict[str, Path]:
    """Name the scenario files of ``configs/populations``, here and beside the program.

    Returns
    -------
    dict of str to Path
        Where both have one of a name, the one here.

    Examples
    --------
    >>> "learner_rooms" in shipped_populations()
    True
    """
    folders = (PROJECT / CONFIGS / "populations", CONFIGS / "populations")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def nearest_or_all(name: str, known: Collection[str]) -> str:
    """Say which population is nearest, else which there are, as the end of an error line.

    Examples
    --------
    >>> nearest_or_all("lerner_rooms", ["learner_rooms"]), nearest_or_all("x", ["a", "b"])
    ("; did you mean 'learner_rooms'?", '; there are a, b')
    """
    there = f"; there are {', '.join(sorted(known))}" if known else "; no population is there yet"
    return nearest(name, sorted(known)) or there


def population_file(name: str, fault: str) -> Path:
    """Return the scenario file of a shipped population.

    Parameters
    ----------
    name : str
    fault : str
        What to say where there is none, before the nearest or all of them.

    Returns
    -------
    Path

    Raises
    ------
    InputError

    Examples
    --------
    >>> population_file("learner_rooms", "none").name
    'learner_rooms.toml'
    """
    known = shipped_populations()
    if name in known:
        return known[name]
    raise InputError([fault + nearest_or_all(name[:60], known)])


def file_below(named: object, folder: Path) -> Path:
    """Find the file that a base names: one beside this file, or a shipped population's.

    Parameters
    ----------
    named : object
        As the file says it: ``FILE.toml`` or the name of a population.
    folder : Path
        Where relative paths start.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        With the populations there are.

    Examples
    --------
    >>> file_below("learner_rooms", Path()).name
    'learner_rooms.toml'
    """
    if isinstance(named, str) and named.endswith(".toml"):
        return folder / named
    fault = f'base: {show(named)} is not a file, write "FILE.toml", nor a shipped population'
    return population_file(str(named), fault)
