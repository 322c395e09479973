"""Facts that decide about operations and are none of a data set's rows: judged beside them.

How much less the others write when half the audience is lost, who ends a silence, and how much more
early posters tell of survival than early messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.ensemble import Ensemble, Place
from sim.lives.patterns import Ratio
from sim.scenario import NamedPolicy, Scenario
from sim.state import Array
from sim.validation.rooms import Progress, Rooms, in_threads, measured, shipped_table
from sim.validation.targets import Row, compared
from sim.validation.treatments import treatment

PART = "facts for operations"
AUDIENCE = "half the audience lost: messages of the others, change"
LOST_DAY, AFTER_DAYS = 30, 60
"""As the benchmark plays Zhang and Zhu: members of odd number are removed from a day on."""

ROOMS_AT_ONCE = 100


def half_lost(
    scenarios: Sequence[Scenario], rooms: int, seed: int, progress: Progress | None = None
) -> Ratio:
    """Play rooms, dealt to scenarios in turn, with and without half of their members [room]."""
    losing = NamedPolicy("lost", "lost", treatment("removing_odd", LOST_DAY))
    order = np.argsort(np.arange(rooms) % len(scenarios), kind="stable")  # a scenario's together
    dealt = [(int(room) % len(scenarios), int(room)) for room in order]
    blocks: list[list[Place]] = []
    for policies in ((), (losing,)):
        arm = [
            replace(one, days=LOST_DAY + AFTER_DAYS, policies=(*one.policies, *policies))
            for one in scenarios
        ]
        places = [Place(at, arm[at], room, seed) for at, room in dealt]
        blocks += [places[at : at + ROOMS_AT_ONCE] for at in range(0, rooms, ROOMS_AT_ONCE)]
    work = [float(len(block)) for block in blocks]
    all_there, half_gone = np.split(
        np.concatenate(in_threads(_written_later, blocks, None, work, progress)), 2
    )
    return Ratio(half_gone - all_there, all_there, "message")


def _written_later(places: list[Place]) -> Array:
    """Count what members of even number wrote after the day, in each room."""
    block = Ensemble(places)
    block.advance(24 * LOST_DAY)
    before = block.arrays["posts"].copy()
    block.advance()
    first, slot = block.arrays["groups"]["first_slot"], np.arange(len(before))
    room = np.searchsorted(first, slot, "right") - 1
    later = (block.arrays["posts"] - before) * ((slot - first[room]) % 2 == 0)
    return np.bincount(room, later.astype(np.float64), len(places))


def real_facts() -> pd.DataFrame:
    """Read what the real side is: index pattern; value, error, note."""
    return shipped_table("facts.csv").set_index("pattern")


def measured_facts(made: Rooms, lost: Ratio, seed: int) -> pd.DataFrame:
    """Measure rooms, and as many that lost half of their members: index pattern; value, error."""
    return measured(replace(made, brought={**made.facts, AUDIENCE: lost}), made.every(), seed)


def fact_rows(made: Rooms, lost: Ratio, seed: int) -> list[Row]:
    """Set simulated rooms, and as many that lost half of their members, beside the facts."""
    real = real_facts()
    rows = compared(PART, real, measured_facts(made, lost, seed))
    return [replace(row, note=note) for row, note in zip(rows, real["note"], strict=True)]
