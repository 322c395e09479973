"""Outcomes: by hand on small traces, against scipy and plain counts, on real runs."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lives_of_logs import life_from_log

from sim.ensemble import simulate, simulate_log
from sim.lives.deaths import deaths
from sim.lives.outcomes import (
    AIM,
    COMPARED,
    IN_SWEEP,
    ON_PAGE,
    OUTCOMES,
    main_outcomes,
    median_delay_seconds,
    outcomes,
    ratio,
    summary,
    summed_in_order,
)
from sim.lives.simulated_log import chat_log
from sim.scenario import Scenario, parse_scenario
from sim.state import UTTERANCES
from sim.trace import DAY_DTYPE, DELAY_BINS, LIFE_DTYPE, Trace, delay_bin, start_life

QUIET = parse_scenario(
    {
        "group": {"size": 4},
        "run": {"days": 2},
        "operator": {"minutes_per_post": 12, "minutes_per_answer": 3, "wage_fen_per_hour": 1000},
    }
)


def small_trace() -> Trace:
    """Return two groups of four: one lives two local days, the other is empty and lasts three."""
    daily = np.zeros((2, 3), dtype=DAY_DTYPE)
    life = np.zeros(2, dtype=LIFE_DTYPE)
    for row in life:
        start_life(row, 48.0, 0.0)
    one = daily[0]
    one["looking_members"][:2] = [4, 2]
    one["posting_members"][:2] = [3, 1]
    one["looks"][:2], one["reads"][:2] = [10, 6], [20, 12]
    one["chat"][:2], one["question"][:2], one["packet"][:2] = [5, 2], [1, 0], [1, 0]
    one["turned_away"][:2], one["invitations"][:2], one["gate_fees_fen"][0] = [5, 1], [3, 1], 900
    one["invitations_lost"][1] = one["invited"][0] = 1
    one["invited_depths"][0], one["invite_rewards_fen"][0] = 2, 40
    one["replies"][:2], one["joins"][:2], one["leaves"][:2] = [2, 1], [1, 0], [0, 2]
    one["unmutes"][:2] = [0, 1]
    one["host_messages"][:2], one["removed_messages"][:2] = [1, 1], [3, 0]
    one["problems"][:2], one["problems_solved"][:2] = [4, 1], [0, 2]
    one["progress"][:2] = [0.1, 0.2]
    one["letters"][:2], one["removals"][:2], one["returns"][:2] = [2, 1], [1, 0], [0, 1]
    one["payments"][:2], one["paid_fen"][:2] = [1, 0], [300, 0]
    one["mutes"][:2], one["refused"][:2] = [1, 0], [0, 3]
    one["shill_messages"][:2], one["shills_seen_through"][0] = 1, 1
    one["operator_posts"][:2], one["operator_answers"][:2] = [2, 1], [1, 3]
    one["operator_packets"][:2], one["claims"][:2] = [1, 0], [4, 1]
    one["operator_fen"][:2], one["member_fen"][:2] = [1000, 0], [500, 0]
    one["claimed_fen"][:2], one["operator_claimed_fen"][:2] = [900, 100], [700, 50]
    one["refunded_fen"][:2] = [0, 300]
    one["questions_meant"][:2], one["questions_left"][:2] = [5, 3], [1, 1]
    one["late_answers"][:2], one["answer_wait_minutes"][:2] = [0, 4], [30, 90]
    one["prompt_answers"][:2] = [1, 0]
    one["satisfied_members"][:2] = [4, 2]
    one["calls"][:2], one["call_chances"][:2], one["call_answers"][:2] = [2, 1], [8, 2], [3, 2]
    one["check_ins"][:2], one["streaks"][:2], one["attendances"][:2] = [1, 1], [1, 2], [0, 2]
    one["orders"][:2], one["buyers"][:2], one["calls_fen"][:2] = [1, 3], [1, 1], [0, 60]
    one["order_fen"][:2], one["income_fen"][:2] = [300, 600], [100, 300]
    one["returned_fen"][:2] = [0, 350]
    one["members"][:2] = [5, 3]
    one["satisfaction"][:2], one["satisfaction_of_joined"][:2] = [0.4, 0.2], [0.4, 0.12]
    one["needs_met"][:2] = [0.5, 0.1]
    one["fatigue"][:2], one["tie_density"][:2] = [0.1, 0.3], [0.2, 0.4]
    one["members"][2] = 99  # past its end: must not count in means
    life["messages"][0], life["posters"][0] = 8, 3
    life["openers"][0], life["openers_answered"][0] = 5, 2
    life["reply_delays"][0, 20], life["claim_delays"][0, 0] = 4, 5  # 32 s up; within a second
    return Trace(
        point=np.array([0, 0]),
        replication=np.array([0, 1]),
        daily=daily,
        days=np.array([2, 3]),
        life=life,
        first_slot=np.array([0, 6, 10]),
        posts=np.array([5, 2, 0, 0, 1, 0, 0, 0, 0, 0]),
        joined=np.array([1, 1, 1, 1, 1, 0, 1, 1, 1, 1], dtype=bool),
        left=np.array([0, 0, 1, 1, 0, 0, 1, 1, 1, 1], dtype=bool),
        muted=np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool),
    )


BY_HAND = {
    "days_observed": 2.0,
    "members_start": 4,
    "members_end": 3,
    "members_mean": 4.0,
    "joins": 1,
    "refused": 3,
    "turned_away": 6,
    "admitted_share": 5 / (5 + 3 + 6),
    "invitations": 4,
    "invitations_lost": 1,
    "invited_share": 1 / 5,
    "invitation_depth": 2.0,
    "leaves": 2,
    "removals": 1,
    "returns": 1,
    "mutes": 1,
    "unmutes": 1,
    "muted_share": 1 / 3,
    "looking_members_per_day": 3.0,
    "posting_members_per_day": 2.0,
    "posting_member_days": 4,
    "posting_share_per_day": 0.5,
    "looks_per_member_day": 16 / 8,
    "reads_per_look": 2.0,
    "posters": 3,
    "lurker_share": 2 / 5,
    "messages": 8,
    "messages_chat": 7,
    "messages_question": 1,
    "messages_answer": 0,
    "messages_content": 0,
    "messages_activity": 0,
    "messages_greeting": 0,
    "messages_ad": 0,
    "messages_per_member_day": 1.0,
    "replies": 3,
    "openers": 5,
    "openers_answered_share": 0.4,
    "reply_delay_median_minutes": 2 ** (20.5 / 4) / 60,
    "gini_of_posters": 2 * (1 + 4 + 15) / (3 * 8) - 4 / 3,
    "gini_of_joined": 2 * (3 + 8 + 25) / (5 * 8) - 6 / 5,
    "burstiness": np.nan,
    "msg_total_per_day": (8 + 1 + 3 + 4 + 1) / 2,
    "operator_posts": 3,
    "operator_answers": 4,
    "host_share": 2 / 8,
    "messages_removed": 3,
    "shill_messages": 2,
    "shills_seen_through": 1,
    "answer_wait_hours": 0.5,
    "late_answers_share": 0.5,
    "missing_answers_share": 0.25,
    "three_minute_reply_share": 1 / 1,
    "no_reply_share": (1 - 4) / 1,
    "letters": 3,
    "satisfaction": 0.3,
    "satisfaction_of_joined": 0.26,
    "satisfied_members_end": 2,
    "needs_met": 0.3,
    "fatigue": 0.2,
    "habit": 0.0,
    "trust": 0.0,
    "tie_density": 0.3,
    "problems_solved_share": 2 / 5,
    "progress": 0.15,
    "operator_packets": 1,
    "member_packets": 1,
    "packets_refused": 0,
    "claims": 5,
    "claim_delay_median_seconds": 2 ** (0.5 / 4),
    "fen_sent": 1500,
    "operator_fen_sent": 1000,
    "member_fen_sent": 500,
    "fen_claimed": 1000,
    "operator_fen_claimed": 750,
    "fen_paid": 300,
    "fen_refunded": 300,
    "fen_outstanding": 200,
    "gate_fees_fen": 900,
    "acquisition_fen": 40 / 5,
    "operator_hours": (1 * 12 + 4 * 3 + 3 * 3 + 3 * 20 + 3 * 1) / 60,
    "paid_hours": 1.6,
    "hours_over_capacity": np.nan,
    "cost_fen": 750 + 1600 + 60 + 300,
    "cost_per_member": 2710 / 3,
    "cost_per_satisfied_member": 2710 / 2,
    "calls": 3,
    "call_answers": 5,
    "call_participation": 0.5,
    "check_in_streak": 1.5,
    "attendances": 2,
    "calls_fen": 60,
    "orders": 4,
    "buyers": 2,
    "repeat_share": 0.5,
    "orders_per_member_day": 4 / 8,
    "order_fen": 900,
    "income_fen": 400,
    "returned_fen": 350,
    "pending_fen": 150,
    "margin_fen": 160,
    "profit_fen": 160 - 2710,
    "buyer_value_fen": 80,
    "buyer_cost_fen": 2710 / 2,
    "order_cost_fen": 2710 / 4,
}


def test_a_small_trace_by_hand() -> None:
    row = outcomes(small_trace(), [QUIET]).iloc[0]
    truths = [o.name for o in OUTCOMES if o.unit == "true/false"]
    assert [*BY_HAND, *truths] == [outcome.name for outcome in OUTCOMES]
    for name, value in BY_HAND.items():
        assert row[name] == pytest.approx(value, nan_ok=True), name
    assert row[truths].isna().all()  # two days decide no death


def test_an_empty_group_gives_missing_values_and_no_zeros_that_mean_nothing() -> None:
    row = outcomes(small_trace(), [QUIET]).iloc[1]
    missing = [name for name in BY_HAND if np.isnan(row[name])]
    assert missing == [
        "invitation_depth",
        "muted_share",
        "posting_share_per_day",
        "looks_per_member_day",
        "reads_per_look",
        "messages_per_member_day",
        "openers_answered_share",
        "reply_delay_median_minutes",
        "gini_of_posters",
        "gini_of_joined",
        "burstiness",
        "host_share",
        "answer_wait_hours",
        "late_answers_share",
        "missing_answers_share",
        "three_minute_reply_share",
        "no_reply_share",
        "satisfaction",
        "satisfaction_of_joined",
        "needs_met",
        "fatigue",
        "habit",
        "trust",
        "tie_density",
        "problems_solved_share",
        "progress",
        "claim_delay_median_seconds",
        "hours_over_capacity",
        "cost_per_member",
        "cost_per_satisfied_member",
        "call_participation",
        "check_in_streak",
        "repeat_share",
        "orders_per_member_day",
        "buyer_value_fen",
        "buyer_cost_fen",
        "order_cost_fen",
    ]
    assert (row["lurker_share"], row["members_end"]) == (1.0, 0)


@pytest.mark.parametrize(
    ("paid_minutes", "paid_hours", "over"), [(60, 2.55, 2.05), (720, 6.0, 0.0)]
)
def test_whoever_is_on_duty_is_paid_and_idle_hours_are_shared(
    paid_minutes: int, paid_hours: float, over: float
) -> None:
    trace = small_trace()
    trace.daily["letters"] = trace.daily["calls"] = 0
    day = trace.daily[0, 0]
    day["letters"], day["calls"], day["operator_deeds"] = 10, 3, 36
    day["paid_minutes"] = paid_minutes
    shared = QUIET.with_values({"desk.groups": 2, "desk.hands": 1})
    row = outcomes(trace, [shared]).iloc[0]
    minutes = 10 * 3 + 3 * (20 - 12) + (36 + 3) * 1
    assert row["operator_hours"] == pytest.approx(1.0 + minutes / 60)
    assert row["paid_hours"] == pytest.approx(paid_hours)
    assert row["hours_over_capacity"] == pytest.approx(over)
    assert row["cost_fen"] == 750 + 60 + 300 + round(1000 * paid_hours)


def test_the_table_of_outcomes_is_documented() -> None:
    names = [outcome.name for outcome in OUTCOMES]
    assert len(names) == len(set(names))
    assert "dead_silent_week2" in names
    assert "never_started" in names
    assert all(o.unit and len(o.definition) >= 4 and o.better in ("", "more", "less")
               for o in OUTCOMES)  # fmt: skip
    assert not any("active" in name for name in names)


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=200))
def test_the_median_delay_lies_within_a_bin_of_the_true_one(seconds: list[float]) -> None:
    histogram = np.zeros((1, DELAY_BINS), dtype=np.int64)
    for delay in seconds:
        histogram[0, delay_bin(delay / 3600.0)] += 1
    ordered = sorted(seconds)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    found = median_delay_seconds(histogram)[0]
    assert low / 2**0.25 * 0.999 <= found <= high * 2**0.25 * 1.001


def test_burstiness_of_regular_and_of_random_gaps() -> None:
    rng = np.random.default_rng(3)
    trace = small_trace()
    for row, gaps in zip(
        trace.life, (np.full(999, 0.5), rng.exponential(2.0, 20_000)), strict=True
    ):
        row["messages"], row["gap_sum_hours"] = len(gaps) + 1, gaps.sum()
        row["gap_squares"] = (gaps**2).sum()
    of_regular, of_random = outcomes(trace, [QUIET])["burstiness"]
    assert of_regular == pytest.approx(-1.0, abs=1e-6)
    assert of_random == pytest.approx(0.0, abs=0.02)


def test_twelve_thousand_groups_take_less_than_two_seconds() -> None:
    groups, slots = 12_000, 150
    rng = np.random.default_rng(5)
    daily = np.zeros((groups, 15), dtype=DAY_DTYPE)
    daily["members"], daily["posting_members"] = 100, 7
    life = np.zeros(groups, dtype=LIFE_DTYPE)
    life["observed_hours"], life["first_hours"] = 336.0, -1.0
    trace = Trace(
        point=np.repeat(np.arange(120), 100),
        replication=np.tile(np.arange(100), 120),
        daily=daily,
        days=np.full(groups, 15),
        life=life,
        first_slot=np.arange(groups + 1) * slots,
        posts=rng.poisson(0.7, groups * slots),
        joined=np.ones(groups * slots, dtype=bool),
        left=np.zeros(groups * slots, dtype=bool),
        muted=np.zeros(groups * slots, dtype=bool),
    )
    start = time.process_time()
    rows = outcomes(trace, [QUIET] * 120)
    seconds = time.process_time() - start
    assert len(rows) == groups
    assert seconds < 2.0
    start = time.process_time()
    assert len(summary(rows, by=["point"])) == 120 * len(OUTCOMES)
    assert time.process_time() - start < 4.0


@pytest.fixture(scope="module")
def played() -> tuple[Trace, np.ndarray, np.ndarray, list[Scenario]]:
    """Two scenarios, eight groups each: one with packets and posts, one with a planned end."""
    policies = {"cadence": {"posts_per_day": 2}, "red_packets": {"fen_per_day": 1500}}
    lively = {"group": {"size": 25}, "run": {"days": 16}, "policies": policies}
    flash = {
        "group": {"size": 12, "planned_end_days": 9, "start_hour": 15, "start_weekday": 4},
        "run": {"days": 16},
    }
    scenarios = [parse_scenario(lively), parse_scenario(flash)]
    return (*simulate_log(scenarios, 8, seed=3), scenarios)


def test_a_run_adds_up(played: tuple[Trace, np.ndarray, np.ndarray, list[Scenario]]) -> None:
    trace, messages, _, scenarios = played
    rows = outcomes(trace, scenarios)
    assert rows["point"].tolist() == [0] * 8 + [1] * 8
    assert (rows["messages"] == trace.life["messages"]).all()
    assert (rows["messages"] == rows[[f"messages_{kind}" for kind in UTTERANCES]].sum(axis=1)).all()
    said = pd.Series(messages["group"][messages["member"] >= 0]).value_counts()
    assert said.reindex(range(16), fill_value=0).tolist() == rows["messages"].tolist()
    assert (rows["openers"] <= rows["messages"]).all()
    assert rows["members_start"].tolist() == [25] * 8 + [12] * 8
    assert (rows["members_start"] + rows["joins"] - rows["leaves"] == rows["members_end"]).all()
    assert (rows["fen_outstanding"] >= 0).all()
    assert (rows["operator_fen_sent"] >= rows["operator_fen_claimed"]).all()
    assert rows["cost_fen"].dtype == np.int64
    assert (rows["days_observed"] == np.repeat([16.0, 9.0], 8)).all()
    assert rows["dead_silence_7d_by_day7"].isna().tolist() == [False] * 8 + [True] * 8
    shares = rows.filter(regex="share|satisfaction|gini|density").to_numpy(dtype=float)
    assert ((shares >= 0) & (shares <= 1) | np.isnan(shares)).all()


def test_deaths_of_a_run_and_of_its_log_are_the_same(
    played: tuple[Trace, np.ndarray, np.ndarray, list[Scenario]],
) -> None:
    trace, messages, events, scenarios = played
    life = life_from_log(chat_log(trace, messages, events, scenarios))
    told = [name for name in LIFE_DTYPE.names or () if name not in (
        "planned_end_hours", "ended_hours", "openers", "openers_answered", "packets_refused",
        "reply_delays", "claim_delays", "distinct_week2", "answered_week2")]  # fmt: skip
    for name in told:
        np.testing.assert_allclose(life[name], trace.life[name], atol=1e-6, err_msg=name)
    of_trace, of_log = deaths(trace), deaths(life)
    pd.testing.assert_frame_equal(of_trace, of_log)
    assert of_trace.notna().sum(axis=None) > 100


def test_outcomes_do_not_depend_on_what_else_is_run() -> None:
    scenarios = [QUIET, QUIET.with_values({"group.size": 9})]
    both = outcomes(simulate(scenarios, 3, seed=5), scenarios)
    alone = outcomes(simulate(scenarios[1:], 3, seed=5), scenarios[1:])
    later = both[both["point"] == 1].reset_index(drop=True).drop(columns="point")
    pd.testing.assert_frame_equal(later, alone.drop(columns="point"))


@settings(max_examples=10)
@given(
    horizons=st.lists(
        st.tuples(st.floats(0.05, 20), st.one_of(st.just(0.0), st.floats(1, 15))),
        min_size=2,
        max_size=4,
    ),
)
def test_a_community_beside_longer_and_shorter_ones_is_the_same_to_the_bit(
    horizons: list[tuple[float, float]],
) -> None:
    scenarios = [
        parse_scenario(
            {
                "group": {"size": 12, "planned_end_days": end, "start_hour": 7 * n % 24},
                "run": {"days": days},
                "policies": {"cadence": {"posts_per_day": 2}, "revive": {"silent_hours": 9}},
            }
        )
        for n, (days, end) in enumerate(horizons)
    ]
    together = outcomes(simulate(scenarios, 2, seed=3), scenarios)
    for point, one in enumerate(scenarios):
        alone = outcomes(simulate([one], 2, seed=3, block_groups=1), [one]).drop(columns="point")
        beside = together[together["point"] == point].drop(columns="point")
        pd.testing.assert_frame_equal(alone, beside.reset_index(drop=True), check_exact=True)


def test_days_without_anything_change_no_bit_of_a_sum() -> None:
    short = np.full((1, 9), 0.1)
    longer = np.concatenate([short, np.zeros((1, 4))], axis=1)
    assert summed_in_order(short) == summed_in_order(longer)
    assert ratio([1, 1], [4, 0]).tolist() == pytest.approx([0.25, np.nan], nan_ok=True)


def test_the_main_outcomes_are_nested_and_what_is_paid_comes_last() -> None:
    aims, in_sweep, on_page, compared = (
        [one.name for one in main_outcomes(least)] for least in (AIM, IN_SWEEP, ON_PAGE, COMPARED)
    )
    assert aims == ["posting_members_per_day", "satisfaction", "dead_silent_week2", "cost_fen"]
    assert set(in_sweep) - set(aims) == {"messages_per_member_day"}
    assert set(on_page) - set(in_sweep) == {"posting_share_per_day"}
    assert set(compared) - set(on_page) == {
        "openers_answered_share",
        "reply_delay_median_minutes",
        "fatigue",
        "muted_share",
        "members_end",
        "operator_hours",
    }
    for one in main_outcomes(ON_PAGE):
        assert all((one.heading, one.phrase, one.meaning))
        assert one.better in ("more", "less")
    assert all(one.short for one in main_outcomes(IN_SWEEP))
