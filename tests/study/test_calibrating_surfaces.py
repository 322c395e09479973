"""Surfaces, chains and the bank as a file, on problems whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import parse_scenario
from sim.study.calibrating.bank import Bank
from sim.study.calibrating.bank_file import bank_refit, read_bank, write_bank
from sim.study.calibrating.chains import sampled
from sim.study.calibrating.generations import generations_of
from sim.study.calibrating.priors import Prior, Priors
from sim.study.calibrating.proposals import whole_prior
from sim.study.calibrating.surfaces import bent, noise, quadratic, surfaces, unbent, unsureness
from sim.validation.held_out import Split

PRIORS = Priors(
    (Prior("look.rate_per_day", 1.0, 9.0, "log"), Prior("speak.propensity", 0.0, 0.4, "linear"))
)
NAMES = ["a", "b", "c"]


def made_bank(particles: int = 300, error: float = 0.05) -> Bank:
    """Read two places with noise, and their product, which bends."""
    luck = np.random.default_rng(4)
    places = luck.random((particles, 2))
    shown = np.column_stack([places, places[:, 0] * places[:, 1]])
    patterns = pd.DataFrame(shown + error * luck.standard_normal(shown.shape), columns=NAMES)
    return Bank(
        places,
        patterns,
        np.zeros(particles, np.int64),
        whole_prior(2),
        np.full(particles, 100.0),
        np.ones(particles, bool),
    )


def observed(place: tuple[float, float], error: float = 0.05) -> pd.DataFrame:
    value = [*place, place[0] * place[1]]
    index = pd.Index(NAMES, name="pattern")
    return pd.DataFrame({"value": value, "error": error}, index=index)


@given(st.floats(-1e3, 1e3))
def test_bending_keeps_small_distances_and_can_be_undone(z: float) -> None:
    assert unbent(bent(np.array([z])))[0] == pytest.approx(z, abs=1e-6)
    assert abs(bent(np.array([z]))[0]) <= abs(z) + 1e-12


def test_surfaces_find_a_quadratic_through_noise_and_gaps() -> None:
    luck = np.random.default_rng(2)
    places = luck.random((500, 3))
    truth = 1.0 + 4.0 * places[:, :1] * places[:, 1:2] - 2.0 * places[:, 2:] ** 2
    patterns = np.hstack([truth, truth]) + 0.1 * luck.standard_normal((500, 2))
    patterns[luck.random(500) < 0.3, 1] = np.nan
    found = surfaces(places, patterns, np.ones(500))
    at = luck.random((200, 3))
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


def test_a_posterior_is_as_wide_as_the_groups_behind_it_allow() -> None:
    bank = made_bank()
    many, few = (bank.posterior(observed((0.4, 0.7)), rooms).posterior for rooms in (100, 25))
    assert many.mean() == pytest.approx([0.4, 0.7], abs=0.04)
    assert few.sd() == pytest.approx(2.0 * many.sd(), rel=0.3)
    assert (many.sd() < 0.05 * 1.4).all()


def test_a_bank_is_written_and_read_back(tmp_path: Path) -> None:
    bank = made_bank()
    write_bank(bank, PRIORS, tmp_path / "x.bank.parquet")
    found = read_bank(tmp_path / "x.bank.parquet", PRIORS)
    assert found.places == pytest.approx(bank.places)
    pd.testing.assert_frame_equal(found.patterns, bank.patterns)
    assert found.even.all()
    assert found.box.high.tolist() == [1.0, 1.0]
    with pytest.raises(InputError, match=r"habit\.gain"):
        read_bank(tmp_path / "x.bank.parquet", Priors((Prior("habit.gain", 0.1, 1.0),)))
    (tmp_path / "y").write_text("no")
    with pytest.raises(InputError, match="cannot be read"):
        read_bank(tmp_path / "y", PRIORS)


def test_a_split_is_refitted_from_the_bank() -> None:
    half = np.arange(100) % 2 == 0
    refit = bank_refit(made_bank(), PRIORS, parse_scenario({}))
    scenarios = refit(Split(1, half, ~half, "other"), observed((0.5, 0.25)))
    assert len(scenarios) == 40
    drives = [one.params.speak.propensity for one in scenarios]
    assert np.mean(drives) == pytest.approx(0.1, abs=0.03)
    posterior = made_bank().posterior(observed((0.5, 0.25)), 50).posterior
    assert np.std(drives) == pytest.approx(0.4 * posterior.sd()[1], rel=0.4)  # not only its best


@given(st.integers(100, 5000), st.integers(1, 500))
def test_generations_are_as_many_particles_as_asked_for(particles: int, rooms: int) -> None:
    made = generations_of(particles, rooms)
    assert sum(one.particles for one in made) == particles
    assert made[0].near == 0
    assert made[-1].rooms == rooms
    assert all(one.rooms <= rooms for one in made)


def test_features_are_slopes_squares_and_products_and_few_particles_widen_noise() -> None:
    assert quadratic(np.array([[1.0, 0.5]])).shape == (1, 5)
    assert round(unsureness(np.ones(101), 37), 3) == 1.613
    assert unsureness(np.ones(30), 37) == 2.0
