"""What a study costs as its user starts it: a process, cached kernels, every row stored."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import starts

from sim.models import Community
from sim.scenario import load_scenario

SWEEP = """name = "bench"
scenario = "{scenario}"
replications = {replications}
seed = 1

[grid]
"run.days" = [{days}]
"group.size" = [{size}]
"""


@dataclass(frozen=True)
class Study:
    """What a sweep took.

    Attributes
    ----------
    seconds, cpu_seconds : float
        From the start of the process to its end.
    peak_mebibytes : float
        Of the largest process so far.
    mebibytes_stored : float
    """

    seconds: float
    cpu_seconds: float
    peak_mebibytes: float
    mebibytes_stored: float


def study(communities: int, size: int, days: int) -> Study:
    """Run a sweep of equal communities like the shipped one in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "study.toml", Path(folder) / "out"
        base = starts.ROOT / "configs" / "base.toml"
        file.write_text(SWEEP.format(scenario=base, replications=communities, days=days, size=size))
        words = ("-m", "sim", "sweep", str(file), "--out", str(out), "--no-report")
        done = starts.run(*words)
        stored = sum(part.stat().st_size for part in out.glob("*.parquet")) / 2**20
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Study(done.seconds, done.cpu_seconds, peak, stored)


def mesa_seconds(communities: int, played: int, size: int, days: int) -> float:
    """Extrapolate what Mesa's own batch runner takes from a few communities in one process."""
    from mesa.batchrunner import batch_run

    scenario = load_scenario(starts.ROOT / "configs" / "base.toml").with_values(
        {"group.size": size, "run.days": days}
    )
    start = time.perf_counter()
    batch_run(
        Community,
        {"scenario": [scenario], "replication": list(range(played))},
        number_processes=1,
        max_steps=24 * days,
        display_progress=False,
    )
    return (time.perf_counter() - start) / played * communities
