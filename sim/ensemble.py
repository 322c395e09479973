"""The accelerator: many groups of different size, parameters and policies as arrays, compiled.

One file because a block is laid out, played and read where its arrays are known.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike

from sim import members, trace
from sim.compiling import LINE_BYTES
from sim.desk import minutes_of_acts
from sim.draws import group_key
from sim.kernels import drawing, layout, queue
from sim.kernels import hours as kernels
from sim.members import arrival_hours
from sim.operators import Consultant, in_force, levers_of, observe, planned
from sim.params import record_dtype, to_record
from sim.progress import Progress
from sim.rules import LANES, messages_read
from sim.scenario import Forked, Mix, Scenario
from sim.state import (
    ACT_DTYPE,
    CALLS_OPEN,
    KINDS,
    LEDGER_DTYPE,
    PACKETS_OPEN,
    PEOPLE_DTYPE,
    RING,
    STANDING,
    UTTERANCES,
    Actions,
    Array,
)  # fmt: skip
from sim.ties import SLOTS, is_listed, sum_of_ties, tie_weights, tied_to
from sim.trace import Trace, end_hours, join_traces

SLOTS_IN_BLOCK = 25_600  # members whose state stays near the processor

NO_ENTRIES = np.zeros((), LEDGER_DTYPE)
NO_ENTRIES["last_act_hours"] = -np.inf

Result = TypeVar("Result")
Shape = int | tuple[int, int]


@dataclass(frozen=True)
class Place:
    """One group of a study: which scenario, which replication, which seed."""

    point: int
    scenario: Scenario
    replication: int
    seed: int

    @property
    def key(self) -> int:
        """The address of the group's random numbers, the same at every design point."""
        return int(group_key(self.seed, self.replication))


class Room:
    """Memory that a thread lays one block after another out in: fresh memory is slow to come by.

    What is laid out in a room is gone when the next block is built in it.
    """

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def cleared(self, size: int) -> Array:
        """Give so many bytes of nought, beginning with a line of the processor's cache."""
        if len(self._bytes) < size + LINE_BYTES:
            self._bytes = np.empty(size + size // 16 + LINE_BYTES, np.uint8)
        at = -self._bytes.ctypes.data % LINE_BYTES
        piece = self._bytes[at : at + size]
        piece[:] = 0
        return piece


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

    Attributes
    ----------
    arrays : dict of str to array
        The state by the names of `sim.kernels.layout`; only experiments change it.

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
        self, places: Sequence[Place], logged: tuple[int, int] = (0, 0), room: Room | None = None
    ) -> None:
        self.places = places
        self.hour = 0
        numbers = {point: n for n, point in enumerate({place.point: None for place in places})}
        self._point_of = np.array([numbers[place.point] for place in places], np.int64)
        plans = [planned(scenario) for scenario in points_of(places)]
        self.arrays = build_block(places, self._point_of, plans, logged, room or Room())
        self._consultants = [
            (Consultant(scenario, plan), slice(*np.searchsorted(self._point_of, [n, n + 1])))
            for n, (scenario, plan) in enumerate(zip(points_of(places), plans, strict=True))
        ]
        self._turns: dict[int, list[int]] = {}  # by hour: the points whose operators change then
        for n, scenario in enumerate(points_of(places)):
            if isinstance(scenario, Forked):
                self._turns.setdefault(scenario.from_hour, []).append(n)

    def advance(self, to_hour: int | None = None) -> None:
        """Play on, to a whole hour since creation or to the end of every group."""
        end = int(np.ceil(self.arrays["groups"]["end_hours"].max()))
        target = end if to_hour is None else min(to_hour, end)
        if not self._turns and not any(consultant.needed for consultant, _ in self._consultants):
            self._play(target)
        while self.hour < target:
            self._turn()
            self._consult()
            due = [c.next_due(self.hour) for c, _ in self._consultants if c.needed]
            self._play(min([target, *due, *(hour for hour in self._turns if hour > self.hour)]))

    def _turn(self) -> None:
        """Let the operators of forks whose hour it is do from now on what they do later."""
        for n in self._turns.get(self.hour, ()):
            before, mine = self._consultants[n]
            fork = points_of(self.places)[n]
            assert isinstance(fork, Forked)
            plan = planned(fork.later)
            names = [policy.name for policy in fork.later.policies]
            place = np.array([names.index(policy.name) for policy in fork.policies], np.int64)
            after = before.followed_by(Consultant(fork.later, plan), place)
            self._consultants[n] = after, mine
            groups, a = self.arrays["groups"][mine], self.arrays
            for name, stands in after.stands(len(groups)).items():
                groups[name] = stands
            groups["act_next"] = len(a["acts"])
            a["acts"] = np.concatenate([a["acts"], plan.acts[plan.acts["time_hours"] >= self.hour]])
            groups["act_end"] = len(a["acts"])
            books = a["ledger"][mine, : len(place)].copy()
            a["ledger"][mine] = NO_ENTRIES
            a["ledger"][mine, place] = books
            if len(place):
                a["calls"]["policy"][mine] = place[a["calls"]["policy"][mine]]

    def trace(self) -> Trace:
        """Return what the groups have left so far."""
        a = self.arrays
        groups, people = a["groups"], a["members"]
        joined = np.isfinite(a["people"]["joined_hours"])
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
        written = self.arrays["logged"]
        return (self.arrays["message_log"][: written[0]], self.arrays["event_log"][: written[1]])

    def _play(self, to_hour: int) -> None:
        a = self.arrays
        kernels.play(layout.World(*(a[name] for name in layout.ARRAYS)), self.hour, to_hour)
        self.hour = max(self.hour, to_hour)

    def _consult(self) -> None:
        groups = self.arrays["groups"]
        ordered = []
        for consultant, mine in self._consultants:
            if not consultant.due(self.hour):
                continue
            seen = observe(self.hour, mine, self.arrays)
            actions = consultant.consult(seen, self.arrays["ledger"][mine])
            for name, stands in actions.standing().items():
                groups[name][mine] = stands
            if len(actions.acts):
                actions.acts["group"] += mine.start
                ordered.append(actions.acts)
        acts = np.concatenate(ordered) if ordered else self.arrays["extra"][:0]
        self.arrays["extra"] = acts
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
        The design points; all share their random numbers, replication by replication.
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
    messages : array of trace.MESSAGE_DTYPE
    events : array of trace.EVENT_DTYPE
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
        initial_joins(
            g, np.flatnonzero(trace.joined[first : first + scenarios[point].params.group.size])
        )
        for g, (point, first) in enumerate(zip(trace.point, trace.first_slot, strict=False))
    ]
    messages = np.concatenate([result[1] for result in results])
    events = np.concatenate([*starts, *(result[2] for result in results)])
    return trace, _in_order(messages), _in_order(events)


