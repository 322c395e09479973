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
    def hour(self) -> Integers:
        """Local hour of each message."""
        return ((self.ts + self.clock_seconds) // 3600 % 24).astype(np.int64)

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
    # rising, falling, none or unknown (Kendall's tau, p below .05, five weeks or more); lower
    # lately: none of them, but each of the last two of seven weeks or more is below all others
    trend: str
    never: int  # members who never wrote in this log
    silent_lately: int  # members who did not write in the last 28 days
    days_silent: float  # since the last member message; NaN: none ever
    by_hour: tuple[tuple[str, int, int], ...]  # hours, the team's posts but answers, those answered
    by_kind: tuple[tuple[str, int, int], ...]  # the same by kind
    questions: int  # by members
    unanswered: int  # of these: nobody else wrote within an hour
    top_share: float  # of members' messages: by the three who wrote most; NaN: none


def health(log: GroupLog, members: int | None = None) -> Health:
    """Count how a group is doing; `members` are those in the group now, silent ones too."""
    from scipy.stats import kendalltau

    own, days_ago = log.is_member, (log.until - log.ts) / DAY_SECONDS
    posters = np.unique(log.member[own])
    total = max(len(log.known), 1) if members is None else members
    seen_days = (log.until - log.ts[0]) / DAY_SECONDS if len(log.ts) else 0.0
    whole = min(WEEKS_MOST, int((seen_days + 1e-9) // 7))
    week_ago = np.maximum(np.ceil(days_ago / 7) - 1, 0)
    weeks = [
        len(np.unique(log.member[own & (week_ago == week)])) for week in reversed(range(whole))
    ]
    trend = "unknown" if whole < FEWEST_WEEKS else "none"
    if trend == "none" and len(set(weeks)) > 1:
        tau, p = kendalltau(range(whole), weeks)
        trend = ("rising" if tau > 0 else "falling") if p < TREND_P else "none"
    if trend == "none" and whole >= WEEKS_LOWER and max(weeks[-2:]) < min(weeks[:-2]):
        trend = "lower lately"
    is_answer = np.array([kind == "answer" for kind in log.kinds], dtype=bool)[log.kind]
    posted, gone = ~own & ~is_answer, total - len(posters)
    answered = log.followed(posted, own)
    blocks = log.hour[posted] // BLOCK_HOURS
    names = [f"{at:02d}-{at + BLOCK_HOURS:02d}" for at in range(0, 24, BLOCK_HOURS)]
    counts = np.sort(np.unique(log.member[own], return_counts=True)[1])[::-1]
    lately = len(np.unique(log.member[own & (days_ago <= LATELY_DAYS)]))
    return Health(
        total,
        members is not None,
        tuple(weeks),
        trend,
        max(0, gone),
        max(0, total - lately),
        float(days_ago[own].min()) if own.any() else np.nan,
        _rates(blocks, names, answered),
        _rates(log.kind[posted], log.kinds, answered),
        int(log.asks.sum()),
        int((~log.followed(log.asks, np.ones(len(own), dtype=bool))).sum()),
        float(counts[:TALKATIVE].sum() / counts.sum()) if own.any() else np.nan,
    )


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
