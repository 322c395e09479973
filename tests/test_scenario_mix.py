"""Files that stand on another file, and files that mix types of groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import cli
from sim.ensemble import simulate_mix, simulate_mix_log
from sim.errors import InputError
from sim.scenario import (
    GroupType,
    Mix,
    Scenario,
    load_mix,
    load_scenario,
    parse_mix,
    parse_scenario,
)
from sim.scenario.loading import shipped_files

ROOT = """[group]
size = 30
cap = 60
[look]
rate_per_day = 3.0
[policies.cadence]
posts_per_day = 3
"""
MIXED = """base = "root.toml"
[look]
rate_per_day = 5.0
[types.small]
share = 1
[types.small.group]
size = 4
[types.large]
share = 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "root.toml").write_text(ROOT)
    (tmp_path / "mixed.toml").write_text(MIXED)
    return tmp_path


def test_a_file_stands_on_another(folder: Path) -> None:
    (folder / "leaf.toml").write_text('base = "root.toml"\n[group]\nsize = 12\n')
    (folder / "twig.toml").write_text('base = "leaf.toml"\n[policies.cadence]\nkinds = ["ad"]\n')
    twig = load_scenario(folder / "twig.toml", {"run.days": 3})
    assert (twig.name, twig.days) == ("twig", 3.0)
    assert (twig.params.group.size, twig.params.group.cap) == (12, 60)
    assert twig.policies[0].policy.posts_per_day == 3  # what is not given again stays
    assert twig.policies[0].policy.kinds == ("ad",)


def test_what_is_own_and_what_is_inherited(folder: Path) -> None:
    mix = load_mix(folder / "mixed.toml")
    assert mix.own == {"look.rate_per_day", "group.size"}
    assert mix.inherited == {"group.cap"}
    assert mix.base == "root.toml"
    assert [(one.name, one.share, one.keys) for one in mix.types] == [
        ("small", 0.25, {"group.size"}),
        ("large", 0.75, set()),
    ]
    assert [one.scenario.params.group.size for one in mix.types] == [4, 30]
    assert all(one.scenario.params.look.rate_per_day == 5.0 for one in mix.types)


def test_values_of_the_command_line_come_last(folder: Path) -> None:
    mix = load_mix(
        folder / "mixed.toml",
        {
            "group.cap": 40,
            "group.size": 9,
            "types.small.share": 3,
            "types.large.look.rate_per_day": 1,
        },
    )
    assert [one.share for one in mix.types] == [0.5, 0.5]
    assert [one.scenario.params.group.size for one in mix.types] == [9, 9]
    assert [one.scenario.params.look.rate_per_day for one in mix.types] == [5.0, 1.0]


def test_one_type_can_be_chosen_and_stood_on(folder: Path) -> None:
    assert load_scenario(folder / "mixed.toml", {"type": "small"}).params.group.size == 4
    (folder / "own.toml").write_text('base = "mixed.toml"\ntype = "large"\n[group]\ncap = 99\n')
    own = load_scenario(folder / "own.toml")
    assert (own.params.group.size, own.params.group.cap) == (30, 99)
    assert load_mix(folder / "own.toml").scenario == own
    (folder / "all.toml").write_text('base = "mixed.toml"\n[group]\ncap = 99\n')
    assert [one.scenario.params.group.cap for one in load_mix(folder / "all.toml").types] == [
        99,
        99,
    ]


