"""Every parameter of the model, once: unit, range, default, source, grade and meaning.

Grades: **A** peer-reviewed or field data, **L** computed from public chat logs, **B** secondary
source, **C** assumption.

One file because the parameters are one table, which is read and checked as a whole.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from sim.allowed import LARGEST_INTEGER, Allowed

GUESS = "assumption"


@dataclass(frozen=True)
class Parameter(Allowed):
    """What is known of one parameter: what it may be and means, its default, source and grade."""

    default: float | int | str = 0
    source: str = GUESS
    grade: str = "C"
    off: float | None = None  # the value that switches its mechanism off

    @property
    def numeric(self) -> bool:
        """Whether the parameter is a number (else one of `choices` or a path)."""
        return self.kind is not str

    @property
    def integer(self) -> bool:
        """Whether only whole numbers are allowed."""
        return self.kind is int


def known_number(
    default: float,
    low: float,
    high: float,
    unit: str,
    about: str,
    source: str = GUESS,
    off: float | tuple[float, str] | None = None,
) -> Parameter:
    """Describe a numeric parameter; `source` is ``"text (grade)"``, without a grade it is C; `off`
    is the value that switches its mechanism off, with another word for that if need be.
    """
    text, _, tail = source.rpartition(" (")
    grade = tail.rstrip(")") if text else "C"
    value, word = off if isinstance(off, tuple) else (off, "off")
    meaning = about if value is None else f"{about}; {value:g}: {word}"
    allowed = Allowed(type(default), low, high, unit, meaning=meaning)
    return Parameter(
        **vars(allowed), default=default, source=text or source, grade=grade, off=value
    )


def number(default: float, *known: Any, **more: Any) -> Any:
    """Declare a field that is a numeric parameter, described as by `known_number`."""
    return field(default=default, metadata={"parameter": known_number(default, *known, **more)})


def choice(default: str, choices: tuple[str, ...], about: str, suffix: str = "") -> Any:
    """Declare a parameter that is one of a few words, or a file whose name ends in `suffix`."""
    allowed = Allowed(str, unit="word", choices=choices, suffix=suffix, meaning=about)
    known = Parameter(**vars(allowed), default=default, source="design")
    return field(default=default, metadata={"parameter": known})


CHOSEN = "choice (-)"
# What a run needs besides the parameters.
RUN = {
    "run.days": known_number(14.0, 0.05, 3650, "days", "how long each group is seen", CHOSEN),
    "run.groups": known_number(100, 1, 1_000_000, "groups", "replications simulated", CHOSEN),
    "run.seed": known_number(1, 0, LARGEST_INTEGER, "1", "seed of all random numbers", CHOSEN),
}


@dataclass(frozen=True)
class Group:
    """The group itself."""

    size: int = number(100, 1, 5000, "members", "members present at creation", "design (C)")
    cap: int = number(500, 1, 5000, "members", "most members at once", "WeChat limit (B)")
    topic_breadth: float = number(0.5, 0, 1, "share", "part of the topic circle talked about")
    planned_end_days: float = number(
        0.0, 0, 3650, "days", "planned end after creation", off=(0, "none")
    )
    start_hour: int = number(9, 0, 23, "hour", "local hour of creation")
    start_weekday: int = number(0, 0, 6, "weekday", "local weekday of creation; 0: Monday")


@dataclass(frozen=True)
class Arrivals:
    """Candidates who ask to join an existing group."""

    per_day: float = number(
        0.3, 0, 1000, "members/day", "trickle of candidates to join; where it fades: at 30 days"
    )
    fading_power: float = number(
        0.0, 0, 0.95, "1", "the trickle falls as age to the minus this",
        "Crane & Sornette 2008; public chat logs (L)", off=(0, "steady"),
    )  # fmt: skip
    burst_ratio: float = number(
        15.0, 0, 10000, "ratio", "arrival rate at birth over the trickle", "public chat logs (L)"
    )
    burst_days: float = number(
        2.0, 0.05, 60, "days", "e-folding time of the burst", "public chat logs (L)"
    )
    announced_days: float = number(
        0.0, 0, 365, "days", "median time from creation until anybody hears of it", off=(0, "none")
    )
    announced_sigma: float = number(
        2.0, 0, 2.5, "log sd", "log-normal spread of that time between groups"
    )
    unknown_share: float = number(
        0.0, 0, 1, "share", "groups of which nobody ever hears: no candidate comes", off=(0, "none")
    )
    popularity_sigma: float = number(
        0.5, 0, 2.5, "log sd", "log-normal spread of arrivals between groups; logs give 1.4"
    )


@dataclass(frozen=True)
class Ties:
    """Directed, weighted ties; each member keeps the strongest dozen."""

    graph: str = choice(
        "strangers", ("strangers", "small_world", "cliques"), "who knows whom at birth", ".csv"
    )
    initial_weight: float = number(1.0, 0, 10, "tie", "weight of a tie at creation")
    degree: int = number(4, 0, 12, "members", "ties of a member at creation")
    kept: int = number(12, 0, 12, "members", "strongest ties kept", "Dunbar layers 5/15 (A)")
    growth: float = number(0.25, 0, 5, "tie", "growth by an exchange", off=0)
    half_life_days: float = number(45.0, 1, 3650, "days", "a tie without contact halves")
    benefit: float = number(0.5, 0, 10, "1/tie", "extra worth of a tied author's message", off=0)


@dataclass(frozen=True)
class Packets:
    """Red packets: claiming, sending back, mood and crowding out."""

    claim_probability: float = number(
        0.8, 0, 1, "probability", "an average member claims a seen one"
    )
    expiry_hours: float = number(24.0, 24, 24, "hours", "refund after", "WeChat rule (B)")
    return_ratio: float = number(
        0.18, 0, 0.39, "CNY/CNY",
        "money sent back by money received; its limit keeps chains subcritical",
        "Yuan et al. 2024 (A)",
    )  # fmt: skip
    luckiest_ratio: float = number(
        1.5, 1, 2.5, "ratio", "sending of the luckiest drawer over others", "Yuan et al. 2024 (B)"
    )
    stranger_share: float = number(0.7, 0, 1, "share", "sending back left among strangers", off=1)
    member_fen: int = number(1000, 1, 20000, "fen", "a packet that a member sends")
    member_shares: int = number(5, 1, 100, "shares", "claimable parts of it")
    half_fen: float = number(
        100.0, 0, 100000, "fen",
        "claim that lifts the mood half as much as a very large one; 0: any claim lifts wholly",
    )  # fmt: skip
    thanks_ratio: float = number(
        5.0, 0, 100, "ratio", "drive to thank for a very large claim over the drive to open", off=0
    )
    mood_hours: float = number(6.0, 0.1, 240, "hours", "e-folding time of the mood after a claim")
    lift: float = number(
        1.0, 0, 10, "1", "speech lifted among the weakly tied", "Sun et al. 2017, sign (A)", off=0
    )
    crowding: float = number(
        0.5, 0, 1, "1", "speech crowded out among the well tied", "Sun et al. 2017, sign (A)",
        off=0,
    )  # fmt: skip
    expectation_days: float = number(7.0, 0.2, 120, "days", "e-folding time of expecting packets")
    expectation_step: float = number(0.2, 0, 1, "share", "step toward expecting packets, a claim")
    dip: float = number(0.3, 0, 1, "1", "speech lost when expected packets stop", off=0)


@dataclass(frozen=True)
class OperatorTeam:
    """The operator team of the group: hours, answers, quality, cost."""

    open_hour: int = number(9, 0, 23, "hour", "local hour the team starts")
    close_hour: int = number(22, 1, 24, "hour", "local hour the team stops")
    answer_probability: float = number(0.6, 0, 1, "probability", "a question gets an answer", off=0)
    answer_minutes: float = number(30.0, 0.1, 10000, "minutes", "mean delay of an answer in hours")
    quality: float = number(1.0, 0, 3, "quality", "quality of answers; a member's message has 1")
    quality_half_life_days: float = number(
        0.0,
        0,
        3650,
        "days",
        "posts and answers lose quality: hot at first, then thin",
        off=(0, "steady"),
    )
    minutes_per_post: float = number(10.0, 0, 600, "minutes", "work of one post")
    minutes_per_answer: float = number(5.0, 0, 600, "minutes", "work of one answer")
    wage_fen_per_hour: int = number(3000, 0, 1000000, "fen/hour", "cost of an operator hour")
    minutes_per_letter: float = number(3.0, 0, 600, "minutes", "work of a private letter")
    minutes_per_call: float = number(20.0, 0, 6000, "minutes", "work of a call, settled")
    minutes_per_deed: float = number(
        1.0, 0, 600, "minutes", "work of removing, paying, a role, a closing, a handover"
    )
    shill_seen_probability: float = number(
        0.2, 0, 1, "probability", "what the team says as if a member did is seen through",
        off=(0, "never seen through"),
    )  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How often a member looks at the group."""

    rate_per_day: float = number(6.0, 0, 100, "1/day", "looks of an interested, rested member")
    rate_sigma: float = number(0.8, 0, 2.5, "log sd", "spread of look rates between members")
    habit_floor_share: float = number(
        0.01, 0.001, 1, "share", "part of the rate left without any habit: silence never absorbs"
    )
    fatigue_weight: float = number(0.6, 0, 20, "1", "how strongly fatigue slows looking", off=0)
    mute_share: float = number(0.25, 0.001, 1, "share", "part of the rate left after muting")
    first_hours: float = number(4.0, 0.01, 240, "hours", "mean delay of a first look at creation")


