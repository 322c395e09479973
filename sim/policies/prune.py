"""Pruning: removing those who have not spoken for long, with or without notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.people import People
from sim.policies import Facts, lever
from sim.state import HONOURED, Actions, Observation, merge


@dataclass(frozen=True)
class Prune:
    """Remove members who have been silent for so many days, after a letter that gives notice.

    Any letter of the team to a member who has been silent for so long counts as the notice, so
    a recall that repeats itself puts the removal off.

    Attributes
    ----------
    silent_days : float
        1 ... 365 days without a word, or since joining.
    notice_days : float
        0 ... 90 days between the notice and the removal; 0: no notice is given.
    quality : float
        0 ... 3, of the notice; 1 is a member's average message.
    keep_roles : bool
        Whether hosts, experts, alumni and screeners stay whatever they say.
    most_a_day : int
        1 ... 50 members of a group, the longest silent first; as many notices.

    Examples
    --------
    Two members spoke last 31 and 40 days ago; the second was written to a week ago:

    >>> import numpy as np
    >>> hours = 24.0 * np.array([29.0, 20.0])
    >>> known = {"last_post_hours": hours, "joined_hours": 0 * hours, "present": np.ones(2)}
    >>> known |= {"role": np.zeros(2, int), "last_act_hours": np.array([-np.inf, 1272.0])}
    >>> seen = People(np.zeros(2, int), np.arange(2), 1440.0, np.arange(2), known)
    >>> noticed, removed = Prune(silent_days=30, notice_days=7).chosen(seen)
    >>> noticed.slot.tolist(), removed.slot.tolist()
    ([0], [1])
    """

    silent_days: float = lever(
        30.0, "days without a word, or since joining", range=(1, 365), unit="days"
    )
    notice_days: float = lever(
        7.0, "days from the notice to the removal; 0: no notice", range=(0, 90), unit="days"
    )
    quality: float = lever(1.0, "of the notice", range=(0, 3), unit="quality")
    keep_roles: bool = lever(True, "whether who has a role stays, whatever that member says")
    most_a_day: int = lever(
        20, "members of a group, longest silent first", range=(1, 50), unit="members"
    )

    sees_people: ClassVar[bool] = True
    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("readers", "cost"),
        costs=("operator.minutes_per_deed", "operator.minutes_per_letter"),
        evidence="speaks against it: who loses half of the audience writes 43 % less (Zhang & Zhu "
        "2011); of removing those who never speak no study is known to us",
        grade="A",
    )

    def chosen(self, people: People) -> tuple[People, People]:
        """Choose who is given notice and who is removed today."""
        due = people.silent_for(24.0 * self.silent_days)
        if self.keep_roles:
            due = due.where(due.role & HONOURED == 0)
        if not self.notice_days:
            return due.first(0), due.oldest(self.most_a_day)
        noticed = due.last_act_hours >= due.heard_hours + 24.0 * self.silent_days
        gone = due.where(noticed).rested(24.0 * self.notice_days)
        return due.where(~noticed).oldest(self.most_a_day), gone.oldest(self.most_a_day)

    def act(self, seen: Observation) -> Actions:
        """Return today's notices and removals."""
        noticed, removed = self.chosen(seen.people)
        now = seen.time_hours
        letters = Actions.letters(noticed, now, self.quality)
        return merge([letters, Actions.removals(removed, now)])
