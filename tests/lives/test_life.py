"""Lives of the groups of a log: what the table of groups says, and the real rooms' statistics."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lives_of_logs import group_names, life_from_log

from sim.chatlog import ChatLog, read_log
from sim.lives.deaths import death_table

CREATED = 1_704_038_400.0


def test_a_log_is_read_as_its_table_of_groups_says() -> None:
    rows = pd.DataFrame(
        [
            ("b", 1, CREATED + 3600, "msg"),
            ("b", -1, CREATED + 7200, "bot"),  # operators do not count
            ("b", 1, CREATED + 3 * 3600, "question"),
            ("b", 2, CREATED + 9 * 3600, "msg"),  # after the end
            ("c", 1, CREATED - 3600, "link"),  # before its creation
            ("d", 5, CREATED + 3600, "msg"),  # not in the table
            ("d", -1, CREATED + 11 * 3600, "bot"),  # the file's last second
        ],
        columns=["group", "member", "ts", "type"],
    )
    known = pd.DataFrame(
        {
            "group": ["a", "b", "c", "z"],
            "created": [CREATED, CREATED, CREATED, np.nan],
            "closed": [CREATED + 36000, CREATED + 6 * 3600, np.nan, np.nan],
        }
    )
    log = ChatLog(rows, known, None, "by hand")
    life = life_from_log(log)
    assert group_names(log) == ["a", "b", "c", "z", "d"]
    assert life["observed_hours"].tolist() == [10.0, 6.0, 12.0, 0.0, 10.0]
    assert life["messages"].tolist() == [0, 2, 1, 0, 1]
    assert life["posters"].tolist() == [0, 1, 1, 0, 1]
    assert life["first_hours"].tolist() == [-1.0, 1.0, 0.0, -1.0, 0.0]
    assert life["last_hours"].tolist() == [-1.0, 3.0, 0.0, -1.0, 0.0]
    assert life["gap_sum_hours"].tolist() == [0.0, 2.0, 0.0, 0.0, 0.0]


def test_an_empty_log_has_lives_without_words() -> None:
    nothing = pd.DataFrame({"group": [], "member": [], "ts": [], "type": []})
    known = pd.DataFrame({"group": ["a"], "created": [CREATED], "closed": [CREATED + 36000]})
    life = life_from_log(ChatLog(nothing, known, None, "by hand"))
    assert life["observed_hours"].tolist() == [10.0]
    assert life["messages"].tolist() == [0]
    assert len(life_from_log(ChatLog(nothing, None, None, "by hand"))) == 0


def test_real_rooms_die_as_their_published_statistics_say(data_dir: Path) -> None:
    """`targets.csv` counts from the first message, and twice from creation."""
    log = read_log(data_dir / "fcc_gitter.parquet", data_dir / "fcc_gitter_groups.csv")
    targets = pd.read_csv(data_dir / "targets.csv").set_index(["dataset", "target"])["value"]
    wanted = targets["fcc_gitter"]
    life = life_from_log(log)
    share = death_table(life).set_index(["definition", "origin"])["share"]
    first = share.xs("first_message", level="origin")
    found = {
        "share first>=7d silence begun <=7d after first msg": first["silence_7d_by_day7"],
        "share first>=30d silence begun <=7d after first msg": first["silence_30d_by_day7"],
        "share no msg later than 7d after first": first["last_message_by_day7"],
    }
    for target, value in found.items():
        assert value == pytest.approx(wanted[target], abs=5e-4), target
    # Rooms watched for less than 14 days are left out here and counted there when never used.
    creation = share.xs("creation", level="origin")
    dead = wanted["share dead<=7d of creation (7d silence, initial counts, never counts)"]
    assert creation["silence_7d_by_day7"] == pytest.approx(dead, abs=0.005)
    silent = wanted["share never or no msg after day 7 of creation"]
    assert creation["last_message_by_day7"] == pytest.approx(silent, abs=0.005)
