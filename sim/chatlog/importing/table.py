"""Tables of messages, CSV or Parquet: exporters' for WeChat, QQ and Discord, and anybody's."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.chatlog.importing.clock import (
    ColumnNeededError,
    OrderNeededError,
    known_zone,
    since_epoch,
)
from sim.chatlog.importing.record import Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.table_kinds import (
    APP_SENDERS,
    OWN_EVENTS,
    kind_of,
    who_came_or_went,
    written_text,
)
from sim.chatlog.importing.table_layouts import FIELDS, Layout, plain_header
from sim.errors import InputError

SELF = "whoever made the export"
ROWS_BETWEEN_REPORTS = 2_000
_DELIMITERS = (",", "\t", ";", "|")
_NONE = {"", "-1", "none", "null", "nan"}
_TRUE = {"1", "true", "yes", "是", "1.0"}
_DISCORD_JOINED = "Joined the server."
_DISCORD_NOTICES = {_DISCORD_JOINED, "Pinned a message."}

Row = tuple[int, Sequence[Any]]
Rows = Callable[[Source], Iterator[Row]]


def header_of(text: str) -> tuple[list[str], str]:
    """Read the header line of a CSV file.

    Parameters
    ----------
    text : str
        How the file begins.

    Returns
    -------
    header : list of str
    delimiter : str
        The one of comma, tab, semicolon and bar that gives most columns.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    readings = []
    for delimiter in _DELIMITERS:
        try:
            readings.append((next(csv.reader([first], delimiter=delimiter)), delimiter))
        except (csv.Error, StopIteration):
            continue
    return max(readings, key=lambda reading: len(reading[0]), default=([], ","))


