"""Play blocks of a design in threads; a community that fails is a reason, and the rest goes on.

Policies of one's own may play in a process of their own, against accidents, not malice: endless
loops, too much memory and crashes end only that process; the code has the user's rights.
"""

from __future__ import annotations

import math
import os
import pickle
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.ensemble import SLOTS_IN_BLOCK, Ensemble, Place, simulate
from sim.errors import InputError
from sim.kernels import layout
from sim.members import arrival_hours, arrivals_by
from sim.scenario import Scenario
from sim.scenario.named_policy import source_file
from sim.state import PACKETS_OPEN, RING
from sim.study.rows import Work, rows_of
from sim.trace import DAY_DTYPE, LIFE_DTYPE, Trace, end_hours, join_traces

if TYPE_CHECKING:
    from sim.study.manifest import Block

STEP_HOURS = 168
LIMITED_STEP_HOURS = 24
FEWEST_SLOTS = 2_000
LONGEST_REASON = 300
MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
POLL_SECONDS = 0.2
SERVE = "from sim.study.playing import serve; serve({})"
GIB = float(2**30)
SLOT_BYTES = layout.MEMBER_DTYPE.itemsize + 128
GROUP_BYTES = (
    layout.GROUP_DTYPE.itemsize
    + RING * layout.MESSAGE_RING_DTYPE.itemsize
    + PACKETS_OPEN * layout.PACKET_DTYPE.itemsize
    + LIFE_DTYPE.itemsize
)
# up to so many expected candidates to join they are drawn to count them
COUNTED_EXACTLY = 100_000

# called with a block, how many of its communities are done, and how many just now
Tick = Callable[["Block", int, int], None]


class Stopped(BaseException):
    """The run is being stopped: nothing of the batch is kept."""


class OverTimeError(Exception):
    """The communities took longer than they may."""


@dataclass(frozen=True)
class Limits:
    """What one community may take."""

    seconds: float = math.inf  # of wall time, looked at between simulated days
    gib: float = math.inf  # of memory, estimated before it starts
    # whether policies of one's own play in a process that is ended at the limits
    isolated: bool = False


def needed_gib(place: Place) -> float:
    """Estimate the memory of one community (GiB): members, candidates, days and messages kept."""
    params, hours = place.scenario.params, end_hours(place.scenario)
    wanted = params.arrivals
    burst = wanted.burst_ratio, wanted.burst_days
    candidates = float(arrivals_by(hours, wanted.per_day, wanted.fading_power, *burst))
    if candidates <= COUNTED_EXACTLY:
        candidates = len(arrival_hours(place.key, params, hours))
    days = math.ceil(hours / 24.0) + 1
    slots = params.group.size + candidates + params.growth.reserve
    return (slots * SLOT_BYTES + days * DAY_DTYPE.itemsize + GROUP_BYTES) / GIB


def machine_gib() -> float:
    """Return the memory of this machine in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB


def play_in_threads(
    works: Iterable[Work], threads: int | None, limits: Limits, tick: Tick | None = None
) -> Iterator[tuple[Block, pd.DataFrame]]:
    """Play blocks with several threads and yield their rows in order, a few blocks ahead at most.

    `tick` is called with a block, how many of its communities are done, and how many just now.
    """
    number = threads or os.cpu_count() or 1
    player = Player(limits)
    waiting: deque[tuple[Work, list[Future[Batch]]]] = deque()
    source = iter(works)
    pool = ThreadPoolExecutor(number)
    try:
        while True:
            while sum(len(futures) for _, futures in waiting) < 2 * number:
                work = next(source, None)
                if work is None:
                    break
                batches = batches_of(work.places(), number)
                waiting.append((work, [pool.submit(player.play, batch) for batch in batches]))
            if not waiting:
                return
            work, futures = waiting.popleft()
            traces, failures, before = list[Trace](), dict[tuple[int, int], str](), 0
            for future in futures:
                while tick is not None and not wait([future], POLL_SECONDS).done:
                    tick(work.block, before, 0)  # who is told may stop the run
                good, bad = future.result()
                traces += good
                failures |= bad
                done = sum(trace.groups for trace in traces) + len(failures)
                if tick is not None:
                    tick(work.block, done, done - before)
                before = done
            yield work.block, rows_of(work, join_traces(traces) if traces else None, failures)
    finally:
        player.stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        player.close()


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


# What came of communities played together: traces of the good ones, and of the others (by point and
# replication) why they failed
Batch = tuple[list[Trace], dict[tuple[int, int], str]]


class Player:
    """Plays batches of communities, in several threads at once, within the limits of each."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.stop = limits, threading.Event()
        self._children: dict[int, Child] = {}  # of each thread

    def play(self, places: Sequence[Place]) -> Batch:
        """Play communities in one go; if that fails, one by one, so that only the guilty ones fail.

        Places of one scenario stand together; `Stopped` at the next step once `stop` is set.
        """
        failures: dict[tuple[int, int], str] = {}
        good, allowed = list[Place](), self.limits.gib
        for place in places:
            need = needed_gib(place) if allowed < math.inf else 0.0
            if need <= allowed:
                good.append(place)
            else:
                why = f"over its memory limit: needs {need:.3g} GiB of {allowed:.3g} allowed"
                failures[place.point, place.replication] = why
        traces: list[Trace] = []
        try:
            traces += [self._trace_of(good)] if good else []
        except Exception as fault:
            for place in good:
                try:
                    if len(good) == 1:
                        raise fault
                    traces.append(self._trace_of([place]))
                except Exception as own:
                    failures[place.point, place.replication] = reason(own, self.limits)
        return traces, failures

    def close(self) -> None:
        """End the processes of policies."""
        for child in self._children.values():
            child.close()

    def _trace_of(self, places: Sequence[Place]) -> Trace:
        """Play in steps of simulated days, looking up between them; or in a process of its own."""
        if self.limits.isolated and has_own_code(places):
            thread = threading.get_ident()
            if thread not in self._children or not self._children[thread].is_alive():
                self._children[thread] = Child()
            child, given = self._children[thread], [places]
            trace: Trace = child.call(_trace_in_one_go, given, self.limits, self.stop)
            return trace
        limited = self.limits.seconds < math.inf
        step = LIMITED_STEP_HOURS if limited else STEP_HOURS
        started = time.monotonic()
        block = Ensemble(places)
        before = -1
        while block.hour > before:  # it stands still at the end
            if self.stop.is_set():
                raise Stopped
            if limited and time.monotonic() - started > self.limits.seconds:
                raise OverTimeError
            before = block.hour
            block.advance(block.hour + step)
        return block.trace()


