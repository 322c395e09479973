"""Fork: the history of a stored row played once more, with another act from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.allowed import Allowed
from sim.ensemble import simulate
from sim.lives.outcomes import ALIVE, OUTCOMES, TRUTH, Run
from sim.scenario import Forked, forked
from sim.stats.paired import paired_difference
from sim.study.replay import place_of, scenario_of
from sim.study.store import find_store

OTHERS = Allowed(int, 0, 100_000, "groups")


@dataclass(frozen=True)
class Fork:
    """What another act from a day on would have changed in a group that a store holds.

    Attributes
    ----------
    scenario : Forked
        What was played before the day, and after it.
    point, replication, seed : int
        Whose history it is.
    at_day : int
        Local day at whose beginning the act changes.
    table : DataFrame
        A row an outcome, `ALIVE` first: ``outcome``, ``unit``, ``was``, ``now`` and ``change`` of
        this group; over it and the others ``first``, ``second``, ``difference``, ``lower``,
        ``upper`` (95 %) and the rest of a `PairedDifference`.
    """

    scenario: Forked
    point: int
    replication: int
    seed: int
    at_day: int
    table: pd.DataFrame


def fork(
    folder: str | Path, row: int, changes: Mapping[str, Any], at_day: int, groups: int = 0
) -> Fork:
    """Play a stored row with and without another act from a day on: same random numbers, so that
    the difference is the act's.

    Parameters
    ----------
    folder : str or Path
        Of the store.
    row : int
        Its number in design order, column ``row`` of an export.
    changes : mapping
        ``policies.NAME.FIELD`` to value, as `sim.scenario.forked` takes it.
    at_day : int
        0 is the day of creation.
    groups : int
        Other replications of the same point, for intervals.

    Returns
    -------
    Fork

    Raises
    ------
    InputError
        No store or row, a file of it has changed, or a change is not allowed.
    """
    manifest = find_store(folder).manifest
    point, replication = place_of(manifest, row, folder)
    OTHERS.checked("--groups", groups)
    seed = manifest.seed_of(point)
    scenario = forked(scenario_of(manifest, point), changes, at_day)
    others = [other for other in range(groups + 1) if other != replication][:groups]
    trace = simulate([scenario, scenario.before()], [replication, *others], seed)
    run, rows = Run(trace, [scenario, scenario.before()]), []
    for one in (ALIVE, *OUTCOMES):
        values = pd.Series(one.value(run)).to_numpy(dtype=np.float64, na_value=np.nan)
        now, was = values.reshape(2, 1, -1)
        pairs = paired_difference(was, now, np.ones(1), one.unit == TRUTH)
        mine = {"was": was[0, 0], "now": now[0, 0], "change": now[0, 0] - was[0, 0]}
        rows.append({"outcome": one.name, "unit": one.unit, **mine, **asdict(pairs)})
    return Fork(scenario, point, replication, seed, at_day, pd.DataFrame(rows))
