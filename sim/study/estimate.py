"""What a study will take before it is begun: time, disk and memory, from a quick timing."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.ensemble import SLOTS_IN_BLOCK
from sim.scenario import Scenario
from sim.study.design import Design
from sim.study.limits import needed_gib
from sim.study.manifest import Block
from sim.study.playing import play_in_threads
from sim.study.rows import Work, lever_table, template
from sim.study.sweep import BLOCK_GROUPS, default_limits

TRIAL_SECONDS = 2.0
TRIALS = ((3, 1), (3, 1), (60, 1), (60, 2), (60, 4), (60, 8), (60, 32), (60, 128))
"""Points and replications of each trial; the last with time counts; the first also compiles."""


@dataclass(frozen=True)
class Estimate:
    """What a study will take."""

    points: int
    communities: int
    member_days: float
    seconds: float  # with all threads, what was not tried scaled by member-days
    disk_bytes: float  # of the store
    gib: float  # of the communities in memory at once
    tried: int  # communities of the timing
    failed: int  # of those
    first_error: str  # why the first of them did


def estimate(design: Design, threads: int | None = None) -> Estimate:
    """Time a few communities of every kind and scale up: right within a factor of 2 or so."""
    levers = lever_table(design)
    template()  # loads what is compiled, so that it is not timed
    rate, rows, started = 0.0, None, time.monotonic()
    works: list[Work] = []
    for points, replications in TRIALS:
        work = _trial(design, levers, points, replications)
        cost = _member_days(work.scenarios) * len(work.block.replications)
        left = TRIAL_SECONDS - (time.monotonic() - started)
        if len(works) > 1 and cost > left * rate:
            break
        clock = time.monotonic()
        ((_, rows),) = play_in_threads([work], 1, default_limits(threads))
        rate = cost / (time.monotonic() - clock)
        works.append(work)
    assert rows is not None
    number = threads or os.cpu_count() or 1
    errors = rows["error"].dropna().tolist()
    whole = _member_days(design.points) * design.replications
    need = max(needed_gib(place) for place in works[-1].places()[:: len(works[-1].seeds)])
    return Estimate(
        len(design.points),
        design.communities,
        whole,
        whole / rate / number,
        _bytes_on_disk(rows, design.communities),
        need * min(design.communities, _at_once(works[-1], number)),
        len(rows),
        len(errors),
        errors[0] if errors else "",
    )


def _trial(design: Design, levers: pd.DataFrame, points: int, replications: int) -> Work:
    """Take points evenly over the design."""
    places = np.linspace(0, len(design.points) - 1, points).round().astype(int)
    chosen = list(map(int, np.unique(places)))
    block = Block(0, range(len(chosen)), range(min(replications, design.replications)))
    return Work(
        block,
        tuple(design.points[point] for point in chosen),
        tuple(design.seed_of(point) for point in chosen),
        levers.iloc[chosen].reset_index(drop=True),
    )


def _member_days(scenarios: Sequence[Scenario]) -> float:
    return float(sum(max(1.0, one.params.group.size * one.days) for one in scenarios))


def _bytes_on_disk(rows: pd.DataFrame, communities: int) -> float:
    """Scale what the rows take as the store writes them; every part has a head of its own."""
    head, whole = _written(rows.iloc[:0]), _written(rows)
    parts = math.ceil(communities / BLOCK_GROUPS)
    return parts * head + communities * (whole - head) / len(rows)


def _written(rows: pd.DataFrame) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), buffer)
    return int(buffer.tell())


def _at_once(work: Work, threads: int) -> float:
    """Say how many communities are in memory at once."""
    members = float(np.mean([scenario.params.group.size for scenario in work.scenarios]))
    return threads * max(1.0, SLOTS_IN_BLOCK / members)
