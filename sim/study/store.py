"""The one store of a study: a folder of Parquet parts and one manifest, whole at every moment."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import InputError
from sim.study.changes import differences
from sim.study.manifest import Block, Manifest
from sim.study.reading import KEYS, MANIFEST, find_manifest, in_order, part_path, read_part
from sim.study.reading import read_manifest as read_manifest
from sim.study.reading import read_store as read_store
from sim.study.whole import write_whole as write_whole

PART = re.compile(r"part-\d{6}\.parquet")
LEFT_BEHIND = re.compile(r"\.(part-\d{6}\.parquet|manifest\.json)\.tmp")
TAG = b"qunlab"
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


@dataclass
class Store:
    """An open store: this process alone writes to it.

    Attributes
    ----------
    folder : Path
    manifest : Manifest
        As it stands on the disk.
    """

    folder: Path
    manifest: Manifest

    def missing(self) -> list[Block]:
        """List the blocks whose part is not there, not whole, or not of this design.

        Returns
        -------
        list of Block
        """
        return [block for block in self.manifest.blocks() if not self._holds(block)]

    def failed(self) -> list[Block]:
        """List the blocks whose part is there and holds a community that failed.

        Returns
        -------
        list of Block
        """
        return [
            block
            for block in self.manifest.blocks()
            if self._holds(block)
            and "error" in self.manifest.columns
            and read_part(part_path(self.folder, block), ["error"]).column("error").null_count
            < block.groups
        ]

    def write(self, block: Block, rows: pd.DataFrame) -> None:
        """Store the rows of one block; a reader sees all of them or none.

        Parameters
        ----------
        block : Block
        rows : pandas.DataFrame
            One row a community, in any order, with the columns `KEYS`, levers, outcomes.

        Raises
        ------
        OSError
            When the disk refuses; what was stored before stays readable.
        ValueError
            When the columns are not those of the parts before.
        """
        table = pa.Table.from_pandas(in_order(rows), preserve_index=False)
        if not self.manifest.columns:
            self._describe(replace(self.manifest, columns=dict(_columns(table))))
        if not self._fits(table):
            raise ValueError(f"block {block.number} has other columns than the parts before it")
        buffer = pa.BufferOutputStream()
        tagged = table.replace_schema_metadata({TAG: self._tag(block), **table.schema.metadata})
        pq.write_table(tagged, buffer, write_page_checksum=True)
        write_whole(part_path(self.folder, block), buffer.getvalue())

    def adopt(self, other: Store) -> int:
        """Copy the parts that another store of the same design holds and this one lacks.

        Parameters
        ----------
        other : Store
            Cut into the same blocks.

        Returns
        -------
        int
            Number of parts copied.
        """
        if not self.manifest.columns:
            self._describe(replace(self.manifest, columns=other.manifest.columns))
        lacking = [block for block in self.missing() if other._holds(block)]
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

    def _fits(self, table: pa.Table) -> bool:
        return list(_columns(table)) == list(self.manifest.columns.items())

    def _tag(self, block: Block) -> bytes:
        return json.dumps({"identity": self.manifest.identity, "block": block.number}).encode()

    def _holds(self, block: Block) -> bool:
        try:
            table = read_part(part_path(self.folder, block))
        except (OSError, pa.ArrowException):
            return False
        tag = (table.schema.metadata or {}).get(TAG)
        if tag != self._tag(block) or not self._fits(table):
            return False
        grid = np.array([(p, r) for p in block.points for r in block.replications])
        keys = [table.column(name).to_numpy() for name in KEYS[:2]]
        return bool(np.array_equal(np.column_stack(keys), grid))


@contextmanager
def open_store(folder: str | Path, wanted: Manifest, force_new: bool = False) -> Iterator[Store]:
    """Open the store of a design for writing: a new one, or the same design's to be continued.

    Parameters
    ----------
    folder : str or Path
        Made when it is not there.
    wanted : Manifest
        Of the design; a store keeps the block size it began with.
    force_new : bool
        Whether to remove the parts and the manifest of another design. Nothing else is removed.

    Yields
    ------
    Store

    Raises
    ------
    InputError
        The folder cannot be written, holds a store of another design (with what differs), holds
        parts that no store of ours wrote, or another process is writing to it.
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
    old = find_manifest(folder)
    parts = sorted(path for path in folder.iterdir() if PART.fullmatch(path.name))
    if old is None and parts:
        raise InputError([f"{folder}: holds {parts[0].name} but no {MANIFEST}; choose another"])
    if old is not None and not force_new:
        if found := differences(old, wanted):
            ways = "--force-new removes the old rows, another --out keeps them"
            raise InputError([*(f"{folder}: {line}" for line in found), f"{folder}: {ways}"])
        return old
    for path in parts:  # before the manifest: a store half removed is still the old one
        path.unlink()
    write_whole(folder / MANIFEST, wanted.to_json().encode())
    return wanted


def _refusal(folder: Path, fault: OSError) -> Exception:
    if fault.errno in DISK_TROUBLE:
        return fault
    return InputError([f"{folder}: cannot be written: {fault.strerror}"])


def _columns(table: pa.Table) -> Iterator[tuple[str, str]]:
    return ((field.name, str(field.type)) for field in table.schema)
