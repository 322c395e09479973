"""What counts as a case in a finished study, and how often each point has it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest_key
from sim.lives.deaths import HEADLINE
from sim.lives.outcomes import OUTCOMES
from sim.study.discovering.boxes import Cases

MOST_WORDS = 12
FEWEST_POINTS = 10

ALIASES = {"dead": f"dead_{HEADLINE.key}"}
TRUTH = "true/false"


def cases_of(
    rows: pd.DataFrame, name: str, below: float | None, above: float | None
) -> tuple[pd.Series, str]:
    """Say of each row whether it is a case, and what that means."""
    known = {outcome.name: outcome for outcome in OUTCOMES}
    if name not in known or name not in rows:
        hint = nearest_key(name, [*ALIASES, *known])
        raise InputError([f"outcome: {name!r} is not an outcome of this study{hint}"])
    outcome = known[name]
    if outcome.unit == TRUTH:
        if below is not None or above is not None:
            raise InputError([f"outcome: {name} is true or false; leave out below and above"])
        return rows[name].astype("boolean"), f"{name}: {outcome.definition}"
    if (below is None) == (above is None):
        raise InputError([f"outcome: {name} is a number ({outcome.unit}); give below or above"])
    values = rows[name].astype("Float64")
    values = values.mask(values.isna() | np.isnan(values.to_numpy(np.float64, na_value=np.nan)))
    if below is not None:
        return (values < below).astype("boolean"), f"{name} below {below:g} {outcome.unit}"
    return (values > above).astype("boolean"), f"{name} above {above:g} {outcome.unit}"


def usable(column: pd.Series) -> bool:
    """Say whether a lever can limit a box: a number, or a few words."""
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return bool(numeric or column.nunique() <= MOST_WORDS)


def check(
    folder: str | Path, good: pd.DataFrame, levers: list[str], case: str, failed: Iterable[str]
) -> None:
    """Raise `InputError` for a study with nothing to separate; `failed` says what failed in it."""
    if good.empty:
        unknown = f"{folder}: of no community is it known whether it is a case ({case})"
        raise InputError([unknown, *(f"{folder}: {line}" for line in failed)])
    problems = []
    points = good["point"].nunique()
    if not levers:
        problems.append(f"{folder}: no lever varies; a box needs one")
    elif points < FEWEST_POINTS:
        problems.append(f"{folder}: {points} points; at least {FEWEST_POINTS} are needed")
    cases = int(good["case"].sum())
    if cases in (0, len(good)):
        said = "no community is" if not cases else f"all {len(good):,} communities are"
        problems.append(f"{folder}: {said} a case ({case}); there is nothing to separate")
    if problems:
        raise InputError([*problems, *(f"{folder}: {line}" for line in failed)])


def table_of(rows: pd.DataFrame, levers: list[str]) -> Cases:
    """Count the cases of each point; rows have ``point``, ``case`` and the levers."""
    by_point = rows.groupby("point")
    counted = by_point["case"].agg(["sum", "size"])
    return Cases(
        by_point[levers].first(),
        counted["sum"].to_numpy(dtype=np.int64),
        counted["size"].to_numpy(dtype=np.int64),
    )
