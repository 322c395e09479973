"""The lives of the groups of a message log, entered by the same rule as those of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.chatlog import HUMAN_TYPES, ChatLog
from sim.compiling import rule
from sim.state import Array
from sim.trace import LIFE_DTYPE, note_message, start_life

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS_PER_HOUR = 3600.0


def group_names(log: ChatLog) -> list[str]:
    """List a log's groups: those of its table in that order, then others as they speak."""
    spoken = pd.unique(log.messages["group"].astype("str"))
    listed = [] if log.groups is None else log.groups["group"].astype("str").tolist()
    return list(dict.fromkeys([*listed, *spoken]))


def life_from_log(log: ChatLog) -> Array:
    """Tell the life of every group of `group_names` [group], from creation (the first human message
    where that is earlier or creation unknown: ask `sim.deaths` for that origin alone) until closed,
    else the file's last second; openers, delays, refused packets are 0.
    """
    names = group_names(log)
    rows = log.messages[log.messages["type"].isin(HUMAN_TYPES)]
    code = pd.Categorical(rows["group"].astype("str"), categories=names).codes.astype(np.int64)
    ts = rows["ts"].to_numpy(dtype=np.float64)
    until = _known(log, "closed", names)
    until[np.isnan(until)] = log.last_second()
    kept = ts <= until[code]
    code, ts, member = code[kept], ts[kept], rows["member"].to_numpy()[kept]
    first = np.full(len(names), np.inf)
    np.minimum.at(first, code, ts)
    begin = np.fmin(_known(log, "created", names), first)
    life = np.zeros(len(names), dtype=LIFE_DTYPE)
    watched = np.where(np.isfinite(begin), np.maximum(until - begin, 0.0), 0.0)
    for row, seconds in zip(life, watched, strict=True):
        start_life(row, seconds / SECONDS_PER_HOUR, 0.0)
    order = np.lexsort((ts, code))
    hours = (ts - begin[code]) / SECONDS_PER_HOUR
    pair = pd.factorize(pd.MultiIndex.from_arrays([code, member]))[0]
    posted = np.full(int(pair.max(initial=-1)) + 1, -1, dtype=np.int64)
    note_messages(  # type: ignore[no-untyped-call]
        life, code[order], hours[order], pair[order].astype(np.int64), posted
    )
    return life


@rule
def note_messages(life, group, time_hours, pair, posted):  # type: ignore[no-untyped-def]
    """Enter member messages [message] in the order given, hours since creation; `posted` [pair]
    holds the flags of `sim.trace.note_message`, -1: has not posted.
    """
    for row in range(len(group)):
        author = pair[row]
        known = posted[author] >= 0
        flags = posted[author] if known else 0
        mine = life[group[row]]
        posted[author] = note_message(mine, time_hours[row], flags, known)


def _known(log: ChatLog, column: str, names: Sequence[str]) -> Array:
    """Return a column of the table of groups, NaN where it says nothing."""
    if log.groups is None or column not in log.groups:
        return np.full(len(names), np.nan)
    table = log.groups.assign(group=log.groups["group"].astype("str"))
    known = table.drop_duplicates("group").set_index("group")[column].reindex(names)
    return np.array(known, dtype=np.float64)
