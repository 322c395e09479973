"""The one exception a user's mistake raises: every fault of an input, one line each."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path


class InputError(ValueError):
    """All that is wrong with what the user gave, found in one pass.

    Parameters
    ----------
    problems : iterable of str
        One line each: what is wrong, where, what is allowed, the nearest match.

    Examples
    --------
    >>> InputError(["group.size: -3 is below 1"]).problems
    ('group.size: -3 is below 1',)
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(" ".join(line.split()) for line in problems)
        super().__init__("\n".join(self.problems))


def readable(path: Path) -> Path:
    """Return the path of a user's file; refuse what may never end.

    Parameters
    ----------
    path : Path
        Where nothing is, or what cannot be looked at, is left to whoever opens it.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        A pipe, socket or device.

    Examples
    --------
    >>> readable(Path("/dev/null"))
    Traceback (most recent call last):
    ...
    sim.errors.InputError: /dev/null: a pipe, socket or device; save it as a file first
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return path
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return path
    raise InputError([f"{path}: a pipe, socket or device; save it as a file first"])


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which known word is nearest, as the end of an error line.

    Parameters
    ----------
    word : str
        What the user wrote.
    known : sequence of str
        What is allowed.

    Returns
    -------
    str
        ``"; did you mean 'x'?"``, or an empty string when nothing is near.

    Examples
    --------
    >>> nearest("sise", ["size", "days"])
    "; did you mean 'size'?"
    """
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else ""
