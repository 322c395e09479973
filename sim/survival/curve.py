"""How long groups live: the share still alive at each age, with a confidence band."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.survival.rates import Floats, Integers, checked_sample, critical_value


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
        return self._first_at_most(self.survival, 0.5)

    def median_band_days(self) -> tuple[float, float]:
        """Bound the median by where the band crosses one half (Brookmeyer & Crowley 1982), NaN:
        nowhere.
        """
        return self._first_at_most(self.lower, 0.5), self._first_at_most(self.upper, 0.5)

    def _first_at_most(self, values: Floats, level: float) -> float:
        below = np.flatnonzero(values <= level + 1e-12)  # 1 - 3 * (1 / 6) is not quite 1 / 2
        return float(self.time_days[below[0]]) if len(below) else math.nan


def survival_curve(
    durations_days: npt.ArrayLike, observed: npt.ArrayLike, level: float = 0.95
) -> SurvivalCurve:
    """Estimate the share alive after each duration [group], censored where not `observed` (at risk
    in an event of the same time); band by Greenwood on the log(-log) scale (Kaplan & Meier 1958;
    Kalbfleisch & Prentice 1980, section 1.4). With nobody ending, survival is 1.
    """
    durations, ended = checked_sample(durations_days, observed)
    critical = critical_value(level)
    times = np.unique(np.append(0.0, durations))
    place = np.searchsorted(times, durations)
    events = np.bincount(place[ended], minlength=len(times)).astype(np.int64)
    censored = np.bincount(place[~ended], minlength=len(times)).astype(np.int64)
    at_risk = len(durations) - np.append(0, np.cumsum(events + censored)[:-1])
    survival = np.cumprod(1 - events / at_risk)
    lower, upper = _log_log_band(survival, events, at_risk, critical)
    return SurvivalCurve(times, survival, lower, upper, at_risk.astype(np.int64), events, censored)


def _log_log_band(
    survival: Floats, events: Integers, at_risk: Integers, critical: float
) -> tuple[Floats, Floats]:
    left = at_risk - events
    inside = (survival > 0) & (survival < 1)
    terms = np.divide(events, at_risk * left, out=np.zeros(len(events)), where=left > 0)
    log_survival = np.log(survival, out=np.full(len(survival), -1.0), where=inside)
    spread = critical * np.sqrt(np.cumsum(terms)) / -log_survival
    lower = np.where(inside, np.exp(log_survival * np.exp(spread)), survival)
    upper = np.where(inside, np.exp(log_survival * np.exp(-spread)), survival)
    if survival[-1] == 0 and len(survival) > 1:  # nobody left: carry the last known upper end
        upper[-1] = upper[-2]
    return lower, upper
