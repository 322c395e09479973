"""``qunlab export``: all rows of a study in one file, with a dictionary of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sim.cli.options import SweepFolder, option
from sim.cli.terminal import tell
from sim.study.export import write_rows
from sim.study.store import read_manifest


def export(
    folder: SweepFolder, to: Annotated[Path, option("A file: .csv, .parquet or .xlsx.")]
) -> None:
    """Write all rows of a sweep to one file, in design order, with a dictionary of the columns.

    The dictionary says of every column its unit and definition, and what decides the numbers; it
    stands beside the file, in a spreadsheet as its second sheet.

    Example: qunlab export results/scale_vs_activity --to rows.csv
    """
    rows, columns = write_rows(folder, to)
    communities = read_manifest(folder).communities
    tell(f"{rows:,} rows, {columns} columns in {to}")
    if rows < communities:
        left = communities - rows
        tell(f"not finished: {left:,} of {communities:,} communities are to come", err=True)
