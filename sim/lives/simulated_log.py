"""The message log of a run, with the columns of a real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog
from sim.state import KIND_TABLE, KINDS, Array
from sim.trace import EVENTS, REFUNDED, SENT, Trace

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIRST_MONDAY = 1_704_038_400.0
"""Monday 2024-01-01, midnight by the clock of Beijing (UTC+8), in UTC seconds."""

SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = 86_400.0

TYPES = ("msg", "question", "link", "bot")
TYPE_OF_KIND = np.array([TYPES.index(kind.log_type) for kind in KIND_TABLE])


def chat_log(
    trace: Trace, messages: Array, events: Array, scenarios: Sequence[Scenario]
) -> ChatLog:
    """Write a run as the log `sim.chatlog` reads: groups ``p<point>-r<replication>``, born at local
    (UTC+8) hours of the week of 2024-01-01; members unique in the log, -1 operators; ``type``
    question, link (content), bot (operators) or msg; ``operator`` 0 the team, -1 a member.
    """
    created, names = _created(trace, scenarios), group_names(trace)
    closed = created + trace.life["observed_hours"] * SECONDS_PER_HOUR
    groups = pd.DataFrame({"group": names, "created": created, "closed": closed})

    def placed(rows: Array) -> tuple[pd.Categorical, Array]:
        ts = created[rows["group"]] + SECONDS_PER_HOUR * rows["time_hours"]
        return pd.Categorical.from_codes(rows["group"], names), ts

    def numbered(rows: Array, column: str) -> Array:
        """Number members over the whole log: two groups never share one."""
        first = trace.first_slot[rows["group"]]
        return np.where(rows[column] < 0, -1, first + rows[column])

    team, kind = messages["member"] < 0, messages["kind"]
    types = np.where(team, TYPES.index("bot"), TYPE_OF_KIND[kind])
    group, ts = placed(messages)
    written = {
        "group": group,
        "member": numbered(messages, "member"),
        "ts": ts,
        "reply_to": numbered(messages, "reply_to"),
        "thread": np.full(len(messages), -1, dtype=np.int64),
        "type": pd.Categorical.from_codes(types, TYPES),
        "kind": pd.Categorical.from_codes(kind, KINDS),
        "operator": np.where(team, 0, -1),
    }
    event = events["event"]
    paid = (events["member"] < 0) & ((event == SENT) | (event == REFUNDED))
    group, ts = placed(events)
    happened = {
        "group": group,
        "ts": ts,
        "event": pd.Categorical.from_codes(event, EVENTS),
        "member": numbered(events, "member"),
        "operator": np.where(paid, 0, -1),
        **{name: events[name] for name in ("packet", "fen", "shares")},
    }
    until = float(closed.max()) if len(closed) else None
    return ChatLog(pd.DataFrame(written), groups, pd.DataFrame(happened), "simulated", (), until)


def group_names(trace: Trace) -> list[str]:
    """Name every group by its design point and replication, so that names sort as numbers do."""
    wide = max(3, len(str(max(trace.point, default=0))))
    long = max(4, len(str(max(trace.replication, default=0))))
    return [
        f"p{point:0{wide}d}-r{replication:0{long}d}"
        for point, replication in zip(trace.point, trace.replication, strict=True)
    ]


def _created(trace: Trace, scenarios: Sequence[Scenario]) -> Array:
    groups = [scenario.params.group for scenario in scenarios]
    start = [
        FIRST_MONDAY + SECONDS_PER_DAY * g.start_weekday + SECONDS_PER_HOUR * g.start_hour
        for g in groups
    ]
    return np.array(start, dtype=np.float64)[trace.point]
