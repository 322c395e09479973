"""Published effects: the table of them, how a row is judged, and how rows are played."""

from __future__ import annotations

import json
import math
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli import main
from sim.cli.terminal import UNWRAPPED_WIDTH
from sim.errors import InputError
from sim.params import parameters
from sim.people import People
from sim.scenario import Scenario
from sim.scenario.scenario import value_of
from sim.state import ACTS, CALL_NAMES, Setting
from sim.stats.intervals import Estimate
from sim.trace import CLAIMED, EVENT_DTYPE, JOIN, LEAVE, MESSAGE_DTYPE, SENT, TOOK_PART
from sim.validation import measures, trials
from sim.validation.arms import Arm
from sim.validation.benchmark import (
    BAND,
    DIFFERENCE,
    IN_BAND,
    MISSED,
    NO_EFFECT,
    NOT_APPLICABLE,
    ORDER,
    PUBLISHED,
    RATIO,
    SIGN_RIGHT,
    Finding,
    Published,
    sums,
)
from sim.validation.field import packet_values
from sim.validation.rooms import MEMBERS_IN_ROOM
from sim.validation.treatments import Watching, treatment

SOME = next(iter(PUBLISHED.values()))
EVERYTHING = ["written", 0, 84]


def published(judged: str, side: str = "", use: str = "sign", **more) -> Published:
    told = {"value": "", "low": math.nan, "high": math.nan, "sets": "", "needs": "", **more}
    return replace(SOME, judged=judged, side=side, use=use, **told)


def found(row: Published, *parts: tuple[float, float, float]) -> Finding:
    return Finding(row, tuple(Estimate(*part, 0.0, 2) for part in parts), 2)


# --- the table ------------------------------------------------------------------------------------


def test_of_38_rows_35_count_and_each_is_played_or_says_what_it_needs() -> None:
    assert len(PUBLISHED) == 38
    assert sum(row.counts for row in PUBLISHED.values()) == 35
    for name, row in PUBLISHED.items():
        assert (name in trials.TRIALS) == bool(row.played) == (not row.needs), name
    assert trials.TRIALS.keys() <= PUBLISHED.keys()


@pytest.mark.parametrize("row", PUBLISHED.values(), ids=lambda row: row.id)
def test_a_row_can_be_judged(row: Published) -> None:
    assert row.judged in (RATIO, DIFFERENCE, ORDER, BAND)
    assert bool(row.sides) == (row.judged in NO_EFFECT)
    assert row.has_band <= (row.low < row.high)
    assert set(row.parameters) <= parameters().keys()
    if row.judged == ORDER:
        assert len(row.values) > 2
    elif row.judged in NO_EFFECT and row.values:  # the published number is on its own side
        none = NO_EFFECT[row.judged]
        assert [int(np.sign(value - none)) for value in row.values] == list(row.sides)
    if row.has_band:
        assert all(row.low <= value <= row.high for value in row.values)


# --- judging --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "parts", "verdict"),
    [
        (published(RATIO, "+"), [(1.2, 1.1, 1.3)], SIGN_RIGHT),
        (published(RATIO, "+"), [(1.2, 0.9, 1.5)], MISSED),  # no effect is within
        (published(RATIO, "+"), [(0.8, 0.7, 0.9)], MISSED),
        (published(RATIO, "-"), [(0.8, 0.7, 0.9)], SIGN_RIGHT),
        (published(RATIO, "-"), [(0.8, 0.7, 1.0)], MISSED),
        (published(DIFFERENCE, "+"), [(0.2, 0.1, 0.3)], SIGN_RIGHT),
        (published(DIFFERENCE, "-"), [(0.2, 0.1, 0.3)], MISSED),
        (published(DIFFERENCE, "-"), [(-0.2, -0.3, -0.1)], SIGN_RIGHT),
        (published(DIFFERENCE, "+"), [(math.nan,) * 3], MISSED),  # nothing is seen
        (published(DIFFERENCE, "+"), [(0.2, math.nan, math.nan)], MISSED),  # two groups are few
        (published(DIFFERENCE, "-;+"), [(-0.2, -0.3, -0.1), (0.2, 0.1, 0.3)], SIGN_RIGHT),
        (published(DIFFERENCE, "-;+"), [(-0.2, -0.3, -0.1), (-0.2, -0.3, -0.1)], MISSED),
        (published(ORDER, value=".1;.4;.3"), [(1, 0, 2), (9, 8, 9), (5, 0, 6)], SIGN_RIGHT),
        (published(ORDER, value=".1;.4;.3"), [(1, 0, 2), (5, 4, 6), (9, 8, 9)], MISSED),
        (published(BAND, low=0.0, high=0.2), [(0.1, -1.0, 1.0)], IN_BAND),
        (published(BAND, low=0.0, high=0.2), [(0.3, 0.1, 0.5)], MISSED),
        (published(BAND, low=-1.0, high=1.0, use="band"), [(0.0, -0.1, 0.1)], IN_BAND),
        (published(RATIO, "+", "band", low=1.1, high=1.5), [(1.2, 1.1, 1.3)], IN_BAND),
        (published(RATIO, "+", "band", low=1.1, high=1.5), [(1.2, 0.9, 1.5)], MISSED),  # no sign
        (published(RATIO, "+", "band", low=1.1, high=1.5), [(2.2, 2.1, 2.3)], SIGN_RIGHT),
        (published(RATIO, "+", low=1.1, high=1.5), [(1.2, 1.1, 1.3)], SIGN_RIGHT),  # sign alone
        (published(RATIO, "+"), [], NOT_APPLICABLE),
    ],
)
def test_a_row_is_judged_by_side_order_or_band(row, parts, verdict) -> None:
    assert found(row, *parts).verdict == verdict


