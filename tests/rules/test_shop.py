"""Rules of the shop: trust, education, wants, price, and the verdict by the product."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim import rules

shares = st.floats(0, 1)


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1000), shares)
def test_content_educates(less: float, more: float, half: float, least: float) -> None:
    low, high = sorted((less, more))
    assert least - 1e-12 <= rules.educated_share(low, half, least)
    assert rules.educated_share(low, half, least) <= rules.educated_share(high, half, least) + 1e-12
    assert rules.educated_share(high, half, least) <= 1.0 + 1e-12


@given(st.integers(1, 2_000_000), st.floats(1, 1e8), shares)
def test_a_price_keeps_buyers_away(price: int, wtp: float, appetite: float) -> None:
    paid = rules.affordable_share(price, wtp, appetite)
    assert 0.0 <= rules.affordable_share(2 * price, wtp, appetite) <= paid <= 1.0
    assert rules.affordable_share(price, wtp, 0.0) == 0.0


@given(shares, shares)
def test_who_wants_to_buy_wants_it_most(unwanted: float, hunger: float) -> None:
    assert rules.wanted_share(True, unwanted, hunger) == 1.0
    assert 0.0 <= rules.wanted_share(False, unwanted, hunger) <= 1.0


@given(shares, shares, shares, st.floats(0, 10), shares, st.floats(0, 100), shares, shares)
def test_without_trust_nothing_is_bought(
    most: float, trust: float, part: float, power: float, educated: float, wanted: float,
    match: float, paid: float,
) -> None:  # fmt: skip
    chance = rules.buy_probability(most, trust, power, educated, wanted, match, paid)
    assert 0.0 <= chance <= 1.0
    less = rules.buy_probability(most, trust * part, power, educated, wanted, match, paid)
    assert less <= chance + 1e-12
    assert rules.buy_probability(most, 0.0, 1.0, educated, wanted, match, paid) == 0.0
    assert rules.buy_probability(0.0, trust, power, educated, wanted, match, paid) == 0.0


@given(shares, shares, shares, st.floats(1e-9, 1 - 1e-9), shares)
def test_a_product_moves_the_verdict_by_what_it_is_worth(
    verdict: float, quality: float, spread: float, u: float, step: float
) -> None:
    after = rules.product_verdict(verdict, quality, spread, u, step)
    assert 0.0 <= after <= 1.0
    assert rules.product_verdict(verdict, quality, spread, u, 0.0) == verdict
    assert rules.product_verdict(verdict, 0.5, 0.0, u, step) == verdict
    assert rules.product_verdict(verdict, 1.0, 0.0, u, step) >= verdict
    assert rules.product_verdict(verdict, 0.0, 0.0, u, step) <= verdict
