"""How long groups live: survival curves with bands, hazards, intervals of shares, a test of two."""

from sim.survival.curve import SurvivalCurve, survival_curve
from sim.survival.rates import LogRank, hazard_per_day, logrank, wilson_interval

__all__ = [
    "LogRank",
    "SurvivalCurve",
    "hazard_per_day",
    "logrank",
    "survival_curve",
    "wilson_interval",
]
