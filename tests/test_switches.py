"""Every mechanism that the table of parameters says can be switched off is really off."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from worlds import LIVELY
from worlds_acts import Correspondent
from worlds_calls import called, opened

from sim.agents import Taken
from sim.draws import group_key
from sim.ensemble import simulate_log
from sim.members import arrival_hours
from sim.models import Community
from sim.params import Params, parameters
from sim.scenario import NamedPolicy, Scenario, parse_scenario
from sim.state import (
    AD,
    ANSWER,
    IDEA_WANT,
    PACKET,
    PROBLEM,
    PURCHASE,
    Actions,
    Array,
    Call,
    Setting,
)  # fmt: skip
from sim.trace import Trace

POSTS = {"posts_per_day": 6, "kinds": ["content", "ad", "activity"], "quality": 1.3}
MONEY = {"fen_per_day": 4_000, "packets_per_day": 2}
UNTIRED = {"leaving.mute_probability": 0, "leaving.leave_probability": 0}
UNFED = {
    "habit.gain": 0,
    "habit.team_gain": 0,
    "speak.question_share": 0,
    "leaving.verdict_weight": 0,
}  # hunger then only pushes to speak
UNTIED = {"speak.stranger_share": 1, "ties.benefit": 0, "leaving.leave_probability": 0}


def scenario(
    values: dict[str, Any], paid: bool = False, posted: bool = True, **posts: Any
) -> Scenario:
    """Return a lively group of thirty friends with some values changed, and some of the posts."""
    policies = {"cadence": {**POSTS, **posts}} if posted else {}
    if paid:
        policies = policies | {"red_packets": MONEY}
    base = {"group": {"size": 30}, "run": {"days": 4}, "policies": policies}
    friends = {"ties.graph": "cliques", "reading.ad_fatigue_ratio": 5.0}
    return parse_scenario(base, values={**LIVELY, **friends, **values})


@dataclass(frozen=True)
class Silent:
    """What tells that a mechanism is off: a parameter that acts through it alone does nothing."""

    off: float
    on: float
    probe: str
    low: Any
    high: Any
    also: dict[str, Any] = field(default_factory=dict)
    paid: bool = False
    posted: bool = True


PROBED = {
    "look.fatigue_weight": Silent(
        0, 3, "reading.fatigue_per_message", 0.001, 0.3, {**UNTIRED, "speak.fatigue_weight": 0}
    ),
    "speak.fatigue_weight": Silent(
        0, 3, "reading.fatigue_per_message", 0.001, 0.3, {**UNTIRED, "look.fatigue_weight": 0}
    ),
    "desk.hands": Silent(0, 1, "desk.groups", 1, 5000),
    "arrivals.announced_days": Silent(0, 0.5, "arrivals.announced_sigma", 0, 2.5),
    "rhythm.day_depth": Silent(0, 1, "rhythm.peak_hour", 4.0, 16.0),
    "rhythm.reaction_share": Silent(
        0, 1, "rhythm.peak_hour", 4.0, 16.0, {"look.rate_per_day": 1e-9, "look.first_hours": 0.5}
    ),
    "reaction.draw_probability": Silent(0, 0.3, "reaction.draw_minutes", 1, 60),
    "reaction.call_probability": Silent(0, 0.6, "reaction.call_minutes", 1, 60),
    "reaction.stay_probability": Silent(
        0, 0.4, "reaction.stay_minutes", 0.5, 30, {"speak.more_probability": 0}
    ),
    "reaction.packet_share": Silent(0, 0.8, "reaction.packet_minutes", 1, 60, paid=True),
    "reading.fatigue_per_message": Silent(
        0, 0.02, "reading.ad_fatigue_ratio", 1, 40, {"leaving.verdict_weight": 0}
    ),
    "reading.overload_fatigue": Silent(
        0, 3, "speak.fatigue_weight", 0, 10,
        {"reading.fatigue_per_message": 0, "reading.cap_messages": 2},
    ),
    "speak.need_push": Silent(0, 5, "needs.chat_belonging", 0, 1, UNFED),
    "speak.loafing": Silent(0, 1, "speak.identifiability", 0, 1),
    "speak.stranger_share": Silent(
        1, 0.2, "ties.initial_weight", 0.01, 10, {**UNTIED, "packets.lift": 0}
    ),
    "speak.answer_ratio": Silent(0, 10, "speak.fresh_minutes", 1, 1000),
    "speak.quiet_share": Silent(1, 0.1, "speak.quiet_days", 0.05, 5),
    "speak.more_probability": Silent(
        0, 0.4, "speak.more_minutes", 0.1, 10, {"reaction.stay_probability": 0.2}
    ),
    "ties.growth": Silent(
        0, 1, "ties.benefit", 0, 5, {"ties.graph": "strangers", "habit.days": 1}
    ),
    "ties.benefit": Silent(0, 2, "ties.initial_weight", 0.01, 10, UNTIED),
    "habit.gain": Silent(
        0, 2, "needs.chat_enjoyment", 0, 1,
        {**UNFED, "speak.need_push": 0},
    ),
    "packets.stranger_share": Silent(
        1, 0, "ties.initial_weight", 0.01, 10,
        {**UNTIED, "packets.lift": 0, "packets.crowding": 0}, paid=True,
    ),
    "packets.lift": Silent(
        0, 5, "packets.mood_hours", 0.5, 100,
        {"ties.graph": "strangers", "ties.growth": 0, "packets.dip": 0}, paid=True,
    ),
    "packets.crowding": Silent(
        0, 1, "packets.mood_hours", 0.5, 100,
        {"ties.initial_weight": 10, "packets.lift": 0, "packets.dip": 0}, paid=True,
    ),
    "packets.dip": Silent(
        0, 1, "packets.expectation_days", 0.2, 100, {"packets.lift": 0, "packets.crowding": 0},
        paid=True,
    ),
    "packets.thanks_ratio": Silent(
        0, 50, "packets.half_fen", 1, 10_000,
        {"packets.lift": 0, "packets.crowding": 0, "packets.dip": 0}, paid=True,
    ),
    "leaving.verdict_weight": Silent(0, 1, "needs.message_cost", 0.001, 1),
    "operator.answer_probability": Silent(
        0, 0.5, "operator.answer_minutes", 5, 500, {"speak.more_probability": 0}
    ),
}  # fmt: skip


def logs(key: str, switch: float, probe: Any) -> bytes:
    silent = PROBED[key]
    values = {**silent.also, key: switch, silent.probe: probe}
    point = scenario(values, silent.paid, silent.posted)
    _, messages, events = simulate_log([point], 6, seed=3)
    return bytes(messages.tobytes() + events.tobytes())


@pytest.mark.parametrize("key", PROBED)
def test_what_acts_through_a_mechanism_that_is_off_does_nothing(key: str) -> None:
    silent = PROBED[key]
    assert logs(key, silent.off, silent.low) == logs(key, silent.off, silent.high)
    assert logs(key, silent.on, silent.low) != logs(key, silent.on, silent.high)


def played(values: dict[str, Any], **posts: Any) -> Trace:
    return simulate_log([scenario(values, **posts)], 6, seed=3)[0]


def audience_is_off(strength: float) -> bool:
    community = Community(scenario({"speak.audience": strength, **UNTIRED}))
    community.run(48)
    return bool(community.audience == 1.0)


def replies_reward_nothing(step: float) -> bool:
    """Without learning from relief, habit can only fall, unless a reply rewards."""
    unlearned = {"habit.gain": 0, "habit.team_gain": 0, "arrivals.per_day": 0}
    values = {**unlearned, "habit.reply_reward": step, "habit.days": 60}
    community = Community(scenario(values))
    start = {slot: member.habit for slot, member in community.members.items()}
    community.run()
    return all(member.habit <= start[slot] for slot, member in community.everyone.items())


def habits_fade_alike(sigma: float) -> bool:
    community = Community(scenario({"habit.days_sigma": sigma}))
    return {member.habit_pace for member in community.members.values()} == {1.0}


def trust_stays(**values: float) -> bool:
    named = {f"trust.{name}": value for name, value in values.items()}
    daily = played({**named, "trust.initial": 0.4}).daily
    return bool(np.allclose(daily["trust"], 0.4, atol=1e-12))


def a_worthless_post_costs_no_trust(expected: float) -> bool:
    values = {"trust.expected_worth": expected, "trust.warmth": 0.0, "trust.initial": 0.4}
    named = {"trust.ad_loss": 0.0, "group.topic_breadth": 1.0, "operator.quality": 0.0}
    daily = played({**values, **named}, quality=0.0).daily
    return bool(np.all(daily["trust"] >= 0.4 - 1e-12))


def greetings_earn_nothing(warmth: float) -> bool:
    values = {"trust.warmth": warmth, "trust.gain": 1.0, "trust.initial": 0.4}
    silent = {"operator.answer_probability": 0.0}
    daily = played({**values, **silent}, kinds=["greeting"]).daily
    return bool(np.allclose(daily["trust"], 0.4, atol=1e-12))


def quality_is_steady(days: float) -> bool:
    """See the team's posts among the newest messages of a community of the silent."""
    values = {"operator.quality_half_life_days": days, "speak.propensity": 0}
    community = Community(scenario(values))
    community.run()
    said = community.conversation.newest
    assert all(message.author == -1 for message in said)
    assert len({message.kind for message in said} & {AD, ANSWER, PACKET}) == 1
    return all(message.quality == POSTS["quality"] for message in said)


