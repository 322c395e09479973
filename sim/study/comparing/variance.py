"""Monte-Carlo and parameter uncertainty of a mean, told apart by an analysis of variance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.state import Array

FEWEST_PAIRS = 2
ROUNDING = 1e-9
LEVEL = 0.95


@dataclass(frozen=True)
class Components:
    """What a mean over particles and replications is uncertain by."""

    mean: float  # over replications and, by weight, particles
    monte_carlo_error: float  # standard error; more replications make it smaller
    parameter_sd: float  # between particles, freed of Monte-Carlo noise; 0 with one
    replications: int
    particles: float  # effective number, 1 / (sum of squared weights)

    @property
    def error(self) -> float:
        """Both together; few particles add their share."""
        return math.hypot(
            self.monte_carlo_error, self.parameter_sd * math.sqrt(1.0 + 1.0 / self.particles)
        )

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean by Student's t, both doubts in it."""
        from scipy.special import stdtrit

        if self.replications < FEWEST_PAIRS:
            return math.nan, math.nan
        half = float(stdtrit(self.freedom, 0.5 + LEVEL / 2)) * self.error
        return self.mean - half, self.mean + half

    @property
    def freedom(self) -> float:
        """Degrees of freedom of `error` (Satterthwaite 1946)."""
        if not self.error > 0.0:  # nothing varies, or nothing is known
            return max(1.0, self.replications - 1.0)
        parts = [(self.monte_carlo_error, self.replications - 1.0)]
        if self.particles > 1.0:
            parts.append((math.sqrt(self.error**2 - parts[0][0] ** 2), self.particles - 1.0))
        below = sum((part / self.error) ** 4 / freedom for part, freedom in parts)
        return 1.0 / below


def components(values: Array, weights: Array | None = None) -> Components:
    """Split a mean's uncertainty over values [particle, replication], NaN below 2 replications.

    Two-way analysis of variance with random effects, without interaction, as every particle meets
    the same seeds (Searle, Casella and McCulloch 1992, 4.5); unequal weights: weighted spread.
    """
    particles, replications = values.shape
    share = np.full(particles, 1.0 / particles) if weights is None else np.asarray(weights)
    squares = float((share**2).sum())
    if replications < FEWEST_PAIRS:
        mean = float(share @ values[:, 0]) if replications else math.nan
        return Components(mean, math.nan, math.nan, replications, 1.0 / squares)
    each = share @ values
    error = float(each.std(ddof=1)) / math.sqrt(replications)
    between = 0.0
    if particles > 1 and squares < 1.0:
        of_particle = values.mean(axis=1)
        rest = values - of_particle[:, None] - values.mean(axis=0) + values.mean()
        noise = float((rest**2).sum()) / ((particles - 1) * (replications - 1))
        spread = float(share @ (of_particle - share @ of_particle) ** 2) / (1.0 - squares)
        between = spread - noise / replications
        between = between if between > ROUNDING * spread else 0.0
    return Components(float(each.mean()), error, math.sqrt(between), replications, 1.0 / squares)
