"""What operators do to single members, and how letters and payments are received at a look."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside, part
from sim.draws import DEED, uniforms
from sim.kernels.layout import FORWARD
from sim.kernels.messages import log_event, react
from sim.kernels.reading import fade_ties, grow_tie
from sim.kernels.speaking import count_audience, part_with
from sim.trace import PAID, REMOVED, RETURN, UNMUTE

FED_BY_LETTERS = state.KIND_TABLE[state.CONTENT].feeds


@part
def is_here(w, g, slot):
    """Say whether a number is that of a member who is present."""
    group = w.groups[g]
    return 0 <= slot < group.slots and w.members[group.first_slot + slot].present == 1


@part
def has_left(w, g, slot):
    """Say whether a number is that of a member who left of its own accord."""
    group = w.groups[g]
    if slot < 0 or slot >= group.slots:
        return False
    i = (group.first_slot + slot) & FORWARD
    return w.members[i].present == 0 and w.members[i].looked == 1 and w.people[i].removed == 0


@aside
def come_back(w, g, d, t, slot):
    """Let one who left in again, as it was when it left."""
    group = w.groups[g]
    me = w.members[group.first_slot + slot]
    me.present = 1
    me.seen = group.total
    me.turn = 0
    group.present += 1
    group.hearing += me.muted == 0
    group.left -= 1
    count_audience(group, w.params[group.point])
    w.daily[g, d].returns += 1
    log_event(w, g, t, RETURN, slot, -1, 0, 0)


@aside
def write_letter(w, g, d, t, slot, quality, topic, count, hour_end):
    """Write to a member in private, present or gone; `count` is the deed's own number."""
    group = w.groups[g]
    i = (group.first_slot + slot) & FORWARD
    me, p = w.members[i], w.params[group.point]
    group.levers |= state.LETTERS
    w.daily[g, d].letters += 1
    w.people[i].last_act_hours = t
    u, wait, _, _ = uniforms(group.key, slot, 0, count, DEED, 255)
    if me.present:
        reach = rules.letter_probability(p.acts_letter_reach_probability, me.verdict)
        drawn = u < reach * rules.awake_share(w.factors[w.shift[i]], p.rhythm_reaction_share)
    else:
        drawn = u < rules.return_probability(p.acts_come_back_probability, me.verdict)
        if not drawn or group.present >= group.cap or group.closed:
            return
        come_back(w, g, d, t, slot)
    place = rules.act_topic(topic, rules.middle_topic(p.group_topic_breadth), me.interest)
    worth = rules.faded_quality(quality, t, p.operator_quality_half_life_days)
    me.letter += rules.letter_worth(worth, rules.topic_match(me.interest, place))
    w.people[i].letters += 1
    if drawn:
        react(w, g, slot, t, wait, p.acts_letter_minutes, DEED, -1, count, 0, hour_end)


@aside
def remove(w, g, d, t, slot):
    """Remove a present member from the group."""
    group = w.groups[g]
    i = (group.first_slot + slot) & FORWARD
    me = w.members[i]
    group.attentive -= 0.0 if me.muted else me.attention
    me.attention = 0.0
    w.rate[i] = w.left[i] = 0.0
    w.people[i].removed = 1
    w.people[i].last_act_hours = t
    w.daily[g, d].removals += 1
    log_event(w, g, t, REMOVED, slot, -1, 0, 0)
    part_with(w, g, t, i)


@aside
def introduce(w, g, d, t, a, count, hour_end):
    """Introduce two present members to each other: a tie both ways, a letter to both."""
    group = w.groups[g]
    p = w.params[group.point]
    w.daily[g, d].pairs += 1
    for slot, other in ((a.to, a.other), (a.other, a.to)):
        i = (group.first_slot + slot) & FORWARD
        fade_ties(w, i, t, p.ties_half_life_days)
        grow_tie(w, i, other, a.amount, int(p.ties_kept))
        write_letter(w, g, d, t, slot, a.quality, a.topic, count, hour_end)


@aside
def pay(w, g, d, t, slot, fen):
    """Pay a present member, who finds the money at its next look."""
    group = w.groups[g]
    i = (group.first_slot + slot) & FORWARD
    group.levers |= state.LETTERS
    w.members[i].letter += rules.LEAST_WORTH
    w.people[i].paid_fen += fen
    w.people[i].last_act_hours = t
    w.daily[g, d].payments += 1
    w.daily[g, d].paid_fen += fen
    log_event(w, g, t, PAID, slot, -1, fen, 0)


@part
def feed_one(me, need, gain):
    """Feed one need; return the weighted relief."""
    fed = rules.fed_hunger(me.hunger[need], gain)
    relief = me.weight[need] * (me.hunger[need] - fed)
    me.hunger[need] = fed
    return relief


@aside
def receive(w, i, point, p):
    """Let a member who looks read its letters and take what was paid; say how many letters."""
    me, person = w.members[i], w.people[i]
    many, fen = person.letters, person.paid_fen
    relief, met = 0.0, 0.0
    if fen > 0:
        relief += feed_one(me, state.BENEFIT, rules.money_gain(fen, p.needs_packet_benefit))
        me.gratitude_fen += fen
        me.mood = rules.lifted_mood(me.mood, fen, p.packets_half_fen)
    if many > 0:
        met = rules.message_worth(me.letter, 1.0, p.trust_benefit * me.trust)
        before = me.exposure[state.CONTENT]
        fresh = met * rules.novelty(before, w.half[point, state.CONTENT])
        me.exposure[state.CONTENT] = before + met
        for need in FED_BY_LETTERS:
            relief += feed_one(me, need, fresh * w.feeding[point, state.CONTENT, need])
        me.fatigue += rules.fatigue_added(many, 0, 0.0, p.reading_fatigue_per_message, 1.0, 0.0)
        earned = rules.earned_worth(met, many, p.trust_expected_worth, 0.0, 0.0)
        me.trust = rules.moved(me.trust, p.trust_gain, earned)
        cost = rules.look_cost(many, 0.0, 0.0, p.needs_message_cost, 1.0, 0.0)
        me.verdict = rules.next_verdict(me.verdict, many, relief, cost, p.needs_verdict_messages)
        me.judged = 1
    weight = rules.habit_weight(p.habit_gain, p.habit_team_gain, met, met)
    gain = weight * p.needs_regrow_days / p.habit_days * me.habit_pace
    me.habit = rules.next_habit(me.habit, 1.0, gain, relief)
    me.letter = 0.0
    person.letters = person.paid_fen = 0
    return many


@aside
def letter_unmutes(w, g, d, t, slot, sent):
    """Let a muted member who has read a letter unmute, perhaps; `sent`: the address before."""
    group = w.groups[g]
    p, me = w.params[group.point], w.members[group.first_slot + slot]
    _, author, count, cause, block = sent
    u, _, _, _ = uniforms(group.key, slot, author, count, cause, block + 1)
    if u < rules.letter_unmute_probability(p.acts_unmute_probability, me.verdict):
        me.muted = 0
        group.hearing += 1
        count_audience(group, p)
        w.daily[g, d].unmutes += 1
        log_event(w, g, t, UNMUTE, slot, -1, 0, 0)
