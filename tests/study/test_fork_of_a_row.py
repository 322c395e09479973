"""``qunlab fork``: the history of a stored row, and another act from a day on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import cli
from sim.study.design import Design
from sim.study.fork import fork
from sim.study.store import read_store
from sim.study.sweep import sweep

BUSY = {"policies.cadence.posts_per_day": 9}


@pytest.fixture
def store(design: Design, tmp_path: Path) -> Path:
    sweep(design, tmp_path / "out")
    return tmp_path / "out"


def test_without_a_change_there_is_no_difference_and_it_is_the_row(store: Path) -> None:
    table = fork(store, 31, {}, 1, groups=3).table.set_index("outcome")
    known = table["change"].dropna()
    assert len(known) > 40
    assert (known == 0.0).all()
    assert (table["difference"].dropna() == 0.0).all()
    assert table["pairs"].max() == 4
    row = read_store(store)[1].iloc[31]
    for name in ("cost_fen", "posting_share_per_day", "satisfaction", "operator_posts"):
        assert table.at[name, "was"] == row[name]


def test_a_change_tells_with_an_interval(store: Path) -> None:
    found = fork(store, 30, BUSY, 1, groups=9)
    posts = found.table.set_index("outcome").loc["operator_posts"]
    assert (found.point, found.replication) == (5, 0)
    assert posts["now"] > posts["was"]
    assert posts["pairs"] == 10
    assert posts["lower"] <= posts["difference"] <= posts["upper"]
    later = fork(store, 30, BUSY, 2).table.set_index("outcome").loc["operator_posts"]
    assert posts["was"] == later["was"] < later["now"] < posts["now"]


def test_the_command(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["fork", str(store), "30", "--at-day", "1", "--set", "policies.cadence.posts_per_day=9"]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Row 30 with policies.cadence.posts_per_day=9 from day 1 on:\n")
    assert "with the change" in shown
    assert shown.count("\n") <= 24
    assert cli.main([*words, "--groups", "3"]) == 0
    shown = capsys.readouterr().out
    assert "mean of 4 groups (95 %)" in shown
    assert "Intervals: t over pairs, 95 %" in shown
    assert cli.main(words[:-2]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Row 30: nothing was changed; --set KEY=VALUE names another act.")
    assert "the act's" not in shown
    assert cli.main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["before"] != answer["after"]
    assert answer["at_day"] == 1
    assert len(answer["outcomes"]) > 60
    assert cli.main([*words, "--all"]) == 0
    shown = capsys.readouterr().out
    assert "outstanding, CNY" in shown
    assert "fen" not in shown


def test_the_command_refuses(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fork", str(store), "30", "--at-day", "3", "--set", "group.size=9"]) == 2
    faults = capsys.readouterr().err
    assert "group.size: cannot change while a group lives" in faults
    assert "day 3 is out of range; allowed: 0 to before 3, the end" in faults
    assert cli.main(["fork", str(store), "72", "--at-day", "1"]) == 2
    assert "row: 72 is out of range; allowed: 0 to 71" in capsys.readouterr().err
    assert cli.main(["fork", str(store), "1", "--at-day", "1", "--groups", "-1"]) == 2
