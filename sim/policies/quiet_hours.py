"""Quiet hours: what the team has to say in a day comes in a few batches (a digest)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, at_hours, lever
from sim.state import POSTED, Actions, Setting, merge


@dataclass(frozen=True)
class QuietHours:
    """Hold the day's posts back and make them in a few batches, with quiet between them.

    Set it against a `cadence` of as many posts a day: the same posts, other interruptions.

    Attributes
    ----------
    posts_per_day : int
        1 ... 100, dealt evenly to the batches; the first batches take the odd ones.
    hours : tuple of float
        Local clock hours of the batches, 0 ... 24.
    gap_minutes : float
        0.1 ... 60 minutes between two posts of a batch.
    kinds : tuple of str
        Kinds in turn, repeated.
    quality : float
        0 ... 3; 1 is a member's average message.

    Examples
    --------
    >>> digest = QuietHours(posts_per_day=3, hours=(12.0, 20.0))
    >>> times = digest.plan(Setting(days=1.0, start_hour=0)).acts["time_hours"]
    >>> (60 * times).round().tolist()
    [720.0, 721.0, 1200.0]
    """

    posts_per_day: int = lever(
        6, "dealt evenly to the batches, the odd ones first", range=(1, 100), unit="1/day"
    )
    hours: tuple[float, ...] = lever(
        (12.5, 20.0), "local clock hours of the batches", range=(0, 24), unit="hour"
    )
    gap_minutes: float = lever(1.0, "between two posts of a batch", range=(0.1, 60), unit="minutes")
    kinds: tuple[str, ...] = lever(
        ("content", "activity"), "kinds in turn, repeated", choices=POSTED
    )
    quality: float = lever(1.5, "1 is a member's average message", range=(0, 3), unit="quality")

    facts: ClassVar[Facts] = Facts(
        troubles=("flood",),
        evidence="three batches a day instead of at once: less stress, more control (237 people, "
        "CHB 101:84); fewer notifications: less use at first, more after a year (Meta 2022)",
        grade="A",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return every post of every batch."""
        if not (self.hours and self.kinds):
            return Actions.none()
        batches = len(self.hours)
        posts = np.arange(self.posts_per_day)
        at = np.sort(posts % batches)  # the batch of each post
        place = posts - np.searchsorted(at, at)
        clock = np.sort(self.hours)[at] + place * self.gap_minutes / 60
        number, time_hours = at_hours(setting, clock)
        acts = []
        for turn, kind in enumerate(self.kinds):
            times = time_hours[number % len(self.kinds) == turn]
            group = np.zeros(len(times), dtype=np.int64)
            acts.append(Actions.posts(group, times, kind, self.quality))
        return merge(acts)
