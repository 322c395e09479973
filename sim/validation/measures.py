"""What a published effect measured, as a number of the arms of its trial with a 95 % interval.

Control first, then treatment; the same group has the same random numbers in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import methodcaller
from typing import Any

import numpy as np

from sim.state import CALL_NAMES, Array
from sim.stats.intervals import Estimate, critical_value, estimate, ratio_of_means
from sim.trace import CLAIMED, SENT, TOOK_PART
from sim.validation import field
from sim.validation.arms import Arm
from sim.validation.rooms import MEMBERS_IN_ROOM, Floats

Count = Sequence[Any]  # a method of `Arm` that gives [group], and what it is given

CREATED_HOUR = 9.0  # local, of every group here
DAY, MONTH = 24.0, 720.0
JUST_AFTER = 0.001  # hours


def scaled(found: Estimate, factor: float, shift: float = 0.0) -> Estimate:
    """Return an estimate in another unit: factor above 0 times it, then the shift."""
    moved = {name: factor * getattr(found, name) + shift for name in ("value", "lower", "upper")}
    return replace(found, **moved, error=factor * found.error)


def change(treated: Floats, control: Floats) -> Estimate:
    """Return how far a sum over groups lies above another, in parts of it: 0 for no effect."""
    return scaled(ratio_of_means(treated, control), 1.0, -1.0)


def bounded(found: field.Estimate) -> Estimate:
    """Give a number with a standard error its normal 95 % interval."""
    half = critical_value() * found.error
    return Estimate(found.value, found.value - half, found.value + half, found.error, 0)


def count(of: Count, arm: Arm) -> Floats:
    """Count something in an arm: [group]."""
    return np.asarray(methodcaller(*of)(arm))


def ratios(counts: Sequence[Count], control: Arm, treated: Arm) -> list[Estimate]:
    """Measure counts of the treatment over those of the control."""
    return [ratio_of_means(count(one, treated), count(one, control)) for one in counts]


def changes(counts: Sequence[Count], control: Arm, treated: Arm) -> list[Estimate]:
    """Measure the same, less 1."""
    return [scaled(one, 1.0, -1.0) for one in ratios(counts, control, treated)]


def in_each(over: Count, under: Count, *arms: Arm) -> list[Estimate]:
    """Measure one count over another in every arm."""
    return [ratio_of_means(count(over, arm), count(under, arm)) for arm in arms]


def of_claims(value: str, arm: Arm) -> list[Estimate]:
    """Measure what claimers of the team's packets send on within a day, by a number of `field`."""
    return [bounded(getattr(field, value)(field.claims_of(arm.events)))]


def more_people(arm: Arm) -> list[Estimate]:
    """Measure the part of sending on by more senders less that by more money each."""
    found = field.extensive_share(field.claims_of(arm.events))
    return [bounded(field.Estimate(2.0 * found.value - 1.0, 2.0 * found.error))]


