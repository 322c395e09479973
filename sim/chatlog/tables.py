"""Tables of messages, CSV, Excel or Parquet: exporters' for WeChat, QQ, Discord, and anybody's."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from sim.chatlog.dates import Clock, ColumnNeededError, OrderNeededError, since_epoch
from sim.chatlog.log import MESSAGE_TYPES, WRITTEN_TYPES
from sim.chatlog.notices import APP_SENDERS, incident_of, is_unfilled
from sim.chatlog.records import Incident, Record, Skipped, Unclear, Utterance
from sim.chatlog.source import Source, sheet_of
from sim.chatlog.words import WORDS
from sim.errors import Faults, InputError, nearest

# The fields a column can hold; ``--column FIELD=HEADER`` names a column for one.
FIELDS = {
    "time": "when: seconds since 1970, ISO 8601, or a date with a time of day",
    "sender": "who: an id, or else a name",
    "name": "what others call the sender",
    "text": "what was said",
    "type": "kind of message: the exporter's code or word, or msg, question, link, bot",
    "subtype": "WeChat's second code",
    "is_self": "1 where whoever made the export is the sender",
    "group": "which group",
    "id": "the message's own id",
    "reply_to_id": "id of the message answered",
    "reply_to": "sender addressed",
    "thread": "which thread",
}

NEEDED = ("time", "sender")


@dataclass(frozen=True)
class Layout:
    """The columns of one exporter's table."""

    name: str  # The exporter.
    platform: str  # ``wechat``, ``qq``, ``discord`` or ``table``.
    columns: dict[str, str]  # Header of each field.
    # Headers by which the layout is recognised; by default those of all its columns.
    marks: Sequence[str] = ()
    zone: str = ""  # Assumed zone of local times; empty: it must be given.


_CHINA = "Asia/Shanghai"
# The exporters whose header lines are recognised; headers as `plain_header` writes them.
LAYOUTS = tuple(
    Layout(**each, zone=_CHINA if each["platform"] == "wechat" else "")
    for each in WORDS["exporters"]
)
# Headers of tables that no layout fits, the best first.
SYNONYMS = {key: names for key, names in WORDS["headers"].items() if key in FIELDS}


def plain_header(name: str) -> str:
    """Write a header without capitals, spaces, hyphens and underscores.

    >>> plain_header("Author ID") == plain_header("author_id")
    True
    """
    return "".join(name.strip("\ufeff").casefold().replace("_", " ").replace("-", " ").split())


def layout_of(header: Sequence[str], named: dict[str, str]) -> Layout | None:
    """Find which column holds which field.

    >>> layout_of(["Time", "SenderName", "Sender", "TalkerName", "Talker", "Content"], {}).name
    'chatlog'
    >>> layout_of(["发送时间", "QQ号", "昵称", "内容"], {}).platform
    'qq'
    """
    small = [plain_header(name) for name in header]
    chosen = {key: plain_header(name) for key, name in named.items()}
    for layout in LAYOUTS:
        columns = {key: name for key, name in layout.columns.items() if name in small} | chosen
        marks = set(layout.marks or layout.columns.values())
        if marks <= set(small) and set(NEEDED) <= set(columns):
            return replace(layout, columns=columns)
    columns = {}
    for key, names in SYNONYMS.items():
        if spare := [name for name in names if name in small and name not in columns.values()]:
            columns[key] = spare[0]
    columns |= chosen
    if not set(NEEDED) <= set(columns):
        return None
    if columns["sender"] in WORDS["headers"]["of_qq"]:
        return Layout("QQ, by its headers", "qq", columns, zone=_CHINA)
    is_chinese = not columns["time"].isascii()
    return Layout("by its headers", "table", columns, zone=_CHINA if is_chinese else "")


def parse_columns(words: Sequence[str]) -> dict[str, str]:
    """Read ``FIELD=HEADER`` of the command line.

    >>> parse_columns(["time=发送时间"])
    {'time': '发送时间'}
    >>> parse_columns(["CreateTime"])
    Traceback (most recent call last):
    ...
    sim.errors.InputError: --column: 'CreateTime' is not FIELD=HEADER, as in time=CreateTime
    """
    problems, columns = Faults(), {}
    for text in words:
        key, equals, header = text.partition("=")
        key = key.strip()
        if not equals or not header.strip():
            problems.append(f"--column: {text!r} is not FIELD=HEADER, as in time=CreateTime")
        elif key not in FIELDS:
            allowed = f"{', '.join(FIELDS)}{nearest(key, list(FIELDS))}"
            problems.append(f"--column: no field {key!r}; allowed: {allowed}")
        elif key in columns:
            problems.append(f"--column: {key} is named twice")
        else:
            columns[key] = header.strip()
    problems.refuse()
    return columns


