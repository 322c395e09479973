"""The one exception a user's mistake raises: every fault of an input, one line each."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path

A_FOLDER = "a folder, not a file"

# Is told each file of a user's before anything is asked of it; what it raises keeps it from that.
on_file: ContextVar[Callable[[Path], None]] = ContextVar("on_file")

NEAR = 0.6
"""How alike (`difflib.SequenceMatcher.ratio`) a word must be to be meant."""
ALMOST = 0.75
"""How alike, where it is of another section: a typing error, not a word of the same letters."""


class InputError(ValueError):
    """All that is wrong with what the user gave, found in one pass.

    Parameters
    ----------
    problems : iterable of str
        One line each: what is wrong, where, what is allowed, the nearest match.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(" ".join(line.split()) for line in problems)
        super().__init__("\n".join(self.problems))


class _Gathering:
    """A block whose faults are gathered; plain, since a design has a million of them."""

    def __init__(self, faults: list[str], place: str) -> None:
        self.faults, self.place = faults, place

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, fault: object, __: object) -> bool:
        if isinstance(fault, InputError):
            self.faults += [self.place + line for line in fault.problems]
        return isinstance(fault, InputError)


class Faults(list[str]):
    """Lines of what is wrong with an input, gathered until all of it was looked at."""

    def gathered(self, place: str = "") -> _Gathering:
        """Take the faults that the block raises, each line behind `place`, and go on after it."""
        return _Gathering(self, place)

    def refuse(self) -> None:
        """Raise all lines as one `InputError`, if there are any."""
        if self:
            raise InputError(self) from None


def announced(path: Path) -> Path:
    """Return a path that was told to whoever listens `on_file`."""
    if listens := on_file.get(None):
        listens(path)
    return path


def readable(path: Path) -> Path:
    """Return the path of a user's file; refuse a folder, and a pipe, socket or device, which may
    never end.
    """
    announced(path)
    try:
        mode = path.stat().st_mode
    except OSError:
        return path
    if stat.S_ISREG(mode):
        return path
    what = A_FOLDER if stat.S_ISDIR(mode) else "a pipe, socket or device; save it as a file first"
    raise InputError([f"{path}: {what}"])


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which known word is nearest, ``"; did you mean 'x'?"``, or nothing when none is near."""
    match = difflib.get_close_matches(word, known, n=1, cutoff=NEAR)
    return f"; did you mean {match[0]!r}?" if match else ""


def nearest_of(word: str, known: Sequence[str]) -> str:
    """Say which known word is nearest, where one is near, and name all there are."""
    near = nearest(word[:60], known)
    return f"{near} There are {', '.join(known)}" if near else f"; there are {', '.join(known)}"


MOST_NAMED = 4
"""More names than that are no help."""


def nearest_key(key: str, known: Sequence[str]) -> str:
    """Say which dotted keys or long names are meant, as the end of an error line: the same last
    name first, then near names of the section, names with the word in them, the nearest of any.
    """
    section, _, name = key[:60].casefold().rpartition(".")
    ends = {word: word.rpartition(".")[2] for word in known}
    here = {word: end for word, end in ends.items() if section and word == f"{section}.{end}"}
    found = (
        [word for word, end in ends.items() if end == name]
        or _close(name, here)
        or [word for word, end in ends.items() if name and f"_{name}_" in f"_{end}_"]
        or _close(name, ends, ALMOST)
    )
    named = ", ".join(map(repr, found[:MOST_NAMED]))
    return f"; did you mean {named}?" if named else ""


def _close(name: str, ends: Mapping[str, str], alike: float = NEAR) -> list[str]:
    match = difflib.get_close_matches(name, list(ends.values()), n=1, cutoff=alike)
    return [word for word, end in ends.items() if [end] == match]
