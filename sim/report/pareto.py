"""The front: points that no other point beats in every measure at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.report.paired import TOLD_APART_ERRORS, as_numbers


def on_front(rows: pd.DataFrame, more_is_better: Mapping[str, bool]) -> pd.Series:
    """Say by ``point`` which are on the front (Pareto 1906): no other is as good in every mean and
    better in one by 2 Monte-Carlo errors or more, paired by replication as points share seeds;
    never one with an unknown measure.
    """
    tables = [_gains(rows, name, more) for name, more in more_is_better.items()]
    points = sorted(set(rows["point"]))
    if not tables or not points:
        return pd.Series(dtype=bool)
    means = np.stack([table.mean(axis=0) for table in tables])
    known = ~np.isnan(means).any(axis=0)
    front = known.copy()
    for at in np.flatnonzero(known):
        as_good = known & (means >= means[:, [at]]).all(axis=0)
        as_good[at] = False
        front[at] = not any(
            _better(tables, int(other), int(at)) for other in np.flatnonzero(as_good)
        )
    return pd.Series(front, index=pd.Index(points, name="point"))


def _gains(rows: pd.DataFrame, name: str, more: bool) -> npt.NDArray[np.float64]:
    """Lay out a measure [replication, point] so that more is better; missing as the point's mean.

    A missing value (nobody was present, say) must not make the whole point unknown.
    """
    values = pd.Series(as_numbers(rows[name]), index=[rows["replication"], rows["point"]])
    table = values.unstack()[sorted(set(rows["point"]))]
    table = table.fillna(table.mean())
    return np.asarray(table.to_numpy(dtype=np.float64) * (1.0 if more else -1.0))


def _better(tables: list[npt.NDArray[np.float64]], other: int, than: int) -> bool:
    for table in tables:
        gap = table[:, other] - table[:, than]
        n = len(gap)
        error = gap.std(ddof=1) / np.sqrt(n) if n > 1 else np.inf
        if gap.mean() > 0 and gap.mean() >= TOLD_APART_ERRORS * error:
            return True
    return False
