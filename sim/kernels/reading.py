"""What a look takes in: recovery, messages, packets, needs, and what is learned from them."""

from __future__ import annotations

import numpy as np

from sim import rules, state
from sim.compiling import aside, lowest_bit, part
from sim.draws import CLAIM, uniforms
from sim.kernels.layout import FORWARD, IN_PACKETS, IN_RING, SLOT, UNREAD_MOST, VOICES
from sim.kernels.packets import claim_share
from sim.kernels.screening import count_hidden
from sim.members import EXPECTATION, FATIGUE, HABIT, HUNGER, MOOD, NOVELTY
from sim.ties import SLOTS


@part
def recover(w, i, point, t):
    """Let a member recover over the time since the last look."""
    me = w.members[i]
    hours = t - me.last_hours
    me.last_hours = t
    kept, fading = w.kept, w.fading[point]
    for n in range(len(kept)):
        kept[n] = rules.kept_after(hours * fading[n])
    me.fatigue *= kept[FATIGUE]
    if me.habit_pace == 1.0:
        me.habit *= kept[HABIT]
    else:  # its own, and not in the loop: that would no longer be one of vectors
        me.habit *= rules.kept_after(hours * fading[HABIT] * me.habit_pace)
    for n in range(5):
        me.hunger[n] = rules.regrown_hunger(me.hunger[n], kept[HUNGER])
    for k in range(state.TEAM_VOICE):
        me.exposure[k] *= kept[NOVELTY]
    me.mood *= kept[MOOD]
    me.expectation *= kept[EXPECTATION]


@part
def fade_ties(w, i, t, half_life_days):
    """Let ties fade over the time since they last did."""
    me = w.members[i]
    kept = rules.halved_share(t - me.ties_hours, half_life_days)
    me.ties_hours = t
    me.tied = 0.0
    for s in range(SLOTS):
        me.tie[s] *= kept
        me.tied += me.tie[s]


@aside
def grow_tie(w, i, other, growth, kept):
    """Strengthen a tie; a new one takes the place of the weakest when that is weaker."""
    if kept == 0 or growth <= 0.0:
        return
    me = w.members[i]
    place = 0
    for s in range(kept):
        if me.tie_to[s] == other:
            place = s
            break
        if me.tie[s] < me.tie[place]:
            place = s
    if me.tie_to[place] == other:
        me.tie[place] += growth
    elif me.tie[place] < growth:
        me.tie_to[place] = other
        me.tie[place] = growth
    me.tied = 0.0
    for s in range(SLOTS):
        me.tied += me.tie[s]


@part
def hear(w, start, i, oldest, benefit):
    """Set the bonus of those tied to who have spoken since a message; return them as bits."""
    me = w.members[i]
    spoke = 0
    for s in range(SLOTS):
        other = me.tie_to[s]
        said = w.said[(start + max(other, 0)) & FORWARD]
        spoke |= ((other >= 0) & (said >= oldest)) << s
    bits = spoke
    while bits:
        s = lowest_bit(bits)
        bits &= bits - 1
        w.bonus[me.tie_to[s] & SLOT] = benefit * rules.tie_strength(me.tie[s])
    return spoke


@part
def forget(w, i, spoke):
    """Take the bonus of those who have spoken back."""
    me = w.members[i]
    while spoke:
        w.bonus[me.tie_to[lowest_bit(spoke)] & SLOT] = 0.0
        spoke &= spoke - 1


@part
def weigh(w, g, i, p, count, least):
    """Weigh the newest messages for a reader, by voice and lane: `w.sums`; members' messages that
    match less than `least` count nothing.
    """
    group, news, me = w.groups[g], w.news[g], w.members[i]
    sums, bonus, interest = w.sums, w.bonus, me.interest
    spoke = hear(w, group.first_slot, i, group.total - count, p.ties_benefit)
    bonus[group.slots] = p.trust_benefit * me.trust
    last = group.total - 1
    for back in range(count):
        place = (last - back) & IN_RING
        match = rules.topic_match(interest, news.topic[place])
        if rules.is_hidden(match, least) and news.voice[place] < state.TEAM_VOICE:
            continue
        value = rules.message_worth(news.quality[place], match, bonus[news.speaker[place]])
        sums[rules.lane(back) * VOICES + news.voice[place]] += value
    forget(w, i, spoke)
    bonus[group.slots] = 0.0


