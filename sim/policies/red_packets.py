"""Scheduled red packets: a budget a day, split into packets and shares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.state import Actions, Setting, check_packet


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

    Examples
    --------
    >>> RedPackets(fen_per_day=2000).plan(Setting(days=3.0)).acts["fen"].tolist()
    [2000, 2000, 2000]
    """

    fen_per_day: int = field(default=0, metadata={"range": (0, 2_000_000), "unit": "fen/day"})
    packets_per_day: int = field(default=1, metadata={"range": (1, 24), "unit": "1/day"})
    shares: int = field(default=10, metadata={"range": (1, 100), "unit": "shares"})
    lucky: bool = True
    hour: float = field(default=20.0, metadata={"range": (0, 24), "unit": "hour"})
    from_day: int = field(default=0, metadata={"range": (0, 3650), "unit": "day"})
    until_day: int = field(default=3650, metadata={"range": (0, 3650), "unit": "day"})

    def __post_init__(self) -> None:
        """Refuse a budget that no packets of these shares can carry."""
        if self.fen_per_day:
            each, odd = divmod(self.fen_per_day, self.packets_per_day)
            check_packet(each, self.shares)
            check_packet(each + (odd > 0), self.shares)

    def plan(self, setting: Setting) -> Actions:
        """Return every packet; an odd fen goes to the first ones of a day."""
        last_day = int(min(self.until_day, setting.days + 2))
        day, turn = np.meshgrid(
            np.arange(self.from_day, max(self.from_day, last_day)),
            np.arange(self.packets_per_day),
            indexing="ij",
        )
        gap_hours = (24.0 - self.hour) / self.packets_per_day
        time_hours = (24.0 * day + self.hour + turn * gap_hours - setting.start_hour).ravel()
        each, odd = divmod(self.fen_per_day, self.packets_per_day)
        fen = (each + (turn < odd)).ravel()
        sent = (time_hours >= 0) & (time_hours < 24.0 * setting.days) & (fen > 0)
        group = np.zeros(int(sent.sum()), dtype=np.int64)
        return Actions.packets(group, time_hours[sent], fen[sent], self.shares, self.lucky)
