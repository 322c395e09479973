"""Both uncertainties of a mean: weighted, split, and the same as a comparison says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.uncertainty import by_replication, difference, over_particles, share_of, summary
from sim.stats.intervals import components

NAMES = ["0 x1", "3 x2", "7 x1"]
WEIGHTS = np.array([0.25, 0.5, 0.25])


def rows_of(values: np.ndarray, name: str = "satisfaction") -> pd.DataFrame:
    """Lay out values [point, particle, replication] as rows."""
    points, particles, replications = values.shape
    grid = pd.MultiIndex.from_product(
        [range(points), NAMES[:particles], range(replications)],
        names=["point", "particle", "replication"],
    ).to_frame(index=False)
    return grid.assign(**{"group.size": grid["point"] + 10, name: values.ravel()})


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_a_summary_splits_as_the_analysis_of_variance_does(seed: int, replications: int) -> None:
    values = np.random.default_rng(seed).normal(size=(2, 3, replications))
    found = summary(rows_of(values), ["point"], ["satisfaction"])
    for point in range(2):
        whole = components(values[point], WEIGHTS)
        row = found.iloc[point]
        assert row["mean"] == pytest.approx(whole.mean)
        assert row["monte_carlo_error"] == pytest.approx(whole.monte_carlo_error)
        assert row["parameter_sd"] == pytest.approx(whole.parameter_sd)
        assert (row["lower"], row["upper"]) == pytest.approx(whole.interval)
    assert (found["n"] == 3 * replications).all()


def test_a_difference_that_only_the_replications_show_hangs_on_parameters() -> None:
    chance = np.random.default_rng(1).normal(size=(1, 1, 30))
    effect = np.array([-1.0, 0.5, 3.0])[None, :, None]
    values = np.concatenate([chance + 0 * effect, chance + effect + 0.01 * chance**2])
    table = by_replication(rows_of(values), "satisfaction", "group.size")
    gap = difference(table, 11, 10)
    assert gap.clear
    assert gap.hangs_on_parameters
    same = by_replication(rows_of(values[:, :1]), "satisfaction", "group.size")
    assert not difference(same, 10, 11).hangs_on_parameters


def test_means_over_particles_are_weighted_and_missing_where_one_is_missing() -> None:
    values = np.arange(12.0).reshape(2, 3, 2)
    values[1, 2, 1] = np.nan
    averaged = over_particles(rows_of(values))["satisfaction"]
    assert averaged[:3].tolist() == [2.0, 3.0, 8.0]
    assert np.isnan(averaged[3])


def test_a_share_of_all_or_none_is_as_sure_as_its_replications() -> None:
    dead = rows_of(np.zeros((1, 3, 20)), "dead_silent_week2")
    dead["dead_silent_week2"] = pd.array([False] * len(dead), "boolean")
    share, known = share_of(dead, "dead_silent_week2")
    assert (share.value, known) == (0.0, 60)
    assert share.upper == pytest.approx(0.161, abs=0.001)  # Wilson for 0 of 20
    row = summary(dead, ["point"], ["dead_silent_week2"]).iloc[0]
    assert (row["mean"], row["method"]) == (0.0, "Wilson 95 %")
    assert row["upper"] == pytest.approx(share.upper)
