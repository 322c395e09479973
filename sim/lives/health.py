"""How one real group is doing, counted from its log: who talks, and what gets answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.chatlog import HUMAN_TYPES, ChatLog
from sim.lives.human_log import DAY_SECONDS
from sim.lives.life import Booleans, Floats, Integers, known_of_groups

WEEKS_MOST, FEWEST_WEEKS, TREND_P = 12, 5, 0.05
WEEKS_LOWER = 7  # or more: the last two are the lowest of seven by chance once in 21
ANSWER_SECONDS = 3600.0
BLOCK_HOURS = 3  # of the day: with 30 messages, whole hours are mostly chance
BLOCKS = range(0, 24, BLOCK_HOURS)
MOSTLY = 0.95
TALKATIVE = 3
LATELY_DAYS = 28.0


@dataclass(frozen=True)
class GroupLog:
    """The log of one group: arrays of its messages, and what is known of its people."""

    name: str  # as the log has it: a pseudonym
    ts: Floats  # [message] UTC seconds, in order
    member: Integers  # [message] -1 for the team and bots
    kind: Integers  # [message] code in `kinds`
    kinds: tuple[str, ...]
    reply_to: Integers  # [message] the member addressed, -1 for nobody
    asks: Booleans  # [message] whether a member asks
    known: frozenset[int]  # members that the log shows, silent ones too, less those who left
    happened: pd.DataFrame  # joins, leaves and packets: ts, event, member, operator, fen, shares
    created: float  # UTC seconds; NaN where it is not known
    until: float  # UTC seconds: end of observation
    clock_seconds: float  # local time less UTC

    @property
    def is_member(self) -> Booleans:
        """Which messages are members'."""
        return np.asarray(self.member >= 0)

    @property
    def is_post(self) -> Booleans:
        """Which messages the team writes of its own accord: all but answers."""
        is_answer = np.array([kind == "answer" for kind in self.kinds], dtype=bool)
        return np.asarray(~self.is_member & ~is_answer[self.kind])

    @property
    def hour(self) -> Integers:
        """Local hour of each message."""
        return ((self.ts + self.clock_seconds) // 3600 % 24).astype(np.int64)

    def without_post(self, rows: Booleans) -> tuple[int, int]:
        """Count the days without a post near the usual time of day of these posts, and those of
        them on which a member wrote in the hour after it.
        """
        local, own = self.ts + self.clock_seconds, self.ts[self.is_member]
        clock = float(np.median(local[rows] % DAY_SECONDS))
        last = self.until - ANSWER_SECONDS
        days = np.arange(local[0] // DAY_SECONDS, (last + self.clock_seconds) // DAY_SECONDS + 1)
        at = days * DAY_SECONDS + clock - self.clock_seconds
        at = at[(at >= self.ts[0]) & (at <= last)]
        posted = self.ts[self.is_post]
        at = at[~_any_between(posted, at - ANSWER_SECONDS, at + ANSWER_SECONDS)]
        return len(at), int(_any_between(own, at, at + ANSWER_SECONDS).sum())

    def followed(self, rows: Booleans, by: Booleans) -> Booleans:
        """Say of these messages whether one of `by`, of somebody else, followed within an hour."""
        found = np.zeros(int(rows.sum()), dtype=bool)
        for number, row in enumerate(np.flatnonzero(rows)):
            end = np.searchsorted(self.ts, self.ts[row] + ANSWER_SECONDS, "right")
            later = slice(row + 1, end)
            other = (self.member[later] != self.member[row]) | (self.member[row] < 0)
            found[number] = bool((by[later] & other).any())
        return found


def group_log(log: ChatLog, name: str, clock_seconds: float) -> GroupLog:
    """Take one group out of a log, until the end of its observation."""
    until, created = (
        float(known_of_groups(log, column, [name])[0]) for column in ("closed", "created")
    )
    rows = log.messages[(log.messages["group"] == name) & (log.messages["ts"] <= until)]
    rows = rows[rows["type"].isin([*HUMAN_TYPES, "bot"])].sort_values("ts", kind="stable")
    kind = rows["kind"] if "kind" in rows else rows["type"]
    kinds = kind.astype("str").astype("category").cat
    columns = ["ts", "event", "member", "operator", "fen", "shares"]
    happened = pd.DataFrame({column: [] for column in columns})
    if log.events is not None and len(log.events):
        happened = log.events[(log.events["group"] == name) & (log.events["ts"] <= until)][columns]
    happened = happened.astype({"event": "str"}).sort_values("ts", kind="stable")
    last = happened[happened["event"].isin(["join", "leave"])].groupby("member")["event"].last()
    known = {*rows["member"], *happened["member"]} - {*last[last == "leave"].index}
    return GroupLog(
        name,
        rows["ts"].to_numpy(np.float64),
        rows["member"].to_numpy(np.int64),
        kinds.codes.to_numpy(np.int64),
        tuple(kinds.categories),
        rows["reply_to"].to_numpy(np.int64),
        (rows["type"] == "question").to_numpy(bool),
        frozenset(int(one) for one in known if one >= 0),
        happened,
        created,
        until,
        clock_seconds,
    )


@dataclass(frozen=True)
class Health:
    """How a group is doing."""

    members: int  # as given, else all that the log shows
    are_given: bool  # whether the number of members was given
    weeks: tuple[int, ...]  # members who wrote in each of the last whole weeks, the newest last
    messages: tuple[int, ...]  # what members wrote in each of these weeks
    # rising, falling, none or unknown (Kendall's tau, p below .05, five weeks or more); lower
    # lately: none of them, but each of the last two of seven weeks or more is below all others
    trend: str  # of the members who wrote
    messages_trend: str
    never: int  # members who never wrote in this log
    silent_lately: int  # members who did not write in the last 28 days
    days_silent: float  # since the last member message; NaN: none ever
    by_hour: tuple[tuple[str, int, int], ...]  # hours, the team's posts but answers, those answered
    # of the same hours, in their order: days without a post then, those on which a member wrote
    without_post: tuple[tuple[str, int, int], ...]
    is_kind_by_hour: bool  # whether each kind of post has hours of its own
    by_kind: tuple[tuple[str, int, int], ...]  # the team's posts and those answered, by kind
    questions: int  # by members
    unanswered: int  # of these: nobody else wrote within an hour
    top_share: float  # of members' messages: by the three who wrote most; NaN: none


def health(log: GroupLog, members: int | None = None) -> Health:
    """Count how a group is doing; `members` are those in the group now, silent ones too."""
    own, days_ago = log.is_member, (log.until - log.ts) / DAY_SECONDS
    posters = np.unique(log.member[own])
    total = max(len(log.known), 1) if members is None else members
    seen_days = (log.until - log.ts[0]) / DAY_SECONDS if len(log.ts) else 0.0
    whole = min(WEEKS_MOST, int((seen_days + 1e-9) // 7))
    week_ago = np.maximum(np.ceil(days_ago / 7) - 1, 0)
    weeks = [own & (week_ago == week) for week in reversed(range(whole))]
    people = tuple(len(np.unique(log.member[rows])) for rows in weeks)
    messages = tuple(int(rows.sum()) for rows in weeks)
    posted, gone = log.is_post, total - len(posters)
    answered, kind = log.followed(posted, own), log.kind[posted]
    block, names = log.hour // BLOCK_HOURS, [f"{at:02d}-{at + BLOCK_HOURS:02d}" for at in BLOCKS]
    by_hour = _rates(block[posted], names, answered)
    hours = [hours for hours, *_ in by_hour]
    counts = np.sort(np.unique(log.member[own], return_counts=True)[1])[::-1]
    lately = len(np.unique(log.member[own & (days_ago <= LATELY_DAYS)]))
    return Health(
        total,
        members is not None,
        people,
        messages,
        _trend(people),
        _trend(messages),
        max(0, gone),
        max(0, total - lately),
        float(days_ago[own].min()) if own.any() else np.nan,
        by_hour,
        tuple((one, *log.without_post(posted & (block == names.index(one)))) for one in hours),
        _is_told_by(pd.crosstab(block[posted], kind)),
        _rates(kind, log.kinds, answered),
        int(log.asks.sum()),
        int((~log.followed(log.asks, np.ones(len(own), dtype=bool))).sum()),
        float(counts[:TALKATIVE].sum() / counts.sum()) if own.any() else np.nan,
    )


def _trend(weeks: tuple[int, ...]) -> str:
    from scipy.stats import kendalltau

    if len(weeks) < FEWEST_WEEKS:
        return "unknown"
    if len(set(weeks)) > 1:
        tau, p = kendalltau(range(len(weeks)), weeks)
        if p < TREND_P:
            return "rising" if tau > 0 else "falling"
    is_lower = len(weeks) >= WEEKS_LOWER and max(weeks[-2:]) < min(weeks[:-2])
    return "lower lately" if is_lower else "none"


def _any_between(times: Floats, first: Floats, last: Floats) -> Booleans:
    """Say of spans whether one of the times, which are in order, lies in (first, last]."""
    ends = (np.searchsorted(times, end, "right") for end in (last, first))
    return np.asarray(np.greater(*ends), dtype=bool)


def _is_told_by(posts: pd.DataFrame) -> bool:
    """Say whether the hour tells the kind and the kind the hour, but for a few posts."""
    least = MOSTLY * posts.to_numpy().sum()
    return min(posts.shape) > 1 and bool(posts.max().sum() >= least <= posts.max(axis=1).sum())


def _rates(
    codes: Integers, names: list[str] | tuple[str, ...], answered: Booleans
) -> tuple[tuple[str, int, int], ...]:
    """Count posts and answered ones by what they are: those most often answered first."""
    found = [
        (name, int((codes == code).sum()), int(answered[codes == code].sum()))
        for code, name in enumerate(names)
        if (codes == code).any()
    ]
    return tuple(sorted(found, key=lambda one: (-one[2] / one[1], -one[1])))
