"""What a published effect measured, as a number of the arms of its trial with a 95 % interval.

Control first, then treatment; the same group has the same random numbers in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.state import CALL_NAMES, UTTERANCES, Array
from sim.stats.intervals import Estimate, critical_value, estimate, ratio_of_means
from sim.trace import CLAIMED, SENT, TOOK_PART
from sim.validation import field
from sim.validation.arms import Arm
from sim.validation.rooms import MEMBERS_IN_ROOM, Floats

Count = Callable[[Arm], Floats]  # [group]
Measure = Callable[..., list[Estimate]]
ValueOfClaims = Callable[[field.Claims], field.Estimate]

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


def ratios(*counts: Count) -> Measure:
    """Measure counts of the treatment over those of the control."""
    return lambda control, treated: [
        ratio_of_means(count(treated), count(control)) for count in counts
    ]


def changes(*counts: Count) -> Measure:
    """Measure the same, less 1."""
    return lambda control, treated: [change(count(treated), count(control)) for count in counts]


def in_each(over: Count, under: Count) -> Measure:
    """Measure one count over another in every arm."""
    return lambda *arms: [ratio_of_means(over(arm), under(arm)) for arm in arms]


def posts_of_members(arm: Arm) -> Floats:
    """Count members' openers: [group]."""
    return _said(arm) - arm.daily("replies")


def good_messages(arm: Arm) -> Floats:
    """Count members' messages that are no ads: [group]."""
    return _said(arm) - arm.daily("ad")


def _said(arm: Arm) -> Floats:
    return np.asarray(sum(arm.daily(kind) for kind in UTTERANCES))


def of_claims(value: ValueOfClaims) -> Measure:
    """Measure what claimers of the team's packets send on within a day."""
    return lambda arm: [bounded(value(field.claims_of(arm.events)))]


def more_people(claims: field.Claims) -> field.Estimate:
    """Return the part of sending on by more senders less that by more money each."""
    found = field.extensive_share(claims)
    return field.Estimate(2.0 * found.value - 1.0, 2.0 * found.error)


def multiplied(fen: int, day: int, hour: float) -> Measure:
    """Measure a packet and what more is sent within a day of it, over the packet."""
    since = DAY * day + hour - CREATED_HOUR

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        sent, without = (arm.happened(SENT, "fen", since, DAY) for arm in (treated, control))
        return [ratio_of_means(fen + sent - without, np.full(len(sent), float(fen)))]

    return measure


def claimed_share(day: int, hour: float, shares: int) -> Measure:
    """Measure the part of a packet's shares that is claimed within five hours."""
    since = DAY * day + hour - CREATED_HOUR

    def measure(arm: Arm) -> list[Estimate]:
        claims = arm.happened(CLAIMED, "one", since, 5.0)
        return [ratio_of_means(claims, np.full(len(claims), float(shares)))]

    return measure


def kept_points(control: Arm, treated: Arm) -> list[Estimate]:
    """Measure founders who write in a month and in the next, treatment less control, in points."""
    gap = treated.kept_share(28, 56) - control.kept_share(28, 56)
    return [estimate(100.0 * gap)]


def dropped(control: Arm, treated: Arm) -> list[Estimate]:
    """Measure the share of founders who write in a month and no more in the next, likewise."""
    return [scaled(one, 0.01) for one in kept_points(treated, control)]


def second_half(arm: Arm) -> list[Estimate]:
    """Measure messages of the second eight weeks over those of the first."""
    return [ratio_of_means(arm.written(56, 112), arm.written(0, 56))]


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
        [arm.written(*days, arm.founders) for arm in (treated, control)]
        for days in ((14, 21), (42, 56))
    )
    risen = (late - later) / later.mean() - (dip - before) / before.mean()
    return [change(dip, before), estimate(risen)]


# --- what becomes of single members ---------------------------------------------------------------


def more_do(who: Array, arm: Arm, treated: Array, control: Array) -> Estimate:
    """Return how many more of some members do something, in points of them."""
    gap = treated.astype(np.float64) - control
    return scaled(ratio_of_means(arm.by_group(who, gap), arm.by_group(who)), 100.0)


