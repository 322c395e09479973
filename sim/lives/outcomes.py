"""Every outcome of a group with its definition, the table of them, and their means over groups.

One file because an outcome's fields are read beside the list of all outcomes: a new one is a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError, nearest_key
from sim.lives.deaths import DEATHS, HEADLINE, NEVER_STARTED, Death, lifetimes
from sim.lives.life import CREATION, FIRST_MESSAGE, Floats, Integers, lives_since
from sim.state import KINDS, UTTERANCES, Array
from sim.stats.intervals import T_METHOD, WILSON_METHOD, mean_interval, wilson_interval
from sim.trace import DELAY_BINS_PER_OCTAVE, Trace

if TYPE_CHECKING:
    from sim.scenario import Scenario

TRUTH = "true/false"

POINT, SHARE_PART, OTHER_PART = 0.01, 0.05, 0.02
"""Smallest differences that matter: of a share, and of the larger of two other numbers."""

COMPARED, ON_PAGE, IN_SWEEP, AIM = 1, 2, 3, 4
"""How prominent an outcome is (`Outcome.main`), each among those before: in the tables of a
comparison, on the page of a sweep, in its printed table, by default in searches."""

SCALE_PRINTED = {"": 1.0, "%": 100.0, "CNY": 0.01}


@dataclass(frozen=True)
class Outcome:
    """One number of a group, with its unit, its definition and how it is computed.

    Attributes
    ----------
    name : str
        Column of the table of outcomes.
    unit : str
        ``true/false`` for a truth.
    definition : str
        Who is counted, over what time; when it is missing.
    value : callable
        `Run` to an array, one value a group; NaN or NA is missing.
    better : str
        ``more``, ``less``, or empty where neither is better by itself.
    matters : float, optional
        Smallest difference that matters, in the unit; default: see `smallest_that_matters`.
    main : int
        How prominent it is, 0 to 4: see `main_outcomes`.
    heading, short, phrase, meaning : str
        Of a column or picture, of a narrow column, in a sentence, and the definition without names
        of columns; needed from ``main`` 2 on.
    printed : str
        ``%`` or ``CNY`` where people read it so.
    file : Path, optional
        Where one of a user's own stands.

    Examples
    --------
    >>> from sim.lives.outcomes import outcomes_by_name
    >>> outcomes_by_name()["cost_fen"].unit
    'fen'
    """

    name: str
    unit: str
    definition: str
    value: Callable[[Run], Any]
    better: str = ""
    matters: float | None = None
    main: int = 0
    heading: str = ""
    short: str = ""
    phrase: str = ""
    meaning: str = ""
    printed: str = ""
    file: Path | None = None

    @property
    def scale(self) -> float:
        """What a value is multiplied with to be printed."""
        return SCALE_PRINTED[self.printed]

    @property
    def more_is_better(self) -> bool:
        """Whether more of it is better."""
        return self.better == "more"

    def smallest_that_matters(self, first: float, second: float) -> float:
        """Return what two values must differ by to matter: a point of a share, or 5 %; else 2 %."""
        if self.matters is not None:
            return self.matters
        larger = max(abs(first), abs(second))
        if self.unit == TRUTH:
            return POINT
        if self.unit == "share":
            return min(POINT, SHARE_PART * larger)
        return OTHER_PART * larger


@dataclass(frozen=True)
class Run:
    """A trace and the scenarios it was made of, with the sums that outcomes ask for."""

    trace: Trace
    scenarios: Sequence[Scenario]  # the list that ``trace.point`` points into

    def total(self, *names: str) -> Integers:
        """Add up counts of `sim.trace.DAY_COUNTS` over all days, [group]."""
        daily = self.trace.daily
        return np.asarray(sum(daily[name].sum(axis=1) for name in names), dtype=np.int64)

    def per_day(self, name: str) -> Floats:
        """Return the mean of a count over the local days lived through, partial ones counted."""
        return ratio(self.total(name), self.trace.days)

    def level(self, name: str, least_members: int = 0) -> Floats:
        """Average a level of `sim.trace.DAY_LEVELS` over the ends of days with enough members."""
        daily = self.trace.daily
        counted = self._lived & (daily["members"] >= least_members)
        return ratio(summed_in_order(np.where(counted, daily[name], 0.0)), counted.sum(axis=1))

    def verdict(self, name: str) -> Floats:
        """Average a mean verdict over the ends of days when somebody had read; else it is 0."""
        daily = self.trace.daily[name]
        counted = self._lived & (daily > 0.0)
        return ratio(summed_in_order(np.where(counted, daily, 0.0)), counted.sum(axis=1))

    def members(self, chosen: Array) -> Integers:
        """Count members for whom something holds: a truth a slot to a number a group."""
        below = np.concatenate([[0], np.cumsum(chosen, dtype=np.int64)])
        return np.asarray(np.diff(below[self.trace.first_slot]))

    def parameter(self, key: str) -> Floats:
        """Return a parameter of each group's scenario, by its dotted key."""
        section, _, name = key.partition(".")
        values = [float(getattr(getattr(s.params, section), name)) for s in self.scenarios]
        return np.array(values)[self.trace.point]

    def gini_of_messages(self, chosen: Array) -> Floats:
        """Compare the messages of the chosen member slots within each group."""
        slots = np.diff(self.trace.first_slot)
        group = np.repeat(np.arange(self.trace.groups), slots)
        return gini_by_group(self.trace.posts[chosen], group[chosen], self.trace.groups)

    @cached_property
    def days_observed(self) -> Floats:
        """Days from creation to the end of observation, [group]."""
        return np.asarray(self.trace.life["observed_hours"] / 24.0)

    @cached_property
    def member_days(self) -> Floats:
        """Mean number of members present times days observed, [group]."""
        return self.level("members") * self.days_observed

    @cached_property
    def _lived(self) -> npt.NDArray[np.bool_]:
        return np.arange(self.trace.daily.shape[1]) < self.trace.days[:, None]


