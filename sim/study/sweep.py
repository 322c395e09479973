"""Play a design and store its rows, block by block; continue where an earlier run stopped."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sim.deaths import lifetimes
from sim.ensemble import simulate
from sim.errors import InputError
from sim.outcomes import outcomes
from sim.scenario import Scenario
from sim.scenario.allowed import Value
from sim.state import Array
from sim.study.design import Design
from sim.study.manifest import Block, manifest_of
from sim.study.store import Store, open_store, read_store
from sim.trace import Trace

BLOCK_GROUPS = 1000
SILENCE_DAYS = 7
"""`lifetime_days` runs from creation to the first silence this long (`lifetime_observed`)."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did.

    Attributes
    ----------
    folder : Path
        Of the store.
    communities : int
        Rows of the whole store.
    played : int
        Those played now; the rest was there before.
    seconds : float
        Spent on them.
    """

    folder: Path
    communities: int
    played: int
    seconds: float

    def to_frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read the rows: one a community, in design order.

        Parameters
        ----------
        columns : sequence of str, optional
            Only these.

        Returns
        -------
        pandas.DataFrame
        """
        return read_store(self.folder, columns)[1]


def sweep(
    design: Design,
    folder: str | Path,
    threads: int | None = None,
    progress: Progress | None = None,
    force_new: bool = False,
    block_groups: int = BLOCK_GROUPS,
) -> SweepResult:
    """Play every community of a design that the store in a folder does not hold yet.

    The rows do not depend on threads, on the size of the blocks, or on how often the sweep was
    stopped and continued.

    Parameters
    ----------
    design : Design
    folder : str or Path
        Of the store; made when it is not there.
    threads : int, optional
        Default: as many as the machine has cores.
    progress : callable, optional
        Called with the member-days done and those to do in this call.
    force_new : bool
        Whether to remove the rows of another design that the folder holds.
    block_groups : int
        Most communities in memory and in a part of the store.

    Returns
    -------
    SweepResult

    Raises
    ------
    InputError
        The folder cannot be written or holds another design's rows; a policy fails, with the
        point where it did.
    OSError
        The disk is full or broken; the store stays readable and can be continued.
    """
    with open_store(folder, manifest_of(design, block_groups), force_new) as store:
        missing = store.missing()
        costs = [_member_days(design, block) for block in missing]
        total, before = sum(int(cost[-1]) for cost in costs), 0
        started, clock = datetime.now(UTC), time.monotonic()
        played = 0
        try:
            for block, cost in zip(missing, costs, strict=True):
                report = _within(progress, before, cost, total)
                store.write(block, _rows(design, block, threads, report))
                before += int(cost[-1])
                played += block.groups
        finally:
            seconds = time.monotonic() - clock
            if played:
                _note_session(store, started, seconds, threads, played)
    return SweepResult(Path(folder), design.communities, played, seconds)


def _rows(
    design: Design, block: Block, threads: int | None, progress: Progress | None
) -> pd.DataFrame:
    """Return one row a community: its place in the design, its levers, its outcomes."""
    scenarios = [design.points[point] for point in block.points]
    trace = _played(design, block, scenarios, threads, progress)
    point = np.asarray(trace.point) + block.points.start
    keys = pd.DataFrame(
        {
            "point": point,
            "replication": np.asarray(trace.replication),
            "seed": np.full(trace.groups, design.seed, np.int64),
        }
    )
    measured = outcomes(trace, scenarios).drop(columns=["point", "replication"])
    return pd.concat([keys, _levers(design, point), measured, _lifetimes(trace)], axis=1)


def _lifetimes(trace: Trace) -> pd.DataFrame:
    """Return what a survival curve needs; missing where a group was not watched long enough."""
    known = lifetimes(trace, SILENCE_DAYS)
    days = np.full(trace.groups, np.nan)
    days[known.group] = known.duration_days
    observed = np.zeros(trace.groups, bool)
    observed[known.group] = known.ended
    return pd.DataFrame(
        {
            "lifetime_days": days,
            "lifetime_observed": pd.arrays.BooleanArray(observed, np.isnan(days)),
        }
    )


def _levers(design: Design, point: Array) -> pd.DataFrame:
    """Return the lever values at some points, each in the type that the whole lever has."""
    places = np.unravel_index(point, [len(values) for _, values in design.levers])
    return pd.DataFrame(
        {
            key: pd.Series([_cell(value) for value in values]).take(place).to_numpy()
            for (key, values), place in zip(design.levers, places, strict=True)
        }
    )


def _cell(value: Value) -> bool | int | float | str:
    return "+".join(map(str, value)) if isinstance(value, tuple) else value


def _played(
    design: Design,
    block: Block,
    scenarios: Sequence[Scenario],
    threads: int | None,
    progress: Progress | None,
) -> Trace:
    try:
        return simulate(scenarios, block.replications, design.seed, threads, progress=progress)
    except InputError as fault:
        for point, scenario in zip(block.points, scenarios, strict=True):
            try:
                simulate([scenario], block.replications, design.seed, threads)
            except InputError as own:
                place = f"point {point} ({design.in_words(point)})"
                raise InputError([f"{place}: {text}" for text in own.problems]) from fault
        raise


def _member_days(design: Design, block: Block) -> Array:
    """Add up what the first groups of a block cost: array [group], rising."""
    points = [design.points[point] for point in block.points]
    each = [max(1, round(point.params.group.size * point.days)) for point in points]
    return np.cumsum(np.repeat(each, len(block.replications)))


def _within(progress: Progress | None, before: int, cost: Array, total: int) -> Progress | None:
    """Turn the groups done of a block into the work done of the sweep."""
    if progress is None:
        return None

    def report(done_groups: int, _: int) -> None:
        done = int(cost[done_groups - 1]) if done_groups else 0
        progress(before + done, total)

    return report


def _note_session(
    store: Store, started: datetime, seconds: float, threads: int | None, played: int
) -> None:
    with suppress(OSError):  # the rows are stored; a full disk has said so already
        store.note_session(
            {
                "started": started.isoformat(timespec="seconds"),
                "seconds": round(seconds, 3),
                "host": platform.node(),
                "threads": threads,
                "communities": played,
            }
        )
