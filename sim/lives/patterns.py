"""What a group's message log shows: one number a pattern, real and simulated logs alike.

A rule counts messages once and returns what every group brings (`PerGroup`): groups with a message
first, then the never used. The pattern of all groups, of half of them or of a bootstrap resample is
then a weighted sum or median over groups; no message is read twice.

One file because a pattern is its rule and its line in the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog
from sim.lives.human_log import DAY_SECONDS, HumanLog, human_log
from sim.lives.life import Booleans, Floats, Integers
from sim.lives.outcomes import burstiness_of, gini_by_group, ranked_in_group

_BUSY_MESSAGES_A_DAY = 20
_BUSY_DAYS = 30
_WEEK_ONE_MESSAGES = 10
_LARGE_MESSAGES = 100
_YOUNG_POSTERS = 30
_FLAT = 1e-12  # part of the squared deviations that is only rounding: one place, no slope


class Counted(NamedTuple):
    """One counted number with its reason."""

    value: float  # NaN where nothing could be computed
    n_groups: int  # groups that entered the number
    why: str = ""  # reason of a missing value, else empty
    left_out: int = 0  # groups that were not seen for long enough to tell


@dataclass(frozen=True)
class Ratio:
    """A pattern that is one sum over groups divided by another, such as a share."""

    over: Floats  # [group]: what each group adds above the line; `under`: below it
    under: Floats
    wanted: str  # names what is counted below the line, for the reason of a missing value
    per: float = 1.0  # the sum above the line is divided by it (days of a window)
    left_out: int = 0  # groups that were not seen for long enough to tell

    def counted(self) -> Counted:
        """Return the pattern of all groups, each counted once."""
        total = self.under.sum()
        if not total:
            return Counted(np.nan, 0, f"no {self.wanted}", self.left_out)
        value = self.over.sum() / self.per / total
        return Counted(float(value), int(np.count_nonzero(self.under)), "", self.left_out)

    def at(self, weights: Floats) -> Floats:
        """Return the pattern for each row of weights >= 0 [resample, group], NaN where nothing is
        counted.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            values = weights @ self.over / self.per / (weights @ self.under)
        return np.where(weights @ self.under > 0, values, np.nan)