@pytest.mark.parametrize(
    ("row", "parts", "times"),
    [
        (published(RATIO, "+", value="1.4"), [(1.1, 1.0, 1.2)], 1.0),  # .2 of .4 is exact
        (published(RATIO, "+", value="1.4"), [(1.1, 0.91, 1.29)], 1.0),  # and so is .38
        (published(RATIO, "+", value="1.4"), [(1.1, 0.7, 1.5)], 4.0),  # twice as wide: 4 times
        (published(DIFFERENCE, "-", value="-2"), [(9.0, 6.0, 12.0)], 9.0),
        (published(DIFFERENCE, "-"), [(0.0, -0.1, 0.1)], 4.0),  # the sign alone: .1
        (published(DIFFERENCE, "-;+"), [(0.0, -0.01, 0.01), (0.0, -0.1, 0.1)], 4.0),
        (published(BAND, value="0.1", low=0.0, high=0.3), [(9.0, 8.9, 9.1)], 4.0),
        (published(ORDER, value="1;2;3"), [(10, 9, 11), (20, 15, 25), (30, 29, 31)], 1.0),
        (published(ORDER, value="1;2;3"), [(10, 9, 11), (20, 10, 30), (30, 29, 31)], 4.0),
        (published(RATIO, "+", value="1.4"), [(math.nan,) * 3], 2.0),
        (published(RATIO, "+", value="1.4"), [], 1.0),
    ],
)
def test_a_row_is_exact_when_its_interval_is_half_as_long_as_the_effect(row, parts, times) -> None:
    one = found(row, *parts)
    assert one.times_more == pytest.approx(times)
    assert (trials.more_groups(one, 100, 100) == 100) == (times == 1.0)


@given(first=st.integers(2, 1000), times=st.floats(1, 10), half=st.floats(0, 100))
def test_a_row_is_never_played_in_more_than_the_most_groups(first, times, half) -> None:
    now = round(first * times)
    one = found(published(RATIO, "+", value="1.4"), (1.1, 1.1 - half, 1.1 + half))
    assert now <= trials.more_groups(one, first, now) <= trials.MOST_TIMES * first


numbers = st.floats(-3, 3)


@given(
    judged=st.sampled_from(list(NO_EFFECT)), value=numbers, half=st.floats(0, 2), low=numbers,
    wide=st.floats(0, 3),
)  # fmt: skip
def test_a_band_counts_only_with_its_sign_and_one_side_at_most_is_right(
    judged, value, half, low, wide
) -> None:
    above, below = (
        found(
            published(judged, side, "band", low=low, high=low + wide),
            (value, value - half, value + half),
        )
        for side in "+-"
    )
    assert not (above.is_sign_right and below.is_sign_right)
    none = NO_EFFECT[judged]
    far = abs(value - none) - half
    if abs(far) > 1e-9:  # else rounding decides
        assert (above.is_sign_right or below.is_sign_right) == (far > 0)
    for one in (above, below):
        assert one.is_in_band == (one.is_sign_right and low <= value <= low + wide)


