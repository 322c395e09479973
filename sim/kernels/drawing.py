"""Members drawn before the first hour, joined or not."""

from __future__ import annotations

import numpy as np

from sim import rules
from sim.compiling import kernel
from sim.draws import FIRST
from sim.kernels.speaking import count_audience
from sim.members import first_uniforms, member_traits, need_factors
from sim.ties import SLOTS


@kernel
def draw_members(groups, members, budget, reaction, shift, params, first, last):
    """Draw the traits of every slot of groups `first` to `last`, joined or not."""
    for g in range(first, last):
        group = groups[g]
        p = params[group.point]
        count_audience(group, p)
        means = (
            p.needs_information_weight,
            p.needs_belonging_weight,
            p.needs_enjoyment_weight,
            p.needs_benefit_weight,
            p.needs_recognition_weight,
        )
        for slot in range(group.slots):
            i = group.first_slot + slot
            me = members[i]
            rate, propensity, shifted, interest, tolerance, appetite, habit = member_traits(
                group.key,
                slot,
                p.look_rate_sigma,
                p.speak_propensity_sigma,
                p.rhythm_shift_sigma_hours,
                p.habit_interest_power,
            )
            me.base_rate = p.look_rate_per_day / 24.0 * rate
            me.propensity = p.speak_propensity * propensity
            me.interest = p.group_topic_breadth * interest
            me.ad_tolerance = tolerance
            me.appetite = appetite
            me.habit = habit
            me.trust = p.trust_initial
            me.look_day = -1
            me.post_day = -1
            me.addressed = -1
            me.planned_hours = np.inf
            for tie in range(SLOTS):
                me.tie_to[tie] = -1
            shift[i] = shifted + 3
            factors = need_factors(group.key, slot, p.needs_weight_sigma)
            total = 0.0
            for n in range(5):
                me.weight[n] = means[n] * factors[n]
                total += me.weight[n]
            for n in range(5):
                me.weight[n] /= total
                me.hunger[n] = 1.0
            u_first, u_budget = first_uniforms(group.key, slot)
            budget[i] = rules.budget(u_budget)
            if slot < p.group_size:
                me.present = 1
                reaction[i] = rules.delay_hours(u_first, 60.0 * p.look_first_hours)
                me.cause = FIRST
