"""Rooms, real and simulated: read or played, seen through windows, reduced to their patterns."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog import ChatLog, read_log
from sim.ensemble import simulate_log
from sim.lives.human_log import DAY_SECONDS, HumanLog, human_log
from sim.lives.outcomes import Run
from sim.lives.patterns import Ahead, PerGroup, facts_of, knows_creation, per_group
from sim.scenario import Scenario
from sim.trace import Trace

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]
T = TypeVar("T")
R = TypeVar("R")

TABLES = resources.files("sim.validation") / "tables"
RESAMPLES = 200
FEWEST_DAYS, MOST_DAYS = 28, 3650
"""First days of a room that can be asked for: fewer do not show week 4."""

BIRTH_SECONDS = 1_704_038_400.0
"""Creation of every simulated room, UTC: Monday 2024-01-01, midnight in Beijing."""

SHORTEST_DAYS, LONGEST_DAYS = 0.05, 3650.0
"""What a run can last."""

ROOMS_IN_JOB = 50
MEMBERS_IN_ROOM = 2**20  # above any number of slots: a member's number is unique over all rooms


@dataclass(frozen=True)
class Rooms:
    """Rooms, real or simulated, reduced to what each brings to every pattern."""

    brought: Mapping[str, PerGroup | Ahead]  # from `sim.lives.patterns.per_group`
    window_days: Floats  # [room] days from creation; rooms with a message first, then never used
    communities: tuple[str, ...] = ()  # [room], empty where there is none
    facts: Mapping[str, PerGroup | Ahead] = field(default_factory=dict)  # from `facts_of`

    @property
    def total(self) -> int:
        """Number of rooms, the never used included."""
        return len(self.window_days)

    def every(self) -> Booleans:
        """Choose all rooms."""
        return np.ones(self.total, dtype=bool)


def measured(rooms: Rooms, chosen: Booleans, seed: int, resamples: int = RESAMPLES) -> pd.DataFrame:
    """Return every pattern of the chosen rooms [room] with its bootstrap error, index ``pattern``.

    ``error`` is the standard deviation over resamples, NaN where less than half have a value.
    """
    weights = resampled(chosen, seed, resamples)
    once = chosen.astype(np.float64)[None, :]
    rows = []
    for one in rooms.brought.values():
        draws = one.at(weights)
        known = draws[~np.isnan(draws)]
        error = known.std(ddof=1) if 2 * len(known) >= max(resamples, 4) else np.nan
        rows.append((float(one.at(once)[0]), float(error)))
    patterns = pd.Index(rooms.brought, name="pattern")
    return pd.DataFrame(rows, columns=["value", "error"], index=patterns)


def resampled(chosen: Booleans, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Draw how many times each room enters each resample: array [resample, room]."""
    weights = np.zeros((resamples, len(chosen)))
    count = int(chosen.sum())
    if count:
        rng = np.random.default_rng([seed, 0xB007])
        weights[:, chosen] = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    return weights


# --- windows of observation -----------------------------------------------------------------------


@dataclass(frozen=True)
class Windows:
    """How long the rooms of a data set were observed, creation to closing."""

    days: Floats  # rising: one a room, or quantiles at equal steps of probability from 0 to 1
    are_quantiles: bool  # an aggregate, which may be shipped; a room's own window not

    def drawn(self, rooms: int, seed: int) -> Floats:
        """Draw days with replacement, held within what a run can last: array [room]."""
        drawn = np.random.default_rng([seed, 0x3157]).random(rooms)
        if self.are_quantiles:
            days = np.interp(drawn, np.linspace(0.0, 1.0, len(self.days)), self.days)
        else:
            days = self.days[(drawn * len(self.days)).astype(np.int64)]
        return np.clip(days, SHORTEST_DAYS, LONGEST_DAYS)


def windows_of(days: Floats) -> Windows:
    """Collect the windows of real rooms for resampling; unknown and empty ones are left out."""
    return Windows(np.sort(days[days > 0]), False)


def shipped_windows(dataset: str) -> Windows:
    """Read the shipped quantiles of window lengths: aggregates, no row of any room."""
    days = shipped_table("windows.csv", dataset)["days"].to_numpy(dtype=np.float64)
    return Windows(days, True)


