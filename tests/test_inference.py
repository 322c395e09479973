"""Fits, surfaces and chains on problems whose answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_banks import made_bank, observed

from sim.inference import (
    MISSING,
    Sample,
    bent,
    distances_in_errors,
    logits,
    nearest,
    noise,
    quadratic,
    sampled,
    surfaces,
    unbent,
    unlogits,
    unsureness,
)

ERRORS = np.array([0.05, 0.08])


def away(readings: np.ndarray, observed: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Measure how far readings are from an observation, in errors."""
    used = pd.DataFrame({"value": observed, "error": errors})
    return distances_in_errors(pd.DataFrame(readings), used)


def sample(truth: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Play the toy: two noisy readings of two places."""
    return truth + ERRORS * random.standard_normal(truth.shape)


@pytest.fixture(scope="module")
def bank() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    places = random.random((4000, 2))
    return places, sample(places, random)


def test_the_posterior_of_a_normal_mean_is_found(bank: tuple[np.ndarray, np.ndarray]) -> None:
    places, readings = bank
    observed = np.array([0.4, 0.6])
    found = nearest(places, away(readings, observed, ERRORS), 400)
    assert found.mean() == pytest.approx(observed, abs=0.012)
    assert found.sd() == pytest.approx(ERRORS, rel=0.15)  # a flat prior: the sampling error


def test_adjusting_narrows_what_rejection_leaves_wide(
    bank: tuple[np.ndarray, np.ndarray],
) -> None:
    places, readings = bank
    scaled = away(readings, np.array([0.4, 0.6]), ERRORS)
    plain, moved = (nearest(places, scaled, 1000, adjust) for adjust in (False, True))
    assert (moved.sd() < plain.sd()).all()


def test_intervals_cover_the_truths_they_should(bank: tuple[np.ndarray, np.ndarray]) -> None:
    places, readings = bank
    random = np.random.default_rng(2)
    truths = 0.2 + 0.6 * random.random((300, 2))
    hits = 0
    for truth, reading in zip(truths, sample(truths, random), strict=True):
        found = nearest(places, away(readings, reading, ERRORS), 300)
        low, high = found.quantiles([0.05, 0.95])
        hits += int(((truth >= low) & (truth <= high)).sum())
    assert 0.87 <= hits / 600 <= 0.93


def test_what_tells_nothing_leaves_the_prior() -> None:
    random = np.random.default_rng(3)
    places = random.random((2000, 1))
    noise = away(random.standard_normal((2000, 3)), np.zeros(3), np.ones(3))
    assert nearest(places, noise, 500).sd()[0] == pytest.approx(12**-0.5, abs=0.03)


def test_a_missing_pattern_is_as_far_as_can_be() -> None:
    scaled = away(np.array([[np.nan, 1e9]]), np.zeros(2), np.ones(2))
    assert scaled.tolist() == [[MISSING, MISSING]]


@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(1, 6), st.booleans())
def test_a_posterior_stays_in_its_ranges_and_sums_to_one(
    seed: int, particles: int, parameters: int, adjust: bool
) -> None:
    random = np.random.default_rng(seed)
    scaled = random.normal(0, 3, (particles, 4))
    found = nearest(random.random((particles, parameters)), scaled, 9, adjust)
    assert found.weights.sum() == pytest.approx(1.0)
    assert ((found.places >= 0) & (found.places <= 1)).all()
    assert 1.0 <= found.effective_size <= len(found.weights) + 1e-9
    low, high = found.quantiles([0.05, 0.95])
    assert (low <= high).all()


@given(st.lists(st.floats(1e-3, 1 - 1e-3), min_size=1, max_size=5))
def test_stretching_is_undone(places: list[float]) -> None:
    assert unlogits(logits(np.array(places))) == pytest.approx(places)


def test_mass_at_an_edge_is_seen() -> None:
    found = Sample(np.array([[0.01], [0.5]]), np.array([0.3, 0.7]), np.arange(2), 1.0)
    assert found.edge_share()[0] == pytest.approx(0.3)


@given(st.floats(-1e3, 1e3))
def test_bending_keeps_small_distances_and_can_be_undone(z: float) -> None:
    assert unbent(bent(np.array([z])))[0] == pytest.approx(z, abs=1e-6)
    assert abs(bent(np.array([z]))[0]) <= abs(z) + 1e-12


def test_surfaces_find_a_quadratic_through_noise_and_gaps() -> None:
    random = np.random.default_rng(2)
    places = random.random((500, 3))
    truth = 1.0 + 4.0 * places[:, :1] * places[:, 1:2] - 2.0 * places[:, 2:] ** 2
    patterns = np.hstack([truth, truth]) + 0.1 * random.standard_normal((500, 2))
    patterns[random.random(500) < 0.3, 1] = np.nan
    found = surfaces(places, patterns, np.ones(500))
    at = random.random((200, 3))
    expected = 1.0 + 4.0 * at[:, :1] * at[:, 1:2] - 2.0 * at[:, 2:] ** 2
    assert np.abs(found.at(at) - expected).max() < 0.15
    assert np.nanstd(found.left_over, axis=0) == pytest.approx(0.1, rel=0.15)
    assert np.isnan(found.left_over[:, 1]).sum() == np.isnan(patterns[:, 1]).sum()


def test_noise_keeps_variances_and_can_be_inverted() -> None:
    left_over = np.random.default_rng(1).standard_normal((60, 37)) @ np.diag(np.arange(2, 39))
    found = noise(left_over, np.ones(60))
    assert np.diag(found) == pytest.approx((left_over**2).mean(axis=0))
    assert np.linalg.eigvalsh(found).min() > 0


def test_chains_find_mean_and_covariance_of_a_normal() -> None:
    covariance = 0.002 * np.array([[1.0, 0.8], [0.8, 1.5]])
    inverse = np.linalg.inv(covariance)

    def density(places: np.ndarray) -> np.ndarray:
        away = places - [0.4, 0.6]
        return np.asarray(-0.5 * np.einsum("ni,ij,nj->n", away, inverse, away))

    places = sampled(density, 2, seed=1)
    assert places.mean(axis=0) == pytest.approx([0.4, 0.6], abs=0.005)
    assert np.cov(places.T) == pytest.approx(covariance, rel=0.2)


def test_features_are_slopes_squares_and_products_and_few_particles_widen_noise() -> None:
    assert quadratic(np.array([[1.0, 0.5]])).shape == (1, 5)
    assert round(unsureness(np.ones(101), 37), 3) == 1.613
    assert unsureness(np.ones(30), 37) == 2.0


def test_a_heavier_row_is_met_more_nearly_and_a_weight_of_one_changes_nothing() -> None:
    bank, torn = made_bank(120), observed((0.4, 0.5))
    torn.loc["c", "value"] = 0.4  # a times b is .2

    def missed(**more: object) -> float:
        _, predicted = bank.fitted(torn.assign(**more), draws=20, steps=200)
        return abs(float(predicted[2]))

    assert missed(weight=1.0) == missed()
    assert missed(weight=[1.0, 1.0, 9.0]) < 0.7 * missed()
