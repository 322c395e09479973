"""One look of one member: recover, read, claim, speak, learn, mute or leave, stay."""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.compiling import aside, part
from sim.draws import BASELINE, CLAIM, FIRST, STAYED, uniforms
from sim.kernels import queue
from sim.kernels.layout import IN_PACKETS, IN_RING, PACKETS_OPEN
from sim.kernels.messages import claim_share, log_event, react, say, send_packet
from sim.state import (
    AD,
    ANSWER,
    BELONGING,
    CHAT,
    CONTENT,
    GREETING,
    INFORMATION,
    QUESTION,
    RECOGNITION,
)
from sim.ties import SLOTS
from sim.trace import LEAVE, MUTE

STAYS_MOST = 4


@part
def recover(w, i, p, t):
    """Let a member recover over the time since the last look; return the familiarity left."""
    me = w.members[i]
    hours = t - me.last_hours
    me.last_hours = t
    me.fatigue *= rules.kept_share(hours, p.reading_fatigue_days * 24.0)
    me.habit *= rules.kept_share(hours, p.habit_days * 24.0)
    satisfied = rules.kept_share(hours, p.needs_regrow_days * 24.0)
    for n in range(5):
        me.hunger[n] = rules.regrown_hunger(me.hunger[n], satisfied)
    exposed = rules.kept_share(hours, p.novelty_recover_days * 24.0)
    for k in range(8):
        me.exposure[k] *= exposed
    if me.expectation > 0.0:
        me.mood *= rules.kept_share(hours, p.packets_mood_hours)
        me.expectation *= rules.kept_share(hours, p.packets_expectation_days * 24.0)
    tied = rules.halved_share(hours, p.ties_half_life_days)
    total = 0.0
    for s in range(SLOTS):
        me.tie[s] *= tied
        total += me.tie[s]
    return rules.tie_strength(total)


@aside
def grow_tie(me, other, growth, kept):
    """Strengthen a tie; a new one takes the place of the weakest when that is weaker."""
    if kept == 0 or growth <= 0.0:
        return
    weakest = 0
    for s in range(kept):
        if me.tie_to[s] == other:
            me.tie[s] += growth
            return
        if me.tie[s] < me.tie[weakest]:
            weakest = s
    if me.tie[weakest] < growth:
        me.tie_to[weakest] = other
        me.tie[weakest] = growth


@part
def read(w, g, i, slot, p, met):
    """Read the newest unread messages.

    Their worth is left in `w.worth`. Returns the numbers of messages read, of ads, of replies to
    oneself, and the message to answer (-1: none) with its ratio.
    """
    group = w.groups[g]
    me = w.members[i]
    interest = me.interest
    w.worth[:] = 0.0
    for s in range(SLOTS):
        w.strength[s] = p.ties_benefit * rules.tie_strength(me.tie[s])
    for s in range(SLOTS):
        w.bonus[me.tie_to[s]] = w.strength[s]  # an empty tie goes to the last place, unread
    w.bonus[group.slots] = p.trust_benefit * me.trust
    count = rules.messages_read(group.total - met, p.reading_cap_messages)
    ads, replies = 0, 0
    addressed, asked, newest = -1, -1, -1
    for back in range(count):
        number = group.total - 1 - back
        m = w.ring[g, number & IN_RING]
        match = rules.topic_match(interest, m.topic)
        w.worth[m.voice] += rules.message_worth(m.quality, match, w.bonus[m.reader_slot])
        kind = m.voice & 7
        if kind >= AD:
            ads += kind == AD
            continue
        if newest < 0:
            newest = number
        if kind == QUESTION and asked < 0 and m.opener == 1:
            asked = number
        if m.reply_to == slot:
            replies += 1
            if addressed < 0:
                addressed = number
    for s in range(SLOTS):
        w.bonus[me.tie_to[s]] = 0.0
    w.bonus[group.slots] = 0.0
    if addressed >= 0:
        return count, ads, replies, addressed, p.speak_addressed_ratio
    if asked >= 0:
        return count, ads, replies, asked, p.speak_question_ratio
    return count, ads, replies, newest, 1.0