@dataclass(frozen=True)
class Rhythm:
    """Hours of the day and days of the week."""

    day_depth: float = number(
        1.0, 0, 3, "1", "exp(2 x) is the peak/trough ratio of an hour", "public logs (L)", off=0
    )
    peak_hour: float = number(20.5, 0, 24, "hour", "local hour of most looks")
    weekend_share: float = number(
        0.8, 0, 3, "share", "looks on a weekend day over a weekday", "public logs (L)"
    )
    reaction_share: float = number(
        0.0, 0, 1, "share", "how far reactions and first looks follow the hour", off=0
    )
    shift_sigma_hours: float = number(1.5, 0, 3, "hours", "spread of personal rhythms, whole hours")


@dataclass(frozen=True)
class Reaction:
    """Looks caused by what happens in the group."""

    draw_probability: float = number(
        0.1, 0, 1, "1", "members drawn in by a message per attentive member", off=0
    )
    draw_max: float = number(
        0.9, 0, 8, "members", "most members a message draws in, on average (it saturates)"
    )
    draw_minutes: float = number(2.0, 0.02, 600, "minutes", "mean delay of a member drawn in")
    call_probability: float = number(
        0.7, 0, 1, "probability", "an answer calls its addressee back", off=0
    )
    call_minutes: float = number(1.5, 0.02, 600, "minutes", "mean delay of the one called back")
    stay_probability: float = number(
        0.45, 0, 0.97, "probability", "a look at live talk is followed by another", off=0
    )
    stay_minutes: float = number(1.0, 0.02, 600, "minutes", "mean time to that further look")
    live_minutes: float = number(
        8.0, 0.1, 600, "minutes", "talk is live when the newest is younger"
    )
    packet_share: float = number(
        0.5, 0, 1, "share", "attentive members whom a packet draws in", off=0
    )
    packet_minutes: float = number(3.0, 0.02, 600, "minutes", "mean delay of one drawn by a packet")
    packet_evenness: float = number(
        0.7, 0, 1, "1", "a packet draws 0: by attention, 1: all who hear it alike"
    )
    everyone_share: float = number(0.35, 0, 1, "share", "attentive members whom an @all draws in")


