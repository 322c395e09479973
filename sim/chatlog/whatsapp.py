"""The text file of WhatsApp's "Export chat": brackets on iPhones, a dash on Android."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sim.chatlog import dates
from sim.chatlog.notices import FILE_MARKS, is_media, is_notice, may_end_a_name, read_notice
from sim.chatlog.people import faded, mentioned_names, type_of
from sim.chatlog.records import Begun, Chat, Dated, Incident, Record, Skipped, Unclear, Utterance
from sim.chatlog.source import Source

_LONGEST_NAME = 120
_SECOND_HEAD = re.compile(
    r"(?P<name>[^\W\d_][^:\n]{1,39}|[\u2e80-\U0010ffff]):(?:\s(?P<text>.*)|$)", re.DOTALL
)
_QUOTED = re.compile(r"[“„«「\"]([^“”„«»「」\"]{1,100})[“”»」\"]")
_APP = re.compile("whatsapp|واتساب")
# What browsers and folders add to a second file of one name.
_COPY = re.compile(r"\s?\(\d+\)$|(?<=\w)-\d{1,2}$")

_TELLING = ("join", "leave", "birth")
_OPENINGS = ("birth", "encryption")
# What stands for a picture or the like, in any language, has no more letters.
_LONGEST_PLACEHOLDER = 40

_SAMPLE = 8
_MOST_WORDS_OF_A_NAME = 4
_FEWEST_PEOPLE = 2
_ALL_SIGNS = 2
_MAY_BE_THE_GROUP = "messages may be notices of the group, under its own name"
_HAS_A_COLON = "messages were taken for those of people with a colon in their names"
_MAY_HAVE_A_COLON = "messages may be by several people whose names share what stands before a colon"


@dataclass(slots=True)
class _Sender:
    """What was seen of a sender."""

    records: int = 0
    is_first: bool = False
    opened: bool = False
    media: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  # Some texts without the mark of notices ...
    marked: list[str] = field(default_factory=list)  # ... and with it.
    # What stands before a second colon, as long as each record has one.
    seconds: Counter[str] = field(default_factory=Counter)
    has_seconds: bool = True


class Senders:
    """The senders of one chat; each record is met once before any is split."""

    def __init__(self, source: Source) -> None:
        titles = map(_plain, (source.path.stem, source.path.resolve().parent.name, source.stem))
        self._titles = [_COPY.sub("", title) for title in titles if _APP.search(title)]
        self._met: defaultdict[str, _Sender] = defaultdict(_Sender)
        self._tight: Counter[str] = Counter()
        self._named: set[str] = set()
        self._called: set[int] = set()
        self._heads: dict[str, tuple[str | None, bool]] = {}
        self._groups: set[str] = set()
        self._namesakes: set[str] = set()
        self._shared_heads: set[str] = set()
        self.known: set[str] = set()  # The people.

    def meet(self, body: str, is_marked: bool, is_first: bool) -> None:
        """Take note of a record."""
        split = self._halves(body)
        if split is None:
            self._named.update(map(_plain, _QUOTED.findall(body)))
            return
        sender, gap, text = split
        if not gap and text:
            self._tight[sender] += 1
            if self._tight[sender] == 1:
                return
        met = self._met[sender]
        if "@" in text:
            self._called.update(faded(name) for names in mentioned_names(text) for name in names)
        met.records += 1
        if met.has_seconds:
            second = _second_head(text)
            met.has_seconds = second is not None
            met.seconds[second[0] if second else ""] += 1
        met.is_first |= is_first
        if not is_marked and len(met.plain) == _SAMPLE:
            return
        if is_marked and is_media(text):
            met.media = [*met.media, text][:_SAMPLE]
            return
        is_long = is_marked and is_first and len(text) > _LONGEST_PLACEHOLDER
        met.opened |= is_long or read_notice(text).kind in _OPENINGS
        if is_marked:
            self._named.update(map(_plain, _QUOTED.findall(text)))
            met.marked = [*met.marked, text][:_SAMPLE]
        else:
            met.plain.append(text)

    def settle(self) -> Iterator[Unclear]:
        """Find out which senders are people and which the group, once all are met."""
        for sender, met in self._met.items():
            signs = self._signs(sender, met)
            talks = signs == _ALL_SIGNS and any(self._talks(sender, text) for text in met.plain)
            if signs == _ALL_SIGNS:
                (self._namesakes if talks else self._groups).add(sender)
            if signs == 1 or sender in self._namesakes:
                yield Unclear(_MAY_BE_THE_GROUP, met.records)
            elif not signs and met.has_seconds and len(met.seconds) > 1:
                recur = met.records > len(met.seconds)
                self._shared_heads |= {sender} if recur else set()
                yield Unclear(_HAS_A_COLON if recur else _MAY_HAVE_A_COLON, met.records)
        heads = ((head, name) for head in self._shared_heads for name in self._met[head].seconds)
        names = {f"{head}: {name}" for head, name in heads}
        self.known = (set(self._met) | names) - self._groups - self._shared_heads

    def split(self, body: str) -> tuple[str | None, str]:
        """Split a record into its sender and text."""
        split = self._halves(body)
        if split is None:
            return None, body
        sender, gap, text = split
        if not gap and text and not self._is_tight(sender, text, body):
            return None, body
        is_namesake = sender in self._namesakes
        if sender in self._groups or (is_namesake and self._tells(sender, text)):
            return None, text
        if sender in self._shared_heads and (second := _second_head(text)):
            return f"{sender}: {second[0]}", second[1]
        return sender, text

    def _halves(self, body: str) -> tuple[str, str, str] | None:
        """Return sender, white space and text; None where no sender stands before a colon."""
        head, colon, rest = body.partition(":")
        if head not in self._heads:
            is_sender = 0 < len(head) <= _LONGEST_NAME and not _is_within_quotes(head)
            sender = head.strip().removeprefix("~").strip() if is_sender else None
            self._heads[head] = sender, read_notice(head).kind in _TELLING
        sender, is_half_a_notice = self._heads[head]
        if not colon or sender is None or (is_half_a_notice and read_notice(body).event):
            return None
        has_gap = rest[:1].isspace()
        return sender, rest[:has_gap], rest[has_gap:]

    def _is_tight(self, sender: str, text: str, body: str) -> bool:
        """Say whether a colon without a space after it ends a name."""
        if text.startswith("//") or (sender[-1:].isdigit() and text[:1].isdigit()):
            return False
        if sender in self._met or self._tight[sender] > 1:
            return True
        is_short = len(sender.split()) <= _MOST_WORDS_OF_A_NAME
        return is_short and read_notice(body).kind not in _TELLING

    def _signs(self, sender: str, met: _Sender) -> int:
        """Count the signs that a sender is the group: what it says, and its name or its place."""
        is_titled = len(self._met) > _FEWEST_PEOPLE and self._is_title(sender)
        reports = sum(self._names_another(sender, text) for text in met.plain if met.is_first)
        if not (met.marked or met.opened or is_titled or reports > 1):
            return 0
        enough = len(met.plain) if met.marked else len(met.plain) / 2
        has_media = not all(self._names_another(sender, text) for text in met.media)
        if has_media or sum(self._tells(sender, text) for text in met.plain) < enough:
            return int(is_titled and not met.marked)
        is_placed = is_titled or met.opened or any(self._tells(sender, t) for t in met.marked)
        return 1 + (is_placed and faded(sender) not in self._called)

    def _tells(self, sender: str, text: str) -> bool:
        return read_notice(text).kind != "" or self._names_another(sender, text)

    def _names_another(self, sender: str, text: str) -> bool:
        ends = (end for end in range(1, _LONGEST_NAME) if may_end_a_name(text, end))
        heads = (text[:end] for end in ends if FILE_MARKS.isdisjoint(text))
        return any(head in self._met and head != sender for head in heads)

    def _talks(self, sender: str, text: str) -> bool:
        """Say whether a text asks or links as no notice does: a person bears the group's name."""
        return not self._tells(sender, text) and type_of(_QUOTED.sub("", text)) != "msg"

    def _is_title(self, sender: str) -> bool:
        """Say whether notices quote a name, or a file has it at an end or between 与 and 的."""
        name = _plain(sender)
        named = rf"(?:^|[\s与與]){re.escape(name)}(?:$|(?=\s\S+ whatsapp)|\s?(?=[的との과와]))"
        return name in self._named or any(re.search(named, title) for title in self._titles)