_TYPES = WORDS["row_types"]
_WRAPPED = re.compile(r'\{"src": ".*?", "msg": "(.*)"\}', re.DOTALL)


@dataclass(frozen=True)
class Kind:
    """What a row is."""

    # ``message``, ``notice``, ``packet``, or ``join`` and ``leave`` where the type says so.
    what: str = "message"
    type: str | None = None  # Given type of a message.
    # Whether the type itself says that there is a link; whether the text is what a person wrote
    # (and not the XML that an app put there).
    has_link: bool = False
    has_text: bool = True


def kind_of(code: str, subcode: str = "", is_wechat: bool = False) -> Kind:
    """Say what a row is by its type.

    >>> kind_of("49", "2001").what, kind_of("10000").what, kind_of("question").type
    ('packet', 'notice', 'question')
    """
    word = code.strip().casefold()
    if word == "49" and subcode.strip() not in ("", "0"):
        word = f"49.{subcode.strip()}"
    if word in MESSAGE_TYPES:
        return Kind(type=word) if word in WRITTEN_TYPES else Kind(word)
    is_notice = word in _TYPES["notice"] or any(part in word for part in _TYPES["notice_with"])
    what = "packet" if word in _TYPES["packet"] else "notice" if is_notice else "message"
    return Kind(what, None, word in _TYPES["link"], word in _TYPES["written"] or not is_wechat)


def _written_text(text: str, kind: Kind) -> str:
    """Return what a person wrote: no XML of an app, nothing of PyWxDump's JSON."""
    is_written = kind.has_text and not text.lstrip().startswith(("<?xml", "<msg"))
    return unwrapped(text) if is_written else ""


def unwrapped(text: str) -> str:
    """Return the text that PyWxDump wraps in JSON; any other text as it is.

    >>> unwrapped('{"src": "", "msg": "你好吗"}'), unwrapped('{"src": "", "msg": "so "he" said"}')
    ('你好吗', 'so "he" said')
    """
    if not (text.startswith('{"') and '"msg"' in text):
        return text
    try:
        inner = json.loads(text, strict=False).get("msg")
    except (ValueError, RecursionError):  # quotes within that nobody escaped
        match = _WRAPPED.fullmatch(text)
        return match[1] if match else text
    return inner if isinstance(inner, str) else ""


SELF = "whoever made the export"
ROWS_BETWEEN_REPORTS = 2_000
_DELIMITERS = (",", "\t", ";", "|")
_NONE = {"", "-1", "none", "null", "nan"}
_TRUE = {"1", "true", "yes", "是", "1.0"}
_FEWEST_SECONDS = 1e6
_LONGEST_ROW = 50  # lines that are tried for a row that follows a quote nobody closed
_UNCLOSED = "a quote that nobody closed: the rows after it are read as rows"
_ROWS_IN_QUOTES = "rows within quotes, read as one text"
_TOO_LONG = "more columns than the header: the text is taken to hold the separator"

Row = tuple[int, Sequence[Any] | Unclear]
Rows = Callable[[Source, Layout], Iterator[Row]]


def header_of(text: str) -> tuple[list[str], str]:
    """Read the header line of a CSV file."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    readings = []
    for delimiter in _DELIMITERS:
        with suppress(csv.Error, StopIteration):
            readings.append((next(csv.reader([first], delimiter=delimiter)), delimiter))
    return max(readings, key=lambda reading: len(reading[0]), default=([], ","))


def parquet_header(path: Path) -> list[str]:
    """Return the column names of a Parquet file; none for one that is no Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with suppress(OSError, ValueError, pa.ArrowException):
        return list(pq.read_schema(path).names)
    return []


