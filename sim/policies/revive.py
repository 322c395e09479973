"""Reviving a silent group: the reactive policy of an operator who keeps an eye on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import POSTED, Actions, Observation, check_packet, merge

SENT_ALONG = "a red packet sent along; 0 fen sends none"
NO_POST = "none"
AWAKE = "local clock hours between which it is done"


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
        What is posted; "none" sends a packet alone.
    quality : float
        0 ... 3.
    fen, shares : int
        A red packet sent along; 0 fen sends none.
    budget_fen : int
        Most that is spent on packets in a group's life.
    from_hour, to_hour : int
        Local clock hours between which it is done, 0 ... 24.
    most_posts : int
        0 ... 10,000 posts, after which the group is given up; 0: never.

    Examples
    --------
    >>> Revive(silent_hours=48).silent_hours
    48
    """

    silent_hours: float = lever(24.0, "silence that calls for it", range=(1, 720), unit="hours")
    pause_hours: float = lever(
        24.0, "least time between two attempts", range=(1, 720), unit="hours"
    )
    kind: str = lever(
        "activity",
        "what is posted; none: a packet alone",
        choices=[*(kind for kind in POSTED if kind != "ad"), NO_POST],
    )
    quality: float = lever(1.5, "", range=(0, 3), unit="quality")
    fen: int = lever(0, SENT_ALONG, range=(0, 2_000_000), unit="fen")
    shares: int = lever(10, SENT_ALONG, range=(1, 100), unit="shares")
    budget_fen: int = lever(
        10_000,
        "most that is spent on packets in a group's life",
        range=(0, 100_000_000),
        unit="fen",
    )
    from_hour: int = lever(0, AWAKE, range=(0, 23), unit="hour")
    to_hour: int = lever(24, AWAKE, range=(1, 24), unit="hour")
    most_posts: int = lever(
        0, "posts after which the group is given up; 0: never", range=(0, 10_000), unit="posts"
    )

    facts: ClassVar[Facts] = Facts(
        troubles=("silence",),
        pays="the fen of each packet sent along",
        evidence="after one post in 86 rooms silent for three days somebody wrote within a day in "
        "9 % of them, about 5 points more than without",
        grade="L",
    )

    def __post_init__(self) -> None:
        """Refuse a packet that breaks the platform's limits."""
        if self.fen:
            check_packet(self.fen, self.shares)

    def act(self, seen: Observation) -> Actions:
        """Return a post (and a packet within the budget) for each group silent for long."""
        ledger = seen.ledger
        due = seen.silent_hours >= self.silent_hours
        due &= seen.time_hours - ledger.last_act_hours >= self.pause_hours
        due &= (seen.hour_of_day >= self.from_hour) & (seen.hour_of_day < self.to_hour)
        if self.most_posts:
            due &= ledger.posts < self.most_posts
        silent = np.flatnonzero(due)
        if len(silent) == 0:
            return Actions.none()
        acts = []
        if self.kind != NO_POST:
            acts.append(Actions.posts(silent, seen.time_hours, self.kind, self.quality))
        funded = silent[ledger.spent_fen[silent] + self.fen <= self.budget_fen]
        if self.fen and len(funded):
            acts.append(Actions.packets(funded, seen.time_hours, self.fen, self.shares))
        return merge(acts)
