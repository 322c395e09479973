"""Tables of messages, CSV, Excel or Parquet: exporters' for WeChat, QQ, Discord, and anybody's."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sim.chatlog.dates import ColumnNeededError, OrderNeededError, known_zone, since_epoch
from sim.chatlog.notices import APP_SENDERS, incident_of, is_unfilled
from sim.chatlog.records import Doubt, Incident, Record, Skipped, Utterance
from sim.chatlog.source import Source, workbook_rows
from sim.errors import InputError, nearest

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
    marks: tuple[str, ...] = field(default=())
    zone: str = ""  # Assumed zone of local times; empty: it must be given.

    def fits(self, header: Sequence[str]) -> bool:
        """Say whether a table is laid out so."""
        return set(self.marks or self.columns.values()) <= set(header)


_CHINA = "Asia/Shanghai"


def _layout(platform: str, name: str, columns: str, marks: str = "") -> Layout:
    """Read a layout from words: FIELD=HEADER ..., and the headers that mark it."""
    pairs = dict(word.split("=", 1) for word in columns.split())
    zone = _CHINA if platform == "wechat" else ""
    return Layout(name, platform, pairs, tuple(marks.split()), zone)


_wechat, _discord = partial(_layout, "wechat"), partial(_layout, "discord")
# The exporters whose header lines are recognised; headers as `plain_header` writes them.
LAYOUTS = (
    _wechat(
        "WeChatMsg (留痕), to version 2",
        "time=createtime sender=sender name=nickname text=strcontent type=type "
        "subtype=subtype is_self=issender",
        "createtime strcontent issender strtime",
    ),
    _wechat(
        "WeChatMsg (留痕, MemoTrace), from version 3",
        "time=时间 sender=发送人 name=昵称 text=内容 type=类型 id=消息id",
        "消息id 类型 发送人 时间 内容",
    ),
    _wechat(
        "PyWxDump",
        "time=createtime sender=talker text=msg type=typename is_self=issender "
        "group=roomname id=msgsvrid",
        "msgsvrid typename issender talker roomname createtime msg",
    ),
    _wechat(
        "PyWxDump, from version 3",
        "time=createtime sender=talker text=content type=typename is_self=issender "
        "group=roomname id=msgsvrid",
        "msgsvrid typename issender talker roomname createtime content",
    ),
    _wechat(
        "WeFlow",
        "time=createtime sender=talker text=msg type=typename is_self=issender id=msgsvrid",
        "msgsvrid typename issender talker createtime msg",
    ),
    _wechat(
        "chatlog",
        "time=time sender=sender name=sendername text=content group=talker",
        "time sendername sender talkername talker content",
    ),
    _wechat(
        "wx-dump-4j",
        "time=创建时间 sender=聊天人id text=消息内容 type=类型 subtype=子类型 "
        "is_self=是否发送者 id=消息id",
        "创建时间 聊天人id 消息内容 是否发送者",
    ),
    _wechat(
        "wechat_stat",
        "time=time(asia/shanghai) sender=fromid name=fromnickname text=content "
        "type=contenttype group=groupid",
    ),
    _discord(
        "DiscordChatExporter",
        "time=date sender=authorid name=author text=content",
        "authorid author date content",
    ),
    _discord(
        "DiscordChatExporter, without ids",
        "time=date sender=author text=content",
        "author date content attachments reactions",
    ),
)

_QQ_SENDERS = "qq号 qq号码 qq uin 发送者qq 发送者qq号 senderuin"
_SYNONYMS = {
    "time": "time timestamp ts datetime date createdat createtime sentat sendtime 时间 发送时间 "
    "消息时间 时间戳 日期时间 strtime 日期 時間",
    "sender": "sender senderid authorid userid fromid member wxid 发送者id 发送者wxid "
    f"{_QQ_SENDERS} author from user username sendername nickname name 发送者 发送人 发言人 用户 "
    "昵称 群昵称 發送者 暱稱 talker",
    "name": "sendername author nickname name username displayname 群昵称 昵称 发送者 发送人 "
    "发送者昵称 备注 暱稱",
    "text": "text content message body msg strcontent 内容 消息内容 消息 聊天内容 內容",
    "type": "type messagetype msgtype typename contenttype 类型 消息类型 類型",
    "group": "group groupid room roomid channel channelid chat chatid 群 群号 群名 群聊 群名称 "
    "聊天对象",
    "id": "id messageid msgid 消息id 消息序号",
    "reply_to_id": "replytoid replytomessageid inreplyto 引用消息id",
    "reply_to": "replyto",
    "thread": "thread threadid threadts",
}
# Headers of tables that no layout fits, the best first.
SYNONYMS = {key: tuple(words.split()) for key, words in _SYNONYMS.items()}


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
        if layout.fits(small) and set(NEEDED) <= set(columns):
            return _with(layout, columns)
    columns = {}
    for key, names in SYNONYMS.items():
        spare = [name for name in names if name in small and name not in columns.values()]
        if spare:
            columns[key] = spare[0]
    columns |= chosen
    if not set(NEEDED) <= set(columns):
        return None
    if columns["sender"] in _QQ_SENDERS.split():
        return Layout("QQ, by its headers", "qq", columns, zone=_CHINA)
    is_chinese = not columns["time"].isascii()
    return Layout("by its headers", "table", columns, zone=_CHINA if is_chinese else "")


def _with(layout: Layout, columns: dict[str, str]) -> Layout:
    return Layout(layout.name, layout.platform, columns, layout.marks, layout.zone)


def parse_columns(words: Sequence[str]) -> dict[str, str]:
    """Read ``FIELD=HEADER`` of the command line.

    >>> parse_columns(["time=发送时间"])
    {'time': '发送时间'}
    >>> parse_columns(["CreateTime"])
    Traceback (most recent call last):
    ...
    sim.errors.InputError: --column: 'CreateTime' is not FIELD=HEADER, as in time=CreateTime
    """
    problems, columns = [], {}
    for text in words:
        key, equals, header = text.partition("=")
        key = key.strip()
        if not equals or not header.strip():
            problems.append(f"--column: {text!r} is not FIELD=HEADER, as in time=CreateTime")
        elif key not in FIELDS:
            allowed = ", ".join(FIELDS)
            problems.append(
                f"--column: no field {key!r}; allowed: {allowed}{nearest(key, list(FIELDS))}"
            )
        elif key in columns:
            problems.append(f"--column: {key} is named twice")
        else:
            columns[key] = header.strip()
    if problems:
        raise InputError(problems)
    return columns


OWN_TYPES = {"msg", "question", "link", "bot", "closure"}

OWN_EVENTS = {"join", "leave"}

_TEXTS = {"", "1", "text", "文本", "文本消息", "文字", "消息", "message", "chat", "plain"}

_QUOTES = {"引用", "引用消息", "引用回复", "回复", "reply", "quote", "49.57"}

_LINKS = {"49.5", "链接", "link", "url", "share", "分享", "(分享)卡片式链接", "卡片式链接"}

_PACKETS = {"49.2001", "红包", "red packet", "redpacket", "hongbao"}

_NOTICES = {"10000", "10002", "50", "49.4000", "拍一拍", "撤回", "撤回消息", "recall", "revoke"}

_NOTICE_WORDS = ("系统", "系統", "system", "notice")

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
    if word in OWN_EVENTS:
        return Kind(word)
    if word in OWN_TYPES:
        return Kind(type=word)
    if word in _PACKETS:
        return Kind("packet")
    if word in _NOTICES or any(part in word for part in _NOTICE_WORDS):
        return Kind("notice")
    is_text = word in _TEXTS or word in _QUOTES or not is_wechat
    return Kind(has_link=word in _LINKS, has_text=is_text)


def written_text(text: str, kind: Kind) -> str:
    """Return what a person wrote: no XML of an app, nothing of PyWxDump's JSON."""
    if not kind.has_text or text.lstrip().startswith(("<?xml", "<msg")):
        return ""
    return unwrapped(text)


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
_DISCORD_JOINED = "Joined the server."
_DISCORD_NOTICES = {_DISCORD_JOINED, "Pinned a message."}

