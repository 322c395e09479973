"""A plain self-exciting group: every message calls forth others after a short random delay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.populations import Range
from sim.validation.nulls.poisson import (
    POISSON,
    Members,
    poisson_talk,
)
from sim.validation.windows import Floats, Integers

HAWKES = (
    *POISSON,
    Range("branching", 0.0, 0.95),
    Range("delay_minutes", 0.1, 600.0, True),
    Range("own_share", 0.0, 1.0),
)
TRIES = 6
GENERATIONS_MOST = 2000


def hawkes_talk(
    values: Mapping[str, float],
    window_days: Floats,
    luck: np.random.Generator,
    messages_most: float = np.inf,
) -> tuple[Members, Integers, Floats]:
    """Draw members, author [message] and day [message] of talk that excites itself.

    Hawkes and Oakes (1974): each message has Poisson children of mean ``branching``, exponentially
    delayed, their parent's author's own with ``own_share``, else of a present member.
    """
    background_most = messages_most * (1 - values["branching"])
    members, author, day = poisson_talk(values, window_days, luck, background_most)
    reach = _Reach(members, len(window_days))
    authors, days = [author], [day]
    for _ in range(GENERATIONS_MOST):
        children = luck.poisson(values["branching"], len(author))
        parent = np.repeat(author, children)
        day = np.repeat(day, children)
        day = day + luck.standard_exponential(len(parent)) * values["delay_minutes"] / 1440.0
        seen = day <= window_days[members.room[parent]]
        parent, day = parent[seen], day[seen]
        if not len(parent):
            break
        own = luck.random(len(parent)) < values["own_share"]
        author = np.where(own, parent, reach.somebody(members.room[parent], day, luck))
        found = author >= 0
        author, day = author[found], day[found]
        authors.append(author)
        days.append(day)
    return members, np.concatenate(authors), np.concatenate(days)


class _Reach:
    """Draws members of a room by their own rates, kept when present at the time."""

    def __init__(self, members: Members, rooms: int) -> None:
        self.members = members
        self.reached = np.concatenate([[0.0], np.cumsum(members.rate_per_day)])
        starts = np.searchsorted(members.room, np.arange(rooms + 1))
        self.low, self.high = self.reached[starts[:-1]], self.reached[starts[1:]]
        self.first, self.last = starts[:-1], starts[1:] - 1

    def somebody(self, room: Integers, day: Floats, luck: np.random.Generator) -> Integers:
        """Return a member present, or -1 where some tries found none: that child is lost."""
        chosen = np.full(len(room), -1)
        for _ in range(TRIES):
            open_ = np.flatnonzero(chosen < 0)
            where = room[open_]
            mark = self.low[where] + (self.high - self.low)[where] * luck.random(len(open_))
            who = np.searchsorted(self.reached, mark, "right") - 1
            who = np.clip(who, self.first[where], self.last[where])
            is_here = (self.members.from_day[who] <= day[open_]) & (
                day[open_] < self.members.to_day[who]
            )
            chosen[open_[is_here]] = who[is_here]
        return chosen
