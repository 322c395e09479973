"""Points listed one by one: an explicit table in the sweep file, or a CSV file of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import InputError, readable
from sim.scenario.allowed import show, shown_key
from sim.scenario.reading import parse_value
from sim.study.kinds import MOST_POINTS


def table_rows(
    given: object, folder: Path, flat: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> list[tuple[str, dict[str, Any]]]:
    """Read the points of an explicit table, or of a CSV file: where each stands, and its values.

    Cells are read as in TOML, else as words; `InputError` has a line a fault.
    """
    if isinstance(given, str):
        rows = list(_csv_rows(given, folder))
    elif isinstance(given, list) and all(isinstance(row, Mapping) for row in given):
        rows = [(f"table row {at + 1}", flat(row)) for at, row in enumerate(given)]
    else:
        raise InputError(
            [f'table: {show(given)} is no table; write table = "FILE.csv" or [[table]] a point']
        )
    if not rows or not rows[0][1]:
        raise InputError(["table: no points; each needs a value for at least one lever"])
    if len(rows) > MOST_POINTS:
        raise InputError([f"table: {len(rows)} points; at most {MOST_POINTS} are allowed"])
    keys = dict.fromkeys(key for _, row in rows for key in row)
    faults = [
        f"{place}: {shown_key(key)} is missing; every point needs a value for every lever"
        for place, row in rows
        for key in keys
        if key not in row
    ]
    if faults:
        raise InputError(faults)
    return rows


def _csv_rows(name: str, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    path = folder / name
    shown = shown_key(name)
    read = cache(lambda cell: parse_value(f"x={cell}")[1] if cell.strip() else "")
    try:
        with readable(path).open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            head = [word.strip() for word in next(lines, [])]
            if len(set(head)) < len(head) or not all(head):
                raise InputError([f"{shown}: the first line needs the levers' keys, each once"])
            for cells in lines:
                if not any(cell.strip() for cell in cells):
                    continue
                place = f"{shown} line {lines.line_num}"
                if len(cells) != len(head):
                    raise InputError([f"{place}: {len(cells)} cells, but {len(head)} keys above"])
                yield place, dict(zip(head, map(read, cells), strict=True))
    except FileNotFoundError:
        raise InputError([f"table: no file {shown_key(str(path))}"]) from None
    except OSError as fault:
        raise InputError([f"{shown}: cannot be read: {fault.strerror}"]) from None
    except UnicodeDecodeError:
        raise InputError([f"{shown}: not UTF-8 text"]) from None
    except (csv.Error, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError([f"{shown}: not CSV: {fault}"]) from None