def drives_at(values: dict[str, Any], **changed: int) -> tuple[float, float]:
    """Return a member's drives beside its own message, something of that message changed."""
    community = Community(scenario({**values, **UNTIRED}, posted=False))
    community.run(48)
    newest = community.conversation.newest[-1]
    member = community.members[newest.author]
    target = community.conversation.newest[0]
    for name, value in changed.items():
        if name == "team":
            target.author, target.reply_to = value, -1
        else:
            setattr(newest if name == "author" else target, name, value)
    taken = Taken(0, 1, [0.0] * 16, 0, 0, target, 1.0)
    return member.drives(newest.time_hours, 0.5, False, taken)


def own_message_counts_as_any(share: float) -> bool:
    values = {"speak.unanswered_share": share}
    return drives_at(values)[0] == drives_at(values, author=-1)[0]


def replies_to_oneself_count_as_any(evenness: float) -> bool:
    values = {"speak.evenness": evenness}
    replies = {drives_at(values, reply_to=slot)[1] for slot in range(30)}
    return len(replies) == 1


def team_is_not_answered(ratio: float) -> bool:
    return drives_at({"speak.team_ratio": ratio}, team=-1)[1] == 0.0


def hosts_feel_no_duty(duty: float) -> bool:
    community = Community(scenario({"roles.duty": duty}))
    return bool(community.members[0].duty() == 0.0)


