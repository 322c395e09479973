"""JSON of Telegram Desktop, DiscordChatExporter, QQ Chat Exporter and ChatLab."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.chatlog.dates import known_zone
from sim.chatlog.json_stream import Element, Header, elements, items, json_lines, record, word
from sim.chatlog.notices import APP_SENDERS, incident_of
from sim.chatlog.records import Chat, Incident, Move, Note, Record, Skipped, Utterance
from sim.chatlog.source import Source, sample, text_of

PLATFORMS = {"qq", "wechat", "discord", "telegram", "whatsapp", "slack"}
CHATLAB_KINDS = {7: "link", 20: "packet", 22: "notice", 23: "notice", 80: "notice", 81: "notice"}
QQ_PACKETS = {"wallet", "redpacket", "red_packet", "hongbao"}

_QUOTED = re.compile(r"^\[(?:回复|引用)[^\]]*\]\s*")
_PACKET_TEXT = re.compile(r"\[(?:QQ)?红包\]")
_CHUNK = re.compile(r"chunk_?\d+", re.IGNORECASE)
_NUMBER_OF_GROUP = re.compile(r"group_(?:.*_)?(\d{5,12})_")


@dataclass(frozen=True)
class _Said:
    kind: str
    sender: str
    names: tuple[Any, ...]
    text: Any
    id: str
    answers: str


def is_chatlab(text: str) -> bool:
    """Say whether a file begins as ChatLab's JSON or JSON Lines do."""
    head = text.lstrip("\ufeff \r\n\t")[:4_096]
    return head.startswith(("{", "#")) and '"chatlab"' in head


def is_qq_json(text: str) -> bool:
    """Say whether a file begins as QQ Chat Exporter's JSON or JSON Lines do."""
    first = _first_line(text)
    is_line = "content" in first and not {"uid", "uin"}.isdisjoint(record(first.get("sender")))
    return is_line or (text.lstrip("\ufeff \r\n\t").startswith("{") and '"chatInfo"' in text)


def chatlab_platform(text: str) -> str:
    """Return whose people a file of ChatLab's is about."""
    platform = word(_object(text, "meta").get("platform")).casefold()
    return platform if platform in PLATFORMS else "chatlab"


def read_chatlab(source: Source) -> Iterator[Record]:
    """Read a chat of ChatLab's."""
    text = text_of(sample(source.path), source.encoding)
    meta, head = _object(text, "meta"), _object(text, "chatlab")
    group = word(meta.get("groupId")) or source.stem
    until = _time(source, head.get("exportedAt"))
    yield Chat(group, word(meta.get("name")), observed_until=until)
    yield from _records(source, source.path, group, _of_chatlab)


def read_qq_json(source: Source) -> Iterator[Record]:
    """Read a chat of QQ Chat Exporter's: a file, a part of one, or the folder of all its parts."""
    if source.clock.zone is None:
        source.clock.zone = known_zone("Asia/Shanghai")
    path, group, about = source.path, source.stem, source.path
    if path.is_dir() or _CHUNK.fullmatch(path.stem):
        folder = path if path.is_dir() else path.resolve().parent
        folder = folder.parent if folder.name == "chunks" else folder
        group, about = folder.resolve().name, folder / "manifest.json"
    if number := _NUMBER_OF_GROUP.search(f"{group}_"):
        group = number[1]
    info = _object(text_of(sample(about)), "chatInfo") if about.is_file() else {}
    yield Chat(group, word(info.get("name")))
    for file in qq_parts(path) if path.is_dir() else [path]:
        yield from _records(source, file, group, _of_qq)


def qq_parts(folder: Path) -> list[Path]:
    """List the parts of a chat that QQ Chat Exporter has cut up; none for another folder."""
    if not (folder / "manifest.json").is_file():
        return []
    return [file for file in sorted(folder.glob("**/*.jsonl")) if _CHUNK.fullmatch(file.stem)]


