"""What a run leaves: one row a group and local day, one row of its life, posts by member.

Both engines write the same trace through the compiled functions here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.compiling import rule
from sim.scenario import Scenario
from sim.state import KINDS, Array, columns

DAY_COUNTS = (
    *("looking_members", "posting_members", "looks", "reads"),
    *KINDS,
    *("replies", "operator_posts", "operator_answers", "operator_packets"),
    *("joins", "refused", "leaves", "mutes", "unmutes", "claims"),
    *("turned_away", "reviewed", "invitations", "invitations_lost", "invited", "invited_depths"),
    *("host_messages", "problems", "problems_solved", "removed_messages"),
    *("operator_deeds", "shill_messages", "shills_seen_through"),
    *("questions_meant", "questions_left", "late_answers", "prompt_answers"),
    *("answer_wait_minutes", "paid_minutes"),
    *("calls", "call_chances", "call_answers", "check_ins", "streaks", "attendances"),
    *("orders", "buyers", "order_fen", "income_fen", "returned_fen", "calls_fen"),
    *("exchanges", "letters", "removals", "returns", "pairs", "payments"),
    *("operator_fen", "member_fen", "claimed_fen", "operator_claimed_fen", "refunded_fen"),
    *("gate_fees_fen", "invite_rewards_fen", "paid_fen"),
)
"""Whole numbers of a local day; a kind counts members' messages of that kind (packet: packets).

Of calls: opened, considered by a member and answered (standing offers are neither); check-ins among
these, and the sum of their streaks; who came to gatherings; orders delivered, buyers at their
first; fen paid for orders, of orders delivered, paid back; what rewards, prizes and gatherings cost
the team."""

DAY_LEVELS = (
    *("members", "muted", "needs_met", "satisfaction", "satisfaction_of_joined"),
    *("fatigue", "habit", "trust", "tie_density"),
    "progress",
    "satisfied_members",
)
"""Levels at the end of a local day; means over present members, 0 when there are none;
satisfaction is that of those who have read, also of those who left among all who joined."""

SATISFIED = 0.5
"""Above this verdict, where reading just pays, a member counts as satisfied."""

DAY_DTYPE = np.dtype(
    [(name, np.int64) for name in DAY_COUNTS] + [(name, np.float64) for name in DAY_LEVELS]
)


def counts_by_kind(daily: Array) -> Array:
    """View the counts of members' messages in rows of days by kind: array [group, day, kind]."""
    first = DAY_COUNTS.index(KINDS[0])
    cells = daily.view(np.int64).reshape(*daily.shape, -1)
    return cells[..., first : first + len(KINDS)]


def end_hours(scenario: Scenario) -> float:
    """Say when observation of a group ends: the horizon, or its planned end."""
    planned = scenario.params.group.planned_end_days
    days = min(scenario.days, planned) if planned > 0 else scenario.days
    return 24.0 * days


SILENCE_DAYS = (3, 7, 14, 30)
PAIRS_COUNTED = 3
ANSWERS_KEPT = 64
DELAY_BINS = 96
DELAY_BINS_PER_OCTAVE = 4

LIFE_DTYPE = np.dtype(
    [
        ("observed_hours", np.float64),  # creation to the end of observation
        ("planned_end_hours", np.float64),  # 0: none
        ("ended_hours", np.float64),  # the last member left; -1: did not happen
        ("first_hours", np.float64),  # first and last member message; -1: none
        ("last_hours", np.float64),
        ("messages", np.int64),
        *columns(np.float64, "gap_sum_hours", "gap_squares"),
        ("silence_start_hours", np.float64, (len(SILENCE_DAYS),)),  # first one of >= k days; -1
        ("weeks_from_creation", np.int64, (4,)),  # member messages of weeks 1 ... 4
        ("weeks_from_first", np.int64, (4,)),
        *columns(np.int64, "posters_week2_from_creation", "posters_week2_from_first", "posters"),
        ("answers_week2", np.int64),  # of a member to another in days 8-14; -1: not known
        ("pairs_week2", np.int64),  # who answered each other in them, counted up to PAIRS_COUNTED
        # Answers by one member to another, each pair once, and the newest, as author and addressee.
        ("distinct_week2", np.int64),
        ("answered_week2", np.int64, (ANSWERS_KEPT,)),
        ("openers", np.int64),  # members' messages that answer nobody
        ("openers_answered", np.int64),
        ("packets_refused", np.int64),  # more than 64 open at once
        ("reply_delays", np.int64, (DELAY_BINS,)),
        ("claim_delays", np.int64, (DELAY_BINS,)),
    ]
)

FROM_CREATION, FROM_FIRST = 1, 2


@rule
def delay_bin(hours: float) -> int:
    """Return the bin of a delay: quarter octaves from one second up."""
    seconds = hours * 3600.0
    if seconds <= 1.0:
        return 0
    return min(DELAY_BINS - 1, int(np.log2(seconds) * DELAY_BINS_PER_OCTAVE))


@rule
def start_life(life, observed_hours, planned_end_hours):  # type: ignore[no-untyped-def]
    """Begin the row of a group's life."""
    life.observed_hours = observed_hours
    life.planned_end_hours = planned_end_hours
    life.ended_hours = -1.0
    life.first_hours = -1.0
    life.last_hours = -1.0
    for k in range(len(SILENCE_DAYS)):
        life.silence_start_hours[k] = -1.0


