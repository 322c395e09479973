"""The same bytes of an export however a study is cut, ordered, spread, killed, or cannot write."""

from __future__ import annotations

import errno
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from breaking import CALLS, failing

from sim import cli
from sim.study import store as stores
from sim.study import sweep as sweeps
from sim.study.design import Design, load_design, parse_design
from sim.study.export import export
from sim.study.replay import replay
from sim.study.store import Shard, merge, read_store
from sim.study.sweep import Options, sweep

PROJECT = Path(__file__).resolve().parents[2]
THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
KILLS = 20 if THOROUGH else 2
SWEEP = """
name = "unbroken"
replications = 6
seed = 5
days = 3
scenario = {}
[fixed.policies.mine]
use = "mine.py:Mine"
[grid]
"group.size" = [3, 12, 30]
"policies.mine.fen" = [0, 500, -1]
"ties.graph" = ["strangers", "cliques"]
"""
MINE = """
from dataclasses import dataclass
import numpy as np
from sim.state import Actions
@dataclass(frozen=True)
class Mine:
    fen: int = 0
    every_hours = 24
    def act(self, seen):
        if self.fen < 0 and np.any(seen.members > 12):
            raise RuntimeError("too many members")
        return Actions.none()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    path = tmp_path / "unbroken.toml"
    path.write_text(SWEEP)
    return path


@pytest.fixture
def design(file: Path) -> Design:
    return load_design(file)


def exported(folder: Path) -> bytes:
    file = folder.with_suffix(".csv")
    export(folder, file)
    return file.read_bytes()


def test_threads_blocks_and_shards_give_the_same_bytes(tmp_path: Path, design: Design) -> None:
    sweep(design, tmp_path / "whole", threads=1)
    whole = exported(tmp_path / "whole")
    assert whole.count(b"RuntimeError('too many members')") >= 12
    assert whole.count(b"\n") == design.communities + 1
    cuts = ((1, 2), (7, 1), (64, 2), (1000, 2))
    for block_groups, threads in itertools.product((1, 7, 64, 1000), (1, 2)) if THOROUGH else cuts:
        folder = tmp_path / f"{block_groups}-{threads}"
        sweep(design, folder, threads, block_groups=block_groups)
        assert exported(folder) == whole
    for number in (2, 3, 1):
        sweep(design, tmp_path / "merged", block_groups=7, options=Options(shard=Shard(number, 3)))
    merge(tmp_path / "merged")
    assert exported(tmp_path / "merged") == whole


def test_a_shuffled_design_gives_the_same_communities(tmp_path: Path, design: Design) -> None:
    keys = [key for key, _ in design.levers]
    order = list(range(len(design.points)))
    random.Random(1).shuffle(order)
    table = [dict(zip(keys, design.rows[point], strict=True)) for point in order]
    fixed = {"policies.mine.use": str(tmp_path / "mine.py") + ":Mine"}
    data = {"scenario": {}, "fixed": fixed, "replications": 6, "seed": 5, "days": 3}
    shuffled = parse_design({**data, "table": table})
    sweep(design, tmp_path / "whole")
    sweep(shuffled, tmp_path / "shuffled", block_groups=10)
    rows = [export(tmp_path / name, tmp_path / "x.csv") for name in ("whole", "shuffled")]
    one, other = (
        part.drop(columns=["row", "point"]).sort_values([*keys, "replication"]).to_csv(index=False)
        for part in rows
    )
    assert one == other


def test_any_row_of_a_sweep_with_mixed_horizons_is_replayed_to_the_bit(tmp_path: Path) -> None:
    ends = [{"run.days": 1.5 * n, "group.planned_end_days": 11 * (n % 3)} for n in range(2, 22)]
    data = {"scenario": {"group": {"size": 9}}, "replications": 2, "seed": 5, "table": ends}
    sweep(parse_design(data), tmp_path / "out")
    assert not [row for row in range(0, 40, 3) if replay(tmp_path / "out", row).differing]


def test_blocks_in_any_order_give_the_same_bytes(
    tmp_path: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(design, tmp_path / "whole", block_groups=10)
    really = stores.Store.missing

    def shuffled(store: stores.Store) -> list[Any]:
        blocks = really(store)
        random.Random(len(blocks)).shuffle(blocks)
        return blocks

    monkeypatch.setattr(stores.Store, "missing", shuffled)
    sweep(design, tmp_path / "shuffled", block_groups=10)
    assert exported(tmp_path / "shuffled") == exported(tmp_path / "whole")


DRIVER = """
import sys
from sim.study.design import load_design
from sim.study.sweep import sweep
sweep(load_design(sys.argv[1]), sys.argv[2], threads=2, block_groups=9)
"""


def test_a_driver_killed_with_9_at_random_moments(tmp_path: Path, file: Path) -> None:
    file.write_text(SWEEP.replace("= 6", f"= {9 * KILLS}"))
    design = load_design(file)
    out, luck, kills = tmp_path / "out", random.Random(2), 0
    while kills < KILLS:
        before = len(list(out.glob("part-*")))
        process = subprocess.Popen([sys.executable, "-c", DRIVER, str(file), str(out)], cwd=PROJECT)
        deadline = time.monotonic() + 120
        while len(list(out.glob("part-*"))) <= before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(luck.uniform(0, 0.1))
        process.kill()
        if process.wait() == -signal.SIGKILL:
            kills += 1
        else:
            break
        rows = read_store(out)[1]
        assert not rows.duplicated(["point", "replication"]).any()
    assert kills == KILLS
    sweep(design, out)
    sweep(design, tmp_path / "whole", block_groups=1000)
    assert exported(out) == exported(tmp_path / "whole")


NOTE_CALLS = 7  # the last: opening, writing, flushing, syncing and moving the session's note


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_every_call_that_writes_fails_once(
    tmp_path: Path,
    file: Path,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sweeps, "BLOCK_GROUPS", 36)
    monkeypatch.setattr("sim.cli.sweep.write_report", lambda folder, *_: folder)
    file.write_text(SWEEP.replace("-1", "7").replace("= 6", "= 4"))
    words = ["sweep", str(file), "--out"]
    assert cli.main([*words, str(tmp_path / "whole"), "--json"]) == 0
    whole = exported(tmp_path / "whole")
    with failing(0, number) as calls:
        assert cli.main([*words, str(tmp_path / "counted"), "--json"]) == 0
    total = len(calls)
    assert set(calls) == set(CALLS)
    every = range(1, total + 1) if THOROUGH else range(1, total + 1, 3)
    for at in every:
        out = tmp_path / f"{at}"
        capsys.readouterr()
        with failing(at, number):
            code = cli.main([*words, str(out), "--json"])
        loads, *said = capsys.readouterr().err.splitlines()
        assert loads.startswith("loads policy code from ")
        if code == 0:  # the note of the session is no row: its loss is borne
            assert at > total - NOTE_CALLS
        else:
            assert code in (1, 2)
            assert len(said) == 1
            assert said[0].startswith("error: ")
            assert os.strerror(number) in said[0]
        assert not list(out.glob(".*"))
        if (out / "manifest.json").exists():
            rows = read_store(out)[1]
            assert len(rows) in (0, 36, 72)
        assert cli.main([*words, str(out), "--json"]) == 0
        assert exported(out) == whole


def test_no_row_tells_where_it_was_played(tmp_path: Path, design: Design) -> None:
    sweep(design, tmp_path / "out", threads=2)
    rows = export(tmp_path / "out", tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text()
    assert os.uname().nodename not in text
    assert not {"seconds", "threads", "host", "part", "started"} & set(rows)
    assert isinstance(rows, pd.DataFrame)
