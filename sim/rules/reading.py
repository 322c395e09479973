"""What a look takes in: messages read, needs fed, novelty lost, fatigue, habit, trust."""

from __future__ import annotations

from sim.compiling import rule
from sim.rules.looking import kept_share


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
def middle_topic(breadth: float) -> float:
    """Say where the middle of a group's topics lies, of which the team speaks.

    Examples
    --------
    >>> middle_topic(0.5)
    0.25
    """
    return breadth * 0.5


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
        `habit_weight` x needs.regrow_days / habit.days.
    relief : float
        Weighted fall of hunger at this look, >= 0.
    """
    return min(1.0, habit * kept + gain * relief)


@rule
def habit_weight(gain: float, team_gain: float, team_worth: float, worth: float) -> float:
    """Weigh felt relief for habit: as the team's, as far as what was read is the team's.

    A team that gives steadily can hold a habit that members' talk alone cannot. Form: assumption.

    Parameters
    ----------
    gain, team_gain : float
        Weight of relief by members, and by the team; equal: no difference.
    team_worth, worth : float
        Worth read at this look: of the team's messages, and of all.

    Examples
    --------
    >>> habit_weight(0.5, 1.0, 1.0, 2.0), habit_weight(0.5, 1.0, 0.0, 0.0)
    (0.75, 0.5)
    """
    share = team_worth / worth if worth > 0.0 else 0.0
    return gain + (team_gain - gain) * share


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
def moved(level: float, step: float, times: float) -> float:
    """Step a 0 ... 1 level toward one as `rewarded` does or, below nought times, wear it down as
    `eroded` does.

    Examples
    --------
    >>> moved(0.5, 0.25, 4.0) == rewarded(0.5, 0.25, 4.0)
    True
    >>> moved(0.5, 0.25, -4.0) == eroded(0.5, 0.25, 4.0)
    True
    """
    weight = step * abs(times)  # one division for both, and no branch to guess
    part = (level if times < 0.0 else (1.0 - level) * weight) / (1.0 + weight)
    return part if times < 0.0 else level + part


@rule
def earned_worth(useful: float, read: int, expected: float, greeted: float, warmth: float) -> float:
    """Say by how much the team's messages exceed what is expected of them: trust grows or falls.

    Disconfirmed expectations lower satisfaction (Oliver 1980); form: assumption.

    Parameters
    ----------
    useful : float
        Worth of the team's useful messages read at this look.
    read : int
        Their number.
    expected : float
        Worth that each must have to earn trust; 0: off.
    greeted, warmth : float
        Worth of the team's greetings that still feels new, and the part of it that counts; 0: off.

    Examples
    --------
    >>> earned_worth(2.0, 2, 0.5, 0.0, 0.0), earned_worth(0.0, 2, 0.5, 1.0, 0.5)
    (1.0, -0.5)
    """
    return useful - expected * read + warmth * greeted


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
def look_cost(
    read: int, untolerated: float, overload: float, per_message: float, ad_ratio: float, cap: float
) -> float:
    """Give what a look costs its member, in relief: each message, ads not forgiven more, overload.

    Benefit is set against the cost of information as in Ren and Kraut (2014); form: assumption.

    Parameters
    ----------
    read : int
        Messages read.
    untolerated, overload : float
        Ads not forgiven, >= 0; overload of the look, 0 ... 1 (`skipped_share`).
    per_message : float
        What a message must bring to be worth reading.
    ad_ratio, cap : float
        Cost of an ad over a message's; messages that a wholly overloaded look costs.

    Examples
    --------
    >>> look_cost(4, 1.0, 0.5, 0.01, 3.0, 40.0)
    0.26
    """
    return per_message * (read + (ad_ratio - 1.0) * untolerated + cap * overload)


@rule
def next_verdict(verdict: float, read: int, relief: float, cost: float, memory: float) -> float:
    """Move the verdict on the group toward the benefit's part of benefit and cost of a look.

    Satisfaction as a judgement of what was got against what it took (Oliver 1980); form:
    assumption.

    Parameters
    ----------
    verdict : float
        0 ... 1; half: reading just pays.
    read : int
        Messages read at this look; of none the verdict stays.
    relief, cost : float
        Weighted fall of hunger, and `look_cost`.
    memory : float
        Messages that the verdict remembers.

    Examples
    --------
    >>> next_verdict(0.5, 20, 0.3, 0.1, 20.0), next_verdict(0.5, 0, 0.0, 0.0, 20.0)
    (0.625, 0.5)
    """
    if read <= 0 or relief + cost <= 0.0:
        return verdict
    kept = memory / (memory + read)
    return kept * verdict + (1.0 - kept) * relief / (relief + cost)


@rule
def tie_strength(weight: float) -> float:
    """Map a tie's weight to 0 ... 1."""
    return weight / (1.0 + weight)
