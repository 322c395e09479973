"""What the operators do at an instant: posts, packets, and what they do to single members."""

from __future__ import annotations

import numpy as np

from sim import rules, state
from sim.compiling import aside
from sim.kernels.deeds import has_left, introduce, is_here, pay, remove, write_letter
from sim.kernels.messages import team_posts
from sim.kernels.packets import send_packet


@aside
def act(w, g, d, t, a, hour_end):
    """Let the operators do one timed act; nothing happens to a member who is not there."""
    book = w.ledger[g, a.policy]
    p = w.params[w.groups[g].point]
    if a.kind == state.PACKET:
        if send_packet(w, g, d, t, -1, a.fen, a.shares, a.lucky, hour_end):
            book.spent_fen += a.fen
            book.packets += 1
            book.minutes += p.operator_minutes_per_post
    elif a.kind < state.PACKET:
        if a.to >= 0 and not is_here(w, g, a.to):
            return
        post(w, g, d, t, a, hour_end)
        book.posts += 1
        book.minutes += p.operator_minutes_per_post
    elif not deed(w, g, d, t, a, hour_end):
        return
    book.last_act_hours = t


@aside
def post(w, g, d, t, a, hour_end):
    """Let the operators post, perhaps to one member before all."""
    group = w.groups[g]
    middle = w.params[group.point].group_topic_breadth * 0.5
    own = middle
    if a.to >= 0:
        own = w.members[group.first_slot + a.to].interest
        w.people[group.first_slot + a.to].last_act_hours = t
    topic = rules.act_topic(a.topic, middle, own)
    team_posts(w, g, d, t, a.kind, a.quality, a.everyone, -1, a.to, topic, hour_end)


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
    p, book = w.params[group.point], w.ledger[g, a.policy]
    here = is_here(w, g, a.to)
    count = group.deeds
    group.deeds += 1
    if a.kind == state.HANDOVER:
        hand_over(w, g, a.amount)
    elif a.kind == state.LETTER and (here or has_left(w, g, a.to)):
        write_letter(w, g, d, t, a.to, a.quality, a.topic, count, hour_end)
        book.letters += 1
        book.minutes += p.operator_minutes_per_letter
    elif a.kind == state.PAIR and here and a.to != a.other and is_here(w, g, a.other):
        introduce(w, g, d, t, a, count, hour_end)
        book.letters += 2
        book.minutes += 2.0 * p.operator_minutes_per_letter
    elif a.kind == state.REMOVE and here:
        remove(w, g, d, t, a.to)
        book.removed += 1
        book.minutes += p.operator_minutes_per_deed
    elif a.kind == state.PAY and here:
        pay(w, g, d, t, a.to, a.fen)
        book.paid_fen += a.fen
        book.minutes += p.operator_minutes_per_deed
    else:
        return False
    return True
