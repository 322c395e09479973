"""Welcoming newcomers: a word in the group, or a letter, to each who joins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.people import People
from sim.policies import Facts, lever
from sim.state import POSTED, Actions, Observation

ALL, SILENT, SPOKE = "all", "silent", "spoke"
SPEAKING = "all, those still silent, or those who have already spoken"


@dataclass(frozen=True)
class Welcome:
    """Greet each newcomer by name, in the group or in private, once.

    Who was there at creation is no newcomer; whom the team has already done something for since
    joining is not greeted again.

    Attributes
    ----------
    whom : str
        "all", "silent" (have not spoken yet) or "spoke" (have).
    after_hours : float
        0 ... 720; how long after joining a member is greeted at the earliest.
    within_days : float
        .05 ... 30; after so long nobody is a newcomer any more.
    kind : str
        What is said.
    quality : float
        0 ... 3; 1 is a member's average message.
    private : bool
        Whether it is a letter instead of a post that all see.
    most_at_once : int
        1 ... 100 newcomers of a group, those not heard of for longest first.
    every_hours : int
        1 ... 168; how often the team sees to it, from creation on.

    Examples
    --------
    Two members joined, ten hours and one hour ago:

    >>> import numpy as np
    >>> joined = {"joined_hours": np.array([14.0, 23.0]), "present": np.ones(2)}
    >>> joined |= {"posts": np.zeros(2), "last_act_hours": np.full(2, -np.inf)}
    >>> joined["last_post_hours"] = joined["last_act_hours"]
    >>> seen = People(np.zeros(2, int), np.arange(2), 24.0, np.arange(2), joined)
    >>> Welcome(after_hours=6.0).chosen(seen).slot.tolist()
    [0]
    """

    whom: str = lever(ALL, SPEAKING, choices=(ALL, SILENT, SPOKE))
    after_hours: float = lever(
        0.0, "how long after joining at the earliest", range=(0, 720), unit="hours"
    )
    within_days: float = lever(
        3.0, "after so long nobody is a newcomer any more", range=(0.05, 30), unit="days"
    )
    kind: str = lever("greeting", "what is said", choices=[k for k in POSTED if k != "ad"])
    quality: float = lever(1.0, "1 is a member's average message", range=(0, 3), unit="quality")
    private: bool = lever(False, "whether it is a letter instead of a post that all see")
    most_at_once: int = lever(
        10, "newcomers greeted at once, longest silent first", range=(1, 100), unit="members"
    )
    every_hours: int = lever(24, "how often the team sees to it", range=(1, 168), unit="hours")

    sees_people: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        troubles=("newcomers", "strangers"),
        evidence="newcomers invited to a place with human hosts stay 1.2 points more often (14,766 "
        "people, Morgan & Halfaker 2018); an automatic offer of a mentor does nothing (57,084)",
        grade="A",
    )

    def chosen(self, people: People) -> People:
        """Choose whom to greet now."""
        hours = 24.0 * self.within_days
        young = people.newcomers(hours)
        waited = young.time_hours - young.joined_hours >= self.after_hours
        young = young.where(
            waited & (young.joined_hours > 0.0) & (young.last_act_hours < young.joined_hours)
        )
        if self.whom != ALL:
            young = young.where((young.posts > 0) == (self.whom == SPOKE))
        return young.oldest(self.most_at_once)

    def act(self, seen: Observation) -> Actions:
        """Return a greeting for each newcomer chosen."""
        who = self.chosen(seen.people)
        if self.private:
            return Actions.letters(who, seen.time_hours, self.quality)
        return Actions.posts(who.group, seen.time_hours, self.kind, self.quality, to=who.slot)
