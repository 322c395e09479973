"""Policies of calls for tests: one that reacts with calls of every kind, one by a timetable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.models import Community
from sim.scenario import NamedPolicy, Scenario
from sim.state import CALL_NAMES, CALLS_SEEN, Actions, Array, Call, Observation, Setting, merge

LIVELY_CALLS: dict[str, Any] = {
    "calls.base": 20.0,
    "calls.probability_max": 0.9,
    "gathering.loosening_share": 0.3,
    "shop.buy_probability": 1.0,
    "shop.educated_worth": 0.2,
    "shop.unwanted_share": 1.0,
    "shop.wtp_fen": 3000.0,
}


OPENED = (*CALL_NAMES, "order", "order")


@dataclass(frozen=True)
class Caller:
    """Open calls by what is seen of the group and of its calls so far; close some.

    Attributes
    ----------
    every_hours : int
        How often it is consulted.
    calls : int
        Most calls it opens at a consultation.
    """

    every_hours: int = 1
    calls: int = 1

    def act(self, seen: Observation) -> Actions:
        """Turn every field about calls into calls of every kind."""
        mark = self.mark(seen)
        orders = []
        for group, own in enumerate(mark.tolist()):  # each by itself, in whatever block
            for turn in range(self.calls):
                code = OPENED[(own + turn) % len(OPENED)]
                at = seen.time_hours + (own // 7 + 13 * turn) % 60 / 60.0
                orders.append(Actions.calls([group], at, self.call(code, own // 6 + turn)))
        for number, code in enumerate(CALL_NAMES):
            done = np.flatnonzero(mark % 41 == number)
            orders.append(Actions.closes(done, seen.time_hours + 0.75, code))
        return merge(orders)

    @staticmethod
    def call(code: str, mark: int) -> Call:
        """Return a call of this kind whose numbers vary."""
        hours = (0.0, 0.3, 2.0, 6.0, 11.0)[mark % 5]
        shares = {"raffle": 1 + mark % 3, "order": (0, 2, 40, 40, 0)[mark // 5 % 5]}.get(code, 0)
        hours = max(hours, 2.0) if code == "order" and shares else hours
        fen = 1 + mark % 300 if code in ("raffle", "order") or mark % 2 else 0
        amount, quality = (0.0, 0.5, 1.0, 4.0)[mark % 4], 0.5 + mark % 3
        return Call(code, hours, fen, shares, amount, min(3.0, quality), everyone=mark % 3 == 0)

    @staticmethod
    def mark(seen: Observation) -> Array:
        """Mix what is seen of calls into one whole number a group."""
        mixed = seen.messages + 7 * seen.members + int(seen.time_hours)
        mixed = mixed + seen.ledger.spent_fen + 5 * seen.ledger.posts
        for name in CALLS_SEEN:
            mixed = (mixed * 31 + getattr(seen, name)) % 1_000_003
        return mixed


@dataclass(frozen=True)
class Called:
    """A timetable of calls.

    Attributes
    ----------
    calls : tuple of (float, Call)
        When each is opened, hours since creation.
    """

    calls: tuple[tuple[float, Call], ...]

    def plan(self, setting: Setting) -> Actions:
        """Return them all."""
        return merge([Actions.calls([0], at, call) for at, call in self.calls])


def called(calls: Sequence[tuple[float, Call]]) -> NamedPolicy:
    """Name a timetable of calls as the policy of a scenario."""
    return NamedPolicy("called", "worlds_calls:Called", Called(tuple(calls)))


def daily_check_ins(days: Iterable[int], fen: int = 0) -> list[tuple[float, Call]]:
    """Call to a check-in on each of these days after creation, open for a day."""
    return [(24.0 * day + 1.0, Call("check_in", hours=23.9, fen=fen)) for day in days]


def opened(scenario: Scenario, call: Call) -> Community:
    """Play an hour of a community and open a call in it, the first."""
    community = Community(scenario)
    community.run(1)
    assert community.calls.open(1.0, Actions.calls([0], 1.0, call).acts[0])
    return community
