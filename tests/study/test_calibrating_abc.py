"""The fit on problems whose answer is known: means of normal samples, wide uniform priors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.calibrating.abc import (
    MISSING,
    Posterior,
    distances_in_errors,
    fit,
    logits,
    unlogits,
)

ERRORS = np.array([0.05, 0.08])


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
    found = fit(places, distances_in_errors(readings, observed, ERRORS), np.ones(4000), 400)
    assert found.mean() == pytest.approx(observed, abs=0.012)
    assert found.sd() == pytest.approx(ERRORS, rel=0.15)  # a flat prior: the sampling error


def test_adjusting_narrows_what_rejection_leaves_wide(
    bank: tuple[np.ndarray, np.ndarray],
) -> None:
    places, readings = bank
    scaled = distances_in_errors(readings, np.array([0.4, 0.6]), ERRORS)
    plain, moved = (fit(places, scaled, np.ones(4000), 1000, adjust) for adjust in (False, True))
    assert (moved.sd() < plain.sd()).all()


def test_intervals_cover_the_truths_they_should(bank: tuple[np.ndarray, np.ndarray]) -> None:
    places, readings = bank
    random = np.random.default_rng(2)
    truths = 0.2 + 0.6 * random.random((300, 2))
    hits = 0
    for truth, reading in zip(truths, sample(truths, random), strict=True):
        found = fit(places, distances_in_errors(readings, reading, ERRORS), np.ones(4000), 300)
        low, high = found.quantiles(np.array([0.05, 0.95]))
        hits += int(((truth >= low) & (truth <= high)).sum())
    assert 0.87 <= hits / 600 <= 0.93


def test_what_tells_nothing_leaves_the_prior() -> None:
    random = np.random.default_rng(3)
    places = random.random((2000, 1))
    noise = distances_in_errors(random.standard_normal((2000, 3)), np.zeros(3), np.ones(3))
    assert fit(places, noise, np.ones(2000), 500).sd()[0] == pytest.approx(12**-0.5, abs=0.03)


def test_importance_weights_undo_how_particles_were_drawn() -> None:
    random = np.random.default_rng(4)
    places = np.sqrt(random.random((6000, 1)))  # density 2 x place
    readings = places + 0.2 * random.standard_normal((6000, 1))
    scaled = distances_in_errors(readings, np.array([0.5]), np.array([0.2]))
    found = fit(places, scaled, 0.5 / places[:, 0], 1500)
    assert found.mean()[0] == pytest.approx(0.5, abs=0.02)


def test_a_missing_pattern_is_as_far_as_can_be() -> None:
    scaled = distances_in_errors(np.array([[np.nan, 1e9]]), np.zeros(2), np.ones(2))
    assert scaled.tolist() == [[MISSING, MISSING]]


@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(1, 6), st.booleans())
def test_a_posterior_stays_in_its_ranges_and_sums_to_one(
    seed: int, particles: int, parameters: int, adjust: bool
) -> None:
    random = np.random.default_rng(seed)
    scaled = random.normal(0, 3, (particles, 4))
    found = fit(
        random.random((particles, parameters)), scaled, random.random(particles) + 0.1, 9, adjust
    )
    assert found.weights.sum() == pytest.approx(1.0)
    assert ((found.places >= 0) & (found.places <= 1)).all()
    assert 1.0 <= found.effective_size <= len(found.weights) + 1e-9
    low, high = found.quantiles(np.array([0.05, 0.95]))
    assert (low <= high).all()


@given(st.lists(st.floats(1e-3, 1 - 1e-3), min_size=1, max_size=5))
def test_stretching_is_undone(places: list[float]) -> None:
    assert unlogits(logits(np.array(places))) == pytest.approx(places)


def test_mass_at_an_edge_is_seen() -> None:
    found = Posterior(np.array([[0.01], [0.5]]), np.array([0.3, 0.7]), np.arange(2), 1.0)
    assert found.edge_share()[0] == pytest.approx(0.3)
