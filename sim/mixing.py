"""Groups of several types, played as one population."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from sim.ensemble import simulate, simulate_log
from sim.progress import Progress
from sim.scenario import Mix, Scenario
from sim.state import Array
from sim.trace import Trace, join_traces


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
