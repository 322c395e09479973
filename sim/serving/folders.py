"""The folders that a client's files lie in: nothing outside them is read, written or looked at."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sim.allowed import shown_key
from sim.errors import InputError
from sim.language import _
from sim.scenario.loading import configs, here_or_shipped

OWN_STORES = ("qunlab-compare-", "qunlab-cases-")
"""How the temporary folders begin that commands make for themselves."""


@dataclass(frozen=True)
class Folders:
    """Folders, in full and without links; without any, shipped files alone are read."""

    places: tuple[Path, ...] = ()

    def file(self, given: str) -> Path:
        """Return the full path of a file (or folder) that is there, or ``configs/...`` as it is
        where it leads to the shipped one; what lies elsewhere is refused in the same words,
        there or not.
        """
        inside = [path for place in self.places if (path := below(place, given))]
        for path in inside:
            if path.exists():
                return path
        shipped = below(configs().parent, given)
        if shipped and below(configs(), str(shipped)) and shipped.is_file():
            return Path(given) if here_or_shipped(given).resolve() == shipped else shipped
        if inside:
            raise InputError([_("{file}: no such file", file=shown_key(given))])
        raise _refusal(given)

    def folder(self, given: str) -> Path:
        """Return the full path of a folder to write to, there or not; relative: below the first."""
        for place in self.places:
            if path := below(place, given):
                return path
        raise _refusal(given)

    def refuse_outside(self, path: Path) -> None:
        """Refuse a file that a command is about to look at, unless it is shipped or its own."""
        passing, full = Path(tempfile.gettempdir()).resolve(), str(path.absolute())
        own = [one for name in OWN_STORES for one in passing.glob(f"{name}*")]
        if not any(below(place, full) for place in (*own, *self.places, configs())):
            raise _refusal(str(path))


def below(place: Path, given: str) -> Path | None:
    """Return the full path, without links, of what a name starting at a folder leads to; None
    where that is outside, or no name of a file.
    """
    try:
        path = (place / given).resolve()
        path.exists()  # fails where resolving does not
    except (OSError, ValueError, RuntimeError):  # a NUL, too long a name, a loop of links
        return None
    return path if path.is_relative_to(place.resolve()) else None


def _refusal(given: str) -> InputError:
    told = _("{file}: neither shipped nor below a folder that is served", file=shown_key(given))
    return InputError([told])
