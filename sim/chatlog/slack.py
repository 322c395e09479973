"""The folder of a Slack workspace's export: a folder a channel, a JSON file a day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sim.chatlog.dates import since_epoch
from sim.chatlog.json_stream import items, parsed, record, string, word, words
from sim.chatlog.records import Chat, Incident, Note, Record, Skipped, Utterance
from sim.chatlog.source import Source

SAID = {"", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "bot_message"}
EVENTS = {f"{kind}_{event}": event for kind in ("channel", "group") for event in ("join", "leave")}
_UNLISTED = "a folder that no list of channels names is read as a channel"
_LEFT_OUT = "a channel without a folder is left out: it may be one of those"

_CHANNELS = ("channels", "groups", "mpims")
_LISTS = (*_CHANNELS, "dms", "users")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_DIRECT = re.compile(r"D[A-Z0-9]{7,}")
_HIDDEN = (".", "__MACOSX")
# Under which archives' names in UTF-8 are wrongly read, and the other way round.
_CODECS = ("cp437", "cp850", "cp1252", "latin-1", "mac-roman", "gbk", "big5", "shift-jis", "euc-kr")

_ESCAPED = re.compile(r"#U([0-9a-fA-F]{4,5})")
_MENTION = re.compile(r"<@([A-Z0-9]{2,20})(?:\|[^>]*)?>")
_LINK = re.compile(r"<https?://")
_MARKUP = re.compile(r"<[^<>]*>")


def slack_roots(folder: Path, levels: int = 3) -> list[Path]:
    """Find the exports in a folder: itself, or those in the folders below it."""
    lists = any(map(_lists(folder).get, _CHANNELS))
    has_days = any(_DAY.search(file.name) for _, file in slack_files(folder))
    if has_days or (lists and "users" in _lists(folder)):
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
    workspace = _Workspace(root, {folder for folder, _ in files})
    yield from map(Note, workspace.remarks)
    yield from workspace.channels.values()
    for folder, file in files:
        day = _json(file)
        source.advance(file.stat().st_size)
        if not isinstance(day, list):
            yield Skipped(1, "a day's file is no JSON array", is_malformed=True, place=file.name)
            continue
        group = workspace.key_of.get(folder, folder)
        for number, item in enumerate(day, 1):
            if folder in workspace.direct:
                yield Skipped(number, "direct message", place=file.name)
                continue
            made = _record(item, number, group, workspace)
            if isinstance(made, Skipped):
                made.place = file.name
            yield made


class _Workspace:
    """What the lists of an export say: channels by name, people, and which folder is whose."""

    def __init__(self, root: Path, folders: set[str]) -> None:
        lists = _lists(root)
        objects = {name: [*map(record, items(_json(file)))] for name, file in lists.items()}
        self.remarks: list[str] = []
        self.channels: dict[str, Chat] = {}
        for item in (item for kind in _CHANNELS for item in objects.get(kind, ())):
            if name := word(item.get("name")):
                key = word(item.get("id")) or name
                self.channels[name] = Chat(key, name, _time(item.get("created")))
        self.direct = {word(item.get("id")) for item in objects.get("dms", ())}
        if "dms" not in lists:
            self.direct |= {name for name in folders if _DIRECT.fullmatch(name)}
        self.names: dict[str, tuple[str, ...]] = {}
        self.bots = {"USLACKBOT"}
        for item in objects.get("users", ()):
            key, profile = word(item.get("id")), record(item.get("profile"))
            written = (profile.get("display_name"), profile.get("real_name"), item.get("real_name"))
            self.names[key] = words(item.get("name"), *written)
            if item.get("is_bot") is True or item.get("is_workflow_bot") is True:
                self.bots.add(key)
        if "users" not in lists:
            self.remarks.append("no users.json: apps are known only by what they write")
        if not self.channels:
            self.remarks.append("no list of channels: when they were created is unknown")
        self.key_of = self._keys_of(folders)

    def _keys_of(self, folders: set[str]) -> dict[str, str]:
        """Find the channel of each folder, whatever became of its name in an archive."""
        known = {unicodedata.normalize("NFC", name): name for name in self.channels}
        met = {known.get(way): folder for folder in folders for way in _spellings(folder)}
        key_of = {folder: self.channels[name].group for name, folder in met.items() if name}
        if self.channels and (lost := folders - key_of.keys() - self.direct):
            silent = [name for name in self.channels if name not in met]
            self.remarks += [_UNLISTED] * len(lost) + [_LEFT_OUT] * len(silent)
            for name in silent:  # it may be one of the lost under another name
                del self.channels[name]
        return key_of


def _spellings(folder: str) -> list[str]:
    """Return what a folder was called before an archive's names were read in another encoding."""
    ways = [folder, unquote(folder), _ESCAPED.sub(lambda met: chr(int(met[1], 16)), folder)]
    for name in (folder, unicodedata.normalize("NFC", folder)):
        for codec in _CODECS:
            for written, read in ((codec, "utf-8"), ("utf-8", codec)):
                with suppress(UnicodeError):
                    ways.append(name.encode(written, "surrogateescape").decode(read))
    return [unicodedata.normalize("NFC", way) for way in ways]


def _lists(root: Path) -> dict[str, Path]:
    """Find the lists of an export by their names: channels, groups, mpims, dms, users."""
    files = {file.name.split("\\")[-1]: file for file in root.glob("*.json") if file.is_file()}
    return {name: files[f"{name}.json"] for name in _LISTS if f"{name}.json" in files}


def _record(item: Any, number: int, group: str, workspace: _Workspace) -> Record:
    if not isinstance(item, dict) or item.get("type", "message") != "message":
        return Skipped(number, "not a message object", is_malformed=True)
    ts, subtype, text = _time(item.get("ts")), string(item.get("subtype")), string(item.get("text"))
    member = word(item.get("user"))
    apps = words(item.get("bot_id"), record(item.get("bot_profile")).get("id"), item.get("app_id"))
    sender = member if member in workspace.bots or not apps else apps[0]
    if ts is None:
        return Skipped(number, "no ts, or an impossible one", is_malformed=True)
    if subtype in EVENTS and sender and sender not in workspace.bots:
        return Incident(number, group, ts, EVENTS[subtype], (sender,))
    if subtype not in SAID:
        return Skipped(number, "notice of Slack")
    is_bot = subtype == "bot_message" or sender in workspace.bots or bool(apps)
    if not sender and not is_bot:
        return Skipped(number, "no sender", is_malformed=True)
    own, thread = word(item.get("ts")), word(item.get("thread_ts")) or None
    answers = thread if thread != own else None
    names, addresses = workspace.names.get(sender, ()), tuple(_MENTION.findall(text))
    plain = _MARKUP.sub(" ", text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    made = Utterance(number, group, ts, sender or "bot", plain, names, own, answers, thread)
    made.addresses, made.mention_first, made.is_bot = addresses, True, is_bot
    made.has_link = _LINK.search(text) is not None
    return made


def _json(path: Path) -> Any:
    try:
        return parsed(path.read_bytes().decode("utf-8-sig", "surrogateescape"))
    except OSError:
        return None


def _time(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return since_epoch(float(value))
    except (ValueError, OverflowError):
        return None
