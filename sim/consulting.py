"""Asking reactive policies: what each sees, and the acts it orders for the next hour."""

from __future__ import annotations

from operator import methodcaller

import numpy as np

from sim.errors import InputError
from sim.policies import own_code
from sim.scenario import NamedPolicy, Scenario
from sim.scenario.allowed import show
from sim.state import Actions, Array, Ledger, Observation, merge
from sim.timetable import checked

LONGEST_PAUSE_HOURS = 24 * 3650


class Consultant:
    """The reactive policies of one scenario, asked about many of its groups at once."""

    def __init__(self, scenario: Scenario) -> None:
        self._cap = scenario.params.group.cap
        self._policies = [
            (number, f"policies.{named.name}", named.policy, _every_hours(named))
            for number, named in enumerate(scenario.policies)
            if hasattr(type(named.policy), "act")
        ]
        self._standing: dict[int, Actions] = {}
        self.needed = bool(self._policies)

    def due(self, hour: int) -> bool:
        """Say whether any policy is consulted at this hour."""
        return any(hour % every == 0 for *_, every in self._policies)

    def consult(self, seen: Observation, books: Array) -> Actions:
        """Ask every policy that is due, by `books` [group, policy]: acts of the coming hour,
        sorted, and cap and doors of every group, which stand until a policy is asked again.
        """
        hour = int(seen.time_hours)
        fresh = []
        for number, where, policy, every in self._policies:
            if hour % every:
                continue
            mine = seen.by(ledger_of(books[:, number]))
            self._standing[number] = _ask(policy, where, mine).of_policy(number)
            fresh.append(self._standing[number])
        standing = merge(list(self._standing.values()))
        cap = np.full(seen.groups, self._cap)
        closed = np.zeros(seen.groups, bool)
        return Actions(
            merge(fresh).acts,
            cap if standing.cap is None else np.minimum(cap, standing.cap),
            closed if standing.closed is None else standing.closed,
        )


def _every_hours(named: NamedPolicy) -> int:
    where = f"policies.{named.name}: every_hours"
    every = own_code(f"{where} fails", getattr, named.policy, "every_hours", 1)
    if type(every) not in (int, float) or not 1 <= every <= LONGEST_PAUSE_HOURS or every % 1:
        shown = show(every) if type(every) in (int, float) else f"a {type(every).__name__}"
        allowed = f"allowed: a whole number from 1 to {LONGEST_PAUSE_HOURS:,}"
        raise InputError([f"{where} is {shown}; {allowed}"])
    return int(every)


def _ask(policy: object, where: str, seen: Observation) -> Actions:
    failing = f"{where}: act fails at hour {seen.time_hours:g}"
    actions = own_code(failing, methodcaller("act", seen), policy)
    return checked(actions, where, seen.groups, seen.time_hours, seen.time_hours + 1.0)


def ledger_of(book: Array) -> Ledger:
    """Show a policy what it has done in each group: array [group] of `LEDGER_DTYPE`."""
    book = book.view()
    book.flags.writeable = False
    return Ledger(book["spent_fen"], book["packets"], book["posts"], book["last_act_hours"])
