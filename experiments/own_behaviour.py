"""A member, a policy and an outcome of one's own: what question 17 tries, and a pattern to copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import Actions, Member, Outcome, Setting
from sim.lives.outcomes import Run
from sim.state import Array

ONE_IN, EAGER, WRITERS = 10, 3.0, 3


class Helper(Member):
    """Every tenth member answers three times as eagerly."""

    def drives(self, *situation: Any, **more: Any) -> tuple[float, float]:
        """Return the drives to open and to answer."""
        opening, answering = super().drives(*situation, **more)
        return opening, answering * (EAGER if self.slot % ONE_IN == 0 else 1.0)


@dataclass(frozen=True)
class TwoEvenings:
    """An activity on two evenings a week, in place of daily posts."""

    hour: int = 20

    def plan(self, setting: Setting) -> Actions:
        """Return one post on Tuesday and Friday evenings."""
        days = [n for n in range(int(setting.days)) if (n + setting.start_weekday) % 7 in (1, 4)]
        times = np.array([setting.time_at(day, self.hour) for day in days])
        return Actions.posts(np.zeros(len(times)), times, "activity")


def lively_days(run: Run) -> Array:
    """Return the share of days on which at least three members write."""
    enough = run.trace.daily["posting_members"] >= WRITERS
    return np.asarray(enough.sum(axis=1) / run.trace.days)


LIVELY = Outcome("lively_days_share", "share", "of local days, three members write", lively_days)
