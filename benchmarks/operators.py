"""Three operators who watch their groups every hour and seldom act: a cost, not a change."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.state import Actions, Observation


@dataclass(frozen=True)
class Waker:
    """Post an activity when no member has spoken for some hours."""

    silent_hours: float = field(default=30.0, metadata={"range": (1, 720)})

    def act(self, seen: Observation) -> Actions:
        """Return a post for each group silent for long, once a silence."""
        rested = seen.time_hours - seen.ledger.last_act_hours >= self.silent_hours
        silent = np.flatnonzero((seen.silent_hours >= self.silent_hours) & rested)
        return Actions.posts(silent, seen.time_hours, "activity", 1.5)


@dataclass(frozen=True)
class Rewarder:
    """Send a packet in the evening of a day on which hardly anybody has posted."""

    posting_members: int = field(default=5, metadata={"range": (0, 500)})
    fen: int = field(default=500, metadata={"range": (1, 20_000)})

    def act(self, seen: Observation) -> Actions:
        """Return a packet for each quiet group at 21 h when none is open."""
        quiet = seen.posting_members_today < self.posting_members
        wanted = quiet & (seen.hour_of_day == 21) & (seen.shares_open == 0)
        return Actions.packets(np.flatnonzero(wanted), seen.time_hours, self.fen, 5)


@dataclass(frozen=True)
class Doorkeeper:
    """Close the door while more is said in a day than members can follow."""

    messages: int = field(default=1000, metadata={"range": (0, 100_000)})

    def act(self, seen: Observation) -> Actions:
        """Return closed doors where the day's talk is above the limit."""
        return Actions(Actions.none().acts, closed=seen.messages_today > self.messages)
