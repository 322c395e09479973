"""Playing groups hour by hour: the budgets' pass, the hour's events in time order, midnight."""

from __future__ import annotations

from sim.compiling import aside, kernel, part
from sim.instructions import prefetch
from sim.kernels import queue
from sim.kernels.days import close_day, finish
from sim.kernels.layout import IN_PACKETS, RING
from sim.kernels.looks import look, next_look
from sim.kernels.messages import log_event, team_answers, team_posts
from sim.kernels.packets import refund, send_packet
from sim.kernels.speaking import count_audience
from sim.state import PACKET
from sim.trace import JOIN

STRETCH_HOURS = 12  # what a group plays at once; of shorter ones its state is gone meanwhile


@aside
def let_in(w, g, d, t, slot):
    """Let a candidate in, or refuse; say which."""
    group = w.groups[g]
    group.asked = slot + 1
    if group.present >= group.cap or group.closed:
        w.daily[g, d].refused += 1
        return False
    me = w.members[group.first_slot + slot]
    me.present = 1
    me.last_hours = t
    me.settled_hours = t
    me.seen = group.total
    group.present += 1
    group.hearing += 1
    group.joined += 1
    count_audience(group, w.params[group.point])
    w.daily[g, d].joins += 1
    log_event(w, g, t, JOIN, slot, -1, 0, 0)
    return True


@aside
def act(w, g, d, t, a, hour_end):
    """Let the operators do one timed act."""
    book = w.ledger[g, a.policy]
    if a.kind == PACKET:
        if send_packet(w, g, d, t, -1, a.fen, a.shares, a.lucky, hour_end):
            book.spent_fen += a.fen
            book.packets += 1
    else:
        team_posts(w, g, d, t, a.kind, a.quality, a.everyone, -1, hour_end)
        book.posts += 1
    book.last_act_hours = t


@part
def gather(w, g, hour, hour_end):
    """Spend an hour of every member's budget and queue what falls into the hour."""
    group = w.groups[g]
    p = w.params[group.point]
    start, end = group.first_slot, group.first_slot + group.slots
    budget, left, rate = w.budget[start:end], w.left[start:end], w.rate[start:end]
    reaction, shift = w.reaction[start:end], w.shift[start:end]
    how = (group.start_weekday * 24 + group.start_hour + hour) % 168
    for hours in range(7):
        w.factors[hours] = w.rhythm[group.point, (how + 171 - hours) % 168]
    for slot in range(len(left)):  # plain slices from 0, so that the pass vectorises
        budget[slot] = left[slot]
        left[slot] -= rate[slot] * w.factors[shift[slot]]
    for slot in range(len(left)):
        w.due[slot] = (left[slot] < 0.0) | (reaction[slot] < hour_end)
    for n in range(list_due(w, len(left))):
        slot = w.called[n]
        prefetch(w.members, start + slot)
        at = next_look(w, start + slot, float(hour), w.factors[shift[slot]], hour_end)
        if at < hour_end:
            queue.push(w.events, w.heads, at, queue.BASELINE * queue.ORIGIN + slot)
        if reaction[slot] < hour_end:
            queue.push(w.events, w.heads, reaction[slot], queue.REACTION * queue.ORIGIN + slot)
    if group.team_visit_hours < hour_end:
        key = queue.TEAM * queue.ORIGIN
        queue.push(w.events, w.heads, group.team_visit_hours, key)
    for number in range(group.packets_closed, group.packets):
        sent = w.open_packets[g, number & IN_PACKETS].sent_hours
        if sent + p.packets_expiry_hours >= hour_end:
            break
        key = queue.REFUND * queue.ORIGIN + number
        queue.push(w.events, w.heads, sent + p.packets_expiry_hours, key)


@aside
def next_act(w, g, hour_end):
    """Queue the operators' next planned act, when it falls into the hour."""
    group = w.groups[g]
    if group.act_next < group.act_end and w.acts[group.act_next].time_hours < hour_end:
        key = queue.ACT * queue.ORIGIN + group.act_next
        queue.push(w.events, w.heads, w.acts[group.act_next].time_hours, key)
        group.act_next += 1


@aside
def next_extra(w, g):
    """Queue the next act of a reactive policy."""
    group = w.groups[g]
    if group.extra_next < group.extra_end:
        key = queue.EXTRA * queue.ORIGIN + group.extra_next
        queue.push(w.events, w.heads, w.extra[group.extra_next].time_hours, key)
        group.extra_next += 1


@aside
def next_candidate(w, g, hour_end):
    """Queue the next candidate, when one asks to join within the hour."""
    group = w.groups[g]
    if group.arrival_next < group.arrival_end:
        at = w.arrivals[group.first_slot + group.arrival_next]
        if at < hour_end:
            queue.push(w.events, w.heads, at, queue.JOIN * queue.ORIGIN + group.arrival_next)
            group.arrival_next += 1


