"""JSON of Telegram Desktop, DiscordChatExporter, QQ Chat Exporter and ChatLab."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.chatlog import json_stream
from sim.chatlog.json_stream import items, parsed, record, string, word, words
from sim.chatlog.notices import APP_SENDERS, incident_of
from sim.chatlog.records import Chat, Incident, Move, Note, Record, Skipped, Utterance
from sim.chatlog.source import Source, sample, text_of

Item = dict[str, Any]
At = tuple[int, str, float]  # line, group and UTC seconds


@dataclass(frozen=True)
class _Format:
    """How one exporter writes a message: `heading` says of an element why it is none, `time` gives
    the field to be read as one, `records` what the rest says.
    """

    heading: Callable[[Item], str]
    time: Callable[[Item], Any]
    timeless: str
    records: Callable[[Item, At], Iterator[Record]]

    def read(self, source: Source, group: str, found: json_stream.Element) -> Iterator[Record]:
        """Read one element of an array of messages."""
        item, line = found.value, found.line
        if not isinstance(item, dict):
            yield Skipped(line, "not a JSON object", is_malformed=True)
        elif heading := self.heading(item):
            yield Skipped(line, heading)
        elif (ts := _time(source, self.time(item))) is None:
            yield Skipped(line, self.timeless, is_malformed=True)
        else:
            yield from self.records(item, (line, group, ts))


def _time(source: Source, value: Any) -> float | None:
    try:
        return source.clock.read(str(value))
    except ValueError:
        return None


# Telegram Desktop: ``result.json``, of one chat or of all.

_JOINED = {"invite_members", "join_group_by_link", "join_group_by_request"}
_LEFT = {"remove_members"}
_FOUNDED = {"create_group", "create_channel"}
_MOVES = ("migrate_to_supergroup", "migrate_from_group")
OWN_VOICE = "a message in the group's own name, of an admin nobody sees: an operator's"
ANOTHER_VOICE = "a message in the name of a channel: counted as a member's"
GROUP_TYPES = {"private_group", "private_supergroup", "public_group", "public_supergroup"}
LINK_TYPES = {"link", "text_link"}
_BOTS_PREFIX = re.compile(r"^-100(?=\d{10}$)0*|^-")  # before an id as bots see it


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
    for found in json_stream.elements(source):
        if isinstance(found, json_stream.Header):
            chats += 1
            is_list = '"chats"' in found.text or chats > 1
            is_wanted = not is_list or _last(found.text, "type") in GROUP_TYPES
            number = _BOTS_PREFIX.sub("", _last(found.text, "id"))
            group = number or f"{source.stem}-{chats}"
            if is_wanted:
                yield Chat(group, _last(found.text, "name"))
        elif is_wanted:
            yield from _TELEGRAM.read(source, group, found)
        else:
            yield Skipped(found.line, "in a chat that is no group")


def _last(header: str, field: str) -> str:
    """Return the last value of a field before an array of messages: the chat's own."""
    values = re.findall(rf'"{field}"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)', header)
    value = parsed(values[-1]) if values else None
    return "" if value is None else str(value)


def _of_telegram(item: Item, at: At) -> Iterator[Record]:
    if item.get("type") == "service":
        yield from _telegram_service(item, at)
        return
    name = word(item.get("from"))
    sender = word(item.get("from_id")) or name
    if item.get("type") != "message" or not sender:
        why = "no sender" if item.get("type") == "message" else "no known type"
        yield Skipped(at[0], why, is_malformed=True)
        return
    is_bot = sender == f"channel{at[1]}"
    if sender.startswith("channel"):
        yield Note(OWN_VOICE if is_bot else ANOTHER_VOICE)
    text, has_link, addresses = _content(item.get("text"), item.get("text_entities"))
    elsewhere = item.get("reply_to_peer_id") is not None
    answers = None if elsewhere else _key(item.get("reply_to_message_id"))
    made = Utterance(*at, sender, text, words(name), _key(item.get("id")), answers)
    made.addresses, made.has_link, made.is_bot = addresses, has_link, is_bot
    yield made


def _telegram_service(item: Item, at: At) -> Iterator[Record]:
    action = string(item.get("action"))
    actor = word(item.get("actor_id")) or word(item.get("actor"))
    if action in _FOUNDED:
        yield Chat(at[1], created=at[2])
    names = tuple(filter(None, map(word, items(item.get("members")))))
    event = "leave" if action in _LEFT else "join"
    if action in _JOINED | _LEFT | _FOUNDED and names:
        yield Incident(*at, event, names, by_name=True)
    elif action in _JOINED and actor:
        yield Incident(*at, event, (actor,))
    else:
        if action in _MOVES:
            yield Move(*at[1:], word(item.get("title")), action == _MOVES[0])
        yield Skipped(at[0], "notice of Telegram")


