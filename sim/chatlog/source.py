"""The files of an export: unpacked, opened in their encoding, read in pieces, progress counted."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TextIO

from sim.chatlog.dates import Clock
from sim.errors import InputError, readable

LARGEST_BYTES = 2 << 30
LARGEST_RATIO = 200
# More than that unpacked, or from there on more than so many times the packed size, is refused.
RATIO_COUNTS_FROM_BYTES = 100 << 20

ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"  # `opened` gives a workbook as the ZIP it is.
_UNPACK = "unpack it and name what was in it"
_NO_CHATS = {
    b"SQLite format 3": "a SQLite database; export the chat from it as CSV and name that",
    b"\xd0\xcf\x11\xe0": "an old or locked Excel workbook; save it as CSV",
    b"%PDF": "a PDF; export the chat as text, JSON or CSV",
    b"7z\xbc\xaf": f"a 7z archive; {_UNPACK}",
    b"Rar!": f"a RAR archive; {_UNPACK}",
    b"BZh": f"packed by bzip2; {_UNPACK}",
    b"\xfd7zXZ": f"packed by xz; {_UNPACK}",
}
_WEB_PAGES = {
    "chatlog__": "DiscordChatExporter's HTML; export it again as JSON",
    "DiscordChatExporter": "DiscordChatExporter's HTML; export it again as JSON",
    "page_wrap": "Telegram's HTML; export it again and choose JSON (machine-readable) as format",
    "": "a web page; export the chat again as JSON, CSV or text",
}
_TEXTS = {".txt", ".json", ".jsonl", ".csv", ".tsv", ".html", ".htm"}
_CHATS = {"_chat.txt", "result.json"}


def _refused(path: Path, why: str) -> InputError:
    return InputError([f"{path}: {why}"])


def opened(path: Path) -> BinaryIO:
    """Open a file for reading; of a ZIP archive the one chat in it, and gzip unpacked."""
    file = readable(path).open("rb")
    begin = file.peek(4)
    if begin.startswith(_GZIP):
        packed = path.stat().st_size
        return io.BufferedReader(_Unpacked(path, gzip.GzipFile(fileobj=file), packed))
    if not begin.startswith(ZIP):
        return file
    try:
        archive = zipfile.ZipFile(file)
        names = [info.filename for info in archive.infolist()]
        if "xl/workbook.xml" in names:
            file.seek(0)
            return file
        chosen = archive.getinfo(_chat_among(path, names))
        _refuse_bomb(path, chosen.file_size, chosen.compress_size)
        return io.BufferedReader(_Unpacked(path, archive.open(chosen), chosen.compress_size))
    except (zipfile.BadZipFile, RuntimeError):  # of which NotImplementedError is one
        damaged = f"a ZIP archive that is damaged or has a password; {_UNPACK}"
        raise _refused(path, damaged) from None


def sheet_of(path: Path) -> list[Any] | Any:
    """Return the rows of the one sheet of an Excel workbook that is not empty, as an iterator."""
    try:
        import openpyxl
    except ImportError:
        advice = "save it as CSV, or install openpyxl (pip install 'qunlab[excel]')"
        raise _refused(path, f"an Excel workbook; {advice}") from None
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(path, sum(i.file_size for i in archive.infolist()), path.stat().st_size)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if any(map(any, sheet.values))]
    except InputError:
        raise
    except Exception:  # openpyxl lets through whatever its parsers raise
        raise _refused(path, "an Excel workbook that is damaged; save it as CSV") from None
    if len(sheets) != 1:
        which = f"{len(sheets)} sheets ({', '.join(repr(sheet.title) for sheet in sheets)})"
        raise _refused(path, f"an Excel workbook of {which}; save one of them as CSV")
    return sheets[0].values


def no_chat(head: bytes, text: str) -> str:
    """Say what a file is that is certainly no chat we read, and what to do; else empty."""
    if head[257:262] == b"ustar":
        return f"a tar archive; {_UNPACK}"
    if found := [what for begin, what in _NO_CHATS.items() if head.startswith(begin)]:
        return found[0]
    if text.lstrip("\ufeff \r\n\t")[:14].casefold().startswith(("<!doctype html", "<html")):
        return next(what for mark, what in _WEB_PAGES.items() if mark in text)
    return ""


def _chat_among(path: Path, names: list[str]) -> str:
    if any(name.endswith("channels.json") for name in names):
        raise _refused(path, "a Slack export; unpack it and name its folder")
    if {"word/document.xml", "content.xml"}.intersection(names):
        raise _refused(path, "an office document; save it as CSV or as plain text")
    hidden = ("__MACOSX", ".")
    paths = [PurePosixPath(name) for name in names if not name.startswith(hidden)]
    texts = [each for each in paths if each.suffix.casefold() in _TEXTS]
    likely = [each for each in texts if each.name in _CHATS or each.stem == path.stem]
    likely = likely or [each for each in texts if "whatsapp" in each.name.casefold()]
    chosen = likely if len(likely) == 1 else texts
    if len(chosen) != 1:
        several = f"a ZIP archive with {len(chosen)} texts; unpack it and name those to read"
        raise _refused(path, several)
    return str(chosen[0])


def _refuse_bomb(path: Path, unpacked: int, packed: int) -> None:
    is_bomb = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > LARGEST_RATIO * packed
    if is_bomb or unpacked > LARGEST_BYTES:
        size = f"unpacks to more than {unpacked >> 20:,} MB"
        raise _refused(path, f"{size}; unpack it yourself, if you trust it")


class _Unpacked(io.RawIOBase):
    """The bytes of a packed file, as long as they stay within bounds."""

    def __init__(self, path: Path, inner: Any, packed: int) -> None:
        self._path, self._inner, self._packed = path, inner, packed

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._inner.read(len(buffer))
        except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
            raise InputError([f"{self._path}: an archive that is damaged"]) from None
        buffer[: len(data)] = data
        _refuse_bomb(self._path, self._inner.tell(), self._packed)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._inner.seek(offset, whence))

    def tell(self) -> int:
        return int(self._inner.tell())


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
            for number, line in enumerate(self.paced(file, counted), 1):
                yield number, line if with_ends else line.rstrip("\r\n")

    def paced(self, file: TextIO, counted: bool = True) -> Iterator[str]:
        """Read the lines of a file, and report now and then how many bytes they took."""
        done = 0
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), 1):
            if counted and number % LINES_BETWEEN_REPORTS == 0:
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
        raise _refused(path, f"cannot be read: {fault.strerror}") from None


def encoding_of(head: bytes) -> str:
    """Tell UTF-8, UTF-16 and the Chinese GB 18030 apart.

    >>> encoding_of("你好".encode("gb18030")), encoding_of("hé".encode("utf-8"))
    ('gb18030', 'utf-8-sig')
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            codecs.getincrementaldecoder(encoding)().decode(head)
            return encoding
    return "utf-8-sig"


def text_of(head: bytes, encoding: str | None = None) -> str:
    """Return the beginning of a file as text, whatever its bytes are."""
    decoder = codecs.getincrementaldecoder(encoding or encoding_of(head))("replace")
    return io.IncrementalNewlineDecoder(decoder, translate=True).decode(head)
