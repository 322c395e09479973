"""Progress of a long command on the error stream: the share done, and the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

SILENT_SECONDS = 2.0
SECONDS_BETWEEN_UPDATES = 0.25
SECONDS_BETWEEN_LINES = (10.0, 60.0)
"""A pipe gets a line after the first, then ever more seldom, but never after more than the last."""

CLEAR = "\r\x1b[K"

Progress = Callable[[int, int], None]
"""Called with the work done and all the work, in any unit that time is proportional to."""


@contextmanager
def progress_line(
    total: int,
    label: str,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Progress]:
    """Show how far a long task is and how long it will take: in a terminal one line rewritten and
    wiped at the end, elsewhere plain lines 10 s to 1 min apart, nothing under 2 s or for a total of
    0. Yields ``(done, total) -> None``; done must never fall.
    """
    chosen = sys.stderr if stream is None else stream
    display = _Display(label, chosen, chosen.isatty(), clock)
    try:
        yield display.show if total > 0 else _nothing
    finally:
        display.wipe()


def duration_in_words(seconds: float) -> str:
    """Say a duration as people do: two units at most."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    (big, small), units = (divmod(whole, 60), ("min", "s"))
    if big >= 60:
        (big, small), units = (divmod(round(whole / 60), 60), ("h", "min"))
    return f"{big} {units[0]}" + (f" {small} {units[1]}" if small else "")


@dataclass
class _Display:
    label: str
    stream: TextIO
    is_terminal: bool
    clock: Callable[[], float]
    started: float = field(init=False)
    next_update: float = field(init=False)
    is_shown: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.started = self.clock()
        first = SILENT_SECONDS if self.is_terminal else SECONDS_BETWEEN_LINES[0]
        self.next_update = self.started + first

    def show(self, done: int, total: int) -> None:
        """Write the state of the work when it is time to; a finished work needs no line."""
        now = self.clock()
        if now < self.next_update or not 0 < done < total:
            return
        elapsed = now - self.started
        left = duration_in_words(elapsed * (total - done) / done)
        line = f"{self.label}: {100 * done // total} % done, about {left} left"
        self._write(f"{CLEAR}{line}" if self.is_terminal else f"{line}\n")
        self.is_shown = self.is_terminal
        self.next_update = now + self._pause(elapsed)

    def wipe(self) -> None:
        """Take the line off the terminal."""
        if self.is_shown:
            self._write(CLEAR)

    def _pause(self, elapsed: float) -> float:
        if self.is_terminal:
            return SECONDS_BETWEEN_UPDATES
        shortest, longest = SECONDS_BETWEEN_LINES
        return min(longest, max(shortest, 0.1 * elapsed))

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def _nothing(done: int, total: int) -> None:
    """Show nothing: there is no work."""
