"""What a team can do is listed with its cost and evidence, and docs/levers.md says the same."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from sim import cli
from sim.cli.params import list_rows, policy_rows
from sim.cli.policies import (
    EFFECTS,
    MEASURED,
    SAID,
    TRIED,
    VERDICT,
    Lever,
    against,
    all_levers,
    another_value,
    effects,
    in_markdown,
    print_trial,
)
from sim.cli.terminal import NO_CLEAR_DIFFERENCE
from sim.errors import InputError
from sim.lives.outcomes import outcomes_by_name
from sim.params import parameters
from sim.policies import TROUBLES, known_policies, policy_class
from sim.scenario.loading import FOLDER_OF, shipped_files
from sim.scenario.named_policy import policy_fields
from sim.study.compare import TOO_SMALL

PAGE = Path(__file__).resolve().parents[1] / "docs" / "levers.md"
LEVERS = all_levers()
WORDS = NO_CLEAR_DIFFERENCE, TOO_SMALL
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
    known = {row.name for row in list_rows()}
    fields = {row.name for lever in LEVERS if lever.kind == "setting" for row in lever.fields}
    assert fields <= known


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


def test_the_table_of_effects_is_whole() -> None:
    columns = [*TRIED, *(name + end for name in EFFECTS for end in (*MEASURED, VERDICT))]
    for line in effects():
        assert list(line) == columns
        assert all(line[name] for name in SAID if name not in ("world", "note"))
        assert int(line["groups"]) >= 100
        for name in EFFECTS:
            _, apart, low, high = (float(line[name + end]) for end in MEASURED)
            assert low <= apart <= high
            clear = {"more": apart > 0, "less": apart < 0}.get(line[name + VERDICT], False)
            assert clear or line[name + VERDICT] in WORDS
            assert (low <= 0 <= high) == (line[name + VERDICT] == NO_CLEAR_DIFFERENCE)
    assert EFFECTS.keys() <= outcomes_by_name().keys()


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_what_a_lever_did_when_it_was_tried_is_said(
    lever: Lever, capsys: pytest.CaptureFixture[str]
) -> None:
    how = f"python -m experiments.operations levers --only {lever.name} --write"
    assert lever.trials, f"the table of effects has no line of it: {how}"
    assert cli.main(["policies", lever.name]) == 0
    words = capsys.readouterr().out
    for line in lever.trials:
        assert f"tried: {line['tried']} against {line['against']}, in {line['people']}" in words
        assert f"{line['groups']} groups (seed {line['seed']}, code {line['code']})" in words
    assert cli.main(["policies", lever.name, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["levers"]
    assert len(found["tried"]) == len(lever.trials)
    assert found["tried"][0]["groups"] == float(lever.trials[0]["groups"])


def test_an_effect_is_printed_in_units_of_a_strategist(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cost = {"cost_fen_without": "250000", "cost_fen_difference": "1000", "cost_fen_low": "400",
            "cost_fen_high": "1600", "cost_fen_verdict": "more"}  # fmt: skip
    print_trial(effects()[0] | cost)
    (cells,) = [said for said in capsys.readouterr().out.splitlines() if said.startswith("cost")]
    assert cells.split() == ["cost", "(CNY)", "2,500", "+10", "4", "to", "16", "more"]


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


@pytest.mark.parametrize(("columns", "most"), [("80", 80), (None, 100)])
def test_the_list_is_narrow_and_two_lines_a_lever(
    columns: str | None,
    most: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    assert cli.main(["policies"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= most
    end = next(at for at, line in enumerate(lines) if line.startswith("Grades of evidence"))
    starts = [at for at, line in enumerate(lines[:end]) if not line.startswith(" ")]
    assert [lines[at].split()[0] for at in starts] == [lever.name for lever in LEVERS]
    assert [lines[at].split()[1] for at in starts] == [lever.facts.grade for lever in LEVERS]
    assert max(after - at for at, after in pairwise([*starts, end])) <= 2
    assert cli.main(["policies", "--for", "sales"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= most
    words = " ".join(shown.split())
    for lever in against("sales", LEVERS):
        assert f"an act costs: {lever.costs}" in words
        assert f"evidence: {lever.facts.evidence}" in words


def test_what_is_not_near_is_not_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policies", "--for", "dead"]) == 2
    said = capsys.readouterr().err
    assert "did you mean" not in said
    assert ", ".join(TROUBLES) in said
    assert cli.main(["benchmark", "--only", "raffle"]) == 2
    assert "raffle: no such row; there are matias2019, " in capsys.readouterr().err


def test_the_table_of_a_portfolio_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["params", "portfolio"], ["policies", "portfolio"]):
        assert cli.main(words) == 0
        shown = capsys.readouterr().out
        assert "shares_members" in shown
        assert "desk.hands" in shown
    assert cli.main(["params", "desk."]) == 0
    assert "hands" in capsys.readouterr().out


def test_what_is_suggested_to_try_a_policy_with_is_allowed_and_not_its_default() -> None:
    for name in known_policies():
        policy = policy_class(name)
        (first, known), *_ = policy_fields(policy).items()
        if known.kind is not str and not known.many:
            row = policy_rows(name, policy)[0]
            value = known.kind(json.loads(another_value(row)))
            assert getattr(policy(**{first: value}), first) != getattr(policy(), first), row.name
