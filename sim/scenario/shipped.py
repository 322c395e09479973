"""Scenario files that come with the program: the shipped community, populations and sweeps."""

from __future__ import annotations

from collections.abc import Collection
from importlib import resources
from pathlib import Path

from sim.errors import InputError, nearest
from sim.scenario.allowed import show


def configs() -> Path:
    """Return the folder of what is shipped: inside an installed package, beside it in a clone."""
    package = Path(str(resources.files("sim")))
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def shipped_files(kind: str) -> dict[str, Path]:
    """Name the files of ``configs/populations`` or ``configs/sweeps``, here (first) and shipped."""
    folders = (configs() / kind, Path("configs") / kind)
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def here_or_shipped(path: str | Path) -> Path:
    """Return a path as it is; ``configs/...`` that is not here is the program's."""
    path = Path(path)
    shipped = configs().parent / path
    is_shipped = path.parts[:1] == ("configs",) and not path.exists() and shipped.is_file()
    return shipped if is_shipped else path


def nearest_or_all(name: str, known: Collection[str]) -> str:
    """Say which known name is nearest, else which there are, as the end of an error line."""
    there = f"; there are {', '.join(sorted(known))}" if known else ""
    return nearest(name, sorted(known)) or there


def shipped_file(name: str, kind: str, fault: str) -> Path:
    """Return a shipped file of ``populations`` or ``sweeps`` by name, or refuse with `fault` and
    the nearest.
    """
    known = shipped_files(kind)
    if name in known:
        return known[name]
    raise InputError([fault + nearest_or_all(name[:60], known)])


def file_below(named: str, folder: Path) -> Path:
    """Find the file that a scenario file names: beside it, else (``populations/NAME.toml``,
    ``../base.toml``, never a bare ``base.toml``) the shipped one, so that a copy works anywhere.
    """
    beside = folder / named
    copied = [place / named for place in (configs(), configs() / "sweeps")]
    there = [path for path in copied if path.is_file()]
    return there[0] if there and "/" in named and not beside.exists() else beside


def base_below(named: object, folder: Path) -> Path:
    """Find the file that a base names: FILE.toml beside this file, or a shipped population."""
    if isinstance(named, str) and named.endswith(".toml"):
        return file_below(named, folder)
    fault = f'base: {show(named)} is not a file, write "FILE.toml", nor a shipped population'
    return shipped_file(str(named), "populations", fault)
