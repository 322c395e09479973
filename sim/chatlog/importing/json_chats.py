"""JSON and JSON Lines of QQ Chat Exporter, and of ChatLab, into which others convert theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.chatlog.importing.clock import known_zone
from sim.chatlog.importing.json_stream import Element, elements, json_lines
from sim.chatlog.importing.json_values import items, record, word
from sim.chatlog.importing.record import Chat, Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source, sample, text_of
from sim.chatlog.importing.table_kinds import APP_SENDERS, incident_of

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