def _second_head(text: str) -> tuple[str, str] | None:
    met = _SECOND_HEAD.match(text)
    is_one = met is not None and len(met["name"].split()) <= _MOST_WORDS_OF_A_NAME
    return (met["name"].strip(), met["text"] or "") if met and is_one else None


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def _is_within_quotes(sender: str) -> bool:
    """Say whether the colon after it stands in quotes: a group's name in a notice, say."""
    low = "„" in sender  # then “ closes what „ opened
    pairs = (("„", "“"),) if low else (("“", "”"), ("«", "»"), ("「", "」"))
    is_open = any(sender.count(opening) > sender.count(closing) for opening, closing in pairs)
    return is_open or sender.count('"') % 2 == 1


_BRACKETED = re.compile(rf"\[{dates.DATE_TIME}\]\s?", re.IGNORECASE)
_DASHED = re.compile(rf"{dates.DATE_TIME}\s?[-–]\s", re.IGNORECASE)
_BRACKET = re.compile(r"\]\s?")
_DASH, _ANY_MARK = re.compile(r"\s?[-–]\s"), re.compile(r"\s?[-–]\s|[;:,]\s")
_MAY_HAVE_A_TIME = re.compile(r"[\[\w].{0,40}?\d[:.]\d\d")
_LONGEST_TIME = 72
_LIKE_A_HEAD = re.compile(r"\[?\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}\D{1,12}\d{1,2}[:.]\d{2}")
_CLEAN = {**dates.MARKS, **dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")}
_LINES_TRIED = 200
# An iPhone writes a notice as if somebody had said it, after a left-to-right mark.
_MARKED_TEXT = re.compile(r":\s?\u200e")

_SETTING_BACK_SECONDS = 3 * 3600.0
_MOST_PASTED = 100
_MOST_NESTED = 1000
_MAY_BE_PASTED = "records over 3 hours older than one above may be lines pasted into a message"


@dataclass
class _Survey:
    """What a whole chat says before its records are read."""

    senders: Senders
    # Its heads end neither in a bracket nor in a dash, as in older exports.
    has_other_marks: bool = False
    is_lf_inside: bool = False  # A line break of one character stands only inside messages.


def is_whatsapp(text: str) -> bool:
    """Say whether a file begins as WhatsApp's exports do."""
    lines = [_cleaned(line) for line in text.splitlines()[:_LINES_TRIED]]
    first = next(filter(str.strip, lines), "")
    other = _head(first, has_other_marks=True)  # of a table, the first line is the header
    return any(map(_head, lines)) or (other is not None and ":" in first[other[1] :])


def read_whatsapp(source: Source) -> Iterator[Record]:
    """Read a chat."""
    survey = _surveyed(source)
    yield from survey.senders.settle()
    latest, pasted, open_ = float("-inf"), 0, Begun()
    for line in _lines(source, survey):
        if line.head is not None:
            yield from open_.ended()
            open_.record, chat, ts = _record(source, survey.senders, line)
            yield from chat
            if ts and ts < latest - _SETTING_BACK_SECONDS and pasted < _MOST_PASTED:
                pasted += 1
                yield Unclear(_MAY_BE_PASTED)
            else:
                latest, pasted = ts or latest, 0
        elif not line.is_inside and _LIKE_A_HEAD.match(line.text):
            yield Skipped(line.number, "looks like a message but has another form", True)
        elif open_.record is None:
            is_text = line.text.strip() != ""
            why = "text before the first message" if is_text else "empty line"
            yield Skipped(line.number, why, is_malformed=is_text)
        else:
            open_.further.append(line.text)
    yield from open_.ended()


@dataclass(slots=True)
class _Line:
    """A line as it stands and cleaned of marks; `start`: of what follows the time at its head."""

    number: int
    raw: str
    text: str
    end_above: str
    is_inside: bool
    head: re.Match[str] | None
    start: int

    def is_marked(self) -> bool:
        """Say whether what is said begins with the mark of notices."""
        mark = _MARKED_TEXT.search(self.raw) if "\u200e" in self.raw else None
        colon = self.text.find(":", self.start)
        return mark is not None and len(_cleaned(self.raw[: mark.start()])) == colon


def _lines(source: Source, survey: _Survey, counted: bool = True) -> Iterator[_Line]:
    end = ""
    for number, raw in source.lines(counted=counted, with_ends=True):
        text = _cleaned(raw.rstrip("\r\n"))
        is_inside = survey.is_lf_inside and end == "\n"
        found = None if is_inside else _head(text, survey.has_other_marks)
        head, start = found or (None, 0)
        yield _Line(number, raw, text, end, is_inside, head, start)
        end = "\r\n" if raw.endswith("\r\n") else raw[-1:]


def _surveyed(source: Source) -> _Survey:
    """Read a whole chat for what no single line of it tells."""
    tried = itertools.islice(source.lines(counted=False), _LINES_TRIED)
    survey = _Survey(Senders(source), not any(_head(_cleaned(line)) for _, line in tried))
    container: re.Match[str] | None = None
    nested: list[tuple[re.Match[str], re.Match[str]]] = []
    last: tuple[str | Any, ...] = ()
    met: list[tuple[int, int, int]] = []
    has_crlf = has_text_after_crlf = False
    for line in _lines(source, survey, counted=False):
        is_after_crlf = line.end_above == "\r\n"
        has_crlf |= is_after_crlf
        if line.head is None:
            has_text_after_crlf |= is_after_crlf and line.text != ""
            continue
        survey.senders.meet(line.text[line.start :], line.is_marked(), container is None)
        if container is None or is_after_crlf:
            container = line.head
        elif len(nested) < _MOST_NESTED:
            nested.append((container, line.head))
        date = line.head.group("a", "b", "c")
        if date != last and not dates.written_order(line.head):
            last = date
            met.append((int(date[0]), int(date[1]), int(date[2])))
    source.clock.find_order(met)
    are_ends_plain = has_crlf and not has_text_after_crlf
    survey.is_lf_inside = are_ends_plain and _are_older(nested, source.clock.date_order)
    return survey


def _are_older(nested: list[tuple[re.Match[str], re.Match[str]]], order: str | None) -> bool:
    """Say whether heads after a bare line feed are all as old as the record above: pasted lines."""
    clock = dates.Clock(ZoneInfo("UTC"), order)
    try:
        return all(clock.of_match(inner) <= clock.of_match(outer) for outer, inner in nested)
    except (ValueError, dates.LunarYearError):
        return False


def _record(source: Source, senders: Senders, line: _Line) -> tuple[Dated, list[Chat], float]:
    """Return what a line with a time begins, what it says of the group, and its time or 0."""
    assert line.head is not None
    number, group, body = line.number, source.stem, line.text[line.start :]
    try:
        ts = source.clock.of_match(line.head)
    except ValueError as fault:
        is_known = isinstance(fault, dates.OtherCalendarError)
        why = str(fault) if is_known else "impossible date or time"
        return Skipped(number, why, is_malformed=True), [], 0.0
    sender, text = senders.split(body)
    if sender == "":
        return Skipped(number, "no sender", is_malformed=True), [], ts
    if sender is not None and not is_notice(text, sender, line.is_marked()):
        return Utterance(number, group, ts, sender, text, names=(sender,)), [], ts
    notice = read_notice(text, senders.known)
    chat = [Chat(group, created=ts)] if notice.kind == "birth" else []
    if notice.who:
        return Incident(number, group, ts, notice.kind, notice.who), chat, ts
    return Skipped(number, notice.dropped_as()), chat, ts


def _cleaned(line: str) -> str:
    return line if line.isascii() else dates.plain_digits(line.translate(_CLEAN))


def _head(line: str, has_other_marks: bool = False) -> tuple[re.Match[str], int] | None:
    """Return the date and time that begin a record, and where what follows them begins."""
    is_bracketed = line[:1] == "["
    if head := (_BRACKETED if is_bracketed else _DASHED).match(line):
        return head, head.end()
    if not _MAY_HAVE_A_TIME.match(line):
        return None
    marks = _BRACKET if is_bracketed else _ANY_MARK if has_other_marks else _DASH
    for mark in marks.finditer(line, 0, _LONGEST_TIME):
        if head := dates.date_time(line[is_bracketed : mark.start()]):
            return head, mark.end()
    return None
