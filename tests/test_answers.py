"""Every answer stands on one screen of 80 columns in both languages, and says what its rows say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len

from sim import cli
from sim.cli import terminal
from sim.cli.run import WEAK_POINTS, _weak_point
from sim.forecast import BEGINS, shipped_record
from sim.lives.outcomes import ALIVE, outcomes_by_name
from sim.report.answer import Answer, Option
from sim.report.verdict import (
    answer_of_comparison,
    answer_of_optimum,
    answer_of_outlook,
    answer_of_sensitivity,
)
from sim.scenario import Scenario
from sim.study.compare import CompareOptions, Comparison, compare
from sim.study.optimise import Optimum
from sim.study.sensitivity import Sensitivity

SCREEN, WIDTH = 24, 80
SWEEP = """
name = "small"
replications = 4
days = 16
scenario = "own.toml"
[grid]
"group.size" = [4, 8, 12]
"policies.cadence.posts_per_day" = [0, 1, 2, 6]
"policies.red_packets.fen_per_day" = [0, 500]
"""
STUDY = """
replications = 2
days = 14
scenario = {}
[levers]
"group.size" = { low = 30, high = 40 }
"look.rate_per_day" = { low = 1.0, high = 4.0 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers")
    assert cli.main(["new", str(folder / "own")]) == 0
    words = ["--groups", "3", "--days", "15", "--size", "12", "--log", str(folder / "log")]
    assert cli.main(["run", str(folder / "own.toml"), *words]) == 0
    (folder / "small.toml").write_text(SWEEP)
    (folder / "study.toml").write_text(STUDY)
    return folder


SHORT = ["--groups", "4", "--days", "15", "--size", "12"]
COMMANDS = {
    "run": ["run", "own.toml", *SHORT],
    "log": ["run", "own.toml", *SHORT, "--log", "other"],
    "sweep": ["sweep", "small.toml", "--out", "rows", "--no-report"],
    "two": ["compare", "own.toml", "--with", "group.size=12", "--groups", "4", "--days", "15"],
    "four": [
        *["compare", "own.toml", "--with", "group.size=12", "--with", "group.size=20"],
        *["--with", "group.size=30", "--groups", "4", "--days", "15"],
    ],
    "optimise": ["optimise", "study.toml", "--out", "front", "--trials", "8", "--population", "4"],
    "forecast": ["forecast", "log", "--rooms", "200"],
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_answer_stands_on_one_screen(
    name: str,
    language: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if name == "optimise":
        pytest.importorskip("optuna")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    words = [*COMMANDS[name], "--lang", language]
    assert cli.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 5 <= len(lines) <= SCREEN
    assert max(map(cell_len, lines)) <= WIDTH
    assert not any("…" in line or "{" in line for line in lines)
    for number in re.findall(r"\d+\.\d+", " ".join(lines[:-1])):
        assert len(number.replace(".", "").lstrip("0")) <= 3, number
    assert cli.main([*words, "--quiet"]) == 0
    assert len(capsys.readouterr().out.splitlines()) <= 2
    monkeypatch.delenv("COLUMNS")
    assert cli.main(words) == 0  # to a pipe
    assert max(map(cell_len, capsys.readouterr().out.splitlines())) <= 100


def test_a_run_opens_with_six_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert cli.main(COMMANDS["run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    lines = [line for line in lines if not line.startswith(("keeps", "them", "out"))]  # wrapped
    begins = ("", "", "Members: 12", "It costs ", "Weak point: ", "Talking: ", "People: ", "More: ")
    assert len(lines) == len(begins)
    for line, begin in zip(lines, begins, strict=True):
        assert line.startswith(begin)
    assert re.search(r"of 100 groups still talk after 15 days", lines[0])
    assert " people write on a day, " in lines[1]
    assert cli.main(["run", "own.toml", "--groups", "2", "--days", "3", "--size", "4"]) == 0
    assert "simulate more than 7" in capsys.readouterr().out


def test_the_weak_point_is_the_one_farthest_beyond_its_bound() -> None:
    fine = pd.Series({name: 0.0 if bound > 0 else 1.0 for name, bound, _ in WEAK_POINTS})
    assert _weak_point(fine).startswith("none")
    assert _weak_point(fine.replace(0.0, np.nan)).startswith("none")
    unanswered = fine.copy()
    unanswered["openers_answered_share"], unanswered["muted_share"] = 0.1, 0.3
    assert _weak_point(unanswered) == "of 100 messages that open a talk nobody answers 90"


def test_the_demo_plays_from_the_wheel_and_moves_an_old_store_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    words = ["demo", "--out", "here", "--replications", "2"]
    assert cli.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(cell_len, lines)) <= WIDTH
    assert any(line.startswith("Friends, alive of 100: ") for line in lines)
    assert Path("here/report.html").is_file()
    manifest = Path("here/manifest.json")
    manifest.write_text(re.sub(r'"code": "\w', '"code": "z', manifest.read_text()))
    assert cli.main(words) == 0
    said = capsys.readouterr().err
    assert "here is of another version or study: moved to here.old1" in said
    assert Path("here.old1/manifest.json").is_file()
    assert "180 now" not in said
    Path("here/manifest.json").write_text("broken")
    assert cli.main([*words, "--quiet"]) == 0
    shown = capsys.readouterr()
    assert "moved to here.old2" in shown.err
    assert len(shown.out.splitlines()) == 1


def test_options_are_as_many_as_have_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    options = tuple(Option(f"option {at}", at, (str(at),)) for at in range(8))
    full = Answer("Do it.", option_heads=("CNY",), options=options)
    terminal.print_answer(full)
    assert "option 7" in capsys.readouterr().out
    terminal.print_answer(replace(full, trust=("a line.",) * 18))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == SCREEN
    assert "option 4" not in "".join(lines)
    assert "option 0" in "".join(lines)


# --- what a comparison says -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def compared() -> Comparison:
    one = Scenario().with_values({"group.size": 5, "run.days": 9})
    return compare([one, one], options=CompareOptions(replications=4))


def changed(found: Comparison, **answers: tuple[str, float]) -> Comparison:
    """Let a comparison say something else of some outcomes."""

    def of(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        for name, (answer, gap) in answers.items():
            table.loc[table["outcome"] == name, ["answer", "difference"]] = [answer, gap]
        return table

    return replace(found, alive=of(found.alive), outcomes=of(found.outcomes))


ADVICE: list[tuple[dict[str, tuple[str, float]], str]] = [
    ({}, "No clear difference that matters: keep A, or compare more groups."),
    ({"alive": ("B is better", 0.3)}, "B keeps more groups alive: take B."),
    ({"alive": ("A is better", -0.3)}, "A keeps more groups alive: take A."),
    ({"cost_fen": ("B is better", -9.0)}, "Groups and people do alike; B is cheaper: take B."),
    (
        {"alive": ("clear, but too small to matter", 0.01), "cost_fen": ("A is better", 9.0)},
        "Groups and people do alike; A is cheaper: take A.",
    ),
    (
        {"posting_members_per_day": ("B is better", 1.0), "cost_fen": ("A is better", 9000.0)},
        "Groups live alike: take A, unless 1 more people a day are worth 90 CNY.",
    ),
    (
        {"posting_members_per_day": ("B is better", 1.0)},
        "Groups live alike; in B more people talk: take B.",
    ),
    (
        {"posting_members_per_day": ("A is better", -0.1), "cost_fen": ("B is better", -9000.0)},
        "Groups live alike: take B, unless 0.1 more people a day are worth 90 CNY.",
    ),
]


@pytest.mark.parametrize(("said", "headline"), ADVICE, ids=[advice for _, advice in ADVICE])
def test_what_to_take_follows_from_lives_then_talk_then_cost(
    compared: Comparison, said: dict[str, tuple[str, float]], headline: str
) -> None:
    found = answer_of_comparison(changed(compared, **said))
    assert found.headline == headline
    cells = {option.words: option.cells[-1] for option in found.options}
    words = {"B is better": "better", "A is better": "worse", "no clear difference": "unclear"}
    words["clear, but too small to matter"] = "too small"
    for name, label in (("alive", "alive of 100"), ("cost_fen", "CNY a group")):
        answer = said.get(name, ("no clear difference", 0.0))[0]
        assert cells[label] == words.get(answer, answer)


def test_only_plans_whose_groups_live_are_said_to_live_alike() -> None:
    one = Scenario().with_values({"group.size": 5, "run.days": 9})
    found = compare([one, one, one], options=CompareOptions(replications=4))
    dying, lively = found.names[2], found.names[1]

    def of(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        at = (table["alternative"] == dying) & (table["outcome"] == "alive")
        table.loc[at, ["answer", "difference"]] = [f"{table['against'].iloc[0]} is better", -0.7]
        at = (table["alternative"] == lively) & (table["outcome"] == "posting_members_per_day")
        table.loc[at, ["answer", "difference"]] = [f"{lively} is better", 1.0]
        return table

    said = answer_of_comparison(replace(found, alive=of(found.alive), outcomes=of(found.outcomes)))
    assert said.headline == "Groups of A, B live alike; in B more people talk: take B."


def test_money_and_what_gets_worse_stand_in_the_first_two_lines(compared: Comparison) -> None:
    said = {"posting_members_per_day": ("B is better", 1.0), "cost_fen": ("A is better", 59900.0)}
    worse = {"muted_share": ("A is better", 0.01), "openers_answered_share": ("A is better", -0.1)}
    found = answer_of_comparison(changed(compared, **said, **worse))
    assert "take A, unless 1 more people a day are worth 599 CNY" in found.headline
    price = "B costs 599 CNY a group more than A; worse than A in: talks answered, %; "
    assert found.detail[0].startswith(price)
    lives = answer_of_comparison(changed(compared, **said, alive=("B is better", 0.3)))
    assert lives.detail[0] == "B costs 599 CNY a group more than A."


def test_no_row_that_is_worse_is_left_out(
    compared: Comparison, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    names = ("A one", *(f"{letter} {'name' * 8}" for letter in "BCDEF"))
    outcomes = pd.concat(
        [compared.outcomes.assign(alternative=name) for name in names[1:]], ignore_index=True
    )
    alive = pd.concat([compared.alive.assign(alternative=name) for name in names[1:]])
    last = outcomes["alternative"] == names[-1]
    worse = last & outcomes["outcome"].isin(["muted_share", "cost_fen"])
    outcomes.loc[worse, ["answer", "difference"]] = ["A one is better", 1.0]
    found = answer_of_comparison(replace(compared, names=names, alive=alive, outcomes=outcomes))
    terminal.print_answer(found)
    lines = capsys.readouterr().out.splitlines()
    assert sum("worse" in line for line in lines) == 2
    for question in ("alive of 100", "CNY a group", "members who muted, %"):
        assert sum(line.startswith(question) for line in lines) == 1
    assert sum(line.startswith(("A: ", "B: ", "C: ")) and "name" in line for line in lines) == 2


def test_alive_is_compared_by_pairs_and_matters_from_five_of_a_hundred(
    compared: Comparison,
) -> None:
    row = compared.alive.iloc[0]
    assert (row["outcome"], row["pairs"], row["matters"], row["difference"]) == (
        "alive",
        4,
        0.05,
        0,
    )
    assert ALIVE.name not in outcomes_by_name()
    one = Scenario().with_values({"group.size": 5, "run.days": 9})
    options = CompareOptions(replications=2, matters={"alive": 0.2})
    assert compare([one, one], options=options).alive["matters"].tolist() == [0.2]


def test_many_pairs_are_not_counted(compared: Comparison) -> None:
    table = compared.alive.assign(answer="no clear difference", pairs_needed=4e34)
    found = answer_of_comparison(replace(compared, alive=table))
    assert any("takes > 10,000 pairs" in line for line in found.trust)


# --- a front, and forecasts -----------------------------------------------------------------------


def front(dead: list[float], cost: list[float], within: list[bool]) -> Optimum:
    table = pd.DataFrame({"group.size": range(10, 10 + len(dead)), "dead_silent_week2": dead})
    table = table.assign(cost_fen=cost, posting_members_per_day=1.0, within_budget=within)
    table["dead_silent_week2_error"] = 0.01
    return Optimum(table, table, sets=1, replications=9)


def test_of_a_front_the_cheapest_that_is_not_clearly_worse_is_taken() -> None:
    found = answer_of_optimum(
        front([0.0, 0.02, 0.3, 0.0], [900, 500, 100, 1], [True] * 3 + [False])
    )
    assert found.headline == "Take setting 2, the cheapest that keeps groups talking."
    assert found.options[0] == Option("2: 11 members", 1, ("98", "1", "5"), True)
    assert len(found.options) == 3
    none = answer_of_optimum(front([0.0], [900], [False]))
    assert none.headline == "No setting of the 1 tried is within the budget."


def test_what_outcomes_hang_on_comes_first_with_money_in_cny() -> None:
    rows = [
        ("cost_fen", "group.size", 2000.0, True),
        ("cost_fen", "operator.wage_fen_per_hour", 50.0, False),
        ("posting_members_per_day", "group.size", 1.234, True),
        ("posting_members_per_day", "operator.wage_fen_per_hour", 0.0, False),
    ]
    table = pd.DataFrame(rows, columns=["outcome", "factor", "value", "told_apart"])
    table = table.assign(lower=table["value"] / 2, upper=table["value"] * 2)
    found = answer_of_sensitivity(Sensitivity(table, {}, "morris", 9, 4))
    assert found.headline == "Cost of a community (CNY): hangs most on group size, 20 (10 to 40)."
    assert found.detail[0].startswith("Members posting on a day: hangs most on group size, 1.23 ")
    assert [(one.words, one.cells) for one in found.options] == [("group size", ("20", "1.23"))]
    none = answer_of_sensitivity(Sensitivity(table.assign(told_apart=False), {}, "sobol", 9, 4))
    assert none.headline.startswith("Nothing clearly hangs on any factor")


def test_groups_most_likely_silent_come_first() -> None:
    groups: dict[str, Any] = {"group": ["calm", "silent", "wild", "young"]}
    groups |= {
        "horizon_days": [28.0, 28.0, 28.0, np.nan],
        "silent_now": [False, True, False, False],
    }
    for label in BEGINS.values():
        for name in ("regression", "model"):
            groups[f"{label}_{name}"] = [0.1, np.nan, 0.9, np.nan]
    found = answer_of_outlook(pd.DataFrame(groups), shipped_record())
    assert found.headline.startswith("Look after 2 of 4 groups")
    assert [one.words for one in found.options] == ["silent", "wild", "calm", "young"]
    assert found.options[0].cells[0] == "silent now"
    assert found.options[1].cells[0] == "90 %"
    assert any("1 groups are under a day old" in line for line in found.trust)
    calm = answer_of_outlook(pd.DataFrame(groups).iloc[:1], shipped_record())
    assert calm.headline == "No group of 1 is likely to fall silent within 2 weeks."
