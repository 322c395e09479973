"""The message log of real and simulated groups: read, checked whole, written without halves."""

from __future__ import annotations

from csv import QUOTE_NONNUMERIC
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import A_FOLDER, Faults, InputError, nearest, readable
from sim.files import as_csv, read_parquet, unguarded, whole_files, write_parquet
from sim.kinds import LOG, refuse_another
from sim.language import _

HUMAN_TYPES = ("msg", "question", "link")
WRITTEN_TYPES = (*HUMAN_TYPES, "bot", "closure")
MESSAGE_TYPES = (*WRITTEN_TYPES, "join", "leave")
EVENT_TYPES = (
    *("join", "leave", "mute", "packet", "claim", "refund", "unmute"),
    *("call", "remove", "return", "pay"),
)

MESSAGE_COLUMNS = ("group", "member", "ts", "type", "reply_to", "thread", "kind", "operator")
NEEDED_OF_MESSAGES = ("group", "member", "ts", "type")
EVENT_COLUMNS = ("group", "ts", "event", "member", "operator", "packet", "fen", "shares")
NEEDED_OF_EVENTS = ("group", "ts", "event")
# What columns hold; all others whole numbers, which are -1 where the column is absent.
_HOLDS = {"group": "name", "ts": "seconds", "type": "word", "event": "word", "kind": "free"}
_ALLOWED_WORDS = {"type": MESSAGE_TYPES, "event": EVENT_TYPES}
_LARGEST_INTEGER = 2**53
_LATEST_SECOND = 1e11  # the year 5138; larger times are milliseconds or nanoseconds


def read_table(
    path: Path, known: tuple[str, ...], needed: tuple[str, ...], problems: list[str]
) -> pd.DataFrame | None:
    """Read the known columns of a Parquet file, each in its proper type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(readable(path)).names
        frame = read_parquet(path, [name for name in known if name in names])
    except (OSError, ValueError, pa.ArrowException) as fault:
        problems.append(f"{path}: cannot be read as Parquet: {str(fault).splitlines()[0][:120]}")
        return None
    absent = [name for name in needed if name not in names]
    spare = [name for name in names if name not in known]
    problems.extend(f"{path}: no column {name!r}{nearest(name, spare)}" for name in absent)
    for name in frame.columns:
        column, faults = _checked(frame[name])
        problems.extend(f"{path}: column {name!r}: {fault}" for fault in faults)
        frame[name] = column
    for name in known:
        if name not in (*names, *absent, *_HOLDS):
            frame[name] = np.int64(-1)
    return frame


def _checked(column: pd.Series) -> tuple[pd.Series, list[str]]:
    """Return the column in its proper type, or as it came with what is wrong with it."""
    kind = _HOLDS.get(str(column.name), "integer")
    if kind == "free":
        return column, []
    empty = int(column.isna().sum())
    if kind in ("name", "word"):
        if empty:
            return column, [f"{empty} rows are empty"]
        category = column.astype("str").astype("category")
        return category, _unknown_words(category, str(column.name)) if kind == "word" else []
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
    if broken := int(((values % 1 != 0) | (np.abs(values) > _LARGEST_INTEGER)).sum()):
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
    early = {"created", "closed"} <= set(groups) and (groups["closed"] < groups["created"]).sum()
    return [*faults, f"{early} groups are closed before they are created"] if early else faults


FILES = ("messages.parquet", "events.parquet", "groups.csv")
_BOT_SHARE_LIMIT = 0.5


@dataclass(frozen=True)
class ChatLog:
    """All that was said in some groups, with what is known of the groups themselves."""

    # One row a message: group, member (-1 = operator), ts (UTC seconds), reply_to (the member
    # addressed, -1 = none), thread (-1 = none), type (of `MESSAGE_TYPES`); perhaps kind, operator.
    messages: pd.DataFrame
    # One row a group, never-used ones included: group and perhaps created and closed (UTC seconds,
    # NaN = unknown; closed ends the observation).
    groups: pd.DataFrame | None
    # One row an event: group, ts, event (of `EVENT_TYPES`), member, operator, packet, fen, shares.
    events: pd.DataFrame | None
    source: str  # Where the log came from, for headings.
    notes: tuple[str, ...] = ()  # What the reader must know, as how many groups were dropped.
    observed_until: float | None = None  # The file's last second (UTC), bots' rows included.

    def last_second(self) -> float:
        """Say when the file ends: the end of observation of groups that were not closed."""
        if self.observed_until is not None:
            return self.observed_until
        return float(self.messages["ts"].max()) if len(self.messages) else float("nan")


def read_log(path: str | Path, groups_csv: str | Path | None = None) -> ChatLog:
    """Read a message log and check all of it before anything is counted.

    Groups whose ``bot_share`` is above 0.5 are dropped; `ChatLog.notes` says how many.

    >>> read_log("nowhere.parquet")
    Traceback (most recent call last):
    ...
    sim.errors.InputError: nowhere.parquet: no such file or folder
    """
    problems = Faults()
    message_path, event_path, group_path = _find_files(Path(path), groups_csv)
    messages = read_table(message_path, MESSAGE_COLUMNS, NEEDED_OF_MESSAGES, problems)
    events = event_path and read_table(event_path, EVENT_COLUMNS, NEEDED_OF_EVENTS, problems)
    groups = group_path and read_groups(group_path, problems)
    if messages is not None:
        problems.extend(faults_of_messages(messages, message_path))
    problems.refuse()
    assert messages is not None
    last = float(messages["ts"].max())
    return _without_bot_groups(ChatLog(messages, groups, events, str(path), (), last))


def write_log(
    folder: str | Path, messages: pd.DataFrame, events: pd.DataFrame, groups: pd.DataFrame
) -> None:
    """Write the three files of a log; a kill leaves old files or new ones, never halves."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_files(*(folder / name for name in FILES)) as (to_messages, to_events, to_groups):
            write_parquet(messages, to_messages)
            write_parquet(events, to_events)
            to_groups.write_text(as_csv(groups, quoting=QUOTE_NONNUMERIC), encoding="utf-8")
    except OSError as fault:
        raise InputError([f"{folder}: cannot be written to: {fault.strerror or fault}"]) from None


