"""How a block of groups is laid out in memory before the first hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim import members
from sim.draws import group_key
from sim.kernels import drawing, layout, queue
from sim.params import Params, record_dtype, to_record
from sim.rules import messages_read
from sim.rules.reading import LANES
from sim.scenario import Scenario
from sim.state import ACT_DTYPE, LEDGER_DTYPE, Array
from sim.ties import SLOTS, initial_ties, sum_of_ties
from sim.timetable import timetable
from sim.trace import DAY_DTYPE, EVENT_DTYPE, LIFE_DTYPE, MESSAGE_DTYPE, start_life


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
        n = int(point_of[g])
        _place_group(a["groups"][g : g + 1], place, n, int(first[g]), int(slots[g]))
        a["groups"][g]["act_next"], a["groups"][g]["act_end"] = bounds[n], bounds[n + 1]
        a["arrivals"][first[g] + sizes[g] : first[g + 1]] = arrivals[g]
        if place.scenario.params.ties.graph != "strangers":
            to, weight = initial_ties(place.scenario.params, place.key)
            a["members"]["tie_to"][first[g] : first[g] + sizes[g]] = to
            a["members"]["tie"][first[g] : first[g] + sizes[g]] = weight
            a["members"]["tied"][first[g] : first[g] + sizes[g]] = sum_of_ties(weight)
        planned = place.scenario.params.group.planned_end_days * 24.0
        start_life(a["life"][g], end_hours(place.scenario), planned)
    names = ("groups", "members", "budget", "reaction", "shift", "params")
    drawing.draw_members(*(a[name] for name in names), 0, len(places))
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
    group["newest_ad"] = group["open_question"] = -1
    group["arrival_next"], group["arrival_end"] = params.group.size, slots


def _empty(groups: int, sizes: Array, points: Sequence[Scenario]) -> dict[str, Array]:
    slots, most = int(sizes.sum()), int(sizes.max())
    room = 6 * most + 256 + queue.MOST_AT_ONCE  # events that stand, and as many that were replaced
    policies = max(1, *(len(scenario.policies) for scenario in points))
    days = max(int(np.ceil((end_hours(s) + s.params.group.start_hour) / 24)) for s in points)
    ledger = np.zeros((groups, policies), LEDGER_DTYPE)
    ledger["last_act_hours"] = -np.inf
    people = np.zeros(slots, layout.MEMBER_DTYPE)
    people["tie_to"] = people["addressed"] = -1
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
        "said": np.full(slots, -1, np.int64),
        "ring": np.zeros((groups, layout.RING), layout.MESSAGE_RING_DTYPE),
        "news": np.zeros(groups, layout.NEWS_DTYPE),
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
        "kept": np.zeros(8),
        "due": np.zeros(most, np.uint8),
        "called": np.zeros(most + 1, np.int64),
        "factors": np.zeros(7),
        "worth": np.zeros(16),
        "sums": np.zeros(16 * LANES),
        "heard": np.zeros(SLOTS + 1, np.int64),
        "taken": np.stack([_messages_read(s.params.reading.cap_messages) for s in points]),
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
