"""``qunlab observe``: all rows with value, groups and definition, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.chatlog import write_log
from sim.cli import main
from sim.cli.observe import event_totals
from sim.lives.patterns import CREATION_PATTERNS, PATTERNS

DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    messages = pd.DataFrame(
        {"group": ["a", "a", "b"], "member": [0, 1, -1], "ts": [0.0, 60.0, DAY]}
    ).assign(type=["msg", "msg", "bot"])
    events = pd.DataFrame(
        {
            "group": "a",
            "ts": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
            "event": ["join", "join", "leave", "mute", "packet", "claim", "refund"],
            "fen": [0, 0, 0, 0, 2000, 1500, 300],
        }
    )
    groups = pd.DataFrame({"group": ["a", "b"], "created": 0.0, "closed": 60 * DAY})
    write_log(tmp_path / "log", messages, events, groups)
    return tmp_path / "log"


def test_every_pattern_is_printed_on_a_line_with_its_definition(folder: Path, capsys) -> None:
    assert main(["observe", str(folder)]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for name, definition in PATTERNS.items():
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert definition in line
    assert any(line.startswith("median msgs per group 2.0000 1 ") for line in lines)
    busy = "busy rooms: median seconds to the next message by another - 0 "
    (line,) = [line for line in lines if line.startswith(busy)]
    assert "(not computed: no busy room" in line


def test_the_second_table_adds_up_the_events(folder: Path, capsys) -> None:
    assert main(["observe", str(folder)]) == 0
    out = capsys.readouterr().out
    values = [line.split() for line in out.splitlines()]
    assert ["2", "1", "1", "1", "2,000", "1,500", "300", "200"] in values
    assert "fen outstanding" in out


def test_json_holds_the_same_and_no_nan(folder: Path, capsys) -> None:
    assert main(["observe", str(folder), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    rows = {row["pattern"]: row for row in answer["patterns"]}
    assert list(rows) == list(PATTERNS)
    assert rows["median msgs per group"]["value"] == 2.0
    assert rows["never any human msg (of created groups)"]["value"] == 0.5
    missing = rows["member spells < 1 day"]
    assert missing["value"] is None
    assert missing["why"]
    assert answer["events"]["fen_outstanding"] == 200
    assert len(answer["notes"]) == 1
    assert "whatever they showed" in answer["notes"][0]
    assert missing["n_left_out"] == 0
    early = rows["share first>=30d silence begun <=90d"]
    assert (early["value"], early["n_groups"]) == (None, 0)
    assert early["n_left_out"] > 0


def test_without_a_groups_file_the_rows_of_creation_are_left_out_with_a_note(
    folder: Path, capsys
) -> None:
    assert main(["observe", str(folder / "messages.parquet")]) == 0
    out = capsys.readouterr().out
    assert not any(name in out for name in CREATION_PATTERNS)
    assert "Note: 3 patterns of creation left out" in out
    assert main(["observe", str(folder / "messages.parquet"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["patterns"]) == 34
    assert answer["events"] is None


def test_a_narrow_screen_loses_no_word_of_the_values(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["observe", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("2.0000" in line for line in lines)


def test_wrong_input_is_one_line_each_and_exit_code_2(tmp_path: Path, capsys) -> None:
    path = tmp_path / "rooms.parquet"
    pd.DataFrame({"group": ["a"], "members": [1], "ts": [None], "type": ["mgs"]}).to_parquet(path)
    assert main(["observe", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("error: ") for line in lines)
    assert "no column 'member'; did you mean 'members'?" in captured.err
    assert "did you mean 'msg'?" in captured.err


def test_help_shows_an_example(capsys) -> None:
    assert main(["observe", "--help"]) == 0
    out = capsys.readouterr().out
    assert "qunlab observe results/log" in out
    assert "qunlab observe rooms.parquet --groups rooms.csv" in out


def test_totals_of_no_events_are_zero() -> None:
    totals = event_totals(pd.DataFrame({"event": [], "fen": []}))
    assert set(totals.values()) == {0}


def test_the_real_rooms_print_their_published_values(data_dir: Path, capsys) -> None:
    log, groups = data_dir / "fcc_gitter.parquet", data_dir / "fcc_gitter_groups.csv"
    assert main(["observe", str(log), "--groups", str(groups), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["patterns"]
    targets = pd.read_csv(data_dir / "targets.csv").query("dataset == 'fcc_gitter'")
    printed = {row["pattern"]: row["value"] for row in rows}
    published = dict(zip(targets["target"], targets["value"], strict=True))
    moved = {
        "share first>=7d silence begun <=30d": 0.8726,
        "share first>=30d silence begun <=90d": 0.7341,
    }
    assert printed == pytest.approx(published | moved, abs=0.0005)
