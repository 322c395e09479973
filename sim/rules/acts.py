"""What an act of the operators does to one member: letters, introductions, a change of hands."""

from __future__ import annotations

from sim.compiling import rule
from sim.rules.looking import halved_share

LEAST_WORTH = 1e-9
"""Worth of a letter with nothing for its reader: one waits all the same."""


@rule
def act_topic(topic: float, middle: float, own: float) -> float:
    """Say where on the axis of topics an act of the operators lies.

    Parameters
    ----------
    topic : float
        0 ... 1: a place; above, the group's middle; from 3 on, the receiver's own interest.
    middle, own : float
        The two places.

    Examples
    --------
    >>> act_topic(0.4, 0.1, 0.7), act_topic(2.0, 0.1, 0.7), act_topic(3.0, 0.1, 0.7)
    (0.4, 0.1, 0.7)
    """
    if topic >= 3.0:
        return own
    return middle if topic > 1.0 else topic


@rule
def letter_probability(reach: float, verdict: float) -> float:
    """Give the chance that a private letter makes a member look: more where the group pays.

    Read rate of the win-back letters of 33 retailers: Return Path (2014); the part of the verdict
    is an assumption.

    Parameters
    ----------
    reach : float
        Chance of a member wholly content with the group, 0 ... 1; 0: off.
    verdict : float
        0 ... 1; half: reading just pays.

    Examples
    --------
    >>> letter_probability(0.12, 1.0), letter_probability(0.12, 0.0)
    (0.12, 0.06)
    """
    return reach * (0.5 + 0.5 * verdict)


@rule
def letter_unmute_probability(base: float, verdict: float) -> float:
    """Give the chance that a letter just read makes a muted member unmute. An assumption.

    Examples
    --------
    >>> letter_unmute_probability(0.1, 0.5)
    0.05
    """
    return base * verdict


@rule
def return_probability(base: float, verdict: float) -> float:
    """Give the chance that a letter brings back one who has left, by how the group was left.

    An assumption.

    Examples
    --------
    >>> return_probability(0.03, 1.0), return_probability(0.03, 0.0)
    (0.03, 0.0)
    """
    return base * verdict


@rule
def letter_worth(quality: float, match: float) -> float:
    """Weigh a letter for its receiver before it is read: quality x topic match, never quite 0.

    Examples
    --------
    >>> letter_worth(1.5, 0.5), letter_worth(0.0, 1.0) > 0.0
    (0.75, True)
    """
    return max(LEAST_WORTH, quality * match)


@rule
def handed_over(trust: float, loss: float) -> float:
    """Say what is left of the trust in a team when the person who was trusted goes. An assumption.

    Parameters
    ----------
    trust : float
        0 ... 1.
    loss : float
        Part that goes with the person; 1 or more: all.

    Examples
    --------
    >>> handed_over(0.8, 0.25), handed_over(0.8, 1.0)
    (0.6000000000000001, 0.0)
    """
    return trust * max(0.0, 1.0 - loss)


@rule
def next_recent(recent: float, hours: float, half_life_days: float) -> float:
    """Count a message in a member's activity score, which fades.

    Parameters
    ----------
    recent, hours : float
        The score, and time since it was last counted.
    half_life_days : float
        Time in which a message comes to count half.

    Examples
    --------
    >>> next_recent(3.0, 48.0, 2.0)
    2.5
    """
    return recent * halved_share(hours, half_life_days) + 1.0
