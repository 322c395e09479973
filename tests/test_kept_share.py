"""The one fading function of the model: close to exp, and never out of its range."""

import math

import numpy as np
import pytest

from sim.rules import kept_share


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
