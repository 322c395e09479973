"""Observed correlation beside intervention effect, of the same simulated groups and random seeds.

Three questions, each both ways: what a log would show, and what the intervention does. The reply:
newcomers with and without company, and the lonely ones given an answer. The core member's exit:
groups whose top poster fell silent, and groups that lose theirs. The loss of half the audience:
what size goes with, and what losing members does to the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.validation.intervening import group_of, have_answered, remove_members
from sim.ensemble import Ensemble, Place, log_rows
from sim.scenario import Scenario
from sim.state import Array
from sim.validation.rooms import Floats, resampled
from sim.validation.targets import shipped_targets

RESAMPLES = 500
LOW, HIGH = 2.5, 97.5

DAYS, ADMITTED_DAYS = 75.0, 44.0
"""Days simulated, and the last day on which a newcomer can be followed for 30 more."""

SOON_HOURS, RETURN_HOURS = 24.0, 720.0
ROWS = ("newcomer return | other posted within 24h", "newcomer return | nobody posted within 24h")
REMOVAL_DAY, AFTER_DAYS = 7, 14
FEWEST_MESSAGES = 3
"""Of the top poster by the day, for the group to have one."""

FEWEST_MEMBERS = 4
FIELD = "-43 % (Zhang & Zhu 2011, Wikipedia, A)"


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval over resamples of groups; NaN where nothing shows it."""

    value: float
    low: float
    high: float

    def apart_from(self, other: Interval) -> bool:
        """Say whether two intervals do not touch."""
        return bool(self.high < other.low or self.low > other.high)


@dataclass(frozen=True)
class Effect:
    """A question, what logs show of it and what the intervention does."""

    name: str
    observed_measure: str  # what either number is
    intervention_measure: str
    observed: Interval  # a correlation among groups, or members, left alone
    intervention: Interval  # the same with and without the change, on the same seeds
    logs: str  # what public logs show of the observed; empty where they do not
    field: str  # what a field experiment found; empty where there is none
    cases: str  # how many groups or members stand behind either number

    @property
    def says(self) -> str:
        """What setting the two beside each other shows."""
        if np.isnan(self.observed.value) or np.isnan(self.intervention.value):
            return "not shown by these groups"
        if not self.observed.apart_from(self.intervention):
            return "no clear difference"
        if self.observed.value * self.intervention.value <= 0:
            return "the correlation has another sign than the effect"
        larger = abs(self.observed.value) > abs(self.intervention.value)
        return f"the correlation {'overstates' if larger else 'understates'} the effect"


def estimated(value: Callable[[Floats], Floats], groups: int, seed: int) -> Interval:
    """Return a number, from weights [resample, group], with its interval over resamples."""
    with np.errstate(divide="ignore", invalid="ignore"):
        once = float(value(np.ones((1, groups)))[0])
        draws = value(resampled(np.ones(groups, dtype=bool), seed, RESAMPLES))
    known = draws[np.isfinite(draws)]
    if not np.isfinite(once) or len(known) < RESAMPLES / 2:
        return Interval(np.nan, np.nan, np.nan)
    low, high = np.percentile(known, [LOW, HIGH])
    return Interval(once, float(low), float(high))


def block_of(scenarios: Sequence[Scenario], groups: int, days: float, seed: int) -> Ensemble:
    """Lay groups out in equal parts of the scenarios (their own days unused), ready to be played.

    Replication r has the same seeds in every block of this seed.
    """
    lasting = [one.with_values({"run.days": days}) for one in scenarios]
    return Ensemble(
        [
            Place(number, one, replication, seed)
            for number, one in enumerate(lasting)
            for replication in range(number, groups, len(lasting))
        ]
    )


def _summed(values: Floats, group: Floats, groups: int) -> Floats:
    """Sum values over each group."""
    return np.bincount(group, values, groups).astype(np.float64)


# --- the reply ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Newcomers:
    """First messages of members [newcomer] in groups, the group's own first one left out."""

    slot: Array
    group: Array
    first_hours: Floats
    followed: Array  # somebody else wrote within 24 h; own next message after 24 h to 30 days
    returned: Array


