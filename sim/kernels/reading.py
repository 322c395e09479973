"""What a look takes in: recovery, messages, packets, needs, and what is learned from them."""

from __future__ import annotations

from sim import rules
from sim.compiling import aside, part
from sim.draws import CLAIM, uniforms
from sim.kernels.layout import IN_PACKETS, IN_RING, PACKETS_OPEN
from sim.kernels.messages import claim_share
from sim.state import AD, CHAT, QUESTION
from sim.ties import SLOTS

FATIGUE, HABIT, HUNGER, NOVELTY, MOOD, EXPECTATION = range(6)
"""Places in `fading` and `kept`."""


@part
def recover(w, g, i, p, t):
    """Let a member recover over the time since the last look; return the familiarity left."""
    me = w.members[i]
    hours = t - me.last_hours
    me.last_hours = t
    kept, fading = w.kept, w.fading[w.groups[g].point]
    for n in range(len(kept)):
        kept[n] = rules.kept_share(hours, fading[n])
    me.fatigue *= kept[FATIGUE]
    me.habit *= kept[HABIT]
    for n in range(5):
        me.hunger[n] = rules.regrown_hunger(me.hunger[n], kept[HUNGER])
    for k in range(8):
        me.exposure[k] *= kept[NOVELTY]
    if me.mood > 0.0 or me.expectation > 0.0:
        me.mood *= kept[MOOD]
        me.expectation *= kept[EXPECTATION]
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
    worth, bonus, ring, total = w.worth, w.bonus, w.ring[g], group.total
    worth[:] = 0.0
    count = rules.messages_read(total - met, p.reading_cap_messages)
    ads, replies = 0, 0
    addressed, asked, newest = -1, -1, -1
    if count == 0:
        return count, ads, replies, newest, 1.0
    for s in range(SLOTS):
        w.strength[s] = p.ties_benefit * rules.tie_strength(me.tie[s])
    for s in range(SLOTS):
        bonus[me.tie_to[s]] = w.strength[s]  # an empty tie goes to the last place, unread
    bonus[group.slots] = p.trust_benefit * me.trust
    interest, chat = me.interest, 0.0
    for back in range(count):
        number = total - 1 - back
        m = ring[number & IN_RING]
        match = rules.topic_match(interest, m.topic)
        value = rules.message_worth(m.quality, match, bonus[m.reader_slot])
        if m.voice == CHAT:  # by far the commonest: its sum stays in a register
            chat += value
        else:
            worth[m.voice] += value
            kind = m.voice & 7
            if kind >= AD:
                ads += kind == AD
                continue
            if kind == QUESTION and asked < 0 and m.opener == 1:
                asked = number
        if newest < 0:
            newest = number
        if m.reply_to == slot:
            replies += 1
            if addressed < 0:
                addressed = number
    worth[CHAT] = chat
    for s in range(SLOTS):
        bonus[me.tie_to[s]] = 0.0
    bonus[group.slots] = 0.0
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
def learn(w, i, point, p, won, unread, read_count, ads, replies):
    """Feed the needs and let fatigue, habit and trust follow; return the ads not tolerated."""
    me = w.members[i]
    relief = feed(w, i, point, p, won, replies)
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
    return untolerated
