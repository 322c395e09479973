"""The members: how they look, read, want, speak, learn and leave."""

from __future__ import annotations

from dataclasses import dataclass

from sim.sections.declaring import number


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
    content_messages: float = number(25.0, 0.5, 1e9, "messages", "the same for content")
    activity_messages: float = number(10.0, 0.5, 1e9, "messages", "the same for activities")
    greeting_messages: float = number(6.0, 0.5, 1e9, "messages", "the same for greetings")
    packet_messages: float = number(8.0, 0.5, 1e9, "messages", "the same for packets")


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
    question_ratio: float = number(2.0, 0, 100, "ratio", "the same for a question over a chat")
    addressed_ratio: float = number(2.5, 0, 100, "ratio", "the same when addressed oneself")
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
        3.9,
        0.1,
        1000,
        "messages",
        "own messages that halve this difference",
        "public chat logs (L)",
    )


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
    ad_loss: float = number(0.04, 0, 5, "1/message", "loss by an ad, before tolerance", off=0)
    benefit: float = number(0.6, 0, 10, "1/trust", "extra worth of a trusted operator's message")


@dataclass(frozen=True)
class Leaving:
    """Muting and leaving, decided at looks."""

    mute_probability: float = number(
        0.02,
        0,
        1,
        "1/look",
        "muting at fatigue 1 and no habit",
        "commoner than leaving (B)",
        off=0,
    )
    leave_probability: float = number(
        0.0003, 0, 1, "1/look", "leaving at no habit and fatigue 1", "about a tenth (B)", off=0
    )
    ad_weight: float = number(
        0.5, 0, 20, "1/ad", "an untolerated ad read adds this to fatigue here"
    )
