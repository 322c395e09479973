"""Playing groups hour by hour: the budgets' pass, the hour's events in time order, midnight."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside, kernel, part, prefetch
from sim.desk import pay_hour
from sim.kernels import queue
from sim.kernels.acts import act
from sim.kernels.calls import end_call, queue_settlements
from sim.kernels.days import close_day, finish
from sim.kernels.growth import admit, bind_guest, next_guests, turns_away
from sim.kernels.layout import FORWARD, IN_PACKETS, IN_RING, SLOT
from sim.kernels.looks import look, next_look
from sim.kernels.messages import log_event, team_answers
from sim.kernels.packets import refund
from sim.kernels.speaking import count_audience
from sim.trace import JOIN

SPENT, LISTED, ASKED, AFTER, AFTER_END, NEXT, NEXT_END = range(7)
"""Places in `ahead`: the next group if it has spent its hour already, how many may look in it, how
many of these were asked for, and the slots of the group after that are still to be asked for; in
stretches of many hours, the slots of the next group that are."""

DAY_HOURS = 24


@aside
def let_in(w, g, d, t, slot):
    """Let a candidate or a guest in, or refuse; say which."""
    group = w.groups[g]
    is_guest = slot < group.next_guest
    if not is_guest:
        group.asked = slot + 1
    if group.present >= group.cap or group.closed:
        w.daily[g, d].refused += 1
        return False
    if turns_away(w, g, d, slot, is_guest):
        return False
    me = w.members[group.first_slot + slot]
    me.present = 1
    me.last_hours = t
    me.seen = group.total
    w.people[group.first_slot + slot].joined_hours = t
    group.present += 1
    group.hearing += 1
    group.joined += 1
    count_audience(group, w.params[group.point])
    admit(group, me, w.daily[g, d], w.params[group.point])
    if is_guest:
        bind_guest(w, g, d, t, slot)
    w.daily[g, d].joins += 1
    log_event(w, g, t, JOIN, slot, -1, 0, 0)
    return True


@part
def set_factors(w, g, hour):
    """Look up this hour's rhythm by personal shift: `w.factors`."""
    group = w.groups[g]
    how = (group.start_weekday * 24 + group.start_hour + hour) % 168
    for hours in range(7):
        w.factors[hours] = w.rhythm[group.point, (how + 171 - hours) % 168]


@part
def spend(w, g, hour_end):
    """Spend an hour of every member's budget and list who may look in it: `w.called`."""
    group = w.groups[g]
    start, end = group.first_slot & FORWARD, (group.first_slot + group.asked) & FORWARD
    budget, left, rate = w.budget[start:end], w.left[start:end], w.rate[start:end]
    reaction, shift = w.reaction[start:end], w.shift[start:end]
    for slot in range(len(left)):  # plain slices from 0, so that the pass vectorises
        budget[slot] = left[slot]
        left[slot] -= rate[slot] * w.factors[shift[slot]]
    for slot in range(len(left)):
        w.due[slot] = (left[slot] < 0.0) | (reaction[slot] < hour_end)
    many = 0
    for slot in range(len(left)):  # without a branch: a wrong guess a member costs more
        w.called[many & SLOT] = slot
        many += w.due[slot]
    w.ahead[LISTED] = many


@part
def gather(w, g, hour, hour_end):
    """Queue what falls into the hour: looks, the team's visit, refunds."""
    group = w.groups[g]
    p = w.params[group.point]
    if w.ahead[SPENT] != g:
        set_factors(w, g, hour)
        spend(w, g, hour_end)
    for n in range(w.ahead[LISTED]):
        slot = w.called[n]
        i = (group.first_slot + slot) & FORWARD
        prefetch(w.members, i)
        pace = w.rate[i] * w.factors[w.shift[i]]
        at = next_look(w, i, float(hour), w.budget[i], pace, w.left[i], hour_end)
        if at < hour_end:
            queue.push(w, at, state.BASELINE, slot)
        if w.reaction[i] < hour_end:
            queue.push(w, w.reaction[i], state.REACTION, slot)
    if group.team_visit_hours < hour_end:
        queue.push(w, group.team_visit_hours, state.TEAM, 0)
    for number in range(group.packets_closed, group.packets):
        due = w.open_packets[g, number & IN_PACKETS].sent_hours + p.packets_expiry_hours
        if due >= hour_end:
            break
        queue.push(w, due, state.REFUND, number)
    if group.calls_open > 0:
        queue_settlements(w, g, hour_end)


