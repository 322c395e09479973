"""Paired differences: published answers, what they may and may not say."""

from __future__ import annotations

import dataclasses
import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lives.outcomes import Outcome
from sim.stats.intervals import components
from sim.stats.paired import (
    allowed_p,
    critical_sum,
    look_ends,
    mcnemar_p,
    p_value,
    paired_difference,
    paired_logrank,
    pairs_needed,
    pareto_front,
    repeated_interval,
)
from sim.study.compare import (
    NO_CLEAR_DIFFERENCE,
    TOO_SMALL,
    UNCERTAIN,
    answer,
    curves_of,
    is_clear,
    lifetime_tests,
)

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
AB = ("A", "B")
ONE = np.ones(1)
"""Weight of a single particle."""


def pair(first: list[float], second: list[float], truth: bool = False):
    return paired_difference(np.array([first]), np.array([second]), ONE, truth)


# --- known answers --------------------------------------------------------------------------------


def test_a_paired_difference_is_the_one_computed_by_hand() -> None:
    # Student's sleep data (Gosset 1908): mean difference 1.58, t 4.0621 on 9 df, 0.70 to 2.46.
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = pair(first, second)
    assert found.difference == pytest.approx(1.58)
    assert found.difference / found.monte_carlo_error == pytest.approx(4.0621, abs=1e-4)
    assert (found.lower, found.upper) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert found.probability_more == pytest.approx(1 - 0.002833 / 2, abs=1e-5)
    assert (found.second_more_share, found.equal_share) == (0.9, 0.1)
    assert found.variance_reduction == pytest.approx((3.200556 + 4.009) / 1.512889, rel=1e-4)
    assert found.pairs_needed == math.ceil((2.8416 * 1.229995 / 1.58) ** 2)


def test_pairs_that_are_not_known_are_left_out_of_both() -> None:
    found = pair([1.0, math.nan, 3.0, 5.0], [2.0, 9.0, math.nan, 8.0])
    assert (found.pairs, found.first, found.second) == (2, 3.0, 5.0)
    nothing = pair([math.nan], [1.0])
    assert nothing.pairs == 0
    assert math.isnan(nothing.difference)
    assert math.isnan(nothing.probability_more)


def test_deaths_are_compared_as_mcnemar_and_agresti_and_min_say() -> None:
    # Approval ratings (Agresti 2002, table 10.1): 794, 150, 86, 570 -> z2 = 34.71 = (86-150)^2/236
    first = [1.0] * 794 + [1.0] * 150 + [0.0] * 86 + [0.0] * 570
    second = [1.0] * 794 + [0.0] * 150 + [1.0] * 86 + [0.0] * 570
    found = pair(first, second, truth=True)
    assert found.difference == pytest.approx(-0.04)
    assert (found.lower, found.upper) == pytest.approx((-0.059, -0.021), abs=1e-3)
    assert mcnemar_p(150, 86) == pytest.approx(3.7e-5, abs=2e-6)
    assert mcnemar_p(3, 0) == 0.25


def test_a_few_dead_pairs_that_agree_are_no_proof() -> None:
    assert not pair([0.0, 0.0], [1.0, 1.0], truth=True).clear
    assert pair([0.0] * 20, [1.0] * 20, truth=True).clear


JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def test_the_split_of_the_variance_is_that_of_shrout_and_fleiss() -> None:
    found = components(JUDGES)  # 1979, table 2: mean squares 11.24 targets, 32.49 judges, 1.02 rest
    assert found.parameter_sd**2 == pytest.approx((11.24 - 1.02) / 4, abs=2e-3)
    assert found.monte_carlo_error**2 == pytest.approx(32.49 / 24, abs=2e-3)
    assert (found.replications, found.particles) == (4, pytest.approx(6.0))


def test_a_particle_with_weight_counts_as_so_many_and_one_has_no_spread() -> None:
    weighted = components(JUDGES[:2], np.array([0.25, 0.75]))
    assert weighted.mean == pytest.approx(0.25 * 6 + 0.75 * 3)
    assert components(JUDGES[:1]).parameter_sd == 0.0


