"""What the bench runs on: the processor, the versions, and how quiet the core is just now."""

from __future__ import annotations

import os
import platform
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numba

from sim import draws

CALLS = 200_000


@numba.njit(nogil=True)
def _philox_loop(calls: int) -> float:
    total = 0.0
    for number in range(calls):
        a, b, c, d = draws.uniforms(123_456_789_012, number, 0, 5, 4, 0)
        total += a + b + c + d
    return total


def philox_ns() -> float:
    """Time one draw of four random numbers: fixed work, so it tells how quiet the core is.

    Returns
    -------
    float
        Nanoseconds of this thread's processor time a call.
    """
    start = time.thread_time()
    _philox_loop(CALLS)
    return (time.thread_time() - start) / CALLS * 1e9


def loop_gain_of_two_threads() -> float:
    """Say how much two threads gain over one on a bare loop: 2 on two quiet cores."""
    gains = []
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_philox_loop, [CALLS] * 2))
        for _ in range(7):
            start = time.perf_counter()
            for _ in range(2):
                _philox_loop(10 * CALLS)
            one = time.perf_counter() - start
            start = time.perf_counter()
            list(pool.map(_philox_loop, [10 * CALLS] * 2))
            gains.append(one / (time.perf_counter() - start))
    return statistics.median(gains)


def physical_cores() -> int:
    """Count physical cores; as many as processors where the system does not say."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return os.cpu_count() or 1
    fields = [line.partition(":") for line in text.splitlines()]
    sockets = [value for key, _, value in fields if key.strip() == "physical id"]
    cores = [value for key, _, value in fields if key.strip() == "core id"]
    return len(set(zip(sockets, cores, strict=False))) or os.cpu_count() or 1


def description() -> dict[str, object]:
    """Name the processor and the versions that decide speed."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = next(
            line.partition(":")[2].strip()
            for line in text.splitlines()
            if line.startswith("model name")
        )
    except (OSError, StopIteration):
        model = platform.processor()
    return {
        "processor": model,
        "physical_cores": physical_cores(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "llvmlite", "mesa")},
    }
