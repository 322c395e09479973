"""When the members of each group spoke: of a run or a log, since creation or the first message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog import HUMAN_TYPES, ChatLog
from sim.state import Array
from sim.trace import LIFE_DTYPE, SILENCE_DAYS, Trace, note_messages, start_life

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

CREATION = "creation"
FIRST_MESSAGE = "first_message"
ORIGINS = (CREATION, FIRST_MESSAGE)

HOURS_PER_DAY = 24.0
SECONDS_PER_HOUR = 3600.0


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
    """Tell the lives of all groups of a run or log (`life_from_log`) from one origin."""
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


def group_names(log: ChatLog) -> list[str]:
    """List a log's groups: those of its table in that order, then others as they speak."""
    spoken = pd.unique(log.messages["group"].astype("str"))
    listed = [] if log.groups is None else log.groups["group"].astype("str").tolist()
    return list(dict.fromkeys([*listed, *spoken]))


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


def life_from_log(log: ChatLog) -> Array:
    """Tell the life of every group of `group_names` [group], by the same rule as in a run, from
    creation (the first human message where that is earlier or creation unknown: ask for that origin
    alone) until closed, else the file's last second; openers, delays and refused packets are 0,
    answers -1 in a log that tells of none.
    """
    names = group_names(log)
    rows = log.messages[log.messages["type"].isin(HUMAN_TYPES)]
    code = pd.Categorical(rows["group"].astype("str"), categories=names).codes.astype(np.int64)
    ts = rows["ts"].to_numpy(dtype=np.float64)
    until = known_of_groups(log, "closed", names)
    kept = ts <= until[code]
    code, ts, member = code[kept], ts[kept], rows["member"].to_numpy()[kept]
    answered = rows["reply_to"].to_numpy()[kept] if "reply_to" in rows else np.full(len(ts), -1)
    first = np.full(len(names), np.inf)
    np.minimum.at(first, code, ts)
    begin = np.fmin(known_of_groups(log, "created", names), first)
    life = np.zeros(len(names), dtype=LIFE_DTYPE)
    watched = np.where(np.isfinite(begin), np.maximum(until - begin, 0.0), 0.0)
    for row, seconds in zip(life, watched, strict=True):
        start_life(row, seconds / SECONDS_PER_HOUR, 0.0)
    order = np.lexsort((ts, code))
    hours = (ts - begin[code]) / SECONDS_PER_HOUR
    twice = [np.concatenate([code, code]), np.concatenate([member, answered])]
    pair, addressee = np.split(
        pd.factorize(pd.MultiIndex.from_arrays(twice))[0].astype(np.int64), 2
    )
    addressee[answered < 0] = -1
    posted = np.full(int(pair.max(initial=-1)) + 1, -1, dtype=np.int64)
    note_messages(life, code[order], hours[order], pair[order], addressee[order], posted)
    if not np.any(answered >= 0):
        life["answers_week2"] = -1
    return life
