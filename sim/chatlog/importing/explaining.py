"""What was tried on the lines of an export that were not understood, without their words."""

from __future__ import annotations

import unicodedata
from itertools import islice
from pathlib import Path

from sim.chatlog.importing.clock import OrderNeededError, ZoneNeededError
from sim.chatlog.importing.dates import LunarYearError
from sim.chatlog.importing.formats import UnrecognisedError, reading_of
from sim.chatlog.importing.record import Doubt, Skipped
from sim.chatlog.importing.source import Source, sample
from sim.chatlog.importing.table import header_of
from sim.chatlog.importing.wishes import Wishes
from sim.errors import InputError

MOST_LINES = 20
LONGEST_SHAPE = 60
_TABLE = (
    "a row with a sender and a time: seconds since 1970, ISO 8601, or a date with a time of day"
)
# By format, or by what was recognised besides; anything else is a table.
TRIED = {
    "whatsapp": "a date and a time at its head, in brackets or before a dash",
    "telegram": "a JSON object with date_unixtime or date, and from_id or from",
    "slack": "a JSON object with ts, and user or bot_id",
    "discord": "a JSON object with timestamp and author.id",
    "chatlab": "a JSON object with timestamp and sender",
    "QQ Chat Exporter": "a JSON object with timestamp or time, and sender.uin or sender.uid",
    "qq": "2024-01-31 8:05:00 NAME(12345678)",
    "WeFlow's text": "2024-01-31 08:05:00 'NAME'",
}


def explanation(path: Path, wishes: Wishes) -> list[str]:
    """Say where the first lines not understood are, what was tried, and their shape."""
    source = Source(path, wishes.clock(), wishes.columns, wishes.encoding, stem=path.stem)
    try:
        reading = reading_of(path, wishes.format, wishes.columns, wishes.encoding)
    except UnrecognisedError:
        return _unrecognised(source)
    except InputError as fault:
        return list(fault.problems)
    found: list[tuple[int, str, str]] = []
    try:
        for record in reading.read(source):
            if isinstance(record, Skipped) and record.is_malformed:
                found.append((record.line, record.why, record.place))
            elif isinstance(record, Doubt) and record.line:
                found.append((record.line, f"doubtful: {record.what}", ""))
            if len(found) == MOST_LINES:
                break
    except (ZoneNeededError, OrderNeededError, LunarYearError, InputError, OSError, UnicodeError):
        pass  # the import itself says so
    wanted = {line for line, _, place in found if not place}
    shapes = _shapes(source, wanted)
    tried = TRIED.get(reading.detail or reading.format, _TABLE)
    lines = [
        f"{path}: line {f'{place}:' if place else ''}{line}: {why}; tried: {tried}"
        + shapes.get(line, "")
        for line, why, place in found
    ]
    return lines or [f"{path}: no line that was not understood"]


def shape(line: str) -> str:
    """Write letters as a and digits as 9; at most 60 characters.

    >>> shape("[31/12/23] Zoë: 你好 👋")
    '[99/99/99] aaa: aa ?'
    """
    return "".join(map(_mark, line[:LONGEST_SHAPE]))


def _mark(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] in "LM":
        return "a"
    if kind[0] == "N":
        return "9"
    if character.isascii() and character.isprintable():
        return character
    return f"<{unicodedata.name(character, 'control')}>" if kind[0] in "CZ" else "?"


def _shapes(source: Source, wanted: set[int]) -> dict[int, str]:
    if not wanted or source.path.is_dir() or sample(source.path).startswith((b"PK", b"PAR1")):
        return {}
    lines = islice(source.lines(counted=False), max(wanted))
    return {number: f"; it looks like {shape(line)}" for number, line in lines if number in wanted}


def _unrecognised(source: Source) -> list[str]:
    tried = "; ".join(TRIED[name] for name in ("whatsapp", "qq", "WeFlow's text"))
    lines = ((number, line) for number, line in source.lines(counted=False) if line.strip())
    return [
        f"{source.path}: line {number}: no format; tried: {tried}; a table's header "
        f"({len(header_of(line)[0])} columns); JSON; it looks like {shape(line)}"
        for number, line in islice(lines, MOST_LINES)
    ]
