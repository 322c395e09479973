"""The log of a run: what its columns mean, and that its money and its members add up."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.chatlog import EVENT_TYPES, HUMAN_TYPES, ChatLog, read_log, write_log
from sim.ensemble import simulate_log
from sim.lives.outcomes import outcomes
from sim.lives.simulated_log import chat_log, group_names
from sim.scenario import Scenario, parse_scenario
from sim.state import ANSWER, CHAT, CONTENT, GREETING, KINDS, QUESTION
from sim.trace import EVENT_DTYPE, EVENTS, LIFE_DTYPE, MESSAGE_DTYPE, Trace

BEIJING = timezone(timedelta(hours=8))
Run = tuple[Trace, np.ndarray, np.ndarray]


def empty_trace(groups: int, slots: int) -> Trace:
    """Return a trace of groups watched for two days; nothing else in it matters to a log."""
    life = np.zeros(groups, dtype=LIFE_DTYPE)
    life["observed_hours"] = 48.0
    nobody = np.zeros(groups * slots, dtype=np.int64)
    return Trace(
        point=np.arange(groups),
        replication=np.full(groups, 7),
        daily=np.zeros((groups, 3)),
        days=np.full(groups, 3),
        life=life,
        first_slot=np.arange(groups + 1) * slots,
        posts=nobody,
        joined=nobody,
        left=nobody,
        muted=nobody,
    )


def test_every_column_by_hand() -> None:
    scenarios = [
        parse_scenario({"group": {"size": 3, "start_hour": 9}}),
        parse_scenario({"group": {"size": 3, "start_hour": 20, "start_weekday": 5}}),
    ]
    messages = np.array(
        [
            (0, 0.0, 0, -1, QUESTION),
            (0, 1.0, -1, 0, ANSWER),
            (1, 0.5, 2, 1, CONTENT),
            (1, 4.0, -1, -1, CONTENT),
            (1, 30.0, 1, -1, GREETING),
            (1, 47.0, 1, 2, CHAT),
        ],
        dtype=MESSAGE_DTYPE,
    )
    events = np.array(
        [
            (0, 2.0, EVENTS.index("packet"), -1, 0, 500, 5),
            (0, 2.5, EVENTS.index("claim"), 1, 0, 120, 1),
            (0, 26.0, EVENTS.index("refund"), -1, 0, 380, 4),
            (1, 0.0, EVENTS.index("join"), 2, -1, 0, 0),
            (1, 3.0, EVENTS.index("packet"), 2, 0, 800, 4),
            (1, 5.0, EVENTS.index("mute"), 0, -1, 0, 0),
            (1, 27.0, EVENTS.index("refund"), 2, 0, 800, 4),
        ],
        dtype=EVENT_DTYPE,
    )
    log = chat_log(empty_trace(2, 3), messages, events, scenarios)
    assert log.groups is not None
    assert log.events is not None
    assert log.groups["group"].tolist() == ["p000-r0007", "p001-r0007"]
    monday_9 = datetime(2024, 1, 1, 9, tzinfo=BEIJING).timestamp()
    saturday_20 = datetime(2024, 1, 6, 20, tzinfo=BEIJING).timestamp()
    assert log.groups["created"].tolist() == [monday_9, saturday_20]
    assert log.groups["closed"].tolist() == [monday_9 + 2 * 86400, saturday_20 + 2 * 86400]
    said = log.messages
    assert said["member"].tolist() == [0, -1, 5, -1, 4, 4]
    assert said["reply_to"].tolist() == [-1, 0, 4, -1, -1, 5]
    assert said["type"].tolist() == ["question", "bot", "link", "bot", "msg", "msg"]
    kinds = ["question", "answer", "content", "content", "greeting", "chat"]
    assert said["kind"].tolist() == kinds
    assert said["operator"].tolist() == [-1, 0, -1, 0, -1, -1]
    assert set(said["thread"]) == {-1}
    assert said["ts"].tolist() == [
        monday_9, monday_9 + 3600, saturday_20 + 1800, saturday_20 + 4 * 3600,
        saturday_20 + 30 * 3600, saturday_20 + 47 * 3600]  # fmt: skip
    happened = log.events
    assert happened["event"].tolist() == [EVENTS[event] for event in events["event"]]
    assert happened["member"].tolist() == [-1, 1, -1, 5, 5, 3, 5]
    assert happened["operator"].tolist() == [0, -1, 0, -1, -1, -1, -1]
    assert happened["fen"].tolist() == [500, 120, 380, 0, 800, 0, 800]
    assert happened["shares"].tolist() == [5, 1, 4, 0, 4, 0, 4]


def test_names_sort_as_numbers_do() -> None:
    trace = empty_trace(1200, 1)
    names = group_names(trace)
    assert names == sorted(names)
    assert names[1199] == "p1199-r0007"


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    policies = {"cadence": {"posts_per_day": 2}, "red_packets": {"fen_per_day": 2000, "shares": 30}}
    sending = {"return_ratio": 0.39, "member_fen": 100}
    lively = {"group": {"size": 20}, "run": {"days": 6}, "policies": policies, "packets": sending}
    quiet = {"group": {"size": 8, "start_weekday": 3}, "run": {"days": 4}}
    return [parse_scenario(lively), parse_scenario(quiet)]


@pytest.fixture(scope="module")
def run(scenarios: list[Scenario]) -> Run:
    return simulate_log(scenarios, 6, seed=2)


@pytest.fixture(scope="module")
def log(run: Run, scenarios: list[Scenario]) -> ChatLog:
    return chat_log(*run, scenarios)


def test_only_utterances_of_known_members_within_observation(log: ChatLog) -> None:
    assert log.groups is not None
    said = log.messages.merge(log.groups, on="group")
    assert len(said) == len(log.messages)
    assert ((said["ts"] >= said["created"]) & (said["ts"] <= said["closed"])).all()
    assert set(said["type"]) == {"msg", "question", "link", "bot"}
    assert set(said["kind"]) <= set(KINDS) - {"packet"}
    human = said["type"].isin(HUMAN_TYPES)
    assert (human == (said["member"] >= 0)).all()
    assert (human == (said["operator"] == -1)).all()
    assert (~human).sum() > 50
    assert ((said["type"] == "question") == (human & (said["kind"] == "question"))).all()
    assert ((said["type"] == "link") == (human & (said["kind"] == "content"))).all()
    homes = said[human].groupby("member")["group"].nunique()
    assert (homes == 1).all()
    addressed = said[said["reply_to"] >= 0]
    assert log.events is not None
    known = pd.concat([said[human], log.events])[["member", "group"]].drop_duplicates("member")
    home = known.set_index("member")["group"].astype(str)  # some have but sent a packet
    assert (addressed["reply_to"].map(home) == addressed["group"].astype(str)).all()
    assert (addressed["reply_to"] != addressed["member"]).all()


def test_money_and_members_add_up(log: ChatLog, run: Run, scenarios: list[Scenario]) -> None:
    rows = outcomes(run[0], scenarios)
    assert log.events is not None
    events = log.events.assign(group=log.events["group"].cat.codes)
    money = events.pivot_table(
        index="group", columns="event", values="fen", aggfunc="sum", observed=False
    )
    money = money.reindex(columns=list(EVENTS), fill_value=0).reindex(range(12)).fillna(0)
    assert (money["packet"] == rows["fen_sent"]).all()
    assert (money["claim"] == rows["fen_claimed"]).all()
    assert (money["refund"] == rows["fen_refunded"]).all()
    left = money["packet"] - money["claim"] - money["refund"]
    assert (left == rows["fen_outstanding"]).all()
    assert (left >= 0).all()
    assert rows["member_fen_sent"].sum() > 0
    sent = events[events["event"] == "packet"].set_index(["group", "packet"])
    taken = events[events["event"] == "claim"].groupby(["group", "packet"])[["fen", "shares"]].sum()
    assert (taken <= sent.loc[taken.index, ["fen", "shares"]]).all().all()
    count = events.pivot_table(
        index="group", columns="event", values="member", aggfunc="size", observed=False
    ).fillna(0)
    assert (count["join"] == rows["members_start"] + rows["joins"]).all()
    assert (count["join"] - count["leave"] == rows["members_end"]).all()


def test_what_is_written_is_read_back(log: ChatLog, tmp_path: Path) -> None:
    assert log.events is not None
    assert log.groups is not None
    write_log(tmp_path / "log", log.messages, log.events, log.groups)
    names = sorted(path.name for path in (tmp_path / "log").iterdir())
    assert names == ["events.parquet", "groups.csv", "messages.parquet"]
    again = read_log(tmp_path / "log")
    assert again.events is not None
    assert again.notes == ()
    for column in log.messages:
        assert again.messages[column].tolist() == log.messages[column].tolist(), column
    for column in log.events:
        assert again.events[column].tolist() == log.events[column].tolist(), column
    pd.testing.assert_frame_equal(again.groups, log.groups)
    assert log.last_second() == log.groups["closed"].max()


def test_every_event_of_a_run_can_be_read_back() -> None:
    assert set(EVENTS) == set(EVENT_TYPES)


def test_the_log_of_a_run_without_words() -> None:
    mute = parse_scenario({"group": {"size": 2}, "run": {"days": 1}, "speak": {"propensity": 0.0}})
    trace, messages, events = simulate_log([mute], 2, seed=1)
    log = chat_log(trace, messages, events, [mute])
    assert len(log.messages) == 0
    assert list(log.messages) == ["group", "member", "ts", "reply_to", "thread", "type", "kind",
                                  "operator"]  # fmt: skip
    assert log.groups is not None
    assert len(log.groups) == 2
