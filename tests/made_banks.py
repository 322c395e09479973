"""A bank of simulations made by hand, and what a log would show at one place of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.inference import Bank, whole_prior
from sim.populations import Range

PRIORS = (Range("look.rate_per_day", 1.0, 9.0, True), Range("speak.propensity", 0.0, 0.4))
NAMES = ["a", "b", "c"]


def made_bank(particles: int = 300, error: float = 0.05) -> Bank:
    """Read two places with noise, and their product, which bends."""
    random = np.random.default_rng(4)
    places = random.random((particles, 2))
    shown = np.column_stack([places, places[:, 0] * places[:, 1]])
    patterns = pd.DataFrame(shown + error * random.standard_normal(shown.shape), columns=NAMES)
    return Bank(
        places,
        patterns,
        np.zeros(particles, np.int64),
        whole_prior(2),
        np.full(particles, 100.0),
        np.ones(particles, bool),
    )


def observed(place: tuple[float, float], error: float = 0.05) -> pd.DataFrame:
    value = [*place, place[0] * place[1]]
    index = pd.Index(NAMES, name="pattern")
    return pd.DataFrame({"value": value, "error": error}, index=index)
