"""What populations are judged against: data sets, shipped aggregates, or the real rooms at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.errors import Faults, InputError
from sim.validation.rooms import (
    Rooms,
    Windows,
    measured,
    missing_files,
    read_rooms,
    shipped_table,
    shipped_windows,
    windows_of,
)


@dataclass(frozen=True)
class DataSet:
    """Real rooms that populations are judged against."""

    name: str  # as the files of the data are called
    title: str  # what a reader should call the rooms
    population: str  # the one fitted to them


DATA_SETS = (
    # freeCodeCamp/gitter-history, 367 rooms of 2014-2016, BSD-3-Clause; creation known
    DataSet("fcc_gitter", "learner rooms", "learner_rooms"),
    # public zulip-archive repositories, 161 streams of 8 communities, 2016-2026
    DataSet("zulip", "work streams", "work_streams"),
)

TIMING_AND_RETURN = (
    "revival share after first >=7d silence",
    "median group burstiness B (>=100 msgs)",
    "newcomer return 24h-30d",
    "newcomer return | other posted within 24h",
    "newcomer return | nobody posted within 24h",
    "busy rooms: median seconds to the next message by another",
    "member spells < 1 day",
    "member spells > 90 days",
)
"""Rows that the bar wants within two errors, every one: when people answer and who comes back."""


@dataclass(frozen=True)
class Against:
    """A data set to judge against: its targets, its windows, its rooms where they are at hand."""

    about: DataSet
    targets: pd.DataFrame  # index pattern; value, error
    windows: Windows
    rooms: Rooms | None = None  # none where only the shipped aggregates are used


def shipped_targets(dataset: str) -> pd.DataFrame:
    """Read a data set's ``pattern``, ``value``, ``error`` (200 resamples), ``n_groups``."""
    return shipped_table("targets.csv", dataset)


def targets_for(folder: Path | None, seed: int, days: float | None = None) -> list[Against]:
    """Read what to judge against: a folder's rooms (their first days), else shipped aggregates."""
    found, faults = list[Against](), Faults()
    missing = {one.name: missing_files(folder, one.name) for one in DATA_SETS} if folder else {}
    if missing and all(missing.values()):
        lines = [f"--data: {path}: no such file" for paths in missing.values() for path in paths]
        raise InputError(lines)
    for one in DATA_SETS:
        if folder is None or missing[one.name]:
            table = shipped_targets(one.name).set_index("pattern")
            found.append(Against(one, table, shipped_windows(one.name)))
            continue
        with faults.gathered():
            rooms, _, _ = read_rooms(folder, one.name, days)
            table = measured(rooms, rooms.every(), seed)
            found.append(Against(one, table, windows_of(rooms.window_days), rooms))
    faults.refuse()
    return found