def summed_in_order(values: Floats) -> Floats:
    """Add up [group, day] to [group], day after day: zeros at the end change no bit."""
    return np.asarray(np.add.accumulate(values, axis=1)[:, -1])  # `sum` adds by its length


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    """Divide, giving NaN where there is nothing to divide by."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    )
    out = np.full(numerator.shape, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))


def median_delay_seconds(histogram: Array) -> Floats:
    """Read the median [group] off histograms of `sim.trace.delay_bin` [group, bin], interpolated on
    the log scale within the bin (2**(b/4) to 2**((b+1)/4) seconds, 19 % wide); NaN without any.
    """
    up_to = np.cumsum(histogram, axis=1)
    half = up_to[:, -1:] / 2.0
    place = np.argmax(up_to >= half, axis=1)
    row = np.arange(len(histogram))
    inside = histogram[row, place]
    before = up_to[row, place] - inside
    octaves = (place + ratio(half[:, 0] - before, inside)) / DELAY_BINS_PER_OCTAVE
    return np.asarray(np.exp2(octaves))


def gini_by_group(values: npt.ArrayLike, group: npt.ArrayLike, groups: int) -> Floats:
    """Say how unequally values [member] >= 0 are shared in each group, counted from 0 [group]: 0
    evenly, at most 1 - 1 / n when one has it all (no correction for small n; Gini 1912); NaN for no
    values or when all are 0.
    """
    held, owner = np.asarray(values, dtype=np.float64), np.asarray(group, dtype=np.int64)
    held, owner, rank = ranked_in_group(held, owner, groups)
    size = np.bincount(owner, minlength=groups)
    total = np.bincount(owner, weights=held, minlength=groups)
    weighted = np.bincount(owner, weights=held * rank, minlength=groups)
    return ratio(2.0 * weighted - (size + 1) * total, size * total)


def ranked_in_group(values: Array, group: Integers, groups: int) -> tuple[Array, Integers, Array]:
    """Sort values [member] by group and value; the least of a group has rank 1."""
    order = np.lexsort((values, group))
    values, group = values[order], group[order]
    size = np.bincount(group, minlength=groups)
    return values, group, np.arange(1, len(values) + 1) - np.repeat(np.cumsum(size) - size, size)


def burstiness_of(mean: Floats, spread: Floats) -> Floats:
    """Return (sd - mean) / (sd + mean) of gaps between messages (Goh and Barabasi 2008)."""
    return ratio(spread - mean, spread + mean)


DEAD = f"dead_{HEADLINE.key}"
"""The headline death since creation."""

SINCE_FIRST = "_since_first_message"
BURSTINESS_MESSAGES = 100
OF_THE_TEAM = ("operator_posts", "operator_answers", "operator_packets")


def _total(*names: str) -> Callable[[Run], Any]:
    return lambda run: run.total(*names)


def _over(above: str, *below: str) -> Callable[[Run], Any]:
    return lambda run: ratio(run.total(above), run.total(*below))


def _count(name: str, unit: str, definition: str, better: str = "") -> Outcome:
    """Return the outcome that is the count of its own name, over all days."""
    return Outcome(name, unit, definition, _total(name), better)


def _level(name: str, least_members: int = 0) -> Callable[[Run], Any]:
    return lambda run: run.level(name, least_members)


def _of_present(
    name: str, unit: str, what: str = "", better: str = "more", main: int = 0
) -> Outcome:
    definition = f"{what}mean over present members, then over the ends of local days"
    return Outcome(name, unit, definition, _level(name, 1), better, main=main)


def _life(name: str) -> Callable[[Run], Any]:
    return lambda run: run.trace.life[name]


def _alive(run: Run) -> Floats:
    lives = lifetimes(run.trace)
    alive = np.full(run.trace.groups, np.nan)
    alive[lives["group"]] = ~lives["ended"]
    return alive


def _lurker_share(run: Run) -> Floats:
    silent = run.members(run.trace.joined & (run.trace.posts == 0))
    return ratio(silent, run.members(run.trace.joined))


def _muted_share(run: Run) -> Floats:
    present = run.trace.joined & ~run.trace.left
    return ratio(run.members(present & run.trace.muted), run.members(present))


def _burstiness(run: Run) -> Floats:
    life = run.trace.life
    gaps = np.where(life["messages"] >= BURSTINESS_MESSAGES, life["messages"] - 1, 0)
    mean = ratio(life["gap_sum_hours"], gaps)
    return burstiness_of(mean, np.sqrt(np.maximum(0.0, ratio(life["gap_squares"], gaps) - mean**2)))


WORK: dict[str, tuple[str, ...]] = {
    "operator.minutes_per_post": ("operator_posts", "operator_packets"),
    "operator.minutes_per_answer": ("operator_answers",),
    "operator.minutes_per_letter": ("letters",),
    "operator.minutes_per_call": ("calls",),
    "operator.minutes_per_deed": ("operator_deeds", "removed_messages"),
    "gate.minutes_per_review": ("reviewed",),
}
"""What operators do, as counts of `sim.trace.DAY_COUNTS`, by the minutes that each takes."""


def _operator_hours(run: Run) -> Floats:
    minutes = np.zeros(run.trace.groups)
    for key, counts in WORK.items():
        minutes += run.total(*counts) * run.parameter(key)
    announced = run.total("calls")  # by a post, which is part of a call's work
    minutes -= announced * run.parameter("operator.minutes_per_post")
    return np.asarray(minutes / 60.0)


def _share_of_desk(run: Run) -> Floats:
    """Return the hours on duty that fall to each group: those of the desk over its groups."""
    return np.asarray(run.total("paid_minutes") / 60.0 / run.parameter("desk.groups"))


def _paid_hours(run: Run) -> Floats:
    return np.maximum(_operator_hours(run), _share_of_desk(run))


def _hours_over_capacity(run: Run) -> Floats:
    return np.maximum(0.0, _operator_hours(run) - _share_of_desk(run))


def _cost_fen(run: Run) -> Integers:
    """Add what members claimed of the operators' money, and what they were paid, to the wages."""
    wages = np.rint(_paid_hours(run) * run.parameter("operator.wage_fen_per_hour"))
    paid = run.total("operator_claimed_fen", "calls_fen", "paid_fen")
    return paid + wages.astype(np.int64) + _attracting_fen(run)


