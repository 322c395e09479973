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
    """Judge every group by every definition, from each origin.

    Parameters
    ----------
    source : Trace or array [group] of LIFE_DTYPE
        Of a run, or of a message log (`sim.lives.life_from_log`).
    origins : sequence of str
        Of `ORIGINS`; leave out creation for a log that does not know it.

    Returns
    -------
    pandas.DataFrame
        One row a definition, origin and group: ``definition``, ``origin``, ``group`` (its place),
        ``dead`` (True, False, NA: left out), and of a trace ``point`` and ``replication``.

    Examples
    --------
    >>> from sim.trace import LIFE_DTYPE
    >>> life = np.zeros(1, LIFE_DTYPE)
    >>> life["observed_hours"], life["first_hours"] = 336.0, -1.0
    >>> table = deaths(life).set_index(["definition", "origin"])
    >>> bool(table["dead"]["silent_week2", "creation"])
    True
    >>> table["dead"]["silent_week2", "first_message"]
    <NA>
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
    """Judge every group; the same as `deaths`, as arrays.

    Returns
    -------
    dict of (definition, origin) to ndarray of float, shape [group]
        1 dead, 0 alive, NaN left out.

    Examples
    --------
    >>> from sim.trace import LIFE_DTYPE
    >>> life = np.zeros(2, LIFE_DTYPE)
    >>> life["observed_hours"], life["first_hours"] = [336.0, 300.0], -1.0
    >>> verdicts(life)["silent_week2", "creation"].tolist()
    [1.0, nan]
    """
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
    """Count the dead by every definition, with its words, its interval and who was left out.

    Parameters
    ----------
    source : Trace, array [group] of LIFE_DTYPE, or DataFrame as from `deaths`
    origins : sequence of str
        Of `ORIGINS`; of a frame, those to keep.
    by : sequence of str
        Further columns of the frame (such as ``point``) to count apart.

    Returns
    -------
    pandas.DataFrame
        One row a definition and origin (and `by`), the headline first: ``definition``, ``origin``,
        ``dead``, ``observed`` (groups watched long enough), ``left_out``, ``share`` (0-1),
        ``lower``, ``upper`` (Wilson 95 %), ``needs_days``, ``text``, ``method`` and ``note``:
        ``"needs d days"`` where no group was watched long enough; the share is NaN there, never 0.

    Examples
    --------
    >>> from sim.trace import LIFE_DTYPE
    >>> life = np.zeros(4, LIFE_DTYPE)
    >>> life["observed_hours"], life["first_hours"] = 336.0, -1.0
    >>> table = death_table(life, origins=["creation"])
    >>> [float(share) for share in table["share"][:2]], table["note"][5]
    ([1.0, 1.0], 'needs 37 days')
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