@aside
def tie_to_repliers(w, g, i, slot, p, count):
    """Strengthen the ties to members whose replies to oneself were just read."""
    total = w.groups[g].total
    me = w.members[i]
    for back in range(count):
        m = w.ring[g, (total - 1 - back) & IN_RING]
        if m.reply_to == slot and m.author >= 0:
            grow_tie(me, m.author, p.ties_growth, int(p.ties_kept))


@aside
def claim(w, g, d, t, i, slot, p, met, hour_end):
    """Claim shares of open packets seen for the first time; return the fen won."""
    group = w.groups[g]
    me = w.members[i]
    won = 0
    for number in range(group.packets - 1, max(-1, group.packets - 1 - PACKETS_OPEN), -1):
        packet = w.open_packets[g, number & IN_PACKETS]
        if packet.message < met:
            break
        if not packet.open or packet.left_shares == 0 or packet.author == slot:
            continue
        u, _, _, _ = uniforms(group.key, slot, packet.author + 1, packet.count, CLAIM, 0)
        if u < rules.claim_probability(p.packets_claim_probability, me.appetite):
            fen = claim_share(w, g, d, t, slot, number, hour_end)
            won += fen
            me.gratitude_fen += fen
            me.mood = 1.0
            me.expectation = rules.rewarded(me.expectation, p.packets_expectation_step, 1.0)
    return won


@part
def feed(w, i, point, p, won, replies):
    """Feed the needs with what was read and won; return the weighted relief."""
    me = w.members[i]
    gain_0, gain_1, gain_2, gain_3 = 0.0, 0.0, 0.0, 0.0
    gain_4 = p.needs_reply_recognition * replies
    if won > 0:
        gain_3 = rules.money_gain(won, p.needs_packet_benefit)
    for k in range(8):
        met = w.worth[k] + w.worth[k + 8]
        if met > 0.0:
            fresh = met * rules.novelty(me.exposure[k], w.half[point, k])
            gain_0 += fresh * w.feeding[point, k, 0]
            gain_1 += fresh * w.feeding[point, k, 1]
            gain_2 += fresh * w.feeding[point, k, 2]
            gain_3 += fresh * w.feeding[point, k, 3]
            gain_4 += fresh * w.feeding[point, k, 4]
            me.exposure[k] += met
    relief = 0.0
    gains = (gain_0, gain_1, gain_2, gain_3, gain_4)
    for n in range(5):
        fed = rules.fed_hunger(me.hunger[n], gains[n])
        relief += me.weight[n] * (me.hunger[n] - fed)
        me.hunger[n] = fed
    return relief


@part
def opener_kind(u, hunger, first, p):
    """Choose what an opener is: a question when information is missed, a greeting, a link, chat."""
    asking = p.speak_question_share * hunger
    if u < asking:
        return QUESTION
    if first:
        return GREETING
    if (u - asking) < (1.0 - asking) * p.speak_content_share:
        return CONTENT
    return CHAT


@part
def drives(w, g, i, t, p, familiarity, first, target, ratio, unread):
    """Return the drives to open and to answer at this look."""
    group = w.groups[g]
    me = w.members[i]
    push = 0.0
    both = me.weight[BELONGING] + me.weight[RECOGNITION]
    if both > 0.0:
        push = (
            me.weight[BELONGING] * me.hunger[BELONGING]
            + me.weight[RECOGNITION] * me.hunger[RECOGNITION]
        ) / both
    own = me.propensity * rules.company_factor(familiarity, p.speak_stranger_share)
    own *= group.loafing / (1.0 + p.speak_fatigue_weight * me.fatigue)
    if me.expectation > 0.0:
        own *= rules.mood_factor(
            me.mood, me.expectation, familiarity, p.packets_lift, p.packets_crowding, p.packets_dip
        )
    opening = rules.open_drive(own, push, p.speak_need_push, group.audience)
    if first:
        opening *= p.speak_first_ratio
    answering = 0.0
    if target >= 0:
        m = w.ring[g, target & IN_RING]
        answering = rules.answer_drive(
            own,
            p.speak_answer_ratio * ratio,
            t - m.time_hours,
            p.speak_fresh_minutes,
            unread,
            p.speak_load_messages,
        )
    return opening, answering


