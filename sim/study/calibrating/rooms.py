"""Simulated rooms of many particles, seen through real windows and counted as real ones are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim.ensemble import simulate_log
from sim.lives.human_log import HumanLog
from sim.lives.patterns import CREATION_PATTERNS, PATTERNS, per_group
from sim.scenario import Scenario
from sim.state import Array
from sim.validation.rooms import Utterances, Windows, seen_through

BATCHES = 5
"""Rooms watched about equally long are played together: none is played much beyond its window."""

VOLUME_MOST = 3.0
"""Messages over those of the real groups at which a particle is given up: it meets no pattern."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """What every particle of a bank is asked to play."""

    windows: Windows  # of the real rooms; each simulated room draws one
    rooms: int  # a particle
    with_creation: bool  # whether never-used rooms are known of the real ones, and counted
    # a particle that writes more is given up: all its patterns are missing
    messages_most: float = np.inf


def play_rooms(
    scenario: Scenario, window_days: Array, seed: int, messages_most: float = np.inf
) -> HumanLog | None:
    """Play a room a window [room], in days from creation; None above the most messages."""
    order = np.argsort(window_days, kind="stable")
    said = []
    members, total = 0, 0
    for rooms in _batches(order):
        days = max(0.05, float(np.ceil(window_days[rooms].max())))
        played = scenario.with_values({"run.days": days})
        trace, messages, _ = simulate_log([played], [int(room) for room in rooms], seed, 1)
        messages = messages[messages["member"] >= 0]
        at = messages["group"]
        numbered = trace.first_slot[at] + messages["member"] + members
        said.append((rooms[at], numbered, messages["time_hours"]))
        members += int(trace.first_slot[-1])
        total += len(messages)
        if total > messages_most:
            return None
    room, member, hours = (np.concatenate(parts) for parts in zip(*said, strict=True))
    by_room = np.argsort(room, kind="stable")  # within a room they are in time order
    return seen_through(Utterances(room[by_room], member[by_room], hours[by_room]), window_days)


def _batches(order: Array) -> list[Array]:
    """Take a few rooms of all lengths first, so that endless talk is soon seen."""
    sample = order[:: max(1, len(order) // 10)]
    rest = order[~np.isin(order, sample)]
    return [rooms for rooms in (sample, *np.array_split(rest, BATCHES - 1)) if len(rooms)]


def pattern_names(with_creation: bool) -> list[str]:
    """Name the patterns that are counted, with those of creation or without."""
    return [name for name in PATTERNS if with_creation or name not in CREATION_PATTERNS]


def played_patterns(scenario: Scenario, plan: Plan, seed: int) -> dict[str, float]:
    """Play the rooms of one particle: pattern to value, NaN where it cannot be computed.

    The seed draws the windows too: particles share neither.
    """
    windows = plan.windows.drawn(plan.rooms, seed)
    log = play_rooms(scenario, windows, seed, plan.messages_most)
    if log is None:
        return dict.fromkeys(pattern_names(plan.with_creation), np.nan)
    brought = per_group(log, plan.with_creation)
    return {name: float(one.counted().value) for name, one in brought.items()}


def played_generation(
    scenarios: Sequence[Scenario],
    plan: Plan,
    seeds: Sequence[int],
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[dict[str, float]]:
    """Play all particles of a generation, a seed each; the result does not depend on threads."""
    results = []
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        played = pool.map(
            lambda job: played_patterns(job[0], plan, job[1]), zip(scenarios, seeds, strict=True)
        )
        try:
            for done, found in enumerate(played, 1):
                results.append(found)
                if progress is not None:
                    progress(done, len(scenarios))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results