_FEWEST_SECONDS = 1e6
# So many lines are tried for a row that follows a quote nobody closed.
_LONGEST_ROW = 50

_UNCLOSED = "a quote that nobody closed: the rows after it are read as rows"
_ROWS_IN_QUOTES = "rows within quotes, read as one text"
_TOO_LONG = "more columns than the header: the text is taken to hold the separator"

Row = tuple[int, Sequence[Any] | Doubt]
Rows = Callable[[Source], Iterator[Row]]


def header_of(text: str) -> tuple[list[str], str]:
    """Read the header line of a CSV file."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    readings = []
    for delimiter in _DELIMITERS:
        try:
            readings.append((next(csv.reader([first], delimiter=delimiter)), delimiter))
        except (csv.Error, StopIteration):
            continue
    return max(readings, key=lambda reading: len(reading[0]), default=([], ","))


def parquet_header(path: Path) -> list[str]:
    """Return the column names of a Parquet file; none for one that is no Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError, pa.ArrowException):
        return []


def read_csv(source: Source, layout: Layout) -> Iterator[Record]:
    """Read a CSV file."""
    return _read(source, layout, lambda source: _csv_rows(source, layout))


def read_parquet(source: Source, layout: Layout) -> Iterator[Record]:
    """Read a Parquet file."""
    names = set(layout.columns.values())
    return _read(source, layout, lambda source: _parquet_rows(source, names))


