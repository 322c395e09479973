"""The twin of a group: what is made of a log, what a check finds, and changes from today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.ensemble import simulate, simulate_log
from sim.errors import InputError
from sim.lives.health import GroupLog, group_log
from sim.lives.simulated_log import chat_log
from sim.policies.timetable import read_rows
from sim.scenario import Scenario, load_scenario
from sim.state import KINDS
from sim.study import twin as made
from sim.study.twin import ShortLogError, checked, differences, from_today, shown, tried, twin_of

DAYS, SIZE = 40, 60
CHANGE = {"policies.cadence.posts_per_day": 6}


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario("configs/base.toml", {"group.size": SIZE, "run.days": DAYS})


@pytest.fixture(scope="module")
def log(base: Scenario) -> GroupLog:
    return log_of(base)


def log_of(scenario: Scenario, replication: int = 0) -> GroupLog:
    chat = chat_log(*simulate_log([scenario], [replication], 1, threads=1), [scenario])
    return group_log(chat, str(chat.groups["group"].iloc[0]), 8 * 3600.0)


@pytest.fixture(scope="module")
def twin(log: GroupLog, base: Scenario, tmp_path_factory: pytest.TempPathFactory) -> made.Twin:
    return twin_of(log, None, base, tmp_path_factory.mktemp("twin"))


def test_shown_by_hand() -> None:
    group = np.array([0, 0, 0, 1, 0])
    member = np.array([7, 7, 8, 9, 7])
    hours = np.array([30.0, 31.0, 200.0, 100.0, 999.0])  # the last is after the days asked for
    found = shown((group, member, hours), 3, (1, 15))
    assert found.messages.tolist() == [3 / 14, 1 / 14, 0.0]
    assert found.people.tolist() == [1.0, 0.5, 0.0]
    assert found.hours[0].tolist() == [0, 0, 2 / 3 + 1 / 3, 0, 0, 0, 0, 0]
    assert np.isnan(found.hours[2]).all()


def test_a_twin_has_the_members_joins_posts_and_ties_of_its_group(log, twin) -> None:
    params, ages = twin.scenario.params, log.happened[log.happened["event"] == "join"]
    assert (twin.run_in_days, twin.days) == (0, DAYS + 1)  # created at nine, so to the 41st day
    founders = int((ages["ts"] <= log.created + 3600).sum())
    assert params.group.size == founders >= SIZE
    joined = len(ages) - founders
    expected = params.arrivals.per_day * (DAYS + params.arrivals.burst_ratio * 2.0)
    assert expected == pytest.approx(joined, rel=0.15)
    rows = read_rows(Path(twin.scenario.policies[0].policy.file))
    posts = (log.member < 0) & np.isin(log.kind, [log.kinds.index("content")])
    written = [row for row in rows if row["kind"] == "content" and row["day"] <= DAYS]
    assert len(written) >= posts.sum()
    assert Path(params.ties.graph).read_text().startswith("member,other,weight\n")
    assert params.rhythm.peak_hour == pytest.approx(20.5, abs=3)


def test_the_twin_of_a_simulated_group_matches_it(log, twin) -> None:
    found = checked(twin, log, 60, 1)
    assert [one.what for one in found] == ["messages", "people", "rhythm"]
    assert all(one.holds for one in found)


def test_a_group_that_falls_silent_unforeseen_does_not_match(log, twin) -> None:
    late = log.ts < log.ts[0] + (DAYS // 2) * 86_400
    every = late | (np.arange(len(late)) % 12 == 0)
    columns = ("ts", "member", "kind", "reply_to", "asks")
    quiet = replace(log, **{name: getattr(log, name)[every] for name in columns})
    found = {one.what: one.holds for one in checked(twin, quiet, 60, 1)}
    assert not (found["messages"] and found["people"])


def test_a_group_that_talks_at_other_hours_does_not_match(log, twin) -> None:
    shift = 11 * 3600.0
    found = {one.what: one for one in checked(twin, replace(log, ts=log.ts + shift), 60, 1)}
    past = replace(log, until=log.until)  # its own halves keep to the same hours
    assert found["rhythm"].middle < {o.what: o for o in checked(twin, past, 60, 1)}["rhythm"].middle
    assert not found["rhythm"].holds


@pytest.mark.parametrize("days", [1.0, 12.0])
def test_too_short_a_log_has_no_twin(log, base, tmp_path, days) -> None:
    until = log.ts[0] + days * 86_400
    kept = log.ts <= until
    columns = ("ts", "member", "kind", "reply_to", "asks")
    short = replace(log, until=until, **{name: getattr(log, name)[kept] for name in columns})
    with pytest.raises(ShortLogError, match="a twin needs"):
        twin_of(short, None, base, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_older_group_is_played_before_its_log(log, base, tmp_path) -> None:
    older = replace(log, created=np.nan)
    twin = twin_of(older, 200, base, tmp_path)
    assert twin.run_in_days == made.RUN_IN_DAYS
    assert twin.scenario.params.group.start_hour == 0
    assert any("older than its log" in line for line in twin.assumed)
    assert not any("--members" in line for line in twin.assumed)
    rows = pd.read_csv(tmp_path / "timetable.csv")
    before = rows[rows["day"] < made.RUN_IN_DAYS]
    first = rows[rows["day"].between(made.RUN_IN_DAYS, 2 * made.RUN_IN_DAYS - 1)]
    assert before["time"].tolist() == first["time"].tolist()
    assert rows["day"].max() < twin.today + made.AHEAD_DAYS


def test_members_who_are_not_known_to_join_first_wrote_then(log, base, tmp_path) -> None:
    without = log.happened[log.happened["event"] != "join"]
    twin = twin_of(replace(log, happened=without), None, base, tmp_path)
    assert any("first wrote after a week" in line for line in twin.assumed)
    assert twin.scenario.params.arrivals.per_day > 0
    given = twin_of(replace(log, happened=without), 166, base, tmp_path)
    assert given.scenario.params.group.size == 166 + (log.happened["event"] == "leave").sum()
    assert given.scenario.params.arrivals.per_day == 0


@pytest.mark.parametrize("instead", [False, True])
def test_a_change_begins_today_and_shares_all_that_was_before(twin, instead) -> None:
    now, new = from_today(twin, tried(twin.scenario, CHANGE, instead))
    assert now.days == new.days == twin.today + made.AHEAD_DAYS
    trace = simulate([now, new], 5, 1, threads=1)
    first, second = trace.daily[:5], trace.daily[5:]
    assert first[:, : twin.today].tobytes() == second[:, : twin.today].tobytes()
    posts = first["operator_posts"], second["operator_posts"]
    later = slice(twin.today, twin.today + made.AHEAD_DAYS - 1)
    usual = posts[0][:, later].mean()
    assert usual == pytest.approx(2, abs=0.2)  # as in the log: the team goes on
    assert posts[1][:, later].mean() == pytest.approx(6 + usual * (not instead), abs=0.3)


def test_a_reactive_policy_and_standing_orders_begin_today(twin) -> None:
    changes = {"policies.revive.silent_hours": 4.0, "policies.gate.fee_fen": 100_000}
    now, new = from_today(twin, tried(twin.scenario, changes, False))
    trace = simulate([now, new], 5, 1, threads=1)
    first, second = trace.daily[:5], trace.daily[5:]
    assert first[:, : twin.today].tobytes() == second[:, : twin.today].tobytes()
    after = slice(twin.today + 1, None)
    assert second["operator_posts"][:, after].sum() > first["operator_posts"][:, after].sum()
    assert second["joins"][:, after].sum() < first["joins"][:, after].sum()


def test_packets_stand_in_the_timetable_and_what_is_not_known_of_them_is_said(
    log, base, tmp_path
) -> None:
    sent = pd.DataFrame(
        {
            "ts": log.ts[0] + np.array([9.0, 10.0, 11.0]) * 86_400,
            "event": "packet",
            "member": -1,
            "operator": [0, 0, -1],
            "fen": [-1, 500, 700],
            "shares": [-1, 5, 7],
        }
    )
    twin = twin_of(replace(log, happened=pd.concat([log.happened, sent])), None, base, tmp_path)
    rows = pd.read_csv(tmp_path / "timetable.csv")
    packets = rows[(rows["kind"] == "packet") & (rows["day"] <= DAYS)]
    assert packets[["fen", "shares"]].to_numpy().tolist() == [[1000, 10], [500, 5]]
    assert any("packets of unknown amount" in line for line in twin.assumed)
    assert simulate([twin.scenario], 1, 1).daily["operator_fen"].sum() == 1500


def test_no_change_makes_no_difference(twin) -> None:
    now, new = from_today(twin, twin.scenario.policies)
    for pair in differences(now, new, twin.today, 6, 1).values():
        assert pair.difference == 0.0


def test_only_what_the_team_does_can_change_from_today(twin) -> None:
    with pytest.raises(InputError, match="only what the team does can change from today"):
        tried(twin.scenario, {"group.size": 50}, False)


def test_every_kind_of_message_has_one_in_a_timetable_but_answers() -> None:
    assert {"chat", "question", "content", "msg", "bot"} <= set(made.KINDS)
    assert set(made.KINDS.values()) <= set(KINDS)
    assert "answer" not in made.KINDS
