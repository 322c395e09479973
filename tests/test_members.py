"""Members are drawn by their own address; candidates come at the stated rate, whoever is let in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from sim import members, rules
from sim.draws import group_key, uniforms
from sim.ensemble import simulate
from sim.members import (
    announced_hours,
    arrival_hours,
    arrivals_by,
    first_look_hours,
    hour_factors,
)
from sim.models import Community
from sim.params import Params, parameters, to_record
from sim.scenario import parse_scenario
from sim.state import KINDS, NEEDS

KEYS = st.integers(0, 2**62 - 1)
SPREADS = st.floats(0, 2.5)


def row_of(given: dict[str, float]) -> Any:
    return to_record(Params().replace(given))[0]


@given(KEYS, st.integers(0, 5000), SPREADS, SPREADS, st.floats(0, 3), st.floats(0, 20))
def test_traits_stay_in_their_ranges(
    key: int, slot: int, rate: float, propensity: float, shift: float, power: float
) -> None:
    given = {
        "look.rate_sigma": rate, "speak.propensity_sigma": propensity,
        "rhythm.shift_sigma_hours": shift, "habit.interest_power": power,
        "habit.days_sigma": propensity, "needs.weight_sigma": rate,
    }  # fmt: skip
    row = row_of(given)
    own_rate, own_propensity, hours, *shares, pace = members.member_traits(key, slot, row)
    assert pace > 0
    assert own_rate > 0
    assert own_propensity > 0
    assert hours in range(-3, 4)
    assert len(shares) == 4
    assert all(0 <= share <= 1 for share in shares)
    assert all(factor > 0 for factor in members.need_factors(key, slot, rate))
    assert sum(members.need_weights(key, slot, row)) == pytest.approx(1)


def test_traits_have_the_stated_means() -> None:
    given = {
        "look.rate_sigma": 0.5, "speak.propensity_sigma": 1.0, "rhythm.shift_sigma_hours": 1.5,
        "habit.interest_power": 2.0, "habit.days_sigma": 0.8,
        "look.rate_per_day": 24.0, "speak.propensity": 1.0, "group.topic_breadth": 1.0,
    }  # fmt: skip
    row = row_of(given)
    drawn = np.array([members.member_traits(1, slot, row) for slot in range(20_000)])
    means, errors = drawn.mean(axis=0), drawn.std(axis=0) / math.sqrt(len(drawn))
    expected = np.array([1.0, 1.0, 0.0, 0.5, 0.5, 0.5, 1 / 3, math.exp(0.32)])
    assert np.all(np.abs(means - expected) < 4 * errors)
    factors = np.array([members.need_factors(1, slot, 0.6) for slot in range(20_000)])
    assert np.all(np.abs(factors.mean(axis=0) - 1) < 4 * factors.std(axis=0) / math.sqrt(20_000))
    both = np.corrcoef(np.hstack([drawn, factors]).T) - np.eye(13)
    assert np.abs(both).max() < 4 / math.sqrt(20_000)


def test_a_member_is_the_same_at_every_group_size() -> None:
    def traits(size: int) -> list[dict[str, object]]:
        community = Community(parse_scenario({"group": {"size": size}}), 3, seed=8)
        kept = {
            "base_rate", "propensity", "shift", "interest", "ad_tolerance", "appetite", "habit",
            "habit_pace", "weights", "budget", "first_delay_uniform", "reaction_hours",
        }  # fmt: skip
        return [{name: vars(community.members[slot])[name] for name in kept} for slot in range(4)]

    few = traits(4)
    assert all(traits(size) == few for size in (5, 60, 500))
    assert len({str(member) for member in few}) == 4


def test_habits_of_a_silent_group_fade_as_unlike_members_do() -> None:
    values = {
        "group.size": 500, "habit.days": 4.0, "habit.days_sigma": 1.0, "habit.gain": 0.0,
        "habit.interest_power": 1.0, "speak.propensity": 0.0, "arrivals.per_day": 0.0,
        "leaving.mute_probability": 0.0, "leaving.leave_probability": 0.0,
    }  # fmt: skip
    scenario = parse_scenario({"run": {"days": 40}}, values=values)
    habit = simulate([scenario], 60, seed=4).daily["habit"][:, :40].mean(axis=0)
    grid, weights = np.polynomial.hermite_e.hermegauss(60)
    days = (24.0 * np.arange(1, 41) - scenario.params.group.start_hour) / 24.0
    kept = np.exp(-np.outer(days, np.exp(-grid)) / 4.0) @ weights / weights.sum()
    assert habit == pytest.approx(0.5 * kept, rel=0.02)


@given(st.floats(0, 3), st.integers(0, 23), st.floats(0, 3), st.integers(0, 3))
def test_the_rhythm_has_mean_one_and_the_stated_shape(
    depth: float, hour: int, weekend: float, day: int
) -> None:
    rhythm = Params().replace(
        {"rhythm.day_depth": depth, "rhythm.peak_hour": hour + 0.5, "rhythm.weekend_share": weekend}
    )
    factors = members.hour_factors(rhythm).reshape(7, 24)
    assert factors.mean() == pytest.approx(1.0)
    assert factors[day, hour] == factors.max() or weekend > 1
    trough = factors[day, (hour + 12) % 24]
    assert factors[day, hour] == pytest.approx(trough * math.exp(2 * depth))
    assert factors[5:] == pytest.approx(weekend * factors[3:5])


def test_each_feeding_parameter_feeds_one_need_by_one_kind() -> None:
    cells = {
        key: (KINDS.index(kind), NEEDS.index(need))
        for key in parameters()
        if key.startswith("needs.")
        for kind, _, need in [key.removeprefix("needs.").partition("_")]
        if kind in KINDS and need in NEEDS and key != "needs.packet_benefit"
    }
    assert len(cells) >= 12
    empty = dict.fromkeys(cells, 0.0)
    assert members.feeding(Params().replace(empty)).sum() == 0
    for key, cell in cells.items():
        table = members.feeding(Params().replace({**empty, key: 0.7}))
        assert table[cell] == 0.7
        assert table.sum() == 0.7


def test_each_kind_loses_novelty_by_its_own_parameter() -> None:
    keys = {
        "talk": ("chat", "question", "answer"), "content": ("content", "ad"),
        "activity": ("activity",), "greeting": ("greeting",), "packet": ("packet",),
    }  # fmt: skip
    assert sorted(kind for kinds in keys.values() for kind in kinds) == sorted(KINDS)
    for key, kinds in keys.items():
        halves = members.half_exposures(Params().replace({f"novelty.{key}_messages": 77.5}))
        assert [KINDS[k] for k in np.flatnonzero(halves == 77.5)] == [
            kind for kind in KINDS if kind in kinds
        ]


def test_the_uniforms_of_a_start_lie_within_the_open_interval() -> None:
    assert all(0 < u < 1 for u in members.first_uniforms(1, 0))


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


def test_first_looks_follow_the_hour_as_far_as_they_are_told() -> None:
    rhythm = hour_factors(Params())
    for u in (0.9, 0.5, 0.01):
        assert first_look_hours(u, 4.0, rhythm, 9, 0.0) == rules.delay_hours(u, 240.0)  # 0: off
        even = first_look_hours(u, 4.0, np.ones(168), 9, 1.0)
        assert even == pytest.approx(rules.delay_hours(u, 240.0))
    u = np.array([uniforms(1, n, 0, 0, 0, 0)[0] for n in range(2000)])
    hours = np.array([first_look_hours(one, 19.0, rhythm, 3, 1.0) for one in u])
    spent = np.concatenate([[0.0], np.cumsum(rhythm[(3 + np.arange(400)) % 168])])
    assert np.interp(hours, np.arange(401), spent) == pytest.approx(-19.0 * np.log(u))
