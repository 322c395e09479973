"""Shills (马甲): accounts of the team's own that talk as if members did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies import Facts, lever
from sim.state import UTTERANCES, Actions, Array, Observation, merge

AWAKE = "local clock hours between which it is said"


@dataclass(frozen=True)
class Shills:
    """Talk in a silent group by accounts that seem to be members'.

    What a shill says is never counted as a member's. Now and then one is seen through
    (``operator.shill_seen_probability``): then its message is an ad of the team to all readers.

    Attributes
    ----------
    messages_per_day : int
        0 ... 100 a group, spread evenly over the clock hours.
    kinds : tuple of str
        What is said, in turn.
    quality : float
        0 ... 3; 1 is a member's average message.
    silent_hours : float
        0 ... 720 hours for which no member may have spoken; 0: it is said in any case.
    until_day : int
        0 ... 3650 days after which they fall silent; 0: never.
    from_hour, to_hour : int
        Local clock hours between which it is said, 0 ... 24.

    Examples
    --------
    >>> Shills(messages_per_day=5, from_hour=9, to_hour=13).due(np.arange(8, 14)).tolist()
    [0, 1, 1, 1, 2, 0]
    """

    messages_per_day: int = lever(5, "said a day in a group", range=(0, 100), unit="messages")
    kinds: tuple[str, ...] = lever(
        ("question", "chat"), "what is said, in turn", choices=[k for k in UTTERANCES if k != "ad"]
    )
    quality: float = lever(1.0, "1 is a member's average message", range=(0, 3), unit="quality")
    silent_hours: float = lever(
        6.0, "without a member's word before; 0: said in any case", range=(0, 720), unit="hours"
    )
    until_day: int = lever(0, "they fall silent after it; 0: never", range=(0, 3650), unit="days")
    from_hour: int = lever(9, AWAKE, range=(0, 23), unit="hour")
    to_hour: int = lever(22, AWAKE, range=(1, 24), unit="hour")

    facts: ClassVar[Facts] = Facts(
        troubles=("silence", "start"),
        pays="the trust of those who read one that is seen through",
        evidence="stories of practitioners; how often one is seen through is an assumption",
        grade="C",
    )

    def due(self, hour: Array) -> Array:
        """Return how many messages fall into a local clock hour."""
        span = max(1, self.to_hour - self.from_hour)
        passed = np.clip(np.stack([hour, hour + 1]) - self.from_hour, 0, span)
        begun, done = passed * self.messages_per_day // span
        return np.asarray(done - begun)

    def act(self, seen: Observation) -> Actions:
        """Return what is said in each group in which members have been silent."""
        if not self.kinds or (self.until_day and seen.time_hours >= 24 * self.until_day):
            return Actions.none()
        many = np.where(seen.silent_hours >= self.silent_hours, self.due(seen.hour_of_day), 0)
        said = []
        for turn in range(int(many.max(initial=0))):
            group = np.flatnonzero(many > turn)
            time_hours = seen.time_hours + (turn + 0.5) / many[group]
            kind = (seen.ledger.posts[group] + turn) % len(self.kinds)
            for number, name in enumerate(self.kinds):
                one = kind == number
                said.append(Actions.shills(group[one], time_hours[one], name, self.quality))
        return merge(said)
