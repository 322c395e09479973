"""Means and shares over groups: the intervals are scipy's, missing values stay missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.lives.outcomes import summary


def test_summary_intervals_are_those_of_scipy() -> None:
    from scipy import stats

    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "point": np.repeat([0, 1], 20),
            "messages": rng.normal(10.0, 3.0, 40),
            "never_started": pd.array([True] * 3 + [False] * 35 + [None] * 2, dtype="boolean"),
            "colour": "red",
        }
    )
    table = summary(rows, by=["point"]).set_index(["point", "outcome"])
    assert len(table) == 4
    for point in (0, 1):
        x = rows["messages"][rows["point"] == point]
        low, high = stats.t.interval(0.95, len(x) - 1, loc=x.mean(), scale=stats.sem(x))
        found = table.loc[(point, "messages")]
        assert found[["mean", "lower", "upper", "monte_carlo_error"]].tolist() == pytest.approx(
            [x.mean(), low, high, stats.sem(x)]
        )
        assert (found["n"], found["method"], found["unit"]) == (20, "t 95 %", "messages")
    for point, (dead, n) in enumerate([(3, 20), (0, 18)]):
        found = table.loc[(point, "never_started")]
        wilson = stats.binomtest(dead, n).proportion_ci(method="wilson")
        assert found[["n", "mean", "lower", "upper"]].tolist() == pytest.approx(
            [n, dead / n, wilson.low, wilson.high]
        )
        assert found["method"] == "Wilson 95 %"
        assert found["monte_carlo_error"] == pytest.approx(np.sqrt(dead * (n - dead) / n**3))


def test_summary_of_too_few_groups_is_missing_not_zero() -> None:
    rows = pd.DataFrame(
        {"messages": [4.0], "burstiness": [np.nan], "never_started": pd.array([None], "boolean")}
    )
    table = summary(rows).set_index("outcome")
    assert table["n"].tolist() == [1, 0, 0]
    assert table.loc["messages", "mean"] == 4.0
    unknown = table.drop(columns=["unit", "n", "method"]).drop(columns="mean")
    assert unknown.isna().all().all()
    assert table["mean"].isna().tolist() == [False, True, True]


def test_summary_refuses_words_it_does_not_know() -> None:
    rows = pd.DataFrame({"messages": [1.0], "colour": ["red"]})
    with pytest.raises(InputError, match="did you mean 'messages'") as fault:
        summary(rows, by=["pint"], names=["mesages", "colour"])
    assert len(fault.value.problems) == 3