def test_a_scenario_stands_on_a_shipped_population_by_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "own.toml").write_text('base = "learner_rooms"\n[group]\nsize = 9\n')
    shipped = load_scenario(shipped_files("populations")["learner_rooms"])
    assert load_scenario("own.toml").with_values({"group.size": 1}).params == shipped.params
    mine = folder / "configs" / "populations" / "mine.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text("[group]\nsize = 7\n")
    (folder / "own.toml").write_text('base = "mine"\n')
    assert load_scenario("own.toml").params.group.size == 7


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('base = "rot.toml"', "base: rot.toml: .*rot.toml: no such file; did you mean 'root.toml'"),
        ("base = 3", "base: 3 is not a file"),
        ('base = "self.toml"', "stands on itself"),
        ('base = "wechat_mix"', "nor a shipped population; did you mean 'wechat_mixed'"),
        ('base = "mixed.toml"\n[types.a]\nshare = 1', "mixes types already"),
        ("types = 3", "write \\[types.NAME\\]"),
        ("[types]\na = 3", "types.a: 3 is not a table"),
        ("[types.a]\n", "types.a: share: missing"),
        ("[types.a]\nshare = -1", "types.a: share: -1 is not allowed"),
        ("[types.a]\nshare = 1\n[types.a.group]\nsise = 3", "types.a: group.sise: unknown key"),
        ("[types.a]\nshare = 1\n[types.a.run]\ndays = 3", "types.a: run: belongs above"),
        ("[types.a]\nshare = 1\n[types.a.group]\nsize = 9000", "types.a: group.size: 9000 is out"),
        ('type = "a"', "this file mixes no types"),
        ('base = "mixed.toml"\ntype = "smal"', "did you mean 'small'"),
    ],
)
def test_faults_are_one_line(folder: Path, text: str, fault: str) -> None:
    path = folder / "self.toml"
    path.write_text(text + "\n")
    with pytest.raises(InputError, match=fault) as refused:
        load_mix(path)
    assert all("\n" not in line for line in refused.value.problems)


def test_faults_of_the_base_are_all_told_and_name_it(folder: Path) -> None:
    (folder / "root.toml").write_text("[group]\nsize = 0\ncap = 0\n")
    with pytest.raises(InputError) as refused:
        load_mix(folder / "mixed.toml")
    assert len(refused.value.problems) == 2
    assert all(line.startswith("base: root.toml: group.") for line in refused.value.problems)


def test_values_of_types_that_are_not_there(folder: Path) -> None:
    with pytest.raises(InputError, match=r"types.smal.share: no such type; did you mean 'small'"):
        load_mix(folder / "mixed.toml", {"types.smal.share": 1})
    with pytest.raises(InputError, match="this file mixes no types"):
        load_mix(folder / "root.toml", {"types.small.share": 1})


def test_a_study_asks_for_one_type(folder: Path) -> None:
    with pytest.raises(InputError, match='write type = "small" in a file that stands on it'):
        load_scenario(folder / "mixed.toml")


def test_a_scenario_of_one_type_is_as_before() -> None:
    data = {"group": {"size": 7}, "policies": {"cadence": {}}}
    mix = parse_mix(data)
    assert mix.single() == mix.scenario == parse_scenario(data)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), st.integers(0, 200))
def test_every_type_has_its_share_within_one(weights: list[float], groups: int) -> None:
    shares = np.array(weights) / sum(weights)
    types = tuple(GroupType("", share, Scenario()) for share in shares)
    had = np.bincount(Mix(Scenario(), types).dealt(groups), minlength=len(shares))
    assert had.sum() == groups
    assert np.all(np.abs(had - shares * groups) < max(1.0, len(shares) / 2))


def test_groups_of_a_mix_are_those_of_its_types(folder: Path) -> None:
    mix = load_mix(folder / "mixed.toml", {"run.days": 2})
    trace = simulate_mix(mix, 8, seed=3)
    logged, messages, events = simulate_mix_log(mix, 8, seed=3)
    assert trace.point.tolist() == [0] * 2 + [1] * 6
    assert sorted(trace.replication.tolist()) == list(range(8))
    assert trace.life.tobytes() == logged.life.tobytes()
    assert np.all(np.diff(messages["group"]) >= 0)
    joined = np.bincount(events["group"][events["event"] == 0], minlength=8)
    assert joined[:2].min() >= 4
    assert joined[2:].min() >= 30
    sent = np.bincount(messages["group"][messages["member"] >= 0], minlength=8)
    assert sent.tolist() == trace.life["messages"].tolist()


def test_qunlab_run_says_what_is_mixed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(folder / "mixed.toml"), "--groups", "4", "--days", "1"]
    assert cli.main([*words, "--all"]) == 0
    assert "types of groups: 25% small, 75% large" in capsys.readouterr().out
    assert cli.main([*words, "--set", "type=small"]) == 0
    assert "types of groups" not in capsys.readouterr().out
    assert cli.main([*words, "--set", "type=tiny"]) == 2
    assert "there are small, large" in capsys.readouterr().err
