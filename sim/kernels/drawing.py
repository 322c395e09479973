"""Members drawn before the first hour, joined or not."""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.compiling import kernel, prefetch
from sim.draws import FIRST
from sim.kernels.growth import fill_seat, gate_of
from sim.kernels.speaking import count_audience
from sim.members import (
    attempts_before,
    first_look_hours,
    first_uniforms,
    is_gated,
    member_traits,
    need_weights,
)
from sim.ties import SLOTS
from sim.trace import start_life


@kernel
def draw_members(groups, members, budget, reaction, shift, life, daily, params, rhythm, tied_to):
    """Draw the traits of every slot, joined or not, and begin the groups' lives.

    A gate chooses the first members: the first candidate for each seat who passes it.

    `tied_to`: whom each knows at creation, array [slot, 12]; all with the initial weight.
    """
    for g in range(len(groups)):
        group = groups[g]
        p = params[group.point]
        gated = is_gated(gate_of(group))
        start_life(life[g], group.end_hours, 24.0 * p.group_planned_end_days)
        for slot in range(group.slots):
            i = group.first_slot + slot
            me = members[i]
            prefetch(members, min(i + 4, len(members) - 1))
            attempt = 0
            if gated and slot < p.group_size:
                attempt = attempts_before(group.key, slot, p, gate_of(group))
            traits = member_traits(group.key, slot, p, attempt)
            me.base_rate, me.propensity, shifted, me.interest = traits[:4]
            me.ad_tolerance, me.appetite, me.habit, me.habit_pace = traits[4:]
            me.trust = p.trust_initial
            me.verdict = 0.5
            me.look_day = me.post_day = me.addressed = -1
            me.planned_hours = np.inf
            for tie in range(SLOTS):
                me.tie_to[tie] = tied_to[i, tie]
                me.tie[tie] = p.ties_initial_weight if tied_to[i, tie] >= 0 else 0.0
                me.tied += me.tie[tie]
            shift[i] = shifted + 3
            weights = need_weights(group.key, slot, p, attempt)
            for n in range(5):
                me.weight[n] = weights[n]
                me.hunger[n] = 1.0
            u_first, u_budget = first_uniforms(group.key, slot, attempt)
            budget[i] = rules.budget(u_budget)
            if slot < p.group_size and fill_seat(group, me, daily[g, 0], p, attempt):
                me.present = 1
                reaction[i] = first_look_hours(
                    u_first,
                    p.look_first_hours,
                    rhythm[group.point],
                    group.start_weekday * 24 + group.start_hour - shifted,
                    p.rhythm_reaction_share,
                )
                me.cause = FIRST
        count_audience(group, p)
        if group.present == 0:
            group.over = 1
            life[g].ended_hours = 0.0