@part
def is_due(w, g, t, origin, index):
    """Say whether a queued event still stands; one replaced by an earlier one does not."""
    i = w.groups[g].first_slot + index
    if origin == queue.BASELINE:
        return t == w.planned[i] and w.members[i].present == 1
    if origin == queue.REACTION:
        return t == w.reaction[i] and w.members[i].present == 1
    return origin != queue.TEAM or t == w.groups[g].team_visit_hours


@aside
def make_room(w, g, wanted):
    """Drop events that no longer stand when the queue might overflow."""
    if w.heads[queue.SIZE] + wanted <= len(w.events):
        return
    kept = 0
    while queue.waits(w.heads):
        time_hours, key = queue.pop(w.events, w.heads)
        w.spare[kept].time = time_hours
        w.spare[kept].key = key
        kept += 1
    queue.clear(w.heads)
    for n in range(kept):
        event = w.spare[n]
        if is_due(w, g, event.time, event.key >> 32, event.key & queue.INDEX):
            queue.push(w.events, w.heads, event.time, event.key)


@part
def play_event(w, g, d, t, origin, index, hour, hour_end):
    """Play one event that stands."""
    if origin >= queue.JOIN:
        comes = True
        if origin == queue.JOIN:
            next_candidate(w, g, hour_end)
            comes = let_in(w, g, d, t, index)
        if comes:
            look(w, g, d, t, index, origin, hour, hour_end)
    elif origin == queue.REFUND:
        refund(w, g, d, t, index)
    elif origin == queue.TEAM:
        team_answers(w, g, d, t, hour_end)
    elif origin == queue.ACT:
        next_act(w, g, hour_end)
        act(w, g, d, t, w.acts[index], hour_end)
    else:
        next_extra(w, g)
        act(w, g, d, t, w.extra[index], hour_end)


@part
def play_hour(w, g, hour):
    """Play one hour of one group."""
    group = w.groups[g]
    d = (hour + group.start_hour) // 24
    hour_end = hour + 1.0
    queue.clear(w.heads)
    if (hour + group.start_hour) % 24 == 0 and hour > 0:
        close_day(w, g, d - 1, float(hour), True)
    gather(w, g, hour, hour_end)
    next_act(w, g, hour_end)
    next_extra(w, g)
    next_candidate(w, g, hour_end)
    while queue.waits(w.heads) and not group.over:
        make_room(w, g, group.slots + queue.MOST_AT_ONCE)
        t, key = queue.pop(w.events, w.heads)
        if t >= group.end_hours:
            break
        origin, index = key >> 32, key & queue.INDEX
        if is_due(w, g, t, origin, index):
            play_event(w, g, d, t, origin, index, hour, hour_end)


@part
def announce(w, g, hour):
    """Ask for the state of the groups to come from memory while this one plays.

    Of the next group the members who may look in this hour, of the one after it what tells who
    they are: what has not arrived yet cannot be looked at.
    """
    if g + 2 < len(w.groups):
        group = w.groups[g + 2]
        prefetch(w.news, g + 2)
        for n in range(group.first_slot, group.first_slot + group.slots, 8):
            prefetch(w.left, n)
            prefetch(w.rate, n)
            prefetch(w.reaction, n)
        for n in range(0, RING, 2):
            prefetch(w.ring[g + 2], n)
    if g + 1 < len(w.groups):
        group = w.groups[g + 1]
        prefetch(w.life, g + 1)
        start, end = group.first_slot, group.first_slot + group.slots
        left, rate, reaction = w.left[start:end], w.rate[start:end], w.reaction[start:end]
        most = max(w.factors[0], w.factors[3], w.factors[6])  # of the hour just played
        for slot in range(len(left)):
            w.due[slot] = (left[slot] < rate[slot] * most) | (reaction[slot] < hour + 1.0)
        many = list_due(w, len(left))
        for n in range(many):
            prefetch(w.members, start + w.called[n])


@part
def list_due(w, slots):
    """List the slots marked in `w.due`; return how many."""
    many = 0
    for slot in range(slots):  # without a branch: a wrong guess a member costs more
        w.called[many] = slot
        many += w.due[slot]
    return many


@kernel
def play(w, from_hour, to_hour):
    """Play a block of groups from one hour to another, each for the whole stretch in turn."""
    groups = w.groups
    for g in range(len(groups)):
        hour = from_hour
        if to_hour - from_hour < STRETCH_HOURS:
            announce(w, g, hour)
        while hour < to_hour and hour < groups[g].end_hours and not groups[g].over:
            play_hour(w, g, hour)
            hour += 1
        if from_hour < groups[g].end_hours <= to_hour:
            finish(w, g)