def _entrants(run: Run) -> Integers:
    return run.members(run.trace.joined)


def _attracting_fen(run: Run) -> Integers:
    """Add up what it cost that candidates asked, in whole fen."""
    asked = _entrants(run) + run.total("refused", "turned_away")
    return np.rint(asked * run.parameter("gate.candidate_fen")).astype(np.int64)


def _acquisition_fen(run: Run) -> Floats:
    minutes = run.total("reviewed") * run.parameter("gate.minutes_per_review")
    wages = minutes / 60.0 * run.parameter("operator.wage_fen_per_hour")
    rewards = run.total("invite_rewards_fen")
    return ratio(_attracting_fen(run) + rewards + wages, _entrants(run))


def _members_end(run: Run) -> Integers:
    return run.members(run.trace.joined & ~run.trace.left)


def _satisfied_end(run: Run) -> Integers:
    last = run.trace.daily[np.arange(run.trace.groups), run.trace.days - 1]
    return np.asarray(last["satisfied_members"], np.int64)


def _margin_fen(run: Run) -> Floats:
    return np.rint(run.total("income_fen") * run.parameter("shop.margin_share"))


def _a_buyer(money: Callable[[Run], Any]) -> Callable[[Run], Any]:
    return lambda run: ratio(money(run), run.total("buyers"))


