"""The reply effect: newcomers with and without company, and the lonely ones given an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ensemble import Ensemble
from sim.intervening import have_answered
from sim.scenario import Scenario
from sim.state import Array
from sim.validation.effects.effect import Effect, block_of, estimated, logged_block, summed
from sim.validation.targets import shipped_targets
from sim.validation.windows import Floats

DAYS, ADMITTED_DAYS = 75.0, 44.0
"""Days simulated, and the last day on which a newcomer can be followed for 30 more."""

SOON_HOURS, RETURN_HOURS = 24.0, 720.0
ROWS = ("newcomer return | other posted within 24h", "newcomer return | nobody posted within 24h")


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
    begins = np.ones(len(slot), dtype=bool)
    begins[1:] = slot[order][1:] != slot[order][:-1]
    first = np.sort(order[begins])
    opening = np.ones(len(group), dtype=bool)
    opening[1:] = group[1:] != group[:-1]
    first = first[~opening[first] & (hours[first] < 24.0 * ADMITTED_DAYS)]
    returned = _any_between(slot, hours, slot[first], hours[first])
    last = np.append(np.flatnonzero(opening)[1:], len(group))
    ends = last[np.cumsum(opening) - 1]  # the row after the group's last
    followed = np.array(
        [
            bool((slot[at + 1 : _until(hours, at, ends[at])] != slot[at]).any())
            for at in first.tolist()
        ],
        dtype=bool,
    )
    return Newcomers(slot[first], group[first], hours[first], followed, returned)


def reply_effect(scenarios: list[Scenario], groups: int, seed: int) -> Effect:
    """Compare newcomers with and without company, and the lonely ones with and without an answer.

    The team answers, at the next whole hour, each group's first newcomer left alone for 24 hours.
    """
    alone = logged_block(block_of(scenarios, groups, DAYS, seed), Ensemble.advance)
    everyone = newcomers_of(*_said(alone))
    lonely = np.flatnonzero(~everyone.followed)
    _, at = np.unique(everyone.group[lonely], return_index=True)
    treated = lonely[at]
    slots, hours = everyone.slot[treated], np.ceil(everyone.first_hours[treated]).astype(np.int64)
    changed = logged_block(
        block_of(scenarios, groups, DAYS, seed), lambda block: _answering(block, slots, hours)
    )
    slot, at_hours = _said(changed)[1:]
    returns = _any_between(slot, at_hours, slots, everyone.first_hours[treated])
    gain = returns.astype(np.float64) - everyone.returned[treated]
    counted = [
        summed(one.astype(np.float64), everyone.group, groups)
        for chosen in (everyone.followed, ~everyone.followed)
        for one in (everyone.returned & chosen, chosen)
    ]
    gained = summed(gain, everyone.group[treated], groups)
    there = summed(np.ones(len(treated)), everyone.group[treated], groups)
    return Effect(
        "reply",
        "return of newcomers after whom somebody wrote within 24 h, less that of the others",
        "return of the others when the team answers them, less without",
        estimated(lambda w: _difference(w, *counted), groups, seed),
        estimated(lambda w: w @ gained / (w @ there), groups, seed),
        _logs(),
        "",
        f"{len(everyone.slot)} newcomers; {len(treated)} of them answered",
    )


def _difference(weights: Floats, a: Floats, of_a: Floats, b: Floats, of_b: Floats) -> Floats:
    return np.asarray(weights @ a / (weights @ of_a) - weights @ b / (weights @ of_b))


def _answering(block: Ensemble, slots: Array, hours: Array) -> None:
    """Play a block to its end and have these members answered at these hours."""
    for hour in np.unique(hours):
        block.advance(int(hour))
        have_answered(block, slots[hours == hour])
    block.advance()


def _said(block: Ensemble) -> tuple[Array, Array, Floats]:
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


def _until(hours: Floats, at: int, end: int) -> int:
    return at + int(np.searchsorted(hours[at:end], hours[at] + SOON_HOURS, "right"))


def _logs() -> str:
    known = shipped_targets("fcc_gitter").set_index("pattern")
    (a, b), (x, y) = (known.loc[row, ["value", "error"]] for row in ROWS)
    return f"{a - x:+.2f} (error {np.hypot(b, y):.2f}, learner rooms)"
