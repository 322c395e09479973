"""What a value of a scenario may be, and the one line that says why another one is refused."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import A_FOLDER, InputError, announced, nearest, nearest_key, readable
from sim.language import _, recast

Scalar = bool | int | float | str
Value = Scalar | tuple[Scalar, ...]

LARGEST_INTEGER = 2**63 - 1
LARGEST_NUMBER = 1.7976931348623157e308
BREAKS_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
WORDS_SHOWN = 60
LARGEST_BITS_SHOWN = 100
NAME_LENGTH = 100
WHOLE, REAL = (int, numbers.Integral), (int, float, numbers.Real)  # the quick ones first


@dataclass(frozen=True)
class Allowed:
    """What one value may be: its type with its range, or its words; perhaps a list of such."""

    kind: type[Scalar]  # bool, int, float or str
    low: float = -LARGEST_NUMBER  # low and high are allowed themselves
    high: float = LARGEST_NUMBER
    unit: str = "1"  # of a number; "1" for none
    choices: tuple[str, ...] = ()  # the allowed words; empty: any text
    many: bool = False  # whether the value is a list
    suffix: str = ""  # besides the words, a file whose name ends so is allowed
    file: bool = False  # whether the text names a file; an empty one names none
    meaning: str = ""  # a few words; empty where nothing is known

    def checked(self, key: str, value: object, folder: Path = Path()) -> Value:
        """Return the value as its own type (a file: its full path) or refuse it in a line."""
        if not self.many:
            return self._one(key, value, folder)
        if not isinstance(value, list | tuple):
            raise self._refusal(key, value, "is not a list")
        return tuple(self._one(f"{key}[{at}]", item, folder) for at, item in enumerate(value))

    def describe(self) -> str:
        """Say in words what is allowed."""
        if self.kind is bool:
            words = "true or false"
        elif self.file:
            words = "name of a file"
        elif self.kind is str:
            words = ", ".join(self.words) if self.choices else "any text of one line"
        elif self.high >= LARGEST_INTEGER and self.low <= -LARGEST_INTEGER:
            words = "any whole number" if self.kind is int else "any number"
        else:
            unit = "" if self.unit == "1" else f" {self.unit}"
            words = f"{plain(self.low)} to {plain(self.high)}{unit}"
        return f"list of {words}" if self.many else words

    @property
    def note(self) -> str:
        """What is allowed and what it means, as a comment says it."""
        allowed = recast(self.describe())
        both = _("{allowed}: {meaning}", allowed=allowed, meaning=_(self.meaning))
        return both if self.meaning else allowed

    @property
    def words(self) -> tuple[str, ...]:
        """The allowed words, a file among them where one is allowed."""
        return (*self.choices, f"FILE{self.suffix}") if self.suffix else self.choices

    def _one(self, key: str, value: object, folder: Path) -> Scalar:
        if self.kind is str:
            return self._word(key, value, folder)
        if self.kind is not bool:
            return self._number(key, value)
        if not isinstance(value, bool):
            raise self._refusal(key, value, "is not true or false")
        return value

    def _number(self, key: str, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, REAL):
            what = "a whole number" if self.kind is int else "a number"
            raise self._refusal(key, value, f"is not {what}")
        number = int(value) if isinstance(value, WHOLE) else float(value)
        if isinstance(number, float) and not math.isfinite(number):
            raise self._refusal(key, value, "is not a finite number")
        if self.kind is int and number != int(number):
            raise self._refusal(key, value, "is not a whole number")
        if not self.low <= number <= self.high:
            raise self._refusal(key, value, "is out of range")
        return int(number) if self.kind is int else float(number) + 0.0  # no -0.0: it equals 0.0

    def _word(self, key: str, value: object, folder: Path) -> str:
        if not isinstance(value, str):
            raise self._refusal(key, value, "is not a word" if self.choices else "is not a text")
        if BREAKS_A_LINE.search(value):
            raise self._refusal(key, value, "holds a control character")
        if self.file and value:
            return existing_file(key, value, folder)
        if not self.choices or value in self.choices:
            return str(value)
        if self.suffix and value.lower().endswith(self.suffix):
            return existing_file(key, value, folder)
        hint = nearest(value[:WORDS_SHOWN], self.choices)
        raise InputError([f"{key}: {show(value)} is not one of {', '.join(self.words)}{hint}"])

    def _refusal(self, key: str, value: object, why: str) -> InputError:
        return InputError([f"{key}: {show(value)} {why}; allowed: {self.describe()}"])


def checked_name(name: object) -> str:
    """Check a scenario's own name: one line of 1 to 100 characters."""
    if isinstance(name, str) and name.strip() and len(name) <= NAME_LENGTH:
        if BREAKS_A_LINE.search(name):
            raise InputError([f"name: {show(name)} holds a control character"])
        return str(name)
    raise InputError([f"name: {show(name)} is not a name; allowed: 1 to {NAME_LENGTH} characters"])


class FileName(str):
    """The full path of a file that a scenario names: what the file holds is part of it."""

    __slots__ = ()


def existing_file(key: str, name: str, folder: Path) -> FileName:
    """Find a file named in a scenario, and return its full path."""
    try:
        path = announced((folder / name).resolve())
        if path.is_file():
            return FileName(path)
        is_folder = path.is_dir()
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError):  # too long a name, a loop of links
        raise InputError([f"{key}: {show(name)} cannot be the name of a file"]) from None
    readable(path)
    shown = shown_key(str(path))
    raise InputError([f"{key}: {shown}: {A_FOLDER}" if is_folder else f"{key}: no file {shown}"])


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Say that a dotted key is unknown, and which known ones are nearest."""
    return f"{shown_key(key)}: unknown key{nearest_key(key, known)}"


def shown_key(key: str) -> str:
    """Return a key (or a path) so that it stays in one short line."""
    return key[:200] if key and key.isprintable() else repr(key)[:120]


def show(value: object) -> str:
    """Return a value as a user would write it, in a few words."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and value.bit_length() > LARGEST_BITS_SHOWN:
        return f"a whole number of {value.bit_length()} bits"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= WORDS_SHOWN else f"{text[:WORDS_SHOWN]}..."


def plain(number: float) -> str:
    """Write a bound without needless zeros."""
    return str(number) if isinstance(number, int) else f"{number:.6g}"