def death_column(death: Death, origin: str = CREATION) -> str:
    """Name the outcome that is a death since an origin."""
    since = SINCE_FIRST if origin == FIRST_MESSAGE else ""
    return death.key if death is NEVER_STARTED else f"dead_{death.key}{since}"


def _dead(death: Death, origin: str) -> Outcome:
    of = "the first member message" if origin == FIRST_MESSAGE else "creation"

    def value(run: Run) -> pd.arrays.BooleanArray:
        dead = death.dead(lives_since(origin, run.trace))
        return pd.arrays.BooleanArray(dead > 0.0, np.isnan(dead))

    definition = f"{death.definition}, of {of}; missing when observed for less than "
    definition += f"{death.needs_days} days"
    found = Outcome(death_column(death, origin), TRUTH, definition, value, "less")
    if found.name != DEAD:
        return found
    return replace(
        found, main=AIM, heading="dead: silent in days 8-14 (%)", printed="%", phrase="death",
        short="dead: silent in days 8-14",
        meaning="share of communities without a member message in days 8-14 since creation",
    )  # fmt: skip


PEOPLE = (
    Outcome("days_observed", "days",
        "from creation to the end of observation: the horizon or the planned end",
        lambda run: run.days_observed),
    Outcome("members_start", "members", "present at creation",
        lambda run: run.members(run.trace.joined) - run.total("joins")),
    Outcome("members_end", "members", "present at the end of observation", _members_end,
        main=COMPARED),
    Outcome("members_mean", "members", "present, mean over the ends of local days",
        _level("members")),
    _count("joins", "members", "joined after creation"),
    _count("refused", "candidates", "asked to join and found the group full or closed"),
    _count("turned_away", "candidates",
        "asked to join, at creation too, and did not pass the gate"),
    Outcome("admitted_share", "share",
        "members who ever joined over these, those refused and those turned away",
        lambda run: ratio(_entrants(run), _entrants(run) + run.total("refused", "turned_away"))),
    _count("invitations", "invitations", "made by members", "more"),
    _count("invitations_lost", "invitations",
        "without effect: more guests than growth.reserve holds", "less"),
    Outcome("invited_share", "share",
        "members who came in by an invitation, among all who ever joined",
        lambda run: ratio(run.total("invited"), _entrants(run))),
    Outcome("invitation_depth", "steps",
        "of invitations from a member nobody invited, mean over members invited; missing if none",
        _over("invited_depths", "invited")),
    _count("leaves", "members", "left", "less"),
    _count("removals", "members", "removed by the operators"),
    _count("returns", "members", "came back, who had left; they join once"),
    _count("mutes", "members", "muted the group, each time counted", "less"),
    _count("unmutes", "members", "unmuted it, each time counted", "more"),
    Outcome("muted_share", "share", "muted among those present at the end; missing when nobody is",
        _muted_share, "less", main=COMPARED),
    Outcome("looking_members_per_day", "members/day",
        "members with at least one look, mean over local days, partial ones counted as days",
        lambda run: run.per_day("looking_members"), "more"),
    Outcome("posting_members_per_day", "members/day",
        "members with at least one message, mean over local days, partial ones counted as days: "
        "member_has_msg of WeCom, of each day alone", lambda run: run.per_day("posting_members"),
        "more", main=AIM, heading="members posting on a day", short="posting members/day",
        phrase="the number of members who post on a day",
        meaning="members with at least one message that day, mean over local days"),
    Outcome("posting_member_days", "member-days",
        "members with at least one message, summed over local days", _total("posting_members"),
        "more"),
    Outcome("posting_share_per_day", "share",
        "posting_members_per_day over members_mean; missing when nobody was present",
        lambda run: ratio(run.per_day("posting_members"), run.level("members")), "more",
        main=ON_PAGE, heading="share of members posting on a day (%)",
        phrase="the share of members who post on a day",
        meaning="the same over the members present", printed="%"),
    Outcome("looks_per_member_day", "1/day", "looks over members_mean times days_observed",
        lambda run: ratio(run.total("looks"), run.member_days)),
    Outcome("reads_per_look", "messages", "messages read over looks; missing without looks",
        _over("reads", "looks")),
    Outcome("posters", "members",
        "ever posted a message: member_has_msg of WeCom, up to the end of observation",
        _life("posters")),
    Outcome("lurker_share", "share", "never posted a message, among all who ever joined",
        _lurker_share),
)  # fmt: skip
"""Who is there: present, looking, posting, silent, muted, gone."""

