"""Who is let in and who invites: the gate keeps the keen, the new and satisfied invite."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import rules

SHARE = st.floats(0, 1)
ASKED = st.floats(0, 1e3)


@given(SHARE, SHARE, ASKED, st.floats(0, 10), st.floats(0, 0.5), SHARE, SHARE)
def test_admission_is_a_probability_that_rises_with_interest(
    low: float, high: float, fee: float, work: float, distance: float, narrow: float, error: float
) -> None:
    low, high = sorted((low, high))
    gate = fee, work, distance, narrow, error
    less, more = (rules.admission_probability(interest, *gate) for interest in (low, high))
    assert 0 <= less <= more + 1e-12 <= 1 + 1e-12


@given(SHARE, ASKED, ASKED, st.floats(0, 10), st.floats(0, 0.5), SHARE, SHARE, SHARE)
def test_a_stricter_gate_lets_fewer_in(
    interest: float, fee: float, more: float, work: float, distance: float, narrow: float,
    wide: float, error: float,
) -> None:  # fmt: skip
    narrow, wide = sorted((narrow, wide), reverse=True)
    loose = rules.admission_probability(interest, fee, work, distance, wide, error)
    assert rules.admission_probability(interest, fee + more, work, distance, wide, error) <= loose
    harder = rules.admission_probability(interest, fee, work + 1.0, distance, wide, error)
    assert harder <= loose + 1e-15
    assert rules.admission_probability(interest, fee, work, distance, narrow, error) <= loose


@given(SHARE, st.floats(0, 0.5), SHARE)
def test_a_gate_that_asks_nothing_lets_everybody_in(
    interest: float, distance: float, error: float
) -> None:
    assert rules.admission_probability(interest, 0.0, 0.0, distance, 0.0, error) == 1.0


@given(SHARE, st.floats(0, 20), st.floats(0, 10), st.floats(-9, 9))
def test_no_review_approves_everybody(
    interest: float, power: float, noise: float, z: float
) -> None:
    assert rules.is_approved(interest, power, 0.0, noise, z)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_review_without_error_turns_its_share_away(share: float) -> None:
    u = (np.arange(2000) + 0.5) / 2000
    approved = [rules.is_approved(x, 3.0, share, 0.0, 0.0) for x in u**3.0]
    assert np.mean(approved) == pytest.approx(1 - share, abs=0.002)
    assert not approved[0]
    assert approved[-1]


@given(SHARE, st.floats(0, 1e6), st.floats(1, 1e6), st.floats(0, 1e3), SHARE)
def test_inviting_fades_and_a_reward_at_most_doubles_it(
    rate: float, fen: float, half: float, days: float, verdict: float
) -> None:
    plain = rules.invite_probability(rate, 0.0, half, days, 5.0, verdict)
    paid = rules.invite_probability(rate, fen, half, days, 5.0, verdict)
    assert 0 <= plain <= paid <= min(1.0, 2.0 * plain + 1e-12)
    assert rules.invite_probability(rate, fen, half, days + 1.0, 5.0, verdict) <= paid
    assert rules.invite_probability(0.0, fen, half, days, 5.0, verdict) == 0.0
    assert math.isclose(plain, rate * math.exp(-days / 5.0) * verdict, abs_tol=1e-12)


@given(SHARE, SHARE, SHARE)
def test_a_guest_lies_between_oneself_and_the_inviter(
    own: float, inviter: float, likeness: float
) -> None:
    found = rules.guest_interest(own, inviter, likeness)
    assert min(own, inviter) - 1e-12 <= found <= max(own, inviter) + 1e-12
    assert rules.guest_interest(own, inviter, 0.0) == own
    assert rules.guest_interest(own, inviter, 1.0) == inviter
