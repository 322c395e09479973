"""Export, replay and cite: every row in one file, explained, and played again to the bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.study.design import Design, load_design, parse_design
from sim.study.export import export
from sim.study.origin import scenario_of
from sim.study.replay import replay
from sim.study.store import read_manifest, read_store
from sim.study.sweep import sweep

SWEEP = """
name = "small"
replications = 3
seed = 5
days = 3
independent = true
scenario = {}
[fixed.policies.mine]
use = "mine.py:Mine"
[choices.team]
calm = { "group.cap" = 60 }
busy = "busy.toml"
[latin_hypercube]
points = 6
"group.size" = { low = 3, high = 30 }
"look.rate_per_day" = { low = 0.5, high = 20, log = true }
"ties.graph" = ["strangers", "edges.csv", "cliques"]
"choices.team" = ["calm", "busy"]
"policies.mine.kinds" = [["chat"], ["chat", "ad"]]
"""
MINE = """
from dataclasses import dataclass
from sim.state import Actions
@dataclass(frozen=True)
class Mine:
    kinds: tuple[str, ...] = ("chat",)
    def plan(self, setting):
        times = [9.0 + at for at in range(len(self.kinds))]
        return Actions.posts([0] * len(times), times, self.kinds[-1])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "busy.toml").write_text("[policies.cadence]\nposts_per_day = 8\n")
    (tmp_path / "edges.csv").write_text("0,1\n1,2\n")
    (tmp_path / "small.toml").write_text(SWEEP)
    return tmp_path


@pytest.fixture
def design(folder: Path) -> Design:
    return load_design(folder / "small.toml")


@pytest.fixture
def out(folder: Path, design: Design) -> Path:
    sweep(design, folder / "out")
    return folder / "out"


def test_all_three_endings_hold_the_same_rows(folder: Path, out: Path) -> None:
    table = export(out, folder / "x.csv")
    assert table["row"].tolist() == list(range(18))
    manifest, rows = read_store(out)
    pd.testing.assert_frame_equal(table.drop(columns=["row", "scenario"]), rows)
    assert table["scenario"].tolist() == [name for name in manifest.scenarios for _ in range(3)]
    assert table["seed"].nunique() == 6
    again = pd.read_csv(folder / "x.csv")
    assert list(again) == list(table)
    numbers = [name for name in table if table[name].dtype == float]
    np.testing.assert_array_equal(again[numbers].to_numpy(), table[numbers].to_numpy())
    export(out, folder / "x.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "x.parquet"), table)
    pytest.importorskip("openpyxl")
    export(out, folder / "x.xlsx")
    sheets = pd.read_excel(folder / "x.xlsx", sheet_name=None)
    assert sheets["rows"]["messages"].tolist() == table["messages"].tolist()
    assert list(sheets) == ["rows", "dictionary"]


def test_the_dictionary_explains_every_column_and_where_it_comes_from(
    folder: Path, out: Path
) -> None:
    table = export(out, folder / "x.csv")
    found = pd.read_csv(folder / "x.dictionary.csv", keep_default_na=False)
    columns = found[found["what"] == "column"].set_index("name")
    assert list(columns.index) == list(table)
    assert (columns["definition"] != "").all()
    assert columns.at["cost_fen", "unit"] == "fen"
    assert "members present at creation" in columns.at["group.size", "definition"]
    study = found[found["what"] == "study"].set_index("name")["definition"]
    manifest = read_manifest(out)
    assert study["code"] == manifest.code
    assert study["seed"] == "5"
    assert study["version of numba"] == manifest.versions["numba"]
    names = ["policies.mine.use", "ties.graph = edges.csv"]
    assert [key for key in study.index if key.startswith("file ")] == [f"file {n}" for n in names]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("x.txt", "--to: X/x.txt must end in .csv, .parquet or .xlsx"),
        ("no/x.csv", "--to: no folder X/no"),
        ("dir.csv", "--to: X/dir.csv is a folder"),
    ],
)
def test_a_place_that_will_not_do_is_refused(folder: Path, name: str, line: str) -> None:
    (folder / "dir.csv").mkdir()
    with pytest.raises(InputError) as caught:
        export(folder / "nowhere", folder / name)
    assert [text.replace(str(folder), "X") for text in caught.value.problems] == [line]


def test_every_row_plays_again_to_the_bit(design: Design, out: Path) -> None:
    manifest = read_manifest(out)
    assert [scenario_of(manifest, point) for point in range(6)] == list(design.points)
    for row in range(18):
        found = replay(out, row)
        assert (found.differing, found.same_code, len(found.stored)) == (
            (),
            True,
            len(found.played),
        )
        assert (found.point, found.replication) == divmod(row, 3)


def test_replay_sees_another_bit_and_another_file(folder: Path, out: Path) -> None:
    part = out / "part-000000.parquet"
    rows = pd.read_parquet(part)
    rows.loc[4, "satisfaction"] = np.nextafter(rows.loc[4, "satisfaction"], 1)
    rows.to_parquet(part, index=False)
    assert replay(out, 4).differing == ("satisfaction",)
    assert replay(out, 3).differing == ()
    (folder / "mine.py").write_text(MINE.replace("9.0", "10.0"))
    with pytest.raises(InputError, match=r"point 1: no longer the scenario.*policies.mine.use"):
        replay(out, 4)


def test_failed_rows_replay_too(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(MINE.replace("times = [9.0", "times = [-9.0"))
    use = {"policies.mine.use": f"{tmp_path}/bad.py:Mine"}
    data: dict[str, Any] = {"scenario": {}, "replications": 2, "grid": {"group.size": [3]}}
    sweep(parse_design({**data, "fixed": use}), tmp_path / "out")
    found = replay(tmp_path / "out", 1)
    assert found.played["error"].startswith("policies.mine: time_hours is -9; allowed")
    assert found.differing == ()
    table = export(tmp_path / "out", tmp_path / "x.csv")
    assert table["messages"].isna().all()
    assert ",policies.mine: time_hours is -9; allowed" in (tmp_path / "x.csv").read_text()


def test_the_commands(folder: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", str(out), "--to", str(folder / "x.csv")]) == 0
    assert capsys.readouterr().out.startswith("18 rows, ")
    log = folder / "log"
    assert cli.main(["replay", str(out), "7", "--log", str(log)]) == 0
    shown = capsys.readouterr().out
    assert "the same as in the store, to the bit" in shown
    assert len(pd.read_parquet(log / "messages.parquet")) > 0
    assert cli.main(["replay", str(out), "7", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["point"], answer["replication"], answer["differing"]) == (2, 1, [])
    assert cli.main(["replay", str(out), "18"]) == 2
    line = f"error: row: 18 is out of range; allowed: 0 to 17, in {out}\n"
    assert capsys.readouterr() == ("", line)
    assert cli.main(["cite", str(out)]) == 0
    shown = capsys.readouterr().out
    for word in ("@software{qunlab", read_manifest(out).code, "seed: 5", "days 8-14"):
        assert word in shown
    assert cli.main(["cite"]) == 0
    assert "@software{qunlab" in capsys.readouterr().out
    assert cli.main(["cite", str(folder)]) == 2
    assert "no store" in capsys.readouterr().err
    (out / "part-000000.parquet").unlink()
    assert cli.main(["export", str(out), "--to", str(folder / "x.csv")]) == 0
    shown, said = capsys.readouterr()
    assert shown.startswith("0 rows")
    assert said.splitlines(keepends=True)[-1] == "not finished: 18 of 18 communities are to come\n"
