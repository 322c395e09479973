"""Random worlds for roles, wants and the screen: values in which they happen, and a policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.state import ROLE_BITS, Actions, Array, Observation, merge

WANTING: dict[str, Any] = {
    "wants.problems_per_month": 60.0,
    "wants.purchases_per_month": 20.0,
    "wants.ideas_per_month": 10.0,
    "wants.ask_drive": 0.3,
    "wants.patience_days": 1.0,
    "progress.step": 0.3,
    "roles.duty": 10.0,
    "roles.quit_verdict": 0.6,
    "screen.spammers": 0.5,
    "screen.distance": 0.15,
}
"""A group in which members want much, and some spam."""


@dataclass(frozen=True)
class Steward:
    """A reactive policy that gives and takes roles, posts solutions and screens the talk.

    Attributes
    ----------
    every_hours : int
        How often it is consulted.
    screens : bool
        Whether it shows rules, removes messages and lets readers filter at times.
    """

    every_hours: int = 1
    screens: bool = True

    def act(self, seen: Observation) -> Actions:
        """Turn what is seen into roles, solutions and a screen."""
        mark = self.mark(seen)
        naming = np.flatnonzero(mark % 3 > 0)
        helping = np.flatnonzero(mark % 4 == 0)
        chosen, joined = mark[naming], np.maximum(1, seen.joined[naming])
        orders = [
            Actions.roles(naming, seen.time_hours + 0.1 * turn, (chosen + 7 * turn) % joined,
                          (chosen // (turn + 3)) % (ROLE_BITS + 1), turn < 2)
            for turn in range(3)
        ]  # fmt: skip
        orders.append(Actions.solutions(helping, seen.time_hours + 0.7, 1.5))
        acts = merge(orders).acts
        if not self.screens:
            return Actions(acts)
        return Actions(acts, rules_shown=mark % 2 == 0, removal_share=np.minimum(mark % 4, 2) / 2.0,
                       personal_filter=mark % 3 == 0)  # fmt: skip

    @staticmethod
    def mark(seen: Observation) -> Array:
        """Mix what the conversation and the clock show into one whole number a group."""
        mixed = seen.messages.astype(np.int64) * 31 + seen.joined * 7 + seen.left
        return (mixed * 31 + seen.hour_of_day + 24 * seen.weekday) % 1_000_003
