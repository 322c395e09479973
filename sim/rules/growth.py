"""Who is let in, and who invites: from interest, what is asked at the gate, and enthusiasm."""

from __future__ import annotations

import math

from sim.compiling import rule
from sim.rules.looking import kept_after


@rule
def admission_probability(
    interest: float, fee: float, work: float, distance: float, narrowness: float, error: float
) -> float:
    """Say how likely a candidate comes through the gate: the keen pay and take pains, and who does
    not fit is kept out: ``h / (h + fee) * h ** work * (1, or error out of place)``.

    An assumption in form; that gates select the keen: Drenner et al. 2008 for the sign.

    Parameters
    ----------
    interest : float
        Initial interest h, 0 ... 1.
    fee : float
        The fee over that which half of the keenest pay, >= 0; 0: none.
    work : float
        Power by which the work asked for puts candidates off, >= 0; 0: none.
    distance : float
        Own interest from the group's middle, 0 ... 0.5 of the circle of topics.
    narrowness : float
        0 (anybody fits) ... 1 (only the very middle does).
    error : float
        Chance that somebody who does not fit is let in, 0 ... 1.

    Examples
    --------
    >>> admission_probability(0.5, 0.5, 0.0, 0.1, 0.0, 0.1)
    0.5
    >>> admission_probability(0.25, 0.0, 0.5, 0.3, 0.6, 0.1)
    0.05
    """
    paid = interest / (interest + fee) if fee > 0.0 else 1.0
    fits = 1.0 if distance <= 0.5 * (1.0 - narrowness) else error
    return paid * math.pow(interest, work) * fits


@rule
def is_approved(interest: float, power: float, share: float, noise: float, z: float) -> bool:
    """Say whether a review lets a candidate in: it sees the rank of the interest among candidates,
    ``h ** (1 / power)``, through noise, and turns the lowest `share` away. An assumption.

    Parameters
    ----------
    interest, power : float
        Initial interest, and the power by which it was drawn (`initial_habit`).
    share : float
        Candidates to turn away, 0 (no review) ... 1.
    noise, z : float
        Error of the review in ranks, and a standard normal.

    Examples
    --------
    >>> is_approved(0.25, 2.0, 0.4, 0.3, 0.0), is_approved(0.25, 2.0, 0.6, 0.3, 0.0)
    (True, False)
    """
    if share <= 0.0:
        return True
    rank = math.pow(interest, 1.0 / power) if power > 0.0 else 1.0
    return rank + noise * z > share


@rule
def invite_probability(
    rate: float, fen: float, half_fen: float, days: float, eager_days: float, verdict: float
) -> float:
    """Say how likely a member invites at a look: the new and satisfied do, and a reward helps:
    ``rate * (1 + fen / (fen + half)) * exp(-days / eager) * verdict``.

    An assumption; most invitations come in the first days of a membership, and rewards raise them
    (Ryu & Feick 2007, the sign).

    Parameters
    ----------
    rate : float
        Of a newcomer with a full verdict and no reward, 1/look, 0 ... 1.
    fen, half_fen : float
        Reward for a guest let in; the one that does half of what a very large one does.
    days, eager_days : float
        Since joining; e-folding time of eagerness, > 0.
    verdict : float
        Whether reading pays, 0 ... 1.

    Examples
    --------
    >>> invite_probability(0.1, 0.0, 500.0, 0.0, 5.0, 0.5)
    0.05
    >>> round(invite_probability(0.1, 500.0, 500.0, 0.0, 5.0, 0.5), 3)
    0.075
    """
    lift = fen / (fen + half_fen) if fen > 0.0 else 0.0
    return min(1.0, rate * (1.0 + lift)) * kept_after(days / eager_days) * verdict


@rule
def guest_interest(own: float, inviter: float, likeness: float) -> float:
    """Place a guest on the axis of topics: birds of a feather, by a share 0 ... 1 of the inviter's.

    Homophily (McPherson, Smith-Lovin & Cook 2001) for the sign; form: assumption.

    Examples
    --------
    >>> guest_interest(0.2, 0.4, 0.5), guest_interest(0.2, 0.4, 0.0)
    (0.30000000000000004, 0.2)
    """
    return (1.0 - likeness) * own + likeness * inviter
