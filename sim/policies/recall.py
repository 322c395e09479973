"""Recalling the silent: private letters to those who have not been heard of for long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.people import People
from sim.policies import Facts, lever
from sim.state import Actions, Observation


@dataclass(frozen=True)
class Recall:
    """Write to members who have been silent for days, on what each of them likes.

    Attributes
    ----------
    silent_days : float
        1 ... 365 days without a word, or since joining.
    give_up_days : float
        0 ... 3650; who has been silent for longer is left alone; 0: never.
    pause_days : float
        1 ... 365 days in which the team has done nothing else for that member.
    quality : float
        0 ... 3; 1 is a member's average message.
    most_a_day : int
        1 ... 100 letters a group, to the longest silent first.
    left_too : bool
        Whether those who left are invited back (silence counted alike).

    Examples
    --------
    Three members spoke last 2, 12 and 40 days ago:

    >>> import numpy as np
    >>> hours = 24.0 * np.array([48.0, 38.0, 10.0])
    >>> known = {"last_post_hours": hours, "joined_hours": 0 * hours, "present": np.ones(3)}
    >>> known |= {"last_act_hours": np.full(3, -np.inf)}
    >>> seen = People(np.zeros(3, int), np.arange(3), 1200.0, np.arange(3), known)
    >>> Recall(silent_days=10).chosen(seen).slot.tolist()
    [1, 2]
    >>> Recall(silent_days=10, give_up_days=30).chosen(seen).slot.tolist()
    [1]
    """

    silent_days: float = lever(
        10.0, "days without a word, or since joining", range=(1, 365), unit="days"
    )
    give_up_days: float = lever(
        0.0, "who was silent longer is left alone; 0: never", range=(0, 3650), unit="days"
    )
    pause_days: float = lever(
        14.0, "days without another act to that member", range=(1, 365), unit="days"
    )
    quality: float = lever(1.5, "1 is a member's average message", range=(0, 3), unit="quality")
    most_a_day: int = lever(
        20, "letters a group, longest silent first", range=(1, 100), unit="letters"
    )
    left_too: bool = lever(False, "whether those who left are invited back")

    sees_people: ClassVar[bool] = True
    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("silence", "readers", "fading"),
        costs=("operator.minutes_per_letter",),
        evidence="of win-back mails of 33 retailers 12 % were read (Return Path 2014); that a read "
        "letter brings anybody to speak is not shown",
        grade="B",
    )

    def chosen(self, people: People) -> People:
        """Choose whom to write to today."""
        hours = people.time_hours - people.heard_hours
        reachable = ~people.removed if self.left_too else people.present
        due = reachable & (hours >= 24.0 * self.silent_days)
        if self.give_up_days:
            due &= hours <= 24.0 * self.give_up_days
        waiting = people.where(due).rested(24.0 * self.pause_days)
        return waiting.oldest(self.most_a_day)

    def act(self, seen: Observation) -> Actions:
        """Return today's letters."""
        return Actions.letters(self.chosen(seen.people), seen.time_hours, self.quality)
