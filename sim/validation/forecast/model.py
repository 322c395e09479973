"""The model's forecast: what became of simulated rooms that had shown what a room has shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.lives.human_log import DAY_SECONDS, HumanLog
from sim.scenario import Scenario
from sim.validation.forecast.held_out import regression
from sim.validation.forecast.logistic import Logistic
from sim.validation.forecast.seen import HORIZONS_DAYS, LABELS, WEEKS_AHEAD, SeenRooms, at_ages
from sim.validation.simulated import Progress, simulated_talk
from sim.validation.windows import Booleans, Floats

SEEN_LEAST_DAYS = HORIZONS_DAYS[-1] + 7.0 * WEEKS_AHEAD[-1]


@dataclass(frozen=True)
class ModelForecast:
    """The model conditioned on all that a room has shown."""

    fitted: Mapping[str, Logistic]  # for each of `LABELS`, what simulated rooms teach
    rooms: int  # simulated rooms behind it

    def __call__(
        self, rooms: SeenRooms, _learnt: Booleans, judged: Booleans, label: str, _seed: int
    ) -> Floats:
        """Forecast as `sim.validation.forecast.held_out.Forecaster` asks; learn from no room."""
        return self.fitted[label].probability(rooms.inputs()[judged])


def model_forecast(
    scenarios: Sequence[Scenario],
    window_days: Floats,
    seed: int,
    progress: Progress | None = None,
) -> ModelForecast:
    """Simulate rooms seen for window_days [room] and learn what each age says of the rest.

    Approximate Bayesian computation by regression (Beaumont, Zhang and Balding 2002); short windows
    last to 12 weeks after the oldest age, so that every label is decided.
    """
    days = np.maximum(window_days, SEEN_LEAST_DAYS)
    said, _, _ = simulated_talk(scenarios, days, seed, progress=progress)
    created = np.zeros(len(days))
    log = HumanLog(said.room, said.member, said.hours * 3600.0, days * DAY_SECONDS, created, 0)
    rooms = at_ages(log, created, log.until)
    every = np.ones(len(rooms.room), dtype=bool)
    return ModelForecast({name: regression(rooms, every, name) for name in LABELS}, len(days))