def multiplied(fen: int, day: int, hour: float, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure a packet and what more is sent within a day of it, over the packet."""
    since = DAY * day + hour - CREATED_HOUR
    sent, without = (arm.happened(SENT, "fen", since, DAY) for arm in (treated, control))
    return [ratio_of_means(fen + sent - without, np.full(len(sent), float(fen)))]


def claimed_share(day: int, hour: float, shares: int, arm: Arm) -> list[Estimate]:
    """Measure the part of a packet's shares that is claimed within five hours."""
    since = DAY * day + hour - CREATED_HOUR
    claims = arm.happened(CLAIMED, "one", since, 5.0)
    return [ratio_of_means(claims, np.full(len(claims), float(shares)))]


def kept_points(control: Arm, treated: Arm) -> list[Estimate]:
    """Measure founders who write in a month and in the next, treatment less control, in points."""
    gap = treated.kept_share(28, 56) - control.kept_share(28, 56)
    return [estimate(100.0 * gap)]


def dropped(control: Arm, treated: Arm) -> list[Estimate]:
    """Measure the share of founders who write in a month and no more in the next, likewise."""
    return [scaled(one, 0.01) for one in kept_points(treated, control)]


def members_share(arm: Arm) -> list[Estimate]:
    """Measure members' part of all messages."""
    members = arm.written(0, np.inf)
    return [ratio_of_means(members, members + arm.daily("operator_posts"))]


def muted(*arms: Arm) -> list[Estimate]:
    """Measure the muted among those present at the end, in every arm."""
    return [estimate(arm.muted_share()) for arm in arms]


def dip_and_recovery(control: Arm, treated: Arm) -> list[Estimate]:
    """Measure founders' messages in week 3, less 1, and how far weeks 7 and 8 lie above that."""
    (dip, before), (late, later) = (
        [arm.written(*days, "founders") for arm in (treated, control)]
        for days in ((14, 21), (42, 56))
    )
    risen = (late - later) / later.mean() - (dip - before) / before.mean()
    return [change(dip, before), estimate(risen)]


# --- what becomes of single members ---------------------------------------------------------------


def more_do(who: Array, arm: Arm, treated: Array, control: Array) -> Estimate:
    """Return how many more of some members do something, in points of them."""
    gap = treated.astype(np.float64) - control
    return scaled(ratio_of_means(arm.by_group(who, gap), arm.by_group(who)), 100.0)


def active_newcomers(
    from_day: float, to_day: float, until_day: float, wrote: bool, control: Arm, treated: Arm
) -> list[Estimate]:
    """Measure newcomers who write so many days after joining, in points.

    Those who joined before a day, perhaps only those who wrote on their first one.
    """
    who, joined = control.newcomers()
    chosen = joined < DAY * until_day
    if wrote:
        chosen &= control.counted(who, joined, 0.0, DAY) > 0
    who, joined = who[chosen], joined[chosen]
    span = DAY * from_day, DAY * to_day
    with_it, without = (arm.counted(who, joined, *span) > 0 for arm in (treated, control))
    return [more_do(who, control, with_it, without)]


def first_and_all(days: float, until_day: float, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure newcomers who write within days of joining, and their messages, over the control."""
    who, joined = control.newcomers()
    who, joined = who[joined < DAY * until_day], joined[joined < DAY * until_day]
    said, without = (arm.counted(who, joined, 0.0, DAY * days) for arm in (treated, control))
    return [
        ratio_of_means(control.by_group(who, one), control.by_group(who, other))
        for one, other in ((said > 0, without > 0), (said, without))
    ]


def answered_return(until_day: float, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure newcomers left alone for a day after their first message: who of them writes again
    after a day, within a month, in points more where it was answered.
    """
    who, _ = control.newcomers()
    first = control.first_messages(who)
    who, first = who[first < DAY * until_day], first[first < DAY * until_day]
    alone = _others_after(control, who, first) == 0
    who, first = who[alone], first[alone]
    back = control.counted(who, first, DAY, MONTH) > 0
    answered = treated.counted(who, treated.first_messages(who), DAY, MONTH) > 0
    return [more_do(who, control, answered, back)]


def _others_after(arm: Arm, who: Array, since: Floats) -> Array:
    """Count what others wrote within a day of members' messages: [member]."""
    said = arm.messages[arm.messages["member"] >= 0]
    wide = 2.0 * said["time_hours"].max(initial=0.0) + MONTH
    keys = said["group"] * wide + said["time_hours"]  # sorted by group and time
    start, end = (
        np.searchsorted(keys, who // MEMBERS_IN_ROOM * wide + since + hours, "right")
        for hours in (JUST_AFTER, DAY)
    )
    own = arm.counted(who, since, JUST_AFTER, DAY)
    return np.asarray(end - start - own)


def of_the_top(day: int, days: int, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure messages, in days after a day, of whoever wrote most until then, over the control."""
    who = control.authors(0.0, day)
    said = control.counted(who, np.zeros(len(who)), 0.0, DAY * day)
    order = np.lexsort((who, -said, who // MEMBERS_IN_ROOM))
    _, at = np.unique(who[order] // MEMBERS_IN_ROOM, return_index=True)
    top = np.sort(who[order][at])
    since = np.full(len(top), DAY * day)
    with_it, without = (
        control.by_group(top, arm.unprompted().counted(top, since, 0.0, DAY * days))
        for arm in (treated, control)
    )
    return [ratio_of_means(with_it, without)]


def _write_again(
    control: Arm, treated: Arm, days: tuple[int, int], from_day: float, to_day: float
) -> tuple[Array, Array, Array]:
    """Return who wrote between two days (even numbers), and whether they do some days after the
    second, not only to the team.
    """
    who = control.authors(*days, "even")
    since = np.full(len(who), DAY * days[1])
    span = DAY * from_day, DAY * to_day
    after, without = (arm.unprompted().counted(who, since, *span) > 0 for arm in (treated, control))
    return who, after, without


def post_again(day: int, days: float, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure how many of those honoured post again within days, over the control."""
    who, with_it, without = _write_again(control, treated, (day - 1, day), 0.0, days)
    return [ratio_of_means(control.by_group(who, with_it), control.by_group(who, without))]


def stay_after(
    day: int, before: int, from_day: float, to_day: float, control: Arm, treated: Arm
) -> list[Estimate]:
    """Measure how many more of those honoured, who wrote in some days before, write so many days
    later, in points.
    """
    who, *both = _write_again(control, treated, (day - before, day), from_day, to_day)
    return [more_do(who, control, *both)]


def exit_hazard(arm: Arm) -> list[Estimate]:
    """Measure how often invited members leave, by days, over others who joined after creation."""
    return [bounded(field.jackknifed([*arm.exits(guests=True), *arm.exits(guests=False)]))]


def attended_points(last_days: int, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure founders who take part in a call in the last days, in points more."""
    since = float(control.trace.life["observed_hours"].min()) - DAY * last_days
    shares = [
        arm.by_group(arm.took_part(TOOK_PART, since)) / arm.size for arm in (treated, control)
    ]
    return [estimate(100.0 * (shares[0] - shares[1]))]


def attenders_talk(from_day: float, to_day: float, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure the messages of who came to a gathering, over the same members without, less 1."""
    came = _came(treated)
    since, span = np.zeros(len(came)), (DAY * from_day, DAY * to_day)
    said = [arm.by_group(came, arm.counted(came, since, *span)) for arm in (treated, control)]
    return [change(*said)]


def talk_to_absent(from_day: float, to_day: float, control: Arm, treated: Arm) -> list[Estimate]:
    """Measure what who came to a gathering answers to those who did not, likewise."""
    came = _came(treated)
    return [change(*(_to_absent(arm, came, from_day, to_day) for arm in (treated, control)))]


def _came(arm: Arm) -> Array:
    rows = arm.of_event(TOOK_PART)
    rows = rows[rows["shares"] == CALL_NAMES.index("sign_up")]
    return np.unique(rows["group"] * MEMBERS_IN_ROOM + rows["member"])


def _to_absent(arm: Arm, came: Array, from_day: float, to_day: float) -> Floats:
    said, days = arm.messages, arm.messages["time_hours"] / DAY
    rows = said[
        (said["member"] >= 0) & (said["reply_to"] >= 0) & (days >= from_day) & (days < to_day)
    ]
    author, addressed = (
        rows["group"] * MEMBERS_IN_ROOM + rows[name] for name in ("member", "reply_to")
    )
    return arm.by_group(author[np.isin(author, came) & ~np.isin(addressed, came)])


def income(*arms: Arm) -> list[Estimate]:
    """Measure the income by member, in CNY, in every arm."""
    return [estimate(arm.daily("income_fen") / (100.0 * arm.size)) for arm in arms]
