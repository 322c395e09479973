"""The accelerator: many groups of different size, parameters and policies as arrays, compiled."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sim import members
from sim.consulting import Consultant, ledgers_of
from sim.draws import group_key
from sim.kernels import hours as kernels
from sim.kernels import layout, queue
from sim.observing import observe
from sim.params import Params, record_dtype, to_record
from sim.scenario import Scenario
from sim.state import ACT_DTYPE, LEDGER_DTYPE, UTTERANCES, Array
from sim.ties import SLOTS, initial_ties
from sim.timetable import timetable
from sim.trace import DAY_DTYPE, EVENT_DTYPE, LIFE_DTYPE, MESSAGE_DTYPE, Trace, start_life

SLOTS_IN_BLOCK = 25_600  # members whose state stays near the processor

Progress = Callable[[int, int], None]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Place:
    """One group of a study: which scenario, which replication, which seed."""

    point: int
    scenario: Scenario
    replication: int
    seed: int

    @property
    def key(self) -> int:
        """The address of the group's luck, the same at every design point."""
        return int(group_key(self.seed, self.replication))


class Ensemble:
    """A block of groups in memory, played together, hour by hour if wanted.

    Parameters
    ----------
    places : sequence of Place
        The groups; those of one scenario stand together.
    logged : tuple of int, optional
        Rows to keep for messages and for events (see `simulate_log`).

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

    def __init__(self, places: Sequence[Place], logged: tuple[int, int] = (0, 0)) -> None:
        self.places = places
        self.hour = 0
        self._points = list({place.point: place.scenario for place in places}.values())
        numbers = {point: n for n, point in enumerate({place.point: None for place in places})}
        self._point_of = np.array([numbers[place.point] for place in places], np.int64)
        self._arrays = self._build(logged)
        self._consultants = [
            (Consultant(scenario), slice(*np.searchsorted(self._point_of, [n, n + 1])))
            for n, scenario in enumerate(self._points)
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
            ledgers = ledgers_of(self._arrays["ledger"][mine])
            actions = consultant.consult(observe(self.hour, mine, self._arrays), ledgers)
            groups["cap"][mine], groups["closed"][mine] = actions.cap, actions.closed
            if len(actions.acts):
                actions.acts["group"] += mine.start
                ordered.append(actions.acts)
        acts = np.concatenate(ordered) if ordered else self._arrays["extra"][:0]
        number = np.arange(len(groups))  # acts are sorted by group
        groups["extra_next"] = np.searchsorted(acts["group"], number)
        groups["extra_end"] = np.searchsorted(acts["group"], number, "right")
        self._arrays["extra"] = acts

    def _build(self, logged: tuple[int, int]) -> dict[str, Array]:
        arrivals = [
            members.arrival_hours(place.key, place.scenario.params, end_hours(place.scenario))
            for place in self.places
        ]
        sizes = np.array([place.scenario.params.group.size for place in self.places])
        slots = sizes + np.array([len(times) for times in arrivals])
        first = np.concatenate([[0], np.cumsum(slots)])
        a = _empty(len(self.places), slots, self._points)
        a["message_log"] = np.zeros(logged[0], MESSAGE_DTYPE)
        a["event_log"] = np.zeros(logged[1], EVENT_DTYPE)
        tables = [timetable(scenario) for scenario in self._points]
        bounds = np.concatenate([[0], np.cumsum([len(table) for table in tables])])
        a["acts"] = np.concatenate(tables)
        for g, place in enumerate(self.places):
            n = int(self._point_of[g])
            _place_group(a["groups"][g : g + 1], place, n, int(first[g]), int(slots[g]))
            a["groups"][g]["act_next"], a["groups"][g]["act_end"] = bounds[n], bounds[n + 1]
            a["arrivals"][first[g] + sizes[g] : first[g + 1]] = arrivals[g]
            if place.scenario.params.ties.graph != "strangers":
                to, weight = initial_ties(place.scenario.params, place.key)
                a["members"]["tie_to"][first[g] : first[g] + sizes[g]] = to
                a["members"]["tie"][first[g] : first[g] + sizes[g]] = weight
            planned = place.scenario.params.group.planned_end_days * 24.0
            start_life(a["life"][g], end_hours(place.scenario), planned)
        names = ("groups", "members", "budget", "reaction", "shift", "params")
        kernels.draw_members(*(a[name] for name in names), 0, len(self.places))
        a["left"][:] = a["budget"]
        return a


def end_hours(scenario: Scenario) -> float:
    """Say when observation of a group ends: the horizon, or its planned end."""
    planned = scenario.params.group.planned_end_days
    days = min(scenario.days, planned) if planned > 0 else scenario.days
    return 24.0 * days


def _place_group(group: Array, place: Place, point: int, first: int, slots: int) -> None:
    params = place.scenario.params
    group["key"] = place.key
    group["point"] = point
    group["first_slot"], group["slots"] = first, slots
    group["start_hour"] = params.group.start_hour
    group["start_weekday"] = params.group.start_weekday
    group["end_hours"] = end_hours(place.scenario)
    group["cap"] = params.group.cap
    for counted in ("present", "hearing", "joined", "asked"):
        group[counted] = params.group.size
    group["team_visit_hours"] = np.inf
    group["arrival_next"], group["arrival_end"] = params.group.size, slots


def _empty(groups: int, sizes: Array, points: Sequence[Scenario]) -> dict[str, Array]:
    slots, most = int(sizes.sum()), int(sizes.max())
    room = 6 * most + 256 + queue.MOST_AT_ONCE  # events that stand, and as many that were replaced
    policies = max(1, *(len(scenario.policies) for scenario in points))
    days = max(int(np.ceil((end_hours(s) + s.params.group.start_hour) / 24)) for s in points)
    ledger = np.zeros((groups, policies), LEDGER_DTYPE)
    ledger["last_act_hours"] = -np.inf
    people = np.zeros(slots, layout.MEMBER_DTYPE)
    people["tie_to"] = -1
    return {
        "groups": np.zeros(groups, layout.GROUP_DTYPE),
        "members": people,
        "budget": np.zeros(slots),
        "left": np.zeros(slots),
        "rate": np.zeros(slots),
        "attention": np.zeros(slots),
        "reaction": np.full(slots, np.inf),
        "planned": np.full(slots, np.inf),
        "shift": np.zeros(slots, np.uint8),
        "posts": np.zeros(slots, np.int64),
        "ring": np.zeros((groups, layout.RING), layout.MESSAGE_RING_DTYPE),
        "open_packets": np.zeros((groups, layout.PACKETS_OPEN), layout.PACKET_DTYPE),
        "ledger": ledger,
        "arrivals": np.zeros(slots),
        "extra": np.zeros(0, ACT_DTYPE),
        "params": np.concatenate([to_record(s.params) for s in points]).astype(record_dtype()),
        "feeding": np.stack([members.feeding(s.params) for s in points]),
        "half": np.stack([members.half_exposures(s.params) for s in points]),
        "rhythm": np.stack([members.hour_factors(s.params) for s in points]),
        "fading": np.stack([_fading_hours(s.params) for s in points]),
        "daily": np.zeros((groups, days), DAY_DTYPE),
        "life": np.zeros(groups, LIFE_DTYPE),
        "logged": np.zeros(2, np.int64),
        "bonus": np.zeros(most + 2),
        "strength": np.zeros(SLOTS),
        "kept": np.zeros(8),
        "factors": np.zeros(7),
        "worth": np.zeros(16),
        "events": np.zeros(room, queue.EVENT_DTYPE),
        "spare": np.zeros(room, queue.EVENT_DTYPE),
        "heads": np.zeros(queue.HEADS, np.int64),
    }


def _fading_hours(params: Params) -> Array:
    days = (
        params.reading.fatigue_days,
        params.habit.days,
        params.needs.regrow_days,
        params.novelty.recover_days,
        params.packets.mood_hours / 24.0,
        params.packets.expectation_days,
    )
    hours = np.array([*(24.0 * day for day in days), 1.0, 1.0])
    hours[4] = params.packets.mood_hours
    return hours


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

    def played(places: Sequence[Place]) -> Trace:
        block = Ensemble(places)
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

    def played(places: Sequence[Place]) -> tuple[Trace, Array, Array]:
        counting = Ensemble(places)
        counting.advance()
        block = Ensemble(places, _log_rows(counting.trace().daily))
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


def _log_rows(daily: Array) -> tuple[int, int]:
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


def join_traces(traces: Iterable[Trace]) -> Trace:
    """Put the traces of several blocks one after the other."""
    parts = list(traces)
    if len(parts) == 1:
        return parts[0]
    days = max(part.daily.shape[1] for part in parts)
    daily = np.zeros((sum(part.groups for part in parts), days), DAY_DTYPE)
    row = 0
    for part in parts:
        daily[row : row + part.groups, : part.daily.shape[1]] = part.daily
        row += part.groups
    slots = np.concatenate([[0], np.cumsum([len(part.posts) for part in parts])])
    starts = [part.first_slot[:-1] + slot for part, slot in zip(parts, slots, strict=False)]

    def joined(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    return Trace(
        point=joined("point"),
        replication=joined("replication"),
        daily=daily,
        days=joined("days"),
        life=joined("life"),
        first_slot=np.concatenate([*starts, slots[-1:]]),
        posts=joined("posts"),
        joined=joined("joined"),
        left=joined("left"),
        muted=joined("muted"),
    )
