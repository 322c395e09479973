"""The forecast to beat: a logistic regression on what rooms had shown, held out by halves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.validation.forecast.logistic import Logistic, fit_logistic
from sim.validation.forecast.seen import SeenRooms
from sim.validation.forecast.skill import compare_forecasts
from sim.validation.windows import Booleans, Floats

SPLITS = 5
RIDGE = 1.0
_KEYS = ("room", "age_days", "split", "fold", "label")
REGRESSION = "regression on all days seen"
BASE_RATE = "share of the other half"

Forecaster = Callable[[SeenRooms, Booleans, Booleans, str, int], Floats]
"""Rooms, rows to learn from, rows to forecast, label, split's seed -> probabilities [forecast row].

It may read labels only of rows to learn from, and of the others only what came before their age.
"""


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of rooms that were not learnt from, over several splits in halves."""

    label: str
    # a row a room, age and split: fold (which half), label, a column a forecast
    frame: pd.DataFrame

    def skill(self, age_days: float, seed: int = 1) -> pd.DataFrame:
        """Compare the forecasts at one age, as `compare_forecasts`; the seed resamples rooms."""
        frame = self.frame[self.frame["age_days"] == age_days]
        names = [name for name in frame if name not in _KEYS]
        return compare_forecasts(
            frame["label"].to_numpy(),
            {name: frame[name].to_numpy() for name in names},
            seed,
            frame["room"].to_numpy(),
            2 * frame["split"].to_numpy() + frame["fold"].to_numpy(),
        )


def regression(rooms: SeenRooms, learnt: Booleans, label: str) -> Logistic:
    """Fit the regression on `INPUTS` on some rows [row] with a decided label, all ages together."""
    used = learnt & rooms.decided(label)
    truth = rooms.labels[label].to_numpy(np.float64)[used]
    return fit_logistic(rooms.inputs()[used], truth, RIDGE)


def held_out(
    rooms: SeenRooms,
    label: str,
    others: Mapping[str, Forecaster] | None = None,
    splits: int = SPLITS,
) -> HeldOut:
    """Forecast every room from the other half, by several splits; the regression is the yardstick.

    A room is in one half with all its ages.
    """
    known = rooms.decided(label)
    truth = rooms.labels[label].to_numpy(np.float64)
    parts = []
    for seed in range(1, splits + 1):
        order = np.random.default_rng([seed, 0x4A1F]).permutation(np.unique(rooms.room[known]))
        first = known & np.isin(rooms.room, order[: len(order) // 2])
        for fold, learnt in enumerate((first, known & ~first)):
            judged = known & ~learnt
            columns = {
                "room": rooms.room[judged],
                "age_days": rooms.age_days[judged],
                "split": np.full(int(judged.sum()), seed),
                "fold": np.full(int(judged.sum()), fold),
                "label": truth[judged],
                REGRESSION: regression(rooms, learnt, label).probability(rooms.inputs()[judged]),
                BASE_RATE: _shares(rooms.age_days, truth, learnt)[judged],
            }
            for name, forecaster in (others or {}).items():
                columns[name] = forecaster(rooms, learnt, judged, label, seed)
            parts.append(pd.DataFrame(columns))
    return HeldOut(label, pd.concat(parts, ignore_index=True))


def _shares(age_days: Floats, truth: Floats, learnt: Booleans) -> Floats:
    """Return for every row the share of ones among the rows learnt from of the same age."""
    shares = pd.Series(truth[learnt]).groupby(age_days[learnt]).mean()
    return np.asarray(shares.reindex(age_days).fillna(0.5).to_numpy(), dtype=np.float64)