def newcomers_of(group: Array, slot: Array, hours: Floats) -> Newcomers:
    """Find the newcomers in messages sorted by group and time."""
    order = np.lexsort((np.arange(len(slot)), slot))
    first = np.sort(order[np.diff(slot[order], prepend=-1) != 0])
    opening = np.diff(group, prepend=-1) != 0
    first = first[~opening[first] & (hours[first] < 24.0 * ADMITTED_DAYS)]
    returned = _any_between(slot, hours, slot[first], hours[first])
    last = np.append(np.flatnonzero(opening)[1:], len(group))
    ends = last[np.cumsum(opening) - 1]  # the row after the group's last

    def is_followed(at: int) -> bool:
        soon = np.searchsorted(hours[at : ends[at]], hours[at] + SOON_HOURS, "right")
        return bool((slot[at + 1 : at + int(soon)] != slot[at]).any())

    followed = np.array([is_followed(at) for at in first.tolist()], dtype=bool)
    return Newcomers(slot[first], group[first], hours[first], followed, returned)


def reply_effect(scenarios: list[Scenario], groups: int, seed: int) -> Effect:
    """Compare newcomers with and without company, and the lonely ones with and without an answer.

    The team answers, at the next whole hour, each group's first newcomer left alone for 24 hours.
    """

    def messages(play: Callable[[Ensemble], None]) -> tuple[Array, Array, Floats]:
        return _messages(_logged(block_of(scenarios, groups, DAYS, seed), play))

    everyone = newcomers_of(*messages(Ensemble.advance))
    lonely = np.flatnonzero(~everyone.followed)
    _, at = np.unique(everyone.group[lonely], return_index=True)
    treated = lonely[at]
    slots, since = everyone.slot[treated], everyone.first_hours[treated]
    hours = np.ceil(since).astype(np.int64)
    _, slot, at_hours = messages(lambda block: _play_answering(block, slots, hours))
    returns = _any_between(slot, at_hours, slots, since)
    gain = returns.astype(np.float64) - everyone.returned[treated]
    a, of_a, b, of_b = (
        _summed(one.astype(np.float64), everyone.group, groups)
        for chosen in (everyone.followed, ~everyone.followed)
        for one in (everyone.returned & chosen, chosen)
    )
    gained = _summed(gain, everyone.group[treated], groups)
    there = _summed(np.ones(len(treated)), everyone.group[treated], groups)
    return Effect(
        "reply",
        "return of newcomers after whom somebody wrote within 24 h, less that of the others",
        "return of the others when the team answers them, less without",
        estimated(lambda w: np.asarray(w @ a / (w @ of_a) - w @ b / (w @ of_b)), groups, seed),
        estimated(lambda w: w @ gained / (w @ there), groups, seed),
        _in_logs(),
        "",
        f"{len(everyone.slot)} newcomers; {len(treated)} of them answered",
    )


def _logged(block: Ensemble, play: Callable[[Ensemble], None]) -> Ensemble:
    """Play a block twice, the second time with its log: the first one counts the rows."""
    play(block)
    logged = Ensemble(block.places, log_rows(block.trace().daily))
    play(logged)
    return logged


def _play_answering(block: Ensemble, slots: Array, hours: Array) -> None:
    """Play a block to its end and have these members answered at these hours."""
    for hour in np.unique(hours):
        block.advance(int(hour))
        have_answered(block, slots[hours == hour])
    block.advance()


def _messages(block: Ensemble) -> tuple[Array, Array, Floats]:
    """Return group, slot in the block and hour of every member's message, by group and time."""
    messages, _ = block.logs()
    own = messages[messages["member"] >= 0]
    own = own[np.lexsort((own["time_hours"], own["group"]))]
    first = block.arrays["groups"]["first_slot"]
    return own["group"], first[own["group"]] + own["member"], own["time_hours"]


def _any_between(slot: Array, hours: Floats, who: Array, since: Floats) -> Array:
    """Say whether members wrote more than 24 hours and at most 30 days after a time."""
    order = np.lexsort((hours, slot))
    wide = 2.0 * 24.0 * DAYS + RETURN_HOURS
    keys = slot[order] * wide + hours[order]
    after = np.searchsorted(keys, who * wide + since + SOON_HOURS, "right")
    until = np.searchsorted(keys, who * wide + since + RETURN_HOURS, "right")
    return np.asarray(until > after)


def _in_logs() -> str:
    known = shipped_targets("fcc_gitter").set_index("pattern")
    (a, b), (x, y) = (known.loc[row, ["value", "error"]] for row in ROWS)
    return f"{a - x:+.2f} (error {np.hypot(b, y):.2f}, learner rooms)"


