"""Asking reactive policies: what each sees, and the acts it orders for the next hour."""

from __future__ import annotations

import numpy as np

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import Actions, Array, Ledger, Observation, merge
from sim.timetable import checked


class Consultant:
    """The reactive policies of one scenario, asked about many of its groups at once.

    Parameters
    ----------
    scenario : Scenario

    Attributes
    ----------
    needed : bool
        Whether the scenario has a reactive policy.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._cap = scenario.params.group.cap
        self._policies = [
            (number, named.name, named.policy, int(getattr(named.policy, "every_hours", 1)))
            for number, named in enumerate(scenario.policies)
            if hasattr(named.policy, "act")
        ]
        self._standing: dict[int, Actions] = {}
        self.needed = bool(self._policies)

    def due(self, hour: int) -> bool:
        """Say whether any policy is consulted at this hour."""
        return any(hour % every == 0 for *_, every in self._policies)

    def consult(self, seen: Observation, books: Array) -> Actions:
        """Ask every policy that is due; caps and doors stand until a policy is asked again.

        Parameters
        ----------
        seen : Observation
            The groups as all policies see them.
        books : array [group, policy]
            What each policy of the scenario has done so far (`sim.state.LEDGER_DTYPE`).

        Returns
        -------
        Actions
            Acts of the coming hour, sorted; the cap and the doors in force, for every group.

        Raises
        ------
        InputError
            When a policy raises, or orders an act outside the hour or for an unseen group.
        """
        hour = int(seen.time_hours)
        fresh = []
        for number, name, policy, every in self._policies:
            if hour % every:
                continue
            mine = seen.by(ledger_of(books[:, number]))
            self._standing[number] = _ask(policy, name, mine).of_policy(number)
            fresh.append(self._standing[number])
        standing = merge(list(self._standing.values()))
        cap = np.full(seen.groups, self._cap)
        closed = np.zeros(seen.groups, bool)
        return Actions(
            merge(fresh).acts,
            cap if standing.cap is None else np.minimum(cap, standing.cap),
            closed if standing.closed is None else standing.closed,
        )


def _ask(policy: object, name: str, seen: Observation) -> Actions:
    try:
        actions: Actions = policy.act(seen)  # type: ignore[attr-defined]
    except Exception as error:
        raise InputError(
            [f"policies.{name}: act fails at hour {seen.time_hours:g} with {error!r}"]
        ) from error
    checked(actions, name, seen.time_hours, seen.time_hours + 1.0)
    groups = actions.acts["group"]
    if len(groups) and (groups.min() < 0 or groups.max() >= seen.groups):
        raise InputError([f"policies.{name}: acts for a group that was not seen"])
    return actions


def ledger_of(book: Array) -> Ledger:
    """Show a policy what it has done in each group: array [group] of `LEDGER_DTYPE`."""
    return Ledger(book["spent_fen"], book["packets"], book["posts"], book["last_act_hours"])
