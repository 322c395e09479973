"""The accelerator: many groups of different size, parameters and policies as arrays, compiled."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from sim.block import Place, Room, build_block, points_of
from sim.consulting import Consultant
from sim.kernels import hours as kernels
from sim.kernels import layout
from sim.observing import observe
from sim.scenario import Scenario
from sim.state import UTTERANCES, Array
from sim.trace import DAY_DTYPE, EVENT_DTYPE, Trace, join_traces

SLOTS_IN_BLOCK = 25_600  # members whose state stays near the processor

Progress = Callable[[int, int], None]
Result = TypeVar("Result")


class Ensemble:
    """A block of groups in memory, played together, hour by hour if wanted.

    Parameters
    ----------
    places : sequence of Place
        The groups; those of one scenario stand together.
    logged : tuple of int, optional
        Rows to keep for messages and for events (see `simulate_log`).
    room : Room, optional
        Memory to build in; a block that stood in it before must not be played on.

    Examples
    --------
    >>> from sim.scenario import parse_scenario
    >>> quiet = parse_scenario({"group": {"size": 5}, "run": {"days": 2}})
    >>> block = Ensemble([Place(0, quiet, replication, 1) for replication in range(3)])
    >>> block.advance(24)
    >>> block.advance(48)
    >>> block.trace().groups
    3
    """

    def __init__(
        self,
        places: Sequence[Place],
        logged: tuple[int, int] = (0, 0),
        room: Room | None = None,
    ) -> None:
        self.places = places
        self.hour = 0
        numbers = {point: n for n, point in enumerate({place.point: None for place in places})}
        self._point_of = np.array([numbers[place.point] for place in places], np.int64)
        self._arrays = build_block(places, self._point_of, logged, room or Room())
        self._consultants = [
            (Consultant(scenario), slice(*np.searchsorted(self._point_of, [n, n + 1])))
            for n, scenario in enumerate(points_of(places))
        ]

    def advance(self, to_hour: int | None = None) -> None:
        """Play on, to a whole hour since creation or to the end of every group."""
        end = int(np.ceil(self._arrays["groups"]["end_hours"].max()))
        target = end if to_hour is None else min(to_hour, end)
        if not any(consultant.needed for consultant, _ in self._consultants):
            self._play(target)
        while self.hour < target:
            self._consult()
            self._play(self.hour + 1)

    @property
    def arrays(self) -> dict[str, Array]:
        """The state by the names of `sim.kernels.layout`; only experiments change it."""
        return self._arrays

    def trace(self) -> Trace:
        """Return what the groups have left so far."""
        a = self._arrays
        groups, people = a["groups"], a["members"]
        slot = np.arange(len(people)) - np.repeat(groups["first_slot"], groups["slots"])
        size = np.array([place.scenario.params.group.size for place in self.places])
        joined = (slot < np.repeat(size, groups["slots"])) | (people["looked"] > 0)
        return Trace(
            point=np.array([place.point for place in self.places]),
            replication=np.array([place.replication for place in self.places]),
            daily=a["daily"],
            days=np.ceil((groups["end_hours"] + groups["start_hour"]) / 24).astype(np.int64),
            life=a["life"],
            first_slot=np.append(groups["first_slot"], len(people)),
            posts=a["posts"],
            joined=joined,
            left=joined & (people["present"] == 0),
            muted=people["muted"] > 0,
        )

    def logs(self) -> tuple[Array, Array]:
        """Return the rows of the message and of the event log."""
        written = self._arrays["logged"]
        return (
            self._arrays["message_log"][: written[0]],
            self._arrays["event_log"][: written[1]],
        )

    def _play(self, to_hour: int) -> None:
        a = self._arrays
        kernels.play(layout.World(*(a[name] for name in layout.ARRAYS)), self.hour, to_hour)
        self.hour = max(self.hour, to_hour)

    def _consult(self) -> None:
        groups = self._arrays["groups"]
        ordered = []
        for consultant, mine in self._consultants:
            if not consultant.due(self.hour):
                continue
            seen = observe(self.hour, mine, self._arrays)
            actions = consultant.consult(seen, self._arrays["ledger"][mine])
            groups["cap"][mine], groups["closed"][mine] = actions.cap, actions.closed
            if len(actions.acts):
                actions.acts["group"] += mine.start
                ordered.append(actions.acts)
        acts = np.concatenate(ordered) if ordered else self._arrays["extra"][:0]
        self._arrays["extra"] = acts
        if not len(acts):
            groups["extra_next"] = groups["extra_end"] = 0
            return
        number = np.arange(len(groups))  # acts are sorted by group
        groups["extra_next"] = np.searchsorted(acts["group"], number)
        groups["extra_end"] = np.searchsorted(acts["group"], number, "right")


def simulate(
    scenarios: Sequence[Scenario],
    replications: int | Sequence[int],
    seed: int,
    threads: int | None = None,
    block_groups: int | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Play every scenario with every replication and return what the groups leave.

    Parameters
    ----------
    scenarios : sequence of Scenario
        The design points; all share their luck, replication by replication.
    replications : int or sequence of int
        How many, or which ones.
    seed : int
        The study's seed.
    threads : int, optional
        Default: as many as the machine has cores. The result does not depend on it.
    block_groups : int, optional
        Groups in memory at once in each thread. The result does not depend on it.
    progress : callable, optional
        Called with groups done and groups in all.

    Returns
    -------
    Trace
        Groups in the order scenario by scenario, replication by replication.

    Examples
    --------
    >>> from sim.scenario import parse_scenario
    >>> small = parse_scenario({"group": {"size": 5}, "run": {"days": 1}})
    >>> simulate([small], 2, seed=1).groups
    2
    """
    blocks = _blocks(scenarios, replications, seed, block_groups)
    mine = _Mine()

    def played(places: Sequence[Place]) -> Trace:
        block = Ensemble(places, room=mine.room)
        block.advance()
        return block.trace()

    return join_traces(_in_threads(played, blocks, threads, progress))


