"""Private offers: an order that stands open, and letters to single members that point to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.people import People
from sim.policies import Facts, lever
from sim.state import Actions, Call, Observation, merge

ACTIVE, BUYERS, OTHERS, BY_LOT = "active", "buyers", "others", "by_lot"
WHOM = "who has written most lately, who has bought before or has not, or anybody"


@dataclass(frozen=True)
class PrivateOffers:
    """Sell by letters: something is offered in the group once, and then in private.

    All that a letter can sell by is that its receiver looks, learns or trusts more. It is felt as a
    letter and not as an ad; one worth less than is expected of the team costs trust.

    Attributes
    ----------
    price_fen : int
        0 ... 10,000,000; of what is offered. 0: letters alone, before another policy's offer.
    from_day : int
        0 ... 3650; the first day of letters, on which the offer is announced too.
    days : int
        0 ... 3650; how long both go on; 0: to the end.
    whom : str
        "active", "buyers", "others" (who have not bought) or "by_lot".
    letters_a_day : int
        1 ... 99 in each group.
    pause_days : float
        1 ... 365 days in which the team has done nothing else for that member.
    quality : float
        0 ... 3, of letters and announcement; 1 is a member's average message.

    Examples
    --------
    >>> offers = PrivateOffers(from_day=2, days=3)
    >>> [day for day in range(9) if offers.is_on(24.0 * day)]
    [2, 3, 4]
    """

    price_fen: int = lever(
        5_000, "0: letters alone, before another policy's offer", range=(0, 10_000_000), unit="fen"
    )
    from_day: int = lever(1, "first day of letters", range=(0, 3650), unit="day")
    days: int = lever(0, "how long both go on; 0: to the end", range=(0, 3650), unit="days")
    whom: str = lever(ACTIVE, WHOM, choices=(ACTIVE, BUYERS, OTHERS, BY_LOT))
    letters_a_day: int = lever(5, "in each group", range=(1, 99), unit="letters")
    pause_days: float = lever(
        14.0, "days without another act to that member", range=(1, 365), unit="days"
    )
    quality: float = lever(0.5, "1 is a member's average message", range=(0, 3), unit="quality")

    sees_people: ClassVar[bool] = True
    every_hours: ClassVar[int] = 24
    facts: ClassVar[Facts] = Facts(
        troubles=("sales", "flood"),
        costs=("operator.minutes_per_letter", "operator.minutes_per_call"),
        evidence="one to five promotional mails a week sell ever less each (one retailer, "
        "MineThatData 2018); stories of sellers who post nothing and write to each buyer",
    )

    def is_on(self, time_hours: float) -> bool:
        """Say whether letters are written at an hour."""
        day = time_hours / 24.0 - self.from_day
        return day >= 0 and (day < self.days or not self.days)

    def chosen(self, people: People) -> People:
        """Choose whom to write to today."""
        here = people.here().rested(24.0 * self.pause_days)
        if self.whom in (BUYERS, OTHERS):
            here = here.where((here.orders > 0) == (self.whom == BUYERS))
        if self.whom == ACTIVE:
            return here.most("recent", self.letters_a_day)
        return here.by_lot(self.letters_a_day)

    def act(self, seen: Observation) -> Actions:
        """Return today's letters, and the offer where it is not announced yet."""
        now = seen.time_hours
        if not self.is_on(now):
            return Actions.none()
        letters = Actions.letters(self.chosen(seen.people), now, self.quality)
        if not self.price_fen:
            return letters
        left_hours = 24.0 * (self.from_day + self.days) - now if self.days else 0.0
        offer = Call("order", left_hours, self.price_fen, quality=self.quality)
        new = np.flatnonzero(seen.ledger.posts == 0)
        return merge([letters, Actions.calls(new, now, offer)])