TALK = (
    Outcome("messages", "messages", "member messages of all kinds; red packets are counted apart",
        _total(*UTTERANCES), "more"),
    *(
        Outcome(f"messages_{kind}", "messages", f"member messages of kind {kind}", _total(kind))
        for kind in UTTERANCES
    ),
    Outcome("messages_per_member_day", "1/day",
        "messages over members_mean times days_observed; missing when nobody was present",
        lambda run: ratio(run.total(*UTTERANCES), run.member_days), "more", main=IN_SWEEP,
        heading="messages per member and day", short="messages/member-day",
        phrase="the number of messages per member and day",
        meaning="member messages over members present and days seen"),
    _count("replies", "messages",
        "member messages that answer a message, the operators' among them", "more"),
    Outcome("openers", "messages", "member messages that answer none", _life("openers")),
    Outcome("openers_answered_share", "share",
        "openers that a member or an operator answered; missing without openers",
        lambda run: ratio(run.trace.life["openers_answered"], run.trace.life["openers"]), "more",
        main=COMPARED),
    Outcome("reply_delay_median_minutes", "minutes",
        "from a message to an answer by a member or an operator, median of the group to a quarter "
        "octave; missing without answers",
        lambda run: median_delay_seconds(run.trace.life["reply_delays"]) / 60.0, "less",
        main=COMPARED),
    Outcome("gini_of_posters", "1",
        "Gini of messages among those who posted; missing when nobody did",
        lambda run: run.gini_of_messages(run.trace.posts > 0)),
    Outcome("gini_of_joined", "1",
        "Gini of messages among all who ever joined; missing when nobody posted",
        lambda run: run.gini_of_messages(run.trace.joined)),
    Outcome("burstiness", "1",
        "(sd - mean) / (sd + mean) of the gaps between member messages; missing below "
        f"{BURSTINESS_MESSAGES} messages",
        _burstiness),
    Outcome("msg_total_per_day", "messages/day",
        "messages and red packets of members and operators, mean over local days, partial ones "
        "counted as days: what a day adds to msg_total of WeCom",
        lambda run: ratio(run.total(*KINDS, *OF_THE_TEAM), run.trace.days)),
    _count("operator_posts", "messages", "posts of operators"),
    _count("operator_answers", "messages", "operators' answers to members"),
    Outcome("host_share", "share", "members' messages written by hosts; missing without messages",
        _over("host_messages", *UTTERANCES)),
    Outcome("messages_removed", "messages",
        "openers of members removed before anybody read them, not counted among messages",
        _total("removed_messages")),
    _count("shill_messages", "messages",
        "what operators said as if members did, also what was seen through; in operator_posts too"),
    _count("shills_seen_through", "messages", "those of them that all who read them took for ads",
        "less"),
    Outcome("answer_wait_hours", "hours",
        "from a question to the operators' answer, mean to the minute, nights included; missing "
        "without answers",
        lambda run: ratio(run.total("answer_wait_minutes") / 60.0, run.total("operator_answers")),
        "less", heading="wait for an answer (hours)"),
    Outcome("late_answers_share", "share",
        "questions that the operators meant to answer and their desk held up for more than an "
        "hour; missing when they meant to answer none", _over("late_answers", "questions_meant"),
        "less", heading="late answers (%)", printed="%"),
    Outcome("missing_answers_share", "share",
        "questions that the operators would answer and left, because their desk was too far "
        "behind; missing when they meant to answer none",
        _over("questions_left", "questions_meant"), "less", heading="missing answers (%)",
        printed="%"),
    Outcome("three_minute_reply_share", "share",
        "3-minute reply share: questions of members that the operators answered within 3 minutes, "
        "nights included, over all questions of members; missing without questions",
        _over("prompt_answers", "question"), "more", heading="3-minute reply share (%)",
        printed="%"),
    Outcome("no_reply_share", "share",
        "questions of members left unanswered by the operators, also those that a member answered "
        "first, over all questions of members; missing without questions",
        lambda run: 1.0 - ratio(run.total("operator_answers"), run.total("question")), "less",
        heading="not answered by operators (%)", printed="%"),
    _count("letters", "letters", "of operators to single members"),
)  # fmt: skip
"""What is written: how much, by whom, how unequally, how soon answered."""