def simulate_log(
    scenarios: Sequence[Scenario],
    replications: int | Sequence[int],
    seed: int,
    threads: int | None = None,
    block_groups: int | None = None,
    progress: Progress | None = None,
) -> tuple[Trace, Array, Array]:
    """Play as `simulate` does and keep every message and event.

    Each block is played twice: the first run, which leaves the same trace, counts the rows.

    Returns
    -------
    trace : Trace
    messages : array of MESSAGE_DTYPE
    events : array of EVENT_DTYPE
        Sorted by group (its position in the trace), then time.
    """
    blocks = _blocks(scenarios, replications, seed, block_groups)
    firsts = np.concatenate([[0], np.cumsum([len(block) for block in blocks])])
    mine = _Mine()

    def played(places: Sequence[Place]) -> tuple[Trace, Array, Array]:
        counting = Ensemble(places, room=mine.room)
        counting.advance()
        block = Ensemble(places, log_rows(counting.trace().daily), mine.room)
        block.advance()
        return block.trace(), *block.logs()

    results = _in_threads(played, blocks, threads, progress)
    for first, (_, messages, events) in zip(firsts, results, strict=False):
        messages["group"] += first
        events["group"] += first
    trace = join_traces([result[0] for result in results])
    starts = [
        initial_joins(g, scenarios[point].params.group.size) for g, point in enumerate(trace.point)
    ]
    messages = np.concatenate([result[1] for result in results])
    events = np.concatenate([*starts, *(result[2] for result in results)])
    return trace, _in_order(messages), _in_order(events)


def initial_joins(group: int, size: int) -> Array:
    """Write the joining of the first members, at creation, as rows of the event log."""
    rows = np.zeros(size, EVENT_DTYPE)
    rows["group"], rows["member"], rows["packet"] = group, np.arange(size), -1
    return rows


def _in_order(rows: Array) -> Array:
    return rows[np.lexsort([rows["time_hours"], rows["group"]])]  # stable within an instant


def log_rows(daily: Array) -> tuple[int, int]:
    """Count the rows of the message and the event log that a run needs, from its days."""
    total = {name: int(daily[name].sum()) for name in DAY_DTYPE.names or ()}
    said = sum(total[kind] for kind in UTTERANCES)
    packets = total["packet"] + total["operator_packets"]
    events = total["joins"] + total["leaves"] + total["mutes"] + 2 * packets + total["claims"]
    return said + total["operator_posts"] + total["operator_answers"], events


def _blocks(
    scenarios: Sequence[Scenario],
    replications: int | Sequence[int],
    seed: int,
    block_groups: int | None,
) -> list[list[Place]]:
    numbers = range(replications) if isinstance(replications, int) else replications
    blocks: list[list[Place]] = [[]]
    slots = 0
    for point, scenario in enumerate(scenarios):
        for replication in numbers:
            full = len(blocks[-1]) >= block_groups if block_groups else slots >= SLOTS_IN_BLOCK
            if full and blocks[-1]:
                blocks.append([])
                slots = 0
            blocks[-1].append(Place(point, scenario, replication, seed))
            slots += scenario.params.group.size
    return blocks


class _Mine(threading.local):
    """What each thread has for itself."""

    def __init__(self) -> None:
        self.room = Room()


def _in_threads(
    played: Callable[[Sequence[Place]], Result],
    blocks: Sequence[Sequence[Place]],
    threads: int | None,
    progress: Progress | None,
) -> list[Result]:
    total = sum(len(block) for block in blocks)
    done = 0
    results: list[Result] = []
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        try:
            for block, result in zip(blocks, pool.map(played, blocks), strict=True):
                results.append(result)
                done += len(block)
                if progress is not None:
                    progress(done, total)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results
