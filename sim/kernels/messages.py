"""What a message sets off: the ring, the trace, looks, the one called back, the team."""

from __future__ import annotations

import numpy as np

from sim import rules, state
from sim.compiling import aside, inlined, part
from sim.desk import LATE_HOURS, PROMPT_HOURS, queue_hours
from sim.draws import CALLED, DRAWN, RACED, REACH, TEAM, between, philox, uniforms
from sim.kernels import queue
from sim.kernels.layout import FORWARD, IN_RING
from sim.people import RECENT_DAYS
from sim.trace import delay_bin, note_answer, note_message

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
    mean *= rules.awake_share(w.factors[3], p.rhythm_reaction_share)
    if mean <= 0.0:
        return
    u, _, _, _ = uniforms(group.key, 0, author + 1, count, REACH, 0)
    block = 1
    for _ in range(rules.poisson_count(u, mean)):
        for _ in range(12):
            pick, accept, wait, _ = uniforms(group.key, 0, author + 1, count, REACH, block)
            block += 1
            slot = int(pick * (group.asked - group.vacant))
            if slot >= group.next_guest:
                slot += group.vacant
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
def draw_all(w, g, t, author, count, share, minutes, evenness, hour_end):
    """Give every hearing member a chance to be drawn in: a packet, or an @all."""
    group = w.groups[g]
    hour_share = w.params[group.point].rhythm_reaction_share
    draw_uniforms(w.accept[: group.slots], w.wait[: group.slots], group.key, author, count)
    for slot in range(group.slots):
        if w.accept[slot] >= share:  # no attention is enough: not worth finding out
            continue
        i = (group.first_slot + slot) & FORWARD
        me = w.members[i]
        awake = rules.awake_share(w.factors[w.shift[i]], hour_share)
        called = w.accept[slot] < rules.race_share(share, me.attention, evenness) * awake
        if called & (me.present > me.muted) & (slot != author):
            react(w, g, slot, t, w.wait[slot], minutes, RACED, author, count, 0, hour_end)


ADS, TALK = np.array(state.IS_AD), np.array(state.IS_TALK)
EARNS = np.isin(np.arange(len(state.KINDS)), state.EARN_TRUST)


@aside
def log_event(w, g, t, event, member, packet, fen, shares):
    """Write one row of the event log, when there is one."""
    if len(w.event_log) == 0:
        return
    row = w.event_log[w.logged[1]]
    w.logged[1] += 1
    row.group, row.time_hours, row.event = g, t, event
    row.member, row.packet, row.fen, row.shares = member, packet, fen, shares


@part
def is_open_question(m):
    """Say whether a message is a member's question that nobody has answered."""
    return (m.kind == state.QUESTION) & (m.opener == 1)


@part
def ring_in(w, g, t, author, count, kind, quality, topic, reply_to):
    """Put a message into the ring of the newest ones."""
    group = w.groups[g]
    m = w.ring[g, group.total & IN_RING]
    group.questions_open -= is_open_question(m)
    group.total += 1
    news = w.news[g]
    place = (group.total - 1) & IN_RING
    news.quality[place] = quality
    news.topic[place] = topic
    is_team = author == state.TEAM_AUTHOR
    # The team's trust stands after the slots; after that what no reader has a bonus for.
    news.speaker[place] = author if author >= 0 else group.slots - 1 - author
    news.ads_before[place] = group.ads
    news.useful_before[place] = group.team_useful
    group.ads += ADS[kind]
    group.team_useful += is_team & EARNS[kind]
    news.voice[place] = kind + state.TEAM_VOICE if is_team else kind
    if author >= 0:
        w.said[group.first_slot + author] = group.total - 1
    if reply_to >= 0:
        w.members[group.first_slot + reply_to].addressed = group.total - 1
    if TALK[kind]:
        if is_team:
            group.newest_team = group.total - 1
        else:
            group.newest_talk = group.total - 1
    m.time_hours, m.author, m.count = t, author, count
    m.kind, m.reply_to = kind, reply_to
    m.opener = m.wanted = 0