def test_contested_rows_and_single_cases_are_not_counted_and_missing_ones_are_missed() -> None:
    right = (1.2, 1.1, 1.3)
    rows = [
        found(published(RATIO, "+", "band", low=1.1, high=1.5, sets="speak.audience"), right),
        found(published(RATIO, "+", "band", low=1.5, high=1.9), right),
        found(published(RATIO, "-", "sign (concave)"), right),
        found(published(RATIO, "+", "show both"), right),
        found(published(BAND, use="never fit", low=1.0, high=2.0), right),
        found(published(RATIO, "+", "band", low=1.1, high=1.5)),
    ]
    assert vars(sums(rows)) == {
        "rows": 4, "signs_right": 2, "bands": 3, "in_band": 1, "not_applicable": 1, "set_rows": 1,
    }  # fmt: skip


# --- what is counted in an arm --------------------------------------------------------------------


class Left:
    """What an arm asks of a trace."""

    groups = 2
    first_slot = np.array([0, 3, 5])
    joined = np.array([True, True, True, True, False])
    left = np.array([False, False, True, False, False])
    muted = np.array([True, False, True, False, True])
    life = np.zeros(2, [("observed_hours", np.float64)])
    life["observed_hours"] = 240.0


def arm(said=(), events=()) -> Arm:
    messages = np.zeros(len(said), MESSAGE_DTYPE)
    for row, (group, day, member, reply_to) in zip(messages, said, strict=True):
        row["group"], row["time_hours"] = group, 24.0 * day
        row["member"], row["reply_to"] = member, reply_to
    rows = np.zeros(len(events), EVENT_DTYPE)
    for row, (group, hours, event, member, fen, *shares) in zip(rows, events, strict=True):
        row["group"], row["time_hours"], row["event"] = group, hours, event
        row["member"], row["fen"], row["shares"] = member, fen, sum(shares)
    return Arm(Left(), messages, rows, size=2, reserve=1)


SAID = [
    (0, 0.5, 0, -1), (0, 1.0, 1, 0), (0, 3.0, 1, -2), (0, 3.5, 2, -9),  # 2 came later
    (0, 4.0, -1, -1), (1, 1.0, 0, -1),
]  # fmt: skip


def test_messages_of_members_and_of_founders_are_counted_by_days() -> None:
    assert arm(SAID).written(0, 9).tolist() == [4, 1]
    assert arm(SAID).written(1, 3).tolist() == [1, 1]
    assert arm(SAID).written(0, 9, "founders").tolist() == [3, 1]
    assert arm(SAID).written(0, 9, "even").tolist() == [2, 1]
    assert arm(SAID).writers(0, 9).tolist() == [3, 1]
    assert arm(SAID).reactions().tolist() == [2, 0]
    vote, idea = ((0, 9.0, TOOK_PART, 0, 0, CALL_NAMES.index(name)) for name in ("vote", "idea"))
    assert arm(SAID, [vote, idea]).reactions().tolist() == [3, 0]  # ideas are said
    assert arm(SAID).unprompted().written(0, 9).tolist() == [2, 1]
    assert arm().written(0, 9).tolist() == [0, 0]


def test_who_wrote_early_and_writes_on_is_kept() -> None:
    assert arm(SAID).kept_share(2, 9).tolist() == [0.5, 0.0]
    assert np.isnan(arm().kept_share(2, 9)).all()


def test_the_muted_are_counted_among_the_present() -> None:
    assert arm().muted_share().tolist() == [0.5, 0.0]


def test_money_and_claims_are_counted_by_hours_without_the_team() -> None:
    events = [
        (0, 1.0, SENT, -1, 500), (0, 2.0, SENT, 1, 100), (0, 9.0, SENT, 1, 100),
        (1, 2.5, CLAIMED, 0, 7),
    ]  # fmt: skip
    assert arm((), events).happened(SENT, "fen", 0.0, 8.0).tolist() == [100, 0]
    assert arm((), events).happened(CLAIMED, "one", 2.0, 1.0).tolist() == [0, 1]


SECOND = MEMBERS_IN_ROOM  # number of the first member of the second group


def test_members_messages_are_counted_since_times_of_their_own() -> None:
    who, since = np.array([0, 1, 2, SECOND, SECOND + 9]), np.array([0.0, 24.0, 84.0, 30.0, 0.0])
    assert arm(SAID).counted(who, since, 0.0, 49.0).tolist() == [1, 2, 1, 0, 0]
    assert arm(SAID).counted(who, since, 24.0, 480.0).tolist() == [0, 1, 0, 0, 0]
    assert arm(SAID).first_messages(who).tolist() == [12.0, 24.0, 84.0, 24.0, np.inf]
    assert arm().counted(who, since, 0.0, 49.0).tolist() == [0] * 5
    assert np.isinf(arm().first_messages(who)).all()


