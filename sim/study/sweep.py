"""Play a design and store its rows, block by block; and estimate beforehand what that takes."""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble import SLOTS_IN_BLOCK
from sim.language import _
from sim.progress import Progress
from sim.scenario import Scenario
from sim.state import Array
from sim.study.design import Design, manifest_of
from sim.study.manifest import Block
from sim.study.playing import Limits, machine_gib, needed_gib, play_in_threads
from sim.study.rows import ERROR, Work, lever_table, template, work_of
from sim.study.store import OtherStudyError, Shard, Store, open_store, read_store

BLOCK_GROUPS = 1000
# of the machine: what one community may take in each thread, where nothing else is said
SHARE_OF_MEMORY = 0.5
TRIAL_SECONDS = 2.0
# points and replications of each trial; the last with time counts; the first also compiles
TRIALS = ((3, 1), (3, 1), (60, 1), (60, 2), (60, 4), (60, 8), (60, 32), (60, 128))


@dataclass(frozen=True)
class Tally:
    """How far a sweep is."""

    done: int  # rows played in this call, and those to play
    communities: int
    failed: int  # of those done


@dataclass(frozen=True)
class Options:
    """How a sweep is run; none of it changes a row of a community that does not fail."""

    # of each community; default: no time limit, half of the memory shared by threads
    limits: Limits | None = None
    shard: Shard | None = None  # play only this part of the blocks, into a folder of its own
    # local, local:N (workers) or the tcp://... address of a Dask scheduler
    cluster: str | None = None
    retry_failed: bool = False  # whether communities that failed before are played again
    # called with a `Tally` whenever some communities are done
    watch: Callable[[Tally], None] | None = None
    before_replication: int | None = None  # play only the blocks that begin before this replication


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did."""

    folder: Path  # of the store
    communities: int  # rows of the whole store
    played: int  # now; the rest was there before
    seconds: float  # spent on them
    failed: int = 0  # rows of the store that hold an error
    stored: int = 0  # rows held: fewer than `communities` in a shard
    code: str = ""  # digest of the code that made them

    def to_frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read the rows, one a community in design order, perhaps some columns only."""
        return read_store(self.folder, columns)[1]


def sweep(
    design: Design,
    folder: str | Path,
    threads: int | None = None,
    progress: Progress | None = None,
    force_new: bool = False,
    block_groups: int = BLOCK_GROUPS,
    options: Options | None = None,
) -> SweepResult:
    """Play every community of a design that the store in a folder does not hold yet.

    The rows do not depend on threads, on the size of the blocks, on shards or a cluster, or on how
    often the sweep was stopped and continued. A community that fails (its policy raises, it takes
    more memory or time than it may, it yields what is no number) is a row with its ``error``.

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
    options : Options, optional

    Returns
    -------
    SweepResult
        For a shard ``folder`` is its own folder within.

    Raises
    ------
    InputError
        The folder cannot be written or holds another design's rows; the cluster cannot be reached.
    OSError
        The disk is full or broken; the store stays readable and can be continued.
    """
    chosen = options or Options()
    target = chosen.shard.folder(folder) if chosen.shard else Path(folder)
    with open_store(target, manifest_of(design, block_groups), force_new) as store:
        blocks = _to_play(store, chosen)
        course = Course(design, blocks, progress, chosen.watch)
        started, clock = datetime.now(UTC), time.monotonic()
        try:
            for block, rows in _played(design, blocks, threads, chosen, course):
                store.write(block, rows)
                course.stored(rows)
        finally:
            seconds = time.monotonic() - clock
            if course.played:
                with suppress(OSError):  # the rows are stored; a full disk has said so already
                    store.note_session(
                        started=started.isoformat(timespec="seconds"),
                        seconds=round(seconds, 3),
                        host=platform.node(),
                        threads=threads,
                        cluster=chosen.cluster,
                        shard=str(chosen.shard) if chosen.shard else None,
                        communities=course.played,
                    )
    manifest, rows = read_store(target, [ERROR])
    failed = int(rows[ERROR].notna().sum())
    played = course.played, seconds, failed, len(rows)
    return SweepResult(target, design.communities, *played, manifest.code)


def play(
    design: Design, folder: str | Path, threads: int | None, progress: Progress | None = None
) -> SweepResult:
    """Play a design as `sweep`, for commands that never remove the rows of another study."""
    try:
        return sweep(design, folder, threads, progress)
    except OtherStudyError as fault:
        ways = _("choose another folder, or delete this one")
        raise OtherStudyError(folder, fault.differing, ways) from None


def default_limits(threads: int | None) -> Limits:
    """Return the limits of a community where nothing else is said; no threads: one a core."""
    return Limits(gib=SHARE_OF_MEMORY * machine_gib() / (threads or os.cpu_count() or 1))


def member_days(design: Design, block: Block) -> Array:
    """Add up the member-days of the first communities of a block: array [community], rising."""
    points = [design.points[point] for point in block.points]
    each = [max(1, round(point.params.group.size * point.days)) for point in points]
    return np.cumsum(np.repeat(each, len(block.replications)))


