"""Sweep files: what they mean, and every fault of one in exact lines."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import Scenario
from sim.study.design import Design, load_design, parse_design
from sim.study.levers import flatten, read_choices

GOOD = """
name = "good"
scenario = "base.toml"
replications = 3
seed = 9
days = 4
[fixed]
"policies.red_packets.shares" = 5
[grid]
"group.size" = [10, 20.0, 30]
policies.red_packets.fen_per_day = [0, 500]
"ties.graph" = ["strangers", "cliques"]
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text("[look]\nrate_per_day = 3\n")
    path = tmp_path / "sweep.toml"
    path.write_text(GOOD)
    return path


def faults(data: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_design(data)
    return list(caught.value.problems)


def test_points_are_all_combinations_the_last_lever_fastest(good: Path) -> None:
    design = load_design(good)
    assert design.levers == (
        ("group.size", (10, 20, 30)),
        ("policies.red_packets.fen_per_day", (0, 500)),
        ("ties.graph", ("strangers", "cliques")),
    )
    assert len(design.points) == 12
    assert design.communities == 36
    for number, point in enumerate(design.points):
        assert design.values(number) == {
            "group.size": point.params.group.size,
            "policies.red_packets.fen_per_day": point.policies[0].policy.fen_per_day,
            "ties.graph": point.params.ties.graph,
        }
        assert point.params.look.rate_per_day == 3
        assert point.policies[0].policy.shares == 5
        assert (point.days, point.groups, point.seed) == (4, 3, 9)
    in_words = "group.size = 10, policies.red_packets.fen_per_day = 0, ties.graph = cliques"
    assert design.in_words(1) == in_words


def test_replications_of_the_command_win(good: Path) -> None:
    assert load_design(good, replications=7).replications == 7


def test_what_is_left_out_is_the_scenarios() -> None:
    run = {"days": 5, "groups": 6, "seed": 7}
    design = parse_design({"scenario": {"run": run}, "grid": {"group.size": [10]}})
    assert (design.base.days, design.replications, design.seed) == (5, 6, 7)


def test_an_empty_fixed_table_declares_a_policy() -> None:
    data = {"scenario": {}, "fixed": {"policies": {"red_packets": {}}}}
    design = parse_design({**data, "grid": {"policies.red_packets.fen_per_day": [0, 100]}})
    assert [point.policies[0].policy.fen_per_day for point in design.points] == [0, 100]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (
            {},
            [
                'scenario: missing; write scenario = "FILE.toml" or [scenario]',
                'grid: missing; write [grid] and a line "group.size" = [25, 50] (or one of table, '
                "latin_hypercube, sobol, one_at_a_time)",
            ],
        ),
        (
            {
                "scenario": {},
                "replications": 0,
                "seed": -1,
                "days": "x",
                "gird": {},
                "grid": {
                    "group.sise": [25, 50],
                    "group.cap": [50, 200],
                    "look.rate_per_day": [1, "x", 101],
                },
            },
            [
                "gird: unknown entry of a sweep file; did you mean 'grid'?",
                "replications: 0 is out of range; allowed: 1 to 1000000 groups",
                "seed: -1 is out of range; allowed: 0 to 9223372036854775807",
                "days: 'x' is not a number; allowed: 0.05 to 3650 days",
                "group.sise: unknown key; did you mean 'group.size'?",
                "group.size: 100 is above group.cap, 50",
                "look.rate_per_day: 'x' is not a number; allowed: 0 to 100 1/day",
                "look.rate_per_day: 101 is out of range; allowed: 0 to 100 1/day",
            ],
        ),
        (
            {
                "scenario": {"policies": {"packets": {"use": "red_packets"}}},
                "fixed": {"run": {"seed": 3}, "group": {"cap": 200}},
                "grid": {
                    "policies.red_packets.fen_per_day": [1],
                    "policies.packets.fen_per_dya": [1],
                    "run.groups": [1],
                    "group.cap": [200, 300],
                    "group.size": 25,
                    "run.days": [],
                    "look.rate_per_day": [1, 2, 1.0],
                },
            },
            [
                "fixed: run.seed cannot stand here; write seed = ... at the top",
                "grid: policies.red_packets.fen_per_day: the scenario has no policy 'red_packets'; "
                "declare it as [policies.red_packets] in the scenario or "
                "[fixed.policies.red_packets] here; did you mean 'packets'?",
                "grid: run.groups is no lever; write replications = ... at the top",
                "grid: group.cap stands in the grid and is fixed too; keep one",
                "grid: group.size needs a list of values, such as [1, 2]",
                "grid: run.days needs a list of values, such as [1, 2]",
                "grid: look.rate_per_day holds a value twice",
                "policies.packets.fen_per_dya: unknown key; did you mean "
                "'policies.packets.fen_per_day'?",
            ],
        ),
        (
            {"scenario": 3, "fixed": [], "grid": {"group.sise": [1], "group.cap": [0, 9]}},
            [
                "fixed: a list is not a table; write [fixed]",
                'scenario: 3 is no scenario; write scenario = "FILE.toml" or [scenario]',
                "group.sise: unknown key; did you mean 'group.size'?",
                "group.cap: 0 is out of range; allowed: 1 to 5000 members",
            ],
        ),
        (
            {"scenario": {}, "grid": {f"look.{key}": [0.1 * i for i in range(1, 400)] for key in (
                "rate_per_day", "first_hours", "rate_sigma")}},
            ["grid: 63521199 points; at most 100000 are allowed"],
        ),
    ],
)  # fmt: skip
def test_all_faults_of_a_file_in_exact_lines(data: dict[str, Any], lines: list[str]) -> None:
    assert faults(data) == lines


