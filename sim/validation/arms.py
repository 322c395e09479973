"""An arm of a trial: the groups played one way, and what is counted in them.

Members are known over all groups by numbers, ``group * MEMBERS_IN_ROOM + slot``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.lives.outcomes import Run, outcome_named
from sim.state import CALL_ANSWERS, UTTERANCES, Array
from sim.trace import JOIN, LEAVE, TOOK_PART, Trace, join_traces
from sim.validation.rooms import MEMBERS_IN_ROOM, Floats

LONG_HOURS = 1e6  # longer than any run
UNSEEN = np.array(CALL_ANSWERS) < 0
"""Calls that are answered without a message, by number."""


@dataclass(frozen=True)
class Arm:
    """What the groups of one arm left; group g of every arm has the same random numbers."""

    trace: Trace
    messages: Array  # sorted by group and time, as the events
    events: Array
    size: int  # members at creation: the first slots
    reserve: int = 0  # slots of guests: the last ones

    def _is_one_of(self, whom: str, slot: Array) -> Array:
        """Choose ``founders``, present at creation, ``even`` ones, half of all, or everybody."""
        chosen = {"founders": slot < self.size, "even": slot % 2 == 0}
        return np.asarray(chosen.get(whom, slot >= 0))

    # --- by group ---

    def by_group(self, who: Array, values: Array | None = None) -> Floats:
        """Count members, or add up a value of each, in every group."""
        group = who // MEMBERS_IN_ROOM
        return np.asarray(np.bincount(group, values, self.trace.groups), dtype=np.float64)

    def written(self, from_day: float, to_day: float, whom: str = "") -> Floats:
        """Count members' messages between two days since creation: [group]."""
        return self.by_group(self._authors(from_day, to_day, whom))

    def writers(self, from_day: float, to_day: float) -> Floats:
        """Count who wrote between two days since creation: [group]."""
        return self.by_group(self.authors(from_day, to_day))

    def openers(self) -> Floats:
        """Count members' messages that answer none: [group]."""
        return self._said_but("replies")

    def no_ads(self) -> Floats:
        """Count members' messages that are no ads: [group]."""
        return self._said_but("ad")

    def _said_but(self, these: str) -> Floats:
        return np.asarray(sum(self.daily(kind) for kind in UTTERANCES) - self.daily(these))

    def reactions(self) -> Floats:
        """Count members' answers to what the team said, and to its calls unseen: [group]."""
        said = self.messages
        spoken = said[(said["member"] >= 0) & (said["reply_to"] <= -2)]
        took = self.of_event(TOOK_PART)
        return self._of_rows(spoken) + self._of_rows(took[UNSEEN[took["shares"]]])

    def unprompted(self) -> Arm:
        """Leave members' answers to the team out."""
        said = self.messages
        return replace(self, messages=said[(said["member"] < 0) | (said["reply_to"] > -2)])

    def kept_share(self, half_day: float, end_day: float) -> Floats:
        """Return the share of founders who wrote before one day and write on until another.

        [group]; NaN where nobody wrote.
        """
        early, late = (
            self.authors(*days, "founders") for days in ((0.0, half_day), (half_day, end_day))
        )
        stayed, there = self.by_group(early[np.isin(early, late)]), self.by_group(early)
        return np.where(there > 0, stayed / np.maximum(there, 1), np.nan)

    def daily(self, name: str, from_day: int = 0, to_day: int | None = None) -> Floats:
        """Add up a count, or a level, of local days: [group]."""
        return np.asarray(self.trace.daily[name][:, from_day:to_day].sum(axis=1), dtype=np.float64)

    def muted_share(self) -> Floats:
        """Return the part of those present at the end who have muted the group: [group]."""
        return np.asarray(outcome_named("muted_share").value(Run(self.trace, ())))

    def happened(self, event: int, name: str, from_hours: float, hours: float) -> Floats:
        """Add up a number of events (``fen``; ``one``: just count them) in some hours: [group].

        Packets of the team are left out.
        """
        rows = self.of_event(event, from_hours, from_hours + hours)
        return self._of_rows(rows, None if name == "one" else rows[name])

    def _of_rows(self, rows: Array, values: Array | None = None) -> Floats:
        return self.by_group(rows["group"] * MEMBERS_IN_ROOM, values)

    # --- member by member ---

    def authors(self, from_day: float, to_day: float, whom: str = "") -> Array:
        """Return the numbers of those who wrote between two days since creation, rising."""
        return np.unique(self._authors(from_day, to_day, whom))

    def newcomers(self) -> tuple[Array, Floats]:
        """Return the numbers of those who joined after creation, rising, and when, in hours."""
        rows = self.of_event(JOIN, 0.0)
        who, first = np.unique(_whom(rows), return_index=True)
        hours = rows["time_hours"][first]
        return who[hours > 0.0], hours[hours > 0.0]

    def counted(self, who: Array, since: Floats, from_hours: float, to_hours: float) -> Array:
        """Count the messages of members [member] between two spans since own times [member]."""
        said, keys = self._said
        at = np.searchsorted(said, who)
        is_known = np.isin(who, said)
        start, end = (
            np.searchsorted(keys, at * LONG_HOURS + np.clip(since + span, 0.0, LONG_HOURS / 2))
            for span in (from_hours, to_hours)
        )
        return np.where(is_known, end - start, 0)

    def first_messages(self, who: Array) -> Floats:
        """Say when members [member] first wrote, hours since creation; infinite: never."""
        said, keys = self._said
        at = np.searchsorted(said, who).clip(0, max(0, len(said) - 1))
        first = np.searchsorted(keys, at * LONG_HOURS)
        known = np.isin(who, said)
        hours = keys[first.clip(0, max(0, len(keys) - 1))] - at * LONG_HOURS if len(keys) else 0.0
        return np.where(known, hours, np.inf)

    def of_event(self, event: int, from_hours: float = 0.0, to_hours: float = np.inf) -> Array:
        """Return the rows of an event of members within some hours."""
        rows = self.events
        inside = (rows["time_hours"] >= from_hours) & (rows["time_hours"] < to_hours)
        return np.asarray(rows[inside & (rows["event"] == event) & (rows["member"] >= 0)])

    def took_part(self, event: int, from_hours: float = 0.0, to_hours: float = np.inf) -> Array:
        """Return the numbers of those to whom an event happened, rising."""
        return np.unique(_whom(self.of_event(event, from_hours, to_hours)))

    def exits(self, guests: bool) -> tuple[Floats, Floats]:
        """Count the guests (or the others) of those who joined later who left, and their days."""
        who, joined = self.newcomers()
        last = np.diff(self.trace.first_slot)[who // MEMBERS_IN_ROOM] - self.reserve
        chosen = (who % MEMBERS_IN_ROOM >= last) == guests
        who, joined = who[chosen], joined[chosen]
        rows = self.of_event(LEAVE)
        gone, at = np.unique(_whom(rows), return_index=True)
        ends = np.asarray(self.trace.life["observed_hours"][who // MEMBERS_IN_ROOM])
        left = np.isin(who, gone)
        ends[left] = rows["time_hours"][at[np.searchsorted(gone, who[left])]]
        return self.by_group(who, left), self.by_group(who, (ends - joined) / 24.0)

    @cached_property
    def _said(self) -> tuple[Array, Floats]:
        """Return the numbers of all who wrote, rising, and their messages as place and time."""
        said = self.messages[self.messages["member"] >= 0]
        who, place = np.unique(_whom(said), return_inverse=True)
        return who, np.sort(place * LONG_HOURS + said["time_hours"])

    def _authors(self, from_day: float, to_day: float, whom: str) -> Array:
        said = self.messages
        days, member = said["time_hours"] / 24.0, said["member"]
        inside = (days >= from_day) & (days < to_day) & (member >= 0)
        return _whom(said[inside & self._is_one_of(whom, member)])


def _whom(rows: Array) -> Array:
    return np.asarray(rows["group"] * MEMBERS_IN_ROOM + rows["member"])


def arm_of(parts: Sequence[tuple[Trace, Array, Array]], size: int, reserve: int = 0) -> Arm:
    """Put what was played in parts together, groups numbered on."""
    starts = np.cumsum([0, *(trace.groups for trace, *_ in parts[:-1])])
    traces, *logs = zip(*parts, strict=True)
    said, happened = (np.concatenate(log) for log in logs)
    for rows, log in zip((said, happened), logs, strict=True):
        rows["group"] += np.repeat(starts, [len(part) for part in log])
    return Arm(join_traces(traces), said, happened, size, reserve)
