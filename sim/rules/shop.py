"""The shop: who buys of a standing offer, and what the product does to the verdict."""

from __future__ import annotations

import math

from sim.compiling import rule
from sim.rules.looking import kept_after
from sim.rules.reading import eroded, rewarded


@rule
def educated_share(exposure: float, half_worth: float, least: float) -> float:
    """Say how far content has made an expert customer of a reader: l + (1 - l) x / (x + half).

    An assumption: who has been shown how to choose buys more.

    Parameters
    ----------
    exposure : float
        Content read of late, in worth.
    half_worth : float
        Worth that makes half an expert; 0: everybody is one.
    least : float
        Share l of who has read none, 0 ... 1.

    Examples
    --------
    >>> educated_share(5.0, 5.0, 0.0), educated_share(0.0, 5.0, 0.1), educated_share(0.0, 0.0, 0.1)
    (0.5, 0.1, 1.0)
    """
    if half_worth <= 0.0:
        return 1.0
    return least + (1.0 - least) * exposure / (exposure + half_worth)


@rule
def affordable_share(price_fen: int, wtp_fen: float, appetite: float) -> float:
    """Say how often a price is paid that would be taken as a gift: exp(-price / wtp).

    An assumption.

    Parameters
    ----------
    price_fen : int
        Price.
    wtp_fen : float
        Scale of the average member's willingness to pay.
    appetite : float
        Own appetite, 0 ... 1, mean one half.

    Examples
    --------
    >>> round(affordable_share(10_000, 10_000.0, 0.5), 3), affordable_share(1, 10_000.0, 0.0)
    (0.368, 0.0)
    """
    own = wtp_fen * 2.0 * appetite
    return kept_after(price_fen / own) if own > 0.0 else 0.0


@rule
def wanted_share(has_want: bool, unwanted: float, hunger: float) -> float:
    """Say how much an offer is wanted: wholly by who wants to buy, else as a bargain.

    An assumption.

    Parameters
    ----------
    has_want : bool
        Whether there is a want to buy.
    unwanted, hunger : float
        Share among those who only hunger for a bargain; that hunger, 0 ... 1.

    Examples
    --------
    >>> wanted_share(True, 0.2, 0.5), wanted_share(False, 0.2, 0.5)
    (1.0, 0.1)
    """
    return 1.0 if has_want else unwanted * hunger


@rule
def buy_probability(
    most: float, trust: float, power: float, educated: float, wanted: float, match: float,
    affordable: float,
) -> float:  # fmt: skip
    """Say how likely a member buys of an offer: trust ** power x the shares of the rules above.

    The product form is an assumption; customers of a trusted, knowing shop buy more.

    Parameters
    ----------
    most : float
        Of an expert who trusts and wants it, for nothing; 0: off.
    trust, power : float
        Trust 0 ... 1, and how strongly it counts.
    educated, wanted, match, affordable : float
        `educated_share`, `wanted_share` (more in company), `topic_match`, `affordable_share`.

    Examples
    --------
    >>> buy_probability(0.5, 0.5, 1.0, 0.5, 1.0, 1.0, 1.0)
    0.125
    >>> buy_probability(0.5, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    0.0
    """
    return min(1.0, most * math.pow(trust, power) * educated * wanted * match * affordable)


@rule
def product_verdict(verdict: float, quality: float, spread: float, u: float, step: float) -> float:
    """Move the verdict on the group by a product: up when it is better than just acceptable.

    Disconfirmed expectations lower satisfaction (Oliver 1980); form: an assumption.

    Parameters
    ----------
    verdict : float
        0 ... 1.
    quality, spread : float
        Of products on average, 0 ... 1 (half: acceptable), and the most that one differs.
    u : float
        Uniform in (0, 1): this product.
    step : float
        Step by the best or the worst; 0: off.

    Examples
    --------
    >>> product_verdict(0.5, 1.0, 0.0, 0.3, 0.25), product_verdict(0.5, 0.0, 0.0, 0.3, 0.25)
    (0.6, 0.4)
    """
    good = 2.0 * min(1.0, max(0.0, quality + spread * (2.0 * u - 1.0))) - 1.0
    if good >= 0.0:
        return rewarded(verdict, step, good)
    return eroded(verdict, step, -good)