@aside
def log_message(w, g, t, author, reply_to, kind):
    """Write one row of the message log, when there is one."""
    if len(w.message_log) == 0:
        return
    row = w.message_log[w.logged[0]]
    w.logged[0] += 1
    row.group, row.time_hours = g, t
    row.member, row.reply_to, row.kind = author, reply_to, kind


@aside
def find_question(w, g):
    """Find the newest question of a member without an answer, when the newest one got its own."""
    group = w.groups[g]
    number = group.open_question
    oldest = max(0, group.total - state.RING)
    group.open_question = -1
    while number > oldest and group.open_question < 0:
        number -= 1
        m = w.ring[g, number & IN_RING]
        if is_open_question(m):
            group.open_question = number


@part
def answered(w, g, t, target):
    """Note that a message of a member got its first answer."""
    m = w.ring[g, target & IN_RING]
    if m.opener == 1:
        w.groups[g].questions_open -= is_open_question(m)
        m.opener = 2
        w.life[g].openers_answered += 1
        if target == w.groups[g].open_question:
            find_question(w, g)
    m.wanted = 0
    w.life[g].reply_delays[delay_bin(t - m.time_hours)] += 1


@aside
def team_hears(w, g, d, t, author, count, hour_end):
    """Let the team mean to answer a question, and set its next visit, in its hours."""
    group = w.groups[g]
    p = w.params[group.point]
    u, wait, u_taken, _ = uniforms(group.key, 0, author + 1, count, TEAM, 0)
    if group.unanswered or u >= p.operator_answer_probability:
        return
    w.daily[g, d].questions_meant += 1
    clock = (t + group.start_hour) % 24.0
    opening = rules.hours_to_opening(clock, p.operator_open_hour, p.operator_close_hour)
    hours, place = opening, (group.total - 1) & IN_RING
    w.promised[g, place] = 0.0
    if group.on_duty > 0:
        hours = queue_hours(group, p, t, clock, u_taken)
        if hours < 0.0:
            w.daily[g, d].questions_left += 1
            return
        w.daily[g, d].late_answers += hours > opening + LATE_HOURS
        w.promised[g, place] = t + hours
    at = t + hours
    at += rules.delay_hours(wait, p.operator_answer_minutes)
    w.ring[g, place].wanted = 1
    visit_at(w, g, at, hour_end)


@part
def visit_at(w, g, at, hour_end):
    """Let the team come by at this time, unless it does before."""
    if at < w.groups[g].team_visit_hours:
        w.groups[g].team_visit_hours = at
        if at < hour_end:
            queue.push(w, at, state.TEAM, 0)


@aside
def note_post(person, t):
    """Enter a message in what the team knows of its author."""
    person.posts += 1
    person.last_post_hours = t
    person.recent = rules.next_recent(person.recent, t - person.recent_hours, RECENT_DAYS)
    person.recent_hours = t


@part
def say(w, g, d, t, slot, kind, quality, topic, target, begins, hour_end):
    """Let a member say something; `target` is the message answered, or -1.

    `begins` is true for the first message of a turn: only it can be an opener.
    """
    group = w.groups[g]
    i = (group.first_slot + slot) & FORWARD
    me = w.members[i]
    count = me.messages
    me.messages += 1
    reply_to = w.ring[g, target & IN_RING].author if target >= 0 else -1
    logged_to = reply_to
    day = w.daily[g, d]
    if target >= 0:
        if reply_to >= 0:
            note_answer(w.life[g], t, slot, reply_to)
            day.exchanges += 1
        else:
            logged_to = -2 - w.ring[g, target & IN_RING].count
        day.replies += 1
        answered(w, g, t, target)
    ring_in(w, g, t, slot, count, kind, quality, topic, reply_to)
    if target < 0 and begins:
        w.ring[g, (group.total - 1) & IN_RING].opener = 1
        w.life[g].openers += 1
        if kind == state.QUESTION:
            group.open_question = group.total - 1
            group.questions_open += 1
    w.by_kind[g, d, kind] += 1
    if me.role & state.HOST:
        day.host_messages += 1
    if me.post_day != d:
        me.post_day = d
        day.posting_members += 1
    me.posted_weeks = note_message(w.life[g], t, me.posted_weeks, w.posts[i] > 0)
    w.posts[i] += 1
    if group.levers & state.PEOPLE_SEEN:
        note_post(w.people[i], t)
    group.member_messages += 1
    group.last_message_hours = t
    log_message(w, g, t, slot, logged_to, kind)
    if kind == state.QUESTION:
        team_hears(w, g, d, t, slot, count, hour_end)


