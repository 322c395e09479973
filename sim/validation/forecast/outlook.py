"""Forecasts for rooms of one's own: the regression, the model, and how good each has been."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np
import pandas as pd

from sim.chatlog import ChatLog
from sim.lives.human_log import DAY_SECONDS, HumanLog, human_log
from sim.validation.forecast.held_out import REGRESSION, held_out, regression
from sim.validation.forecast.logistic import Logistic
from sim.validation.forecast.model import ModelForecast
from sim.validation.forecast.seen import (
    BEGINS,
    HORIZONS_DAYS,
    INPUTS,
    LABELS,
    PAST_90,
    SILENCE_DAYS,
    WEEK_TWO,
    rooms_at,
    seen_rooms,
)
from sim.validation.windows import TABLES, Booleans, Floats

MODEL = "model"
_MEASURES = ("auc", "auc_low", "auc_high", "brier", "brier_low", "brier_high")
_LESS = ("brier_less", "brier_less_low", "brier_less_high")


@dataclass(frozen=True)
class Record:
    """What forecasts of real rooms have been worth, and the regression that made them."""

    # a row a label, age (horizon_days) and forecast: AUC and Brier with 95 % intervals, the Brier
    # less the regression's, rooms judged, share of them that came true
    frame: pd.DataFrame
    # of the regression, a row a label: intercept and a slope for each of `INPUTS`
    numbers: pd.DataFrame
    origin: str  # which rooms

    def of(self, label: str, horizon_days: float) -> pd.DataFrame:
        """Return the rows of a label and age, by forecast; none where it is not asked."""
        f = self.frame
        return f[(f["label"] == label) & (f["horizon_days"] == horizon_days)].set_index("forecast")

    def regression(self, label: str) -> Logistic:
        """Return the regression for a label."""
        row = self.numbers.loc[label]
        return Logistic(float(row["intercept"]), row[list(INPUTS)].to_numpy(dtype=np.float64))

    def leader(self, label: str, horizon_days: float) -> str:
        """Say which forecast to read first: the model only where it beat the regression."""
        rows = self.of(label, horizon_days)
        beats = MODEL in rows.index and rows.loc[MODEL, "brier_less_high"] < 0.0
        return MODEL if beats else REGRESSION


def measured_record(prepared: HumanLog, model: ModelForecast, seed: int, origin: str) -> Record:
    """Measure both forecasts on real rooms, each forecast by what was learnt from other rooms."""
    rooms = seen_rooms(prepared)
    parts, numbers = [], {}
    for label in LABELS:
        known = rooms.decided(label)
        judged = held_out(rooms, label, {MODEL: model})
        for age in np.unique(rooms.age_days[known]):
            truth = rooms.labels[label][known & (rooms.age_days == age)]
            part = judged.skill(age, seed)[[*_MEASURES, *_LESS]].reset_index()
            part.insert(0, "label", label)
            part.insert(1, "horizon_days", age)
            parts.append(part.assign(rooms=len(truth), share=truth.mean()))
        fitted = regression(rooms, known, label)
        slopes = dict(zip(INPUTS, fitted.slopes, strict=True))
        numbers[label] = {"intercept": fitted.intercept} | slopes
    fitted_numbers = pd.DataFrame.from_dict(numbers, orient="index").rename_axis("label")
    return Record(pd.concat(parts, ignore_index=True), fitted_numbers, origin)


def shipped_record() -> Record:
    """Read what was measured on the learner rooms: aggregates, no row of any room."""
    tables = []
    for name in ("forecast.csv", "forecast_regression.csv"):
        with (resources.files(TABLES) / name).open(encoding="utf-8") as file:
            tables.append(pd.read_csv(file))
    frame, numbers = tables
    origin = "public rooms of learners (freeCodeCamp/gitter-history)"
    return Record(frame, numbers.set_index("label"), origin)


def outlook(log: ChatLog, record: Record, model: ModelForecast) -> pd.DataFrame:
    """Forecast every group of a log, a row each, from all days it was seen.

    Without a known creation a group counts from its first human message; NaN where a label is not
    asked; ``horizon_days`` is the oldest judged age not above its own, NaN under one day.
    """
    prepared = human_log(log)
    born = np.where(np.isnan(prepared.created), prepared.first, prepared.created)
    seen_days = (prepared.until - born) / DAY_SECONDS
    known = seen_days >= HORIZONS_DAYS[0]
    rooms = rooms_at(prepared, born, prepared.until, np.nextafter(seen_days, np.inf))
    silent = rooms.features["silent_days"].to_numpy() >= SILENCE_DAYS
    oldest = np.searchsorted(HORIZONS_DAYS, seen_days, side="right") - 1
    horizon = np.where(known, np.array(HORIZONS_DAYS, dtype=np.float64)[oldest], np.nan)
    found = pd.DataFrame({"group": list(prepared.names), "seen_days": seen_days})
    found["horizon_days"] = horizon
    shown = rooms.features.astype(np.float64)
    shown.loc[~known] = np.nan
    found = pd.concat([found, shown], axis=1).assign(silent_now=silent & known)
    for label in LABELS:
        asked = known & _asked(label, seen_days, silent)
        fits = {"regression": record.regression(label), MODEL: model.fitted[label]}
        for name, fitted in fits.items():
            chance = fitted.probability(rooms.inputs())
            found[f"{label}_{name}"] = np.where(asked, chance, np.nan)
    return found


def _asked(label: str, seen_days: Floats, silent: Booleans) -> Booleans:
    young = {WEEK_TWO: seen_days <= 7.0, PAST_90: seen_days < 90.0}
    if label in young:
        return np.asarray(young[label])
    return ~silent if label in BEGINS.values() else silent
