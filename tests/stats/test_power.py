"""The power of a test of two arms: published tables and formulas, and tests drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.power import found_share, groups_needed, power, smallest_effect

DRAWS = 20_000
FOUR_ERRORS = 4.0


@pytest.mark.parametrize(
    ("effect", "needed"),
    [(0.2, 394), (0.3, 176), (0.4, 100), (0.5, 64), (0.6, 45), (0.8, 26), (1.0, 17), (1.2, 12)],
)
def test_without_the_last_week_it_is_the_t_test(effect: float, needed: int) -> None:
    """Sizes a group of two-sided t tests at .05 with power .80 (statsmodels' TTestIndPower, and
    Cohen 1988, table 2.4.1, which rounds 393.4 to 393 at an effect of .2).
    """
    assert groups_needed(effect, 1.0) == needed
    assert power(effect, needed, 1.0) >= 0.8 > power(effect, needed - 1, 1.0)


@given(
    members=st.integers(2, 500),
    alike=st.floats(0.001, 0.5),
    effect=st.floats(0.05, 0.8),
)
def test_groups_are_those_of_donner_and_klar(members: int, alike: float, effect: float) -> None:
    """Clusters an arm, Donner and Klar (2000): (1.96 + 0.84)^2 2 s^2 [1 + (m - 1) ICC] / (m d^2),
    with normal quantiles; a t test asks for about one more.
    """
    spread = math.sqrt((1.0 + (members - 1) * alike) / members)
    clusters = (1.959964 + 0.841621) ** 2 * 2.0 * spread**2 / effect**2
    assert -0.5 < groups_needed(effect, spread) - clusters < 2.5 or clusters < 3


@given(correlation=st.floats(-0.95, 0.95), effect=st.floats(0.1, 1.0))
def test_the_last_week_leaves_so_much_of_the_variance(correlation: float, effect: float) -> None:
    """Frison and Pocock (1992): the variance times 1 - correlation^2."""
    formula = 2.0 * (2.801585 / effect) ** 2 * (1.0 - correlation**2)
    assert -0.5 < groups_needed(effect, 1.0, correlation) - formula < 4.0 or formula < 4


@given(groups=st.integers(3, 2000), spread=st.floats(0.001, 100.0), correlation=st.floats(-1, 1))
def test_the_smallest_effect_is_found_in_80_of_100(
    groups: int, spread: float, correlation: float
) -> None:
    smallest = smallest_effect(groups, spread, correlation)
    if abs(correlation) < 1.0:
        assert power(smallest, groups, spread, correlation) == pytest.approx(0.8, abs=1e-6)
    assert smallest <= smallest_effect(groups, spread, correlation * 0.5) + 1e-12


@pytest.mark.parametrize(("groups", "correlation"), [(6, 0.0), (12, 0.8), (40, 0.5)])
def test_tests_drawn_keep_their_promise(groups: int, correlation: float) -> None:
    """Normal groups: 5 % false alarms and 80 % found, within Monte-Carlo error."""
    chance = np.random.default_rng(7)
    before = chance.normal(size=200_000)
    noise = math.sqrt(1.0 - correlation**2) * chance.normal(size=200_000)
    first = np.stack([before, correlation * before + noise])
    second = first + np.array([[0.0], [smallest_effect(groups, 1.0, correlation)]])
    for arms, promised in (((first, first), 0.05), ((first, second), 0.80)):
        error = math.sqrt(promised * (1 - promised) / DRAWS)
        assert abs(found_share(*arms, groups, DRAWS, 3) - promised) < FOUR_ERRORS * error + 0.003


def test_groups_that_are_all_alike_are_told_at_once() -> None:
    assert power(0.1, 3, 0.0) == 1.0
    assert power(0.0, 3, 0.0) == 0.0
    alike = np.ones((2, 50))
    assert found_share(alike, alike, 5, 100, 1) == 0.0
    assert found_share(alike, alike + np.array([[0.0], [1.0]]), 5, 100, 1) == 1.0