def read_table(source: Source, layout: Layout, rows: Rows) -> Iterator[Record]:
    """Read a table, of which `rows` gives the numbered rows, the header first."""
    source.clock.assume(layout.zone)
    numbered = rows(source, layout)
    first = next((row for _, row in numbered if not isinstance(row, Unclear) and any(row)), ())
    assert not isinstance(first, Unclear)
    header = [plain_header(str(name)) for name in first]
    _refuse_absent(source, layout, header)
    place = {key: header.index(name) for key, name in layout.columns.items()}
    needed = max(place["time"], place["sender"]) + 1
    for number, row in numbered:
        if isinstance(row, Unclear):
            yield row
        elif not any(row):
            yield Skipped(number, "empty line")
        elif len(row) < needed:
            yield Skipped(number, "fewer columns than the header", is_malformed=True)
        else:
            value = row[place["time"]]
            there = ((key, row[at]) for key, at in place.items() if at < len(row))
            cells = defaultdict(str, {k: str(v).strip() for k, v in there if v is not None})
            try:
                yield _record(source, layout.platform, number, cells, value)
            except (OrderNeededError, ColumnNeededError):
                _learn(source, layout, rows, place["time"])
                yield _record(source, layout.platform, number, cells, value)


def _learn(source: Source, layout: Layout, rows: Rows, at: int) -> None:
    """Have the clock learn from all times of a table, in column `at`."""
    found = (row for _, row in rows(source, layout) if not isinstance(row, Unclear))
    times = (str(row[at]) for row in found if len(row) > at)
    next(times, None)  # the header
    source.clock.learn(times)


def _refuse_absent(source: Source, layout: Layout, header: list[str]) -> None:
    Faults(
        f"{source.path}: no column {source.columns.get(key, name)!r} for {key} ({FIELDS[key]}); "
        f"the header has {len(header)} columns"
        for key, name in layout.columns.items()
        if name not in header
    ).refuse()


def _record(
    source: Source, platform: str, number: int, cells: defaultdict[str, str], value: Any
) -> Record:
    """Make a record of a row's cells, by field; `value` is that of its time."""
    group = source.clock.group = cells["group"] or source.stem
    try:
        ts = _time(source.clock, value)
    except ColumnNeededError:
        raise
    except (ValueError, OverflowError):
        return Skipped(number, "no time, or an impossible one", is_malformed=True)
    at, text = (number, group, ts), cells["text"]
    kind = kind_of(cells["type"], cells["subtype"], platform == "wechat")
    is_by_the_app = platform in ("wechat", "qq") and APP_SENDERS & {cells["sender"], cells["name"]}
    if kind.what == "notice" or is_by_the_app:
        return incident_of(at, unwrapped(text))
    sender = _key(cells["sender"]) or (SELF if cells["is_self"].casefold() in _TRUE else "")
    if sender and is_unfilled(sender, is_name=True):
        return Skipped(number, "message whose sender is left out (such as $username$)")
    if not sender and kind.type not in ("bot", "closure"):
        return Skipped(number, "no sender", is_malformed=True)
    if platform == "discord" and text == "Pinned a message.":
        return Skipped(number, "notice")
    if platform == "discord" and text == "Joined the server.":
        return Incident(*at, "join", (sender,))
    if kind.what != "message":
        return Incident(*at, kind.what, (sender,))
    names = tuple(dict.fromkeys(filter(None, (cells["name"], sender))))
    made = Utterance(*at, sender or "bot", _written_text(text, kind), names, _key(cells["id"]))
    made.answers, made.thread = _key(cells["reply_to_id"]), _key(cells["thread"])
    made.addresses = tuple(filter(None, [_key(cells["reply_to"])]))
    made.type, made.has_link, made.is_bot = kind.type, kind.has_link, kind.type == "bot"
    return made


def _time(clock: Clock, value: Any) -> float:
    if isinstance(value, str):
        return clock.read(value)
    if isinstance(value, dt.datetime):
        # One of the standard library: pandas' have nanoseconds and other rules.
        parts = (*value.timetuple()[:6], value.microsecond)
        return clock.of_moment(dt.datetime(*parts, tzinfo=value.tzinfo))
    if isinstance(value, int | float) and not isinstance(value, bool):
        is_serial = 0 < value < _FEWEST_SECONDS  # a number in a cell of a workbook
        return (clock.of_serial if is_serial else since_epoch)(float(value))
    raise ValueError("not a time")


def _key(cell: str) -> str | None:
    return None if cell.casefold() in _NONE else cell


def workbook_rows(source: Source, _: Layout) -> Iterator[Row]:
    """Yield the rows of the one sheet of an Excel workbook."""
    return enumerate(sheet_of(source.path), 1)


