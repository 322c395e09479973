"""Check-ins: members are asked every day to say that they are there, or did their task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.policies import Facts, at_hours, lever, opened
from sim.state import Actions, Call, Setting, merge

PAID = "the first so many pay, the later ones do not; 0: all do"


@dataclass(frozen=True)
class Checkin:
    """Ask members every day to check in, for money or for nothing, and stop when told to.

    Attributes
    ----------
    hour : float
        Local hour at which it opens, 0 ... 24.
    open_hours : float
        0.5 ... 24; how long one can check in.
    fen : int
        0 ... 2,000,000 for each who checks in; 0: no money.
    paid_check_ins : int
        0 ... 3650 check-ins after which no more money is paid; 0: it is always paid.
    check_ins : int
        0 ... 3650 check-ins after which it stops; 0: never.
    amount : float
        0 ... 100, what taking part is worth; a member's average message has 1.
    quality : float
        0 ... 3, of the message that calls.

    Examples
    --------
    >>> camp = Checkin(hour=8.0, fen=100, paid_check_ins=2, check_ins=3)
    >>> camp.plan(Setting(days=7.0, start_hour=8)).acts["fen"].tolist()
    [100, 100, 0]
    """

    hour: float = lever(8.0, "local hour at which it opens", range=(0, 24), unit="hour")
    open_hours: float = lever(14.0, "how long one can check in", range=(0.5, 24), unit="hours")
    fen: int = lever(0, "for each who checks in", range=(0, 2_000_000), unit="fen")
    paid_check_ins: int = lever(0, PAID, range=(0, 3650), unit="check-ins")
    check_ins: int = lever(0, "after so many it stops; 0: never", range=(0, 3650), unit="check-ins")
    amount: float = lever(1.0, "what taking part is worth", range=(0, 100), unit="1")
    quality: float = lever(1.0, "of the message that calls", range=(0, 3), unit="quality")

    facts: ClassVar[Facts] = Facts(
        troubles=("newcomers", "readers", "fading"),
        costs=("operator.minutes_per_call",),
        pays="the fen of each who checks in",
        evidence="weekly cash kept 10 points more in a programme of 12 weeks (418 people, "
        "PMC8510645); paid visits to a gym left no habit (Carrera et al. 2018)",
        grade="A",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return the call of every day."""
        _, time_hours = at_hours(setting, [self.hour])
        time_hours = time_hours[: self.check_ins or None]
        paid = (self.paid_check_ins or len(time_hours)) if self.fen else 0
        parts = (time_hours[:paid], self.fen), (time_hours[paid:], 0)
        return merge(
            [
                opened(times, Call("check_in", self.open_hours, fen, 0, self.amount, self.quality))
                for times, fen in parts
            ]
        )
