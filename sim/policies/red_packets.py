"""Scheduled red packets: a budget a day, split into packets and shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, at_hours, lever
from sim.state import Actions, Array, Setting, check_packet

DAYS = "local days, the first one 0; `until_day` itself sends none"
HOURS = "fixed local clock hours; with any of them packets_per_day and hour do not count"
EARLIER = "how long before each of the hours, such as those of the ads, a packet is sent"


@dataclass(frozen=True)
class RedPackets:
    """Spend a budget a day on red packets at fixed hours, from one day to another.

    Attributes
    ----------
    fen_per_day : int
        0 ... 2,000,000 fen; 0 sends none. Each packet must hold 1 to 20,000 fen a share.
    packets_per_day : int
        1 ... 24, spread evenly from `hour` to midnight.
    shares : int
        1 ... 100 claimable parts of a packet.
    lucky : bool
        Whether shares are drawn at random (else equal).
    hour : float
        Local hour of the first packet of a day.
    from_day, until_day : int
        Local days, the first one 0; `until_day` itself sends none.
    hours : tuple of float
        Local clock hours, 0 ... 24, of a packet each every day instead: those of the ads, say.
    minutes_before : float
        0 ... 720; a packet comes so long before each of `hours` ("a packet, then the ad").

    Examples
    --------
    >>> evening = RedPackets(fen_per_day=2000, hours=(12.0, 21.0), minutes_before=10)
    >>> evening.plan(Setting(days=1.0, start_hour=0)).acts["time_hours"].round(2).tolist()
    [11.83, 20.83]
    >>> RedPackets(fen_per_day=2000).plan(Setting(days=3.0)).acts["fen"].tolist()
    [2000, 2000, 2000]
    """

    fen_per_day: int = lever(
        0,
        "fen; 0 sends none. Each packet must hold 1 to 20,000 fen a share",
        range=(0, 2_000_000),
        unit="fen/day",
    )
    packets_per_day: int = lever(
        1, "spread evenly from `hour` to midnight", range=(1, 24), unit="1/day"
    )
    shares: int = lever(10, "claimable parts of a packet", range=(1, 100), unit="shares")
    lucky: bool = lever(True, "whether shares are drawn at random (else equal)")
    hour: float = lever(20.0, "local hour of the first packet of a day", range=(0, 24), unit="hour")
    from_day: int = lever(0, DAYS, range=(0, 3650), unit="day")
    until_day: int = lever(3650, DAYS, range=(0, 3650), unit="day")
    hours: tuple[float, ...] = lever((), HOURS, range=(0, 24), unit="hour")
    minutes_before: float = lever(0.0, EARLIER, range=(0, 720), unit="minutes")

    facts: ClassVar[Facts] = Facts(
        troubles=("silence", "start", "readers"),
        pays="the fen of each packet; what nobody takes comes back",
        evidence="0.18 CNY are sent on of each CNY won (Yuan et al. 2024); pay lifts the weakly "
        "tied and crowds out the well tied (Sun et al. 2017); a dip when it stops is contested",
        grade="A",
    )

    def __post_init__(self) -> None:
        """Refuse a budget that no packets of these shares can carry."""
        if self.fen_per_day:
            each, odd = divmod(self.fen_per_day, self._packets)
            check_packet(each, self.shares)
            check_packet(each + (odd > 0), self.shares)

    @property
    def _packets(self) -> int:
        """Packets of a day."""
        return len(self.hours) or self.packets_per_day

    def plan(self, setting: Setting) -> Actions:
        """Return every packet; an odd fen goes to the first ones of a day."""
        number, time_hours = self._clock(setting)
        day, turn = np.divmod(number, self._packets)
        each, odd = divmod(self.fen_per_day, self._packets)
        fen = each + (turn < odd)
        sent = (day >= self.from_day) & (day < self.until_day) & (fen > 0)
        group = np.zeros(int(sent.sum()), dtype=np.int64)
        return Actions.packets(group, time_hours[sent], fen[sent], self.shares, self.lucky)

    def _clock(self, setting: Setting) -> tuple[Array, Array]:
        """Return the number of each packet from the day of creation on, and its time."""
        if self.hours:
            return at_hours(setting, [at - self.minutes_before / 60 for at in sorted(self.hours)])
        day = np.arange(int(setting.days) + 2)[:, np.newaxis]
        turn = np.arange(self.packets_per_day)
        gap_hours = (24.0 - self.hour) / self.packets_per_day
        time_hours = (24.0 * day + self.hour + turn * gap_hours - setting.start_hour).ravel()
        number = np.flatnonzero((time_hours >= 0) & (time_hours < 24.0 * setting.days))
        return number, time_hours[number]
