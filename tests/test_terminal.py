"""What is printed at any width: every number whole, no word cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from sim import cli
from sim.cli.terminal import print_rows, say
from sim.language import PIECE

NUMBER = re.compile(r"[-+]?\d[\d,.]*")
WIDTHS = (60, 80, 100)
WORD = st.text("abcdefgh大群", min_size=1, max_size=12)
CELL = st.integers(-(10**9), 10**9).map("{:,}".format)


def printed(
    width: int, heads: list[str], rows: list[list[str]], words: list[str], spare: str = ""
) -> list[str]:
    console = Console(width=width, highlight=False, markup=False)
    with console.capture() as shown:
        print_rows(console, heads, rows, words, spare=spare)
    return shown.get().splitlines()


def pieces(text: str) -> list[str]:
    """Words, and Chinese signs one by one."""
    return [piece.strip() for piece in PIECE.findall(text)]


@given(
    st.lists(st.tuples(st.lists(WORD, min_size=1, max_size=8).map(" ".join), CELL, CELL, CELL),
             min_size=1, max_size=4),
    st.integers(30, 120),
)  # fmt: skip
def test_every_number_and_every_word_is_whole_at_every_width(
    rows: list[tuple[str, ...]], width: int
) -> None:
    lines = printed(width, ["what", "A", "B", "difference"], list(map(list, rows)), ["what"])
    there = " ".join(lines).replace(";", " ")
    for row in rows:
        assert {*row[1:]} <= {*there.split()}
        assert {*pieces(row[0])} <= {*pieces(there)}
    assert max(map(cell_len, lines)) <= width


def test_a_column_of_words_is_left_out_before_records_are_printed() -> None:
    rows = [["posting", "12.25", "Student's"]]
    lines = printed(20, ["outcome", "mean", "method"], rows, ["outcome", "method"], "method")
    assert not any("Student" in line for line in lines)
    assert "method" in " ".join(lines[-2:])
    assert "12.25" in " ".join(lines)


def test_a_record_stands_below_its_title() -> None:
    lines = printed(16, ["outcome", "mean", "error"], [["posting", "12.25", "0.00125"]], [])
    assert lines == ["posting", "  mean 12.25", "  error 0.00125"]


def test_sentences_wrap_at_words_on_a_terminal_and_stay_lines_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "the share is 12.25 (10.125 to 14.375) of [all] 1,234,567 " * 9
    say(sentence)
    assert capsys.readouterr().out.count("\n") == 1
    monkeypatch.setenv("COLUMNS", "30")
    say(sentence)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 30
    assert {word for line in lines for word in line.split()} == {*sentence.split()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    assert cli.main(["new", str(folder / "own")]) == 0
    words = ["--groups", "3", "--days", "15", "--size", "12", "--log", str(folder / "log")]
    assert cli.main(["run", str(folder / "own.toml"), *words]) == 0
    (folder / "sweep.toml").write_text(
        'scenario = "own.toml"\nreplications = 3\ndays = 15\n[grid]\n"group.size" = [5, 12]\n'
    )
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ["run", "own.toml", "--groups", "3", "--days", "15", "--size", "12", "--all"],
        [
            "compare",
            "own.toml",
            "--with",
            "group.size=12",
            "--groups",
            "3",
            "--days",
            "15",
            "--all",
        ],
        ["sweep", "sweep.toml", "--out", "rows", "--all", "--no-report"],
        ["observe", "log"],
        ["params"],
        ["params", "--population", "learner_rooms"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_narrow_screen_shows_the_numbers_of_a_wide_one(
    words: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)

    def shown(width: int) -> set[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        assert cli.main(words) == 0
        text = re.sub(r"[\d.]+ s\b|\d+ played now.*|\d+ were there.*", "", capsys.readouterr().out)
        assert "…" not in text
        return {number.rstrip(".,") for number in NUMBER.findall(text)}

    shown(240)  # a sweep is played once
    wide = shown(240)
    for width in WIDTHS:
        assert wide - shown(width) <= {"95"}, width  # of a method, which --json has
