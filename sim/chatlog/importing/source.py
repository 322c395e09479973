"""The files of an export: opened in their encoding, read in pieces, their progress counted."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from sim.chatlog.importing.clock import Clock
from sim.chatlog.importing.packed import opened
from sim.errors import InputError

SAMPLE_BYTES = 1 << 18
LINES_BETWEEN_REPORTS = 2_000
# A line is cut there: no chat message is longer, and a file without line ends fits in memory.
LONGEST_LINE = 1 << 20


@dataclass
class Source:
    """One input as the user named it, with what was asked about how to read it."""

    path: Path  # A file or a folder.
    clock: Clock
    # For tables: the header of each field the user named.
    columns: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None  # None: found out from the file.
    advance: Callable[[int], None] = lambda _: None  # Called with every number of bytes read.
    stem: str = ""  # The key of a group whose export has none of its own.

    def open(self, path: Path | None = None) -> TextIO:
        """Open a file of the export as text; bytes that are none become lone surrogates."""
        chosen = path or self.path
        encoding = self.encoding or encoding_of(sample(chosen))
        return io.TextIOWrapper(opened(chosen), encoding, "surrogateescape", newline="")

    def lines(
        self, path: Path | None = None, counted: bool = True, with_ends: bool = False
    ) -> Iterator[tuple[int, str]]:
        """Read a file line by line."""
        with self.open(path) as file:
            for number, line in enumerate(self.paced(file) if counted else _lines(file), 1):
                yield number, line if with_ends else line.rstrip("\r\n")

    def paced(self, file: TextIO) -> Iterator[str]:
        """Read the lines of a file, and report now and then how many bytes they took."""
        done = 0
        for number, line in enumerate(_lines(file), 1):
            if number % LINES_BETWEEN_REPORTS == 0:
                now = file.buffer.tell()
                self.advance(now - done)
                done = now
            yield line


def sample(path: Path) -> bytes:
    """Return how a file begins."""
    try:
        with opened(path) as file:
            return file.read(SAMPLE_BYTES)
    except OSError as fault:
        raise InputError([f"{path}: cannot be read: {fault.strerror}"]) from None


def encoding_of(head: bytes) -> str:
    """Tell UTF-8, UTF-16 and the Chinese GB 18030 apart.

    >>> encoding_of("你好".encode("gb18030")), encoding_of("hé".encode("utf-8"))
    ('gb18030', 'utf-8-sig')
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8-sig"


def text_of(head: bytes, encoding: str | None = None) -> str:
    """Return the beginning of a file as text, whatever its bytes are."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding or encoding_of(head))("replace"), translate=True
    )
    return decoder.decode(head)


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        yield line
