"""Shipped people and presets, and how they lie over and under a scenario file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim import cli
from sim.errors import InputError
from sim.operators import planned
from sim.scenario import Mix, load_mix, load_scenario, parse_scenario
from sim.scenario.loading import FOLDER_OF, PEOPLE, PRESET, shipped_files
from sim.scenario.toml import read_toml

BASE = "configs/base.toml"
WHO = re.compile(
    r"habit\.interest_power|needs\.\w+_weight|ties\.\w+|group\.topic_breadth|arrivals\.\w+"
    r"|trust\.initial|wants\.\w+|look\.first_hours|leaving\.unmute_probability"
)
WHAT_A_TEAM_SETS = re.compile(r"operator\.\w+|desk\.\w+|trust\.warmth|group\.planned_end_days")
SHIPPED = [(kind, name) for kind, folder in FOLDER_OF.items() for name in shipped_files(folder)]


def keys_of(kind: str, name: str) -> set[str]:
    data = read_toml(shipped_files(FOLDER_OF[kind])[name])
    return {
        f"{section}.{key}"
        for section, table in data.items()
        if section not in ("name", "policies")
        for key in table
    }


@pytest.mark.parametrize("name", shipped_files("people"))
def test_people_are_who_they_are_and_never_how_active(name: str) -> None:
    keys = keys_of(PEOPLE, name)
    assert {key for key in keys if not WHO.fullmatch(key)} == set()
    assert not keys & {"look.rate_per_day", "speak.propensity", "habit.gain", "habit.team_gain"}
    people = load_scenario(BASE, {PEOPLE: name}).params
    assert people.leaving.unmute_probability > 0
    assert "habit.interest_power" in keys


@pytest.mark.parametrize("name", shipped_files("people"))
def test_every_value_of_people_is_graded(name: str) -> None:
    text = shipped_files("people")[name].read_text("utf-8")
    lines = [line for line in text.splitlines() if " = " in line and not line.startswith("name")]
    assert all(re.search(r"# .*\([ABLC]\)$", line) for line in lines), lines


@pytest.mark.parametrize("name", shipped_files("policies"))
def test_a_preset_sets_what_a_team_decides(name: str) -> None:
    assert {key for key in keys_of(PRESET, name) if not WHAT_A_TEAM_SETS.fullmatch(key)} == set()
    scenario = load_scenario(BASE, {PRESET: name})
    assert {one.name for one in scenario.policies} == read_toml(
        shipped_files("policies")[name]
    ).get("policies", {}).keys()
    assert (len(planned(scenario).acts) > 0) == (name not in ("hands_off", "light_touch"))


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_a_shipped_one_is_named_as_its_file_and_says_what_it_is(kind: str, name: str) -> None:
    path = shipped_files(FOLDER_OF[kind])[name]
    assert read_toml(path)["name"] == name
    assert path.read_text("utf-8").startswith("# ")


def test_later_names_go_over_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'base = "wechat_mixed"\ntype = "lasting"\npeople = "mothers"\npreset = "expert_daily"\n'
        "[needs]\nbelonging_weight = 3.0\n[policies.cadence]\nquality = 1.0\n[policies.revive]\n"
    )
    mine = load_scenario(tmp_path / "mine.toml")
    assert mine.params.needs.belonging_weight == 3.0  # the file's over the people's
    assert mine.params.ties.growth == 0.5  # the people's over the base's
    assert mine.params.operator.quality == 2.0  # the preset's
    cadence, revive = (one.values() for one in mine.policies)
    assert (cadence["hours"], cadence["quality"]) == ((6.333,), 1.0)
    assert revive["silent_hours"] == 24.0
    changed = load_scenario(
        tmp_path / "mine.toml",
        {
            "people": "buyers",
            "preset": "packets_evening",
            "trust.initial": 0.1,
            "policies.cadence.posts_per_day": 4,
        },
    )
    assert changed.params.needs.belonging_weight == 0.6  # named beside the file: over the file
    assert changed.params.trust.initial == 0.1  # a value beside the file: over all
    assert [one.name for one in changed.policies] == ["cadence", "red_packets"]
    assert changed.policies[0].values()["posts_per_day"] == 4.0
    assert changed.policies[0].values()["quality"] == 1.5


def test_people_are_those_of_every_type_and_count_as_set_by_the_file(tmp_path: Path) -> None:
    (tmp_path / "mixed.toml").write_text('base = "wechat_mixed"\npeople = "mothers"\n')
    mix = load_mix(tmp_path / "mixed.toml")
    assert len(mix.types) == 2
    assert {one.scenario.params.habit.interest_power for one in mix.types} == {2.0}
    assert "ties.growth" in mix.own
    assert "ties.growth" not in mix.inherited
    (tmp_path / "below.toml").write_text('base = "mixed.toml"\n')
    assert "ties.growth" in load_mix(tmp_path / "below.toml").inherited


def with_layers(folder: Path, **files: str) -> Mix:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    return load_mix(folder / "mine.toml")


def test_own_files_are_found_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("day,time,kind\n0,20:00,ad\n")
    mix = with_layers(
        tmp_path,
        mine='people = "us.toml"\npreset = "team.toml"\n',
        us="[habit]\ninterest_power = 1.0\n",
        team='[policies.timetable]\nfile = "own.csv"\n',
    )
    assert mix.single().params.habit.interest_power == 1.0
    assert len(planned(mix.single()).acts) == 1


def test_without_people_and_preset_nothing_changes(tmp_path: Path) -> None:
    text = "[group]\nsize = 7\n[policies.cadence]\nquality = 2.0\n"
    plain = with_layers(tmp_path, mine=text)
    assert plain == with_layers(tmp_path, mine=text + "\n")
    named = with_layers(tmp_path, mine='preset = "team.toml"\n' + text, team='name = "team"\n')
    assert replace(named.single(), name="mine") == plain.single()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"people": "mother"}, "people: 'mother' is not a file.*did you mean 'mothers'"),
        ({"people": 3}, 'people: 3 is not a file, write "FILE.toml", nor a shipped name'),
        ({"preset": "xyz"}, "preset: 'xyz'.*there are .*expert_daily"),
        ({"preset": "nowhere.toml"}, "preset: nowhere.toml: .*no such file"),
    ],
)
def test_a_name_that_is_none_is_a_line(values: dict[str, Any], said: str, tmp_path: Path) -> None:
    for given in (values, {}):
        with pytest.raises(InputError, match=said) as fault:
            parse_scenario({} if given else values, tmp_path, values=given)
        assert len(fault.value.problems) == 1


def test_what_does_not_belong_there_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        with_layers(
            tmp_path,
            mine='people = "us.toml"\npreset = "team.toml"\n',
            us='base = "wechat_mixed"\n[policies.cadence]\n[run]\ndays = 3\n',
            team="[policies.cadence]\nqualty = 1\n",
        )
    assert [line.rpartition(": ")[0] for line in fault.value.problems[:3]] == [
        "people: us.toml: base", "people: us.toml: policies", "people: us.toml: run",
    ]  # fmt: skip
    assert fault.value.problems[3].startswith("preset: team.toml: policies.cadence.qualty: unknown")
    with pytest.raises(InputError, match=r"types\.a: people: belongs above the types"):
        with_layers(tmp_path, mine='[types.a]\nshare = 1\npeople = "mothers"\n')


def test_the_command_runs_people_and_a_preset(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", BASE, "--groups", "2", "--days", "1", "--size", "8", "--json"]
    assert cli.main([*words, "--people", "mothers", "--preset", "hands_off"]) == 0
    with_options = json.loads(capsys.readouterr().out)
    assert cli.main([*words, "--set", "people=mothers", "--set", "preset=hands_off"]) == 0
    assert json.loads(capsys.readouterr().out)["outcomes"] == with_options["outcomes"]
    assert cli.main([*words, "--people", "mothers", "--set", "people=buyers"]) == 2
    assert "people: set by --set and by --people" in capsys.readouterr().err
    assert cli.main([*words, "--people", "moters"]) == 2
    assert "did you mean 'mothers'?" in capsys.readouterr().err
