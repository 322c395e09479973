"""Sensitivity: which lever or uncertain parameter an outcome answers to (Morris, Sobol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest_key
from sim.outcomes import OUTCOMES
from sim.populations import LEVER
from sim.state import Array
from sim.study.course import Progress
from sim.study.factors import StudyFile, play
from sim.study.failures import failures_entry, why_missing
from sim.study.origin import definitions, origin
from sim.study.store import read_manifest

MORRIS, SOBOL = "morris", "sobol"
METHODS = (MORRIS, SOBOL)
MORRIS_LEVELS = 4
RESAMPLES = 400
HALF_WIDTH_ERRORS = 1.959964
TOLD_APART_ERRORS = 2.0
DEFAULT_OUTCOMES = (
    "posting_members_per_day",
    "satisfaction",
    "dead_silent_week2",
    "cost_fen",
)
NEEDS = 'this needs SALib; install it with: pip install "qunlab[analysis]"'


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


def sample(factors: Sequence[str], method: str, size: int, seed: int) -> Array:
    """Draw in the unit cube for ``morris`` (1991), ``sobol`` (Saltelli 2010): [point, factor].

    `size` counts trajectories, or base points (a power of two).
    """
    if method not in METHODS:
        raise InputError([f"method: {method!r} is not one of {', '.join(METHODS)}"])
    _salib()
    problem = problem_of(factors)
    if method == MORRIS:
        from SALib.sample import morris

        return np.asarray(morris.sample(problem, size, num_levels=MORRIS_LEVELS, seed=seed))
    if size < 2 or size & (size - 1):
        raise InputError([f"size: {size} is not a power of two, which Sobol's sample needs"])
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem, size, calc_second_order=False, seed=seed))


def analyse(factors: Sequence[str], method: str, shares: Array, values: Array) -> pd.DataFrame:
    """Return the indices, a row a factor, of an outcome [point] at shares [point, factor]."""
    _salib()
    problem = problem_of(factors)
    if not np.ptp(values) > 0:  # nothing varies, so nothing answers
        first = total = error = direction = np.zeros(len(factors))
    elif method == MORRIS:
        from SALib.analyze import morris

        found = morris.analyze(
            problem, shares, values, num_levels=MORRIS_LEVELS, num_resamples=RESAMPLES, seed=1
        )
        total, first = np.asarray(found["mu_star"]), np.asarray(found["sigma"])
        error, direction = np.asarray(found["mu_star_conf"]), np.asarray(found["mu"])
    else:
        from SALib.analyze import sobol

        found = sobol.analyze(
            problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=1
        )
        total, first = np.asarray(found["ST"]), np.asarray(found["S1"])
        error, direction = np.asarray(found["ST_conf"]), np.full(len(factors), np.nan)
    error = error / HALF_WIDTH_ERRORS
    return pd.DataFrame(
        {
            "factor": list(factors),
            "value": total,
            "lower": total - HALF_WIDTH_ERRORS * error,
            "upper": total + HALF_WIDTH_ERRORS * error,
            "told_apart": (total > 0) & (total >= TOLD_APART_ERRORS * error),
            "second": first,
            "direction": direction,
        }
    )


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
    known = [outcome.name for outcome in OUTCOMES]
    problems = [
        f"outcome: {name!r} is not an outcome{nearest_key(name, known)}"
        for name in outcomes
        if name not in known
    ]
    factors = list(study.factors)
    if method == MORRIS and LEVER in factors:
        problems.append("posterior: its parameter sets have no order; use the method sobol")
    if problems:
        raise InputError(problems)
    seed = int(study.shared.get("seed", 1))
    shares = sample(factors, method, size, seed)
    design = study.design([study.values(row) for row in shares])
    result = play(design, folder, threads, progress)
    rows = result.to_frame([*outcomes, "error"])
    frames, noise = [], {}
    for name in outcomes:
        values, noise[name] = averaged(rows, name, len(shares))
        frames.append(analyse(factors, method, shares, values).assign(outcome=name))
    indices = pd.concat(frames, ignore_index=True)
    indices.insert(0, "group", indices["factor"].map(study.groups))
    indices.insert(0, "outcome", indices.pop("outcome"))
    said = origin(read_manifest(folder)) | definitions(outcomes) | failures_entry(rows)
    return Sensitivity(indices, noise, method, len(shares), design.replications, said)


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


def problem_of(factors: Sequence[str]) -> dict[str, Any]:
    """Describe the unit cube as SALib wants it."""
    bounds = [[0.0, 1.0]] * len(factors)
    return {"num_vars": len(factors), "names": list(factors), "bounds": bounds}


def _salib() -> None:
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise InputError([NEEDS]) from None
