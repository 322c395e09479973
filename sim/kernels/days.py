"""The end of a local day: levels written down, rates that follow what has faded."""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.compiling import aside, part
from sim.members import FATIGUE, HABIT, HUNGER
from sim.ties import SLOTS
from sim.trace import SATISFIED


@part
def attention_of(me, p, habit, fatigue):
    """Return the share of a member's own look rate that this habit and fatigue leave."""
    return rules.attention(
        habit,
        p.look_habit_floor_share,
        fatigue,
        p.look_fatigue_weight,
        p.look_mute_share if me.muted else 1.0,
    )


@part
def fade_rate(w, i, p, kept_habit, kept_fatigue):
    """Let a member's rate follow what has faded; return the attention of one who hears."""
    me = w.members[i]
    if not me.looked:
        return 0.0
    me.attention = attention_of(me, p, me.habit * kept_habit, me.fatigue * kept_fatigue)
    w.rate[i] = me.base_rate * me.attention
    return 0.0 if me.muted else me.attention


@aside
def close_day(w, g, d, time_hours, goes_on):
    """Write the levels at the end of a local day; for the next one, let rates follow them."""
    group = w.groups[g]
    p = w.params[group.point]
    fading = w.fading[group.point]
    needs_met, fatigue, habit, trust, ties, attentive = 0.0, 0.0, 0.0, 0.0, 0, 0.0
    progress = 0.0
    of_present, of_joined, readers, joined, satisfied = 0.0, 0.0, 0, 0, 0
    for i in range(group.first_slot, group.first_slot + group.slots):
        me = w.members[i]
        if me.judged:
            of_joined += me.verdict
            joined += 1
            of_present += me.verdict if me.present else 0.0
            readers += me.present
            satisfied += me.present & (me.verdict > SATISFIED)
        if not me.present:
            continue
        hours = time_hours - me.last_hours
        kept_habit = rules.kept_after(hours * fading[HABIT] * me.habit_pace)
        kept_fatigue = rules.kept_after(hours * fading[FATIGUE])
        kept_hunger = rules.kept_after(hours * fading[HUNGER])
        fed = 0.0
        for n in range(5):
            fed += me.weight[n] * (1.0 - me.hunger[n])
        needs_met += fed * kept_hunger
        fatigue += me.fatigue * kept_fatigue
        habit += me.habit * kept_habit
        trust += me.trust
        progress += me.progress
        for s in range(SLOTS):
            ties += me.tie[s] > 0.1
        if goes_on:
            attentive += fade_rate(w, i, p, kept_habit, kept_fatigue)
    if goes_on:
        group.attentive = attentive
    write_day(group, w.daily[g, d], needs_met, fatigue, habit, trust, ties)
    if group.present > 0:
        w.daily[g, d].progress = progress / group.present
        w.daily[g, d].satisfied_members = satisfied
        w.daily[g, d].satisfaction = of_present / max(1, readers)
        w.daily[g, d].satisfaction_of_joined = of_joined / max(1, joined)


@part
def write_day(group, day, needs_met, fatigue, habit, trust, ties):
    """Write the day's row: means over the members present."""
    day.members = group.present
    day.muted = group.present - group.hearing
    if group.present == 0:
        return
    day.needs_met = needs_met / group.present
    day.fatigue = fatigue / group.present
    day.habit = habit / group.present
    day.trust = trust / group.present
    if group.present > 1:
        day.tie_density = ties / (group.present * (group.present - 1.0))


@aside
def finish(w, g):
    """Write the levels of a group's last local day."""
    group = w.groups[g]
    d = int(np.ceil((group.end_hours + group.start_hour) / 24.0)) - 1
    close_day(w, g, d, group.end_hours, False)
