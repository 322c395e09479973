"""The members of a `Community`, who look, read, speak and learn.

One file because a look is read from its first line to its last; `Member` has its steps in the
order in which `Member.look` takes them, then what moves the time of the next look, then ties.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa

from sim import members, rules, state
from sim.draws import (
    BASELINE,
    CLAIM,
    FIRST,
    INVITE,
    SCREENED,
    STAYED,
    TRAIT,
    TURN,
    WANT,
    uniforms,
)  # fmt: skip
from sim.trace import LEAVE, MUTE, UNMUTE

if TYPE_CHECKING:
    from sim.models import Community, Conversation, Message

Address = tuple[int, int, int, int, int]
"""Of random numbers: member, author, count, stream, block (see `sim.draws.uniforms`)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look took in: messages met and read, worth by voice (a kind, or `TEAM_VOICE` and a
    kind), ads and replies to oneself read, the message one might answer (addressed to oneself, else
    a question, else the members' newest, else the team's), and the drive to answer it over that to
    answer a chat.
    """

    unread: int
    read: int
    worth: list[float]
    ads: int
    replies: int
    target: Message | None
    ratio: float
    useful: int = 0  # messages of the team that can earn trust


class Member(mesa.Agent):  # type: ignore[misc]
    """One member of a community. Subclass it and override a step of `look` to change behaviour, in
    Mesa alone: the compiled engine plays the rules of `sim.rules`.

    Parameters
    ----------
    model : Community
    slot : int
        Number of the member; traits are drawn by it.

    Attributes
    ----------
    base_rate, rate : float
        Looks an hour when fully attentive at an average hour; with the attention left.
    shift : int
        Hours by which the own day is late, -3 ... 3.
    attention : float
        Share of the own look rate that is left, 0 to 1.
    habit, fatigue, trust, mood, expectation : float
        State, without unit; fades by itself between looks.
    habit_pace : float
        Own factor on the speed at which habit grows and fades.
    propensity, interest, ad_tolerance, appetite : float
        Traits: drive to speak, place on the axis of topics, share of an ad that is forgiven, for
        packets.
    weights, hunger : list of float
        One a need of `sim.state.NEEDS`: weights of sum 1, and hunger from 0 (sated) to 1.
    exposure : list of float
        What was lately read of each kind, in worth.
    verdict, judged : float, bool
        Whether reading pays, 0 to 1 (half: just so), and whether anything was read yet.
    tie_to, ties : list
        Slots of others (-1: a free place) and the weight of the tie to each.
    gratitude_fen : float
        Money received and not yet answered.
    messages, posts : int
        Sent so far, with and without red packets.
    want, answered, streak : int
        What is wanted (`sim.state.PURCHASE` ...), calls taken part in, as bits, and check-ins in a
        row.
    muted : bool
        Whether messages of others no longer draw the member in.
    letter, letters, paid_fen : float, int, int
        Worth and number of the team's letters not yet read (worth above 0: something waits); money
        not yet found.
    role : int
        Roles, as bits (`sim.state.HOST` ...).
    want_hours, progress : float
        When the want arose; how far one has come with what the group is for, 0 to 1.

    Notes
    -----
    The steps share: `t`, hours since creation; `talk`, the conversation; `taken`, what this look
    took in; `familiarity`, strength of all own ties together, 0 to 1; `first`, whether this is the
    first look; `untolerated`, ads read and not forgiven; `u`, the uniform that decides; `said` and
    `sent`, addresses of what a look seldom needs. A kind is a number of `sim.state.KIND_TABLE`.

    A subclass of your own plays in Mesa alone, as `member_class` of a `Community`: the compiled
    engine, and with it ``run`` and ``sweep``, knows no Python class.

    Examples
    --------
    >>> class Silent(Member):
    ...     def drives(self, *situation):
    ...         return 0.0, 0.0
    """

    model: Community

    def __init__(self, model: Community, slot: int) -> None:
        super().__init__(model)
        p = model.p
        self.slot, self.trust = slot, p.trust_initial
        attempt = model.attempts.get(slot, 0)
        traits = members.member_traits(model.key, slot, model.record, attempt)
        self.base_rate, self.propensity, self.shift, self.interest = traits[:4]
        self.ad_tolerance, self.appetite, self.habit, self.habit_pace = traits[4:]
        self.weights = list(members.need_weights(model.key, slot, model.record, attempt))
        self.hunger = [1.0] * len(self.weights)
        self.exposure = [0.0] * len(state.KINDS)
        self.verdict, self.judged = 0.5, False
        self.fatigue = self.mood = self.expectation = self.gratitude_fen = 0.0
        self.tie_to: list[int] = [-1] * int(p.ties_kept)
        self.ties: list[float] = [0.0] * int(p.ties_kept)
        self.tied = self.ties_hours = 0.0
        self.want, self.answered, self.streak = state.NO_WANT, 0, 0
        self.letter, self.letters, self.paid_fen = 0.0, 0, 0  # what waits for the next look
        # how far it has come
        self.looked = self.muted = self.writes_on = False
        self.looks = self.seen = self.messages = self.posts = 0
        self.role = 0
        self.want_hours = self.progress = 0.0
        self.stayed_for = self.stays = self.posted_weeks = 0
        self.look_day = self.post_day = -1
        self.turn_target: Message | None = None
        # when it looks next
        self.first_delay_uniform, u_budget = members.first_uniforms(model.key, slot, attempt)
        self.budget = rules.budget(u_budget)
        self.left_over = self.budget  # of the budget, at the end of the hour
        self.attention = self.rate = self.last_hours = self.settled_hours = 0.0
        self.planned_hours = self.reaction_hours = math.inf
        self.reaction: tuple[int, int, int, int] = (FIRST, 0, 0, 0)

    def look(self, t: float, origin: str) -> None:
        """Play one look: recover, read, claim, feed the needs, learn, speak, leave or stay;
        `origin` is "baseline", "reaction" or "join".
        """
        model = self.model
        talk, day = model.conversation, model.day
        first = not self.looked
        self.looked = True
        slot, author, count, cause, block = self._address(origin, first)
        u_speak, u_exit, u_stay, u_budget = uniforms(model.key, slot, author, count, cause, block)
        said = (slot, author, count, cause, block + 1)  # of what a look seldom needs
        sent = (slot, author, count, cause, block + 2)
        fresh_budget = -1.0
        if origin == "baseline":
            self.looks += 1
            fresh_budget = rules.budget(u_budget)
        was_muted = self.muted
        was_attentive = 0.0 if self.muted else self.attention
        day["looks"] += 1
        new_day = self.look_day != model.local_day
        if new_day:
            self.look_day = model.local_day
            day["looking_members"] += 1
            self.fade_ties(t)
        hours = t - self.last_hours
        self.recover(t)
        if model.levers & state.WANTS and self.want == state.NO_WANT:
            self.come_to_want(t, hours, (slot, author, count, WANT, 4 * block + cause))
        familiarity = rules.tie_strength(self.tied)
        met = self.seen
        taken = self.read(talk)
        day["reads"] += taken.read
        self.seen = talk.total
        claimed = self.claim(t, talk, met) if talk.packets else (0, None)
        felt, public = 0.0, 0
        if model.levers & state.CALLS:
            paid, felt, public = model.calls.consider(self, t, met, taken, new_day)
            claimed = (claimed[0] + paid, claimed[1])
        relief = self.feed(taken, claimed[0]) + felt
        self.tire(taken)
        self.learn(relief, taken)
        untolerated = taken.ads * (1.0 - self.ad_tolerance)
        self.judge_group(taken, relief, untolerated)
        self.judge_team(taken, untolerated)
        letters = self.receive() if self.letter > 0.0 else 0
        if self.want:
            self.follow_want(t, taken)
        if self.role and rules.gives_up(self.verdict, model.p.roles_quit_verdict):
            self.role &= state.PROBATION
        self.speak(t, familiarity, first, taken, u_speak, said, claimed)
        if public and not model.hushed:
            model.calls.answer(self, t, public)
        self.send_back(t, talk, familiarity, sent)
        if model.levers & state.INVITES:
            self.invite(t, (slot, author, count, INVITE, 16 * cause + block))
        self.leave_or_mute(t, u_exit, familiarity, untolerated)
        if letters > 0 and was_muted and self.muted:
            self.unmute_by_letter(t, sent)
        self.stay(t, talk, u_stay)
        self.settle(t, fresh_budget)
        model.attentive += (0.0 if self.muted else self.attention) - was_attentive

    def _address(self, origin: str, first: bool) -> Address:
        """Return where the random numbers of a look lie: by what brought the member here."""
        cause, author, count, number = BASELINE, -1, self.looks, 0
        if origin == "reaction":
            self.reaction_hours = math.inf
            cause, author, count, number = self.reaction
        if first:
            cause, author, count, number = FIRST, -1, 0, 0
        return self.slot, author + 1, count, cause, 4 * number

    def fade_ties(self, t: float) -> None:
        """Let ties fade over the time since they last did."""
        kept = rules.halved_share(t - self.ties_hours, self.model.p.ties_half_life_days)
        self.ties_hours = t
        self.ties = [tie * kept for tie in self.ties]
        self._sum_ties()

    def recover(self, t: float) -> None:
        """Let time heal: fatigue, habit, hunger, novelty, mood."""
        fading = self.model.fading
        hours = t - self.last_hours
        self.last_hours = t
        self.fatigue *= rules.kept_after(hours * fading[members.FATIGUE])
        self.habit *= rules.kept_after(hours * fading[members.HABIT] * self.habit_pace)
        satisfied = rules.kept_after(hours * fading[members.HUNGER])
        self.hunger = [rules.regrown_hunger(hunger, satisfied) for hunger in self.hunger]
        exposed = rules.kept_after(hours * fading[members.NOVELTY])
        self.exposure = [exposure * exposed for exposure in self.exposure]
        self.mood *= rules.kept_after(hours * fading[members.MOOD])
        self.expectation *= rules.kept_after(hours * fading[members.EXPECTATION])

    def come_to_want(self, t: float, hours: float, place: Address) -> None:
        """Come to want something since the last look, `hours` ago, perhaps (drawn at `place`)."""
        p = self.model.p
        u, _, _, _ = uniforms(self.model.key, *place)
        rates = p.wants_problems_per_month, p.wants_purchases_per_month, p.wants_ideas_per_month
        self.want = rules.want_arises(u, hours, *rates)
        self.want_hours = t
        self.model.day["problems"] += self.want == state.PROBLEM

    def follow_want(self, t: float, taken: Taken) -> None:
        """Let a want go on: a solution read helps, an answer solves a problem, time ends all."""
        talk, p = self.model.conversation, self.model.p
        is_problem = self.want in (state.PROBLEM, state.ASKED)
        if is_problem and talk.solved_to > talk.total - taken.read:
            self.gain_progress()
        if t - self.want_hours > 24.0 * p.wants_patience_days:
            if is_problem:
                self.verdict = rules.eroded(self.verdict, p.wants_verdict_step, 1.0)
            self.want = state.NO_WANT
        elif self.want == state.ASKED and taken.replies > 0:
            self.verdict = rules.rewarded(self.verdict, p.wants_verdict_step, 1.0)
            self.model.day["problems_solved"] += 1
            self.want = state.NO_WANT

    def gain_progress(self) -> None:
        """Come a step on; it is felt as benefit at once, and less is left to learn."""
        p, need = self.model.p, state.BENEFIT
        step = rules.felt_progress(p.progress_step, self.progress)
        if step <= 0.0:
            return
        hunger = rules.fed_hunger(self.hunger[need], step)
        relief = self.weights[need] * (self.hunger[need] - hunger)
        self.hunger[need] = hunger
        gain = p.habit_gain * p.needs_regrow_days / p.habit_days * self.habit_pace
        self.habit = rules.next_habit(self.habit, 1.0, gain, relief)
        self.verdict = rules.rewarded(self.verdict, step, 1.0)
        left = rules.weight_left(self.progress, self.progress + step)
        self.weights[state.INFORMATION] *= left
        self.weights[need] *= left
        self.progress += step

    def read(self, talk: Conversation) -> Taken:
        """Read the newest unread messages, and let replies to oneself strengthen ties."""
        unread = talk.total - self.seen
        p = self.model.p
        count = rules.messages_read(unread, p.reading_cap_messages)
        voices = 2 * len(state.KINDS)
        sums = [0.0] * (rules.LANES * voices)
        tied = dict(zip(self.tie_to, self.ties, strict=True))
        trusted = p.trust_benefit * self.trust
        interest, topic_match, message_worth = self.interest, rules.topic_match, rules.message_worth
        least = p.screen_least_match * self.model.personal_filter
        ads, repliers = 0, []
        addressed = asked = newest = of_team = None
        replies = useful = 0
        read = list(talk.newest)[: -count - 1 : -1] if count else ()
        for back, message in enumerate(read):
            kind, author = message.kind, message.author
            match = topic_match(interest, message.topic)
            if author == state.TEAM_AUTHOR:
                place = rules.lane(back) * voices + kind + state.TEAM_VOICE
                useful += kind in state.EARN_TRUST
                sums[place] += message_worth(message.quality, match, trusted)
            elif not rules.is_hidden(match, least):
                tie = tied.get(author, 0.0)
                bonus = p.ties_benefit * rules.tie_strength(tie) if tie else 0.0
                place = rules.lane(back) * voices + kind
                sums[place] += message_worth(message.quality, match, bonus)
            ads += state.IS_AD[kind]
            if state.IS_TALK[kind] and author == state.TEAM_AUTHOR:
                of_team = of_team or message
            elif state.IS_TALK[kind]:
                newest = newest or message
            if kind == state.QUESTION and asked is None and message.opener == 1:
                asked = message
            if message.reply_to == self.slot:
                replies += 1
                if author >= 0:
                    repliers.append(author)
                if addressed is None:
                    addressed = message
        worth = [rules.lanes_total(*sums[voice::voices]) for voice in range(voices)]
        for author in repliers:
            self.grow_tie(author)
        target, ratio = self.aim(addressed, asked, newest or of_team)
        return Taken(unread, count, worth, ads, replies, target, ratio, useful)

    def aim(
        self, addressed: Message | None, asked: Message | None, newest: Message | None
    ) -> tuple[Message | None, float]:
        """Choose the message that one might answer, and the drive to over that of a chat."""
        p = self.model.p
        if addressed is not None:
            return addressed, p.speak_addressed_ratio
        if asked is None:
            return newest, 1.0
        if self.role & state.EXPERT:
            return asked, rules.expert_ratio(p.speak_question_ratio, p.roles_duty)
        return asked, p.speak_question_ratio

    def claim(self, t: float, talk: Conversation, met: int) -> tuple[int, Message | None]:
        """Claim shares of open packets seen for the first time (`met`: number of the first message
        that this look met); return the fen won, and the newest packet's message to give thanks for.
        """
        p = self.model.p
        won, thanked = 0, None
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
                if won == 0 and talk.total - packet.message <= state.RING:
                    thanked = talk.newest[packet.message - talk.total]
                won += fen
                self.gratitude_fen += fen
                self.mood = rules.lifted_mood(self.mood, fen, p.packets_half_fen)
                self.expectation = rules.rewarded(self.expectation, p.packets_expectation_step, 1.0)
        return won, thanked

    def feed(self, taken: Taken, won: int) -> float:
        """Feed the needs with what was read and the fen `won`; return the hunger that went,
        weighted by the needs, 0 to 1.
        """
        model = self.model
        gains = [0.0, 0.0, 0.0, 0.0, model.p.needs_reply_recognition * taken.replies]
        if taken.replies > 0 and self.role & state.HONOURED:
            gains[4] += model.p.roles_recognition * taken.replies
        if won > 0:
            gains[3] = rules.money_gain(won, model.p.needs_packet_benefit)
        for kind in range(len(state.KINDS)):
            met = taken.worth[kind] + taken.worth[kind + state.TEAM_VOICE]
            if met > 0.0:
                fresh = met * rules.novelty(self.exposure[kind], model.half_exposures[kind])
                for need, fed in model.feeding[kind]:
                    gains[need] += fresh * fed
                self.exposure[kind] += met
        relief = 0.0
        for need, gain in enumerate(gains):
            hunger = rules.fed_hunger(self.hunger[need], gain)
            relief += self.weights[need] * (self.hunger[need] - hunger)
            self.hunger[need] = hunger
        return relief

    def tire(self, taken: Taken) -> None:
        """Add the fatigue of a look."""
        p = self.model.p
        self.fatigue += rules.fatigue_added(
            taken.read,
            taken.ads,
            rules.skipped_share(taken.unread - taken.read, p.reading_cap_messages),
            p.reading_fatigue_per_message,
            p.reading_ad_fatigue_ratio,
            p.reading_overload_fatigue,
        )

    def learn(self, relief: float, taken: Taken) -> None:
        """Move habit toward the `relief` just felt, 0 to 1; replies to oneself are the strongest
        reward.
        """
        p, replies = self.model.p, taken.replies
        ours = theirs = 0.0
        for kind in range(state.TEAM_VOICE):
            theirs += taken.worth[kind]
            ours += taken.worth[kind + state.TEAM_VOICE]
        weight = rules.habit_weight(p.habit_gain, p.habit_team_gain, ours, ours + theirs)
        gain = weight * p.needs_regrow_days / p.habit_days * self.habit_pace
        self.habit = rules.next_habit(self.habit, 1.0, gain, relief)
        if replies > 0:
            self.habit = rules.rewarded(self.habit, p.habit_reply_reward, replies)

    def judge_group(self, taken: Taken, relief: float, untolerated: float) -> None:
        """Judge whether reading paid: the `relief` felt against the cost of the look."""
        p = self.model.p
        overload = rules.skipped_share(taken.unread - taken.read, p.reading_cap_messages)
        read = taken.read
        if self.model.personal_filter:
            hidden = self.hidden(read)
            read -= len(hidden)
            ads = taken.ads - sum(message.kind == state.AD for message in hidden)
            untolerated = ads * (1.0 - self.ad_tolerance)
        cost = rules.look_cost(
            read, untolerated, overload,
            p.needs_message_cost, p.reading_ad_fatigue_ratio, p.reading_cap_messages,
        )  # fmt: skip
        self.verdict = rules.next_verdict(
            self.verdict, read, relief, cost, p.needs_verdict_messages
        )
        self.judged = self.judged or taken.read > 0

    def hidden(self, read: int) -> list[Message]:
        """Return the messages that a personal filter hid of those just read."""
        newest, least = self.model.conversation.newest, self.model.p.screen_least_match
        return [
            message
            for message in list(newest)[len(newest) - read :]
            if message.author != state.TEAM_AUTHOR
            and rules.is_hidden(rules.topic_match(self.interest, message.topic), least)
        ]

    def judge_team(self, taken: Taken, untolerated: float) -> None:
        """Let useful messages of the team earn trust, or cost it when they are worth less than
        expected; ads that were not forgiven cost it.
        """
        p = self.model.p
        useful = 0.0
        for kind in state.EARN_TRUST:
            useful += taken.worth[kind + state.TEAM_VOICE]
        novelty = rules.novelty(
            self.exposure[state.GREETING], self.model.half_exposures[state.GREETING]
        )
        greeted = taken.worth[state.GREETING + state.TEAM_VOICE] * novelty
        earned = rules.earned_worth(
            useful, taken.useful, p.trust_expected_worth, greeted, p.trust_warmth
        )
        self.trust = rules.moved(self.trust, p.trust_gain, earned)
        if taken.ads > 0:
            self.trust = rules.eroded(self.trust, p.trust_ad_loss, untolerated)

    def drives(
        self, t: float, familiarity: float, first: bool, taken: Taken
    ) -> tuple[float, float]:
        """Return the drives to open and to answer at this look, 0 or more; `speak` makes a
        probability of their sum.
        """
        model, p = self.model, self.model.p
        push = rules.social_push(
            self.weights[state.BELONGING],
            self.hunger[state.BELONGING],
            self.weights[state.RECOGNITION],
            self.hunger[state.RECOGNITION],
        )
        own = self.propensity * rules.company_factor(familiarity, p.speak_stranger_share)
        own *= rules.when_tired(self.loafing(), self.fatigue, p.speak_fatigue_weight)
        own *= rules.mood_factor(
            self.mood,
            self.expectation,
            familiarity,
            p.packets_lift,
            p.packets_crowding,
            p.packets_dip,
        )
        if first and model.rules_shown:
            own *= p.screen_rules_ratio
        opening = rules.open_drive(own, push, p.speak_need_push, model.audience)
        newest_hours = t  # since creation
        if model.conversation.newest:
            newest = model.conversation.newest[-1]
            newest_hours = t - newest.time_hours
            if newest.author == self.slot:
                opening *= p.speak_unanswered_share
        opening *= rules.silence_factor(
            t - model.conversation.last_message_hours,
            newest_hours,
            p.speak_team_quiet,
            p.speak_quiet_share,
            p.speak_quiet_days,
        )
        if first:
            opening *= p.speak_first_ratio
        if self.want == state.PROBLEM:
            opening += rules.ask_drive(p.wants_ask_drive, self.trust)
        target = taken.target
        if target is None:
            return opening, 0.0
        if target.reply_to == self.slot:
            own *= rules.evening_factor(self.propensity, p.speak_propensity, p.speak_evenness)
        elif target.author == state.TEAM_AUTHOR:
            match = rules.topic_match(self.interest, target.topic)
            own = rules.team_drive(own, p.speak_team_ratio, target.quality, match, self.trust)
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
        said: Address, claimed: tuple[int, Message | None],
    ) -> None:  # fmt: skip
        """Write on, or say something, perhaps (by `u_speak`): an answer, thanks for what was
        `claimed` (fen, packet), a host's duty, or an opener; without a drive to open or answer
        neither thanks nor duty.
        """
        p = self.model.p
        talk, target = self.model.conversation, taken.target
        if self.model.hushed:
            self.writes_on = False
            return
        if self.writes_on:
            self.write_on(t, talk, target, said)
            return
        opening, answering = self.drives(t, familiarity, first, taken)
        drive = opening + answering
        won, packet = claimed
        thanking = self.thanks(won) if packet is not None and drive > 0.0 else 0.0
        drive += thanking
        duty = self.duty() if self.role & state.HOST and drive > 0.0 else 0.0
        drive += duty
        most = p.speak_first_probability_max if first else p.speak_probability_max
        if target is not None and target.reply_to == self.slot:
            most = p.speak_called_probability_max
        if drive <= 0.0:
            return
        probability = rules.speak_probability(drive, most)
        if u_speak >= probability:
            return
        u_choice, u_quality, u_spam, _ = uniforms(self.model.key, *said)
        quality, call, topic = 0.5 + u_quality, u_speak / probability, self.interest
        if target is not None and u_choice * drive < answering:
            kind, topic = self.answer_to(target)
        elif packet is not None and u_choice * drive < answering + thanking:
            target = packet
            kind, topic = self.answer_to(target)
        else:
            target, kind = None, state.ACTIVITY
            if u_choice * drive >= answering + thanking + duty:
                u_kind = (u_choice * drive - answering - thanking - duty) / opening
                kind = self.aimed_kind(self.opener_kind(u_kind, first), u_spam)
            if self.model.removal_share > 0.0 and self.is_removed(kind):
                return
            if kind == state.QUESTION and self.want == state.PROBLEM:
                self.want = state.ASKED
        message = talk.say(t, self, kind, quality, topic, target, begins=True)
        talk.set_off(t, message, call)
        self.end_or_go_on(t, talk, target)

    def thanks(self, won: int) -> float:
        """Return the drive to thank for the fen `won`."""
        p = self.model.p
        own = rules.when_tired(self.propensity, self.fatigue, p.speak_fatigue_weight)
        return rules.thanks_drive(own, won, p.packets_half_fen, p.packets_thanks_ratio)

    def duty(self) -> float:
        """Return a host's drive to open talk."""
        hunger = self.hunger[state.RECOGNITION]
        return rules.duty_drive(self.propensity, self.model.p.roles_duty, hunger)

    def loafing(self) -> float:
        """Return the factor of social loafing: half as strong for whoever has a role."""
        model, p = self.model, self.model.p
        if self.role & state.HONOURED:
            loafing = rules.duty_loafing(p.speak_loafing)
            return rules.loafing_factor(model.present, loafing, p.speak_identifiability)
        return model.loafing

    def aimed_kind(self, kind: int, u: float) -> int:
        """Let an opener be what it is for: a question about a problem, an ad of a spammer's."""
        p = self.model.p
        if self.want == state.PROBLEM:
            return state.QUESTION
        if p.screen_spammers <= 0.0:
            return kind
        _, _, u_spammer, _ = uniforms(self.model.key, self.slot, 0, 0, TRAIT, 4)
        share = rules.spam_share(
            p.screen_spam_probability, self.model.rules_shown, p.screen_rules_spam_share
        )
        return state.AD if u_spammer < p.screen_spammers and u < share else kind

    def is_removed(self, kind: int) -> bool:
        """Lose an opener to the team, perhaps, before anybody reads it; say whether."""
        model, p = self.model, self.model.p
        u, _, _, _ = uniforms(model.key, self.slot, self.slot + 1, self.messages, SCREENED, 0)
        match = rules.topic_match(self.interest, rules.middle_topic(p.group_topic_breadth))
        is_ad = 1 if kind == state.AD else 0
        if not rules.is_removed(u, model.removal_share, is_ad, match, p.screen_distance):
            return False
        self.messages += 1
        model.day["removed_messages"] += 1
        return True

    def write_on(self, t: float, talk: Conversation, target: Message | None, said: Address) -> None:
        """Go on writing: to what was just read, else to what one's turn answers."""
        _, u_quality, _, _ = uniforms(self.model.key, *said)
        kept = self.turn_target
        if target is None and kept is not None and talk.total - kept.number < state.RING:
            target = kept
        kind, topic = state.CHAT, self.interest
        if target is not None and target.author != self.slot:
            kind, topic = self.answer_to(target)
        else:
            target = None
        talk.say(t, self, kind, 0.5 + u_quality, topic, target, begins=False)
        self.end_or_go_on(t, talk, target)

    def answer_to(self, target: Message) -> tuple[int, float]:
        """Tie oneself to whom one answers; return the kind and topic of the answer."""
        if target.author >= 0:
            self.grow_tie(target.author)
        return (state.ANSWER if target.kind == state.QUESTION else state.CHAT), target.topic

    def opener_kind(self, u: float, first: bool) -> int:
        """Choose what an opener is: a question when information is missed, a greeting, a link,
        chat.
        """
        p, hunger = self.model.p, self.hunger[state.INFORMATION]
        return state.OPENERS[
            rules.opener(u, p.speak_question_share, hunger, first, p.speak_content_share)
        ]

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
            p.speak_more_probability, p.speak_more_newcomer_share, count, p.speak_more_half_messages
        ):
            self.writes_on, self.turn_target = True, target
            self.react(t, wait, p.speak_more_minutes, TURN, self.slot, count)

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

    def invite(self, t: float, asked: Address) -> None:
        """Invite somebody from outside, perhaps, by the random numbers at the address `asked`."""
        model, p = self.model, self.model.p
        known = model.people[self.slot]
        if known["invitations"] >= p.growth_quota:
            return
        u, wait, _, _ = uniforms(model.key, *asked)
        if u < rules.invite_probability(
            p.growth_invite_probability,
            model.invite_reward_fen,
            p.growth_reward_half_fen,
            (t - known["joined_hours"]) / 24.0,
            p.growth_eager_days,
            self.verdict,
        ):
            known["invitations"] += 1
            model.expect_guest(self, t + rules.delay_hours(wait, 1440.0 * p.growth_delay_days))

    def leave_or_mute(self, t: float, u: float, familiarity: float, untolerated: float) -> None:
        """Leave, mute or unmute, perhaps, at the end of a look."""
        p = self.model.p
        leaving = rules.leave_probability(
            p.leaving_leave_probability,
            self.fatigue,
            p.leaving_ad_weight,
            untolerated,
            self.habit,
            familiarity,
            self.verdict,
            p.leaving_verdict_weight,
        )
        if u < leaving:
            self.model.let_go(t, self)
            self.model.conversation.log_event(t, LEAVE, self.slot)
            return
        if self.muted:
            if u < leaving + rules.unmute_probability(p.leaving_unmute_probability, self.fatigue):
                self.muted = False
                self.model.day["unmutes"] += 1
                self.model.count_audience(hearing=1)
                self.model.conversation.log_event(t, UNMUTE, self.slot)
            return
        muting = rules.mute_probability(
            p.leaving_mute_probability, self.fatigue, p.leaving_ad_weight, untolerated, self.habit
        )
        if u < leaving + muting:
            self.muted = True
            self.model.day["mutes"] += 1
            self.model.count_audience(hearing=-1)
            self.model.conversation.log_event(t, MUTE, self.slot)

    def receive(self) -> int:
        """Read the team's letters and take what it paid; return how many letters.

        Letters feed, tire, cost and earn trust as the team's content does.
        """
        model, p = self.model, self.model.p
        many, fen = self.letters, self.paid_fen
        relief = met = 0.0
        if fen > 0:
            gain = rules.money_gain(fen, p.needs_packet_benefit)
            relief += self.feed_one(state.BENEFIT, gain)
            self.gratitude_fen += fen
            self.mood = rules.lifted_mood(self.mood, fen, p.packets_half_fen)
        if many > 0:
            met = rules.message_worth(self.letter, 1.0, p.trust_benefit * self.trust)
            before = self.exposure[state.CONTENT]
            fresh = met * rules.novelty(before, model.half_exposures[state.CONTENT])
            self.exposure[state.CONTENT] = before + met
            feeding = dict(model.feeding[state.CONTENT])
            for need in state.KIND_TABLE[state.CONTENT].feeds:
                relief += self.feed_one(need, fresh * feeding.get(need, 0.0))
            tiring = p.reading_fatigue_per_message
            self.fatigue += rules.fatigue_added(many, 0, 0.0, tiring, 1.0, 0.0)
            earned = rules.earned_worth(met, many, p.trust_expected_worth, 0.0, 0.0)
            self.trust = rules.moved(self.trust, p.trust_gain, earned)
            cost = rules.look_cost(many, 0.0, 0.0, p.needs_message_cost, 1.0, 0.0)
            memory = p.needs_verdict_messages
            self.verdict = rules.next_verdict(self.verdict, many, relief, cost, memory)
            self.judged = True
        weight = rules.habit_weight(p.habit_gain, p.habit_team_gain, met, met)
        gain = weight * p.needs_regrow_days / p.habit_days * self.habit_pace
        self.habit = rules.next_habit(self.habit, 1.0, gain, relief)
        self.letter, self.letters, self.paid_fen = 0.0, 0, 0
        return many

    def feed_one(self, need: int, gain: float) -> float:
        """Feed one need; return the weighted relief."""
        fed = rules.fed_hunger(self.hunger[need], gain)
        relief: float = self.weights[need] * (self.hunger[need] - fed)
        self.hunger[need] = fed
        return relief

    def unmute_by_letter(self, t: float, sent: Address) -> None:
        """Unmute, perhaps, having read a letter and still being present."""
        model = self.model
        slot, author, count, cause, block = sent
        u, _, _, _ = uniforms(model.key, slot, author, count, cause, block + 1)
        chance = rules.letter_unmute_probability(model.p.acts_unmute_probability, self.verdict)
        if slot in model.members and u < chance:
            self.muted = False
            model.day["unmutes"] += 1
            model.count_audience(hearing=1)
            model.conversation.log_event(t, UNMUTE, slot)

    def stay(self, t: float, talk: Conversation, u: float) -> None:
        """Look again soon at live talk, a few times a message at most; `u` also sets the delay."""
        p = self.model.p
        if not talk.newest or self.slot not in self.model.members:
            return
        newest = talk.newest[-1]
        if not rules.is_live(t - newest.time_hours, p.reaction_live_minutes):
            return
        if self.stayed_for != talk.total:
            self.stayed_for = talk.total
            self.stays = 0
        if self.stays < state.STAYS_MOST and u < p.reaction_stay_probability:
            wait, minutes = u / p.reaction_stay_probability, p.reaction_stay_minutes
            author = max(newest.author, state.TEAM_AUTHOR)
            self.react(t, wait, minutes, STAYED, author, newest.count, self.stays)
            self.stays += 1

    def settle(self, t: float, fresh_budget: float) -> None:
        """Settle the hazard spent so far, take the new rate, and test the rest of the hour; after a
        look at baseline with a new budget of hazard, else `fresh_budget` is negative.
        """
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
        self.planned_hours = math.inf  # what the old rate had planned no longer stands
        self.plan_look(t, factor)

    def react(
        self, t: float, u: float, mean_minutes: float, cause: int, author: int, count: int,
        number: int = 0,
    ) -> None:  # fmt: skip
        """Plan a look, after a delay drawn by `u`, in reaction to a message (`author` -1: the team,
        and its own count), unless an earlier one is planned; it draws from the stream `cause`
        (`sim.draws`), as look `number` at that message.
        """
        at = t + rules.delay_hours(u, mean_minutes)
        if at >= self.reaction_hours:
            return
        self.reaction_hours = at
        self.reaction = (cause, author, count, number)
        self.model.queue(at, state.REACTION, self.slot)

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
        self.model.queue(at, state.BASELINE, self.slot)

    def follow_fading(self, hour: float) -> None:
        """Take the rate anew at local midnight, from what has faded."""
        if not self.looked:
            return
        fading, hours = self.model.fading, hour - self.last_hours
        self.attention = self.attention_after(
            self.habit * rules.kept_after(hours * fading[members.HABIT] * self.habit_pace),
            self.fatigue * rules.kept_after(hours * fading[members.FATIGUE]),
        )
        self.rate = self.base_rate * self.attention
        if not self.muted:
            self.model.attentive += self.attention

    def take_ties(self, tie_to: list[int], ties: list[float]) -> None:
        """Start with ties, as many as are kept: slots of others (-1: nobody) and weights."""
        kept = len(self.ties)
        self.tie_to, self.ties = tie_to[:kept], ties[:kept]
        self._sum_ties()

    def grow_tie(self, other: int, growth: float | None = None) -> None:
        """Strengthen a tie, by `ties.growth` or another weight; a new one takes the place of the
        weakest when that is weaker.
        """
        growth = self.model.p.ties_growth if growth is None else growth
        if not self.ties or growth <= 0.0:
            return
        if other in self.tie_to:
            self.ties[self.tie_to.index(other)] += growth
        else:
            weakest = self.ties.index(min(self.ties))
            if self.ties[weakest] < growth:
                self.tie_to[weakest] = other
                self.ties[weakest] = growth
        self._sum_ties()

    def loosen_ties(self, came: set[int], share: float) -> None:
        """Loosen the ties to all who did not come to a gathering."""
        for place, other in enumerate(self.tie_to):
            if other >= 0 and other not in came:
                self.ties[place] = rules.loosened_tie(self.ties[place], share)
        self._sum_ties()

    def _sum_ties(self) -> None:
        self.tied = 0.0
        for tie in self.ties:
            self.tied += tie
