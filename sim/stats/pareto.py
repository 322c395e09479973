"""The Pareto front: points that no other point clearly beats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.stats.intervals import CLEAR_ERRORS, Floats


def pareto_front(gains: Sequence[Floats]) -> npt.NDArray[np.bool_]:
    """Say which points [point] are on the front (Pareto 1906): no other is as good in every mean
    and better in one by 2 standard errors; never one with an unknown mean. Gains are an array
    [replication, point] an aim, more is better; points share seeds, so that they pair.
    """
    means = np.stack([gain.mean(axis=0) for gain in gains])
    known: npt.NDArray[np.bool_] = ~np.isnan(means).any(axis=0)
    front = known.copy()
    for at in np.flatnonzero(known):
        as_good = known & (means >= means[:, [at]]).all(axis=0)
        front[at] = not any(
            _clearly_above_zero(gain[:, other] - gain[:, at])
            for other in np.flatnonzero(as_good)
            for gain in gains
        )
    return front


def _clearly_above_zero(gaps: Floats) -> bool:
    if len(gaps) < 2:
        return False
    mean, error = gaps.mean(), gaps.std(ddof=1) / np.sqrt(len(gaps))
    return bool(mean > 0 and mean >= CLEAR_ERRORS * error)
