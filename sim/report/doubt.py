"""Studies with several parameter sets: their rows by point and set, and both doubts of a mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.outcomes import summary as plain_summary
from sim.outcomes.summary import WILSON_METHOD
from sim.outcomes.table import TRUTH, outcomes_by_name
from sim.populations import LEVER, SOURCE, times_of, weights_of
from sim.populations import PARTICLE as CHOICE
from sim.report.paired import PARTICLE, as_numbers
from sim.study.code import text_digest
from sim.study.comparing.variance import components
from sim.study.manifest import Manifest
from sim.survival import wilson_interval

BOTH_METHOD = "t over replications and parameter sets, 95 %"
PARAMETER_SD = "parameter_sd"


def particles_of(manifest: Manifest) -> list[str]:
    """Name the parameter sets that every point of a study met; none where it has no posterior."""
    return list(manifest.choices.get(CHOICE, ())) if SOURCE in manifest.files else []


def by_particle(rows: pd.DataFrame, manifest: Manifest) -> tuple[pd.DataFrame, Manifest]:
    """Number the points as the sweep file has them, with a column ``particle`` in place of the
    lever (no change without a posterior); a point's digest is that of its scenarios together.
    """
    names = particles_of(manifest)
    if LEVER not in manifest.levers or not names:
        return rows, manifest
    each = len(names)
    own = rows.drop(columns=LEVER).assign(point=rows["point"] // each)
    own.insert(2, PARTICLE, rows[LEVER])
    together = ["".join(manifest.scenarios[at : at + each])
                for at in range(0, len(manifest.scenarios), each)]  # fmt: skip
    levers = {key: values for key, values in manifest.levers.items() if key != LEVER}
    table = [row[:-1] for row in manifest.table[::each]]
    scenarios = [text_digest(text)[:20] for text in together]
    return own, replace(manifest, levers=levers, table=table, scenarios=scenarios)


def over_particles(rows: pd.DataFrame) -> pd.DataFrame:
    """Average rows of `by_particle` over the parameter sets by weight, numbers and truths as
    floats: one row a point and replication; what is missing with one set is missing.
    """
    if PARTICLE not in rows:
        return rows
    keys = ["point", "replication"]
    numbers = [name for name in rows if rows[name].dtype.kind in "ifb" and name not in keys]
    words = [name for name in rows if name not in (*numbers, *keys, PARTICLE)]
    names = list(dict.fromkeys(rows[PARTICLE]))
    weight = rows[PARTICLE].map(dict(zip(names, weights_of(names), strict=True))).astype(float)
    weighted = pd.DataFrame({name: as_numbers(rows[name]) * weight for name in numbers})
    grouped = weighted.groupby([rows[key] for key in keys])
    means = grouped.sum(min_count=len(names)) if len(rows) else grouped.sum()
    levers = [name for name in numbers if "." in name]
    first = rows.groupby(keys)[[*words, *levers]].first()
    return pd.concat([first, means.drop(columns=levers)], axis=1).reset_index()


def by_weight(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat every row as often as its parameter set was drawn.

    >>> by_weight(pd.DataFrame({"particle": ["0 x1", "4 x2"], "days": [3, 5]}))["days"].tolist()
    [3, 5, 5]
    """
    if PARTICLE not in rows:
        return rows
    return rows.loc[rows.index.repeat(rows[PARTICLE].map(times_of).astype(int))]


def summary(
    rows: pd.DataFrame, by: Sequence[str] = (), names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Average rows of `by_particle` as `sim.outcomes.summary` does; with several parameter sets the
    means are weighted, ``parameter_sd`` is added, and the interval holds both uncertainties.
    """
    plain = plain_summary(rows, by, names)
    if PARTICLE not in rows or plain.empty:
        return plain
    parts = [_of_one(rows, name, by) for name in dict.fromkeys(plain["outcome"])]
    doubted = pd.concat(parts, ignore_index=True)
    keys = [*by, "outcome"]
    kept = plain[[*keys, "unit", "n"]].merge(doubted, on=keys, how="left")
    order = [*plain.columns, PARAMETER_SD]
    return kept[order]


def _of_one(rows: pd.DataFrame, name: str, by: Sequence[str]) -> pd.DataFrame:
    """Split the uncertainty of one outcome in every group."""
    keys = [*by] or ["_all"]
    held = rows if by else rows.assign(_all=0)
    values = held[[*keys, PARTICLE, "replication"]].assign(value=as_numbers(rows[name]))
    grouped = values.groupby([*keys, PARTICLE, "replication"], observed=True, sort=False)
    table = grouped["value"].mean().unstack("replication")
    truth = outcomes_by_name()[name].unit == TRUTH
    found = []
    for key, part in table.groupby(level=keys, observed=True):
        known = part.dropna(axis=1)
        whole = components(
            known.to_numpy(dtype=np.float64),
            weights_of(list(part.index.get_level_values(PARTICLE))),
        )
        ends, method = whole.interval, BOTH_METHOD
        if truth and whole.mean in (0.0, 1.0):
            n = whole.replications
            lower, upper = wilson_interval(whole.mean * n, n)
            ends, method = (float(lower), float(upper)), WILSON_METHOD
        elif truth:
            ends = max(0.0, ends[0]), min(1.0, ends[1])
        numbers = (whole.mean, *ends, method)
        errors = (whole.monte_carlo_error, whole.parameter_sd)
        found.append((*(key if isinstance(key, tuple) else (key,)), name, *numbers, *errors))
    columns = ["outcome", "mean", "lower", "upper", "method", "monte_carlo_error", PARAMETER_SD]
    frame = pd.DataFrame(found, columns=[*keys, *columns])
    return frame if by else frame.drop(columns="_all")