@aside
def next_act(w, g, hour_end):
    """Queue the operators' next planned act, when it falls into the hour."""
    group = w.groups[g]
    if group.act_next < group.act_end and w.acts[group.act_next].time_hours < hour_end:
        queue.push(w, w.acts[group.act_next].time_hours, state.ACT, group.act_next)
        group.act_next += 1


@aside
def next_extra(w, g):
    """Queue the next act of a reactive policy."""
    group = w.groups[g]
    if group.extra_next < group.extra_end:
        queue.push(w, w.extra[group.extra_next].time_hours, state.EXTRA, group.extra_next)
        group.extra_next += 1


@aside
def next_candidate(w, g, hour_end):
    """Queue the next candidate, when one asks to join within the hour."""
    group = w.groups[g]
    if group.arrival_next < group.arrival_end:
        at = w.arrivals[group.first_slot + group.arrival_next]
        if at < hour_end:
            queue.push(w, at, state.JOIN, group.arrival_next)
            group.arrival_next += 1


@part
def is_due(w, g, t, origin, index):
    """Say whether a queued event still stands; one replaced by an earlier one does not."""
    i = (w.groups[g].first_slot + index) & FORWARD
    if origin == state.BASELINE:
        return t == w.members[i].planned_hours and w.members[i].present == 1
    if origin == state.REACTION:
        return t == w.reaction[i] and w.members[i].present == 1
    return origin != state.TEAM or t == w.groups[g].team_visit_hours


@aside
def make_room(w, g, wanted):
    """Drop events that no longer stand when the queue might overflow."""
    if w.heads[queue.SIZE] + wanted <= len(w.events):
        return
    kept = 0
    while queue.waits(w.heads):
        t, origin, index = queue.pop(w)
        if is_due(w, g, t, origin, index):
            w.spare[kept].time, w.spare[kept].key = t, origin * queue.ORIGIN + index
            kept += 1
    queue.clear(w.heads)
    for n in range(kept):
        key = w.spare[n].key
        queue.push(w, w.spare[n].time, key >> 32, key & queue.INDEX)


@part
def play_event(w, g, d, t, origin, index, hour, hour_end):
    """Play one event that stands."""
    if origin >= state.JOIN:
        comes = True
        if origin == state.JOIN:
            if index >= w.groups[g].next_guest:
                next_candidate(w, g, hour_end)
            comes = let_in(w, g, d, t, index)
        if comes:
            look(w, g, d, t, index, origin, hour, hour_end)
    elif origin == state.REFUND:
        refund(w, g, d, t, index)
    elif origin == state.SETTLE:
        end_call(w, g, d, t, index)
    elif origin == state.TEAM:
        team_answers(w, g, d, t, hour_end)
    elif origin == state.ACT:
        next_act(w, g, hour_end)
        act(w, g, d, t, w.acts[index], hour_end)
    else:
        next_extra(w, g)
        act(w, g, d, t, w.extra[index], hour_end)


@part
def man_desk(w, g, d, hour):
    """Put the hands in force on duty at the desk, and pay for them."""
    group = w.groups[g]
    p = w.params[group.point]
    tenths = rules.desk_tenths(group.hands, p.desk_hands)
    if tenths + group.on_duty > 0:
        clock = (hour + group.start_hour) % 24
        w.daily[g, d].paid_minutes += pay_hour(group, p, hour, clock, tenths)


@part
def play_hour(w, g, hour, by_hours):
    """Play one hour of one group."""
    group = w.groups[g]
    d = (hour + group.start_hour) // 24
    hour_end = hour + 1.0
    queue.clear(w.heads)
    if (hour + group.start_hour) % 24 == 0 and hour > 0:
        close_day(w, g, d - 1, float(hour), True)
    man_desk(w, g, d, hour)
    gather(w, g, hour, hour_end)
    w.ahead[LISTED] = 0
    if by_hours:
        look_ahead(w, g, hour, hour_end)
    next_act(w, g, hour_end)
    next_extra(w, g)
    next_candidate(w, g, hour_end)
    if group.levers & state.INVITES:
        next_guests(w, g, hour, hour_end)
    while queue.waits(w.heads) and not group.over:
        make_room(w, g, group.slots + queue.MOST_AT_ONCE)
        t, origin, index = queue.pop(w)
        if t >= group.end_hours:
            break
        if is_due(w, g, t, origin, index):
            play_event(w, g, d, t, origin, index, hour, hour_end)
        ask_ahead(w, g)
    while w.ahead[ASKED] < w.ahead[LISTED] or w.ahead[AFTER] < w.ahead[AFTER_END]:
        ask_ahead(w, g)


