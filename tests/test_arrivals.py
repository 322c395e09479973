"""Candidates come at the stated rate, as fast as stated, whoever is let in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from sim.arrivals import announced_hours, arrival_hours, arrivals_by
from sim.draws import group_key
from sim.params import Params

KEYS = st.integers(0, 2**62 - 1)
ARRIVALS = st.fixed_dictionaries(
    {
        "arrivals.per_day": st.floats(0, 20),
        "arrivals.burst_ratio": st.floats(0, 30),
        "arrivals.burst_days": st.floats(0.05, 10),
        "arrivals.popularity_sigma": st.floats(0, 1),
        "arrivals.fading_power": st.floats(0, 0.95),
        "arrivals.announced_days": st.floats(0, 5),
        "arrivals.announced_sigma": st.floats(0, 2.5),
        "arrivals.unknown_share": st.floats(0, 1),
    }
)


@given(KEYS, ARRIVALS, st.floats(1, 200), st.floats(1, 3000))
def test_a_longer_horizon_only_appends_candidates(
    key: int, values: dict[str, float], short: float, longer: float
) -> None:
    params = Params().replace(values)
    early = arrival_hours(key, params, short)
    late = arrival_hours(key, params, short + longer)
    assert np.all(np.diff(late) >= 0)
    assert np.all((early >= 0) & (early <= short))
    assert early.tobytes() == late[: len(early)].tobytes()
    assert np.all(late[len(early) :] >= short)


@given(
    st.floats(0.1, 500), st.floats(0.01, 100), st.floats(0, 0.95), st.floats(0, 30),
    st.floats(0.05, 10),
)  # fmt: skip
def test_expected_candidates_are_the_integral_of_their_rate(
    hours: float, per_day: float, power: float, ratio: float, burst: float
) -> None:
    def rate(days: float) -> float:
        return per_day * ((days / 30.0) ** -power + ratio * math.exp(-days / burst))

    expected = arrivals_by(hours, per_day, power, ratio, burst)
    more = arrivals_by(2 * hours, per_day, power, ratio, burst) - expected
    counted, _ = integrate.quad(rate, hours / 24, hours / 12, limit=200)
    assert more == pytest.approx(counted, rel=1e-6)
    assert expected > 0.0
    assert arrivals_by(0.0, per_day, power, ratio, burst) == 0.0


def test_a_steady_trickle_does_not_know_of_the_power() -> None:
    for hours in (0.3, 7.0, 1234.5):
        assert arrivals_by(hours, 0.7, 0.0, 0.0, 2.0) == 0.7 * (hours / 24.0)


def test_first_candidates_of_a_fading_trickle_are_weibull() -> None:
    params = Params().replace(
        {"arrivals.per_day": 0.2, "arrivals.fading_power": 0.5, "arrivals.burst_ratio": 0.0,
         "arrivals.popularity_sigma": 0.0}
    )  # fmt: skip
    keys = [int(group_key(3, n)) for n in range(1_000)]
    firsts = [arrival_hours(key, params, 24.0 * 2_000)[0] / 24.0 for key in keys]
    scale_days = (0.5 / (0.2 * 30.0**0.5)) ** 2
    assert stats.kstest(firsts, "weibull_min", args=(0.5, 0.0, scale_days)).pvalue > 1e-3


def test_candidates_come_at_the_stated_rate() -> None:
    params = Params().replace(
        {"arrivals.per_day": 2.0, "arrivals.burst_ratio": 10.0, "arrivals.burst_days": 1.0,
         "arrivals.fading_power": 0.3, "arrivals.popularity_sigma": 0.0}
    )  # fmt: skip
    times = [arrival_hours(int(group_key(1, n)), params, 72.0) for n in range(1_000)]
    for until in (12.0, 36.0, 72.0):
        counts = np.array([np.sum(hours < until) for hours in times])
        expected = arrivals_by(until, 2.0, 0.3, 10.0, 1.0)
        assert abs(counts.mean() - expected) < 4 * math.sqrt(expected / 1_000)
        assert counts.var() == pytest.approx(expected, rel=0.2)  # Poisson
    flat = Params().replace(
        {"arrivals.per_day": 5.0, "arrivals.burst_ratio": 0.0, "arrivals.popularity_sigma": 0.0}
    )
    gaps = np.diff(arrival_hours(1, flat, 24.0 * 500))
    assert stats.kstest(gaps, "expon", args=(0, 24.0 / 5.0)).pvalue > 1e-3


def test_popularity_spreads_groups_around_the_same_mean() -> None:
    params = Params().replace(
        {"arrivals.per_day": 3.0, "arrivals.burst_ratio": 0.0, "arrivals.popularity_sigma": 0.7}
    )
    counts = np.array(
        [len(arrival_hours(int(group_key(5, n)), params, 240.0)) for n in range(1_000)]
    )
    assert abs(counts.mean() - 30.0) < 4 * counts.std() / math.sqrt(1_000)
    assert counts.var() > 5 * 30.0


def test_no_trickle_no_candidates() -> None:
    assert len(arrival_hours(1, Params().replace({"arrivals.per_day": 0.0}), 1e5)) == 0


def test_nobody_comes_before_the_announcement() -> None:
    known = {"arrivals.per_day": 50.0, "arrivals.announced_days": 4.0}
    params = Params().replace(known | {"arrivals.announced_sigma": 1.5})
    at_once = Params().replace({"arrivals.per_day": 50.0})
    keys = [int(group_key(3, n)) for n in range(2_000)]
    announced = np.array([announced_hours(key, params.arrivals) for key in keys])
    assert stats.kstest(np.log(announced / 96.0) / 1.5, "norm").pvalue > 1e-3
    for key, at in zip(keys[:50], announced, strict=False):
        plain = arrival_hours(key, at_once, max(0.0, 500.0 - at))
        np.testing.assert_allclose(arrival_hours(key, params, 500.0), at + plain)


def test_of_unknown_groups_nobody_hears() -> None:
    keys = [int(group_key(9, n)) for n in range(4_000)]
    params = Params().replace({"arrivals.unknown_share": 0.3, "arrivals.per_day": 100.0})
    unknown = np.array([math.isinf(announced_hours(key, params.arrivals)) for key in keys])
    assert abs(unknown.mean() - 0.3) < 4 * math.sqrt(0.21 / 4_000)
    asked = np.array([len(arrival_hours(key, params, 100.0)) for key in keys[:200]])
    assert ((asked == 0) == unknown[:200]).all()
