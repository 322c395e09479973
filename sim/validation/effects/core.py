"""The core member's exit: groups whose top poster fell silent, and groups that lose theirs."""

from __future__ import annotations

import numpy as np

from sim.intervening import group_of, remove_members
from sim.scenario import Scenario
from sim.state import Array
from sim.validation.effects.effect import Effect, block_of, estimated, summed
from sim.validation.windows import Floats

DAY, AFTER_DAYS = 7, 14
FEWEST_MESSAGES = 3
"""Of the top poster by the day, for the group to have one."""


def core_effect(scenarios: list[Scenario], groups: int, seed: int) -> Effect:
    """Compare groups whose top poster fell silent with the others, and remove every top poster.

    Counts what the other members write in the 14 days after day 7.
    """
    alone = block_of(scenarios, groups, DAY + AFTER_DAYS, seed)
    alone.advance(24 * DAY)
    before = alone.arrays["posts"].copy()
    group = group_of(alone, np.arange(len(before)))
    top = top_posters(before, group, groups)
    has_one = before[top] >= FEWEST_MESSAGES
    changed = block_of(scenarios, groups, DAY + AFTER_DAYS, seed)
    changed.advance(24 * DAY)
    remove_members(changed, top[has_one])
    alone.advance()
    changed.advance()
    after = alone.arrays["posts"] - before
    fell_silent = has_one & (after[top] == 0)
    talked_on = has_one & (after[top] > 0)
    others = np.ones(len(before), dtype=bool)
    others[top] = False
    early, late, without = (
        summed(posts * others, group, groups)
        for posts in (before, after, changed.arrays["posts"] - before)
    )
    return Effect(
        "core member's exit",
        "others' messages, after over before: groups whose top poster fell silent over the rest, "
        "less 1",
        "others' messages when the top poster is removed over those without, less 1",
        estimated(lambda w: _ratio_of_ratios(w, early, late, fell_silent, talked_on), groups, seed),
        estimated(lambda w: w @ (without * has_one) / (w @ (late * has_one)) - 1.0, groups, seed),
        "",
        "",
        f"{fell_silent.sum()} and {talked_on.sum()} groups; {has_one.sum()} lost theirs",
    )


def top_posters(posts: Array, group: Array, groups: int) -> Array:
    """Return the slot of each group's top poster, of equals the first: array [group]."""
    order = np.lexsort((np.arange(len(posts)), -posts, group))
    return np.asarray(order[np.searchsorted(group[order], np.arange(groups))])


def _ratio_of_ratios(
    weights: Floats, early: Floats, late: Floats, first: Array, second: Array
) -> Floats:
    ratios = [weights @ (late * one) / (weights @ (early * one)) for one in (first, second)]
    return np.asarray(ratios[0] / ratios[1] - 1.0)
