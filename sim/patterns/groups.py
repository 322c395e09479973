"""Counting rules about whole groups: silence, revival, death, decay, busy rooms.

Each rule takes the prepared log (`HumanLog`) and returns what every group brings (`PerGroup`): the
groups with a message first, then the never used.
"""

from __future__ import annotations

import numpy as np

from sim.patterns.counted import Booleans, Floats
from sim.patterns.human import DAY_SECONDS, HumanLog
from sim.patterns.per_group import Median, Ratio, share

_BUSY_MESSAGES_A_DAY = 20
_BUSY_DAYS = 30
_WEEK_ONE_MESSAGES = 10


def silence_share(log: HumanLog, silence_days: float, within_days: float) -> Ratio:
    """Share of groups whose first long silence began soon after their first message, among those
    seen for both spans together: who was seen for less could show a silence, but not that there is
    none.
    """
    begins, _ = log.silence_begins(silence_days)
    return _share_of_seen(log, begins <= within_days * DAY_SECONDS, silence_days + within_days)


def silence_share_of_larger(log: HumanLog, posters: int) -> Ratio:
    """Share of 7-day silences begun within 7 days, among groups with enough posters ever."""
    begins, _ = log.silence_begins(7)
    large = log.posters >= posters
    return _share_of_seen(log, begins <= 7 * DAY_SECONDS, 14, large, f" with >= {posters} posters")


def last_message_share(log: HumanLog, within_days: float) -> Ratio:
    """Share of groups without any message later than some days after their first."""
    early = log.last - log.first <= within_days * DAY_SECONDS
    return _share_of_seen(log, early, within_days + 7)


def revival_share(log: HumanLog) -> Ratio:
    """Share of groups that spoke again, among those once silent for seven days."""
    _, broken = log.silence_begins(7)
    silent = broken | (log.until - log.last >= 7 * DAY_SECONDS)
    return _share(log, broken, silent, "group with a silence of >= 7 days")


def never_used_share(log: HumanLog) -> Ratio:
    """Share of groups in which no human ever wrote."""
    used = np.arange(log.n_groups + log.never_used) < log.n_groups
    return share(~used, np.ones(len(used), dtype=bool), "group")


def dead_of_creation_share(log: HumanLog) -> Ratio:
    """Share of created groups dead within 7 days of creation, the never used among them."""
    begins, _ = log.silence_begins(7)
    started = log.first - log.created
    dead = (started >= 7 * DAY_SECONDS) | (started + begins <= 7 * DAY_SECONDS)
    return _with_never_used(log, dead)


def unheard_of_creation_share(log: HumanLog) -> Ratio:
    """Share of created groups without a message after day 7 of creation, or never used."""
    return _with_never_used(log, log.last - log.created <= 7 * DAY_SECONDS)


def _with_never_used(log: HumanLog, dead: Booleans) -> Ratio:
    """Count a never-used group too, unless it is known to have been seen for under 14 days."""
    never = ~(log.never_seen_days < 14)
    seen = np.append(log.observed(14), never)
    known = np.append(~np.isnan(log.created), np.ones(log.never_used, dtype=bool))
    wanted = f"{_observed_for(14)} with a known creation"
    return share(np.append(dead, never), seen & known, wanted, int((known & ~seen).sum()))


def relative_messages(log: HumanLog, from_day: int, to_day: int) -> Ratio:
    """Messages a day in a window of group ages (first and last whole day, both inside), day 0 = 1,
    over groups observed at least 91 days.
    """
    day = np.floor(log.age / DAY_SECONDS)
    seen = log.observed(91)
    day[~seen[log.group]] = -1
    window = _messages_where(log, (day >= from_day) & (day <= to_day))
    birth = _messages_where(log, day == 0)
    days = to_day - from_day + 1
    window, birth = log.with_never(window), log.with_never(birth)
    return Ratio(window, birth, _observed_for(91), days, int((~seen).sum()))


def busy_groups(log: HumanLog) -> Booleans:
    """Say which groups [group] had at least 20 human messages on each of at least 30 UTC days."""
    days = np.floor(log.ts / DAY_SECONDS)
    new_day = np.ones(len(days), dtype=bool)
    new_day[1:] = (np.diff(days) != 0) | (np.diff(log.group) != 0)
    starts = np.flatnonzero(new_day)
    lively = np.diff(np.append(starts, len(days))) >= _BUSY_MESSAGES_A_DAY
    counts = np.bincount(log.group[starts[lively]], minlength=log.n_groups)
    return np.asarray(counts >= _BUSY_DAYS)


def busy_share(log: HumanLog) -> Ratio:
    """Share of groups that are busy rooms."""
    every = np.ones(log.n_groups, dtype=bool)
    return _share(log, busy_groups(log), every, "group with a message")


def busy_seconds_to_other(log: HumanLog) -> Median:
    """Median over busy rooms of the median seconds to the next message by another author."""
    medians = np.full(log.n_groups, np.nan)
    for group in np.flatnonzero(busy_groups(log)):
        start = log.start[group]
        waits = log.seconds_to_other[start : start + log.messages[group]]
        known = waits[~np.isnan(waits)]
        if len(known):
            medians[group] = np.median(known)
    return Median(log.with_never(medians, np.nan), "busy room in which two authors wrote")


def week_ratio(log: HumanLog, week: int) -> Median:
    """Median of a week's messages (2: days 7-13, 4: days 21-27) over those of the first week, of
    groups with at least 10 in week 1 and observed 28 days.
    """
    weeks = np.floor(log.age / (7 * DAY_SECONDS))
    one = _messages_where(log, weeks == 0)
    lively = one >= _WEEK_ONE_MESSAGES
    used = log.observed(28) & lively
    ratios = np.full(log.n_groups, np.nan)
    ratios[used] = _messages_where(log, weeks == week - 1)[used] / one[used]
    wanted = f"{_observed_for(28)} with >= {_WEEK_ONE_MESSAGES} messages in week 1"
    return Median(log.with_never(ratios, np.nan), wanted, int((lively & ~used).sum()))


def _share_of_seen(
    log: HumanLog, hits: Booleans, days: float, among: Booleans | None = None, words: str = ""
) -> Ratio:
    """Share of the groups seen for some days; the rest are left out whatever they show."""
    chosen = np.ones(log.n_groups, dtype=bool) if among is None else among
    used = chosen & log.observed(days)
    left_out = int((chosen & ~used).sum())
    hits, under = log.with_never(hits), log.with_never(used)
    return share(hits, under, _observed_for(days) + words, left_out)


def _share(log: HumanLog, hits: Booleans, among: Booleans, wanted: str) -> Ratio:
    return share(log.with_never(hits), log.with_never(among), wanted)


def _messages_where(log: HumanLog, rows: Booleans) -> Floats:
    return np.bincount(log.group[rows], minlength=log.n_groups).astype(np.float64)


def _observed_for(days: float) -> str:
    return f"group observed >= {days:g} days after its first message"
