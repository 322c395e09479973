"""The model's forecast: what became of simulated rooms whose first days were like these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.patterns.human import DAY_SECONDS, HumanLog
from sim.scenario import Scenario
from sim.validation.forecast.early import LABELS, SEEN_DAYS, EarlyRooms, rooms_after
from sim.validation.forecast.logistic import Logistic, fit_logistic
from sim.validation.simulated import Progress, simulated_talk
from sim.validation.windows import Booleans, Floats

SEEN_MOST_DAYS = max(SEEN_DAYS.values())
SHOWN = ("posters", "messages", "late_messages", "silent_days")


@dataclass(frozen=True)
class ModelForecast:
    """The model conditioned on a room's first days, for one horizon.

    Attributes
    ----------
    horizon_days : float
    fitted : mapping of str to Logistic
        For each of `sim.validation.forecast.early.LABELS`, what simulated rooms teach.
    rooms : int
        Simulated rooms behind it.

    Examples
    --------
    >>> ModelForecast(3.0, {}, 0).rooms
    0
    """

    horizon_days: float
    fitted: Mapping[str, Logistic]
    rooms: int

    def probability(self, rooms: EarlyRooms, label: str) -> Floats:
        """Return the model's probability for every room.

        Parameters
        ----------
        rooms : EarlyRooms
            Of the same horizon.
        label : str

        Returns
        -------
        ndarray, shape [room]
        """
        return self.fitted[label].probability(_inputs(rooms))

    def __call__(
        self, rooms: EarlyRooms, _learnt: Booleans, judged: Booleans, label: str, _seed: int
    ) -> Floats:
        """Forecast as `sim.validation.forecast.baseline.Forecaster` asks; learn from no room."""
        return self.probability(rooms, label)[judged]


def model_forecasts(
    scenarios: Sequence[Scenario],
    horizons_days: Sequence[float],
    window_days: Floats,
    seed: int,
    progress: Progress | None = None,
) -> dict[float, ModelForecast]:
    """Simulate rooms of a population and learn what their first days say of the rest.

    The probability given the first days is summarised by a logistic regression on posters,
    messages, messages of the horizon's last third and the silence at its end: approximate Bayesian
    computation by regression (Beaumont, Zhang and Balding 2002), with the model's rooms as data.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Of a population's particles.
    horizons_days : sequence of float
    window_days : ndarray, shape [room]
        How long each simulated room is seen; shorter ones are seen for 120 days, so that every
        label is decided. "Never again" hangs on how long one looks.
    seed : int
    progress : callable, optional

    Returns
    -------
    dict of float to ModelForecast
    """
    days = np.maximum(window_days, SEEN_MOST_DAYS)
    said, _, _ = simulated_talk(scenarios, days, seed, progress=progress)
    created = np.zeros(len(days))
    log = HumanLog(said.room, said.member, said.hours * 3600.0, days * DAY_SECONDS, created, 0)
    found = {}
    for horizon in horizons_days:
        early = rooms_after(log, created, log.until, horizon)
        inputs = _inputs(early)
        found[horizon] = ModelForecast(
            horizon,
            {
                name: fit_logistic(inputs, early.labels[name].to_numpy(np.float64))
                for name in LABELS
            },
            len(days),
        )
    return found


def _inputs(rooms: EarlyRooms) -> Floats:
    return np.asarray(np.log1p(rooms.features[list(SHOWN)].to_numpy(np.float64)))