def _content(text: Any, entities: Any) -> tuple[str, bool, tuple[str, ...]]:
    """Return plain text, whether a link is marked in it, and whose ids it mentions."""
    parts = text if isinstance(text, list) else [text]
    objects = [part for part in items(entities) or parts if isinstance(part, dict)]
    plain = "".join(string(part) or word(record(part).get("text")) for part in parts)
    has_link = any(part.get("type") in LINK_TYPES for part in objects)
    mentions = (part for part in objects if part.get("type") == "mention_name")
    ids = (next((word(part[key]) for key in part if key.endswith("_id")), "") for part in mentions)
    return plain, has_link, tuple(f"user{number}" for number in ids if number)


def _key(value: Any) -> str | int | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


_TELEGRAM = _Format(
    lambda item: "unsupported by the export" if item.get("type") == "unsupported" else "",
    lambda item: item.get("date_unixtime") or item.get("date") or "",
    "no date, or an impossible one",
    _of_telegram,
)


# DiscordChatExporter: one file a channel or thread.

_MESSAGES = {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "20", "23"}
_EVENTS = {"GuildMemberJoin": "join", "RecipientAdd": "join", "RecipientRemove": "leave"}
EPOCH_MS = 1_420_070_400_000  # ids count milliseconds from 2015, in all but their last 22 bits


def is_discord(text: str) -> bool:
    """Say whether a file begins as DiscordChatExporter's JSON does."""
    return text.lstrip().startswith("{") and '"guild"' in text and '"channel"' in text


def read_discord(source: Source) -> Iterator[Record]:
    """Read a channel; the group was created when its channel was."""
    group = source.stem
    for found in json_stream.elements(source):
        if isinstance(found, json_stream.Header):
            about = record(parsed(f"{found.text}]}}"))
            channel = record(about.get("channel"))
            ends = (record(about.get("dateRange")).get("before"), about.get("exportedAt"))
            until = next(filter(None, (_time(source, string(end)) for end in ends)), None)
            own = word(channel.get("id"))
            group = own or source.stem
            yield Chat(group, word(channel.get("name")), created_by_id(own), until)
        else:
            yield from _DISCORD.read(source, group, found)


def created_by_id(snowflake: str) -> float | None:
    """Return when Discord gave out an id.

    >>> created_by_id("175928847299117063")
    1462015105.796
    """
    if not (snowflake.isascii() and snowflake.isdigit() and 17 <= len(snowflake) <= 20):
        return None
    return float((int(snowflake) >> 22) + EPOCH_MS) / 1000


def _of_discord(item: Item, at: At) -> Iterator[Record]:
    author, kind = record(item.get("author")), string(item.get("type"))
    sender = word(author.get("id"))
    ids = (word(record(mention).get("id")) for mention in items(item.get("mentions")))
    called = tuple(filter(None, ids))
    if not sender:
        yield Skipped(at[0], "no author", is_malformed=True)
    elif kind in _EVENTS:
        who = (kind.startswith("Recipient") and called) or (sender,)
        yield Incident(*at, _EVENTS[kind], who)
    elif kind in _MESSAGES:
        names = words(author.get("nickname"), author.get("name"))
        own, text = word(item.get("id")) or None, string(item.get("content"))
        reference, is_bot = record(item.get("reference")), author.get("isBot") is True
        is_forward = reference.get("type") == "Forward"
        answers = None if is_forward else word(reference.get("messageId")) or None
        yield Utterance(*at, sender, text, names, own, answers, addresses=called, is_bot=is_bot)
    else:
        yield Skipped(at[0], "notice of Discord")


_DISCORD = _Format(
    lambda _: "",
    lambda item: string(item.get("timestamp")),
    "no timestamp, or an impossible one",
    _of_discord,
)


# QQ Chat Exporter, and ChatLab, into which others convert theirs: JSON or JSON Lines.

PLATFORMS = {"qq", "wechat", "discord", "telegram", "whatsapp", "slack"}
CHATLAB_KINDS = {7: "link", 20: "packet", 22: "notice", 23: "notice", 80: "notice", 81: "notice"}
QQ_PACKETS = {"wallet", "redpacket", "red_packet", "hongbao"}

_QUOTED = re.compile(r"^\[(?:回复|引用)[^\]]*\]\s*")
_PACKET_TEXT = re.compile(r"\[(?:QQ)?红包\]")
_CHUNK = re.compile(r"chunk_?\d+", re.IGNORECASE)
_NUMBER_OF_GROUP = re.compile(r"group_(?:.*_)?(\d{5,12})_")


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
    yield Chat(group, word(meta.get("name")), None, _time(source, head.get("exportedAt")))
    yield from _in_file(source, source.path, group, _CHATLAB)


