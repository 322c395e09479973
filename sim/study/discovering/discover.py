"""Where in the space of levers groups die: boxes of a finished study, and their doubt."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from sim.progress import Progress
from sim.study.discovering.boxes import Cases, within
from sim.study.discovering.cases import ALIASES, FEWEST_POINTS, cases_of, check, table_of, usable
from sim.study.discovering.chance import HALVES, SHUFFLES, Doubt, doubt_of, search
from sim.study.discovering.found import Discovery, FoundBox
from sim.study.discovering.prim import PeeledBox, peel
from sim.study.failures import failures_entry
from sim.study.origin import definitions, origin
from sim.study.store import read_store

MOST_BOXES = 3
SEARCHES = MOST_BOXES * (SHUFFLES + HALVES)
"""Most that a discovery makes."""


def discover(
    folder: str | Path,
    outcome: str = "dead",
    below: float | None = None,
    above: float | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Discovery:
    """Find the boxes of lever values in which groups die, or in which any outcome is low or high.

    Parameters
    ----------
    folder : str or Path
        Of a finished sweep.
    outcome : str
        A truth (``dead``: no member message in days 8-14), or a number with `below` or `above`.
    below, above : float, optional
        What makes a number a case.
    seed : int
        Of the shuffles and halves.
    progress : callable, optional
        Called with the searches done and those to do.

    Returns
    -------
    Discovery

    Raises
    ------
    InputError
        No store, an unknown outcome, no lever that varies, no case or nothing but cases.
    """
    manifest, rows = read_store(folder)
    name = ALIASES.get(outcome, outcome)
    happened, case = cases_of(rows, name, below, above)
    varied = [key for key in manifest.levers if rows[key].nunique() > 1]
    levers = [key for key in varied if usable(rows[key])]
    good = rows.assign(case=happened)[rows["error"].isna() & happened.notna()]
    failed = failures_entry(rows)
    check(folder, good, levers, case, failed.values())
    table = table_of(good, levers)
    boxes, trajectory = _boxes(table, good, seed, progress)
    return Discovery(
        name,
        case,
        len(table.known),
        int(table.known.sum()),
        int(table.cases.sum()),
        tuple(boxes),
        trajectory,
        tuple(key for key in varied if key not in levers),
        seed,
        origin(manifest) | {"case": case} | definitions([name]) | failed,
    )


def _boxes(
    table: Cases, rows: pd.DataFrame, seed: int, progress: Progress | None
) -> tuple[list[FoundBox], pd.DataFrame]:
    """Find one box after the other, each among the points that no earlier one holds."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, SEARCHES)

    trajectory = _trajectory(table)
    left, boxes = table, list[FoundBox]()
    while len(boxes) < MOST_BOXES and len(left.known) >= FEWEST_POINTS:
        if not 0 < left.cases.sum() < left.known.sum():
            break
        box = search(left)
        if boxes and not box.limits:
            break
        doubt = doubt_of(left, box, seed, tick)
        if boxes and (doubt.by_chance or box.density <= table.density):
            break
        inside = within(box.limits, left.levers)
        boxes.append(_found(table, left, box, doubt, rows))
        if doubt.by_chance or not box.limits:
            break
        left = Cases(left.levers[~inside], left.cases[~inside], left.known[~inside])
    return boxes, trajectory


def _found(table: Cases, left: Cases, box: PeeledBox, doubt: Doubt, rows: pd.DataFrame) -> FoundBox:
    inside = within(box.limits, left.levers)
    outside = left.cases[~inside].sum() / max(1, left.known[~inside].sum())
    gap, error = _gap(rows[rows["point"].isin(left.levers.index)], left.levers.index[inside])
    whole = PeeledBox(
        box.limits,
        box.cases,
        box.known,
        box.cases / int(table.cases.sum()),
        box.density,
        box.known / int(table.known.sum()),
        box.separation,
    )
    words = tuple(limit.in_words(table.levers[limit.key]) for limit in box.limits)
    return FoundBox(whole, words, doubt, float(outside), gap, error)


def _gap(rows: pd.DataFrame, points: pd.Index) -> tuple[float, float]:
    """Compare within and outside in each replication; the replication is what is independent."""
    inside = rows["point"].isin(points)
    within_it = rows[inside].groupby("replication")["case"].mean()
    outside = rows[~inside].groupby("replication")["case"].mean()
    gaps = (within_it - outside).dropna().to_numpy(dtype=np.float64)
    n = len(gaps)
    if not n:
        return math.nan, math.inf
    error = float(gaps.std(ddof=1) / math.sqrt(n)) if n > 1 else math.inf
    return float(gaps.mean()), error


def _trajectory(table: Cases) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "step": step,
            "coverage": box.coverage,
            "density": box.density,
            "mass": box.mass,
            "separation": box.separation,
            "limits": len(box.limits),
            "box": " and ".join(one.in_words(table.levers[one.key]) for one in box.limits),
        }
        for step, box in enumerate(peel(table))
    )