def _records(
    source: Source, path: Path, group: str, said_by: Callable[[dict[str, Any]], _Said]
) -> Iterator[Record]:
    is_lines = bool(_first_line(text_of(sample(path), source.encoding)))
    for found in json_lines(source, path) if is_lines else elements(source):
        if not isinstance(found, Element):
            continue
        item, line = found.value, found.line
        if not isinstance(item, dict):
            yield Skipped(line, "not a JSON object", is_malformed=True)
        elif item.get("_type", "message") != "message":
            yield Skipped(line, "heading of the file")
        elif (ts := _time(source, item.get("timestamp") or item.get("time"))) is None:
            yield Skipped(line, "no timestamp, or an impossible one", is_malformed=True)
        else:
            yield _record((line, group, ts), said_by(item))


def _record(at: tuple[int, str, float], said: _Said) -> Record:
    text = said.text if isinstance(said.text, str) else ""
    names = tuple(dict.fromkeys(filter(None, map(word, said.names))))
    if said.kind == "notice" or not APP_SENDERS.isdisjoint((said.sender, *names)):
        return incident_of(at, text, "notice of the app")
    if not said.sender:
        return Skipped(at[0], "no sender", is_malformed=True)
    if said.kind == "packet":
        return Incident(*at, "packet", (said.sender,))
    return Utterance(
        *at,
        said.sender,
        _QUOTED.sub("", text),
        names=names,
        id=said.id or None,
        answers=said.answers or None,
        has_link=said.kind == "link",
    )


def _of_chatlab(item: dict[str, Any]) -> _Said:
    code = item.get("type")
    return _Said(
        CHATLAB_KINDS.get(code, "") if isinstance(code, int) else "",
        word(item.get("sender")),
        (item.get("groupNickname"), item.get("accountName")),
        item.get("content"),
        word(item.get("platformMessageId")),
        word(item.get("replyToMessageId")),
    )


def _of_qq(item: dict[str, Any]) -> _Said:
    sender, raw = record(item.get("sender")), record(item.get("rawMessage"))
    content = record(item.get("content"))
    parts = [part for part in items(content.get("elements")) if isinstance(part, dict)]
    quotes = [record(part.get("data")) for part in parts if part.get("type") == "reply"]
    quotes.append(record(content.get("reply")))
    ids = (sender.get("uin"), raw.get("senderUin"), sender.get("uid"), raw.get("senderUid"))
    says = (item.get("type"), item.get("system"), item.get("isSystemMessage"))
    is_notice = "system" in says or True in says
    text = content.get("text")
    has_packet = any(part.get("type") in QQ_PACKETS for part in parts)
    is_packet = has_packet or (isinstance(text, str) and _PACKET_TEXT.match(text) is not None)
    named = [(sender, key) for key in ("groupCard", "name", "nickname", "remark")]
    named += [(raw, key) for key in ("sendMemberName", "sendNickName")]
    answers = [quote.get(key) for key in ("referencedMessageId", "messageId") for quote in quotes]
    return _Said(
        "notice" if is_notice else "packet" if is_packet else "",
        _first(ids),
        tuple(holder.get(key) for holder, key in named),
        text,
        _first([item.get("id"), item.get("messageId")]),
        _first(answers),
    )


def _first(values: Any) -> str:
    """Return the first of some ids that is one: QQ writes 0 for none."""
    return next((value for value in map(word, values) if value not in ("", "0")), "")


def _time(source: Source, value: Any) -> float | None:
    try:
        return source.clock.read(str(value))
    except ValueError:
        return None


def _first_line(text: str) -> dict[str, Any]:
    """Return the object in the first line of JSON Lines; an empty one for anything else."""
    lines = (line for line in text.lstrip("\ufeff").splitlines() if line.strip())
    first = next((line for line in lines if not line.startswith("#")), "")
    try:
        found = record(json.loads(first, strict=False))
    except (ValueError, RecursionError):
        return {}
    return {} if "messages" in found else found


def _object(text: str, key: str) -> dict[str, Any]:
    """Return the object that stands under a key, wherever a file's beginning has it."""
    match = re.search(rf'"{key}"\s*:\s*(?=\{{)', text)
    try:
        found = json.JSONDecoder(strict=False).raw_decode(text, match.end())[0] if match else {}
    except (ValueError, RecursionError):
        return {}
    return record(found)