@dataclass(frozen=True)
class Reading:
    """What a look takes in, and what it costs."""

    cap_messages: float = number(
        40.0, 1, 60, "messages", "most messages read at a look", "Jones et al. 2004, 2008 (A)"
    )
    fatigue_per_message: float = number(0.002, 0, 1, "fatigue", "fatigue of one message", off=0)
    ad_fatigue_ratio: float = number(3.0, 0, 50, "ratio", "fatigue of an ad over a plain message")
    overload_fatigue: float = number(
        0.05, 0, 5, "fatigue", "fatigue of a look that skips much", off=(0, "no overload")
    )
    fatigue_days: float = number(5.0, 0.1, 60, "days", "e-folding time of fatigue")


@dataclass(frozen=True)
class Needs:
    """Five needs, what feeds them, and how fast they come back."""

    regrow_days: float = number(1.0, 0.05, 60, "days", "e-folding time in which hunger comes back")
    message_cost: float = number(
        0.005, 0, 1, "relief", "what a message must bring to be worth reading"
    )
    verdict_messages: float = number(
        20.0, 1, 10000, "messages", "messages that the verdict on the group remembers"
    )
    weight_sigma: float = number(0.6, 0, 2.5, "log sd", "spread of need weights between members")
    information_weight: float = number(1.0, 0, 10, "1", "mean weight: useful answers, knowledge")
    belonging_weight: float = number(1.0, 0, 10, "1", "mean weight: support, company")
    enjoyment_weight: float = number(1.0, 0, 10, "1", "mean weight: fun")
    benefit_weight: float = number(0.7, 0, 10, "1", "mean weight: bargains, practical gain")
    recognition_weight: float = number(0.6, 0, 10, "1", "mean weight: honour, being needed")
    chat_belonging: float = number(0.06, 0, 5, "1/message", "a chat feeds belonging")
    chat_enjoyment: float = number(0.06, 0, 5, "1/message", "a chat feeds enjoyment")
    question_recognition: float = number(0.04, 0, 5, "1/message", "a question makes one needed")
    answer_information: float = number(0.15, 0, 5, "1/message", "an answer feeds information")
    answer_belonging: float = number(0.08, 0, 5, "1/message", "an answer feeds belonging")
    content_information: float = number(0.20, 0, 5, "1/message", "content feeds information")
    content_enjoyment: float = number(0.08, 0, 5, "1/message", "content feeds enjoyment")
    activity_enjoyment: float = number(0.25, 0, 5, "1/message", "an activity feeds enjoyment")
    activity_belonging: float = number(0.12, 0, 5, "1/message", "an activity feeds belonging")
    greeting_belonging: float = number(0.05, 0, 5, "1/message", "a greeting feeds belonging")
    ad_benefit: float = number(0.15, 0, 5, "1/message", "an ad feeds the hunger for bargains")
    packet_enjoyment: float = number(0.15, 0, 5, "1/message", "seeing a packet feeds enjoyment")
    packet_benefit: float = number(0.3, 0, 5, "1/e-fold CNY", "money won feeds benefit")
    reply_recognition: float = number(0.5, 0, 5, "1/reply", "a reply to oneself feeds recognition")


