"""Scenario files that come with the program: the shipped community, populations and sweeps."""

from __future__ import annotations

from collections.abc import Collection
from importlib import resources
from pathlib import Path

from sim.errors import InputError, nearest
from sim.scenario.allowed import show


def configs() -> Path:
    """Return the folder of what is shipped: inside an installed package, beside it in a clone.

    Examples
    --------
    >>> (configs() / "base.toml").is_file()
    True
    """
    package = Path(str(resources.files("sim")))
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def shipped_files(kind: str) -> dict[str, Path]:
    """Name the files of ``configs/populations`` or ``configs/sweeps``, here and of the program.

    Parameters
    ----------
    kind : str

    Returns
    -------
    dict of str to Path
        Where both have one of a name, the one here.

    Examples
    --------
    >>> "learner_rooms" in shipped_files("populations")
    True
    """
    folders = (configs() / kind, Path("configs") / kind)
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def here_or_shipped(path: str | Path) -> Path:
    """Return a path as it is; ``configs/...`` that is not here is the program's.

    Examples
    --------
    >>> here_or_shipped("configs/base.toml").is_file(), here_or_shipped("mine.toml").name
    (True, 'mine.toml')
    """
    path = Path(path)
    shipped = configs().parent / path
    is_shipped = path.parts[:1] == ("configs",) and not path.exists() and shipped.is_file()
    return shipped if is_shipped else path


def nearest_or_all(name: str, known: Collection[str]) -> str:
    """Say which known name is nearest, else which there are, as the end of an error line.

    Examples
    --------
    >>> nearest_or_all("lerner_rooms", ["learner_rooms"]), nearest_or_all("x", ["a", "b"])
    ("; did you mean 'learner_rooms'?", '; there are a, b')
    """
    there = f"; there are {', '.join(sorted(known))}" if known else ""
    return nearest(name, sorted(known)) or there


def shipped_file(name: str, kind: str, fault: str) -> Path:
    """Return a shipped file by its name.

    Parameters
    ----------
    name : str
    kind : str
        ``populations`` or ``sweeps``.
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
    >>> shipped_file("learner_rooms", "populations", "none").name
    'learner_rooms.toml'
    """
    known = shipped_files(kind)
    if name in known:
        return known[name]
    raise InputError([fault + nearest_or_all(name[:60], known)])


def file_below(named: str, folder: Path) -> Path:
    """Find the scenario file that a file names: beside it, else as shipped files name each other.

    So a copy of a shipped file works anywhere: ``populations/NAME.toml`` and ``../base.toml`` are
    the shipped ones where no such file is beside the copy. A bare ``base.toml`` never is.

    Examples
    --------
    >>> file_below("../base.toml", Path("nowhere")).is_file()
    True
    """
    beside = folder / named
    copied = [place / named for place in (configs(), configs() / "sweeps")]
    there = [path for path in copied if path.is_file()]
    return there[0] if there and "/" in named and not beside.exists() else beside


def base_below(named: object, folder: Path) -> Path:
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
    >>> base_below("learner_rooms", Path()).name
    'learner_rooms.toml'
    """
    if isinstance(named, str) and named.endswith(".toml"):
        return file_below(named, folder)
    fault = f'base: {show(named)} is not a file, write "FILE.toml", nor a shipped population'
    return shipped_file(str(named), "populations", fault)