_TELEGRAM_JOINED = {"invite_members", "join_group_by_link", "join_group_by_request"}
_TELEGRAM_LEFT = {"remove_members"}
_TELEGRAM_FOUNDED = {"create_group", "create_channel"}
_TELEGRAM_MOVES = ("migrate_to_supergroup", "migrate_from_group")
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
            yield from _telegram_records(source, group, found)


def _telegram_records(source: Source, group: str, found: Element) -> Iterator[Record]:
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
        message = _telegram_message(item, found.line, group, ts)
        if isinstance(message, Utterance) and message.sender.startswith("channel"):
            yield Note(OWN_VOICE if message.is_bot else ANOTHER_VOICE)
        yield message
    elif item.get("type") == "service":
        yield from _telegram_service(item, found.line, group, ts)
    else:
        yield Skipped(found.line, "no known type", is_malformed=True)


def _telegram_message(item: dict[str, Any], line: int, group: str, ts: float) -> Record:
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


def _telegram_service(item: dict[str, Any], line: int, group: str, ts: float) -> Iterator[Record]:
    action = item.get("action")
    action = action if isinstance(action, str) else ""
    actor = word(item.get("actor_id")) or word(item.get("actor"))
    if action in _TELEGRAM_FOUNDED:
        yield Chat(group, created=ts)
    names = tuple(filter(None, map(word, items(item.get("members")))))
    event = "leave" if action in _TELEGRAM_LEFT else "join"
    if action in _TELEGRAM_JOINED | _TELEGRAM_LEFT | _TELEGRAM_FOUNDED and names:
        yield Incident(line, group, ts, event, names, by_name=True)
    elif action in _TELEGRAM_JOINED and actor:
        yield Incident(line, group, ts, event, (actor,))
    else:
        if action in _TELEGRAM_MOVES:
            yield Move(group, ts, word(item.get("title")), action == _TELEGRAM_MOVES[0])
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
    return plain, has_link, tuple(filter(None, map(_telegram_mentioned, mentions)))


def _telegram_mentioned(part: dict[str, Any]) -> str:
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


_DISCORD_SAID = {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "20", "23"}
_DISCORD_JOINED, _DISCORD_ADDED, _DISCORD_REMOVED = (
    "GuildMemberJoin",
    "RecipientAdd",
    "RecipientRemove",
)
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
            yield from _discord_records(source, group, found)


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
        _discord_time(source, before) or _discord_time(source, about.get("exportedAt")),
    )


def _discord_records(source: Source, group: str, found: Element) -> Iterator[Record]:
    item = found.value
    if not isinstance(item, dict):
        yield Skipped(found.line, "not a JSON object", is_malformed=True)
        return
    ts = _discord_time(source, item.get("timestamp"))
    author = record(item.get("author"))
    sender = word(author.get("id"))
    kind = item.get("type")
    if ts is None:
        yield Skipped(found.line, "no timestamp, or an impossible one", is_malformed=True)
    elif not sender:
        yield Skipped(found.line, "no author", is_malformed=True)
    elif kind == _DISCORD_JOINED:
        yield Incident(found.line, group, ts, "join", (sender,))
    elif kind in (_DISCORD_ADDED, _DISCORD_REMOVED):
        event = "join" if kind == _DISCORD_ADDED else "leave"
        yield Incident(found.line, group, ts, event, _discord_mentioned(item) or (sender,))
    elif kind in _DISCORD_SAID:
        yield _discord_message(item, found.line, group, ts, author)
    else:
        yield Skipped(found.line, "notice of Discord")


def _discord_message(
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
        addresses=_discord_mentioned(item),
        is_bot=author.get("isBot") is True,
    )


def _answered(item: dict[str, Any]) -> str | None:
    reference = record(item.get("reference"))
    if reference.get("type") == "Forward":
        return None
    return word(reference.get("messageId")) or None


def _discord_mentioned(item: dict[str, Any]) -> tuple[str, ...]:
    ids = (word(record(mention).get("id")) for mention in items(item.get("mentions")))
    return tuple(filter(None, ids))


def _discord_time(source: Source, value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        return source.clock.read(value)
    except ValueError:
        return None
