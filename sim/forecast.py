"""Forecasts of silence: what a room has shown by an age, what came of it, and how good they were.

Two forecasts stand side by side: a logistic regression learnt from real rooms, and the same
regression learnt from rooms that the model played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog import ChatLog
from sim.lives.human_log import DAY_SECONDS, HumanLog, human_log
from sim.scenario import Scenario
from sim.stats.intervals import percentile_interval
from sim.validation.rooms import (
    Booleans,
    Floats,
    Integers,
    Progress,
    births,
    shipped_table,
    simulated_talk,
)

HORIZONS_DAYS = (1, 3, 7, 14, 28, 60)
"""Ages at which forecasts are learnt and judged."""

SILENCE_DAYS = 7.0
WEEKS_AHEAD = (2, 4, 12)
WEEK_TWO = "silent_week2"
PAST_90 = "silent_past_day_90"
BEGINS = {weeks: f"silent_week_in_{weeks}_weeks" for weeks in WEEKS_AHEAD}
STAYS = {weeks: f"stays_silent_{weeks}_weeks" for weeks in WEEKS_AHEAD}
LABELS = {
    **{
        name: f"7 days without a member message are full within the next {weeks} weeks; asked of "
        "groups that are not silent for 7 days already"
        for weeks, name in BEGINS.items()
    },
    **{
        name: f"no member message in the next {weeks} weeks; asked of groups that are silent for 7 "
        "days already"
        for weeks, name in STAYS.items()
    },
    WEEK_TWO: "no member message in days 8-14; asked until day 7",
    PAST_90: "no member message after day 90, rooms seen 120 days or more; asked until day 90",
}
INPUTS = ("age", "posters", "posters_week", "active_share", "silent_days")
REGRESSION = "regression on all days seen"
BASE_RATE = "share of the other half"
MODEL = "model"
KEYS = ("room", "age_days", "split", "fold", "label")
"""Columns of a table of forecasts held out, before a column a forecast."""

SPLITS, RIDGE = 5, 1.0
SPAN_DAYS = HORIZONS_DAYS[-1] + 7.0 * WEEKS_AHEAD[-1]
"""How long a simulated room lasts at least, so that every label is decided."""

RESAMPLES = 500
AUC_LESS = ["auc_less", "auc_less_low", "auc_less_high"]
LEAST_RIDGE, ITERATIONS_MOST = 1e-3, 100


# --- what rooms have shown, and what came of it ---------------------------------------------------


@dataclass(frozen=True)
class SeenRooms:
    """Rooms with what they had shown by some age and what came later."""

    room: Integers  # [row]
    age_days: Floats  # [row] features use messages strictly before this age
    # [row] posters, messages; posters_week, active_share of 7 days; silent_days since the last
    # message or birth
    features: pd.DataFrame
    labels: pd.DataFrame  # [row] a column for each of `LABELS`: 1, 0, NaN not asked or not decided

    def decided(self, label: str) -> Booleans:
        """Say for which rows a label is known."""
        return np.asarray(self.labels[label].notna().to_numpy(), dtype=bool)

    def inputs(self) -> Floats:
        """Return a regression's inputs [row, `INPUTS`]: logarithms, but for a share.

        Rooms older than the oldest age that is learnt from count as of that age.
        """
        f = self.features
        logs = np.log1p(f[["posters", "posters_week", "silent_days"]].to_numpy(dtype=np.float64))
        age = np.log(np.clip(self.age_days, HORIZONS_DAYS[0], HORIZONS_DAYS[-1]))
        return np.column_stack([age, logs[:, :2], f["active_share"], logs[:, 2]])


def seen_rooms(prepared: HumanLog, ages_days: Sequence[float] = HORIZONS_DAYS) -> SeenRooms:
    """Collect features and labels of rooms of known creation, a row for every age reached.

    Numbered as in the log, the never used last; all rows of an age (see `rooms_at`), then the next.
    """
    born = np.append(prepared.created, np.zeros(prepared.never_used))
    until = np.append(prepared.until, prepared.never_seen_days * DAY_SECONDS)
    parts = [rooms_at(prepared, born, until, age) for age in ages_days]
    room, age = (np.concatenate([getattr(p, name) for p in parts]) for name in ("room", "age_days"))
    kept = (until - born)[room] >= age * DAY_SECONDS  # false where not known
    features, labels = (
        pd.concat([getattr(p, name) for p in parts], ignore_index=True)[kept].reset_index(drop=True)
        for name in ("features", "labels")
    )
    return SeenRooms(room[kept], age[kept], features, labels)


def rooms_at(log: HumanLog, born: Floats, until: Floats, age_days: npt.ArrayLike) -> SeenRooms:
    """Count features and labels of rooms, in the order of `born` and `until` [room] in UTC seconds.

    Rooms without a message may follow those of the log.
    """
    rooms = len(born)
    now = np.broadcast_to(np.asarray(age_days, dtype=np.float64), rooms)
    talk = _Talk(log, (log.ts - born[log.group]) / DAY_SECONDS, rooms)
    before = talk.between(0.0, now)
    week = talk.between(now - 7.0, now) & before
    day = np.floor(now[log.group] - talk.age).astype(np.int64)
    silent = now - talk.newest(before)
    features = {
        "posters": talk.different(log.member, before),
        "messages": talk.count(before),
        "posters_week": talk.different(log.member, week),
        "active_share": talk.different(day, week) / np.clip(now, 1.0, 7.0),
        "silent_days": silent,
    }
    labels = _labels(talk, now, silent, (until - born) / DAY_SECONDS)
    return SeenRooms(np.arange(rooms), now, pd.DataFrame(features), labels)


@dataclass(frozen=True)
class _Talk:
    """Messages by the age of their room, counted a room."""

    log: HumanLog
    age: Floats
    rooms: int

    def between(self, low: Floats | float, high: Floats | float) -> Booleans:
        first, last = (np.broadcast_to(end, self.rooms)[self.log.group] for end in (low, high))
        return np.asarray((self.age >= first) & (self.age < last))

    def count(self, rows: Booleans) -> Integers:
        return np.bincount(self.log.group[rows], minlength=self.rooms)

    def different(self, what: Integers, rows: Booleans) -> Integers:
        many = what[rows].max(initial=0) + 1
        pairs = np.unique(self.log.group[rows] * many + what[rows])
        return np.bincount(pairs // many, minlength=self.rooms)

    def newest(self, rows: Booleans) -> Floats:
        """Age at the last of some messages; 0, the birth, where there is none."""
        ages = np.zeros(self.rooms)
        np.maximum.at(ages, self.log.group[rows], self.age[rows])
        return ages

    def waits(self) -> Floats:
        """Days before each message without one, since birth for the first."""
        earlier = np.zeros(len(self.age))
        follows = np.flatnonzero(np.diff(self.log.group) == 0) + 1
        earlier[follows] = np.maximum(self.age[follows - 1], 0.0)
        return self.age - earlier


def _labels(talk: _Talk, now: Floats, silent_days: Floats, seen: Floats) -> pd.DataFrame:
    silent, broke = silent_days >= SILENCE_DAYS, talk.waits() >= SILENCE_DAYS
    labels = {}
    for weeks in WEEKS_AHEAD:
        end = now + 7.0 * weeks
        later, decided = talk.between(now, end), seen >= end
        still = end - talk.newest(talk.between(0.0, end)) >= SILENCE_DAYS
        begun = (talk.count(later & broke) > 0) | still
        labels[BEGINS[weeks]] = np.where(decided & ~silent, begun, np.nan)
        labels[STAYS[weeks]] = np.where(decided & silent, talk.count(later) == 0, np.nan)
    for name, asked, low, high, needed in (
        (WEEK_TWO, now <= 7.0, 7.0, 14.0, 14.0), (PAST_90, now < 90.0, 90.0, np.inf, 120.0)
    ):  # fmt: skip
        quiet = talk.count(talk.between(low, high)) == 0
        labels[name] = np.where(asked & (seen >= needed), quiet, np.nan)
    return pd.DataFrame(labels)[list(LABELS)]


# --- the regression, and the model's --------------------------------------------------------------


@dataclass(frozen=True)
class Logistic:
    """A fitted logistic regression."""

    intercept: float
    slopes: Floats  # [feature], per unit of each

    def probability(self, features: Floats) -> Floats:
        """Return the probability of a 1 for features [row, feature]: array [row]."""
        return _logistic(self.intercept + features @ self.slopes)


Regressions = Mapping[str, Logistic]
"""One for each of `LABELS`, or by the name of a forecast."""


def fit_logistic(features: Floats, labels: Floats, ridge: float = LEAST_RIDGE) -> Logistic:
    """Fit a logistic regression to features [row, feature], labels 0 or 1 (Newton; Green 1984).

    The ridge acts on standardised slopes only, finite where labels are separable; one label alone
    gives its share, held within half a row of 0 and 1.
    """
    rows, count = features.shape
    share = np.clip(labels.mean() if rows else 0.5, 0.5 / max(rows, 1), 1 - 0.5 / max(rows, 1))
    base = float(np.log(share / (1 - share)))
    if not rows or labels.min() == labels.max():
        return Logistic(base, np.zeros(count))
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x = np.column_stack([np.ones(rows), (features - centre) / spread])
    penalty = np.append(0.0, np.full(count, ridge))
    beta = np.append(base, np.zeros(count))
    for _ in range(ITERATIONS_MOST):
        p = _logistic(x @ beta)
        gradient = x.T @ (labels - p) - penalty * beta
        curvature = (x.T * (p * (1 - p))) @ x + np.diag(penalty) + 1e-12 * np.eye(count + 1)
        step = np.linalg.solve(curvature, gradient)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    slopes = beta[1:] / spread
    return Logistic(float(beta[0] - slopes @ centre), slopes)


def _logistic(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x), dtype=np.float64)


def regression(rooms: SeenRooms, learnt: Booleans, label: str) -> Logistic:
    """Fit the regression on `INPUTS` on some rows [row] with a decided label, all ages together."""
    used = learnt & rooms.decided(label)
    truth = rooms.labels[label].to_numpy(np.float64)[used]
    return fit_logistic(rooms.inputs()[used], truth, RIDGE)


def model_forecast(
    scenarios: Sequence[Scenario], window_days: Floats, seed: int, progress: Progress | None = None
) -> dict[str, Logistic]:
    """Simulate rooms seen for window_days [room] and learn what each age says of the rest, a label.

    Approximate Bayesian computation by regression (Beaumont, Zhang and Balding 2002); short windows
    last to 12 weeks after the oldest age.
    """
    days = np.maximum(window_days, SPAN_DAYS)
    talk = simulated_talk(scenarios, days, seed, progress=progress).talk
    created = np.zeros(len(days))
    log = HumanLog(talk.room, talk.member, talk.hours * 3600.0, days * DAY_SECONDS, created, 0)
    rooms = seen_rooms(log)
    every = np.ones(len(rooms.room), dtype=bool)
    return {name: regression(rooms, every, name) for name in LABELS}


# --- how good forecasts were ----------------------------------------------------------------------


def held_out(
    rooms: SeenRooms, label: str, others: Regressions, splits: int = SPLITS
) -> pd.DataFrame:
    """Forecast every room from the other half, by several splits; the regression is the yardstick.

    `others` learnt from no room here. A row a room, age and split: `KEYS` (fold: which half), then
    a column a forecast. A room is in one half with all its ages.
    """
    known = rooms.decided(label)
    truth, inputs = rooms.labels[label].to_numpy(np.float64), rooms.inputs()
    parts = []
    for seed in range(1, splits + 1):
        order = np.random.default_rng([seed, 0x4A1F]).permutation(np.unique(rooms.room[known]))
        first = known & np.isin(rooms.room, order[: len(order) // 2])
        for fold, learnt in enumerate((first, known & ~first)):
            judged = known & ~learnt
            keys = rooms.room[judged], rooms.age_days[judged], seed, fold, truth[judged]
            table = pd.DataFrame(dict(zip(KEYS, keys, strict=True)))
            table[REGRESSION] = regression(rooms, learnt, label).probability(inputs[judged])
            table[BASE_RATE] = _shares(rooms.age_days, truth, learnt)[judged]
            for name, fitted in others.items():
                table[name] = fitted.probability(inputs[judged])
            parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _shares(age_days: Floats, truth: Floats, learnt: Booleans) -> Floats:
    """Return for every row the share of ones among the rows learnt from of the same age."""
    shares = pd.Series(truth[learnt]).groupby(age_days[learnt]).mean()
    return np.asarray(shares.reindex(age_days).fillna(0.5).to_numpy(), dtype=np.float64)


def skill(forecasts: pd.DataFrame, age_days: float, seed: int = 1) -> pd.DataFrame:
    """Set forecasts of rooms at one age (`KEYS`, a column a forecast) side by side, a row each.

    ``_less`` columns are paired differences from the first forecast. The seed resamples rooms: one
    forecast several times is drawn whole.
    """
    frame = forecasts[forecasts["age_days"] == age_days]
    given = {name: frame[name].to_numpy() for name in frame if name not in KEYS}
    label, fold = frame["label"].to_numpy(), (2 * frame["split"] + frame["fold"]).to_numpy()
    draws = _resampled_rows(frame["room"].to_numpy(), seed)
    found: dict[str, dict[str, float]] = {name: {} for name in given}
    for measure, count in {"auc": auc, "brier": brier}.items():
        values = {name: count(label, one, fold) for name, one in given.items()}
        drawn = {
            name: np.array([count(label[r], one[r], fold[r]) for r in draws])
            for name, one in given.items()
        }
        first = next(iter(given))
        for name in given:
            less = values[name] - values[first], drawn[name] - drawn[first]
            for key, value, of in (
                (measure, values[name], drawn[name]), (f"{measure}_less", *less)
            ):  # fmt: skip
                low, high = percentile_interval(of)
                found[name] |= {key: value, f"{key}_low": low, f"{key}_high": high}
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("forecast")


def _resampled_rows(of_room: Integers, seed: int) -> list[Integers]:
    """Draw rooms with replacement and return the rows of those drawn."""
    rng = np.random.default_rng([seed, 0xF0CA])
    order = np.argsort(of_room, kind="stable")
    rooms, starts = np.unique(of_room[order], return_index=True)
    parts = np.split(order, starts[1:])
    return [
        np.concatenate([parts[n] for n in rng.integers(0, len(rooms), len(rooms))])
        for _ in range(RESAMPLES)
    ]


def auc(labels: Floats, probabilities: Floats, folds: Integers | None = None) -> float:
    """Return the chance that a random 1 is given a higher probability than a random 0 of its fold.

    Ties count half (Mann and Whitney 1947); NaN with one label only.
    """
    if not len(labels):
        return np.nan
    fold = np.zeros(len(labels), dtype=np.int64) if folds is None else folds
    order = np.lexsort((probabilities, fold))
    fold, given, ones = fold[order], probabilities[order], labels[order] == 1
    new_fold = np.append(True, fold[1:] != fold[:-1])
    new_tie = new_fold | np.append(True, given[1:] != given[:-1])
    zeros_before = np.cumsum(~ones) - ~ones
    tie, of_fold = np.cumsum(new_tie) - 1, np.cumsum(new_fold) - 1
    below = zeros_before[new_tie][tie] - zeros_before[new_fold][of_fold]
    beside = np.bincount(tie, ~ones)[tie]
    pairs = float(np.bincount(of_fold, ~ones)[of_fold][ones].sum())
    return float((below[ones] + beside[ones] / 2).sum() / pairs) if pairs else np.nan


def brier(labels: Floats, probabilities: Floats, _folds: Integers | None = None) -> float:
    """Return the mean squared difference of probability and label (Brier 1950); 0 is perfect."""
    return float(np.mean((probabilities - labels) ** 2)) if len(labels) else np.nan


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


def measured_record(prepared: HumanLog, model: Regressions, seed: int, origin: str) -> Record:
    """Measure both forecasts on real rooms, each forecast by what was learnt from other rooms."""
    rooms = seen_rooms(prepared)
    parts, numbers = [], {}
    for label in LABELS:
        known = rooms.decided(label)
        judged = held_out(rooms, label, {MODEL: model[label]})
        for age in np.unique(rooms.age_days[known]):
            truth = rooms.labels[label][known & (rooms.age_days == age)]
            part = skill(judged, age, seed).drop(columns=AUC_LESS).reset_index()
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
    numbers = shipped_table("forecast_regression.csv").set_index("label")
    origin = "public rooms of learners (freeCodeCamp/gitter-history)"
    return Record(shipped_table("forecast.csv"), numbers, origin)


# --- forecasts of one's own rooms -----------------------------------------------------------------


def outlook(log: ChatLog, record: Record, model: Regressions) -> pd.DataFrame:
    """Forecast every group of a log, a row each, from all days it was seen.

    Without a known creation a group counts from its first human message; NaN where a label is not
    asked; ``horizon_days`` is the oldest judged age not above its own, NaN under one day.
    """
    prepared = human_log(log)
    born = births(prepared)
    seen_days = (prepared.until - born) / DAY_SECONDS
    known = seen_days >= HORIZONS_DAYS[0]
    rooms = rooms_at(prepared, born, prepared.until, np.nextafter(seen_days, np.inf))
    silent = rooms.features["silent_days"].to_numpy() >= SILENCE_DAYS
    oldest = np.searchsorted(HORIZONS_DAYS, seen_days, side="right") - 1
    found = pd.DataFrame({"group": list(prepared.names), "seen_days": seen_days})
    found["horizon_days"] = np.where(known, np.array(HORIZONS_DAYS, np.float64)[oldest], np.nan)
    shown = rooms.features.astype(np.float64)
    shown.loc[~known] = np.nan
    found = pd.concat([found, shown], axis=1).assign(silent_now=silent & known)
    young = {WEEK_TWO: seen_days <= 7.0, PAST_90: seen_days < 90.0}
    for label in LABELS:
        asked = young.get(label, ~silent if label in BEGINS.values() else silent) & known
        fits = {"regression": record.regression(label), MODEL: model[label]}
        for name, fitted in fits.items():
            chance = fitted.probability(rooms.inputs())
            found[f"{label}_{name}"] = np.where(asked, chance, np.nan)
    return found
