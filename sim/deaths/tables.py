"""Tables of deaths: one row a group and definition, and the shares of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.deaths.definitions import DEATHS
from sim.deaths.lives import FIRST_MESSAGE, ORIGINS, Floats, life_of, lives_since
from sim.state import Array
from sim.survival import wilson_interval
from sim.trace import Trace


def deaths(source: Trace | Array, origins: Sequence[str] = ORIGINS) -> pd.DataFrame:
    """Judge every group by every definition from each origin, one row each: ``definition``,
    ``origin``, ``group`` (place), ``dead`` (NA: left out), of a trace ``point``, ``replication``;
    leave out creation for a log that does not know it.
    """
    judged = verdicts(source, origins)
    groups = len(life_of(source))
    whose = {"group": np.tile(np.arange(groups), len(judged))}
    if isinstance(source, Trace):
        whose["point"] = np.tile(source.point, len(judged))
        whose["replication"] = np.tile(source.replication, len(judged))
    dead = np.concatenate([*judged.values(), np.zeros(0)])
    return pd.DataFrame(
        {
            "definition": _repeated([key for key, _ in judged], groups),
            "origin": _repeated([origin for _, origin in judged], groups),
            **whose,
            "dead": _truth(dead),
        }
    )


def verdicts(
    source: Trace | Array, origins: Sequence[str] = ORIGINS
) -> dict[tuple[str, str], Floats]:
    """Judge every group as `deaths` does, as arrays [group]: 1 dead, 0 alive, NaN left out."""
    lives = {origin: lives_since(origin, source) for origin in origins}
    return {
        (death.key, origin): death.dead(lives[origin])
        for death in DEATHS
        for origin in origins
        if origin in death.origins
    }


def death_table(
    source: Trace | Array | pd.DataFrame,
    origins: Sequence[str] = ORIGINS,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Count the dead, one row a definition, origin and `by`, the headline first: ``dead`` of
    ``observed``, ``left_out``, ``share``, ``lower``, ``upper`` (Wilson 95 %), ``needs_days``,
    ``text``, ``method``, ``note``. Where no group was watched long enough the share is NaN, never
    0.
    """
    frame = source if isinstance(source, pd.DataFrame) else deaths(source, origins)
    frame = frame[frame["origin"].isin(origins)]
    keys = [*by, "definition", "origin"]
    counted = frame.groupby(keys, observed=True, sort=False)["dead"].agg(["sum", "count", "size"])
    table = counted.index.to_frame(index=False)
    dead, observed, groups = (counted[name].to_numpy(dtype=np.int64) for name in counted)
    lower, upper = wilson_interval(dead, observed)
    seen = observed > 0
    table["dead"] = dead
    table["observed"] = observed
    table["left_out"] = groups - observed
    table["share"] = np.divide(dead, observed, out=np.full(len(table), np.nan), where=seen)
    table["lower"] = np.where(seen, lower, np.nan)
    table["upper"] = np.where(seen, upper, np.nan)
    known = {death.key: death for death in DEATHS}
    table["needs_days"] = [known[key].needs_days for key in table["definition"]]
    table["text"] = [known[key].definition for key in table["definition"]]
    table["method"] = "Wilson 95 %"
    table["note"] = np.where(seen, "", _needs(table))
    return table


def _needs(table: pd.DataFrame) -> pd.Series:
    since = np.where(table["origin"] == FIRST_MESSAGE, " after the first message", "")
    return "needs " + table["needs_days"].astype(str) + " days" + since


def _repeated(names: list[str], times: int) -> pd.Categorical:
    categories = list(dict.fromkeys(names))
    codes = [categories.index(name) for name in names]
    return pd.Categorical.from_codes(np.repeat(codes, times).astype(np.int64), categories)


def _truth(dead: Floats) -> pd.arrays.BooleanArray:
    """Return 1, 0 and NaN as true, false and missing."""
    left_out = np.isnan(dead)
    return pd.arrays.BooleanArray(np.where(left_out, 0.0, dead) > 0.0, left_out)
