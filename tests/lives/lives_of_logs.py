"""The lives of the groups of a log, by the rule of a run; definitions of death are tried on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.chatlog import HUMAN_TYPES, ChatLog
from sim.lives.life import known_of_groups
from sim.state import Array
from sim.trace import LIFE_DTYPE, note_messages, start_life

SECONDS_PER_HOUR = 3600.0


def group_names(log: ChatLog) -> list[str]:
    """List a log's groups: those of its table in that order, then others as they speak."""
    spoken = pd.unique(log.messages["group"].astype("str"))
    listed = [] if log.groups is None else log.groups["group"].astype("str").tolist()
    return list(dict.fromkeys([*listed, *spoken]))


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
