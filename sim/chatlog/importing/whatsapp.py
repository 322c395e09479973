"""The text file of WhatsApp's "Export chat": brackets on iPhones, a dash on Android."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.chatlog.importing.clock import Clock, OrderNeededError
from sim.chatlog.importing.dates import DATE_TIME, date_order_of, plain_digits, written_order
from sim.chatlog.importing.record import Chat, Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.whatsapp_notices import is_notice, read_notice

_HEAD = re.compile(rf"(?:\[{DATE_TIME}\]\s?)", re.IGNORECASE)
_HEAD_DASHED = re.compile(rf"{DATE_TIME}\s?[-–]\s", re.IGNORECASE)
_LIKE_A_HEAD = re.compile(r"\[?\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}\D{1,12}\d{1,2}[:.]\d{2}")
_SENDER = re.compile(r"(?P<sender>[^:]{1,120}):(?:\s(?P<text>.*)|)$", re.DOTALL)
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")
_CLEAN = {**_MARKS, **_SPACES}
_LINES_TRIED = 200
_MARKED_TEXT = ": \u200e"
"""How an iPhone writes a notice: as if somebody had said it, after a left-to-right mark."""

_QUOTES = (("“", "”"), ("«", "»"), ("「", "」"))
_LOW_QUOTES = (("„", "“"),)


def is_whatsapp(text: str) -> bool:
    """Say whether a file begins as WhatsApp's exports do.

    Parameters
    ----------
    text : str
        How it begins.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_whatsapp("[03/04/2024, 10:15:00] Ada: Hello"), is_whatsapp("time,sender,text")
    (True, False)
    """
    return any(_head(_cleaned(line)) for line in text.splitlines()[:_LINES_TRIED])


def read_whatsapp(source: Source) -> Iterator[Record]:
    """Read a chat.

    Parameters
    ----------
    source : Source

    Yields
    ------
    Record

    Raises
    ------
    ZoneNeededError, OrderNeededError
        By the first line already.
    """
    clock = source.clock
    if clock.date_order is None:
        clock.date_order = _order_in(source)
    group = source.stem
    open_record: Utterance | Incident | Skipped | None = None
    for number, raw in source.lines():
        line = _cleaned(raw)
        head = _head(line)
        if head is not None:
            if open_record is not None:
                yield open_record
            body = line[head.end() :]
            is_marked = _MARKED_TEXT in raw
            open_record, chat = _record(clock, number, group, head, body, is_marked)
            if chat is not None:
                yield chat
        elif _LIKE_A_HEAD.match(line):
            yield Skipped(number, "looks like a message but has another form", is_malformed=True)
        elif open_record is None:
            yield _before_the_first(number, line)
        else:
            open_record.further_lines += 1
            if isinstance(open_record, Utterance):
                open_record.text += f"\n{line}"
    if open_record is not None:
        yield open_record


def _record(
    clock: Clock, number: int, group: str, head: re.Match[str], body: str, is_marked: bool
) -> tuple[Utterance | Incident | Skipped, Chat | None]:
    """Return the record that a line with a time begins, and what it says of the group."""
    try:
        ts = clock.of_match(head)
    except ValueError:
        return Skipped(number, "impossible date or time", is_malformed=True), None
    said = _SENDER.match(body)
    text = "" if said is None else said["text"] or ""
    if said is None or _is_within_quotes(said["sender"]):
        return _noticed(number, group, ts, body)
    if is_notice(text, is_marked):
        return _noticed(number, group, ts, text)
    sender = said["sender"].strip().removeprefix("~").strip()
    if not sender:
        return Skipped(number, "no sender", is_malformed=True), None
    return Utterance(number, group, ts, sender, text, names=(sender,)), None


def _noticed(
    number: int, group: str, ts: float, text: str
) -> tuple[Incident | Skipped, Chat | None]:
    notice = read_notice(text)
    chat = Chat(group, created=ts) if notice.is_birth else None
    if notice.event and notice.who:
        return Incident(number, group, ts, notice.event, notice.who), chat
    return Skipped(number, "notice of WhatsApp"), chat


def _is_within_quotes(sender: str) -> bool:
    """Say whether the colon after it stands in quotes: a group's name in a notice, say."""
    if sender.count('"') % 2 == 1:
        return True
    lower = "„" in sender  # then “ closes what „ opened
    pairs = _LOW_QUOTES if lower else _QUOTES
    return any(sender.count(opening) > sender.count(closing) for opening, closing in pairs)


def _before_the_first(number: int, line: str) -> Skipped:
    if not line.strip():
        return Skipped(number, "empty line")
    return Skipped(number, "text before the first message", is_malformed=True)


def _order_in(source: Source) -> str | None:
    """Find the order of day and month in the whole file; None where no date needs it."""
    dates: list[tuple[int, int, int]] = []
    for _, raw in source.lines(counted=False):
        head = _head(_cleaned(raw))
        if head is None or written_order(head["a"], head["sep"]):
            continue
        date = (int(head["a"]), int(head["b"]), int(head["c"]))
        if not dates or dates[-1] != date:
            dates.append(date)
    if not dates:
        return None
    order = date_order_of(dates)
    if order is None:
        raise OrderNeededError
    return order


def _cleaned(line: str) -> str:
    if line.isascii():
        return line
    return plain_digits(line.translate(_CLEAN))


def _head(line: str) -> re.Match[str] | None:
    pattern = _HEAD if line[:1] == "[" else _HEAD_DASHED
    return pattern.match(line)
