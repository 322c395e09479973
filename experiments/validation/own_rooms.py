"""How a model that is true would be judged: the protocol played on rooms of its own making."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from experiments.making_populations.refitting import Refit, model_candidate
from experiments.validation.held_out import (
    CEILING,
    ceiling,
    medians,
    meets_bar,
    run_protocol,
    splits_of,
)
from sim.scenario import Scenario
from sim.validation.rooms import Rooms, simulated_rooms, windows_of

MODEL = "the model, refitted"
SCORES = ("within", "mean_distance", "timing_and_return", "timing_rows")
FIRST_SEED = 9000
"""Of the rooms made; what is simulated to judge them has other seeds."""


def judged_on_own_rooms(
    truth: Scenario,
    rooms: Rooms,
    refit: Refit,
    times: int,
    judged_rooms: int,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Judge the model on `times` sets of its own rooms, as many as real ones: a row a set.

    A parametric bootstrap: where a true model misses a bar about as often as not, a miss on real
    rooms tells little. ``ceiling_`` is the other part of the made rooms.
    """
    windows = windows_of(rooms.window_days)
    found = []
    for number in range(times):
        seed = FIRST_SEED + number
        made = simulated_rooms([truth], windows.drawn(rooms.total, seed), seed).rooms
        candidates = {MODEL: model_candidate(refit, made, judged_rooms), CEILING: ceiling}
        table = medians(run_protocol(made, splits_of(made), candidates))
        row: dict[str, object] = {}
        for prefix, name in (("", MODEL), ("ceiling_", CEILING)):
            row |= {f"{prefix}{score}": table.loc[name, score] for score in SCORES}
            row[f"{prefix}meets_bar"] = meets_bar(table.loc[name])
        found.append(row)
        if progress is not None:
            progress(number + 1, times)
    return pd.DataFrame(found)
