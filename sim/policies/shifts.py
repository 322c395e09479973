"""Shifts: who is on duty at the desk at which hour, and how often another person takes over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import Actions, Observation

SHIFT = "local hours between which the shift lasts, over midnight too; the same twice: all day"
SATURDAY = 5


@dataclass(frozen=True)
class Shifts:
    """Put people on duty at the desk by hour and weekday, part-time or full-time, and replace them.

    They answer within `operator.open_hour` and `close_hour`, as far as their hands reach, and are
    paid for these hours.

    Attributes
    ----------
    hands : float
        0.1 ... 100 persons on duty in the shift, Monday to Friday: 0.5 is one at half time.
    weekend_hands : float
        0.1 ... 100, on duty in the shift on Saturday and Sunday.
    rest_hands : float
        0.1 ... 100, at all other hours; with nobody on duty no desk would be modelled.
    from_hour, to_hour : int
        Local hours, 0 ... 24.
    turnover_days : int
        0 ... 3650 days after which another person takes the group over; 0: never.
    loss_share : float
        0 ... 1 of members' trust that goes with who is replaced.

    Examples
    --------
    >>> part_time = Shifts(hands=0.3, from_hour=19, to_hour=22, turnover_days=60)
    >>> part_time.loss_share
    0.2
    """

    hands: float = lever(
        1.0, "in the shift, Monday to Friday, in tenths", range=(0.1, 100), unit="persons"
    )
    weekend_hands: float = lever(
        1.0, "in the shift at weekends, in tenths", range=(0.1, 100), unit="persons"
    )
    rest_hands: float = lever(
        0.1, "at all other hours, in tenths", range=(0.1, 100), unit="persons"
    )
    from_hour: int = lever(9, SHIFT, range=(0, 24), unit="hour")
    to_hour: int = lever(22, SHIFT, range=(0, 24), unit="hour")
    turnover_days: int = lever(
        0, "days after which another person takes over; 0: never", range=(0, 3650), unit="days"
    )
    loss_share: float = lever(
        0.2, "of trust that goes with who is replaced", range=(0, 1), unit="share"
    )

    facts: ClassVar[Facts] = Facts(
        troubles=("questions", "distrust", "cost"),
        costs=("operator.minutes_per_deed",),
        pays="the wage of all hours on duty, idle ones too",
        evidence="queues follow from hands and work (Erlang); what is lost with a trusted person "
        "is an assumption",
        grade="C",
    )

    def act(self, seen: Observation) -> Actions:
        """Return who is on duty from this hour on, and the handover that is due."""
        length = (self.to_hour - self.from_hour - 1) % 24 + 1
        in_shift = (seen.hour_of_day - self.from_hour) % 24 < length
        shift = np.where(seen.weekday >= SATURDAY, self.weekend_hands, self.hands)
        persons = np.where(in_shift, shift, self.rest_hands)
        due = self.turnover_days and not seen.time_hours % (24 * self.turnover_days)
        changed = np.arange(seen.groups if due and seen.time_hours else 0)
        acts = Actions.handovers(changed, seen.time_hours, self.loss_share).acts
        return Actions(acts, hands=np.floor(10.0 * persons + 0.5).astype(np.int64))
