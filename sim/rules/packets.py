"""Red packets: how a packet is split, claimed and sent back. All money is integer fen."""

from __future__ import annotations

import math

from sim.compiling import rule


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
def lifted_mood(mood: float, fen: int, half_fen: float) -> float:
    """Lift the mood by a claim, as far as the money goes: to fen / (fen + half) at least.

    Among the paid, more pay does more (Gneezy and Rustichini 2000: sign); form: an assumption.

    Parameters
    ----------
    mood : float
        Before the claim, 0 ... 1.
    fen : int
        Claimed.
    half_fen : float
        Claim that lifts half as much as a very large one; at 0 any claim lifts wholly.

    Examples
    --------
    >>> lifted_mood(0.2, 100, 100.0), lifted_mood(0.9, 100, 100.0), lifted_mood(0.2, 1, 0.0)
    (0.5, 0.9, 1.0)
    """
    return max(mood, fen / (fen + half_fen)) if fen > 0 else mood


@rule
def thanks_drive(own: float, fen: int, half_fen: float, ratio: float) -> float:
    """Give the drive to thank for money just won: more of it for more.

    Who receives money gives (Yuan et al. 2024); that they say thanks, and how, is an assumption.

    Parameters
    ----------
    own : float
        Own drive per look, less when tired.
    fen : int
        Won at this look.
    half_fen : float
        As in `lifted_mood`.
    ratio : float
        Drive to thank for a very large claim over the own drive; 0: off.

    Examples
    --------
    >>> thanks_drive(0.1, 100, 100.0, 5.0), thanks_drive(0.1, 0, 0.0, 5.0)
    (0.25, 0.0)
    """
    return own * ratio * fen / (fen + half_fen) if fen > 0 else 0.0


@rule
def race_share(share: float, attention: float, evenness: float) -> float:
    """Give the chance that a packet draws in a member who hears: share x attention ** (1 - e).

    Money calls also on those who have drifted away. Form: an assumption.

    Parameters
    ----------
    share : float
        Of the fully attentive.
    attention : float
        0 ... 1.
    evenness : float
        0 (by attention, as a message draws) ... 1 (all who hear alike).

    Examples
    --------
    >>> race_share(0.5, 0.25, 0.0), race_share(0.5, 0.25, 0.5), race_share(0.5, 0.25, 1.0)
    (0.125, 0.25, 0.5)
    """
    return share * math.pow(attention, 1.0 - evenness) if evenness > 0.0 else share * attention


@rule
def money_gain(fen: float, per_e_fold: float) -> float:
    """Feed the hunger for benefit by money won: logarithmic in CNY."""
    return per_e_fold * math.log(1.0 + fen / 100.0)
