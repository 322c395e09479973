"""Policies order what they say: so many posts, so much money, inside the time there is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.operators import checked
from sim.policies import Reactive, Timetable, known_policies, policy_class
from sim.policies.cadence import Cadence
from sim.policies.red_packets import RedPackets
from sim.policies.revive import Revive
from sim.state import (
    KINDS,
    PACKET,
    Array,
    Ledger,
    Observation,
    Setting,
    merge,
)

SETTINGS = st.builds(
    lambda days, start, span: Setting(
        days=days, start_hour=start, open_hour=span[0], close_hour=span[1]
    ),
    days=st.floats(0.05, 60),
    start=st.integers(0, 23),
    span=st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda span: span[0] < span[1]),
)
CADENCES = st.builds(
    Cadence,
    posts_per_day=st.floats(0, 100),
    kinds=st.lists(
        st.sampled_from(["content", "activity", "greeting", "ad", "chat"]), max_size=4
    ).map(tuple),
    quality=st.floats(0, 3),
    everyone_share=st.floats(0, 1),
)


def budgets(shares: int, packets: int) -> st.SearchStrategy[int]:
    """Money a day that packets of the platform's limits can hold, or none."""
    most = min(2_000_000, packets * 20_000 * shares)
    return st.just(0) | st.integers(packets * shares, most)


RED_PACKETS = st.tuples(st.integers(1, 100), st.integers(1, 24)).flatmap(
    lambda split: st.builds(
        RedPackets,
        fen_per_day=budgets(*split),
        packets_per_day=st.just(split[1]),
        shares=st.just(split[0]),
        lucky=st.booleans(),
        hour=st.floats(0, 24),
        from_day=st.integers(0, 40),
        until_day=st.integers(0, 60),
    )
)


def local_hours(acts: Array, setting: Setting) -> Array:
    """Hours of the local clock since midnight before creation."""
    hours: Array = acts["time_hours"] + setting.start_hour
    return hours


def observed(silent_hours: list[float], **seen: float) -> Observation:
    """Show groups that were silent for so long at hour 1000; the rest is alike in all of them."""

    def each(value: float, dtype: type = np.int64) -> Array:
        return np.full(len(silent_hours), value, dtype=dtype)

    nothing = each(0)
    ledger = Ledger(
        spent_fen=each(seen.get("spent_fen", 0)),
        packets=nothing,
        posts=nothing,
        last_act_hours=each(seen.get("last_act_hours", -np.inf), float),
        letters=nothing,
        removed=nothing,
        paid_fen=nothing,
        minutes=each(0, float),
    )
    return Observation(
        time_hours=1000.0,
        hour_of_day=each(1),
        weekday=nothing,
        members=each(100),
        joined=each(100),
        left=nothing,
        messages=nothing,
        questions_open=nothing,
        messages_today=nothing,
        posting_members_today=nothing,
        exchanges_today=nothing,
        silent_hours=np.array(silent_hours),
        shares_open=nothing,
        claims=nothing,
        ledger=ledger,
    )


# --- cadence --------------------------------------------------------------------------------------


@given(CADENCES, SETTINGS)
def test_posts_come_inside_the_horizon_and_the_opening_hours(
    cadence: Cadence, setting: Setting
) -> None:
    acts = cadence.plan(setting).acts
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    hour = local_hours(acts, setting) % 24
    slack = 1e-9  # of adding and taking away the hours of many days
    assert (hour >= setting.open_hour - slack).all()
    assert (hour <= setting.close_hour + slack).all()
    assert (acts["group"] == 0).all()
    assert (acts["fen"] == 0).all()
    assert (acts["quality"] == cadence.quality).all()
    assert {KINDS[kind] for kind in acts["kind"]} <= set(cadence.kinds)


@given(CADENCES, SETTINGS)
def test_each_whole_day_has_its_posts_and_the_kinds_take_turns(
    cadence: Cadence, setting: Setting
) -> None:
    assume(cadence.kinds)
    acts = cadence.plan(setting).acts
    day = np.floor(local_hours(acts, setting) / 24 + 1e-12)
    whole = np.arange(1, np.floor((setting.start_hour + 24 * setting.days) / 24))
    for count in (int((day == one).sum()) for one in whole):
        assert abs(count - cadence.posts_per_day) < 1 + 1e-9
    assert abs(int(np.isin(day, whole).sum()) - len(whole) * cadence.posts_per_day) < 1 + 1e-6
    each = [cadence.kinds.count(kind) / len(cadence.kinds) for kind in KINDS]
    counted = np.bincount(acts["kind"], minlength=len(KINDS))
    assert (np.abs(counted - np.array(each) * len(acts)) <= len(cadence.kinds)).all()
    assert abs(acts["everyone"].sum() - cadence.everyone_share * len(acts)) <= 1 + 1e-6


