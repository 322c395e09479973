"""Settings played with every parameter set: means, worst tenths, and which no other beats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.state import Array
from sim.study.comparing.variance import components
from sim.study.factors import StudyFile, play
from sim.study.failures import why_missing

COST = "cost_fen"
WORST_SHARE = 0.1
TOLD_APART_ERRORS = 2.0
CONFIRMED = "confirmed"
FRESH_LUCK = 1_000_003


def worst_tenth(values: Array, more_is_better: bool) -> float:
    """Average the worst tenth of the parameter sets (one at least)."""
    ordered = np.sort(values) if more_is_better else np.sort(values)[::-1]
    return float(ordered[: max(1, round(WORST_SHARE * len(ordered)))].mean())


def on_front(gains: Sequence[Array]) -> Array:
    """Return whether no other setting is clearly better: array [setting].

    Gains are an array [replication, setting] an aim, more is better; settings share their seeds.
    """
    means = np.stack([gain.mean(axis=0) for gain in gains])
    front: Array = np.ones(means.shape[1], dtype=bool)
    for at in range(means.shape[1]):
        for other in np.flatnonzero((means >= means[:, [at]]).all(axis=0)):
            if any(_told_apart(gain[:, other] - gain[:, at]) for gain in gains):
                front[at] = False
    return front


def _told_apart(gaps: Array) -> bool:
    mean = float(gaps.mean())
    if len(gaps) < 2:
        return False
    return mean > 0 and mean >= TOLD_APART_ERRORS * float(gaps.std(ddof=1)) / math.sqrt(len(gaps))


def scores_of(
    study: StudyFile,
    settings: Sequence[Mapping[str, Any]],
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    aims: Mapping[str, bool],
    threads: int | None,
) -> pd.DataFrame:
    """Play settings with every set of uncertain values, and average each aim: a row a setting.

    The cost is always among the columns.
    """
    tables = _tables(study, settings, sets, folder, (*aims, COST), threads)
    return pd.DataFrame({name: table.mean(axis=(0, 2)) for name, table in tables.items()})


def _tables(
    study: StudyFile,
    settings: Sequence[Mapping[str, Any]],
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    names: Sequence[str],
    threads: int | None,
) -> dict[str, Array]:
    """Play settings with every parameter set: outcome to array [replication, setting, set]."""
    design = study.design([{**setting, **one} for setting in settings for one in sets])
    wanted = list(dict.fromkeys(names))
    rows = play(design, folder, threads).to_frame([*wanted, "error"])
    shape = (len(settings), len(sets), design.replications)
    tables = {}
    for name in wanted:
        values = rows[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(shape)
        if said := why_missing(rows, name):
            raise InputError([f"{folder}: {said}"])
        tables[name] = values.transpose(2, 0, 1)
    return tables


def confirmed(
    study: StudyFile,
    trials: pd.DataFrame,
    sets: Sequence[Mapping[str, Any]],
    folder: Path,
    budget_fen: float,
    aims: Mapping[str, bool],
    threads: int | None,
) -> pd.DataFrame:
    """Play what the search thinks best with new seeds, and keep what is still on the front."""
    levers = [key for key in trials if key in study.groups]
    allowed = trials[trials[COST] <= budget_fen].drop_duplicates(levers)
    if allowed.empty:
        return pd.DataFrame(columns=levers)
    signs = {name: 1.0 if more else -1.0 for name, more in aims.items()}
    means = np.stack([signs[name] * allowed[name].to_numpy() for name in aims])
    best = [
        not ((means >= means[:, [at]]).all(axis=0) & (means > means[:, [at]]).any(axis=0)).any()
        for at in range(means.shape[1])
    ]
    settings = [
        {key: getattr(value, "item", lambda v=value: v)() for key, value in row.items()}
        for row in allowed[best][levers].to_dict("records")
    ]
    seed = int(study.shared.get("seed", 1)) + FRESH_LUCK
    again = replace(study, shared=study.shared | {"seed": seed})
    tables = _tables(again, settings, sets, folder / CONFIRMED, (*aims, COST), threads)
    front = pd.DataFrame(settings)
    for name, table in tables.items():
        by_luck = table.mean(axis=2)
        n = len(by_luck)
        front[name] = by_luck.mean(axis=0)
        front[f"{name}_error"] = by_luck.std(axis=0, ddof=1) / math.sqrt(n) if n > 1 else math.nan
        spreads = [components(table[:, at, :].T).parameter_sd for at in range(len(front))]
        front[f"{name}_parameter_sd"] = spreads if n > 1 else math.nan
        more = aims.get(name, False)
        front[f"{name}_worst_tenth"] = [worst_tenth(one, more) for one in table.mean(axis=0)]
    front["within_budget"] = front[COST] <= budget_fen
    keep = on_front([signs[name] * tables[name].mean(axis=2) for name in aims])
    return front[keep].reset_index(drop=True)
