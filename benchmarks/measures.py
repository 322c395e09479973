"""Speed of the engine on the pinned scenario: paired, by medians over the quiet rounds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from machine import philox_ns

from sim.ensemble import Ensemble, Place, simulate
from sim.models import Community
from sim.scenario import Scenario
from sim.state import UTTERANCES
from sim.trace import Trace

SEED = 1
QUIET = 1.1  # a round counts when the calibration loop took at most this times its least


@dataclass(frozen=True)
class Timed:
    """The median of a measurement over its quiet rounds, and the calibration loop meanwhile."""

    value: float
    philox_ns: float
    rounds: int
    of_rounds: int


def in_rounds(play: Callable[[], float], rounds: int) -> Timed:
    """Repeat a measurement; take the median of the rounds in which the core was quiet.

    Parameters
    ----------
    play : callable
        Measures once.
    rounds : int
        How often; the calibration loop runs before and after each.
    """
    measured, loops = [], []
    play()
    for _ in range(rounds):
        before = philox_ns()
        measured.append(play())
        loops.append((before + philox_ns()) / 2)
    quiet = [n for n in range(rounds) if loops[n] <= QUIET * min(loops)]
    return Timed(
        statistics.median(measured[n] for n in quiet),
        statistics.median(loops[n] for n in quiet),
        len(quiet),
        rounds,
    )


@dataclass(frozen=True)
class Rates:
    """What happens in a scenario, a member-day and a look."""

    looks: float
    messages: float
    reads: float
    ties: float
    packets_a_day: float
    alive_share: float


def member_days(trace: Trace, days: float) -> float:
    """Count the member-days played: those present at the end of each day, to the horizon."""
    return float(trace.daily["members"][:, : int(days)].sum())


def rates(scenario: Scenario, groups: int) -> Rates:
    """Count what happens in `groups` replications."""
    block = Ensemble([Place(0, scenario, number, SEED) for number in range(groups)])
    tied = np.median((block.arrays["members"]["tie"] > 0).sum(axis=1))
    block.advance()
    trace = block.trace()
    day = trace.daily
    lived, looks = member_days(trace, scenario.days), float(day["looks"].sum())
    last = day["posting_members"][:, int(scenario.days) - 1]
    return Rates(
        looks / lived,
        float(sum(day[kind].sum() for kind in UTTERANCES)) / lived,
        float(day["reads"].sum()) / looks,
        float(tied),
        float(day["operator_packets"].sum()) / groups / scenario.days,
        float((last > 0).mean()),
    )


def speed(scenario: Scenario, groups: int, rounds: int) -> Timed:
    """Measure member-days a second of one core, building the block included."""
    return in_rounds(lambda: once_played(scenario, groups), rounds)


def beside_community(scenario: Scenario, groups: int, rounds: int) -> tuple[Timed, Timed, Timed]:
    """Measure the engine before and after a run of the Mesa model, in one round after another.

    Returns
    -------
    tuple of Timed
        Member-days a second of the engine and of `Community`, building both included, and the
        ratio of each round.
    """
    engine: list[float] = []
    numbers = iter(range(rounds + 1))

    def mesa() -> float:
        start = time.thread_time()
        community = Community(scenario, next(numbers), SEED)
        community.run()
        return member_days(community.trace(), scenario.days) / (time.thread_time() - start)

    speeds: list[float] = []

    def once() -> float:
        before = once_played(scenario, groups)
        speeds.append(mesa())
        engine.append((before + once_played(scenario, groups)) / 2)
        return engine[-1] / speeds[-1]

    timed = in_rounds(once, rounds)
    seen = (timed.philox_ns, timed.rounds, timed.of_rounds)
    return (
        Timed(statistics.median(engine[1:]), *seen),
        Timed(statistics.median(speeds[1:]), *seen),
        timed,
    )


def once_played(scenario: Scenario, groups: int) -> float:
    """Play a block once; return its member-days a second."""
    start = time.thread_time()
    block = Ensemble([Place(0, scenario, number, SEED) for number in range(groups)])
    block.advance()
    trace = block.trace()
    return member_days(trace, scenario.days) / (time.thread_time() - start)


def look_ns(block: Ensemble, to_hour: int | None = None) -> float:
    """Play on and return the nanoseconds a look."""
    before = block.arrays["daily"]["looks"].sum()
    start = time.thread_time()
    block.advance(to_hour)
    seconds = time.thread_time() - start
    return seconds / float(block.arrays["daily"]["looks"].sum() - before) * 1e9


def ratio(pairs: Iterable[tuple[float, float]], rounds: int) -> Timed:
    """Take the median ratio of paired measurements."""
    supply = iter(pairs)

    def once() -> float:
        first, second = next(supply)
        return second / first

    return in_rounds(once, rounds)


def large_over_small(scenario: Scenario, rounds: int) -> Timed:
    """Compare the cost of a look at N = 2000 with N = 200, the rhythm and members alike."""
    large = scenario.with_values({"group.size": 2000, "group.cap": 5000})
    small = scenario.with_values({"group.size": 200})

    def pairs() -> Iterable[tuple[float, float]]:
        while True:
            a = Ensemble([Place(0, small, number, SEED) for number in range(20)])
            b = Ensemble([Place(0, large, number, SEED) for number in range(2)])
            yield look_ns(a), look_ns(b)

    return ratio(pairs(), rounds)


def late_over_early(scenario: Scenario) -> Timed:
    """Compare the cost of a look around day 90 with around day 14, day by day in turn."""
    days = 7
    longer = scenario.with_values({"run.days": 94})
    places = [Place(0, longer, number, SEED) for number in range(64)]
    early, late = Ensemble(places), Ensemble(places)
    early.advance(11 * 24)
    late.advance(87 * 24)

    def pairs() -> Iterable[tuple[float, float]]:
        for day in range(1, days + 1):
            yield (
                look_ns(early, (11 + day) * 24),
                look_ns(late, (87 + day) * 24),
            )

    return ratio(pairs(), days - 1)


def two_threads_over_one(scenario: Scenario, rounds: int) -> Timed:
    """Compare the elapsed time of one and of two threads on the same eight blocks."""

    def seconds(threads: int) -> float:
        start = time.perf_counter()
        simulate([scenario], 256, SEED, threads=threads, block_groups=32)
        return time.perf_counter() - start

    return in_rounds(lambda: seconds(1) / seconds(2), rounds)


def reactive_over_plain(plain: Scenario, watched: Scenario, rounds: int) -> Timed:
    """Compare the cost of a look with and without reactive policies, in blocks of 256 groups."""

    def pairs() -> Iterable[tuple[float, float]]:
        while True:
            a = Ensemble([Place(0, plain, number, SEED) for number in range(256)])
            b = Ensemble([Place(0, watched, number, SEED) for number in range(256)])
            yield look_ns(a), look_ns(b)

    return ratio(pairs(), rounds)
