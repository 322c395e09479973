"""How a parameter is declared: `number` and `choice` give a field what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GUESS = "assumption"


@dataclass(frozen=True)
class Parameter:
    """What is known of one parameter: unit, allowed range, default, source, grade and meaning."""

    unit: str
    low: float
    high: float
    default: float | int | str
    source: str
    grade: str
    meaning: str
    choices: tuple[str, ...] = ()
    off: float | None = None  # the value that switches its mechanism off

    @property
    def numeric(self) -> bool:
        """Whether the parameter is a number (else one of `choices` or a path)."""
        return not isinstance(self.default, str)

    @property
    def integer(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.default, int)


def number(
    default: float,
    low: float,
    high: float,
    unit: str,
    about: str,
    source: str = GUESS,
    off: float | tuple[float, str] | None = None,
) -> Any:
    """Declare a numeric parameter; `source` is ``"text (grade)"``, without a grade it is C; `off`
    is the value that switches its mechanism off, with another word for that if need be.
    """
    text, _, tail = source.rpartition(" (")
    grade = tail.rstrip(")") if text else "C"
    value, word = off if isinstance(off, tuple) else (off, "off")
    meaning = about if value is None else f"{about}; {value:g}: {word}"
    known = Parameter(unit, low, high, default, text or source, grade, meaning, off=value)
    return field(default=default, metadata={"parameter": known})


def choice(default: str, choices: tuple[str, ...], about: str) -> Any:
    """Declare a parameter that is one of a few words, or (last choice) a path."""
    known = Parameter("word", 0, 0, default, "design", "C", about, choices)
    return field(default=default, metadata={"parameter": known})
