"""Play blocks of a design in threads; a community that fails is a reason, and the rest goes on."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pandas as pd

from sim.ensemble import SLOTS_IN_BLOCK, Ensemble, Place
from sim.errors import InputError
from sim.study.isolated import Children, has_own_code
from sim.study.limits import Limits, OverTimeError, Stopped, needed_gib
from sim.study.manifest import Block
from sim.study.rows import Work, rows_of
from sim.trace import Trace, join_traces

STEP_HOURS = 168
LIMITED_STEP_HOURS = 24
FEWEST_SLOTS = 2_000
LONGEST_REASON = 300
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

Tick = Callable[[Block, int, int], None]
"""Called with a block, how many of its communities are done, and how many just now."""


@dataclass(frozen=True)
class Batch:
    """What came of communities that were played together."""

    trace: Trace | None
    failures: dict[tuple[int, int], str]
    places: int


def play_together(
    places: Sequence[Place], limits: Limits, stop: threading.Event, children: Children
) -> Batch:
    """Play communities in one go; when that fails, one by one, so that only the guilty ones fail.

    Places of one scenario stand together; `Stopped` at the next step once `stop` is set.
    """
    failures: dict[tuple[int, int], str] = {}
    good = places
    if limits.gib < float("inf"):
        needs = [needed_gib(place) for place in places]
        for place, need in zip(places, needs, strict=True):
            if need > limits.gib:
                why = f"over its memory limit: needs {need:.3g} GiB of {limits.gib:.3g} allowed"
                failures[place.point, place.replication] = why
        good = [p for p, need in zip(places, needs, strict=True) if need <= limits.gib]
    traces: list[Trace] = []
    try:
        if good:
            traces = [_trace_of(good, limits, stop, children)]
    except Exception as fault:
        for place in good:
            try:
                if len(good) == 1:
                    raise fault
                traces.append(_trace_of([place], limits, stop, children))
            except Exception as own:
                failures[place.point, place.replication] = reason(own, limits)
    return Batch(join_traces(traces) if traces else None, failures, len(places))


def reason(fault: Exception, limits: Limits) -> str:
    """Say in one line why a community failed, the same on every machine."""
    if isinstance(fault, OverTimeError):
        return f"over its time limit of {limits.seconds:g} s"
    if isinstance(fault, MemoryError):
        return "out of memory"
    if isinstance(fault, InputError):
        text = "; ".join(fault.problems)
    else:
        text = f"{type(fault).__name__}: {fault}"
    return " ".join(ADDRESS.sub("", text).split())[:LONGEST_REASON]


def play_in_threads(
    works: Iterable[Work], threads: int | None, limits: Limits, tick: Tick | None = None
) -> Iterator[tuple[Block, pd.DataFrame]]:
    """Play blocks with several threads and yield their rows in order, a few blocks ahead at most.

    `tick` is called with a block, how many of its communities are done, and how many just now.
    """
    number = threads or os.cpu_count() or 1
    stop = threading.Event()
    waiting: deque[tuple[Work, list[Future[Batch]]]] = deque()
    source = iter(works)
    pool = ThreadPoolExecutor(number)
    children = Children()
    try:
        while True:
            while sum(len(futures) for _, futures in waiting) < 2 * number:
                work = next(source, None)
                if work is None:
                    break
                batches = batches_of(work.places(), number)
                how = (limits, stop, children)
                waiting.append((work, [pool.submit(play_together, b, *how) for b in batches]))
            if not waiting:
                return
            work, futures = waiting.popleft()
            played, done = [], 0
            for future in futures:
                played.append(future.result())
                done += played[-1].places
                if tick is not None:
                    tick(work.block, done, played[-1].places)
            yield work.block, _rows(work, played)
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        children.close()


def batches_of(places: Sequence[Place], threads: int) -> list[list[Place]]:
    """Cut communities into batches whose state stays near the processor, one a thread or more."""
    slots = [place.scenario.params.group.size for place in places]
    room = min(SLOTS_IN_BLOCK, max(FEWEST_SLOTS, -(-sum(slots) // threads)))
    batches: list[list[Place]] = [[]]
    taken = 0
    for place, size in zip(places, slots, strict=True):
        if taken >= room:
            batches.append([])
            taken = 0
        batches[-1].append(place)
        taken += size
    return batches


def _rows(work: Work, played: Sequence[Batch]) -> pd.DataFrame:
    traces = [batch.trace for batch in played if batch.trace is not None]
    failures = {place: why for batch in played for place, why in batch.failures.items()}
    return rows_of(work, join_traces(traces) if traces else None, failures)


def _trace_of(
    places: Sequence[Place], limits: Limits, stop: threading.Event, children: Children
) -> Trace:
    """Play in steps of simulated days, looking up between them; or in a process of its own."""
    if limits.isolated and has_own_code(places):
        trace: Trace = children.call(_trace_in_one_go, [places], limits, stop)
        return trace
    limited = limits.seconds < float("inf")
    step = LIMITED_STEP_HOURS if limited else STEP_HOURS
    started = time.monotonic()
    block = Ensemble(places)
    before = -1
    while block.hour > before:  # it stands still at the end
        if stop.is_set():
            raise Stopped
        if limited and time.monotonic() - started > limits.seconds:
            raise OverTimeError
        before = block.hour
        block.advance(block.hour + step)
    return block.trace()


def _trace_in_one_go(places: Sequence[Place]) -> Trace:
    block = Ensemble(places)
    block.advance()
    return block.trace()