@dataclass(frozen=True)
class Novelty:
    """Habituation: kinds of message lose novelty with exposure, and regain it."""

    recover_days: float = number(6.0, 0.1, 120, "days", "e-folding time of exposure")
    talk_messages: float = number(400.0, 1, 1e9, "messages", "exposure that halves chat's novelty")
    content_messages: float = number(25.0, 0.5, 1e9, "messages", "halves the novelty of content")
    activity_messages: float = number(
        10.0, 0.5, 1e9, "messages", "halves the novelty of activities"
    )
    greeting_messages: float = number(6.0, 0.5, 1e9, "messages", "halves the novelty of greetings")
    packet_messages: float = number(8.0, 0.5, 1e9, "messages", "halves the novelty of packets")


@dataclass(frozen=True)
class Speak:
    """Speaking and answering."""

    propensity: float = number(0.006, 0, 2, "1/look", "drive to open talk, mean member")
    propensity_sigma: float = number(2.0, 0, 2.5, "log sd", "spread of drives between members")
    probability_max: float = number(
        0.25, 0.001, 1, "probability", "most that a look leads to speech"
    )
    need_push: float = number(1.5, 0, 20, "1", "unmet belonging and recognition push", off=0)
    audience: float = number(
        0.25, 0, 5, "1", "audience benefit A in A log(1+N)", "Zhang & Zhu 2011, form (B)", off=0
    )
    loafing: float = number(0.15, 0, 5, "1", "social loafing L in L log(1+N)", off=0)
    identifiability: float = number(0.5, 0, 1, "share", "how far a member's silence is noticed")
    stranger_share: float = number(0.6, 0, 1, "share", "drive left among strangers", off=1)
    fatigue_weight: float = number(1.0, 0, 20, "1", "how strongly fatigue silences", off=0)
    answer_ratio: float = number(60.0, 0, 100, "ratio", "drive to answer over drive to open", off=0)
    question_ratio: float = number(2.0, 0, 100, "ratio", "drive to answer a question over a chat")
    addressed_ratio: float = number(2.5, 0, 100, "ratio", "drive to answer when addressed over not")
    fresh_minutes: float = number(
        20.0, 0.1, 10000, "minutes", "age that quarters the drive to answer"
    )
    load_messages: float = number(
        60.0, 1, 1e9, "messages", "unread that halve the share answered", "Jones et al. 2004 (A)"
    )
    first_ratio: float = number(
        60.0, 0, 200, "ratio", "posting at the first look over later ones", "public logs: 50-80 (L)"
    )
    first_probability_max: float = number(
        0.35, 0, 1, "probability", "most that a first look speaks"
    )
    question_share: float = number(0.35, 0, 1, "share", "part of openers that ask, at full hunger")
    content_share: float = number(0.1, 0, 1, "share", "part of other openers that share a link")
    quiet_share: float = number(1.0, 0.001, 1, "share", "drive to open in a silent group", off=1)
    quiet_days: float = number(
        10.0, 0.01, 365, "days", "silence that halves the drive above quiet_share"
    )
    team_ratio: float = number(
        0.5, 0, 50, "ratio", "drive to answer a post of the fully trusted team over a member's",
        "one broadcast in 111 rooms (L)", off=0,
    )  # fmt: skip
    team_quiet: float = number(
        0.0, 0, 1, "share", "how far the team and packets break a silence; 1: as members do",
        "one broadcast in 111 rooms (L)",
    )  # fmt: skip
    unanswered_share: float = number(
        1.0, 0, 1, "share", "drive to open while the newest message is one's own", off=1
    )
    evenness: float = number(
        0.0, 0, 1, "1", "answers to a reply to oneself hang less on one's propensity", off=0
    )
    called_probability_max: float = number(
        0.25, 0.001, 1, "probability", "most that reading a reply to oneself leads to an answer"
    )
    more_probability: float = number(
        0.0, 0, 0.8, "probability", "who has written writes on", "public chat logs (L)", off=0
    )
    more_minutes: float = number(0.4, 0.02, 60, "minutes", "mean wait until writing on")
    more_newcomer_share: float = number(
        0.59, 0, 1, "share", "writing on after a first message over later", "public chat logs (L)"
    )
    more_half_messages: float = number(
        3.9, 0.1, 1000, "messages", "own messages that halve this difference",
        "public chat logs (L)",
    )  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """Learning: habit is the share of arising needs that the group has satisfied of late."""

    days: float = number(
        5.0, 0.2, 60, "days", "e-folding time of habit, median member (half-life 3-14 d)"
    )
    days_sigma: float = number(
        0.0, 0, 2.5, "log sd", "spread of that time between members", off=(0, "none")
    )
    gain: float = number(1.3, 0, 10, "1", "weight of felt relief", off=(0, "no learning from it"))
    team_gain: float = number(
        1.0, 0, 10, "1", "weight of relief by the team's messages; as habit.gain: no difference"
    )
    reply_reward: float = number(
        0.12, 0, 1, "share", "step toward full habit by a reply", "Joyce & Kraut 2006 (B)", off=0
    )
    interest_power: float = number(
        3.0, 0, 20, "1", "initial interest is u**x, u uniform: most never come back"
    )


