"""The counting rules of real rooms, applied to a simulated log read back from disk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from plain_patterns import plain_patterns

from sim.chatlog import read_log, write_log
from sim.ensemble import simulate_log
from sim.lives.patterns import patterns
from sim.lives.simulated_log import chat_log
from sim.scenario import parse_scenario

LIVELY = {
    "group": {"size": 12},
    "run": {"days": 120},
    "speak": {"propensity": 0.2},
    "arrivals": {"per_day": 1.0},
    "policies": {"cadence": {"posts_per_day": 1}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenarios = [parse_scenario(LIVELY, values={"group.size": size}) for size in (4, 12, 60)]
    trace, messages, events = simulate_log(scenarios, 6, seed=3)
    log = chat_log(trace, messages, events, scenarios)
    written = tmp_path_factory.mktemp("log")
    write_log(written, log.messages, log.events, log.groups)
    return written


def test_a_second_count_of_a_simulated_log_gives_the_same_patterns(folder: Path) -> None:
    log = read_log(folder)
    groups = pd.read_csv(folder / "groups.csv")
    known = {row.group: (row.created, row.closed) for row in groups.itertuples() if row.closed > 0}
    columns = [log.messages[name].tolist() for name in ("group", "member", "ts", "type")]
    second = plain_patterns(list(zip(*columns, strict=True)), known, log.last_second())
    first = patterns(log).set_index("pattern")["value"]
    compared = 0
    for name, value in first.items():
        if pd.notna(value):
            assert second[name] == pytest.approx(value, abs=1e-9), name
            compared += 1
    assert compared >= 30


def test_only_utterances_stand_among_the_messages(folder: Path) -> None:
    messages = pd.read_parquet(folder / "messages.parquet")
    assert set(messages["type"]) <= {"msg", "question", "link", "bot"}
    assert (messages["member"] == -1).eq(messages["type"] == "bot").all()
    assert (messages["operator"] >= 0).eq(messages["type"] == "bot").all()
