"""The people of a `Community`: members who look, read, speak and learn, and the operator team."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from sim import rules
from sim.conversation import Conversation, Message
from sim.draws import BASELINE, CALLED, CLAIM, FIRST, STAYED, TEAM, uniforms
from sim.members import first_uniforms, member_traits, need_factors
from sim.state import (
    AD,
    ANSWER,
    BELONGING,
    CHAT,
    CONTENT,
    GREETING,
    INFORMATION,
    KINDS,
    QUESTION,
    RECOGNITION,
)
from sim.trace import LEAVE, MUTE

if TYPE_CHECKING:
    from sim.models import Community

STAYS_MOST = 4


class Member(mesa.Agent):  # type: ignore[misc]
    """One member of a community. Subclass it and override a step of `look` to change behaviour.

    Parameters
    ----------
    model : Community
    slot : int
        Number of the member; traits are drawn by it.
    """

    model: Community

    def __init__(self, model: Community, slot: int) -> None:
        super().__init__(model)
        p = model.p
        self.slot = slot
        rate, propensity, shift, interest, tolerance, appetite, habit = member_traits(
            model.key,
            slot,
            p.look_rate_sigma,
            p.speak_propensity_sigma,
            p.rhythm_shift_sigma_hours,
            p.habit_interest_power,
        )
        self.base_rate = p.look_rate_per_day / 24.0 * rate
        self.propensity = p.speak_propensity * propensity
        self.shift = shift
        self.interest = p.group_topic_breadth * interest
        self.ad_tolerance = tolerance
        self.appetite = appetite
        self.habit = habit
        self.trust = p.trust_initial
        factors = need_factors(model.key, slot, p.needs_weight_sigma)
        weights = [mean * factor for mean, factor in zip(model.need_means, factors, strict=True)]
        total = 0.0
        for weight in weights:
            total += weight
        self.weights = [weight / total for weight in weights]
        self.hunger = [1.0] * 5
        self.exposure = [0.0] * len(KINDS)
        self.tie_to: list[int] = [-1] * int(p.ties_kept)
        self.ties: list[float] = [0.0] * int(p.ties_kept)
        self.fatigue = self.mood = self.expectation = self.gratitude_fen = 0.0
        self.last_hours = self.settled_hours = 0.0
        self.attention = self.rate = 0.0
        self.first_delay_uniform, u_budget = first_uniforms(model.key, slot)
        self.budget = rules.budget(u_budget)
        self.left_over = self.budget  # of the budget, at the end of the hour
        self.planned_hours = self.reaction_hours = math.inf
        self.reaction: tuple[int, int, int, int] = (FIRST, 0, 0, 0)
        self.seen = self.looks = self.messages = self.posts = 0
        self.muted = self.looked = False
        self.stayed_for = self.stays = self.posted_weeks = 0
        self.look_day = self.post_day = -1

    def look(self, t: float, origin: str) -> None:
        """Play one look: recover, read, claim, feed the needs, learn, speak, leave or stay.

        Parameters
        ----------
        t : float
            Hours since creation.
        origin : str
            "baseline", "reaction" or "join".
        """
        model = self.model
        p, talk, day = model.p, model.conversation, model.day
        first = not self.looked
        self.looked = True
        if origin == "reaction":
            self.reaction_hours = math.inf
            cause, author, count, number = self.reaction
            author, block = author + 1, 2 * number
        else:
            cause, author, count, block = BASELINE, 0, self.looks, 0
        if first:
            cause, author, count, block = FIRST, 0, 0, 0
        u_speak, u_choice, u_exit, u_stay = uniforms(
            model.key, self.slot, author, count, cause, block
        )
        u_quality, u_wait, u_send, u_budget = uniforms(
            model.key, self.slot, author, count, cause, block + 1
        )
        fresh_budget = -1.0
        if origin == "baseline":
            self.looks += 1
            fresh_budget = rules.budget(u_budget)
        was_attentive = 0.0 if self.muted else self.attention
        day["looks"] += 1
        if self.look_day != model.local_day:
            self.look_day = model.local_day
            day["looking_members"] += 1

        familiarity = self.recover(t)
        met = self.seen
        unread = talk.total - met
        read, worth, ads, replies, target, ratio = self.read(talk, unread)
        self.seen = talk.total
        won = self.claim(t, talk, met) if talk.packets else 0
        relief = self.feed(worth, won, replies)
        self.tire(read, ads, unread - read)
        self.learn(relief, replies)
        untolerated = ads * (1.0 - self.ad_tolerance)
        self.judge_team(worth, ads, untolerated)
        self.speak(t, talk, familiarity, first, target, ratio, unread, u_speak, u_choice, u_quality)
        self.send_back(t, talk, familiarity, u_send)
        self.leave_or_mute(t, u_exit, familiarity, untolerated)
        self.stay(t, talk, u_stay, u_wait)
        self.settle(t, fresh_budget)
        model.attentive += (0.0 if self.muted else self.attention) - was_attentive

    def recover(self, t: float) -> float:
        """Let time heal: fatigue, habit, hunger, novelty, ties; return the familiarity left."""
        p = self.model.p
        hours = t - self.last_hours
        self.last_hours = t
        self.fatigue *= rules.kept_share(hours, p.reading_fatigue_days * 24.0)
        self.habit *= rules.kept_share(hours, p.habit_days * 24.0)
        satisfied = rules.kept_share(hours, p.needs_regrow_days * 24.0)
        self.hunger = [rules.regrown_hunger(hunger, satisfied) for hunger in self.hunger]
        exposed = rules.kept_share(hours, p.novelty_recover_days * 24.0)
        self.exposure = [exposure * exposed for exposure in self.exposure]
        if self.expectation > 0.0:
            self.mood *= rules.kept_share(hours, p.packets_mood_hours)
            self.expectation *= rules.kept_share(hours, p.packets_expectation_days * 24.0)
        tied = rules.halved_share(hours, p.ties_half_life_days)
        self.ties = [tie * tied for tie in self.ties]
        total = 0.0
        for tie in self.ties:
            total += tie
        return rules.tie_strength(total)

    def read(
        self, talk: Conversation, unread: int
    ) -> tuple[int, list[float], int, int, Message | None, float]:
        """Read the newest unread messages.

        Returns
        -------
        tuple
            Messages read; their worth by kind, the team's from 8 on; ads; replies to oneself;
            the message to answer and its ratio.
        """
        p = self.model.p
        count = rules.messages_read(unread, p.reading_cap_messages)
        self.model.day["reads"] += count
        worth = [0.0] * (2 * len(KINDS))
        bonus = {
            other: p.ties_benefit * rules.tie_strength(tie)
            for other, tie in zip(self.tie_to, self.ties, strict=True)
        }
        bonus[-1] = p.trust_benefit * self.trust
        ads, repliers = 0, []
        addressed = asked = newest = None
        replies = 0
        for message in list(talk.newest)[: -count - 1 : -1] if count else ():
            kind, author = message.kind, message.author
            match = rules.topic_match(self.interest, message.topic)
            worth[kind if author >= 0 else kind + 8] += rules.message_worth(
                message.quality, match, bonus.get(author, 0.0)
            )
            if kind >= AD:
                ads += kind == AD
                continue
            if newest is None:
                newest = message
            if kind == QUESTION and asked is None and message.opener == 1:
                asked = message
            if message.reply_to == self.slot:
                replies += 1
                if author >= 0:
                    repliers.append(author)
                if addressed is None:
                    addressed = message
        for author in repliers:
            self.grow_tie(author)
        if addressed is not None:
            return count, worth, ads, replies, addressed, p.speak_addressed_ratio
        if asked is not None:
            return count, worth, ads, replies, asked, p.speak_question_ratio
        return count, worth, ads, replies, newest, 1.0

    def grow_tie(self, other: int) -> None:
        """Strengthen a tie; a new one takes the place of the weakest when that is weaker."""
        growth = self.model.p.ties_growth
        if not self.ties or growth <= 0.0:
            return
        if other in self.tie_to:
            self.ties[self.tie_to.index(other)] += growth
            return
        weakest = self.ties.index(min(self.ties))
        if self.ties[weakest] < growth:
            self.tie_to[weakest] = other
            self.ties[weakest] = growth

    def claim(self, t: float, talk: Conversation, met: int) -> int:
        """Claim shares of open packets seen for the first time; return the fen won."""
        p = self.model.p
        won = 0
        for packet in reversed(talk.packets[-64:]):
            if packet.message < met:
                break
            if not packet.open or packet.left_shares == 0 or packet.author == self.slot:
                continue
            u, _, _, _ = uniforms(
                self.model.key, self.slot, packet.author + 1, packet.count, CLAIM, 0
            )
            if u < rules.claim_probability(p.packets_claim_probability, self.appetite):
                fen = talk.claim_share(t, self, packet)
                won += fen
                self.gratitude_fen += fen
                self.mood = 1.0
                self.expectation = rules.rewarded(
                    self.expectation, p.packets_expectation_step, 1.0
                )
        return won

    def feed(self, worth: list[float], won: int, replies: int) -> float:
        """Feed the needs with what was read and won; return the weighted relief."""
        model = self.model
        gains = [0.0, 0.0, 0.0, 0.0, model.p.needs_reply_recognition * replies]
        if won > 0:
            gains[3] = rules.money_gain(won, model.p.needs_packet_benefit)
        for kind in range(len(KINDS)):
            met = worth[kind] + worth[kind + 8]
            if met > 0.0:
                fresh = met * rules.novelty(self.exposure[kind], model.half_exposures[kind])
                for need, fed in enumerate(model.feeding[kind]):
                    gains[need] += fresh * fed
                self.exposure[kind] += met
        relief = 0.0
        for need, gain in enumerate(gains):
            hunger = rules.fed_hunger(self.hunger[need], gain)
            relief += self.weights[need] * (self.hunger[need] - hunger)
            self.hunger[need] = hunger
        return relief

    def tire(self, read: int, ads: int, skipped: int) -> None:
        """Add the fatigue of a look."""
        p = self.model.p
        self.fatigue += rules.fatigue_added(
            read,
            ads,
            rules.skipped_share(skipped, p.reading_cap_messages),
            p.reading_fatigue_per_message,
            p.reading_ad_fatigue_ratio,
            p.reading_overload_fatigue,
        )

    def learn(self, relief: float, replies: int) -> None:
        """Move habit toward the relief just felt; a reply is the strongest reward."""
        p = self.model.p
        gain = p.habit_gain * p.needs_regrow_days / p.habit_days
        self.habit = rules.next_habit(self.habit, 1.0, gain, relief)
        if replies > 0:
            self.habit = rules.rewarded(self.habit, p.habit_reply_reward, replies)

    def judge_team(self, worth: list[float], ads: int, untolerated: float) -> None:
        """Let useful messages of the team earn trust and ads cost it."""
        p = self.model.p
        useful = worth[8] + worth[9] + worth[10] + worth[11] + worth[12]
        if useful > 0.0:
            self.trust = rules.rewarded(self.trust, p.trust_gain, useful)
        if ads > 0:
            self.trust = rules.eroded(self.trust, p.trust_ad_loss, untolerated)

    def drives(
        self, t: float, familiarity: float, first: bool, target: Message | None, ratio: float,
        unread: int,
    ) -> tuple[float, float]:  # fmt: skip
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
        if self.expectation > 0.0:
            own *= rules.mood_factor(
                self.mood,
                self.expectation,
                familiarity,
                p.packets_lift,
                p.packets_crowding,
                p.packets_dip,
            )
        opening = rules.open_drive(own, push, p.speak_need_push, model.audience)
        if first:
            opening *= p.speak_first_ratio
        if target is None:
            return opening, 0.0
        return opening, rules.answer_drive(
            own,
            p.speak_answer_ratio * ratio,
            t - target.time_hours,
            p.speak_fresh_minutes,
            unread,
            p.speak_load_messages,
        )

    def speak(
        self, t: float, talk: Conversation, familiarity: float, first: bool,
        target: Message | None, ratio: float, unread: int,
        u_speak: float, u_choice: float, u_quality: float,
    ) -> None:  # fmt: skip
        """Say something, perhaps: an answer or an opener."""
        p = self.model.p
        opening, answering = self.drives(t, familiarity, first, target, ratio, unread)
        drive = opening + answering
        most = p.speak_first_probability_max if first else p.speak_probability_max
        if drive <= 0.0:
            return
        probability = rules.speak_probability(drive, most)
        if u_speak >= probability:
            return
        quality, call, topic = 0.5 + u_quality, u_speak / probability, self.interest
        if target is not None and u_choice * drive < answering:
            kind, topic = (ANSWER if target.kind == QUESTION else CHAT), target.topic
            if target.author >= 0:
                self.grow_tie(target.author)
        else:
            kind = self.opener_kind((u_choice * drive - answering) / opening, first)
            target = None
        talk.say(t, self, kind, quality, topic, target, call)
        self.seen = talk.total

    def opener_kind(self, u: float, first: bool) -> int:
        """Choose what an opener is: a question when information is missed, a greeting, a link."""
        p = self.model.p
        asking = p.speak_question_share * self.hunger[INFORMATION]
        if u < asking:
            return QUESTION
        if first:
            return GREETING
        return CONTENT if (u - asking) < (1.0 - asking) * p.speak_content_share else CHAT

    def send_back(self, t: float, talk: Conversation, familiarity: float, u_send: float) -> None:
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

    def stay(self, t: float, talk: Conversation, u: float, wait: float) -> None:
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
            at = t + rules.delay_hours(wait, p.reaction_stay_minutes)
            self.react(at, STAYED, newest.author, newest.count, self.stays)
            self.stays += 1

    def react(self, at: float, cause: int, author: int, count: int, number: int) -> None:
        """Plan a look in reaction to a message, unless an earlier one is planned."""
        if at >= self.reaction_hours:
            return
        self.reaction_hours = at
        self.reaction = (cause, author, count, number)
        self.model.queue_look(at, self, "reaction")

    def attention_after(self, habit: float, fatigue: float) -> float:
        """Return the share of the own look rate that is left."""
        p = self.model.p
        return rules.attention(
            habit,
            p.look_habit_floor_share,
            fatigue,
            p.look_fatigue_weight,
            p.look_mute_share if self.muted else 1.0,
        )

    def settle(self, t: float, fresh_budget: float) -> None:
        """Settle the hazard spent so far, take the new rate, and test the rest of the hour."""
        model = self.model
        factor = model.factors[self.shift]
        since = max(self.settled_hours, float(model.hour))
        if fresh_budget >= 0.0:
            self.budget = fresh_budget
        else:
            self.budget = max(0.0, self.budget - self.rate * factor * (t - since))
        self.settled_hours = t
        present = self.slot in model.members
        self.attention = self.attention_after(self.habit, self.fatigue) if present else 0.0
        self.rate = self.base_rate * self.attention
        self.left_over = self.budget - self.rate * factor * (model.hour_end - t)
        self.plan_look(t, factor)

    def spend_hour(self) -> None:
        """Spend an hour of the budget; plan the look when it runs out."""
        factor = self.model.factors[self.shift]
        self.budget = self.left_over
        self.left_over = self.budget - self.rate * factor
        self.plan_look(float(self.model.hour), factor)

    def plan_look(self, since: float, factor: float) -> None:
        """Plan a look at the instant the budget runs out, when that is in this hour."""
        if self.left_over >= 0.0:
            return
        at = since + self.budget / (self.rate * factor)
        if at >= self.model.hour_end:  # rounding: the next hour begins with this look
            self.left_over = 0.0
            return
        self.planned_hours = at
        self.model.queue_look(at, self, "baseline")

    def follow_fading(self, hour: float) -> None:
        """Take the rate anew at local midnight, from what has faded."""
        if not self.looked:
            return
        p, hours = self.model.p, hour - self.last_hours
        self.attention = self.attention_after(
            self.habit * rules.kept_share(hours, p.habit_days * 24.0),
            self.fatigue * rules.kept_share(hours, p.reading_fatigue_days * 24.0),
        )
        self.rate = self.base_rate * self.attention
        if not self.muted:
            self.model.attentive += self.attention


class Operator(mesa.Agent):  # type: ignore[misc]
    """The operator team: posts on its timetable and answers questions on its visits."""

    model: Community

    def __init__(self, model: Community) -> None:
        super().__init__(model)
        self.messages = 0
        self.visit_hours = math.inf

    def hear(self, t: float, question: Message) -> None:
        """Mean to answer a question, perhaps, and set the next visit, in working hours."""
        model, p = self.model, self.model.p
        u, wait, _, _ = uniforms(
            model.key, 0, question.author + 1, question.count, TEAM, 0
        )
        if u >= p.operator_answer_probability:
            return
        question.wanted = True
        clock = (t + model.start_hour) % 24.0
        at = t + rules.hours_to_opening(clock, p.operator_open_hour, p.operator_close_hour)
        at += rules.delay_hours(wait, p.operator_answer_minutes)
        if at < self.visit_hours:
            self.visit_hours = at
            model.queue_visit(at)

    def visit(self, t: float) -> None:
        """Answer every question it means to, oldest first."""
        talk = self.model.conversation
        self.visit_hours = math.inf
        for message in list(talk.newest):
            if message.wanted and message.number >= talk.total - 64:
                self.post(t, ANSWER, 1.0, False, message)

    def post(
        self, t: float, kind: int, quality: float, everyone: bool, target: Message | None = None
    ) -> None:
        """Post, or answer a message."""
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
                at = t + rules.delay_hours(wait, p.reaction_call_minutes)
                model.members[reply_to].react(at, CALLED, -1, count, 0)
        if everyone:
            talk.draw_all(t, -1, count, p.reaction_everyone_share, p.reaction_draw_minutes)
        else:
            talk.draw_in(t, -1, count)
