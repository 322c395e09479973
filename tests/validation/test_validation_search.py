"""The search: known minima, its budget, and a loss that is the score's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.validation.search import Range, distance_of, fit, minimised


def test_a_bowl_is_found_to_its_bottom() -> None:
    place, least = minimised(lambda x: float(((x - 0.37) ** 2).sum()), 8, 2500, 3)
    assert least < 1e-9
    assert place == pytest.approx(np.full(8, 0.37), abs=1e-4)


def test_a_narrow_bent_valley_is_followed() -> None:
    def valley(x):  # Rosenbrock 1960, its minimum 0 at (0.75, 0.75)
        a, b = 4 * x - 2
        return float(100 * (b - a * a) ** 2 + (1 - a) ** 2)

    place, least = minimised(valley, 2, 1500, 1)
    assert least < 1e-8
    assert place == pytest.approx([0.75, 0.75], abs=1e-3)


def test_a_minimum_on_the_wall_is_reached() -> None:
    place, _ = minimised(lambda x: float(x.sum()), 4, 1500, 2)
    assert place.max() < 0.01


@given(st.integers(1, 60), st.integers(1, 6), st.integers(0, 2**40))
def test_the_budget_is_kept_to_the_call_and_no_point_leaves_the_cube(budget, size, seed) -> None:
    seen = []

    def loss(x):
        seen.append(x)
        return float(x[0])

    place, least = minimised(loss, size, budget, seed)
    assert len(seen) == budget
    assert least == min(x[0] for x in seen)
    assert all(((x >= 0) & (x <= 1)).all() for x in [*seen, place])


def table(values, error=0.1) -> pd.DataFrame:
    index = pd.Index([f"p{n}" for n in range(len(values))], name="pattern")
    return pd.DataFrame({"value": values, "error": error}, index=index)


def test_parameters_come_back_from_the_patterns_they_made() -> None:
    prior = (Range("rate", 0.01, 100.0, True), Range("share", -1.0, 3.0))

    def simulate(values):
        rate, share = np.log(values["rate"]), values["share"]
        return table([rate + share, rate - share, 2 * rate])

    found = fit(simulate, prior, simulate({"rate": 3.0, "share": 0.5}), 900, 1)
    assert found.values == pytest.approx({"rate": 3.0, "share": 0.5}, abs=1e-3)
    assert found.simulations == 900
    again = fit(simulate, prior, simulate({"rate": 3.0, "share": 0.5}), 900, 1)
    assert again == found


def test_the_loss_is_the_mean_distance_with_missing_rows_at_ten() -> None:
    real = table([1.0, 2.0, 3.0])
    real.loc["p2", "error"] = np.nan  # not judged
    made = table([1.1, np.nan], 0.0)
    assert distance_of(made, real) == pytest.approx((1.0 + 10.0) / 2)
    assert distance_of(table([99.0, 2.0], 0.0), real) == pytest.approx(5.0)
