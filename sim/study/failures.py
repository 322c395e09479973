"""Communities that failed, in words: how many, at which points, and why the first one did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.study.rows import ERROR

FAILED = "communities that failed"
"""Entry of an origin that holds the words."""

POINTS_SHOWN = 5


def failures_in_words(rows: pd.DataFrame) -> str:
    """Say how many communities of a study failed, where, and why the first did; empty for none."""
    if ERROR not in rows or not rows[ERROR].notna().any():
        return ""
    failed = rows[rows[ERROR].notna()]
    points, first = failed["point"].unique(), failed.iloc[0]
    shown = ", ".join(str(point) for point in points[:POINTS_SHOWN])
    more = ", ..." if len(points) > POINTS_SHOWN else ""
    others = failed[ERROR].nunique() - 1
    return (
        f"{len(failed):,} of {len(rows):,} communities failed, at {len(points):,} of "
        f"{rows['point'].nunique():,} points ({shown}{more}); the first, point {first['point']} "
        f"replication {first['replication']}: {first[ERROR]}"
        f"{f' (and {others:,} other reasons)' if others else ''}"
    )


def failures_entry(rows: pd.DataFrame) -> dict[str, str]:
    """Return `failures_in_words` as an entry of an origin; nothing where no community failed."""
    words = failures_in_words(rows)
    return {FAILED: words} if words else {}


def why_missing(rows: pd.DataFrame, name: str) -> str:
    """Say in how many communities an outcome is missing, and why; empty where it is in all."""
    missing = int(np.isnan(rows[name].to_numpy(dtype=np.float64, na_value=np.nan)).sum())
    if not missing:
        return ""
    why = failures_in_words(rows) or "longer days may help, or another outcome"
    return f"{name} is missing in {missing:,} of {len(rows):,} communities; {why}"
