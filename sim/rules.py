"""What a member does at a look: pure scalar functions, each written once and compiled.

Both engines, `sim.models.Community` and `sim.ensemble.Ensemble`, call these same functions. One
file because the rules are the model: who a member is, when it looks, what it takes in, what that
leads to, and red packets, as section 7 of MODEL.md has them.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import rule

# --- Who a member is: traits from uniforms --------------------------------------------------------


@rule
def normal_pair(u: float, v: float) -> tuple[float, float]:
    """Turn two uniforms into two independent standard normals (Box and Muller 1958).

    Examples
    --------
    >>> z, w = normal_pair(math.exp(-0.5), 0.25)
    >>> round(z, 9), round(w, 9)
    (0.0, 1.0)
    """
    radius = math.sqrt(2.0 * budget(u))
    angle = 2.0 * math.pi * v
    return radius * math.cos(angle), radius * math.sin(angle)


@rule
def log_normal(z: float, sigma: float) -> float:
    """Turn a standard normal into a log-normal factor of mean one."""
    return math.exp(sigma * z - 0.5 * sigma * sigma)


@rule
def initial_habit(u: float, power: float) -> float:
    """Draw the interest a newcomer starts with: u ** power, mean 1 / (1 + power).

    Most newcomers never come back, so initial interest must vary widely.
    """
    return math.pow(u, power)


@rule
def habit_pace(z: float, sigma: float) -> float:
    """Say how many times as fast as the median member's a habit fades: exp(-sigma z).

    Forgetting that is exponential in each, at paces spread log-normally, is slower than any
    exponential over all: the first to forget are gone, those left forget slowly (Anderson and
    Tweney 1997, of averaged curves of forgetting).
    """
    return math.exp(-sigma * z)


@rule
def shift_hours(z: float, sigma: float) -> int:
    """Draw by how many whole hours a member's day is shifted, -3 ... 3."""
    return int(max(-3.0, min(3.0, math.floor(z * sigma + 0.5))))


# --- When a member looks: own rhythm, attention, fading, and the delay of a reaction --------------

LOG2_E = 1.4426950408889634
# The logarithm of fdlibm (Sun Microsystems 1993)
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD  # of the square root of 1/2
LOG_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)


@rule
def kept_after(e_folds: float) -> float:
    """Return what is left of a fading quantity after so many falls to 37 %: exp(-e_folds).

    Parameters
    ----------
    e_folds : float
        Time passed over the time of one such fall, >= 0.

    Returns
    -------
    float
        0 ... 1.

    Notes
    -----
    Plain arithmetic in place of a library's exp, which was a sixth of all time: range reduction by
    ln 2 in two parts (Cody and Waite 1980) and the Taylor polynomial of degree 13; within 2 units
    in the last place, and the same bits on every machine. Nothing falls below 1e-307.

    Examples
    --------
    >>> kept_after(0.0)
    1.0
    >>> abs(kept_after(1.0) - math.exp(-1.0)) < 1e-16
    True
    """
    e_folds = min(e_folds, 707.0)
    halvings = np.int64(e_folds * LOG2_E + 0.5)
    r = halvings * LN2_HIGH - e_folds + halvings * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (1 / 2 + r * (1 / 6))
    middle = (1 / 24 + r * (1 / 120)) + r2 * (1 / 720 + r * (1 / 5040))
    high = (1 / 40320 + r * (1 / 362880)) + r2 * (1 / 3628800 + r * (1 / 39916800))
    top = 1 / 479001600 + r * (1 / 6227020800)
    scale = np.int64((1023 - halvings) << 52).view(np.float64)  # 2 ** -halvings
    return (low + r4 * (middle + r4 * (high + r4 * top))) * scale


@rule
def kept_share(hours: float, e_folding_hours: float) -> float:
    """Return what is left of a fading quantity after a time >= 0 in units of that in which it falls
    to 37 %: exp(-hours / e_folding_hours), 0 ... 1.
    """
    return kept_after(hours / e_folding_hours)


