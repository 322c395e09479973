"""The text file of WhatsApp's "Export chat": brackets on iPhones, a dash on Android."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sim.chatlog.importing.clock import Clock, OrderNeededError
from sim.chatlog.importing.date_words import date_time
from sim.chatlog.importing.dates import (
    DATE_TIME,
    MARKS,
    LunarYearError,
    OtherCalendarError,
    date_order_of,
    plain_digits,
    written_order,
)
from sim.chatlog.importing.record import Chat, Doubt, Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.whatsapp_notices import is_notice, read_notice
from sim.chatlog.importing.whatsapp_senders import Senders

_BRACKETED = re.compile(rf"\[{DATE_TIME}\]\s?", re.IGNORECASE)
_DASHED = re.compile(rf"{DATE_TIME}\s?[-–]\s", re.IGNORECASE)
_BRACKET = re.compile(r"\]\s?")
_DASH, _ANY_MARK = re.compile(r"\s?[-–]\s"), re.compile(r"\s?[-–]\s|[;:,]\s")
_MAY_HAVE_A_TIME = re.compile(r"[\[\w].{0,40}?\d[:.]\d\d")
_LONGEST_TIME = 72
_LIKE_A_HEAD = re.compile(r"\[?\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}\D{1,12}\d{1,2}[:.]\d{2}")
_CLEAN = {**MARKS, **dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")}
_LINES_TRIED = 200
# An iPhone writes a notice as if somebody had said it, after a left-to-right mark.
_MARKED_TEXT = re.compile(r":\s?\u200e")

_SETTING_BACK_SECONDS = 3 * 3600.0
_MOST_PASTED = 100
_MOST_NESTED = 1000
_MAY_BE_PASTED = "records over 3 hours older than one above may be lines pasted into a message"


@dataclass
class _Survey:
    """What a whole chat says before its records are read.

    `has_other_marks`: its heads end neither in a bracket nor in a dash, as in older exports;
    `is_lf_inside`: a line break of one character stands only inside messages.
    """

    senders: Senders
    has_other_marks: bool = False
    is_lf_inside: bool = False
    date_order: str | None = None


def is_whatsapp(text: str) -> bool:
    """Say whether a file begins as WhatsApp's exports do."""
    lines = [_cleaned(line) for line in text.splitlines()[:_LINES_TRIED]]
    first = next(filter(str.strip, lines), "")
    other = _head(first, has_other_marks=True)  # of a table, the first line is the header
    return any(map(_head, lines)) or (other is not None and ":" in first[other[1] :])


def read_whatsapp(source: Source) -> Iterator[Record]:
    """Read a chat."""
    survey = _surveyed(source)
    source.clock.date_order = survey.date_order
    yield from survey.senders.settle()
    latest, pasted = float("-inf"), 0
    open_record: Utterance | Incident | Skipped | None = None
    further: list[str] = []
    for line in _lines(source, survey):
        if line.head is not None:
            if open_record is not None:
                yield _closed(open_record, further)
            further = []
            open_record, chat, ts = _record(source, survey.senders, line)
            if chat is not None:
                yield chat
            if ts and ts < latest - _SETTING_BACK_SECONDS and pasted < _MOST_PASTED:
                pasted += 1
                yield Doubt(_MAY_BE_PASTED)
            else:
                latest, pasted = ts or latest, 0
        elif not line.is_inside and _LIKE_A_HEAD.match(line.text):
            yield Skipped(line.number, "looks like a message but has another form", True)
        elif open_record is None:
            yield _before_the_first(line.number, line.text)
        else:
            further.append(line.text)
    if open_record is not None:
        yield _closed(open_record, further)


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
        if mark is None:
            return False
        return len(_cleaned(self.raw[: mark.start()])) == self.text.find(":", self.start)


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
    dates: list[tuple[int, int, int]] = []
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
        if date != last and not written_order(line.head):
            last = date
            dates.append((int(date[0]), int(date[1]), int(date[2])))
    survey.date_order = source.clock.date_order or (date_order_of(dates) if dates else None)
    if dates and survey.date_order is None:
        raise OrderNeededError
    are_ends_plain = has_crlf and not has_text_after_crlf
    survey.is_lf_inside = are_ends_plain and _are_older(nested, survey.date_order)
    return survey


def _are_older(nested: list[tuple[re.Match[str], re.Match[str]]], order: str | None) -> bool:
    """Say whether heads after a bare line feed are all as old as the record above: pasted lines."""
    clock = Clock(ZoneInfo("UTC"), order)
    try:
        return all(clock.of_match(inner) <= clock.of_match(outer) for outer, inner in nested)
    except (ValueError, LunarYearError):
        return False


def _record(
    source: Source, senders: Senders, line: _Line
) -> tuple[Utterance | Incident | Skipped, Chat | None, float]:
    """Return what a line with a time begins, what it says of the group, and its time or 0."""
    assert line.head is not None
    number, group, body = line.number, source.stem, line.text[line.start :]
    try:
        ts = source.clock.of_match(line.head)
    except ValueError as fault:
        why = str(fault) if isinstance(fault, OtherCalendarError) else "impossible date or time"
        return Skipped(number, why, is_malformed=True), None, 0.0
    sender, text = senders.split(body)
    if sender == "":
        return Skipped(number, "no sender", is_malformed=True), None, ts
    if sender is not None and not is_notice(text, sender, line.is_marked()):
        return Utterance(number, group, ts, sender, text, names=(sender,)), None, ts
    notice = read_notice(text, senders.known)
    chat = Chat(group, created=ts) if notice.kind == "birth" else None
    if notice.who:
        return Incident(number, group, ts, notice.kind, notice.who), chat, ts
    return Skipped(number, notice.dropped_as()), chat, ts


def _closed(
    record: Utterance | Incident | Skipped, further: list[str]
) -> Utterance | Incident | Skipped:
    """Give a record all lines that follow it at once: one by one takes time that is squared."""
    record.further_lines = len(further)
    if further and isinstance(record, Utterance):
        record.text = "\n".join((record.text, *further))
    return record


def _before_the_first(number: int, line: str) -> Skipped:
    if not line.strip():
        return Skipped(number, "empty line")
    return Skipped(number, "text before the first message", is_malformed=True)


def _cleaned(line: str) -> str:
    if line.isascii():
        return line
    return plain_digits(line.translate(_CLEAN))


def _head(line: str, has_other_marks: bool = False) -> tuple[re.Match[str], int] | None:
    """Return the date and time that begin a record, and where what follows them begins."""
    is_bracketed = line[:1] == "["
    head = (_BRACKETED if is_bracketed else _DASHED).match(line)
    if head is not None:
        return head, head.end()
    if not _MAY_HAVE_A_TIME.match(line):
        return None
    marks = _BRACKET if is_bracketed else _ANY_MARK if has_other_marks else _DASH
    for mark in marks.finditer(line, 0, _LONGEST_TIME):
        head = date_time(line[is_bracketed : mark.start()])
        if head is not None:
            return head, mark.end()
    return None
