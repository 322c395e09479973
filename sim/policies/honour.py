"""Honouring members: a word of praise before all, perhaps with a prize."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.people import People
from sim.policies import Facts, lever
from sim.state import POSTED, Actions, Observation, merge

MOST_ACTIVE, BY_LOT = "most_active", "by_lot"
WHOM = "who has written most lately, or anybody who has spoken since the last time"


@dataclass(frozen=True)
class Honour:
    """Praise some of those who have spoken, by name and before all, every few days.

    Attributes
    ----------
    whom : str
        "most_active" (by recent messages) or "by_lot".
    every_days : int
        1 ... 365; only who has spoken in them is praised.
    members : int
        1 ... 20 of each group at a time.
    pause_days : float
        1 ... 365 days in which the team has done nothing else for that member.
    kind : str
        What the praise is said as.
    quality : float
        0 ... 3; 1 is a member's average message.
    fen : int
        0 ... 20,000, a prize for each; 0: praise alone.
    budget_fen : int
        Most that is paid in a group's life; no prizes when it may not last for all of a day.

    Examples
    --------
    The third wrote most, but not in the last week:

    >>> import numpy as np
    >>> known = {"recent": np.array([1.0, 6.0, 9.0]), "recent_hours": np.full(3, 169.0)}
    >>> known |= {"present": np.ones(3), "last_post_hours": np.array([150.0, 160.0, 0.0])}
    >>> known |= {"last_act_hours": np.full(3, -np.inf)}
    >>> seen = People(np.zeros(3, int), np.arange(3), 169.0, np.arange(3), known)
    >>> Honour(every_days=7, members=1).chosen(seen).slot.tolist()
    [1]
    """

    whom: str = lever(MOST_ACTIVE, WHOM, choices=(MOST_ACTIVE, BY_LOT))
    every_days: int = lever(
        7, "how often; only who spoke since is praised", range=(1, 365), unit="days"
    )
    members: int = lever(1, "members of each group at a time", range=(1, 20), unit="members")
    pause_days: float = lever(
        28.0, "days without another act to that member", range=(1, 365), unit="days"
    )
    kind: str = lever("chat", "said as", choices=[kind for kind in POSTED if kind != "ad"])
    quality: float = lever(1.5, "1 is a member's average message", range=(0, 3), unit="quality")
    fen: int = lever(0, "a prize for each; 0: praise alone", range=(0, 20_000), unit="fen")
    budget_fen: int = lever(
        10_000, "most that is paid in a group's life", range=(0, 100_000_000), unit="fen"
    )

    sees_people: ClassVar[bool] = True
    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("veterans", "readers"),
        pays="the fen of each prize",
        evidence="a surprise award to the best 1 % raised their work 1.6 times, to others nothing "
        "(Restivo & van de Rijt 2012, 2014: contested); who is thanked is back within two weeks 2 "
        "points more often (15,558 people)",
        grade="A",
    )

    def chosen(self, people: People) -> People:
        """Choose whom to praise today."""
        spoke = people.here().rested(24.0 * self.pause_days)
        spoke = spoke.where(people.time_hours - spoke.last_post_hours <= 24.0 * self.every_days)
        if self.whom == BY_LOT:
            return spoke.by_lot(self.members)
        return spoke.most("recent", self.members)

    def act(self, seen: Observation) -> Actions:
        """Return the praise of the day, and the prizes within the budget."""
        now = seen.time_hours
        if now == 0.0 or now % (24.0 * self.every_days):
            return Actions.none()
        who = self.chosen(seen.people)
        praise = Actions.posts(who.group, now, self.kind, self.quality, to=who.slot)
        if not self.fen:
            return praise
        left = self.budget_fen - seen.ledger.paid_fen
        paid = who.where(left[who.group] >= self.fen * self.members)
        return merge([praise, Actions.payments(paid, now, self.fen)])
