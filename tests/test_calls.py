"""Calls and sales as they are played: who takes part, what it changes, and what it costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from worlds import LIVELY
from worlds_calls import called, daily_check_ins, opened

from sim.ensemble import simulate, simulate_log
from sim.models import Community
from sim.policies.cadence import Cadence
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.state import CALLS, CHECK_IN, ORDER, PURCHASE, RAFFLE, Actions, Call, merge
from sim.trace import TOOK_PART, Trace

STAYING = {
    "leaving.leave_probability": 0.0, "leaving.mute_probability": 0.0, "arrivals.per_day": 0.0,
    "packets.return_ratio": 0.0,
}  # fmt: skip
TRUSTED = {"trust.gain": 0.0, "trust.ad_loss": 0.0}
Calling = Sequence[tuple[float, Call]]


def scenario(calls: Calling = (), days: float = 4, **values: Any) -> Scenario:
    named = {key.replace("__", "."): value for key, value in values.items()}
    data = {"group": {"size": 30}, "run": {"days": days}}
    made = parse_scenario(data, values={**LIVELY, **STAYING, **TRUSTED, **named})
    return dataclasses.replace(made, policies=(called(calls),) if calls else ())


def played(calls: Calling, groups: int = 40, **values: Any) -> Trace:
    return simulate([scenario(calls, **values)], groups, seed=7)


def total(trace: Trace, name: str) -> int:
    return int(trace.daily[name].sum())


def participation(trace: Trace, days: slice = slice(None)) -> float:
    daily = trace.daily[:, days]
    return float(daily["call_answers"].sum() / daily["call_chances"].sum())


def test_fewer_take_part_for_less_money_and_with_less_trust() -> None:
    for fen in (0, 1000):
        shares = [
            participation(played(daily_check_ins(range(4), fen), calls__base=1.0, trust__initial=t))
            for t in (0.0, 0.3, 0.9)
        ]
        assert shares == sorted(shares)
        assert shares[2] > 1.5 * shares[1] > 0.0 == shares[0]
    paid, less, unpaid = (
        participation(played(daily_check_ins(range(4), fen), calls__base=1.0))
        for fen in (1000, 20, 0)
    )
    assert paid > less > unpaid


def test_who_was_paid_before_takes_part_less_than_who_never_was() -> None:
    strong = {"packets__dip": 1.0, "packets__expectation_step": 1.0, "calls__streak": 0.0}
    stopped = daily_check_ins(range(3), 500) + daily_check_ins(range(3, 6))
    later = slice(4, 6)
    never = participation(played(daily_check_ins(range(6)), days=6, **strong), later)
    after = participation(played(stopped, days=6, **strong), later)
    assert after < 0.9 * never


def test_a_streak_grows_with_check_ins_and_breaks_where_one_is_missed() -> None:
    community = opened(scenario(), Call("check_in"))
    keen, lazy = community.members[3], community.members[4]
    lazy.streak = keen.streak = 2
    community.calls.take_part(keen, 1.0, community.calls.open_now[0], 0)
    community.calls.close(2.0, CHECK_IN)
    assert (keen.streak, lazy.streak) == (3, 0)
    assert community.calls.calls_open == 0


def test_those_who_meet_are_tied_and_their_other_ties_loosen() -> None:
    values = {"speak__propensity": 0.0, "ties__graph": "small_world", "ties__half_life_days": 3650}
    evening = [(1.0, Call("sign_up", hours=90, fen=3000))]
    met, apart = (Community(scenario(calls, 4.0, **values), 3, 5) for calls in (evening, ()))
    met.run()
    apart.run()
    _, events = met.logs()
    came = set(events["member"][events["event"] == TOOK_PART].tolist())
    assert 5 < len(came) < 28

    def tied(community: Community, inside: bool) -> float:
        return sum(
            tie
            for slot in came
            for other, tie in zip(
                community.members[slot].tie_to, community.members[slot].ties, strict=True
            )
            if (other in came) == inside
        )

    assert tied(met, inside=True) > 2 * tied(apart, inside=True)
    assert tied(met, inside=False) < 0.9 * tied(apart, inside=False)
    for slot in set(met.members) - came:
        assert met.members[slot].ties == pytest.approx(apart.members[slot].ties, abs=1e-3)
    assert met.daily["attendances"].sum() == len(came)
    assert met.daily["calls_fen"].sum() == 3000 * len(came) == met.books["spent_fen"].sum()


@pytest.mark.parametrize(("least", "sold"), [(31, False), (1, True)])
def test_a_group_buy_is_delivered_or_paid_back(least: int, sold: bool) -> None:
    trace = played([(2.0, Call("order", hours=30, fen=700, shares=least))])
    paid = total(trace, "order_fen")
    assert paid > 0
    assert total(trace, "income_fen") == (paid if sold else 0)
    assert total(trace, "returned_fen") == (0 if sold else paid)
    assert total(trace, "orders") == (paid // 700 if sold else 0)


def test_a_group_buy_that_never_ends_keeps_its_money_open() -> None:
    trace = played([(2.0, Call("order", hours=0, fen=700, shares=1))])
    assert total(trace, "order_fen") > 0 == total(trace, "income_fen")


def test_a_raffle_pays_different_members_as_many_prizes_as_it_has() -> None:
    raffle = [(1.0, Call("raffle", hours=20, fen=400, shares=3))]
    trace, _, events = simulate_log([scenario(raffle)], 30, seed=2)
    for g in range(30):
        took_part = np.sum((events["group"] == g) & (events["event"] == TOOK_PART))
        assert trace.daily["calls_fen"][g].sum() == 400 * min(3, took_part)
    community = opened(scenario(), Call("raffle", fen=400, shares=4))
    for slot in range(6):
        community.calls.take_part(community.members[slot], 1.0, community.calls.open_now[0], 0)
    community.calls.close(2.0, RAFFLE)
    won = [member.gratitude_fen for member in community.members.values()]
    assert sorted(won)[-5:] == [0, 400, 400, 400, 400]


def test_nothing_is_sold_without_an_offer_or_without_trust() -> None:
    offer = [(1.0, Call("order", hours=0, fen=500))]
    sold = played(offer, trust__initial=0.8)
    assert total(sold, "orders") > total(sold, "buyers") > 100  # some buy again
    assert total(sold, "income_fen") == 500 * total(sold, "orders") == total(sold, "order_fen")
    assert total(sold, "call_answers") == 0
    assert total(played(offer, trust__initial=0.0), "orders") == 0
    assert total(played([(1.0, Call("vote", hours=0))]), "orders") == 0


def test_who_wants_to_buy_buys_more_and_wants_it_no_more() -> None:
    community = opened(scenario(shop__unwanted_share=0.1), Call("order", hours=0, fen=500))
    member, call = community.members[2], community.calls.open_now[0]
    assert call is not None
    before = community.calls.chance(member, call, 0)
    member.want = PURCHASE
    assert community.calls.chance(member, call, 0) > 5 * before
    community.calls.take_part(member, 1.0, call, 0)
    assert member.want == 0


def test_an_expert_sells_more_than_advertisements_without_trust() -> None:
    base = {"group": {"size": 60}, "run": {"days": 60}, "shop": {"buy_probability": 1.0}}
    offer = called([(1.0, Call("order", hours=0, fen=5000))])

    def sold(kind: str, often: float, trust: float) -> int:
        made = parse_scenario({**base, "trust": {"initial": trust}})
        posts = NamedPolicy("cadence", "cadence", Cadence(often, (kind,), 1.5))
        shop = dataclasses.replace(made, policies=(posts, offer))
        return total(simulate([shop], 30, seed=4), "orders")

    assert sold("content", 1.0, 0.5) > 3 * sold("ad", 4.0, 0.3)


def test_eight_calls_can_be_open_and_one_more_when_one_has_ended() -> None:
    many = [(1.0 + n / 100, Call("idea", hours=5 if n else 3)) for n in range(10)]
    trace = simulate([scenario([*many, (4.5, Call("vote"))])], 3, seed=1)
    assert trace.daily["calls"].sum(axis=1).tolist() == [9, 9, 9]


def test_money_near_a_call_to_buy_costs_trust() -> None:
    def trust(paid_hours: float) -> float:
        community = opened(scenario(trust__ad_loss=0.5), Call("order", fen=500, shares=3))
        community.calls.give_money(paid_hours)
        member = community.members[1]
        member.seen = 0
        before = member.trust
        member.ad_tolerance = 1.0
        taken = member.read(community.conversation)
        community.calls.consider(member, 3.0, 0, taken, True)
        return member.trust / before

    assert trust(1.5) == pytest.approx(1 / 1.5)
    assert trust(2.5) == 1.0


def test_a_call_asks_members_only_once_there_is_one() -> None:
    assert Community(scenario()).levers == 0
    assert opened(scenario(), Call("vote")).levers == CALLS


def test_a_closed_call_is_settled_once() -> None:
    community = opened(scenario(), Call("order", hours=3, fen=10, shares=1))
    community.calls.take_part(community.members[0], 1.0, community.calls.open_now[0], 0)
    community.calls.close(2.0, ORDER)
    community.calls.close(2.5, ORDER)
    community.calls.end(4.0, 0)
    assert (community.calls.orders, community.calls.income_fen) == (1, 10)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call("raffle", fen=5), "in a raffle"),
        (Call("raffle", shares=5), "in a raffle"),
        (Call("order"), "1 or more in an order"),
        (Call("vote", shares=2), "shares of 0 in other calls"),
        (Call("vote", hours=-2), "later than time_hours"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(call: Call, said: str) -> None:
    with pytest.raises(Exception, match=said):
        simulate([scenario([(5.0, call)])], 1, seed=1)


def test_unknown_calls_are_named() -> None:
    with pytest.raises(ValueError, match="is not one of check_in, raffle"):
        Actions.calls([0], 1.0, Call("sale"))
    with pytest.raises(ValueError, match="is not one of check_in, raffle"):
        Actions.closes([0], 1.0, "")
    both = merge([Actions.closes([0], 2.0, "vote"), Actions.calls([0], 1.0, Call("vote"))])
    assert both.acts["time_hours"].tolist() == [1.0, 2.0]
