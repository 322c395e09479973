"""The whole timetable of a scenario's policies that need no observation."""

from __future__ import annotations

import numpy as np

from sim.errors import InputError
from sim.scenario import Scenario
from sim.state import ACT_DTYPE, Actions, Array, merge


def timetable(scenario: Scenario) -> Array:
    """Ask every planning policy for its acts and sort them.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    array of ACT_DTYPE
        Group 0, sorted by time; each act signed with its policy's number.

    Raises
    ------
    InputError
        When a policy raises, or plans an act before creation or past the horizon.

    Examples
    --------
    >>> from sim.scenario import parse_scenario
    >>> base = {"policies": {"cadence": {"posts_per_day": 1}}, "run": {"days": 7}}
    >>> len(timetable(parse_scenario(base)))
    7
    """
    planned = []
    for number, named in enumerate(scenario.policies):
        if not hasattr(named.policy, "plan"):
            continue
        try:
            actions = named.policy.plan(scenario.setting())
        except Exception as error:
            raise InputError([f"policies.{named.name}: plan fails with {error!r}"]) from error
        planned.append(checked(actions, named.name, 0.0, 24.0 * scenario.days).of_policy(number))
    return merge(planned).acts if planned else np.zeros(0, ACT_DTYPE)


def checked(actions: Actions, name: str, from_hours: float, to_hours: float) -> Actions:
    """Refuse acts outside the time that a policy may order for."""
    if not isinstance(actions, Actions):
        raise InputError([f"policies.{name}: must return Actions, not {type(actions).__name__}"])
    if not len(actions.acts):
        return actions
    times = actions.acts["time_hours"]
    if not np.all((times >= from_hours) & (times < to_hours)):
        raise InputError(
            [f"policies.{name}: an act lies outside {from_hours:g}-{to_hours:g} hours"]
        )
    return actions
