"""Arrays of messages in JSON files larger than memory, and values that may be anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
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
    """The part of a file that is being looked at; it is cut only now and then."""

    def __init__(self, file: Any, source: Source) -> None:
        self._file, self._source, self._done = file, source, 0
        self.text, self.is_whole = "", False
        self.at = self._counted = 0  # Where the reader is, and up to where lines were counted.
        self._line = 1
        self.next_start: re.Pattern[str] | None = None  # What an element of this array begins like.

    def more(self) -> bool:
        chunk = self._file.read(max(CHUNK, len(self.text)))
        now = self._file.buffer.tell()
        self._source.advance(now - self._done)
        self._done = now
        self.is_whole = not chunk
        self.text += chunk
        return bool(chunk)

    def line_here(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def drop(self, end: int) -> None:
        """Drop what stands before a place, and go there."""
        self.at = end
        self.line_here()
        self.text = self.text[end:]
        self.at = self._counted = 0

    def forget(self) -> None:
        """Drop what was read and read on."""
        self.drop(self.at)
        self.more()

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        while True:
            match = pattern.search(self.text)
            if match or not self.more():
                return match
            if len(self.text) > 4 * LONGEST_HEADER:
                self.drop(len(self.text) - 2 * LONGEST_HEADER)

    def skip_space(self) -> str:
        """Go to where the next element, or the array's end, begins; return its first character."""
        while True:
            match = _SPACE.match(self.text, self.at)
            assert match is not None
            if match.end() < len(self.text) or self.is_whole:
                break
            self.forget()
        self.at = match.end()
        first = self.text[self.at : self.at + 1]
        if self.next_start is None and first == "{":
            while len(self.text) - self.at < LONGEST_KEY and self.more():
                pass
            self.next_start = _start_like(match[0], self.text[self.at :])
        return first

    def next(self) -> int | None:
        """Return where the next element begins after the one at hand, if that is in the buffer."""
        match = self.next_start and self.next_start.search(self.text, self.at + 1)
        return match.start(match.lastgroup or 0) if match else None


def _array(buffer: _Buffer) -> Iterator[Element]:
    decode = json.JSONDecoder(strict=False).raw_decode
    buffer.next_start = None
    while (first := buffer.skip_space()) not in ("", "]"):
        line = buffer.line_here()
        try:
            value, end = decode(buffer.text, buffer.at)
            if end == len(buffer.text) and not buffer.is_whole:  # 12 may be the start of 123
                buffer.forget()
                continue
        except (ValueError, RecursionError):
            ahead = len(buffer.text) - buffer.at
            is_near = ahead < LOOK_AHEAD or (ahead < LARGEST_ELEMENT and buffer.next() is None)
            if is_near and not buffer.is_whole:
                buffer.forget()
                continue
            yield _broken(buffer, line, first, decode)
        else:
            buffer.at = end
            yield Element(line, value)
    buffer.drop(min(buffer.at + 1, len(buffer.text)))


def _broken(buffer: _Buffer, line: int, first: str, decode: Any) -> Element:
    """Go past an element that cannot be decoded; mend it where only its escapes are at fault."""
    end = buffer.next() or len(buffer.text)
    text, buffer.at = buffer.text[buffer.at : end], end
    if first != "{" or "\\x" not in text:
        return Element(line, None)
    # Telegram Desktop writes control characters as \x0F, which is no JSON
    mended = _BAD_ESCAPE.sub(lambda met: f"\\u00{met[1]}" if met[1] else met[0], text)
    with suppress(ValueError, RecursionError):
        return Element(line, decode(mended)[0])
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