def nobody_wants(name: str, want: int, rate: float) -> bool:
    community = Community(scenario({f"wants.{name}_per_month": rate}))
    community.run()
    return all(member.want != want for member in community.everyone.values())


def nobody_comes_on(step: float) -> bool:
    member = Community(scenario({"progress.step": step})).members[0]
    member.gain_progress()
    return bool(member.progress == 0.0)


def candidates(values: dict[str, Any]) -> np.ndarray[Any, Any]:
    params = Params().replace({"arrivals.burst_ratio": 0.0, **values})
    return arrival_hours(int(group_key(1, 0)), params, 2400.0)


def trickle_is_steady(power: float) -> bool:
    early, late = (np.sum(candidates({"arrivals.per_day": 9.0, "arrivals.fading_power": power}) < h)
                   for h in (1200.0, 2400.0))  # fmt: skip
    return bool(abs(2 * early - late) < 5 * np.sqrt(late))


def pull(values: dict[str, Any], friends: int = 0, streak: int = 0) -> float:
    """Return how likely a member takes part in a check-in, beside friends or after others."""
    community = opened(scenario(values), Call("check_in"))
    call, member = community.calls.open_now[0], community.members[3]
    assert call is not None
    member.streak = streak
    for other in member.tie_to[:friends]:
        community.everyone[other].answered = 1
    return community.calls.chance(member, call, 0)


