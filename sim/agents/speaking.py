"""What a look may lead to: an answer, an opener, a packet sent back, muting, leaving, staying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import rules
from sim.agents.reading import Reader, Taken
from sim.conversation import RING, Conversation, Message
from sim.draws import STAYED, TURN, uniforms
from sim.state import (
    ANSWER,
    BELONGING,
    CHAT,
    CONTENT,
    GREETING,
    INFORMATION,
    QUESTION,
    RECOGNITION,
)
from sim.trace import LEAVE, MUTE

if TYPE_CHECKING:
    from sim.models import Community

STAYS_MOST = 4

Address = tuple[int, int, int, int, int]
"""Of random numbers: member, author, count, stream, block (see `sim.draws.uniforms`)."""


class Speaker(Reader):
    """One who may speak, send a packet, mute, leave, or stay for more.

    Parameters
    ----------
    model : Community
    slot : int
        Number of the member.
    """

    def __init__(self, model: Community, slot: int) -> None:
        super().__init__(model, slot)
        self.messages = self.posts = 0
        self.stayed_for = self.stays = self.posted_weeks = 0
        self.post_day = -1
        self.writes_on = False
        self.turn_target: Message | None = None

    def drives(
        self, t: float, familiarity: float, first: bool, taken: Taken
    ) -> tuple[float, float]:
        """Return the drives to open and to answer at this look."""
        model, p = self.model, self.model.p
        push = 0.0
        both = self.weights[BELONGING] + self.weights[RECOGNITION]
        if both > 0.0:
            push = (
                self.weights[BELONGING] * self.hunger[BELONGING]
                + self.weights[RECOGNITION] * self.hunger[RECOGNITION]
            ) / both
        own = self.propensity * rules.company_factor(familiarity, p.speak_stranger_share)
        own *= model.loafing / (1.0 + p.speak_fatigue_weight * self.fatigue)
        own *= rules.mood_factor(
            self.mood,
            self.expectation,
            familiarity,
            p.packets_lift,
            p.packets_crowding,
            p.packets_dip,
        )
        opening = rules.open_drive(own, push, p.speak_need_push, model.audience)
        silent_hours = t  # since creation
        if model.conversation.newest:
            newest = model.conversation.newest[-1]
            silent_hours = t - newest.time_hours
            if newest.author == self.slot:
                opening *= p.speak_unanswered_share
        opening *= rules.quiet_factor(silent_hours, p.speak_quiet_share, p.speak_quiet_days)
        if first:
            opening *= p.speak_first_ratio
        target = taken.target
        if target is None:
            return opening, 0.0
        if target.reply_to == self.slot:
            own *= rules.evening_factor(self.propensity, p.speak_propensity, p.speak_evenness)
        return opening, rules.answer_drive(
            own,
            p.speak_answer_ratio * taken.ratio,
            t - target.time_hours,
            p.speak_fresh_minutes,
            taken.unread,
            p.speak_load_messages,
        )

    def speak(
        self, t: float, familiarity: float, first: bool, taken: Taken, u_speak: float,
        said: Address,
    ) -> None:  # fmt: skip
        """Write on, or say something, perhaps: an answer or an opener."""
        p = self.model.p
        talk, target = self.model.conversation, taken.target
        if self.writes_on:
            self.write_on(t, talk, target, said)
            return
        opening, answering = self.drives(t, familiarity, first, taken)
        drive = opening + answering
        most = p.speak_first_probability_max if first else p.speak_probability_max
        if target is not None and target.reply_to == self.slot:
            most = p.speak_called_probability_max
        if drive <= 0.0:
            return
        probability = rules.speak_probability(drive, most)
        if u_speak >= probability:
            return
        u_choice, u_quality, _, _ = uniforms(self.model.key, *said)
        quality, call, topic = 0.5 + u_quality, u_speak / probability, self.interest
        if target is not None and u_choice * drive < answering:
            kind, topic = self.answer_to(target)
        else:
            kind = self.opener_kind((u_choice * drive - answering) / opening, first)
            target = None
        message = talk.say(t, self, kind, quality, topic, target, begins=True)
        talk.set_off(t, message, call)
        self.end_or_go_on(t, talk, target)

    def answer_to(self, target: Message) -> tuple[int, float]:
        """Tie oneself to whom one answers; return the kind and topic of the answer."""
        if target.author >= 0:
            self.grow_tie(target.author)
        return (ANSWER if target.kind == QUESTION else CHAT), target.topic

    def write_on(self, t: float, talk: Conversation, target: Message | None, said: Address) -> None:
        """Go on writing: to what was just read, else to what one's turn answers."""
        _, u_quality, _, _ = uniforms(self.model.key, *said)
        kept = self.turn_target
        if target is None and kept is not None and talk.total - kept.number < RING:
            target = kept
        kind, topic = CHAT, self.interest
        if target is not None and target.author != self.slot:
            kind, topic = self.answer_to(target)
        else:
            target = None
        talk.say(t, self, kind, 0.5 + u_quality, topic, target, begins=False)
        self.end_or_go_on(t, talk, target)

    def end_or_go_on(self, t: float, talk: Conversation, target: Message | None) -> None:
        """Plan to write on, having just written, or end one's turn."""
        p = self.model.p
        self.seen = talk.total
        self.writes_on = False
        if p.speak_more_probability <= 0.0:
            return
        count = self.messages - 1
        u, wait, _, _ = uniforms(self.model.key, self.slot, self.slot + 1, count, TURN, 255)
        if u < rules.more_probability(
            p.speak_more_probability,
            p.speak_more_newcomer_share,
            count,
            p.speak_more_half_messages,
        ):
            self.writes_on, self.turn_target = True, target
            at = t + rules.delay_hours(wait, p.speak_more_minutes)
            self.react(at, TURN, self.slot, count, 0)

    def opener_kind(self, u: float, first: bool) -> int:
        """Choose what an opener is: a question when information is missed, a greeting, a link."""
        p = self.model.p
        asking = p.speak_question_share * self.hunger[INFORMATION]
        if u < asking:
            return QUESTION
        if first:
            return GREETING
        return CONTENT if (u - asking) < (1.0 - asking) * p.speak_content_share else CHAT

    def send_back(self, t: float, talk: Conversation, familiarity: float, sent: Address) -> None:
        """Send a packet, perhaps, for money received."""
        p = self.model.p
        if self.gratitude_fen <= 0.0:
            return
        sending = rules.send_probability(
            self.gratitude_fen,
            p.packets_return_ratio,
            p.packets_member_fen,
            familiarity,
            p.packets_stranger_share,
        )
        self.gratitude_fen = 0.0
        u_send, _, _, _ = uniforms(self.model.key, *sent)
        fen = int(p.packets_member_fen)
        shares = min(fen, int(p.packets_member_shares))
        if u_send < sending and talk.send_packet(t, self.slot, fen, shares, 1):
            self.seen = talk.total

    def leave_or_mute(self, t: float, u: float, familiarity: float, untolerated: float) -> None:
        """Leave or mute, perhaps, at the end of a look."""
        p = self.model.p
        leaving = rules.leave_probability(
            p.leaving_leave_probability,
            self.fatigue,
            p.leaving_ad_weight,
            untolerated,
            self.habit,
            familiarity,
        )
        if u < leaving:
            self.model.let_go(t, self)
            self.model.conversation.log_event(t, LEAVE, self.slot)
            return
        muting = rules.mute_probability(
            p.leaving_mute_probability, self.fatigue, p.leaving_ad_weight, untolerated, self.habit
        )
        if not self.muted and u < leaving + muting:
            self.muted = True
            self.model.day["mutes"] += 1
            self.model.count_audience(hearing=-1)
            self.model.conversation.log_event(t, MUTE, self.slot)

    def stay(self, t: float, talk: Conversation, u: float) -> None:
        """Look again soon at live talk, a few times a message at most."""
        p = self.model.p
        if not talk.newest or self.slot not in self.model.members:
            return
        newest = talk.newest[-1]
        if not rules.is_live(t - newest.time_hours, p.reaction_live_minutes):
            return
        if self.stayed_for != talk.total:
            self.stayed_for = talk.total
            self.stays = 0
        if self.stays < STAYS_MOST and u < p.reaction_stay_probability:
            wait = u / p.reaction_stay_probability
            at = t + rules.delay_hours(wait, p.reaction_stay_minutes)
            self.react(at, STAYED, newest.author, newest.count, self.stays)
            self.stays += 1
