"""How a group is doing: counts by hand, from logs of a few lines."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chatlog import ChatLog
from sim.lives.health import GroupLog, group_log, health

DAY, HOUR = 86_400.0, 3_600.0


def log_of(rows: list[tuple[float, int, str]], until: float, events: list = ()) -> GroupLog:
    """Make a log of (seconds, member, kind); -1 is the team."""
    messages = pd.DataFrame(rows, columns=["ts", "member", "kind"]).assign(group="g")
    messages["type"] = np.where(
        messages["member"] < 0, "bot", np.where(messages["kind"] == "question", "question", "msg")
    )
    messages = messages.assign(reply_to=-1, thread=-1, operator=-1)
    messages["kind"] = messages["kind"].astype("category")
    happened = pd.DataFrame(events, columns=["ts", "event", "member"]).assign(
        group="g", operator=-1, fen=-1, shares=-1
    )
    groups = pd.DataFrame({"group": ["g"], "created": [np.nan], "closed": [until]})
    return group_log(ChatLog(messages, groups, happened, "test"), "g", 8 * HOUR)


def test_by_hand() -> None:
    rows = [
        (0.0, 1, "chat"),  # week 1 of two
        (10 * HOUR, 2, "question"),
        (10 * HOUR + 60, 2, "chat"),  # by the same: no answer
        (8 * DAY, -1, "content"),  # 08:00 local
        (8 * DAY + HOUR, 3, "chat"),
        (9 * DAY, -1, "content"),
        (9 * DAY + 2, -1, "activity"),
        (9 * DAY + 10 * HOUR, 1, "question"),
        (9 * DAY + 10 * HOUR + 5, -1, "answer"),  # no post of its own accord
    ]
    events = [(1.0, "join", 4), (2.0, "join", 5), (DAY, "leave", 5)]
    found = health(log_of(rows, 14 * DAY, events))
    assert (found.members, found.are_given) == (4, False)  # 1 to 4; 5 has left
    assert (found.weeks, found.messages) == ((2, 2), (3, 2))
    assert (found.trend, found.messages_trend) == ("unknown", "unknown")
    assert found.without_post == (("06-09", 12, 0),)  # days 8 and 9 have one
    assert not found.is_kind_by_hour
    assert (found.never, found.silent_lately) == (1, 1)
    assert found.days_silent == pytest.approx(14 - 9 - 10 / 24)
    assert found.by_hour == (("06-09", 3, 1),)
    assert found.by_kind == (("content", 2, 1), ("activity", 1, 0))
    assert (found.questions, found.unanswered) == (2, 1)
    assert found.top_share == 1.0


def test_hours_are_counted_without_posts_too() -> None:
    rows = [(day * DAY + 11 * HOUR, 1, "chat") for day in range(20)]  # 19:00 local
    rows += [(day * DAY + 10.5 * HOUR, -1, "activity") for day in range(0, 20, 2)]
    rows += [(day * DAY + 2 * HOUR, -1, "content") for day in range(1, 20, 2)]
    found = health(log_of(sorted(rows), 20 * DAY))
    assert found.by_hour == (("18-21", 10, 10), ("09-12", 10, 0))
    assert found.without_post == (("18-21", 10, 10), ("09-12", 9, 0))
    assert found.is_kind_by_hour


def test_a_log_without_kinds_has_those_of_its_types() -> None:
    log = ChatLog(
        pd.DataFrame(
            {"group": ["g"] * 2, "member": [-1, 3], "ts": [0.0, 9.0], "type": ["bot", "question"]}
        ).assign(reply_to=-1),
        None,
        None,
        "test",
    )
    found = health(group_log(log, "g", 0.0))
    assert found.by_kind == (("bot", 1, 1),)
    assert (found.questions, found.unanswered, found.members) == (1, 1, 1)


def test_members_given_count_the_silent_ones() -> None:
    found = health(log_of([(0.0, 1, "chat")], DAY), 50)
    assert (found.members, found.are_given, found.never) == (50, True, 49)


@pytest.mark.parametrize(
    ("weeks", "trend"),
    [
        ([6, 5, 4, 3, 2, 1], "falling"),
        ([1, 2, 3, 4, 5, 6], "rising"),
        ([3, 3, 3, 3, 3], "none"),
        ([13, 12, 14, 13, 13, 13, 9, 9], "lower lately"),
        ([13, 12, 14, 9, 13, 13, 9, 9], "none"),
    ],
)
def test_the_trend_of_people_a_week(weeks: list[int], trend: str) -> None:
    rows = [
        (week * 7 * DAY + 60.0 * member, member, "chat")
        for week, people in enumerate(weeks)
        for member in range(people)
    ]
    found = health(log_of(rows, len(weeks) * 7 * DAY))
    assert found.weeks == tuple(weeks)
    assert found.trend == trend


def test_the_team_alone() -> None:
    found = health(log_of([(0.0, -1, "content")], DAY))
    assert math.isnan(found.days_silent)
    assert math.isnan(found.top_share)
    assert found.by_kind == (("content", 1, 0),)


ROWS = st.lists(
    st.tuples(
        st.floats(0, 30 * DAY), st.integers(-1, 5), st.sampled_from(["chat", "question", "content"])
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, members=st.none() | st.integers(1, 40))
def test_counts_hold_together(rows: list, members: int | None) -> None:
    log = log_of(rows, 30 * DAY)
    found = health(log, members)
    posters = len({member for _, member, _ in rows if member >= 0})
    assert all(0 <= people <= posters for people in found.weeks)
    assert 0 <= found.unanswered <= found.questions
    assert 0 <= found.never <= found.members
    for rates in (found.by_hour, found.by_kind):
        assert sum(posts for _, posts, _ in rates) == sum(member < 0 for _, member, _ in rows)
        assert all(0 <= answered <= posts for _, posts, answered in rates)
