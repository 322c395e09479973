"""Rows and scores: distance in combined errors, bands, what counts as within."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.validation.targets import (
    IN_BAND,
    MISSING_DISTANCE,
    NO_TARGET,
    NOT_SHOWN,
    OFF,
    OUT_OF_BAND,
    TIMING_AND_RETURN,
    WITHIN,
    Row,
    compared,
    frame,
    score,
)

ERROR = st.floats(0.01, 10)


@given(st.floats(-50, 50), ERROR, st.floats(-50, 50), ERROR)
def test_the_distance_is_the_difference_over_both_errors(real, a, simulated, b) -> None:
    row = Row("rooms", "share", real, a, simulated, b)
    assert row.distance == pytest.approx((simulated - real) / np.sqrt(a * a + b * b), abs=1e-9)
    assert row.verdict == (WITHIN if abs(row.distance) <= 2 else OFF)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row("x", "p", 1.0, 0.5, 2.0, 0.0), WITHIN),
        (Row("x", "p", 1.0, 0.5, 2.01, 0.0), OFF),
        (Row("x", "p", 1.0, 0.0, 1.0, 0.0), WITHIN),
        (Row("x", "p", 1.0, 0.0, 1.1, 0.0), OFF),
        (Row("x", "p", 1.0, 0.5), NOT_SHOWN),
        (Row("x", "p", np.nan, np.nan, 1.0, 0.1), NO_TARGET),
        (Row("x", "p", simulated=0.5, low=0.5, high=0.7), IN_BAND),
        (Row("x", "p", simulated=0.71, low=0.5, high=0.7), OUT_OF_BAND),
        (Row("x", "p", simulated=9.0, low=2.0), IN_BAND),
        (Row("x", "p", simulated=1.9, low=2.0), OUT_OF_BAND),
        (Row("x", "p", simulated=1.1, high=1.0), OUT_OF_BAND),
        (Row("x", "p", low=0.5, high=0.7), NOT_SHOWN),
    ],
)
def test_verdicts(row, verdict) -> None:
    assert row.verdict == verdict


def table(**values: tuple[float, float]) -> pd.DataFrame:
    rows = pd.DataFrame.from_dict(values, orient="index", columns=["value", "error"])
    return rows.rename_axis("pattern")


def test_every_real_row_is_kept_and_a_missing_one_is_said_to_be_missing() -> None:
    real = table(a=(1.0, 0.1), b=(2.0, 0.1), c=(np.nan, np.nan))
    rows = compared("rooms", real, table(a=(1.1, 0.0)), fitted=["a"])
    assert [row.pattern for row in rows] == ["a", "b", "c"]
    assert [row.verdict for row in rows] == [WITHIN, NOT_SHOWN, NOT_SHOWN]
    assert [row.is_fitted for row in rows] == [True, False, False]
    assert frame(rows)["verdict"].tolist() == [row.verdict for row in rows]


def test_a_row_whose_real_value_rests_on_one_room_is_printed_but_not_judged() -> None:
    (row,) = compared("rooms", table(a=(192.0, 0.0)), table(a=(90.0, 2.0)))
    assert (row.verdict, row.note) == (NO_TARGET, "real rooms too few for an error")
    assert score([row]).rows == 0


def test_a_score_counts_rows_that_are_not_shown_as_far_off() -> None:
    name = TIMING_AND_RETURN[0]
    real = table(**{name: (1.0, 0.1)}, b=(2.0, 0.1), c=(np.nan, np.nan))
    result = score(compared("rooms", real, table(**{name: (1.1, 0.0)})))
    assert (result.rows, result.within) == (2, 1)
    assert result.mean_distance == pytest.approx((1.0 + MISSING_DISTANCE) / 2)
    assert (result.timing_and_return, result.timing_rows) == (1, 1)
