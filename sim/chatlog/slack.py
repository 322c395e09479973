"""The folder of a Slack workspace's export: a folder a channel, a JSON file a day."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sim.chatlog.dates import since_epoch
from sim.chatlog.json_stream import items, record, word
from sim.chatlog.records import Chat, Incident, Note, Record, Skipped, Utterance
from sim.chatlog.source import Source

SAID = {None, "", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "bot_message"}
JOINED = {"channel_join", "group_join"}
LEFT = {"channel_leave", "group_leave"}

_LISTS = ("channels", "groups", "mpims", "dms", "users")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_DIRECT = re.compile(r"D[A-Z0-9]{7,}")
_HIDDEN = (".", "__MACOSX")
# Under which archives' names in UTF-8 are wrongly read, and the other way round.
_CODECS = ("cp437", "cp850", "cp1252", "latin-1", "mac-roman", "gbk", "big5", "shift-jis", "euc-kr")

_ESCAPED = re.compile(r"#U([0-9a-fA-F]{4,5})")
_MENTION = re.compile(r"<@([A-Z0-9]{2,20})(?:\|[^>]*)?>")
_LINK = re.compile(r"<https?://")
_MARKUP = re.compile(r"<[^<>]*>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def slack_roots(folder: Path, levels: int = 3) -> list[Path]:
    """Find the exports in a folder: itself, or those in the folders below it."""
    lists = any(map(_lists(folder).get, ("channels", "groups", "mpims")))
    if any(_DAY.search(file.name) for _, file in slack_files(folder)):
        return [folder]
    if lists and "users" in _lists(folder):
        return [folder]
    below = sorted(path for path in folder.iterdir() if path.is_dir()) if levels else []
    seen = [path for path in below if not path.name.startswith(_HIDDEN)]
    return [root for path in seen for root in slack_roots(path, levels - 1)]


def slack_files(folder: Path) -> list[tuple[str, Path]]:
    r"""List the files of messages with the name of their channel's folder.

    Files that an archive's backslashes have left beside each other ("general\\2024-01-01.json")
    belong to the folders that their names tell.
    """
    inside = [(file.parent.name, file) for file in sorted(folder.glob("*/*.json"))]
    for file in sorted(folder.glob("*.json")):
        *_, channel, day = ["", *file.name.split("\\")]
        if channel and _DAY.fullmatch(day):
            inside.append((channel, file))
    return [
        (channel, file)
        for channel, file in inside
        if not channel.startswith(_HIDDEN) and not file.name.startswith(".") and file.is_file()
    ]


def read_slack(source: Source) -> Iterator[Record]:
    """Read all channels, those without any message included; direct messages are left out."""
    root = next(iter(slack_roots(source.path)), source.path)
    files = slack_files(root)
    workspace = _workspace(root)
    workspace.find({name for name, _ in files})
    yield from workspace.remarks()
    for name, channel in workspace.channels.items():
        yield Chat(channel.key, name, channel.created)
    for folder, file in files:
        day = _json(file)
        source.advance(file.stat().st_size)
        channel = workspace.of_folder.get(folder) or _Channel(folder)
        if not isinstance(day, list):
            yield Skipped(1, "a day's file is no JSON array", is_malformed=True, place=file.name)
            continue
        for number, item in enumerate(day, 1):
            if folder in workspace.direct:
                yield Skipped(number, "direct message", place=file.name)
            else:
                yield _record(item, number, channel.key, workspace, file.name)


@dataclass(frozen=True)
class _Channel:
    key: str
    created: float | None = None


@dataclass
class _Workspace:
    lists: dict[str, Path]
    channels: dict[str, _Channel] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bots: set[str] = field(default_factory=lambda: {"USLACKBOT"})
    of_folder: dict[str, _Channel] = field(default_factory=dict)
    unlisted: int = 0
    left_out: int = 0

    def find(self, folders: set[str]) -> None:
        """Find the channel of each folder, whatever became of its name in an archive."""
        if "dms" not in self.lists:
            self.direct |= {name for name in folders if _DIRECT.fullmatch(name)}
        known = {unicodedata.normalize("NFC", name): name for name in self.channels}
        met = {known.get(way): folder for folder in folders for way in _spellings(folder)}
        self.of_folder = {folder: self.channels[name] for name, folder in met.items() if name}
        if self.channels and (lost := folders - self.of_folder.keys() - self.direct):
            silent = [name for name in self.channels if name not in met]
            self.unlisted, self.left_out = len(lost), len(silent)
            for name in silent:  # it may be one of the lost under another name
                del self.channels[name]

    def remarks(self) -> Iterator[Note]:
        if "users" not in self.lists:
            yield Note("no users.json: apps are known only by what they write")
        if not self.channels and not self.left_out:
            yield Note("no list of channels: when they were created is unknown")
        yield from [Note("a folder that no list of channels names is read as a channel")] * (
            self.unlisted
        )
        yield from [Note("a channel without a folder is left out: it may be one of those")] * (
            self.left_out
        )


def _spellings(folder: str) -> list[str]:
    """Return what a folder was called before an archive's names were read in another encoding."""
    ways = [folder, unquote(folder), _ESCAPED.sub(lambda met: chr(int(met[1], 16)), folder)]
    for name in (folder, unicodedata.normalize("NFC", folder)):
        for codec in _CODECS:
            for written, read in ((codec, "utf-8"), ("utf-8", codec)):
                try:
                    ways.append(name.encode(written, "surrogateescape").decode(read))
                except UnicodeError:
                    continue
    return [unicodedata.normalize("NFC", way) for way in ways]