def _find_files(path: Path, groups_csv: str | Path | None) -> tuple[Path, Path | None, Path | None]:
    given = None if groups_csv is None else Path(groups_csv)
    wanted = path / "messages.parquet" if path.is_dir() else path
    missing = Faults()
    if not path.exists():
        missing.append(f"{path}: no such file or folder")
    elif not wanted.exists():
        names = sorted(entry.name for entry in path.iterdir())
        missing.append(f"{path}: holds no messages.parquet{nearest('messages.parquet', names)}")
    if given is not None and not given.is_file():
        missing.append(f"{given}: {A_FOLDER if given.is_dir() else 'no such groups file'}")
    refuse_another(path, (LOG,))
    if wanted.suffix == ".csv" and wanted.is_file():
        text = _("{path} is a table as text; name the log's folder, or its messages.parquet")
        missing.append(text.format(path=path))
    missing.refuse()
    if not path.is_dir():
        return wanted, None, given
    events, groups = (file if file.exists() else None for file in map(path.joinpath, FILES[1:]))
    return wanted, events, given or groups


def _without_bot_groups(log: ChatLog) -> ChatLog:
    groups, messages, events = log.groups, log.messages, log.events
    if groups is None:
        return log
    notes = []
    if strangers := set(messages["group"].cat.categories) - set(groups["group"]):
        notes.append(
            f"{len(strangers)} groups have messages but no line in the groups file; "
            "they are observed until the file's last second"
        )
    limit = _BOT_SHARE_LIMIT
    dropped = set(groups["group"][groups["bot_share"] > limit]) if "bot_share" in groups else None
    if dropped:
        notes.append(f"{len(dropped)} of {len(groups)} groups dropped: bot_share above {limit}")
        groups = groups[~groups["group"].isin(dropped)].reset_index(drop=True)
        messages = messages[~messages["group"].isin(dropped)].reset_index(drop=True)
        events = None if events is None else events[~events["group"].isin(dropped)]
    return ChatLog(messages, groups, events, log.source, tuple(notes), log.observed_until)
