"""How long groups live: curves with their bands, and a test of two samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError
from sim.stats.intervals import Floats, critical_value

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LogRank:
    """How far two samples' lifetimes differ."""

    chi2: float  # test statistic, one degree of freedom
    p: float  # probability of one as large when the hazards are equal, 0-1


def survival_curve(
    durations_days: npt.ArrayLike, observed: npt.ArrayLike, level: float = 0.95
) -> pd.DataFrame:
    """Estimate the share alive after each duration [group], censored where not `observed` (at risk
    in an event of the same time); band by Greenwood on the log(-log) scale (Kaplan & Meier 1958;
    Kalbfleisch & Prentice 1980, section 1.4). With nobody ending, survival is 1.

    One row at 0 and at every duration that occurred: ``time_days``, ``survival`` just after it,
    ``lower``, ``upper`` (each time by itself; [1, 1] before the first event, the lower 0 where
    nobody is left), ``at_risk`` just before it, ``events``, ``censored``.
    """
    durations, ended = _checked_sample(durations_days, observed)
    times = np.unique(np.append(0.0, durations))
    place = np.searchsorted(times, durations)
    events, censored = (
        np.bincount(place[chosen], minlength=len(times)).astype(np.int64)
        for chosen in (ended, ~ended)
    )
    at_risk = len(durations) - np.append(0, np.cumsum(events + censored)[:-1]).astype(np.int64)
    survival = np.cumprod(1 - events / at_risk, dtype=np.float64)
    left = at_risk - events
    inside = (survival > 0) & (survival < 1)
    terms = np.divide(events, at_risk * left, out=np.zeros(len(events)), where=left > 0)
    log_survival = np.log(survival, out=np.full(len(survival), -1.0), where=inside)
    spread = critical_value(level) * np.sqrt(np.cumsum(terms)) / -log_survival
    lower, upper = (
        np.where(inside, np.exp(log_survival * np.exp(sign * spread)), survival) for sign in (1, -1)
    )
    if survival[-1] == 0 and len(survival) > 1:  # nobody left: carry the last known upper end
        upper[-1] = upper[-2]
    return pd.DataFrame(
        {
            "time_days": times,
            "survival": survival,
            "lower": lower,
            "upper": upper,
            "at_risk": at_risk,
            "events": events,
            "censored": censored,
        }
    )


def logrank(
    durations_a_days: npt.ArrayLike,
    observed_a: npt.ArrayLike,
    durations_b_days: npt.ArrayLike,
    observed_b: npt.ArrayLike,
) -> LogRank:
    """Test whether two samples end at the same rate (Mantel 1966), not weighted, without continuity
    correction; chi2 0 and p 1 where nothing can differ. scipy's overflows where more than 1e5
    groups end at once, as those that never speak do.
    """
    first, first_ended = _checked_sample(durations_a_days, observed_a)
    second, second_ended = _checked_sample(durations_b_days, observed_b)
    both, both_ended = np.append(first, second), np.append(first_ended, second_ended)
    times = np.unique(both[both_ended])
    (ends, risk), (all_ends, all_risk) = (
        (
            np.bincount(np.searchsorted(times, days[seen]), minlength=len(times)),
            len(days) - np.searchsorted(np.sort(days), times),
        )
        for days, seen in ((first, first_ended), (both, both_ended))
    )
    share = risk / all_risk
    excess = float((ends - all_ends * share).sum())
    spare = np.where(all_risk > 1, (all_risk - all_ends) / np.maximum(all_risk - 1, 1), 0)
    variance = float((all_ends * share * (1 - share) * spare).sum())
    if variance <= 0:
        return LogRank(0.0, 1.0)
    chi2 = excess**2 / variance
    return LogRank(chi2, math.erfc(math.sqrt(chi2 / 2)))


def _checked_sample(
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
    if bad := int((~np.isfinite(durations) | (durations < 0)).sum()):
        problems.append(f"durations_days: {bad} are not finite numbers >= 0")
    if problems:
        raise InputError(problems)
    return durations, ended