@aside
def weigh_fitting(w, g, i, p, count):
    """Weigh what a personal filter leaves of the newest messages."""
    weigh(w, g, i, p, count, p.screen_least_match)


@part
def read(w, g, i, slot, point, p, met):
    """Read the newest unread messages.

    Their worth is left in `w.sums`. Returns the numbers of messages read, of ads, of replies to
    oneself, and the message to answer (-1: none) with its ratio.
    """
    group = w.groups[g]
    count = np.int64(w.taken[point, min(group.total - met, UNREAD_MOST)])
    if count == 0:
        return count, 0, 0, -1, 1.0
    if group.personal_filter:
        weigh_fitting(w, g, i, p, count)
    else:
        weigh(w, g, i, p, count, 0.0)
    oldest = group.total - count
    ads = group.ads - np.int64(w.news[g].ads_before[oldest & IN_RING])
    if w.members[i].addressed >= oldest:
        replies, addressed = count_replies(w, g, slot, count)
        return count, ads, replies, addressed, p.speak_addressed_ratio
    if group.open_question >= oldest:
        ratio = p.speak_question_ratio
        if w.members[i].role & state.EXPERT:
            ratio = rules.expert_ratio(ratio, p.roles_duty)
        return count, ads, 0, group.open_question, ratio
    newest = group.newest_talk if group.newest_talk >= oldest else group.newest_team
    newest = newest if newest >= oldest else -1
    return count, ads, 0, newest, 1.0


@aside
def count_replies(w, g, slot, count):
    """Count the replies to oneself among the newest messages, and find the newest of them."""
    total = w.groups[g].total
    replies, addressed = 0, -1
    for back in range(count):
        if w.ring[g, (total - 1 - back) & IN_RING].reply_to == slot:
            replies += 1
            addressed = max(addressed, total - 1 - back)
    return replies, addressed


@aside
def tie_to_repliers(w, g, i, slot, p, count):
    """Strengthen the ties to members whose replies to oneself were just read."""
    total = w.groups[g].total
    for back in range(count):
        m = w.ring[g, (total - 1 - back) & IN_RING]
        if m.reply_to == slot and m.author >= 0:
            grow_tie(w, i, m.author, p.ties_growth, int(p.ties_kept))


@aside
def claim(w, g, d, t, i, slot, p, met, hour_end):
    """Claim shares of open packets seen for the first time; return the fen won, and the newest
    packet's message to give thanks for (-1: none).
    """
    group, me = w.groups[g], w.members[i]
    won, thanked = 0, -1
    for number in range(group.packets - 1, max(-1, group.packets - 1 - state.PACKETS_OPEN), -1):
        packet = w.open_packets[g, number & IN_PACKETS]
        if packet.message < met:
            break
        if not packet.open or packet.left_shares == 0 or packet.author == slot:
            continue
        u, _, _, _ = uniforms(group.key, slot, packet.author + 1, packet.count, CLAIM, 0)
        if u < rules.claim_probability(p.packets_claim_probability, me.appetite):
            fen = claim_share(w, g, d, t, slot, number, hour_end)
            if won == 0 and group.total - packet.message <= state.RING:
                thanked = packet.message
            won += fen
            me.gratitude_fen += fen
            me.mood = rules.lifted_mood(me.mood, fen, p.packets_half_fen)
            me.expectation = rules.rewarded(me.expectation, p.packets_expectation_step, 1.0)
    return won, thanked


@part
def add_lanes(sums):
    """Add up the worth of what was read: by voice, a kind or `TEAM_VOICE` and a kind."""
    for voice in range(VOICES):
        sums[voice] = rules.lanes_total(sums[voice], sums[voice + VOICES])


@part
def feed(w, i, point, p, won, replies):
    """Feed the needs with what was read and won; return the weighted relief.

    All kinds alike, without asking which there were: a wrong guess costs more.
    """
    me = w.members[i]
    sums, felt, exposure = w.sums, w.felt, me.exposure
    half, feeding = w.half[point], w.feeding[point]
    for kind in range(state.TEAM_VOICE):  # what is new to the reader, which then grows stale
        met = sums[kind] + sums[kind + state.TEAM_VOICE]
        before = exposure[kind]
        felt[kind] = met * rules.novelty(before, half[kind])
        exposure[kind] = before + met
    money = 0.0
    if won > 0:
        money = rules.money_gain(won, p.needs_packet_benefit)
    replied = p.needs_reply_recognition * replies
    if replies > 0 and me.role & state.HONOURED:
        replied += p.roles_recognition * replies
    return (
        fill(me, felt, feeding, state.INFORMATION, state.FED_BY[state.INFORMATION], 0.0)
        + fill(me, felt, feeding, state.BELONGING, state.FED_BY[state.BELONGING], 0.0)
        + fill(me, felt, feeding, state.ENJOYMENT, state.FED_BY[state.ENJOYMENT], 0.0)
        + fill(me, felt, feeding, state.BENEFIT, state.FED_BY[state.BENEFIT], money)
        + fill(me, felt, feeding, state.RECOGNITION, state.FED_BY[state.RECOGNITION], replied)
    )


