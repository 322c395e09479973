"""What a look leads to: a message, a packet, muting, leaving, staying."""

from __future__ import annotations

import numpy as np

from sim import rules, state
from sim.compiling import aside, part
from sim.draws import STAYED, TURN, uniforms
from sim.kernels.layout import IN_RING
from sim.kernels.messages import log_event, react, say, set_off
from sim.kernels.packets import send_packet
from sim.kernels.reading import grow_tie
from sim.kernels.screening import is_spam, removed
from sim.trace import LEAVE, MUTE, UNMUTE

OPENERS = np.array(state.OPENERS)


@aside
def count_audience(group, p):
    """Follow who is present and who hears: the audience's benefit and loafing."""
    group.audience = rules.audience_factor(group.hearing, p.speak_audience)
    group.loafing = rules.loafing_factor(group.present, p.speak_loafing, p.speak_identifiability)


@part
def loafing_of(group, me, p):
    """Return the factor of social loafing: half as strong for whoever has a role."""
    if me.role & state.HONOURED:
        loafing = rules.duty_loafing(p.speak_loafing)
        return rules.loafing_factor(group.present, loafing, p.speak_identifiability)
    return group.loafing


@part
def drives(w, g, i, slot, t, p, familiarity, first, target, ratio, unread):
    """Return the drives to open and to answer at this look."""
    group, me = w.groups[g], w.members[i]
    push = rules.social_push(
        me.weight[state.BELONGING],
        me.hunger[state.BELONGING],
        me.weight[state.RECOGNITION],
        me.hunger[state.RECOGNITION],
    )
    own = me.propensity * rules.company_factor(familiarity, p.speak_stranger_share)
    own *= rules.when_tired(loafing_of(group, me, p), me.fatigue, p.speak_fatigue_weight)
    own *= rules.mood_factor(
        me.mood, me.expectation, familiarity, p.packets_lift, p.packets_crowding, p.packets_dip
    )
    if first and group.rules_shown:
        own *= p.screen_rules_ratio
    opening = rules.open_drive(own, push, p.speak_need_push, group.audience)
    newest_hours = t  # since creation
    if group.total > 0:
        newest = w.ring[g, (group.total - 1) & IN_RING]
        newest_hours = t - newest.time_hours
        if newest.author == slot:
            opening *= p.speak_unanswered_share
    opening *= rules.silence_factor(
        t - group.last_message_hours,
        newest_hours,
        p.speak_team_quiet,
        p.speak_quiet_share,
        p.speak_quiet_days,
    )
    if first:
        opening *= p.speak_first_ratio
    if me.want == state.PROBLEM:
        opening += rules.ask_drive(p.wants_ask_drive, me.trust)
    answering = 0.0
    if target >= 0:
        m = w.ring[g, target & IN_RING]
        if m.reply_to == slot:
            own *= rules.evening_factor(me.propensity, p.speak_propensity, p.speak_evenness)
        elif m.author == state.TEAM_AUTHOR:
            news = w.news[g]
            match = rules.topic_match(me.interest, news.topic[target & IN_RING])
            quality = news.quality[target & IN_RING]
            own = rules.team_drive(own, p.speak_team_ratio, quality, match, me.trust)
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
def speak(
    w, g, d, t, i, slot, p, familiarity, first, target, ratio, unread,
    u, said, won, packet, hour_end,
):  # fmt: skip
    """Let a member write on, open talk, answer message `target`, thank for what it `won` of a
    `packet` (the message's number), or keep silent.
    """
    group, me = w.groups[g], w.members[i]
    if me.turn:
        write_on(w, g, d, t, i, slot, p, target, said, hour_end)
        return
    most = p.speak_first_probability_max if first else p.speak_probability_max
    if target >= 0 and w.ring[g, target & IN_RING].reply_to == slot:
        most = p.speak_called_probability_max
    if u >= most or group.hushed:  # no drive is strong enough: not worth finding out
        return
    opening, answering = drives(w, g, i, slot, t, p, familiarity, first, target, ratio, unread)
    drive, thanking = opening + answering, 0.0
    if packet >= 0 and drive > 0.0:
        own = rules.when_tired(me.propensity, me.fatigue, p.speak_fatigue_weight)
        thanking = rules.thanks_drive(own, won, p.packets_half_fen, p.packets_thanks_ratio)
    drive += thanking
    duty = 0.0
    if me.role & state.HOST and drive > 0.0:
        duty = rules.duty_drive(me.propensity, p.roles_duty, me.hunger[state.RECOGNITION])
        drive += duty
    if drive > 0.0 and u < rules.speak_probability(drive, most):
        u_choice, u_quality, u_spam, _ = uniforms(group.key, *said)
        quality = 0.5 + u_quality
        call = u / rules.speak_probability(drive, most)
        topic = me.interest
        if u_choice * drive < answering + thanking:
            target = target if u_choice * drive < answering else packet
            kind, topic = answer_to(w, g, i, p, target)
        else:
            target, kind = -1, state.ACTIVITY
            if u_choice * drive >= answering + thanking + duty:
                u_kind = (u_choice * drive - answering - thanking - duty) / opening
                kind = OPENERS[
                    rules.opener(
                        u_kind,
                        p.speak_question_share,
                        me.hunger[state.INFORMATION],
                        first,
                        p.speak_content_share,
                    )
                ]
                kind = aimed_kind(w, g, i, slot, p, kind, u_spam)
            if group.removal_share > 0.0 and removed(w, g, d, i, slot, p, kind):
                return
            if kind == state.QUESTION and me.want == state.PROBLEM:
                me.want = state.ASKED
        say(w, g, d, t, slot, kind, quality, topic, target, True, hour_end)
        set_off(w, g, t, slot, call, hour_end)
        end_or_go_on(w, g, t, i, slot, p, target, hour_end)


