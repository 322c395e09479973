"""The ``result.json`` of Telegram Desktop's export, of one chat or of all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sim.chatlog.importing.json_stream import Element, Header, elements
from sim.chatlog.importing.json_values import items, word
from sim.chatlog.importing.record import Chat, Incident, Move, Note, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source

JOINED = {"invite_members", "join_group_by_link", "join_group_by_request"}
LEFT = {"remove_members"}
FOUNDED = {"create_group", "create_channel"}
MOVES = ("migrate_to_supergroup", "migrate_from_group")
OWN_VOICE = "a message in the group's own name, of an admin nobody sees: an operator's"
ANOTHER_VOICE = "a message in the name of a channel: counted as a member's"
GROUP_TYPES = {"private_group", "private_supergroup", "public_group", "public_supergroup"}
LINK_TYPES = {"link", "text_link"}
# Before an id as bots see it.
_BOTS_PREFIX = re.compile(r"^-100(?=\d{10}$)0*|^-")


_FIELD = {
    name: re.compile(rf'"{name}"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)')
    for name in ("name", "type", "id")
}


def is_telegram(text: str) -> bool:
    """Say whether a file begins as Telegram Desktop's exports do."""
    if '"guild"' in text and '"channel"' in text:
        return False
    known = '"date_unixtime"' in text or '"from_id"' in text or '"actor_id"' in text
    head, begun, _ = text.partition('"messages"')
    typed = any(f'"{kind}"' in head for kind in (*GROUP_TYPES, "personal_chat", "private_channel"))
    return text.lstrip().startswith("{") and (known or (bool(begun) and typed))


def read_telegram(source: Source) -> Iterator[Record]:
    """Read all groups of an export; private chats and channels only from a file of their own."""
    group, is_wanted, chats = source.stem, True, 0
    for found in elements(source):
        if isinstance(found, Header):
            chats += 1
            kind = _last(found.text, "type")
            is_list = '"chats"' in found.text or chats > 1
            is_wanted = not is_list or kind in GROUP_TYPES
            number = _BOTS_PREFIX.sub("", _last(found.text, "id"))
            group = number or f"{source.stem}-{chats}"
            if is_wanted:
                yield Chat(group, title=_last(found.text, "name") or "")
        elif not is_wanted:
            yield Skipped(found.line, "in a chat that is no group")
        else:
            yield from _records(source, group, found)


def _records(source: Source, group: str, found: Element) -> Iterator[Record]:
    item = found.value
    if not isinstance(item, dict):
        yield Skipped(found.line, "not a JSON object", is_malformed=True)
        return
    if item.get("type") == "unsupported":
        yield Skipped(found.line, "unsupported by the export")
        return
    try:
        ts = source.clock.read(str(item.get("date_unixtime") or item.get("date") or ""))
    except ValueError:
        yield Skipped(found.line, "no date, or an impossible one", is_malformed=True)
        return
    if item.get("type") == "message":
        message = _message(item, found.line, group, ts)
        if isinstance(message, Utterance) and message.sender.startswith("channel"):
            yield Note(OWN_VOICE if message.is_bot else ANOTHER_VOICE)
        yield message
    elif item.get("type") == "service":
        yield from _service(item, found.line, group, ts)
    else:
        yield Skipped(found.line, "no known type", is_malformed=True)


def _message(item: dict[str, Any], line: int, group: str, ts: float) -> Record:
    name = word(item.get("from"))
    sender = word(item.get("from_id")) or name
    if not sender:
        return Skipped(line, "no sender", is_malformed=True)
    text, has_link, addresses = _content(item.get("text"), item.get("text_entities"))
    elsewhere = item.get("reply_to_peer_id") is not None
    return Utterance(
        line,
        group,
        ts,
        sender,
        text,
        names=(name,) if name else (),
        id=_key(item.get("id")),
        answers=None if elsewhere else _key(item.get("reply_to_message_id")),
        addresses=addresses,
        has_link=has_link,
        is_bot=sender == f"channel{group}",
    )


def _service(item: dict[str, Any], line: int, group: str, ts: float) -> Iterator[Record]:
    action = item.get("action")
    action = action if isinstance(action, str) else ""
    if action in FOUNDED:
        yield Chat(group, created=ts)
    names = tuple(filter(None, map(word, items(item.get("members")))))
    event = "leave" if action in LEFT else "join"
    if action in JOINED | LEFT | FOUNDED and names:
        yield Incident(line, group, ts, event, names, by_name=True)
    elif action in JOINED and (who := word(item.get("actor_id")) or word(item.get("actor"))):
        yield Incident(line, group, ts, event, (who,))
    else:
        if action in MOVES:
            yield Move(group, ts, word(item.get("title")), action == MOVES[0])
        yield Skipped(line, "notice of Telegram")


def _content(text: Any, entities: Any) -> tuple[str, bool, tuple[str, ...]]:
    """Return plain text, whether a link is marked in it, and whose ids it mentions."""
    parts = text if isinstance(text, list) else [text]
    objects = [part for part in items(entities) or parts if isinstance(part, dict)]
    plain = "".join(
        part if isinstance(part, str) else word(part.get("text"))
        for part in parts
        if isinstance(part, str | dict)
    )
    has_link = any(part.get("type") in LINK_TYPES for part in objects)
    mentions = (part for part in objects if part.get("type") == "mention_name")
    return plain, has_link, tuple(filter(None, map(_mentioned, mentions)))


def _mentioned(part: dict[str, Any]) -> str:
    """Return whom a mention names, in the form of ``from_id``; it holds no other id."""
    ids = (word(value) for field, value in part.items() if field.endswith("_id"))
    number = next(ids, "")
    return f"user{number}" if number else ""


def _last(header: str, field: str) -> str:
    """Return the last value of a field before an array of messages: the chat's own."""
    values = _FIELD[field].findall(header)
    if not values:
        return ""
    try:
        return str(json.loads(values[-1], strict=False))
    except ValueError:
        return ""


def _key(value: Any) -> str | int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return value
