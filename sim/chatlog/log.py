"""The message log of real and simulated groups: read, checked whole, written without halves."""

from __future__ import annotations

from csv import QUOTE_NONNUMERIC
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.chatlog.columns import (
    EVENT_COLUMNS,
    MESSAGE_COLUMNS,
    NEEDED_OF_EVENTS,
    NEEDED_OF_MESSAGES,
    faults_of_messages,
    read_groups,
    read_table,
)
from sim.errors import InputError, nearest
from sim.tables import as_csv, write_parquet
from sim.whole import whole_files

FILES = ("messages.parquet", "events.parquet", "groups.csv")
_BOT_SHARE_LIMIT = 0.5


@dataclass(frozen=True)
class ChatLog:
    """All that was said in some groups, with what is known of the groups themselves."""

    messages: pd.DataFrame
    groups: pd.DataFrame | None
    events: pd.DataFrame | None
    source: str
    notes: tuple[str, ...] = ()
    observed_until: float | None = None

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
    problems: list[str] = []
    message_path, event_path, group_path = _find_files(Path(path), groups_csv)
    messages = read_table(message_path, MESSAGE_COLUMNS, NEEDED_OF_MESSAGES, problems)
    events = (
        read_table(event_path, EVENT_COLUMNS, NEEDED_OF_EVENTS, problems) if event_path else None
    )
    groups = read_groups(group_path, problems) if group_path else None
    if messages is not None:
        problems.extend(faults_of_messages(messages, message_path))
    if problems or messages is None:
        raise InputError(problems)
    whole = ChatLog(messages, groups, events, str(path), (), float(messages["ts"].max()))
    return _without_bot_groups(whole)


def write_log(
    folder: str | Path, messages: pd.DataFrame, events: pd.DataFrame, groups: pd.DataFrame
) -> None:
    """Write the three files of a log; a kill leaves old files or new ones, never halves."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_files(*(folder / name for name in FILES)) as (said, happened, described):
            write_parquet(messages, said)
            write_parquet(events, happened)
            described.write_text(as_csv(groups, quoting=QUOTE_NONNUMERIC), encoding="utf-8")
    except OSError as fault:
        raise InputError([f"{folder}: cannot be written to: {fault.strerror or fault}"]) from None


def _find_files(path: Path, groups_csv: str | Path | None) -> tuple[Path, Path | None, Path | None]:
    given = None if groups_csv is None else Path(groups_csv)
    wanted = path / "messages.parquet" if path.is_dir() else path
    missing = []
    if not path.exists():
        missing.append(f"{path}: no such file or folder")
    elif not wanted.exists():
        names = sorted(entry.name for entry in path.iterdir())
        missing.append(f"{path}: holds no messages.parquet{nearest('messages.parquet', names)}")
    if given is not None and not given.is_file():
        missing.append(f"{given}: no such groups file")
    if missing:
        raise InputError(missing)
    if not path.is_dir():
        return wanted, None, given
    events, groups = path / "events.parquet", path / "groups.csv"
    own = groups if groups.exists() else None
    return wanted, events if events.exists() else None, given or own


def _without_bot_groups(log: ChatLog) -> ChatLog:
    groups, messages, events = log.groups, log.messages, log.events
    if groups is None:
        return log
    notes = []
    strangers = set(messages["group"].cat.categories) - set(groups["group"])
    if strangers:
        notes.append(
            f"{len(strangers)} groups have messages but no line in the groups file; "
            "they are observed until the file's last second"
        )
    if "bot_share" in groups:
        dropped = set(groups["group"][groups["bot_share"] > _BOT_SHARE_LIMIT])
        if dropped:
            notes.append(
                f"{len(dropped)} of {len(groups)} groups dropped: bot_share above "
                f"{_BOT_SHARE_LIMIT}"
            )
            groups = groups[~groups["group"].isin(dropped)].reset_index(drop=True)
            messages = messages[~messages["group"].isin(dropped)].reset_index(drop=True)
            events = None if events is None else events[~events["group"].isin(dropped)]
    return ChatLog(messages, groups, events, log.source, tuple(notes), log.observed_until)
