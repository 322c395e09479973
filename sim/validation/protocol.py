"""The protocol: rooms split by lot, fitted on one part, judged on the other with its own errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.lives.patterns import Median
from sim.validation.nulls.rooms import Null, fitted_null, null_table
from sim.validation.real import Rooms, community_split, half, measured
from sim.validation.rows import Row, Score, compared, score
from sim.validation.windows import Booleans, windows_of

SPLITS = 5
FIT_ROOMS = 400
"""Simulated rooms in each try of a fit, about as many as real ones."""

VOLUME_MOST = 5.0
"""Messages over those of the real rooms at which a try of a null's fit is given up."""

CEILING = "the other real part"
LEVEL = 0.95


@dataclass(frozen=True)
class Split:
    """One division of the real rooms."""

    seed: int
    fitted: Booleans  # fitted, judged: [room]
    judged: Booleans
    label: str  # what is judged: a half, or the names of communities


Candidate = Callable[[Split, pd.DataFrame], pd.DataFrame]
"""A split and the targets of its fitted part to simulated patterns; reads nothing of the judged."""


@dataclass(frozen=True)
class Judged:
    """A candidate on one split."""

    candidate: str
    split: Split
    rows: tuple[Row, ...]
    score: Score


@dataclass(frozen=True)
class Paired:
    """A difference of two candidates over the same splits, with a 95 % interval."""

    value: float  # mean difference and Student's interval over splits; NaN for one split
    low: float
    high: float

    @property
    def says(self) -> str:
        """Wins or loses in mean distance, where less is better, or not told apart."""
        if self.high < 0:
            return "wins"
        return "loses" if self.low > 0 else "not told apart"


def splits_of(rooms: Rooms, count: int = SPLITS, first_seed: int = 1) -> list[Split]:
    """Split real rooms by as many seeds: in halves, or by community where rooms have one."""
    found = []
    for seed in range(first_seed, first_seed + count):
        if any(rooms.communities):
            fitted, names = community_split(rooms, seed)
            label = " and ".join(names)
        else:
            fitted, label = half(rooms, seed), "the other half"
        found.append(Split(seed, fitted, ~fitted, label))
    return found


def run_protocol(
    rooms: Rooms,
    splits: Sequence[Split],
    candidates: Mapping[str, Candidate],
    progress: Callable[[int, int], None] | None = None,
) -> list[Judged]:
    """Judge every candidate on every split: split by split, in the order of the candidates."""
    judged: list[Judged] = []
    for split in splits:
        targets = measured(rooms, split.fitted, split.seed)
        held_out = measured(rooms, split.judged, split.seed)
        for name, candidate in candidates.items():
            rows = tuple(compared(split.label, held_out, candidate(split, targets), targets.index))
            judged.append(Judged(name, split, rows, score(rows)))
            if progress is not None:
                progress(len(judged), len(splits) * len(candidates))
    return judged


def ceiling(_: Split, targets: pd.DataFrame) -> pd.DataFrame:
    """Let the fitted part of the real rooms stand for the simulation: no model can do better."""
    return targets


def null_candidate(null: Null, rooms: Rooms, budget: int, judged_rooms: int) -> Candidate:
    """Make a candidate of a null model, fitted anew on every split, `FIT_ROOMS` rooms a try."""

    def simulated(split: Split, targets: pd.DataFrame) -> pd.DataFrame:
        windows = windows_of(rooms.window_days[split.fitted], split.label)
        most = VOLUME_MOST * mean_messages(rooms, split.fitted)
        found = fitted_null(null, windows, targets, FIT_ROOMS, budget, split.seed, most)
        fresh = split.seed + 1000
        days = windows.drawn(judged_rooms, fresh)
        return null_table(null, found.values, days, fresh, messages_a_room_most=2 * most)

    return simulated


def mean_messages(rooms: Rooms, chosen: Booleans) -> float:
    """Return the messages a room of some rooms, the never used included."""
    counted = rooms.brought["median msgs per group"]
    assert isinstance(counted, Median)
    return float(np.nan_to_num(counted.values[chosen]).mean())


def fixed_candidate(table: pd.DataFrame) -> Candidate:
    """Make a candidate of rooms simulated once: parameters that no split moves."""

    def the_same(_split: Split, _targets: pd.DataFrame) -> pd.DataFrame:
        return table

    return the_same


def medians(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return each candidate's median score over splits, a row each."""
    table = pd.DataFrame([{"candidate": one.candidate, **vars(one.score)} for one in judged])
    grouped = table.groupby("candidate", sort=False)
    found = grouped.median()
    found.insert(0, "splits", grouped.size())
    return found


def paired(judged: Sequence[Judged], first: str, second: str) -> Paired:
    """Return the first candidate's mean distance less the second's, over the same splits.

    Splits share rooms, so the interval is a guide, not an exact level.
    """
    distances = {
        name: {one.split.seed: one.score.mean_distance for one in judged if one.candidate == name}
        for name in (first, second)
    }
    common = sorted(distances[first].keys() & distances[second].keys())
    return interval([distances[first][seed] - distances[second][seed] for seed in common])


def interval(differences: Sequence[float]) -> Paired:
    """Return the mean of paired differences with Student's 95 % interval."""
    from scipy.special import stdtrit

    values = np.asarray(differences, dtype=np.float64)
    mean = float(values.mean()) if len(values) else np.nan
    if len(values) < 2:
        return Paired(mean, np.nan, np.nan)
    reach = stdtrit(len(values) - 1, (1 + LEVEL) / 2) * values.std(ddof=1) / np.sqrt(len(values))
    return Paired(mean, mean - float(reach), mean + float(reach))


def meets_bar(scores: pd.Series) -> bool:
    """Return whether a median score has 32 of 37 rows (or that share), |z| 1.2, all timing rows."""
    enough = scores["within"] >= 32 / 37 * scores["rows"]
    near = scores["mean_distance"] <= 1.2
    return bool(enough and near and scores["timing_and_return"] >= scores["timing_rows"])
