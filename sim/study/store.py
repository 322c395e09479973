"""The one store of a study: a folder of Parquet parts and one manifest, whole at every moment."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.errors import InputError
from sim.study.changes import differences
from sim.study.manifest import Block, Manifest
from sim.study.part import DamagedError, columns_of, part_path, read_part, write_part
from sim.study.reading import MANIFEST, find_manifest, in_order
from sim.study.reading import read_manifest as read_manifest
from sim.study.reading import read_store as read_store
from sim.whole import write_whole as write_whole

PART = re.compile(r"part-\d{6}\.parquet")
LEFT_BEHIND = re.compile(r"\.(part-\d{6}\.parquet|manifest\.json)\.tmp")
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class OtherStudyError(InputError):
    """A folder holds the rows of another study; it says what differs, and the ways out."""

    def __init__(
        self,
        folder: str | Path,
        differing: Sequence[str],
        ways: str = "--force-new removes the old rows, another --out keeps them",
    ) -> None:
        self.differing = differing
        super().__init__([*(f"{folder}: {line}" for line in differing), f"{folder}: {ways}"])


@dataclass
class Store:
    """An open store: this process alone writes to it."""

    folder: Path
    manifest: Manifest  # as it stands on the disk

    def missing(self) -> list[Block]:
        """List the blocks whose part is not there, not whole, or not of this design."""
        return [block for block in self.manifest.blocks() if self._read(block) is None]

    def failed(self) -> list[Block]:
        """List the blocks whose part is there and holds a community that failed."""
        errors = ((block, self._read(block, ["error"])) for block in self.manifest.blocks())
        return [
            block
            for block, table in errors
            if table is not None and any(at.null_count < block.groups for at in table.columns)
        ]

    def write(self, block: Block, rows: pd.DataFrame) -> None:
        """Store the rows of one block, in any order; a reader sees all of them or none.

        `OSError` leaves what was stored readable; `ValueError` for other columns than before.
        """
        table = pa.Table.from_pandas(in_order(rows), preserve_index=False)
        if not self.manifest.columns:
            self._describe(replace(self.manifest, columns=dict(columns_of(table))))
        if list(columns_of(table)) != list(self.manifest.columns.items()):
            raise ValueError(f"block {block.number} has other columns than the parts before it")
        write_part(self.folder, self.manifest, block, table)

    def adopt(self, other: Store) -> int:
        """Copy parts that another store of the same design and blocks has; return how many."""
        if not self.manifest.columns:
            self._describe(replace(self.manifest, columns=other.manifest.columns))
        lacking = [block for block in self.missing() if other._read(block) is not None]
        for block in lacking:
            write_whole(part_path(self.folder, block), part_path(other.folder, block).read_bytes())
        if lacking:
            sessions = [*self.manifest.sessions, *other.manifest.sessions]
            self._describe(replace(self.manifest, sessions=sessions))
        return len(lacking)

    def note_session(self, session: dict[str, Any]) -> None:
        """Add to the manifest when, where and how long the store was filled."""
        self._describe(replace(self.manifest, sessions=[*self.manifest.sessions, session]))

    def _describe(self, manifest: Manifest) -> None:
        write_whole(self.folder / MANIFEST, manifest.to_json().encode())
        self.manifest = manifest

    def _read(self, block: Block, columns: list[str] | None = None) -> pa.Table | None:
        try:
            return read_part(self.folder, self.manifest, block, columns)
        except DamagedError:
            return None


@contextmanager
def open_store(folder: str | Path, wanted: Manifest, force_new: bool = False) -> Iterator[Store]:
    """Open the store of a design for writing: a new one, or the same design's to be continued.

    It keeps its first block size; `force_new` removes another design's parts and manifest only.
    """
    folder = Path(folder)
    with _locked(folder):
        try:
            _sweep_up(folder)
            manifest = _take_over(folder, wanted, force_new)
        except OSError as fault:
            raise _refusal(folder, fault) from fault
        yield Store(folder, manifest)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other writers out; the lock falls with the process, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as fault:
        raise _refusal(folder, fault) from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError([f"{folder}: another sweep is writing to this folder"]) from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(descriptor)


def _sweep_up(folder: Path) -> None:
    """Remove the unfinished files of a writer that was killed."""
    for path in folder.iterdir():
        if LEFT_BEHIND.fullmatch(path.name):
            path.unlink()


def _take_over(folder: Path, wanted: Manifest, force_new: bool) -> Manifest:
    """Return the manifest to go on with, after writing it where it is a new one."""
    parts = sorted(path for path in folder.iterdir() if PART.fullmatch(path.name))
    old = _found(folder, wanted, parts)
    if old is not None and not force_new:
        if found := differences(old, wanted):
            raise OtherStudyError(folder, found)
        return old
    for path in parts:  # before the manifest: a store half removed is still the old one
        path.unlink()
    write_whole(folder / MANIFEST, wanted.to_json().encode())
    return wanted


def _found(folder: Path, wanted: Manifest, parts: list[Path]) -> Manifest | None:
    """Read the manifest; lost or damaged, it is written again if a whole part is of this design."""
    try:
        old = find_manifest(folder)
        if old is None and parts:
            raise InputError([f"{folder}: holds {parts[0].name} but no {MANIFEST}; choose another"])
    except InputError:
        for block in wanted.blocks():
            with suppress(DamagedError):
                columns = dict(columns_of(read_part(folder, wanted, block)))
                mended = replace(wanted, columns=columns)
                write_whole(folder / MANIFEST, mended.to_json().encode())
                return mended
        raise
    return old


def _refusal(folder: Path, fault: OSError) -> Exception:
    if fault.errno in DISK_TROUBLE:
        return fault
    return InputError([f"{folder}: cannot be written: {fault.strerror}"])
