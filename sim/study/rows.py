"""Rows of communities: place in the design, levers, outcomes, error; part of the code's digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.allowed import Value
from sim.ensemble import Place, simulate
from sim.lives.deaths import lifetimes
from sim.lives.outcomes import Outcome, all_outcomes, outcomes
from sim.scenario import Scenario
from sim.state import Array
from sim.trace import DAY_LEVELS, LIFE_DTYPE, Trace

if TYPE_CHECKING:
    from sim.study.design import Design
    from sim.study.manifest import Block

# `lifetime_days` runs from creation to the first silence this long (`lifetime_observed`)
SILENCE_DAYS = 7

# last column: why the community failed; missing where it did not
ERROR = "error"


@dataclass(frozen=True)
class Work:
    """All that is needed to play a block of a design and to write its rows."""

    block: Block
    scenarios: tuple[Scenario, ...]  # of the block's points
    seeds: tuple[int, ...]  # of the block's points
    levers: pd.DataFrame  # [point] rows of the block

    def places(self) -> list[Place]:
        """List the communities point by point; a place's point counts from 0 within the block."""
        return [
            Place(point, scenario, replication, seed)
            for point, (scenario, seed) in enumerate(zip(self.scenarios, self.seeds, strict=True))
            for replication in self.block.replications
        ]


def work_of(
    design: Design, block: Block, levers: pd.DataFrame, points: Sequence[int] | None = None
) -> Work:
    """Take what a block needs out of its design, its points or others; see `lever_table`."""
    chosen = block.points if points is None else points
    return Work(
        block,
        tuple(design.points[point] for point in chosen),
        tuple(design.seed_of(point) for point in chosen),
        levers.iloc[list(chosen)].reset_index(drop=True),
    )


def lever_table(design: Design) -> pd.DataFrame:
    """Return the levers, a row a point, each in the lever's one type; lists are joined by ``+``."""
    keys, columns = (key for key, _ in design.levers), zip(*design.rows, strict=True)
    cells = {key: list(map(cell_of, one)) for key, one in zip(keys, columns, strict=True)}
    return pd.DataFrame({key: pd.Series(values) for key, values in cells.items()})


def rows_of(work: Work, trace: Trace | None, failures: dict[tuple[int, int], str]) -> pd.DataFrame:
    """Write the rows of a block, in design order, from the trace of those that did not fail.

    `failures` maps (point within the block, replication) to the reason.
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
        kinds = {"i": "Int64", "b": "boolean"}  # types that can be missing
        types = {name: kinds.get(kind.kind, kind) for name, kind in measured.dtypes.items()}
        measured = measured.astype(types).reindex(range(len(point)))
        measured.loc[failed, :] = pd.NA
    keys = {
        "point": point + block.points.start,
        "replication": replication,
        "seed": np.repeat(np.array(work.seeds, np.int64), len(block.replications)),
    }
    levers = work.levers.take(point).reset_index(drop=True)
    why_failed = pd.DataFrame({ERROR: pd.array(errors, dtype="str")})
    return pd.concat([pd.DataFrame(keys), levers, measured, why_failed], axis=1)


def strange_numbers(trace: Trace, measured: pd.DataFrame) -> dict[int, str]:
    """Return what is no number, by group (missing outcomes are allowed, infinite ones not)."""
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


def template() -> pd.DataFrame:
    """Return the measured columns without any row, each in its type."""
    return _template(all_outcomes())


@cache
def _template(_: tuple[Outcome, ...]) -> pd.DataFrame:
    smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
    return _measured(simulate([smallest], 1, seed=1, threads=1), [smallest]).iloc[:0]


def _measured(trace: Trace, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return the outcomes and a lifetime, missing where a group was not watched long enough."""
    known = lifetimes(trace, SILENCE_DAYS)
    days = np.full(trace.groups, np.nan)
    days[known.group] = known.duration_days
    observed: Array = np.zeros(trace.groups, bool)
    observed[known.group] = known.ended
    found = outcomes(trace, scenarios).drop(columns=["point", "replication"])
    missing = pd.arrays.BooleanArray(observed, np.isnan(days))
    return found.assign(lifetime_days=days, lifetime_observed=missing)


def cell_of(value: Value | list[Any]) -> Any:
    """Return the value of a lever as it stands in a row."""
    return "+".join(map(str, value)) if isinstance(value, tuple | list) else value
