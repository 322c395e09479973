"""A fork: a scenario whose operators do otherwise from a day on, all before it being the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sim.allowed import unknown_key
from sim.errors import InputError
from sim.language import _
from sim.scenario.named_policy import settable_keys
from sim.scenario.scenario import Scenario

OPERATORS = "policies."
"""Head of the keys that may change while a group lives."""


@dataclass(frozen=True)
class Forked(Scenario):
    """A scenario until an hour, and another from then on, which differs in its policies alone.

    Attributes
    ----------
    later : Scenario
        Whose policies act from then on.
    from_hour : int
        Hours since creation.
    """

    later: Scenario = field(default_factory=Scenario)
    from_hour: int = 0

    def before(self) -> Scenario:
        """Return the scenario whose policies act until then, as if nothing changed."""
        return Scenario(**_own(self))


def forked(scenario: Scenario, changes: Mapping[str, Any], at_day: int) -> Forked:
    """Let the operators of a scenario change what they do at the midnight that begins a local day.

    Until then its policies act, and what was ordered stands, as if nothing were to come; then the
    changed ones, planned as if from creation on, of whose acts those to come are done. A policy
    keeps its memory of what it did and spent.

    Parameters
    ----------
    scenario : Scenario
    changes : mapping
        ``policies.NAME.FIELD`` to value. Nothing else can change: who the members are and what they
        are like is settled when a group is made.
    at_day : int
        0, creation, or a later local day before the end.

    Returns
    -------
    Forked

    Raises
    ------
    InputError
        Every key that cannot change and every value that is not allowed.

    Examples
    --------
    >>> busy = forked(Scenario(days=14.0), {"policies.cadence.posts_per_day": 4}, at_day=7)
    >>> busy.from_hour, len(busy.policies), len(busy.later.policies)
    (159, 0, 1)
    """
    settled = [key for key in changes if not key.startswith(OPERATORS)]
    wrong = _(
        "{key}: cannot change while a group lives: who its members are and what they are like is "
        "settled when it is made; what operators do can: policies.NAME.FIELD"
    )
    known = settable_keys(scenario.policies)
    faults = [wrong.format(key=key) if key in known else unknown_key(key, known) for key in settled]
    if not 0 <= at_day < scenario.days:
        range_of = _("day {day} is out of range; allowed: 0 to before {days:g}, the end")
        faults.append(range_of.format(day=at_day, days=scenario.days))
    if faults:
        raise InputError(faults)
    from_hour = max(0, 24 * at_day - scenario.params.group.start_hour)
    return Forked(**_own(scenario), later=scenario.with_values(changes), from_hour=from_hour)


def _own(scenario: Scenario) -> dict[str, Any]:
    return {one.name: getattr(scenario, one.name) for one in fields(Scenario)}
