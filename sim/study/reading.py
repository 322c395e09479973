"""Read a store: its manifest, its parts, its rows in design order; a sweep may be writing to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import InputError, readable
from sim.study.manifest import Block, Manifest, parse_manifest

MANIFEST = "manifest.json"
KEYS = ("point", "replication", "seed")
"""First columns of every row; the levers follow, then the outcomes."""


def read_store(
    folder: str | Path, columns: Sequence[str] | None = None
) -> tuple[Manifest, pd.DataFrame]:
    """Read what a store holds so far; a sweep may go on writing to it.

    Parameters
    ----------
    folder : str or Path
    columns : sequence of str, optional
        Only these columns; `point` and `replication` always come along.

    Returns
    -------
    manifest : Manifest
    rows : pandas.DataFrame
        One row a community in design order: point by point, replication by replication.
        Fewer than ``manifest.communities`` while the sweep is not finished.

    Raises
    ------
    InputError
        No store there, or a part cannot be read.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    chosen = None if columns is None else list(dict.fromkeys([*KEYS[:2], *columns]))
    tables = []
    for block in manifest.blocks():
        path = part_path(folder, block)
        try:
            if path.exists():
                tables.append(read_part(path, chosen))
        except (OSError, pa.ArrowException):
            raise InputError(
                [f"{path}: cannot be read; the same 'qunlab sweep' command makes it again"]
            ) from None
    if not tables:
        return manifest, pd.DataFrame(columns=chosen or list(manifest.columns or KEYS))
    return manifest, in_order(_frame(pa.concat_tables(tables)))


def read_manifest(folder: str | Path) -> Manifest:
    """Read what a store says of itself.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Manifest

    Raises
    ------
    InputError
        No store there.
    """
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
            [f"{path}: no manifest that this version wrote; choose another folder"]
        ) from None


def read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a part, its checksums verified."""
    with readable(path).open("rb") as file:
        return pq.read_table(file, columns=columns, page_checksum_verification=True)


def part_path(folder: Path, block: Block) -> Path:
    """Name the file of a block."""
    return folder / f"part-{block.number:06d}.parquet"


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return a frame in which whole numbers stay whole where some are missing."""
    rows = table.to_pandas()
    for field in table.schema:
        if pa.types.is_integer(field.type):
            column = table.column(field.name)
            kind = "Int64" if column.null_count else "int64"
            rows[field.name] = column.to_pandas(types_mapper=lambda _: pd.Int64Dtype()).astype(kind)
    return rows


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort rows point by point, replication by replication."""
    return rows.sort_values(list(KEYS[:2]), kind="stable", ignore_index=True)
