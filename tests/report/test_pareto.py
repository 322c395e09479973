"""The front: what nothing else beats, told apart from luck."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.pareto import pareto_front


def points(values: list[tuple[float, float]], replications: int = 4) -> pd.DataFrame:
    noise = np.tile([-0.01, 0.01], replications // 2)
    frames = [
        pd.DataFrame(
            {
                "point": point,
                "replication": np.arange(replications),
                "good": good + noise,
                "cost_fen": cost,
            }
        )
        for point, (good, cost) in enumerate(values)
    ]
    return pd.concat(frames, ignore_index=True)


GOALS = {"good": True, "cost_fen": False}


def test_the_front_is_what_nothing_else_beats() -> None:
    found = pareto_front(
        points([(1.0, 10.0), (2.0, 10.0), (2.0, 20.0), (3.0, 30.0), (0.5, 5.0)]), GOALS
    )
    assert found.tolist() == [False, True, False, True, True]


def test_equal_points_are_both_on_the_front() -> None:
    assert pareto_front(points([(1.0, 10.0), (1.0, 10.0)]), GOALS).tolist() == [True, True]


def test_better_by_less_than_the_error_does_not_beat() -> None:
    rows = points([(1.0, 10.0), (1.001, 10.0)])
    rows["good"] += np.random.default_rng(5).normal(0, 0.05, len(rows))
    means = rows.groupby("point")["good"].mean()
    assert means[0] != means[1]
    assert pareto_front(rows, GOALS).tolist() == [True, True]


def test_an_unknown_point_is_not_on_the_front() -> None:
    rows = points([(1.0, 10.0), (2.0, 20.0)])
    rows.loc[rows["point"] == 1, "good"] = np.nan
    assert pareto_front(rows, GOALS).tolist() == [True, False]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_the_front_agrees_with_its_definition(values: list[tuple[int, int]]) -> None:
    found = pareto_front(points([(float(good), float(cost)) for good, cost in values]), GOALS)
    beaten = [
        any(g >= good and c <= cost and (g, c) != (good, cost) for g, c in values)
        for good, cost in values
    ]
    assert found.tolist() == [not one for one in beaten]
