"""Intervals of points that share their seeds: known answers, and as sure as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sim.report.uncertainty import in_replications
from sim.stats.intervals import (
    Estimate,
    agresti_min,
    estimate,
    pooled_share,
    ratio_of_means,
    share_difference,
)


def test_a_pooled_share_is_as_sure_as_its_replications_are_independent() -> None:
    alone = np.arange(400) % 4 == 0
    independent, n = pooled_share(pd.Series(alone), pd.Series(np.arange(400)))
    together, _ = pooled_share(
        pd.Series(np.repeat(np.arange(40) % 4 == 0, 10)), pd.Series(np.repeat(np.arange(40), 10))
    )
    assert (n, independent.value, together.value) == (400, 0.25, 0.25)
    # Wilson for 100 of 400, and for 10 of 40 (Brown, Cai and DasGupta 2001, section 3)
    assert (round(independent.lower, 4), round(independent.upper, 4)) == (0.2101, 0.2947)
    assert (round(together.lower, 3), round(together.upper, 3)) == (0.142, 0.402)


@given(
    st.lists(st.tuples(st.sampled_from([True, False, None]), st.integers(0, 9)), max_size=60),
)
def test_a_pooled_share_lies_in_its_interval(dead: list[tuple[bool | None, int]]) -> None:
    truths = pd.array([truth for truth, _ in dead], "boolean")
    found, n = pooled_share(pd.Series(truths), pd.Series([place for _, place in dead], dtype=int))
    assert n == sum(truth is not None for truth, _ in dead)
    assert n == 0 or 0.0 <= found.lower <= found.value <= found.upper <= 1.0


def test_a_mean_covers_the_truth_as_often_as_it_says() -> None:
    draws = np.random.default_rng(4).normal(3.0, 2.0, (1000, 8))
    found = [estimate(draw) for draw in draws]
    covered = np.mean([one.lower <= 3.0 <= one.upper for one in found])
    assert 0.93 <= covered <= 0.97


def test_an_average_within_each_replication() -> None:
    rows = pd.DataFrame({"replication": [0, 1, 1], "messages": [3, 5, 9]})
    assert in_replications(rows, "messages").tolist() == [3.0, 7.0]


def test_a_difference_is_clear_by_its_interval_and_uncertain_by_its_parameter_sets() -> None:
    assert Estimate(1.0, 0.5, 1.5, 0.25, 100).clear
    assert Estimate(1.0, -0.5, 2.5, 0.1, 100, 0.7).hangs_on_parameters


def test_a_few_pairs_that_agree_are_no_proof() -> None:
    # Agresti and Min (2005): one pair more each way; 3 of 3 differ one way
    assert agresti_min(np.ones(3)) == (3 / 5, np.sqrt(4 - 9 / 5) / 5)
    assert not share_difference([1.0, 1.0]).clear
    assert share_difference([1.0] * 20 + [0.0] * 20).clear


def test_a_ratio_of_means_is_exact_where_both_rise_together() -> None:
    above, below = np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0])
    found = ratio_of_means(above, below)
    assert (found.value, found.lower, found.upper) == (2.0, 2.0, 2.0)
    assert np.isnan(ratio_of_means(above, 0.0 * below).value)