MOOD = (
    Outcome("satisfaction", "share",
        "verdict: relief over relief and cost of what was read of late, half where reading just "
        "pays; mean over present members who have read, then over the ends of local days; missing "
        "when nobody had read", lambda run: run.verdict("satisfaction"), "more", main=AIM,
        heading="satisfaction (0 to 1)", short="satisfaction", phrase="satisfaction",
        meaning="how far what was read was worth it (.5: just), mean over present members and "
                "days"),
    Outcome("satisfaction_of_joined", "share",
        "verdict of all who had joined and read, those who left by their last one",
        lambda run: run.verdict("satisfaction_of_joined"), "more"),
    Outcome("satisfied_members_end", "members",
        "present at the end of the last local day with a verdict above one half", _satisfied_end,
        "more", heading="satisfied members"),
    _of_present("needs_met", "share", "sum of normalised need weight times (1 - hunger), "),
    _of_present("fatigue", "fatigue", better="less", main=COMPARED),
    _of_present("habit", "share", "expected benefit of a look, "),
    _of_present("trust", "trust", "trust in the operators, "),
    Outcome("tie_density", "share",
        "directed ties above 0.1 among all possible ones, mean over the ends of local days with "
        "two members or more", _level("tie_density", 2), "more"),
    Outcome("problems_solved_share", "share",
        "problems of members that were answered in time, among all that arose, those still open "
        "counted as not; missing when none arose", _over("problems_solved", "problems"), "more"),
    _of_present("progress", "share", "how far members have come, "),
)  # fmt: skip
"""How members fare: satisfaction, fatigue, trust, ties."""

MONEY = (
    _count("operator_packets", "packets", "red packets sent by operators"),
    Outcome("member_packets", "packets", "red packets sent by members", _total("packet")),
    Outcome("packets_refused", "packets", "not sent, because too many were open at once",
        _life("packets_refused"), "less"),
    _count("claims", "shares", "shares claimed of any packet"),
    Outcome("claim_delay_median_seconds", "seconds",
        "from a packet to a claim, median of the group to a quarter octave; missing without claims",
        lambda run: median_delay_seconds(run.trace.life["claim_delays"])),
    Outcome("fen_sent", "fen", "in packets of operators and members",
        _total("operator_fen", "member_fen")),
    Outcome("operator_fen_sent", "fen", "in packets of operators", _total("operator_fen")),
    Outcome("member_fen_sent", "fen", "in packets of members", _total("member_fen")),
    Outcome("fen_claimed", "fen", "of packets of anybody", _total("claimed_fen")),
    Outcome("operator_fen_claimed", "fen", "of packets of operators",
        _total("operator_claimed_fen")),
    Outcome("fen_paid", "fen", "by operators to single members", _total("paid_fen")),
    Outcome("fen_refunded", "fen", "returned to whoever sent the packet, a day later",
        _total("refunded_fen")),
    Outcome("fen_outstanding", "fen",
        "sent and neither claimed nor refunded at the end of observation",
        lambda run: run.total("operator_fen", "member_fen")
        - run.total("claimed_fen", "refunded_fen")),
    _count("gate_fees_fen", "fen", "paid to come in, at creation too", "more"),
    Outcome("acquisition_fen", "fen",
        "for each member who ever joined: gate.candidate_fen for each who asked, rewards for "
        "guests, wages for reviews", _acquisition_fen, "less"),
    Outcome("operator_hours", "hours",
        "operators' posts and packets times operator.minutes_per_post, answers times "
        "operator.minutes_per_answer, letters, calls and deeds times operator.minutes_per_letter, "
        "_call and _deed, candidates reviewed times gate.minutes_per_review", _operator_hours,
        "less", main=COMPARED),
    Outcome("paid_hours", "hours",
        "operator_hours, or, when that is more, the hours on duty at the desk over desk.groups: "
        "idle hours are shared by the groups of one team", _paid_hours, "less"),
    Outcome("hours_over_capacity", "hours",
        "operator_hours above the hours on duty at the desk over desk.groups; missing without a "
        "desk",
        lambda run: np.where(run.total("paid_minutes") > 0, _hours_over_capacity(run), np.nan),
        "less"),
    Outcome("cost_fen", "fen",
        "claimed of operators' packets, paid to members (paid_fen, calls_fen), plus paid_hours "
        "times operator.wage_fen_per_hour, plus gate.candidate_fen for each who asked to join; "
        "refunds and members' own packets are no cost", _cost_fen, "less", main=AIM,
        heading="cost of a community (CNY)", short="cost (fen)", phrase="cost",
        meaning="claimed of operators' packets and paid to members, plus paid hours times wage, "
                "over the days seen; refunds and members' own packets are no cost", printed="CNY"),
    Outcome("cost_per_member", "fen/member",
        "cost_fen over members_end; missing when nobody is there any more",
        lambda run: ratio(_cost_fen(run), _members_end(run)), "less",
        heading="cost a member still there (CNY)", printed="CNY"),
    Outcome("cost_per_satisfied_member", "fen/member",
        "cost_fen over satisfied_members_end; missing when nobody is satisfied",
        lambda run: ratio(_cost_fen(run), _satisfied_end(run)), "less",
        heading="cost a satisfied member (CNY)", printed="CNY"),
)  # fmt: skip
"""Red packets, work and money."""

