"""The one store of a study: a folder of Parquet parts and one manifest, whole at every moment.

A part says what it belongs to and proves that it is whole. One process writes; readers may read at
the same time. Shards are stores of parts of a sweep, in folders within that of the study.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import Faults, InputError, readable
from sim.files import write_whole
from sim.kinds import STORE, refuse_another
from sim.study.manifest import Block, Manifest, differences, parse_manifest

MANIFEST = "manifest.json"
# first columns of every row; the levers follow, then the outcomes
KEYS = ("point", "replication", "seed")
# what a reader that goes through a store in design order holds in memory, or a little more
ROWS_AT_ONCE = 10_000
PACKED = pa.ipc.IpcWriteOptions(compression="lz4")
MOST_NAMED = 5
MOST_DIFFERENCES = 2
AGAIN = "the same 'qunlab sweep' command"
PART = re.compile(r"part-\d{6}\.parquet")
LOCK = ".lock"
LEFT_BEHIND = re.compile(r"\.(part-\d{6}\.parquet|manifest\.json)\.tmp")
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
TAG = b"qunlab"
DIGEST_BYTES = 16
# stands in the place of the digest while the digest is made
BLANK = b"0" * (2 * DIGEST_BYTES)
SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")
SHARD_FOLDER = re.compile(r"shard-\d{6}-of-\d{6}")


class OtherStudyError(InputError):
    """A folder holds the rows of another study; it says what differs, and the ways out."""

    def __init__(
        self,
        folder: str | Path,
        differing: Sequence[str],
        ways: str = "--force-new removes the old rows, another --out keeps them",
    ) -> None:
        self.differing = differing
        super().__init__(f"{folder}: {line}" for line in (*in_short(differing), ways))


def in_short(differing: Sequence[str]) -> list[str]:
    """Return the first lines of what differs, the last of them saying how many more there are.

    >>> in_short(["seed: 1, 2", "days: 7, 9", "size: 3, 4"])
    ['seed: 1, 2', 'days: 7, 9 (and 1 more difference)']
    """
    shown, more = [*differing[:MOST_DIFFERENCES]], len(differing) - MOST_DIFFERENCES
    if more > 0:
        shown[-1] += f" (and {more} more difference{'s' * (more > 1)})"
    return shown


@dataclass
class Store:
    """A store: anyone may read it; only the process that opened it by `open_store` writes to it."""

    folder: Path
    manifest: Manifest  # as it stands on the disk

    def missing(self) -> list[Block]:
        """List the blocks whose part is not there, not whole, or not of this design."""
        return [block for block in self.manifest.blocks() if self.read(block) is None]

    def failed(self) -> list[Block]:
        """List the blocks whose part is there and holds a community that failed."""
        errors = ((block, self.read(block, ["error"])) for block in self.manifest.blocks())
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
        columns = columns_of(table)
        if not self.manifest.columns:
            self.describe(replace(self.manifest, columns=columns))
        if list(columns.items()) != list(self.manifest.columns.items()):
            raise ValueError(f"block {block.number} has other columns than the parts before it")
        before = self._before_digest(block)
        metadata = {TAG: before + BLANK + b'"}', **table.schema.metadata}
        buffer = pa.BufferOutputStream()
        pq.write_table(table.replace_schema_metadata(metadata), buffer, write_page_checksum=True)
        content = buffer.getvalue().to_pybytes()
        start, end = _place_of_digest(content, before)
        sealed = content[:start] + _digest(content, start, end) + content[end:]
        write_whole(self.part(block), sealed)

    def adopt(self, other: Store) -> int:
        """Copy parts that another store of the same design and blocks has; return how many."""
        if not self.manifest.columns:
            self.describe(replace(self.manifest, columns=other.manifest.columns))
        lacking = [block for block in self.missing() if other.read(block) is not None]
        for block in lacking:
            write_whole(self.part(block), other.part(block).read_bytes())
        if lacking:
            sessions = [*self.manifest.sessions, *other.manifest.sessions]
            self.describe(replace(self.manifest, sessions=sessions))
        return len(lacking)

    def note_session(self, **session: Any) -> None:
        """Add to the manifest when, where and how long the store was filled."""
        self.describe(replace(self.manifest, sessions=[*self.manifest.sessions, session]))

    def describe(self, manifest: Manifest) -> None:
        """Write the manifest."""
        write_whole(self.folder / MANIFEST, manifest.to_json().encode())
        self.manifest = manifest

    def part(self, block: Block) -> Path:
        """Name the file of a block."""
        return self.folder / f"part-{block.number:06d}.parquet"

    def read(self, block: Block, columns: list[str] | None = None) -> pa.Table | None:
        """Read a part that is whole and holds this block of this design; None otherwise.

        Bytes lie in Arrow's own memory: its threads must let go of nothing of Python's as Python
        ends.
        """
        path = self.part(block)
        if not path.is_file():
            return None
        with suppress(OSError, ValueError, pa.ArrowException):
            with pa.OSFile(os.fsencode(path)) as file:
                content = file.read_buffer()
            written = content.to_pybytes()
            start, end = _place_of_digest(written, self._before_digest(block))
            if _digest(written, start, end) == written[start:end]:
                return pq.read_table(pa.BufferReader(content), columns=columns)
        return None

    def tables(
        self, blocks: Iterable[Block] | None = None, columns: list[str] | None = None
    ) -> Iterator[pa.Table]:
        """Yield the parts that are there; `InputError` at the end if any of them is damaged."""
        damaged = []
        for block in self.manifest.blocks() if blocks is None else blocks:
            if not self.part(block).exists():
                continue
            table = self.read(block, columns)
            if table is None:
                damaged.append(self.part(block).name)
            else:
                yield table
        if damaged:
            names = ", ".join(damaged[:MOST_NAMED])
            more = f" and {len(damaged) - MOST_NAMED} more" if len(damaged) > MOST_NAMED else ""
            raise InputError([f"{self.folder}: damaged: {names}{more}; {AGAIN} makes them again"])

    def rows_stored(self) -> int:
        """Count the rows of the parts that are there, without reading them."""
        return sum(block.groups for block in self.manifest.blocks() if self.part(block).exists())

    def row(self, point: int, replication: int) -> pd.DataFrame:
        """Read one row from its part alone; no row where it has not been played."""
        blocks = self.manifest.blocks()
        here = (b for b in blocks if point in b.points and replication in b.replications)
        rows = _rows(self.tables(here), KEYS)
        return rows[(rows["point"] == point) & (rows["replication"] == replication)]

    def in_stretches(self) -> Iterator[pd.DataFrame]:
        """Yield the rows in design order, about `ROWS_AT_ONCE` at a time, in the same types.

        Sorted outside of memory, in a passing file; every part is verified before the first rows
        come.
        """
        runs = _runs(self.tables())
        first = list(islice(runs, 2))
        if len(first) < 2:
            yield _rows(first, self.manifest.columns or KEYS)
            return
        schema, missing, held = first[0].schema, set[str](), list[int]()
        with tempfile.TemporaryDirectory(prefix="qunlab-") as passing:
            path = os.fsencode(Path(passing) / "rows.arrow")
            with (
                pa.OSFile(path, "wb") as file,
                pa.ipc.new_file(file, schema, options=PACKED) as batches,
            ):
                for run in chain(first, runs):
                    missing |= {name for name in schema.names if run.column(name).null_count}
                    for stretch, rows in _cut(run, self.manifest.replications):
                        batches.write_batch(rows)
                        held.append(stretch)
            first.clear()
            with pa.OSFile(path, "rb") as file:
                written = pa.ipc.open_file(file)
                for stretch in sorted(set(held)):
                    places = [at for at, one in enumerate(held) if one == stretch]
                    table = pa.Table.from_batches(map(written.get_batch, places), schema)
                    yield in_order(_frame(table, missing))
                    pa.default_memory_pool().release_unused()  # else Arrow keeps what it freed

    def _before_digest(self, block: Block) -> bytes:
        """Write what a part says of itself, up to the digest."""
        words = {"identity": self.manifest.identity, "block": block.number, "digest": ""}
        return json.dumps(words).encode().removesuffix(b'"}')


@contextmanager
def open_store(folder: str | Path, wanted: Manifest, force_new: bool = False) -> Iterator[Store]:
    """Open the store of a design for writing: a new one, or the same design's to be continued.

    It keeps its first block size; `force_new` removes another design's parts and manifest only.
    """
    folder = Path(folder)
    with _refused(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        with _refused(folder):
            for path in folder.iterdir():
                if LEFT_BEHIND.fullmatch(path.name):  # by a writer that was killed
                    path.unlink()
            store = _taken_over(Store(folder, wanted), force_new)
        yield store


@contextmanager
def _refused(folder: Path) -> Iterator[None]:
    """Take a folder that cannot be written to for wrong input; a disk in trouble stays that."""
    try:
        yield
    except OSError as fault:
        if fault.errno in DISK_TROUBLE:
            raise
        raise InputError([f"{folder}: cannot be written: {fault.strerror}"]) from fault


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other writers out; the lock falls with the process, however it ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=0, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise InputError([f"{folder}: another sweep is writing to this folder"]) from None
    except OSError:
        pass  # a file system without locks, or to which nothing can be written: a write will say so
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / LOCK).unlink(missing_ok=True)  # before the release: the next makes its own
        lock.release()


def _taken_over(new: Store, force_new: bool) -> Store:
    """Return the store to go on with, after writing its manifest where it is a new one."""
    folder = new.folder
    parts = sorted(path for path in folder.iterdir() if PART.fullmatch(path.name))
    old = _found(new, parts)
    if old is not None and not force_new:
        if found := differences(old, new.manifest):
            raise OtherStudyError(folder, found)
        return Store(folder, old)
    for path in parts:  # before the manifest: a store half removed is still the old one
        path.unlink()
    new.describe(new.manifest)
    return new


def _found(new: Store, parts: list[Path]) -> Manifest | None:
    """Read the manifest; lost or damaged, it is written again if a whole part is of this design."""
    try:
        old = find_manifest(new.folder)
        if old is None and parts:
            name = parts[0].name
            raise InputError([f"{new.folder}: holds {name} but no {MANIFEST}; choose another"])
        return old
    except InputError:
        tables = (new.read(block) for block in new.manifest.blocks())
        whole = next((table for table in tables if table is not None), None)
        if whole is None:
            raise
        mended = replace(new)
        mended.describe(replace(new.manifest, columns=columns_of(whole)))
        return mended.manifest


def read_store(
    folder: str | Path, columns: Sequence[str] | None = None
) -> tuple[Manifest, pd.DataFrame]:
    """Read a store's manifest and rows, in design order; a sweep may go on writing to it.

    Keys come along with chosen columns; `InputError` for no store, or damaged parts.
    """
    store = find_store(folder)
    chosen = None if columns is None else list(dict.fromkeys([*KEYS[:2], *columns]))
    named = chosen or store.manifest.columns or KEYS
    return store.manifest, _rows(store.tables(columns=chosen), named)


def find_store(folder: str | Path) -> Store:
    """Return the store in a folder, to be read; `InputError` where there is none."""
    return Store(Path(folder), read_manifest(folder))


def read_manifest(folder: str | Path) -> Manifest:
    """Read what a store says of itself; `InputError` where there is none."""
    manifest = find_manifest(Path(folder))
    if manifest is None:
        refuse_another(Path(folder), (STORE,))
        raise InputError([f"{folder}: no store; 'qunlab sweep FILE --out {folder}' makes one"])
    return manifest


def find_manifest(folder: Path) -> Manifest | None:
    """Read what a store says of itself; None where there is none."""
    path = folder / MANIFEST
    try:
        return parse_manifest(readable(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        raise InputError([f"{path}: cannot be read: {fault.strerror}"]) from None
    except (ValueError, TypeError):
        raise InputError(
            [f"{path}: damaged, or not ours; {AGAIN} makes it again where parts are whole"]
        ) from None


def _runs(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Put parts together until they have `ROWS_AT_ONCE` rows."""
    run: list[pa.Table] = []
    for table in tables:
        run.append(table)
        if sum(map(len, run)) >= ROWS_AT_ONCE:
            yield pa.concat_tables(run)
            run = []
    if run:
        yield pa.concat_tables(run)


