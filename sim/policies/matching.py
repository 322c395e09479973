"""Matching: introducing members to each other, two and two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.people import People
from sim.policies import Facts, lever
from sim.state import Actions, Array, Observation

NEW_ACTIVE, ALIKE, BY_LOT = "new_active", "alike", "by_lot"
WHOM = "newcomers with the most active, those who write about as much, or anybody"
RANKS = 2**31  # more than a group has members: ranks of two groups never mix


@dataclass(frozen=True)
class Matching:
    """Introduce pairs of members every day: a letter to both, and they know each other.

    Attributes
    ----------
    whom : str
        "new_active": newcomers (who joined after creation) with those of recent messages;
        "alike": those who have lately written about as much; "by_lot": anybody.
    pairs_a_day : int
        1 ... 50 in each group.
    weight : float
        0 ... 10; how well two who are introduced know each other then: a first answer is worth
        ``ties.initial_weight``.
    quality : float
        0 ... 3, of the letters; 1 is a member's average message.
    new_days : float
        1 ... 90 days for which one is a newcomer.
    pause_days : float
        1 ... 365 days in which the team has done nothing else for either.

    Examples
    --------
    One newcomer and two who have spoken, the second more:

    >>> known = {"joined_hours": np.array([0.0, 0.0, 90.0]), "recent": np.array([2.0, 5.0, 0.0])}
    >>> known |= {"present": np.ones(3), "recent_hours": np.full(3, 96.0)}
    >>> known |= {"last_act_hours": np.full(3, -np.inf), "last_post_hours": np.full(3, 9.0)}
    >>> seen = People(np.zeros(3, int), np.arange(3), 96.0, np.arange(3), known)
    >>> one, other = Matching(new_days=3).chosen(seen)
    >>> one.slot.tolist(), other.slot.tolist()
    ([2], [1])
    """

    whom: str = lever(NEW_ACTIVE, WHOM, choices=(NEW_ACTIVE, ALIKE, BY_LOT))
    pairs_a_day: int = lever(3, "pairs in each group", range=(1, 50), unit="pairs")
    weight: float = lever(
        1.0, "how well two who are introduced know each other", range=(0, 10), unit="weight"
    )
    quality: float = lever(1.0, "of the letters", range=(0, 3), unit="quality")
    new_days: float = lever(7.0, "how long one is a newcomer", range=(1, 90), unit="days")
    pause_days: float = lever(
        30.0, "days without another act to either", range=(1, 365), unit="days"
    )

    sees_people: ClassVar[bool] = True
    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("strangers", "newcomers"),
        costs=("operator.minutes_per_deed",),
        evidence="stories of groups of strangers and of buddies in study groups; an automatic "
        "offer of a mentor did nothing for 57,084 newcomers",
    )

    def chosen(self, people: People) -> tuple[People, People]:
        """Choose whom to introduce today, and to whom: two lists in the same order."""
        free = people.here().rested(24.0 * self.pause_days)
        if self.whom == NEW_ACTIVE:
            is_new = free.time_hours - free.joined_hours < 24.0 * self.new_days
            young = free.where(is_new & (free.joined_hours > 0.0))
            old = free.where(~is_new & (free.recent > 0.0))
            one, n = _in_order(young, young.joined_hours)
            other, m = _in_order(old, -old.recent)
        else:
            row, rank = _in_order(free, free.recent if self.whom == ALIKE else free.lots)
            one, n = row.where(rank % 2 == 0), rank[rank % 2 == 0] // 2
            other, m = row.where(rank % 2 == 1), rank[rank % 2 == 1] // 2
        keys = (one.group * RANKS + n, other.group * RANKS + m)
        _, at, beside = np.intersect1d(*keys, assume_unique=True, return_indices=True)
        one, other = one.where(at), other.where(beside)
        if self.whom == NEW_ACTIVE:
            today = n[at] < self.pairs_a_day
        else:
            today = np.isin(one.rows, one.by_lot(self.pairs_a_day).rows)
        return one.where(today), other.where(today)

    def act(self, seen: Observation) -> Actions:
        """Return today's introductions."""
        one, other = self.chosen(seen.people)
        return Actions.pairs(one, other.slot, seen.time_hours, self.weight, self.quality)


def _in_order(people: People, key: Array) -> tuple[People, Array]:
    """Put the people of each group in order of something, and number them from 0."""
    ordered = people.where(np.lexsort([people.slot, key, people.group]))
    return ordered, np.arange(len(ordered)) - np.searchsorted(ordered.group, ordered.group)