def shipped_table(name: str, dataset: str = "") -> pd.DataFrame:
    """Read a table of aggregates that ships with the package, of one data set where one is named.

    Columns as in the file, without ``dataset``.
    """
    with (TABLES / name).open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    if not dataset:
        return table
    return table[table["dataset"] == dataset].drop(columns="dataset").reset_index(drop=True)


# --- real rooms -----------------------------------------------------------------------------------


def read_rooms(
    folder: Path, dataset: str, days: float | None = None
) -> tuple[Rooms, ChatLog, HumanLog]:
    """Read a data set's real rooms and both logs; `days` counts first days, the logs stay whole."""
    log = read_log(*_files(folder, dataset))
    prepared = human_log(log)
    return rooms_of(log, prepared, days), log, prepared


def missing_files(folder: Path, dataset: str) -> list[str]:
    """Say which files of a data set are not in a folder."""
    return [str(path) for path in _files(folder, dataset) if not path.is_file()]


def _files(folder: Path, dataset: str) -> tuple[Path, Path]:
    return folder / f"{dataset}.parquet", folder / f"{dataset}_groups.csv"


def rooms_of(log: ChatLog, prepared: HumanLog, days: float | None = None) -> Rooms:
    """Count what each room of a log (perhaps its first days) brings to the patterns."""
    window_days = room_windows(prepared)
    return Rooms(
        per_group(first_days(prepared, days), knows_creation(log)),
        window_days if days is None else np.minimum(window_days, days),
        tuple(name.partition("/")[0] if "/" in name else "" for name in prepared.names)
        + ("",) * prepared.never_used,
        facts_of(prepared),
    )


def first_days(log: HumanLog, days: float | None) -> HumanLog:
    """Cut a prepared log to so many days after each room's first message; None: as it is."""
    if days is None:
        return log
    until = np.minimum(log.until, log.first + DAY_SECONDS * days)
    kept = log.ts <= until[log.group]
    return replace(
        log, group=log.group[kept], member=log.member[kept], ts=log.ts[kept], until=until
    )


def room_windows(prepared: HumanLog) -> Floats:
    """Return days each room was observed, from creation or first human message: array [room].

    Rooms with a message first, then the never used, as in `sim.lives.patterns.per_group`.
    """
    days = (prepared.until - births(prepared)) / DAY_SECONDS
    return np.append(days, prepared.never_seen_days)


def births(prepared: HumanLog) -> Floats:
    """Return each room's creation, or its first human message, in UTC seconds: array [room]."""
    return np.where(np.isnan(prepared.created), prepared.first, prepared.created)


# --- simulated rooms ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Utterances:
    """Members' messages of simulated rooms, ordered by room and time: arrays [message]."""

    room: Integers  # 0, 1, ...; rooms without a message do not occur
    member: Integers  # unique over all rooms
    hours: Floats  # since the room's creation


class Played(NamedTuple):
    """What simulated rooms wrote, and what only a simulation shows."""

    talk: Utterances
    # [room] joined, posters, muted, left, openers, openers_answered over the whole run
    facts: pd.DataFrame
    hour_of_week: Floats  # [168] members' messages by local hour, from Monday 0 h


@dataclass(frozen=True)
class Simulated:
    """Simulated rooms: what they bring to the patterns, and what `Played` has beside."""

    rooms: Rooms
    facts: pd.DataFrame
    hour_of_week: Floats


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
    talk, *beside = simulated_talk(scenarios, window_days, seed, threads, progress)
    return Simulated(rooms_through(talk, window_days), *beside)


def rooms_through(talk: Utterances, window_days: Floats) -> Rooms:
    """Count what rooms seen through windows [room] bring to the patterns, never used ones last."""
    log = seen_through(talk, window_days)
    used = np.array(log.names, dtype=np.int64)
    never = np.setdiff1d(np.arange(len(window_days)), used)
    days = window_days[np.concatenate([used, never])]
    return Rooms(per_group(log, True), days, facts=facts_of(log))


