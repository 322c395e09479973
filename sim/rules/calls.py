"""Calls of the team: who takes part in what it asks for, and what a gathering does to ties."""

from __future__ import annotations

from sim.compiling import rule


@rule
def is_bribe(hours: float) -> bool:
    """Say whether money comes so near a call to buy that it is felt as a bribe: an assumption.

    Parameters
    ----------
    hours : float
        From the one to the other, >= 0.

    Examples
    --------
    >>> is_bribe(1.0), is_bribe(1.5)
    (True, False)
    """
    return hours <= 1.0


@rule
def reward_pull(benefit_weight: float, fen: int, half_fen: float) -> float:
    """Give the pull of the money that a call promises, more for more, falling off.

    Among the paid, more pay does more (Gneezy and Rustichini 2000: sign); form: an assumption.

    Parameters
    ----------
    benefit_weight : float
        Own weight of the need for benefit, 0 ... 1.
    fen : int
        Promised; 0: none.
    half_fen : float
        Money that pulls half as much as very much of it.

    Examples
    --------
    >>> reward_pull(0.2, 100, 100.0), reward_pull(0.2, 0, 0.0)
    (0.05, 0.0)
    """
    return 0.5 * benefit_weight * fen / (fen + half_fen) if fen > 0 else 0.0


@rule
def repeated_pull(most: float, times: int, half_times: float) -> float:
    """Give the pull of what has been done, or joined by friends, so many times: it saturates.

    An assumption; check-ins in a row and friends who take part.

    Parameters
    ----------
    most : float
        Of very many times; 0: off.
    times : int
        >= 0.
    half_times : float
        Times that pull half as much.

    Examples
    --------
    >>> repeated_pull(0.5, 3, 3.0), repeated_pull(0.5, 0, 3.0)
    (0.25, 0.0)
    """
    return most * times / (times + half_times)


@rule
def missed_pay(expectation: float, fen: int, half_fen: float, dip: float) -> float:
    """Give the factor on taking part where pay that one has grown used to is missed.

    Paid attendance leaves no habit once the pay stops (Carrera et al. 2018); the dip and its form
    are assumptions, those of `mood_factor`.

    Parameters
    ----------
    expectation : float
        0 ... 1, money grown used to.
    fen, half_fen : int, float
        Promised now, and what half satisfies the expectation.
    dip : float
        0 ... 1; 0: off.

    Examples
    --------
    >>> missed_pay(0.5, 0, 100.0, 0.3), missed_pay(0.5, 100, 100.0, 0.3)
    (0.85, 0.925)
    """
    paid = fen / (fen + half_fen) if fen > 0 else 0.0
    return 1.0 - dip * expectation * (1.0 - paid)


@rule
def call_probability(base: float, trust: float, pull: float, fatigue: float, most: float) -> float:
    """Say how likely a member takes part in a call just read: the more it pulls, the more one
    trusts who calls, and the less tired one is: m d / (m + d), d = base x trust x pull / (1 + f).

    An assumption.

    Parameters
    ----------
    base : float
        Drive at full trust and a pull of 1; 0: off.
    trust, pull, fatigue : float
        Trust 0 ... 1; pull of reward, need, streak and company, >= 0; fatigue, >= 0.
    most : float
        Limit of the probability.

    Examples
    --------
    >>> call_probability(1.0, 0.5, 1.0, 0.0, 0.5), call_probability(1.0, 0.0, 1.0, 0.0, 0.5)
    (0.25, 0.0)
    """
    drive = base * trust * pull / (1.0 + fatigue)
    return most * drive / (most + drive)


@rule
def loosened_tie(weight: float, share: float) -> float:
    """Loosen a tie to somebody who did not come to a gathering that one attended.

    Meetings tie those who come and loosen their ties to others (Sessions 2010: sign).

    Examples
    --------
    >>> loosened_tie(2.0, 0.25)
    1.5
    """
    return weight * (1.0 - share)
