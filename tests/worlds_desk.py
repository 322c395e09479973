"""Random worlds at a desk: hands that come and go, silence ordered, a service that ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.state import Actions, Observation


@dataclass(frozen=True)
class Foreman:
    """A reactive policy that orders hands, no answers and silence by what it sees.

    Attributes
    ----------
    every_hours : int
        How often it is consulted.
    """

    every_hours: int = 1

    def act(self, seen: Observation) -> Actions:
        """Turn a few fields of the observation into orders that stand."""
        mark = (seen.messages * 31 + seen.members * 7 + seen.hour_of_day).astype(np.int64)
        return Actions(
            Actions.none().acts,
            hands=mark % 4,
            unanswered=mark % 11 == 3,
            hushed=mark % 29 == 5,
        )


@st.composite
def desks(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the values of a desk, often a busy one; or none."""
    if not draw(st.integers(0, 3)):
        return {}
    return {
        "desk.groups": draw(st.sampled_from([1, 4, 20, 100])),
        "desk.hands": draw(st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.7])),
        "desk.patience_hours": draw(st.sampled_from([0.5, 100.0, 1000.0, 1000.0])),
        "operator.answer_probability": 0.9,
        "operator.minutes_per_answer": 60.0,
        "leaving.unmute_probability": 0.8,  # hushed groups mute less, so there are fewer
    }
