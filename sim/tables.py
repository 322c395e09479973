"""Tables as files: CSV in which no text is a formula, Parquet that Arrow opens by itself.

Arrow's threads abort Python at its end when they still hold a file that Python opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
INNER_CELL = re.compile(rf"([,;\t]\s*)(?=\"|{FORMULA.pattern})")
SAID = (
    "text that begins with = + - @ has a ' before it, so that no spreadsheet takes it for a "
    "formula; a program takes one ' off; numbers are as they are"
)


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
