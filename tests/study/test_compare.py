"""Comparisons: known differences, uncertainty split, stopping at a stated error, shared seeds."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import CompareOptions, Comparison, compare
from sim.errors import InputError
from sim.scenario import Scenario
from sim.study.compare import NO_CLEAR_DIFFERENCE, UntilClear, read_comparison
from sim.study.paired import (
    allowed_p,
    critical_sum,
    look_ends,
    p_value,
    paired_difference,
    repeated_interval,
)
from sim.study.replay import replay
from sim.study.store import read_store

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
SMALL = Scenario().with_values(
    {"group.size": 12, "run.days": 2, "policies.cadence.posts_per_day": 1}
)
BUSY = SMALL.with_values({"policies.cadence.posts_per_day": 6})


# --- stopping early -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks", "error", "published"),
    [(2, 0.05, 1.977), (3, 0.05, 2.004), (4, 0.05, 2.024), (5, 0.05, 2.040), (10, 0.05, 2.087)],
)
def test_the_boundary_is_the_published_one(looks: int, error: float, published: float) -> None:
    # Jennison and Turnbull (2000), table 2.3
    found = critical_sum(np.arange(1, looks + 1) / looks, error)
    assert found == pytest.approx(published, abs=6e-4)


def false_alarms(gaps: np.ndarray, error: float, truth: bool = False) -> float:
    ends = look_ends(gaps.shape[1])
    alarms = [
        any(p_value(each[:end], truth) <= p for end, p in zip(ends, nominal, strict=True))
        for nominal in [allowed_p(ends, error)]
        for each in gaps
    ]
    return float(np.mean(alarms))


@pytest.mark.parametrize("error", [0.05, 0.2])
@pytest.mark.parametrize("kind", ["normal", "heavy", "dead", "rarely dead"])
def test_false_alarms_are_no_more_than_stated(kind: str, error: float) -> None:
    studies = 20_000 if THOROUGH else 1_500
    rng = np.random.default_rng(7)
    shape = (studies, 200)
    if kind == "normal":
        gaps = rng.normal(size=shape)
    elif kind == "heavy":
        gaps = rng.lognormal(size=shape) - rng.lognormal(size=shape)
    else:
        share = 0.5 if kind == "dead" else 0.05
        gaps = rng.choice([-1.0, 0.0, 1.0], p=[share / 2, 1 - share, share / 2], size=shape)
    found = false_alarms(gaps, error, "dead" in kind)
    assert found <= error + 3 * math.sqrt(error * (1 - error) / studies)
    if kind == "normal":
        assert found >= error - 3 * math.sqrt(error * (1 - error) / studies)


def test_a_repeated_interval_is_wider_than_the_plain_one_and_excludes_0_when_clear() -> None:
    gaps = np.random.default_rng(2).normal(1.0, 1.0, 40)
    nominal = allowed_p([40, 80], 0.05)[0]
    lower, upper = repeated_interval(gaps, nominal)
    plain = paired_difference(np.zeros((1, 40)), gaps[None, :])
    assert lower < plain.lower < plain.upper < upper
    assert (lower > 0) == (p_value(gaps) < nominal)


# --- played ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare([SMALL, BUSY, SMALL], options=CompareOptions(replications=12, seed=3))


def test_a_scenario_compared_with_itself_differs_in_nothing(found: Comparison) -> None:
    same = found.to_frame()[lambda table: table["alternative"] == "C"]
    known = same[same["pairs"] > 0]
    assert len(known) > 20
    assert (known["difference"] == 0.0).all()
    assert (known["monte_carlo_error"].where(known["unit"] != "true/false", 0.0) == 0.0).all()
    assert (known["answer"] == NO_CLEAR_DIFFERENCE).all()


def test_what_differs_is_found_with_its_price(found: Comparison) -> None:
    busy = found.outcomes[found.outcomes["alternative"] == "B"].set_index("outcome")
    assert busy["answer"]["operator_posts"] == "B has more"
    assert busy["answer"]["cost_fen"] == "A is better"
    assert busy["difference"]["cost_fen"] == pytest.approx(
        busy["second"]["cost_fen"] - busy["first"]["cost_fen"]
    )
    assert {"scenario A", "seed", "code", "version of qunlab"} <= found.origin.keys()


def test_alternatives_the_other_way_round_give_the_opposite() -> None:
    options = CompareOptions(replications=6, seed=3)
    there, back = (compare(two, options=options).outcomes for two in ([SMALL, BUSY], [BUSY, SMALL]))
    known = there["pairs"] > 0
    assert np.allclose(there["difference"][known], -back["difference"][known])
    assert np.allclose(there["lower"][known], -back["upper"][known], equal_nan=True)


def test_a_comparison_continues_in_its_store_and_its_rows_replay(tmp_path: Path) -> None:
    options = CompareOptions(replications=4, seed=3)
    first = compare([SMALL, BUSY], tmp_path, options)
    second = compare([SMALL, BUSY], tmp_path, options)
    assert second.seconds < first.seconds
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame())
    pd.testing.assert_frame_equal(first.to_frame(), read_comparison(tmp_path).to_frame())
    assert replay(tmp_path, 5).differing == ()
    with pytest.raises(InputError, match="replications"):
        compare([SMALL, BUSY], tmp_path, CompareOptions(replications=5, seed=3))


def test_a_clear_answer_stops_early_and_the_same_way_again(tmp_path: Path) -> None:
    rule = UntilClear("operator_posts", 0.01)
    options = CompareOptions(replications=50, until_clear=rule)
    found = compare([SMALL, BUSY], tmp_path, options)
    assert found.replications == found.looks[-1].pairs < 50
    assert found.looks[-1].clear
    assert found.repeated_intervals["lower"][0] > 0
    assert len(read_store(tmp_path)[1]) == 2 * found.replications
    again = compare([SMALL, BUSY], tmp_path, options)
    assert (again.replications, again.looks) == (found.replications, found.looks)


def test_what_never_differs_is_played_to_the_end() -> None:
    rule = UntilClear("messages")
    found = compare([SMALL, SMALL], options=CompareOptions(replications=20, until_clear=rule))
    assert [look.pairs for look in found.looks] == [10, 20]
    assert not found.looks[-1].clear
    assert not found.repeated_intervals["clear"].any()
