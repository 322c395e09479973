"""How members come in: the gate, and guests whom members invite."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside, part
from sim.draws import INVITE, uniforms
from sim.kernels import queue
from sim.kernels.deeds import pay
from sim.kernels.reading import fade_ties, grow_tie
from sim.members import ATTEMPTS_MOST, committed_habit, is_gated, passes_gate


@part
def gate_of(group):
    """Return what the gate asks: fee, work, review, narrowness."""
    return group.fee_fen, group.work_share, group.review_share, group.narrowness


@aside
def admit(group, me, day, p):
    """Note what coming in through the gate means for a new member."""
    day.gate_fees_fen += group.fee_fen
    me.habit = committed_habit(me.habit, p, gate_of(group))
    if group.probation:
        me.role |= state.PROBATION


@aside
def fill_seat(group, me, day, p, attempt):
    """Note how a seat at creation was filled after so many others; False when it stays empty."""
    day.turned_away += attempt
    if group.review_share > 0.0:
        day.reviewed += min(attempt + 1, ATTEMPTS_MOST)
    if attempt == ATTEMPTS_MOST:
        group.present -= 1
        group.hearing -= 1
        group.joined -= 1
        return False
    admit(group, me, day, p)
    return True


@aside
def turns_away(w, g, d, slot, is_guest):
    """Say whether the gate turns a candidate or guest away, and count it."""
    group, gate = w.groups[g], gate_of(w.groups[g])
    comes = is_guest or not group.referral
    if comes and is_gated(gate):
        me = w.members[group.first_slot + slot]
        p = w.params[group.point]
        w.daily[g, d].reviewed += group.review_share > 0.0
        comes = passes_gate(group.key, slot, 0, p, gate, me.habit, me.interest)
    w.daily[g, d].turned_away += not comes
    return not comes


@aside
def bind_guest(w, g, d, t, slot):
    """Tie a guest who came in to the inviter, both ways, and pay the reward."""
    group, day = w.groups[g], w.daily[g, d]
    p = w.params[group.point]
    i = group.first_slot + slot
    inviter = w.people[i].invited_by
    host = group.first_slot + inviter
    fade_ties(w, i, t, p.ties_half_life_days)
    fade_ties(w, host, t, p.ties_half_life_days)
    grow_tie(w, i, inviter, p.ties_initial_weight, int(p.ties_kept))
    grow_tie(w, host, slot, p.ties_initial_weight, int(p.ties_kept))
    day.invited += 1
    day.invited_depths += w.people[i].depth
    if w.members[host].present and group.invite_reward_fen > 0:
        pay(w, g, d, t, inviter, group.invite_reward_fen)
        day.invite_rewards_fen += group.invite_reward_fen


@aside
def invite(w, g, d, t, i, slot, p, said, hour_end):
    """Let a member invite somebody from outside at a look, perhaps."""
    group, me, known = w.groups[g], w.members[i], w.people[i]
    if known.invitations >= p.growth_quota:
        return
    _, author, count, cause, block = said
    u, wait, _, _ = uniforms(group.key, slot, author, count, INVITE, 16 * cause + block)
    if u >= rules.invite_probability(
        p.growth_invite_probability,
        group.invite_reward_fen,
        p.growth_reward_half_fen,
        (t - known.joined_hours) / 24.0,
        p.growth_eager_days,
        me.verdict,
    ):
        return
    known.invitations += 1
    w.daily[g, d].invitations += 1
    if group.vacant == 0:
        w.daily[g, d].invitations_lost += 1
        return
    guest = group.next_guest
    group.next_guest += 1
    group.vacant -= 1
    expect(w, group.first_slot + guest, slot, i, p)
    at = t + rules.delay_hours(wait, 1440.0 * p.growth_delay_days)
    w.arrivals[group.first_slot + guest] = at
    if at < hour_end:
        queue.push(w, at, state.JOIN, guest)


@part
def expect(w, guest, inviter, i, p):
    """Note who invited a guest, and make the guest a little like the inviter."""
    known, them = w.people[guest], w.members[guest]
    known.invited_by = inviter
    known.depth = w.people[i].depth + 1
    them.interest = rules.guest_interest(them.interest, w.members[i].interest, p.growth_likeness)


@aside
def next_guests(w, g, hour, hour_end):
    """Queue the guests who ask to join within the hour."""
    group = w.groups[g]
    for slot in range(int(w.params[group.point].group_size), group.next_guest):
        at = w.arrivals[group.first_slot + slot]
        if hour <= at < hour_end:
            queue.push(w, at, state.JOIN, slot)