def _cut(run: pa.Table, replications: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the rows of every stretch of the design, with the number of the stretch."""
    point, replication = (run.column(name).to_numpy() for name in KEYS[:2])
    stretches = (point * replications + replication) // ROWS_AT_ONCE
    for stretch in np.unique(stretches):
        rows = run.filter(pa.array(stretches == stretch)).combine_chunks()
        yield int(stretch), rows.to_batches()[0]


def _frame(table: pa.Table, missing: Collection[str] = ()) -> pd.DataFrame:
    """Return a frame in which whole numbers stay whole where some are missing, here or beyond."""
    rows = table.to_pandas()
    for field in table.schema:
        if pa.types.is_integer(field.type):
            column = table.column(field.name)
            kind = "Int64" if column.null_count or field.name in missing else "int64"
            rows[field.name] = column.to_pandas(types_mapper=lambda _: pd.Int64Dtype()).astype(kind)
    return rows


def _rows(tables: Iterable[pa.Table], columns: Iterable[str]) -> pd.DataFrame:
    """Return the rows of parts in design order, or none in these columns."""
    found = list(tables)
    return in_order(_frame(pa.concat_tables(found))) if found else pd.DataFrame(columns=[*columns])


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort rows point by point, replication by replication."""
    return rows.sort_values(list(KEYS[:2]), kind="stable", ignore_index=True)


def columns_of(table: pa.Table) -> dict[str, str]:
    """Return the type of every column by its name."""
    return {field.name: str(field.type) for field in table.schema}


def _place_of_digest(content: bytes, before: bytes) -> tuple[int, int]:
    """Find the digest, which stands behind all rows; an empty place where there is none."""
    start = content.rfind(before) + len(before)
    return (start, start + len(BLANK)) if start >= len(before) else (0, 0)


def _digest(content: bytes, start: int, end: int) -> bytes:
    """Digest a whole file as if the digest in it were blank."""
    found = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for piece in (memoryview(content)[:start], BLANK, memoryview(content)[end:]):
        found.update(piece)
    return found.hexdigest().encode()


@dataclass(frozen=True)
class Shard:
    """One of several parts of a sweep, `number` from 1 to `count`."""

    number: int
    count: int

    def holds(self, block: int) -> bool:
        """Say whether a block belongs to this shard."""
        return block % self.count == self.number - 1

    def folder(self, out: str | Path) -> Path:
        """Return the folder of this shard within that of the study."""
        return Path(out) / f"shard-{self.number:06d}-of-{self.count:06d}"

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def parse_shard(text: str) -> Shard:
    """Read ``i/n``, from 1/n to n/n."""
    found = SHARD.fullmatch(text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError([f"--shard: {text!r} is no shard; allowed: 1/n to n/n, such as 2/10"])
    return Shard(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    folder: Path
    communities: int  # rows of the whole study
    copied: int  # parts copied now
    missing: tuple[int, ...]  # numbers of the blocks that no shard has played yet
    blocks: int  # of the whole study

    def waiting(self, count: int) -> list[int]:
        """List the shards, of so many, that have not played all of theirs."""
        return sorted({1 + block % count for block in self.missing})


def shards_in(folder: str | Path) -> list[Path]:
    """List the folders of shards within that of a study."""
    found = Path(folder).glob("shard-*-of-*")
    return sorted(path for path in found if SHARD_FOLDER.fullmatch(path.name))


def merge(folder: str | Path, sources: Sequence[str | Path] = ()) -> Merged:
    """Put what shards have played into one store; done again, it takes up what has come since.

    Parameters
    ----------
    folder : str or Path
        Of the study; made when it is not there.
    sources : sequence of str or Path
        Stores of the same design; default: the shards within `folder`.

    Returns
    -------
    Merged

    Raises
    ------
    InputError
        Nothing to merge, or stores of different designs, with what differs.
    """
    refuse_another(Path(folder), (STORE,))
    places = [Path(source) for source in sources] or shards_in(folder)
    if not places:
        raise InputError([f"{folder}: no shards there; 'qunlab sweep FILE --out DIR --shard 1/2'"])
    parts = list(map(find_store, places))
    first, faults = parts[0].manifest, Faults()
    for part in parts[1:]:
        found = differences(first, part.manifest)
        if part.manifest.block_groups != first.block_groups:
            found.append("it is cut into other blocks")
        faults += [
            f"{part.folder}: not the study of {places[0]}: {line}" for line in in_short(found)
        ]
    faults.refuse()
    with open_store(folder, replace(first, sessions=[])) as store:
        if store.manifest.block_groups != first.block_groups:
            raise InputError([f"{folder}: cut into other blocks than {places[0]}"])
        copied = sum(store.adopt(part) for part in parts)
        missing = tuple(block.number for block in store.missing())
        blocks = len(store.manifest.blocks())
    return Merged(Path(folder), first.communities, copied, missing, blocks)
