"""The calls of a `Community`: what the team asks members to take part in, and what it sells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import rules, state
from sim.draws import CALL, CALL_MEET, CALL_PRIZE, CALL_TAKE_PART, uniforms
from sim.state import Array
from sim.trace import TOOK_PART

if TYPE_CHECKING:
    from sim.agents import Member, Taken
    from sim.models import Community


@dataclass(slots=True)
class OpenCall:
    """One call of the team: numbers of its message and of the newest that shows it; `is_bought`:
    money came within an hour of a call to buy.
    """

    number: int
    message: int
    newest: int
    count: int
    policy: int
    code: int
    opened_hours: float
    until_hours: float
    amount: float
    topic: float
    fen: int
    shares: int
    is_bought: bool = False
    answers: int = 0

    @property
    def stands(self) -> bool:
        """Whether it is a standing offer."""
        return self.code == state.ORDER and self.shares == 0


class Calls:
    """The open calls of one community, and how they are answered and settled.

    Parameters
    ----------
    community : Community

    Attributes
    ----------
    open_now : list of OpenCall or None
        By their place: a member's bit of `answered`.
    total : int
        Opened so far.
    call_answers, orders, income_fen : int
        Answers, deliveries and what was paid for these so far.
    paid_hours : float
        When the team last gave or promised money.
    """

    def __init__(self, community: Community) -> None:
        self.community = community
        self.open_now: list[OpenCall | None] = [None] * state.CALLS_OPEN
        self.total = self.call_answers = self.orders = self.income_fen = 0
        self.paid_hours = float("-inf")

    @property
    def calls_open(self) -> int:
        """Number of open calls."""
        return sum(call is not None for call in self.open_now)

    def open(self, t: float, act: Array) -> bool:
        """Open a call and announce it; False when too many are open."""
        if None not in self.open_now:
            return False
        place = self.open_now.index(None)
        community, code, fen = self.community, int(act["other"]), int(act["fen"])
        community.levers |= state.CALLS
        count = community.team.messages
        quality, everyone = float(act["quality"]), bool(act["everyone"])
        middle = rules.middle_topic(community.p.group_topic_breadth)
        said = (state.TEAM_AUTHOR, state.CALL_POSTS[code])
        community.team.post(t, said, quality, everyone, topic=middle)
        message = community.conversation.newest[-1]
        call = OpenCall(
            self.total, message.number, message.number, count, int(act["policy"]), code, t,
            float(act["until_hours"]), float(act["amount"]), message.topic, fen, int(act["shares"]),
        )  # fmt: skip
        self.open_now[place] = call
        self.total += 1
        for member in community.everyone.values():
            member.answered &= ~(1 << place)
        community.day["calls"] += 1
        if code == state.ORDER:
            call.is_bought = rules.is_bribe(t - self.paid_hours)
        elif fen > 0 and code != state.SIGN_UP:
            self.give_money(t)
        if call.until_hours > t:
            community.queue(call.until_hours, state.SETTLE, place)
        return True

    def give_money(self, t: float) -> None:
        """Note that the team gives or promises money: calls to buy opened within the hour are felt
        to be bought.
        """
        self.paid_hours = t
        for call in self.open_now:
            if call and call.code == state.ORDER and rules.is_bribe(t - call.opened_hours):
                call.is_bought = True

    def queue_settlements(self) -> None:
        """Queue the calls that end within the hour."""
        for place, call in enumerate(self.open_now):
            if call and call.until_hours > 0.0:
                self.community.queue(call.until_hours, state.SETTLE, place)

    def consider(
        self, member: Member, t: float, met: int, taken: Taken, new_day: bool
    ) -> tuple[int, float, int]:
        """Let a member consider each call just met for the first time (`met`: first message that
        this look met), if it or an answer to it was read, and once a day what stands for sale;
        return the fen paid, the relief felt, and which calls are answered in public, as bits.
        """
        community = self.community
        paid, relief, public = 0, 0.0, 0
        oldest = community.conversation.total - taken.read
        for place, call in enumerate(self.open_now):
            if call is None:
                continue
            is_read = call.message >= met and call.newest >= oldest
            if is_read and call.is_bought:
                member.trust = rules.eroded(member.trust, community.p.trust_ad_loss, 1.0)
            if not (new_day if call.stands else is_read):
                continue
            community.day["call_chances"] += not call.stands
            day = 1 + community.local_day if call.stands else 0
            address = (community.key, member.slot, day, call.count, CALL, CALL_TAKE_PART)
            u, u_product, _, _ = uniforms(*address)
            if u < self.chance(member, call, place):
                fen, felt = self.take_part(member, t, call, place)
                paid += fen
                relief += felt
                if call.stands:
                    self.deliver(member, call.fen, u_product)
                if state.CALL_ANSWERS[call.code] >= 0:
                    public |= 1 << place
        return paid, relief, public

    def gain(self, member: Member, call: OpenCall) -> float:
        """Return what taking part feeds the call's need, as far as such calls are still new."""
        kind = state.CALL_POSTS[call.code]
        half = self.community.half_exposures[kind]
        return call.amount * rules.novelty(member.exposure[kind], half)

    def chance(self, member: Member, call: OpenCall, place: int) -> float:
        """Return how likely a member takes part in a call."""
        p = self.community.p
        friends = 0
        for other in member.tie_to:
            friend = self.community.everyone.get(other)
            friends += friend is not None and bool(friend.answered >> place & 1)
        company = rules.repeated_pull(p.calls_company, friends, 1.0)
        if call.code == state.ORDER:
            return self._buying(member, call, company)
        need = state.CALL_NEEDS[call.code]
        wants_it = call.code == state.IDEA and member.want == state.IDEA_WANT
        hunger = 1.0 if wants_it else member.hunger[need]
        pull = member.weights[need] * hunger * self.gain(member, call) + company
        if call.code == state.CHECK_IN:
            pull += rules.repeated_pull(p.calls_streak, member.streak, 3.0)
        promised = call.fen if call.code != state.SIGN_UP else 0
        pull += rules.reward_pull(member.weights[state.BENEFIT], promised, p.packets_half_fen)
        pull *= rules.missed_pay(member.expectation, promised, p.packets_half_fen, p.packets_dip)
        return rules.call_probability(
            p.calls_base, member.trust, pull, member.fatigue, p.calls_probability_max
        )

    def _buying(self, member: Member, call: OpenCall, company: float) -> float:
        p = self.community.p
        wanted = rules.wanted_share(
            member.want == state.PURCHASE, p.shop_unwanted_share, member.hunger[state.BENEFIT]
        )
        return rules.buy_probability(
            p.shop_buy_probability,
            member.trust,
            p.shop_trust_power,
            rules.educated_share(
                member.exposure[state.CONTENT], p.shop_educated_worth, p.shop_uneducated_share
            ),
            wanted * (1.0 + company),
            rules.topic_match(member.interest, call.topic),
            rules.affordable_share(call.fen, p.shop_wtp_fen, member.appetite),
        )

    def take_part(self, member: Member, t: float, call: OpenCall, place: int) -> tuple[int, float]:
        """Let a member take part in a call; return the fen paid at once, and the relief felt."""
        community = self.community
        day = community.day
        member.answered |= 1 << place
        call.answers += 1
        self.call_answers += not call.stands
        day["call_answers"] += not call.stands
        community.people[member.slot]["answered_calls"] += not call.stands
        community.conversation.log_event(
            t, TOOK_PART, member.slot, call.number, call.fen, call.code
        )
        need = state.CALL_NEEDS[call.code]
        fed = rules.fed_hunger(member.hunger[need], self.gain(member, call))
        relief = member.weights[need] * (member.hunger[need] - fed)
        member.hunger[need] = fed
        if call.code == state.CHECK_IN:
            member.streak = min(255, member.streak + 1)
            day["check_ins"] += 1
            day["streaks"] += member.streak
            member.gain_progress()
        elif call.code == state.ORDER:
            day["order_fen"] += call.fen
            member.want = state.NO_WANT if member.want == state.PURCHASE else member.want
        elif call.code == state.IDEA:
            member.want = state.NO_WANT if member.want == state.IDEA_WANT else member.want
        if call.fen == 0 or not state.CALL_PAYS[call.code]:
            return 0, relief
        self.reward(member, call)
        return call.fen, relief

    def reward(self, member: Member, call: OpenCall) -> None:
        """Pay a member what a call promises."""
        p = self.community.p
        member.gratitude_fen += call.fen
        member.mood = rules.lifted_mood(member.mood, call.fen, p.packets_half_fen)
        member.expectation = rules.rewarded(member.expectation, p.packets_expectation_step, 1.0)
        self._spend(call, call.fen)

    def _spend(self, call: OpenCall, fen: int) -> None:
        """Enter what a call costs the team."""
        self.community.day["calls_fen"] += fen
        self.community.books[0, call.policy]["spent_fen"] += fen

    def deliver(self, member: Member, fen: int, u: float) -> None:
        """Deliver what a member has paid for."""
        p, day = self.community.p, self.community.day
        mine = self.community.people[member.slot]
        self.orders += 1
        self.income_fen += fen
        day["orders"] += 1
        day["income_fen"] += fen
        day["buyers"] += int(mine["orders"] == 0)
        mine["orders"] += 1
        mine["spent_fen"] += fen
        member.verdict = rules.product_verdict(
            member.verdict, p.shop_quality, p.shop_quality_spread, u, p.shop_verdict_step
        )

    def answer(self, member: Member, t: float, public: int) -> None:
        """Let a member say to all that it takes part, in each of these calls (bits)."""
        talk = self.community.conversation
        for place, call in enumerate(self.open_now):
            if call is None or not public >> place & 1 or talk.total - call.message >= state.RING:
                continue
            address = (self.community.key, member.slot, 0, call.count, CALL, CALL_TAKE_PART)
            _, _, u_quality, _ = uniforms(*address)
            kind = state.CALL_ANSWERS[call.code]
            target = talk.newest[call.message - talk.total]
            talk.say(t, member, kind, 0.5 + u_quality, call.topic, target, begins=True)
            talk.draw_in(t, member.slot, member.messages - 1)
            call.newest = talk.total - 1
            member.seen = talk.total

    def close(self, t: float, code: int) -> None:
        """End every open call of a code now."""
        for place, call in enumerate(self.open_now):
            if call and call.code == code:
                self.settle(t, place, call)

    def end(self, t: float, place: int) -> None:
        """End a call at its hour, unless it was closed before."""
        call = self.open_now[place]
        if call and call.until_hours == t:
            self.settle(t, place, call)

    def settle(self, t: float, place: int, call: OpenCall) -> None:
        """End a call, and do what it promised to those who took part."""
        community = self.community
        self.open_now[place] = None
        took_part = [
            member
            for _, member in sorted(community.everyone.items())
            if member.answered >> place & 1
        ]
        present = [member for member in took_part if member.slot in community.members]
        if call.code == state.CHECK_IN:
            for member in community.everyone.values():
                member.streak *= member.answered >> place & 1
        elif call.code == state.RAFFLE:
            self.draw_winners(call, present)
        elif call.code == state.SIGN_UP:
            self.gather(t, call, present)
        elif call.code == state.ORDER and call.shares > 0:
            self.settle_orders(call, took_part)

    def draw_winners(self, call: OpenCall, present: list[Member]) -> None:
        """Pay the prizes of a raffle to as many different members, drawn by address."""
        many = len(present)
        for prize in range(min(many, call.shares)):
            u, _, _, _ = uniforms(self.community.key, prize, 0, call.count, CALL, CALL_PRIZE)
            pick = prize + int(u * (many - prize))
            present[prize], present[pick] = present[pick], present[prize]
            winner = present[prize]
            self.reward(winner, call)
            gain = rules.money_gain(call.fen, self.community.p.needs_packet_benefit)
            winner.hunger[state.BENEFIT] = rules.fed_hunger(winner.hunger[state.BENEFIT], gain)

    def gather(self, t: float, call: OpenCall, present: list[Member]) -> None:
        """Let those who signed up meet: new ties, looser ones to others, company, trust; pay."""
        community, p = self.community, self.community.p
        came = {member.slot for member in present}
        for member in present:
            member.fade_ties(t)
            member.loosen_ties(came, p.gathering_loosening_share)
            for partner in range(int(p.gathering_partners)):
                address = (community.key, member.slot, 0, call.count, CALL, CALL_MEET + partner)
                other = present[int(uniforms(*address)[0] * len(present))].slot
                if other != member.slot:
                    member.grow_tie(other, p.gathering_tie_weight)
            for need in (state.BELONGING, state.ENJOYMENT):
                member.hunger[need] = rules.fed_hunger(member.hunger[need], call.amount)
            member.trust = rules.rewarded(member.trust, p.gathering_trust, call.amount)
        community.day["attendances"] += len(present)
        self._spend(call, call.fen * len(present))

    def settle_orders(self, call: OpenCall, took_part: list[Member]) -> None:
        """Deliver a group-buy that found enough buyers, else pay everybody back."""
        if call.answers < call.shares:
            self.community.day["returned_fen"] += call.fen * call.answers
            return
        for member in took_part:
            address = (self.community.key, member.slot, 0, call.count, CALL, CALL_TAKE_PART)
            self.deliver(member, call.fen, uniforms(*address)[1])