def parquet_header(path: Path) -> list[str]:
    """Return the column names of a Parquet file; none for one that is no Parquet.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of str
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError, pa.ArrowException):
        return []


def read_csv(source: Source, layout: Layout) -> Iterator[Record]:
    """Read a CSV file.

    Parameters
    ----------
    source : Source
    layout : Layout

    Yields
    ------
    Record
    """
    return _read(source, layout, _csv_rows)


def read_parquet(source: Source, layout: Layout) -> Iterator[Record]:
    """Read a Parquet file.

    Parameters
    ----------
    source : Source
    layout : Layout

    Yields
    ------
    Record
    """
    names = set(layout.columns.values())
    return _read(source, layout, lambda source: _parquet_rows(source, names))


def _read(source: Source, layout: Layout, rows: Rows) -> Iterator[Record]:
    if source.clock.zone is None and layout.zone:
        source.clock.zone = known_zone(layout.zone)
    numbered = rows(source)
    first = next((row for _, row in numbered if any(row)), ())
    header = [plain_header(str(name)) for name in first]
    _refuse_absent(source, layout, header)
    place = {key: header.index(name) for key, name in layout.columns.items()}
    needed = max(place["time"], place["sender"]) + 1
    reader = _Reader(source, layout, place)
    for number, row in numbered:
        if len(row) < needed:
            why = "empty line" if not any(row) else "fewer columns than the header"
            yield Skipped(number, why, is_malformed=bool(any(row)))
            continue
        try:
            yield reader.record(number, row)
        except (OrderNeededError, ColumnNeededError):
            at = place["time"]
            times = (str(row[at]) for _, row in rows(source) if len(row) > at)
            next(times, None)  # the header
            source.clock.learn(times)
            yield reader.record(number, row)


def _refuse_absent(source: Source, layout: Layout, header: list[str]) -> None:
    named = {key: source.columns.get(key, name) for key, name in layout.columns.items()}
    problems = [
        f"{source.path}: no column {named[key]!r} for {key} ({FIELDS[key]}); "
        f"the header has {len(header)} columns"
        for key, name in layout.columns.items()
        if name not in header
    ]
    if problems:
        raise InputError(problems)


class _Reader:
    """Rows of one table, one at a time."""

    def __init__(self, source: Source, layout: Layout, place: dict[str, int]) -> None:
        self._clock = source.clock
        self._stem = source.stem
        self._place = place
        self._platform = layout.platform

    def record(self, number: int, row: Sequence[Any]) -> Record:
        group = self._clock.group = self._cell(row, "group") or self._stem
        try:
            ts = self._time(row)
        except (ValueError, OverflowError):
            return Skipped(number, "no time, or an impossible one", is_malformed=True)
        kind = kind_of(
            self._cell(row, "type"), self._cell(row, "subtype"), self._platform == "wechat"
        )
        text = self._cell(row, "text")
        if kind.what == "notice" or self._is_by_the_app(row):
            event, who = who_came_or_went(text)
            if event and who:
                return Incident(number, group, ts, event, who, by_name=True)
            return Skipped(number, "notice")
        sender = self._sender(row)
        if not sender and kind.type not in ("bot", "closure"):
            return Skipped(number, "no sender", is_malformed=True)
        if self._platform == "discord" and text in _DISCORD_NOTICES:
            if text == _DISCORD_JOINED:
                return Incident(number, group, ts, "join", (sender,))
            return Skipped(number, "notice")
        if kind.what in (*OWN_EVENTS, "packet"):
            return Incident(number, group, ts, kind.what, (sender,))
        name = self._cell(row, "name")
        return Utterance(
            number,
            group,
            ts,
            sender or "bot",
            written_text(text, kind),
            names=tuple(dict.fromkeys(filter(None, (name, sender)))),
            id=self._key(row, "id"),
            answers=self._key(row, "reply_to_id"),
            thread=self._key(row, "thread"),
            addresses=tuple(filter(None, [self._key(row, "reply_to")])),
            type=kind.type,
            has_link=kind.has_link,
            is_bot=kind.type == "bot",
        )

    def _is_by_the_app(self, row: Sequence[Any]) -> bool:
        if self._platform not in ("wechat", "qq"):
            return False
        return any(self._cell(row, key) in APP_SENDERS for key in ("sender", "name"))

    def _sender(self, row: Sequence[Any]) -> str:
        sender = self._key(row, "sender") or ""
        if not sender and self._cell(row, "is_self").casefold() in _TRUE:
            return SELF
        return sender

    def _time(self, row: Sequence[Any]) -> float:
        value = row[self._place["time"]]
        if isinstance(value, str):
            return self._clock.read(value)
        if isinstance(value, dt.datetime):
            return self._clock.of_moment(_plain_moment(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return since_epoch(float(value))
        raise ValueError("not a time")

    def _cell(self, row: Sequence[Any], key: str) -> str:
        at = self._place.get(key, -1)
        value = row[at] if 0 <= at < len(row) else None
        return "" if value is None else str(value).strip()

    def _key(self, row: Sequence[Any], key: str) -> str | None:
        cell = self._cell(row, key)
        return None if cell.casefold() in _NONE else cell


def _plain_moment(value: dt.datetime) -> dt.datetime:
    """Return a datetime of the standard library: pandas' have nanoseconds and other rules."""
    day = (value.year, value.month, value.day)
    time = (value.hour, value.minute, value.second, value.microsecond)
    return dt.datetime(*day, *time, tzinfo=value.tzinfo)


def _csv_rows(source: Source) -> Iterator[Row]:
    """Yield each row with the line it begins in; a row that is none is an empty one."""
    with source.open() as file:
        start = file.read(1 << 16)
        delimiter = header_of(start)[1]
        file.seek(0)
        reader = csv.reader(source.paced(file), delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, ("not a row of a table",)


def _parquet_rows(source: Source, names: set[str]) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.path)
        header = [name for name in file.schema_arrow.names if plain_header(name) in names]
        yield 0, header
        done, size = 0, source.path.stat().st_size
        for batch in file.iter_batches(ROWS_BETWEEN_REPORTS, columns=header):
            columns = [column.to_pylist() for column in batch.columns]
            yield from enumerate(zip(*columns, strict=True), done + 1)
            done += len(batch)
            source.advance(size * len(batch) // max(1, file.metadata.num_rows))
    except (OSError, ValueError, pa.ArrowException):
        raise InputError([f"{source.path}: cannot be read as Parquet"]) from None
