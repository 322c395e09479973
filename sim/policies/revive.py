"""Reviving a silent group: the reactive policy of an operator who keeps an eye on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies import lever
from sim.state import POSTED, Actions, Observation, check_packet, merge

SENT_ALONG = "a red packet sent along; 0 fen sends none"


@dataclass(frozen=True)
class Revive:
    """Post, and perhaps send a packet, when no member has spoken for some hours.

    Attributes
    ----------
    silent_hours : float
        Silence that calls for it, 1 ... 720.
    pause_hours : float
        Least time between two attempts, 1 ... 720.
    kind : str
        What is posted.
    quality : float
        0 ... 3.
    fen, shares : int
        A red packet sent along; 0 fen sends none.
    budget_fen : int
        Most that is spent on packets in a group's life.

    Examples
    --------
    >>> Revive(silent_hours=48).silent_hours
    48
    """

    silent_hours: float = lever(24.0, "silence that calls for it", range=(1, 720), unit="hours")
    pause_hours: float = lever(
        24.0, "least time between two attempts", range=(1, 720), unit="hours"
    )
    kind: str = lever("activity", "what is posted", choices=[k for k in POSTED if k != "ad"])
    quality: float = lever(1.5, "", range=(0, 3), unit="quality")
    fen: int = lever(0, SENT_ALONG, range=(0, 2_000_000), unit="fen")
    shares: int = lever(10, SENT_ALONG, range=(1, 100), unit="shares")
    budget_fen: int = lever(
        10_000,
        "most that is spent on packets in a group's life",
        range=(0, 100_000_000),
        unit="fen",
    )

    def __post_init__(self) -> None:
        """Refuse a packet that breaks the platform's limits."""
        if self.fen:
            check_packet(self.fen, self.shares)

    def act(self, seen: Observation) -> Actions:
        """Return a post (and a packet within the budget) for each group silent for long."""
        rested = seen.time_hours - seen.ledger.last_act_hours >= self.pause_hours
        silent = np.flatnonzero((seen.silent_hours >= self.silent_hours) & rested)
        if len(silent) == 0:
            return Actions.none()
        post = Actions.posts(silent, seen.time_hours, self.kind, self.quality)
        funded = silent[seen.ledger.spent_fen[silent] + self.fen <= self.budget_fen]
        if self.fen == 0 or len(funded) == 0:
            return post
        return merge([post, Actions.packets(funded, seen.time_hours, self.fen, self.shares)])
