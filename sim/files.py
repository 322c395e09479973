"""Files and tables as files: whole or not at all; CSV without formulas; Parquet opened by Arrow.

Arrow's threads abort Python at its end when they still hold a file that Python opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
INNER_CELL = re.compile(rf"([,;\t]\s*)(?=\"|{FORMULA.pattern})")
GUARD_NOTE = (
    "text that begins with = + - @ has a ' before it, so that no spreadsheet takes it for a "
    "formula; a program takes one ' off; numbers are as they are"
)


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file that is there whole or not at all; a fault of the disk names the file."""
    with whole_files(path) as (passing,), passing.open("wb") as file:
        file.write(content)
        file.flush()


@contextmanager
def whole_files(*paths: Path) -> Iterator[list[Path]]:
    """Give a passing file for each path, to be written in the block; then they take their places.
    When that fails no new file is left and the old ones stay as far as can be.
    """
    passing = [path.with_name(f".{path.name}.tmp") for path in paths]
    placed: list[Path] = []
    try:
        yield passing
        for path in passing:
            _sync(path)
        for path, new in zip(paths, passing, strict=True):
            placed += [] if path.exists() else [path]
            new.replace(path)
        _sync_folder(paths[0].parent)
    except OSError as fault:
        if len(paths) > 1:
            _remove(placed)
        reason = os.strerror(fault.errno) if fault.errno else str(fault)
        raise OSError(fault.errno, reason, str(paths[0])) from fault
    finally:
        _remove(passing)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name != "nt":  # Windows cannot open a folder; its rename is durable by itself
        _sync(folder)


def guarded(value: Any) -> Any:
    """Put a ' before what a spreadsheet would take for a formula; `unguarded` takes it off."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def guarded_line(text: str) -> str:
    """Guard what a spreadsheet takes for cells within a line of comment."""
    return INNER_CELL.sub(r"\1'", text)


def unguarded(value: Any) -> Any:
    """Give a text back as it was before `guarded`."""
    guard = isinstance(value, str) and value.startswith("'") and FORMULA.match(value)
    return value[1:] if guard else value


def as_csv(table: pd.DataFrame, header: bool = True, quoting: int = 0) -> str:
    """Write a table as CSV with every text guarded."""
    words = {name: table[name].map(guarded, na_action="ignore")
             for name, kind in table.dtypes.items() if kind.kind not in "biuf"}  # fmt: skip
    safe = table.assign(**words).rename(columns=guarded)
    text: str = safe.to_csv(index=False, header=header, lineterminator="\n", quoting=quoting)
    return text


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a frame, or some of its columns."""
    import pandas as pd
    import pyarrow as pa

    with pa.OSFile(os.fsencode(path), "rb") as file:
        return pd.read_parquet(file, columns=None if columns is None else list(columns))


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a frame without its index."""
    import pyarrow as pa

    with pa.OSFile(os.fsencode(path), "wb") as file:
        table.to_parquet(file, index=False)