def read_qq_json(source: Source) -> Iterator[Record]:
    """Read a chat of QQ Chat Exporter's: a file, a part of one, or the folder of all its parts."""
    source.clock.assume("Asia/Shanghai")
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
        yield from _in_file(source, file, group, _QQ)


def qq_parts(folder: Path) -> list[Path]:
    """List the parts of a chat that QQ Chat Exporter has cut up; none for another folder."""
    if not (folder / "manifest.json").is_file():
        return []
    return [file for file in sorted(folder.glob("**/*.jsonl")) if _CHUNK.fullmatch(file.stem)]


def _in_file(source: Source, path: Path, group: str, format_: _Format) -> Iterator[Record]:
    are_lines = _first_line(text_of(sample(path), source.encoding))
    whole = json_stream.json_lines(source, path) if are_lines else json_stream.elements(source)
    for found in whole:
        if isinstance(found, json_stream.Element):
            yield from format_.read(source, group, found)


def _of_chatlab(item: Item, at: At) -> Iterator[Record]:
    code, sender = item.get("type"), word(item.get("sender"))
    kind = CHATLAB_KINDS.get(code, "") if isinstance(code, int) else ""
    names = words(item.get("groupNickname"), item.get("accountName"))
    keys = (word(item.get("platformMessageId")), word(item.get("replyToMessageId")))
    yield _message(at, kind, sender, names, string(item.get("content")), keys)


def _of_qq(item: Item, at: At) -> Iterator[Record]:
    sender, raw = record(item.get("sender")), record(item.get("rawMessage"))
    content = record(item.get("content"))
    text = string(content.get("text"))
    parts = [part for part in items(content.get("elements")) if isinstance(part, dict)]
    quotes = [record(part.get("data")) for part in parts if part.get("type") == "reply"]
    quotes.append(record(content.get("reply")))
    has_packet = any(part.get("type") in QQ_PACKETS for part in parts)
    flags = (item.get("type"), item.get("system"), item.get("isSystemMessage"))
    kind = "packet" if has_packet or _PACKET_TEXT.match(text) else ""
    kind = "notice" if "system" in flags or True in flags else kind
    ids = (sender.get("uin"), raw.get("senderUin"), sender.get("uid"), raw.get("senderUid"))
    own = (sender.get(key) for key in ("groupCard", "name", "nickname", "remark"))
    names = words(*own, raw.get("sendMemberName"), raw.get("sendNickName"))
    answers = [quote.get(key) for key in ("referencedMessageId", "messageId") for quote in quotes]
    keys = (_first([item.get("id"), item.get("messageId")]), _first(answers))
    yield _message(at, kind, _first(ids), names, text, keys)


def _message(
    at: At, kind: str, sender: str, names: tuple[str, ...], text: str, keys: tuple[str, str]
) -> Record:
    """Make a record; `keys` are the message's own id and that of the message it answers."""
    if kind == "notice" or not APP_SENDERS.isdisjoint((sender, *names)):
        return incident_of(at, text, "notice of the app")
    if not sender:
        return Skipped(at[0], "no sender", is_malformed=True)
    if kind == "packet":
        return Incident(*at, "packet", (sender,))
    own, answers = (key or None for key in keys)
    text, has_link = _QUOTED.sub("", text), kind == "link"
    return Utterance(*at, sender, text, names, own, answers, has_link=has_link)


_CHATLAB, _QQ = (
    _Format(
        lambda item: "" if item.get("_type", "message") == "message" else "heading of the file",
        lambda item: item.get("timestamp") or item.get("time"),
        "no timestamp, or an impossible one",
        records,
    )
    for records in (_of_chatlab, _of_qq)
)


def _first(values: Any) -> str:
    """Return the first of some ids that is one: QQ writes 0 for none."""
    return next((value for value in map(word, values) if value not in ("", "0")), "")


def _first_line(text: str) -> Item:
    """Return the object in the first line of JSON Lines; an empty one for anything else."""
    lines = (line for line in text.lstrip("\ufeff").splitlines() if line.strip())
    found = record(parsed(next((line for line in lines if not line.startswith("#")), "")))
    return {} if "messages" in found else found


def _object(text: str, key: str) -> Item:
    """Return the object that stands under a key, wherever a file's beginning has it."""
    match = re.search(rf'"{key}"\s*:\s*(?=\{{)', text)
    try:
        found = json.JSONDecoder(strict=False).raw_decode(text, match.end())[0] if match else {}
    except (ValueError, RecursionError):
        return {}
    return record(found)
