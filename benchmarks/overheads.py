"""What a study pays besides playing: storing its rows, and a cluster in place of threads."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import starts

from sim.study.cluster import local_workers
from sim.study.design import Design, parse_design
from sim.study.store import Store
from sim.study.sweep import Options, sweep

WORKERS = 2


@dataclass(frozen=True)
class Cluster:
    """A cluster beside threads on the same work, in pairs, both warm.

    Attributes
    ----------
    ratio : float
        Elapsed seconds of the cluster over those of as many threads, median of the pairs.
    least, most : float
        Of the pairs.
    cpu_ratio : float
        The same of processor seconds, workers counted.
    start_seconds : float
        From nothing to workers that have compiled kernels in memory: not in the ratio.
    """

    ratio: float
    least: float
    most: float
    cpu_ratio: float
    start_seconds: float


def storing_share(communities: int, size: int, days: int, rounds: int) -> float:
    """Return the share of a sweep's elapsed time that goes into writing parts, median of rounds.

    Threads go on playing meanwhile, so that it is at most what storing costs.
    """
    design = _design(communities, size, days)
    shares = []
    write = Store.write
    for _ in range(rounds):
        spent = 0.0

        def timed(*words: Any) -> None:
            nonlocal spent
            clock = time.perf_counter()
            write(*words)
            spent += time.perf_counter() - clock

        with patch.object(Store, "write", timed):
            seconds, _ = _swept(design, Options())
        shares.append(spent / seconds)
    return statistics.median(shares)


def cluster_over_threads(communities: int, size: int, days: int, rounds: int) -> Cluster:
    """Play the same sweep by threads and by a running cluster of as many workers, in turns."""
    design = _design(communities, size, days)
    warm = _design(1000 * WORKERS, size, 1)
    clock = time.perf_counter()
    with _workers() as address:
        _swept(warm, Options(cluster=address))
        start = time.perf_counter() - clock
        _swept(warm, Options())
        pairs = [
            (_swept(design, Options()), _swept(design, Options(cluster=address)))
            for _ in range(rounds)
        ]
    ratios = [cluster[0] / threads[0] for threads, cluster in pairs]
    cpu = statistics.median(cluster[1] / threads[1] for threads, cluster in pairs)
    return Cluster(statistics.median(ratios), min(ratios), max(ratios), cpu, start)


def _swept(design: Design, options: Options) -> tuple[float, float]:
    """Return elapsed and processor seconds of a sweep into a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        clock, cpu = time.perf_counter(), _cpu_seconds()
        sweep(design, Path(folder) / "out", threads=WORKERS, options=options)
        return time.perf_counter() - clock, _cpu_seconds() - cpu


def _cpu_seconds() -> float:
    """Add up what this process and its workers have used."""
    import psutil

    me = psutil.Process()
    return float(sum(sum(one.cpu_times()[:2]) for one in (me, *me.children(recursive=True))))


def _design(communities: int, size: int, days: int) -> Design:
    base = str(starts.ROOT / "configs" / "base.toml")
    grid = {"group.size": [size]}
    return parse_design({"scenario": base, "replications": communities, "days": days, "grid": grid})


@contextmanager
def _workers() -> Iterator[str]:
    """Start the workers that ``--cluster local:2`` starts, and stop them at the end."""
    with local_workers(WORKERS) as workers:
        yield str(workers.scheduler_address)
