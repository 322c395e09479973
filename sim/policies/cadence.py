"""Posting cadence: times of day, kinds and quality of the operators' posts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies import lever
from sim.state import POSTED, Actions, Setting, merge


@dataclass(frozen=True)
class Cadence:
    """Post so many times a day, evenly over the operators' hours, the kinds taking turns.

    Attributes
    ----------
    posts_per_day : float
        0 ... 100; below 1 a post comes every few days.
    kinds : tuple of str
        Kinds in turn, repeated.
    quality : float
        0 ... 3; 1 is a member's average message.
    everyone_share : float
        0 ... 1, part of the posts that call on all members (@all), evenly taken.

    Examples
    --------
    >>> len(Cadence(posts_per_day=2.0).plan(Setting(days=7.0)).acts)
    14
    """

    posts_per_day: float = lever(
        2.0, "below 1 a post comes every few days", range=(0, 100), unit="1/day"
    )
    kinds: tuple[str, ...] = lever(
        ("content", "activity"), "kinds in turn, repeated", choices=POSTED
    )
    quality: float = lever(1.5, "1 is a member's average message", range=(0, 3), unit="quality")
    everyone_share: float = lever(
        0.0,
        "part of the posts that call on all members (@all), evenly taken",
        range=(0, 1),
        unit="share",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return the whole timetable: post n of the group's life at its share of a working day."""
        if self.posts_per_day <= 0 or not self.kinds:
            return Actions.none()
        open_hours = setting.close_hour - setting.open_hour
        number = np.arange(int(np.ceil(self.posts_per_day * (setting.days + 2))))
        working_days = (number + 0.5) / self.posts_per_day
        day = np.floor(working_days)
        hour = setting.open_hour + (working_days - day) * open_hours
        time_hours = 24.0 * day + hour - setting.start_hour
        called = np.floor((number + 1) * self.everyone_share) > np.floor(
            number * self.everyone_share
        )
        inside = (time_hours >= 0) & (time_hours < 24.0 * setting.days)
        posts = []
        for turn, kind in enumerate(self.kinds):
            for everyone in (False, True):
                chosen = inside & (number % len(self.kinds) == turn) & (called == everyone)
                times = time_hours[chosen]
                group = np.zeros(len(times), dtype=np.int64)
                posts.append(Actions.posts(group, times, kind, self.quality, everyone))
        return merge(posts)