def test_parameter_and_monte_carlo_uncertainty_are_recovered_from_a_made_up_study() -> None:
    rng = np.random.default_rng(1)
    found = [
        components(
            rng.normal(0, 2, (30, 1)) + rng.normal(0, 1, (1, 40)) + rng.normal(0, 3, (30, 40))
        )
        for _ in range(200)
    ]
    assert np.mean([one.parameter_sd**2 for one in found]) == pytest.approx(4.0, rel=0.1)
    expected = 1 / 40 + 9 / 1200
    assert np.mean([one.monte_carlo_error**2 for one in found]) == pytest.approx(expected, rel=0.1)


DRUG = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_logrank_of_two_alternatives_is_the_published_one() -> None:
    # Freireich and others (1963), remission in weeks; log-rank chi2 16.79 (Kalbfleisch 1980)
    days = np.array([[[*DRUG[0], *DRUG[1]]], [PLACEBO]], float)
    ended = np.array([[[True] * 9 + [False] * 12], [[True] * 21]])
    (row,) = lifetime_tests(["drug", "placebo"], days, ended, np.ones(1)).itertuples()
    assert row.chi2 == pytest.approx(16.79, abs=0.005)
    assert (row.ended_first, row.ended, row.groups) == (9, 21, 21)
    curves = curves_of(["drug", "placebo"], days, ended).set_index(["alternative", "time_days"])
    assert curves["survival"]["drug", 6.0] == pytest.approx(0.857, abs=1e-3)
    assert curves["survival"]["placebo", 12.0] == pytest.approx(4 / 21)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=7))
def test_the_paired_logrank_knows_the_spread_of_all_exchanges(lives: list[tuple[int, int]]) -> None:
    both = np.array(lives, float).T[:, None, :]
    ended = np.ones_like(both, bool)
    z, p = paired_logrank((both[0], ended[0]), (both[1], ended[1]), ONE)
    swapped, _ = paired_logrank((both[1], ended[1]), (both[0], ended[0]), ONE)
    if math.isnan(z):
        assert p == 1.0
    else:
        assert z == pytest.approx(-swapped)
        sums = []
        for bits in range(2 ** len(lives)):
            flip = np.array([bits >> at & 1 for at in range(len(lives))], bool)
            mixed = np.where(flip, both[::-1], both)
            sums.append(paired_logrank((mixed[0], ended[0]), (mixed[1], ended[1]), ONE)[0])
        assert np.mean(np.square(sums)) == pytest.approx(1.0)  # z has variance 1 over exchanges


# --- properties -----------------------------------------------------------------------------------

NUMBERS = st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda x: round(x, 3))
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=20)


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_direction_of_a_comparison_do_not_matter(pairs, rng) -> None:
    there = pair(*map(list, zip(*pairs, strict=True)))
    back = pair(*map(list, zip(*[(b, a) for a, b in pairs], strict=True)))
    assert there.difference == -back.difference
    assert there.monte_carlo_error == back.monte_carlo_error
    assert (there.lower, there.upper) == (-back.upper, -back.lower)
    assert there.probability_more == pytest.approx(1 - back.probability_more, abs=1e-12)
    assert there.clear == back.clear
    rng.shuffle(pairs)
    mixed = pair(*map(list, zip(*pairs, strict=True)))
    assert mixed.difference == pytest.approx(there.difference, abs=1e-9)
    assert mixed.monte_carlo_error == pytest.approx(there.monte_carlo_error, abs=1e-9)


@given(st.lists(NUMBERS, min_size=2, max_size=9))
def test_equal_alternatives_do_not_differ(values: list[float]) -> None:
    found = pair(values, values)
    assert (found.difference, found.lower, found.upper, found.probability_more) == (0, 0, 0, 0.5)
    assert answer(found, "more", AB) == NO_CLEAR_DIFFERENCE


