"""The loss of half the audience: what size goes with, and what losing members does to the rest."""

from __future__ import annotations

import numpy as np

from sim.intervening import group_of, remove_members
from sim.scenario import Scenario
from sim.state import Array
from sim.validation.effects.effect import Effect, block_of, estimated, summed
from sim.validation.windows import Floats

DAY, AFTER_DAYS = 7, 14
FEWEST_MEMBERS = 4
FIELD = "-43 % (Zhang & Zhu 2011, Wikipedia, A)"


def audience_effect(scenarios: list[Scenario], groups: int, seed: int) -> Effect:
    """Compare large groups with small ones, and remove half the members of every group.

    Counts what each present member (or of the half that stays) writes in the 14 days after day 7.
    """
    alone = block_of(scenarios, groups, DAY + AFTER_DAYS, seed)
    alone.advance(24 * DAY)
    before = alone.arrays["posts"].copy()
    group = group_of(alone, np.arange(len(before)))
    present = alone.arrays["members"]["present"] == 1
    size = summed(present, group, groups)
    enough = size >= FEWEST_MEMBERS
    gone = half_of(present & enough[group], group, seed)
    changed = block_of(scenarios, groups, DAY + AFTER_DAYS, seed)
    changed.advance(24 * DAY)
    remove_members(changed, np.flatnonzero(gone))
    alone.advance()
    changed.advance()
    after = alone.arrays["posts"] - before
    written = summed(after * present, group, groups)
    untouched = present & ~gone & enough[group]
    with_half, with_all = (
        summed(posts * untouched, group, groups)
        for posts in (changed.arrays["posts"] - before, after)
    )
    large = size > np.median(size[enough]) if enough.any() else enough
    return Effect(
        "loss of half the audience",
        "messages a member in the smaller half of groups over the larger half, a halving of size, "
        "less 1",
        "messages of the half that stays when the other half is removed over those without, less 1",
        estimated(lambda w: halving(w * enough, size, written, large), groups, seed),
        estimated(lambda w: w @ with_half / (w @ with_all) - 1.0, groups, seed),
        "",
        FIELD,
        f"{enough.sum()} groups of {FEWEST_MEMBERS} members or more, median "
        f"{np.median(size[enough]) if enough.any() else 0:.0f}",
    )


def half_of(chosen: Array, group: Array, seed: int) -> Array:
    """Choose half of the chosen members of each group by lot, the smaller half of an odd number."""
    slots = np.flatnonzero(chosen)
    lot = np.random.default_rng([seed, 0x4A1F]).random(len(slots))
    order = np.lexsort((lot, group[slots]))
    of = group[slots][order]
    first = np.searchsorted(of, of)
    number = np.bincount(of, minlength=int(group.max(initial=0)) + 1)
    taken = np.arange(len(of)) - first < number[of] // 2
    found = np.zeros(len(chosen), dtype=bool)
    found[slots[order[taken]]] = True
    return found


def halving(weights: Floats, size: Floats, written: Floats, large: Array) -> Floats:
    """Return what one halving of size goes with, from the larger and smaller groups: [resample].

    Messages a member of the smaller over the larger, per doubling of mean size, less 1.
    """
    sides = [weights * large, weights * ~large]
    members = [side @ size for side in sides]
    a_head = [side @ written / many for side, many in zip(sides, members, strict=True)]
    means = [many / side.sum(axis=1) for side, many in zip(sides, members, strict=True)]
    doublings = np.log2(means[0] / means[1])
    return np.asarray((a_head[1] / a_head[0]) ** (1.0 / doublings) - 1.0)
