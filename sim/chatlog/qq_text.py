"""Texts of QQ's message manager and of WeFlow: a line with time and sender, then what was said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial

from sim.chatlog.notices import APP_SENDERS, incident_of
from sim.chatlog.records import Begun, Dated, Record, Skipped, Unclear, Utterance
from sim.chatlog.source import Source

MOST_BACKWARDS_SECONDS = 3_600.0
BACKWARDS = "a line like a message's first, earlier than the message above: pasted, perhaps"

_HEAD = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2} +\d{1,2}:\d{2}:\d{2}) +(?:【[^】]*】)?"
    r"(?P<name>.*?)(?:\((?P<number>\d{5,12})\)|<(?P<mail>[^<>\s]+@[^<>\s]+)>)?\s*"
)
_WEFLOW_HEAD = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2} +\d{1,2}:\d{2}:\d{2}) +'(?P<name>.+)'(?P<number>)(?P<mail>)\s*"
)
_FURNITURE = re.compile(r"=+|消息记录.*|消息分组[:：].*|消息对象[:：].*|\s*")
_GROUP = re.compile(r"消息对象[:：](.+)")


def is_qq_text(text: str) -> bool:
    """Say whether a file begins as QQ's exports do."""
    heads = filter(None, map(_HEAD.fullmatch, text.splitlines()[:50]))
    has_number = any(head["number"] or head["mail"] for head in heads)
    return has_number or text.lstrip("\ufeff").startswith("消息记录")


def is_weflow_text(text: str) -> bool:
    """Say whether a file begins as WeFlow's texts of WeChat's chats do."""
    return _WEFLOW_HEAD.fullmatch(text.strip("\ufeff\r\n ").partition("\n")[0]) is not None


def _read(source: Source, pattern: re.Pattern[str]) -> Iterator[Record]:
    """Read a chat, or all chats of "export everything": heads of a pattern and what follows them.

    Pasted are heads without the numbers of all others, and old ones without the empty line that
    stands above all others.
    """
    source.clock.assume("Asia/Shanghai")
    group, open_ = source.stem, Begun()
    last, above = -math.inf, ""
    are_parted: bool | None = None  # whether an empty line parts all messages so far
    has_numbers: bool | None = None  # the first sender's of a chat says it for all
    for number, line in source.lines():
        head = pattern.fullmatch(line)
        has_number = bool(head and (head["number"] or head["mail"]))
        if head and not has_number and (has_numbers or not head["name"].strip()):
            head = None
        titled = _GROUP.fullmatch(line.strip())
        begun = _begun(source, number, group, head) if head else None
        is_old = isinstance(begun, Utterance) and begun.ts <= last
        is_pasted = bool(is_old and are_parted and above.strip())
        above = line
        if begun and not is_pasted:
            if open_.record is not None:
                are_parted = are_parted is not False and not (open_.further or [""])[-1].strip()
            yield from map(_meant, open_.ended())
            open_.record = begun
            if isinstance(begun, Utterance):
                if begun.ts < last - MOST_BACKWARDS_SECONDS:
                    yield Unclear(BACKWARDS, line=number)
                last = begun.ts
                if has_numbers is None and not _is_by_the_app(begun):
                    has_numbers = has_number
        elif titled or open_.record is None:
            yield from map(_meant, open_.ended())
            last, has_numbers = -math.inf, None
            group = titled[1].strip() if titled else group
            if _FURNITURE.fullmatch(line.lstrip("\ufeff")):
                yield Skipped(number, "heading of the file")
            else:
                yield Skipped(number, "text before the first message", is_malformed=True)
        else:
            open_.further.append(line)
    yield from map(_meant, open_.ended())


read_qq_text, read_weflow_text = (partial(_read, pattern=each) for each in (_HEAD, _WEFLOW_HEAD))


def _begun(source: Source, number: int, group: str, head: re.Match[str]) -> Utterance | Skipped:
    source.clock.group = group
    try:
        ts = source.clock.read(" ".join(head["time"].split()))
    except ValueError:
        return Skipped(number, "impossible date or time", is_malformed=True)
    name = head["name"].strip()
    sender = head["number"] or head["mail"] or name
    return Utterance(number, group, ts, sender, "", names=(name,) if name else ())


def _meant(record: Dated) -> Record:
    """Read what the app itself seems to say as its notice."""
    if not isinstance(record, Utterance) or not _is_by_the_app(record):
        return record
    at = (record.line, record.group, record.ts)
    return incident_of(at, record.text, "notice of the app", record.further_lines)


def _is_by_the_app(record: Utterance) -> bool:
    return not APP_SENDERS.isdisjoint((record.sender, *record.names))
