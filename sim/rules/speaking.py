"""Whether a member speaks, answers, or opens: drives, audience, loafing, mood."""

from __future__ import annotations

import math

from sim.compiling import rule


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
def when_tired(drive: float, fatigue: float, fatigue_weight: float) -> float:
    """Lower a drive to speak, or a factor on it, by fatigue.

    Examples
    --------
    >>> when_tired(0.5, 1.0, 1.0)
    0.25
    """
    return drive / (1.0 + fatigue_weight * fatigue)


@rule
def social_push(
    belonging: float, missed_company: float, recognition: float, missed_notice: float
) -> float:
    """Say how much the two needs that speaking feeds are missed: the mean by weight, 0 ... 1.

    Parameters
    ----------
    belonging, recognition : float
        Weights of the needs.
    missed_company, missed_notice : float
        Their hungers, 0 ... 1.

    Examples
    --------
    >>> social_push(1.0, 0.5, 3.0, 1.0), social_push(0.0, 1.0, 0.0, 1.0)
    (0.875, 0.0)
    """
    both = belonging + recognition
    if both > 0.0:
        return (belonging * missed_company + recognition * missed_notice) / both
    return 0.0


@rule
def opener(
    u: float, question_share: float, hunger: float, first: bool, content_share: float
) -> int:
    """Choose what an opener is: a question when information is missed, at a first look a greeting,
    else a link or chat; the number of one of `sim.state.OPENERS`.

    Parameters
    ----------
    u : float
        Uniform, 0 ... 1.
    question_share, content_share : float
        Questions of a member who misses information wholly; links among other openers.
    hunger : float
        For information, 0 ... 1.
    first : bool
        Whether at the first look.

    Examples
    --------
    >>> [opener(u, 0.5, 0.5, False, 0.2) for u in (0.2, 0.3, 0.9)], opener(0.9, 0.5, 0.5, True, 0.2)
    ([0, 2, 3], 1)
    """
    asking = question_share * hunger
    if u < asking:
        return 0
    if first:
        return 1
    return 2 if (u - asking) < (1.0 - asking) * content_share else 3


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
def team_drive(own: float, team_ratio: float, quality: float, match: float, trust: float) -> float:
    """Answer a post of the team as far as it is good, fits, and comes from somebody trusted.

    In place of the own drive in `answer_drive`. Form: assumption; the level was set by one post of
    an operator in 111 public rooms.

    Parameters
    ----------
    own : float
        Own drive per look to answer a member.
    team_ratio : float
        The same for a trusted team's post of quality 1 that fits, over a member's; 0: off.
    quality, match, trust : float
        Of the post, 0 ... 3, faded; of its topic and the reader, 0 ... 1; in the team, 0 ... 1.

    Examples
    --------
    >>> team_drive(0.2, 0.5, 1.0, 1.0, 0.5)
    0.05
    """
    return own * team_ratio * quality * match * trust


@rule
def quiet_factor(silent_hours: float, quiet_share: float, quiet_days: float) -> float:
    """Lower the drive to open talk where nothing has been said for long.

    ``s + (1 - s) / (1 + silence / quiet_days)``: talk invites talk, and few like to be the one who
    breaks a silence. Form: assumption, with a long memory as the gaps of public rooms have; never
    0, so that silence never absorbs.

    Parameters
    ----------
    silent_hours : float
        Time since the newest message, before the first since creation.
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
def silence_factor(
    member_hours: float,
    newest_hours: float,
    team_quiet: float,
    quiet_share: float,
    quiet_days: float,
) -> float:
    """Lower the drive to open talk by the members' silence: what the team says breaks it in part.

    Members hear whether others talk, not whether the channel is used. Form: assumption; one
    operator's post in 111 public rooms, 86 of them silent for 3 days, moved so few that the part
    cannot be told from 0.

    Parameters
    ----------
    member_hours, newest_hours : float
        Time since a member's message, and since anybody's, packets included; before the first of
        them since creation.
    team_quiet : float
        0 (the team breaks no silence) ... 1 (as members do: off).
    quiet_share, quiet_days : float
        As in `quiet_factor`.

    Examples
    --------
    >>> silence_factor(24.0, 0.0, 0.0, 0.0, 1.0), silence_factor(24.0, 0.0, 1.0, 0.0, 1.0)
    (0.5, 1.0)
    """
    of_members = quiet_factor(member_hours, quiet_share, quiet_days)
    if team_quiet <= 0.0:
        return of_members
    of_anybody = quiet_factor(newest_hours, quiet_share, quiet_days)
    return (1.0 - team_quiet) * of_members + team_quiet * of_anybody


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
def unmute_probability(base: float, fatigue: float) -> float:
    """Give the chance that a muted member who looks unmutes: sooner when rested. An assumption.

    Parameters
    ----------
    base : float
        Chance of the rested, 0 ... 1; 0: off.
    fatigue : float
        State after reading.

    Examples
    --------
    >>> unmute_probability(0.1, 1.0), unmute_probability(0.0, 0.0)
    (0.05, 0.0)
    """
    return base / (1.0 + fatigue)


@rule
def leave_probability(
    base: float,
    fatigue: float,
    ad_weight: float,
    ads: float,
    habit: float,
    familiarity: float,
    verdict: float,
    verdict_weight: float,
) -> float:
    """Give the chance that this look ends in leaving; ties, habit and a good verdict hold a member.

    Parameters
    ----------
    base, fatigue, ad_weight, ads, habit : float
        As in `mute_probability`, but without fatigue half of `base` is left.
    familiarity : float
        Strength of own ties, 0 ... 1.
    verdict, verdict_weight : float
        0 ... 1; 0 (off) ... 1 (none leave a group that always pays, twice as many one that never
        does).
    """
    pressure = 0.5 * (1.0 + fatigue) + ad_weight * ads
    judged = 1.0 + verdict_weight * (1.0 - 2.0 * verdict)
    return min(1.0, base * pressure * (1.0 - habit) * (1.0 - familiarity) * judged)
