"""Who a member is: normals, log-normals and initial habit from uniforms."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import rules

LUCK = st.floats(2**-33, 1 - 2**-33)  # what `sim.draws.uniforms` can draw


def test_two_uniforms_become_two_independent_normals() -> None:
    u = np.random.default_rng(2).random((20_000, 2))
    z = np.array([rules.normal_pair(*pair) for pair in u])
    for column in z.T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(z.T)[0, 1]) < 4 / math.sqrt(20_000)


@given(LUCK, LUCK)
def test_normals_lie_on_the_circle_of_their_first_number(u: float, v: float) -> None:
    a, b = rules.normal_pair(u, v)
    assert math.isclose(math.hypot(a, b), math.sqrt(-2 * math.log(u)), rel_tol=1e-9, abs_tol=1e-9)


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(0, 2.5))
def test_log_normal_factors_rise_and_have_mean_one(z: float, w: float, sigma: float) -> None:
    low, high = sorted((z, w))
    assert 0 < rules.log_normal(low, sigma) <= rules.log_normal(high, sigma)
    assert rules.log_normal(z, 0.0) == 1  # no spread: all are average
    grid, weights = np.polynomial.hermite_e.hermegauss(60)
    mean = sum(weights * [rules.log_normal(x, sigma) for x in grid]) / weights.sum()
    assert math.isclose(mean, 1.0, rel_tol=1e-6)


@given(LUCK, LUCK, st.floats(0, 20))
def test_initial_habit_rises_with_luck_and_power_lowers_it(
    u: float, v: float, power: float
) -> None:
    low, high = sorted((u, v))
    assert 0 <= rules.initial_habit(low, power) <= rules.initial_habit(high, power) <= 1
    assert rules.initial_habit(u, power + 1) <= rules.initial_habit(u, power)
    assert rules.initial_habit(u, 0.0) == 1


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(0, 2.5))
def test_habits_fade_at_paces_spread_about_the_median_members(
    z: float, w: float, sigma: float
) -> None:
    low, high = sorted((z, w))
    assert rules.habit_pace(low, sigma) >= rules.habit_pace(high, sigma) > 0
    assert rules.habit_pace(0.0, sigma) == rules.habit_pace(z, 0.0) == 1
    assert math.isclose(rules.habit_pace(z, sigma) * rules.habit_pace(-z, sigma), 1.0)


def test_unlike_habits_are_forgotten_more_slowly_the_longer_ago() -> None:
    """An average of unlike exponentials, which no exponential follows."""
    grid, weights = np.polynomial.hermite_e.hermegauss(60)
    paces = np.array([rules.habit_pace(z, 1.0) for z in grid])
    kept = [float(weights @ np.exp(-t * paces)) / weights.sum() for t in (0.0, 1.0, 2.0, 4.0, 8.0)]
    rates = np.diff(-np.log(kept)) / np.diff([0.0, 1.0, 2.0, 4.0, 8.0])
    assert np.all(np.diff(rates) < 0)


@given(st.floats(-40, 40), st.floats(0, 3))
def test_days_are_shifted_by_whole_hours_at_most_three(z: float, sigma: float) -> None:
    hours = rules.shift_hours(z, sigma)
    assert hours in range(-3, 4)
    assert abs(hours - max(-3.0, min(3.0, z * sigma))) <= 0.5
    assert rules.shift_hours(z, 0.0) == 0
