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
    minutes_of_acts,
    pay_hour,
    queue_hours,
    work_comes,
    work_counted,
)
from sim.draws import CALLED, TEAM, uniforms
from sim.state import Array

if TYPE_CHECKING:
    from sim.models import Community, Message


class Operator(mesa.Agent):  # type: ignore[misc]
    """The operator team: posts on its timetable and answers questions on its visits.

    Parameters
    ----------
    model : Community

    Attributes
    ----------
    messages : int
        Sent so far, red packets among them.
    visit_hours : float
        Hours since creation of the next visit; infinite when none is due.
    desk : record
        What lies on its desk, of `sim.desk.DESK_DTYPE`.
    """

    model: Community

    def __init__(self, model: Community) -> None:
        super().__init__(model)
        self.messages = 0
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

    def note_work(self, t: float, act: int) -> None:
        """Count what an act is as work, and put it on the desk."""
        model = self.model
        if act > state.PACKET:
            model.day[work_counted(act)] += 1
        if self.desk.on_duty > 0:
            clock = (t + model.start_hour) % 24.0
            work_comes(self.desk, model.record, t, clock, self._minutes[act])

    def visit(self, t: float) -> None:
        """Answer every question it means to, oldest first, and that its desk has come to; for the
        others it comes again as soon as it has.
        """
        talk = self.model.conversation
        self.visit_hours = next_hours = math.inf
        for message in list(talk.newest):
            if message.wanted and message.number >= talk.total - state.RING:
                if message.promised_hours <= t:
                    self.post(t, state.ANSWER, 1.0, False, message)
                else:
                    next_hours = min(next_hours, message.promised_hours)
        self.visit_at(next_hours)

    def act(self, t: float, act: Array) -> None:
        """Do one timed act, of `sim.state.ACT_DTYPE`, and enter it in its policy's book."""
        book = self.model.books[0, act["policy"]]
        self.note_work(t, int(act["kind"]))
        if act["kind"] == state.PACKET:
            fen, shares, lucky = int(act["fen"]), int(act["shares"]), int(act["lucky"])
            if self.model.conversation.send_packet(t, -1, fen, shares, lucky):
                book["spent_fen"] += fen
                book["packets"] += 1
                self.model.calls.give_money(t)
        elif act["kind"] < state.PACKET:
            self.post(t, int(act["kind"]), float(act["quality"]), bool(act["everyone"]))
            book["posts"] += 1
            if act["kind"] == state.CONTENT and act["amount"] > 0.0:
                self.model.conversation.solved_to = self.model.conversation.total
        elif act["kind"] == state.ROLE:
            self.set_role(int(act["to"]), int(act["other"]), bool(act["amount"] > 0.0))
        elif act["kind"] == state.CALL:
            book["posts"] += self.model.calls.open(t, act)
        elif act["kind"] == state.CLOSE:
            self.model.calls.close(t, int(act["other"]))
        book["last_act_hours"] = t

    def set_role(self, slot: int, bits: int, given: bool) -> None:
        """Give a present member roles, or take them."""
        member = self.model.members.get(slot)
        if member is not None and bits >= 0:
            bits &= state.ROLE_BITS
            member.role = member.role & ~bits | (bits if given else 0)

    def post(
        self, t: float, kind: int, quality: float, everyone: bool, target: Message | None = None
    ) -> None:
        """Post, or answer a message (with `operator.quality`); quality fades with the age of the
        group, and `everyone` calls every hearing member (@all).
        """
        model, p, talk = self.model, self.model.p, self.model.conversation
        count = self.messages
        self.messages += 1
        reply_to, topic = -1, p.group_topic_breadth * 0.5
        if target is not None:
            reply_to, topic, quality = target.author, target.topic, p.operator_quality
            model.day["operator_answers"] += 1
            model.day["answer_wait_minutes"] += int(60.0 * (t - target.time_hours) + 0.5)
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
