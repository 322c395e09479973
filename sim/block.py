"""How a block of groups is laid out in memory before the first hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import DTypeLike

from sim import members
from sim.draws import group_key
from sim.instructions import LINE_BYTES
from sim.kernels import drawing, layout, queue
from sim.params import Params, record_dtype, to_record
from sim.rules import messages_read
from sim.rules.reading import LANES
from sim.scenario import Scenario
from sim.state import ACT_DTYPE, LEDGER_DTYPE, Array
from sim.ties import initial_ties, sum_of_ties
from sim.timetable import timetable
from sim.trace import DAY_DTYPE, EVENT_DTYPE, LIFE_DTYPE, MESSAGE_DTYPE, start_life

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


def points_of(places: Sequence[Place]) -> list[Scenario]:
    """List the scenarios of a block, each once, in the order of its groups."""
    return list({place.point: place.scenario for place in places}.values())


def build_block(
    places: Sequence[Place], point_of: Array, logged: tuple[int, int]
) -> dict[str, Array]:
    """Lay a block of groups out in memory, members drawn, timetables planned.

    Parameters
    ----------
    places : sequence of Place
        The groups; those of one scenario stand together.
    point_of : array [group] of int
        Which of the block's scenarios each belongs to, from 0.
    logged : tuple of int
        Rows to keep for messages and for events.

    Returns
    -------
    dict
        The arrays of `sim.kernels.layout`, by name.
    """
    points = points_of(places)
    arrivals = [
        members.arrival_hours(place.key, place.scenario.params, end_hours(place.scenario))
        for place in places
    ]
    sizes = np.array([place.scenario.params.group.size for place in places])
    slots = sizes + np.array([len(times) for times in arrivals])
    first = np.concatenate([[0], np.cumsum(slots)])
    a = _empty(len(places), slots, points)
    a["message_log"] = np.zeros(logged[0], MESSAGE_DTYPE)
    a["event_log"] = np.zeros(logged[1], EVENT_DTYPE)
    tables = [timetable(scenario) for scenario in points]
    bounds = np.concatenate([[0], np.cumsum([len(table) for table in tables])])
    a["acts"] = np.concatenate(tables)
    for g, place in enumerate(places):
        _place_group(a["groups"][g : g + 1], place, int(point_of[g]), int(first[g]), int(slots[g]))
    names = ("groups", "members", "budget", "reaction", "shift", "params")
    drawing.draw_members(*(a[name] for name in names), 0, len(places))
    for g, place in enumerate(places):
        n = int(point_of[g])
        a["groups"][g]["act_next"], a["groups"][g]["act_end"] = bounds[n], bounds[n + 1]
        a["arrivals"][first[g] + sizes[g] : first[g + 1]] = arrivals[g]
        if place.scenario.params.ties.graph != "strangers":
            to, weight = initial_ties(place.scenario.params, place.key)
            a["members"]["tie_to"][first[g] : first[g] + sizes[g]] = to
            a["members"]["tie"][first[g] : first[g] + sizes[g]] = weight
            a["members"]["tied"][first[g] : first[g] + sizes[g]] = sum_of_ties(weight)
        planned = place.scenario.params.group.planned_end_days * 24.0
        start_life(a["life"][g], end_hours(place.scenario), planned)
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
    group["newest_talk"] = group["open_question"] = -1
    group["arrival_next"], group["arrival_end"] = params.group.size, slots


def _empty(groups: int, sizes: Array, points: Sequence[Scenario]) -> dict[str, Array]:
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
            "ring": ((groups, layout.RING), layout.MESSAGE_RING_DTYPE),
            "news": (groups, layout.NEWS_DTYPE),
            "open_packets": ((groups, layout.PACKETS_OPEN), layout.PACKET_DTYPE),
            "ledger": ((groups, policies), LEDGER_DTYPE),
            "arrivals": (slots, np.float64),
        }
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


def _laid_out(wanted: dict[str, tuple[Shape, DTypeLike]]) -> dict[str, Array]:
    """Make arrays of nought in one piece of memory, each beginning with a line of the cache."""
    bytes_of = {
        name: int(np.prod(shape)) * np.dtype(dtype).itemsize
        for name, (shape, dtype) in wanted.items()
    }
    room = np.zeros(sum(bytes_of.values()) + LINE_BYTES * (len(wanted) + 1), np.uint8)
    at = -room.ctypes.data % LINE_BYTES
    arrays = {}
    for name, (shape, dtype) in wanted.items():
        arrays[name] = room[at : at + bytes_of[name]].view(dtype).reshape(shape)
        at += -(-bytes_of[name] // LINE_BYTES) * LINE_BYTES
    return arrays


def _tables(points: Sequence[Scenario]) -> dict[str, Array]:
    """Tabulate what the kernels look up by scenario."""
    params = [scenario.params for scenario in points]
    return {
        "params": np.concatenate([to_record(p) for p in params]).astype(record_dtype()),
        "feeding": np.stack([members.feeding(p) for p in params]),
        "half": np.stack([members.half_exposures(p) for p in params]),
        "rhythm": np.stack([members.hour_factors(p) for p in params]),
        "fading": np.stack([_fading_hours(p) for p in params]),
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
        "due": np.zeros(most, np.uint8),
        "called": np.zeros(most + 1, np.int64),
        "ahead": np.zeros(5, np.int64),
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