def after_gathering(values: dict[str, Any]) -> tuple[list[float], float]:
    """Return ties and trust of a member after a gathering of four."""
    values = {"ties.graph": "small_world", **values}
    community = opened(scenario(values), Call("sign_up"))
    call, member = community.calls.open_now[0], community.members[3]
    assert call is not None
    member.fade_ties(2.0)
    came = [one for slot, one in sorted(community.members.items()) if slot < 4]
    community.calls.gather(2.0, call, came)
    return member.ties, member.trust


def gathering_does_nothing(name: str, value: float, place: int) -> bool:
    others = {f"gathering.{other}": 0 for other in ("tie_weight", "loosening_share", "trust")}
    return bool(
        after_gathering({**others, f"gathering.{name}": value})[place]
        == after_gathering(others)[place]
    )


def product_changes_nothing(step: float) -> bool:
    community = opened(scenario({"shop.verdict_step": step}), Call("order", fen=5))
    member = community.members[3]
    before = member.verdict
    community.calls.deliver(member, 5, 0.9)
    return member.verdict == before


def nothing_is_sold(probability: float) -> bool:
    values = {"shop.buy_probability": probability, "shop.wtp_fen": 1e6}
    offer = replace(scenario(values), policies=(called([(1.0, Call("order", fen=5, hours=0))]),))
    return not simulate_log([offer], 6, seed=3)[0].daily["orders"].any()


def written_to(**values: float) -> tuple[Trace, Array, Array]:
    """Play a group whose operators write to members, and to those who left."""
    named = {f"acts.{name}": value for name, value in values.items()}
    point = scenario({**named, "leaving.unmute_probability": 0.0})
    letters = NamedPolicy("letters", "worlds_acts:Correspondent", Correspondent(5, False))
    return simulate_log([replace(point, policies=(letters,))], 6, seed=3)


def letters_draw_nobody(reach: float) -> bool:
    soon, late = (
        written_to(letter_reach_probability=reach, come_back_probability=0, letter_minutes=minutes)
        for minutes in (1.0, 1000.0)
    )
    return bool(soon[1].tobytes() == late[1].tobytes())


def gate_left_open(values: dict[str, Any], **orders: float) -> bool:
    """See whether a gate that asks only for work changes who the members are."""
    given = {name: np.array([value]) for name, value in orders.items()}
    gate = NamedPolicy("gate", "test:Gate", Gate(tuple(given.items())))
    plain = scenario(values, posted=False)
    found = [Community(one) for one in (plain, dataclasses.replace(plain, policies=(gate,)))]
    habits = [[member.habit for member in one.everyone.values()] for one in found]
    return habits[0] == habits[1]


@dataclass(frozen=True)
class Gate:
    """Give orders that stand from creation on."""

    orders: tuple[tuple[str, Any], ...] = ()

    def plan(self, setting: Setting) -> Actions:
        """Return them, and nothing to do."""
        return Actions(Actions.none().acts, **dict(self.orders))


def guests_differ_as_candidates(likeness: float) -> bool:
    """See whether the guests of two inviters far apart are drawn alike."""
    community = Community(scenario({"growth.likeness": likeness, "growth.reserve": 2}))
    inviters = list(community.members.values())[:2]
    inviters[0].interest, inviters[1].interest = 0.0, 0.5
    return len({community._interest(0.1, inviter) for inviter in inviters}) == 1