@part
def aimed_kind(w, g, i, slot, p, kind, u_spam):
    """Let an opener be what it is for: a question about a problem, an ad of a spammer's."""
    if w.members[i].want == state.PROBLEM:
        return state.QUESTION
    if p.screen_spammers > 0.0 and is_spam(w, g, slot, p, u_spam):
        return state.AD
    return kind


@aside
def lapse(me, p):
    """Let a member to whom the group no longer pays give its roles up."""
    if rules.gives_up(me.verdict, p.roles_quit_verdict):
        me.role &= state.PROBATION


@part
def answer_to(w, g, i, p, target):
    """Tie a member to whom it answers; return the kind and topic of the answer."""
    m = w.ring[g, target & IN_RING]
    if m.author >= 0:
        grow_tie(w, i, m.author, p.ties_growth, int(p.ties_kept))
    kind = state.ANSWER if m.kind == state.QUESTION else state.CHAT
    return kind, w.news[g].topic[target & IN_RING]


@aside
def write_on(w, g, d, t, i, slot, p, target, said, hour_end):
    """Let a member go on writing: to what it has just read, else to what its turn answers."""
    group, me = w.groups[g], w.members[i]
    if group.hushed:
        me.turn = 0
        return
    _, u_quality, _, _ = uniforms(group.key, *said)
    if target < 0 and group.total - me.turn_target < state.RING:
        target = me.turn_target
    kind, topic = state.CHAT, me.interest
    if target >= 0 and w.ring[g, target & IN_RING].author != slot:
        kind, topic = answer_to(w, g, i, p, target)
    else:
        target = -1
    say(w, g, d, t, slot, kind, 0.5 + u_quality, topic, target, False, hour_end)
    end_or_go_on(w, g, t, i, slot, p, target, hour_end)


