"""When the members of each group spoke: since creation or the first message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog import ChatLog
from sim.state import Array
from sim.trace import SILENCE_DAYS, Trace

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

CREATION = "creation"
FIRST_MESSAGE = "first_message"
ORIGINS = (CREATION, FIRST_MESSAGE)

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Lives:
    """When the members of each group spoke, in hours since the origin; operators never count."""

    # [group]: until the end of observation, a planned end among them. NaN: no origin, since no
    # member ever spoke and the origin is the first message
    observed_hours: Floats
    first_hours: Floats  # [group]: first member message, then the last; NaN where there is none
    last_hours: Floats
    messages_week1: Integers  # [group]: member messages of days 1-7; below, of days 8-14
    messages_week2: Integers
    posters_week2: Integers  # [group]: members who posted in days 8-14
    # [group]: answers of members to each other in days 8-14 since creation, whatever the origin,
    # and pairs who answered each other there, up to 3; -1 and 0 where a log does not know them
    answers_week2: Integers
    pairs_week2: Integers
    # [group, silence]: begin of the first silence of at least `sim.trace.SILENCE_DAYS` days; NaN
    # where there was none. It lies between two messages, between the last one and the end of
    # observation, or, when the origin is creation, before the first message
    silence_begins_hours: Floats


def lives_since(origin: str, source: Trace | Array) -> Lives:
    """Tell the lives of all groups from one origin, a run or rows of its LIFE_DTYPE."""
    life = life_of(source)
    spoke = life["first_hours"] >= 0.0
    first, last = (np.where(spoke, life[name], np.nan) for name in ("first_hours", "last_hours"))
    planned = np.where(life["planned_end_hours"] > 0.0, life["planned_end_hours"], np.inf)
    observed = np.minimum(life["observed_hours"], planned)  # a planned end censors, nobody died
    from_creation = origin == CREATION
    begins = _silences(life, first, last, observed, from_creation)
    start = np.zeros(len(life)) if from_creation else first
    since = "from_creation" if from_creation else "from_first"
    return Lives(
        observed_hours=observed - start,
        first_hours=first - start,
        last_hours=last - start,
        messages_week1=life[f"weeks_{since}"][:, 0],
        messages_week2=life[f"weeks_{since}"][:, 1],
        posters_week2=life[f"posters_week2_{since}"],
        answers_week2=life["answers_week2"],
        pairs_week2=life["pairs_week2"],
        silence_begins_hours=begins - start[:, None],
    )


def life_of(source: Trace | Array) -> Array:
    """Return the rows of lives, [group] of LIFE_DTYPE."""
    return source.life if isinstance(source, Trace) else source


def _silences(
    life: Array, first: Floats, last: Floats, observed: Floats, from_creation: bool
) -> Floats:
    """Return when the first silence of each length began, hours since creation [group, silence]."""
    least = HOURS_PER_DAY * np.array(SILENCE_DAYS)
    ended = life["silence_start_hours"]
    begins = np.where((observed - last)[:, None] >= least, last[:, None], np.nan)
    begins = np.where(ended >= 0.0, ended, begins)
    if from_creation:
        unspoken = np.where(np.isnan(first), observed, first)
        begins = np.where(unspoken[:, None] >= least, 0.0, begins)
    return np.asarray(begins, dtype=np.float64)


def known_of_groups(log: ChatLog, column: str, names: Sequence[str] | pd.Index) -> Floats:
    """Return ``created`` or ``closed`` of groups [name], UTC seconds, NaN where the log does not
    know it; ``closed`` is then the file's last second.
    """
    known = np.full(len(names), np.nan)
    if log.groups is not None and column in log.groups:
        table = log.groups.assign(group=log.groups["group"].astype("str"))
        whole = table.drop_duplicates("group").set_index("group")[column].reindex(names)
        known = np.array(whole, dtype=np.float64)
    if column == "closed":
        known[np.isnan(known)] = log.last_second()
    return known
