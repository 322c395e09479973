"""A scenario is data: one TOML file, one frozen `Scenario`, every fault of it found at once.

`allowed` says what a value may be, `named_policy` turns a table into a policy, `scenario` holds the
values, `reading` and `writing` go from TOML and back.
"""

from sim.scenario.named_policy import NamedPolicy
from sim.scenario.reading import load_scenario, parse_scenario, parse_value, parse_values
from sim.scenario.scenario import Scenario
from sim.scenario.writing import digest, known_keys, to_toml

__all__ = [
    "NamedPolicy",
    "Scenario",
    "digest",
    "known_keys",
    "load_scenario",
    "parse_scenario",
    "parse_value",
    "parse_values",
    "to_toml",
]
