"""Progress of a long command on the error stream: what is done, and the time left."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TextIO

from sim.language import N_, _

if TYPE_CHECKING:
    from sim.study.sweep import Tally

SILENT_SECONDS = 2.0
SECONDS_BETWEEN_UPDATES = 0.25
# A pipe gets a line after the first, then ever more seldom, but never after more than the last
SECONDS_BETWEEN_LINES = (10.0, 60.0)

# called with the work done and all the work, in any unit that time is proportional to
Progress = Callable[[int, int], None]

# is told the same of whatever is shown here; what it raises ends the work
on_work: ContextVar[Progress | None] = ContextVar("on_work", default=None)


class Display:
    """How far a task is: in a terminal a bar, wiped at the end; elsewhere plain lines."""

    def __init__(self, label: str, stream: TextIO | None, clock: Callable[[], float]) -> None:
        self._label, self._clock, self._told = label, clock, on_work.get()
        self._stream = sys.stderr if stream is None else stream
        self._is_terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._started = clock()
        first = SILENT_SECONDS if self._is_terminal else SECONDS_BETWEEN_LINES[0]
        self._next_update = self._started + first
        self._share = 0.0
        self._first: tuple[float, float] | None = None  # when the first block was done, its share
        self._bar: Any = None

    def show(self, done: int, total: int) -> None:
        """Note how much is done and show it as a percentage."""
        self.work(done, total)
        self._write(_("{percent} % done", percent=100 * done // max(1, total)))

    def work(self, done: int, total: int) -> None:
        """Note the share of all work that is done."""
        self._share = done / max(1, total)
        if self._told:
            self._told(done, total)
        if self._first is None and self._share > 0.0:
            self._first = self._clock(), self._share

    def count(self, tally: Tally) -> None:
        """Show how many communities are done, and how many failed."""
        failed = _(", {failed:,} failed", failed=tally.failed) if tally.failed else ""
        done = _("{done:,} of {all:,} communities", done=tally.done, all=tally.communities)
        self._write(done, failed)

    def wipe(self) -> None:
        """Take the bar off the terminal."""
        if self._bar is not None:
            self._bar.stop()

    def _write(self, what: str, more: str = "") -> None:
        """Write when it is time to; a finished work needs no line."""
        now = self._clock()
        if now < self._next_update or not 0.0 < self._share < 1.0:
            return
        line = _("{label}: {done} so far{more}")
        if left := self._left(now):
            line = _("{label}: {done}, about {left} left{more}")
        line = line.format(label=_(self._label), done=what, left=left, more=more)
        shortest, longest = SECONDS_BETWEEN_LINES
        pause = min(longest, max(shortest, 0.1 * (now - self._started)))
        if self._is_terminal:
            self._bar = self._bar or _started_bar(self._stream, line)
            self._bar.update(0, completed=self._share, description=line, refresh=True)
            pause = SECONDS_BETWEEN_UPDATES
        else:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        self._next_update = now + pause

    def _left(self, now: float) -> str:
        """Say how long the rest takes, by what was done since the first block; nothing before: what
        it took holds the compiling, or rows of an earlier command.
        """
        then, share = self._first or (now, self._share)
        if not self._share > share or now <= then:
            return ""
        return duration_in_words((now - then) * (1.0 - self._share) / (self._share - share))


def _started_bar(stream: TextIO, line: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn())
    bar = Progress(
        *columns,
        console=Console(file=stream),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task(line, total=1.0)
    bar.start()
    bar.console.show_cursor()  # a second Ctrl-C ends the program without another word
    return bar


@contextmanager
def progress_line(
    total: int,
    label: str,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Progress]:
    """Show how far a long task is and how long it will take: in a terminal one line with a bar,
    wiped at the end, elsewhere plain lines 10 s to 1 min apart, nothing under 2 s or for a total of
    0. Yields ``(done, total) -> None``; done must never fall.
    """
    with counting(stream, clock, label) as display:
        yield display.show if total > 0 else lambda *_: None


@contextmanager
def counting(
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
    label: str = N_("sweeping"),
) -> Iterator[Display]:
    """Show how far a sweep is, by the methods `work` and `count`; as `progress_line` does."""
    display = Display(label, stream, clock)
    try:
        yield display
    finally:
        display.wipe()


def duration_in_words(seconds: float) -> str:
    """Say a duration as people do: two units at most."""
    whole = max(1, round(seconds))
    if whole < 60:
        return _("{seconds} s", seconds=whole)
    minutes, hours = divmod(whole, 60), divmod(round(whole / 60), 60)
    if minutes[0] < 60:
        words = _("{min} min {s} s") if minutes[1] else _("{min} min")
        return words.format(min=minutes[0], s=minutes[1])
    words = _("{h} h {min} min") if hours[1] else _("{h} h")
    return words.format(h=hours[0], min=hours[1])
