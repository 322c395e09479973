"""Counting ends of lives: hazards by age, intervals of shares, the log-rank test of two samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LogRank:
    """How far two samples' lifetimes differ."""

    chi2: float  # test statistic, one degree of freedom
    p: float  # probability of one as large when the hazards are equal, 0-1


def hazard_per_day(
    durations_days: npt.ArrayLike,
    observed: npt.ArrayLike,
    edges_days: Sequence[float] | Floats,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count ends and days lived in each span of age (its right edge inside; the first span both):
    ``from_days``, ``to_days``, ``events``, ``exposure_days``, ``hazard_per_day`` (NaN without
    exposure), ``lower``, ``upper`` (exact Poisson, Garwood 1936).
    """
    from scipy.special import gammaincinv

    durations, ended = checked_sample(durations_days, observed)
    edges = np.asarray(edges_days, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) > 0).all() or edges[0] < 0:
        raise InputError([f"edges_days: {list(edges_days)} must be two or more rising ages >= 0"])
    critical_value(level)  # raises for a level outside 0-1
    tail = (1 - level) / 2
    start, stop = edges[:-1], edges[1:]
    exposure = (np.clip(durations[:, None], start, stop) - start).sum(axis=0)
    place = np.searchsorted(edges, durations[ended], side="left") - 1
    place[durations[ended] == edges[0]] = 0
    inside = (place >= 0) & (place < len(start))
    events = np.bincount(place[inside], minlength=len(start)).astype(np.int64)
    lived = np.where(exposure > 0, exposure, np.nan)
    fewest = np.where(events > 0, gammaincinv(np.maximum(events, 1), tail), 0.0)
    most = gammaincinv(events + 1, 1 - tail)
    return pd.DataFrame(
        {
            "from_days": start,
            "to_days": stop,
            "events": events,
            "exposure_days": exposure,
            "hazard_per_day": events / lived,
            "lower": fewest / lived,
            "upper": most / lived,
        }
    )


def wilson_interval(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Bound shares known from counts of any broadcasting shape, also of 0 or all (Wilson 1927); 0
    and 1 where there was no trial.
    """
    hits, number = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    )
    critical = critical_value(level)
    if not ((hits >= 0) & (hits <= number)).all():
        raise InputError(["successes: must lie between 0 and the number of trials"])
    tried = np.maximum(number, 1)
    share, square = hits / tried, critical**2
    middle = (share + square / (2 * tried)) / (1 + square / tried)
    half = critical * np.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    half = half / (1 + square / tried)
    # At none and at all the interval ends exactly at 0 and 1; rounding must not say otherwise.
    lower = np.where(hits == 0, 0.0, middle - half)
    upper = np.where(hits == number, 1.0, middle + half)
    return lower, upper


def logrank(
    durations_a_days: npt.ArrayLike,
    observed_a: npt.ArrayLike,
    durations_b_days: npt.ArrayLike,
    observed_b: npt.ArrayLike,
) -> LogRank:
    """Test whether two samples end at the same rate (Mantel 1966), not weighted, without continuity
    correction; chi2 0 and p 1 where nothing can differ.
    """
    first, first_ended = checked_sample(durations_a_days, observed_a)
    second, second_ended = checked_sample(durations_b_days, observed_b)
    times = np.unique(np.append(first[first_ended], second[second_ended]))
    ends = _ends_at(first[first_ended], times)
    total_ends = ends + _ends_at(second[second_ended], times)
    risk = _at_risk(first, times)
    total_risk = risk + _at_risk(second, times)
    share = risk / total_risk
    excess = float((ends - total_ends * share).sum())
    spare = np.where(total_risk > 1, (total_risk - total_ends) / np.maximum(total_risk - 1, 1), 0)
    variance = float((total_ends * share * (1 - share) * spare).sum())
    if variance <= 0:
        return LogRank(0.0, 1.0)
    chi2 = excess**2 / variance
    return LogRank(chi2, math.erfc(math.sqrt(chi2 / 2)))


def _ends_at(ends: Floats, times: Floats) -> Integers:
    return np.bincount(np.searchsorted(times, ends), minlength=len(times)).astype(np.int64)


def _at_risk(durations: Floats, times: Floats) -> Integers:
    return np.asarray(len(durations) - np.searchsorted(np.sort(durations), times), dtype=np.int64)


def checked_sample(
    durations_days: npt.ArrayLike, observed: npt.ArrayLike
) -> tuple[Floats, Booleans]:
    """Return lifetimes [group] >= 0 and whether each end was seen [group]; refuse none, unequal
    lengths, and what is not finite.
    """
    durations = np.asarray(durations_days, dtype=np.float64).ravel()
    ended = np.asarray(observed, dtype=bool).ravel()
    problems = []
    if not len(durations):
        problems.append("durations_days: no group to follow, at least one is needed")
    if len(durations) != len(ended):
        problems.append(f"observed: {len(ended)} values for {len(durations)} durations")
    bad = int((~np.isfinite(durations) | (durations < 0)).sum())
    if bad:
        problems.append(f"durations_days: {bad} are not finite numbers >= 0")
    if problems:
        raise InputError(problems)
    return durations, ended


def critical_value(level: float) -> float:
    """Give the normal quantile of a two-sided interval of a coverage, 0-1, exclusive."""
    if not 0 < level < 1:
        raise InputError([f"level: {level} is not between 0 and 1"])
    return NormalDist().inv_cdf(0.5 + level / 2)
