"""How long the groups of each alternative live, side by side: curves, and tests of two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.state import Array
from sim.stats.survival import logrank, survival_curve


@dataclass(frozen=True)
class PairedLogRank:
    """A log-rank test that knows which groups share their seeds."""

    z: float  # above 0: the second lives longer; NaN where nothing can differ
    p: float  # two-sided, normal


def curves_of(names: Sequence[str], days: Array, ended: Array) -> pd.DataFrame:
    """Estimate survival from days and ended [alternative, particle, replication], NaN unknown.

    The columns of `sim.stats.survival.SurvivalCurve` by alternative, all particles together.
    """
    frames = [pd.DataFrame({"alternative": [], "time_days": [], "survival": []})]
    for name, lived, done in zip(names, days, ended, strict=True):
        known = ~np.isnan(lived)
        if known.any():
            curve = survival_curve(lived[known], done[known]).to_frame()
            frames.append(curve.assign(alternative=name))
    return pd.concat(frames[1:] or frames, ignore_index=True)


def lifetime_tests(names: Sequence[str], days: Array, ended: Array, weights: Array) -> pd.DataFrame:
    """Test each alternative's lives against the first one's, a row each; weights sum to 1.

    The plain log-rank (Mantel 1966) is NaN with several particles: no independent sample.
    """
    rows = []
    for name, lived, done in zip(names[1:], days[1:], ended[1:], strict=True):
        known = ~(np.isnan(days[0]) | np.isnan(lived))
        plain = (math.nan, math.nan)
        if len(lived) == 1 and known.any():
            test = logrank(days[0][known], ended[0][known], lived[known], done[known])
            plain = test.chi2, test.p
        paired = paired_logrank((days[0], ended[0]), (lived, done), weights)
        rows.append(
            {
                "alternative": name,
                "against": names[0],
                "chi2": plain[0],
                "p": plain[1],
                "paired_z": paired.z,
                "paired_p": paired.p,
                "groups": int(known.sum()),
                "ended_first": int(ended[0][known].sum()),
                "ended": int(done[known].sum()),
            }
        )
    return pd.DataFrame(rows)


def paired_logrank(
    first: tuple[Array, Array], second: tuple[Array, Array], weights: Array | None = None
) -> PairedLogRank:
    """Test two samples (days, ended) [particle, replication] whose groups are pairs (Jung 1999).

    Scores are ends less those expected by the hazard of both (Nelson-Aalen); the sum of the pairs'
    differences is held against their exchangeability. NaN leaves a replication out.
    """
    known = ~(np.isnan(first[0]) | np.isnan(second[0])).any(axis=0)
    days = np.stack([first[0][:, known], second[0][:, known]])
    ended = np.stack([first[1][:, known], second[1][:, known]])
    score = ended - _hazard(days.ravel(), ended.ravel()).reshape(days.shape)
    share = np.full(len(first[0]), 1.0 / len(first[0])) if weights is None else weights
    gaps = share @ (score[0] - score[1])
    spread = math.sqrt(float((gaps**2).sum()))
    if spread < 1e-12 * max(1, len(gaps)):
        return PairedLogRank(math.nan, 1.0)
    z = float(gaps.sum()) / spread
    return PairedLogRank(z, math.erfc(abs(z) / math.sqrt(2.0)))


def _hazard(days: Array, ended: Array) -> Array:
    """Return the Nelson-Aalen hazard of all groups together, added up to each group's last day."""
    if not len(days):
        return np.zeros(0)
    times, place = np.unique(days, return_inverse=True)
    ends = np.bincount(place, weights=ended, minlength=len(times))
    leaving = np.bincount(place, minlength=len(times))
    at_risk = len(days) - np.append(0, np.cumsum(leaving)[:-1])
    return np.asarray(np.cumsum(ends / at_risk)[place])
