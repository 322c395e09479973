"""Rules of calls: more pull, trust and pay draw more people, and nothing leaves its range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules

shares = st.floats(0, 1)
amounts = st.floats(0, 1e6)
fens = st.integers(0, 2_000_000)


@given(shares, fens, fens, st.floats(0, 1e5))
def test_more_money_pulls_more_and_never_more_than_half_its_need(
    weight: float, less: int, more: int, half: float
) -> None:
    low, high = sorted((less, more))
    assert 0.0 <= rules.reward_pull(weight, low, half) <= rules.reward_pull(weight, high, half)
    assert rules.reward_pull(weight, high, half) <= 0.5 * weight
    assert rules.reward_pull(weight, 0, half) == 0.0


@given(st.floats(0, 100), st.integers(0, 300), st.integers(0, 300))
def test_what_repeats_pulls_more_and_saturates(most: float, fewer: int, more: int) -> None:
    low, high = sorted((fewer, more))
    assert (
        0.0 <= rules.repeated_pull(most, low, 3.0) <= rules.repeated_pull(most, high, 3.0) <= most
    )
    assert rules.repeated_pull(0.0, high, 3.0) == 0.0


@given(shares, fens, st.floats(0, 1e5), shares)
def test_pay_is_missed_by_who_expects_it(
    expectation: float, fen: int, half: float, dip: float
) -> None:
    factor = rules.missed_pay(expectation, fen, half, dip)
    assert rules.missed_pay(expectation, 0, half, dip) <= factor <= 1.0
    assert rules.missed_pay(0.0, fen, half, dip) == rules.missed_pay(expectation, fen, half, 0) == 1


def test_who_was_paid_takes_part_less_than_who_never_was() -> None:
    never = rules.call_probability(1.0, 0.5, rules.missed_pay(0.0, 0, 100.0, 0.3), 0.0, 0.5)
    after = rules.call_probability(1.0, 0.5, rules.missed_pay(0.6, 0, 100.0, 0.3), 0.0, 0.5)
    assert after < never


@given(st.floats(0, 1000), shares, shares, amounts, amounts, amounts, st.floats(0.001, 1))
def test_trust_and_pull_draw_and_fatigue_keeps_away(
    base: float, trust: float, doubt: float, pull: float, more: float, fatigue: float, most: float
) -> None:
    chance = rules.call_probability(base, trust, pull, fatigue, most)
    assert 0.0 <= chance <= most * (1 + 1e-12)
    assert rules.call_probability(base, trust * doubt, pull, fatigue, most) <= chance * (1 + 1e-12)
    assert rules.call_probability(base, trust, pull + more, fatigue, most) >= chance * (1 - 1e-12)
    assert rules.call_probability(base, trust, pull, fatigue + 1.0, most) <= chance * (1 + 1e-12)
    assert rules.call_probability(0.0, trust, pull, fatigue, most) == 0.0
    assert rules.call_probability(base, 0.0, pull, fatigue, most) == 0.0


@given(st.floats(0, 100), shares)
def test_a_tie_loosens_and_never_below_nothing(weight: float, share: float) -> None:
    assert 0.0 <= rules.loosened_tie(weight, share) <= weight
    assert rules.loosened_tie(weight, 0.0) == weight
    assert rules.loosened_tie(weight, 0.1) == pytest.approx(0.9 * weight)


@given(st.floats(0, 100))
def test_money_within_an_hour_of_a_call_to_buy_is_a_bribe(hours: float) -> None:
    assert rules.is_bribe(hours) == (hours <= 1)