def test_two_posts_a_day_stand_at_a_quarter_and_three_quarters_of_the_working_day() -> None:
    setting = Setting(days=2.0, start_hour=9, open_hour=8, close_hour=20)
    acts = (
        Cadence(posts_per_day=2.0, kinds=("content", "ad"), everyone_share=0.5).plan(setting).acts
    )
    assert local_hours(acts, setting).tolist() == [11.0, 17.0, 35.0, 41.0]
    assert [KINDS[kind] for kind in acts["kind"]] == ["content", "ad", "content", "ad"]
    assert acts["everyone"].tolist() == [0, 1, 0, 1]


def test_fewer_than_one_post_a_day_comes_every_few_days() -> None:
    setting = Setting(days=12.0, start_hour=0)
    acts = Cadence(posts_per_day=0.25).plan(setting).acts
    assert np.floor(acts["time_hours"] / 24).tolist() == [2.0, 6.0, 10.0]


# --- red packets ----------------------------------------------------------------------------------


@given(RED_PACKETS, SETTINGS)
def test_packets_are_paid_as_ordered_and_never_more(policy: RedPackets, setting: Setting) -> None:
    acts = policy.plan(setting).acts
    assert acts["fen"].dtype == np.int64
    assert ((acts["time_hours"] >= 0) & (acts["time_hours"] < 24 * setting.days)).all()
    assert (acts["kind"] == PACKET).all()
    assert (acts["shares"] == policy.shares).all()
    assert (acts["lucky"] == policy.lucky).all()
    day = np.floor((local_hours(acts, setting) - policy.hour) / 24 + 1e-9).astype(int)
    paid = Counter[int]()
    for one, fen in zip(day, acts["fen"], strict=True):
        paid[int(one)] += int(fen)
    assert all(policy.from_day <= one < policy.until_day for one in paid)
    each = policy.fen_per_day / policy.packets_per_day
    whole = each > 0
    for one, fen in paid.items():
        sent_whole = (day == one).sum() == policy.packets_per_day
        assert fen <= policy.fen_per_day
        if whole and sent_whole:
            assert fen == policy.fen_per_day


@given(RED_PACKETS)
def test_a_budget_is_spent_on_every_day_there_is(policy: RedPackets) -> None:
    setting = Setting(days=50.0, start_hour=0)
    each = policy.fen_per_day // policy.packets_per_day
    assume(policy.hour < 23.9 and each > 0)
    days = max(0, min(policy.until_day, 50) - policy.from_day)
    acts = policy.plan(setting).acts
    assert len(acts) == days * policy.packets_per_day
    assert int(acts["fen"].sum()) == days * policy.fen_per_day


def test_odd_fen_go_to_the_first_packets() -> None:
    policy = RedPackets(fen_per_day=1001, packets_per_day=3, shares=10, hour=12.0)
    acts = policy.plan(Setting(days=1.0, start_hour=0)).acts
    assert acts["fen"].tolist() == [334, 334, 333]
    assert acts["time_hours"].tolist() == [12.0, 16.0, 20.0]


@pytest.mark.parametrize(("fen", "shares"), [(5, 10), (2_000_000, 10), (200_001, 10)])
def test_a_budget_that_no_packet_can_hold_is_refused(fen: int, shares: int) -> None:
    with pytest.raises(ValueError, match="1-20000 fen a share"):
        RedPackets(fen_per_day=fen, shares=shares)
    with pytest.raises(ValueError, match="1-20000 fen a share"):
        Revive(fen=fen, shares=shares)


def test_no_budget_sends_nothing() -> None:
    assert RedPackets().plan(Setting(days=14.0)).acts.size == 0


# --- revive ---------------------------------------------------------------------------------------


def test_only_groups_silent_for_long_are_revived() -> None:
    acts = Revive(silent_hours=24).act(observed([23.9, 24.0, 100.0])).acts
    assert acts["group"].tolist() == [1, 2]
    assert acts["time_hours"].tolist() == [1000.0, 1000.0]
    assert {KINDS[kind] for kind in acts["kind"]} == {"activity"}


