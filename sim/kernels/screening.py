"""What is kept out of the talk: spam, removal, what a reader's own filter hides."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside
from sim.draws import SCREENED, TRAIT, uniforms
from sim.kernels.layout import IN_RING


@aside
def count_hidden(w, g, i, p, count):
    """Count the messages, and the ads among them, that a filter hid of the newest ones."""
    last, news, interest = w.groups[g].total - 1, w.news[g], w.members[i].interest
    hidden, ads = 0, 0
    for back in range(count):
        place = (last - back) & IN_RING
        match = rules.topic_match(interest, news.topic[place])
        if rules.is_hidden(match, p.screen_least_match) and news.voice[place] < state.TEAM_VOICE:
            hidden += 1
            ads += news.voice[place] == state.AD
    return hidden, ads


@aside
def is_spam(w, g, slot, p, u):
    """Say whether an opener of a member is an ad: only a spammer's may be."""
    _, _, u_spammer, _ = uniforms(w.groups[g].key, slot, 0, 0, TRAIT, 4)
    shown = w.groups[g].rules_shown
    share = rules.spam_share(p.screen_spam_probability, shown, p.screen_rules_spam_share)
    return u_spammer < p.screen_spammers and u < share


@aside
def removed(w, g, d, i, slot, p, kind):
    """Let the team remove a member's opener before anybody reads it, perhaps; say whether."""
    group, me = w.groups[g], w.members[i]
    u, _, _, _ = uniforms(group.key, slot, slot + 1, me.messages, SCREENED, 0)
    match = rules.topic_match(me.interest, rules.middle_topic(p.group_topic_breadth))
    is_ad = 1 if kind == state.AD else 0
    if not rules.is_removed(u, group.removal_share, is_ad, match, p.screen_distance):
        return False
    me.messages += 1
    w.daily[g, d].removed_messages += 1
    return True