def _lists(root: Path) -> dict[str, Path]:
    """Find the lists of an export by their names: channels, groups, mpims, dms, users."""
    named = (
        (file.name.split("\\")[-1].removesuffix(".json"), file) for file in root.glob("*.json")
    )
    return {name: file for name, file in named if name in _LISTS and file.is_file()}


def _workspace(root: Path) -> _Workspace:
    about = _Workspace(_lists(root))
    objects = {name: _objects(about.lists.get(name)) for name in _LISTS}
    for list_name in ("channels", "groups", "mpims"):
        for item in objects[list_name]:
            name, key = word(item.get("name")), word(item.get("id"))
            if name:
                about.channels[name] = _Channel(key or name, _time(item.get("created")))
    about.direct = {word(item.get("id")) for item in objects["dms"]}
    for item in objects["users"]:
        key = word(item.get("id"))
        profile = record(item.get("profile"))
        written = (profile.get("display_name"), profile.get("real_name"), item.get("real_name"))
        names = map(word, (item.get("name"), *written))
        about.names[key] = tuple(dict.fromkeys(filter(None, names)))
        if item.get("is_bot") is True or item.get("is_workflow_bot") is True:
            about.bots.add(key)
    return about


def _record(item: Any, number: int, group: str, workspace: _Workspace, place: str) -> Record:
    if not isinstance(item, dict) or item.get("type", "message") != "message":
        return Skipped(number, "not a message object", is_malformed=True, place=place)
    ts = _time(item.get("ts"))
    subtype = item.get("subtype")
    subtype = subtype if isinstance(subtype, str) else None
    member = word(item.get("user"))
    apps = (item.get("bot_id"), record(item.get("bot_profile")).get("id"), item.get("app_id"))
    app = next(filter(None, map(word, apps)), "")
    sender = member if member in workspace.bots or not app else app
    if ts is None:
        return Skipped(number, "no ts, or an impossible one", is_malformed=True, place=place)
    if subtype in JOINED | LEFT and sender and sender not in workspace.bots:
        event = "join" if subtype in JOINED else "leave"
        return Incident(number, group, ts, event, (sender,))
    if subtype not in SAID:
        return Skipped(number, "notice of Slack", place=place)
    is_bot = subtype == "bot_message" or sender in workspace.bots or bool(app)
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


def _objects(path: Path | None) -> list[dict[str, Any]]:
    found = items(_json(path)) if path else []
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
