"""Packed inputs are read within bounds; files that are no chat are named, with what to do."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from chat_renderings import KEY

from sim.chatlog import source
from sim.chatlog.importing import Imported, Wishes, import_chats
from sim.errors import InputError

CHAT = "[31/12/2023, 10:00:00] Kim: hi\r\n[31/12/2023, 10:01:00] Lou: ho\r\n"
TABLE = "time,sender,text\n2024-01-01T10:00Z,ann,hi\n"


def read(path: Path) -> Imported:
    return import_chats([path], Wishes(time_zone="UTC", date_order="dmy"), KEY)


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(path)
    (line,) = caught.value.problems
    assert line.startswith(f"{path}: ")
    return line


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "files",
    [
        {"_chat.txt": CHAT},
        {"00001-PHOTO.jpg": "x", "notes.txt": "a text someone sent", "_chat.txt": CHAT},
        {"WhatsApp Chat with Us.txt": CHAT, "list.csv": "a,b"},
        {"a/b/_chat.txt": CHAT, "__MACOSX/a/b/._chat.txt": "x", "__MACOSX/._x.txt": "y"},
    ],
)
def test_the_chat_in_an_archive_is_read_as_it_would_be_unpacked(tmp_path: Path, files) -> None:
    made = read(zipped(tmp_path / "Chat.zip", files))
    (tmp_path / "Chat.txt").write_text(CHAT, newline="")
    assert made.log.messages.equals(read(tmp_path / "Chat.txt").log.messages)


def test_other_archives_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    assert "2 texts" in refusal(zipped(path, {"a.txt": CHAT, "b.txt": CHAT}))
    assert "0 texts" in refusal(zipped(path, {"a.jpg": "x"}))
    assert "save it as CSV" in refusal(zipped(path, {"content.xml": "", "mimetype": ""}))
    assert "a Slack export" in refusal(zipped(path, {"x/channels.json": "[]"}))
    path.write_bytes(zipped(path, {"_chat.txt": CHAT}).read_bytes()[:60])
    assert "damaged" in refusal(path)


def test_gzip_is_read_and_a_broken_end_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode()))
    assert len(read(path).log.messages) == 1
    path.write_bytes(gzip.compress(os.urandom(40_000).hex().encode())[:-9])
    assert "damaged" in refusal(path)


def test_what_unpacks_without_bounds_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(source, "RATIO_COUNTS_FROM_BYTES", 1 << 20)
    many = TABLE + "2024-01-01T10:00Z,ann,hi\n" * 100_000
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(many.encode()))
    assert "unpacks to more than" in refusal(path)
    assert "unpacks to more than" in refusal(zipped(tmp_path / "t.zip", {"t.csv": many}))


def test_a_workbook_of_one_sheet_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "chat.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["time", "sender", "text"])
    sheet.append([dt.datetime(2024, 1, 1, 10, 0), "ann", "who?"])
    sheet.append(["2024-01-01 10:01", "bob", None])
    sheet.append([45292.5, "cem", "a number of days"])
    book.create_sheet("spare")
    book.save(path)
    made = read(path)
    assert made.log.messages["ts"].tolist() == [1704103200.0, 1704103260.0, 1704110400.0]
    assert made.log.messages["type"].tolist() == ["question", "msg", "msg"]
    book["spare"].append(["x"])
    book.save(path)
    assert "2 sheets" in refusal(path)
    assert "save it as CSV" in refusal(zipped(tmp_path / "y.xlsx", {"xl/workbook.xml": ""}))


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"SQLite format 3\0...", "SQLite"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save it as CSV"),
        (b"<!DOCTYPE html>\n<div class='page_wrap'>", "Telegram's HTML; export it again"),
        (b"\n<html><div class=chatlog__message>", "DiscordChatExporter's HTML"),
        (b"<HTML>", "a web page"),
        (b"chat.txt".ljust(257, b"\0") + b"ustar\0", "a tar archive"),
    ],
)
def test_what_is_no_chat_is_named(tmp_path: Path, content: bytes, advice: str) -> None:
    path = tmp_path / "chat"
    path.write_bytes(content)
    assert advice in refusal(path)


def test_a_workbook_may_hold_dates_and_numbers_of_days_side_by_side(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    times = (45296.5, dt.datetime(2024, 1, 6, 11, 30), "2024-01-07 10:00", 45299, 1704844800)
    for row in (("time", "sender", "text"), *((time, "Ada", "x") for time in times), (None, None)):
        book.active.append(row)
    path = tmp_path / "chat.xlsx"
    book.save(path)
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    days = [
        dt.datetime.fromtimestamp(ts, dt.UTC).strftime("%d %H:%M") for ts in made.log.messages["ts"]
    ]
    assert days == ["05 12:00", "06 11:30", "07 10:00", "08 00:00", "10 00:00"]
    assert made.inputs[0].tally.malformed_total() == 0
