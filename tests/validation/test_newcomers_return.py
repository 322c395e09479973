"""When newcomers of real rooms write again: no exponential falls so slowly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DAYS = np.array([1, 2, 4, 8, 15, 30, 60, 120, 180])
"""Since the first message; what is written within the first day is no return."""


def next_messages(data_dir: Path) -> pd.Series:
    """Say after how many days each newcomer seen for 190 days wrote next, NaN: not by then."""
    groups = pd.read_csv(data_dir / "fcc_gitter_groups.csv").astype({"group": str})
    rows = pd.read_parquet(data_dir / "fcc_gitter.parquet").astype({"group": str})
    rows = rows[~rows["type"].isin(["bot", "closure", "join", "leave"])]
    closed = groups.set_index("group")["closed"].fillna(rows["ts"].max())
    rows = rows[rows["ts"] <= rows["group"].map(closed)]
    member = ["group", "member"]
    first = rows.groupby(member)["ts"].transform("min")
    later = rows[rows["ts"] - first > 86400.0].groupby(member)["ts"].min()
    start = rows.groupby(member)["ts"].min().reset_index()
    began = start.groupby("group")["ts"].transform("min")
    seen = (start["group"].map(closed) - start["ts"]) / 86400.0
    newcomers = start[(start["ts"] > began) & (seen > 190.0)].set_index(member)["ts"]
    return (later.reindex(newcomers.index) - newcomers) / 86400.0


def test_newcomers_next_messages_fall_as_a_power_of_time(data_dir: Path) -> None:
    after = next_messages(data_dir)
    shares = np.histogram(after.dropna(), DAYS)[0] / len(after)
    np.testing.assert_allclose(
        shares, [0.113, 0.084, 0.076, 0.054, 0.041, 0.033, 0.023, 0.009], atol=0.001
    )
    middle = np.sqrt(DAYS[1:] * DAYS[:-1])
    rate = np.log(shares / np.diff(DAYS))
    assert np.polyfit(np.log(middle), rate, 1)[0] == pytest.approx(-1.4, abs=0.05)
    assert np.corrcoef(np.log(middle), rate)[0, 1] < -0.99
    assert np.corrcoef(middle, rate)[0, 1] > -0.92  # a line in time would be an exponential