@part
def set_off(w, g, t, slot, call, hour_end):
    """Let the message just said call its addressee back and draw others in.

    `call` is the uniform that decides whether the addressee is called back.
    """
    group = w.groups[g]
    p = w.params[group.point]
    said = w.ring[g, (group.total - 1) & IN_RING]
    to, count = said.reply_to, said.count
    heard = to >= 0 and w.members[group.first_slot + to].present == 1
    if heard and call < p.reaction_call_probability:
        wait = call / p.reaction_call_probability
        react(w, g, to, t, wait, p.reaction_call_minutes, CALLED, slot, count, 0, hour_end)
    draw_in(w, g, t, slot, count, hour_end)


@aside
def team_answers(w, g, d, t, hour_end):
    """Let the team answer every question it means to, oldest first, and that its desk has come to;
    for the others it comes again as soon as it has.
    """
    group = w.groups[g]
    group.team_visit_hours = np.inf
    next_hours = np.inf
    for number in range(max(0, group.total - state.RING), group.total):
        m = w.ring[g, number & IN_RING]
        if m.wanted and number >= group.total - state.RING:
            promised = w.promised[g, number & IN_RING]
            if promised <= t:
                kind, team = state.ANSWER, state.TEAM_AUTHOR
                team_posts(w, g, d, t, team, kind, 1.0, 0, number, -1, 0.0, hour_end)
            else:
                next_hours = min(next_hours, promised)
    visit_at(w, g, next_hours, hour_end)


@aside
def team_posts(w, g, d, t, author, kind, quality, everyone, target, reply_to, topic, hour_end):
    """Let the team post, to member `reply_to` or to nobody in particular (-1), or answer message
    `target`; `author` says as whom.
    """
    group = w.groups[g]
    p = w.params[group.point]
    count = group.team_messages
    group.team_messages += 1
    day = w.daily[g, d]
    base = quality
    if target >= 0:
        m = w.ring[g, target & IN_RING]
        reply_to, base = m.author, p.operator_quality
        topic = w.news[g].topic[target & IN_RING]
        day.operator_answers += 1
        waited = t - m.time_hours
        day.answer_wait_minutes += int(60.0 * waited + 0.5)
        day.prompt_answers += waited <= PROMPT_HOURS
        answered(w, g, t, target)
    else:
        day.operator_posts += 1
    worth = rules.faded_quality(base, t, p.operator_quality_half_life_days)
    ring_in(w, g, t, author, count, kind, worth, topic, reply_to)
    log_message(w, g, t, author, reply_to, kind)
    if reply_to >= 0 and w.members[group.first_slot + reply_to].present:
        call, wait, _, _ = uniforms(group.key, 1, 0, count, TEAM, 0)
        if call < p.reaction_call_probability:
            react(w, g, reply_to, t, wait, p.reaction_call_minutes, CALLED, -1, count, 0, hour_end)
    if everyone:
        share, minutes = p.reaction_everyone_share, p.reaction_draw_minutes
        draw_all(w, g, t, -1, count, share, minutes, 0.0, hour_end)
    else:
        draw_in(w, g, t, -1, count, hour_end)