def initial_joins(group: int, slots: Array) -> Array:
    """Write the joining of the first members, at creation, as rows of the event log."""
    rows = np.zeros(len(slots), trace.EVENT_DTYPE)
    rows["group"], rows["member"], rows["packet"] = group, slots, -1
    return rows


def _in_order(rows: Array) -> Array:
    return rows[np.lexsort([rows["time_hours"], rows["group"]])]  # stable within an instant


def log_rows(daily: Array) -> tuple[int, int]:
    """Count the rows of the message and the event log that a run needs, from its days."""
    total = {name: int(daily[name].sum()) for name in trace.DAY_DTYPE.names or ()}
    said = sum(total[kind] for kind in UTTERANCES)
    packets = total["packet"] + total["operator_packets"]
    moves = ("joins", "leaves", "mutes", "unmutes", "removals", "returns", "payments")
    members = sum(total[name] for name in moves)
    events = members + 2 * packets + total["claims"] + total["call_answers"] + total["orders"]
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


def points_of(places: Sequence[Place]) -> list[Scenario]:
    """List the scenarios of a block, each once, in the order of its groups."""
    return list({place.point: place.scenario for place in places}.values())


def _in_turn(scenario: Scenario) -> tuple[Scenario, ...]:
    """List the scenarios whose policies act in a group, one after the other."""
    return (scenario, scenario.later) if isinstance(scenario, Forked) else (scenario,)


def build_block(
    places: Sequence[Place],
    point_of: Array,
    plans: Sequence[Actions],
    logged: tuple[int, int],
    room: Room,
) -> dict[str, Array]:
    """Lay a block of groups (those of one scenario together) out in memory, members drawn, as
    planned: arrays of `sim.kernels.layout` by name; what stood in `room` is gone.
    """
    points = points_of(places)
    keys = [place.key for place in places]
    arrivals = [
        arrival_hours(key, place.scenario.params, end_hours(place.scenario))
        for key, place in zip(keys, places, strict=True)
    ]
    sizes = np.array([scenario.params.group.size for scenario in points])[point_of]
    kept = sizes + np.array([scenario.params.growth.reserve for scenario in points])[point_of]
    slots = kept + np.array([len(times) for times in arrivals])
    first = np.concatenate([[0], np.cumsum(slots)])
    known = _tied_to(places, keys, first)
    a = _empty(len(places), slots, points, room)
    a["message_log"] = np.zeros(logged[0], trace.MESSAGE_DTYPE)
    a["event_log"] = np.zeros(logged[1], trace.EVENT_DTYPE)
    a["acts"] = np.concatenate([plan.acts for plan in plans])
    _place_groups(a["groups"], points, plans, point_of)
    a["groups"]["key"], a["groups"]["first_slot"], a["groups"]["slots"] = keys, first[:-1], slots
    a["groups"]["arrival_end"] = slots
    slot = np.arange(first[-1]) - np.repeat(first[:-1], slots)
    a["arrivals"][slot >= np.repeat(kept, slots)] = np.concatenate(arrivals)
    names = ("groups", "members", "budget", "reaction", "shift", "life", "daily", "params")
    drawing.draw_members(*(a[name] for name in names), a["rhythm"], known)
    for g, place in enumerate(places):
        if is_listed(place.scenario.params):
            mine = a["members"][first[g] : first[g] + sizes[g]]
            mine["tie"] = tie_weights(place.scenario.params, mine["tie_to"])
            mine["tied"] = sum_of_ties(mine["tie"])
    a["left"][:] = a["budget"]
    a["people"]["joined_hours"][a["members"]["present"] > 0] = 0.0
    return a


