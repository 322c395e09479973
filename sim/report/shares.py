"""Shares of truths over communities that share their luck, and how two of them differ."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.outcomes.summary import LEVEL
from sim.report.paired import PARTICLE, Estimate, as_numbers, estimate, in_replications
from sim.survival import wilson_interval
from sim.survival.rates import critical_value

SHARE_METHOD = "Wilson at the effective number of communities"


def share_difference(table: pd.DataFrame, first: Hashable, second: Hashable) -> Estimate:
    """Compare two shares within each replication: first less second, with one pair each way added
    to the error, since a few pairs that agree would leave none (Agresti and Min 2005); over several
    parameter sets as `estimate`.

    >>> two = pd.DataFrame({25: [1.0, 1.0], 500: [0.0, 0.0]})
    >>> share_difference(two, 25, 500).told_apart, estimate(two[25] - two[500]).told_apart
    (False, True)
    """
    both = (table[first] - table[second]).dropna()
    gaps, n = both.to_numpy(dtype=np.float64), len(both)
    if n < 2 or both.index.nlevels > 1:
        return estimate(both)
    total, squares = gaps.sum(), (gaps**2).sum() + 1.0
    middle = total / (n + 2)
    error = math.sqrt(max(0.0, squares - total**2 / (n + 2))) / (n + 2)
    half = critical_value(LEVEL) * error
    ends = max(-1.0, middle - half), min(1.0, middle + half)
    return Estimate(float(gaps.mean()), *ends, error * (n + 2) / n, n)


def share_of(rows: pd.DataFrame, name: str) -> tuple[Estimate, int]:
    """Give the share of a truth, and how many know it, as `pooled_share`; over several parameter
    sets by `estimate`, unless there is no case at all or nothing but cases.
    """
    if PARTICLE not in rows:
        return pooled_share(rows[name], rows["replication"])
    share, known = pooled_share(rows[name], rows["replication"])
    over = estimate(in_replications(rows, name))
    if over.value in (0.0, 1.0) or not known:
        return replace(share, value=over.value), known
    return replace(over, lower=max(0.0, over.lower), upper=min(1.0, over.upper)), known


def pooled_share(truths: pd.Series, replications: pd.Series) -> tuple[Estimate, int]:
    """Give a share over points that share seeds, and how many know it; Wilson's interval (1927) for
    as many communities as the spread between replications allows, between their number and all
    (Korn and Graubard 1998); their number where none or all are cases.
    """
    held = pd.DataFrame({"dead": as_numbers(truths), "luck": replications.to_numpy()}).dropna()
    n = len(held)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0), 0
    share = float(held["dead"].mean())
    by_luck = held.groupby("luck")["dead"].agg(["sum", "size"])
    clusters = len(by_luck)
    error = math.nan
    effective = float(clusters)
    if clusters > 1:
        gaps = (by_luck["sum"] - share * by_luck["size"]).to_numpy()
        error = math.sqrt(clusters / (clusters - 1) * float((gaps**2).sum())) / n
        if 0 < share < 1:
            free = share * (1 - share) / error**2 if error > 0 else float(n)
            effective = min(float(n), max(float(clusters), free))
    lower, upper = wilson_interval(share * effective, effective)
    return Estimate(share, float(lower), float(upper), error, clusters), n