CALLED = (
    _count("calls", "calls", "opened by the operators"),
    _count("call_answers", "answers", "members taking part in a call, standing offers apart",
        "more"),
    Outcome("call_participation", "share",
        "call_answers over the times a member had just read a call; missing without any",
        _over("call_answers", "call_chances"), "more"),
    Outcome("check_in_streak", "check-ins",
        "check-ins in a row at a check-in, itself counted, mean over check-ins; missing without",
        _over("streaks", "check_ins"), "more"),
    _count("attendances", "members", "came to gatherings, each time counted", "more"),
    _count("calls_fen", "fen",
        "paid by the operators as rewards and prizes of calls and for gatherings", "less"),
)  # fmt: skip
"""What members are called to: check-ins, raffles, gatherings, orders, ideas, votes."""

SALES = (
    _count("orders", "orders", "delivered to members", "more"),
    _count("buyers", "members", "with at least one order delivered", "more"),
    Outcome("repeat_share", "share",
        "orders that were not their buyer's first; missing without orders",
        lambda run: ratio(run.total("orders") - run.total("buyers"), run.total("orders")), "more"),
    Outcome("orders_per_member_day", "1/day",
        "orders over members_mean times days_observed; missing when nobody was present",
        lambda run: ratio(run.total("orders"), run.member_days), "more"),
    _count("order_fen", "fen", "paid by members for orders"),
    _count("income_fen", "fen", "paid for orders that were delivered", "more"),
    _count("returned_fen", "fen", "paid back, because a group-buy found too few", "less"),
    Outcome("pending_fen", "fen",
        "paid for orders that were neither delivered nor paid back at the end of observation",
        lambda run: run.total("order_fen") - run.total("income_fen", "returned_fen")),
    Outcome("margin_fen", "fen", "income_fen times shop.margin_share, in whole fen", _margin_fen,
        "more"),
    Outcome("profit_fen", "fen", "margin_fen less cost_fen",
        lambda run: _margin_fen(run) - _cost_fen(run), "more"),
    Outcome("buyer_value_fen", "fen",
        "margin_fen over buyers, over the days observed; missing without buyers",
        _a_buyer(_margin_fen), "more"),
    Outcome("buyer_cost_fen", "fen", "cost_fen over buyers; missing without buyers",
        _a_buyer(_cost_fen), "less"),
    Outcome("order_cost_fen", "fen", "cost_fen over orders; missing without orders",
        lambda run: ratio(_cost_fen(run), run.total("orders")), "less"),
)  # fmt: skip
"""What is sold, to whom, and what it brings."""

DEATH_COLUMNS = tuple(
    _dead(death, origin)
    for origin in (CREATION, FIRST_MESSAGE)
    for death in DEATHS
    if origin in death.origins
)

OUTCOMES: tuple[Outcome, ...] = (
    *PEOPLE, *TALK, *MOOD, *MONEY, *CALLED, *SALES, *DEATH_COLUMNS
)  # fmt: skip
"""Every outcome in the order of the columns of `outcomes`; `dead_silent_week2` is the headline."""