def reason(fault: Exception, limits: Limits) -> str:
    """Say in one line why a community failed, the same on every machine."""
    if isinstance(fault, OverTimeError):
        return f"over its time limit of {limits.seconds:g} s"
    text = "; ".join(_problems(fault))
    return " ".join(MEMORY_ADDRESS.sub("", text).split())[:LONGEST_REASON]


def _problems(fault: Exception) -> tuple[str, ...]:
    if isinstance(fault, InputError):
        return fault.problems
    known = isinstance(fault, MemoryError)
    return ("out of memory" if known else f"{type(fault).__name__}: {fault}",)


def has_own_code(places: Sequence[Place]) -> bool:
    """Say whether any policy of these groups stands in a file of its author."""
    scenarios = {place.point: place.scenario for place in places}.values()
    return any(source_file(named.use) for one in scenarios for named in one.policies)


def _trace_in_one_go(places: Sequence[Place]) -> Trace:
    block = Ensemble(places)
    block.advance()
    return block.trace()


class Child:
    """A process that calls functions for this one, one after the other."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE.format(number)],
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=2,  # what a policy prints is no result
            start_new_session=True,  # Ctrl-C is this process's to hear
        )
        theirs.close()
        self._pipe = Connection(ours.detach())

    def call(
        self, function: Callable[..., Any], given: Sequence[Any], limits: Limits, stop: Any = None
    ) -> Any:
        """Return what a function returns there, within the limits of this call.

        `InputError`: it raised, or its process ended; `OverTimeError` and `Stopped` end the
        process.
        """
        try:
            self._pipe.send_bytes(pickle.dumps((function, given, limits.gib)))
            self._pipe.recv_bytes()  # it has started, so its time begins
            started = time.monotonic()
            while not self._pipe.poll(POLL_SECONDS):
                if stop is not None and stop.is_set():
                    raise Stopped
                if time.monotonic() - started > limits.seconds:
                    raise OverTimeError
            answer, problems = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            code = self._process.wait()
            how = f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
            raise InputError([f"the process of its policies ended: {how}"]) from None
        except BaseException:
            self.close()
            raise
        if problems:
            raise InputError(problems)
        return answer

    def is_alive(self) -> bool:
        """Say whether it can be called again."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()


def serve(number: int) -> None:
    """Be the child: call what comes in through a socket until it closes, even during a call."""
    pipe = Connection(number)
    smallest = Scenario().with_values({"group.size": 1, "run.days": 0.05})
    simulate([smallest], 1, seed=1)  # what the engine needs to start is not a call's time
    with suppress(EOFError, OSError):
        while True:
            function, given, gib = pickle.loads(pipe.recv_bytes())
            _allow(gib)
            pipe.send_bytes(b"")
            threading.Thread(target=_answer, args=(pipe, function, given), daemon=True).start()
    os._exit(0)


def _answer(pipe: Connection, function: Callable[..., Any], given: Sequence[Any]) -> None:
    try:
        answer: tuple[Any, tuple[str, ...]] = function(*given), ()
    except Exception as fault:
        answer = None, _problems(fault)
    pipe.send_bytes(pickle.dumps(answer))


def _allow(gib: float) -> None:
    """Let this process take so much memory more than it has."""
    if gib < math.inf:
        pages = Path("/proc/self/statm")
        has = int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 0
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (int(has + gib * GIB), most))
