"""The folder of a Slack workspace's export: a folder a channel, a JSON file a day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.chatlog.importing.clock import since_epoch
from sim.chatlog.importing.json_values import items, record, word
from sim.chatlog.importing.record import Chat, Incident, Record, Skipped, Utterance
from sim.chatlog.importing.source import Source

SAID = {None, "", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "bot_message"}
JOINED = {"channel_join", "group_join"}
LEFT = {"channel_leave", "group_leave"}

_MENTION = re.compile(r"<@([A-Z0-9]{2,20})(?:\|[^>]*)?>")
_LINK = re.compile(r"<https?://")
_MARKUP = re.compile(r"<[^<>]*>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def is_slack(folder: Path) -> bool:
    """Say whether a folder is laid out as Slack's exports are.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    return (folder / "users.json").is_file() and any(
        (folder / name).is_file() for name in ("channels.json", "groups.json", "mpims.json")
    )


def slack_files(folder: Path) -> list[Path]:
    """List the files of messages.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path
        Channel by channel, day by day.
    """
    channels = sorted(path for path in folder.iterdir() if path.is_dir())
    return [file for channel in channels for file in sorted(channel.glob("*.json"))]


def read_slack(source: Source) -> Iterator[Record]:
    """Read all channels, those without any message included; direct messages are left out.

    Parameters
    ----------
    source : Source
        Its path is the folder.

    Yields
    ------
    Record
    """
    workspace = _workspace(source)
    for name, channel in workspace.channels.items():
        yield Chat(channel.key, name, channel.created)
    for file in slack_files(source.path):
        day = _json(file)
        source.advance(file.stat().st_size)
        name = file.parent.name
        channel = workspace.channels.get(name) or _Channel(name)
        if not isinstance(day, list):
            yield Skipped(1, "a day's file is no JSON array", is_malformed=True, place=file.name)
            continue
        is_direct = name in workspace.direct
        for number, item in enumerate(day, 1):
            if is_direct:
                yield Skipped(number, "direct message", place=file.name)
            else:
                yield _record(item, number, channel.key, workspace, file.name)


@dataclass(frozen=True)
class _Channel:
    key: str
    created: float | None = None


@dataclass
class _Workspace:
    channels: dict[str, _Channel] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bots: set[str] = field(default_factory=set)


def _workspace(source: Source) -> _Workspace:
    about = _Workspace()
    for list_name in ("channels", "groups", "mpims"):
        for item in _objects(source.path / f"{list_name}.json"):
            name, key = word(item.get("name")), word(item.get("id"))
            if name:
                about.channels[name] = _Channel(key or name, _time(item.get("created")))
    about.direct = {word(item.get("id")) for item in _objects(source.path / "dms.json")}
    for item in _objects(source.path / "users.json"):
        key = word(item.get("id"))
        profile = record(item.get("profile"))
        written = (profile.get("display_name"), profile.get("real_name"), item.get("real_name"))
        names = map(word, (item.get("name"), *written))
        about.names[key] = tuple(dict.fromkeys(filter(None, names)))
        if item.get("is_bot") is True or key == "USLACKBOT":
            about.bots.add(key)
    return about


def _record(item: Any, number: int, group: str, workspace: _Workspace, place: str) -> Record:
    if not isinstance(item, dict) or item.get("type", "message") != "message":
        return Skipped(number, "not a message object", is_malformed=True, place=place)
    ts = _time(item.get("ts"))
    subtype = item.get("subtype")
    subtype = subtype if isinstance(subtype, str) else None
    member = word(item.get("user"))
    sender = member or word(item.get("bot_id"))
    if ts is None:
        return Skipped(number, "no ts, or an impossible one", is_malformed=True, place=place)
    if subtype in JOINED | LEFT and sender:
        event = "join" if subtype in JOINED else "leave"
        return Incident(number, group, ts, event, (sender,))
    if subtype not in SAID:
        return Skipped(number, "notice of Slack", place=place)
    is_bot = subtype == "bot_message" or sender in workspace.bots or (not member and bool(sender))
    if not sender and not is_bot:
        return Skipped(number, "no sender", is_malformed=True, place=place)
    text = item.get("text")
    text = text if isinstance(text, str) else ""
    thread = word(item.get("thread_ts")) or None
    own = word(item.get("ts"))
    return Utterance(
        number,
        group,
        ts,
        sender or "bot",
        _plain(text),
        names=workspace.names.get(sender, ()),
        id=own,
        answers=thread if thread != own else None,
        thread=thread,
        addresses=tuple(_MENTION.findall(text)),
        mention_first=True,
        has_link=_LINK.search(text) is not None,
        is_bot=is_bot,
    )


def _plain(text: str) -> str:
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    if "&" in text:
        for escaped, plain in _ESCAPES:
            text = text.replace(escaped, plain)
    return text


def _objects(path: Path) -> list[dict[str, Any]]:
    found = items(_json(path)) if path.is_file() else []
    return [item for item in found if isinstance(item, dict)]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig", "surrogateescape"), strict=False)
    except (OSError, ValueError, RecursionError):
        return None


def _time(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return since_epoch(float(value))
    except (ValueError, OverflowError):
        return None
