"""``qunlab sweep`` beyond the grid: dry runs, failures, limits, shards and merging, progress."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from sim import cli
from sim.errors import InputError
from sim.progress import counting
from sim.study.design import load_design
from sim.study.store import merge, parse_shard, read_manifest, read_store
from sim.study.sweep import Options, Tally, sweep

SWEEP = """
name = "small"
replications = 4
days = 2
scenario = {}
[fixed.policies.mine]
use = "mine.py:Mine"
[grid]
"policies.mine.hour" = [1.0, -1.0]
"group.size" = [3, 12]
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
def file(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    path = tmp_path / "small.toml"
    path.write_text(SWEEP)
    return path


def test_failures_are_counted_and_the_rest_is_shown(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["sweep", str(file), "--out", str(out)]) == 1
    shown, said = capsys.readouterr()
    assert "16 of 16 groups in" in shown
    assert said == (
        f"loads policy code from {tmp_path / 'mine.py'}\n"
        "8 of 16 communities failed, the first at row 8 (point 2, replication 0): policies.mine: "
        "time_hours is -1; allowed: 0 to before 48\n"
    )
    assert cli.main(["sweep", str(file), "--out", str(out), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["failed"], answer["played"]) == (8, 0)
    assert [point["outcomes"]["cost_fen"]["n"] for point in answer["points"]] == [4, 4, 0, 0]
    assert cli.main(["sweep", str(file), "--out", str(out), "--json", "--retry-failed"]) == 1
    assert json.loads(capsys.readouterr().out)["played"] == 16


def test_a_dry_run_says_what_it_will_take_and_writes_nothing(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    assert cli.main(["sweep", str(file), "--dry-run"]) == 0
    shown, said = capsys.readouterr()
    assert "4 points x 4 replications = 16 communities, 240 member-days" in shown
    assert "time: about 1 s on this machine" in shown
    assert "tried failed: policies.mine: time_hours is -1; allowed" in said
    assert cli.main(["sweep", str(file), "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["communities"] == 16
    assert 0 < found["seconds"] < 60
    assert 5_000 < found["disk_bytes"] < 100_000
    assert [path for path in sorted(tmp_path.iterdir()) if path.name != "__pycache__"] == before


def test_disk_is_estimated_within_a_half(file: Path, tmp_path: Path) -> None:
    from sim.study.sweep import estimate

    file.write_text(SWEEP.replace("1.0, -1.0", "1.0").replace("= 4", "= 500"))
    design = load_design(file)
    sweep(design, tmp_path / "out")
    size = sum(path.stat().st_size for path in (tmp_path / "out").glob("part-*"))
    assert 0.5 < estimate(design).disk_bytes / size < 2


def test_every_fault_of_the_command_line_at_once(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--shard", "3/2", "--cluster", "here", "--time-limit", "0", "--memory-limit", "-1"]
    assert cli.main(["sweep", str(file), *words]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [
        "error: --time-limit: 0 is out of range; allowed: above 0",
        "error: --memory-limit: -1 is out of range; allowed: above 0",
        "error: --shard: '3/2' is no shard; allowed: 1/n to n/n, such as 2/10",
        "error: --cluster: 'here' is no cluster; allowed: local, local:N workers (1 to "
        "999), tcp://HOST:PORT",
        "error: --out: missing; write --out DIR, or --dry-run",
    ]


def test_shards_are_played_apart_and_merged(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    file.write_text(SWEEP.replace("1.0, -1.0", "1.0"))
    for shard in ("2/2", "1/2"):  # the second has no block to play
        assert cli.main(["sweep", str(file), "--out", str(out), "--shard", shard]) == 0
        assert f"all shards done? qunlab merge {out}" in capsys.readouterr().out
        if shard == "2/2":
            assert cli.main(["merge", str(out)]) == 1
            assert capsys.readouterr().err == "not finished: shard 1 still to come\n"
    assert cli.main(["merge", str(out)]) == 0
    shown = capsys.readouterr().out
    assert f"1 of 1 parts in {out}, 1 copied now (8 communities when complete)" in shown
    assert (out / "report.html").exists()
    assert cli.main(["merge", str(tmp_path)]) == 2
    assert "no shards there" in capsys.readouterr().err


def test_a_merge_takes_what_is_there_and_says_who_is_missing(file: Path, tmp_path: Path) -> None:
    file.write_text(SWEEP.replace("1.0, -1.0", "1.0"))
    design = load_design(file)
    sweep(design, tmp_path / "whole", block_groups=2)
    out = tmp_path / "out"
    for shard in ("3/3", "1/3"):
        sweep(design, out, block_groups=2, options=Options(shard=parse_shard(shard)))
    merged = merge(out)
    assert (merged.copied, merged.missing, merged.waiting(3)) == (3, (1,), [2])
    assert len(read_store(out)[1]) == 6
    sweep(design, out, block_groups=2, options=Options(shard=parse_shard("2/3")))
    again = merge(out)
    assert (again.copied, again.missing) == (1, ())
    assert read_store(out)[1].equals(read_store(tmp_path / "whole")[1])
    assert len(read_manifest(out).sessions) == 3
    assert merge(out).copied == 0
    assert sweep(design, out).played == 0


def test_shards_of_different_designs_are_not_merged(file: Path, tmp_path: Path) -> None:
    design = load_design(file)
    sweep(design, tmp_path / "a")
    sweep(load_design(file, replications=5), tmp_path / "b")
    sweep(design, tmp_path / "c", block_groups=3)
    with pytest.raises(InputError) as caught:
        merge(tmp_path / "out", [tmp_path / name for name in "abc"])
    assert [line.replace(str(tmp_path), "X") for line in caught.value.problems] == [
        "X/b: not the study of X/a: replications: the store has 4, the design 5",
        "X/c: not the study of X/a: it is cut into other blocks",
    ]
    assert not (tmp_path / "out").exists()


def test_progress_counts_communities_and_failures_and_weighs_the_time_left() -> None:
    seconds = iter([0.0, 5.0, 5.0, 30.0, 31.0, 50.0])
    stream = io.StringIO()
    with counting(stream, lambda: next(seconds)) as counter:
        for done, share in ((1, 0.1), (40, 0.25), (41, 0.3), (80, 0.5)):
            counter.work(int(100 * share), 100)
            counter.count(Tally(done, 100, done // 40))
    assert stream.getvalue() == (
        "sweeping: 40 of 100 communities, about 2 min 5 s left, 1 failed\n"
        "sweeping: 80 of 100 communities, about 56 s left, 2 failed\n"
    )
