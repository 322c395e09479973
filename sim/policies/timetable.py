"""A timetable from a CSV file: what a real group's team did, or will do, to the minute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from sim.errors import Faults, InputError, nearest, readable
from sim.policies import Facts, lever
from sim.state import POSTED, Actions, Setting, merge, packet_fits

LARGEST_FILE_BYTES = 20_000_000
MOST_FAULTS = 20
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
PACKET = "packet"
FILE = "CSV of day, time, kind and perhaps quality, everyone, fen, shares, lucky"

Row = dict[str, Any]  # by column


def _clock(text: str) -> float:
    """Read a clock time, 24:00 the last, as a local hour."""
    found = CLOCK.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    hour = hours + minutes / 60 + seconds / 3600
    if hour > 24 or minutes > 59 or seconds > 59:
        raise ValueError("a time as 08:30")
    return hour


def _number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    """Make a reader of numbers of a type in a range."""
    allowed = f"a {'whole ' * (kind is int)}number from {low:,} to {high:,}"

    def read(text: str) -> Any:
        try:
            number = kind(text)
        except ValueError:
            number = None
        if number is None or not low <= number <= high:
            raise ValueError(allowed)
        return number

    return read


def _kind(text: str) -> str:
    """Read what is sent."""
    if text not in (*POSTED, PACKET):
        raise ValueError(f"one of {', '.join((*POSTED, PACKET))}{nearest(text[:60], POSTED)}")
    return text


READERS: dict[str, Callable[[str], Any]] = {
    "day": _number(int, 0, 3650),
    "time": _clock,
    "kind": _kind,
    "quality": _number(float, 0, 3),
    "everyone": _number(int, 0, 1),
    "fen": _number(int, 0, 2_000_000),
    "shares": _number(int, 0, 100),
    "lucky": _number(int, 0, 1),
}
NEEDED = ("day", "time", "kind")
USUAL = {"quality": 1.0, "everyone": 0, "fen": 0, "shares": 0, "lucky": 1}


@dataclass(frozen=True)
class Timetable:
    r"""Do what a file says, to the minute: posts and packets of a real group's team, say.

    The file is a CSV (UTF-8, commas) with a line of column names. `day` is the local day, the day
    of creation 0; `time` the clock, as 08:30; `kind` is content, activity, greeting, ad, chat or
    packet. Posts may have `quality` (1) and `everyone` (0), packets need `fen` and `shares` and may
    have `lucky` (1). Empty cells take these usual values.

    Attributes
    ----------
    file : str
        The CSV, found from the scenario's folder; empty: nothing is done.
    repeat_days : int
        0 ... 365; the file is repeated every so many days (7: a week's plan); 0: once.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "week.csv"
    ...     _ = path.write_text("day,time,kind,fen,shares\n0,20:30,packet,800,8\n1,08:00,ad,,\n")
    ...     acts = Timetable(str(path)).plan(Setting(days=3.0, start_hour=12)).acts
    >>> acts["time_hours"].tolist(), acts["fen"].tolist()
    ([8.5, 20.0], [800, 0])
    """

    file: str = lever("", FILE, file=True)
    repeat_days: int = lever(
        0, "the file is repeated every so many days; 0: once", range=(0, 365), unit="days"
    )

    facts: ClassVar[Facts] = Facts(
        troubles=("fading", "cost"),
        pays="the fen of each packet",
        evidence="none of its own: it plays what a team did, beside what it might do",
    )

    def __post_init__(self) -> None:
        """Refuse a file that cannot be read, every fault with its line and column."""
        if self.file:
            read_rows(Path(self.file))

    def plan(self, setting: Setting) -> Actions:
        """Return everything in the file that falls between creation and the end."""
        rows = read_rows(Path(self.file)) if self.file else []
        weeks = np.zeros(1)
        if self.repeat_days:
            weeks = np.arange(0, setting.days + 2, self.repeat_days)
        acts = []
        for row in rows:
            times = 24.0 * (weeks + row["day"]) + row["time"] - setting.start_hour
            times = times[(times >= 0) & (times < 24.0 * setting.days)]
            acts.append(_acts(row, times))
        return merge(acts)


def _acts(row: Row, times: np.ndarray[Any, Any]) -> Actions:
    """Turn one line of the file into acts at these times."""
    group = np.zeros(len(times), dtype=np.int64)
    if row["kind"] == PACKET:
        return Actions.packets(group, times, row["fen"], row["shares"], bool(row["lucky"]))
    return Actions.posts(group, times, row["kind"], row["quality"], bool(row["everyone"]))


def read_rows(path: Path) -> list[Row]:
    """Read a timetable; refuse it with a line for each of its first twenty faults."""
    name = path.name
    try:
        with readable(path).open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        if len(content) > LARGEST_FILE_BYTES:
            raise InputError([f"{name}: larger than {LARGEST_FILE_BYTES:,} bytes"])
        text = content.decode("utf-8-sig")
    except OSError as fault:
        raise InputError([f"{name}: cannot be read: {fault.strerror}"]) from None
    except UnicodeDecodeError as fault:
        raise InputError([f"{name}: not UTF-8 text at byte {fault.start}"]) from None
    faults = Faults()
    rows = []
    try:
        for line, cells in _lines(name, csv.reader(io.StringIO(text, newline=""))):
            with faults.gathered(f"{name}: line {line}"):
                rows.append(_row(cells))
            if len(faults) >= MOST_FAULTS:
                break
    except csv.Error as fault:
        faults.append(f"{name}: not CSV: {fault}")
    faults.refuse()
    return rows


def _lines(name: str, reader: Any) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells by column of each line that is not empty."""
    heads = [head.strip().casefold() for head in next(reader, [])]
    faults = [
        f"{name}: line 1: {head[:60]!r} is not a column; there are {', '.join(READERS)}"
        for head in heads
        if head not in READERS
    ]
    faults += [f"{name}: line 1: no column {head}" for head in NEEDED if head not in heads]
    faults += [f"{name}: line 1: column {head} twice" for head in READERS if heads.count(head) > 1]
    Faults(faults).refuse()
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) > len(heads):
                raise InputError([f"{name}: line {reader.line_num}: more cells than columns"])
            yield reader.line_num, dict(zip(heads, map(str.strip, cells), strict=False))


def _row(cells: dict[str, str]) -> Row:
    """Read the cells of a line; each fault begins with its column."""
    faults, row = Faults(), Row(USUAL)
    for column in READERS:
        text = cells.get(column, "")
        if text == "" and column in USUAL:
            continue
        try:
            row[column] = READERS[column](text)
        except ValueError as fault:
            faults.append(f", {column}: {text[:60]!r} is not {fault}")
    faults.refuse()
    is_packet = row["kind"] == PACKET
    fits = packet_fits(np.array(row["fen"]), np.array(row["shares"]))
    if is_packet and not fits:
        sent = f"{row['fen']} fen in {row['shares']} shares"
        raise InputError([f", fen: a packet of {sent}; allowed: 1-20000 fen a share, 1-100 shares"])
    if not is_packet and (row["fen"] or row["shares"]):
        raise InputError([", fen: only a packet has money"])
    return row
