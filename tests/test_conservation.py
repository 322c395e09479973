"""Nothing is lost and nothing appears: money, members, messages, reads, in random worlds."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import THOROUGH, World, checked, scenarios, worlds

from experiments.validation.intervening import remove_members
from sim.draws import group_key
from sim.ensemble import Ensemble, Place, simulate_log
from sim.members import ATTEMPTS_MOST, arrival_hours, attempts_before, is_gated
from sim.models import Community, Member
from sim.operators import in_force, planned
from sim.params import branching_ratio, to_record
from sim.scenario import Scenario, parse_scenario
from sim.state import (
    ANSWER,
    CHECK_IN,
    IDEA,
    KINDS,
    ORDER,
    RAFFLE,
    SIGN_UP,
    UTTERANCES,
    VOTE,
    Array,
)  # fmt: skip
from sim.trace import (
    CLAIMED,
    JOIN,
    LEAVE,
    MUTE,
    PAID,
    REFUNDED,
    REMOVED,
    RETURN,
    SENT,
    TOOK_PART,
    UNMUTE,
    Trace,
)  # fmt: skip

RUNS = settings(max_examples=300 if THOROUGH else 30)
EXPIRY_HOURS = 24.0


def played(world: World) -> tuple[list[Scenario], Trace, Array, Array]:
    points = [checked(one) for one in world.scenarios]
    return points, *simulate_log(points, world.replications, world.seed)


@RUNS
@given(worlds())
def test_every_fen_sent_is_claimed_refunded_or_outstanding(world: World) -> None:
    _, trace, _, events = played(world)
    daily = trace.daily
    for g in range(trace.groups):
        mine = events[events["group"] == g]
        outstanding = claimed_of_team = 0
        end = trace.life["observed_hours"][g]  # money in a packet outlives the last member
        sent = mine[mine["event"] == SENT]
        assert sent["packet"].tolist() == list(range(len(sent)))
        for packet in sent:
            same = mine[mine["packet"] == packet["packet"]]
            claims = same[same["event"] == CLAIMED]
            refunds = same[same["event"] == REFUNDED]
            assert len(claims) <= packet["shares"]
            assert len(set(claims["member"])) == len(claims)
            assert packet["member"] not in claims["member"]
            assert np.all(claims["fen"] >= 1)
            waited = claims["time_hours"] - packet["time_hours"]
            assert np.all((waited >= 0) & (waited <= EXPIRY_HOURS))
            left = int(packet["fen"] - claims["fen"].sum())
            assert left >= 0
            assert (left == 0) == (len(claims) == packet["shares"])
            due = packet["time_hours"] + EXPIRY_HOURS
            if left and due < end:
                assert refunds[["member", "fen", "time_hours"]].tolist() == [
                    (packet["member"], left, due)
                ]
                assert refunds["shares"][0] == packet["shares"] - len(claims)
            else:
                assert len(refunds) == 0
                outstanding += left
            claimed_of_team += int(claims["fen"].sum()) if packet["member"] < 0 else 0
        total = {name: int(daily[name][g].sum()) for name in daily.dtype.names}
        gone = total["claimed_fen"] + total["refunded_fen"] + outstanding
        assert total["operator_fen"] + total["member_fen"] == gone
        assert total["operator_claimed_fen"] == claimed_of_team
        assert total["claimed_fen"] == mine["fen"][mine["event"] == CLAIMED].sum()
        assert total["claims"] == np.sum(mine["event"] == CLAIMED)
        assert total["claims"] == trace.life["claim_delays"][g].sum()
        paid = mine[mine["event"] == PAID]
        assert (total["payments"], total["paid_fen"]) == (len(paid), paid["fen"].sum())


@RUNS
@given(worlds())
def test_what_members_pay_for_orders_is_income_paid_back_or_open(world: World) -> None:
    _, trace, _, events = played(world)
    for g in range(trace.groups):
        total = {name: int(trace.daily[name][g].sum()) for name in trace.daily.dtype.names}
        took_part = events[(events["group"] == g) & (events["event"] == TOOK_PART)]
        bought = took_part[took_part["shares"] == ORDER]
        assert total["order_fen"] == bought["fen"].sum()
        pending = total["order_fen"] - total["income_fen"] - total["returned_fen"]
        assert pending >= 0
        assert total["buyers"] <= total["orders"] <= len(bought)
        assert total["buyers"] <= len(set(bought["member"]))
        standing = len(took_part) - total["call_answers"]
        assert 0 <= standing <= min(len(bought), total["orders"])
        assert total["call_answers"] <= total["call_chances"]
        assert total["check_ins"] == np.sum(took_part["shares"] == CHECK_IN)
        assert total["check_ins"] <= total["streaks"]
        assert total["attendances"] <= np.sum(took_part["shares"] == SIGN_UP)
        once = took_part[np.isin(took_part["shares"], (CHECK_IN, IDEA, VOTE))]
        assert total["calls_fen"] >= once["fen"].sum()
        for code in (CHECK_IN, RAFFLE, SIGN_UP, IDEA, VOTE):  # at most once a call
            mine = took_part[took_part["shares"] == code][["member", "packet"]].tolist()
            assert len(mine) == len(set(mine))


@RUNS
@given(worlds())
def test_those_who_joined_are_present_or_have_left(world: World) -> None:
    points, trace, messages, events = played(world)
    for g in range(trace.groups):
        params, days = points[trace.point[g]].params, int(trace.days[g])
        daily = trace.daily[g, :days]
        slots = slice(trace.first_slot[g], trace.first_slot[g + 1])
        joined, left, muted = trace.joined[slots], trace.left[slots], trace.muted[slots]
        seated = int(joined[: params.group.size].sum())  # a gate can leave seats empty
        assert joined.sum() == seated + daily["joins"].sum()
        gone = daily["leaves"] + daily["removals"] - daily["returns"]
        assert left.sum() == gone.sum()
        assert muted.sum() == daily["mutes"].sum() - daily["unmutes"].sum()
        assert np.all(joined | ~left & ~muted)
        present = seated + np.cumsum(daily["joins"] - gone)
        ended = trace.life["ended_hours"][g]
        assert (ended >= 0) == (present[-1] == 0)
        closed = daily["members"] > 0  # the days of a group that is over are not closed
        assert np.all(daily["members"][closed] == present[closed])
        assert np.all(daily["members"] <= max(params.group.cap, params.group.size))
        assert np.all(daily["muted"] <= daily["members"])
        key = int(group_key(world.seed, int(trace.replication[g])))
        end = trace.life["observed_hours"][g]
        asked = arrival_hours(key, params, end)
        tried = sum(daily[name].sum() for name in ("joins", "refused", "turned_away"))
        guests = daily["invitations"].sum() - daily["invitations_lost"].sum()
        before, filled = seats_tried_for(points[trace.point[g]], key)
        known = before + np.sum(asked < (ended if ended >= 0 else end))
        assert known <= tried <= known + guests  # some guests have yet to come
        assert seated == filled
        reserved = slice(params.group.size, params.group.size + params.growth.reserve)
        assert joined[reserved].sum() == daily["invited"].sum() <= guests
        assert len(joined) == params.group.size + len(asked) + params.growth.reserve
        absent_never_act(messages[messages["group"] == g], events[events["group"] == g])


def seats_tried_for(scenario: Scenario, key: int) -> tuple[int, int]:
    """Count who was turned away at creation, and the seats filled, by the gate that is planned."""
    stands = in_force([planned(scenario).standing()], scenario, 1)
    names = ("fee_fen", "work_share", "review_share", "narrowness")
    gate = tuple(float(stands[name][0]) for name in names)
    seats = range(scenario.params.group.size)
    if not is_gated(gate):
        return 0, len(seats)
    record = to_record(scenario.params).view(np.recarray)[0]
    before = [attempts_before(key, seat, record, gate) for seat in seats]
    return sum(before), sum(tries < ATTEMPTS_MOST for tries in before)


def absent_never_act(messages: Array, events: Array) -> None:
    """Whoever speaks, claims, mutes or sends has joined and has not left; who was removed never
    comes back.
    """
    moves: dict[int, list[tuple[float, int]]] = {}
    for row in events[np.isin(events["event"], (JOIN, LEAVE, REMOVED, RETURN))]:
        moves.setdefault(int(row["member"]), []).append((row["time_hours"], row["event"]))
    for mine in moves.values():
        assert [event for _, event in mine[::2]] == [JOIN, *[RETURN] * ((len(mine) - 1) // 2)]
        assert all(event == LEAVE for _, event in mine[1:-1:2])
        assert all(event in (LEAVE, REMOVED) for _, event in mine[1::2])
    acts = [(row["member"], row["time_hours"]) for row in messages]
    acted = (SENT, CLAIMED, MUTE, LEAVE, UNMUTE, TOOK_PART, PAID)
    acts += [(row["member"], row["time_hours"]) for row in events[np.isin(events["event"], acted)]]
    for member, t in acts:
        if member >= 0:
            mine = [*moves[member], (np.inf, LEAVE)]
            come, go = mine[::2], mine[1::2]
            assert any(a <= t <= b for (a, _), (b, _) in zip(come, go, strict=False))


@RUNS
@given(worlds())
def test_messages_are_counted_once_everywhere(world: World) -> None:
    points, trace, messages, events = played(world)
    life = trace.life
    for g in range(trace.groups):
        daily = {name: trace.daily[name][g] for name in trace.daily.dtype.names}
        said = messages[messages["group"] == g]
        own = said[said["member"] >= 0]
        start = points[trace.point[g]].params.group.start_hour
        day = ((own["time_hours"] + start) // 24).astype(int)
        for kind in UTTERANCES:
            rows = day[own["kind"] == KINDS.index(kind)]
            assert np.bincount(rows, minlength=len(daily[kind])).tolist() == daily[kind].tolist()
        posters = Counter((d, m) for d, m in zip(day, own["member"], strict=True))
        per_day = Counter(d for d, _ in posters)
        assert [per_day[d] for d in range(len(daily["chat"]))] == daily["posting_members"].tolist()
        posts = trace.posts[trace.first_slot[g] : trace.first_slot[g + 1]]
        assert posts.sum() == len(own) == life["messages"][g]
        assert np.bincount(own["member"], minlength=len(posts)).tolist() == posts.tolist()
        assert np.sum(posts > 0) == life["posters"][g]
        begun = daily["replies"].sum() + life["openers"][g]  # what is written on opens nothing
        assert begun == len(own) or points[trace.point[g]].params.speak.more_probability > 0
        assert begun <= len(own)
        assert life["openers_answered"][g] <= life["openers"][g]
        team = daily["operator_posts"].sum() + daily["operator_answers"].sum()
        assert team == len(said) - len(own)
        answers = daily["replies"].sum() + daily["operator_answers"].sum()
        assert life["reply_delays"][g].sum() == answers
        week2 = (own["reply_to"] >= 0) & (own["time_hours"] // 168 == 1)
        assert life["answers_week2"][g] == week2.sum()
        assert daily["exchanges"].sum() == np.sum(own["reply_to"] >= 0)
        sent = events[(events["group"] == g) & (events["event"] == SENT)]
        assert np.sum(sent["member"] >= 0) == daily["packet"].sum()
        assert np.sum(sent["member"] < 0) == daily["operator_packets"].sum()
        first = {int(row["member"]): row["time_hours"] for row in sent[::-1]}  # packets are thanked
        for row in said:  # only who has spoken or paid can be answered
            said_by = max(-1, int(row["member"]))  # the team, also when it seems a member
            answered = -1 if row["reply_to"] < -1 else int(row["reply_to"])  # below: the team
            greeted = row["member"] < 0 and row["kind"] != ANSWER  # by the team, or nobody
            assert row["reply_to"] == -1 or greeted or first[answered] <= row["time_hours"]
            at = first.get(said_by, np.inf)
            first[said_by] = min(at, row["time_hours"])


@RUNS
@given(worlds())
def test_nobody_reads_more_than_there_is_and_levels_stay_in_range(world: World) -> None:
    points, trace, messages, events = played(world)
    for g in range(trace.groups):
        daily = trace.daily[g, : trace.days[g]]
        there = np.sum(messages["group"] == g)
        there += np.sum((events["group"] == g) & (events["event"] == SENT))
        joined = trace.joined[trace.first_slot[g] : trace.first_slot[g + 1]].sum()
        assert daily["reads"].sum() <= there * joined
        cap = points[trace.point[g]].params.reading.cap_messages
        assert np.all(daily["reads"] <= cap * daily["looks"])
        assert np.all(daily["posting_members"] <= daily["looking_members"])
        assert np.all(daily["looking_members"] <= daily["looks"])
        begun = np.concatenate([[points[trace.point[g]].params.group.size], daily["members"][:-1]])
        assert np.all(daily["looking_members"] <= begun + daily["joins"] + daily["returns"])
        for name in ("satisfaction", "satisfaction_of_joined", "needs_met", "habit", "trust"):
            assert np.all((daily[name] >= 0) & (daily[name] <= 1 + 1e-12))
        assert np.all(daily["fatigue"] >= 0)
        assert np.all((daily["tie_density"] >= 0) & np.isfinite(daily["tie_density"]))


@settings(max_examples=200 if THOROUGH else 25)
@given(scenarios(), st.integers(0, 10**6))
def test_reaction_looks_stay_below_their_bound(world: Scenario, seed: int) -> None:
    """Without packets and @all every look causes fewer than `branching_ratio` looks on average."""
    looks: Counter[str] = Counter()

    class Counted(Member):
        def look(self, t: float, origin: str) -> None:
            looks["first" if not self.looked else origin] += 1
            super().look(t, origin)

    scenario = checked(dataclasses.replace(world, policies=()))
    for replication in range(3):
        Community(scenario, replication, seed, Counted).run()
    speak = scenario.params.speak
    newcomers = scenario.params.replace(
        {"speak.probability_max": max(speak.first_probability_max, speak.probability_max)}
    )
    caused = branching_ratio(newcomers) * looks["first"]
    caused += branching_ratio(scenario.params) * (looks["baseline"] + looks["reaction"])
    assert looks["reaction"] <= caused + 5 * np.sqrt(caused) + 5


def test_a_packet_that_outlives_the_last_member_is_refunded_at_its_hour() -> None:
    packets = {"policies": {"red_packets": {"fen_per_day": 2_000, "shares": 100, "hour": 10}}}
    data = {"group": {"size": 3}, "arrivals": {"per_day": 0}, "run": {"days": 3}, **packets}
    empty = parse_scenario(data)
    block = Ensemble([Place(0, empty, 0, 1)])
    one = Community(empty, 0, 1)
    block.advance(2)
    one.run(2)
    remove_members(block, np.arange(3))
    for member in list(one.members.values()):
        one.let_go(2.0, member)
    for hour in range(3, 73):  # hour by hour, as groups with reactive policies are played
        block.advance(hour)
    one.run()
    daily = block.trace().daily[0]
    left = int(daily["operator_fen"].sum() - daily["claimed_fen"].sum())
    assert daily["refunded_fen"].tolist() == [0, left, 0, 0]
    assert left > 0
    assert one.daily.tobytes() == block.trace().daily.tobytes()
    assert one.conversation.event_log[-1][:2] == (25.0, REFUNDED)
    assert block.arrays["groups"]["shares_open"].tolist() == [0]