@dataclass(frozen=True)
class Trust:
    """Trust in the operator, 0 to 1."""

    initial: float = number(0.5, 0, 1, "trust", "trust of a newcomer")
    gain: float = number(0.03, 0, 5, "1/message", "gain by a useful operator message", off=0)
    expected_worth: float = number(
        0.3, 0, 3, "worth", "worth that a useful message of the team must have to earn trust", off=0
    )
    warmth: float = number(
        0.0, 0, 2, "share", "part of a greeting's worth, while new, that earns trust", off=0
    )
    ad_loss: float = number(0.04, 0, 5, "1/message", "loss by an ad, before tolerance", off=0)
    benefit: float = number(0.6, 0, 10, "1/trust", "extra worth of a trusted operator's message")


@dataclass(frozen=True)
class Leaving:
    """Muting and leaving, decided at looks."""

    mute_probability: float = number(
        0.02, 0, 1, "1/look", "muting at fatigue 1 and no habit", "commoner than leaving (B)",
        off=0,
    )  # fmt: skip
    leave_probability: float = number(
        0.0003, 0, 1, "1/look", "leaving at no habit and fatigue 1", "about a tenth (B)", off=0
    )
    unmute_probability: float = number(
        0.0, 0, 1, "1/look", "a muted member without fatigue unmutes", off=0
    )
    verdict_weight: float = number(
        1.0, 0, 1, "1", "how far the verdict on the group makes leave or stay", off=0
    )
    ad_weight: float = number(
        8.0, 0, 20, "1/ad", "an untolerated ad read adds this to fatigue here",
        "over half of those who unfollow name ads: Sootoo 2013 (B)",
    )  # fmt: skip