@dataclass(frozen=True)
class Median:
    """A pattern that is the median over groups of one number a group."""

    values: Floats  # [group]: NaN where a group has no value
    wanted: str  # names the groups that have one, for the reason of a missing value
    left_out: int = 0  # groups that were not seen for long enough to tell

    def counted(self) -> Counted:
        """Return the median of all groups that have a value."""
        known = self.values[~np.isnan(self.values)]
        if not len(known):
            return Counted(np.nan, 0, f"no {self.wanted}", self.left_out)
        return Counted(float(np.median(known)), len(known), "", self.left_out)

    def at(self, weights: Floats) -> Floats:
        """Return the median for each row of whole weights [resample, group], NaN where there is no
        value.
        """
        known = np.flatnonzero(~np.isnan(self.values))
        if not len(known):
            return np.full(len(weights), np.nan)
        known = known[np.argsort(self.values[known], kind="stable")]
        ordered = self.values[known]
        reached = np.cumsum(weights[:, known], axis=1)
        total = reached[:, -1]
        low = (reached > ((total - 1) // 2)[:, None]).argmax(axis=1)
        high = (reached > (total // 2)[:, None]).argmax(axis=1)
        return np.where(total > 0, (ordered[low] + ordered[high]) / 2, np.nan)


@dataclass(frozen=True)
class Slope:
    """A pattern that is a least-squares slope over the windows of all groups, pooled."""

    group: Integers  # [window]: group of each window
    x: Floats  # [window]: logarithms, as `y`, of what the window holds
    y: Floats
    n_groups: int  # groups in all, those without a window too
    wanted: str  # for the reason of a missing value

    def counted(self) -> Counted:
        """Return the slope over the windows of all groups."""
        value = float(self.at(np.ones((1, self.n_groups)))[0]) if len(self.x) else np.nan
        if np.isnan(value):
            return Counted(np.nan, 0, self.wanted)
        return Counted(value, len(np.unique(self.group)))

    def at(self, weights: Floats) -> Floats:
        """Return the slope for each row of weights >= 0 [resample, group], NaN where all windows
        are at one place.
        """
        if not len(self.x):
            return np.full(len(weights), np.nan)
        x, y = self.x - self.x.mean(), self.y - self.y.mean()
        sums = np.column_stack(
            [
                np.bincount(self.group, weights=column, minlength=self.n_groups)
                for column in (np.ones(len(x)), x, y, x * x, x * y)
            ]
        )
        n, sx, sy, sxx, sxy = (weights @ sums).T
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = sxx - sx * sx / n
            slopes = (sxy - sx * sy / n) / spread
        return np.where((n > 0) & (spread > _FLAT * (sxx + _FLAT * n)), slopes, np.nan)


@dataclass(frozen=True)
class Ahead:
    """A pattern that is the AUC of one forerunner of survival less that of another."""

    first: Floats  # first, second: [group]
    second: Floats
    survived: Integers  # numbers of groups
    dead: Integers

    def at(self, weights: Floats) -> Floats:
        """Return the pattern for each row of weights >= 0 [resample, group], NaN where no pair is
        counted.
        """
        return self._area(self.first, weights) - self._area(self.second, weights)

    def _area(self, by: Floats, weights: Floats) -> Floats:
        order = self.dead[np.argsort(by[self.dead])]
        died = np.cumsum(np.insert(weights[:, order], 0, 0.0, axis=1), axis=1)
        lived = weights[:, self.survived]
        below, up_to = (
            died[:, np.searchsorted(by[order], by[self.survived], side)]
            for side in ("left", "right")
        )
        with np.errstate(invalid="ignore"):
            won = (lived * (below + up_to)).sum(axis=1) / 2
            return np.asarray(won / (lived.sum(axis=1) * died[:, -1]))


PerGroup = Ratio | Median | Slope
"""What a counting rule returns: what each group brings, never-used groups last."""


def share(hits: Booleans, among: Booleans, wanted: str, left_out: int = 0) -> Ratio:
    """Return the share of `hits` [group] `among` some groups [group], named `wanted`; `left_out`
    groups were not seen for long enough to be asked.
    """
    over, under = ((rows & among).astype(np.float64) for rows in (hits, among))
    return Ratio(over, under, wanted, left_out=left_out)


# --- whole groups: silence, revival, death, decay, busy rooms --------------------------------


def _silence_share(
    log: HumanLog, silence_days: float, within_days: float, posters: int = 0
) -> Ratio:
    """Share of groups (with enough posters ever) whose first long silence began soon after their
    first message, among those seen for both spans together: who was seen for less could show a
    silence, but not that there is none.
    """
    begins, _ = log.silence_begins(silence_days)
    early, words = begins <= within_days * DAY_SECONDS, f" with >= {posters} posters"
    large = log.posters >= posters
    return _share_of_seen(log, early, silence_days + within_days, large, words if posters else "")


def _last_message_share(log: HumanLog, within_days: float) -> Ratio:
    early = log.last - log.first <= within_days * DAY_SECONDS
    return _share_of_seen(log, early, within_days + 7)


def _revival_share(log: HumanLog) -> Ratio:
    _, broken = log.silence_begins(7)
    silent = broken | (log.until - log.last >= 7 * DAY_SECONDS)
    return _share(log, broken, silent, "group with a silence of >= 7 days")


def _never_used_share(log: HumanLog) -> Ratio:
    used = np.arange(log.n_groups + log.never_used) < log.n_groups
    return share(~used, np.ones(len(used), dtype=bool), "group")


def _dead_of_creation_share(log: HumanLog) -> Ratio:
    """Share of created groups dead within 7 days of creation, the never used among them."""
    begins, _ = log.silence_begins(7)
    started = log.first - log.created
    dead = (started >= 7 * DAY_SECONDS) | (started + begins <= 7 * DAY_SECONDS)
    return _with_never_used(log, dead)


def _unheard_of_creation_share(log: HumanLog) -> Ratio:
    """Share of created groups without a message after day 7 of creation, or never used."""
    return _with_never_used(log, log.last - log.created <= 7 * DAY_SECONDS)


def _with_never_used(log: HumanLog, dead: Booleans) -> Ratio:
    """Count a never-used group too, unless it is known to have been seen for under 14 days."""
    never = ~(log.never_seen_days < 14)
    seen = np.append(log.observed(14), never)
    known = np.append(~np.isnan(log.created), np.ones(log.never_used, dtype=bool))
    wanted = f"{_observed_for(14)} with a known creation"
    return share(np.append(dead, never), seen & known, wanted, int((known & ~seen).sum()))


def _relative_messages(log: HumanLog, from_day: int, to_day: int) -> Ratio:
    """Messages a day in a window of group ages (first and last whole day, both inside), day 0 = 1,
    over groups observed at least 91 days.
    """
    day = np.floor(log.age / DAY_SECONDS)
    seen = log.observed(91)
    day[~seen[log.group]] = -1
    window = log.with_never(_messages_where(log, (day >= from_day) & (day <= to_day)))
    birth = log.with_never(_messages_where(log, day == 0))
    return Ratio(window, birth, _observed_for(91), to_day - from_day + 1, int((~seen).sum()))


def _busy_groups(log: HumanLog) -> Booleans:
    """Say which groups [group] had at least 20 human messages on each of at least 30 UTC days."""
    days = np.floor(log.ts / DAY_SECONDS)
    new_day = np.ones(len(days), dtype=bool)
    new_day[1:] = (np.diff(days) != 0) | (np.diff(log.group) != 0)
    starts = np.flatnonzero(new_day)
    lively = np.diff(np.append(starts, len(days))) >= _BUSY_MESSAGES_A_DAY
    counts = np.bincount(log.group[starts[lively]], minlength=log.n_groups)
    return np.asarray(counts >= _BUSY_DAYS)


def _busy_share(log: HumanLog) -> Ratio:
    every = np.ones(log.n_groups, dtype=bool)
    return _share(log, _busy_groups(log), every, "group with a message")


def _busy_seconds_to_other(log: HumanLog) -> Median:
    """Median over busy rooms of the median seconds to the next message by another author."""
    medians = np.full(log.n_groups, np.nan)
    for group in np.flatnonzero(_busy_groups(log)):
        start = log.start[group]
        waits = log.seconds_to_other[start : start + log.messages[group]]
        known = waits[~np.isnan(waits)]
        if len(known):
            medians[group] = np.median(known)
    return Median(log.with_never(medians, np.nan), "busy room in which two authors wrote")


def _week_ratio(log: HumanLog, week: int) -> Median:
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
    return _share(log, hits, used, _observed_for(days) + words, left_out)


def _share(log: HumanLog, hits: Booleans, among: Booleans, wanted: str, left_out: int = 0) -> Ratio:
    return share(log.with_never(hits), log.with_never(among), wanted, left_out)


def _messages_where(log: HumanLog, rows: Booleans) -> Floats:
    return np.bincount(log.group[rows], minlength=log.n_groups).astype(np.float64)


def _observed_for(days: float) -> str:
    return f"group observed >= {days:g} days after its first message"


# --- members: who writes how much, newcomers, spells, growth by slope ------------------------


def _gini(log: HumanLog) -> Median:
    counts = np.bincount(log.pairs.of_row)
    return _of_large(log, gini_by_group(counts, log.pairs.group, log.n_groups))


def _gini_of_young(log: HumanLog) -> Median:
    """Median Gini of the first 365 days, groups with at least 30 posters in them."""
    young = log.age < 365 * DAY_SECONDS
    pairs, counts = np.unique(log.pairs.of_row[young], return_counts=True)
    groups = log.pairs.group[pairs]
    values = gini_by_group(counts, groups, log.n_groups)
    enough = np.bincount(groups, minlength=log.n_groups) >= _YOUNG_POSTERS
    wanted = f"group with >= {_YOUNG_POSTERS} posters in its first 365 days"
    return Median(log.with_never(np.where(enough, values, np.nan), np.nan), wanted)


def _top_tenth_share(log: HumanLog) -> Median:
    """Median share of messages by the loudest tenth of posters, rounded up."""
    counts, groups, rank = ranked_in_group(
        np.bincount(log.pairs.of_row), log.pairs.group, log.n_groups
    )
    loudest = log.posters[groups] - rank < -(-log.posters[groups] // 10)
    top = np.bincount(groups[loudest], weights=counts[loudest], minlength=log.n_groups)
    return _of_large(log, top / np.maximum(log.messages, 1))


def _burstiness(log: HumanLog) -> Median:
    same = np.diff(log.group) == 0
    gaps, groups = np.diff(log.ts)[same], log.group[1:][same]
    number = np.maximum(log.messages - 1, 1)
    mean = np.bincount(groups, weights=gaps, minlength=log.n_groups) / number
    squares = (gaps - mean[groups]) ** 2
    spread = np.sqrt(np.bincount(groups, weights=squares, minlength=log.n_groups) / number)
    return _of_large(log, burstiness_of(mean, spread))


def _one_time_share(log: HumanLog) -> Ratio:
    counts = np.bincount(log.pairs.of_row)
    return _of_pairs(log, counts == 1, np.ones(len(counts), dtype=bool), "message")


def _median_of(log: HumanLog, what: Literal["posters", "messages"]) -> Median:
    return Median(log.with_never(getattr(log, what), np.nan), "group with a message")


def _slope(
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
    ordinal = np.floor(log.age / (30 * DAY_SECONDS)).astype(np.int64)
    most = ordinal.max(initial=0) + 1
    windows, of_row, messages = np.unique(
        log.group * most + ordinal, return_inverse=True, return_counts=True
    )
    pairs = max(1, len(log.pairs.group))
    active = np.bincount(np.unique(of_row * pairs + log.pairs.of_row) // pairs)
    newcomers = np.bincount(of_row[log.pairs.first_row], minlength=len(windows))
    group = windows // most
    before = np.append(0, np.cumsum(log.posters))[group]
    return {
        "group": group,
        "messages": np.log(messages),
        "active": np.log(active),
        "messages_per_active": np.log(messages / active),
        "cumulative": np.log(np.cumsum(newcomers) - before),
    }


def _newcomer_return(log: HumanLog, answered: bool | None = None) -> Ratio:
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


def _spell_share(
    log: HumanLog, shorter_days: float = np.inf, longer_days: float = -np.inf
) -> Ratio:
    """Share of members' spells, first to last message in a group, shorter or longer than given;
    members first seen 97 days before the end of observation are used.
    """
    first = log.ts[log.pairs.first_row]
    lasted = log.pairs.last - first
    among = log.until[log.pairs.group] - first >= 97 * DAY_SECONDS
    hits = (lasted < shorter_days * DAY_SECONDS) & (lasted > longer_days * DAY_SECONDS)
    return _of_pairs(log, hits, among, "member first seen >= 97 days before the end")


def _of_pairs(log: HumanLog, hits: Booleans, among: Booleans, wanted: str) -> Ratio:
    over, under = (
        np.bincount(log.pairs.group[rows], minlength=log.n_groups).astype(np.float64)
        for rows in (hits & among, among)
    )
    return Ratio(log.with_never(over), log.with_never(under), wanted)


def _of_large(log: HumanLog, values: Floats) -> Median:
    values = np.where(log.messages >= _LARGE_MESSAGES, values, np.nan)
    return Median(log.with_never(values, np.nan), f"group with >= {_LARGE_MESSAGES} messages")


# --- the table ---------------------------------------------------------------------------------

CREATION_PATTERNS = (
    "never any human msg (of created groups)",
    "share dead<=7d of creation (7d silence, initial counts, never counts)",
    "share never or no msg after day 7 of creation",
)

_AGES = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 60), (61, 90))
_WINDOW = "log-log slope over all groups' 30-day windows holding a message: "
_NEWCOMERS = "newcomers (first message, not the group's first, seen >= 31 d)"
_SPELLS = "members' first to last message in a group (first seen >= 97 d before the end)"

_Rule = tuple[str, Callable[[HumanLog], PerGroup]]


def _silence(silence_days: int, within_days: int) -> _Rule:
    return (
        f"groups (seen >= {silence_days + within_days} d) whose first gap of >= {silence_days} d, "
        f"else last message, came <= {within_days} d after their first message",
        partial(_silence_share, silence_days=silence_days, within_days=within_days),
    )


_RULES: dict[str, _Rule] = {
    "share first>=7d silence begun <=7d after first msg": _silence(7, 7),
    "same, groups with >=10 posters ever": (
        _silence(7, 7)[0].replace("groups", "groups of >= 10 posters ever", 1),
        partial(_silence_share, silence_days=7, within_days=7, posters=10)),
    "share first>=30d silence begun <=7d after first msg": _silence(30, 7),
    "share no msg later than 7d after first": (
        "groups (seen >= 14 d) whose last message came <= 7 d after their first",
        partial(_last_message_share, within_days=7)),
    "share first>=7d silence begun <=30d": _silence(7, 30),
    "share first>=30d silence begun <=90d": _silence(30, 90),
    "revival share after first >=7d silence": (
        "groups that spoke again after >= 7 d of silence, among those with such a silence",
        _revival_share),
    CREATION_PATTERNS[0]: (
        "groups in which no human ever wrote, among all groups", _never_used_share),
    CREATION_PATTERNS[1]: (
        "created groups never used, first used >= 7 d after creation, or whose first gap of >= 7 d "
        "(else last message) came within 7 d of creation", _dead_of_creation_share),
    CREATION_PATTERNS[2]: (
        "created groups never used or without a message later than 7 d after creation",
        _unheard_of_creation_share),
    "median group gini (>=100 msgs)": (
        "Gini of messages among a group's posters, median over groups with >= 100 messages", _gini),
    "median top10% share (>=100 msgs)": (
        "messages by the loudest tenth of posters, median over groups with >= 100 messages",
        _top_tenth_share),
    "median group burstiness B (>=100 msgs)": (
        "(sd - mean) / (sd + mean) of gaps between messages, median over groups with >= 100",
        _burstiness),
    "one-time posters / memberships": (
        "member-group pairs with one message among all pairs with a message", _one_time_share),
    "median posters per group": (
        "members who ever wrote, median over groups with a message",
        partial(_median_of, what="posters")),
    "median msgs per group": (
        "human messages, median over groups with a message", partial(_median_of, what="messages")),
    "beta msgs30d ~ active30d": (
        _WINDOW + "messages on posters of the window", partial(_slope, of="messages", on="active")),
    "beta active30d ~ cumulative posters": (
        _WINDOW + "posters of the window on posters so far",
        partial(_slope, of="active", on="cumulative")),
    "beta msgs30d ~ cumulative posters": (
        _WINDOW + "messages on posters so far", partial(_slope, of="messages", on="cumulative")),
    "beta msgs-per-active ~ cumulative posters": (
        _WINDOW + "messages per poster of the window on posters so far",
        partial(_slope, of="messages_per_active", on="cumulative")),
    "newcomer return 24h-30d": (
        _NEWCOMERS + " who write again more than 24 h and at most 30 d later", _newcomer_return),
    "newcomer return | other posted within 24h": (
        _NEWCOMERS + " who write again after 24 h, by 30 d, if somebody else wrote within 24 h",
        partial(_newcomer_return, answered=True)),
    "newcomer return | nobody posted within 24h": (
        _NEWCOMERS + " who write again after 24 h, by 30 d, if nobody else wrote within 24 h",
        partial(_newcomer_return, answered=False)),
    **{
        f"rel msgs/day on day {first if first == last else f'{first}-{last}'} (day0=1)": (
            "messages a day at that age over messages of day 0, groups seen >= 91 d pooled",
            partial(_relative_messages, from_day=first, to_day=last),
        )
        for first, last in _AGES
    },
    "busy rooms: share of rooms": (
        "groups with >= 20 human messages on each of >= 30 UTC days", _busy_share),
    "busy rooms: median seconds to the next message by another": (
        "in a busy room from a message to the next by another author; median over busy rooms",
        _busy_seconds_to_other),
    "median gini, rooms with >=30 posters, first 365 days": (
        "Gini of messages among posters of the first 365 d, groups with >= 30 posters in them",
        _gini_of_young),
    "member spells < 1 day": (
        f"{_SPELLS} lasting less than a day", partial(_spell_share, shorter_days=1)),
    "member spells > 90 days": (
        f"{_SPELLS} lasting more than 90 d", partial(_spell_share, longer_days=90)),
    "median week-2 / week-1 messages (week 1 >= 10)": (
        "messages of days 7-13 over days 0-6, groups with >= 10 in week 1 and seen >= 28 d",
        partial(_week_ratio, week=2)),
    "median week-4 / week-1 messages (week 1 >= 10)": (
        "messages of days 21-27 over days 0-6, groups with >= 10 in week 1 and seen >= 28 d",
        partial(_week_ratio, week=4)),
}  # fmt: skip

PATTERNS: Mapping[str, str] = MappingProxyType({name: rule[0] for name, rule in _RULES.items()})


def knows_creation(log: ChatLog) -> bool:
    """Say whether the groups file has ``created`` and either ``closed`` or no gap in ``created``;
    else it was gathered from messages, lacks never-used groups, and would mislead
    `CREATION_PATTERNS`.
    """
    if log.groups is None or "created" not in log.groups:
        return False
    return "closed" in log.groups or bool(log.groups["created"].notna().all())


def patterns(log: ChatLog) -> pd.DataFrame:
    """Count every pattern of a log, real or simulated: ``pattern``, ``value`` (NaN where unknown),
    ``n_groups`` (it rests on), ``why`` (missing), ``left_out`` (not seen long enough). Days of
    86,400 s from the first human message until closed, else the file's last second; no operators;
    `CREATION_PATTERNS` only where `knows_creation`.
    """
    brought = per_group(human_log(log), knows_creation(log))
    counted = pd.DataFrame([one.counted() for one in brought.values()], columns=Counted._fields)
    counted.insert(0, "pattern", list(brought))
    return counted


def per_group(log: HumanLog, with_creation: bool) -> dict[str, PerGroup]:
    """Count what every group brings to every pattern: groups with a message in the order of the
    log, then the never used.
    """
    names = [name for name in _RULES if with_creation or name not in CREATION_PATTERNS]
    return {name: _RULES[name][1](log) for name in names}


# --- facts that are none of the patterns ------------------------------------------------------

LAST_AUTHOR = "silences of 1-3 days ended by their last author"
NEWCOMER = "silences of 1-3 days ended by a newcomer"
BREADTH = "survival foretold in week 1: AUC of posters less that of messages"


def facts_of(log: HumanLog) -> dict[str, Ratio | Ahead]:
    """Count what every group brings to who ends a silence, and to what foretells survival (no
    silence of 30 days begun by day 90).
    """
    silent_days = np.diff(log.ts) / DAY_SECONDS
    within = (log.group[1:] == log.group[:-1]) & (silent_days >= 1) & (silent_days < 3)
    ends = 1 + np.flatnonzero(within)
    is_first = np.zeros(len(log.ts), dtype=bool)
    is_first[log.pairs.first_row] = True
    early = log.age < 7 * DAY_SECONDS
    lived = log.silence_begins(30)[0] > 90 * DAY_SECONDS
    seen = log.observed(120)
    survived, dead = np.flatnonzero(seen & lived), np.flatnonzero(seen & ~lived)

    def number(rows: Integers | Booleans) -> Floats:
        total = log.n_groups + log.never_used
        return np.bincount(log.group[rows], minlength=total).astype(np.float64)

    def ended(who: Booleans) -> Ratio:
        return Ratio(number(ends[who]), number(ends), "silence of 1-3 days")

    return {
        LAST_AUTHOR: ended(log.member[ends] == log.member[ends - 1]),
        NEWCOMER: ended(is_first[ends]),
        BREADTH: Ahead(number(is_first & early), number(early), survived, dead),
    }
