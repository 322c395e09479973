"""The operator team of a `Community`: what it hears, answers, posts and does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim import rules, state
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
    """

    model: Community

    def __init__(self, model: Community) -> None:
        super().__init__(model)
        self.messages = self.deeds = 0
        self.visit_hours = math.inf

    def hear(self, t: float, question: Message) -> None:
        """Mean to answer a member's question, perhaps, and set the next visit, in working hours."""
        model, p = self.model, self.model.p
        u, wait, _, _ = uniforms(model.key, 0, question.author + 1, question.count, TEAM, 0)
        if u >= p.operator_answer_probability:
            return
        question.wanted = True
        clock = (t + model.start_hour) % 24.0
        at = t + rules.hours_to_opening(clock, p.operator_open_hour, p.operator_close_hour)
        at += rules.delay_hours(wait, p.operator_answer_minutes)
        if at < self.visit_hours:
            self.visit_hours = at
            model.queue(at, state.TEAM, 0)

    def visit(self, t: float) -> None:
        """Answer every question it means to, oldest first."""
        talk = self.model.conversation
        self.visit_hours = math.inf
        for message in list(talk.newest):
            if message.wanted and message.number >= talk.total - state.RING:
                self.post(t, state.ANSWER, 1.0, False, message)

    def act(self, t: float, act: Array) -> None:
        """Do one timed act, of `sim.state.ACT_DTYPE`, and enter it in its policy's book; nothing
        happens to a member who is not there.
        """
        book, p = self.model.books[0, act["policy"]], self.model.p
        kind, to = int(act["kind"]), int(act["to"])
        if kind == state.PACKET:
            fen, shares, lucky = int(act["fen"]), int(act["shares"]), int(act["lucky"])
            if self.model.conversation.send_packet(t, -1, fen, shares, lucky):
                book["spent_fen"] += fen
                book["packets"] += 1
                book["minutes"] += p.operator_minutes_per_post
        elif kind < state.PACKET:
            if to >= 0 and to not in self.model.members:
                return
            own = middle = p.group_topic_breadth * 0.5
            if to >= 0:
                own = self.model.members[to].interest
                self.model.people["last_act_hours"][to] = t
            topic = rules.act_topic(float(act["topic"]), middle, own)
            quality, everyone = float(act["quality"]), bool(act["everyone"])
            self.post(t, kind, quality, everyone, reply_to=to, topic=topic)
            book["posts"] += 1
            book["minutes"] += p.operator_minutes_per_post
        elif not self.deed(t, kind, act):
            return
        book["last_act_hours"] = t

    def deed(self, t: float, kind: int, act: Array) -> bool:
        """Do an act to a member, or to the team itself; say whether it could be done."""
        model, p, book = self.model, self.model.p, self.model.books[0, act["policy"]]
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
            book["minutes"] += p.operator_minutes_per_letter
        elif member is None:
            return False
        elif kind == state.PAIR and other is not None and other is not member:
            self.introduce(t, (member, other), act, count)
            book["letters"] += 2
            book["minutes"] += 2.0 * p.operator_minutes_per_letter
        elif kind == state.REMOVE:
            self.remove_member(t, member)
            book["removed"] += 1
            book["minutes"] += p.operator_minutes_per_deed
        elif kind == state.PAY:
            self.pay(t, member, int(act["fen"]))
            book["paid_fen"] += int(act["fen"])
            book["minutes"] += p.operator_minutes_per_deed
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
        place = rules.act_topic(topic, p.group_topic_breadth * 0.5, member.interest)
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
        self, t: float, kind: int, quality: float, everyone: bool, target: Message | None = None,
        reply_to: int = -1, topic: float = 0.0,
    ) -> None:  # fmt: skip
        """Post, to member `reply_to` or to nobody in particular (-1), or answer a message (with
        `operator.quality`); quality fades with the age of the group, and `everyone` calls every
        hearing member (@all).
        """
        model, p, talk = self.model, self.model.p, self.model.conversation
        count = self.messages
        self.messages += 1
        if target is not None:
            reply_to, topic, quality = target.author, target.topic, p.operator_quality
            model.day["operator_answers"] += 1
            talk.answered(t, target)
        else:
            model.day["operator_posts"] += 1
        worth = rules.faded_quality(quality, t, p.operator_quality_half_life_days)
        talk.append(t, -1, count, kind, worth, topic, reply_to)
        talk.message_log.append((t, -1, reply_to, kind))
        if reply_to in model.members:
            call, wait, _, _ = uniforms(model.key, 1, 0, count, TEAM, 0)
            if call < p.reaction_call_probability:
                addressee = model.members[reply_to]
                addressee.react(t, wait, p.reaction_call_minutes, CALLED, -1, count)
        if everyone:
            talk.draw_all(t, -1, count, p.reaction_everyone_share, p.reaction_draw_minutes, 0.0)
        else:
            talk.draw_in(t, -1, count)