def csv_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """Yield each row with the line it begins in; a row that is none is an empty one."""
    with source.open() as file:
        start = file.read(1 << 16)
        file.seek(0)
        table = _Csv(source.paced(file), header_of(start)[1], layout)
        yield from table.rows()


class _Csv:
    """The rows of a CSV file: of quotes nobody closed, no row that follows is swallowed."""

    def __init__(self, lines: Iterator[str], delimiter: str, layout: Layout) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._columns = layout.columns
        self._held: list[str] = []
        self._again: deque[str] = deque()
        self._width = self._text = self._time = -1

    def rows(self) -> Iterator[Row]:
        reader = csv.reader(self._fed(), delimiter=self._delimiter)
        line = 1
        while True:
            try:
                row = next(reader)
            except StopIteration:
                if not self._again:
                    return
                reader = csv.reader(self._fed(), delimiter=self._delimiter)
                continue
            except csv.Error:
                row = ["not a row of a table"]
            if self._width > 0 and (len(self._held) > 1 or len(row) < self._width):
                row, unclear = self._without_swallowed(row)
                yield from ((line, Unclear(kind, line=line)) for kind in unclear)
            if self._width < 0:
                self._learn(row)
            elif len(row) > self._width:
                row, is_certain = self._narrowed(row)
                if not is_certain:
                    yield line, Unclear(_TOO_LONG, line=line)
            yield line, row
            line += len(self._held)
            self._held.clear()

    def _unread(self) -> Iterator[str]:
        return iter(lambda: self._again.popleft() if self._again else next(self._lines, ""), "")

    def _fed(self) -> Iterator[str]:
        for line in self._unread():
            self._held.append(line)
            yield line

    def _learn(self, header: list[str]) -> None:
        """Note where the header, the first row that is not empty, has time and text."""
        if any(header):
            names, self._width = [*map(plain_header, header)], len(header)
            places = (self._columns.get(key) for key in ("time", "text"))
            self._time, self._text = (names.index(n) if n in names else -1 for n in places)

    def _without_swallowed(self, row: list[str]) -> tuple[list[str], list[str]]:
        """Give back the rows that a quote has swallowed; return the rest, and what is unclear."""
        count, is_proper = len(self._held), self._is_proper()
        fewest = self._width - 1
        if is_proper and all(each.count(self._delimiter) < fewest for each in self._held[1:]):
            return row, []
        lines = self._held + ([] if is_proper else list(islice(self._unread(), _LONGEST_ROW)))
        shape = self._time_shape(lines[:1])
        places = range(1, count) if shape else ()
        same = (n for n in places if self._time_shape(lines[n : n + _LONGEST_ROW]) == shape)
        first = next(same, count)
        if is_proper:
            return row, [_ROWS_IN_QUOTES] if first < count else []
        self._again.extendleft(reversed(lines[first:]))
        del self._held[first:]
        return self._cells(self._held), [_UNCLOSED]

    def _cells(self, lines: list[str]) -> list[str]:
        """Read lines as one row, without any quotes where these leave it short of columns."""
        with suppress(csv.Error):
            cells = next(csv.reader(lines, delimiter=self._delimiter), [])
            if len(cells) < self._width and len(lines) == 1:
                plain = next(csv.reader(lines, delimiter=self._delimiter, quoting=csv.QUOTE_NONE))
                return plain if len(plain) == self._width else cells
            return cells
        return []

    def _time_shape(self, lines: list[str]) -> str:
        """Return what the time of a row looks like, if lines begin with a whole row."""
        cells = self._cells(lines)
        digits = re.sub(r"\d+", "9", cells[self._time].strip()) if len(cells) == self._width else ""
        return re.sub(r"[^\W\d_]+", "a", digits)

    def _is_proper(self) -> bool:
        with suppress(csv.Error):
            list(csv.reader(self._held, delimiter=self._delimiter, strict=True))
            return True
        return False

    def _narrowed(self, row: list[str]) -> tuple[list[str], bool]:
        """Give cells beyond the header to the text; say whether it is certain that they are its."""
        at, end = self._text, self._text + 1 + len(row) - self._width
        if at < 0 or not any(row[self._width :]):  # a spreadsheet's empty columns
            return row, True
        text = self._delimiter.join(row[at:end])
        is_json = text.strip().startswith('{"') and text.strip().endswith("}")
        return [*row[:at], text, *row[end:]], is_json


def parquet_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """Yield the rows of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file, names = pq.ParquetFile(source.path), set(layout.columns.values())
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
