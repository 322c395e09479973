"""A scenario reads, changes and writes without loss, and its digest tells all it holds."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
import timeit
import tomllib
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.allowed import Allowed
from sim.errors import InputError
from sim.params import Params, allowed_values, branching_ratio
from sim.policies import known_policies
from sim.policies.cadence import Cadence
from sim.scenario import (
    NamedPolicy,
    Scenario,
    digest,
    known_keys,
    load_scenario,
    notes,
    parse_scenario,
    parse_value,
    parse_values,
    to_toml,
)
from sim.scenario.loading import shipped_files
from sim.scenario.named_policy import policy_fields
from sim.scenario.scenario import digests

BASE = Path(__file__).resolve().parents[1] / "configs" / "base.toml"
EVERY_POLICY = {"policies": {policy: {} for policy in known_policies()}}


def allowed_of(scenario: Scenario) -> dict[str, Allowed]:
    """Return what each changeable key but the name and `use` may be."""
    fields = {
        f"policies.{named.name}.{field}": allowed
        for named in scenario.policies
        for field, allowed in policy_fields(type(named.policy)).items()
    }
    return allowed_values() | fields


def within(allowed: Allowed) -> st.SearchStrategy[Any]:
    """Draw what is allowed."""
    one: st.SearchStrategy[Any]
    if allowed.kind is bool:
        one = st.booleans()
    elif allowed.kind is int:
        one = st.integers(int(allowed.low), int(allowed.high))
    elif allowed.kind is float:
        one = st.floats(allowed.low, allowed.high)
    elif allowed.file:
        one = st.just("")
    else:
        one = st.sampled_from(allowed.choices)
    return st.lists(one, max_size=4).map(tuple) if allowed.many else one


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw allowed values for some keys of a scenario with every policy."""
    known = allowed_of(parse_scenario(EVERY_POLICY))
    keys = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=25))
    return {key: draw(within(known[key]), label=key) for key in keys}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a scenario with values of every kind, policies under other names among them."""
    name = draw(st.from_regex(r"[^\W_]{1,8}", fullmatch=True))
    use = draw(st.sampled_from(known_policies()))
    base = parse_scenario(EVERY_POLICY).with_values({f"policies.{name}.use": use, "name": name})
    try:
        return base.with_values(draw(changes()))
    except InputError as fault:  # each value is in range, so they do not go together
        assume(not fault.problems)
        raise


@given(scenarios())
def test_a_scenario_written_as_toml_reads_back_equal(scenario: Scenario) -> None:
    for comments in (False, True):
        again = parse_scenario(tomllib.loads(to_toml(scenario, comments)), name="other")
        assert again == scenario
        assert hash(again) == hash(scenario)
        assert digest(again) == digest(scenario)
        assert to_toml(again, comments) == to_toml(scenario, comments)


@given(st.text(min_size=1, max_size=100))
def test_any_name_that_is_accepted_reads_back(name: str) -> None:
    try:
        scenario = parse_scenario({"name": name})
    except InputError:
        return
    assert parse_scenario(tomllib.loads(to_toml(scenario))).name == name


@given(scenarios(), st.data())
def test_a_digest_changes_with_any_value_and_with_nothing_else(
    scenario: Scenario, data: st.DataObject
) -> None:
    allowed = allowed_of(scenario)
    key = data.draw(st.sampled_from(sorted(allowed)))
    value = data.draw(within(allowed[key]))
    try:
        changed = scenario.with_values({key: value})
    except InputError:
        assume(False)
    assert (digest(changed) == digest(scenario)) == (changed == scenario)


@given(changes())
def test_changing_values_equals_writing_them_in_the_file(values: Mapping[str, Any]) -> None:
    data: dict[str, Any] = {"policies": {policy: {} for policy in known_policies()}}
    for key, value in values.items():
        *tables, field = key.split(".")
        table = data
        for word in tables:
            table = table.setdefault(word, {})
        table[field] = value

    def made(how: str) -> Scenario | tuple[str, ...]:
        try:
            if how == "file":
                return parse_scenario(data)
            if how == "overlay":
                return parse_scenario(EVERY_POLICY, values=values)
            return parse_scenario(EVERY_POLICY).with_values(values)
        except InputError as fault:
            return fault.problems

    assert made("file") == made("overlay") == made("changed")


def test_the_digest_is_the_same_in_another_process() -> None:
    code = "from sim.scenario import digest, load_scenario; import sys"
    code += "; print(digest(load_scenario(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(BASE)],
        env=os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(BASE.parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest(load_scenario(BASE))
    assert re.fullmatch("[0-9a-f]{16}", done.stdout.strip())


def test_one_changed_key_is_quick() -> None:
    limit_seconds = 250e-6  # 40 microseconds on a quiet core; tests share theirs
    scenario = parse_scenario(EVERY_POLICY)
    for values in ({"group.size": 50}, {"policies.cadence.posts_per_day": 3}, {"run.days": 7}):
        repeats = timeit.repeat(
            lambda v=values: scenario.with_values(v), process_time, number=200, repeat=9
        )
        assert min(repeats) / 200 < limit_seconds


def test_base_is_a_lasting_group_with_two_posts_a_day_and_no_money() -> None:
    scenario = load_scenario(BASE)
    lasting = load_scenario(shipped_files("populations")["wechat_mixed"], {"type": "lasting"})
    apart = {
        key for (key, one), (_, other) in zip(
            scenario.params.items(), lasting.params.items(), strict=True
        ) if one != other
    }  # fmt: skip
    assert apart == {
        "group.size", "group.cap", "rhythm.peak_hour", "rhythm.reaction_share",
        "leaving.leave_probability", "leaving.unmute_probability", "operator.answer_probability",
    }  # fmt: skip
    assert (scenario.name, scenario.days, scenario.groups, scenario.seed) == ("base", 14, 100, 1)
    assert [named.name for named in scenario.policies] == ["cadence", "red_packets"]
    posts = [named.policy.plan(scenario.setting()).acts for named in scenario.policies]
    assert [len(acts) for acts in posts] == [28, 0]


def test_values_are_laid_over_the_file() -> None:
    values = {"group.size": 20, "run.seed": 7, "policies.cadence.posts_per_day": 1}
    scenario = load_scenario(BASE, values)
    assert scenario.params.group.size == 20
    assert scenario.seed == 7
    assert scenario.policies[0].policy == Cadence(posts_per_day=1.0)


def test_a_policy_that_is_not_there_yet_is_added() -> None:
    scenario = load_scenario(BASE, {"policies.revive.silent_hours": 48})
    assert [named.name for named in scenario.policies] == ["cadence", "red_packets", "revive"]
    again = scenario.with_values({"policies.second.use": "cadence"})
    assert again.policies[-1] == NamedPolicy("second", "cadence", Cadence())


def test_a_changed_use_starts_from_the_defaults_of_the_new_class() -> None:
    data = {"policies": {"mine": {"use": "cadence", "posts_per_day": 9}}}
    values = {"policies.mine.silent_hours": 2, "policies.mine.use": "revive"}
    changed = parse_scenario(data).with_values(values)
    assert changed == parse_scenario(data, values=values)
    assert changed.policies[0].policy.silent_hours == 2
    same = parse_scenario(data).with_values({"policies.mine.use": "cadence"})
    assert same.policies[0].policy.posts_per_day == 9


def test_policies_are_sorted_by_name() -> None:
    policies = tuple(NamedPolicy(name, "cadence", Cadence()) for name in ("b", "a"))
    assert [named.name for named in Scenario(policies=policies).policies] == ["a", "b"]


def test_every_known_key_can_be_set_to_its_own_value() -> None:
    scenario = load_scenario(BASE)
    tables = tomllib.loads(to_toml(scenario))
    assert len(known_keys(scenario)) == len(set(known_keys(scenario)))
    for key in known_keys(scenario):
        value: Any = tables
        for word in key.split("."):
            value = value[word]
        assert scenario.with_values({key: value}) == scenario


def test_numbers_of_numpy_are_numbers() -> None:
    sizes = np.array([25, 50])
    scenario = Scenario().with_values({"group.size": sizes[1], "run.days": np.float32(7)})
    assert (scenario.params.group.size, scenario.days) == (50, 7.0)
    assert type(scenario.params.group.size) is int
    assert type(scenario.days) is float
    with pytest.raises(InputError):
        Scenario().with_values({"group.size": np.bool_(True)})


def test_the_setting_is_what_the_group_and_its_team_say() -> None:
    keys = ("group.size", "group.cap", "group.start_hour", "group.start_weekday")
    values = dict(zip(keys, (3, 4, 5, 6), strict=True))
    values |= {"operator.open_hour": 7, "operator.close_hour": 8, "run.days": 2}
    setting = Scenario().with_values(values).setting()
    assert dataclasses.astuple(setting) == (2.0, 3, 4, 5, 6, 7, 8)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("group.size=50", ("group.size", 50)),
        (" run.days = 7.5 ", ("run.days", 7.5)),
        ("run.days=.5", ("run.days", 0.5)),
        ("run.days=-.5", ("run.days", -0.5)),
        ("run.days=5.", ("run.days", 5.0)),
        ("ties.graph=cliques", ("ties.graph", "cliques")),
        ("ties.graph=a b/c=d.csv", ("ties.graph", "a b/c=d.csv")),
        ('ties.graph="cliques"', ("ties.graph", "cliques")),
        ("policies.red_packets.lucky=true", ("policies.red_packets.lucky", True)),
        ('policies.cadence.kinds=["ad"]', ("policies.cadence.kinds", ["ad"])),
        ("name=1.2.3", ("name", "1.2.3")),
        ("name=1\nother = 2", ("name", "1\nother = 2")),
    ],
)
def test_a_value_of_the_command_line(text: str, pair: tuple[str, Any]) -> None:
    assert parse_value(text) == pair


def test_faulty_values_of_the_command_line_are_all_found() -> None:
    with pytest.raises(InputError) as fault:
        parse_values(["group.size", "=5", "run.days=1", "run.days=2", "x="])
    assert [problem.partition(" ")[0] for problem in fault.value.problems] == [
        "'group.size'",
        "'=5'",
        "run.days:",
        "'x='",
    ]


@given(st.floats(0, 1), st.floats(0, 8), st.floats(0.001, 1))
def test_no_scenario_is_supercritical(call: float, draw_max: float, most: float) -> None:
    values = {
        "reaction.call_probability": call,
        "reaction.draw_max": draw_max,
        "speak.probability_max": most,
    }
    ratio = branching_ratio(Params().replace(values))
    try:
        problems = ()
        Scenario().with_values(values)
    except InputError as fault:
        problems = fault.problems
    assert len(problems) == (ratio > 0.98)
    assert all(f"{ratio:.3f} further looks" in problem for problem in problems)


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "群.toml"
    file.write_bytes("\ufeff[group]\r\nsize = 7\r\n".encode())
    scenario = load_scenario(file)
    assert (scenario.name, scenario.params.group.size) == ("群", 7)


def test_digests_of_many_are_those_of_each_one_whatever_they_share() -> None:
    base = parse_scenario({"policies": {"cadence": {}}})
    group = dataclasses.replace(
        base.params.group, size=True
    )  # made by hand: equal to 1, written otherwise
    params = dataclasses.replace(base.params, group=group)
    by_hand = dataclasses.replace(base, params=params)
    values: list[dict[str, object]] = [
        *({"group.size": size} for size in (1, 2, 1)),
        *({"policies.cadence.posts_per_day": posts} for posts in (0.5, 3)),
        {"run.days": 3, "name": "another"},
    ]
    many = [*(base.with_values(one) for one in values), by_hand, base]
    assert digests(many) == [digest(one) for one in many]
    assert len(set(digests(many))) == len(many) - 1


def test_a_policy_that_would_begin_after_the_run_is_named() -> None:
    data = {
        "policies": {"gathering": {}, "cadence": {"posts_per_day": 0}, "gate": {}, "revive": {}}
    }
    (said,) = notes(parse_scenario({**data, "run": {"days": 2}}))
    assert said.startswith(
        "policies.gathering: nothing of it falls into the 2 days of this run; it"
    )
    assert said.endswith("would begin on day 3")
    assert notes(parse_scenario({**data, "run": {"days": 28}})) == []
