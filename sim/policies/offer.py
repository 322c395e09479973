"""A standing offer: something can be bought any day, and members are reminded of it, or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, at_hours, evenly, lever, opened
from sim.state import POSTED, Actions, Call, Setting, merge

ENDS = "local day of its end, after the first; 0: never"


@dataclass(frozen=True)
class Offer:
    """Let something be bought from one day to another; remind of it by ads, by content, or never.

    Attributes
    ----------
    price_fen : int
        1 ... 2,000,000.
    from_day, until_day : int
        Local days of its beginning and end, 0 ... 3650; the day of creation is 0; until 0: no end.
    reminders_per_week : float
        0 ... 7, at most one a day.
    reminder_kind : str
        What reminds: an ad tires and costs trust, content shows how to choose.
    hour : float
        Local hour of the offer and of the reminders, 0 ... 24.
    quality : float
        0 ... 3, of the offer and of the reminders.

    Examples
    --------
    >>> shop = Offer(from_day=2, reminders_per_week=3.5)
    >>> len(shop.plan(Setting(days=16.0)).acts)  # one offer, then a reminder every other day
    7
    """

    price_fen: int = lever(9900, "of one order", range=(1, 2_000_000), unit="fen")
    from_day: int = lever(
        1, "local day of its beginning; the day of creation is 0", range=(0, 3650), unit="day"
    )
    until_day: int = lever(0, ENDS, range=(0, 3650), unit="day")
    reminders_per_week: float = lever(0.0, "at most one a day", range=(0, 7), unit="1/week")
    reminder_kind: str = lever("ad", "what reminds of it", choices=POSTED)
    hour: float = lever(20.0, "local hour of offer and reminders", range=(0, 24), unit="hour")
    quality: float = lever(1.0, "of the offer and of the reminders", range=(0, 3), unit="quality")

    facts: ClassVar[Facts] = Facts(
        troubles=("sales",),
        costs=("operator.minutes_per_call", "operator.minutes_per_post"),
        evidence="a company says that 1.9 % of the members of its shop groups order on a day "
        "(Luckin 2021); more mails a week bring less and less each (one retailer)",
        grade="C",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return the offer and its reminders."""
        number, time_hours = at_hours(setting, [self.hour])
        days = (number >= self.from_day) & ((number < self.until_day) | (self.until_day == 0))
        number, time_hours = number[days], time_hours[days]
        first = time_hours[:1]
        last = setting.time_at(self.until_day, self.hour) if self.until_day else np.inf
        hours = float((last - first).sum()) if self.until_day else 0.0
        reminded = time_hours[1:][evenly(np.arange(len(number) - 1), self.reminders_per_week / 7)]
        group = np.zeros(len(reminded), dtype=np.int64)
        return merge(
            [
                opened(first, Call("order", hours, self.price_fen, quality=self.quality)),
                Actions.posts(group, reminded, self.reminder_kind, self.quality),
            ]
        )