@rule
def note_message(life, time_hours, posted, poster):  # type: ignore[no-untyped-def]
    """Enter a member message (hours since creation) and return its author's flags, `FROM_CREATION`,
    `FROM_FIRST`: posted in that second week.
    """
    if life.first_hours < 0.0:
        life.first_hours = time_hours
    else:
        gap = time_hours - life.last_hours
        life.gap_sum_hours += gap
        life.gap_squares += gap * gap
        for k in range(len(SILENCE_DAYS)):
            if gap >= SILENCE_DAYS[k] * 24.0 and life.silence_start_hours[k] < 0.0:
                life.silence_start_hours[k] = life.last_hours
    life.last_hours = time_hours
    life.messages += 1
    if not poster:
        life.posters += 1
    week = int(time_hours / 168.0)
    if week < 4:
        life.weeks_from_creation[week] += 1
    if week == 1 and not posted & FROM_CREATION:
        life.posters_week2_from_creation += 1
        posted |= FROM_CREATION
    week = int((time_hours - life.first_hours) / 168.0)
    if week < 4:
        life.weeks_from_first[week] += 1
    if week == 1 and not posted & FROM_FIRST:
        life.posters_week2_from_first += 1
        posted |= FROM_FIRST
    return posted


@rule
def note_answer(life, time_hours, author, addressee):  # type: ignore[no-untyped-def]
    """Enter an answer of a member to another, by numbers below 2**31: of days 8-14, and who have
    answered each other there, as far as the newest 64 answers to somebody new tell.
    """
    if int(time_hours / 168.0) != 1 or author == addressee:
        return
    life.answers_week2 += 1
    if life.pairs_week2 >= PAIRS_COUNTED:
        return
    mine = author * (1 << 31) + addressee
    theirs = addressee * (1 << 31) + author
    mutual = 0
    for place in range(min(life.distinct_week2, ANSWERS_KEPT)):
        if life.answered_week2[place] == mine:
            return
        mutual += life.answered_week2[place] == theirs
    life.answered_week2[life.distinct_week2 % ANSWERS_KEPT] = mine
    life.distinct_week2 += 1
    life.pairs_week2 += mutual


@rule
def note_messages(life, group, time_hours, pair, addressee, posted):  # type: ignore[no-untyped-def]
    """Enter member messages [message] of a log, in order, hours since creation; `addressee` is the
    pair that each answers, -1: none; `posted` [pair] holds the flags of `note_message`, -1: has not
    posted.
    """
    for row in range(len(group)):
        author = pair[row]
        known = posted[author] >= 0
        flags = posted[author] if known else 0
        mine = life[group[row]]
        posted[author] = note_message(mine, time_hours[row], flags, known)
        if addressee[row] >= 0:
            note_answer(mine, time_hours[row], author, addressee[row])


@dataclass(frozen=True)
class Trace:
    """What the runs of many groups leave.

    Attributes
    ----------
    point, replication : array [group]
        Which scenario of the list, which replication.
    daily : array [group, local day] of DAY_DTYPE
        Days past a group's own horizon hold zeros.
    days : array [group] of int
        Local days that each group lived through, partial ones counted.
    life : array [group] of LIFE_DTYPE
    first_slot : array [group + 1]
        Where each group's members stand in the arrays below.
    posts : array [member slot] of int
        Utterances of each member.
    joined, left, muted : array [member slot] of bool
    """

    point: Array
    replication: Array
    daily: Array
    days: Array
    life: Array
    first_slot: Array
    posts: Array
    joined: Array
    left: Array
    muted: Array

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.life)


def join_traces(traces: Iterable[Trace]) -> Trace:
    """Put the traces of several blocks one after the other."""
    parts = list(traces)
    if len(parts) == 1:
        return parts[0]
    days = max(part.daily.shape[1] for part in parts)
    daily = np.zeros((sum(part.groups for part in parts), days), DAY_DTYPE)
    row = 0
    for part in parts:
        daily[row : row + part.groups, : part.daily.shape[1]] = part.daily
        row += part.groups
    slots = np.concatenate([[0], np.cumsum([len(part.posts) for part in parts])])
    starts = [part.first_slot[:-1] + slot for part, slot in zip(parts, slots, strict=False)]

    names = ("point", "replication", "days", "life", "posts", "joined", "left", "muted")
    return Trace(
        daily=daily,
        first_slot=np.concatenate([*starts, slots[-1:]]),
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
    )


MESSAGE_DTYPE = np.dtype(
    [
        ("group", np.int64),
        ("time_hours", np.float64),
        *columns(np.int64, "member", "reply_to", "kind"),
    ]
)
"""One utterance: member -1 is the operator team, reply_to -1 addresses nobody, -2 - n the team's
message of count n."""

EVENTS = (
    *("join", "leave", "mute", "packet", "claim", "refund", "unmute"),
    *("call", "remove", "return", "pay"),
)
(JOIN, LEAVE, MUTE, SENT, CLAIMED, REFUNDED, UNMUTE, TOOK_PART, REMOVED, RETURN, PAID) = range(11)

EVENT_DTYPE = np.dtype(
    [
        ("group", np.int64),
        ("time_hours", np.float64),
        *columns(np.int64, "event", "member", "packet", "fen", "shares"),
    ]
)
"""One event that is not an utterance; packet is its number within the group, or -1.

A member's answer to a call of the team: the call's number, its fen, its code in place of shares."""