def active_newcomers(from_day: float, to_day: float, until_day: float, wrote: bool) -> Measure:
    """Measure newcomers who write so many days after joining, in points.

    Those who joined before a day, perhaps only those who wrote on their first one.
    """

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        who, joined = control.newcomers()
        chosen = joined < DAY * until_day
        if wrote:
            chosen &= control.counted(who, joined, 0.0, DAY) > 0
        who, joined = who[chosen], joined[chosen]
        span = DAY * from_day, DAY * to_day
        with_it, without = (arm.counted(who, joined, *span) > 0 for arm in (treated, control))
        return [more_do(who, control, with_it, without)]

    return measure


def first_and_all(days: float, until_day: float) -> Measure:
    """Measure newcomers who write within days of joining, and their messages, over the control."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        who, joined = control.newcomers()
        who, joined = who[joined < DAY * until_day], joined[joined < DAY * until_day]
        said, without = (arm.counted(who, joined, 0.0, DAY * days) for arm in (treated, control))
        return [
            ratio_of_means(control.by_group(who, one), control.by_group(who, other))
            for one, other in ((said > 0, without > 0), (said, without))
        ]

    return measure


def answered_return(until_day: float) -> Measure:
    """Measure newcomers left alone for a day after their first message: who of them writes again
    after a day, within a month, in points more where it was answered.
    """

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        who, _ = control.newcomers()
        first = control.first_messages(who)
        who, first = who[first < DAY * until_day], first[first < DAY * until_day]
        alone = _others_after(control, who, first) == 0
        who, first = who[alone], first[alone]
        back = control.counted(who, first, DAY, MONTH) > 0
        answered = treated.counted(who, treated.first_messages(who), DAY, MONTH) > 0
        return [more_do(who, control, answered, back)]

    return measure


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


def of_the_top(day: int, days: int) -> Measure:
    """Measure messages, in days after a day, of whoever wrote most until then, over the control."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
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

    return measure


def _write_again(
    control: Arm, treated: Arm, days: tuple[int, int], from_day: float, to_day: float
) -> tuple[Array, Array, Array]:
    """Return who wrote between two days (even numbers), and whether they do some days after the
    second, not only to the team.
    """
    who = control.authors(*days, lambda slot: slot % 2 == 0)
    since = np.full(len(who), DAY * days[1])
    span = DAY * from_day, DAY * to_day
    after, without = (arm.unprompted().counted(who, since, *span) > 0 for arm in (treated, control))
    return who, after, without


def post_again(day: int, days: float) -> Measure:
    """Measure how many of those honoured post again within days, over the control."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        who, with_it, without = _write_again(control, treated, (day - 1, day), 0.0, days)
        return [ratio_of_means(control.by_group(who, with_it), control.by_group(who, without))]

    return measure


def stay_after(day: int, before: int, from_day: float, to_day: float) -> Measure:
    """Measure how many more of those honoured, who wrote in some days before, write so many days
    later, in points.
    """
    return lambda control, treated: [
        more_do(who, control, *both)
        for who, *both in [_write_again(control, treated, (day - before, day), from_day, to_day)]
    ]


def exit_hazard(arm: Arm) -> list[Estimate]:
    """Measure how often invited members leave, by days, over others who joined after creation."""
    return [bounded(field.jackknifed([*arm.exits(guests=True), *arm.exits(guests=False)]))]


def attended_points(last_days: int) -> Measure:
    """Measure founders who take part in a call in the last days, in points more."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        since = float(control.trace.life["observed_hours"].min()) - DAY * last_days
        shares = [
            arm.by_group(arm.took_part(TOOK_PART, since)) / arm.size for arm in (treated, control)
        ]
        return [estimate(100.0 * (shares[0] - shares[1]))]

    return measure


def attenders_talk(from_day: float, to_day: float) -> Measure:
    """Measure the messages of who came to a gathering, over the same members without, less 1."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        came = _came(treated)
        since, span = np.zeros(len(came)), (DAY * from_day, DAY * to_day)
        said = [arm.by_group(came, arm.counted(came, since, *span)) for arm in (treated, control)]
        return [change(*said)]

    return measure


def talk_to_absent(from_day: float, to_day: float) -> Measure:
    """Measure what who came to a gathering answers to those who did not, likewise."""

    def measure(control: Arm, treated: Arm) -> list[Estimate]:
        came = _came(treated)
        return [change(*(_to_absent(arm, came, from_day, to_day) for arm in (treated, control)))]

    return measure


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
