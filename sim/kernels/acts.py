"""What the operators do at an instant: posts, packets, and what they do to single members."""

from __future__ import annotations

from sim import state
from sim.compiling import aside
from sim.desk import work_comes
from sim.kernels.calls import close_calls, give_money, open_call
from sim.kernels.messages import team_posts
from sim.kernels.packets import send_packet


@aside
def set_role(w, g, slot, bits, given):
    """Give a present member roles, or take them."""
    group = w.groups[g]
    if not 0 <= slot < group.slots or bits < 0:
        return
    me = w.members[group.first_slot + slot]
    if me.present:
        kept = me.role & ~(bits & state.ROLE_BITS)
        me.role = kept | (bits & state.ROLE_BITS if given > 0.0 else 0)


@aside
def note_work(w, g, d, t, kind):
    """Count what an act is as work, and put it on the desk."""
    group, day = w.groups[g], w.daily[g, d]
    if kind > state.PACKET:
        day.operator_letters += kind == state.LETTER
        day.operator_calls += kind == state.CALL
        day.operator_deeds += (kind != state.LETTER) & (kind != state.CALL)
    if group.on_duty > 0:
        clock = (t + group.start_hour) % 24.0
        work_comes(group, w.params[group.point], t, clock, w.work[group.point, kind])


@aside
def act(w, g, d, t, a, hour_end):
    """Let the operators do one timed act."""
    book = w.ledger[g, a.policy]
    note_work(w, g, d, t, a.kind)
    if a.kind == state.PACKET:
        if send_packet(w, g, d, t, -1, a.fen, a.shares, a.lucky, hour_end):
            book.spent_fen += a.fen
            book.packets += 1
            give_money(w, g, t)
    elif a.kind < state.PACKET:
        team_posts(w, g, d, t, a.kind, a.quality, a.everyone, -1, hour_end)
        book.posts += 1
        if a.kind == state.CONTENT and a.amount > 0.0:
            w.groups[g].solved_to = w.groups[g].total
    elif a.kind == state.ROLE:
        set_role(w, g, a.to, a.other, a.amount)
    elif a.kind == state.CALL:
        book.posts += open_call(w, g, d, t, a, hour_end)
    elif a.kind == state.CLOSE:
        close_calls(w, g, d, t, a.other)
    book.last_act_hours = t
