"""One look of one member, and when the next one falls due."""

from __future__ import annotations

import numpy as np

from sim import rules, state
from sim.compiling import part
from sim.draws import BASELINE, FIRST, uniforms
from sim.kernels import queue
from sim.kernels.calls import answer_calls, consider
from sim.kernels.days import attention_of
from sim.kernels.deeds import letter_unmutes, receive
from sim.kernels.growth import invite
from sim.kernels.layout import FORWARD
from sim.kernels.reading import claim, fade_ties, learn, read, recover, tie_to_repliers
from sim.kernels.speaking import exit_or_mute, give_back, lapse, speak, stay
from sim.kernels.wants import follow, want


@part
def next_look(w, i, since, budget, pace, left, hour_end):
    """Return when a member's hazard runs out within this hour, at its pace by the hour, or inf;
    `left` of its budget at the end of the hour, none by then.
    """
    if left >= 0.0:
        return np.inf
    at = since + budget / pace
    if at >= hour_end:  # rounding: the next hour begins with this look
        w.left[i] = 0.0
        return np.inf
    w.members[i].planned_hours = at
    return at


@part
def settle(w, i, t, before, hour, hour_end, fresh_budget, p):
    """Settle the hazard spent so far, set the new rate, and test the rest of the hour.

    `before` is when it was settled last, at the look before; `fresh_budget` is a new budget after
    a baseline look, negative otherwise. Returns the time of a baseline look in the rest of this
    hour, or inf.
    """
    me = w.members[i]
    factor = w.factors[w.shift[i]]
    since = max(before, float(hour))
    budget = fresh_budget
    if fresh_budget < 0.0:
        budget = max(0.0, w.budget[i] - w.rate[i] * factor * (t - since))
    attention = attention_of(me, p, me.habit, me.fatigue) if me.present else 0.0
    rate = me.base_rate * attention
    left = budget - rate * factor * (hour_end - t)
    me.attention = attention
    me.planned_hours = np.inf  # what the old rate had planned no longer stands
    w.budget[i], w.rate[i], w.left[i] = budget, rate, left
    return next_look(w, i, t, budget, rate * factor, left, hour_end)


@part
def look(w, g, d, t, slot, origin, hour, hour_end):
    """Play one look of a member, of whatever origin."""
    group = w.groups[g]
    i = (group.first_slot + slot) & FORWARD
    me = w.members[i]
    point = group.point & FORWARD
    p = w.params[point]
    day = w.daily[g, d]
    first = me.looked == 0
    me.looked = 1
    if origin == state.REACTION:
        w.reaction[i] = np.inf
        cause, author, count, block = me.cause, me.author + 1, me.count, 4 * me.number
    else:
        cause, author, count, block = BASELINE, 0, me.looks, 0
    if first:
        cause, author, count, block = FIRST, 0, 0, 0
    u_speak, u_exit, u_stay, u_budget = uniforms(group.key, slot, author, count, cause, block)
    said = (slot, author, count, cause, block + 1)  # addresses of what a look seldom needs
    sent = (slot, author, count, cause, block + 2)
    fresh_budget = -1.0
    if origin == state.BASELINE:
        me.looks += 1
        fresh_budget = rules.budget(u_budget)
    was_muted = me.muted
    was_attentive = 0.0 if me.muted else me.attention
    day.looks += 1
    new_day = me.look_day != d
    if new_day:
        me.look_day = d
        day.looking_members += 1
        fade_ties(w, i, t, p.ties_half_life_days)
    before = me.last_hours
    recover(w, i, point, t)
    if group.levers & state.WANTS and me.want == state.NO_WANT:
        want(w, g, d, t, i, (slot, author, count, 4 * block + cause), t - before)
    familiarity = rules.tie_strength(me.tied)
    met = me.seen
    unread = group.total - met
    read_count, ads, replies, target, ratio = read(w, g, i, slot, point, p, met)
    day.reads += read_count
    if replies > 0:
        tie_to_repliers(w, g, i, slot, p, read_count)
    me.seen = group.total
    won, packet = 0, -1
    if group.newest_packet >= met:
        won, packet = claim(w, g, d, t, i, slot, p, met, hour_end)
    felt, public = 0.0, 0
    if group.levers & state.CALLS:
        paid, felt, public = consider(w, g, d, t, i, slot, p, met, read_count, new_day)
        won += paid
    untolerated = learn(w, g, i, point, p, won, unread, read_count, ads, replies, felt)
    letters = 0
    if group.levers & state.LETTERS and me.letter > 0.0:
        letters = receive(w, i, point, p)
    if me.want | me.role:
        follow(w, g, d, t, i, p, read_count, replies)
        lapse(me, p)
    speak(
        w, g, d, t, i, slot, p, familiarity, first, target, ratio, unread,
        u_speak, said, won, packet, hour_end,
    )  # fmt: skip
    if public and not group.hushed:
        answer_calls(w, g, d, t, i, slot, public, hour_end)
    give_back(w, g, d, t, i, slot, p, familiarity, sent, hour_end)
    if group.levers & state.INVITES:
        invite(w, g, d, t, i, slot, p, (slot, author, count, cause, block), hour_end)
    exit_or_mute(w, g, d, t, i, slot, p, u_exit, familiarity, untolerated)
    if letters > 0 and was_muted and me.muted and me.present:
        letter_unmutes(w, g, d, t, slot, sent)
    stay(w, g, t, slot, i, p, u_stay, hour_end)
    at = settle(w, i, t, before, hour, hour_end, fresh_budget, p)
    group.attentive += (0.0 if me.muted else me.attention) - was_attentive
    if at < hour_end:
        queue.push(w, at, state.BASELINE, slot)
