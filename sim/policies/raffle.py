"""Raffles: prizes are drawn among those who take part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.policies import Facts, at_weekday, lever, opened
from sim.state import Actions, Call, Setting


@dataclass(frozen=True)
class Raffle:
    """Draw prizes every few weeks among the members who ask to take part, until the budget is out.

    Attributes
    ----------
    weekday : int
        0 (Monday) ... 6.
    hour : float
        Local hour at which it opens, 0 ... 24.
    every_weeks : int
        1 ... 52.
    open_hours : float
        0.5 ... 720; how long one can take part.
    prizes : int
        1 ... 100, each to another member.
    fen : int
        1 ... 2,000,000; a prize.
    budget_fen : int
        Most that is promised in a group's life, 0 ... 100,000,000.
    quality : float
        0 ... 3, of the message that calls.
    everyone : bool
        Whether it calls on all members (@all).

    Examples
    --------
    >>> fridays = Raffle(weekday=4, prizes=2, fen=5_000, budget_fen=25_000)
    >>> len(fridays.plan(Setting(days=70.0)).acts)
    2
    """

    weekday: int = lever(4, "0: Monday", range=(0, 6), unit="weekday")
    hour: float = lever(20.0, "local hour at which it opens", range=(0, 24), unit="hour")
    every_weeks: int = lever(1, "weeks from one to the next", range=(1, 52), unit="weeks")
    open_hours: float = lever(24.0, "how long one can take part", range=(0.5, 720), unit="hours")
    prizes: int = lever(3, "each to another member", range=(1, 100), unit="prizes")
    fen: int = lever(2000, "a prize", range=(1, 2_000_000), unit="fen")
    budget_fen: int = lever(
        100_000, "most that is promised in a group's life", range=(0, 100_000_000), unit="fen"
    )
    quality: float = lever(1.0, "of the message that calls", range=(0, 3), unit="quality")
    everyone: bool = lever(True, "whether it calls on all members (@all)")

    facts: ClassVar[Facts] = Facts(
        troubles=("readers", "silence"),
        costs=("operator.minutes_per_call",),
        pays="the prizes, when as many take part",
        evidence="stories of shop groups: many come for the prize and buy nothing; packets beside "
        "a sale cost a brand attitude (Zhu et al. 2021)",
        grade="C",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return every raffle that the budget allows."""
        most = self.budget_fen // (self.prizes * self.fen)
        times = at_weekday(setting, self.weekday, self.hour, self.every_weeks)[:most]
        call = Call("raffle", self.open_hours, self.fen, self.prizes, 1.0, self.quality,
                    self.everyone)  # fmt: skip
        return opened(times, call)
