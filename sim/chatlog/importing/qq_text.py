"""The text file of QQ's own message manager: a line with time and sender, then what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.chatlog.importing.clock import known_zone
from sim.chatlog.importing.record import Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.table_kinds import APP_SENDERS, who_came_or_went

ZONE = "Asia/Shanghai"

_HEAD = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2} +\d{1,2}:\d{2}:\d{2}) +(?:【[^】]*】)?"
    r"(?P<name>.*?)(?:\((?P<number>\d{5,12})\)|<(?P<mail>[^<>\s]+@[^<>\s]+)>)?\s*"
)
_FURNITURE = re.compile(r"=+|消息记录.*|消息分组[:：].*|消息对象[:：].*|\s*")
_GROUP = re.compile(r"消息对象[:：](.+)")


def is_qq_text(text: str) -> bool:
    """Say whether a file begins as QQ's exports do.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_qq_text("消息记录（此消息记录为文本格式，不支持重新导入）")
    True
    """
    lines = text.splitlines()[:50]
    heads = (_HEAD.fullmatch(line) for line in lines)
    return text.lstrip("\ufeff").startswith("消息记录") or any(
        head is not None and (head["number"] or head["mail"]) for head in heads
    )


def read_qq_text(source: Source) -> Iterator[Record]:
    """Read a chat, or all chats of "export everything".

    Parameters
    ----------
    source : Source

    Yields
    ------
    Record
    """
    if source.clock.zone is None:
        source.clock.zone = known_zone(ZONE)
    group = source.stem
    open_record: Utterance | Skipped | None = None
    further: list[str] = []
    for number, line in source.lines():
        head = _HEAD.fullmatch(line)
        titled = _GROUP.fullmatch(line.strip())
        if head is not None and (head["name"].strip() or head["number"] or head["mail"]):
            if open_record is not None:
                yield _said_or_noticed(open_record, further)
            further = []
            open_record = _begun(source, number, group, head)
        elif titled or open_record is None:
            if open_record is not None:
                yield _said_or_noticed(open_record, further)
                open_record, further = None, []
            group = titled[1].strip() if titled else group
            yield _outside(number, line)
        else:
            further.append(line)
    if open_record is not None:
        yield _said_or_noticed(open_record, further)


def _begun(source: Source, number: int, group: str, head: re.Match[str]) -> Utterance | Skipped:
    source.clock.group = group
    try:
        ts = source.clock.read(" ".join(head["time"].split()))
    except ValueError:
        return Skipped(number, "impossible date or time", is_malformed=True)
    name = head["name"].strip()
    sender = head["number"] or head["mail"] or name
    return Utterance(number, group, ts, sender, "", names=(name,) if name else ())


def _said_or_noticed(record: Utterance | Skipped, further: list[str]) -> Record:
    record.further_lines = len(further)
    if isinstance(record, Utterance):
        record.text = "\n".join(("", *further))
    if isinstance(record, Skipped) or APP_SENDERS.isdisjoint((record.sender, *record.names)):
        return record
    event, who = who_came_or_went(record.text.strip())
    if event and who:
        lines = record.further_lines
        return Incident(record.line, record.group, record.ts, event, who, True, lines)
    return Skipped(record.line, "notice of QQ", further_lines=record.further_lines)


def _outside(number: int, line: str) -> Skipped:
    if _FURNITURE.fullmatch(line.lstrip("\ufeff")):
        return Skipped(number, "heading of the file")
    return Skipped(number, "text before the first message", is_malformed=True)
