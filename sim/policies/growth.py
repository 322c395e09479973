"""Growing on purpose: a reward for guests (裂变), doors that open in waves, a size to stop at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import Actions, Observation


@dataclass(frozen=True)
class Growth:
    """Pay members for the guests they bring, and open the door in waves, up to a size.

    A crowd by QR code or a trickle are `arrivals.*`; members invite where
    `growth.invite_probability` is above 0 and `growth.reserve` has room.

    Attributes
    ----------
    reward_fen : int
        0 ... 1,000,000 to who invited a guest that is let in.
    most_members : int
        0 ... 100,000 members at which the team stops paying and closes the door; 0: never.
    open_days, every_days : int
        The door is open for the first days (1 ... 365) of every so many (0 ... 365); 0: always.

    Examples
    --------
    >>> [Growth(open_days=1, every_days=7).is_open(24.0 * day) for day in (0, 1, 7)]
    [True, False, True]
    """

    reward_fen: int = lever(
        500, "to who invited a guest that is let in", range=(0, 1_000_000), unit="fen"
    )
    most_members: int = lever(
        0, "at which it stops and the door closes; 0: never", range=(0, 100_000), unit="members"
    )
    open_days: int = lever(1, "the door is open for, of every so many", range=(1, 365), unit="days")
    every_days: int = lever(0, "from wave to wave; 0: always open", range=(0, 365), unit="days")

    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("start", "newcomers", "strangers"),
        costs=(),
        pays="the reward of each guest let in",
        evidence="rewards raise referrals, most to weak ties (Ryu & Feick 2007); who was referred "
        "stays longer (Schmitt, Skiera & Van den Bulte 2011); after a sudden doubling old "
        "members talk less, then recover (10 communities)",
        grade="A",
    )

    def is_open(self, time_hours: float) -> bool:
        """Say whether a wave is on."""
        return not self.every_days or time_hours // 24 % self.every_days < self.open_days

    def act(self, seen: Observation) -> Actions:
        """Return what is paid for a guest and whether the door is open."""
        full = (seen.members >= self.most_members) & (self.most_members > 0)
        shut = full | (not self.is_open(seen.time_hours))
        paid = np.where(full, 0, self.reward_fen)
        return Actions(Actions.none().acts, closed=shut, invite_reward_fen=paid)