@dataclass(frozen=True)
class Gate:
    """How candidates and operators take a gate; what it asks is ordered by the team."""

    fee_half_fen: float = number(
        5000.0, 1, 1e9, "fen", "fee that half of the keenest candidates pay"
    )
    work_power: float = number(
        0.5, 0, 10, "1", "a written introduction is made by interest to the power of this", off=0
    )
    review_noise: float = number(0.3, 0, 10, "rank", "error of a review of candidates, ranks 0-1")
    error: float = number(0.1, 0, 1, "probability", "one who does not fit is let in")
    commitment: float = number(
        0.0, 0, 5, "share", "step toward full habit by having paid or worked to come in",
        "Aronson & Mills 1959, sign (C)", off=0,
    )  # fmt: skip
    candidate_fen: float = number(
        0.0, 0, 1e6, "fen", "cost of making one candidate ask to join", off=(0, "free")
    )
    minutes_per_review: float = number(2.0, 0, 600, "minutes", "work of reviewing a candidate")


@dataclass(frozen=True)
class Growth:
    """Guests whom members invite."""

    invite_probability: float = number(
        0.0, 0, 1, "1/look", "a newcomer with a full verdict invites somebody", off=0
    )
    eager_days: float = number(5.0, 0.1, 365, "days", "e-folding time of inviting since joining")
    quota: int = number(5, 0, 1000, "invitations", "that one member can make")
    delay_days: float = number(1.0, 0.01, 60, "days", "mean time until a guest asks to join")
    likeness: float = number(
        0.5, 0, 1, "share", "part of the inviter's place on the axis of topics in a guest's", off=0
    )
    reward_half_fen: float = number(
        500.0, 1, 1e6, "fen", "reward that lifts inviting half as much as a very large one"
    )
    reserve: int = number(
        0, 0, 5000, "members", "guests that can be held; invitations beyond are counted as lost"
    )


@dataclass(frozen=True)
class Roles:
    """Roles that the team gives to members."""

    duty: float = number(
        4.0, 0, 100, "ratio", "a host's push to open, an expert's to answer questions", off=0
    )
    recognition: float = number(
        0.3, 0, 10, "1/reply", "recognition that a reply gives whoever has a role, above others"
    )
    quit_verdict: float = number(
        0.4, 0, 1, "verdict", "who judges the group worse than this gives its role up"
    )


@dataclass(frozen=True)
class Wants:
    """What members want of the group now and then: help, a purchase, to be heard."""

    problems_per_month: float = number(
        0.0, 0, 300, "1/month", "problems that arise in a member", off=(0, "none")
    )
    purchases_per_month: float = number(
        0.0, 0, 300, "1/month", "wishes to buy that arise", off=(0, "none")
    )
    ideas_per_month: float = number(0.0, 0, 300, "1/month", "ideas that arise", off=(0, "none"))
    ask_drive: float = number(0.05, 0, 2, "1/look", "drive to ask about a problem, at full trust")
    patience_days: float = number(7.0, 0.05, 365, "days", "time until a want is given up")
    verdict_step: float = number(
        0.2, 0, 10, "1", "step of the verdict up by a problem solved, down by one given up"
    )


@dataclass(frozen=True)
class Progress:
    """How far members have come with what the group is for."""

    step: float = number(
        0.0, 0, 1, "share", "progress by a check-in or a solution to a problem of one's own", off=0
    )


@dataclass(frozen=True)
class Screen:
    """Rules, spam, removal and filters."""

    spammers: float = number(0.0, 0, 1, "share", "members whose openers may be ads", off=0)
    spam_probability: float = number(0.5, 0, 1, "probability", "an opener of theirs is one")
    rules_spam_share: float = number(0.5, 0, 1, "share", "spam left where rules are shown")
    rules_ratio: float = number(
        1.7, 0, 10, "ratio", "drive to speak at a first look where rules are shown, over none",
        "Matias 2019 (A)",
    )  # fmt: skip
    distance: float = number(
        0.35, 0, 0.5, "circle", "openers farther than this from the group's middle may be removed"
    )
    least_match: float = number(
        0.5, 0, 1, "match", "messages that match a reader less are hidden by a personal filter"
    )


