"""Members of many groups as their operators know them, and how to choose among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

RECENT_DAYS = 14.0  # a message counts half in `recent` after so long
MIX_SLOT, MIX_HOUR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
MIXES = (  # the steps of SplitMix64 (Steele, Lea & Flood 2014)
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
    (np.uint64(31), np.uint64(1)),
)
SHOWN = (
    *("present", "removed", "role", "streak", "joined_hours", "last_post_hours", "last_act_hours"),
    *("posts", "recent", "claims", "answered_calls", "orders", "spent_fen", "invited_by", "depth"),
)
"""What operators know of a member; never looks, mutes or needs."""


@dataclass(frozen=True)
class Chosen:
    """Single members, to whom something is to be done: arrays of the same length.

    Attributes
    ----------
    group : array of int
        Positions in the observation; a `plan` uses 0.
    slot : array of int
        Numbers of the members within their groups, from 0.
    """

    group: Array
    slot: Array

    def __len__(self) -> int:
        return len(self.slot)


class Columns(dict[str, Array]):
    """What is known of some `rows` of records that lie apart, each column gathered when it is first
    asked for.
    """

    def __init__(self, rows: Array, known: dict[str, Array]) -> None:
        super().__init__()
        self._rows, self._known = rows, known

    def __missing__(self, name: str) -> Array:
        column: Array = self._known[name][self._rows]
        column.flags.writeable = False
        self[name] = column
        return column


@dataclass(frozen=True, eq=False)
class People(Chosen):
    """All who have ever joined the groups observed, or some of them: arrays [member], by group.

    Attributes
    ----------
    time_hours : float
        Of the observation, as all times in hours since creation.
    present, removed : array of bool
        Whether in the group now; whether removed by the operators.
    role, streak : array of int
        Bits of the roles held; answered check-ins in a row.
    joined_hours, last_post_hours, last_act_hours : array of float
        When joined, when last spoken (-inf: never), when the operators last did something to each.
    posts, claims, answered_calls, orders, spent_fen : array of int
        So far.
    recent : array of float
        Messages, each of which counts by half less after 14 days: the activity score.
    invited_by, depth : array of int
        By whom (-1: nobody), and in how many steps of invitation.

    Examples
    --------
    >>> columns = {"present": np.array([1, 1, 0]), "posts": np.array([3, 5, 9])}
    >>> some = People(np.array([0, 0, 0]), np.arange(3), 48.0, np.arange(3), columns)
    >>> some.where(some.present).most("posts", 1).slot.tolist()
    [1]
    """

    time_hours: float
    rows: Array
    columns: dict[str, Array]

    def __getattr__(self, name: str) -> Array:
        if name not in SHOWN:
            raise AttributeError(f"people have no {name}; they have {', '.join(SHOWN)}")
        return self.columns[name][self.rows]

    @property
    def present(self) -> Array:
        """Whether each is in the group now."""
        return self.columns["present"][self.rows] > 0

    @property
    def removed(self) -> Array:
        """Whether the operators removed each."""
        return self.columns["removed"][self.rows] > 0

    @property
    def recent(self) -> Array:
        """The activity score of each."""
        hours = self.time_hours - self.columns["recent_hours"][self.rows]
        faded: Array = self.columns["recent"][self.rows] * np.exp2(-hours / (24.0 * RECENT_DAYS))
        return faded

    @property
    def heard_hours(self) -> Array:
        """When each was last heard of: spoke, or else joined."""
        heard: Array = np.maximum(self.last_post_hours, self.joined_hours)
        return heard

    @property
    def lots(self) -> Array:
        """A lot for each, 0 ... 1, new at every hour; the same whoever else is among them."""
        hour = np.full(1, self.time_hours).astype(np.uint64)
        mixed = self.slot.astype(np.uint64) * MIX_SLOT + hour * MIX_HOUR
        for shift, factor in MIXES:
            mixed = (mixed ^ (mixed >> shift)) * factor
        lots: Array = (mixed >> np.uint64(11)) * 2.0**-53
        return lots

    def where(self, chosen: Array) -> People:
        """Choose those for whom something holds: array [member] of bool."""
        return replace(
            self, group=self.group[chosen], slot=self.slot[chosen], rows=self.rows[chosen]
        )

    def here(self) -> People:
        """Choose those who are present."""
        return self.where(self.present)

    def gone(self) -> People:
        """Choose those who left of their own accord."""
        return self.where(~self.present & ~self.removed)

    def silent_for(self, hours: float) -> People:
        """Choose those present who have not spoken for so long, nor joined since."""
        return self.where(self.present & (self.time_hours - self.heard_hours >= hours))

    def newcomers(self, hours: float) -> People:
        """Choose those present who joined less than so long ago."""
        return self.where(self.present & (self.time_hours - self.joined_hours < hours))

    def rested(self, hours: float) -> People:
        """Choose those to whom the operators have done nothing for so long."""
        return self.where(self.time_hours - self.last_act_hours >= hours)

    def first(self, most: int) -> People:
        """Choose the first few of each group, by slot."""
        return self._least(np.zeros(len(self)), most)

    def by_lot(self, most: int) -> People:
        """Choose a few of each group by lot, others at another hour."""
        return self._least(self.lots, most)

    def oldest(self, most: int) -> People:
        """Choose the few of each group who have been silent longest."""
        return self._least(self.heard_hours, most)

    def most(self, name: str, most: int) -> People:
        """Choose the few of each group who have most of something, `name` ("recent", "posts")."""
        return self._least(-getattr(self, name).astype(np.float64), most)

    def _least(self, key: Array, most: int) -> People:
        order = np.lexsort([self.slot, key, self.group])
        group = self.group[order]
        rank = np.arange(len(group)) - np.searchsorted(group, group)
        return self.where(np.sort(order[rank < most]))
