"""`Community`: one group as a Mesa model, look by look; the readable specification.

One file because a message, what it sets off and what is written down of it are one course of
events: messages and packets, then the conversation they make, then the community around it.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
from mesa.datacollection import DataCollector

from sim import members as traits
from sim import rules, state, trace
from sim.agents import Member
from sim.allowed import LARGEST_INTEGER, Allowed
from sim.calls import Calls
from sim.draws import CALLED, DRAWN, RACED, REACH, SHARE, group_key, uniforms
from sim.errors import InputError
from sim.members import arrival_hours
from sim.operators import NO_LEDGER, Consultant, in_force, levers_of, people_seen, planned
from sim.params import to_record
from sim.people import RECENT_DAYS, People
from sim.scenario import Forked, Scenario, by_key
from sim.state import Array, Observation
from sim.team import Operator
from sim.ties import tie_weights, tied_to
from sim.trace import Trace, delay_bin

NOBODY = -1
REPLICATION = Allowed(int, 0, LARGEST_INTEGER)


@dataclass(slots=True)
class Message:
    """One message of the group; author -1 is the operator team, -2 the team as if a member."""

    number: int
    time_hours: float
    author: int
    count: int
    kind: int
    quality: float
    topic: float
    reply_to: int
    opener: int = 0  # 1: opener without an answer, 2: answered
    wanted: bool = False  # the team means to answer
    promised_hours: float = 0.0  # when its desk comes to it; 0: at any visit


@dataclass(slots=True)
class RedPacket:
    """One red packet and what is left of it."""

    number: int
    message: int
    author: int
    count: int
    sent_hours: float
    left_fen: int
    shares: int
    left_shares: int
    lucky: int
    best_fen: int = 0
    best_member: int = NOBODY
    open: bool = True


class Conversation:
    """The messages and packets of one community, and the reactions they cause."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.newest: deque[Message] = deque(maxlen=state.RING)
        self.total = 0
        self.packets: list[RedPacket] = []
        self.packets_closed = 0
        self.claims = 0
        self.member_messages: int = 0
        self.last_message_hours = 0.0
        self.solved_to = 0  # number after the newest solution's
        self.message_log: list[tuple[float, int, int, int]] = []
        self.event_log: list[tuple[float, int, int, int, int, int]] = []

    def log_event(self, t: float, event: int, member: int, packet: int = -1, fen: int = 0,
                  shares: int = 0) -> None:  # fmt: skip
        """Keep one row of the event log."""
        self.event_log.append((t, event, member, packet, fen, shares))

    def draw_in(self, t: float, author: int, count: int) -> None:
        """Draw a few hearing members in, each by its attention."""
        community = self.community
        p, key = community.p, community.key
        mean = rules.draws_mean(
            community.attentive, p.reaction_draw_probability, p.reaction_draw_max
        )
        mean *= rules.awake_share(community.factors[0], p.rhythm_reaction_share)
        if mean <= 0.0:
            return
        u, _, _, _ = uniforms(key, 0, author + 1, count, REACH, 0)
        block = 1
        for _ in range(rules.poisson_count(u, mean)):
            for _ in range(12):
                pick, accept, wait, _ = uniforms(key, 0, author + 1, count, REACH, block)
                block += 1
                slot = int(pick * (community.asked - community.vacant))
                if slot >= community.next_guest:
                    slot += community.vacant
                member = community.members.get(slot)
                if member and not member.muted and accept < member.attention:
                    if member.slot != author:
                        member.react(t, wait, p.reaction_draw_minutes, DRAWN, author, count)
                    break

    def draw_all(self, t: float, author: int, count: int, share: float, minutes: float,
                 evenness: float) -> None:  # fmt: skip
        """Give every hearing member a chance to be drawn in: a packet, or an @all."""
        hour_share = self.community.p.rhythm_reaction_share
        for slot, member in sorted(self.community.members.items()):
            if not member.muted and slot != author:
                accept, wait, _, _ = uniforms(
                    self.community.key, slot, author + 1, count, REACH, 255
                )
                drawn = rules.race_share(share, member.attention, evenness)
                awake = rules.awake_share(self.community.factors[member.shift], hour_share)
                if accept < drawn * awake:
                    member.react(t, wait, minutes, RACED, author, count)

    def answered(self, t: float, target: Message) -> None:
        """Note an answer to a message."""
        if target.opener == 1:
            target.opener = 2
            self.community.life["openers_answered"] += 1
        target.wanted = False
        self.community.life["reply_delays"][0, delay_bin(t - target.time_hours)] += 1

    def append(self, t: float, author: int, count: int, kind: int, quality: float, topic: float,
               reply_to: int) -> Message:  # fmt: skip
        """Add a message to the newest ones."""
        message = Message(self.total, t, author, count, kind, quality, topic, reply_to)
        self.newest.append(message)
        self.total += 1
        return message

    def say(self, t: float, member: Member, kind: int, quality: float, topic: float,
            target: Message | None, begins: bool) -> Message:  # fmt: skip
        """Let a member say something; only the first message of a turn can be an opener."""
        community = self.community
        day = community.day
        count = member.messages
        member.messages += 1
        reply_to = NOBODY if target is None else target.author
        if target is not None:
            day["replies"] += 1
            self.answered(t, target)
        message = self.append(t, member.slot, count, kind, quality, topic, reply_to)
        if target is None and begins:
            message.opener = 1
            community.life["openers"] += 1
        day[state.KINDS[kind]] += 1
        day["host_messages"] += bool(member.role & state.HOST)
        if member.post_day != community.local_day:
            member.post_day = community.local_day
            day["posting_members"] += 1
        row = community.life.view(np.recarray)[0]
        member.posted_weeks = trace.note_message(row, t, member.posted_weeks, member.posts > 0)
        member.posts += 1
        if community.levers & state.PEOPLE_SEEN:
            community.note_post(member.slot, t)
        self.member_messages += 1
        self.last_message_hours = t
        if target is not None and reply_to < 0:
            reply_to = -2 - target.count
        elif reply_to >= 0:
            trace.note_answer(row, t, member.slot, reply_to)
            day["exchanges"] += 1
        self.message_log.append((t, member.slot, reply_to, kind))
        if kind == state.QUESTION:
            community.team.hear(t, message)
        return message

    def set_off(self, t: float, message: Message, call: float) -> None:
        """Let a message call its addressee back, by the uniform `call`, and draw others in."""
        p = self.community.p
        if message.reply_to in self.community.members and call < p.reaction_call_probability:
            wait, minutes = call / p.reaction_call_probability, p.reaction_call_minutes
            addressee = self.community.members[message.reply_to]
            addressee.react(t, wait, minutes, CALLED, message.author, message.count)
        self.draw_in(t, message.author, message.count)

    def send_packet(self, t: float, author: int, fen: int, shares: int, lucky: int) -> bool:
        """Send a packet (author -1: the team); False when too many are open."""
        community = self.community
        p, day = community.p, community.day
        if len(self.packets) - self.packets_closed >= state.PACKETS_OPEN:
            community.life["packets_refused"] += 1
            return False
        if author >= 0:
            sender = community.members[author]
            count, topic = sender.messages, sender.interest
            sender.messages += 1
            day["packet"] += 1
            day["member_fen"] += fen
        else:
            count, topic = community.team.messages, rules.middle_topic(p.group_topic_breadth)
            community.team.messages += 1
            day["operator_packets"] += 1
            day["operator_fen"] += fen
        number = len(self.packets)
        self.packets.append(
            RedPacket(number, self.total, author, count, t, fen, shares, shares, lucky)
        )
        self.append(t, author, count, state.PACKET, 1.0, topic, NOBODY)
        self.log_event(t, trace.SENT, author, number, fen, shares)
        share, minutes = p.reaction_packet_share, p.reaction_packet_minutes
        self.draw_all(t, author, count, share, minutes, p.reaction_packet_evenness)
        return True

    def claim_share(self, t: float, member: Member, packet: RedPacket) -> int:
        """Let a member take the next share of a packet; return its fen."""
        community = self.community
        if packet.lucky:
            taken = packet.shares - packet.left_shares
            u, _, _, _ = uniforms(community.key, taken, packet.author + 1, packet.count, SHARE, 0)
            fen = rules.lucky_share_fen(u, packet.left_fen, packet.left_shares)
        else:
            fen = rules.equal_share_fen(packet.left_fen, packet.left_shares)
        packet.left_fen -= fen
        packet.left_shares -= 1
        day = community.day
        day["claims"] += 1
        day["claimed_fen"] += fen
        if packet.author < 0:
            day["operator_claimed_fen"] += fen
        self.claims += 1
        if community.levers & state.PEOPLE_SEEN:
            community.people["claims"][member.slot] += 1
        community.life["claim_delays"][0, delay_bin(t - packet.sent_hours)] += 1
        self.log_event(t, trace.CLAIMED, member.slot, packet.number, fen, 1)
        if fen > packet.best_fen:
            packet.best_fen, packet.best_member = fen, member.slot
        if packet.left_shares == 0 and packet.lucky and packet.shares > 1:
            self._thank_luckiest(t, member, packet)
        return fen

    def _thank_luckiest(self, t: float, last: Member, packet: RedPacket) -> None:
        community, best = self.community, packet.best_member
        p = community.p
        luckiest = community.members.get(best)
        if luckiest is None:
            return
        luckiest.gratitude_fen += (p.packets_luckiest_ratio - 1.0) * packet.best_fen
        if best != last.slot:
            _, wait, _, _ = uniforms(
                community.key, best, packet.author + 1, packet.count, SHARE, 255
            )
            minutes = p.reaction_call_minutes
            luckiest.react(t, wait, minutes, RACED, packet.author, packet.count, 1)

    def refund(self, t: float, packet: RedPacket) -> None:
        """Close an expired packet and give what is left back to its sender."""
        packet.open = False
        self.packets_closed += 1
        if packet.left_fen > 0:
            self.community.day["refunded_fen"] += packet.left_fen
            self.log_event(
                t, trace.REFUNDED, packet.author, packet.number, packet.left_fen, packet.left_shares
            )