@part
def goes_on(group):
    """Say whether anything can happen yet: money in open packets outlives the last member."""
    return not group.over or group.packets_closed < group.packets


@aside
def refund_due(w, g, hour):
    """Refund the packets of a group without members that expire within the hour."""
    group = w.groups[g]
    expiry_hours = w.params[group.point].packets_expiry_hours
    for number in range(group.packets_closed, group.packets):
        due = w.open_packets[g, number & IN_PACKETS].sent_hours + expiry_hours
        if due >= min(hour + 1.0, group.end_hours):
            break
        refund(w, g, (hour + group.start_hour) // 24, due, number)


@part
def look_ahead(w, g, hour, hour_end):
    """Begin the hour of the next group, so that `ask_ahead` knows whom it is going to need.

    Groups that are played hour by hour have left the processor's cache when their turn comes, and
    what is asked for only then is waited for. The next group must share this one's rhythm, and its
    midnight comes before its hour.
    """
    ahead, this = w.ahead, w.groups[g]
    ahead[SPENT], ahead[ASKED], ahead[AFTER], ahead[AFTER_END] = -1, 0, 0, 0
    if g + 1 < len(w.groups) and (hour + this.start_hour) % 24 > 0:
        group = w.groups[g + 1]
        alike = (group.point == this.point) & (group.start_hour == this.start_hour)
        if alike & (group.start_weekday == this.start_weekday) & (hour < group.end_hours):
            spend(w, g + 1, hour_end)
            ahead[SPENT] = g + 1
    if g + 2 < len(w.groups):
        group = w.groups[g + 2]
        prefetch(w.news, g + 2)
        newest = group.total & IN_RING
        for n in range(max(0, newest - 8), newest + 1, 2):
            prefetch(w.ring[g + 2], n)
        ahead[AFTER] = group.first_slot
        ahead[AFTER_END] = group.first_slot + group.slots


@part
def ask_next(w, g, by_hours):
    """Let `ask_ahead` ask for all members of the next group in this one's last day of a stretch."""
    w.ahead[NEXT] = w.ahead[NEXT_END] = 0
    if not by_hours:
        w.ahead[NEXT] = w.groups[g + 1].first_slot
        w.ahead[NEXT_END] = w.groups[g + 1].first_slot + w.groups[g + 1].asked


@part
def ask_ahead(w, g):
    """Ask for a little of what the next groups need, so that it comes while this one plays."""
    ahead = w.ahead
    n = ahead[ASKED]
    ahead[ASKED] = n + 1
    if n < ahead[LISTED]:
        prefetch(w.members, (w.groups[g + 1].first_slot + w.called[n & SLOT]) & FORWARD)
    m = ahead[NEXT] & FORWARD
    if m < ahead[NEXT_END]:
        ahead[NEXT] = m + 1
        prefetch(w.members, m)
    i = ahead[AFTER] & FORWARD
    if i < ahead[AFTER_END]:
        ahead[AFTER] = i + 8
        prefetch(w.said, i)
        prefetch(w.left, i)
        prefetch(w.rate, i)
        prefetch(w.reaction, i)
        prefetch(w.budget, i)


@kernel
def play(w, from_hour, to_hour):
    """Play a block of groups from one hour to another, each for the whole stretch in turn."""
    groups = w.groups
    w.ahead[:] = 0
    w.ahead[SPENT] = -1
    for g in range(len(groups)):
        hour = from_hour
        while hour < to_hour and hour < groups[g].end_hours and goes_on(groups[g]):
            if hour == max(from_hour, to_hour - DAY_HOURS) and g + 1 < len(groups):
                ask_next(w, g, to_hour - from_hour == 1)
            if not groups[g].over:
                play_hour(w, g, hour, to_hour - from_hour == 1)
            if groups[g].over:
                refund_due(w, g, hour)
            hour += 1
        if from_hour < groups[g].end_hours <= to_hour:
            finish(w, g)
