"""Calls of the team: opened, considered at looks, answered, settled; and what is sold."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside, part
from sim.draws import CALL, CALL_MEET, CALL_PRIZE, CALL_TAKE_PART, uniforms
from sim.kernels import queue
from sim.kernels.layout import IN_RING
from sim.kernels.messages import draw_in, log_event, say, team_posts
from sim.kernels.reading import fade_ties, grow_tie
from sim.kernels.wants import gain_progress
from sim.ties import SLOTS
from sim.trace import TOOK_PART


@aside
def open_call(w, g, d, t, a, hour_end):
    """Open a call and announce it; False when too many are open."""
    group = w.groups[g]
    n = 0
    while n < state.CALLS_OPEN and w.calls[g, n].open:
        n += 1
    if n == state.CALLS_OPEN:
        return False
    group.levers |= state.CALLS
    call = w.calls[g, n]
    call.message = call.newest = group.total
    call.count = group.team_messages
    middle = rules.middle_topic(w.params[group.point].group_topic_breadth)
    kind = state.CALL_POSTS[a.other]
    team_posts(w, g, d, t, state.TEAM_AUTHOR, kind, a.quality, a.everyone, -1, -1, middle, hour_end)
    call.topic = w.news[g].topic[call.message & IN_RING]
    call.number, call.open, call.policy, call.code = group.calls, 1, a.policy, a.other
    call.opened_hours, call.until_hours, call.amount = t, a.until_hours, a.amount
    call.fen, call.shares, call.answers, call.is_bought = a.fen, a.shares, 0, 0
    for i in range(group.first_slot, group.first_slot + group.slots):
        w.members[i].answered &= 255 - (1 << n)
    group.calls += 1
    group.calls_open += 1
    w.daily[g, d].calls += 1
    if call.code == state.ORDER:
        call.is_bought = rules.is_bribe(t - group.paid_hours)
    elif call.fen > 0 and call.code != state.SIGN_UP:
        give_money(w, g, t)
    if t < call.until_hours < hour_end:
        queue.push(w, call.until_hours, state.SETTLE, n)
    return True


@part
def stands(call):
    """Say whether a call is a standing offer."""
    return (call.code == state.ORDER) & (call.shares == 0)


@aside
def give_money(w, g, t):
    """Note that the team gives or promises money: calls to buy opened within the hour are felt to
    be bought.
    """
    w.groups[g].paid_hours = t
    for n in range(state.CALLS_OPEN):
        call = w.calls[g, n]
        if call.open and call.code == state.ORDER and rules.is_bribe(t - call.opened_hours):
            call.is_bought = 1


@aside
def queue_settlements(w, g, hour_end):
    """Queue the calls that end within the hour."""
    for n in range(state.CALLS_OPEN):
        call = w.calls[g, n]
        if call.open and 0.0 < call.until_hours < hour_end:
            queue.push(w, call.until_hours, state.SETTLE, n)


@aside
def consider(w, g, d, t, i, slot, p, met, read_count, new_day):
    """Let a member consider each call just met for the first time, if it or an answer to it was
    read, and once a day what stands for sale; return the fen paid, the relief felt, and which calls
    are answered in public, as bits.
    """
    group, me = w.groups[g], w.members[i]
    paid, relief, public = 0, 0.0, 0
    for n in range(state.CALLS_OPEN):
        call = w.calls[g, n]
        if not call.open:
            continue
        is_read = call.message >= met and call.newest >= group.total - read_count
        if is_read and call.is_bought:
            me.trust = rules.eroded(me.trust, p.trust_ad_loss, 1.0)
        if not (new_day if stands(call) else is_read):
            continue
        w.daily[g, d].call_chances += not stands(call)
        day = 1 + d if stands(call) else 0
        u, u_product, _, _ = uniforms(group.key, slot, day, call.count, CALL, CALL_TAKE_PART)
        if u < chance(w, g, i, p, call, n):
            fen, felt = take_part(w, g, d, t, i, slot, p, call, n)
            paid += fen
            relief += felt
            if stands(call):
                deliver(w, g, d, i, p, call.fen, u_product)
            if state.CALL_ANSWERS[call.code] >= 0:
                public |= 1 << n
    return paid, relief, public


@part
def call_gain(w, g, i, call):
    """Return what taking part in a call feeds its need, as far as such calls are still new."""
    kind = state.CALL_POSTS[call.code]
    half = w.half[w.groups[g].point, kind]
    return call.amount * rules.novelty(w.members[i].exposure[kind], half)


@part
def chance(w, g, i, p, call, n):
    """Return how likely a member takes part in a call."""
    me = w.members[i]
    friends = 0
    for s in range(SLOTS):
        if me.tie_to[s] >= 0:
            friends += (w.members[w.groups[g].first_slot + me.tie_to[s]].answered >> n) & 1
    company = rules.repeated_pull(p.calls_company, friends, 1.0)
    if call.code == state.ORDER:
        hunger = me.hunger[state.BENEFIT]
        wanted = rules.wanted_share(me.want == state.PURCHASE, p.shop_unwanted_share, hunger)
        return rules.buy_probability(
            p.shop_buy_probability,
            me.trust,
            p.shop_trust_power,
            rules.educated_share(
                me.exposure[state.CONTENT], p.shop_educated_worth, p.shop_uneducated_share
            ),
            wanted * (1.0 + company),
            rules.topic_match(me.interest, call.topic),
            rules.affordable_share(call.fen, p.shop_wtp_fen, me.appetite),
        )
    need = state.CALL_NEEDS[call.code]
    hunger = me.hunger[need]
    if call.code == state.IDEA and me.want == state.IDEA_WANT:
        hunger = 1.0
    pull = me.weight[need] * hunger * call_gain(w, g, i, call) + company
    if call.code == state.CHECK_IN:
        pull += rules.repeated_pull(p.calls_streak, me.streak, 3.0)
    promised = call.fen if call.code != state.SIGN_UP else 0
    pull += rules.reward_pull(me.weight[state.BENEFIT], promised, p.packets_half_fen)
    pull *= rules.missed_pay(me.expectation, promised, p.packets_half_fen, p.packets_dip)
    return rules.call_probability(p.calls_base, me.trust, pull, me.fatigue, p.calls_probability_max)


@part
def take_part(w, g, d, t, i, slot, p, call, n):
    """Let a member take part in a call; return the fen paid at once, and the relief felt."""
    group, me, day = w.groups[g], w.members[i], w.daily[g, d]
    me.answered |= 1 << n
    call.answers += 1
    answers = not stands(call)
    group.call_answers += answers
    day.call_answers += answers
    w.people[i].answered_calls += answers
    log_event(w, g, t, TOOK_PART, slot, call.number, call.fen, call.code)
    need = state.CALL_NEEDS[call.code]
    fed = rules.fed_hunger(me.hunger[need], call_gain(w, g, i, call))
    relief = me.weight[need] * (me.hunger[need] - fed)
    me.hunger[need] = fed
    if call.code == state.CHECK_IN:
        me.streak = min(255, me.streak + 1)
        day.check_ins += 1
        day.streaks += me.streak
        gain_progress(me, p)
    elif call.code == state.ORDER:
        day.order_fen += call.fen
        me.want = state.NO_WANT if me.want == state.PURCHASE else me.want
    elif call.code == state.IDEA:
        me.want = state.NO_WANT if me.want == state.IDEA_WANT else me.want
    if call.fen == 0 or not state.CALL_PAYS[call.code]:
        return 0, relief
    reward(w, g, d, i, p, call)
    return call.fen, relief


@aside
def reward(w, g, d, i, p, call):
    """Pay a member what a call promises."""
    me = w.members[i]
    me.gratitude_fen += call.fen
    me.mood = rules.lifted_mood(me.mood, call.fen, p.packets_half_fen)
    me.expectation = rules.rewarded(me.expectation, p.packets_expectation_step, 1.0)
    spend(w, g, d, call, call.fen)


@part
def spend(w, g, d, call, fen):
    """Enter what a call costs the team."""
    w.daily[g, d].calls_fen += fen
    w.ledger[g, call.policy].spent_fen += fen


@aside
def deliver(w, g, d, i, p, fen, u):
    """Deliver what a member has paid for."""
    group, day, mine = w.groups[g], w.daily[g, d], w.people[i]
    group.orders += 1
    group.income_fen += fen
    day.orders += 1
    day.income_fen += fen
    day.buyers += mine.orders == 0
    mine.orders += 1
    mine.spent_fen += fen
    me = w.members[i]
    me.verdict = rules.product_verdict(
        me.verdict, p.shop_quality, p.shop_quality_spread, u, p.shop_verdict_step
    )


@aside
def answer_calls(w, g, d, t, i, slot, public, hour_end):
    """Let a member say to all that it takes part, in each of these calls."""
    group, me = w.groups[g], w.members[i]
    for n in range(state.CALLS_OPEN):
        call = w.calls[g, n]
        if not (public >> n) & 1 or group.total - call.message >= state.RING:
            continue
        address = (slot, 0, call.count, CALL, CALL_TAKE_PART)
        _, _, u_quality, _ = uniforms(group.key, *address)
        kind = state.CALL_ANSWERS[call.code]
        say(w, g, d, t, slot, kind, 0.5 + u_quality, call.topic, call.message, True, hour_end)
        draw_in(w, g, t, slot, me.messages - 1, hour_end)
        call.newest = group.total - 1
        me.seen = group.total


@aside
def close_calls(w, g, d, t, code):
    """End every open call of a code now."""
    for n in range(state.CALLS_OPEN):
        if w.calls[g, n].open and w.calls[g, n].code == code:
            settle_call(w, g, d, t, n)


@aside
def end_call(w, g, d, t, n):
    """End a call at its hour, unless it was closed before."""
    if w.calls[g, n].open and w.calls[g, n].until_hours == t:
        settle_call(w, g, d, t, n)


@aside
def settle_call(w, g, d, t, n):
    """End a call, and do what it promised to those who took part."""
    group, call = w.groups[g], w.calls[g, n]
    p = w.params[group.point]
    call.open = 0
    group.calls_open -= 1
    if call.code == state.CHECK_IN:
        break_streaks(w, g, n)
    elif call.code == state.RAFFLE:
        draw_winners(w, g, d, p, call, list_takers(w, g, n))
    elif call.code == state.SIGN_UP:
        gather_takers(w, g, d, t, p, call, n, list_takers(w, g, n))
    elif call.code == state.ORDER and call.shares > 0:
        settle_orders(w, g, d, p, call, n)


@part
def list_takers(w, g, n):
    """List the members present who took part, in `w.due`; return their number."""
    group = w.groups[g]
    many = 0
    for slot in range(group.slots):
        me = w.members[group.first_slot + slot]
        if me.present and (me.answered >> n) & 1:
            w.due[many] = slot
            many += 1
    return many


@part
def break_streaks(w, g, n):
    """Let who missed a check-in begin anew."""
    group = w.groups[g]
    for i in range(group.first_slot, group.first_slot + group.slots):
        me = w.members[i]
        me.streak *= (me.answered >> n) & 1


@part
def draw_winners(w, g, d, p, call, many):
    """Pay the prizes of a raffle to as many different members, drawn by address."""
    group = w.groups[g]
    for prize in range(min(many, call.shares)):
        u, _, _, _ = uniforms(group.key, prize, 0, call.count, CALL, CALL_PRIZE)
        pick = prize + int(u * (many - prize))
        w.due[prize], w.due[pick] = w.due[pick], w.due[prize]
        i = group.first_slot + w.due[prize]
        me = w.members[i]
        reward(w, g, d, i, p, call)
        gain = rules.money_gain(call.fen, p.needs_packet_benefit)
        me.hunger[state.BENEFIT] = rules.fed_hunger(me.hunger[state.BENEFIT], gain)


@part
def gather_takers(w, g, d, t, p, call, n, many):
    """Let those who signed up meet: new ties, looser ones to others, company, trust; and pay."""
    group = w.groups[g]
    for place in range(many):
        slot = w.due[place]
        i = group.first_slot + slot
        me = w.members[i]
        fade_ties(w, i, t, p.ties_half_life_days)
        me.tied = 0.0
        for s in range(SLOTS):
            other = me.tie_to[s]
            if other >= 0 and not came(w, group.first_slot + other, n):
                me.tie[s] = rules.loosened_tie(me.tie[s], p.gathering_loosening_share)
            me.tied += me.tie[s]
        for partner in range(int(p.gathering_partners)):
            u, _, _, _ = uniforms(group.key, slot, 0, call.count, CALL, CALL_MEET + partner)
            other = w.due[int(u * many)]
            if other != slot:
                grow_tie(w, i, other, p.gathering_tie_weight, int(p.ties_kept))
        for need in (state.BELONGING, state.ENJOYMENT):
            me.hunger[need] = rules.fed_hunger(me.hunger[need], call.amount)
        me.trust = rules.rewarded(me.trust, p.gathering_trust, call.amount)
    w.daily[g, d].attendances += many
    spend(w, g, d, call, call.fen * many)


@part
def came(w, i, n):
    """Say whether a member is among those who meet."""
    return (w.members[i].present == 1) and ((w.members[i].answered >> n) & 1) == 1


@part
def settle_orders(w, g, d, p, call, n):
    """Deliver a group-buy that found enough buyers, else pay everybody back."""
    group = w.groups[g]
    if call.answers < call.shares:
        w.daily[g, d].returned_fen += call.fen * call.answers
        return
    for slot in range(group.slots):
        i = group.first_slot + slot
        if (w.members[i].answered >> n) & 1:
            _, u, _, _ = uniforms(group.key, slot, 0, call.count, CALL, CALL_TAKE_PART)
            deliver(w, g, d, i, p, call.fen, u)
