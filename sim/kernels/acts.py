"""What the operators do at an instant: posts, packets, and what they do to single members."""

from __future__ import annotations

import numpy as np

from sim import rules, state
from sim.compiling import aside
from sim.desk import is_deed, work_comes
from sim.draws import TEAM, uniforms
from sim.kernels.calls import close_calls, give_money, open_call
from sim.kernels.deeds import has_left, introduce, is_here, pay, remove, write_letter
from sim.kernels.messages import team_posts
from sim.kernels.packets import send_packet


@aside
def act(w, g, d, t, a, hour_end):
    """Let the operators do one timed act; nothing happens to a member who is not there."""
    group = w.groups[g]
    if not is_done(w, g, d, t, a, hour_end):
        return
    book, minutes = w.ledger[g, a.policy], w.work[group.point, a.kind]
    book.minutes += minutes
    book.last_act_hours = t
    w.daily[g, d].operator_deeds += is_deed(a.kind)
    if group.on_duty > 0:
        clock = (t + group.start_hour) % 24.0
        work_comes(group, w.params[group.point], t, clock, minutes)


@aside
def is_done(w, g, d, t, a, hour_end):
    """Do an act, enter it in its policy's book, and say whether it could be done."""
    book = w.ledger[g, a.policy]
    if a.kind == state.PACKET:
        if not send_packet(w, g, d, t, -1, a.fen, a.shares, a.lucky, hour_end):
            return False
        book.spent_fen += a.fen
        book.packets += 1
        give_money(w, g, t)
    elif a.kind < state.PACKET:
        if a.to >= 0 and not is_here(w, g, a.to):
            return False
        post(w, g, d, t, a, hour_end)
        book.posts += 1
    elif a.kind == state.CALL:
        if not open_call(w, g, d, t, a, hour_end):
            return False
        book.posts += 1
    elif a.kind == state.CLOSE:
        close_calls(w, g, d, t, a.other)
    else:
        return deed(w, g, d, t, a, hour_end)
    return True


@aside
def post(w, g, d, t, a, hour_end):
    """Let the operators post, perhaps to one member before all."""
    group = w.groups[g]
    middle = rules.middle_topic(w.params[group.point].group_topic_breadth)
    own = middle
    if a.to >= 0:
        own = w.members[group.first_slot + a.to].interest
        w.people[group.first_slot + a.to].last_act_hours = t
    topic = rules.act_topic(a.topic, middle, own)
    author, kind = state.TEAM_AUTHOR, a.kind
    if a.other == state.AS_MEMBER:
        author, kind = disguised(w, g, d, kind)
    team_posts(w, g, d, t, author, kind, a.quality, a.everyone, -1, a.to, topic, hour_end)
    if a.kind == state.CONTENT and a.amount > 0.0:
        group.solved_to = group.total


@aside
def disguised(w, g, d, kind):
    """Return as whom and what members read what the team says next as if it were a member."""
    group, day = w.groups[g], w.daily[g, d]
    seen = w.params[group.point].operator_shill_seen_probability
    u, _, _, _ = uniforms(group.key, 1, 0, group.team_messages, TEAM, 2)
    through = u < seen
    day.shill_messages += 1
    day.shills_seen_through += through
    return (state.TEAM_AUTHOR, state.AD) if through else (state.SHILL, kind)


@aside
def hand_over(w, g, loss):
    """Let all who ever joined lose the trust they had in the person who goes."""
    group = w.groups[g]
    for i in range(group.first_slot, group.first_slot + group.slots):
        me = w.members[i]
        if w.people[i].joined_hours < np.inf:
            me.trust = rules.handed_over(me.trust, loss)


@aside
def deed(w, g, d, t, a, hour_end):
    """Do an act to a member, or to the team itself; say whether it could be done."""
    group = w.groups[g]
    book, here = w.ledger[g, a.policy], is_here(w, g, a.to)
    count = group.deeds
    group.deeds += 1
    if a.kind == state.HANDOVER:
        hand_over(w, g, a.amount)
    elif a.kind == state.LETTER and (here or has_left(w, g, a.to)):
        write_letter(w, g, d, t, a.to, a.quality, a.topic, count, hour_end)
        book.letters += 1
    elif a.kind == state.PAIR and here and a.to != a.other and is_here(w, g, a.other):
        introduce(w, g, d, t, a, count, hour_end)
        book.letters += 2
    elif a.kind == state.REMOVE and here:
        remove(w, g, d, t, a.to)
        book.removed += 1
    elif a.kind == state.PAY and here:
        pay(w, g, d, t, a.to, a.fen)
        book.paid_fen += a.fen
        give_money(w, g, t)
    elif a.kind == state.ROLE and here and a.other >= 0:
        me = w.members[group.first_slot + a.to]
        bits = a.other & state.ROLE_BITS
        me.role = (me.role & ~bits) | (bits if a.amount > 0.0 else 0)
    else:
        return False
    return True
