"""docs/parameters.md is what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import cli
from sim.cli.params import chosen, list_rows, outcome_rows
from sim.params import parameters

PROJECT = Path(__file__).resolve().parents[1]

PAGE = PROJECT / "docs" / "parameters.md"
WORDS = ["params", "--population", "learner_rooms", "--markdown"]


def test_the_table_is_the_one_the_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert cli.main(WORDS) == 0
    table = capsys.readouterr().out
    assert table in page, (
        f"write the table of {PAGE.name} anew, below its heading: qunlab {' '.join(WORDS)}"
    )
    assert all(f"| `{key}` |" in table for key in parameters())
    assert "| calibrated |" in table
    assert "| assumed |" in table


def test_one_table_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*WORDS, "--json"]) == 2
    assert "choose one of them" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("红包", "policies.red_packets.fen_per_day"),
        ("潜水", "lurker_share"),
        ("lurk", "lurker_share"),
    ],
)
def test_a_word_finds_whole_sections_by_their_titles_and_outcomes(word: str, found: str) -> None:
    assert found in {row.name for row in chosen([*list_rows(), *outcome_rows()], word)}
