"""Participation: members are asked for ideas, the authors are honoured, the ideas carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import OWN, Actions, Call, Observation, merge

TO_WHOM = "members praised after each call, of those who took part and spoke while it was open"
SOON_HOURS = 0.5  # from praise to what was made of the idea


@dataclass(frozen=True)
class Participation:
    """Ask members for ideas, praise some who answered, and carry their ideas out before all.

    Who had the idea is known only as a team knows it: who answers its calls most, and spoke while
    this one was open.

    Attributes
    ----------
    every_days : int
        1 ... 365 days from one call to the next.
    open_days : int
        1 ... 30 days that it is open.
    fen : int
        0 ... 2,000,000 for each idea.
    honoured : int
        0 ... 20 members praised after each call.
    pause_days : float
        0 ... 365 days before somebody to whom the team did anything is praised.
    adopted : bool
        Whether the team posts what it made of their ideas, on what they like.
    quality : float
        0 ... 3, of call, praise and post.

    Examples
    --------
    >>> Participation(every_days=14, fen=500).open_days
    2
    """

    every_days: int = lever(7, "from one call to the next", range=(1, 365), unit="days")
    open_days: int = lever(2, "days that it is open", range=(1, 30), unit="days")
    fen: int = lever(0, "for each idea", range=(0, 2_000_000), unit="fen")
    honoured: int = lever(1, TO_WHOM, range=(0, 20), unit="members")
    pause_days: float = lever(
        14.0, "before somebody to whom the team did anything is praised", range=(0, 365),
        unit="days",
    )  # fmt: skip
    adopted: bool = lever(True, "whether the team posts what it made of their ideas")
    quality: float = lever(1.5, "of call, praise and post", range=(0, 3), unit="quality")

    every_hours: ClassVar[int] = 24
    sees_people: ClassVar[bool] = True
    facts: ClassVar[Facts] = Facts(
        troubles=("readers", "veterans", "mismatch"),
        costs=("operator.minutes_per_call", "operator.minutes_per_post"),
        pays="the fen of each idea",
        evidence="small tasks suggested to newcomers: 12 % more contribute for the first time "
        "(Wikimedia Growth); paid honour on a post: 7 % more post again (Burtch et al. 2021)",
        grade="A",
    )

    def act(self, seen: Observation) -> Actions:
        """Return a call on its day, praise and the post on the day on which it ends."""
        day, now, acts = int(seen.time_hours) // 24, seen.time_hours, [Actions.none()]
        if day % self.every_days == 0:
            call = Call("idea", 24.0 * self.open_days, self.fen, quality=self.quality)
            acts.append(Actions.calls(np.arange(seen.groups), now, call))
        if self.honoured and day >= self.open_days and not (day - self.open_days) % self.every_days:
            here = seen.people.here()
            took_part = here.last_post_hours >= now - 24.0 * self.open_days
            took_part &= here.answered_calls > 0
            rested = here.where(took_part).rested(24.0 * self.pause_days)
            who = rested.most("answered_calls", self.honoured)
            said = [("greeting", now)] + [("content", now + SOON_HOURS)] * self.adopted
            acts += [
                Actions.posts(who.group, at, kind, self.quality, to=who.slot, topic=OWN)
                for kind, at in said
            ]
        return merge(acts)
