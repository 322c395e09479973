"""The JSON of DiscordChatExporter: one file a channel or thread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sim.chatlog.importing.json_stream import Element, Header, elements
from sim.chatlog.importing.json_values import items, record, word
from sim.chatlog.importing.record import Chat, Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source

SAID = {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "20", "23"}
JOINED, ADDED, REMOVED = "GuildMemberJoin", "RecipientAdd", "RecipientRemove"
# Discord's ids count milliseconds from 2015, in all but their last 22 bits.
EPOCH_MS = 1_420_070_400_000


def is_discord(text: str) -> bool:
    """Say whether a file begins as DiscordChatExporter's JSON does."""
    return text.lstrip().startswith("{") and '"guild"' in text and '"channel"' in text


def read_discord(source: Source) -> Iterator[Record]:
    """Read a channel; the group was created when its channel was."""
    group = source.stem
    for found in elements(source):
        if isinstance(found, Header):
            chat = _chat(source, found.text)
            group = chat.group
            yield chat
        else:
            yield from _records(source, group, found)


def created_by_id(snowflake: str) -> float | None:
    """Return when Discord gave out an id.

    >>> created_by_id("175928847299117063")
    1462015105.796
    """
    if not (snowflake.isascii() and snowflake.isdigit() and 17 <= len(snowflake) <= 20):
        return None
    return float((int(snowflake) >> 22) + EPOCH_MS) / 1000


def _chat(source: Source, header: str) -> Chat:
    try:
        about = record(json.loads(f"{header}]}}", strict=False))
    except (ValueError, RecursionError):
        about = {}
    channel = record(about.get("channel"))
    before = record(about.get("dateRange")).get("before")
    snowflake = word(channel.get("id"))
    return Chat(
        snowflake or source.stem,
        word(channel.get("name")),
        created_by_id(snowflake),
        _time(source, before) or _time(source, about.get("exportedAt")),
    )


def _records(source: Source, group: str, found: Element) -> Iterator[Record]:
    item = found.value
    if not isinstance(item, dict):
        yield Skipped(found.line, "not a JSON object", is_malformed=True)
        return
    ts = _time(source, item.get("timestamp"))
    author = record(item.get("author"))
    sender = word(author.get("id"))
    kind = item.get("type")
    if ts is None:
        yield Skipped(found.line, "no timestamp, or an impossible one", is_malformed=True)
    elif not sender:
        yield Skipped(found.line, "no author", is_malformed=True)
    elif kind == JOINED:
        yield Incident(found.line, group, ts, "join", (sender,))
    elif kind in (ADDED, REMOVED):
        event = "join" if kind == ADDED else "leave"
        yield Incident(found.line, group, ts, event, _mentioned(item) or (sender,))
    elif kind in SAID:
        yield _message(item, found.line, group, ts, author)
    else:
        yield Skipped(found.line, "notice of Discord")


def _message(
    item: dict[str, Any], line: int, group: str, ts: float, author: dict[str, Any]
) -> Record:
    names = (word(author.get("nickname")), word(author.get("name")))
    text = item.get("content")
    return Utterance(
        line,
        group,
        ts,
        word(author.get("id")),
        text if isinstance(text, str) else "",
        names=tuple(dict.fromkeys(filter(None, names))),
        id=word(item.get("id")) or None,
        answers=_answered(item),
        addresses=_mentioned(item),
        is_bot=author.get("isBot") is True,
    )


def _answered(item: dict[str, Any]) -> str | None:
    reference = record(item.get("reference"))
    if reference.get("type") == "Forward":
        return None
    return word(reference.get("messageId")) or None


def _mentioned(item: dict[str, Any]) -> tuple[str, ...]:
    ids = (word(record(mention).get("id")) for mention in items(item.get("mentions")))
    return tuple(filter(None, ids))


def _time(source: Source, value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        return source.clock.read(value)
    except ValueError:
        return None
