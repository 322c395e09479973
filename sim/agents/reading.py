"""What a look takes in: recovery, reading, packets, needs, fatigue, habit, trust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import rules
from sim.agents.looking import Looker
from sim.conversation import Conversation, Message
from sim.draws import CLAIM, uniforms
from sim.members import (
    EXPECTATION,
    FATIGUE,
    HABIT,
    HUNGER,
    MOOD,
    NOVELTY,
    member_traits,
    need_factors,
)
from sim.rules.reading import LANES
from sim.state import AD, KINDS, QUESTION

if TYPE_CHECKING:
    from sim.models import Community


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look took in.

    Attributes
    ----------
    unread, read, ads, replies : int
        Messages met, read, ads among these, replies to oneself among these.
    worth : list of float
        Worth of what was read by kind, the team's from 8 on.
    target : Message or None
        The message one might answer: addressed to oneself, else a question, else the newest.
    ratio : float
        Drive to answer it over the drive to answer a chat.
    """

    unread: int
    read: int
    worth: list[float]
    ads: int
    replies: int
    target: Message | None
    ratio: float


class Reader(Looker):
    """One who reads what is new, and whom it feeds, tires and teaches.

    Parameters
    ----------
    model : Community
    slot : int
        Number of the member; traits are drawn by it.
    """

    def __init__(self, model: Community, slot: int) -> None:
        p = model.p
        rate, propensity, shift, interest, tolerance, appetite, habit, pace = member_traits(
            model.key,
            slot,
            p.look_rate_sigma,
            p.speak_propensity_sigma,
            p.rhythm_shift_sigma_hours,
            p.habit_interest_power,
            p.habit_days_sigma,
        )
        super().__init__(model, slot, p.look_rate_per_day / 24.0 * rate, shift)
        self.propensity = p.speak_propensity * propensity
        self.interest = p.group_topic_breadth * interest
        self.ad_tolerance, self.appetite = tolerance, appetite
        self.habit, self.habit_pace, self.trust = habit, pace, p.trust_initial
        self._take_needs()
        self.exposure = [0.0] * len(KINDS)
        self.tie_to: list[int] = [-1] * int(p.ties_kept)
        self.ties: list[float] = [0.0] * int(p.ties_kept)
        self.tied = self.ties_hours = 0.0
        self.mood = self.expectation = self.gratitude_fen = 0.0
        self.seen = 0

    def _take_needs(self) -> None:
        factors = need_factors(self.model.key, self.slot, self.model.p.needs_weight_sigma)
        means = self.model.need_means
        weights = [mean * factor for mean, factor in zip(means, factors, strict=True)]
        total = 0.0
        for weight in weights:
            total += weight
        self.weights = [weight / total for weight in weights]
        self.hunger = [1.0] * len(weights)

    def recover(self, t: float) -> None:
        """Let time heal: fatigue, habit, hunger, novelty, mood."""
        fading = self.model.fading
        hours = t - self.last_hours
        self.last_hours = t
        self.fatigue *= rules.kept_after(hours * fading[FATIGUE])
        self.habit *= rules.kept_after(hours * fading[HABIT] * self.habit_pace)
        satisfied = rules.kept_after(hours * fading[HUNGER])
        self.hunger = [rules.regrown_hunger(hunger, satisfied) for hunger in self.hunger]
        exposed = rules.kept_after(hours * fading[NOVELTY])
        self.exposure = [exposure * exposed for exposure in self.exposure]
        self.mood *= rules.kept_after(hours * fading[MOOD])
        self.expectation *= rules.kept_after(hours * fading[EXPECTATION])

    def take_ties(self, tie_to: list[int], ties: list[float]) -> None:
        """Start with ties, as many as are kept."""
        kept = len(self.ties)
        self.tie_to, self.ties = tie_to[:kept], ties[:kept]
        self._sum_ties()

    def fade_ties(self, t: float) -> None:
        """Let ties fade over the time since they last did."""
        kept = rules.halved_share(t - self.ties_hours, self.model.p.ties_half_life_days)
        self.ties_hours = t
        self.ties = [tie * kept for tie in self.ties]
        self._sum_ties()

    def _sum_ties(self) -> None:
        self.tied = 0.0
        for tie in self.ties:
            self.tied += tie

    def read(self, talk: Conversation) -> Taken:
        """Read the newest unread messages, and let replies to oneself strengthen ties."""
        unread = talk.total - self.seen
        p = self.model.p
        count = rules.messages_read(unread, p.reading_cap_messages)
        voices = 2 * len(KINDS)
        sums = [0.0] * (LANES * voices)
        tied = dict(zip(self.tie_to, self.ties, strict=True))
        trusted = p.trust_benefit * self.trust
        interest, topic_match, message_worth = self.interest, rules.topic_match, rules.message_worth
        ads, repliers = 0, []
        addressed = asked = newest = None
        replies = 0
        read = list(talk.newest)[: -count - 1 : -1] if count else ()
        for back, message in enumerate(read):
            kind, author = message.kind, message.author
            match = topic_match(interest, message.topic)
            if author < 0:
                place = rules.lane(back) * voices + kind + 8
                sums[place] += message_worth(message.quality, match, trusted)
            else:
                tie = tied.get(author, 0.0)
                bonus = p.ties_benefit * rules.tie_strength(tie) if tie else 0.0
                place = rules.lane(back) * voices + kind
                sums[place] += message_worth(message.quality, match, bonus)
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
        worth = [rules.lanes_total(*sums[voice::voices]) for voice in range(voices)]
        for author in repliers:
            self.grow_tie(author)
        target, ratio = newest, 1.0
        if addressed is not None:
            target, ratio = addressed, p.speak_addressed_ratio
        elif asked is not None:
            target, ratio = asked, p.speak_question_ratio
        return Taken(unread, count, worth, ads, replies, target, ratio)

    def grow_tie(self, other: int) -> None:
        """Strengthen a tie; a new one takes the place of the weakest when that is weaker."""
        growth = self.model.p.ties_growth
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
                self.expectation = rules.rewarded(self.expectation, p.packets_expectation_step, 1.0)
        return won

    def feed(self, taken: Taken, won: int) -> float:
        """Feed the needs with what was read and won; return the weighted relief."""
        model = self.model
        gains = [0.0, 0.0, 0.0, 0.0, model.p.needs_reply_recognition * taken.replies]
        if won > 0:
            gains[3] = rules.money_gain(won, model.p.needs_packet_benefit)
        for kind in range(len(KINDS)):
            met = taken.worth[kind] + taken.worth[kind + 8]
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

    def learn(self, relief: float, replies: int) -> None:
        """Move habit toward the relief just felt; a reply is the strongest reward."""
        p = self.model.p
        gain = p.habit_gain * p.needs_regrow_days / p.habit_days * self.habit_pace
        self.habit = rules.next_habit(self.habit, 1.0, gain, relief)
        if replies > 0:
            self.habit = rules.rewarded(self.habit, p.habit_reply_reward, replies)

    def judge_team(self, taken: Taken, untolerated: float) -> None:
        """Let useful messages of the team earn trust and ads cost it."""
        p = self.model.p
        worth = taken.worth
        useful = worth[8] + worth[9] + worth[10] + worth[11] + worth[12]
        if useful > 0.0:
            self.trust = rules.rewarded(self.trust, p.trust_gain, useful)
        if taken.ads > 0:
            self.trust = rules.eroded(self.trust, p.trust_ad_loss, untolerated)
