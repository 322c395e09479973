"""Read a store: its manifest, its parts, its rows in design order; a sweep may be writing to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.errors import InputError, readable
from sim.study.manifest import Block, Manifest, parse_manifest
from sim.study.part import DamagedError, part_path, read_part

MANIFEST = "manifest.json"
KEYS = ("point", "replication", "seed")
"""First columns of every row; the levers follow, then the outcomes."""
ROWS_AT_ONCE = 10_000
"""What a reader that goes through a store in design order holds in memory, or a little more."""
PACKED = pa.ipc.IpcWriteOptions(compression="lz4")
MOST_NAMED = 5
AGAIN = "the same 'qunlab sweep' command"


def read_store(
    folder: str | Path, columns: Sequence[str] | None = None
) -> tuple[Manifest, pd.DataFrame]:
    """Read a store's manifest and rows, in design order; a sweep may go on writing to it.

    Keys come along with chosen columns; `InputError` for no store, or damaged parts.
    """
    manifest = read_manifest(folder)
    chosen = None if columns is None else list(dict.fromkeys([*KEYS[:2], *columns]))
    tables = list(_tables(Path(folder), manifest, manifest.blocks(), chosen))
    if not tables:
        return manifest, pd.DataFrame(columns=chosen or list(manifest.columns or KEYS))
    return manifest, in_order(_frame(pa.concat_tables(tables)))


def rows_stored(folder: Path, manifest: Manifest) -> int:
    """Count the rows of the parts that are there, without reading them."""
    there = (block for block in manifest.blocks() if part_path(folder, block).exists())
    return sum(block.groups for block in there)


def read_row(folder: Path, manifest: Manifest, point: int, replication: int) -> pd.DataFrame:
    """Read one row of a store from its part alone; no row where it has not been played."""
    here = (b for b in manifest.blocks() if point in b.points and replication in b.replications)
    tables = list(_tables(folder, manifest, here))
    rows = _frame(pa.concat_tables(tables)) if tables else pd.DataFrame(columns=[*KEYS])
    return rows[(rows["point"] == point) & (rows["replication"] == replication)]


def in_stretches(folder: Path, manifest: Manifest) -> Iterator[pd.DataFrame]:
    """Yield the rows of a store in design order, about `ROWS_AT_ONCE` at a time, in the same types.

    Sorted outside of memory, in a passing file; every part is verified before the first rows come.
    """
    runs = _runs(_tables(folder, manifest, manifest.blocks()))
    first = list(islice(runs, 2))
    if len(first) < 2:
        empty = pd.DataFrame(columns=list(manifest.columns or KEYS))
        yield in_order(_frame(first[0])) if first else empty
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
                for stretch, rows in _cut(run, manifest.replications):
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


def read_manifest(folder: str | Path) -> Manifest:
    """Read what a store says of itself; `InputError` where there is none."""
    manifest = find_manifest(Path(folder))
    if manifest is None:
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


def _tables(
    folder: Path, manifest: Manifest, blocks: Iterable[Block], columns: list[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the parts that are there; `InputError` at the end if any of them is damaged."""
    damaged = []
    for block in blocks:
        path = part_path(folder, block)
        if not path.exists():
            continue
        try:
            table = read_part(folder, manifest, block, columns)
        except DamagedError:
            damaged.append(path.name)
        else:
            yield table
    if damaged:
        names = ", ".join(damaged[:MOST_NAMED])
        more = f" and {len(damaged) - MOST_NAMED} more" if len(damaged) > MOST_NAMED else ""
        raise InputError([f"{folder}: damaged: {names}{more}; {AGAIN} makes them again"])


def _frame(table: pa.Table, missing: Collection[str] = ()) -> pd.DataFrame:
    """Return a frame in which whole numbers stay whole where some are missing, here or beyond."""
    rows = table.to_pandas()
    for field in table.schema:
        if pa.types.is_boolean(field.type) and rows[field.name].dtype == object:
            rows[field.name] = rows[field.name].astype("boolean")  # of a part without digest
        if pa.types.is_integer(field.type):
            column = table.column(field.name)
            kind = "Int64" if column.null_count or field.name in missing else "int64"
            rows[field.name] = column.to_pandas(types_mapper=lambda _: pd.Int64Dtype()).astype(kind)
    return rows


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort rows point by point, replication by replication."""
    return rows.sort_values(list(KEYS[:2]), kind="stable", ignore_index=True)