@pytest.mark.parametrize(("last_act", "acts"), [(976.0, 1), (976.1, 0), (-np.inf, 1)])
def test_between_two_attempts_is_a_pause(last_act: float, acts: int) -> None:
    seen = observed([500.0], last_act_hours=last_act)
    assert len(Revive(pause_hours=24).act(seen).acts) == acts


@pytest.mark.parametrize(("spent", "sent"), [(0, 1000), (9000, 1000), (9001, 0)])
def test_a_packet_goes_along_within_the_budget(spent: int, sent: int) -> None:
    policy = Revive(fen=1000, shares=5, budget_fen=10_000)
    acts = policy.act(observed([500.0], spent_fen=spent)).acts
    assert int(acts["fen"].sum()) == sent
    assert (acts["kind"] != PACKET).sum() == 1


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=9), st.data())
def test_each_group_is_judged_by_itself(silent_hours: list[float], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(silent_hours))))
    policy = Revive(fen=500, shares=5)
    here = policy.act(observed(silent_hours)).acts
    there = policy.act(observed([silent_hours[at] for at in order])).acts
    moved = there.copy()
    moved["group"] = np.array(order)[there["group"]]
    columns = ["group", "time_hours", "kind", "fen"]
    assert sorted(moved[columns].tolist()) == sorted(here[columns].tolist())


# --- finding a policy -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", known_policies())
def test_a_shipped_policy_is_found_and_is_a_frozen_value(name: str) -> None:
    policy = policy_class(name)()
    assert isinstance(policy, Timetable | Reactive)
    assert policy == policy_class(name)()
    assert hash(policy) == hash(policy_class(name)())


PLANNING = [name for name in known_policies() if hasattr(policy_class(name), "plan")]


@pytest.mark.parametrize("name", PLANNING)
@given(setting=SETTINGS)
def test_a_shipped_timetable_passes_the_border_to_the_engines(name: str, setting: Setting) -> None:
    plan = policy_class(name)().plan(setting)
    assert checked(plan, name, 1, 0.0, 24.0 * setting.days).acts.tobytes() == plan.acts.tobytes()


@given(SETTINGS, st.permutations(PLANNING))
def test_the_order_of_shipped_policies_never_matters(setting: Setting, order: list[str]) -> None:
    plans = {name: policy_class(name)().plan(setting) for name in PLANNING}
    merged = merge([plans[name] for name in order]).acts
    assert merged.tobytes() == merge(list(plans.values())).acts.tobytes()


def test_a_policy_of_ones_own_is_found_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from sim.state import Actions\n\n"
        "@dataclass(frozen=True)\n"
        "class Morning:\n"
        "    hour: float = 7.0\n\n"
        "    def plan(self, setting):\n"
        "        return Actions.posts([0], setting.time_at(1, self.hour), 'greeting')\n"
    )
    found = policy_class("own.py:Morning", tmp_path)
    assert found.__name__ == "Morning"
    assert found(hour=8.0).plan(Setting(days=3.0)).acts["time_hours"].tolist() == [23.0]
    assert policy_class(f"{tmp_path}/own.py:Morning")().hour == 7.0


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ("cadance", "did you mean 'cadence'?"),
        ("", "not one of cadence"),
        ("own.py:Mroning", "no Mroning in .*did you mean 'Morning'"),
        ("nothing.py:Morning", "no file"),
        (":Morning", "a folder, not a file"),
        ("own.txt:Morning", "not a Python file"),
        ("own.py:NUMBER", "must be a dataclass"),
    ],
)
def test_a_policy_that_cannot_be_found_is_an_input_error(
    use: str, said: str, tmp_path: Path
) -> None:
    for name in ("own.py", "own.txt"):
        (tmp_path / name).write_text("class Morning: pass\nNUMBER = 1\n")
    with pytest.raises(InputError, match=said) as fault:
        policy_class(use, tmp_path)
    assert len(fault.value.problems) == 1


@pytest.mark.parametrize("weekly", [1, 2, 3])
def test_a_cadence_below_one_a_day_is_so_many_posts_in_every_week(weekly: int) -> None:
    plan = Cadence(posts_per_day=weekly / 7).plan(Setting(days=91.0))
    days = np.sort(plan.acts["time_hours"]) / 24
    assert np.bincount((days // 7).astype(int)).tolist() == [weekly] * 13
    assert np.diff(days).max() <= 7 / weekly + 1
