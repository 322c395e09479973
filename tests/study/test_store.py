"""The store: whole at every moment, continued block by block, never mixed with another design."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.study.design import manifest_of, parse_design
from sim.study.manifest import Block, Manifest
from sim.study.store import MANIFEST, Store, open_store, read_store

DATA = {"scenario": {}, "replications": 4, "seed": 2**62, "grid": {"group.size": [10, 20, 30]}}


def wanted(block_groups: int = 5, **changed: Any) -> Manifest:
    return manifest_of(parse_design(DATA | changed), block_groups)


def rows_of(block: Block) -> pd.DataFrame:
    """Make up rows that know their place, back to front."""
    place = np.array([(p, r) for p in block.points for r in block.replications])[::-1]
    return pd.DataFrame(
        {
            "point": place[:, 0],
            "replication": place[:, 1],
            "seed": 2**62,
            "group.size": 10 * (1 + place[:, 0]),
            "lifetime_days": np.where(place[:, 1] == 0, np.nan, place[:, 0] + place[:, 1] / 3),
            "lifetime_observed": place[:, 1] % 2 == 0,
            "word": [f"w{p}" for p in place[:, 0]],
        }
    )


def fill(folder: Path, numbers: set[int] | None = None, **how: Any) -> list[int]:
    """Write the missing blocks (of these numbers), and say which were written."""
    written = []
    with open_store(folder, wanted(), **how) as store:
        for block in store.missing():
            if numbers is None or block.number in numbers:
                store.write(block, rows_of(block))
                written.append(block.number)
    return written


def table(folder: Path) -> bytes:
    return read_store(folder)[1].to_csv().encode()


def problems(folder: Path, manifest: Manifest, force_new: bool = False) -> list[str]:
    with pytest.raises(InputError) as caught, open_store(folder, manifest, force_new):
        pass
    return [line.replace(str(folder), "OUT") for line in caught.value.problems]


def test_rows_come_back_in_design_order_with_their_types(tmp_path: Path) -> None:
    assert fill(tmp_path) == [0, 1, 2, 3]
    manifest, rows = read_store(tmp_path)
    expected = rows_of(Block(0, range(3), range(4)))[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, expected)
    assert manifest.communities == len(rows) == 12
    assert list(manifest.columns) == list(rows.columns)
    assert manifest.columns["lifetime_days"] == "double"
    assert manifest.settings["group.size"] == 100
    assert manifest.levers == {"group.size": [10, 20, 30]}
    assert len(set(manifest.scenarios)) == 3
    assert {"qunlab", "numpy", "numba"} <= manifest.versions.keys()


def test_some_columns_can_be_read(tmp_path: Path) -> None:
    fill(tmp_path)
    assert list(read_store(tmp_path, ["word", "point"])[1]) == ["point", "replication", "word"]


def test_a_store_continued_is_the_unbroken_one(tmp_path: Path) -> None:
    fill(tmp_path / "whole")
    assert fill(tmp_path / "broken", {1, 3}) == [1, 3]
    assert len(read_store(tmp_path / "broken")[1]) == 3 + 3
    assert fill(tmp_path / "broken") == [0, 2]
    assert fill(tmp_path / "broken") == []
    assert table(tmp_path / "broken") == table(tmp_path / "whole")


def test_an_empty_store_can_be_read(tmp_path: Path) -> None:
    assert fill(tmp_path, set()) == []
    manifest, rows = read_store(tmp_path)
    assert (len(rows), manifest.columns, list(rows)) == (0, {}, ["point", "replication", "seed"])


def test_another_block_size_goes_on_with_the_first(tmp_path: Path) -> None:
    fill(tmp_path, {0})
    with open_store(tmp_path, wanted(block_groups=1)) as store:
        assert store.manifest.block_groups == 5
        assert [block.number for block in store.missing()] == [1, 2, 3]


@pytest.mark.parametrize("kept_share", [0.0, 0.3, 0.9, 0.999])
def test_what_a_killed_writer_leaves_is_done_again(tmp_path: Path, kept_share: float) -> None:
    fill(tmp_path)
    whole = table(tmp_path)
    (tmp_path / ".part-000002.parquet.tmp").write_bytes(b"half")
    (tmp_path / f".{MANIFEST}.tmp").write_bytes(b"{")
    part = tmp_path / "part-000001.parquet"
    part.write_bytes(part.read_bytes()[: int(kept_share * part.stat().st_size)])
    with pytest.raises(InputError, match=r"damaged: part-000001.parquet; the same"):
        read_store(tmp_path)
    assert fill(tmp_path) == [1]
    assert table(tmp_path) == whole
    assert not list(tmp_path.glob(".*"))


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    fill(tmp_path)
    whole = table(tmp_path)
    part = tmp_path / "part-000003.parquet"
    content = bytearray(part.read_bytes())
    for at in range(4, len(content), 397):
        flipped = content.copy()
        flipped[at] ^= 16
        part.write_bytes(flipped)
        assert fill(tmp_path) == [3]
        assert table(tmp_path) == whole


def test_a_part_from_elsewhere_is_done_again(tmp_path: Path) -> None:
    fill(tmp_path)
    whole = table(tmp_path)
    (tmp_path / "part-000001.parquet").write_bytes((tmp_path / "part-000000.parquet").read_bytes())
    assert fill(tmp_path) == [1]
    assert table(tmp_path) == whole


def test_a_changed_design_is_refused_with_what_differs(tmp_path: Path) -> None:
    fill(tmp_path)
    other = wanted(
        replications=5, grid={"group.size": [10, 20], "run.days": [3]}, fixed={"look.rate_sigma": 1}
    )
    assert problems(tmp_path, other) == [
        "OUT: replications: the store has 4, the design 5",
        "OUT: grid: group.size: the store has [10, 20, 30], the design [10, 20] "
        "(and 2 more differences)",
        "OUT: --force-new removes the old rows, another --out keeps them",
    ]
    assert len(read_store(tmp_path)[1]) == 12


def test_a_name_alone_changes_nothing_that_counts(tmp_path: Path) -> None:
    fill(tmp_path)
    with open_store(tmp_path, wanted(name="other")) as store:
        assert store.missing() == []


def test_changed_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    monkeypatch.setattr("sim.study.design.code_digest", lambda: "0" * 20)
    first, last = problems(tmp_path, wanted())
    assert first.startswith("OUT: code: the store was made by engine ")
    assert "this is 00000000000000000000 (" in first
    assert last.startswith("OUT: --force-new")


def test_a_store_of_an_older_engine_takes_three_lines_whatever_else_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    monkeypatch.setattr("sim.study.design.code_digest", lambda: "0" * 20)
    other = wanted(fixed={"look.rate_sigma": 1, "rhythm.peak_hour": 20, "trust.warmth": 0.9})
    first, second, last = problems(tmp_path, other)
    assert first.startswith("OUT: code: the store was made by engine ")
    assert "more difference" in second
    assert last.startswith("OUT: --force-new")


def test_force_new_removes_only_what_the_store_made(tmp_path: Path) -> None:
    fill(tmp_path)
    for name in ("report.html", "part-1.parquet", "notes.tmp"):
        (tmp_path / name).write_text("mine")
    with open_store(tmp_path, wanted(replications=1), force_new=True) as store:
        assert [block.groups for block in store.missing()] == [3]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"report.html", "part-1.parquet", "notes.tmp", MANIFEST}


def test_parts_without_a_manifest_are_not_ours(tmp_path: Path) -> None:
    part = tmp_path / "part-000000.parquet"
    part.write_text("mine")
    said = [f"OUT: holds part-000000.parquet but no {MANIFEST}; choose another"]
    assert problems(tmp_path, wanted()) == problems(tmp_path, wanted(), force_new=True) == said
    assert part.read_text() == "mine"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": 1}', "\x00"])
def test_a_manifest_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    again = "the same 'qunlab sweep' command makes it again where parts are whole"
    said = [f"OUT/{MANIFEST}: damaged, or not ours; {again}"]
    assert problems(tmp_path, wanted()) == problems(tmp_path, wanted(), force_new=True) == said
    assert (tmp_path / MANIFEST).read_text() == text


def test_a_manifest_with_a_wrong_type_is_refused(tmp_path: Path) -> None:
    data = json.loads(wanted().to_json()) | {"replications": "four"}
    (tmp_path / MANIFEST).write_text(json.dumps(data))
    assert "damaged, or not ours" in problems(tmp_path, wanted())[0]


def test_a_file_in_the_way_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert problems(tmp_path / "file", wanted()) == ["OUT: cannot be written: File exists"]
    said = ["OUT: cannot be written: Not a directory"]
    assert problems(tmp_path / "file" / "deeper", wanted()) == said


def test_no_store_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no store; 'qunlab sweep FILE --out"):
        read_store(tmp_path)
    with pytest.raises(InputError, match="no store"):
        read_store(tmp_path / "nowhere")


def test_two_writers_are_kept_apart(tmp_path: Path) -> None:
    with open_store(tmp_path, wanted()):
        said = ["OUT: another sweep is writing to this folder"]
        assert problems(tmp_path, wanted()) == said
        assert len(read_store(tmp_path)[1]) == 0


def test_a_disk_without_locks_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert fill(tmp_path) == [0, 1, 2, 3]


def test_other_columns_than_before_are_our_own_mistake(tmp_path: Path) -> None:
    with open_store(tmp_path, wanted()) as store:
        first, second = store.missing()[:2]
        store.write(first, rows_of(first))
        with pytest.raises(ValueError, match="other columns"):
            store.write(second, rows_of(second).drop(columns="word"))


def test_a_lost_manifest_is_written_again(tmp_path: Path) -> None:
    fill(tmp_path)
    whole = table(tmp_path)
    (tmp_path / MANIFEST).unlink()
    assert problems(tmp_path, wanted(replications=5)) == [
        f"OUT: holds part-000000.parquet but no {MANIFEST}; choose another"
    ]
    assert fill(tmp_path) == []
    assert table(tmp_path) == whole


Breakdown = Callable[[pytest.MonkeyPatch, str, int], None]
FAULTS = [errno.ENOSPC, errno.EIO, errno.EACCES]


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "fsync of the folder"])
@pytest.mark.parametrize("number", FAULTS)
def test_a_write_that_fails_leaves_a_good_store(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breakdown: Breakdown,
    call: str,
    number: int,
) -> None:
    fill(tmp_path / "whole")
    folder = tmp_path / "broken"
    fill(folder, {0, 1})
    with monkeypatch.context() as broken:
        breakdown(broken, call, number)
        with pytest.raises(OSError, match="part-000002") as caught:
            fill(folder)
    assert (caught.value.errno, caught.value.filename[-19:]) == (number, "part-000002.parquet")
    assert len(read_store(folder)[1]) in (6, 9)
    assert not list(folder.glob(".*"))
    assert fill(folder)[-1] == 3
    assert table(folder) == table(tmp_path / "whole")


@pytest.mark.parametrize("number", FAULTS)
def test_a_folder_that_cannot_be_begun(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breakdown: Breakdown,
    number: int,
) -> None:
    breakdown(monkeypatch, "write", number)
    if number == errno.EACCES:
        assert problems(tmp_path, wanted()) == ["OUT: cannot be written: Permission denied"]
    else:
        with pytest.raises(OSError, match=os.strerror(number)):
            fill(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sessions_stand_in_the_manifest(tmp_path: Path) -> None:
    fill(tmp_path)
    with open_store(tmp_path, wanted()) as store:
        assert isinstance(store, Store)
        store.note_session(seconds=1.5)
    assert read_store(tmp_path)[0].sessions == [{"seconds": 1.5}]
    assert read_store(tmp_path)[0].identity == replace(wanted(), sessions=[]).identity
