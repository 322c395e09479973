"""A policy written to TOML, read back and played by both engines: the same bytes."""

from __future__ import annotations

import dataclasses
import tomllib
from typing import Any

import numpy as np
from worlds import LIVELY, of_group

from sim.ensemble import simulate_log
from sim.models import Community
from sim.operators import checked
from sim.people import People
from sim.policies import Timetable
from sim.scenario import Scenario, parse_scenario, to_toml
from sim.state import CALL, Array, Setting
from sim.trace import Trace

TRUSTED = {"group.size": 40, "trust.initial": 0.9}
"""Values with which something is sold."""


def read_back(name: str, policy: Any, days: float = 14.0, **values: Any) -> Any:
    """Return a scenario of 12 lively members with this policy, as its TOML reads."""
    data = {"policies": {name: dataclasses.asdict(policy)}, "run": {"days": days}}
    scenario = parse_scenario(data, values={**LIVELY, "group.size": 12, **values})
    again = parse_scenario(tomllib.loads(to_toml(scenario)))
    assert again == scenario
    assert again.policies[0].policy == policy
    return again


def both_play(scenario: Scenario, seed: int) -> tuple[Trace, list[Community]]:
    """Play two groups of a scenario, which its own file gives back, in a block, and each alone in
    the other engine; compare all that they leave.
    """
    assert parse_scenario(tomllib.loads(to_toml(scenario))) == scenario
    trace, messages, events = simulate_log([scenario], 2, seed)
    alone = [Community(scenario, replication, seed) for replication in range(2)]
    for g, one in enumerate(alone):
        one.run()
        inside = of_group(trace, messages, events, g)
        outside = of_group(one.trace(), *one.logs())
        assert [key for key in inside if inside[key] != outside[key]] == []
    return trace, alone


def played(name: str, policy: Any, days: float = 9.0, **values: Any) -> Community:
    """Play a policy in both engines, and return the first group."""
    return both_play(read_back(name, policy, days, **values), 11)[1][0]


def calls_of(policy: Timetable, setting: Setting, code: int) -> Array:
    """Return the calls of a timetable, which the border lets through and which fit the horizon."""
    acts = policy.plan(setting).acts
    assert checked(policy.plan(setting), "own", 1, 0.0, 24.0 * setting.days).acts is not None
    calls = acts[acts["kind"] == CALL]
    assert (calls["other"] == code).all()
    return calls


def people(group: list[int], now: float, **columns: list[float] | Array) -> People:
    """Show members of groups, present and without roles unless `columns` say otherwise."""
    count, at = len(group), np.array(group, dtype=np.int64)
    given = {"present": [1] * count, "role": [0] * count, "posts": [1] * count,
             "recent_hours": [now] * count, **columns}  # fmt: skip
    slot = np.arange(count) - np.searchsorted(at, at)
    return People(at, slot, now, np.arange(count), {k: np.array(v) for k, v in given.items()})


def played_alike(policies: dict[str, Any], days: float = 6.0, **values: Any) -> Trace:
    """Play policies, by name the fields they are given, in both engines."""
    data = {"run": {"days": days}, "policies": policies}
    scenario = parse_scenario(data, values={**LIVELY, "group.size": 30, **values})
    return both_play(scenario, 5)[0]
