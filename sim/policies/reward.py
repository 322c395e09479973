"""Rewarding talk: a packet in the evening of a day on which enough members spoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import Actions, Observation, check_packet


@dataclass(frozen=True)
class Reward:
    """Send a packet in the evening of a day on which enough members spoke, never on others.

    Attributes
    ----------
    least_members : int
        1 ... 5000 members who must have posted that day.
    hour : int
        Local hour at which the day is judged, 0 ... 23.
    fen, shares : int
        The packet: 1 to 20,000 fen a share.
    budget_fen : int
        Most that is spent in a group's life.

    Examples
    --------
    >>> Reward(least_members=5, fen=500, shares=5).fen
    500
    """

    least_members: int = lever(
        5, "members who must have posted that day", range=(1, 5000), unit="members"
    )
    hour: int = lever(21, "local hour at which the day is judged", range=(0, 23), unit="hour")
    fen: int = lever(1000, "the packet, 1 to 20,000 a share", range=(1, 2_000_000), unit="fen")
    shares: int = lever(10, "claimable parts of it", range=(1, 100), unit="shares")
    budget_fen: int = lever(
        30_000, "most that is spent in a group's life", range=(0, 100_000_000), unit="fen"
    )

    facts: ClassVar[Facts] = Facts(
        troubles=("readers",),
        pays="the fen of each packet; what nobody takes comes back",
        evidence="who is paid for contributing does less unpaid when it stops (Li & Wang 2022, "
        "contested); pay moves the weakly tied and stops the well tied (Sun et al. 2017)",
        grade="A",
    )

    def __post_init__(self) -> None:
        """Refuse a packet that breaks the platform's limits."""
        check_packet(self.fen, self.shares)

    def act(self, seen: Observation) -> Actions:
        """Return a packet for each group that has earned it today."""
        earned = (seen.hour_of_day == self.hour) & (
            seen.posting_members_today >= self.least_members
        )
        earned &= seen.ledger.spent_fen + self.fen <= self.budget_fen
        groups = np.flatnonzero(earned)
        if len(groups) == 0:
            return Actions.none()
        return Actions.packets(groups, seen.time_hours, self.fen, self.shares)
