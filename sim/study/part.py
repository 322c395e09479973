"""A part of a store: one Parquet file that says what it belongs to and proves that it is whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.study.manifest import UNSEALED, Block, Manifest
from sim.whole import write_whole

TAG = b"qunlab"
DIGEST_BYTES = 16
BLANK = b"0" * (2 * DIGEST_BYTES)
"""Stands in the place of the digest while the digest is made."""


class DamagedError(Exception):
    """A part is not as it was written, or belongs elsewhere."""


def part_path(folder: Path, block: Block) -> Path:
    """Name the file of a block."""
    return folder / f"part-{block.number:06d}.parquet"


def write_part(folder: Path, manifest: Manifest, block: Block, table: pa.Table) -> None:
    """Write the rows of a block, whole or not at all, with the digest of the whole file in it."""
    before = _before_digest(manifest, block)
    metadata = {TAG: before + BLANK + b'"}', **table.schema.metadata}
    buffer = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), buffer, write_page_checksum=True)
    content = buffer.getvalue().to_pybytes()
    start, end = _place_of_digest(content, before)
    sealed = content[:start] + _digest(content, start, end) + content[end:]
    write_whole(part_path(folder, block), sealed)


def read_part(
    folder: Path, manifest: Manifest, block: Block, columns: list[str] | None = None
) -> pa.Table:
    """Read a part that is whole and holds this block of this design; `DamagedError` otherwise.

    Parts without digests have the checksums of pages and the keys of their rows alone. Bytes lie in
    Arrow's own memory: its threads must let go of nothing of Python's as Python ends.
    """
    path = part_path(folder, block)
    sealed = manifest.format not in UNSEALED
    try:
        if not path.is_file():
            raise DamagedError
        with pa.OSFile(os.fsencode(path)) as file:
            content = file.read_buffer()
        written = content.to_pybytes() if sealed else b""
        start, end = _place_of_digest(written, _before_digest(manifest, block))
        if sealed and _digest(written, start, end) != written[start:end]:
            raise DamagedError
        if not sealed:
            _check_keys(pq.read_table(pa.BufferReader(content)), manifest, block)
        source = pa.BufferReader(content)
        rows = pq.read_table(source, columns=columns, page_checksum_verification=not sealed)
        return rows if sealed else rows.replace_schema_metadata()
    except (OSError, ValueError, pa.ArrowException):
        raise DamagedError from None


def columns_of(table: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield the name and the type of every column."""
    return ((field.name, str(field.type)) for field in table.schema)


def _check_keys(rows: pa.Table, manifest: Manifest, block: Block) -> None:
    """Raise `DamagedError` unless rows have the columns and the keys that the block has."""
    keys = rows.select(range(min(3, rows.num_columns))).to_pydict().values()
    wanted = {(p, r, manifest.seed_of(p)) for p in block.points for r in block.replications}
    if dict(columns_of(rows)) != manifest.columns or len(rows) != block.groups:
        raise DamagedError
    if set(zip(*keys, strict=True)) != wanted:
        raise DamagedError


def _before_digest(manifest: Manifest, block: Block) -> bytes:
    """Write what a part says of itself, up to the digest."""
    said = {"identity": manifest.identity, "block": block.number, "digest": ""}
    return json.dumps(said).encode().removesuffix(b'"}')


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
