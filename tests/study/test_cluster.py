"""A Dask cluster: the same table with any number of workers, and when workers are killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.study import cluster as clusters
from sim.study import sweep as sweeps
from sim.study.design import Design, load_design
from sim.study.manifest import Block
from sim.study.store import Store, read_store
from sim.study.sweep import Options, sweep

pytest.importorskip("distributed")

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
KILLS = 6 if THOROUGH else 2
SWEEP = """
name = "on a cluster"
replications = 40
days = 3
scenario = {}
[fixed.policies.mine]
use = "mine.py:Mine"
[grid]
"policies.mine.hour" = [1.0, -1.0]
"ties.graph" = ["strangers", "edges.csv"]
"group.size" = [3, 60]
"""
MINE = """
from dataclasses import dataclass
from sim.state import Actions
@dataclass(frozen=True)
class Mine:
    hour: float = 1.0
    def plan(self, setting):
        return Actions.posts([0], [self.hour], "chat")
"""


@pytest.fixture
def design(tmp_path: Path) -> Design:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "edges.csv").write_text("0,1\n1,2\n")
    (tmp_path / "small.toml").write_text(SWEEP)
    return load_design(tmp_path / "small.toml")


def table(folder: Path) -> bytes:
    return read_store(folder)[1].to_csv().encode()


def workers_of_this_process() -> list[int]:
    """List the worker processes of a local cluster."""
    import psutil

    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


@pytest.mark.parametrize("workers", [1, 2] if THOROUGH else [2])
def test_the_table_is_that_of_threads(tmp_path: Path, design: Design, workers: int) -> None:
    sweep(design, tmp_path / "threads")
    options = Options(cluster=f"local:{workers}")
    result = sweep(design, tmp_path / "dask", block_groups=50, options=options)
    assert result.failed == 160
    assert table(tmp_path / "dask") == table(tmp_path / "threads")


def test_killed_workers_cost_time_and_nothing_else(tmp_path: Path, design: Design) -> None:
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while len(killed) < KILLS and not over.is_set():
            time.sleep(0.7)
            victims = [pid for pid in workers_of_this_process() if pid not in killed]
            if victims and started.is_set():
                os.kill(victims[-1], signal.SIGKILL)
                killed.append(victims[-1])

    started = threading.Event()
    killer = threading.Thread(target=kill)
    slow = tmp_path / "mine.py"
    slow.write_text(MINE.replace("return A", "import time; time.sleep(0.05); return A"))
    design = load_design(tmp_path / "small.toml", replications=10 * KILLS)
    killer.start()
    try:
        options = Options(cluster="local:2", watch=lambda _: started.set())
        sweep(design, tmp_path / "dask", block_groups=4, options=options)
    finally:
        over.set()
        killer.join()
    assert len(killed) == KILLS
    sweep(design, tmp_path / "threads")
    assert table(tmp_path / "dask") == table(tmp_path / "threads")


def test_a_block_that_kills_its_workers_is_given_up_after_so_many_deaths(
    tmp_path: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MOST_DEATHS", 2)
    kills = "open(r'DIR/deaths', 'a').write('x'); import os; os.kill(os.getpid(), 9)"
    (tmp_path / "mine.py").write_text(
        MINE.replace("return A", f"{kills}; return A".replace("DIR", str(tmp_path)))
    )
    deadly = load_design(tmp_path / "small.toml", replications=1)
    with pytest.raises(InputError, match="block 0 killed 2 workers"):
        sweep(deadly, tmp_path / "out", options=Options(cluster="local:1"))
    assert (tmp_path / "deaths").read_text() == "xx"


@pytest.mark.parametrize("words", ["local:0", "local:-1", "local:1000", "local:two", "remote"])
def test_a_cluster_without_workers_is_refused(tmp_path: Path, design: Design, words: str) -> None:
    with pytest.raises(
        InputError, match=r"is no cluster; allowed: local, local:N workers .1 to 999"
    ):
        sweep(design, tmp_path / "out", options=Options(cluster=words))


SCHEDULER = """
from distributed import LocalCluster; import os, sys
if __name__ == '__main__':
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    print(cluster.scheduler_address, flush=True); sys.stdin.read(); cluster.close()
"""


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start a scheduler with one worker in a process of its own: its address, the process."""
    script = tmp_path / "scheduler.py"
    script.write_text(SCHEDULER)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        process.communicate(timeout=60)


def test_no_scheduler_is_one_line(
    tmp_path: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match=r"--cluster: tcp://127.0.0.1:1: no answer"):
        sweep(design, tmp_path / "none", options=Options(cluster="tcp://127.0.0.1:1"))


def test_a_scheduler_elsewhere_that_is_lost_on_the_way(
    tmp_path: Path,
    design: Design,
    scheduler: tuple[str, subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, process = scheduler
    out = tmp_path / "out"
    words = ["sweep", str(tmp_path / "small.toml"), "--out", str(out), "--no-report"]
    monkeypatch.setattr(sweeps, "BLOCK_GROUPS", 40)
    really, stored = Store.write, []

    def write(store: Store, block: Block, rows: pd.DataFrame) -> None:
        really(store, block, rows)
        stored.append(block)
        if len(stored) == 2:
            process.kill()
            monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1)

    monkeypatch.setattr(Store, "write", write)
    assert cli.main([*words, "--cluster", address]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    (line,) = (line for line in said.splitlines() if line.startswith("error: "))
    assert re.fullmatch(r"error: --cluster: tcp\S+: the scheduler is lost; .* continues", line)
    assert len(read_store(out)[1]) == 40 * len(stored)
    monkeypatch.setattr(Store, "write", really)
    assert cli.main(words) == 1
    sweep(design, tmp_path / "threads")
    assert table(out) == table(tmp_path / "threads")
