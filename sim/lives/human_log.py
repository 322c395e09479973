"""A message log made ready for counting: human rows in order, observation ends, first silences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog import HUMAN_TYPES, ChatLog
from sim.lives.life import Booleans, Floats, Integers, known_of_groups

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class HumanLog:
    """Human messages within observation, ordered by group, time and place in the file."""

    group: Integers  # [message]: groups with a message, numbered 0, 1, ... without gaps
    member: Integers  # [message]: members numbered over the whole log
    ts: Floats  # [message]: UTC seconds
    until: Floats  # [group]: end of observation, UTC seconds
    created: Floats  # [group]: creation, UTC seconds; NaN where it is not known
    never_used: int  # groups in which no human ever wrote
    # names of the groups with a message; empty where nobody asked for them
    names: tuple[str, ...] = ()
    # [group never used]: days from creation to the end of observation, NaN where not known;
    # default: none known
    known_never_days: Floats | None = None

    @property
    def n_groups(self) -> int:
        """Groups with a human message."""
        return len(self.until)

    @property
    def never_seen_days(self) -> Floats:
        """Days for which each never-used group was seen, NaN where not known."""
        if self.known_never_days is None:
            return np.full(self.never_used, np.nan)
        return self.known_never_days

    @cached_property
    def start(self) -> Integers:
        """Row of each group's first message, shape [group]."""
        return np.searchsorted(self.group, np.arange(self.n_groups)).astype(np.int64)

    @cached_property
    def messages(self) -> Integers:
        """Messages of each group, shape [group]."""
        return np.bincount(self.group, minlength=self.n_groups).astype(np.int64)

    @cached_property
    def first(self) -> Floats:
        """First human message of each group (t0), shape [group]."""
        return self.ts[self.start]

    @cached_property
    def last(self) -> Floats:
        """Last human message of each group, shape [group]."""
        return np.asarray(self.ts[self.start + self.messages - 1], dtype=np.float64)

    @cached_property
    def age(self) -> Floats:
        """Seconds from the group's first message to each message, shape [message]."""
        return np.asarray(self.ts - self.first[self.group], dtype=np.float64)

    @cached_property
    def posters(self) -> Integers:
        """Members who wrote in each group, shape [group]."""
        return np.bincount(self.pairs.group, minlength=self.n_groups).astype(np.int64)

    @cached_property
    def pairs(self) -> Pairs:
        """Member-group pairs with a message."""
        keys = self.group * (self.member.max(initial=0) + 1) + self.member
        _, first_row, of_row = np.unique(keys, return_index=True, return_inverse=True)
        last = np.full(len(first_row), -np.inf)
        np.maximum.at(last, of_row, self.ts)
        return Pairs(
            of_row.astype(np.int64), first_row.astype(np.int64), self.group[first_row], last
        )

    @cached_property
    def seconds_to_other(self) -> Floats:
        """Seconds from each message to the next by another author; NaN where none follows."""
        rows = len(self.ts)
        turns = np.ones(rows, dtype=bool)
        turns[1:] = (np.diff(self.group) != 0) | (np.diff(self.member) != 0)
        run_starts = np.append(np.flatnonzero(turns), rows)
        following = run_starts[np.cumsum(turns)]  # first row of the next run of one author
        inside = following < rows
        inside[inside] = self.group[following[inside]] == self.group[inside]
        waits = np.full(rows, np.nan)
        waits[inside] = self.ts[following[inside]] - self.ts[inside]
        return waits

    def with_never(self, values: npt.NDArray[Any], missing: float = 0.0) -> npt.NDArray[Any]:
        """Append `missing` for each never-used group to one value a group: array [group]."""
        never = np.full(self.never_used, missing)
        return np.append(values, never.astype(bool) if values.dtype == bool else never)

    def observed(self, days: float) -> Booleans:
        """Say which groups were observed for at least some days after their first message."""
        return np.asarray(self.until - self.first >= days * DAY_SECONDS)

    def silence_begins(self, days: float) -> tuple[Floats, Booleans]:
        """Find the last message before the first gap of at least some days, in seconds from the
        first message [group], the last one where there is no such gap; and whether there is one
        [group].
        """
        gaps = np.diff(self.ts)
        long = np.flatnonzero((gaps >= days * DAY_SECONDS) & (np.diff(self.group) == 0))
        groups, where = np.unique(self.group[long], return_index=True)
        begins = self.last - self.first
        begins[groups] = self.ts[long[where]] - self.first[groups]
        broken = np.zeros(self.n_groups, dtype=bool)
        broken[groups] = True
        return begins, broken


@dataclass(frozen=True)
class Pairs:
    """Every member of every group who wrote there: one row a member and group."""

    of_row: Integers  # [message]: pair of each message
    first_row: Integers  # [pair]: row of the pair's first message
    group: Integers  # [pair]: group of the pair, in rising order
    last: Floats  # [pair]: time of the pair's last message, UTC seconds


def human_log(log: ChatLog) -> HumanLog:
    """Keep the human messages until ``closed``, else the file's last second, and put them in order;
    a group first used after ``closed`` keeps its rows with negative time observed, so that it
    enters only the numbers that ask for none.
    """
    rows = log.messages
    groups = rows["group"].astype("category").cat.remove_unused_categories()
    names = groups.cat.categories.astype("str")
    human = rows["type"].isin(HUMAN_TYPES).to_numpy(dtype=bool)
    code = groups.cat.codes.to_numpy(dtype=np.int64)[human]
    ts = rows["ts"].to_numpy(dtype=np.float64)[human]
    _, member = np.unique(rows["member"].to_numpy()[human], return_inverse=True)

    used = np.bincount(code, minlength=len(names)) > 0
    until, created = (known_of_groups(log, column, names) for column in ("closed", "created"))
    first = np.full(len(names), np.inf)
    np.minimum.at(first, code, ts)
    kept = (ts <= until[code]) | (first > until)[code]
    order = np.lexsort((ts[kept], code[kept]))
    number = np.cumsum(used) - 1
    listed = [] if log.groups is None else log.groups["group"].astype("str")
    never = pd.Index(listed, dtype="str").union(names, sort=False).unique().drop(names[used])
    return HumanLog(
        group=number[code[kept][order]].astype(np.int64),
        member=member[kept][order].astype(np.int64),
        ts=ts[kept][order],
        until=until[used],
        created=created[used],
        never_used=len(never),
        names=tuple(names[used]),
        known_never_days=(
            known_of_groups(log, "closed", never) - known_of_groups(log, "created", never)
        )
        / DAY_SECONDS,
    )