def test_under_two_errors_is_not_clear_and_uncertain_parameters_are_named() -> None:
    assert answer(pair([0, 0, 0, 0], [1, -1, 1, 0]), "more", AB) == NO_CLEAR_DIFFERENCE
    assert answer(pair([0, 0, 0, 0], [2, 1, 2, 1]), "less", AB) == "A is better"
    assert answer(pair([0, 0, 0, 0], [2, 1, 2, 1]), "", AB) == "B has more"
    gaps = np.array([[5.0, 5.1, 4.9, 5.0], [-3.0, -3.1, -2.9, -3.0]])
    split = paired_difference(np.zeros((2, 4)), gaps, np.full(2, 0.5))
    assert split.clear
    assert split.lower < 0 < split.upper
    assert answer(split, "more", AB) == UNCERTAIN


SHARE = Outcome("part", "share", "", lambda run: run, "more")
NUMBER = Outcome("number", "messages", "", lambda run: run, "more")


@given(PAIRS, st.floats(0.0, 100.0))
def test_a_clear_difference_names_a_winner_only_when_it_matters(pairs, matters) -> None:
    found = pair(*map(list, zip(*pairs, strict=True)))
    said = answer(found, "more", AB, matters)
    small = abs(found.difference) < matters * (1 - 1e-9)
    assert (said == TOO_SMALL) == (found.clear and small)
    assert (said == NO_CLEAR_DIFFERENCE) == (not found.clear)
    first, second = map(list, zip(*pairs, strict=True))
    back = answer(pair(second, first), "more", AB, matters)
    other = {"A is better": "B is better", "B is better": "A is better"}
    assert back == other.get(said, said)


def test_a_point_or_a_twentieth_of_a_share_and_two_percent_of_a_number_matter() -> None:
    assert SHARE.smallest_that_matters(0.0458, 0.0446) == pytest.approx(0.00229)
    assert SHARE.smallest_that_matters(0.5, 0.6) == 0.01
    assert dataclasses.replace(SHARE, unit="true/false").smallest_that_matters(0.0, 0.03) == 0.01
    assert NUMBER.smallest_that_matters(100.0, 200.0) == 4.0
    assert NUMBER.smallest_that_matters(-200.0, 1.0) == 4.0
    assert dataclasses.replace(SHARE, matters=0.001).smallest_that_matters(0.5, 0.6) == 0.001
    small = pair([0.0458, 0.0460, 0.0456, 0.0458], [0.0446, 0.0448, 0.0444, 0.0446])
    assert answer(small, "more", AB, SHARE.smallest_that_matters(0.0458, 0.0446)) == TOO_SMALL
    assert answer(small, "more", AB, 0.001) == "A is better"
    at_the_limit = pair([0.1, 0.1, 0.1], [0.11, 0.11, 0.11])  # 0.01 but for rounding
    assert answer(at_the_limit, "more", AB, 0.01) == "B is better"


def test_a_small_difference_can_be_clear_and_none_needs_endless_pairs() -> None:
    assert is_clear("B is better")
    assert is_clear(TOO_SMALL)
    assert not is_clear(NO_CLEAR_DIFFERENCE)
    assert pairs_needed(0.5, 1.0) == 33.0
    assert math.isnan(pairs_needed(0.0, 1.0))


# --- stopping early -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks", "error", "published"),
    [(2, 0.05, 1.977), (3, 0.05, 2.004), (4, 0.05, 2.024), (5, 0.05, 2.040), (10, 0.05, 2.087)],
)
def test_the_boundary_is_the_published_one(looks: int, error: float, published: float) -> None:
    # Jennison and Turnbull (2000), table 2.3
    found = critical_sum(np.arange(1, looks + 1) / looks, error)
    assert found == pytest.approx(published, abs=6e-4)


def false_alarms(gaps: np.ndarray, error: float, truth: bool = False) -> float:
    ends = look_ends(gaps.shape[1])
    alarms = [
        any(p_value(each[:end], truth) <= p for end, p in zip(ends, nominal, strict=True))
        for nominal in [allowed_p(ends, error)]
        for each in gaps
    ]
    return float(np.mean(alarms))


