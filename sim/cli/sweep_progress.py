"""How far a sweep is: communities done, failures, and the time left by what each costs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from sim.progress import CLEAR, SECONDS_BETWEEN_LINES, SECONDS_BETWEEN_UPDATES, duration_in_words

if TYPE_CHECKING:
    from sim.study.course import Tally


@dataclass
class Counter:
    """Writes a line now and then; both of its methods are handed to a sweep."""

    stream: TextIO
    clock: Callable[[], float]
    started: float = field(init=False)
    next_update: float = field(init=False)
    done_share: float = field(init=False, default=0.0)
    shown: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.started = self.clock()
        first = 2.0 if self.stream.isatty() else SECONDS_BETWEEN_LINES[0]
        self.next_update = self.started + first

    def work(self, done: int, total: int) -> None:
        """Note the share of all member-days that is done."""
        self.done_share = done / total

    def count(self, tally: Tally) -> None:
        """Write how far it is, when it is time to."""
        now = self.clock()
        if now < self.next_update or not 0.0 < self.done_share < 1.0:
            return
        elapsed = now - self.started
        left = duration_in_words(elapsed * (1.0 - self.done_share) / self.done_share)
        line = f"sweeping: {tally.done:,} of {tally.communities:,} communities, about {left} left"
        if tally.failed:
            line += f", {tally.failed:,} failed"
        live = self.stream.isatty()
        self.stream.write(f"{CLEAR}{line}" if live else f"{line}\n")
        self.stream.flush()
        self.shown = live
        shortest, longest = SECONDS_BETWEEN_LINES
        pause = SECONDS_BETWEEN_UPDATES if live else min(longest, max(shortest, 0.1 * elapsed))
        self.next_update = now + pause

    def wipe(self) -> None:
        """Take the line off the terminal."""
        if self.shown:
            self.stream.write(CLEAR)
            self.stream.flush()


@contextmanager
def counting(
    stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Counter]:
    """Show how far a sweep is: on a terminal one line rewritten, elsewhere plain lines."""
    counter = Counter(sys.stderr if stream is None else stream, clock)
    try:
        yield counter
    finally:
        counter.wipe()
