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
    """List a log's groups: those of its table in that order, then others as they speak.

    Parameters
    ----------
    log : ChatLog

    Returns
    -------
    list of str

    Examples
    --------
    >>> rows = pd.DataFrame({"group": ["b", "a"], "member": 0, "ts": [5.0, 9.0], "type": "msg"})
    >>> group_names(ChatLog(rows, pd.DataFrame({"group": ["a"]}), None, "by hand"))
    ['a', 'b']
    """
    spoken = pd.unique(log.messages["group"].astype("str"))
    listed = [] if log.groups is None else log.groups["group"].astype("str").tolist()
    return list(dict.fromkeys([*listed, *spoken]))


def life_from_log(log: ChatLog) -> Array:
    """Tell the life of every group of a log, as a run would have left it.

    A life begins at creation where that is known (at the first human message where that is
    earlier, or creation unknown: then both origins are the same, and `sim.deaths` should be asked
    for the first message alone). It is observed until the group was closed, else until the
    file's last second; later rows are dropped. A group of which nothing is known is not observed.

    Parameters
    ----------
    log : ChatLog
        As read or as simulated.

    Returns
    -------
    array [group] of LIFE_DTYPE
        In the order of `group_names`. A log does not say which message an answer answers: openers,
        delays and refused packets are 0.

    Examples
    --------
    >>> rows = pd.DataFrame({"group": "a", "member": [1, 2], "ts": [3600.0, 9000.0], "type": "msg"})
    >>> known = pd.DataFrame({"group": ["a"], "created": [0.0], "closed": [36000.0]})
    >>> life = life_from_log(ChatLog(rows, known, None, "by hand"))
    >>> [float(life[name][0]) for name in ("observed_hours", "first_hours", "last_hours")]
    [10.0, 1.0, 2.5]
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
    """Enter member messages in the order given, one after the other.

    Parameters
    ----------
    life : array [group] of LIFE_DTYPE
    group, time_hours, pair : array [message]
        Whose life, hours since its creation, and which member of which group wrote.
    posted : array [pair] of int
        Flags of `sim.trace.note_message`; -1: has not posted.
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
