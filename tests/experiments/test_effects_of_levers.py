"""The effect of every lever: rows that can be played, pairs, lines that are whole, one table."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.operations import levers
from experiments.operations.__main__ import application
from experiments.operations.levers import ROWS, Row, named, tried, verdict_of, write
from sim.cli import main
from sim.cli.policies import EFFECTS, MEASURED, TRIED, all_levers
from sim.cli.terminal import NO_CLEAR_DIFFERENCE
from sim.errors import InputError
from sim.policies import known_policies
from sim.scenario.loading import shipped_files
from sim.scenario.portfolio import Portfolio
from sim.stats.intervals import Estimate
from sim.study.compare import TOO_SMALL

KNOWN = {lever.name for lever in all_levers()}
POLICIES = [
    row for row in ROWS if f"policies.{row.lever}." in "".join(row.values) and not row.split
]
SMALL = {"group.size": 12}
LOUD = Row("cadence", "strangers_qr", 14, {"policies.cadence.posts_per_day": 8},
           {"policies.cadence.posts_per_day": 0}, SMALL)  # fmt: skip


def test_every_lever_has_a_row_in_shipped_people() -> None:
    assert {row.lever for row in ROWS} >= KNOWN
    assert {row.people for row in ROWS} <= shipped_files("people").keys()
    said = [(row.lever, row.people, str(row.values), row.note) for row in ROWS]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.lever)
def test_a_row_of_a_lever_that_is_there_can_be_played(row: Row) -> None:
    if row in POLICIES and row.lever not in known_policies():
        with pytest.raises(InputError, match=f"'{row.lever}'"):
            row.scenarios()
        return
    without, under = row.scenarios()
    assert without != under
    assert without.days == under.days == row.days


def test_a_lever_against_itself_does_nothing_at_all() -> None:
    line = tried(replace(LOUD, on=LOUD.off), 3, 1)
    for name in EFFECTS:
        assert [float(line[f"{name}{end}"]) for end in MEASURED[1:]] == [0.0, 0.0, 0.0]


def test_a_line_holds_the_means_and_the_paired_difference() -> None:
    line = tried(LOUD, 4, 7)
    assert tuple(line)[: len(TRIED)] == TRIED
    assert line["tried"] == "policies.cadence.posts_per_day = 8"
    assert line["against"] == "policies.cadence.posts_per_day = 0"
    assert (line["world"], line["groups"], line["seed"]) == ("group.size = 12", "4", "7")
    other = tried(replace(LOUD, on=LOUD.off, off=LOUD.on), 4, 7)
    for name in EFFECTS:
        without, apart, low, high = (float(line[f"{name}{end}"]) for end in MEASURED)
        assert low <= apart <= high
        assert float(other[f"{name}_without"]) == pytest.approx(without + apart, rel=1e-4, abs=1e-4)
        assert float(other[f"{name}_difference"]) == pytest.approx(-apart)
    assert float(line["cost_fen_difference"]) > 0


def test_members_dealt_out_to_several_groups_are_added_up() -> None:
    split = Portfolio(3, 1.0, shares_members=True)
    world = {**SMALL, "arrivals.per_day": 0.0}
    line = tried(Row("topic", "strangers_qr", 14, {}, world=world, split=split), 4, 1)
    assert line["tried"].startswith("portfolio.groups = 3, portfolio.breadth_ratio = 1.0")
    assert abs(float(line["members_end_difference"])) < 1.0
    assert float(line["cost_fen_without"]) * 1.5 < float(line["cost_fen_difference"])


def test_a_table_keeps_the_lines_of_other_levers_in_order(tmp_path: Path) -> None:
    path = tmp_path / "effects.csv"
    path.touch()

    def line(lever: str, note: str) -> dict[str, str]:
        return {"lever": lever, "note": note, "code": "12e345678901"}

    write([line("topic", "a"), line("cadence", "b"), line("topic", "c")], path)
    write([line("reward", "d"), line("topic", "e")], path)
    table = list(csv.DictReader(path.read_text().splitlines()))
    assert [(one["lever"], one["note"]) for one in table] == [
        ("cadence", "b"), ("reward", "d"), ("topic", "e")]  # fmt: skip
    assert {one["code"] for one in table} == {"12e345678901"}


def test_the_command_prints_rows_and_writes_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "effects.csv"
    path.touch()
    absent = Row("absent", "buyers", 14, {})
    monkeypatch.setattr(levers, "ROWS", (LOUD, absent))
    monkeypatch.setattr(levers, "SHIPPED", path)
    words = ["levers", "--groups", "2", "--seed", "3"]
    assert main(words, app=application, name="operations") == 0
    assert path.read_text() == ""
    assert main([*words, "--write"], app=application, name="operations") == 0
    out = capsys.readouterr().out
    assert "in strangers_qr, group.size = 12, 14 days, 2 groups (seed 3, code " in out
    assert "left out: absent: policies.absent.use: policy 'absent': not one of" in out
    (line,) = csv.DictReader(path.read_text().splitlines())
    assert line["lever"] == "cadence"
    assert main([*words, "--only", "xyzzy"], app=application, name="operations") == 2
    assert "--only: xyzzy: no such lever" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("interval", "word"),
    [((1.0, 3.0), "more"), ((-3.0, -1.0), "less"), ((-1.0, 3.0), NO_CLEAR_DIFFERENCE),
     ((0.0, 0.0), NO_CLEAR_DIFFERENCE), ((0.1, 0.3), TOO_SMALL),
     ((np.nan, np.nan), NO_CLEAR_DIFFERENCE)],
)  # fmt: skip
def test_a_difference_is_clear_where_its_interval_leaves_out_0(
    interval: tuple[float, float], word: str
) -> None:
    apart = Estimate(sum(interval) / 2, *interval, 0.1, 9)
    assert verdict_of(apart, "posting_members_per_day", 20.0) == word


def test_rows_are_chosen_by_their_lever() -> None:
    assert {row.lever for row in named(["topic"])} == {"topic"}
    assert named([]) == list(ROWS)
