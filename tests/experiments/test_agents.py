"""The baselines of docs/gym.md: every agent plays the same groups, and the table says so."""

from __future__ import annotations

import pytest

pytest.importorskip("gymnasium", reason="the extra gym is not installed")

from experiments.agents import AGENTS, COLUMNS, baselines, main, written


def test_the_command_prints_a_row_an_agent(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--groups", "2"])
    *table, cost = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[0] for line in table[2:]] == [f"| {name}" for name in AGENTS]
    assert {line.count("|") for line in table} == {len(COLUMNS) + 2}
    assert cost.startswith("a step takes")


def test_the_same_groups_give_the_same_table_and_nothing_is_what_others_are_set_against() -> None:
    played = baselines(2)
    assert written(played) == written(baselines(2))
    first = played["nothing"]
    assert first[-1].value == 0.0
    for row in played.values():
        assert row[-1].value == pytest.approx(row[0].value - first[0].value)
