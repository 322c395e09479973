"""The pinned scenario of the bench: complete, and never a follower of the defaults."""

import tomllib
from pathlib import Path

from sim.scenario import known_keys, load_scenario

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
SCENARIO = BENCHMARKS / "scenario.toml"


def dotted(table, head=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from dotted(value, f"{head}{key}.")
        else:
            yield head + key


def test_pinned_scenario_writes_every_parameter_and_policy_field_out():
    written = set(dotted(tomllib.loads(SCENARIO.read_text(encoding="utf-8"))))
    assert written == set(known_keys(load_scenario(SCENARIO)))


def test_pinned_scenario_is_what_the_bars_speak_of():
    pinned = load_scenario(SCENARIO)
    assert (pinned.params.group.size, pinned.days, pinned.params.ties.degree) == (200, 14.0, 12)


def test_operators_of_the_bench_load_as_policies():
    policies = {
        f"policies.{name}.use": f"{BENCHMARKS / 'operators.py'}:{name}"
        for name in ("Waker", "Rewarder", "Doorkeeper")
    }
    watched = load_scenario(SCENARIO).with_values(policies)
    assert sum(hasattr(named.policy, "act") for named in watched.policies) == 3