@part
def settle(w, i, t, hour, hour_end, fresh_budget, p):
    """Settle the hazard spent so far, set the new rate, and test the rest of the hour.

    `fresh_budget` is a new budget after a baseline look, negative otherwise. Returns the time of
    a baseline look in the rest of this hour, or inf.
    """
    me = w.members[i]
    factor = w.factors[w.shift[i]]
    since = max(me.settled_hours, float(hour))
    if fresh_budget >= 0.0:
        w.budget[i] = fresh_budget
    else:
        w.budget[i] = max(0.0, w.budget[i] - w.rate[i] * factor * (t - since))
    me.settled_hours = t
    if not me.present:
        w.attention[i] = 0.0
    else:
        w.attention[i] = rules.attention(
            me.habit,
            p.look_habit_floor_share,
            me.fatigue,
            p.look_fatigue_weight,
            p.look_mute_share if me.muted else 1.0,
        )
    w.rate[i] = me.base_rate * w.attention[i]
    w.left[i] = w.budget[i] - w.rate[i] * factor * (hour_end - t)
    w.planned[i] = np.inf  # what the old rate had planned no longer stands
    return next_look(w, i, t, factor, hour_end)


@part
def next_look(w, i, since, factor, hour_end):
    """Return when a member's hazard runs out within this hour, or inf."""
    if w.left[i] >= 0.0:
        return np.inf
    at = since + w.budget[i] / (w.rate[i] * factor)
    if at >= hour_end:  # rounding: the next hour begins with this look
        w.left[i] = 0.0
        return np.inf
    w.planned[i] = at
    return at


@aside
def count_audience(group, p):
    """Follow who is present and who hears: the audience's benefit and loafing."""
    group.audience = rules.audience_factor(group.hearing, p.speak_audience)
    group.loafing = rules.loafing_factor(group.present, p.speak_loafing, p.speak_identifiability)


@part
def exit_or_mute(w, g, d, t, i, slot, p, u, familiarity, untolerated):
    """Let a member leave or mute at the end of a look."""
    group = w.groups[g]
    me = w.members[i]
    leaving = rules.leave_probability(
        p.leaving_leave_probability,
        me.fatigue,
        p.leaving_ad_weight,
        untolerated,
        me.habit,
        familiarity,
    )
    if u < leaving:
        me.present = 0
        group.present -= 1
        group.left += 1
        if not me.muted:
            group.hearing -= 1
        count_audience(group, p)
        w.reaction[i] = np.inf
        w.daily[g, d].leaves += 1
        log_event(w, g, t, LEAVE, slot, -1, 0, 0)
        if group.present == 0:
            group.over = 1
            w.life[g].ended_hours = t
        return
    muting = rules.mute_probability(
        p.leaving_mute_probability, me.fatigue, p.leaving_ad_weight, untolerated, me.habit
    )
    if not me.muted and u < leaving + muting:
        me.muted = 1
        group.hearing -= 1
        count_audience(group, p)
        w.daily[g, d].mutes += 1
        log_event(w, g, t, MUTE, slot, -1, 0, 0)


@part
def stay(w, g, t, slot, i, p, u, wait, hour_end):
    """Let a member at live talk look again soon, a few times a message at most."""
    group = w.groups[g]
    me = w.members[i]
    if group.total == 0 or not me.present:
        return
    newest = w.ring[g, (group.total - 1) & IN_RING]
    if not rules.is_live(t - newest.time_hours, p.reaction_live_minutes):
        return
    if me.stayed_for != group.total:
        me.stayed_for = group.total
        me.stays = 0
    if me.stays < STAYS_MOST and u < p.reaction_stay_probability:
        at = t + rules.delay_hours(wait, p.reaction_stay_minutes)
        react(w, g, slot, at, STAYED, newest.author, newest.count, me.stays, hour_end)
        me.stays += 1


