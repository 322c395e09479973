"""The formats of exports: how each is recognised and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sim.chatlog import json_chats, qq_text, slack, tables
from sim.chatlog.records import Record
from sim.chatlog.source import ZIP, Source, no_chat, sample, sheet_of, text_of
from sim.chatlog.whatsapp import is_whatsapp, read_whatsapp
from sim.errors import InputError
from sim.kinds import EXPORT, LOG, refuse_another
from sim.language import N_, _

# Every format and what it is.
FORMATS = N_(
    {
        "whatsapp": "the text file of WhatsApp's 'Export chat'",
        "telegram": "result.json of Telegram Desktop's 'Export chat history'",
        "slack": "the unpacked folder of a Slack workspace export",
        "discord": "JSON or CSV of DiscordChatExporter",
        "wechat": "CSV or text of a WeChat exporter, or text copied out of its window",
        "qq": "text of QQ's message manager, JSON of QQ Chat Exporter, or CSV of a QQ exporter",
        "chatlab": "JSON or JSON Lines of ChatLab",
        "csv": "any other table with a time and a sender",
        "parquet": "the same as a Parquet file",
    }
)

# What a record of each is tried as, by format or by what was recognised besides.
TRIED = {
    "whatsapp": "a date and a time at its head, in brackets or before a dash",
    "telegram": "a JSON object with date_unixtime or date, and from_id or from",
    "slack": "a JSON object with ts, and user or bot_id",
    "discord": "a JSON object with timestamp and author.id",
    "chatlab": "a JSON object with timestamp and sender",
    "QQ Chat Exporter": "a JSON object with timestamp or time, and sender.uin or sender.uid",
    "qq": "2024-01-31 8:05:00 NAME(12345678)",
    "WeFlow's text": "2024-01-31 08:05:00 'NAME'",
    "text copied out of WeChat": "NAME 2024/1/31 8:05, 2024-01-31 8:05:00 NAME, or a "
    "name and a clock below a day's line",
    "table": "a row with a sender and a time: "
    "seconds since 1970, ISO 8601, or a date with a time of day",
}

_SHAPES = "'2024-01-31 8:05:00 NAME', 'NAME 2024/1/31 8:05', '31/01/2024, 8:05 - NAME: TEXT'"


class UnrecognisedError(InputError):
    """No format fits a file."""


@dataclass(frozen=True)
class Reading:
    """How one input is to be read."""

    format: str  # One of `FORMATS`.
    platform: str  # People of different platforms are never the same.
    detail: str  # What was recognised besides, such as the exporter.
    read: Callable[[Source], Iterator[Record]]  # From the source to its records.


def reading_of(
    path: Path, forced: str | None, columns: dict[str, str], encoding: str | None = None
) -> Reading:
    """Recognise the format of an export."""
    if forced is None:
        refuse_another(path, (EXPORT, LOG))
    if path.is_dir():
        return _of_folder(path, forced)
    head = sample(path)
    text = text_of(head, encoding)
    if not head.strip():
        raise InputError([f"{path}: an empty file"])
    if what := no_chat(head, text):
        raise InputError([f"{path}: {what}"])
    for name, detail, fits, read in () if columns else _TEXTS:
        is_meant = forced == name
        if ((forced is None or is_meant) and fits(text)) or (is_meant and name in _NO_TABLES):
            platform = json_chats.chatlab_platform(text) if name == "chatlab" else name
            return Reading(name, platform, detail, read)
    return _of_table(path, head, text, forced, columns)


def size_of(path: Path) -> int:
    """Return the bytes an import will read."""
    if not path.is_dir():
        return path.stat().st_size
    days = [file for root in slack.slack_roots(path) for _, file in slack.slack_files(root)]
    return sum(file.stat().st_size for file in json_chats.qq_parts(path) or days)


# Format, what is recognised besides, whether a text begins like one, and its reader.
_TEXTS = (
    ("chatlab", "", json_chats.is_chatlab, json_chats.read_chatlab),
    ("qq", "QQ Chat Exporter", json_chats.is_qq_json, json_chats.read_qq_json),
    ("discord", "", json_chats.is_discord, json_chats.read_discord),
    ("telegram", "", json_chats.is_telegram, json_chats.read_telegram),
    ("whatsapp", "", is_whatsapp, read_whatsapp),
    ("qq", "", qq_text.is_qq_text, qq_text.read_qq_text),
    ("wechat", "WeFlow's text", qq_text.is_weflow_text, qq_text.read_weflow_text),
    ("wechat", "text copied out of WeChat", qq_text.is_wechat_copy, qq_text.read_wechat_copy),
)
_NO_TABLES = ("whatsapp", "telegram", "slack", "chatlab")


def _of_folder(path: Path, forced: str | None) -> Reading:
    if forced in (None, "qq") and json_chats.qq_parts(path):
        return Reading("qq", "qq", "QQ Chat Exporter", json_chats.read_qq_json)
    if forced not in (None, "slack"):
        raise InputError([f"{path}: a folder; only the format slack is one"])
    roots = slack.slack_roots(path)
    if len(roots) > 1 or (forced is None and not roots):
        raise InputError([f"{path}: {_no_slack(path, len(roots))}"])
    return Reading("slack", "slack", "", slack.read_slack)


def _no_slack(folder: Path, exports: int) -> str:
    if exports:
        return f"a folder with {exports} Slack exports below it; name one of them"
    if (folder / "result.json").is_file():
        return "a folder of Telegram's; name the result.json in it"
    if slack.slack_roots(folder.resolve().parent, levels=0):
        return "a channel of a Slack export; name the folder above it, which holds channels.json"
    return "a folder without channels.json and the days of channels that a Slack export has"


def _of_table(
    path: Path, head: bytes, text: str, forced: str | None, columns: dict[str, str]
) -> Reading:
    is_parquet = head.startswith(b"PAR1")
    if head.startswith(ZIP):
        rows: tables.Rows = tables.workbook_rows
        first = next((row for row in sheet_of(path) if any(row)), ())
        header = [str(cell) for cell in first]
    else:
        rows = tables.parquet_rows if is_parquet else tables.csv_rows
        header = tables.parquet_header(path) if is_parquet else tables.header_of(text)[0]
    layout = None if text.lstrip().startswith("{") else tables.layout_of(header, columns)
    is_other = forced in ("csv", "parquet") and (forced == "parquet") != is_parquet
    if layout is None or forced in _NO_TABLES or is_other:
        is_table = len(header) > 1 and not text.startswith("{")
        raise UnrecognisedError([_unknown(path, forced, is_table)])
    if forced in ("wechat", "qq", "discord") and layout.platform != forced:
        layout = replace(layout, platform=forced)
    platform = layout.platform
    name = platform if platform in FORMATS else "parquet" if is_parquet else "csv"
    read = partial(tables.read_table, layout=layout, rows=rows)
    return Reading(name, platform, layout.name, read)


def _unknown(path: Path, forced: str | None, is_table: bool) -> str:
    if forced:
        return f"{path}: not of the format {forced} ({_(FORMATS[forced])})"
    known = [f"{name} ({_(what)})" for name, what in FORMATS.items()]
    known += [_("for a table, --column time=HEADER --column sender=HEADER")] if is_table else []
    listed = "; ".join(known)
    return f"{path}: format not recognised; a message begins as {_SHAPES}; --format takes: {listed}"
