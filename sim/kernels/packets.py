"""Red packets: sent, claimed share by share, refunded."""

from __future__ import annotations

from sim import rules
from sim.compiling import aside
from sim.draws import RACED, SHARE, uniforms
from sim.kernels.layout import IN_PACKETS
from sim.kernels.messages import draw_all, log_event, react, ring_in
from sim.state import PACKET, PEOPLE_SEEN
from sim.trace import CLAIMED, REFUNDED, SENT, delay_bin


@aside
def send_packet(w, g, d, t, author, fen, shares, lucky, hour_end):
    """Send a packet (author -1: the team); False when too many are open."""
    group = w.groups[g]
    packet = w.open_packets[g, group.packets & IN_PACKETS]
    if packet.open:
        w.life[g].packets_refused += 1
        return False
    p = w.params[group.point]
    day = w.daily[g, d]
    if author >= 0:
        me = w.members[group.first_slot + author]
        count = me.messages
        me.messages += 1
        topic = me.interest
        day.packet += 1
        day.member_fen += fen
    else:
        count = group.team_messages
        group.team_messages += 1
        topic = rules.middle_topic(p.group_topic_breadth)
        day.operator_packets += 1
        day.operator_fen += fen
    packet.message, packet.author, packet.count, packet.sent_hours = group.total, author, count, t
    packet.left_fen, packet.lucky, packet.open = fen, lucky, 1
    packet.shares = packet.left_shares = shares
    packet.best_fen, packet.best_member = 0, -1
    ring_in(w, g, t, author, count, PACKET, 1.0, topic, -1)
    log_event(w, g, t, SENT, author, group.packets, fen, shares)
    group.packets += 1
    group.newest_packet = packet.message
    group.shares_open += shares
    share, minutes = p.reaction_packet_share, p.reaction_packet_minutes
    draw_all(w, g, t, author, count, share, minutes, p.reaction_packet_evenness, hour_end)
    return True


@aside
def claim_share(w, g, d, t, slot, number, hour_end):
    """Let a member take the next share of packet `number`; return its fen."""
    group = w.groups[g]
    p = w.params[group.point]
    packet = w.open_packets[g, number & IN_PACKETS]
    taken = packet.shares - packet.left_shares
    if packet.lucky:
        u, _, _, _ = uniforms(group.key, taken, packet.author + 1, packet.count, SHARE, 0)
        fen = rules.lucky_share_fen(u, packet.left_fen, packet.left_shares)
    else:
        fen = rules.equal_share_fen(packet.left_fen, packet.left_shares)
    packet.left_fen -= fen
    packet.left_shares -= 1
    group.shares_open -= 1
    day = w.daily[g, d]
    day.claims += 1
    day.claimed_fen += fen
    if packet.author < 0:
        day.operator_claimed_fen += fen
    group.claims += 1
    if group.levers & PEOPLE_SEEN:
        w.people[group.first_slot + slot].claims += 1
    w.life[g].claim_delays[delay_bin(t - packet.sent_hours)] += 1
    log_event(w, g, t, CLAIMED, slot, number, fen, 1)
    if fen > packet.best_fen:
        packet.best_fen, packet.best_member = fen, slot
    if packet.left_shares == 0 and packet.lucky and packet.shares > 1:
        best = packet.best_member
        luckiest = w.members[group.first_slot + best]
        if luckiest.present:
            luckiest.gratitude_fen += (p.packets_luckiest_ratio - 1.0) * packet.best_fen
        if best != slot and luckiest.present:
            _, wait, _, _ = uniforms(group.key, best, packet.author + 1, packet.count, SHARE, 255)
            author, count, minutes = packet.author, packet.count, p.reaction_call_minutes
            react(w, g, best, t, wait, minutes, RACED, author, count, 1, hour_end)
    return fen


@aside
def refund(w, g, d, t, number):
    """Close an expired packet and give what is left back to its sender."""
    packet = w.open_packets[g, number & IN_PACKETS]
    packet.open = 0
    w.groups[g].packets_closed += 1
    w.groups[g].shares_open -= packet.left_shares
    if packet.left_fen > 0:
        w.daily[g, d].refunded_fen += packet.left_fen
        shares = packet.left_shares
        log_event(w, g, t, REFUNDED, packet.author, number, packet.left_fen, shares)
