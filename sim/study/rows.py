"""Rows: one a community, its place in the design, its levers, its outcomes, its error if it failed.

This file moves the numbers of a row: it is part of the digest of the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from sim.block import Place
from sim.deaths import lifetimes
from sim.ensemble import simulate
from sim.outcomes import outcomes
from sim.scenario import Scenario
from sim.scenario.allowed import Value
from sim.state import Array
from sim.study.design import Design
from sim.study.manifest import Block
from sim.trace import DAY_LEVELS, LIFE_DTYPE, Trace

SILENCE_DAYS = 7
"""`lifetime_days` runs from creation to the first silence this long (`lifetime_observed`)."""

ERROR = "error"
"""Last column: why the community failed; missing where it did not."""


@dataclass(frozen=True)
class Work:
    """All that is needed to play a block of a design and to write its rows.

    Attributes
    ----------
    block : Block
    scenarios : tuple of Scenario
        Of the block's points.
    seeds : tuple of int
        Of the block's points.
    levers : pandas.DataFrame
        Of the block's points, a row each.
    """

    block: Block
    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    levers: pd.DataFrame

    def places(self) -> list[Place]:
        """List the communities point by point; a place's point counts from 0 within the block."""
        return [
            Place(point, scenario, replication, seed)
            for point, (scenario, seed) in enumerate(zip(self.scenarios, self.seeds, strict=True))
            for replication in self.block.replications
        ]


def work_of(design: Design, block: Block, levers: pd.DataFrame) -> Work:
    """Take what a block needs out of its design.

    Parameters
    ----------
    design : Design
    block : Block
    levers : pandas.DataFrame
        As from `lever_table`.

    Returns
    -------
    Work
    """
    points = block.points
    return Work(
        block,
        tuple(design.points[point] for point in points),
        tuple(design.seed_of(point) for point in points),
        levers.iloc[points.start : points.stop].reset_index(drop=True),
    )


def lever_table(design: Design) -> pd.DataFrame:
    """Return the levers of every point, each in the type that the whole lever has.

    Parameters
    ----------
    design : Design

    Returns
    -------
    pandas.DataFrame
        One row a point; a list is joined by ``+``.

    Examples
    --------
    >>> from sim.study.design import parse_design
    >>> design = parse_design({"scenario": {}, "grid": {"group.size": [3, 4]}})
    >>> lever_table(design)["group.size"].tolist()
    [3, 4]
    """
    columns = zip(*design.rows, strict=True)
    return pd.DataFrame(
        {
            key: pd.Series([_cell(value) for value in column])
            for (key, _), column in zip(design.levers, columns, strict=True)
        }
    )


def rows_of(work: Work, trace: Trace | None, failures: dict[tuple[int, int], str]) -> pd.DataFrame:
    """Write the rows of a block.

    Parameters
    ----------
    work : Work
    trace : Trace or None
        Of the communities that did not fail, their points counted within the block.
    failures : dict
        Point within the block and replication, to the reason.

    Returns
    -------
    pandas.DataFrame
        One row a community in design order, with the columns ``point``, ``replication``, ``seed``,
        the levers, the outcomes, ``lifetime_days``, ``lifetime_observed``, ``error``.
    """
    block = work.block
    point = np.repeat(np.arange(len(block.points)), len(block.replications))
    replication = np.tile(np.asarray(block.replications), len(block.points))
    measured = _measured(trace, work.scenarios) if trace else template()
    errors = [failures.get((int(p), int(r))) for p, r in zip(point, replication, strict=True)]
    if trace:
        places = np.asarray(trace.point) * len(block.replications) + (
            np.asarray(trace.replication) - block.replications.start
        )
        for group, why in strange_numbers(trace, measured).items():
            errors[places[group]] = why
    failed = np.array([error is not None for error in errors])
    if failed.any():
        measured.index = pd.Index(places if trace else [])
        measured = _nullable(measured).reindex(range(len(point)))
        measured.loc[failed, :] = pd.NA
    keys = {
        "point": point + block.points.start,
        "replication": replication,
        "seed": np.repeat(np.array(work.seeds, np.int64), len(block.replications)),
    }
    levers = work.levers.take(point).reset_index(drop=True)
    said = pd.DataFrame({ERROR: pd.array(errors, dtype="str")})
    return pd.concat([pd.DataFrame(keys), levers, measured, said], axis=1)


def strange_numbers(trace: Trace, measured: pd.DataFrame) -> dict[int, str]:
    """Find the communities whose trace or outcomes hold what is no number.

    Parameters
    ----------
    trace : Trace
    measured : pandas.DataFrame
        Their outcomes: missing is allowed, infinite is not.

    Returns
    -------
    dict of int to str
        Group to what is wrong.
    """
    found: dict[int, str] = {}
    names = [name for name in LIFE_DTYPE.names or () if LIFE_DTYPE[name].base.kind == "f"]
    parts = [(name, trace.daily[name]) for name in DAY_LEVELS]
    parts += [(name, trace.life[name]) for name in names]
    for name, values in parts:
        good = np.isfinite(values).reshape(len(values), -1).all(axis=1)
        for group in np.flatnonzero(~good):
            found.setdefault(int(group), f"not a number: {name}")
    floats = measured.select_dtypes(np.floating)
    infinite = np.isinf(floats.to_numpy())
    for group, column in np.argwhere(infinite):
        found.setdefault(int(group), f"not a number: {floats.columns[column]}")
    return found


@cache
def template() -> pd.DataFrame:
    """Return the measured columns without any row, each in its type."""
    smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
    return _measured(simulate([smallest], 1, seed=1, threads=1), [smallest]).iloc[:0]


def _measured(trace: Trace, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    found = outcomes(trace, scenarios).drop(columns=["point", "replication"])
    return pd.concat([found, _lifetimes(trace)], axis=1)


def _lifetimes(trace: Trace) -> pd.DataFrame:
    """Return what a survival curve needs; missing where a group was not watched long enough."""
    known = lifetimes(trace, SILENCE_DAYS)
    days = np.full(trace.groups, np.nan)
    days[known.group] = known.duration_days
    observed: Array = np.zeros(trace.groups, bool)
    observed[known.group] = known.ended
    return pd.DataFrame(
        {
            "lifetime_days": days,
            "lifetime_observed": pd.arrays.BooleanArray(observed, np.isnan(days)),
        }
    )


def _nullable(rows: pd.DataFrame) -> pd.DataFrame:
    """Give every column a type that can be missing."""
    kinds = {"i": "Int64", "b": "boolean"}
    return rows.astype(
        {name: kinds[kind.kind] for name, kind in rows.dtypes.items() if kind.kind in kinds}
    )


def _cell(value: Value) -> bool | int | float | str:
    return "+".join(map(str, value)) if isinstance(value, tuple) else value
