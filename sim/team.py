"""The operator team of a `Community`: what it hears, answers, posts and does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim import rules, state
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
    """

    model: Community

    def __init__(self, model: Community) -> None:
        super().__init__(model)
        self.messages = 0
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
        """Do one timed act, of `sim.state.ACT_DTYPE`, and enter it in its policy's book."""
        book = self.model.books[0, act["policy"]]
        if act["kind"] == state.PACKET:
            fen, shares, lucky = int(act["fen"]), int(act["shares"]), int(act["lucky"])
            if self.model.conversation.send_packet(t, -1, fen, shares, lucky):
                book["spent_fen"] += fen
                book["packets"] += 1
                self.model.calls.give_money(t)
        elif act["kind"] < state.PACKET:
            self.post(t, int(act["kind"]), float(act["quality"]), bool(act["everyone"]))
            book["posts"] += 1
        elif act["kind"] == state.CALL:
            book["posts"] += self.model.calls.open(t, act)
        elif act["kind"] == state.CLOSE:
            self.model.calls.close(t, int(act["other"]))
        book["last_act_hours"] = t

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
