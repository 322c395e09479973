"""Shipped targets: what real rooms showed, as aggregates with their errors, without a row."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import pandas as pd

from sim.validation.windows import TABLES


@dataclass(frozen=True)
class DataSet:
    """Real rooms that populations are judged against."""

    name: str  # as the files of the data are called
    title: str  # what a reader should call the rooms
    population: str  # the one fitted to them
    origin: str  # source and licence
    knows_creation: bool  # whether rooms that were never used are known


DATA_SETS = (
    DataSet(
        "fcc_gitter",
        "learner rooms",
        "learner_rooms",
        "freeCodeCamp/gitter-history, 367 rooms of 2014-2016, BSD-3-Clause",
        True,
    ),
    DataSet(
        "zulip",
        "work streams",
        "work_streams",
        "public zulip-archive repositories, 161 streams of 8 communities, 2016-2026",
        False,
    ),
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


def data_set(name: str) -> DataSet:
    """Return the data set of that name."""
    (found,) = (one for one in DATA_SETS if one.name == name)
    return found


def shipped_targets(dataset: str) -> pd.DataFrame:
    """Read a data set's ``pattern``, ``value``, ``error`` (200 resamples), ``n_groups``."""
    with (resources.files(TABLES) / "targets.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    rows = table[table["dataset"] == dataset].drop(columns="dataset")
    return rows.reset_index(drop=True)
