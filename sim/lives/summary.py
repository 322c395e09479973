"""Means and shares of outcomes over groups, with intervals that name their method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest_key
from sim.lives.outcome import TRUTH
from sim.lives.outcomes import outcomes_by_name
from sim.stats.intervals import T_METHOD, WILSON_METHOD, mean_interval, wilson_interval


def summary(
    rows: pd.DataFrame, by: Sequence[str] = (), names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Average outcomes, one row each within `by`: ``outcome``, ``unit``, ``n`` (groups not
    missing), ``mean``, ``lower``, ``upper`` (95 %), ``method`` (t; Wilson for shares of truths),
    ``monte_carlo_error`` (of the mean over replications); NaN where too few groups say anything.
    """
    known = outcomes_by_name()
    chosen = [name for name in rows.columns if name in known] if names is None else list(names)
    missing = [name for name in (*by, *chosen) if name not in rows]
    strange = [name for name in chosen if name in rows and name not in known]
    if missing or strange:
        lines = [f"{name}: no such column{nearest_key(name, list(rows))}" for name in missing]
        lines += [f"{name}: not an outcome{nearest_key(name, list(known))}" for name in strange]
        raise InputError(lines)
    grouped = rows.groupby(list(by), observed=True) if by else rows.groupby(np.zeros(len(rows)))
    parts = [_of_one(name, known[name].unit, grouped[name]) for name in chosen]
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts)
    keys = table.index.to_frame(index=False)[list(by)] if by else pd.DataFrame(index=table.index)
    whole = pd.concat([keys.reset_index(drop=True), table.reset_index(drop=True)], axis=1)
    return whole.sort_values(list(by), kind="stable", ignore_index=True) if by else whole


def _of_one(name: str, unit: str, values: pd.api.typing.SeriesGroupBy) -> pd.DataFrame:
    counted = values.agg(["count", "mean", "std"])
    n, mean, spread = (
        counted[part].to_numpy(dtype=np.float64, na_value=np.nan) for part in counted
    )
    tried = np.where(n > 0, n, np.nan)
    if unit == TRUTH:
        lower, upper = wilson_interval(np.rint(np.nan_to_num(mean * n)), n)
        lower, upper = (np.where(n > 0, end, np.nan) for end in (lower, upper))
        error, method = np.sqrt(mean * (1.0 - mean) / tried), WILSON_METHOD
    else:
        error, method = spread / np.sqrt(tried), T_METHOD
        lower, upper = mean_interval(mean, error, n)
    return pd.DataFrame(
        {
            "outcome": name,
            "unit": unit,
            "n": n.astype(np.int64),
            "mean": mean,
            "lower": lower,
            "upper": upper,
            "method": method,
            "monte_carlo_error": error,
        },
        index=counted.index,
    )
