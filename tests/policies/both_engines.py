"""A policy as a file names it, played by both engines."""

from __future__ import annotations

import tomllib
from typing import Any

from worlds import LIVELY, of_group

from sim.ensemble import simulate_log
from sim.models import Community
from sim.scenario import parse_scenario, to_toml
from sim.trace import Trace


def played_alike(name: str, fields: dict[str, Any], days: float, **values: float) -> Trace:
    """Play a policy in two small lively groups; the bytes of both engines must be the same."""
    data = {"group": {"size": 30}, "run": {"days": days}, "policies": {name: fields}}
    scenario = parse_scenario(data, values={**LIVELY, **values})
    assert parse_scenario(tomllib.loads(to_toml(scenario))).policies == scenario.policies
    trace, messages, events = simulate_log([scenario], 2, seed=5)
    for g in range(trace.groups):
        one = Community(scenario, g, 5)
        one.run()
        assert of_group(trace, messages, events, g) == of_group(one.trace(), *one.logs())
    return trace