def _place_groups(
    groups: Array, points: Sequence[Scenario], plans: Sequence[Actions], point_of: Array
) -> None:
    """Write what groups have from their scenario and from what its policies plan."""
    acts = np.cumsum([0, *(len(plan.acts) for plan in plans)])
    stands = [in_force([plan.standing()], s, 1) for s, plan in zip(points, plans, strict=True)]
    has = [scenario.params.group for scenario in points]
    of_point = {
        "start_hour": [one.start_hour for one in has],
        "start_weekday": [one.start_weekday for one in has],
        "end_hours": [end_hours(scenario) for scenario in points],
        **{name: [one[name][0] for one in stands] for name in STANDING},
        "levers": [
            np.bitwise_or.reduce([levers_of(one) for one in _in_turn(scenario)])
            for scenario in points
        ],
        "act_next": acts[:-1],
        "act_end": acts[1:],
    }
    for name, values in of_point.items():
        groups[name] = np.asarray(values)[point_of]
    for name in ("present", "hearing", "joined", "next_guest"):
        groups[name] = np.array([one.size for one in has])[point_of]
    groups["vacant"] = np.array([scenario.params.growth.reserve for scenario in points])[point_of]
    for name in ("asked", "arrival_next"):
        groups[name] = groups["next_guest"] + groups["vacant"]
    groups["point"] = point_of
    groups["team_visit_hours"] = np.inf
    groups["paid_hours"] = -np.inf
    for name in ("newest_talk", "newest_team", "open_question", "newest_packet"):
        groups[name] = -1


def _tied_to(places: Sequence[Place], keys: Sequence[int], first: Array) -> Array:
    """Say whom every slot is tied to at creation: array [slot, 12], candidates to nobody."""
    to = np.full((first[-1], SLOTS), -1, np.int32)
    for place, key, begin in zip(places, keys, first, strict=False):
        if place.scenario.params.ties.graph != "strangers":
            known = tied_to(place.scenario.params, key)
            to[begin : begin + len(known)] = known
    return to


def _empty(groups: int, sizes: Array, points: Sequence[Scenario], room: Room) -> dict[str, Array]:
    slots = int(sizes.sum())
    policies = max(1, *(len(one.policies) for scenario in points for one in _in_turn(scenario)))
    days = max(int(np.ceil((end_hours(s) + s.params.group.start_hour) / 24)) for s in points)
    state = _laid_out(
        {
            "groups": (groups, layout.GROUP_DTYPE),
            "members": (slots, layout.MEMBER_DTYPE),
            "budget": (slots, np.float64),
            "left": (slots, np.float64),
            "rate": (slots, np.float64),
            "reaction": (slots, np.float64),
            "shift": (slots, np.uint8),
            "said": (slots, np.int32),
            "ring": ((groups, RING), layout.MESSAGE_RING_DTYPE),
            "promised": ((groups, RING), np.float64),
            "news": (groups, layout.NEWS_DTYPE),
            "open_packets": ((groups, PACKETS_OPEN), layout.PACKET_DTYPE),
            "calls": ((groups, CALLS_OPEN), layout.CALL_DTYPE),
            "ledger": ((groups, policies), LEDGER_DTYPE),
            "arrivals": (slots, np.float64),
            "people": (slots, PEOPLE_DTYPE),
        },
        room,
    )
    state["reaction"][:] = np.inf
    state["said"][:] = -1
    state["people"]["last_post_hours"] = state["people"]["last_act_hours"] = -np.inf
    state["people"]["invited_by"] = -1
    state["people"]["joined_hours"] = np.inf
    state["ledger"][:] = NO_ENTRIES
    daily = np.zeros((groups, days), trace.DAY_DTYPE)
    traced = {  # apart, since it outlives the block
        "posts": np.zeros(slots, np.int64),
        "daily": daily,
        "by_kind": trace.counts_by_kind(daily),
        "life": np.zeros(groups, trace.LIFE_DTYPE),
    }
    return state | traced | _tables(points) | _scratch(int(sizes.max()))