@pytest.mark.parametrize("error", [0.05, 0.2])
@pytest.mark.parametrize("kind", ["normal", "heavy", "dead", "rarely dead"])
def test_false_alarms_are_no_more_than_stated(kind: str, error: float) -> None:
    studies = 20_000 if THOROUGH else 1_500
    rng = np.random.default_rng(7)
    shape = (studies, 200)
    if kind == "normal":
        gaps = rng.normal(size=shape)
    elif kind == "heavy":
        gaps = rng.lognormal(size=shape) - rng.lognormal(size=shape)
    else:
        share = 0.5 if kind == "dead" else 0.05
        gaps = rng.choice([-1.0, 0.0, 1.0], p=[share / 2, 1 - share, share / 2], size=shape)
    found = false_alarms(gaps, error, "dead" in kind)
    assert found <= error + 3 * math.sqrt(error * (1 - error) / studies)
    if kind == "normal":
        assert found >= error - 3 * math.sqrt(error * (1 - error) / studies)


def test_a_repeated_interval_is_wider_than_the_plain_one_and_excludes_0_when_clear() -> None:
    gaps = np.random.default_rng(2).normal(1.0, 1.0, 40)
    nominal = allowed_p([40, 80], 0.05)[0]
    lower, upper = repeated_interval(gaps, nominal)
    plain = paired_difference(np.zeros((1, 40)), gaps[None, :], ONE)
    assert lower < plain.lower < plain.upper < upper
    assert (lower > 0) == (p_value(gaps) < nominal)


# --- several aims: the Pareto front --------------------------------------------------------------


def gains(values: list[tuple[float, float]], replications: int = 4) -> list[np.ndarray]:
    """Lay out what is good and what it costs [replication, point], more being better."""
    noise = np.tile([-0.01, 0.01], replications // 2)[:, None]
    good, cost = np.array(values).T
    return [good + noise, -cost + 0.0 * noise]


def test_the_front_is_what_nothing_else_beats() -> None:
    found = pareto_front(gains([(1.0, 10.0), (2.0, 10.0), (2.0, 20.0), (3.0, 30.0), (0.5, 5.0)]))
    assert found.tolist() == [False, True, False, True, True]


def test_equal_points_are_both_on_the_front() -> None:
    assert pareto_front(gains([(1.0, 10.0), (1.0, 10.0)])).tolist() == [True, True]


def test_better_by_less_than_the_error_does_not_beat() -> None:
    good, cost = gains([(1.0, 10.0), (1.001, 10.0)])
    good = good + np.random.default_rng(5).normal(0, 0.05, good.shape)
    means = good.mean(axis=0)
    assert means[0] != means[1]
    assert pareto_front([good, cost]).tolist() == [True, True]
    assert pareto_front([good[:1], cost[:1]]).tolist() == [True, True]  # no error is known


def test_an_unknown_point_is_not_on_the_front() -> None:
    good, cost = gains([(1.0, 10.0), (2.0, 20.0)])
    good[:, 1] = np.nan
    assert pareto_front([good, cost]).tolist() == [True, False]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_the_front_agrees_with_its_definition(values: list[tuple[int, int]]) -> None:
    found = pareto_front(gains([(float(good), float(cost)) for good, cost in values]))
    beaten = [
        any(g >= good and c <= cost and (g, c) != (good, cost) for g, c in values)
        for good, cost in values
    ]
    assert found.tolist() == [not one for one in beaten]


def test_only_a_clear_difference_beats() -> None:
    rng = np.random.default_rng(1)
    noisy = rng.normal(size=(6, 2))
    assert pareto_front([noisy]).all() or abs(noisy.mean(axis=0)).max() > 0.8
    assert pareto_front([np.array([[1.0, 2.0], [1.0, 2.1]])]).tolist() == [False, True]