def read_workbook(source: Source, layout: Layout) -> Iterator[Record]:
    """Read the one sheet of an Excel workbook."""
    return _read(source, layout, lambda source: enumerate(workbook_rows(source.path), 1))


def _read(source: Source, layout: Layout, rows: Rows) -> Iterator[Record]:
    if source.clock.zone is None and layout.zone:
        source.clock.zone = known_zone(layout.zone)
    numbered = rows(source)
    first = next((row for _, row in numbered if not isinstance(row, Doubt) and any(row)), ())
    assert not isinstance(first, Doubt)
    header = [plain_header(str(name)) for name in first]
    _refuse_absent(source, layout, header)
    place = {key: header.index(name) for key, name in layout.columns.items()}
    needed = max(place["time"], place["sender"]) + 1
    reader = _Reader(source, layout, place)
    for number, row in numbered:
        if isinstance(row, Doubt):
            yield row
            continue
        if len(row) < needed or not any(row):
            why = "empty line" if not any(row) else "fewer columns than the header"
            yield Skipped(number, why, is_malformed=bool(any(row)))
            continue
        try:
            yield reader.record(number, row)
        except (OrderNeededError, ColumnNeededError):
            at = place["time"]
            whole = (row for _, row in rows(source) if not isinstance(row, Doubt) and len(row) > at)
            times = (str(row[at]) for row in whole)
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
        except ColumnNeededError:
            raise
        except (ValueError, OverflowError):
            return Skipped(number, "no time, or an impossible one", is_malformed=True)
        kind = kind_of(
            self._cell(row, "type"), self._cell(row, "subtype"), self._platform == "wechat"
        )
        text = self._cell(row, "text")
        if kind.what == "notice" or self._is_by_the_app(row):
            return incident_of((number, group, ts), unwrapped(text))
        sender = self._sender(row)
        if sender and is_unfilled(sender, is_name=True):
            return Skipped(number, "message whose sender is left out (such as $username$)")
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
            is_serial = 0 < value < _FEWEST_SECONDS  # a number in a cell of a workbook
            return (self._clock.of_serial if is_serial else since_epoch)(float(value))
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


def _csv_rows(source: Source, layout: Layout) -> Iterator[Row]:
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
                row, doubts = self._without_swallowed(row)
                yield from ((line, Doubt(kind, line=line)) for kind in doubts)
            if self._width < 0:
                self._learn(row)
            elif len(row) > self._width:
                row, is_certain = self._narrowed(row)
                if not is_certain:
                    yield line, Doubt(_TOO_LONG, line=line)
            yield line, row
            line += len(self._held)
            self._held.clear()

    def _unread(self) -> Iterator[str]:
        while line := self._again.popleft() if self._again else next(self._lines, ""):
            yield line

    def _fed(self) -> Iterator[str]:
        for line in self._unread():
            self._held.append(line)
            yield line

    def _learn(self, header: list[str]) -> None:
        """Note where the header, the first row that is not empty, has time and text."""
        if any(header):
            names = [plain_header(name) for name in header]
            self._width = len(names)
            places = (self._columns.get(key) for key in ("time", "text"))
            self._time, self._text = (names.index(n) if n in names else -1 for n in places)

    def _without_swallowed(self, row: list[str]) -> tuple[list[str], list[str]]:
        """Give back the rows that a quote has swallowed; return what is left, and doubts."""
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
        try:
            cells = next(csv.reader(lines, delimiter=self._delimiter), [])
            if len(cells) < self._width and len(lines) == 1:
                plain = next(csv.reader(lines, delimiter=self._delimiter, quoting=csv.QUOTE_NONE))
                return plain if len(plain) == self._width else cells
        except csv.Error:
            return []
        return cells

    def _time_shape(self, lines: list[str]) -> str:
        """Return what the time of a row looks like, if lines begin with a whole row."""
        cells = self._cells(lines)
        return _shape(cells[self._time]) if len(cells) == self._width else ""

    def _is_proper(self) -> bool:
        try:
            list(csv.reader(self._held, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _narrowed(self, row: list[str]) -> tuple[list[str], bool]:
        """Give cells beyond the header to the text; say whether it is certain that they are its."""
        at, extra = self._text, len(row) - self._width
        if at < 0 or not any(row[self._width :]):  # a spreadsheet's empty columns
            return row, True
        text = self._delimiter.join(row[at : at + extra + 1])
        whole = text.strip()
        is_json = whole.startswith('{"') and whole.endswith("}")
        return [*row[:at], text, *row[at + extra + 1 :]], is_json


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell.strip()))


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