# --- members removed ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Removal:
    """Groups played alike to day 7, then for 14 days with and without some members: [slot]."""

    group: Array
    present: Array  # on day 7
    before: Array  # messages until day 7
    after: Array  # messages of the 14 days, nobody removed
    without: Array  # the same where members were removed


def removal(
    scenarios: list[Scenario], groups: int, seed: int, gone: Callable[[Array, Array, Array], Array]
) -> Removal:
    """Play groups twice; `gone` takes group, present, before [slot] and gives slots to remove."""
    alone, changed = (block_of(scenarios, groups, REMOVAL_DAY + AFTER_DAYS, seed) for _ in range(2))
    alone.advance(24 * REMOVAL_DAY)
    before = alone.arrays["posts"].copy()
    group = group_of(alone, np.arange(len(before)))
    present = alone.arrays["members"]["present"] == 1
    changed.advance(24 * REMOVAL_DAY)
    remove_members(changed, gone(group, present, before))
    alone.advance()
    changed.advance()
    after, without = (block.arrays["posts"] - before for block in (alone, changed))
    return Removal(group, present, before, after, without)


def core_effect(scenarios: list[Scenario], groups: int, seed: int) -> Effect:
    """Compare groups whose top poster fell silent with the others, and remove every top poster.

    Counts what the other members write in the 14 days after day 7.
    """

    def gone(group: Array, _: Array, before: Array) -> Array:
        top = top_posters(before, group, groups)
        return top[before[top] >= FEWEST_MESSAGES]

    found = removal(scenarios, groups, seed, gone)
    top = top_posters(found.before, found.group, groups)
    has_one = found.before[top] >= FEWEST_MESSAGES
    fell_silent = has_one & (found.after[top] == 0)
    talked_on = has_one & (found.after[top] > 0)
    others = np.ones(len(found.before), dtype=bool)
    others[top] = False
    early, late, without = (
        _summed(posts * others, found.group, groups)
        for posts in (found.before, found.after, found.without)
    )

    def ratio_of_ratios(weights: Floats) -> Floats:
        silent, on = (
            weights @ (late * one) / (weights @ (early * one)) for one in (fell_silent, talked_on)
        )
        return np.asarray(silent / on - 1.0)

    return Effect(
        "core member's exit",
        "others' messages, after over before: groups whose top poster fell silent over the rest, "
        "less 1",
        "others' messages when the top poster is removed over those without, less 1",
        estimated(ratio_of_ratios, groups, seed),
        estimated(lambda w: w @ (without * has_one) / (w @ (late * has_one)) - 1.0, groups, seed),
        "",
        "",
        f"{fell_silent.sum()} and {talked_on.sum()} groups; {has_one.sum()} lost theirs",
    )


def top_posters(posts: Array, group: Array, groups: int) -> Array:
    """Return the slot of each group's top poster, of equals the first: array [group]."""
    order = np.lexsort((np.arange(len(posts)), -posts, group))
    return np.asarray(order[np.searchsorted(group[order], np.arange(groups))])


def audience_effect(scenarios: list[Scenario], groups: int, seed: int) -> Effect:
    """Compare large groups with small ones, and remove half the members of every group.

    Counts what each present member (or of the half that stays) writes in the 14 days after day 7.
    """

    def lost(group: Array, present: Array) -> Array:
        enough = _summed(present, group, groups) >= FEWEST_MEMBERS
        return half_of(present & enough[group], group, seed)

    found = removal(scenarios, groups, seed, lambda g, here, _: np.flatnonzero(lost(g, here)))
    group, present = found.group, found.present
    size = _summed(present, group, groups)
    enough = size >= FEWEST_MEMBERS
    untouched = present & ~lost(group, present) & enough[group]
    written = _summed(found.after * present, group, groups)
    with_half, with_all = (
        _summed(posts * untouched, group, groups) for posts in (found.without, found.after)
    )
    median = np.median(size[enough]) if enough.any() else 0
    large = size > median if enough.any() else enough
    return Effect(
        "loss of half the audience",
        "messages a member in the smaller half of groups over the larger half, a halving of size, "
        "less 1",
        "messages of the half that stays when the other half is removed over those without, less 1",
        estimated(lambda w: halving(w * enough, size, written, large), groups, seed),
        estimated(lambda w: w @ with_half / (w @ with_all) - 1.0, groups, seed),
        "",
        FIELD,
        f"{enough.sum()} groups of {FEWEST_MEMBERS} members or more, median {median:.0f}",
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
