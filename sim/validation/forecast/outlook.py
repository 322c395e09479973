"""Forecasts for rooms of one's own: the regression, the model, and how good each has been."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog
from sim.patterns.human import DAY_SECONDS, HumanLog, human_log
from sim.validation.forecast.baseline import (
    BASE_RATE,
    REGRESSION,
    forecast_probability,
    held_out,
    regression,
)
from sim.validation.forecast.early import HORIZONS_DAYS, LABELS, early_rooms, rooms_after
from sim.validation.forecast.logistic import Logistic
from sim.validation.forecast.model import ModelForecast
from sim.validation.windows import TABLES

MODEL = "model"
SKILLS = ("auc", "auc_low", "auc_high", "brier", "brier_low", "brier_high")
LESS = ("brier_less", "brier_less_low", "brier_less_high")


@dataclass(frozen=True)
class Record:
    """What forecasts of real rooms have been worth, and the regression that made them.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a label, horizon and forecast: AUC and Brier score with 95 % intervals over rooms,
        the Brier score less the regression's, and the regression's numbers.
    origin : str
        Which rooms.

    Examples
    --------
    >>> shipped_record().leader("silent_week2", 7)
    'regression on early posters and messages'
    """

    frame: pd.DataFrame
    origin: str

    def of(self, label: str, horizon_days: float) -> pd.DataFrame:
        """Return the rows of a label and horizon, by forecast."""
        f = self.frame
        return f[(f["label"] == label) & (f["horizon_days"] == horizon_days)].set_index("forecast")

    def regression(self, label: str, horizon_days: float) -> Logistic:
        """Return the regression for a label and horizon."""
        row = self.of(label, horizon_days).loc[REGRESSION]
        slopes = row[["slope_posters", "slope_messages"]].to_numpy(dtype=np.float64)
        return Logistic(float(row["intercept"]), slopes)

    def leader(self, label: str, horizon_days: float) -> str:
        """Say which forecast to read first: the model only where it beat the regression."""
        rows = self.of(label, horizon_days)
        beats = MODEL in rows.index and rows.loc[MODEL, "brier_less_high"] < 0.0
        return MODEL if beats else REGRESSION


def measured_record(
    log: ChatLog, prepared: HumanLog, models: Mapping[float, ModelForecast], seed: int, origin: str
) -> Record:
    """Measure both forecasts on real rooms, each forecast by what was learnt from other rooms.

    Parameters
    ----------
    log, prepared : ChatLog, HumanLog
        The real rooms, as read and as `sim.patterns.human.human_log` prepares them.
    models : mapping of float to ModelForecast
        One a horizon.
    seed : int
        Of the resamples of rooms.
    origin : str

    Returns
    -------
    Record
    """
    parts = []
    for horizon, model in models.items():
        rooms = early_rooms(log, prepared, horizon)
        every = np.ones(len(rooms.names), dtype=bool)
        for label in LABELS:
            skill = held_out(rooms, label, {MODEL: model}).skill(seed).drop(index=BASE_RATE)
            fitted = regression(rooms, every, label)
            part = skill[[*SKILLS, *LESS]].reset_index()
            part.insert(0, "label", label)
            part.insert(1, "horizon_days", horizon)
            own = part["forecast"] == REGRESSION
            numbers = (fitted.intercept, *fitted.slopes)
            for name, number in zip(
                ("intercept", "slope_posters", "slope_messages"), numbers, strict=True
            ):
                part[name] = np.where(own, number, np.nan)
            parts.append(part)
    return Record(pd.concat(parts, ignore_index=True), origin)


def shipped_record() -> Record:
    """Read what was measured on the learner rooms: aggregates, no row of any room.

    Returns
    -------
    Record
    """
    with (resources.files(TABLES) / "forecast.csv").open(encoding="utf-8") as file:
        return Record(pd.read_csv(file), "public rooms of learners (freeCodeCamp/gitter-history)")


def outlook(log: ChatLog, record: Record, models: Mapping[float, ModelForecast]) -> pd.DataFrame:
    """Forecast every group of a log from its first 7, 3 or 1 days, the longest it has had.

    Parameters
    ----------
    log : ChatLog
        Groups without a known creation count from their first human message.
    record : Record
    models : mapping of float to ModelForecast

    Returns
    -------
    pandas.DataFrame
        One row a group: ``group``, ``seen_days``, ``horizon_days`` (NaN under one day),
        ``posters``, ``messages``, and for each label the probabilities ``<label>_regression``
        and ``<label>_model``.
    """
    prepared = human_log(log)
    born = np.where(np.isnan(prepared.created), prepared.first, prepared.created)
    seen_days = (prepared.until - born) / DAY_SECONDS
    found = pd.DataFrame({"group": list(prepared.names), "seen_days": seen_days})
    found["horizon_days"] = np.nan
    for horizon in HORIZONS_DAYS:
        known = seen_days >= horizon
        early = rooms_after(prepared, born, prepared.until, horizon)
        found.loc[known, "horizon_days"] = float(horizon)
        for name in ("posters", "messages"):
            found.loc[known, name] = early.features[name].to_numpy(dtype=np.float64)[known]
        for label in LABELS:
            chances = {
                "regression": forecast_probability(record.regression(label, horizon), early),
                MODEL: models[horizon].probability(early, label),
            }
            for name, chance in chances.items():
                found.loc[known, f"{label}_{name}"] = chance[known]
    return found
