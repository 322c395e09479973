"""Simulated rooms of a population, seen through windows and counted like real ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.ensemble import simulate_log
from sim.lives.patterns import per_group
from sim.scenario import Scenario
from sim.state import Array
from sim.trace import Trace
from sim.validation.real import Rooms
from sim.validation.windows import Floats, Integers, Utterances, seen_through

ROOMS_IN_JOB = 50
MEMBERS_IN_ROOM = 2**20  # above any number of slots: a member's number is unique over all rooms

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulated:
    """Simulated rooms: what they bring to the patterns, and what only a simulation shows."""

    rooms: Rooms
    # [room] joined, posters, muted, left, openers, openers_answered over the whole run
    facts: pd.DataFrame
    hour_of_week: Floats  # [168] members' messages by local hour, from Monday 0 h


def simulated_rooms(
    scenarios: Sequence[Scenario],
    window_days: Floats,
    seed: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """Simulate one room a window [room], in days, dealt to the scenarios in turn, and count it.

    The scenarios' own days are not used; the result does not depend on threads.
    """
    said, facts, hour_of_week = simulated_talk(scenarios, window_days, seed, threads, progress)
    log = seen_through(said, window_days)
    used = np.array(log.names, dtype=np.int64)
    never = np.setdiff1d(np.arange(len(window_days)), used)
    rooms = Rooms(per_group(log, True), window_days[np.concatenate([used, never])])
    return Simulated(rooms, facts, hour_of_week)


def simulated_talk(
    scenarios: Sequence[Scenario],
    days: Floats,
    seed: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[Utterances, pd.DataFrame, Floats]:
    """Simulate a room for at least each of days [room]: what was said, facts, hour_of_week."""
    jobs = _jobs(len(scenarios), days)
    done, total = 0.0, sum(days[rooms].max() * len(rooms) for _, rooms in jobs)

    def played(job: tuple[int, Integers]) -> _Played:
        number, rooms = job
        lasting = replace(scenarios[number], days=float(days[rooms].max()))
        return _played(lasting, rooms, seed)

    parts = []
    pool = ThreadPoolExecutor(threads or os.cpu_count() or 1)
    try:
        for job, part in zip(jobs, pool.map(played, jobs), strict=True):
            parts.append(part)
            done += days[job[1]].max() * len(job[1])
            if progress is not None:
                progress(int(done), int(total))
    finally:
        pool.shutdown(cancel_futures=True)
    return _joined(parts)


@dataclass(frozen=True)
class _Played:
    said: Utterances
    facts: pd.DataFrame
    hour_of_week: Floats


def _jobs(scenarios: int, window_days: Floats) -> list[tuple[int, Integers]]:
    """Deal rooms to scenarios in turn, and put rooms seen about equally long together."""
    jobs = []
    for number in range(scenarios):
        mine = np.arange(number, len(window_days), scenarios)
        mine = mine[np.argsort(-window_days[mine], kind="stable")]
        jobs += [(number, mine[at : at + ROOMS_IN_JOB]) for at in range(0, len(mine), ROOMS_IN_JOB)]
    return jobs


def _played(scenario: Scenario, rooms: Integers, seed: int) -> _Played:
    trace, messages, _ = simulate_log([scenario], [int(room) for room in rooms], seed, threads=1)
    own = messages[messages["member"] >= 0]
    room = rooms[own["group"]]
    order = np.argsort(room, kind="stable")
    said = Utterances(
        room[order],
        (room * MEMBERS_IN_ROOM + own["member"])[order],
        own["time_hours"][order],
    )
    return _Played(said, _facts(trace, rooms), _hour_of_week(own["time_hours"], scenario))


def _facts(trace: Trace, rooms: Integers) -> pd.DataFrame:
    starts = trace.first_slot[:-1]

    def total(flags: Array) -> Array:
        counted = np.concatenate([[0], np.cumsum(flags)])
        return np.asarray(counted[trace.first_slot[1:]] - counted[starts])

    return pd.DataFrame(
        {
            "room": rooms,
            "joined": total(trace.joined),
            "posters": total(trace.posts > 0),
            "muted": total(trace.muted & trace.joined),
            "left": total(trace.left),
            "openers": trace.life["openers"],
            "openers_answered": trace.life["openers_answered"],
        }
    )


def _hour_of_week(hours: Array, scenario: Scenario) -> Floats:
    group = scenario.params.group
    local = np.floor(hours + group.start_hour + 24 * group.start_weekday).astype(np.int64) % 168
    return np.bincount(local, minlength=168).astype(np.float64)


def _joined(parts: Sequence[_Played]) -> tuple[Utterances, pd.DataFrame, Floats]:
    room, member, hours = (
        np.concatenate([getattr(part.said, name) for part in parts] or [np.zeros(0, kind)])
        for name, kind in (("room", np.int64), ("member", np.int64), ("hours", np.float64))
    )
    order = np.argsort(room, kind="stable")
    said = Utterances(room[order], member[order], hours[order])
    if not parts:
        return said, pd.DataFrame(), np.zeros(168)
    facts = pd.concat([part.facts for part in parts], ignore_index=True)
    hour_of_week = np.sum([part.hour_of_week for part in parts], axis=0)
    return said, facts.sort_values("room", ignore_index=True), hour_of_week
