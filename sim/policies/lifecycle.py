"""A group with an end: notices, the offer of what comes next, a farewell; or of its service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import ALUMNUS, Actions, Observation, Setting, merge


@dataclass(frozen=True)
class Lifecycle:
    """Tell members beforehand that the group ends, offer them the next one, and say farewell; or
    serve for a while and then leave the group to those who made it.

    That an end was planned is `group.planned_end_days`: silence after it is no death.

    Attributes
    ----------
    end_days : int
        Local day of the end, 1 ... 3650; the day of creation is 0.
    notice_days : int
        0 ... 60 days before it on which a notice is posted.
    offers : int
        0 ... 10 ads for what comes next on the last day, an hour apart, before the farewell.
    hour : float
        Local hour of notices and of the first offer, 0 ... 24.
    quality : float
        0 ... 3, of the notices and the farewell.
    service_days : int
        0 ... 3650 days after which the team answers no more questions; 0: it goes on.
    alumni : int
        0 ... 50 members, those of most messages, who are made alumni on the last day.

    Examples
    --------
    >>> camp = Lifecycle(end_days=7, notice_days=2, offers=1)
    >>> len(camp.plan(Setting(days=10.0)).acts)
    4
    """

    end_days: int = lever(
        30, "local day of the end; the day of creation is 0", range=(1, 3650), unit="day"
    )
    notice_days: int = lever(3, "days before it with a notice", range=(0, 60), unit="days")
    offers: int = lever(
        1, "ads for what comes next on the last day, an hour apart", range=(0, 10), unit="posts"
    )
    hour: float = lever(20.0, "local hour of notices and offers", range=(0, 24), unit="hour")
    quality: float = lever(1.5, "of the notices and the farewell", range=(0, 3), unit="quality")
    service_days: int = lever(
        0, "after which no question is answered; 0: it goes on", range=(0, 3650), unit="days"
    )
    alumni: int = lever(
        0, "of most messages, made alumni on the last day", range=(0, 50), unit="members"
    )

    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("end", "sales", "cost", "veterans"),
        evidence="stories of seven-day camps and of courses with a service period",
        grade="C",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return the notices, the offers and the farewell."""
        days = np.arange(max(0, self.end_days - self.notice_days), self.end_days)
        last = setting.time_at(self.end_days, self.hour)
        notices = np.array([setting.time_at(int(day), self.hour) for day in days])
        said = (("activity", notices), ("ad", last + np.arange(self.offers)),
                ("greeting", np.array([last + self.offers])))  # fmt: skip
        acts = []
        for kind, times in said:
            inside = times[(times >= 0) & (times < 24.0 * setting.days)]
            acts.append(Actions.posts(np.zeros(len(inside)), inside, kind, self.quality))
        return merge(acts)

    @property
    def sees_people(self) -> bool:
        """Whether there will be alumni to choose."""
        return self.alumni > 0

    def act(self, seen: Observation) -> Actions:
        """Return the end of the service, and the alumni of the last day."""
        done = Actions.none()
        if self.alumni and seen.time_hours == 24 * self.end_days:
            best = seen.people.here().most("posts", self.alumni)
            done = Actions.roles(best.group, seen.time_hours, best.slot, ALUMNUS)
        if not self.service_days:
            return done
        is_over = seen.time_hours >= 24 * self.service_days
        return Actions(done.acts, unanswered=np.full(seen.groups, is_over))
