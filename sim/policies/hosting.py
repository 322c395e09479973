"""Hosting: the most active members become hosts, or experts who answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import EXPERT, HOST, Actions, Observation, merge

ROLES = {"host": HOST, "expert": EXPERT}


@dataclass(frozen=True)
class Hosting:
    """Make the most active members hosts or experts, for good or by turns.

    Attributes
    ----------
    role : str
        "host", who opens talk, or "expert", who answers questions.
    hosts : int
        1 ... 20 seats.
    first_day : int
        0 ... 3650; day after creation on which the first are named.
    term_days : int
        1 ... 3650 days from one naming to the next.
    rotate : bool
        Whether all seats go to others at each naming; if not, only those given up or left.
    least_posts : int
        0 ... 10,000 messages that somebody must have written to be named.

    Examples
    --------
    >>> Hosting(hosts=2, rotate=True).term_days
    7
    """

    role: str = lever("host", "host: opens talk; expert: answers questions", choices=tuple(ROLES))
    hosts: int = lever(3, "seats", range=(1, 20), unit="members")
    first_day: int = lever(3, "day of the first naming", range=(0, 3650), unit="days")
    term_days: int = lever(7, "from one naming to the next", range=(1, 3650), unit="days")
    rotate: bool = lever(False, "whether all seats, not only vacant ones, go to others")
    least_posts: int = lever(
        1, "messages that somebody must have written", range=(0, 10_000), unit="messages"
    )

    every_hours: ClassVar[int] = 24
    sees_people: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        troubles=("silence", "fading", "veterans", "cost"),
        costs=("operator.minutes_per_deed",),
        evidence="stories of groups that run themselves; newcomers invited to a place with human "
        "hosts stay 1.2 points more often (Morgan & Halfaker 2018)",
        grade="B",
    )

    def act(self, seen: Observation) -> Actions:
        """Return the roles given, and with turns those taken, on the day of a naming."""
        day = seen.time_hours / 24.0 - self.first_day
        if day < 0 or day % self.term_days:
            return Actions.none()
        bit, here = ROLES[self.role], seen.people.here()
        seated = here.role & bit > 0
        holders, others = here.where(seated), here.where(~seated & (here.posts >= self.least_posts))
        held = np.bincount(holders.group, minlength=seen.groups) * (not self.rotate)
        seats = (self.hosts - held)[others.group]
        named = [others.where(seats == n).most("recent", n) for n in range(1, self.hosts + 1)]
        given = [Actions.roles(some.group, seen.time_hours, some.slot, bit) for some in named]
        if not self.rotate:
            return merge(given)
        gone = holders.where(np.isin(holders.group, others.group))
        return merge([*given, Actions.roles(gone.group, seen.time_hours, gone.slot, bit, False)])
