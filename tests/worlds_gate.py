"""Policies of gates for property tests: orders that stand from creation on, or by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.state import Actions, Observation, Setting

ORDERS = {
    "fee_fen": (0, 900, 20_000),
    "work_share": (0.0, 0.4, 1.0),
    "review_share": (0.0, 0.3, 0.7),
    "narrowness": (0.0, 0.6, 0.9),
    "referral": (0, 0, 1),
    "probation": (0, 1, 0),
    "invite_reward_fen": (0, 300, 1_000),
}


@dataclass(frozen=True)
class Doors:
    """Order one gate from creation on: for each of `ORDERS` its value of a number."""

    numbers: tuple[int, ...] = (0,) * len(ORDERS)

    def plan(self, setting: Setting) -> Actions:
        """Return the orders, and nothing to do."""
        orders = {
            name: np.array([known[number]])
            for (name, known), number in zip(ORDERS.items(), self.numbers, strict=True)
            if known[number]
        }
        return Actions(Actions.none().acts, **orders)


@dataclass(frozen=True)
class Porter:
    """Order another gate at each consultation, by what is seen."""

    every_hours: int = 2

    def act(self, seen: Observation) -> Actions:
        """Turn the hour and the members into orders."""
        mark = int(seen.time_hours) + seen.members
        orders = {
            name: np.array(known)[(mark // (place + 1)) % len(known)]
            for place, (name, known) in enumerate(ORDERS.items())
        }
        return Actions(Actions.none().acts, **orders)


@st.composite
def gate_policies(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Draw who orders a gate: nobody in half of the worlds."""
    chosen: list[tuple[str, Any]] = []
    if not draw(st.integers(0, 2)):
        numbers = draw(st.tuples(*[st.integers(0, len(known) - 1) for known in ORDERS.values()]))
        chosen.append(("doors", Doors(numbers)))
    if not draw(st.integers(0, 3)):
        chosen.append(("porter", Porter(draw(st.integers(1, 4)))))
    return chosen


GROWING: dict[str, Any] = {
    "growth.invite_probability": 0.8,
    "growth.delay_days": 0.1,
    "growth.reserve": 20,
    "gate.commitment": 0.2,
}
"""Members who invite, in a group whose guests have slots."""


def growing() -> st.SearchStrategy[dict[str, Any]]:
    """Draw whether members invite, and how many guests there is room for."""
    room = st.integers(0, 30).map(lambda slots: {**GROWING, "growth.reserve": slots})
    return st.just({}) | room
