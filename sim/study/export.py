"""Export a store: all rows in one file, in design order, with a dictionary of the columns."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.outcomes.table import outcomes_by_name
from sim.scenario.writing import explanations
from sim.study.manifest import Manifest
from sim.study.origin import origin, scenario_of
from sim.study.store import read_store, write_whole

ENDINGS = (".csv", ".parquet", ".xlsx")
MOST_EXCEL_ROWS = 1_048_575
KEPT = {
    "row": ("", "number of the row in design order, what 'qunlab replay' asks for"),
    "point": ("", "point of the design, from 0"),
    "replication": ("", "repetition of the point, from 0"),
    "seed": ("", "with the replication it names all luck of the community"),
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
        No store, an ending we do not write, a folder that is not there, no openpyxl for a
        spreadsheet, or too many rows for one.
    OSError
        The disk is full or broken; an older file stays.
    """
    file = Path(file)
    _check(file)
    manifest, rows = read_store(folder)
    table = export_table(manifest, rows)
    dictionary = data_dictionary(manifest, table)
    if file.suffix.lower() == ".xlsx":
        write_whole(file, _workbook(table, dictionary))
        return table
    if file.suffix.lower() == ".csv":
        content = table.to_csv(index=False, lineterminator="\n").encode()
    else:
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        content = buffer.getvalue()
    described = dictionary.to_csv(index=False, lineterminator="\n").encode()
    write_whole(file.with_name(f"{file.stem}.dictionary.csv"), described)
    write_whole(file, content)
    return table


def export_table(manifest: Manifest, rows: pd.DataFrame) -> pd.DataFrame:
    """Give every row its number in design order and the digest of its scenario.

    Parameters
    ----------
    manifest : Manifest
    rows : pandas.DataFrame
        Both as from `sim.study.store.read_store`.

    Returns
    -------
    pandas.DataFrame
    """
    point = rows["point"].to_numpy(np.int64)
    number = point * manifest.replications + rows["replication"].to_numpy(np.int64)
    digests = np.array(manifest.scenarios, dtype=object)[point]
    table = rows.copy()
    table.insert(0, "row", number)
    table.insert(4, "scenario", pd.array(digests, dtype="str"))
    return table


def data_dictionary(manifest: Manifest, table: pd.DataFrame) -> pd.DataFrame:
    """Say of every column its unit and definition, after what decides the numbers.

    Parameters
    ----------
    manifest : Manifest
    table : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        ``what`` (study or column), ``name``, ``type``, ``unit``, ``definition``.
    """
    rows = [("study", name, "", "", value) for name, value in origin(manifest).items()]
    known = outcomes_by_name()
    meanings = explanations(scenario_of(manifest, 0)) if manifest.levers else {}
    for name in table.columns:
        if name in known:
            unit, meaning = known[name].unit, known[name].definition
        else:
            unit, meaning = KEPT.get(name, ("", f"lever: {meanings.get(name, 'a choice')}"))
        rows.append(("column", name, str(table[name].dtype), unit, meaning))
    return pd.DataFrame(rows, columns=["what", "name", "type", "unit", "definition"])


def _check(file: Path) -> None:
    problems = []
    if file.suffix.lower() not in ENDINGS:
        problems.append(f"--to: {file} must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if not file.parent.is_dir():
        problems.append(f"--to: no folder {file.parent}")
    elif file.is_dir():
        problems.append(f"--to: {file} is a folder")
    if problems:
        raise InputError(problems)


def _workbook(table: pd.DataFrame, dictionary: pd.DataFrame) -> bytes:
    if len(table) > MOST_EXCEL_ROWS:
        raise InputError(
            [f"--to: {len(table)} rows are more than a spreadsheet holds; write .csv or .parquet"]
        )
    buffer = io.BytesIO()
    try:
        with pd.ExcelWriter(buffer, engine="openpyxl") as book:
            table.to_excel(book, sheet_name="rows", index=False)
            dictionary.to_excel(book, sheet_name="dictionary", index=False)
    except ImportError:
        raise InputError(
            ["--to: a spreadsheet needs openpyxl; install it with: pip install 'qunlab[excel]'"]
        ) from None
    return buffer.getvalue()