@dataclass(frozen=True)
class Desk:
    """The desk: how many hands serve how many groups like this one, and what each act takes."""

    groups: int = number(1, 1, 100_000, "groups", "groups like this one that the same team serves")
    hands: float = number(
        0.0,
        0,
        1000,
        "people",
        "on duty within the team's hours, in tenths",
        off=(0, "no desk: answers wait for nobody, and only hours worked are paid"),
    )
    patience_hours: float = number(
        48.0, 0.1, 100_000, "hours", "questions are left once the desk is so far behind"
    )
    memory_days: float = number(
        14.0, 0.1, 3650, "days", "how far back the team counts questions, to reckon with as many"
    )


@dataclass(frozen=True)
class Calls:
    """Calls of the team: check-ins, raffles, sign-ups, orders, ideas, votes."""

    base: float = number(
        0.3, 0, 1000, "1", "drive to take part in a wanted call of the fully trusted team", off=0
    )
    probability_max: float = number(0.5, 0.001, 1, "probability", "most that a call is answered")
    streak: float = number(0.5, 0, 100, "1", "pull of a long streak of check-ins", off=0)
    company: float = number(0.5, 0, 100, "1", "pull of own ties who take part", off=0)


@dataclass(frozen=True)
class Gathering:
    """Gatherings that members sign up for: who meets, and what it does."""

    tie_weight: float = number(1.0, 0, 10, "tie", "tie grown to each one met", off=0)
    partners: int = number(4, 0, 12, "members", "people one meets there")
    loosening_share: float = number(
        0.1, 0, 1, "share", "ties lost to those who did not come", "Sessions 2010, sign (A)", off=0
    )
    trust: float = number(0.1, 0, 5, "1", "trust gained by a gathering of amount 1", off=0)


@dataclass(frozen=True)
class Shop:
    """What members buy where an order call stands open; without one nothing is sold."""

    buy_probability: float = number(
        0.05, 0, 1, "1/day", "most that a member buys of a standing offer on a day with a look",
        off=0,
    )  # fmt: skip
    trust_power: float = number(1.0, 0, 10, "1", "buying goes as trust to the power of this")
    educated_worth: float = number(
        5.0, 0, 1000, "worth", "content lately read that makes half an expert customer"
    )
    uneducated_share: float = number(
        0.1, 0, 1, "share", "buying by who has read no content over an expert customer's"
    )
    unwanted_share: float = number(
        0.2, 0, 1, "share", "buying for a bargain over buying what one wants"
    )
    wtp_fen: float = number(
        10000.0,
        1,
        1e8,
        "fen",
        "price at which an average member buys 37 % as often as for nothing",
    )
    quality: float = number(0.7, 0, 1, "quality", "of products on average; 0.5: just acceptable")
    quality_spread: float = number(0.3, 0, 1, "quality", "most that one product differs from it")
    verdict_step: float = number(
        0.2, 0, 1, "1", "step of the verdict on the group by the best or worst product", off=0
    )
    margin_share: float = number(0.4, 0, 1, "share", "of income that is left after the product")


@dataclass(frozen=True)
class Acts:
    """What operators do to single members."""

    letter_reach_probability: float = number(
        0.12, 0, 1, "probability", "a private letter makes a wholly content member look",
        "read rate of win-back letters of 33 retailers: Return Path 2014 (B)", off=0,
    )  # fmt: skip
    letter_minutes: float = number(120.0, 0.1, 10000, "minutes", "mean delay of that look")
    unmute_probability: float = number(
        0.1, 0, 1, "probability", "a muted, wholly content member unmutes by a letter read", off=0
    )
    come_back_probability: float = number(
        0.03, 0, 1, "probability", "a letter brings back one who left wholly content", off=0
    )


