"""Members on trial: who joins must show itself within some days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import PROBATION, Actions, Observation, merge


@dataclass(frozen=True)
class Probation:
    """Take whoever joins on trial, and after some days keep who has taken part and remove the rest.

    Who is there at creation is not on trial.

    Attributes
    ----------
    days : float
        0.5 ... 365 days of the trial; judged once a day.
    least : int
        0 ... 1000 messages and answers to calls that pass it.
    removes : bool
        Whether who has not passed is removed; else only the role ends.
    most_a_day : int
        1 ... 50 judged a day in a group each way, those longest silent first.

    Examples
    --------
    >>> Probation(days=14, least=3).every_hours
    24
    """

    days: float = lever(7.0, "of the trial", range=(0.5, 365), unit="days")
    least: int = lever(
        1, "messages and answers to calls that pass", range=(0, 1000), unit="messages"
    )
    removes: bool = lever(True, "whether who has not passed is removed")
    most_a_day: int = lever(
        50, "judged a day in a group each way, the longest silent first", range=(1, 50), unit="1"
    )

    every_hours: ClassVar[int] = 24
    sees_people: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        troubles=("strangers", "spam", "readers"),
        costs=("operator.minutes_per_deed",),
        evidence="stories of paid camps; that readers who go take their audience with them is "
        "field data against it (Zhang & Zhu 2011)",
        grade="C",
    )

    def act(self, seen: Observation) -> Actions:
        """Return the end of every trial that is over, and the order that goes on."""
        people = seen.people.here()
        people = people.where(people.role & PROBATION > 0)
        over = people.where(seen.time_hours - people.joined_hours >= 24 * self.days)
        passes = over.posts + over.answered_calls >= self.least
        kept = over.where(passes).oldest(self.most_a_day)
        failed = over.where(~passes).oldest(self.most_a_day)
        acts = [Actions.roles(kept.group, seen.time_hours, kept.slot, PROBATION, given=False)]
        if self.removes:
            acts.append(Actions.removals(failed, seen.time_hours))
        else:
            ended = Actions.roles(
                failed.group, seen.time_hours, failed.slot, PROBATION, given=False
            )
            acts.append(ended)
        return Actions(merge(acts).acts, probation=np.ones(seen.groups, np.int64))
