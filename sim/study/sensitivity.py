"""Sensitivity: which lever or uncertain parameter an outcome answers to (Morris, Sobol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import Faults, InputError, nearest_key
from sim.lives.outcomes import AIM, main_outcomes, outcomes_by_name
from sim.populations import LEVER
from sim.progress import Progress
from sim.state import Array
from sim.stats.intervals import CLEAR_ERRORS
from sim.study.origin import definitions, failures_entry, origin, why_missing
from sim.study.rows import ERROR
from sim.study.store import read_manifest
from sim.study.study_file import StudyFile, needed
from sim.study.sweep import play

MORRIS, SOBOL = "morris", "sobol"
LEVELS = {"num_levels": 4}
"""Of Morris."""

TOTAL_ONLY = {"calc_second_order": False}
"""Of Sobol: no index of two factors together."""

RESAMPLES = {"num_resamples": 400, "seed": 1}
HALF_WIDTH_ERRORS = 1.959964
DEFAULT_OUTCOMES = tuple(outcome.name for outcome in main_outcomes(AIM))


@dataclass(frozen=True)
class Sensitivity:
    """What the outcomes answer to."""

    # a row an outcome and factor. value: Morris mean absolute effect of the range, Sobol total
    # share; lower, upper: 95 %; second: sigma, or first-order share; direction: mean effect
    indices: pd.DataFrame
    noise: dict[str, float]  # outcome to Monte-Carlo share of the variance between points
    method: str
    points: int
    replications: int
    # all that decides the numbers, and the outcomes' definitions
    origin: dict[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return the indices: one row an outcome and factor."""
        return self.indices


def sensitivity(
    study: StudyFile,
    folder: str | Path,
    method: str = MORRIS,
    size: int = 16,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Play a Morris or Sobol sample of a study into a store, and say what the outcomes answer to.

    Parameters
    ----------
    study : StudyFile
    folder : str or Path
        Of the store; the same call continues it.
    method : str
    size : int
        Morris: trajectories of (factors + 1) points. Sobol: base points, a power of two; the design
        has size x (factors + 2).
    outcomes : sequence of str
    threads : int, optional
    progress : callable, optional
        Called with the member-days done and those to do.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        SALib is not installed; an unknown outcome; an outcome that is missing at some point.
    """
    known = list(outcomes_by_name())
    faults = Faults(
        f"outcome: {name!r} is not an outcome{nearest_key(name, known)}"
        for name in outcomes
        if name not in known
    )
    factors = list(study.factors)
    if method == MORRIS and LEVER in factors:
        faults.append("posterior: its parameter sets have no order; use the method sobol")
    faults.refuse()
    shares = sample(factors, method, size, study.seed)
    design = study.design([study.values(row) for row in shares])
    rows = play(design, folder, threads, progress).to_frame([*outcomes, ERROR])
    frames, noise = [], {}
    for name in outcomes:
        values, noise[name] = averaged(rows, name, len(shares))
        found = analyse(factors, method, shares, values)
        found.insert(0, "group", found["factor"].map(study.groups))
        found.insert(0, "outcome", name)
        frames.append(found)
    indices = pd.concat(frames, ignore_index=True)
    entries = origin(read_manifest(folder)) | definitions(outcomes) | failures_entry(rows)
    return Sensitivity(indices, noise, method, len(shares), design.replications, entries)


def sample(factors: Sequence[str], method: str, size: int, seed: int) -> Array:
    """Draw in the unit cube for ``morris`` (1991), ``sobol`` (Saltelli 2010): [point, factor].

    `size` counts trajectories, or base points (a power of two).
    """
    if method not in (MORRIS, SOBOL):
        raise InputError([f"method: {method!r} is not one of {MORRIS}, {SOBOL}"])
    salib = needed("SALib", f".sample.{method}")
    if method == SOBOL and (size < 2 or size & (size - 1)):
        raise InputError([f"size: {size} is not a power of two, which Sobol's sample needs"])
    how = LEVELS if method == MORRIS else TOTAL_ONLY
    return np.asarray(salib.sample(_unit_cube(factors), size, seed=seed, **how))


def analyse(factors: Sequence[str], method: str, shares: Array, values: Array) -> pd.DataFrame:
    """Return the indices, a row a factor, of an outcome [point] at shares [point, factor]."""
    salib, cube = needed("SALib", f".analyze.{method}"), _unit_cube(factors)
    nothing = np.zeros(len(factors))
    if not np.ptp(values) > 0:  # nothing varies, so nothing answers
        first = total = error = direction = nothing
    elif method == MORRIS:
        found = salib.analyze(cube, shares, values, **LEVELS, **RESAMPLES)
        keys = "sigma", "mu_star", "mu_star_conf", "mu"
        first, total, error, direction = (np.asarray(found[key]) for key in keys)
    else:
        found = salib.analyze(cube, values, **TOTAL_ONLY, **RESAMPLES)
        first, total, error = (np.asarray(found[key]) for key in ("S1", "ST", "ST_conf"))
        direction = nothing + np.nan
    error = error / HALF_WIDTH_ERRORS
    return pd.DataFrame(
        {
            "factor": list(factors),
            "value": total,
            "lower": total - HALF_WIDTH_ERRORS * error,
            "upper": total + HALF_WIDTH_ERRORS * error,
            "told_apart": (total > 0) & (total >= CLEAR_ERRORS * error),
            "second": first,
            "direction": direction,
        }
    )


def averaged(rows: pd.DataFrame, name: str, points: int) -> tuple[Array, float]:
    """Average an outcome over replications: array [point], and the share of it that is noise.

    Mean squared Monte-Carlo error over the variance between points (as if no seeds were shared);
    NaN for one replication; failed communities are left out.
    """
    numbers = pd.Series(rows[name].to_numpy(dtype=np.float64, na_value=np.nan), rows["point"])
    by_point = numbers.groupby(level=0)
    means = by_point.mean().reindex(range(points)).to_numpy()
    if np.isnan(means).any():
        raise InputError([f"outcome: {why_missing(rows, name)}"])
    errors = (by_point.var() / by_point.count()).to_numpy()
    spread = float(np.var(means, ddof=1))
    return means, float(np.mean(errors) / spread) if spread > 0 else float("nan")


def _unit_cube(factors: Sequence[str]) -> dict[str, Any]:
    """Describe the unit cube as SALib wants it."""
    bounds = [[0.0, 1.0]] * len(factors)
    return {"num_vars": len(factors), "names": list(factors), "bounds": bounds}