@dataclass(frozen=True)
class Params:
    """All numbers that describe a community, its members and its operators.

    Each field is a frozen dataclass of plain numbers; `parameters` lists them with their units,
    ranges and sources.

    Examples
    --------
    >>> Params().look.rate_per_day > 0
    True
    >>> Params().replace({"group.size": 50}).group.size
    50
    """

    group: Group = field(default_factory=Group)
    arrivals: Arrivals = field(default_factory=Arrivals)
    look: Look = field(default_factory=Look)
    rhythm: Rhythm = field(default_factory=Rhythm)
    reaction: Reaction = field(default_factory=Reaction)
    reading: Reading = field(default_factory=Reading)
    needs: Needs = field(default_factory=Needs)
    novelty: Novelty = field(default_factory=Novelty)
    speak: Speak = field(default_factory=Speak)
    ties: Ties = field(default_factory=Ties)
    habit: Habit = field(default_factory=Habit)
    trust: Trust = field(default_factory=Trust)
    leaving: Leaving = field(default_factory=Leaving)
    packets: Packets = field(default_factory=Packets)
    operator: OperatorTeam = field(default_factory=OperatorTeam)
    gate: Gate = field(default_factory=Gate)
    growth: Growth = field(default_factory=Growth)
    roles: Roles = field(default_factory=Roles)
    wants: Wants = field(default_factory=Wants)
    progress: Progress = field(default_factory=Progress)
    screen: Screen = field(default_factory=Screen)
    desk: Desk = field(default_factory=Desk)
    calls: Calls = field(default_factory=Calls)
    gathering: Gathering = field(default_factory=Gathering)
    shop: Shop = field(default_factory=Shop)
    acts: Acts = field(default_factory=Acts)

    def replace(self, values: dict[str, Any]) -> Params:
        """Return a copy with some dotted keys changed (``{"section.name": value}``; `KeyError` for
        one that is no parameter); ranges are checked by the scenario.
        """
        changed: dict[str, dict[str, Any]] = {}
        for key, value in values.items():
            section, _, name = key.partition(".")
            if key not in parameters():
                raise KeyError(key)
            changed.setdefault(section, {})[name] = value
        return dataclasses.replace(
            self,
            **{
                section: dataclasses.replace(getattr(self, section), **fields)
                for section, fields in changed.items()
            },
        )

    def items(self) -> Iterator[tuple[str, float | int | str]]:
        """Yield every dotted key with its value, in the order of the table."""
        for key in parameters():
            section, _, name = key.partition(".")
            yield key, getattr(getattr(self, section), name)


@cache
def parameters() -> dict[str, Parameter]:
    """List every parameter by its dotted key."""
    table: dict[str, Parameter] = {}
    for section in dataclasses.fields(Params):
        factory = section.default_factory
        assert isinstance(factory, type)
        for entry in dataclasses.fields(factory):
            table[f"{section.name}.{entry.name}"] = entry.metadata["parameter"]
    return table


@cache
def allowed_values() -> dict[str, Parameter]:
    """List what each key of ``[run]`` and of the parameters may be."""
    return RUN | parameters()


def branching_ratio(params: Params) -> float:
    """Bound the further looks one reaction look causes on average (below 1 chains die out; a
    scenario refuses over 0.98): largest eigenvalue over looks drawn in and called back, each saying
    what causes most (Hawkes and Oakes 1974; Harris 1963).
    """
    reaction, speak = params.reaction, params.speak
    drawn = speak.probability_max * reaction.draw_max
    called = speak.called_probability_max * reaction.call_probability
    asked = params.operator.answer_probability * speak.question_share
    staying = reaction.stay_probability / (1.0 - speak.more_probability)
    opener, reply = (1.0 + asked, asked), (1.0, 1.0)
    return staying + max(
        _eigenvalue(drawn, called, of_drawn, of_called)
        for of_drawn in (opener, reply)
        for of_called in (opener, reply)
    )


def _eigenvalue(
    drawn: float, called: float, of_drawn: tuple[float, float], of_called: tuple[float, float]
) -> float:
    """Return the larger eigenvalue for what both kinds say: how often it draws, and calls."""
    own, others = drawn * of_drawn[0], called * of_called[1]
    across = drawn * called * of_drawn[1] * of_called[0]
    return 0.5 * (own + others + math.sqrt((own - others) ** 2 + 4.0 * across))


def record_dtype() -> np.dtype[np.void]:
    """Return the flat record of numbers that the compiled engine reads, one field a parameter."""
    return np.dtype(
        [(key.replace(".", "_"), np.float64) for key, p in parameters().items() if p.numeric]
    )


def to_record(params: Params) -> np.ndarray[Any, np.dtype[np.void]]:
    """Pack parameters into one record of 64-bit floats for the compiled engine."""
    record = np.zeros(1, dtype=record_dtype())
    for key, value in params.items():
        if parameters()[key].numeric:
            record[key.replace(".", "_")] = value
    return record
