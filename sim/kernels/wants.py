"""What members want now and then, what comes of it, and how far they have come."""

from __future__ import annotations

from sim import rules, state
from sim.compiling import aside
from sim.draws import WANT, uniforms


@aside
def want(w, g, d, t, i, place, hours):
    """Let a member come to want something since the last look, `hours` ago; `place` addresses it:
    slot, author, count and block.
    """
    group, me = w.groups[g], w.members[i]
    p = w.params[group.point]
    slot, author, count, block = place
    u, _, _, _ = uniforms(group.key, slot, author, count, WANT, block)
    me.want = rules.want_arises(
        u, hours, p.wants_problems_per_month, p.wants_purchases_per_month, p.wants_ideas_per_month
    )
    me.want_hours = t
    if me.want == state.PROBLEM:
        w.daily[g, d].problems += 1


@aside
def follow(w, g, d, t, i, p, read_count, replies):
    """Let a want go on: a solution read helps, an answer solves a problem, time ends all."""
    group, me = w.groups[g], w.members[i]
    is_problem = me.want == state.PROBLEM or me.want == state.ASKED
    if is_problem and group.solved_to > group.total - read_count:
        gain_progress(me, p)
    if t - me.want_hours > 24.0 * p.wants_patience_days:
        if is_problem:
            me.verdict = rules.eroded(me.verdict, p.wants_verdict_step, 1.0)
        me.want = state.NO_WANT
    elif me.want == state.ASKED and replies > 0:
        me.verdict = rules.rewarded(me.verdict, p.wants_verdict_step, 1.0)
        w.daily[g, d].problems_solved += 1
        me.want = state.NO_WANT


@aside
def gain_progress(me, p):
    """Carry a member a step on; it is felt as benefit at once, and less is left to learn."""
    step = rules.felt_progress(p.progress_step, me.progress)
    if step <= 0.0:
        return
    hunger = rules.fed_hunger(me.hunger[state.BENEFIT], step)
    relief = me.weight[state.BENEFIT] * (me.hunger[state.BENEFIT] - hunger)
    me.hunger[state.BENEFIT] = hunger
    gain = p.habit_gain * p.needs_regrow_days / p.habit_days * me.habit_pace
    me.habit = rules.next_habit(me.habit, 1.0, gain, relief)
    me.verdict = rules.rewarded(me.verdict, step, 1.0)
    left = rules.weight_left(me.progress, me.progress + step)
    me.weight[state.INFORMATION] *= left
    me.weight[state.BENEFIT] *= left
    me.progress += step