def _laid_out(wanted: dict[str, tuple[Shape, DTypeLike]], room: Room) -> dict[str, Array]:
    """Make arrays of nought in one piece of memory, each beginning with a line of the cache."""
    bytes_of = {
        name: int(np.prod(shape)) * np.dtype(dtype).itemsize
        for name, (shape, dtype) in wanted.items()
    }
    lines_of = {name: -(-size // LINE_BYTES) for name, size in bytes_of.items()}
    piece = room.cleared(sum(lines_of.values()) * LINE_BYTES)
    at = 0
    arrays = {}
    for name, (shape, dtype) in wanted.items():
        arrays[name] = piece[at : at + bytes_of[name]].view(dtype).reshape(shape)
        at += lines_of[name] * LINE_BYTES
    return arrays


def _tables(points: Sequence[Scenario]) -> dict[str, Array]:
    """Tabulate what the kernels look up by scenario."""
    params = [scenario.params for scenario in points]
    return {
        "params": np.concatenate([to_record(p) for p in params]).astype(record_dtype()),
        "feeding": np.stack([members.feeding(p) for p in params]),
        "half": np.stack([members.half_exposures(p) for p in params]),
        "work": np.stack([minutes_of_acts(p) for p in params]),
        "rhythm": np.stack([members.hour_factors(p) for p in params]),
        "fading": np.stack([members.fading(p) for p in params]),
        "taken": np.stack([_messages_read(p.reading.cap_messages) for p in params]),
        "extra": np.zeros(0, ACT_DTYPE),
    }


def _scratch(most: int) -> dict[str, Array]:
    """Make what the kernels write on and forget; `most` is the most slots of a group."""
    room = 6 * most + 256 + queue.MOST_AT_ONCE  # events that stand, and as many that were replaced
    return {
        "logged": np.zeros(2, np.int64),
        "bonus": np.zeros(most + 2),
        "kept": np.zeros(8),
        "felt": np.zeros(len(KINDS)),
        "due": np.zeros(most, np.int64),
        "called": np.zeros(most + 1, np.int64),
        "ahead": np.zeros(7, np.int64),
        "accept": np.zeros(most),
        "wait": np.zeros(most),
        "factors": np.zeros(7),
        "sums": np.zeros(LANES * layout.VOICES),
        "events": np.zeros(room, queue.EVENT_DTYPE),
        "spare": np.zeros(room, queue.EVENT_DTYPE),
        "heads": np.zeros(queue.HEADS, np.int64),
    }


@lru_cache(maxsize=64)
def _messages_read(cap_messages: float) -> Array:
    """Tabulate the rule up to a number of unread messages beyond which it never changes."""
    unread = range(layout.UNREAD_MOST + 1)
    return np.array([messages_read(number, cap_messages) for number in unread], np.uint8)


def simulate_mix(
    mix: Mix, groups: int, seed: int, threads: int | None = None, progress: Progress | None = None
) -> Trace:
    """Play groups of a mix dealt to its types, on all cores by default (no number depends on it);
    the trace is type by type, ``point`` its number, replication r of the same type whatever the
    number of groups.
    """
    parts = [
        replace(
            simulate([scenario], mine, seed, threads, progress=told),
            point=np.full(len(mine), number),
        )
        for number, scenario, mine, told in _parts(mix, groups, progress)
    ]
    return join_traces(parts)


def simulate_mix_log(
    mix: Mix, groups: int, seed: int, threads: int | None = None, progress: Progress | None = None
) -> tuple[Trace, Array, Array]:
    """Play as `simulate_mix` and keep every message and event, sorted by group (its position in the
    trace), then time.
    """
    traces, messages, events, first = [], [], [], 0
    for number, scenario, mine, told in _parts(mix, groups, progress):
        trace, sent, happened = simulate_log([scenario], mine, seed, threads, progress=told)
        sent["group"] += first
        happened["group"] += first
        first += len(mine)
        traces.append(replace(trace, point=np.full(len(mine), number)))
        messages.append(sent)
        events.append(happened)
    return join_traces(traces), np.concatenate(messages), np.concatenate(events)


def _parts(
    mix: Mix, groups: int, progress: Progress | None
) -> Iterator[tuple[int, Scenario, list[int], Progress | None]]:
    """Yield each type that has groups: number, scenario, replications, its part of the progress."""
    type_of, before = mix.dealt(groups), 0
    for number, one in enumerate(mix.types):
        mine = np.flatnonzero(type_of == number).tolist()
        if mine:
            yield number, one.scenario, mine, progress and partial(_tell, progress, before, groups)
        before += len(mine)


def _tell(progress: Progress, before: int, groups: int, done: int, _: int) -> None:
    progress(before + done, groups)
