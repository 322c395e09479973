"""A series of talks: a guest or an expert speaks for an hour, once a week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, at_weekday, faded, lever
from sim.state import Actions, Setting, merge

FADING = "a talk's quality halves in so many days: the good guests come first; 0: it stays"


@dataclass(frozen=True)
class Talk:
    """Give a talk every week at a fixed hour: many good messages in a row, announced to all.

    Attributes
    ----------
    weekday : int
        0 (Monday) ... 6.
    hour : float
        Local hour at which it begins, 0 ... 24.
    messages : int
        1 ... 60 messages of content.
    minutes : float
        1 ... 600; how long it takes.
    quality : float
        0 ... 3; 1 is a member's average message.
    everyone : bool
        Whether the first message calls on all members (@all).
    talks : int
        0 ... 520 talks after which the series ends; 0: never.
    fade_half_life_days : float
        0 ... 3650 days in which the quality of the talks halves; 0: it stays.

    Examples
    --------
    >>> friday = Talk(weekday=4, hour=20.0, messages=3, minutes=60.0)
    >>> friday.plan(Setting(days=7.0, start_hour=0)).acts["time_hours"].round(2).tolist()
    [116.0, 116.33, 116.67]
    """

    weekday: int = lever(4, "0: Monday", range=(0, 6), unit="weekday")
    hour: float = lever(20.0, "local hour at which it begins", range=(0, 24), unit="hour")
    messages: int = lever(12, "messages of content", range=(1, 60), unit="messages")
    minutes: float = lever(60.0, "how long it takes", range=(1, 600), unit="minutes")
    quality: float = lever(2.5, "1 is a member's average message", range=(0, 3), unit="quality")
    everyone: bool = lever(True, "whether the first message calls on all members (@all)")
    talks: int = lever(0, "talks after which it ends; 0: never", range=(0, 520), unit="talks")
    fade_half_life_days: float = lever(0.0, FADING, range=(0, 3650), unit="days")

    facts: ClassVar[Facts] = Facts(
        troubles=("mismatch", "distrust", "readers"),
        pays="the guest's fee, which no number here holds",
        evidence="stories of student groups that heard many talks, changed nothing and fell silent "
        "within two months; messages a member halve in a programme's second half (Pagoto)",
        grade="B",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return every message of every talk."""
        gaps_hours = np.arange(self.messages) * (self.minutes / 60) / self.messages
        start_hours = at_weekday(setting, self.weekday, self.hour)[: self.talks or None]
        quality = faded(self.quality, start_hours, self.fade_half_life_days)
        acts = []
        for message, gap_hours in enumerate(gaps_hours):
            times = start_hours + gap_hours
            inside = times < 24.0 * setting.days
            group = np.zeros(int(inside.sum()), dtype=np.int64)
            call = self.everyone and message == 0
            acts.append(Actions.posts(group, times[inside], "content", quality[inside], call))
        return merge(acts)