def seen_through(talk: Utterances, window_days: Floats) -> HumanLog:
    """Look at rooms through windows [room], in days from creation, never-used rooms included.

    ``names`` are the numbers of the rooms with a message.
    """
    inside = talk.hours * 3600.0 <= window_days[talk.room] * DAY_SECONDS
    room, member, hours = talk.room[inside], talk.member[inside], talk.hours[inside]
    used = np.bincount(room, minlength=len(window_days)) > 0
    number = np.cumsum(used) - 1
    return HumanLog(
        group=number[room].astype(np.int64),
        member=member.astype(np.int64),
        ts=BIRTH_SECONDS + 3600.0 * hours,
        until=BIRTH_SECONDS + DAY_SECONDS * window_days[used],
        created=np.full(int(used.sum()), BIRTH_SECONDS),
        never_used=int(len(used) - used.sum()),
        names=tuple(map(str, np.flatnonzero(used))),
        known_never_days=window_days[~used],
    )


def simulated_talk(
    scenarios: Sequence[Scenario],
    days: Floats,
    seed: int,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Played:
    """Simulate a room for at least each of days [room]: see `Played`."""
    jobs = _jobs(len(scenarios), days)
    work = [float(days[rooms].max()) * len(rooms) for _, rooms in jobs]

    def play(job: tuple[int, Integers]) -> Played:
        number, rooms = job
        return played(scenarios[number], rooms, float(days[rooms].max()), seed)

    return joined(in_threads(play, jobs, threads, work, progress))


def in_threads(
    play: Callable[[T], R],
    jobs: Sequence[T],
    threads: int | None,
    work: Sequence[float],
    progress: Progress | None,
) -> list[R]:
    """Play jobs in threads, and tell the work [job] done of all; results in order of the jobs."""
    found: list[R] = []
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        try:
            for one in pool.map(play, jobs):
                found.append(one)
                if progress is not None:
                    progress(int(sum(work[: len(found)])), int(sum(work)))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return found


def _jobs(scenarios: int, window_days: Floats) -> list[tuple[int, Integers]]:
    """Deal rooms to scenarios in turn, and put rooms seen about equally long together."""
    jobs = []
    for number in range(scenarios):
        mine = np.arange(number, len(window_days), scenarios)
        mine = mine[np.argsort(-window_days[mine], kind="stable")]
        jobs += [(number, mine[at : at + ROOMS_IN_JOB]) for at in range(0, len(mine), ROOMS_IN_JOB)]
    return jobs


def played(scenario: Scenario, rooms: Integers, days: float, seed: int) -> Played:
    """Play some rooms, by their numbers, for so many days in this thread."""
    lasting = replace(scenario, days=days)
    trace, messages, _ = simulate_log([lasting], [int(room) for room in rooms], seed, threads=1)
    own = messages[messages["member"] >= 0]
    room, hours = rooms[own["group"]], own["time_hours"]
    talk = _by_room(room, room * MEMBERS_IN_ROOM + own["member"], hours)
    group = scenario.params.group
    local = np.floor(hours + group.start_hour + 24 * group.start_weekday).astype(np.int64) % 168
    week = np.bincount(local, minlength=168).astype(np.float64)
    return Played(talk, _facts(trace, rooms), week)


def _by_room(room: Integers, member: Integers, hours: Floats) -> Utterances:
    order = np.argsort(room, kind="stable")
    return Utterances(room[order], member[order], hours[order])


def _facts(trace: Trace, rooms: Integers) -> pd.DataFrame:
    total = Run(trace, ()).members
    facts = {
        "room": rooms,
        "joined": total(trace.joined),
        "posters": total(trace.posts > 0),
        "muted": total(trace.muted & trace.joined),
        "left": total(trace.left),
    }
    return pd.DataFrame(facts | {key: trace.life[key] for key in ("openers", "openers_answered")})


def joined(parts: Sequence[Played]) -> Played:
    """Put what was played in parts together, in order of room."""
    if not parts:
        nobody = np.zeros(0, np.int64)
        return Played(Utterances(nobody, nobody, np.zeros(0)), pd.DataFrame(), np.zeros(168))
    talks, facts, weeks = zip(*parts, strict=True)
    room, member, hours = (
        np.concatenate([getattr(talk, name) for talk in talks])
        for name in ("room", "member", "hours")
    )
    table = pd.concat(facts, ignore_index=True).sort_values("room", ignore_index=True)
    return Played(_by_room(room, member, hours), table, np.sum(weeks, axis=0))