class Course:
    """Turns communities done into member-days done; counts failures and (`played`) rows stored."""

    def __init__(
        self,
        design: Design,
        blocks: Sequence[Block],
        progress: Progress | None,
        watch: Callable[[Tally], None] | None,
    ) -> None:
        self._costs = {block.number: member_days(design, block) for block in blocks}
        self._total = sum(int(cost[-1]) for cost in self._costs.values())
        self._groups = sum(block.groups for block in blocks)
        self._before = 0
        self._progress, self._watch = progress, watch
        self._done = self._failed = 0
        self.played = 0

    def tick(self, block: Block, done: int, just_now: int) -> None:
        """Note that the first `done` communities of a block are played."""
        self._done += just_now
        cost = self._costs[block.number]
        if self._progress is not None:
            self._progress(self._before + (int(cost[done - 1]) if done else 0), self._total)
        if done == len(cost):
            self._before += int(cost[-1])
        self._tell()

    def stored(self, rows: pd.DataFrame) -> None:
        """Note that a block is stored."""
        self.played += len(rows)
        self._failed += int(rows[ERROR].notna().sum())
        self._tell()

    def _tell(self) -> None:
        if self._watch is not None:
            self._watch(Tally(self._done, self._groups, self._failed))


def _to_play(store: Store, chosen: Options) -> list[Block]:
    blocks = store.missing()
    if chosen.retry_failed:
        there = {block.number for block in blocks}
        blocks += [block for block in store.failed() if block.number not in there]
    end = chosen.before_replication
    blocks = [block for block in blocks if end is None or block.replications.start < end]
    return [block for block in blocks if chosen.shard is None or chosen.shard.holds(block.number)]


def _played(
    design: Design, blocks: Sequence[Block], threads: int | None, chosen: Options, course: Course
) -> Iterator[tuple[Block, pd.DataFrame]]:
    if not blocks:
        return iter(())
    levers, limits = lever_table(design), chosen.limits or default_limits(threads)
    works: Iterator[Work] = (work_of(design, block, levers) for block in blocks)
    if chosen.cluster:
        from sim.study.cluster import play_in_cluster

        return play_in_cluster(works, chosen.cluster, limits, course.tick)
    return play_in_threads(works, threads, limits, course.tick)


@dataclass(frozen=True)
class Estimate:
    """What a study will take."""

    points: int
    communities: int
    member_days: float
    seconds: float  # with all threads, what was not tried scaled by member-days
    disk_bytes: float  # of the store
    gib: float  # of the communities in memory at once
    tried: int  # communities of the timing
    failed: int  # of those
    first_error: str  # why the first of them did


def estimate(design: Design, threads: int | None = None) -> Estimate:
    """Time a few communities of every kind and scale up: right within a factor of 2 or so."""
    levers = lever_table(design)
    template()  # loads what is compiled, so that it is not timed
    rate, rows, started = 0.0, None, time.monotonic()
    works: list[Work] = []
    for points, replications in TRIALS:
        work = _trial(design, levers, points, replications)
        cost = _member_days(work.scenarios) * len(work.block.replications)
        left = TRIAL_SECONDS - (time.monotonic() - started)
        if len(works) > 1 and cost > left * rate:
            break
        clock = time.monotonic()
        ((_, rows),) = play_in_threads([work], 1, default_limits(threads))
        rate = cost / (time.monotonic() - clock)
        works.append(work)
    assert rows is not None
    number = threads or os.cpu_count() or 1
    errors = rows["error"].dropna().tolist()
    whole = _member_days(design.points) * design.replications
    need = max(needed_gib(place) for place in works[-1].places()[:: len(works[-1].seeds)])
    members = float(np.mean([one.params.group.size for one in works[-1].scenarios]))
    at_once = number * max(1.0, SLOTS_IN_BLOCK / members)  # communities in memory
    return Estimate(
        points=len(design.points),
        communities=design.communities,
        member_days=whole,
        seconds=whole / rate / number,
        disk_bytes=_bytes_on_disk(rows, design.communities),
        gib=need * min(design.communities, at_once),
        tried=len(rows),
        failed=len(errors),
        first_error=errors[0] if errors else "",
    )


def _trial(design: Design, levers: pd.DataFrame, points: int, replications: int) -> Work:
    """Take points evenly over the design."""
    places = np.linspace(0, len(design.points) - 1, points).round().astype(int)
    chosen = list(map(int, np.unique(places)))
    block = Block(0, range(len(chosen)), range(min(replications, design.replications)))
    return work_of(design, block, levers, chosen)


def _member_days(scenarios: Sequence[Scenario]) -> float:
    return float(sum(max(1.0, one.params.group.size * one.days) for one in scenarios))


def _bytes_on_disk(rows: pd.DataFrame, communities: int) -> float:
    """Scale what the rows take as the store writes them; every part has a head of its own."""
    sizes = []
    for some in (rows.iloc[:0], rows):
        buffer = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pandas(some, preserve_index=False), buffer)
        sizes.append(int(buffer.tell()))
    head, whole = sizes
    parts = math.ceil(communities / BLOCK_GROUPS)
    return parts * head + communities * (whole - head) / len(rows)
