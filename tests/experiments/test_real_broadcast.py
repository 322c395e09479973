"""The real side of a broadcast: posts of the team taken out, rooms counted, the shipped table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.validation.__main__ import application
from experiments.validation.real_broadcast import counts_of, without
from sim.chatlog import ChatLog, read_log
from sim.cli import main
from sim.errors import InputError

DAY = 86_400.0
EVENT = Path(__file__).resolve().parents[3] / "shared" / "evidence" / "broadcast_2015_10_06.csv"


@pytest.fixture
def log(tmp_path: Path) -> ChatLog:
    rows = [("a", 1, 0.0), ("a", 9, 10 * DAY), ("a", 2, 10.5 * DAY), ("b", 1, 0.0),
            ("b", 9, 10 * DAY), ("c", 1, 9 * DAY), ("c", 9, 10 * DAY)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "member", "ts"]).assign(type="msg")
    table.to_parquet(tmp_path / "log.parquet")
    return read_log(tmp_path / "log.parquet")


def posts_in(*groups: str) -> pd.DataFrame:
    return pd.DataFrame({"group": groups, "ts": 10 * DAY, "type": "msg"})


def test_silent_rooms_are_counted_and_the_posts_themselves_are_nobodys(log: ChatLog) -> None:
    table = counts_of(log, posts_in("a", "b", "c"))
    inside = table[table["rooms"] > 0]
    assert inside[
        ["posters_from", "silent_from_days", "rooms", "answered"]
    ].to_numpy().tolist() == [[1, 7.0, 2, 1]]
    assert len(without(log, posts_in("a", "b")).messages) == len(log.messages) - 2


def test_a_post_that_no_message_is_is_refused(log: ChatLog) -> None:
    with pytest.raises(InputError, match="1 of 2 posts"):
        counts_of(log, posts_in("a", "nowhere"))


def test_missing_files_are_a_line_each(tmp_path: Path, capsys) -> None:
    words = ["broadcast", "--data", str(tmp_path), "--posts", str(tmp_path / "posts.csv")]
    assert main(words, app=application, name="validation") == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_the_shipped_counts_are_those_of_the_real_rooms(data_dir: Path, capsys) -> None:
    if not EVENT.is_file():
        pytest.skip("the team's posts are not at hand")
    words = ["broadcast", "--data", str(data_dir), "--posts", str(EVENT)]
    assert main(words, app=application, name="validation") == 0
    shipped = Path(__file__).parents[2] / "sim" / "validation" / "tables" / "broadcast.csv"
    assert capsys.readouterr().out == shipped.read_text(encoding="utf-8")
