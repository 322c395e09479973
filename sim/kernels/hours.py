"""Playing groups hour by hour: the budgets' pass, the hour's events in time order, midnight."""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.compiling import aside, kernel, part
from sim.draws import FIRST
from sim.kernels import queue
from sim.kernels.layout import IN_PACKETS
from sim.kernels.looks import look, next_look
from sim.kernels.messages import log_event, send_packet, team_answers, team_posts
from sim.kernels.speaking import count_audience
from sim.members import first_uniforms, member_traits, need_factors
from sim.state import PACKET
from sim.ties import SLOTS
from sim.trace import JOIN, REFUNDED


@kernel
def draw_members(groups, members, budget, reaction, shift, params, first, last):
    """Draw the traits of every slot of groups `first` to `last`, joined or not."""
    for g in range(first, last):
        group = groups[g]
        p = params[group.point]
        count_audience(group, p)
        means = (
            p.needs_information_weight,
            p.needs_belonging_weight,
            p.needs_enjoyment_weight,
            p.needs_benefit_weight,
            p.needs_recognition_weight,
        )
        for slot in range(group.slots):
            i = group.first_slot + slot
            me = members[i]
            rate, propensity, shifted, interest, tolerance, appetite, habit = member_traits(
                group.key,
                slot,
                p.look_rate_sigma,
                p.speak_propensity_sigma,
                p.rhythm_shift_sigma_hours,
                p.habit_interest_power,
            )
            me.base_rate = p.look_rate_per_day / 24.0 * rate
            me.propensity = p.speak_propensity * propensity
            me.interest = p.group_topic_breadth * interest
            me.ad_tolerance = tolerance
            me.appetite = appetite
            me.habit = habit
            me.trust = p.trust_initial
            me.look_day = -1
            me.post_day = -1
            shift[i] = shifted + 3
            factors = need_factors(group.key, slot, p.needs_weight_sigma)
            total = 0.0
            for n in range(5):
                me.weight[n] = means[n] * factors[n]
                total += me.weight[n]
            for n in range(5):
                me.weight[n] /= total
                me.hunger[n] = 1.0
            u_first, u_budget = first_uniforms(group.key, slot)
            budget[i] = rules.budget(u_budget)
            if slot < p.group_size:
                me.present = 1
                reaction[i] = rules.delay_hours(u_first, 60.0 * p.look_first_hours)
                me.cause = FIRST


@aside
def midnight(w, g, hour):
    """Let rates follow what has faded, and count attention anew."""
    group = w.groups[g]
    p = w.params[group.point]
    group.attentive = 0.0
    for i in range(group.first_slot, group.first_slot + group.slots):
        me = w.members[i]
        if not (me.present and me.looked):
            continue
        hours = hour - me.last_hours
        w.attention[i] = rules.attention(
            me.habit * rules.kept_share(hours, p.habit_days * 24.0),
            p.look_habit_floor_share,
            me.fatigue * rules.kept_share(hours, p.reading_fatigue_days * 24.0),
            p.look_fatigue_weight,
            p.look_mute_share if me.muted else 1.0,
        )
        w.rate[i] = me.base_rate * w.attention[i]
        if not me.muted:
            group.attentive += w.attention[i]


@aside
def close_day(w, g, d, time_hours):
    """Write the levels at the end of a local day."""
    group = w.groups[g]
    p = w.params[group.point]
    day = w.daily[g, d]
    day.members = group.present
    day.muted = group.present - group.hearing
    if group.present == 0:
        return
    satisfaction, fatigue, habit, trust, ties = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(group.first_slot, group.first_slot + group.slots):
        me = w.members[i]
        if not me.present:
            continue
        hours = time_hours - me.last_hours
        satisfied = rules.kept_share(hours, p.needs_regrow_days * 24.0)
        for n in range(5):
            satisfaction += me.weight[n] * (1.0 - me.hunger[n]) * satisfied
        fatigue += me.fatigue * rules.kept_share(hours, p.reading_fatigue_days * 24.0)
        habit += me.habit * rules.kept_share(hours, p.habit_days * 24.0)
        trust += me.trust
        for s in range(SLOTS):
            ties += me.tie[s] > 0.1
    day.satisfaction = satisfaction / group.present
    day.satisfaction_of_joined = satisfaction / group.joined
    day.fatigue = fatigue / group.present
    day.habit = habit / group.present
    day.trust = trust / group.present
    if group.present > 1:
        day.tie_density = ties / (group.present * (group.present - 1.0))


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
def refund(w, g, d, t, number):
    """Close an expired packet and give what is left back to its sender."""
    packet = w.open_packets[g, number & IN_PACKETS]
    packet.open = 0
    w.groups[g].packets_closed += 1
    if packet.left_fen > 0:
        w.daily[g, d].refunded_fen += packet.left_fen
        shares = packet.left_shares
        log_event(w, g, t, REFUNDED, packet.author, number, packet.left_fen, shares)


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
def touch(me):
    """Read a word of each stretch of a record, so that all are on their way before the look."""
    return (
        me.base_rate + me.mood + me.hunger[0] + me.weight[4] + me.exposure[7] + me.tie[5] + me.seen
    )


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
    touched = 0.0
    for slot in range(len(left)):
        if left[slot] < 0.0:
            factor = w.factors[shift[slot]]
            at = next_look(w, start + slot, float(hour), factor, hour_end)
            if at < hour_end:
                key = queue.BASELINE * queue.ORIGIN + slot
                queue.push(w.events, w.heads, at, key)
                touched += touch(w.members[start + slot])
        if reaction[slot] < hour_end:
            key = queue.REACTION * queue.ORIGIN + slot
            queue.push(w.events, w.heads, reaction[slot], key)
            touched += touch(w.members[start + slot])
    w.kept[7] = touched
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
    for stretch in range(w.heads[queue.CURRENT], queue.STRETCHES):
        at = w.heads[stretch]
        while at != queue.NONE:
            w.spare[kept] = w.events[at]
            kept += 1
            at = w.events[at].after
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
        close_day(w, g, d - 1, float(hour))
        midnight(w, g, float(hour))
    gather(w, g, hour, hour_end)
    next_act(w, g, hour_end)
    next_extra(w, g)
    next_candidate(w, g, hour_end)
    while w.heads[queue.WAITING] > 0 and not group.over:
        make_room(w, g, group.slots + queue.MOST_AT_ONCE)
        t, key = queue.pop(w.events, w.heads)
        if t >= group.end_hours:
            break
        origin, index = key >> 32, key & queue.INDEX
        if is_due(w, g, t, origin, index):
            play_event(w, g, d, t, origin, index, hour, hour_end)


@aside
def finish(w, g):
    """Write the levels of a group's last local day."""
    group = w.groups[g]
    last = group.end_hours + group.start_hour
    d = int(np.ceil(last / 24.0)) - 1
    close_day(w, g, d, group.end_hours)


@kernel
def play(w, from_hour, to_hour):
    """Play a block of groups from one hour to another, each for the whole stretch in turn."""
    groups = w.groups
    for g in range(len(groups)):
        hour = from_hour
        while hour < to_hour and hour < groups[g].end_hours and not groups[g].over:
            play_hour(w, g, hour)
            hour += 1
        if from_hour < groups[g].end_hours <= to_hour:
            finish(w, g)