@part
def look(w, g, d, t, slot, origin, hour, hour_end):
    """Play one look of a member, of whatever origin."""
    group = w.groups[g]
    i = group.first_slot + slot
    me = w.members[i]
    p = w.params[group.point]
    day = w.daily[g, d]
    first = me.looked == 0
    me.looked = 1
    if origin == queue.REACTION:
        w.reaction[i] = np.inf
        cause, author, count, block = me.cause, me.author + 1, me.count, 2 * me.number
    else:
        cause, author, count, block = BASELINE, 0, me.looks, 0
    if first:
        cause, author, count, block = FIRST, 0, 0, 0
    u_speak, u_choice, u_exit, u_stay = uniforms(group.key, slot, author, count, cause, block)
    u_quality, u_wait, u_send, u_budget = uniforms(group.key, slot, author, count, cause, block + 1)
    fresh_budget = -1.0
    if origin == queue.BASELINE:
        me.looks += 1
        fresh_budget = rules.budget(u_budget)
    was_attentive = 0.0 if me.muted else w.attention[i]
    day.looks += 1
    if me.look_day != d:
        me.look_day = d
        day.looking_members += 1

    familiarity = recover(w, i, p, t)
    met = me.seen
    unread = group.total - met
    read_count, ads, replies, target, ratio = read(w, g, i, slot, p, met)
    day.reads += read_count
    if replies > 0:
        tie_to_repliers(w, g, i, slot, p, read_count)
    me.seen = group.total
    won = 0
    if group.packets > 0:
        won = claim(w, g, d, t, i, slot, p, met, hour_end)
    relief = feed(w, i, group.point, p, won, replies)
    overload = rules.skipped_share(unread - read_count, p.reading_cap_messages)
    me.fatigue += rules.fatigue_added(
        read_count,
        ads,
        overload,
        p.reading_fatigue_per_message,
        p.reading_ad_fatigue_ratio,
        p.reading_overload_fatigue,
    )
    gain = p.habit_gain * p.needs_regrow_days / p.habit_days
    me.habit = rules.next_habit(me.habit, 1.0, gain, relief)
    if replies > 0:
        me.habit = rules.rewarded(me.habit, p.habit_reply_reward, replies)
    useful = w.worth[8] + w.worth[9] + w.worth[10] + w.worth[11] + w.worth[12]  # the team's
    if useful > 0.0:
        me.trust = rules.rewarded(me.trust, p.trust_gain, useful)
    untolerated = ads * (1.0 - me.ad_tolerance)
    if ads > 0:
        me.trust = rules.eroded(me.trust, p.trust_ad_loss, untolerated)

    opening, answering = drives(w, g, i, t, p, familiarity, first, target, ratio, unread)
    drive = opening + answering
    most = p.speak_first_probability_max if first else p.speak_probability_max
    if drive > 0.0 and u_speak < rules.speak_probability(drive, most):
        quality = 0.5 + u_quality
        call = u_speak / rules.speak_probability(drive, most)
        topic = me.interest
        if u_choice * drive < answering:
            m = w.ring[g, target & IN_RING]
            kind, topic = (ANSWER if m.voice & 7 == QUESTION else CHAT), m.topic
            if m.author >= 0:
                grow_tie(me, m.author, p.ties_growth, int(p.ties_kept))
        else:
            u_kind = (u_choice * drive - answering) / opening
            kind = opener_kind(u_kind, me.hunger[INFORMATION], first, p)
            target = -1
        say(w, g, d, t, slot, kind, quality, topic, target, call, hour_end)
        me.seen = group.total
    if me.gratitude_fen > 0.0:
        sending = rules.send_probability(
            me.gratitude_fen,
            p.packets_return_ratio,
            p.packets_member_fen,
            familiarity,
            p.packets_stranger_share,
        )
        me.gratitude_fen = 0.0
        fen = int(p.packets_member_fen)
        shares = min(fen, int(p.packets_member_shares))
        if u_send < sending and send_packet(w, g, d, t, slot, fen, shares, 1, hour_end):
            me.seen = group.total

    exit_or_mute(w, g, d, t, i, slot, p, u_exit, familiarity, untolerated)
    stay(w, g, t, slot, i, p, u_stay, u_wait, hour_end)
    at = settle(w, i, t, hour, hour_end, fresh_budget, p)
    group.attentive += (0.0 if me.muted else w.attention[i]) - was_attentive
    if at < hour_end:
        queue.push(
            w.queue_time, w.queue_key, w.queue_size, at, queue.BASELINE * queue.ORIGIN + slot
        )
