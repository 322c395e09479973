"""docs/from_a_chat_to_a_forecast.md runs on a chat that was simulated and written as an export."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.ensemble import simulate_log
from sim.populations import read_population
from sim.scenario import load_scenario

PROJECT = Path(__file__).resolve().parents[1]

PAGE = (PROJECT / "docs" / "from_a_chat_to_a_forecast.md").read_text(encoding="utf-8")
BIRTH = dt.datetime(2024, 1, 1, 9, tzinfo=dt.UTC)


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    lines = [line for text in blocks for line in text.splitlines()]
    assert all(line.startswith("$ qunlab ") for line in lines)
    return [shlex.split(line.removeprefix("$ qunlab ")) for line in lines]


def exported_chat() -> str:
    """Write the liveliest of a few simulated rooms as WhatsApp does."""
    path = PROJECT / "configs" / "populations" / "learner_rooms.toml"
    room = load_scenario(path, {"run.days": 34})
    _, messages, _ = simulate_log([room], 12, 5)
    busiest = pd.Series(messages["group"]).value_counts().index[0]
    lines = []
    for row in messages[messages["group"] == busiest]:
        at = BIRTH + dt.timedelta(hours=float(row["time_hours"]))
        asks = "?" if row["kind"] == 1 else ""
        lines.append(f"{at:%d/%m/%Y, %H:%M} - Member {row['member']}: something{asks}")
    return "\n".join(lines) + "\n"


def test_from_a_chat_to_a_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("chat.txt").write_text(exported_chat(), encoding="utf-8")
    said = {}
    for words in commands():
        assert cli.main(words) == 0, (words, capsys.readouterr().err)
        said[words[0]] = capsys.readouterr().out
    assert [words[0] for words in commands()] == [
        *("import", "observe", "calibrate", "forecast", "run", "run"),
    ]
    assert "something" not in "".join(said.values())
    fitted = read_population(Path("results/fit/learner_rooms.toml"))
    assert fitted.has_posterior
    assert "not identified: prior kept" in said["calibrate"]
    assert re.search(r"class\W.*\d %", said["forecast"])
    assert "of 100 groups still talk after 14 days" in said["run"]