def test_faults_of_the_scenarios_file_name_it(good: Path) -> None:
    (good.parent / "base.toml").write_text("[look]\nrate_per_dya = 3\n[group]\nsize = 0\n")
    good.write_text(GOOD.replace("30]", "0]"))
    with pytest.raises(InputError) as caught:
        load_design(good)
    assert list(caught.value.problems) == [
        "base.toml: look.rate_per_dya: unknown key; did you mean 'look.rate_per_day'?",
        "base.toml: group.size: 0 is out of range; allowed: 1 to 5000 members",
        "group.size: 0 is out of range; allowed: 1 to 5000 members",
    ]


def test_hundreds_of_faults_end_in_one_line() -> None:
    lines = faults({"scenario": {}, "grid": {"group.size": list(range(6000, 9000))}})
    assert len(lines) == 41
    assert lines[-1] == "... and more of the kind"


def test_a_policy_file_is_found_from_the_sweeps_folder(tmp_path: Path) -> None:
    code = (
        "from dataclasses import dataclass\nfrom sim.state import Actions\n"
        "@dataclass(frozen=True)\nclass Mine:\n    often: int = 1\n"
        "    def plan(self, setting):\n        return Actions.none()\n"
    )
    (tmp_path / "mine.py").write_text(code)
    path = tmp_path / "sweep.toml"
    path.write_text(
        "[scenario]\n[fixed.policies.mine]\nuse = 'mine.py:Mine'\n"
        "[grid]\npolicies.mine.often = [1, 2]"
    )
    assert [point.policies[0].policy.often for point in load_design(path).points] == [1, 2]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_values_and_points_agree_for_any_grid(lengths: list[int]) -> None:
    keys = ["group.size", "look.rate_per_day", "speak.audience", "trust.gain"][: len(lengths)]
    grid = {key: list(range(1, 1 + length)) for key, length in zip(keys, lengths, strict=True)}
    design = parse_design({"scenario": {}, "grid": grid})
    for number, point in enumerate(design.points):
        expected = Scenario().with_values({"name": point.name, **design.values(number)})
        assert point == expected


VALUES = [
    *(-1, 0, 7, 2**70, 1.5, float("nan"), True, "", "x", "a\nb\x00", "base.toml", [], [1, 1]),
    *([[1]], [2, "x"], {}, {"size": [3]}, {"": 1}, [{}], [None], ["cliques", "strangers"]),
]
WORDS = ["size", "siez", "", "group.size", "run.groups", "name", "policies", "policies.x.y", "a\n"]


def mutated(rng: random.Random, table: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with one entry, somewhere within, dropped, renamed, added or changed."""
    copy = dict(table)
    key = rng.choice([*copy, rng.choice(WORDS)])
    if isinstance(copy.get(key), dict) and rng.random() < 0.7:
        copy[key] = mutated(rng, copy[key])
    elif rng.random() < 0.4 and key in copy:
        value = copy.pop(key)
        if rng.random() < 0.5:
            copy[rng.choice(WORDS)] = value
    else:
        copy[key] = rng.choice(VALUES)
    return copy


def verdict(read: Callable[[], Design]) -> str:
    try:
        points = read().points
    except InputError as fault:
        lines = fault.problems
    else:
        assert points
        return "good"
    assert lines
    assert all(line and "\n" not in line for line in lines)
    return "refused"


def test_random_changes_of_a_good_file_never_give_a_traceback(good: Path) -> None:
    rng = random.Random(1)
    counts = {"good": 0, "refused": 0}
    for _ in range(500):
        data: dict[str, Any] = tomllib.loads(GOOD)
        for _ in range(rng.randrange(1, 4)):
            data = mutated(rng, data)
        counts[verdict(partial(parse_design, data, good.parent))] += 1
    assert min(counts.values()) >= 15, counts


def test_random_characters_in_a_good_file_never_give_a_traceback(good: Path) -> None:
    rng = random.Random(2)
    counts = {"good": 0, "refused": 0}
    for _ in range(300):
        at = rng.randrange(len(GOOD))
        good.write_text(GOOD[:at] + rng.choice(["", " ", "9", "]", "é", "\x00"]) + GOOD[at + 1 :])
        counts[verdict(partial(load_design, good))] += 1
    assert min(counts.values()) >= 10, counts


def test_an_option_is_flat_however_it_nests_and_typed_as_its_keys_are() -> None:
    assert list(flatten({"group": {"size": 3}, "policies": {"cadence": {}}})) == [
        ("group.size", 3),
        ("policies.cadence.use", "cadence"),
    ]
    teams = {"team": {"none": {}, "busy": {"policies.cadence.posts_per_day": 8}}}
    choices, problems = read_choices(teams, Scenario(), Path())
    assert (choices[0].options["busy"]["policies.cadence.posts_per_day"], problems) == (8.0, [])


@pytest.mark.parametrize("own", ["", "replications = 9\n"])
def test_a_sweep_file_as_scenario_is_named_as_one(tmp_path: Path, own: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'scenario = "mine.toml"\n{own}[grid]\n"group.size" = [5, 6]\n')
    with pytest.raises(InputError) as fault:
        load_design(path)
    (line,) = fault.value.problems
    assert "mine.toml is a sweep file; 'qunlab sweep" in line