@rule
def halved_share(hours: float, half_life_days: float) -> float:
    """Return what is left of a quantity that halves in a known time."""
    return kept_share(hours * (math.log(2.0) / 24.0), half_life_days)


@rule
def budget(u: float) -> float:
    """Draw the hazard a member spends until the next look: a unit exponential, -ln u.

    The integrated-hazard (time-change) construction of a point process: Daley and Vere-Jones
    (2003, section 7.4).

    Parameters
    ----------
    u : float
        A uniform number, 0 < u < 1.

    Notes
    -----
    Plain arithmetic as in `kept_share`, by the logarithm of fdlibm (Sun Microsystems 1993): u is
    split into a power of two and a factor from sqrt(1/2) to sqrt(2), whose logarithm is a series in
    s = f / (2 + f). Within 1 unit in the last place, and the same bits on every machine.

    Examples
    --------
    >>> round(budget(math.exp(-2.0)), 12)
    2.0
    """
    bits = np.float64(u).view(np.int64)
    doublings = (bits - SQRT_HALF_BITS) >> 52
    f = np.int64(bits - (doublings << 52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (LOG_SERIES[1] + w * (LOG_SERIES[3] + w * LOG_SERIES[5]))
    odd = LOG_SERIES[0] + w * (LOG_SERIES[2] + w * (LOG_SERIES[4] + w * LOG_SERIES[6]))
    half = 0.5 * f * f
    rest = half - (s * (half + (z * odd + even)) + doublings * LN2_LOW)
    return (rest - f) - doublings * LN2_HIGH


@rule
def delay_hours(u: float, mean_minutes: float) -> float:
    """Draw the delay of a reaction in hours: exponential with the given mean (an assumption)."""
    return budget(u) * (mean_minutes / 60.0)


@rule
def attention(
    habit: float, floor_share: float, fatigue: float, fatigue_weight: float, mute_share: float
) -> float:
    """Say which share of the own look rate is left: habit lifts it, fatigue and muting lower it.

    Parameters
    ----------
    habit : float
        0 ... 1, share of needs the group has satisfied of late.
    floor_share : float
        Share left without any habit; > 0, so that silence never absorbs.
    fatigue, fatigue_weight : float
        State of the member and how strongly it counts.
    mute_share : float
        1 for a member who hears the group, below for a muted one.

    Returns
    -------
    float
        0 ... 1.
    """
    return (
        mute_share * (floor_share + (1.0 - floor_share) * habit) / (1.0 + fatigue_weight * fatigue)
    )


@rule
def hour_factor(hour_of_week: int, depth: float, peak_hour: float, weekend_share: float) -> float:
    """Give the rhythm of an hour of the week, before it is scaled to mean one.

    A von Mises day (peak/trough = exp(2 depth)) and one factor for Saturday and Sunday; a
    usual form, the numbers are graded in the table of parameters.
    """
    angle = 2.0 * math.pi * ((hour_of_week % 24) + 0.5 - peak_hour) / 24.0
    day = math.exp(depth * math.cos(angle))
    return day * weekend_share if hour_of_week // 24 >= 5 else day


@rule
def draws_mean(attentive: float, probability: float, most: float) -> float:
    """Say how many members a message draws in, on average: linear, then saturating.

    A linear draw makes large groups explode, so it saturates at `most`: p A / (1 + p A / most).

    Parameters
    ----------
    attentive : float
        Members present, each counted with its attention.
    probability : float
        Chance of each in a small group.
    most : float
        Limit in a large one.

    Returns
    -------
    float
        0 ... most.

    Examples
    --------
    >>> draws_mean(0.0, 0.1, 1.0), round(draws_mean(1e9, 0.1, 1.0), 6)
    (0.0, 1.0)
    """
    linear = probability * attentive
    return linear * most / (most + linear) if most > 0.0 else 0.0


@rule
def poisson_count(u: float, mean: float) -> int:
    """Draw a Poisson number by inversion, at most 16.

    Examples
    --------
    >>> poisson_count(0.5, 0.0), poisson_count(0.99, 1.0)
    (0, 4)
    """
    count, term = 0, kept_after(mean)
    total = term
    while u > total and count < 16:
        count += 1
        term *= mean / count
        total += term
    return count


@rule
def is_live(age_hours: float, live_minutes: float) -> bool:
    """Say whether talk is live: its newest message is young."""
    return age_hours * 60.0 < live_minutes


@rule
def faded_quality(quality: float, hours: float, half_life_days: float) -> float:
    """Let what the operators give fade with the age of the group; half-life 0 keeps it steady."""
    if half_life_days <= 0.0:
        return quality
    return quality * math.pow(0.5, hours / 24.0 / half_life_days)


@rule
def hours_to_opening(hour_of_day: float, open_hour: float, close_hour: float) -> float:
    """Say how long until the team works: 0 within its hours.

    Examples
    --------
    >>> hours_to_opening(10.0, 9.0, 22.0), hours_to_opening(23.0, 9.0, 22.0)
    (0.0, 10.0)
    """
    if open_hour <= hour_of_day < close_hour:
        return 0.0
    return (open_hour - hour_of_day) % 24.0


# --- What a look takes in: messages read, needs fed, novelty lost, fatigue, habit, trust ----------


@rule
def messages_read(unread: int, cap: float) -> int:
    """Say how many of the unread messages a look takes in, newest first.

    ``max(1, floor(cap (1 - exp(-unread / cap))))`` of one or more unread; the cap is where
    Jones, Ravid and Rafaeli (2004) and Jones et al. (2008) see groups break down.

    Parameters
    ----------
    unread : int
        Messages since the last look.
    cap : float
        Most that a look can take in.

    Examples
    --------
    >>> messages_read(0, 40.0), messages_read(1, 40.0), messages_read(1000, 40.0)
    (0, 1, 39)
    """
    if unread <= 0:
        return 0
    return max(1, int(cap * (1.0 - kept_share(unread, cap))))


@rule
def topic_match(interest: float, topic: float) -> float:
    """Say how well a topic fits an interest: both are points on a circle of length one.

    Returns
    -------
    float
        1 for the same point, 0 for the opposite one.

    Examples
    --------
    >>> topic_match(0.25, 0.25), topic_match(0.0, 0.5)
    (1.0, 0.0)
    """
    return abs(1.0 - 2.0 * abs(interest - topic))


@rule
def message_worth(quality: float, match: float, bonus: float) -> float:
    """Weigh a message for its reader: quality x topic match x (1 + bonus of tie or trust)."""
    return quality * match * (1.0 + bonus)


LANES = 2
"""Sums that the worth of a look's messages goes into by turns: one after the other into a single
sum, each addition would wait for the one before."""


@rule
def lane(back: int) -> int:
    """Say which of the two sums takes a message, counted back from the newest (0).

    Examples
    --------
    >>> [lane(back) for back in range(5)]
    [0, 1, 0, 1, 0]
    """
    return back & (LANES - 1)


@rule
def lanes_total(first: float, second: float) -> float:
    """Add the two sums up, always in the same order."""
    return first + second


@rule
def novelty(exposure: float, half_exposure: float) -> float:
    """Say how much of its novelty a kind of message keeps after exposure to it."""
    return half_exposure / (half_exposure + exposure)


@rule
def regrown_hunger(hunger: float, kept: float) -> float:
    """Let a need come back: the satisfied part decays.

    Parameters
    ----------
    hunger : float
        0 ... 1.
    kept : float
        Share of satisfaction kept over the time passed (`kept_share`).
    """
    return 1.0 - (1.0 - hunger) * kept


@rule
def fed_hunger(hunger: float, gain: float) -> float:
    """Feed a need, with diminishing returns: hunger / (1 + gain)."""
    return hunger / (1.0 + gain)


@rule
def next_habit(habit: float, kept: float, gain: float, relief: float) -> float:
    """Move habit toward the share of arising needs that the group satisfies.

    Habit is a leaky sum of felt relief, scaled so that a group that satisfies every need as it
    arises leads to `gain` of full habit; counting relief, not looks, makes it independent of how
    often one looks.

    Parameters
    ----------
    habit : float
        0 ... 1.
    kept : float
        Share kept over the time passed.
    gain : float
        habit.gain x needs.regrow_days / habit.days.
    relief : float
        Weighted fall of hunger at this look, >= 0.
    """
    return min(1.0, habit * kept + gain * relief)


@rule
def rewarded(level: float, step: float, times: float) -> float:
    """Step a 0 ... 1 level toward one, `times` times at once, with diminishing returns."""
    reward = step * times
    return level + (1.0 - level) * reward / (1.0 + reward)


@rule
def eroded(level: float, step: float, times: float) -> float:
    """Wear a 0 ... 1 level down."""
    return level / (1.0 + step * times)


@rule
def skipped_share(skipped: int, cap: float) -> float:
    """Say how overloaded a look is: 0 with nothing skipped, near 1 with far more than the cap."""
    return skipped / (skipped + cap)


@rule
def fatigue_added(
    read: int, ads: int, skipped: float, per_message: float, ad_ratio: float, overload: float
) -> float:
    """Add up what a look costs: each message, ads more, and overload.

    Parameters
    ----------
    read, ads : int
        Messages read, and ads among them.
    skipped : float
        Overload of the look, 0 ... 1 (`skipped_share`).
    per_message, ad_ratio, overload : float
        Fatigue of a message, of an ad over a message, of a wholly overloaded look.
    """
    return per_message * (read + (ad_ratio - 1.0) * ads) + overload * skipped


@rule
def tie_strength(weight: float) -> float:
    """Map a tie's weight to 0 ... 1."""
    return weight / (1.0 + weight)


# --- What a look leads to: speaking, muting, leaving ----------------------------------------------


@rule
def audience_factor(visible: int, benefit: float) -> float:
    """Lift the drive to speak with the audience: 1 + A log(1 + N); A = 0 switches it off.

    The sign is Zhang and Zhu (2011), who saw posting by the untouched fall by 43 % when half
    the audience was lost; the form is an assumption.
    """
    return 1.0 + benefit * math.log(1.0 + visible)


@rule
def loafing_factor(members: int, loafing: float, identifiability: float) -> float:
    """Lower the drive to speak with the number who could: 1 / (1 + L log(1+N) (1 - i)).

    Social loafing (Karau and Williams 1993); the form is an assumption; L = 0 switches it off.
    """
    return 1.0 / (1.0 + loafing * math.log(1.0 + members) * (1.0 - identifiability))


@rule
def company_factor(familiarity: float, stranger_share: float) -> float:
    """Lower the drive among strangers: 1 with strong ties, `stranger_share` with none."""
    return stranger_share + (1.0 - stranger_share) * familiarity


@rule
def mood_factor(
    mood: float, expectation: float, familiarity: float, lift: float, crowding: float, dip: float
) -> float:
    """Let paid incentives work both ways: lift the weakly tied, crowd out the tied, dip after.

    Sun, Dong and McIntyre (2017): payment lifted the weakly tied and lowered the well tied. The
    dip after it stops, and the form of all three, are assumptions.

    Parameters
    ----------
    mood : float
        0 ... 1, fresh after a claim.
    expectation : float
        0 ... 1, packets grown used to.
    familiarity : float
        0 ... 1, strength of own ties.
    lift, crowding, dip : float
        Strengths; 0 switches each off.

    Returns
    -------
    float
        Factor on the drive to speak, never negative.

    Examples
    --------
    >>> mood_factor(0.0, 0.0, 0.5, 1.0, 0.5, 0.3)
    1.0
    >>> mood_factor(1.0, 0.0, 0.0, 1.0, 0.5, 0.3), mood_factor(1.0, 0.0, 1.0, 1.0, 0.5, 0.3)
    (2.0, 0.5)
    """
    paid = mood * (lift * (1.0 - familiarity) - crowding * familiarity)
    missed = dip * expectation * (1.0 - mood)
    return (1.0 + paid) * (1.0 - missed)


@rule
def open_drive(propensity: float, need: float, need_push: float, audience: float) -> float:
    """Give the drive to open talk: propensity, pushed by unmet belonging and recognition.

    Parameters
    ----------
    propensity : float
        Own drive per look.
    need : float
        0 ... 1, weighted hunger for belonging and recognition.
    need_push, audience : float
        Strength of the push; factor of the audience.
    """
    return propensity * (1.0 + need_push * need) * audience


@rule
def answer_drive(
    propensity: float,
    ratio: float,
    age_hours: float,
    fresh_minutes: float,
    unread: int,
    load: float,
) -> float:
    """Give the drive to answer a message: less for an old one, less under load.

    Under load a smaller share of messages is answered (Jones, Ravid and Rafaeli 2004).

    Parameters
    ----------
    propensity : float
        Own drive per look.
    ratio : float
        Answering this kind of message over opening talk.
    age_hours : float
        Age of the message.
    fresh_minutes : float
        Age that quarters the drive.
    unread : int
        Messages met at this look.
    load : float
        Number of unread that halves the drive.
    """
    freshness = fresh_minutes / (fresh_minutes + 60.0 * age_hours)
    return propensity * ratio * freshness * freshness * load / (load + unread)


@rule
def quiet_factor(silent_hours: float, quiet_share: float, quiet_days: float) -> float:
    """Lower the drive to open talk where nothing has been said for long.

    ``s + (1 - s) / (1 + silence / quiet_days)``: talk invites talk, and few like to be the one who
    breaks a silence. Form: assumption, with a long memory as the gaps of public rooms have; never
    0, so that silence never absorbs.

    Parameters
    ----------
    silent_hours : float
        Time since the newest message of anybody, before the first since creation.
    quiet_share : float
        Drive left in a silent group; 1 switches it off.
    quiet_days : float
        Silence that halves the rest of the drive.

    Examples
    --------
    >>> quiet_factor(0.0, 0.2, 5.0), quiet_factor(math.inf, 0.25, 5.0)
    (1.0, 0.25)
    """
    return quiet_share + (1.0 - quiet_share) / (1.0 + silent_hours / (24.0 * quiet_days))


@rule
def evening_factor(propensity: float, mean: float, evenness: float) -> float:
    """Let answers to a reply to oneself hang less on how talkative one is: (mean / own) ** e.

    To leave somebody who has answered you without a word is rude for the shy and the loud alike.
    Form: assumption.

    Parameters
    ----------
    propensity, mean : float
        Own propensity and the mean member's.
    evenness : float
        0 (off) ... 1 (all alike).

    Examples
    --------
    >>> evening_factor(0.25, 1.0, 0.5), evening_factor(0.0, 1.0, 1.0)
    (2.0, 1.0)
    """
    return math.pow(mean / propensity, evenness) if propensity > 0.0 and evenness > 0.0 else 1.0


@rule
def more_probability(
    most: float, newcomer_share: float, earlier: int, half_messages: float
) -> float:
    """Give the chance that one who has just written writes on: one thought in several messages.

    In public chat logs about four messages in ten are followed by their own author's within
    minutes, six tenths of that after a member's first.

    Parameters
    ----------
    most : float
        Chance for a member of many messages; 0 switches it off.
    newcomer_share : float
        Part of it after the first message.
    earlier : int
        Messages written before.
    half_messages : float
        Messages that halve the difference.

    Examples
    --------
    >>> more_probability(0.4, 0.5, 0, 4.0), round(more_probability(0.4, 0.5, 4, 4.0), 12)
    (0.2, 0.3)
    """
    new = half_messages / (half_messages + earlier)
    return most * (1.0 - (1.0 - newcomer_share) * new)


@rule
def speak_probability(drive: float, most: float) -> float:
    """Turn a drive into the chance that this look leads to a message, below `most`.

    The limit keeps reaction chains subcritical (see `sim.params.branching_ratio`).
    """
    return most * drive / (most + drive)


@rule
def mute_probability(
    base: float, fatigue: float, ad_weight: float, ads: float, habit: float
) -> float:
    """Give the chance that this look ends in muting: fatigue and ads drive it, habit holds.

    Parameters
    ----------
    base : float
        Chance at fatigue 1 and no habit.
    fatigue : float
        State after reading.
    ad_weight, ads : float
        Weight of an untolerated ad, and how many were read.
    habit : float
        0 ... 1.
    """
    return min(1.0, base * (fatigue + ad_weight * ads) * (1.0 - habit))


@rule
def leave_probability(
    base: float, fatigue: float, ad_weight: float, ads: float, habit: float, familiarity: float
) -> float:
    """Give the chance that this look ends in leaving; ties and habit hold a member."""
    pressure = 0.5 * (1.0 + fatigue) + ad_weight * ads
    return min(1.0, base * pressure * (1.0 - habit) * (1.0 - familiarity))


# --- Red packets, all money in whole fen ----------------------------------------------------------


@rule
def lucky_share_fen(u: float, left_fen: int, left_shares: int) -> int:
    """Split off one lucky share by the double-mean rule.

    A uniform integer on ``1 ... max(1, min(floor(2 R / k), R - (k - 1)))`` fen of R left for k
    shares; the last takes the rest. The rule is the one reported for WeChat.

    Parameters
    ----------
    u : float
        A uniform number in (0, 1).
    left_fen, left_shares : int
        What is left before this claim.

    Returns
    -------
    int
        Fen.

    Examples
    --------
    >>> lucky_share_fen(0.999999, 1000, 10), lucky_share_fen(0.5, 7, 1)
    (200, 7)
    """
    if left_shares <= 1:
        return left_fen
    most = max(1, min(2 * left_fen // left_shares, left_fen - (left_shares - 1)))
    return 1 + min(most - 1, int(u * most))


@rule
def equal_share_fen(left_fen: int, left_shares: int) -> int:
    """Split off one equal share; odd fen go to the last.

    Examples
    --------
    >>> equal_share_fen(10, 3), equal_share_fen(4, 1)
    (3, 4)
    """
    return left_fen if left_shares <= 1 else left_fen // left_shares


@rule
def claim_probability(average: float, appetite: float) -> float:
    """Give the chance that a member who sees an open packet claims a share.

    Parameters
    ----------
    average : float
        For the average member.
    appetite : float
        Own appetite, 0 ... 1, mean one half.
    """
    return min(1.0, average * 2.0 * appetite)


@rule
def send_probability(
    received_fen: float, ratio: float, packet_fen: float, familiarity: float, stranger_share: float
) -> float:
    """Give the chance that money received makes a member send a packet.

    Yuan, Liu, Tan, Chen, Pentland and Tang (2024): 0.18 CNY is sent back per CNY received,
    through more people sending, not bigger packets; so the packet is of usual size and its
    chance grows.

    Parameters
    ----------
    received_fen : float
        Fen received and not yet answered.
    ratio : float
        Money sent over money received.
    packet_fen : float
        Size of a member's packet.
    familiarity, stranger_share : float
        Strength of own ties 0 ... 1; part left among strangers.

    Returns
    -------
    float
        0 ... 1.

    Examples
    --------
    >>> send_probability(1000.0, 0.18, 1000.0, 1.0, 0.7)
    0.18
    """
    company = stranger_share + (1.0 - stranger_share) * familiarity
    return min(1.0, ratio * received_fen / packet_fen * company)


@rule
def money_gain(fen: float, per_e_fold: float) -> float:
    """Feed the hunger for benefit by money won: logarithmic in CNY."""
    return per_e_fold * math.log(1.0 + fen / 100.0)
