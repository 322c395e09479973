"""Export a store: all rows in one file, in design order, with a dictionary of the columns."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import Faults, InputError
from sim.files import GUARD_NOTE, as_csv, guarded, whole_files
from sim.study.manifest import Manifest
from sim.study.origin import origin
from sim.study.store import Store, find_store, read_store

ENDINGS = (".csv", ".parquet", ".xlsx")
MOST_EXCEL_ROWS = 1_048_575
KEPT = {
    "row": ("", "number of the row in design order, what 'qunlab replay' asks for"),
    "point": ("", "point of the design, from 0"),
    "replication": ("", "repetition of the point, from 0"),
    "seed": ("", "with the replication it names all random numbers of the community"),
    "scenario": ("", "digest of everything the community was made of"),
    "lifetime_days": (
        "days",
        "from creation to the begin of the first silence of 7 days or more, or as long as that can "
        "be known; missing when observed for 7 days or less",
    ),
    "lifetime_observed": ("true/false", "whether such a silence began (else lifetime is censored)"),
    "error": ("", "why the community failed: its outcomes are missing; empty where it did not"),
}


def export(folder: str | Path, file: str | Path) -> pd.DataFrame:
    """Write all rows of a store to one file, and the dictionary of its columns beside it.

    Parameters
    ----------
    folder : str or Path
        Of the store; a sweep may go on writing to it.
    file : str or Path
        ``.csv``, ``.parquet`` or ``.xlsx``. A spreadsheet holds the dictionary as its second sheet;
        beside the others stands ``<name>.dictionary.csv``.

    Returns
    -------
    pandas.DataFrame
        What was written, in design order.

    Raises
    ------
    InputError
        No store, damaged parts, an ending we do not write, a folder that is not there, no openpyxl
        for a spreadsheet, or too many rows for one.
    OSError
        The disk is full or broken; an older file stays.
    """
    _checked(Path(file), folder)
    manifest, rows = read_store(folder)
    table = export_table(manifest, rows)
    _write(manifest, iter([table]), Path(file))
    return table


def write_rows(folder: str | Path, file: str | Path) -> tuple[int, int]:
    """Write what `export` writes, in little memory; return the number of rows and of columns."""
    file = Path(file)
    store = _checked(file, folder)
    tables = (export_table(store.manifest, rows) for rows in store.in_stretches())
    return _write(store.manifest, tables, file)


def _write(manifest: Manifest, stretches: Iterator[pd.DataFrame], file: Path) -> tuple[int, int]:
    """Write rows that come in stretches, and the dictionary: both files or none."""
    first = next(stretches)
    dictionary, columns = data_dictionary(manifest, first), len(first.columns)
    every, counts = chain([first], stretches), []
    del first  # or it is held to the end

    def counted() -> Iterator[pd.DataFrame]:
        for stretch in every:
            counts.append(len(stretch))
            yield stretch

    if file.suffix.lower() == ".xlsx":
        with whole_files(file) as (passing,):
            _write_workbook(counted(), dictionary, passing)
    else:
        write = _write_csv if file.suffix.lower() == ".csv" else _write_parquet
        beside = file.with_name(f"{file.stem}.dictionary.csv")
        with whole_files(file, beside) as (passing, described):
            write(counted(), passing)
            _write_csv([dictionary], described)
    return sum(counts), columns


def _write_csv(stretches: Iterable[pd.DataFrame], path: Path) -> None:
    with path.open("wb") as file:
        for at, stretch in enumerate(stretches):
            file.write(as_csv(stretch, header=at == 0).encode())
        file.flush()


def _write_parquet(stretches: Iterable[pd.DataFrame], path: Path) -> None:
    writer, schema = None, None
    with pa.OSFile(os.fsencode(path), "wb") as file:
        for stretch in stretches:
            table = pa.Table.from_pandas(stretch, schema, preserve_index=False)
            schema = table.schema
            writer = writer or pq.ParquetWriter(file, schema)
            writer.write_table(table)
        if writer:
            writer.close()


def export_table(manifest: Manifest, rows: pd.DataFrame) -> pd.DataFrame:
    """Give every row its number in design order and the digest of its scenario."""
    point = rows["point"].to_numpy(np.int64)
    number = point * manifest.replications + rows["replication"].to_numpy(np.int64)
    digests = np.array(manifest.scenarios, dtype=object)[point]
    table = rows.copy()
    table.insert(0, "row", number)
    table.insert(4, "scenario", pd.array(digests, dtype="str"))
    return table


def data_dictionary(manifest: Manifest, table: pd.DataFrame) -> pd.DataFrame:
    """Return what decides the numbers, then unit and definition of every column, a row each."""
    entries = origin(manifest) | {"text in .csv": GUARD_NOTE}
    rows = [("study", name, "", "", value) for name, value in entries.items()]
    for name in table.columns:
        unit, meaning = KEPT.get(name) or manifest.meaning(name)
        rows.append(("column", name, str(table[name].dtype), unit, meaning))
    return pd.DataFrame(rows, columns=["what", "name", "type", "unit", "definition"])


def _checked(file: Path, folder: str | Path) -> Store:
    """Refuse a file that cannot be written; else return the store."""
    faults = Faults()
    if file.suffix.lower() not in ENDINGS:
        faults.append(f"--to: {file} must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if not file.parent.is_dir():
        faults.append(f"--to: no folder {file.parent}")
    elif file.is_dir():
        faults.append(f"--to: {file} is a folder")
    faults.refuse()
    store = find_store(folder)
    rows = store.rows_stored()
    if file.suffix.lower() == ".xlsx" and rows > MOST_EXCEL_ROWS:
        many = f"{rows} rows are more than a spreadsheet holds"
        raise InputError([f"--to: {many}; write .csv or .parquet"])
    return store


def _write_workbook(
    stretches: Iterable[pd.DataFrame], dictionary: pd.DataFrame, path: Path
) -> None:
    try:
        from openpyxl import Workbook
    except ImportError:
        install = "install it with: pip install 'qunlab[excel]'"
        raise InputError([f"--to: a spreadsheet needs openpyxl; {install}"]) from None
    book = Workbook(write_only=True)
    for name, tables in (("rows", stretches), ("dictionary", [dictionary])):
        sheet = book.create_sheet(name)
        for at, table in enumerate(tables):
            plain = table.astype(object).where(table.notna(), None)
            rows = plain.itertuples(index=False, name=None)
            for row in rows if at else chain([table.columns], rows):
                sheet.append([_cell(sheet, value) for value in row])
    packed = io.BytesIO()  # a ZIP file that fails half way would say so after our own line
    book.save(packed)
    with path.open("wb") as file:
        file.write(packed.getbuffer())
        file.flush()


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value as it is, but a text as a cell that can only be text."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value))
    cell.data_type, cell.quotePrefix = "s", guarded(value) != value
    return cell
