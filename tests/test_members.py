"""Members are drawn by their own address."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import members
from sim.ensemble import simulate
from sim.models import Community
from sim.params import Params, parameters
from sim.scenario import parse_scenario
from sim.state import KINDS, NEEDS

KEYS = st.integers(0, 2**62 - 1)
SPREADS = st.floats(0, 2.5)


@given(KEYS, st.integers(0, 5000), SPREADS, SPREADS, st.floats(0, 3), st.floats(0, 20))
def test_traits_stay_in_their_ranges(
    key: int, slot: int, rate: float, propensity: float, shift: float, power: float
) -> None:
    own_rate, own_propensity, hours, *shares, pace = members.member_traits(
        key, slot, rate, propensity, shift, power, propensity
    )
    assert pace > 0
    assert own_rate > 0
    assert own_propensity > 0
    assert hours in range(-3, 4)
    assert len(shares) == 4
    assert all(0 <= share <= 1 for share in shares)
    assert all(factor > 0 for factor in members.need_factors(key, slot, rate))


def test_traits_have_the_stated_means() -> None:
    drawn = np.array(
        [members.member_traits(1, slot, 0.5, 1.0, 1.5, 2.0, 0.8) for slot in range(20_000)]
    )
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
