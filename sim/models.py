"""`Community`: one group as a Mesa model, look by look; the readable specification."""

from __future__ import annotations

import heapq
import math
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
from mesa.datacollection import DataCollector

from sim import members as traits
from sim import rules
from sim.agents import Member, Operator
from sim.arrivals import arrival_hours
from sim.consulting import Consultant
from sim.conversation import Conversation
from sim.daybook import REPORTERS, close_day, logs_of, observe_community, trace_of
from sim.draws import group_key
from sim.params import to_record
from sim.scenario import Scenario, by_key
from sim.scenario.allowed import LARGEST_INTEGER, Allowed
from sim.state import LEDGER_DTYPE, PACKET, Array
from sim.ties import tie_weights, tied_to
from sim.timetable import timetable
from sim.trace import (
    DAY_COUNTS,
    DAY_DTYPE,
    JOIN,
    LIFE_DTYPE,
    Trace,
    start_life,
)

# The order in which events act at the same instant.
ACT, EXTRA, REFUND, TEAM, CANDIDATE, BASELINE, REACTION = range(7)

REPLICATION = Allowed(int, 0, LARGEST_INTEGER)


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

    def __init__(
        self,
        scenario: Scenario,
        replication: int = 0,
        seed: int | None = None,
        member_class: type[Member] = Member,
        **levers: Any,
    ) -> None:
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
        self.cap, self.closed = scenario.params.group.cap, False
        self.attentive = 0.0
        self.joined = self.left = 0
        self.asked = scenario.params.group.size  # first members and candidates so far
        self.local_day = 0
        self.day: dict[str, int] = dict.fromkeys(DAY_COUNTS, 0)
        days = math.ceil((self.end_hours + self.start_hour) / 24)
        self.daily = np.zeros((1, days), DAY_DTYPE)
        self.life = np.zeros(1, LIFE_DTYPE)
        start_life(self.life[0], self.end_hours, scenario.params.group.planned_end_days * 24.0)
        self._queue: list[tuple[float, int, int]] = []
        self.conversation: Conversation = Conversation(self)
        self.team = Operator(self)
        self.members: dict[int, Member] = {}  # present, by slot
        self.everyone: dict[int, Member] = {}  # ever joined, by slot
        self._populate()
        self.books = np.zeros((1, max(1, len(scenario.policies))), LEDGER_DTYPE)
        self.books["last_act_hours"] = -np.inf
        self._consultant = Consultant(scenario)
        self._acts = timetable(scenario)
        self._act_next = 0
        self._extra = self._acts[:0]
        self.datacollector = DataCollector(model_reporters=REPORTERS)

    def _take(self, scenario: Scenario) -> None:
        params = scenario.params
        record = to_record(params)[0]
        self.p = SimpleNamespace(**{name: float(record[name]) for name in record.dtype.names})
        planned = params.group.planned_end_days
        self.end_hours = 24.0 * (min(scenario.days, planned) if planned > 0 else scenario.days)
        self.start_hour = params.group.start_hour
        self.start_weekday = params.group.start_weekday
        self.need_means = traits.need_means(record)
        self.feeding = [
            [(need, fed) for need, fed in enumerate(row) if fed > 0.0]
            for row in traits.feeding(params).tolist()
        ]
        self.half_exposures = traits.half_exposures(params).tolist()
        self.fading = traits.fading(params).tolist()
        self._rhythm = traits.hour_factors(params).tolist()
        self._arrivals = arrival_hours(self.key, params, self.end_hours).tolist()
        self._arrival_next = 0
        self.slots = params.group.size + len(self._arrivals)

    def _populate(self) -> None:
        size = self.group_scenario.params.group.size
        self.present = self.hearing = 0
        tie_to = tied_to(self.group_scenario.params, self.key)
        ties = tie_weights(self.group_scenario.params, tie_to)
        for slot in range(size):
            member = self._admit(slot)
            member.reaction_hours = rules.delay_hours(
                member.first_delay_uniform, 60.0 * self.p.look_first_hours
            )
            member.take_ties(tie_to[slot].tolist(), ties[slot].tolist())

    def _admit(self, slot: int) -> Member:
        member = self.member_class(self, slot)
        self.members[slot] = self.everyone[slot] = member
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
            close_day(self, self.end_hours)
            self.running = False

    def run(self, to_hour: int | None = None) -> None:
        """Play to an hour, or to the end."""
        while self.hour < self.end_hours and (to_hour is None or self.hour < to_hour):
            self.step()

    def _play_hour(self) -> None:
        hour, clock = self.hour, self.hour + self.start_hour
        self.hour_end = hour + 1.0
        if clock % 24 == 0 and hour > 0:
            close_day(self, float(hour))
            self._begin_day(clock // 24, float(hour))
        if not self.over:
            self._consult()
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

    def _begin_day(self, day: int, hour: float) -> None:
        self.local_day = day
        self.day = dict.fromkeys(DAY_COUNTS, 0)
        self.attentive = 0.0
        for slot in sorted(self.members):
            self.members[slot].follow_fading(hour)

    def _consult(self) -> None:
        if not self._consultant.due(self.hour):
            return
        actions = self._consultant.consult(observe_community(self), self.books)
        assert actions.cap is not None
        assert actions.closed is not None
        self.cap, self.closed = int(actions.cap[0]), bool(actions.closed[0])
        self._extra = actions.acts
        for index, act in enumerate(self._extra):
            heapq.heappush(self._queue, (float(act["time_hours"]), EXTRA, index))

    def _gather(self) -> None:
        how = (self.start_weekday * 24 + self.start_hour + self.hour) % 168
        self.factors = {shift: self._rhythm[(how - shift) % 168] for shift in range(-3, 4)}
        for slot, member in self.members.items():
            member.spend_hour()
            if member.reaction_hours < self.hour_end:
                heapq.heappush(self._queue, (member.reaction_hours, REACTION, slot))
        if self.team.visit_hours < self.hour_end:
            heapq.heappush(self._queue, (self.team.visit_hours, TEAM, 0))
        packets = self.conversation.packets
        for packet in packets[self.conversation.packets_closed :]:
            due = packet.sent_hours + self.p.packets_expiry_hours
            if due < self.hour_end:
                heapq.heappush(self._queue, (due, REFUND, packet.number))
        while self._act_next < len(self._acts):
            at = float(self._acts["time_hours"][self._act_next])
            if at >= self.hour_end:
                break
            heapq.heappush(self._queue, (at, ACT, self._act_next))
            self._act_next += 1
        while self._arrival_next < len(self._arrivals):
            at = self._arrivals[self._arrival_next]
            if at >= self.hour_end:
                break
            slot = self.group_scenario.params.group.size + self._arrival_next
            heapq.heappush(self._queue, (at, CANDIDATE, slot))
            self._arrival_next += 1

    def queue_look(self, at: float, member: Member, origin: str) -> None:
        """Queue a look that falls into this hour."""
        if at < self.hour_end:
            code = BASELINE if origin == "baseline" else REACTION
            heapq.heappush(self._queue, (at, code, member.slot))

    def queue_visit(self, at: float) -> None:
        """Queue a visit of the team that falls into this hour."""
        if at < self.hour_end:
            heapq.heappush(self._queue, (at, TEAM, 0))

    def _play_event(self, t: float, origin: int, index: int) -> None:
        if origin in (BASELINE, REACTION):
            member = self.members.get(index)
            if member is None:
                return
            if origin == BASELINE and t == member.planned_hours:
                member.look(t, "baseline")
            elif origin == REACTION and t == member.reaction_hours:
                member.look(t, "reaction")
        elif origin == CANDIDATE:
            self._let_in(t, index)
        elif origin == TEAM:
            if t == self.team.visit_hours:
                self.team.visit(t)
        elif origin == REFUND:
            self.conversation.refund(t, self.conversation.packets[index])
        else:
            self._act(t, (self._acts if origin == ACT else self._extra)[index])

    def _act(self, t: float, act: Array) -> None:
        book = self.books[0, act["policy"]]
        if act["kind"] == PACKET:
            fen, shares, lucky = int(act["fen"]), int(act["shares"]), int(act["lucky"])
            if self.conversation.send_packet(t, -1, fen, shares, lucky):
                book["spent_fen"] += fen
                book["packets"] += 1
        else:
            self.team.post(t, int(act["kind"]), float(act["quality"]), bool(act["everyone"]))
            book["posts"] += 1
        book["last_act_hours"] = t

    def _let_in(self, t: float, slot: int) -> None:
        self.asked = slot + 1
        if len(self.members) >= self.cap or self.closed:
            self.day["refused"] += 1
            return
        member = self._admit(slot)
        member.last_hours = member.settled_hours = t
        member.seen = self.conversation.total
        self.day["joins"] += 1
        self.conversation.log_event(t, JOIN, slot)
        member.look(t, "join")

    def let_go(self, t: float, member: Member) -> None:
        """Let a member leave; with the last one the community ends."""
        del self.members[member.slot]
        member.remove()
        member.reaction_hours = math.inf
        self.left += 1
        self.day["leaves"] += 1
        self.count_audience(present=-1, hearing=0 if member.muted else -1)
        if not self.members:
            self.over = True
            self.life["ended_hours"] = t

    def trace(self) -> Trace:
        """Return what the community has left so far, as an `Ensemble` of one group does."""
        return trace_of(self)

    def logs(self) -> tuple[Array, Array]:
        """Return the message log and the event log, in the order of time."""
        return logs_of(self)
