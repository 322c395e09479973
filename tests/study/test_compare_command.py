"""``qunlab compare``: what it prints and writes, what it refuses, from any folder."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.cli.compare import _pairs_needed
from sim.report import write_report
from sim.study.compare import read_comparison

SMALL = """
[group]
size = 12
[run]
days = 2
groups = 12
seed = 3
[policies.cadence]
posts_per_day = 1
"""
BUSY = "policies.cadence.posts_per_day=6"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (tmp_path / "small.toml").write_text(SMALL)
    return tmp_path


def test_tables_a_picture_and_the_same_answer_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "../small.toml", "--with", BUSY, "--out", "two", "--all"]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert (
        f"A: small\nB: {BUSY}\n12 pairs of communities, 2 days, random seeds shared by all" in shown
    )
    assert "A is better" in shown  # by cost
    assert "CNY a community" in shown
    assert "nobody was watched long enough" in shown
    assert "19 more definitions need more days" in shown
    assert cli.main(words) == 0
    assert capsys.readouterr().out == shown
    table = pd.read_csv("two/comparison.csv", comment="#")
    assert {"definition", "difference", "answer"} <= set(table)
    head = Path("two/comparison.csv").read_text().splitlines()
    assert any(line.startswith("# scenario small: ") for line in head)
    assert any(line.startswith("# code: ") for line in head)
    assert "<h1>" in Path("two/report.html").read_text(encoding="utf-8")
    found, page = read_comparison("two"), Path("two/report.html").read_bytes()
    assert found.names == ("small", BUSY)
    assert write_report("two") == Path("two/report.html")
    assert page == Path("two/report.html").read_bytes()
    assert write_report(found, folder="again").read_bytes() == page


def test_json_holds_all_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "../small.toml", "../small.toml", "--with", BUSY, "--json"]
    assert cli.main([*words, "--until-clear", "--decide-by", "operator_posts"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["alternatives"] == ["small", BUSY, "small (2)"]
    assert len(found["looks"]) == 2  # the second small never differs
    assert [row["clear"] for row in found["repeated_intervals"]] == [True, False]
    same = [row for row in found["outcomes"] if row["alternative"] == "small (2)"]
    assert {row["difference"] for row in same} <= {0.0, None}
    assert found["origin"]["seed"] == "3"
    assert found["out"] is None


def test_what_stopped_early_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "../small.toml", "--with", BUSY, "--groups", "40", "--until-clear"]
    assert cli.main([*words, "--decide-by", "operator_posts", "--error", "0.01", "--all"]) == 0
    shown = capsys.readouterr().out
    assert "\noperator_sent " in shown  # in CNY, so without its fen
    assert "stopped early at 10 of 40 pairs" in shown
    assert "false alarms at most 0.01" in shown
    assert "quote these intervals" in shown


def test_uncertainty_of_parameters_is_shown_by_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rooms.posterior.csv").write_text("look.rate_per_day,weight\n2,1\n6,1\n")
    words = ["compare", "../small.toml", "--with", BUSY, "--posterior", "../rooms.posterior.csv"]
    assert cli.main([*words, "--particles", "2", "--groups", "4", "--all"]) == 0
    shown = capsys.readouterr().out
    assert "4 pairs of communities x 2 parameter sets" in shown
    assert "parameters (sd)" in shown


def test_every_mistake_is_said_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "../small.toml", "../gone.toml", "--with", "group.sise=3"]
    options = ["--groups", "1", "--threads", "0", "--days", "-3", "--particles", "3"]
    assert cli.main([*words, *options, "--error", "2", "--out", "../small.toml"]) == 2
    said = capsys.readouterr().err.splitlines()
    for part in (
        "gone.toml: no such file",
        "did you mean 'group.size'",
        "--groups: 1",
        "--threads: 0",
        "--days: -3.0",
        "--particles: belongs to --posterior",
        "--error: belongs to --until-clear",
        "--error: 2 is out of range",
        "is a file, not a folder",
    ):
        assert sum(part in line for line in said) == 1, part
    assert len(said) == 9


def test_what_matters_is_asked_for_and_many_pairs_are_not_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "../small.toml", "--with", BUSY, "--json"]
    assert cli.main([*words, "--matters", "cost_fen=1e9", "--matters", "joins=0"]) == 0
    rows = {row["outcome"]: row for row in json.loads(capsys.readouterr().out)["outcomes"]}
    assert rows["cost_fen"]["answer"] == "clear, but too small to matter"
    assert rows["cost_fen"]["matters"] == 1e9
    assert 0 < rows["satisfaction"]["matters"] <= 0.01
    wrong = ["--matters", "cost_fne=2", "--matters", "cost_fen=-1", "--matters", "joins=few"]
    assert cli.main([*words, *wrong]) == 2
    said = capsys.readouterr().err.splitlines()
    for part in ("did you mean 'cost_fen'", "cost_fen: '-1' is not", "joins: 'few' is not"):
        assert sum(line.startswith("error: --matters") and part in line for line in said) == 1
    printed = [_pairs_needed(number) for number in (4e34, 10_000.0, 33.0)]
    assert printed == ["> 10,000", "10,000", "33"]


def test_one_scenario_is_nothing_to_compare(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compare", "../small.toml"]) == 2
    assert "--with KEY=VALUE" in capsys.readouterr().err
    until = ["--until-clear", "--decide-by", "satisfactoin"]
    assert cli.main(["compare", "../small.toml", "../small.toml", *until]) == 2
    assert "did you mean 'satisfaction'" in capsys.readouterr().err


def test_the_store_of_another_study_is_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "../small.toml", "../small.toml", "--days", "1", "--out", "kept"]
    assert cli.main([*words, "--groups", "3"]) == 0
    before = sorted((path.name, path.stat().st_mtime_ns) for path in Path("kept").iterdir())
    capsys.readouterr()
    assert cli.main([*words, "--groups", "4"]) == 2
    assert "--force-new" in capsys.readouterr().err
    assert sorted((p.name, p.stat().st_mtime_ns) for p in Path("kept").iterdir()) == before
    assert cli.main([*words, "--groups", "4", "--force-new"]) == 0


def test_failed_pairs_are_left_out_and_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.py").write_text(
        "from dataclasses import dataclass\n"
        "from sim.state import Actions\n"
        "@dataclass(frozen=True)\n"
        "class Mine:\n"
        "    hour: float = 1.0\n"
        "    def plan(self, setting):\n"
        "        return Actions.posts([0], [self.hour], 'chat')\n"
    )
    (folder / "mine.toml").write_text(
        "[group]\nsize = 5\n[run]\ndays = 1\n[policies.mine]\nuse = 'mine.py:Mine'\n"
    )
    words = ["compare", "../mine.toml", "--with", "policies.mine.hour=-1.0", "--groups", "3"]
    assert cli.main(words) == 1
    shown, said = capsys.readouterr()
    assert "3 of 6 communities failed, at 1 of 2 points (1); the first, point 1 " in said
    assert "No clear difference" in shown
