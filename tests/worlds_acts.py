"""A reactive policy that does every act to single members, on all it sees of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.people import SHOWN, Chosen, People
from sim.state import MIDDLE, OWN, Actions, Array, Observation, merge


@dataclass(frozen=True)
class Correspondent:
    """Write to, pay, pair, remove and greet members by what is known of them.

    Attributes
    ----------
    every_hours : int
        How often it is consulted.
    strict : bool
        Whether it removes members and hands the team over.
    """

    every_hours: int = 3
    strict: bool = True
    sees_people: ClassVar[bool] = True

    def act(self, seen: Observation) -> Actions:
        """Turn every column of people into acts of all kinds, some of them to nobody."""
        people, now = seen.people.first(60), seen.time_hours  # a team gives 100 orders an hour
        mark = self.mark(seen, people)
        some = people.where(mark % 3 == 0)
        at = now + (mark[mark % 3 == 0] % 60) / 60.0
        paid, gone = people.where(mark % 5 == 1), seen.people.gone().first(20)
        met = people.silent_for(2.0).rested(6.0).oldest(4)
        greeted = people.newcomers(24.0).first(2)
        talked = (seen.messages + int(now)) % 5
        beyond = Chosen(np.arange(seen.groups), (seen.messages * 7 + int(now)) % 90)
        orders = [
            Actions.letters(some, at, (mark[mark % 3 == 0] % 4) / 1.5, OWN),
            Actions.letters(gone, now + 0.5, 2.0, 0.3),
            Actions.letters(gone.first(3), now + 0.7, 0.5, MIDDLE),
            Actions.letters(beyond, now + 0.1),
            Actions.payments(paid, now + 0.25, 1 + mark[mark % 5 == 1] % 300),
            Actions.pairs(met, (met.slot * 5 + int(now)) % 12, now + 0.125, 0.7),
            Actions.posts(greeted.group, now + 0.75, "greeting", 1.0, to=greeted.slot, topic=OWN),
            Actions.posts(met.group, now + 0.65, "ad", to=met.slot),
            *(
                Actions.shills(np.flatnonzero(talked == place), now + 0.3, kind, 1.0, place / 5)
                for place, kind in enumerate(("chat", "question", "content", "answer"))
            ),
            Actions.posts(beyond.group, now + 0.8, "chat", 1.0, to=beyond.slot, topic=MIDDLE),
            Actions.posts(
                np.arange(seen.groups)[seen.members > 9], now + 0.6, "content", topic=0.2
            ),
        ]
        if self.strict:
            orders.append(Actions.removals(people.where(mark % 41 == 2), now + 0.9))
            orders.append(Actions.handovers(np.flatnonzero(seen.claims % 5 == 4), now, 0.3))
        return merge(orders)

    @staticmethod
    def mark(seen: Observation, people: People) -> Array:
        """Mix all that is seen of each of these members into one whole number."""
        ledger = seen.ledger
        mixed = people.group * 0 + int(seen.time_hours)
        for name in (*SHOWN, "heard_hours"):
            column = getattr(people, name).astype(np.float64)
            known = np.where(np.isfinite(column), column * 3600.0, -1.0).astype(np.int64)
            mixed = (mixed * 31 + known + people.slot) % 1_000_003
        book = ledger.letters + 3 * ledger.removed + ledger.paid_fen + (ledger.minutes * 60.0)
        own = seen.exchanges_today + book.astype(np.int64)
        return (mixed + own[people.group]) % 1_000_003