ALIVE = Outcome(
    "alive",
    TRUTH,
    "no 7 days in a row without a member message; missing when seen for no longer than 7 days",
    _alive,
    "more",
    matters=0.05,
)
"""What every answer begins with. No column of a store, whose lives say the same."""


OWN: ContextVar[tuple[Outcome, ...]] = ContextVar("own outcomes", default=())
"""Those of a user's own, while a command is at work: `sim.lives.own_outcomes`."""


def all_outcomes() -> tuple[Outcome, ...]:
    """Return the outcomes of `OUTCOMES`, then the user's own."""
    return (*OUTCOMES, *OWN.get())


def outcomes_by_name() -> dict[str, Outcome]:
    """Return the outcomes by their names."""
    return _by_name(all_outcomes())


@cache
def _by_name(outcomes: tuple[Outcome, ...]) -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in outcomes}


def outcome_named(name: str) -> Outcome:
    """Return an outcome by its name."""
    return outcomes_by_name()[name]


def main_outcomes(least: int = COMPARED) -> tuple[Outcome, ...]:
    """Return the outcomes that are at least so prominent, from `COMPARED`, `ON_PAGE`, `IN_SWEEP` to
    `AIM`: in the order of `OUTCOMES`, what is paid for it last.
    """
    chosen = [one for one in all_outcomes() if one.main >= least]
    return tuple(sorted(chosen, key=lambda one: one.printed == "CNY"))


def outcomes(trace: Trace, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Say what every group of a run amounts to, one row each as in the trace: ``point``,
    ``replication``, then the columns of `OUTCOMES`; missing values are NaN (NA for truths), never
    0.
    """
    run = Run(trace, scenarios)
    columns = {outcome.name: outcome.value(run) for outcome in all_outcomes()}
    whose = {"point": trace.point, "replication": trace.replication}
    return pd.DataFrame({**whose, **columns})


def summary(
    rows: pd.DataFrame, by: Sequence[str] = (), names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Average outcomes, one row each within `by`: ``outcome``, ``unit``, ``n`` (groups not
    missing), ``mean``, ``lower``, ``upper`` (95 %), ``method`` (t; Wilson for shares of truths),
    ``monte_carlo_error`` (of the mean over replications); NaN where too few groups say anything.
    """
    known = outcomes_by_name()
    chosen = [name for name in rows.columns if name in known] if names is None else list(names)
    missing = [name for name in (*by, *chosen) if name not in rows]
    strange = [name for name in chosen if name in rows and name not in known]
    if missing or strange:
        lines = [f"{name}: no such column{nearest_key(name, list(rows))}" for name in missing]
        lines += [f"{name}: not an outcome{nearest_key(name, list(known))}" for name in strange]
        raise InputError(lines)
    grouped = rows.groupby(list(by), observed=True) if by else rows.groupby(np.zeros(len(rows)))
    parts = [_of_one(name, known[name].unit, grouped[name]) for name in chosen]
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts)
    keys = table.index.to_frame(index=False)[list(by)] if by else pd.DataFrame(index=table.index)
    whole = pd.concat([keys.reset_index(drop=True), table.reset_index(drop=True)], axis=1)
    return whole.sort_values(list(by), kind="stable", ignore_index=True) if by else whole


def _of_one(name: str, unit: str, values: pd.api.typing.SeriesGroupBy) -> pd.DataFrame:
    counted = values.agg(["count", "mean", "std"])
    n, mean, spread = (
        counted[part].to_numpy(dtype=np.float64, na_value=np.nan) for part in counted
    )
    tried = np.where(n > 0, n, np.nan)
    if unit == TRUTH:
        lower, upper = wilson_interval(np.rint(np.nan_to_num(mean * n)), n)
        lower, upper = (np.where(n > 0, end, np.nan) for end in (lower, upper))
        error, method = np.sqrt(mean * (1.0 - mean) / tried), WILSON_METHOD
    else:
        error, method = spread / np.sqrt(tried), T_METHOD
        lower, upper = mean_interval(mean, error, n)
    columns = {"outcome": name, "unit": unit, "n": n.astype(np.int64), "mean": mean}
    columns |= {"lower": lower, "upper": upper, "method": method, "monte_carlo_error": error}
    return pd.DataFrame(columns, index=counted.index)
