"""A scenario is data: one TOML file, one frozen `Scenario`, every fault of it found at once.

`named_policy` turns a table into a policy, `scenario` holds the values, `portfolio` makes one group
of several of a team, `fork` lets operators do otherwise from a day on, `toml` reads and writes
them, `loading` goes from a file (that may stand on another, or on a shipped one) to the types of
groups that it mixes.
"""

from sim.scenario.fork import Forked, forked
from sim.scenario.loading import GroupType, Mix, load_mix, load_scenario, parse_mix, parse_scenario
from sim.scenario.named_policy import NamedPolicy
from sim.scenario.portfolio import Portfolio
from sim.scenario.scenario import SHORTCUTS, Scenario, by_key, digest, known_keys, notes
from sim.scenario.toml import parse_value, parse_values, to_toml

__all__ = [
    "SHORTCUTS", "Forked", "GroupType", "Mix", "NamedPolicy", "Portfolio", "Scenario", "by_key",
    "digest", "forked", "known_keys", "load_mix", "load_scenario", "notes", "parse_mix",
    "parse_scenario", "parse_value", "parse_values", "to_toml",
]  # fmt: skip
