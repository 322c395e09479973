"""What a packet buys: by hand, paired by replication, with an interval that covers the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report.study import what_a_packet_buys


def rows_of(member_days: list[float], fen: float | list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "replication": np.arange(len(member_days)),
            "posting_member_days": member_days,
            "operator_fen_claimed": fen,
        }
    )


def test_what_a_packet_buys_by_hand() -> None:
    found = what_a_packet_buys(rows_of([12, 9, 15], [5000, 4000, 6000]), rows_of([10, 8, 9], 0))
    gained, paid = np.array([2.0, 1.0, 6.0]), np.array([0.5, 0.4, 0.6])
    spread = (gained - 6.0 * paid).std(ddof=1) / np.sqrt(3) / 0.5
    price = found.per_100_cny
    assert price.value == pytest.approx(6.0)
    assert price.error == pytest.approx(spread)
    assert price.upper - price.value == pytest.approx(4.302653 * spread)
    assert (found.pairs, found.extra_member_days, found.claimed_cny) == (3, 3.0, 50.0)
    assert not found.clear  # 3.0 extra days a group, 1.53 their standard error


def test_what_a_packet_buys_pairs_by_replication_and_adds_up_points_that_share_it() -> None:
    with_ = pd.concat(
        [rows_of([12, 9], 5000).assign(size=25), rows_of([20, 22], 5000).assign(size=50)]
    )
    without = pd.concat([rows_of([10, 9], 0).assign(size=25), rows_of([15, 19], 0).assign(size=50)])
    found = what_a_packet_buys(
        with_.sample(frac=1, random_state=2), without, on=["replication", "size"]
    )
    assert found.pairs == 4
    assert found.extra_member_days == pytest.approx((2 + 0 + 5 + 3) / 4)
    assert found.per_100_cny.value == pytest.approx(10 / 2)
    assert found.clear  # two replications, differences 7 and 3: 5 with a standard error of 2


@pytest.mark.parametrize("fen", [0, [0, 0, 0]])
def test_nothing_claimed_buys_nothing(fen: float | list[float]) -> None:
    found = what_a_packet_buys(rows_of([3, 4, 5], fen), rows_of([3, 4, 5], 0))
    assert np.isnan(found.per_100_cny.value)
    assert not found.known
    assert not found.clear


def test_what_a_packet_buys_covers_the_truth() -> None:
    """The interval holds the true ratio about 95 times in 100."""
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(300):
        fen = rng.integers(3000, 7000, 40)
        before = rng.poisson(20, 40)
        after = before + rng.normal(4.0 * fen / 10_000, 2.0)
        found = what_a_packet_buys(
            rows_of(after.tolist(), fen.tolist()), rows_of(before.tolist(), 0)
        )
        hits += found.per_100_cny.lower <= 4.0 <= found.per_100_cny.upper
    assert 0.91 <= hits / 300 <= 0.985
