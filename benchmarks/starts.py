"""What a start costs, in processes of their own: first compile, later starts, import, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = Path(__file__).with_name("scenario.toml")

IMPORT = """
import time
start = time.process_time()
import sim
print(time.process_time() - start)
"""

PLAY = """
from sim import load_scenario, simulate
simulate([load_scenario({path!r}, {{"run.days": 1}})], 1, seed=1)
"""

PEAK = """
from pathlib import Path
from sim import load_scenario, simulate
trace = simulate([load_scenario({path!r})], {groups}, seed=1, threads=1)
kept = sum(getattr(trace, name).nbytes for name in trace.__dataclass_fields__)
status = Path("/proc/self/status")
words = status.read_text().split() if status.exists() else ["VmHWM:", "nan"]
print(float(words[words.index("VmHWM:") + 1]) / 1024, kept / 2**20)
"""
# Not by getrusage: what it says of a process is at least what the one that started it had.


@dataclass(frozen=True)
class Start:
    """What a process printed and what it took."""

    out: str
    errors: str
    seconds: float
    cpu_seconds: float


def run(*arguments: str, cache: Path | None = None) -> Start:
    """Run Python with its byte code cached, as an installed program has it."""
    setting = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    setting["PYTHONPATH"] = str(ROOT)
    setting["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "qunlab-bench-bytecode")
    if cache is not None:
        setting["QUNLAB_CACHE_DIR"] = str(cache)
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=setting, cwd=ROOT, text=True, capture_output=True
    )
    after, seconds = os.times(), time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(done.stderr)
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Start(done.stdout, done.stderr, seconds, cpu)


def first_and_later() -> tuple[Start, Start, Start]:
    """Start three times with an empty cache: a compiling command, the same again, and a run."""
    command = ("-m", "sim", "run", str(SCENARIO), "--days", "1", "--groups", "1")
    run("-m", "sim", "run", "--help")
    with tempfile.TemporaryDirectory() as cache:
        first = run(*command, cache=Path(cache))
        again = run(*command, cache=Path(cache))
        plays = [run("-c", PLAY.format(path=str(SCENARIO)), cache=Path(cache)) for _ in range(3)]
    return first, again, min(plays, key=lambda start: start.cpu_seconds)


def import_seconds() -> float:
    """Time `import sim` in processor seconds, the best of five."""
    return min(float(run("-c", IMPORT).out) for _ in range(5))


def peak_mebibytes(groups: int) -> tuple[float, float]:
    """Say how much memory so many groups take at most, and how much of it their results are."""
    peak, kept = run("-c", PEAK.format(path=str(SCENARIO), groups=groups)).out.split()
    return float(peak), float(kept)
