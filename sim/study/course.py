"""How far a sweep is: communities, weighed by what they cost, and failures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.progress import Progress
from sim.state import Array
from sim.study.design import Design
from sim.study.manifest import Block
from sim.study.rows import ERROR


@dataclass(frozen=True)
class Tally:
    """How far a sweep is."""

    done: int  # rows played in this call, and those to play
    communities: int
    failed: int  # of those done


def member_days(design: Design, block: Block) -> Array:
    """Add up the member-days of the first communities of a block: array [community], rising."""
    points = [design.points[point] for point in block.points]
    each = [max(1, round(point.params.group.size * point.days)) for point in points]
    return np.cumsum(np.repeat(each, len(block.replications)))


class Course:
    """Turns communities done into member-days done; counts failures and (`played`) rows stored."""

    def __init__(
        self,
        design: Design,
        blocks: Sequence[Block],
        progress: Progress | None,
        watch: Callable[[Tally], None] | None,
    ) -> None:
        self._costs = {block.number: member_days(design, block) for block in blocks}
        self._total = sum(int(cost[-1]) for cost in self._costs.values())
        self._groups = sum(block.groups for block in blocks)
        self._before = 0
        self._progress, self._watch = progress, watch
        self._done = self._failed = 0
        self.played = 0

    def tick(self, block: Block, done: int, just_now: int) -> None:
        """Note that the first `done` communities of a block are played."""
        self._done += just_now
        cost = self._costs[block.number]
        if self._progress is not None:
            self._progress(self._before + (int(cost[done - 1]) if done else 0), self._total)
        if done == len(cost):
            self._before += int(cost[-1])
        self._tell()

    def stored(self, rows: pd.DataFrame) -> None:
        """Note that a block is stored."""
        self.played += len(rows)
        self._failed += int(rows[ERROR].notna().sum())
        self._tell()

    def _tell(self) -> None:
        if self._watch is not None:
            self._watch(Tally(self._done, self._groups, self._failed))
