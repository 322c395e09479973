"""Outcomes of a user's own: in run, sweep and compare, announced, refused, and gone afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.lives.outcomes import outcomes_by_name
from sim.lives.own_outcomes import own_outcomes

MINE = """
from __future__ import annotations
from dataclasses import dataclass
from sim import Outcome

@dataclass
class Beside:
    number: float = 1.0

Thanks = Outcome("greetings_per_day", "1/day", "greetings of members on a day",
                 lambda run: run.per_day("greeting"), "more")
Ever = Outcome("ever_greeted", "true/false", "a member greeted",
               lambda run: run.total("greeting") > 0)
Wrong = Outcome("short", "1", "too few numbers", lambda run: [1.0])
Fails = Outcome("fails", "1", "divides", lambda run: 1 / 0)
Taken = Outcome("cost_fen", "fen", "of another", lambda run: run.total("claims"))
number = 3
"""
SMALL = """
[group]
size = 9
[run]
days = 2
groups = 6
[policies.cadence]
posts_per_day = 1
"""
SWEEP = """
name = "small"
replications = 4
days = 2
scenario = "small.toml"
[grid]
"group.size" = [4, 9]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("mine.py", MINE), ("small.toml", SMALL), ("study.toml", SWEEP)):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_run_measures_it_and_says_whose_code_it_loads(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "small.toml", "--outcomes", "mine.py:Thanks", "--outcomes", "mine.py:Ever"]
    assert cli.main(words) == 0
    shown = capsys.readouterr()
    assert shown.err.count("loads code from mine.py") == 1
    assert "greetings_per_day: " in shown.out
    assert cli.main([*words, "--json"]) == 0
    found = {one["outcome"]: one for one in json.loads(capsys.readouterr().out)["outcomes"]}
    assert found["greetings_per_day"]["n"] == 6
    assert found["ever_greeted"]["method"].startswith("Wilson")
    assert "greetings_per_day" not in outcomes_by_name()
    assert cli.main([*words, "--no-code"]) == 2
    assert "mine.py holds code, which --no-code refuses" in capsys.readouterr().err


def test_sweep_stores_it_and_continues(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "study.toml", "--out", "out", "--outcomes", "mine.py:Thanks", "--no-report"]
    assert cli.main(words) == 0
    assert cli.main(words) == 0
    assert cli.main(["export", "out", "--to", "rows.csv"]) == 0
    capsys.readouterr()
    rows = pd.read_csv("rows.csv", comment="#")
    assert rows["greetings_per_day"].notna().all()
    assert len(rows) == 8


def test_compare_compares_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "small.toml", "--with", "policies.cadence.posts_per_day=9", "--json"]
    assert cli.main([*words, "--outcomes", "mine.py:Thanks"]) == 0
    found = {one["outcome"]: one for one in json.loads(capsys.readouterr().out)["outcomes"]}
    assert found["greetings_per_day"]["pairs"] == 6
    assert found["greetings_per_day"]["answer"]


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        ("mine.py:Thank", "no Outcome is called Thank there; did you mean 'Thanks'?"),
        ("mine.py:number", "no Outcome is called number there"),
        ("mine.py:Taken", "'cost_fen' is no name, or another outcome's"),
        ("your.py:Thanks", "your.py"),
        ("Thanks", "file"),
        ("broken.py:Thanks", "fails with ZeroDivisionError"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_played(
    folder: Path, use: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.py").write_text("1 / 0")
    assert cli.main(["run", "small.toml", "--outcomes", use]) == 2
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "fault"), [("Wrong", "shape (1,), not (6,)"), ("Fails", "fails with ZeroDivision")]
)
def test_a_function_that_fails_is_one_line(
    folder: Path, name: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "small.toml", "--outcomes", f"mine.py:{name}"]) == 2
    assert fault in capsys.readouterr().err


def test_a_name_of_two_is_refused_and_a_cluster_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "other.py").write_text(MINE)
    both = ["mine.py:Thanks", "other.py:Thanks"]
    with pytest.raises(InputError, match="another outcome's"), own_outcomes(both):
        pass
    words = ["sweep", "study.toml", "--out", "out", "--outcomes", "mine.py:Thanks"]
    assert cli.main([*words, "--cluster", "local:1"]) == 2
    assert "--cluster: not with outcomes of your own" in capsys.readouterr().err


def named_in(file: Path, uses: str = '["mine.py:Thanks"]') -> None:
    file.write_text(f"outcomes = {uses}\n{file.read_text()}")


def test_a_file_names_it_from_its_own_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    named_in(folder / "small.toml")
    (folder / "away").mkdir()
    monkeypatch.chdir(folder / "away")
    assert cli.main(["run", "../small.toml", "--outcomes", "../mine.py:Thanks"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("greetings_per_day: ") == 1
    assert shown.err.count("loads code from") == 1
    words = ["compare", "../small.toml", "--with", "policies.cadence.posts_per_day=9", "--json"]
    assert cli.main(words) == 0
    names = [one["outcome"] for one in json.loads(capsys.readouterr().out)["outcomes"]]
    assert names.count("greetings_per_day") == 1
    assert cli.main(["run", "../small.toml", "--no-code"]) == 2
    assert "outcomes: ../mine.py holds code, which --no-code" in capsys.readouterr().err.replace(
        str(folder), ".."
    )


def test_a_sweep_file_and_its_scenario_name_it_and_a_changed_file_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named_in(folder / "small.toml")
    named_in(folder / "study.toml", '["mine.py:Ever"]')
    words = ["sweep", "study.toml", "--out", "out", "--no-report"]
    assert cli.main(words) == 0
    assert cli.main(["export", "out", "--to", "rows.csv"]) == 0
    assert {"greetings_per_day", "ever_greeted"} <= {*pd.read_csv("rows.csv", comment="#")}
    capsys.readouterr()
    with (folder / "mine.py").open("a") as file:
        file.write("# changed")
    assert cli.main(words) == 2
    assert "outcome ever_greeted: the file has changed" in capsys.readouterr().err
    (folder / "study.toml").write_text(SWEEP)
    (folder / "small.toml").write_text(SMALL)
    assert cli.main(words) == 2
    assert "outcome ever_greeted: the store has" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("uses", "fault"),
    [
        ('"mine.py:Thanks"', "outcomes: 'mine.py:Thanks' is not a list such as"),
        ('["mine.py:Thank"]', "outcomes: mine.py:Thank: no Outcome is called Thank there"),
        ('["your.py:Thanks"]', "outcomes: your.py:Thanks: file: no file"),
    ],
)
@pytest.mark.parametrize("words", [["run", "small.toml"], ["sweep", "study.toml", "--dry-run"]])
def test_what_is_wrong_in_a_file_is_one_line_beside_the_others(
    folder: Path, uses: str, fault: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    named_in(folder / words[1], uses)
    (folder / words[1]).write_text(f"nam = 1\n{(folder / words[1]).read_text()}")
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert fault in said
    assert "nam: unknown" in said
    assert said.count("\n") == 2 + said.count("loads code")
