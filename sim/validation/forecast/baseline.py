"""The forecast to beat: a logistic regression on early posters and messages, held out by halves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.validation.forecast.early import EarlyRooms
from sim.validation.forecast.logistic import Logistic, fit_logistic
from sim.validation.forecast.skill import compare_forecasts
from sim.validation.windows import Booleans, Floats

SPLITS = 5
_KEYS = ("room", "split", "fold", "label")
REGRESSION = "regression on early posters and messages"
BASE_RATE = "share of the other half"

Forecaster = Callable[[EarlyRooms, Booleans, Booleans, str, int], Floats]
"""Rooms, which to learn from, which to forecast, the label, the split's seed -> probabilities.

One a room to be forecast, in their order. It may read labels only of the rooms to learn from, and
of the rooms to forecast only what was said before the horizon.
"""


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of rooms that were not learnt from, over several splits in halves.

    Attributes
    ----------
    label : str
    horizon_days : float
    frame : pandas.DataFrame
        One row a room and split: ``room``, ``split``, ``fold`` (which half), ``label``, and a
        column for each forecast.

    Examples
    --------
    >>> HeldOut("silent_week2", 1.0, pd.DataFrame()).horizon_days
    1.0
    """

    label: str
    horizon_days: float
    frame: pd.DataFrame

    def skill(self, seed: int = 1) -> pd.DataFrame:
        """Compare the forecasts; see `sim.validation.forecast.skill.compare_forecasts`.

        Parameters
        ----------
        seed : int
            Of the resamples of rooms.
        """
        names = [name for name in self.frame if name not in _KEYS]
        return compare_forecasts(
            self.frame["label"].to_numpy(),
            {name: self.frame[name].to_numpy() for name in names},
            seed,
            self.frame["room"].to_numpy(),
            2 * self.frame["split"].to_numpy() + self.frame["fold"].to_numpy(),
        )


def regression(rooms: EarlyRooms, learnt: Booleans, label: str) -> Logistic:
    """Fit the regression on some rooms.

    Parameters
    ----------
    rooms : EarlyRooms
    learnt : ndarray of bool, shape [room]
        Rooms to learn from; those without a decided label are left out.
    label : str
        One of `sim.validation.forecast.early.LABELS`.

    Returns
    -------
    Logistic
        On ``log(1 + posters)`` and ``log(1 + messages)``.
    """
    used = learnt & rooms.decided(label)
    return fit_logistic(_inputs(rooms)[used], rooms.labels[label].to_numpy(np.float64)[used])


def forecast_probability(fitted: Logistic, rooms: EarlyRooms) -> Floats:
    """Return the regression's probability for every room.

    Parameters
    ----------
    fitted : Logistic
        From `regression`, with the same horizon.
    rooms : EarlyRooms

    Returns
    -------
    ndarray, shape [room]
    """
    return fitted.probability(_inputs(rooms))


def held_out(
    rooms: EarlyRooms,
    label: str,
    others: Mapping[str, Forecaster] | None = None,
    splits: int = SPLITS,
) -> HeldOut:
    """Forecast every room from the other half, by several splits.

    Both halves of each split are forecast, each by what was learnt from the other.

    Parameters
    ----------
    rooms : EarlyRooms
    label : str
    others : mapping of str to Forecaster, optional
        Forecasts to set beside the regression, such as the fitted model's.
    splits : int

    Returns
    -------
    HeldOut
        The regression first: it is the yardstick.
    """
    known = rooms.decided(label)
    truth = rooms.labels[label].to_numpy(np.float64)
    parts = []
    for seed in range(1, splits + 1):
        order = np.random.default_rng([seed, 0x4A1F]).permutation(np.flatnonzero(known))
        first = np.zeros(len(known), dtype=bool)
        first[order[: len(order) // 2]] = True
        for fold, learnt in enumerate((first, known & ~first)):
            judged = known & ~learnt
            fitted = regression(rooms, learnt, label)
            share = truth[learnt].mean() if learnt.any() else 0.5
            columns = {
                "room": np.flatnonzero(judged),
                "split": np.full(int(judged.sum()), seed),
                "fold": np.full(int(judged.sum()), fold),
                "label": truth[judged],
                REGRESSION: forecast_probability(fitted, rooms)[judged],
                BASE_RATE: np.full(int(judged.sum()), share),
            }
            for name, forecaster in (others or {}).items():
                columns[name] = forecaster(rooms, learnt, judged, label, seed)
            parts.append(pd.DataFrame(columns))
    return HeldOut(label, rooms.horizon_days, pd.concat(parts, ignore_index=True))


def _inputs(rooms: EarlyRooms) -> Floats:
    return np.asarray(np.log1p(rooms.features[["posters", "messages"]].to_numpy(np.float64)))
