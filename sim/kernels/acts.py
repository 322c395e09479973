"""What the operators do at an instant: posts, packets, and what they do to single members."""

from __future__ import annotations

from sim import state
from sim.compiling import aside
from sim.kernels.calls import close_calls, give_money, open_call
from sim.kernels.messages import team_posts
from sim.kernels.packets import send_packet


@aside
def act(w, g, d, t, a, hour_end):
    """Let the operators do one timed act."""
    book = w.ledger[g, a.policy]
    if a.kind == state.PACKET:
        if send_packet(w, g, d, t, -1, a.fen, a.shares, a.lucky, hour_end):
            book.spent_fen += a.fen
            book.packets += 1
            give_money(w, g, t)
    elif a.kind < state.PACKET:
        team_posts(w, g, d, t, a.kind, a.quality, a.everyone, -1, hour_end)
        book.posts += 1
    elif a.kind == state.CALL:
        book.posts += open_call(w, g, d, t, a, hour_end)
    elif a.kind == state.CLOSE:
        close_calls(w, g, d, t, a.other)
    book.last_act_hours = t
