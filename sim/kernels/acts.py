"""What the operators do at an instant: posts, packets, and what they do to single members."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside
from sim.kernels.deeds import deed, is_here
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
