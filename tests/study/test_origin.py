"""Every table says where its numbers come from: scenarios, code, versions, seed, definitions."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.scenario import digest, load_scenario
from sim.study.manifest import code_digest
from sim.study.origin import citation, origin, under_origin
from sim.study.store import read_manifest, read_store

GRID = """
scenario = {}
replications = 3
days = 2
[fixed.policies.cadence]
posts_per_day = 1
[grid]
"group.size" = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
"""
STUDY = (
    GRID.partition("[grid]")[0]
    + """
[levers]
"group.size" = { low = 3, high = 12 }
"policies.cadence.posts_per_day" = { low = 0, high = 3 }
"""
)
NEEDED = ("seed", "code", "version of numba", "scenarios")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("grid.toml").write_text(GRID)
    Path("levers.toml").write_text(
        STUDY.replace(
            "[fixed.policies.cadence]\nposts_per_day = 1\n",
            '[fixed]\n"policies.cadence.use" = "cadence"\n',
        )
    )
    Path("base.toml").write_text("[group]\nsize = 5\n[run]\ndays = 2\ngroups = 3\n")
    return tmp_path


def head_of(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line.startswith("# ")]
    return {name: value for name, _, value in (line[2:].partition(": ") for line in lines)}


def test_every_table_of_a_study_stands_under_its_origin(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("SALib")
    pytest.importorskip("optuna")
    search = ["--trials", "4", "--population", "2", "--sets", "1"]
    assert cli.main(["sweep", "grid.toml", "--out", "swept", "--no-report"]) == 0
    middle = str(read_store("swept", ["messages"])[1]["messages"].median())
    cases = (
        (["sweep", "grid.toml", "--out", "swept", "--all"], ["swept/summary.csv"]),
        (["discover", "swept", "--outcome", "messages", "--above", middle], ["swept/discover.csv"]),
        (["sensitivity", "levers.toml", "--size", "2", "--outcome", "cost_fen", "--out", "morris",
          "--all"],
         ["morris/sensitivity.csv"]),
        (["compare", "base.toml", "--with", "group.size=6", "--out", "two", "--all"],
         ["two/comparison.csv", "two/curves.csv"]),
    )  # fmt: skip
    for words, tables in cases:
        assert cli.main(words) == 0, words
        shown = capsys.readouterr().out
        assert code_digest() in shown, words
        for name in tables:
            found = head_of(folder / name)
            assert all(found[key] for key in NEEDED), name
            assert len(pd.read_csv(folder / name, comment="#").columns) > 1 or "curves" in name
    assert "definition of cost_fen" in head_of(folder / "morris/sensitivity.csv")
    text = Path("levers.toml").read_text().replace("days = 2", "days = 14")
    Path("levers.toml").write_text(text)
    assert cli.main(["optimise", "levers.toml", *search, "--out", "front", "--all"]) == 0
    found = head_of(folder / "front/front.csv")
    assert all(found[key] for key in (*NEEDED, "definition of cost_fen", "optuna"))
    assert code_digest() in capsys.readouterr().out


def test_a_run_and_its_log_say_what_they_are_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "base.toml", "--log", "log", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    kept = json.loads(Path("log/origin.json").read_text())
    own = digest(load_scenario("base.toml"))
    assert said["origin"]["digest of the scenario"] == kept["digest of the scenario"] == own
    assert kept["code"] == code_digest()
    assert kept["settings"]["base"]["group.size"] == 5
    assert said["origin"]["definition of satisfaction"]
    assert cli.main(["run", "base.toml", "--all"]) == 0
    assert own in capsys.readouterr().out


def test_lines_of_an_origin_never_break(folder: Path) -> None:
    assert cli.main(["sweep", "grid.toml", "--out", "swept", "--no-report"]) == 0
    found = origin(read_manifest("swept")) | {"study": "two\nlines"}
    text = under_origin(pd.DataFrame({"a": [1]}), found).decode()
    assert text.endswith("\na\n1\n")
    assert all(line.startswith("# ") for line in text.splitlines()[:-2])


def test_a_citation_has_a_year() -> None:
    lines = citation().splitlines()
    assert "(2026)" in lines[0]
    assert "  year    = {2026}," in lines