def test_guests_sit_in_the_last_slots_and_leave_at_their_own_rate() -> None:
    events = [
        (0, 0.0, JOIN, 0, 0), (0, 24.0, JOIN, 1, 0), (0, 48.0, JOIN, 2, 0),  # 2 is a guest
        (0, 96.0, LEAVE, 2, 0), (0, 99.0, LEAVE, 0, 0),
    ]  # fmt: skip
    one = arm((), events)
    assert [each.tolist() for each in one.newcomers()] == [[1, 2], [24.0, 48.0]]
    assert [each.tolist() for each in one.exits(guests=True)] == [[1, 0], [2, 0]]
    assert [each.tolist() for each in one.exits(guests=False)] == [[0, 0], [9, 0]]


# --- what is measured between arms ----------------------------------------------------------------


def test_a_change_is_a_ratio_less_one() -> None:
    ratio, less = measures.ratios, measures.changes
    few, many = (arm([(0, 1.0, 0, -1)] * n + [(1, 1.0, 0, -1)] * n) for n in (2, 3))
    assert ratio([EVERYTHING], few, many)[0].value == pytest.approx(1.5)
    assert less([EVERYTHING], few, many)[0].value == pytest.approx(0.5)


JOINED = [(0, 24.0, JOIN, 2, 0), (1, 24.0, JOIN, 1, 0)]


def test_newcomers_who_stay_are_counted_in_points_of_those_who_wrote_first() -> None:
    measure = partial(measures.active_newcomers, 21, 28, 9, True)
    first = [(0, 1.5, 2, -1), (1, 1.5, 1, -1)]
    control = arm(first, JOINED)
    treated = arm([*first[:1], (0, 25.0, 2, -1), *first[1:]], JOINED)
    assert measure(control, treated)[0].value == pytest.approx(50.0)
    assert np.isnan(measure(arm((), JOINED), arm((), JOINED))[0].value)


def test_only_newcomers_whom_nobody_follows_are_compared() -> None:
    measure = partial(measures.answered_return, 9)
    talk = [(0, 2.0, 2, -1), (1, 2.0, 1, -1), (1, 2.5, 0, 1)]  # the second one has company
    control, treated = arm(talk, JOINED), arm([*talk[:1], (0, 9.0, 2, -1), *talk[1:]], JOINED)
    assert measure(control, treated)[0].value == pytest.approx(100.0)


def test_the_top_poster_is_followed() -> None:
    before = [(0, 1.0, 1, -1), (0, 2.0, 1, -1), (0, 2.5, 0, -1)]
    after = [(0, 5.0, 1, -1), (0, 6.0, 0, -1), (0, 6.5, 0, -1)]
    second = [(1, 1.0, 0, -1), (1, 5.0, 0, -1)]
    control = arm([*before, *after, *second])
    treated = arm([*before, (0, 4.5, 1, -1), *after, *second])
    assert measures.of_the_top(4, 9, control, treated)[0].value == pytest.approx(1.5)


def test_those_at_a_gathering_are_compared_with_themselves() -> None:
    came = [(0, 9.0, TOOK_PART, 0, 0, 2), (1, 9.0, TOOK_PART, 0, 0, 2)]
    before = [(0, 2.0, 0, 1), (0, 2.5, 1, 0), (1, 2.0, 0, 1)]
    control = arm(before)
    treated = arm([*before[:1], (0, 2.2, 0, 2), *before[1:]], came)
    assert measures.attenders_talk(1, 9, control, treated)[0].value == pytest.approx(0.5)
    assert measures.talk_to_absent(1, 9, control, treated)[0].value == pytest.approx(0.5)


# --- what arms differ in, and how they are played -------------------------------------------------


