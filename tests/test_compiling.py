"""An edited rule is never played from an old kernel; an unedited one is compiled once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import compiling
from sim.compiling import kernel, rule

RULES = """
from sim.compiling import rule

@rule
def next_fatigue(fatigue):
    return fatigue * {factor}
"""

KERNEL = """
from sim.compiling import kernel
from sim.rules import next_fatigue

@kernel
def tire(fatigues):
    for i in range(fatigues.size):
        fatigues[i] = next_fatigue(fatigues[i])
"""

PLAY = """
import json
import numpy as np
from sim import compiling
from sim.kernel import tire
from sim.rules import next_fatigue

had_to_compile = compiling.needs_compiling()
assert compiling.needs_compiling(tire) == had_to_compile
fatigues = np.ones(2)
tire(fatigues)
print(json.dumps({
    "value": fatigues[1],
    "rule_value": next_fatigue(1.0),
    "hits": sum(tire.stats.cache_hits.values()) + sum(next_fatigue.stats.cache_hits.values()),
    "misses": sum(tire.stats.cache_misses.values()),
    "had_to_compile": had_to_compile,
    "needs_compiling": compiling.needs_compiling() or compiling.needs_compiling(tire),
    "folder": str(compiling.cache_folder()),
}))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A tree with our compiler beside a rule and a kernel of three lines."""
    sim = tmp_path / "tree" / "sim"
    sim.mkdir(parents=True)
    (sim / "__init__.py").touch()
    shutil.copy(str(compiling.__file__), sim)
    (sim / "rules.py").write_text(RULES.format(factor=2.0))
    (sim / "kernel.py").write_text(KERNEL)
    return sim


def play(package: Path, cache: Path, **environment: str) -> dict[str, object]:
    """Run the kernel in a process of its own and say what happened."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY],
        cwd=package.parent,
        env=os.environ | {"QUNLAB_CACHE_DIR": str(cache)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_an_edited_rule_is_what_the_kernel_plays(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = play(package, cache)
    assert (first["value"], first["had_to_compile"], first["needs_compiling"]) == (2.0, True, False)
    assert first["misses"] == 1

    again = play(package, cache)
    assert (again["value"], again["misses"], again["had_to_compile"]) == (2.0, 0, False)
    assert again["hits"] == 2

    (package / "rules.py").write_text(RULES.format(factor=3.0))
    edited = play(package, cache)
    assert (edited["value"], edited["rule_value"]) == (3.0, 3.0)
    assert edited["misses"] == 1
    assert edited["folder"] != first["folder"]

    (package / "rules.py").write_text(RULES.format(factor=2.0))
    back = play(package, cache)
    assert (back["value"], back["misses"]) == (2.0, 0)


def test_one_compiled_kernel_does_not_speak_for_another(package: Path, tmp_path: Path) -> None:
    second = KERNEL.replace("def tire", "def rest")
    (package / "kernel.py").write_text(KERNEL + second)
    play(package, tmp_path / "cache")
    script = (
        "from sim import compiling, kernel as k; "
        "print(compiling.needs_compiling(k.tire), compiling.needs_compiling(k.tire, k.rest))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=package.parent,
        env=os.environ | {"QUNLAB_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False True\n"


def test_calls_that_differ_in_a_constant_share_one_compiled_version() -> None:
    @compiling.rule
    def scaled(hours: float, times: int) -> float:
        return hours * times

    @compiling.rule
    def scaled_thrice(hours: float) -> float:
        return scaled(hours, 1) + scaled(hours, 2) + scaled(hours, times=4)

    assert scaled_thrice(0.5) == 3.5
    assert len(scaled.signatures) == 1


def test_two_checkouts_of_the_same_sources_share_the_compiled_code(
    package: Path, tmp_path: Path
) -> None:
    play(package, tmp_path / "cache")
    copy = tmp_path / "elsewhere" / "sim"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert play(copy, tmp_path / "cache")["misses"] == 0


def test_an_edit_of_the_report_compiles_nothing(package: Path, tmp_path: Path) -> None:
    play(package, tmp_path / "cache")
    (package / "report.py").write_text("title = 'new'\n")
    assert play(package, tmp_path / "cache")["misses"] == 0


def test_damaged_cache_files_only_mean_compiling_again(package: Path, tmp_path: Path) -> None:
    folder = Path(str(play(package, tmp_path / "cache")["folder"]))
    for damaged in folder.rglob("*.nb[ci]"):
        damaged.write_bytes(b"")
    assert play(package, tmp_path / "cache")["value"] == 2.0
    assert play(package, tmp_path / "cache")["misses"] == 0


def test_a_folder_that_cannot_be_written_is_replaced(package: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "a_file"
    blocked.touch()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    played = play(package, blocked, TMPDIR=str(temporary))
    assert played["value"] == 2.0
    assert Path(str(played["folder"])).is_relative_to(temporary)


def test_a_hosts_own_numba_settings_stay_its_own(package: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    played = play(package, tmp_path / "cache", NUMBA_CACHE_DIR=str(theirs))
    assert Path(str(played["folder"])).is_relative_to(tmp_path / "cache")
    assert not theirs.exists()


def test_the_rule_can_be_run_without_the_compiler(package: Path, tmp_path: Path) -> None:
    script = "from sim.rules import next_fatigue; print(next_fatigue(1.0), type(next_fatigue))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=package.parent,
        env=os.environ | {"QUNLAB_CACHE_DIR": str(tmp_path), "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2.0 <class 'function'>\n"


def test_a_kernel_outside_the_digest_is_refused(package: Path, tmp_path: Path) -> None:
    (package / "report.py").write_text(KERNEL)
    done = subprocess.run(
        [sys.executable, "-c", "import sim.report"],
        cwd=package.parent,
        env=os.environ | {"QUNLAB_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "report.py compiles tire" in done.stderr


def test_pruning_keeps_the_newest_and_whatever_is_in_use(tmp_path: Path) -> None:
    ages_hours = {"now": 0.0, "soon": 0.5, "a": 2, "b": 3, "c": 4, "half": 0.7, "most": 0.9}
    for name, age in ages_hours.items():
        folder = tmp_path / name
        folder.mkdir()
        then = time.time() - 3600 * age
        os.utime(folder, (then, then))
    compiling.prune(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"now", "soon", "half", "most"}


def test_the_digest_covers_the_engine_and_not_the_report() -> None:
    covered = {p.relative_to(compiling.PACKAGE).as_posix() for p in compiling.digested_sources()}
    assert {"__init__.py", "compiling.py", "errors.py"} <= covered
    assert not {p for p in covered if p.startswith(("cli/", "study/"))}
    assert not covered & {"report.py", "plots.py", "outcomes.py", "chatlog.py"}


@rule
def _lowest(word: int) -> int:
    return compiling.lowest_bit(word)


@kernel
def _ask_all(records):  # type: ignore[no-untyped-def]
    for number in range(len(records)):
        compiling.prefetch(records, number)


@given(st.integers(-(2**63), 2**63 - 1).filter(bool))
def test_the_lowest_bit_of_a_word_is_found(word: int) -> None:
    place = _lowest(word)
    assert place == compiling._lowest_bit(word)
    assert word % 2 ** (place + 1) == 2**place


def test_asking_for_records_ahead_leaves_them_as_they_are() -> None:
    records = np.arange(100.0).view(np.dtype([("a", float), ("b", float)]))
    before = records.copy()
    assert _ask_all(records) is None
    assert np.array_equal(records, before)