@part
def end_or_go_on(w, g, t, i, slot, p, target, hour_end):
    """Let a member who has just written plan to write on, or end its turn."""
    group, me = w.groups[g], w.members[i]
    me.seen = group.total
    me.turn = 0
    if p.speak_more_probability <= 0.0:
        return
    count = me.messages - 1
    u, wait, _, _ = uniforms(group.key, slot, slot + 1, count, TURN, 255)
    if u < rules.more_probability(
        p.speak_more_probability, p.speak_more_newcomer_share, count, p.speak_more_half_messages
    ):
        me.turn, me.turn_target = 1, target
        react(w, g, slot, t, wait, p.speak_more_minutes, TURN, slot, count, 0, hour_end)


@part
def give_back(w, g, d, t, i, slot, p, familiarity, sent, hour_end):
    """Let a member who was given money send a packet."""
    me = w.members[i]
    if me.gratitude_fen <= 0.0:
        return
    sending = rules.send_probability(
        me.gratitude_fen,
        p.packets_return_ratio,
        p.packets_member_fen,
        familiarity,
        p.packets_stranger_share,
    )
    me.gratitude_fen = 0.0
    u, _, _, _ = uniforms(w.groups[g].key, *sent)
    fen = int(p.packets_member_fen)
    shares = min(fen, int(p.packets_member_shares))
    if u < sending and send_packet(w, g, d, t, slot, fen, shares, 1, hour_end):
        me.seen = w.groups[g].total


@aside
def part_with(w, g, t, i):
    """Follow that a member is no longer present; with the last one the group ends."""
    group, me = w.groups[g], w.members[i]
    me.present = 0
    group.present -= 1
    if not me.muted:
        group.hearing -= 1
    count_audience(group, w.params[group.point])
    w.reaction[i] = np.inf
    if group.present == 0:
        group.over = 1
        w.life[g].ended_hours = t


@part
def exit_or_mute(w, g, d, t, i, slot, p, u, familiarity, untolerated):
    """Let a member leave, mute or unmute at the end of a look."""
    group, me = w.groups[g], w.members[i]
    leaving = rules.leave_probability(
        p.leaving_leave_probability,
        me.fatigue,
        p.leaving_ad_weight,
        untolerated,
        me.habit,
        familiarity,
        me.verdict,
        p.leaving_verdict_weight,
    )
    if u < leaving:
        group.left += 1
        w.daily[g, d].leaves += 1
        log_event(w, g, t, LEAVE, slot, -1, 0, 0)
        part_with(w, g, t, i)
        return
    if me.muted:
        if u < leaving + rules.unmute_probability(p.leaving_unmute_probability, me.fatigue):
            me.muted = 0
            group.hearing += 1
            count_audience(group, p)
            w.daily[g, d].unmutes += 1
            log_event(w, g, t, UNMUTE, slot, -1, 0, 0)
        return
    muting = rules.mute_probability(
        p.leaving_mute_probability, me.fatigue, p.leaving_ad_weight, untolerated, me.habit
    )
    if u < leaving + muting:
        me.muted = 1
        group.hearing -= 1
        count_audience(group, p)
        w.daily[g, d].mutes += 1
        log_event(w, g, t, MUTE, slot, -1, 0, 0)


@part
def stay(w, g, t, slot, i, p, u, hour_end):
    """Let a member at live talk look again soon, a few times a message at most."""
    group, me = w.groups[g], w.members[i]
    if group.total == 0 or not me.present:
        return
    newest = w.ring[g, (group.total - 1) & IN_RING]
    stays = me.stays if me.stayed_for == group.total else 0
    live = rules.is_live(t - newest.time_hours, p.reaction_live_minutes)
    if live & (stays < state.STAYS_MOST) & (u < p.reaction_stay_probability):
        me.stayed_for = group.total
        wait, minutes = u / p.reaction_stay_probability, p.reaction_stay_minutes
        author, count = max(newest.author, state.TEAM_AUTHOR), newest.count
        react(w, g, slot, t, wait, minutes, STAYED, author, count, stays, hour_end)
        me.stays = stays + 1
