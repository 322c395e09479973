"""What a team can do is listed with its cost and evidence, and docs/levers.md says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import cli
from sim.cli.policies import SETTINGS, Lever, against, all_levers, in_markdown
from sim.errors import InputError
from sim.params import parameters
from sim.policies import TROUBLES, known_policies, policy_class
from sim.scenario.loading import FOLDER_OF, shipped_files
from sim.scenario.named_policy import policy_fields

PAGE = Path(__file__).resolve().parents[1] / "docs" / "levers.md"
LEVERS = all_levers()
OWN = """
from dataclasses import dataclass
from typing import ClassVar
from sim.policies import Facts, lever
from sim.state import Actions

@dataclass(frozen=True)
class Noon:
    "Say hello at noon."
    hour: float = lever(12.0, "local hour", range=(0, 24), unit="hour")
    facts: ClassVar[Facts] = Facts(("silence",), pays="a coffee", evidence="a hunch")

    def plan(self, setting):
        return Actions.none()

@dataclass(frozen=True)
class Bare:
    "Do nothing."
    def plan(self, setting):
        return Actions.none()
"""


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_lever_says_what_is_known_of_it(lever: Lever) -> None:
    assert lever.about.endswith(".")
    assert lever.fields
    assert lever.facts.troubles
    assert set(lever.facts.troubles) <= TROUBLES.keys()
    assert lever.facts.grade in "ALBC"
    assert lever.facts.evidence
    assert set(lever.minutes) <= parameters().keys()
    assert all(row.meaning for row in lever.fields if not row.name.endswith("quality"))


def test_every_shipped_policy_is_a_lever_and_names_differ() -> None:
    names = [lever.name for lever in LEVERS]
    assert len(set(names)) == len(names)
    assert set(known_policies()) < set(names)
    assert {key for _, _, keys, _ in SETTINGS for key in keys} <= parameters().keys()


@pytest.mark.parametrize("name", known_policies())
def test_what_is_known_of_a_policy_is_no_field_of_it(name: str) -> None:
    fields = policy_fields(policy_class(name))
    assert "facts" not in fields
    assert all(known.meaning or field == "quality" for field, known in fields.items())


@pytest.mark.parametrize("trouble", TROUBLES)
def test_levers_against_a_trouble_come_with_the_better_evidence_first(trouble: str) -> None:
    found = against(trouble, LEVERS)
    assert all(trouble in lever.facts.troubles for lever in found)
    grades = ["ALBC".index(lever.facts.grade) for lever in found]
    assert grades == sorted(grades)


def test_costs_are_minutes_times_the_wage() -> None:
    by_name = {lever.name: lever for lever in LEVERS}
    assert by_name["cadence"].costs == "10 minutes (500 fen)"
    assert by_name["answers"].minutes == {"operator.minutes_per_answer": 5.0}
    assert by_name["size"].costs == "nothing"
    assert by_name["red_packets"].costs.startswith("10 minutes (500 fen) and the fen of each")


def test_the_guide_is_the_one_the_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policies", "--markdown"]) == 0
    guide = capsys.readouterr().out
    assert guide == in_markdown(LEVERS) + "\n"
    assert guide in PAGE.read_text(encoding="utf-8"), (
        f"write the tables of {PAGE.name} anew, below its heading: qunlab policies --markdown"
    )


def test_the_list_names_every_lever_trouble_people_and_preset(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["policies"]) == 0
    words = capsys.readouterr().out
    names = [*TROUBLES, *(lever.name for lever in LEVERS)]
    names += [name for folder in FOLDER_OF.values() for name in shipped_files(folder)]
    assert all(name in words for name in names)


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_one_lever_is_shown_with_its_fields(
    lever: Lever, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["policies", lever.name]) == 0
    words = capsys.readouterr().out
    assert lever.about in words
    assert lever.costs in words
    assert lever.facts.evidence in words
    assert all(row.name.rpartition(".")[2] in words for row in lever.fields)
    assert cli.main(["policies", lever.name, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["levers"]
    assert found["name"] == lever.name
    assert [row["name"] for row in found["fields"]] == [row.name for row in lever.fields]
    assert found["costs"] == lever.minutes


def test_those_against_a_trouble_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policies", "--for", "flood", "--json"]) == 0
    found = [lever["name"] for lever in json.loads(capsys.readouterr().out)["levers"]]
    assert found == [lever.name for lever in against("flood", LEVERS)]
    assert "quiet_hours" in found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cadance"], "'cadance': no such lever; did you mean 'cadence'?"),
        (["xyzzy"], "'xyzzy': no such lever; there are cadence, "),
        (["--for", "slience"], "--for: 'slience': no such trouble; did you mean 'silence'?"),
        (["--for", ""], "--for: '': no such trouble; there are silence, "),
        (["cadence", "--markdown"], "NAME, --for and --markdown: choose one of them"),
        (["nothing.py:Own"], "no file"),
    ],
)
def test_a_wrong_word_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["policies", *words]) == 2
    fault = capsys.readouterr().err
    assert said in fault
    assert fault.count("\n") == 1


def test_a_policy_of_ones_own_is_shown_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.py").write_text(OWN)
    assert cli.main(["policies", f"{tmp_path}/own.py:Noon"]) == 0
    words = capsys.readouterr().out
    assert "Say hello at noon." in words
    assert "10 minutes (500 fen) and a coffee" in words
    assert "evidence (C): a hunch" in words
    assert cli.main(["policies", f"{tmp_path}/own.py:Bare", "--json"]) == 0
    (bare,) = json.loads(capsys.readouterr().out)["levers"]
    assert (bare["grade"], bare["evidence"], bare["costs"]) == ("-", "", {})
    assert cli.main(["policies", f"{tmp_path}/own.py:Noon", "--no-code"]) == 2


def test_an_unknown_trouble_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'questions'"):
        against("question", LEVERS)
