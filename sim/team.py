"""The operator team of a `Community`: what it hears, answers, posts and does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim import rules, state
from sim.desk import (
    DESK_DTYPE,
    LATE_HOURS,
    PROMPT_HOURS,
    is_deed,
    minutes_of_acts,
    pay_hour,
    queue_hours,
    work_comes,
)
from sim.draws import CALLED, DEED, TEAM, uniforms
from sim.state import Array
from sim.trace import PAID, REMOVED

if TYPE_CHECKING:
    from sim.agents import Member
    from sim.models import Community, Message


class Operator(mesa.Agent):  # type: ignore[misc]
    """The operator team: posts on its timetable and answers questions on its visits.

    Parameters
    ----------
    model : Community

    Attributes
    ----------
    messages, deeds : int
        Sent so far, red packets among them; acts to single members.
    visit_hours : float
        Hours since creation of the next visit; infinite when none is due.
    desk : record
        What lies on its desk, of `sim.desk.DESK_DTYPE`.
    """

    model: Community

    def __init__(self, model: Community) -> None:
        super().__init__(model)
        self.messages = self.deeds = 0
        self.visit_hours = math.inf
        self.desk = np.zeros(1, DESK_DTYPE).view(np.recarray)[0]
        self._minutes = minutes_of_acts(model.group_scenario.params).tolist()

    def hear(self, t: float, question: Message) -> None:
        """Mean to answer a member's question, perhaps, and set the next visit, in working hours."""
        model, p = self.model, self.model.p
        u, wait, u_taken, _ = uniforms(model.key, 0, question.author + 1, question.count, TEAM, 0)
        if model.unanswered or u >= p.operator_answer_probability:
            return
        model.day["questions_meant"] += 1
        clock = (t + model.start_hour) % 24.0
        opening = rules.hours_to_opening(clock, p.operator_open_hour, p.operator_close_hour)
        hours = opening
        if self.desk.on_duty > 0:
            hours = queue_hours(self.desk, model.record, t, clock, u_taken)
            if hours < 0.0:
                model.day["questions_left"] += 1
                return
            model.day["late_answers"] += hours > opening + LATE_HOURS
            question.promised_hours = t + hours
        at = t + hours
        at += rules.delay_hours(wait, p.operator_answer_minutes)
        question.wanted = True
        self.visit_at(at)

    def visit_at(self, at: float) -> None:
        """Come by at this time, unless it does before."""
        if at < self.visit_hours:
            self.visit_hours = at
            self.model.queue(at, state.TEAM, 0)

    def man_desk(self, hour: float) -> None:
        """Put the hands in force on duty at the desk, and pay for them, from a whole hour on."""
        model = self.model
        tenths = rules.desk_tenths(model.hands, model.p.desk_hands)
        if tenths + self.desk.on_duty > 0:
            clock = (int(hour) + model.start_hour) % 24
            paid = pay_hour(self.desk, model.record, int(hour), clock, tenths)
            model.day["paid_minutes"] += paid

    def visit(self, t: float) -> None:
        """Answer every question it means to, oldest first, and that its desk has come to; for the
        others it comes again as soon as it has.
        """
        talk = self.model.conversation
        self.visit_hours = next_hours = math.inf
        for message in list(talk.newest):
            if message.wanted and message.number >= talk.total - state.RING:
                if message.promised_hours <= t:
                    self.post(t, (state.TEAM_AUTHOR, state.ANSWER), 1.0, False, message)
                else:
                    next_hours = min(next_hours, message.promised_hours)
        self.visit_at(next_hours)

    def act(self, t: float, act: Array) -> None:
        """Do one timed act (of `sim.state.ACT_DTYPE`); to a member who is not there nothing."""
        model, kind = self.model, int(act["kind"])
        if not self.is_done(t, kind, act):
            return
        book = model.books[0, act["policy"]]
        book["minutes"] += self._minutes[kind]
        book["last_act_hours"] = t
        model.day["operator_deeds"] += is_deed(kind)
        if self.desk.on_duty > 0:
            clock = (t + model.start_hour) % 24.0
            work_comes(self.desk, model.record, t, clock, self._minutes[kind])

    def is_done(self, t: float, kind: int, act: Array) -> bool:
        """Do an act, enter it in its policy's book, and say whether it could be done."""
        model, book = self.model, self.model.books[0, act["policy"]]
        if kind == state.PACKET:
            fen, shares, lucky = int(act["fen"]), int(act["shares"]), int(act["lucky"])
            if not model.conversation.send_packet(t, -1, fen, shares, lucky):
                return False
            book["spent_fen"] += fen
            book["packets"] += 1
            model.calls.give_money(t)
        elif kind < state.PACKET:
            to = int(act["to"])
            if to >= 0 and to not in model.members:
                return False
            own = middle = rules.middle_topic(model.p.group_topic_breadth)
            if to >= 0:
                own = model.members[to].interest
                model.people["last_act_hours"][to] = t
            topic = rules.act_topic(float(act["topic"]), middle, own)
            quality, everyone = float(act["quality"]), bool(act["everyone"])
            said = (state.TEAM_AUTHOR, kind)
            if act["other"] == state.AS_MEMBER:
                said = self.disguised(kind)
            self.post(t, said, quality, everyone, reply_to=to, topic=topic)
            if kind == state.CONTENT and act["amount"] > 0.0:
                model.conversation.solved_to = model.conversation.total
            book["posts"] += 1
        elif kind == state.CALL:
            if not model.calls.open(t, act):
                return False
            book["posts"] += 1
        elif kind == state.CLOSE:
            model.calls.close(t, int(act["other"]))
        else:
            return self.deed(t, kind, act)
        return True

    def disguised(self, kind: int) -> tuple[int, int]:
        """Return as whom and what members read what the team says next as if it were a member."""
        model = self.model
        u, _, _, _ = uniforms(model.key, 1, 0, self.messages, TEAM, 2)
        through = u < model.p.operator_shill_seen_probability
        model.day["shill_messages"] += 1
        model.day["shills_seen_through"] += through
        return (state.TEAM_AUTHOR, state.AD) if through else (state.SHILL, kind)

    def deed(self, t: float, kind: int, act: Array) -> bool:
        """Do an act to a member, or to the team itself; say whether it could be done."""
        model, book = self.model, self.model.books[0, act["policy"]]
        member, other = model.members.get(int(act["to"])), model.members.get(int(act["other"]))
        count = self.deeds
        self.deeds += 1
        if kind == state.HANDOVER:
            for one in model.everyone.values():
                one.trust = rules.handed_over(one.trust, float(act["amount"]))
        elif kind == state.LETTER:
            receiver = member or self.who_left(int(act["to"]))
            if receiver is None:
                return False
            self.write(t, receiver, float(act["quality"]), float(act["topic"]), count)
            book["letters"] += 1
        elif member is None:
            return False
        elif kind == state.PAIR and other is not None and other is not member:
            self.introduce(t, (member, other), act, count)
            book["letters"] += 2
        elif kind == state.REMOVE:
            self.remove_member(t, member)
            book["removed"] += 1
        elif kind == state.PAY:
            self.pay(t, member, int(act["fen"]))
            book["paid_fen"] += int(act["fen"])
            model.calls.give_money(t)
        elif kind == state.ROLE and act["other"] >= 0:
            bits = int(act["other"]) & state.ROLE_BITS
            member.role = member.role & ~bits | (bits if act["amount"] > 0.0 else 0)
        else:
            return False
        return True

    def who_left(self, slot: int) -> Member | None:
        """Return the one of this number who left of its own accord."""
        member = self.model.everyone.get(slot)
        gone = member is not None and slot not in self.model.members
        return member if gone and not self.model.people["removed"][slot] else None

    def write(self, t: float, member: Member, quality: float, topic: float, count: int) -> None:
        """Write to a member in private, present or gone; `count` is the deed's own number."""
        model, p = self.model, self.model.p
        model.levers |= state.LETTERS
        model.day["letters"] += 1
        model.people["last_act_hours"][member.slot] = t
        u, wait, _, _ = uniforms(model.key, member.slot, 0, count, DEED, 255)
        if member.slot in model.members:
            reach = rules.letter_probability(p.acts_letter_reach_probability, member.verdict)
            factor = model.factors[member.shift]
            drawn = u < reach * rules.awake_share(factor, p.rhythm_reaction_share)
        else:
            drawn = u < rules.return_probability(p.acts_come_back_probability, member.verdict)
            if not drawn or model.present >= model.cap or model.closed:
                return
            model.take_back(t, member)
        middle = rules.middle_topic(p.group_topic_breadth)
        place = rules.act_topic(topic, middle, member.interest)
        worth = rules.faded_quality(quality, t, p.operator_quality_half_life_days)
        member.letter += rules.letter_worth(worth, rules.topic_match(member.interest, place))
        member.letters += 1
        if drawn:
            member.react(t, wait, p.acts_letter_minutes, DEED, -1, count)

    def remove_member(self, t: float, member: Member) -> None:
        """Remove a present member from the group."""
        model = self.model
        model.attentive -= 0.0 if member.muted else member.attention
        member.attention = member.rate = 0.0
        model.people["removed"][member.slot] = 1
        model.people["last_act_hours"][member.slot] = t
        model.day["removals"] += 1
        model.conversation.log_event(t, REMOVED, member.slot)
        model.part_with(t, member)

    def introduce(self, t: float, both: tuple[Member, Member], act: Array, count: int) -> None:
        """Introduce two present members to each other: a tie both ways, a letter to both."""
        self.model.day["pairs"] += 1
        for member, other in (both, both[::-1]):
            member.fade_ties(t)
            member.grow_tie(other.slot, float(act["amount"]))
            self.write(t, member, float(act["quality"]), float(act["topic"]), count)

    def pay(self, t: float, member: Member, fen: int) -> None:
        """Pay a present member, who finds the money at its next look."""
        model = self.model
        model.levers |= state.LETTERS
        member.letter += rules.LEAST_WORTH
        member.paid_fen += fen
        model.people["last_act_hours"][member.slot] = t
        model.day["payments"] += 1
        model.day["paid_fen"] += fen
        model.conversation.log_event(t, PAID, member.slot, -1, fen)

    def post(
        self, t: float, said: tuple[int, int], quality: float, everyone: bool,
        target: Message | None = None, reply_to: int = -1, topic: float = 0.0,
    ) -> None:  # fmt: skip
        """Post as somebody a kind (`said`), to member `reply_to` or to nobody in particular (-1),
        or answer a message (with `operator.quality`); quality fades with the age of the group, and
        `everyone` calls every hearing member (@all).
        """
        author, kind = said
        model, p, talk = self.model, self.model.p, self.model.conversation
        count = self.messages
        self.messages += 1
        if target is not None:
            reply_to, topic, quality = target.author, target.topic, p.operator_quality
            model.day["operator_answers"] += 1
            waited = t - target.time_hours
            model.day["answer_wait_minutes"] += int(60.0 * waited + 0.5)
            model.day["prompt_answers"] += waited <= PROMPT_HOURS
            talk.answered(t, target)
        else:
            model.day["operator_posts"] += 1
        worth = rules.faded_quality(quality, t, p.operator_quality_half_life_days)
        talk.append(t, author, count, kind, worth, topic, reply_to)
        talk.message_log.append((t, author, reply_to, kind))
        if reply_to in model.members:
            call, wait, _, _ = uniforms(model.key, 1, 0, count, TEAM, 0)
            if call < p.reaction_call_probability:
                addressee = model.members[reply_to]
                addressee.react(t, wait, p.reaction_call_minutes, CALLED, -1, count)
        if everyone:
            talk.draw_all(t, -1, count, p.reaction_everyone_share, p.reaction_draw_minutes, 0.0)
        else:
            talk.draw_in(t, -1, count)
