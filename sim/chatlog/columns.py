"""What the columns of a message log must hold, and all that can be wrong with a file of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import nearest, readable
from sim.tables import read_parquet, unguarded

HUMAN_TYPES = ("msg", "question", "link")
MESSAGE_TYPES = (*HUMAN_TYPES, "bot", "closure", "join", "leave")
EVENT_TYPES = ("join", "leave", "mute", "packet", "claim", "refund")

# What each column holds; absent integer columns are filled with -1.
MESSAGE_COLUMNS = {
    "group": "name",
    "member": "integer",
    "ts": "seconds",
    "type": "word",
    "reply_to": "integer",
    "thread": "integer",
    "kind": "free",
    "operator": "integer",
}
NEEDED_OF_MESSAGES = ("group", "member", "ts", "type")
EVENT_COLUMNS = {
    "group": "name",
    "ts": "seconds",
    "event": "word",
    "member": "integer",
    "operator": "integer",
    "packet": "integer",
    "fen": "integer",
    "shares": "integer",
}
NEEDED_OF_EVENTS = ("group", "ts", "event")
_ALLOWED_WORDS = {"type": MESSAGE_TYPES, "event": EVENT_TYPES}
_LARGEST_INTEGER = 2**53
_LATEST_SECOND = 1e11  # the year 5138; larger times are milliseconds or nanoseconds


def read_table(
    path: Path, kinds: Mapping[str, str], needed: tuple[str, ...], problems: list[str]
) -> pd.DataFrame | None:
    """Read the known columns of a Parquet file, each in its proper type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(readable(path)).names
        frame = read_parquet(path, [name for name in kinds if name in names])
    except (OSError, ValueError, pa.ArrowException) as fault:
        problems.append(f"{path}: cannot be read as Parquet: {str(fault).splitlines()[0][:120]}")
        return None
    absent = [name for name in needed if name not in names]
    spare = [name for name in names if name not in kinds]
    problems.extend(f"{path}: no column {name!r}{nearest(name, spare)}" for name in absent)
    for name in frame.columns:
        column, faults = _checked(frame[name], kinds[name])
        problems.extend(f"{path}: column {name!r}: {fault}" for fault in faults)
        frame[name] = column
    for name, kind in kinds.items():
        if kind == "integer" and name not in names and name not in absent:
            frame[name] = np.int64(-1)
    return frame


def _checked(column: pd.Series, kind: str) -> tuple[pd.Series, list[str]]:
    """Return the column in its proper type, or as it came with what is wrong with it."""
    if kind == "free":
        return column, []
    empty = int(column.isna().sum())
    if kind in ("name", "word"):
        if empty:
            return column, [f"{empty} rows are empty"]
        category = column.astype("str").astype("category")
        unknown = _unknown_words(category, str(column.name)) if kind == "word" else []
        return category, unknown
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        wanted = "UTC seconds as numbers" if kind == "seconds" else "whole numbers"
        return column, [f"holds {column.dtype}, {wanted} are needed"] if len(column) else []
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(values)
    if bad.any():
        return column, [f"{int(bad.sum())} rows are empty or not finite"]
    if kind == "seconds":
        late = int((np.abs(values) > _LATEST_SECOND).sum())
        fault = f"{late} rows above 1e11; UTC seconds are needed, not milliseconds"
        return column.astype(np.float64), [fault] if late else []
    broken = int(((values != np.floor(values)) | (np.abs(values) > _LARGEST_INTEGER)).sum())
    if broken:
        return column, [f"{broken} rows are not whole numbers below 2^53"]
    return column.astype(np.int64), []


def _unknown_words(column: pd.Series, name: str) -> list[str]:
    allowed = _ALLOWED_WORDS[name]
    counts = column[~column.isin(allowed)].value_counts()
    return [
        f"{count} rows are {word!r}; allowed: {', '.join(allowed)}{nearest(str(word), allowed)}"
        for word, count in counts[counts > 0].items()
    ]


def faults_of_messages(messages: pd.DataFrame, path: Path) -> list[str]:
    """Say what is wrong with a table of messages beyond its single columns."""
    if not len(messages):
        return [f"{path}: holds no rows"]
    if not {"member", "type"} <= set(messages) or messages["member"].dtype != np.int64:
        return []
    human = messages["type"].isin(HUMAN_TYPES)
    nameless = int((human & (messages["member"] < 0)).sum())
    fault = f"{path}: column 'member': {nameless} human messages have a member below 0"
    return [f"{fault}; operators' messages (member -1) need type 'bot'"] if nameless else []


def read_groups(path: Path, problems: list[str]) -> pd.DataFrame | None:
    """Read the table of groups; names stay text, times and shares become numbers."""
    try:
        # As text first: a group called "NA" is a group, not a missing value.
        text = pd.read_csv(readable(path), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as fault:
        problems.append(f"{path}: cannot be read as CSV: {str(fault).splitlines()[0][:120]}")
        return None
    if "group" not in text:
        problems.append(f"{path}: no column 'group'{nearest('group', list(text.columns))}")
        return None
    text["group"] = text["group"].map(unguarded)
    frame = text.copy()
    for name in ("created", "closed", "bot_share"):
        if name in text:
            frame[name] = pd.to_numeric(text[name].str.strip(), errors="coerce").astype(np.float64)
            wrong = text[name][frame[name].isna() & (text[name].str.strip() != "")]
            allowed = "a share 0-1" if name == "bot_share" else "UTC seconds or nothing"
            problems.extend(
                f"{path}: column {name!r}: {value!r} is not {allowed}" for value in wrong.unique()
            )
    problems.extend(f"{path}: {fault}" for fault in _faults_of_groups(frame))
    return frame


def _faults_of_groups(groups: pd.DataFrame) -> list[str]:
    twice = groups["group"][groups["group"].duplicated()].unique()
    faults = [f"group {name!r} stands on more than one line" for name in twice]
    if {"created", "closed"} <= set(groups):
        early = int((groups["closed"] < groups["created"]).sum())
        if early:
            faults.append(f"{early} groups are closed before they are created")
    return faults
