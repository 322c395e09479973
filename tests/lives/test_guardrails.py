"""Guardrails in a log small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sim.chatlog import ChatLog
from sim.lives.guardrails import GUARDRAILS, guarded, most_beyond

DAY = 86_400.0


def test_a_log_counted_by_hand() -> None:
    rows = [
        ("a", 1, 0.0, "join"), ("a", 2, 0.0, "join"), ("a", 3, 0.0, "join"), ("a", 4, 0.0, "join"),
        ("a", 4, 1.0, "leave"),  # long ago
        ("a", 1, 2.0, "question"),  # long ago, and nobody answered
        ("a", 1, 15.0, "question"), ("a", 1, 15.2, "msg"),  # of the same member: no answer
        ("a", 2, 16.5, "question"), ("a", -1, 17.4, "bot"),  # the team answers in time
        ("a", 3, 18.0, "leave"),
        ("a", 2, 19.5, "question"),  # too young to be judged
        ("b", 9, 16.0, "question"), ("b", 8, 17.5, "msg"),  # a day and a half later
    ]  # fmt: skip
    messages = pd.DataFrame(rows, columns=["group", "member", "ts", "type"])
    messages["ts"] *= DAY
    groups = pd.DataFrame({"group": ["a", "b"], "created": 0.0, "closed": 20.0 * DAY})
    found = guarded(ChatLog(messages, groups, None, "by hand"))
    assert found.index.tolist() == ["a", "b"]
    assert found.at["a", "left_share"] == 1 / 3
    assert np.isnan(found.at["b", "left_share"])
    assert found["unanswered_share"].tolist() == [0.5, 1.0]
    events = messages[messages["type"].isin(["join", "leave"])].rename(columns={"type": "event"})
    said = messages[~messages["type"].isin(["join", "leave"])]
    again = guarded(ChatLog(said, groups, events, "by hand"))
    pd.testing.assert_frame_equal(again, found)


def test_a_floor_is_crossed_from_above() -> None:
    crossed = {one.name: one.crossed(pd.Series([0.0, np.nan, 1.0]), 0.5) for one in GUARDRAILS}
    assert crossed["left_share"].tolist() == [False, False, True]
    assert crossed["satisfied_share"].tolist() == [True, False, False]


@given(groups=st.integers(0, 500), days=st.integers(1, 90))
def test_an_arm_without_a_change_is_stopped_in_1_of_100_tests(groups: int, days: int) -> None:
    looks = len(GUARDRAILS) * -(-days // 7)
    assert looks * binom.sf(most_beyond(groups, days), groups, 0.05) <= 0.01