def _today(count: str, community: Community) -> int:
    return community.day[count]


REPORTERS: dict[str, str | Callable[[Community], int]] = {
    "hour": "hour",
    "members": "present",
    "messages": partial(attrgetter("conversation.member_messages")),
    "looking_members_today": partial(_today, "looking_members"),
    "posting_members_today": partial(_today, "posting_members"),
}
"""What Mesa collects every hour; no lambdas, so that a community can be pickled."""


class Community(mesa.Model):  # type: ignore[misc]
    """One chat group; `step` plays an hour.

    Parameters
    ----------
    scenario : Scenario
    replication : int
        Which replication of the study, from 0.
    seed : int, optional
        The study's seed, 0 ... 2**63 - 1; by default the scenario's.
    member_class : type
        A subclass of Member with a behaviour of its own.
    **levers : number, word or list
        Values of the scenario that change: `size` and `days`, or any key with ``__`` for its dots
        (``policies__cadence__posts_per_day=2``); a dictionary's keys may keep their dots. So
        `mesa.batch_run` can vary whatever a sweep can.

    Attributes
    ----------
    p : SimpleNamespace
        Every parameter as a plain number, dots as underscores (``p.look_rate_per_day``).
    hour : int
        Whole hours since creation that have been played; also the hour under way.
    members, everyone : dict
        By slot, the members present and all who ever joined.
    conversation : Conversation
        Messages and red packets so far.
    team : Operator
        The operator team.
    calls : Calls
        What the team asks members to take part in.
    cap, closed : int
        Orders in force, as all of `sim.state.STANDING`.
    levers : int
        Bits of `sim.state` (`LETTERS` ...): what members must ask for at a look.
    people : ndarray
        What the team knows of each member, by slot: records of `sim.state.PEOPLE_DTYPE`.
    day : dict
        Counts of the local day under way, by the names of `sim.trace.DAY_COUNTS`.
    daily, life : ndarray
        What `trace` returns, of one group.

    Raises
    ------
    InputError
        Every value that is not allowed; an unknown name, with the nearest.

    Examples
    --------
    >>> from sim.scenario import Scenario
    >>> community = Community(Scenario(), size=5, days=1)
    >>> community.run()
    >>> int(community.trace().daily["looks"].sum()) > 0
    True
    """

    cap: int
    closed: int
    fee_fen: float
    work_share: float
    review_share: float
    narrowness: float
    referral: int
    probation: int
    invite_reward_fen: float
    rules_shown: int
    removal_share: float
    personal_filter: int
    hands: int
    unanswered: int
    hushed: int

    def __init__(
        self,
        scenario: Scenario,
        replication: int = 0,
        seed: int | None = None,
        member_class: type[Member] = Member,
        **levers: Any,
    ) -> None:
        if isinstance(scenario, Forked):
            raise InputError(["scenario: a fork is played by `simulate` alone"])
        changed = levers if seed is None else {**levers, "seed": seed}
        if changed:
            scenario = scenario.with_values(by_key(changed))
        super().__init__(rng=scenario.seed)
        self.replication = REPLICATION.checked("replication", replication)
        self.group_scenario = scenario  # newer Mesa keeps `scenario` for one of its own
        self.key = int(group_key(scenario.seed, replication))
        self._take(scenario)
        self.member_class = member_class
        self.hour: int = 0
        self.hour_end = 1.0
        self.over = False
        plan = planned(scenario)
        self._stand(in_force([plan.standing()], scenario, 1))
        self.levers = levers_of(scenario)
        self.attentive = 0.0
        self.joined = self.left = 0
        self.local_day = 0
        self.day: dict[str, int] = dict.fromkeys(trace.DAY_COUNTS, 0)
        days = math.ceil((self.end_hours + self.start_hour) / 24)
        self.daily = np.zeros((1, days), trace.DAY_DTYPE)
        self.life = np.zeros(1, trace.LIFE_DTYPE)
        row = self.life.view(np.recarray)[0]
        trace.start_life(row, self.end_hours, self.p.group_planned_end_days * 24.0)
        self._queue: list[tuple[float, int, int]] = []
        self.conversation: Conversation = Conversation(self)
        self.team = Operator(self)
        self.attempts: dict[int, int] = {}  # by seat: who tried for it before and were turned away
        self.calls = Calls(self)
        self.members: dict[int, Member] = {}  # present, by slot
        self.everyone: dict[int, Member] = {}  # ever joined, by slot
        self._populate()
        self.books = np.zeros((1, max(1, len(scenario.policies))), state.LEDGER_DTYPE)
        self.books["last_act_hours"] = -np.inf
        self.people = np.zeros(self.slots, state.PEOPLE_DTYPE)
        self.people["last_post_hours"] = self.people["last_act_hours"] = -np.inf
        self.people["invited_by"] = -1
        self.people["joined_hours"] = np.inf
        self.people["joined_hours"][list(self.members)] = 0.0
        self._consultant = Consultant(scenario, plan)
        self._acts = plan.acts
        self._act_next = 0
        self._extra = self._acts[:0]
        self.datacollector = DataCollector(model_reporters=REPORTERS)

    def _take(self, scenario: Scenario) -> None:
        params = scenario.params
        self.record = to_record(params).view(np.recarray)[0]  # as rules take them
        names = self.record.dtype.names
        self.p = SimpleNamespace(**{name: float(self.record[name]) for name in names})
        self.end_hours = trace.end_hours(scenario)
        self.start_hour = params.group.start_hour
        self.start_weekday = params.group.start_weekday
        self.feeding = [
            [(need, fed) for need, fed in enumerate(row) if fed > 0.0]
            for row in traits.feeding(params).tolist()
        ]
        self.half_exposures = traits.half_exposures(params).tolist()
        self.fading = traits.fading(params).tolist()
        self._rhythm = traits.hour_factors(params)
        self._arrivals = arrival_hours(self.key, params, self.end_hours).tolist()
        self._arrival_next = 0
        self._guests_come: dict[int, float] = {}  # by slot: when those who have yet to come ask
        self.next_guest, self.vacant = params.group.size, params.growth.reserve
        self.asked = self.next_guest + self.vacant  # slots given and kept so far
        self.slots = self.asked + len(self._arrivals)

    def _populate(self) -> None:
        size = self.group_scenario.params.group.size
        self.present = self.hearing = 0
        tie_to = tied_to(self.group_scenario.params, self.key)
        ties = tie_weights(self.group_scenario.params, tie_to)
        for slot in range(size):
            if not self._fill_seat(slot):
                continue
            member = self._admit(slot)
            member.reaction_hours = traits.first_look_hours(
                member.first_delay_uniform,
                self.p.look_first_hours,
                self._rhythm,
                self.start_weekday * 24 + self.start_hour - member.shift,
                self.p.rhythm_reaction_share,
            )
            member.take_ties(tie_to[slot].tolist(), ties[slot].tolist())
        if not self.members:
            self.over = True
            self.life["ended_hours"] = 0.0

    @property
    def _gate(self) -> tuple[float, float, float, float]:
        """What the gate asks, as rules take it."""
        return self.fee_fen, self.work_share, self.review_share, self.narrowness

    def _fill_seat(self, slot: int) -> bool:
        """Let candidates try for a seat at creation until one passes the gate."""
        if not traits.is_gated(self._gate):
            return True
        before = traits.attempts_before(self.key, slot, self.record, self._gate)
        self.attempts[slot] = before
        self.day["turned_away"] += before
        if self.review_share > 0.0:
            self.day["reviewed"] += min(before + 1, traits.ATTEMPTS_MOST)
        return bool(before < traits.ATTEMPTS_MOST)

    def _turns_away(self, slot: int, inviter: Member | None) -> bool:
        """Say whether the gate turns a candidate or guest away, and count it."""
        comes = inviter is not None or not self.referral
        if comes and traits.is_gated(self._gate):
            drawn = traits.member_traits(self.key, slot, self.record)
            interest = self._interest(drawn[3], inviter)
            self.day["reviewed"] += self.review_share > 0.0
            comes = traits.passes_gate(
                self.key, slot, 0, self.record, self._gate, drawn[6], interest
            )
        self.day["turned_away"] += not comes
        return not comes

    def _interest(self, own: float, inviter: Member | None) -> float:
        """Return the interest of a candidate, or of a guest: a little like the inviter's."""
        if inviter is None:
            return own
        return float(rules.guest_interest(own, inviter.interest, self.p.growth_likeness))

    def _admit(self, slot: int) -> Member:
        member = self.member_class(self, slot)
        self.members[slot] = self.everyone[slot] = member
        member.habit = traits.committed_habit(member.habit, self.record, self._gate)
        if self.probation:
            member.role |= state.PROBATION
        self.day["gate_fees_fen"] += int(self.fee_fen)
        self.joined += 1
        self.count_audience(present=1, hearing=1)
        return member

    def count_audience(self, present: int = 0, hearing: int = 0) -> None:
        """Follow who is present and who hears: the audience's benefit and loafing."""
        self.present += present
        self.hearing += hearing
        self.audience = rules.audience_factor(self.hearing, self.p.speak_audience)
        self.loafing = rules.loafing_factor(
            self.present, self.p.speak_loafing, self.p.speak_identifiability
        )

    def step(self) -> None:
        """Play one hour."""
        if self.hour >= self.end_hours:
            self.running = False
            return
        self._play_hour()
        self.hour += 1
        self.datacollector.collect(self)
        if self.hour >= self.end_hours:
            self._close_day(self.end_hours)
            self.running = False

    def run(self, to_hour: int | None = None) -> None:
        """Play to an hour since creation (which itself is not played), or to the end."""
        while self.hour < self.end_hours and (to_hour is None or self.hour < to_hour):
            self.step()

    def _play_hour(self) -> None:
        hour, clock = self.hour, self.hour + self.start_hour
        self.hour_end = hour + 1.0
        if clock % 24 == 0 and hour > 0:
            self._close_day(float(hour))
            self._begin_day(clock // 24, float(hour))
        if not self.over:
            self._consult()
            self.team.man_desk(float(self.hour))
            self._gather()
        while self._queue and not self.over:
            t, origin, index = heapq.heappop(self._queue)
            if t >= self.end_hours:
                break
            self._play_event(t, origin, index)
        self._queue.clear()
        if self.over:
            self._refund_due()

    def _refund_due(self) -> None:
        """Refund what expires within the hour when no member is left."""
        talk = self.conversation
        for packet in talk.packets[talk.packets_closed :]:
            due = packet.sent_hours + self.p.packets_expiry_hours
            if due < min(self.hour_end, self.end_hours):
                talk.refund(due, packet)

    def _close_day(self, time_hours: float) -> None:
        """Write the counts and the levels at the end of a local day."""
        last = math.ceil((time_hours + self.start_hour) / 24) - 1
        row = self.daily[0, last]
        self._write_counts()
        present = len(self.members)
        row["members"] = present
        row["muted"] = present - self.hearing
        if present == 0:
            return
        fading = self.fading
        needs_met = fatigue = habit = trust = progress = ties = 0.0
        for slot in sorted(self.members):
            member = self.members[slot]
            hours = time_hours - member.last_hours
            satisfied = rules.kept_after(hours * fading[traits.HUNGER])
            fed = 0.0
            for weight, hunger in zip(member.weights, member.hunger, strict=True):
                fed += weight * (1.0 - hunger)
            needs_met += fed * satisfied
            fatigue += member.fatigue * rules.kept_after(hours * fading[traits.FATIGUE])
            habit += member.habit * rules.kept_after(
                hours * fading[traits.HABIT] * member.habit_pace
            )
            trust += member.trust
            progress += member.progress
            ties += sum(tie > 0.1 for tie in member.ties)
        self._write_verdicts(row)
        row["needs_met"] = needs_met / present
        row["fatigue"] = fatigue / present
        row["habit"] = habit / present
        row["trust"] = trust / present
        row["progress"] = progress / present
        if present > 1:
            row["tie_density"] = ties / (present * (present - 1.0))

    def _write_verdicts(self, row: Array) -> None:
        """Write the mean verdict of those who have read: present, and all who ever joined."""
        verdicts: dict[str, list[float]] = {"satisfaction": [], "satisfaction_of_joined": []}
        for slot in sorted(self.everyone):
            member = self.everyone[slot]
            if member.judged:
                verdicts["satisfaction_of_joined"].append(member.verdict)
                if slot in self.members:
                    verdicts["satisfaction"].append(member.verdict)
        row["satisfied_members"] = sum(
            verdict > trace.SATISFIED for verdict in verdicts["satisfaction"]
        )
        for name, judged in verdicts.items():
            total = 0.0
            for verdict in judged:
                total += verdict
            row[name] = total / max(1, len(judged))

    def _write_counts(self) -> None:
        """Write what was counted in the local day so far."""
        for name, count in self.day.items():
            self.daily[0, self.local_day][name] = count

    def _begin_day(self, day: int, hour: float) -> None:
        self.local_day = day
        self.day = dict.fromkeys(trace.DAY_COUNTS, 0)
        self.attentive = 0.0
        for slot in sorted(self.members):
            self.members[slot].follow_fading(hour)

    def _consult(self) -> None:
        if not self._consultant.due(self.hour):
            return
        actions = self._consultant.consult(self._observe(), self.books)
        self._stand(actions.standing())
        self._extra = actions.acts
        for index, act in enumerate(self._extra):
            self.queue(float(act["time_hours"]), state.EXTRA, index)

    def _stand(self, orders: dict[str, Array]) -> None:
        """Take the orders in force, an attribute each by the names of `sim.state.STANDING`."""
        for name, stands in orders.items():
            setattr(self, name, stands[0].item())

    def _observe(self) -> Observation:
        """Gather what operators see at a whole hour, as of an ensemble of one group."""
        talk, clock = self.conversation, self.hour + self.start_hour

        seen = {
            "hour_of_day": clock % 24,
            "weekday": (self.start_weekday + clock // 24) % 7,
            "members": len(self.members),
            "joined": self.joined,
            "left": self.left,
            "messages": talk.member_messages,
            "questions_open": sum(
                m.kind == state.QUESTION and m.author >= 0 and m.opener == 1 for m in talk.newest
            ),
            "messages_today": sum(self.day[kind] for kind in state.UTTERANCES),
            "posting_members_today": self.day["posting_members"],
            "exchanges_today": self.day["exchanges"],
            "silent_hours": self.hour - talk.last_message_hours,
            "shares_open": sum(packet.left_shares for packet in talk.packets if packet.open),
            "claims": talk.claims,
            **{name: getattr(self.calls, name) for name in state.CALLS_SEEN},
        }
        columns = {name: np.array([value]) for name, value in seen.items()}
        return Observation(
            time_hours=float(self.hour),
            ledger=NO_LEDGER,
            people_of=cache(self._show_people),
            **columns,
        )

    def _show_people(self) -> People:
        """Gather what operators know of every member."""
        now = {name: np.zeros(self.slots, np.uint8) for name in ("present", "role", "streak")}
        for slot, member in self.everyone.items():
            now["present"][slot] = slot in self.members
            now["role"][slot], now["streak"][slot] = member.role, member.streak
        return people_seen(float(self.hour), np.array([self.slots]), self.people, now)

    def note_post(self, slot: int, t: float) -> None:
        """Enter a message in what the team knows of its author."""
        person = self.people[slot]
        person["posts"] += 1
        person["last_post_hours"] = t
        hours = t - float(person["recent_hours"])
        person["recent"] = rules.next_recent(float(person["recent"]), hours, RECENT_DAYS)
        person["recent_hours"] = t

    def _gather(self) -> None:
        how = (self.start_weekday * 24 + self.start_hour + self.hour) % 168
        self.factors = {shift: float(self._rhythm[(how - shift) % 168]) for shift in range(-3, 4)}
        for slot, member in self.members.items():
            member.spend_hour()
            self.queue(member.reaction_hours, state.REACTION, slot)
        self.queue(self.team.visit_hours, state.TEAM, 0)
        for packet in self.conversation.packets[self.conversation.packets_closed :]:
            due = packet.sent_hours + self.p.packets_expiry_hours
            self.queue(due, state.REFUND, packet.number)
        self.calls.queue_settlements()
        for index in range(self._act_next, len(self._acts)):
            if not self.queue(float(self._acts["time_hours"][index]), state.ACT, index):
                break
            self._act_next += 1
        for at in self._arrivals[self._arrival_next :]:
            slot = self.slots - len(self._arrivals) + self._arrival_next
            if not self.queue(at, state.JOIN, slot):
                break
            self._arrival_next += 1
        for slot, at in self._guests_come.items():
            self.queue(at, state.JOIN, slot)

    def queue(self, at: float, origin: int, index: int) -> bool:
        """Queue an event (an origin of `sim.state`, a slot or number) that falls into this hour;
        say whether it does.
        """
        if at >= self.hour_end:
            return False
        heapq.heappush(self._queue, (at, origin, index))
        return True

    def _play_event(self, t: float, origin: int, index: int) -> None:
        if origin in (state.BASELINE, state.REACTION):
            member = self.members.get(index)
            if member is None:
                return
            if origin == state.BASELINE and t == member.planned_hours:
                member.look(t, "baseline")
            elif origin == state.REACTION and t == member.reaction_hours:
                member.look(t, "reaction")
        elif origin == state.JOIN:
            self._let_in(t, index)
        elif origin == state.TEAM:
            if t == self.team.visit_hours:
                self.team.visit(t)
        elif origin == state.SETTLE:
            self.calls.end(t, index)
        elif origin == state.REFUND:
            self.conversation.refund(t, self.conversation.packets[index])
        else:
            self.team.act(t, (self._acts if origin == state.ACT else self._extra)[index])

    def _let_in(self, t: float, slot: int) -> None:
        inviter = None
        if self._guests_come.pop(slot, None) is None:
            self.asked = slot + 1
        else:
            inviter = self.everyone[int(self.people[slot]["invited_by"])]
        if len(self.members) >= self.cap or self.closed:
            self.day["refused"] += 1
            return
        if self._turns_away(slot, inviter):
            return
        member = self._admit(slot)
        self.people[slot]["joined_hours"] = t
        if inviter is not None:
            self._bind(t, member, inviter)
        member.last_hours = member.settled_hours = t
        member.seen = self.conversation.total
        self.day["joins"] += 1
        self.conversation.log_event(t, trace.JOIN, slot)
        member.look(t, "join")

    def expect_guest(self, inviter: Member, at: float) -> None:
        """Expect somebody whom a member has invited to ask to join, if there is a slot left."""
        self.day["invitations"] += 1
        if self.vacant == 0:
            self.day["invitations_lost"] += 1
            return
        slot = self.next_guest
        self.next_guest += 1
        self.vacant -= 1
        known = self.people[slot]
        known["invited_by"] = inviter.slot
        known["depth"] = self.people[inviter.slot]["depth"] + 1
        self._guests_come[slot] = at
        self.queue(at, state.JOIN, slot)

    def _bind(self, t: float, guest: Member, inviter: Member) -> None:
        """Tie a guest who came in to the inviter, both ways, and pay the reward."""
        guest.interest = self._interest(guest.interest, inviter)
        guest.fade_ties(t)
        inviter.fade_ties(t)
        guest.grow_tie(inviter.slot, self.p.ties_initial_weight)
        inviter.grow_tie(guest.slot, self.p.ties_initial_weight)
        self.day["invited"] += 1
        self.day["invited_depths"] += int(self.people[guest.slot]["depth"])
        if inviter.slot in self.members and self.invite_reward_fen > 0:
            self.team.pay(t, inviter, int(self.invite_reward_fen))
            self.day["invite_rewards_fen"] += int(self.invite_reward_fen)

    def let_go(self, t: float, member: Member) -> None:
        """Let a present member leave; with the last one the community ends."""
        self.left += 1
        self.day["leaves"] += 1
        self.part_with(t, member)

    def part_with(self, t: float, member: Member) -> None:
        """Follow that a member is no longer present."""
        del self.members[member.slot]
        member.remove()
        member.reaction_hours = math.inf
        self.count_audience(present=-1, hearing=0 if member.muted else -1)
        if not self.members:
            self.over = True
            self.life["ended_hours"] = t

    def take_back(self, t: float, member: Member) -> None:
        """Let one who left in again, as it was when it left."""
        self.members[member.slot] = member
        self.register_agent(member)
        member.seen = self.conversation.total
        member.writes_on = False
        self.left -= 1
        self.day["returns"] += 1
        self.count_audience(present=1, hearing=0 if member.muted else 1)
        self.conversation.log_event(t, trace.RETURN, member.slot)

    def trace(self) -> Trace:
        """Return what the community has left so far, as an `Ensemble` of one group does; the day
        under way counts up to the hour that was played last.
        """
        self._write_counts()
        slots = range(self.slots)
        joined = np.array([slot in self.everyone for slot in slots], bool)
        present = np.array([slot in self.members for slot in slots], bool)
        people = [self.everyone.get(slot) for slot in slots]
        return Trace(
            point=np.zeros(1, np.int64),
            replication=np.array([self.replication]),
            daily=self.daily,
            days=np.array([self.daily.shape[1]]),
            life=self.life,
            first_slot=np.array([0, self.slots]),
            posts=np.array([0 if m is None else m.posts for m in people], np.int64),
            joined=joined,
            left=joined & ~present,
            muted=np.array([m is not None and m.muted for m in people], bool),
        )

    def logs(self) -> tuple[Array, Array]:
        """Return the message log and the event log in the order of time: records of
        `sim.trace.MESSAGE_DTYPE` and of `sim.trace.EVENT_DTYPE`.
        """
        talk = self.conversation
        messages = np.array([(0, *row) for row in talk.message_log], dtype=trace.MESSAGE_DTYPE)
        events = np.array([(0, *row) for row in talk.event_log], dtype=trace.EVENT_DTYPE)
        return messages, events
