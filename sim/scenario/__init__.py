"""A scenario is data: one TOML file, one frozen `Scenario`, every fault of it found at once.

`allowed` says what a value may be, `named_policy` turns a table into a policy, `scenario` holds the
values, `mix` several types of groups, `loading` goes from a file (that may stand on
another) to either, `shipped` finds the files that come with the program, `reading` and `writing` go
from TOML and back.
"""

from sim.scenario.loading import load_mix, load_scenario, parse_mix, parse_scenario
from sim.scenario.mix import GroupType, Mix
from sim.scenario.named_policy import NamedPolicy
from sim.scenario.reading import parse_value, parse_values
from sim.scenario.scenario import SHORTCUTS, Scenario, by_key
from sim.scenario.writing import digest, known_keys, to_toml

__all__ = [
    "SHORTCUTS",
    "GroupType",
    "Mix",
    "NamedPolicy",
    "Scenario",
    "by_key",
    "digest",
    "known_keys",
    "load_mix",
    "load_scenario",
    "parse_mix",
    "parse_scenario",
    "parse_value",
    "parse_values",
    "to_toml",
]
