"""Export, replay and cite: every row in one file, explained, and played again to the bit."""

from __future__ import annotations

import csv
import json
import resource
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.files import unguarded
from sim.report import write_report
from sim.study import store as reading
from sim.study.design import Design, load_design, parse_design
from sim.study.export import export, write_rows
from sim.study.replay import replay, scenario_of
from sim.study.store import Store, read_manifest, read_store
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
    manifest, rows = read_store(out)
    rows.loc[4, "satisfaction"] = np.nextafter(rows.loc[4, "satisfaction"], 1)
    Store(out, manifest).write(manifest.blocks()[0], rows)
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


def test_a_finished_store_needs_neither_its_files_nor_its_code(
    folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = (["export", str(out), "--to", str(folder / "x.csv")], ["cite", str(out)])

    def read() -> list[Any]:
        assert [cli.main(words) for words in commands] == [0, 0]
        said = capsys.readouterr().out
        written = [folder / "x.csv", folder / "x.dictionary.csv", write_report(out)]
        return [said, *(path.read_bytes() for path in written), (out / "summary.csv").read_bytes()]

    before = read()
    assert b"policies.mine.kinds,str,,lever: " in before[2]
    assert b"a choice" not in before[2].split(b"mine.kinds")[1][:40]
    for module in ("sim", "sim.study.manifest", "sim.study.origin"):
        monkeypatch.setattr(f"{module}.__version__", "99.0")
    monkeypatch.setattr("sim.study.manifest.code_digest", lambda: "0" * 20)
    for text in (MINE + "# a comment\n", "raise SystemExit(3)\n", None):
        if text is None:
            for name in ("mine.py", "busy.toml", "edges.csv", "small.toml"):
                (folder / name).unlink()
        else:
            (folder / "mine.py").write_text(text)
        assert read() == before
    with pytest.raises(InputError):
        replay(out, 4)


def test_a_store_is_read_without_its_outcomes(
    folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = export(out, folder / "x.csv")
    dictionary = (folder / "x.dictionary.csv").read_bytes()
    monkeypatch.setattr("sim.lives.outcomes.outcomes_by_name", dict)
    pd.testing.assert_frame_equal(export(out, folder / "x.csv"), before)
    assert (folder / "x.dictionary.csv").read_bytes() == dictionary


def test_rows_in_stretches_are_the_rows(
    folder: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mine.py").write_text(MINE.replace("kinds[-1]", "kinds[9 * (self.kinds[-1] > 'c')]"))
    out = folder / "parts"
    sweep(load_design(folder / "small.toml"), out, block_groups=4)  # some rows fail
    table = export(out, folder / "whole.csv")
    assert 0 < table["error"].notna().sum() < len(table)
    export(out, folder / "whole.parquet")
    for rows in (1, 5, 7, 18):
        monkeypatch.setattr(reading, "ROWS_AT_ONCE", rows)
        for ending in ("csv", "parquet"):
            assert write_rows(out, folder / f"x.{ending}") == table.shape
        assert (folder / "x.csv").read_bytes() == (folder / "whole.csv").read_bytes()
        read = pd.read_parquet(folder / "x.parquet")
        pd.testing.assert_frame_equal(read, pd.read_parquet(folder / "whole.parquet"))


def test_a_full_disk_leaves_neither_file(
    folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The limit on the size of a file refuses what Python writes and what Arrow writes alike."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    monkeypatch.setattr(signal, "SIGXFSZ", signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    for ending in ("csv", "parquet", "xlsx"):
        file = folder / f"full.{ending}"
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
        try:
            code = cli.main(["export", str(out), "--to", str(file)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        said = capsys.readouterr().err
        assert (code, said.splitlines()) == (1, [f"error: File too large: {file}"])
        assert not [path.name for path in folder.iterdir() if "full" in path.name]


FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(1)", "＝1+1")


def test_no_text_becomes_a_formula(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (folder / "bad.py").write_text(
        MINE.replace('("chat",)', '"x"').replace("tuple[str, ...]", "str")
        + "\nif True:\n    def plan(self, setting):\n        raise ValueError(self.kinds)\n"
        + "    Mine.plan = plan\n"
    )
    fixed = {"policies.mine.use": f"{folder}/bad.py:Mine"}
    grid = {"policies.mine.kinds": list(FORMULAS), "look.rate_per_day": [1.0]}
    data = {"name": "a, =1+1", "scenario": {}, "replications": 1, "grid": grid, "fixed": fixed}
    sweep(parse_design(data), folder / "out")
    for ending in ("csv", "xlsx"):
        export(folder / "out", folder / f"x.{ending}")
    text = pd.read_csv(folder / "x.csv")["policies.mine.kinds"]
    assert text.tolist() == [f"'{formula}" for formula in FORMULAS]
    assert [unguarded(one) for one in text] == list(FORMULAS)
    sheets = openpyxl.load_workbook(folder / "x.xlsx")
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    values = [cell.value for cell in cells if cell.quotePrefix]
    assert {"=1+1", "+1", "-1+1", "@SUM(1)"} <= set(values)
    write_report(folder / "out")
    for name in ("out/summary.csv", "x.csv", "x.dictionary.csv"):
        with (folder / name).open(newline="") as file:
            words = [cell for row in csv.reader(file) for cell in row]
        live = [word for word in words if word.lstrip(" ")[:1] in "=+-@\t\r＝" and word.strip()]
        assert all(is_number(word) for word in live), (name, live)


def is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def test_a_control_character_in_an_error_is_written(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (folder / "bad.py").write_text(
        MINE.replace("times = [", "raise Odd  # [")
        + "\nclass Odd(ValueError):\n    def __repr__(self):\n        return '\\x1b[31m'\n"
    )
    use = {"policies.mine.use": f"{folder}/bad.py:Mine"}
    data = {"scenario": {}, "replications": 1, "grid": {"group.size": [3]}, "fixed": use}
    sweep(parse_design(data), folder / "out")
    export(folder / "out", folder / "x.xlsx")
    last = list(openpyxl.load_workbook(folder / "x.xlsx")["rows"].values)[1][-1]
    assert "\ufffd[31m" in last
