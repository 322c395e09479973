from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from sim.allowed import Allowed, Value
from sim.cases import CASE, CASES, read_case
from sim.errors import InputError
from sim.lab.choices import WORLDS, A, B, Choices, Moves, of_case
from sim.lab.levers import Lever, levers_by_head
from sim.scenario import load_scenario
from sim.scenario.loading import shipped_files
from sim.scenario.scenario import digest

SAME = {"name": "one", "run.groups": 1, "run.seed": 1}
LEVERS = [one for levers in levers_by_head().values() for one in levers]


def digest_of(scenario) -> str:
    return digest(scenario.with_values(SAME))


def one_of(allowed: Allowed) -> st.SearchStrategy[Value]:
    if allowed.kind is bool:
        one: st.SearchStrategy[Value] = st.booleans()
    elif allowed.kind is str:
        one = st.sampled_from(allowed.choices or ("",))
    elif allowed.kind is int:
        one = st.integers(int(max(allowed.low, -1e9)), int(min(allowed.high, 1e9)))
    else:
        one = st.floats(allowed.low, min(allowed.high, 1e12), allow_subnormal=False)
    return st.lists(one, max_size=3).map(tuple) if allowed.many else one


def moved(lever: Lever) -> st.SearchStrategy[tuple[str, Value]]:
    return st.tuples(st.just(lever.key), one_of(lever.allowed))


plans = st.lists(st.sampled_from(LEVERS).flatmap(moved), max_size=3).map(
    lambda pairs: tuple(sorted(dict(pairs).items()))
)


@given(plans, plans, st.sampled_from(WORLDS), st.sampled_from([0.25, 14, 90.0]))
def test_an_address_reads_back(a, b, file, days) -> None:
    chosen = Choices(file, "fans", a, b, days=days)
    try:
        found = Choices.read(dict(chosen.query()))
    except InputError:  # values that do not go together
        reject()
    assert found == chosen


@pytest.mark.parametrize("name", shipped_files(CASES))
def test_a_case_is_chosen_whole(name) -> None:
    chosen = of_case(name)
    assert digest_of(chosen.scenario()) == digest_of(read_case(name).alternatives[CASE])
    assert Choices.read(dict(chosen.query())) == chosen
    assert {key for key, _ in chosen.b if not key.endswith(".use")} <= {
        "preset",
        *(lever.key for lever in LEVERS),
    }


@pytest.mark.parametrize("name", ["xiaomi", "mass-sop"])
def test_a_saved_plan_reads_back(name, tmp_path) -> None:
    chosen = of_case(name)
    for side in (A, B):
        file = tmp_path / f"{side}.toml"
        file.write_text(chosen.file_of(side), encoding="utf-8")
        assert digest_of(load_scenario(file)) == digest_of(chosen.scenario(side))
        assert tomllib.loads(file.read_text("utf-8"))["people"] == chosen.people


def test_both_plans_are_read_as_compare_reads_them() -> None:
    chosen = Choices(people="fans").put("group.size", 50).pinned().put("preset", "expert_shop")
    first, second = chosen.alternatives()
    assert digest_of(first.scenario) == digest_of(chosen.scenario(A))
    assert digest_of(second.scenario) == digest_of(chosen.scenario(B))
    assert chosen.command() == (
        "qunlab compare configs/base.toml --first 'people=fans; group.size=50' "
        "--with 'people=fans; group.size=50; preset=expert_shop' --days 90 --groups 400 --seed 1"
    )
    assert [one.name for one in Choices(people="").alternatives()] == ["base", "B"]
    assert Choices(seed=12_345_678).command().endswith("12345678")


def test_what_holds_of_an_address_is_heard() -> None:
    told = {"days": "90.0", "groups": "0", "people": "nobody", "a": "group.size=0"}
    chosen, faults = Choices.heard(told | {"b": "group.size=50; nothing.such=1"}, WORLDS)
    assert chosen == Choices().put("group.size", 50)
    wrong = ["groups", "people", "group.size", "nothing.such"]
    assert [one.split(":")[0] for one in faults] == wrong
    assert "one of app_users" in faults[1]
    assert dict(Choices(days=30.0).query()) == {"days": "30"}


def test_a_preset_takes_the_place_of_policies() -> None:
    chosen = Choices().put("policies.cadence.posts_per_day", 3.0).put("preset", "hands_off")
    assert chosen.b == (("preset", "hands_off"),)


def test_an_address_names_no_code_and_no_file(tmp_path) -> None:
    own = tmp_path / "own.py"
    own.write_text("raise SystemExit('run')")
    for query in (
        {"b": f'policies.own.use="{own}:Own"'},
        {"file": "/etc/passwd"},
        {"people": "/etc/passwd"},
        {"days": "0"},
        {"groups": "many"},
        {"b": "group.size=0"},
        {"b": "nothing.such=1"},
    ):
        with pytest.raises(InputError):
            Choices.read(query)


def test_a_file_of_ones_own_may_name_its_code(tmp_path) -> None:
    (tmp_path / "own.py").write_text(
        "from dataclasses import dataclass\nfrom sim.state import Actions\n"
        "@dataclass(frozen=True)\nclass Own:\n    number: int = 1\n"
        "    def plan(self, setting):\n        return Actions.none()\n"
    )
    file = tmp_path / "mine.toml"
    file.write_text('[policies.mine]\nuse = "own.py:Own"\n')
    chosen = Choices.read({"file": str(file), "b": "group.size=20"}, (str(file), *WORLDS))
    assert chosen.scenario().policies[0].name == "mine"
    assert Path(chosen.file) == file


def test_moves_are_taken_back() -> None:
    start = Choices(people="")
    moves = Moves(start).to(start.put("group.size", 50)).to(start.put("group.size", 80))
    assert moves.to(moves.now) is moves
    assert moves.undone().now == start.put("group.size", 50)
    assert moves.undone().undone().now == start
    assert moves.undone().undone().undone().now == start
    assert start.put("group.size", 50).swapped().a == (("group.size", 50),)
