"""Posting cadence: times of day, kinds and quality of the operators' posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, at_hours, evenly, faded, lever
from sim.state import POSTED, Actions, Array, Setting, merge

GOLDEN = (5**0.5 - 1) / 2  # multiples of it fall evenly into any parts of 0 to 1
EVERYONE = "part of the posts that call on all members (@all), evenly taken"
HOURS = "fixed local clock hours; with any of them posts_per_day does not count"
SOLUTIONS = "part of the content that solves a problem instead of informing, evenly taken"
FADING = "the posts' quality halves in so many days: hot at first, then thin; 0: it stays"


@dataclass(frozen=True)
class Cadence:
    """Post so many times a day, evenly over the operators' hours or at fixed times.

    Attributes
    ----------
    posts_per_day : float
        0 ... 100; below 1 a post comes every few days.
    kinds : tuple of str
        Kinds in turn, repeated: with as many `hours`, each hour has a kind of its own.
    quality : float
        0 ... 3; 1 is a member's average message.
    everyone_share : float
        0 ... 1, part of the posts that call on all members (@all), evenly taken.
    hours : tuple of float
        Local clock hours, 0 ... 24, at which posts are made every day instead.
    shares : tuple of float
        One a kind: the kinds come in these shares, mixed, instead of in turn.
    fade_half_life_days : float
        0 ... 3650 days in which the quality of the posts halves; 0: it stays.
    solution_share : float
        0 ... 1, part of the content that solves a problem instead of informing, evenly taken.

    Examples
    --------
    >>> len(Cadence(posts_per_day=2.0).plan(Setting(days=7.0)).acts)
    14
    >>> daily = Cadence(hours=(8.0, 21.5), kinds=("greeting", "content"))
    >>> daily.plan(Setting(days=2.0, start_hour=0)).acts["time_hours"].tolist()
    [8.0, 21.5, 32.0, 45.5]
    """

    posts_per_day: float = lever(
        2.0, "below 1 a post comes every few days", range=(0, 100), unit="1/day"
    )
    kinds: tuple[str, ...] = lever(
        ("content", "activity"), "kinds in turn, repeated", choices=POSTED
    )
    quality: float = lever(1.5, "1 is a member's average message", range=(0, 3), unit="quality")
    everyone_share: float = lever(0.0, EVERYONE, range=(0, 1), unit="share")
    hours: tuple[float, ...] = lever((), HOURS, range=(0, 24), unit="hour")
    shares: tuple[float, ...] = lever(
        (), "one a kind: how often each comes, instead of in turn", range=(0, 1000), unit="share"
    )
    fade_half_life_days: float = lever(0.0, FADING, range=(0, 3650), unit="days")

    solution_share: float = lever(0.0, SOLUTIONS, range=(0, 1), unit="share")

    facts: ClassVar[Facts] = Facts(
        troubles=("silence", "start", "fading", "flood", "mismatch"),
        evidence="one link posted in 111 rooms woke one silent room in ten; polls draw more than "
        "tips (PMC4286554); ads are what most unfollow for (Sootoo 2013)",
        grade="L",
    )

    def __post_init__(self) -> None:
        """Refuse shares that do not go with the kinds."""
        if self.shares and (len(self.shares) != len(self.kinds) or sum(self.shares) <= 0):
            raise ValueError(
                f"{len(self.shares)} shares for {len(self.kinds)} kinds: one a kind, not all 0"
            )

    def plan(self, setting: Setting) -> Actions:
        """Return the whole timetable: post n of the group's life at its share of a working day, or
        at its clock hour.
        """
        if not self.kinds:
            return Actions.none()
        number, time_hours = self._clock(setting)
        called = evenly(number, self.everyone_share)
        solving = evenly(number // len(self.kinds), self.solution_share)
        quality = faded(self.quality, time_hours, self.fade_half_life_days)
        turns = self._turns(number)
        posts = []
        for turn, kind in enumerate(self.kinds):
            for everyone in (False, True):
                chosen = (turns == turn) & (called == everyone)
                group = np.zeros(int(chosen.sum()), dtype=np.int64)
                times = time_hours[chosen]
                made = Actions.posts(group, times, kind, quality[chosen], everyone)
                if kind == "content":
                    made.acts["amount"] = solving[chosen]
                posts.append(made)
        return merge(posts)

    def _clock(self, setting: Setting) -> tuple[Array, Array]:
        """Return the number of each post in the group's life, and its time."""
        if self.hours:
            return at_hours(setting, sorted(self.hours))
        if self.posts_per_day <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        open_hours = setting.close_hour - setting.open_hour
        number = np.arange(int(np.ceil(self.posts_per_day * (setting.days + 2))))
        working_days = (number + 0.5) / self.posts_per_day
        day = np.floor(working_days)
        hour = setting.open_hour + (working_days - day) * open_hours
        time_hours = 24.0 * day + hour - setting.start_hour
        inside = (time_hours >= 0) & (time_hours < 24.0 * setting.days)
        return number[inside], time_hours[inside]

    def _turns(self, number: Array) -> Array:
        """Return the place among the kinds of each post."""
        if not self.shares:
            return number % len(self.kinds)
        ends = np.cumsum(self.shares) / sum(self.shares)
        return np.searchsorted(ends[:-1], (number + 0.5) * GOLDEN % 1.0, side="right")
