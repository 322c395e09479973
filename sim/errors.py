"""The one exception a user's mistake raises: every fault of an input, one line each."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterable, Mapping, Sequence
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


MOST_NAMED = 4
"""More names than that are no help."""


def nearest_key(key: str, known: Sequence[str]) -> str:
    """Say which dotted keys or long names are meant, as the end of an error line.

    Those that end in the same name come first, then a near name in the same section, then those
    in whose name it stands as a word, then the nearest of any.

    Examples
    --------
    >>> nearest_key("size", ["group.size", "look.rate_per_day"])
    "; did you mean 'group.size'?"
    >>> nearest_key("quality", ["operator.quality", "cadence.quality"])
    "; did you mean 'operator.quality' or 'cadence.quality'?"
    >>> nearest_key("cost", ["posting_members", "cost_fen"])
    "; did you mean 'cost_fen'?"
    """
    section, _, name = key[:60].casefold().rpartition(".")
    ends = {word: word.rpartition(".")[2] for word in known}
    here = {word: end for word, end in ends.items() if section and word == f"{section}.{end}"}
    found = (
        [word for word, end in ends.items() if end == name]
        or _close(name, here)
        or [word for word, end in ends.items() if name and f"_{name}_" in f"_{end}_"]
        or _close(name, ends)
    )
    *others, last = [repr(word) for word in found[:MOST_NAMED]] or [""]
    named = f"{', '.join(others)} or {last}" if others else last
    return f"; did you mean {named}?" if named else ""


def _close(name: str, ends: Mapping[str, str]) -> list[str]:
    match = difflib.get_close_matches(name, list(ends.values()), n=1)
    return [word for word, end in ends.items() if [end] == match]
