"""Group-buys: a low price for all when enough members order, else nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.policies import Facts, at_weekday, lever, opened
from sim.state import Actions, Call, Setting


@dataclass(frozen=True)
class GroupBuy:
    """Offer a price every few weeks that holds if enough order in time; else all is paid back.

    Attributes
    ----------
    weekday : int
        0 (Monday) ... 6.
    hour : float
        Local hour at which it opens, 0 ... 24.
    every_weeks : int
        1 ... 52.
    open_hours : float
        0.5 ... 720; how long one can order.
    price_fen : int
        1 ... 2,000,000.
    least_orders : int
        1 ... 100 orders without which nothing is delivered.
    quality : float
        0 ... 3, of the ad that calls.
    everyone : bool
        Whether it calls on all members (@all).

    Examples
    --------
    >>> weekly = GroupBuy(weekday=5, price_fen=3_000, least_orders=5)
    >>> weekly.plan(Setting(days=14.0)).acts["shares"].tolist()
    [5, 5]
    """

    weekday: int = lever(5, "0: Monday", range=(0, 6), unit="weekday")
    hour: float = lever(20.0, "local hour at which it opens", range=(0, 24), unit="hour")
    every_weeks: int = lever(1, "weeks from one to the next", range=(1, 52), unit="weeks")
    open_hours: float = lever(24.0, "how long one can order", range=(0.5, 720), unit="hours")
    price_fen: int = lever(5000, "of one order", range=(1, 2_000_000), unit="fen")
    least_orders: int = lever(
        3, "orders without which nothing is delivered", range=(1, 100), unit="orders"
    )
    quality: float = lever(1.0, "of the ad that calls", range=(0, 3), unit="quality")
    everyone: bool = lever(False, "whether it calls on all members (@all)")

    facts: ClassVar[Facts] = Facts(
        troubles=("sales",),
        costs=("operator.minutes_per_call",),
        pays="nothing; what is paid for too few orders goes back",
        evidence="stories of shop groups; that an ad comes with it tires as any ad",
        grade="C",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return every group-buy."""
        times = at_weekday(setting, self.weekday, self.hour, self.every_weeks)
        call = Call("order", self.open_hours, self.price_fen, self.least_orders, 1.0, self.quality,
                    self.everyone)  # fmt: skip
        return opened(times, call)
