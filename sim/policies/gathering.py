"""Gatherings: members sign up, and those who did meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.policies import Facts, at_weekday, lever, opened
from sim.state import Actions, Call, Setting


@dataclass(frozen=True)
class Gathering:
    """Let members sign up for a meeting every few weeks, and pay so much for each who comes.

    Attributes
    ----------
    weekday : int
        Of the meeting, 0 (Monday) ... 6.
    hour : float
        Local hour of the meeting, 0 ... 24.
    every_weeks : int
        1 ... 52.
    lead_hours : float
        1 ... 720 hours before the meeting at which one can begin to sign up.
    fen : int
        0 ... 2,000,000; what the team pays for each who comes.
    amount : float
        0 ... 100, what the meeting is worth; a member's average message has 1.
    quality : float
        0 ... 3, of the message that calls.
    everyone : bool
        Whether it calls on all members (@all).

    Examples
    --------
    >>> sundays = Gathering(weekday=6, hour=14.0, every_weeks=2, lead_hours=48.0)
    >>> plan = sundays.plan(Setting(days=28.0, start_hour=14)).acts
    >>> plan["time_hours"].tolist(), plan["until_hours"].tolist()
    ([96.0, 432.0], [144.0, 480.0])
    """

    weekday: int = lever(6, "of the meeting; 0: Monday", range=(0, 6), unit="weekday")
    hour: float = lever(14.0, "local hour of the meeting", range=(0, 24), unit="hour")
    every_weeks: int = lever(4, "weeks from one to the next", range=(1, 52), unit="weeks")
    lead_hours: float = lever(
        72.0, "before the meeting one can begin to sign up", range=(1, 720), unit="hours"
    )
    fen: int = lever(3000, "paid for each who comes", range=(0, 2_000_000), unit="fen")
    amount: float = lever(2.0, "what the meeting is worth", range=(0, 100), unit="1")
    quality: float = lever(1.5, "of the message that calls", range=(0, 3), unit="quality")
    everyone: bool = lever(True, "whether it calls on all members (@all)")

    facts: ClassVar[Facts] = Facts(
        troubles=("strangers", "newcomers", "veterans"),
        costs=("operator.minutes_per_call",),
        pays="so much for each who comes; the team's hours there no number here holds",
        evidence="who comes to meetings does more online (4,013 people, doi 10.1140/epjds/"
        "s13688-024-00506-w), and loosens ties to who does not (Sessions 2010)",
        grade="B",
    )

    def plan(self, setting: Setting) -> Actions:
        """Return the call to every meeting that is held before the end."""
        lead = self.lead_hours
        times = at_weekday(setting, self.weekday, self.hour, self.every_weeks, lead)
        call = Call("sign_up", lead, self.fen, 0, self.amount, self.quality, self.everyone)
        return opened(times - lead, call)
