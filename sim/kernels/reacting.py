"""Who looks sooner because of a message: reactions waiting, members drawn in."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside, inlined, part
from sim.draws import DRAWN, RACED, REACH, between, philox, uniforms
from sim.kernels import queue
from sim.kernels.layout import FORWARD

philox_here, between_here = inlined(philox), inlined(between)


@part
def react(w, g, slot, t, u, mean_minutes, cause, author, count, number, hour_end):
    """Let a member look after a delay drawn by `u`, unless an earlier reaction waits already."""
    i = (w.groups[g].first_slot + slot) & FORWARD
    at = t + rules.delay_hours(u, mean_minutes)
    if at >= w.reaction[i]:
        return
    w.reaction[i] = at
    me = w.members[i]
    me.cause, me.author, me.count, me.number = cause, author, count, number
    if at < hour_end:
        queue.push(w, at, state.REACTION, slot)


@part
def draw_in(w, g, t, author, count, hour_end):
    """Draw a few hearing members in, each by its attention."""
    group = w.groups[g]
    p = w.params[group.point]
    mean = rules.draws_mean(group.attentive, p.reaction_draw_probability, p.reaction_draw_max)
    if mean <= 0.0:
        return
    u, _, _, _ = uniforms(group.key, 0, author + 1, count, REACH, 0)
    block = 1
    for _ in range(rules.poisson_count(u, mean)):
        for _ in range(12):
            pick, accept, wait, _ = uniforms(group.key, 0, author + 1, count, REACH, block)
            block += 1
            slot = int(pick * group.asked)
            i = (group.first_slot + slot) & FORWARD
            me = w.members[i]
            if me.present and not me.muted and accept < me.attention:
                if slot != author:
                    minutes = p.reaction_draw_minutes
                    react(w, g, slot, t, wait, minutes, DRAWN, author, count, 0, hour_end)
                break


@aside
def draw_uniforms(accept, wait, key, author, count):
    """Draw for every member, as `uniforms` does for one."""
    for slot in range(len(accept)):
        first, second, _, _ = philox_here(key, slot, author + 1, count, REACH * 256 + 255)
        accept[slot] = between_here(first)
        wait[slot] = between_here(second)


@aside
def draw_all(w, g, t, author, count, share, minutes, hour_end):
    """Give every hearing member a chance to be drawn in: a packet, or an @all."""
    group = w.groups[g]
    draw_uniforms(w.accept[: group.slots], w.wait[: group.slots], group.key, author, count)
    for slot in range(group.slots):
        i = (group.first_slot + slot) & FORWARD
        me = w.members[i]
        called = w.accept[slot] < share * me.attention
        if called & (me.present > me.muted) & (slot != author):
            react(w, g, slot, t, w.wait[slot], minutes, RACED, author, count, 0, hour_end)
