"""The Gini coefficient: known values, and its definition by pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lives.outcomes import gini_by_group


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 1, 1, 1], 0.0),
        ([0, 0, 0, 1], 0.75),
        ([7], 0.0),
        ([1, 2, 3, 4], 0.25),
        ([1, 3], 0.25),
        ([], np.nan),
        ([0, 0], np.nan),
    ],
)
def test_gini_of_known_values(values: list[float], expected: float) -> None:
    (found,) = gini_by_group(values, np.zeros(len(values)), 1)
    assert found == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.lists(st.integers(0, 50), max_size=12), min_size=1, max_size=5))
def test_gini_is_the_mean_difference_of_pairs(groups: list[list[int]]) -> None:
    values = np.array([value for group in groups for value in group], dtype=float)
    owner = [number for number, group in enumerate(groups) for _ in group]
    found = gini_by_group(values, owner, len(groups))
    for value, group in zip(found, groups, strict=True):
        x = np.array(group, dtype=float)
        expected = np.abs(x[:, None] - x).mean() / (2 * x.mean()) if x.sum() else np.nan
        assert value == pytest.approx(expected, nan_ok=True)
