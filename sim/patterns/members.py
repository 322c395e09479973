"""Counting rules about members: who writes how much, newcomers, spells, growth by slope.

Each rule takes the prepared log (`HumanLog`) and returns what every group brings (`PerGroup`): the
groups with a message first, then the never used.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.patterns.counted import Booleans, Floats, Integers
from sim.patterns.human import DAY_SECONDS, HumanLog
from sim.patterns.per_group import Median, Ratio, Slope

_LARGE_MESSAGES = 100
_YOUNG_POSTERS = 30


def gini(log: HumanLog) -> Median:
    """Median Gini coefficient of messages among posters, groups with at least 100 messages."""
    values = _gini_of(log.pairs.group, np.bincount(log.pairs.of_row), log.n_groups)
    return _large(log, _where(values, log.messages >= _LARGE_MESSAGES))


def gini_of_young(log: HumanLog) -> Median:
    """Median Gini of the first 365 days, groups with at least 30 posters in them."""
    young = log.age < 365 * DAY_SECONDS
    pairs, counts = np.unique(log.pairs.of_row[young], return_counts=True)
    groups = log.pairs.group[pairs]
    values = _gini_of(groups, counts, log.n_groups)
    enough = np.bincount(groups, minlength=log.n_groups) >= _YOUNG_POSTERS
    wanted = f"group with >= {_YOUNG_POSTERS} posters in its first 365 days"
    return Median(log.with_never(_where(values, enough), np.nan), wanted)


def top_tenth_share(log: HumanLog) -> Median:
    """Median share of messages by the loudest tenth of posters, rounded up."""
    counts = np.bincount(log.pairs.of_row)
    groups, counts, rank = _ranked(log.pairs.group, counts)
    loudest = log.posters[groups] - rank < -(-log.posters[groups] // 10)
    top = np.bincount(groups[loudest], weights=counts[loudest], minlength=log.n_groups)
    return _large(log, _where(top / np.maximum(log.messages, 1), log.messages >= _LARGE_MESSAGES))


def burstiness(log: HumanLog) -> Median:
    """Median of (sd - mean) / (sd + mean) of the gaps between messages (Goh & Barabasi 2008)."""
    same = np.diff(log.group) == 0
    gaps, groups = np.diff(log.ts)[same], log.group[1:][same]
    number = np.maximum(log.messages - 1, 1)
    mean = np.bincount(groups, weights=gaps, minlength=log.n_groups) / number
    squares = (gaps - mean[groups]) ** 2
    spread = np.sqrt(np.bincount(groups, weights=squares, minlength=log.n_groups) / number)
    total = spread + mean
    defined = (log.messages >= _LARGE_MESSAGES) & (total > 0)
    values = np.full(log.n_groups, np.nan)
    values[defined] = (spread - mean)[defined] / total[defined]
    return _large(log, values)


def one_time_share(log: HumanLog) -> Ratio:
    """Share of member-group pairs with a single message."""
    counts = np.bincount(log.pairs.of_row)
    return _of_pairs(log, counts == 1, np.ones(len(counts), dtype=bool), "message")


def median_posters(log: HumanLog) -> Median:
    """Median number of posters of a group."""
    return Median(log.with_never(log.posters, np.nan), "group with a message")


def median_messages(log: HumanLog) -> Median:
    """Median number of human messages of a group."""
    return Median(log.with_never(log.messages, np.nan), "group with a message")


def slope(
    log: HumanLog,
    of: Literal["messages", "active", "messages_per_active"],
    on: Literal["active", "cumulative"],
) -> Slope:
    """Log-log least-squares slope of `of` in `on` over all groups' 30-day windows that hold a
    message: messages, active (distinct posters), messages per active poster, cumulative posters so
    far.
    """
    windows = _windows(log)
    wanted = "fewer than two different windows of 30 days"
    total = log.n_groups + log.never_used
    return Slope(windows["group"].astype(np.int64), windows[on], windows[of], total, wanted)


def _windows(log: HumanLog) -> dict[str, Floats]:
    """Return group and logarithms of what each group's windows of 30 days hold, shape [window]."""
    if not log.n_groups:
        names = ("group", "messages", "active", "messages_per_active", "cumulative")
        return dict.fromkeys(names, np.zeros(0))
    ordinal = np.floor(log.age / (30 * DAY_SECONDS)).astype(np.int64)
    keys = log.group * (ordinal.max() + 1) + ordinal
    windows, of_row, messages = np.unique(keys, return_inverse=True, return_counts=True)
    pairs = len(log.pairs.group)
    active = np.bincount(np.unique(of_row * pairs + log.pairs.of_row) // pairs)
    newcomers = np.bincount(of_row[log.pairs.first_row], minlength=len(windows))
    seen = np.cumsum(newcomers)
    group = windows // (ordinal.max() + 1)
    before = np.append(0, np.cumsum(log.posters))[group]
    return {
        "group": group,
        "messages": np.log(messages),
        "active": np.log(active),
        "messages_per_active": np.log(messages / active),
        "cumulative": np.log(seen - before),
    }


def newcomer_return(log: HumanLog, answered: bool | None = None) -> Ratio:
    """Share of newcomers (not the group's first, at least 31 days before the end) who write again
    after more than 24 h and at most 30 days; `answered`: only those whom somebody, or nobody,
    followed within 24 h.
    """
    first, group = log.pairs.first_row, log.pairs.group
    later = log.ts - log.ts[first][log.pairs.of_row]
    back = (later > DAY_SECONDS) & (later <= 30 * DAY_SECONDS)
    returned = np.bincount(log.pairs.of_row[back], minlength=len(first)) > 0
    among = (first != log.start[group]) & (log.until[group] - log.ts[first] >= 31 * DAY_SECONDS)
    if answered is not None:
        among &= (log.seconds_to_other[first] <= DAY_SECONDS) == answered
    words = {None: "", True: " whom somebody followed", False: " whom nobody followed"}
    return _of_pairs(log, returned, among, f"newcomer seen for 31 days{words[answered]}")


def spell_share(
    log: HumanLog, shorter_days: float | None = None, longer_days: float | None = None
) -> Ratio:
    """Share of members' spells, first to last message in a group, shorter or longer than given;
    members first seen 97 days before the end of observation are used.
    """
    first = log.ts[log.pairs.first_row]
    lasted = log.pairs.last - first
    among = log.until[log.pairs.group] - first >= 97 * DAY_SECONDS
    hits = np.ones(len(first), dtype=bool)
    if shorter_days is not None:
        hits &= lasted < shorter_days * DAY_SECONDS
    if longer_days is not None:
        hits &= lasted > longer_days * DAY_SECONDS
    return _of_pairs(log, hits, among, "member first seen >= 97 days before the end")


def _of_pairs(log: HumanLog, hits: Booleans, among: Booleans, wanted: str) -> Ratio:
    over, under = (
        np.bincount(log.pairs.group[rows], minlength=log.n_groups).astype(np.float64)
        for rows in (hits & among, among)
    )
    return Ratio(log.with_never(over), log.with_never(under), wanted)


def _large(log: HumanLog, values: Floats) -> Median:
    return Median(log.with_never(values, np.nan), f"group with >= {_LARGE_MESSAGES} messages")


def _where(values: Floats, kept: Booleans) -> Floats:
    return np.where(kept, values, np.nan)


def _ranked(group: Integers, counts: Integers) -> tuple[Integers, Integers, Integers]:
    """Sort pairs by group and count; the quietest of a group has rank 1."""
    order = np.lexsort((counts, group))
    group, counts = group[order], counts[order]
    rank = np.arange(len(group)) - np.searchsorted(group, group) + 1
    return group, counts, rank


def _gini_of(group: Integers, counts: Integers, n_groups: int) -> Floats:
    group, counts, rank = _ranked(group, counts)
    posters = np.maximum(np.bincount(group, minlength=n_groups), 1)
    total = np.maximum(np.bincount(group, weights=counts, minlength=n_groups), 1)
    weighted = np.bincount(group, weights=rank * counts, minlength=n_groups)
    return np.asarray(2 * weighted / (posters * total) - (posters + 1) / posters)
