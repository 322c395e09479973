"""What a message sets off in a `Community`: who is drawn in or called back, packets, the logs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import rules
from sim.draws import CALLED, DRAWN, RACED, REACH, SHARE, uniforms
from sim.state import KINDS, PACKET, QUESTION
from sim.trace import CLAIMED, REFUNDED, SENT, delay_bin, note_message

if TYPE_CHECKING:
    from sim.agents import Member
    from sim.models import Community

RING = 64  # newest messages kept
PACKETS_OPEN = 64  # open packets a group can hold
TEAM_AUTHOR = -1
NOBODY = -1


@dataclass(slots=True)
class Message:
    """One message of the group; author -1 is the operator team."""

    number: int
    time_hours: float
    author: int
    count: int
    kind: int
    quality: float
    topic: float
    reply_to: int
    opener: int = 0  # 1: opener without an answer, 2: answered
    wanted: bool = False  # the team means to answer


@dataclass(slots=True)
class RedPacket:
    """One red packet and what is left of it."""

    number: int
    message: int
    author: int
    count: int
    sent_hours: float
    left_fen: int
    shares: int
    left_shares: int
    lucky: int
    best_fen: int = 0
    best_member: int = NOBODY
    open: bool = True


class Conversation:
    """The messages and packets of one community, and the reactions they cause."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.newest: deque[Message] = deque(maxlen=RING)
        self.total = 0
        self.packets: list[RedPacket] = []
        self.packets_closed = 0
        self.claims = 0
        self.member_messages: int = 0
        self.last_message_hours = 0.0
        self.message_log: list[tuple[float, int, int, int]] = []
        self.event_log: list[tuple[float, int, int, int, int, int]] = []

    def message(self, number: int) -> Message:
        """Return one of the newest messages by its number."""
        return self.newest[number - self.total]

    def log_event(self, t: float, event: int, member: int, packet: int = -1, fen: int = 0,
                  shares: int = 0) -> None:  # fmt: skip
        """Keep one row of the event log."""
        self.event_log.append((t, event, member, packet, fen, shares))

    def draw_in(self, t: float, author: int, count: int) -> None:
        """Draw a few hearing members in, each by its attention."""
        community = self.community
        p, key = community.p, community.key
        mean = rules.draws_mean(
            community.attentive, p.reaction_draw_probability, p.reaction_draw_max
        )
        if mean <= 0.0:
            return
        u, _, _, _ = uniforms(key, 0, author + 1, count, REACH, 0)
        block = 1
        for _ in range(rules.poisson_count(u, mean)):
            for _ in range(12):
                pick, accept, wait, _ = uniforms(key, 0, author + 1, count, REACH, block)
                block += 1
                member = community.members.get(int(pick * community.asked))
                if member and not member.muted and accept < member.attention:
                    if member.slot != author:
                        at = t + rules.delay_hours(wait, p.reaction_draw_minutes)
                        member.react(at, DRAWN, author, count, 0)
                    break

    def draw_all(self, t: float, author: int, count: int, share: float, minutes: float) -> None:
        """Give every hearing member a chance to be drawn in: a packet, or an @all."""
        for slot, member in sorted(self.community.members.items()):
            if not member.muted and slot != author:
                accept, wait, _, _ = uniforms(
                    self.community.key, slot, author + 1, count, REACH, 255
                )
                if accept < share * member.attention:
                    at = t + rules.delay_hours(wait, minutes)
                    member.react(at, RACED, author, count, 0)

    def answered(self, t: float, target: Message) -> None:
        """Note an answer to a message."""
        if target.opener == 1:
            target.opener = 2
            self.community.life["openers_answered"] += 1
        target.wanted = False
        self.community.life["reply_delays"][0, delay_bin(t - target.time_hours)] += 1

    def call_back(self, at: float, slot: int, author: int, count: int) -> None:
        """Call the addressee of an answer back."""
        self.community.members[slot].react(at, CALLED, author, count, 0)

    def append(self, t: float, author: int, count: int, kind: int, quality: float, topic: float,
               reply_to: int) -> Message:  # fmt: skip
        """Add a message to the newest ones."""
        message = Message(self.total, t, author, count, kind, quality, topic, reply_to)
        self.newest.append(message)
        self.total += 1
        return message

    def say(self, t: float, member: Member, kind: int, quality: float, topic: float,
            target: Message | None, begins: bool) -> Message:  # fmt: skip
        """Let a member say something; only the first message of a turn can be an opener."""
        community = self.community
        day = community.day
        count = member.messages
        member.messages += 1
        reply_to = NOBODY if target is None else target.author
        if target is not None:
            day["replies"] += 1
            self.answered(t, target)
        message = self.append(t, member.slot, count, kind, quality, topic, reply_to)
        if target is None and begins:
            message.opener = 1
            community.life["openers"] += 1
        day[KINDS[kind]] += 1
        if member.post_day != community.local_day:
            member.post_day = community.local_day
            day["posting_members"] += 1
        member.posted_weeks = note_message(
            community.life[0], t, member.posted_weeks, member.posts > 0
        )
        member.posts += 1
        self.member_messages += 1
        self.last_message_hours = t
        self.message_log.append((t, member.slot, reply_to, kind))
        if kind == QUESTION:
            community.team.hear(t, message)
        return message

    def set_off(self, t: float, message: Message, call: float) -> None:
        """Let a message call its addressee back, by the uniform `call`, and draw others in."""
        p = self.community.p
        if message.reply_to in self.community.members and call < p.reaction_call_probability:
            wait = call / p.reaction_call_probability
            at = t + rules.delay_hours(wait, p.reaction_call_minutes)
            self.call_back(at, message.reply_to, message.author, message.count)
        self.draw_in(t, message.author, message.count)

    def send_packet(self, t: float, author: int, fen: int, shares: int, lucky: int) -> bool:
        """Send a packet (author -1: the team); False when too many are open."""
        community = self.community
        p, day = community.p, community.day
        if len(self.packets) - self.packets_closed >= PACKETS_OPEN:
            community.life["packets_refused"] += 1
            return False
        if author >= 0:
            sender = community.members[author]
            count, topic = sender.messages, sender.interest
            sender.messages += 1
            day["packet"] += 1
            day["member_fen"] += fen
        else:
            count, topic = community.team.messages, p.group_topic_breadth * 0.5
            community.team.messages += 1
            day["operator_packets"] += 1
            day["operator_fen"] += fen
        number = len(self.packets)
        self.packets.append(
            RedPacket(number, self.total, author, count, t, fen, shares, shares, lucky)
        )
        self.append(t, author, count, PACKET, 1.0, topic, NOBODY)
        self.log_event(t, SENT, author, number, fen, shares)
        self.draw_all(t, author, count, p.reaction_packet_share, p.reaction_packet_minutes)
        return True

    def claim_share(self, t: float, member: Member, packet: RedPacket) -> int:
        """Let a member take the next share of a packet; return its fen."""
        community = self.community
        if packet.lucky:
            taken = packet.shares - packet.left_shares
            u, _, _, _ = uniforms(community.key, taken, packet.author + 1, packet.count, SHARE, 0)
            fen = rules.lucky_share_fen(u, packet.left_fen, packet.left_shares)
        else:
            fen = rules.equal_share_fen(packet.left_fen, packet.left_shares)
        packet.left_fen -= fen
        packet.left_shares -= 1
        day = community.day
        day["claims"] += 1
        day["claimed_fen"] += fen
        if packet.author < 0:
            day["operator_claimed_fen"] += fen
        self.claims += 1
        community.life["claim_delays"][0, delay_bin(t - packet.sent_hours)] += 1
        self.log_event(t, CLAIMED, member.slot, packet.number, fen, 1)
        if fen > packet.best_fen:
            packet.best_fen, packet.best_member = fen, member.slot
        if packet.left_shares == 0 and packet.lucky and packet.shares > 1:
            self._thank_luckiest(t, member, packet)
        return fen

    def _thank_luckiest(self, t: float, last: Member, packet: RedPacket) -> None:
        community, best = self.community, packet.best_member
        p = community.p
        luckiest = community.members.get(best)
        if luckiest is None:
            return
        luckiest.gratitude_fen += (p.packets_luckiest_ratio - 1.0) * packet.best_fen
        if best != last.slot:
            _, wait, _, _ = uniforms(
                community.key, best, packet.author + 1, packet.count, SHARE, 255
            )
            at = t + rules.delay_hours(wait, p.reaction_call_minutes)
            luckiest.react(at, RACED, packet.author, packet.count, 1)

    def refund(self, t: float, packet: RedPacket) -> None:
        """Close an expired packet and give what is left back to its sender."""
        packet.open = False
        self.packets_closed += 1
        if packet.left_fen > 0:
            self.community.day["refunded_fen"] += packet.left_fen
            self.log_event(
                t, REFUNDED, packet.author, packet.number, packet.left_fen, packet.left_shares
            )
