"""How long groups live: curves with their bands, rates of ending by age, a test of two samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError
from sim.stats.intervals import Floats, critical_value

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SurvivalCurve:
    """The share still alive at each time, with a confidence band."""

    # [time]: 0, then every duration that occurred, rising. The curve steps down at these times
    time_days: Floats
    survival: Floats  # [time]: share alive just after each time, 0-1
    # [time]: ends of the band, each time by itself. [1, 1] before the first event; the lower is 0
    # where nobody is left: there Greenwood's variance says nothing
    lower: Floats
    upper: Floats
    # [time]: under observation just before each time (`at_risk`); ending; leaving observation then
    at_risk: Integers
    events: Integers
    censored: Integers

    def to_frame(self) -> pd.DataFrame:
        """Lay the curve out as a table, one row a time, columns named as the fields."""
        return pd.DataFrame({name: getattr(self, name) for name in self.__dataclass_fields__})

    def at(self, days: npt.ArrayLike) -> pd.DataFrame:
        """Read the curve at times from 0: ``time_days``, ``survival``, ``lower``, ``upper``; NaN
        past the last duration unless all ended.
        """
        wanted = np.atleast_1d(np.asarray(days, dtype=np.float64))
        place = np.searchsorted(self.time_days, wanted, side="right") - 1
        known = (place >= 0) & ((wanted <= self.time_days[-1]) | (self.survival[-1] == 0))
        columns = {
            name: np.where(known, getattr(self, name)[place], np.nan)
            for name in ("survival", "lower", "upper")
        }
        return pd.DataFrame({"time_days": wanted, **columns})

    def median_days(self) -> float:
        """Return the first time with survival of at most 0.5, NaN where it stays above."""
        return self._first_at_most_half(self.survival)

    def median_band_days(self) -> tuple[float, float]:
        """Bound the median by where the band crosses one half (Brookmeyer & Crowley 1982), NaN:
        nowhere.
        """
        return self._first_at_most_half(self.lower), self._first_at_most_half(self.upper)

    def _first_at_most_half(self, values: Floats) -> float:
        below = np.flatnonzero(values <= 0.5 + 1e-12)  # 1 - 3 * (1 / 6) is not quite 1 / 2
        return float(self.time_days[below[0]]) if len(below) else math.nan


@dataclass(frozen=True)
class LogRank:
    """How far two samples' lifetimes differ."""

    chi2: float  # test statistic, one degree of freedom
    p: float  # probability of one as large when the hazards are equal, 0-1


def survival_curve(
    durations_days: npt.ArrayLike, observed: npt.ArrayLike, level: float = 0.95
) -> SurvivalCurve:
    """Estimate the share alive after each duration [group], censored where not `observed` (at risk
    in an event of the same time); band by Greenwood on the log(-log) scale (Kaplan & Meier 1958;
    Kalbfleisch & Prentice 1980, section 1.4). With nobody ending, survival is 1.
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
    return SurvivalCurve(times, survival, lower, upper, at_risk, events, censored)


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

    durations, ended = _checked_sample(durations_days, observed)
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
    return pd.DataFrame(
        {
            "from_days": start,
            "to_days": stop,
            "events": events,
            "exposure_days": exposure,
            "hazard_per_day": events / lived,
            "lower": fewest / lived,
            "upper": gammaincinv(events + 1, 1 - tail) / lived,
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
