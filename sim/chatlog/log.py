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
from sim.files import as_csv, whole_files, write_parquet

FILES = ("messages.parquet", "events.parquet", "groups.csv")
_BOT_SHARE_LIMIT = 0.5


@dataclass(frozen=True)
class ChatLog:
    """All that was said in some groups, with what is known of the groups themselves.

    Parameters
    ----------
    messages : pandas.DataFrame
        One row a message: ``group``, ``member`` (-1 = operator), ``ts`` (UTC seconds),
        ``reply_to`` (member addressed, -1 = none), ``thread`` (-1 = none), ``type`` (one of
        `sim.chatlog.columns.MESSAGE_TYPES`) and perhaps ``kind`` and ``operator``.
    groups : pandas.DataFrame or None
        One row a group, never-used groups included: ``group`` and perhaps ``created`` and
        ``closed`` (UTC seconds, NaN = unknown; ``closed`` ends the observation).
    events : pandas.DataFrame or None
        One row an event: ``group``, ``ts``, ``event`` (one of
        `sim.chatlog.columns.EVENT_TYPES`), ``member``, ``operator``, ``packet``, ``fen``,
        ``shares``.
    source : str
        Where the log came from, for headings.
    notes : tuple of str
        What the reader must know, such as how many groups were dropped.
    observed_until : float or None
        The file's last second (UTC), bots' rows included; None takes it from `messages`.

    Examples
    --------
    >>> rows = pd.DataFrame({"group": ["a"], "member": [0], "ts": [5.0], "type": ["msg"]})
    >>> ChatLog(rows, None, None, "by hand").last_second()
    5.0
    """

    messages: pd.DataFrame
    groups: pd.DataFrame | None
    events: pd.DataFrame | None
    source: str
    notes: tuple[str, ...] = ()
    observed_until: float | None = None

    def last_second(self) -> float:
        """Say when the file ends: the end of observation of groups that were not closed.

        Returns
        -------
        float
            UTC seconds; NaN for a log without rows.
        """
        if self.observed_until is not None:
            return self.observed_until
        return float(self.messages["ts"].max()) if len(self.messages) else float("nan")


def read_log(path: str | Path, groups_csv: str | Path | None = None) -> ChatLog:
    """Read a message log and check all of it before anything is counted.

    Groups whose ``bot_share`` is above 0.5 are dropped; `ChatLog.notes` says how many.

    Parameters
    ----------
    path : str or Path
        A Parquet file of messages, or a folder with ``messages.parquet`` and perhaps
        ``events.parquet`` and ``groups.csv``.
    groups_csv : str or Path, optional
        Table of groups; for a folder it takes the place of the folder's own.

    Returns
    -------
    ChatLog
        Columns of known type, missing optional ones filled with -1.

    Raises
    ------
    InputError
        With every fault of every file, one line each.

    Examples
    --------
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
    """Write the three files of a log; a kill at any moment leaves old files or new, never halves.

    Parameters
    ----------
    folder : str or Path
        Made when it does not exist.
    messages, events, groups : pandas.DataFrame
        Columns as in `ChatLog`; they become ``messages.parquet``, ``events.parquet`` and
        ``groups.csv``.

    Raises
    ------
    InputError
        When the folder cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> rows = pd.DataFrame({"group": ["a"], "member": [0], "ts": [5.0], "type": ["msg"]})
    >>> nothing = pd.DataFrame({"group": [], "ts": [], "event": []})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_log(folder, rows, nothing, pd.DataFrame({"group": ["a"]}))
    ...     read_log(folder).messages["type"].tolist()
    ['msg']
    """
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
