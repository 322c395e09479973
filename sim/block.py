"""How a block of groups is laid out in memory before the first hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import DTypeLike

from sim import members
from sim.arrivals import arrival_hours
from sim.draws import group_key
from sim.instructions import LINE_BYTES
from sim.kernels import drawing, layout, queue
from sim.params import record_dtype, to_record
from sim.rules import messages_read
from sim.rules.reading import LANES
from sim.scenario import Scenario
from sim.state import ACT_DTYPE, LEDGER_DTYPE, PACKETS_OPEN, RING, Array
from sim.ties import SLOTS, is_listed, sum_of_ties, tie_weights, tied_to
from sim.timetable import timetable
from sim.trace import DAY_DTYPE, EVENT_DTYPE, LIFE_DTYPE, MESSAGE_DTYPE

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
        """The address of the group's luck, the same at every design point."""
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


def points_of(places: Sequence[Place]) -> list[Scenario]:
    """List the scenarios of a block, each once, in the order of its groups."""
    return list({place.point: place.scenario for place in places}.values())


def build_block(
    places: Sequence[Place], point_of: Array, logged: tuple[int, int], room: Room
) -> dict[str, Array]:
    """Lay a block of groups (those of one scenario together) out in memory, members drawn,
    timetables planned: arrays of `sim.kernels.layout` by name; what stood in `room` is gone.
    """
    points = points_of(places)
    keys = [place.key for place in places]
    arrivals = [
        arrival_hours(key, place.scenario.params, end_hours(place.scenario))
        for key, place in zip(keys, places, strict=True)
    ]
    sizes = np.array([scenario.params.group.size for scenario in points])[point_of]
    slots = sizes + np.array([len(times) for times in arrivals])
    first = np.concatenate([[0], np.cumsum(slots)])
    known = _tied_to(places, keys, first)
    a = _empty(len(places), slots, points, room)
    a["message_log"] = np.zeros(logged[0], MESSAGE_DTYPE)
    a["event_log"] = np.zeros(logged[1], EVENT_DTYPE)
    tables = [timetable(scenario) for scenario in points]
    a["acts"] = np.concatenate(tables)
    _place_groups(a["groups"], points, point_of, np.cumsum([0, *map(len, tables)]))
    a["groups"]["key"], a["groups"]["first_slot"], a["groups"]["slots"] = keys, first[:-1], slots
    a["groups"]["arrival_end"] = slots
    slot = np.arange(first[-1]) - np.repeat(first[:-1], slots)
    a["arrivals"][slot >= np.repeat(sizes, slots)] = np.concatenate(arrivals)
    names = ("groups", "members", "budget", "reaction", "shift", "life", "params")
    drawing.draw_members(*(a[name] for name in names), known)
    for g, place in enumerate(places):
        if is_listed(place.scenario.params):
            mine = a["members"][first[g] : first[g] + sizes[g]]
            mine["tie"] = tie_weights(place.scenario.params, mine["tie_to"])
            mine["tied"] = sum_of_ties(mine["tie"])
    a["left"][:] = a["budget"]
    return a


def end_hours(scenario: Scenario) -> float:
    """Say when observation of a group ends: the horizon, or its planned end."""
    planned = scenario.params.group.planned_end_days
    days = min(scenario.days, planned) if planned > 0 else scenario.days
    return 24.0 * days


def _place_groups(groups: Array, points: Sequence[Scenario], point_of: Array, acts: Array) -> None:
    """Write what groups have from their scenario; `acts` says where each timetable begins."""
    has = [scenario.params.group for scenario in points]
    of_point = {
        "start_hour": [one.start_hour for one in has],
        "start_weekday": [one.start_weekday for one in has],
        "end_hours": [end_hours(scenario) for scenario in points],
        "cap": [one.cap for one in has],
        "act_next": acts[:-1],
        "act_end": acts[1:],
    }
    for name, values in of_point.items():
        groups[name] = np.asarray(values)[point_of]
    for name in ("present", "hearing", "joined", "asked", "arrival_next"):
        groups[name] = np.array([one.size for one in has])[point_of]
    groups["point"] = point_of
    groups["team_visit_hours"] = np.inf
    groups["newest_talk"] = groups["open_question"] = groups["newest_packet"] = -1


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
    policies = max(1, *(len(scenario.policies) for scenario in points))
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
            "news": (groups, layout.NEWS_DTYPE),
            "open_packets": ((groups, PACKETS_OPEN), layout.PACKET_DTYPE),
            "ledger": ((groups, policies), LEDGER_DTYPE),
            "arrivals": (slots, np.float64),
        },
        room,
    )
    state["reaction"][:] = np.inf
    state["said"][:] = -1
    state["ledger"]["last_act_hours"] = -np.inf
    traced = {  # apart, since it outlives the block
        "posts": np.zeros(slots, np.int64),
        "daily": np.zeros((groups, days), DAY_DTYPE),
        "life": np.zeros(groups, LIFE_DTYPE),
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
        "due": np.zeros(most, np.int64),
        "called": np.zeros(most + 1, np.int64),
        "ahead": np.zeros(5, np.int64),
        "accept": np.zeros(most),
        "wait": np.zeros(most),
        "factors": np.zeros(7),
        "sums": np.zeros(16 * LANES),
        "events": np.zeros(room, queue.EVENT_DTYPE),
        "spare": np.zeros(room, queue.EVENT_DTYPE),
        "heads": np.zeros(queue.HEADS, np.int64),
    }


@lru_cache(maxsize=64)
def _messages_read(cap_messages: float) -> Array:
    """Tabulate the rule up to a number of unread messages beyond which it never changes."""
    unread = range(layout.UNREAD_MOST + 1)
    return np.array([messages_read(number, cap_messages) for number in unread], np.uint8)
