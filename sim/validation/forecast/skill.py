"""How good a probability forecast was: AUC and Brier score, with intervals over rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.validation.windows import Floats, Integers

RESAMPLES = 500
LEVEL = 0.95


def auc(labels: Floats, probabilities: Floats, folds: Integers | None = None) -> float:
    """Return the chance that a random 1 is given a higher probability than a random 0 of its fold.

    Ties count half (Mann and Whitney 1947); NaN with one label only.
    """
    if not len(labels):
        return float("nan")
    fold = np.zeros(len(labels), dtype=np.int64) if folds is None else folds
    order = np.lexsort((probabilities, fold))
    fold, given, ones = fold[order], probabilities[order], labels[order] == 1
    new_fold = np.append(True, fold[1:] != fold[:-1])
    new_tie = new_fold | np.append(True, given[1:] != given[:-1])
    zeros_before = np.cumsum(~ones) - ~ones
    tie = np.cumsum(new_tie) - 1
    of_fold = np.cumsum(new_fold) - 1
    below = zeros_before[new_tie][tie] - zeros_before[new_fold][of_fold]
    beside = np.bincount(tie, ~ones)[tie]
    zeros = np.bincount(of_fold, ~ones)[of_fold]
    pairs = float(zeros[ones].sum())
    return float((below[ones] + beside[ones] / 2).sum() / pairs) if pairs else float("nan")


def brier(labels: Floats, probabilities: Floats, _folds: Integers | None = None) -> float:
    """Return the mean squared difference of probability and label (Brier 1950); 0 is perfect."""
    return float(np.mean((probabilities - labels) ** 2)) if len(labels) else float("nan")


@dataclass(frozen=True)
class Skill:
    """A measure of a forecast with a 95 % interval by resampling rooms."""

    value: float
    low: float
    high: float


def compare_forecasts(
    labels: Floats,
    forecasts: Mapping[str, Floats],
    seed: int,
    rooms: Integers | None = None,
    folds: Integers | None = None,
    resamples: int = RESAMPLES,
) -> pd.DataFrame:
    """Set forecasts of the same rooms side by side, a row each, the first one the yardstick.

    ``_less`` columns are paired differences from the first; a room forecast several times is drawn
    whole; `folds` as in `auc`.
    """
    own = np.arange(len(labels)) if rooms is None else np.unique(rooms, return_inverse=True)[1]
    of_room = own.astype(np.int64)
    draws = _resampled_rows(of_room, seed, resamples)
    fold = np.zeros(len(labels), dtype=np.int64) if folds is None else folds
    measures = {"auc": auc, "brier": brier}
    first = next(iter(forecasts))
    found: dict[str, dict[str, float]] = {}
    drawn: dict[str, dict[str, Floats]] = {}
    for name, given in forecasts.items():
        found[name], drawn[name] = {}, {}
        for measure, count in measures.items():
            value = count(labels, given, fold)
            drawn[name][measure] = np.array(
                [count(labels[rows], given[rows], fold[rows]) for rows in draws]
            )
            less = drawn[name][measure] - drawn[first][measure]
            base = found[first].get(measure, value)
            found[name] |= _named(measure, _skill(value, drawn[name][measure]))
            found[name] |= _named(f"{measure}_less", _skill(value - base, less))
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("forecast")


def _resampled_rows(of_room: Integers, seed: int, resamples: int) -> list[Integers]:
    """Draw rooms with replacement and return the rows of those drawn."""
    luck = np.random.default_rng([seed, 0xF0CA])
    order = np.argsort(of_room, kind="stable")
    rooms, starts = np.unique(of_room[order], return_index=True)
    parts = np.split(order, starts[1:])
    if not len(rooms):
        return [order] * resamples
    if len(rooms) == len(order):
        return [order[luck.integers(0, len(rooms), len(rooms))] for _ in range(resamples)]
    return [
        np.concatenate([parts[n] for n in luck.integers(0, len(rooms), len(rooms))])
        for _ in range(resamples)
    ]


def _skill(value: float, draws: Floats) -> Skill:
    known = draws[~np.isnan(draws)]
    if not len(known):
        return Skill(value, np.nan, np.nan)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Skill(value, float(low), float(high))


def _named(measure: str, skill: Skill) -> dict[str, float]:
    return {measure: skill.value, f"{measure}_low": skill.low, f"{measure}_high": skill.high}
