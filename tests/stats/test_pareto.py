"""The Pareto front: what nothing else clearly beats."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.pareto import pareto_front


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
