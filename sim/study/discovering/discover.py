"""Where in the space of levers groups die: boxes of a finished study, and their doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.deaths import HEADLINE
from sim.errors import InputError, nearest
from sim.outcomes import OUTCOMES
from sim.progress import Progress
from sim.study.discovering.boxes import Cases, within
from sim.study.discovering.chance import HALVES, SHUFFLES, Doubt, doubt_of, search
from sim.study.discovering.prim import PeeledBox, peel
from sim.study.origin import definitions, origin
from sim.study.store import read_store

MOST_BOXES = 3
MOST_WORDS = 12
FEWEST_POINTS = 10
SEARCHES = MOST_BOXES * (SHUFFLES + HALVES)
"""Most that a discovery makes."""

TOLD_APART_ERRORS = 2.0
ALIASES = {"dead": f"dead_{HEADLINE.key}"}
TRUTH = "true/false"


@dataclass(frozen=True)
class FoundBox:
    """A region of the lever space in which it happens more often than elsewhere.

    Attributes
    ----------
    box : PeeledBox
        Coverage and mass count all communities of the study.
    words : tuple of str
        Its limits.
    doubt : Doubt
    outside : float
        Share of the communities outside that are cases (of those not in an earlier box).
    gap, gap_error : float
        Density within less outside, mean over replications, and its Monte-Carlo error.

    Examples
    --------
    >>> box = PeeledBox((), 5, 10, 1.0, 0.5, 1.0, 0.0)
    >>> FoundBox(box, (), Doubt(0.01, 0.5, 1.0, {}), 0.1, 0.4, 0.3).told_apart
    False
    """

    box: PeeledBox
    words: tuple[str, ...]
    doubt: Doubt
    outside: float
    gap: float
    gap_error: float

    @property
    def told_apart(self) -> bool:
        """Whether within and outside differ by 2 Monte-Carlo errors or more."""
        return self.gap_error < math.inf and abs(self.gap) >= TOLD_APART_ERRORS * self.gap_error


@dataclass(frozen=True)
class Discovery:
    """What a search for boxes found.

    Attributes
    ----------
    outcome : str
        Column of the rows.
    case : str
        What counts as a case, in words.
    points, known, cases : int
        Points of the design, communities of which it is known, and in which it happened.
    boxes : tuple of FoundBox
        The first that no shuffled table explains, and those after it; a last one found by chance
        stands only where it is the first.
    trajectory : pandas.DataFrame
        Of the first box: a row a step with ``step``, ``coverage``, ``density``, ``mass``,
        ``separation``, ``limits``, ``box`` (in words).
    left_out : tuple of str
        Levers of too many words.
    seed : int
        Of the shuffles and halves.
    origin : dict of str to str
        All that decides the numbers of the study searched, and what a case is.

    Examples
    --------
    >>> Discovery.__dataclass_fields__["cases"].name
    'cases'
    """

    outcome: str
    case: str
    points: int
    known: int
    cases: int
    boxes: tuple[FoundBox, ...]
    trajectory: pd.DataFrame
    left_out: tuple[str, ...]
    seed: int
    origin: dict[str, str] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Lay the boxes out, one row each."""
        return pd.DataFrame(
            {
                "box": " and ".join(found.words) or "everywhere",
                "coverage": found.box.coverage,
                "density": found.box.density,
                "mass": found.box.mass,
                "cases": found.box.cases,
                "communities": found.box.known,
                "density_outside": found.outside,
                "difference": found.gap,
                "difference_error": found.gap_error,
                "told_apart": found.told_apart,
                "density_at_new_points": found.doubt.new_density,
                "coverage_at_new_points": found.doubt.new_coverage,
                "shuffled_as_good": found.doubt.shuffled_as_good,
                "by_chance": found.doubt.by_chance,
            }
            for found in self.boxes
        )


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
    happened, case = _cases(rows, name, below, above)
    varied = [key for key in manifest.levers if rows[key].nunique() > 1]
    levers = [key for key in varied if _usable(rows[key])]
    good = rows.assign(case=happened)[rows["error"].isna() & happened.notna()]
    _check(folder, good, levers, case)
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
        origin(manifest) | {"case": case} | definitions([name]),
    )


def table_of(rows: pd.DataFrame, levers: list[str]) -> Cases:
    """Count the cases of each point.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``point``, ``case`` and the levers; the index of the result's levers is the point.
    levers : list of str

    Returns
    -------
    Cases

    Examples
    --------
    >>> rows = pd.DataFrame({"point": [0, 0, 1], "case": [True, False, True], "a": [5, 5, 6]})
    >>> table_of(rows, ["a"]).cases.tolist()
    [1, 1]
    """
    by_point = rows.groupby("point")
    counted = by_point["case"].agg(["sum", "size"])
    return Cases(
        by_point[levers].first(),
        counted["sum"].to_numpy(dtype=np.int64),
        counted["size"].to_numpy(dtype=np.int64),
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


def _cases(
    rows: pd.DataFrame, name: str, below: float | None, above: float | None
) -> tuple[pd.Series, str]:
    """Say of each row whether it is a case, and what that means."""
    known = {outcome.name: outcome for outcome in OUTCOMES}
    if name not in known or name not in rows:
        hint = nearest(name, [*ALIASES, *known])
        raise InputError([f"outcome: {name!r} is not an outcome of this study{hint}"])
    outcome = known[name]
    if outcome.unit == TRUTH:
        if below is not None or above is not None:
            raise InputError([f"outcome: {name} is true or false; leave out below and above"])
        return rows[name].astype("boolean"), f"{name}: {outcome.definition}"
    if (below is None) == (above is None):
        raise InputError([f"outcome: {name} is a number ({outcome.unit}); give below or above"])
    values = rows[name].astype("Float64")
    values = values.mask(values.isna() | np.isnan(values.to_numpy(np.float64, na_value=np.nan)))
    if below is not None:
        return (values < below).astype("boolean"), f"{name} below {below:g} {outcome.unit}"
    return (values > above).astype("boolean"), f"{name} above {above:g} {outcome.unit}"


def _usable(column: pd.Series) -> bool:
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return bool(numeric or column.nunique() <= MOST_WORDS)


def _check(folder: str | Path, good: pd.DataFrame, levers: list[str], case: str) -> None:
    if good.empty:
        raise InputError([f"{folder}: of no community is it known whether it is a case ({case})"])
    problems = []
    points = good["point"].nunique()
    if not levers:
        problems.append(f"{folder}: no lever varies; a box needs one")
    elif points < FEWEST_POINTS:
        problems.append(f"{folder}: {points} points; at least {FEWEST_POINTS} are needed")
    cases = int(good["case"].sum())
    if cases in (0, len(good)):
        said = "no community is" if not cases else f"all {len(good):,} communities are"
        problems.append(f"{folder}: {said} a case ({case}); there is nothing to separate")
    if problems:
        raise InputError(problems)
