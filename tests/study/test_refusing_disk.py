"""A disk that refuses one call: one line, all stays readable, the same command ends well."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from breaking import failing

from sim import cli
from sim.study import sweep as sweeps
from sim.study.store import read_manifest, read_store

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
FAULTS = (errno.ENOSPC, errno.EIO, errno.EACCES)
TRIED = 10_000 if THOROUGH else 3
SWEEP = """
name = "refused"
replications = 6
days = 14
scenario = {}
[fixed.policies.cadence]
posts_per_day = 1
[grid]
"group.size" = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
"""
FEW = SWEEP.replace("= 6", "= 15").replace("[3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", "[3, 6, 9, 12]")
LEVERS = (
    SWEEP.partition("[fixed")[0]
    + """
[fixed]
"policies.cadence.use" = "cadence"
[levers]
"group.size" = { low = 3, high = 12 }
"policies.cadence.posts_per_day" = { low = 0, high = 3 }
"""
)
BASE = "[group]\nsize = 5\n[run]\ndays = 2\ngroups = 3\n"
COMMANDS = {
    "report": ["sweep", "few.toml", "--out", "few"],
    "csv": ["export", "swept", "--to", "made/x.csv"],
    "parquet": ["export", "swept", "--to", "made/x.parquet"],
    "xlsx": ["export", "swept", "--to", "made/x.xlsx"],
    "merge": ["merge", "sharded"],
    "compare": ["compare", "base.toml", "--with", "group.size=6", "--out", "made"],
    "discover": ["discover", "swept", "--outcome", "messages", "--above", "10"],
    "morris": ["sensitivity", "levers.toml", "--size", "2", "--outcome", "cost_fen",
               "--out", "made"],
    "optimise": ["optimise", "levers.toml", "--trials", "4", "--population", "2", "--sets", "1",
                 "--out", "made"],
}  # fmt: skip
NEEDS = {"xlsx": "openpyxl", "morris": "SALib", "optimise": "optuna"}
NOT_THE_SAME = {".xlsx", ".html"}
"""Files that hold the time they were made, or how long it took."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("made").mkdir()
    for name, text in (("grid", SWEEP), ("few", FEW), ("levers", LEVERS), ("base", BASE)):
        Path(f"{name}.toml").write_text(text)
    for file, out in (("grid", "swept"), ("few", "few")):
        assert cli.main(["sweep", f"{file}.toml", "--out", out, "--no-report"]) == 0
    return tmp_path


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.report.pictures.Picture.inline", "<svg></svg>")


def clear(folder: Path) -> None:
    """Begin again: nothing made, two shards not yet merged."""
    for path in (*folder.glob("made/**/*"), *folder.glob("sharded/*.*")):
        if path.is_file():
            path.unlink()


def made(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in NOT_THE_SAME and path.name != "manifest.json"
    }


def shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BLOCK_GROUPS", 20)
    for shard in ("1/2", "2/2"):
        words = ["sweep", "few.toml", "--out", "sharded", "--shard", shard]
        assert cli.main(words) == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_refused_call_is_one_line_and_the_command_again_ends_well(
    name: str,
    folder: Path,
    undrawn: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    if name == "merge":
        shards(monkeypatch)
    words = COMMANDS[name]
    with failing(0, errno.EIO) as calls:
        assert cli.main(words) == 0
    total, whole = len(calls), made(folder)
    assert total >= 6
    for at in range(1, total + 1, max(1, total // TRIED)):
        clear(folder)
        number = FAULTS[at % len(FAULTS)]
        capsys.readouterr()
        with failing(at, number):
            code = cli.main(words)
        said = capsys.readouterr().err.splitlines()
        errors = [line for line in said if line.startswith("error: ")]
        if code:
            assert len(errors) == 1, said
            assert os.strerror(number) in errors[0]
            assert code in (1, 2)
        else:  # the note of a session: its loss is borne
            assert not errors
        assert not [path for path in folder.rglob(".*") if path.is_file()]
        for manifest in folder.rglob("manifest.json"):
            assert len(read_store(manifest.parent)[1]) <= read_manifest(manifest.parent).communities
        assert cli.main(words) == 0
        assert made(folder) == whole