CHECKED: dict[str, tuple[float, float, Callable[[float], bool]]] = {
    "arrivals.fading_power": (0, 0.5, trickle_is_steady),
    "arrivals.unknown_share": (0, 1, lambda x: len(candidates({"arrivals.unknown_share": x})) > 0),
    "speak.audience": (0, 0.5, audience_is_off),
    "speak.unanswered_share": (1, 0.3, own_message_counts_as_any),
    "speak.team_ratio": (0, 0.5, team_is_not_answered),
    "speak.evenness": (0, 0.5, replies_to_oneself_count_as_any),
    "habit.reply_reward": (0, 0.5, replies_reward_nothing),
    "habit.days_sigma": (0, 0.5, habits_fade_alike),
    "trust.gain": (0, 0.5, lambda x: trust_stays(gain=x, ad_loss=0.0)),
    "trust.ad_loss": (0, 0.5, lambda x: trust_stays(gain=0.0, ad_loss=x)),
    "trust.expected_worth": (0, 0.5, a_worthless_post_costs_no_trust),
    "trust.warmth": (0, 0.5, greetings_earn_nothing),
    "leaving.mute_probability": (
        0, 0.5, lambda x: not played({"leaving.mute_probability": x}).muted.any()
    ),
    "leaving.leave_probability": (
        0, 0.5, lambda x: not played({"leaving.leave_probability": x}).left.any()
    ),
    "leaving.unmute_probability": (
        0, 0.5, lambda x: not played({"leaving.unmute_probability": x}).daily["unmutes"].any()
    ),
    "acts.letter_reach_probability": (0, 0.5, letters_draw_nobody),
    "acts.unmute_probability": (
        0, 0.5, lambda x: not written_to(unmute_probability=x)[0].daily["unmutes"].any()
    ),
    "acts.come_back_probability": (
        0, 0.5, lambda x: not written_to(come_back_probability=x)[0].daily["returns"].any()
    ),
    "operator.quality_half_life_days": (0, 2, quality_is_steady),
    "roles.duty": (0, 4, hosts_feel_no_duty),
    "wants.problems_per_month": (0, 30, lambda x: nobody_wants("problems", PROBLEM, x)),
    "wants.purchases_per_month": (0, 30, lambda x: nobody_wants("purchases", PURCHASE, x)),
    "wants.ideas_per_month": (0, 30, lambda x: nobody_wants("ideas", IDEA_WANT, x)),
    "progress.step": (0, 0.5, nobody_comes_on),
    "screen.spammers": (
        0, 0.5, lambda x: not played({"screen.spammers": x}).daily["ad"].any()
    ),
    "calls.base": (0, 3, lambda x: pull({"calls.base": x}) == 0.0),
    "calls.streak": (
        0, 3, lambda x: pull({"calls.streak": x}, streak=5) == pull({"calls.streak": x})
    ),
    "calls.company": (
        0, 3, lambda x: pull({"calls.company": x}, friends=2) == pull({"calls.company": x})
    ),
    "gathering.tie_weight": (0, 2, lambda x: gathering_does_nothing("tie_weight", x, 0)),
    "gathering.loosening_share": (0, 1, lambda x: gathering_does_nothing("loosening_share", x, 0)),
    "gathering.trust": (0, 1, lambda x: gathering_does_nothing("trust", x, 1)),
    "shop.buy_probability": (0, 1, nothing_is_sold),
    "shop.verdict_step": (0, 1, product_changes_nothing),
    "gate.work_power": (
        0, 5, lambda x: gate_left_open({"gate.work_power": x}, work_share=1.0)
    ),
    "gate.commitment": (
        0, 1, lambda x: gate_left_open(
            {"gate.commitment": x, "gate.work_power": 0}, work_share=1.0
        )
    ),
    "growth.invite_probability": (
        0, 1, lambda x: not played({"growth.invite_probability": x}).daily["invitations"].any()
    ),
    "growth.likeness": (0, 0.5, guests_differ_as_candidates),
    "group.planned_end_days": (
        0, 2, lambda x: played({"group.planned_end_days": x}).life["observed_hours"][0] == 96
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", CHECKED)
def test_a_switch_switches(key: str) -> None:
    off, on, is_off = CHECKED[key]
    assert is_off(off)
    assert not is_off(on)


def test_every_switch_of_the_table_is_tested() -> None:
    says = re.compile(r"; ([01]): (?:off|none|steady|no )")
    switches = {
        key: float(said.group(1))
        for key, parameter in parameters().items()
        if (said := says.search(parameter.meaning))
    }
    tested = {key: silent.off for key, silent in PROBED.items()}
    tested |= {key: off for key, (off, _, _) in CHECKED.items()}
    assert switches == tested
