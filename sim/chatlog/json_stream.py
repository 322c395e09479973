"""Arrays of messages in JSON files larger than memory, and values that may be anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.chatlog.source import Source


def word(value: Any) -> str:
    """Return a text or a whole number as text."""
    is_word = isinstance(value, int | str) and not isinstance(value, bool)
    return str(value).strip() if is_word else ""


def words(*values: Any) -> tuple[str, ...]:
    """Return the texts and whole numbers that are not empty, each once."""
    return tuple(dict.fromkeys(filter(None, map(word, values))))


def string(value: Any) -> str:
    """Return a text as it stands."""
    return value if isinstance(value, str) else ""


def record(value: Any) -> dict[str, Any]:
    """Return an object's fields."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return an array's elements."""
    return value if isinstance(value, list) else []


def parsed(text: str) -> Any:
    """Return what a JSON text says; None for one that is no JSON."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


CHUNK = 1 << 20
LARGEST_ELEMENT = 1 << 24  # characters; a longer one is malformed: no message is
LOOK_AHEAD = 1 << 16  # no element is called malformed before so much after its start is read
LONGEST_KEY, LONGEST_HEADER = 64, 1 << 18

_ARRAY = re.compile(r'(?<!\\)"messages"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*")
_BAD_ESCAPE = re.compile(r"\\(?:\\|x([0-9A-Fa-f]{2}))")


@dataclass(slots=True)
class Header:
    """What stands before an array of messages, at most its last 262,144 characters."""

    text: str


@dataclass(slots=True)
class Element:
    """One element of an array of messages."""

    line: int  # Where it begins.
    value: Any  # None for one that is no JSON.


def elements(source: Source) -> Iterator[Header | Element]:
    """Read every array called ``messages`` of a JSON file, in one pass.

    An element that is no JSON ends where the next one begins at the same depth of indentation;
    in a file without line ends, where the next one begins with the same key as the first.
    """
    with source.open() as file:
        buffer = _Buffer(file, source)
        while match := buffer.find(_ARRAY):
            yield Header(buffer.text[max(0, match.start() - LONGEST_HEADER) : match.end()])
            buffer.drop(match.end())
            yield from _array(buffer)


def json_lines(source: Source, path: Path) -> Iterator[Element]:
    """Read a file with a JSON value a line; empty lines and comments (#) are passed over."""
    for number, line in source.lines(path):
        text = line.strip("\ufeff \t")
        if text and not text.startswith("#"):
            yield Element(number, parsed(text))


class _Buffer:
    """The part of a file that is being looked at, and the line it begins in."""

    def __init__(self, file: Any, source: Source) -> None:
        self._file = file
        self._source = source
        self._done = 0
        self.text = ""
        self.line = 1
        self.is_whole = False

    def more(self) -> bool:
        chunk = self._file.read(max(CHUNK, len(self.text)))
        now = self._file.buffer.tell()
        self._source.advance(now - self._done)
        self._done = now
        self.is_whole = not chunk
        self.text += chunk
        return bool(chunk)

    def drop(self, end: int) -> None:
        self.line += self.text.count("\n", 0, end)
        self.text = self.text[end:]

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        while True:
            match = pattern.search(self.text)
            if match or not self.more():
                return match
            if len(self.text) > 4 * LONGEST_HEADER:
                self.drop(len(self.text) - 2 * LONGEST_HEADER)


class _Elements:
    """Positions in the buffer while one array is read; the buffer is cut only now and then."""

    def __init__(self, buffer: _Buffer) -> None:
        self.buffer = buffer
        self.at = 0
        self.counted = 0
        self.line = buffer.line
        self.next_start: re.Pattern[str] | None = None

    def line_here(self) -> int:
        self.line += self.buffer.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def forget(self) -> None:
        """Drop what was read and read on."""
        self.line_here()
        self.buffer.drop(self.at)
        self.at = self.counted = 0
        self.buffer.more()

    def skip_space(self) -> str:
        """Go to where the next element, or the array's end, begins; return its first character."""
        while True:
            match = _SPACE.match(self.buffer.text, self.at)
            assert match is not None
            if match.end() < len(self.buffer.text):
                before = self.buffer.text[self.at : match.end()]
                self.at = match.end()
                return self._learned(before)
            if self.buffer.is_whole:
                self.at = match.end()
                return ""
            self.forget()

    def _learned(self, before: str) -> str:
        """Remember what the first object begins like; return the first character here."""
        first = self.buffer.text[self.at]
        if self.next_start is None and first == "{":
            while len(self.buffer.text) - self.at < LONGEST_KEY and self.buffer.more():
                pass
            self.next_start = _start_like(before, self.buffer.text[self.at :])
        return first


def _array(buffer: _Buffer) -> Iterator[Element]:
    decode = json.JSONDecoder(strict=False).raw_decode
    here = _Elements(buffer)
    while (first := here.skip_space()) not in ("", "]"):
        line = here.line_here()
        try:
            value, end = decode(buffer.text, here.at)
            if end == len(buffer.text) and not buffer.is_whole:  # 12 may be the start of 123
                here.forget()
                continue
        except (ValueError, RecursionError):
            ahead = len(buffer.text) - here.at
            is_near = ahead < LOOK_AHEAD or (ahead < LARGEST_ELEMENT and _next(here) is None)
            if is_near and not buffer.is_whole:
                here.forget()
                continue
            yield _broken(here, line, first, decode)
        else:
            here.at = end
            yield Element(line, value)
    buffer.drop(min(here.at + 1, len(buffer.text)))


def _next(here: _Elements) -> int | None:
    """Return where the next element begins after the one at hand, if that is in the buffer."""
    if here.next_start is None:
        return None
    match = here.next_start.search(here.buffer.text, here.at + 1)
    return match.start(match.lastgroup or 0) if match else None


def _broken(here: _Elements, line: int, first: str, decode: Any) -> Element:
    """Go past an element that cannot be decoded; mend it where only its escapes are at fault."""
    end = _next(here)
    text = here.buffer.text[here.at : end]
    here.at = len(here.buffer.text) if end is None else end
    if first != "{" or "\\x" not in text:
        return Element(line, None)
    try:  # Telegram Desktop writes control characters as \x0F, which is no JSON
        mended = _BAD_ESCAPE.sub(lambda met: f"\\u00{met[1]}" if met[1] else met[0], text)
        return Element(line, decode(mended)[0])
    except (ValueError, RecursionError):
        return Element(line, None)


def _start_like(before: str, text: str) -> re.Pattern[str] | None:
    """Return what the start of an element looks like in this file."""
    newline = before.rfind("\n")
    if newline >= 0:
        indent = re.escape(before[newline + 1 :])
        shorter = len(before) - newline - 2
        return re.compile(rf"\n{indent}(?P<here>\{{)|\n[ \t]{{0,{max(shorter, 0)}}}(?P<end>\])")
    key = re.match(r'\{\s*"[^"\\]+"\s*:', text[:LONGEST_KEY])
    return re.compile(rf",\s*(?P<here>{re.escape(key[0])})") if key else None