@part
def fill(me, felt, feeding, need, kinds, gain):
    """Feed one need by a gain and what is felt of its kinds, in their order; return the weighted
    relief.
    """
    for kind in kinds:
        gain += felt[kind] * feeding[kind, need]
    fed = rules.fed_hunger(me.hunger[need], gain)
    relief = me.weight[need] * (me.hunger[need] - fed)
    me.hunger[need] = fed
    return relief


@part
def useful_read(w, g, count):
    """Count the team's messages that can earn trust among the newest `count`."""
    group = w.groups[g]
    before = w.news[g].useful_before[(group.total - count) & IN_RING]
    return group.team_useful - np.int64(before) if count > 0 else 0


@part
def judge_team(w, g, i, point, p, read_count):
    """Let the team's useful messages earn trust, or cost it when worth less than expected."""
    me = w.members[i]
    useful = 0.0
    for kind in state.EARN_TRUST:
        useful += w.sums[kind + state.TEAM_VOICE]
    novelty = rules.novelty(me.exposure[state.GREETING], w.half[point, state.GREETING])
    greeted = w.sums[state.GREETING + state.TEAM_VOICE] * novelty
    many = useful_read(w, g, read_count)
    earned = rules.earned_worth(useful, many, p.trust_expected_worth, greeted, p.trust_warmth)
    me.trust = rules.moved(me.trust, p.trust_gain, earned)


@part
def learn(w, g, i, point, p, won, unread, read_count, ads, replies, felt):
    """Feed the needs and let fatigue, habit and trust follow relief, with what was `felt` of it
    beside reading; return the ads not tolerated.
    """
    if read_count == 0 and won == 0 and felt == 0.0:  # all would stay as it is, to the last bit
        return 0.0
    me = w.members[i]
    add_lanes(w.sums)
    relief = feed(w, i, point, p, won, replies) + felt
    overload = rules.skipped_share(unread - read_count, p.reading_cap_messages)
    me.fatigue += rules.fatigue_added(
        read_count,
        ads,
        overload,
        p.reading_fatigue_per_message,
        p.reading_ad_fatigue_ratio,
        p.reading_overload_fatigue,
    )
    ours, theirs = 0.0, 0.0
    if w.groups[g].team_messages > 0:  # else nothing is the team's
        judge_team(w, g, i, point, p, read_count)
        for kind in range(state.TEAM_VOICE):
            theirs += w.sums[kind]
            ours += w.sums[kind + state.TEAM_VOICE]
    weight = rules.habit_weight(p.habit_gain, p.habit_team_gain, ours, ours + theirs)
    gain = weight * p.needs_regrow_days / p.habit_days * me.habit_pace
    me.habit = rules.next_habit(me.habit, 1.0, gain, relief)
    if replies > 0:
        me.habit = rules.rewarded(me.habit, p.habit_reply_reward, replies)
    for place in range(rules.LANES * VOICES):
        w.sums[place] = 0.0
    untolerated = ads * (1.0 - me.ad_tolerance)
    if read_count > 0:
        seen, paid = read_count, untolerated
        if w.groups[g].personal_filter:
            hidden, hidden_ads = count_hidden(w, g, i, p, read_count)
            seen, paid = read_count - hidden, (ads - hidden_ads) * (1.0 - me.ad_tolerance)
        cost = rules.look_cost(
            seen, paid, overload,
            p.needs_message_cost, p.reading_ad_fatigue_ratio, p.reading_cap_messages,
        )  # fmt: skip
        me.verdict = rules.next_verdict(me.verdict, seen, relief, cost, p.needs_verdict_messages)
        me.judged = 1
    if ads > 0:
        me.trust = rules.eroded(me.trust, p.trust_ad_loss, untolerated)
    return untolerated