def test_so_many_calls_a_week_are_spread_over_its_days() -> None:
    call = {"code": "order", "hours": 14.0, "fen": 100}
    acts = treatment("spread", 3, 10.0, call).plan(Setting(days=14.0)).acts
    assert (acts["time_hours"] // 24).tolist() == [0, 2, 4, 7, 9, 11]
    assert set(acts["time_hours"] % 24) == {1.0}  # creation is at 9
    assert set(acts["until_hours"] - acts["time_hours"]) == {14.0}


class Seen:
    """What a treatment asks of an observation: an hour, and a group of three members."""

    time_hours = 100.0
    people = People(
        np.zeros(3, np.int64), np.arange(3), 100.0, np.arange(3),
        {
            "present": np.array([1, 1, 1]),
            "posts": np.array([4, 2, 0]),
            "joined_hours": np.array([0.0, 95.0, 96.0]),
            "last_post_hours": np.array([97.0, 96.0, -np.inf]),
            "last_act_hours": np.array([-np.inf, -np.inf, 99.0]),
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("named", "kind", "who"),
    [
        (("paying", 200), "pay", [0, 1]),
        (("answering_all", "chat"), "chat", [0, 1]),
        (("answering_first_messages",), "answer", [1]),
        (("setting_tasks",), "activity", [1, 2]),
        (("writing_to_newcomers", 0.3), "letter", [1, 2]),
    ],
)
def test_a_treatment_reaches_whom_it_is_for(named, kind: str, who: list[int]) -> None:
    acts = treatment(*named).act(Seen()).acts
    assert acts["to"].tolist() == who
    assert {ACTS[number] for number in acts["kind"]} == {kind}


def test_a_value_is_set_multiplied_or_a_policy() -> None:
    before = Scenario()
    values = {"group.size": 7, "reaction.draw_max": {"times": 0.5}, "policies.own": ["paying", 2]}
    after = trials.changed(before, values)
    assert value_of(after, "group.size") == 7
    assert value_of(after, "reaction.draw_max") == 0.5 * before.params.reaction.draw_max
    assert [type(named.policy) for named in after.policies] == [Watching]


def test_packets_of_the_claims_are_those_of_the_field() -> None:
    expected = packet_values(Scenario())
    assert expected.pop("group.cap") == Scenario().params.group.cap
    for name in ("yuan2024", "yuan2024_margin", "yuan2024_luckiest"):
        assert trials.TRIALS[name].common == expected


@pytest.mark.parametrize("name", trials.TRIALS)
def test_every_trial_can_be_laid_out(name: str) -> None:
    trial = trials.TRIALS[name]
    jobs = trials.jobs_of(trial, range(3)) + trials.jobs_of(trial, range(3, 7))
    for at in range(len(trial.arms)):
        played = [group for job in jobs if job.arm == at for group in job.groups]
        assert sorted(played) == list(range(7 * trials.SMALL_ROOMS.get(trial.people, 1)))


def run(names, groups=3, seed=1):
    return trials.run_benchmark(names, groups, seed, None, lambda *_: nullcontext(lambda *_: None))


QUICK = ("ashton", "shop_packet", "likes_orders")


def test_rows_are_played_and_the_same_seed_gives_the_same_numbers() -> None:
    first = run(QUICK)
    assert first == run(QUICK)
    assert first != run(QUICK, seed=2)
    share, claimed, missing = first
    assert 0 <= share.estimates[0].value <= 1
    assert 0 <= claimed.estimates[0].value <= 1
    assert missing.verdict == NOT_APPLICABLE


def test_two_equal_arms_differ_in_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ashton = trials.TRIALS["ashton"]
    alike = replace(ashton, arms=[{}, {}], measure=["ratios", [EVERYTHING]])
    monkeypatch.setitem(trials.TRIALS, "ashton", alike)
    (ratio,) = run(["ashton"], groups=20)[0].estimates
    assert (ratio.value, ratio.lower, ratio.upper) == (1.0, 1.0, 1.0)


def test_an_unknown_row_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"asthon: no such row.*ashton"):
        run(["asthon"])


# --- the command ----------------------------------------------------------------------------------


def test_the_command_prints_each_row_and_the_sums(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["benchmark", "--groups", "3", *(f"--only={name}" for name in QUICK)]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= UNWRAPPED_WIDTH
    assert "not applicable: needs likes that others see" in out
    assert "Signs right: " in out
    assert "ashton: 24 passing people" in out


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "--only", "ashton", "--groups", "2", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (row,) = answer["rows"]
    assert row["low"] == 0.0
    assert answer["groups"] == 2
    assert row["groups"] == 2 * trials.MOST_TIMES  # two are never exact
    assert not row["exact"]
    assert row["simulated"][0].keys() == {"value", "lower", "upper"}
    assert answer["sums"]["rows"] == 1


def test_mistakes_are_named_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "--groups", "1", "--seed", "-1"]) == 2
    err = capsys.readouterr().err
    assert "--groups" in err
    assert "--seed" in err
