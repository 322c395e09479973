"""The table of outcomes, one row a group; and the daily rows as a tidy frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.deaths import CREATION, DEATHS, FIRST_MESSAGE, Death, lives_since
from sim.outcomes.outcome import Outcome, Run
from sim.outcomes.people import PEOPLE
from sim.outcomes.talk import TALK
from sim.outcomes.worth import MONEY, MOOD
from sim.trace import DAY_COUNTS, DAY_LEVELS, Trace

if TYPE_CHECKING:
    from sim.scenario import Scenario

TRUTH = "true/false"
SINCE_FIRST = "_since_first_message"


def _dead(death: Death, origin: str) -> Outcome:
    since = SINCE_FIRST if origin == FIRST_MESSAGE else ""
    of = "the first member message" if origin == FIRST_MESSAGE else "creation"

    def value(run: Run) -> pd.arrays.BooleanArray:
        dead = death.dead(lives_since(origin, run.trace))
        return pd.arrays.BooleanArray(dead > 0.0, np.isnan(dead))

    return Outcome(
        f"dead_{death.key}{since}" if death.key != "never_started" else death.key,
        TRUTH,
        f"{death.definition}, of {of}; missing when observed for less than {death.needs_days} days",
        value,
        "less",
    )


DEATH_COLUMNS = tuple(
    _dead(death, origin)
    for origin in (CREATION, FIRST_MESSAGE)
    for death in DEATHS
    if origin in death.origins
)

OUTCOMES: tuple[Outcome, ...] = (*PEOPLE, *TALK, *MOOD, *MONEY, *DEATH_COLUMNS)
"""Every outcome in the order of the columns of `outcomes`; `dead_silent_week2` is the headline."""


@cache
def outcomes_by_name() -> dict[str, Outcome]:
    """Return the outcomes by their names."""
    return {outcome.name: outcome for outcome in OUTCOMES}


def outcomes(trace: Trace, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Say what every group of a run amounts to, one row each as in the trace: ``point``,
    ``replication``, then the columns of `OUTCOMES`; missing values are NaN (NA for truths), never
    0.
    """
    run = Run(trace, scenarios)
    columns = {outcome.name: outcome.value(run) for outcome in OUTCOMES}
    whose = {"point": trace.point, "replication": trace.replication}
    return pd.DataFrame({**whose, **columns})


def daily_frame(trace: Trace) -> pd.DataFrame:
    """Lay out every local day lived through: ``group`` (place in the trace), ``point``,
    ``replication``, ``day`` (0: of creation), counts `sim.trace.DAY_COUNTS`, levels `DAY_LEVELS` at
    its end.
    """
    group, day = np.nonzero(np.arange(trace.daily.shape[1]) < trace.days[:, None])
    rows = trace.daily[group, day]
    whose = {
        "group": group,
        "point": trace.point[group],
        "replication": trace.replication[group],
        "day": day,
    }
    return pd.DataFrame({**whose, **{name: rows[name] for name in (*DAY_COUNTS, *DAY_LEVELS)}})
