"""An arm of a trial: the groups played one way, and what is counted in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.state import Array
from sim.trace import Trace, join_traces
from sim.validation.rooms import Floats


@dataclass(frozen=True)
class Arm:
    """What the groups of one arm left; group g of every arm has the same random numbers."""

    trace: Trace
    messages: Array  # sorted by group and time, as the events
    events: Array
    size: int  # members at creation: the first slots

    def written(self, from_day: float, to_day: float, founders: bool = False) -> Floats:
        """Count members' messages between two days since creation, perhaps of founders: [group]."""
        return self._by_group(self.messages[self._of_members(from_day, to_day, founders)])

    def answers_to_team(self) -> Floats:
        """Count members' answers to what the team said: [group]."""
        said = self.messages
        return self._by_group(said[(said["member"] >= 0) & (said["reply_to"] <= -2)])

    def kept_share(self, half_day: float, end_day: float) -> Floats:
        """Return the share of founders who wrote before one day and write on until another.

        [group]; NaN where nobody wrote.
        """
        early, late = (
            np.unique(self._author(self._of_members(*days, founders=True)))
            for days in ((0.0, half_day), (half_day, end_day))
        )
        stayed = np.isin(early, late)
        here, there = (
            np.bincount(one // self._wide, minlength=self.trace.groups)
            for one in (early[stayed], early)
        )
        return np.where(there > 0, here / np.maximum(there, 1), np.nan)

    def daily(self, name: str, from_day: int = 0, to_day: int | None = None) -> Floats:
        """Add up a count, or a level, of local days: [group]."""
        return np.asarray(self.trace.daily[name][:, from_day:to_day].sum(axis=1), dtype=np.float64)

    def muted_share(self) -> Floats:
        """Return the part of those present at the end who have muted the group: [group]."""
        trace, first = self.trace, self.trace.first_slot[:-1]
        here = trace.joined & ~trace.left
        muted, all_here = (
            np.add.reduceat(one.astype(np.int64), first) for one in (here & trace.muted, here)
        )
        return np.where(all_here > 0, muted / np.maximum(all_here, 1), np.nan)

    def happened(self, event: int, name: str, from_hours: float, hours: float) -> Floats:
        """Add up a number of events (``fen``; ``one``: just count them) in some hours: [group].

        Packets of the team are left out.
        """
        rows, end = self.events, from_hours + hours
        chosen = (rows["event"] == event) & (rows["member"] >= 0)
        rows = rows[chosen & (rows["time_hours"] >= from_hours) & (rows["time_hours"] < end)]
        return self._by_group(rows, None if name == "one" else rows[name])

    @property
    def _wide(self) -> int:
        return int(self.messages["member"].max(initial=0)) + 1

    def _author(self, chosen: Array) -> Array:
        return np.asarray(self.messages["group"] * self._wide + self.messages["member"])[chosen]

    def _of_members(self, from_day: float, to_day: float, founders: bool) -> Array:
        said = self.messages
        days, member = said["time_hours"] / 24.0, said["member"]
        inside = (days >= from_day) & (days < to_day) & (member >= 0)
        return np.asarray(inside & (member < self.size) if founders else inside)

    def _by_group(self, rows: Array, values: Array | None = None) -> Floats:
        counted = np.bincount(rows["group"], values, self.trace.groups)
        return np.asarray(counted, dtype=np.float64)


def arm_of(parts: Sequence[tuple[Trace, Array, Array]], size: int) -> Arm:
    """Put what was played in parts together, groups numbered on."""
    starts = np.cumsum([0, *(trace.groups for trace, *_ in parts)])
    for start, (_, *logs) in zip(starts, parts, strict=False):
        for rows in logs:
            rows["group"] += start
    traces, messages, events = zip(*parts, strict=True)
    return Arm(join_traces(traces), np.concatenate(messages), np.concatenate(events), size)
