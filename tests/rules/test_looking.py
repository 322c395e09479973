"""When a member looks: rules of rates, delays, rhythm and attention."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import rules
from sim.rules import kept_share

SHARES = st.floats(0, 1)
OPEN = st.floats(2**-33, 1 - 2**-33)  # what `sim.draws.uniforms` can draw
HOURS = st.floats(0, 1e5)
SOME = st.floats(0.01, 1e3)


@given(HOURS, HOURS, SOME)
def test_fading_twice_is_fading_once_for_both_times(first: float, then: float, days: float) -> None:
    once = rules.kept_share(first + then, days * 24)
    twice = rules.kept_share(first, days * 24) * rules.kept_share(then, days * 24)
    assert once == pytest.approx(twice, abs=1e-300, rel=1e-6)
    assert 0 <= once <= rules.kept_share(first, days * 24) <= 1
    assert once == rules.kept_after((first + then) / (days * 24))


@given(SOME, st.integers(0, 40))
def test_a_half_life_halves(days: float, times: int) -> None:
    assert rules.halved_share(24 * days * times, days) == pytest.approx(0.5**times)


def test_budgets_and_delays_are_exponential() -> None:
    u = np.random.default_rng(1).random(20_000)
    budgets = [rules.budget(x) for x in u]
    assert stats.kstest(budgets, "expon").pvalue > 1e-3
    delays = [rules.delay_hours(x, 90.0) for x in u]
    assert stats.kstest(delays, "expon", args=(0, 1.5)).pvalue > 1e-3


@given(OPEN)
def test_a_budget_is_the_logarithm_to_the_last_place_but_one(u: float) -> None:
    assert abs(rules.budget(u) + math.log(u)) <= 2 * math.ulp(math.log(u))


@given(OPEN, OPEN, SOME)
def test_a_larger_number_is_a_shorter_wait(u: float, v: float, minutes: float) -> None:
    low, high = sorted((u, v))
    assert 0 <= rules.budget(high) <= rules.budget(low)
    assert 0 <= rules.delay_hours(high, minutes) <= rules.delay_hours(low, minutes)


@given(
    SHARES, SHARES, st.floats(0.001, 1), st.floats(0, 100), st.floats(0, 20), st.floats(0.001, 1)
)
def test_attention_never_ends_and_follows_habit(
    habit: float, more: float, floor: float, fatigue: float, weight: float, mute: float
) -> None:
    low, high = sorted((habit, more))
    rested = rules.attention(low, floor, 0.0, weight, 1.0)
    tired = rules.attention(low, floor, fatigue, weight, mute)
    assert 0 < tired <= rested <= 1
    assert rested <= rules.attention(high, floor, 0.0, weight, 1.0) <= 1
    assert rules.attention(low, floor, fatigue, 0.0, 1.0) == rested  # weight 0: fatigue is off
    assert rules.attention(0.0, floor, 0.0, weight, 1.0) == floor


@given(st.integers(0, 167), st.floats(0, 3), st.floats(0, 24), st.floats(0, 3))
def test_an_hour_s_rhythm_lies_between_trough_and_peak(
    hour: int, depth: float, peak: float, weekend: float
) -> None:
    factor = rules.hour_factor(hour, depth, peak, weekend)
    on_weekend = weekend if hour >= 120 else 1.0
    assert math.exp(-depth) * on_weekend <= factor * (1 + 1e-12)
    assert factor <= math.exp(depth) * on_weekend * (1 + 1e-12)
    assert rules.hour_factor(hour, 0.0, peak, 1.0) == 1.0  # depth 0: off


@given(st.floats(0, 5000), st.floats(0, 5000), SHARES, st.floats(0, 8))
def test_a_message_draws_few_however_many_attend(
    few: float, more: float, probability: float, most: float
) -> None:
    low, high = sorted((few, more))
    drawn = rules.draws_mean(low, probability, most)
    rounding = 1e-9
    assert 0 <= drawn <= rules.draws_mean(high, probability, most) + rounding
    assert drawn <= min(most, probability * low) + rounding
    assert rules.draws_mean(high, 0.0, most) == rules.draws_mean(high, probability, 0.0) == 0.0


@given(OPEN, OPEN, st.floats(0, 8))
def test_counts_rise_with_luck_up_to_16(u: float, v: float, mean: float) -> None:
    low, high = sorted((u, v))
    assert 0 <= rules.poisson_count(low, mean) <= rules.poisson_count(high, mean) <= 16
    assert rules.poisson_count(high, 0.0) == 0


@pytest.mark.parametrize("mean", [0.1, 1.2, 4.0])
def test_counts_are_poisson(mean: float) -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    counts = np.bincount([rules.poisson_count(x, mean) for x in u], minlength=17)
    expected = stats.poisson.pmf(np.arange(17), mean) * 10_000
    assert np.abs(counts - expected)[:16].max() <= 1.0


@given(st.floats(0, 100), st.floats(0.1, 600))
def test_talk_is_live_while_its_newest_is_young(age: float, minutes: float) -> None:
    assert rules.is_live(age, minutes) == (age * 60 < minutes)
    assert rules.is_live(0.0, minutes)


@given(st.floats(0, 3), HOURS, HOURS, st.floats(0.01, 3650))
def test_quality_fades_unless_it_is_steady(
    quality: float, first: float, then: float, days: float
) -> None:
    low, high = sorted((first, then))
    assert 0 <= rules.faded_quality(quality, high, days) <= rules.faded_quality(quality, low, days)
    assert rules.faded_quality(quality, high, 0.0) == quality  # 0: steady
    assert rules.faded_quality(quality, 24 * days, days) == pytest.approx(quality / 2)


@given(st.floats(0, 24, exclude_max=True), st.integers(0, 23), st.integers(1, 24))
def test_the_team_opens_at_its_hour(clock: float, opens: int, closes: int) -> None:
    wait = rules.hours_to_opening(clock, float(opens), float(closes))
    assert 0 <= wait < 24
    if opens <= clock < closes:
        assert wait == 0
    elif wait > 0:
        assert (clock + wait) % 24 == pytest.approx(opens % 24, abs=1e-9)


def test_kept_share_is_exp_within_two_units_in_the_last_place():
    hours = np.concatenate([np.linspace(0, 2, 2001), np.linspace(0, 700, 2001)])
    exact = np.exp(-hours.astype(np.longdouble))
    kept = np.array([kept_share(float(h), 1.0) for h in hours])
    assert np.max(np.abs(kept - exact) / exact) < 2 * 2.0**-52


@pytest.mark.parametrize("hours", [0.0, 1e-300, 1e-17, 706.9, 1e6, math.inf])
def test_kept_share_stays_between_zero_and_one(hours):
    assert 0.0 <= kept_share(hours, 1.0) <= 1.0


def test_kept_share_falls_with_time():
    kept = [kept_share(h, 24.0) for h in np.linspace(0, 240, 1001)]
    assert all(np.diff(kept) < 0)


@given(st.floats(0, 20), st.floats(0, 20), st.floats(0, 1))
def test_fewer_can_be_reached_at_night(factor: float, other: float, share: float) -> None:
    low, high = sorted((factor, other))
    assert 0 <= rules.awake_share(low, share) <= rules.awake_share(high, share) <= 1
    assert rules.awake_share(low, 0.0) == 1  # off
    assert rules.awake_share(low, 1.0) == min(1.0, low)
    assert rules.awake_share(1.0, share) == pytest.approx(1.0)
