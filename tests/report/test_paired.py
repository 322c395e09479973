"""Intervals of points that share their luck: known answers, and as sure as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sim.report import uncertainty as paired
from sim.stats import intervals as shares


def test_a_pooled_share_is_as_sure_as_its_luck_is_independent() -> None:
    alone = np.arange(400) % 4 == 0
    independent, n = shares.pooled_share(pd.Series(alone), pd.Series(np.arange(400)))
    together, _ = shares.pooled_share(
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
    found, n = shares.pooled_share(
        pd.Series(truths), pd.Series([luck for _, luck in dead], dtype=int)
    )
    assert n == sum(truth is not None for truth, _ in dead)
    assert n == 0 or 0.0 <= found.lower <= found.value <= found.upper <= 1.0


def test_a_mean_covers_the_truth_as_often_as_it_says() -> None:
    draws = np.random.default_rng(4).normal(3.0, 2.0, (1000, 8))
    found = [paired.estimate(draw) for draw in draws]
    covered = np.mean([one.lower <= 3.0 <= one.upper for one in found])
    assert 0.93 <= covered <= 0.97


def test_an_average_within_each_replication() -> None:
    rows = pd.DataFrame({"replication": [0, 1, 1], "messages": [3, 5, 9]})
    assert paired.in_replications(rows, "messages").tolist() == [3.0, 7.0]


def test_a_difference_is_clear_by_its_interval_and_uncertain_by_its_parameter_sets() -> None:
    assert paired.Estimate(1.0, 0.5, 1.5, 0.25, 100).told_apart
    assert paired.Estimate(1.0, -0.5, 2.5, 0.1, 100, 0.7).in_doubt
