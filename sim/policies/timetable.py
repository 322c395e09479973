"""A timetable from a CSV file: what a real group's team did, or will do, to the minute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from sim.allowed import Allowed, show, shown_key
from sim.errors import Faults, InputError, nearest, readable
from sim.policies import Facts, lever
from sim.state import POSTED, Actions, Array, Setting, check_packet, merge

LARGEST_FILE_BYTES = 20_000_000
MOST_FAULTS = 20
CLOCK = re.compile(r"(\d\d?):([0-5]\d)(?::([0-5]\d))?")
PACKET = "packet"
FILE = "CSV of day, time, kind and perhaps quality, everyone, fen, shares, lucky"

OUTSIDE = (
    "{file}: {outside} lines lie outside the {days:g} days of this run, which begins on "
    "day 0 at {hour}:00"
)

Row = dict[str, Any]  # by column
COLUMNS = {
    "day": Allowed(int, 0, 3650),
    "time": Allowed(str),
    "kind": Allowed(str, choices=(*POSTED, PACKET)),
    "quality": Allowed(float, 0, 3),
    "everyone": Allowed(int, 0, 1),
    "fen": Allowed(int, 0, 2_000_000),
    "shares": Allowed(int, 0, 100),
    "lucky": Allowed(int, 0, 1),
}
USUAL = {"quality": 1.0, "everyone": 0, "fen": 0, "shares": 0, "lucky": 1}
NEEDED = ("day", "time", "kind")


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
        return merge([_acts(row, times) for row, times in self._played(setting)])

    def notes(self, setting: Setting) -> list[str]:
        """Say how many lines of the file are never played; refuse a file of which none is."""
        played = [len(times) > 0 for _, times in self._played(setting)]
        if all(played):
            return []
        lost, lines = played.count(False), len(played)
        line = OUTSIDE.format(
            file=Path(self.file).name,
            outside=f"{lost} of {lines}" if any(played) else f"all {lines}",
            days=setting.days,
            hour=setting.start_hour,
        )
        if not any(played):
            raise InputError([line])
        return [line]

    def _played(self, setting: Setting) -> list[tuple[Row, Array]]:
        """Return the lines of the file, each with the times at which it is played."""
        rows = read_rows(Path(self.file)) if self.file else []
        weeks = np.zeros(1)
        if self.repeat_days:
            weeks = np.arange(0, setting.days + 2, self.repeat_days)
        found = []
        for row in rows:
            times = 24.0 * (weeks + row["day"]) + row["hour"] - setting.start_hour
            found.append((row, times[(times >= 0) & (times < 24.0 * setting.days)]))
        return found


def _acts(row: Row, times: Array) -> Actions:
    """Turn one line of the file into acts at these times."""
    group = np.zeros(len(times), dtype=np.int64)
    if row["kind"] == PACKET:
        return Actions.packets(group, times, row["fen"], row["shares"], bool(row["lucky"]))
    return Actions.posts(group, times, row["kind"], row["quality"], bool(row["everyone"]))


def read_rows(path: Path) -> list[Row]:
    """Read a timetable; refuse it with a line for each of its first twenty faults."""
    name, faults, rows = path.name, Faults(), list[Row]()
    lines = csv.DictReader(io.StringIO(_text(path), newline=""), restval="")
    try:
        heads = [head.strip() for head in lines.fieldnames or ()]
        _check_heads(f"{name}: line 1", heads)
        lines.fieldnames = heads
        for cells in lines:
            with faults.gathered():
                rows += _row(f"{name}: line {lines.line_num}", cells)
            if len(faults) >= MOST_FAULTS:
                break
    except csv.Error as fault:
        faults.append(f"{name}: line {lines.line_num}: {fault}")
    if not rows and not faults:
        faults.append(f"{name}: no line below the names of the columns")
    faults.refuse()
    return rows


def _check_heads(place: str, heads: Sequence[str]) -> None:
    """Refuse the names of columns, all that is wrong with them in one line."""
    strange = [head for head in heads if head not in COLUMNS]
    near = nearest(strange[0][:60], [*COLUMNS]) if strange else ""
    said = [f"no such column: {', '.join(map(shown_key, strange))}{near}"] if strange else []
    if missing := [head for head in NEEDED if head not in heads]:
        said.append(f"no column {', '.join(missing)}")
    said += [f"two of {column}" for column in COLUMNS if heads.count(column) > 1]
    if said:
        raise InputError([f"{place}: {'; '.join(said)}"])


def _text(path: Path) -> str:
    try:
        with readable(path).open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        if len(content) <= LARGEST_FILE_BYTES:
            return content.decode("utf-8-sig")
        why = f"larger than {LARGEST_FILE_BYTES:,} bytes"
    except OSError as fault:
        why = f"cannot be read: {fault.strerror}"
    except UnicodeDecodeError as fault:
        why = f"not UTF-8 text at byte {fault.start}"
    raise InputError([f"{path.name}: {why}"])


def _row(place: str, cells: dict[Any, Any]) -> list[Row]:
    """Read a line: one row, none where it is empty; each fault names its column."""
    if None in cells:
        raise InputError([f"{place}: more cells than columns"])
    told = {column: text.strip() for column, text in cells.items()}
    faults, row = Faults(), Row(USUAL)
    for column in (column for column in COLUMNS if told.get(column) or column in NEEDED):
        with faults.gathered():
            row[column] = _value(f"{place}, {column}", COLUMNS[column], told[column])
    if not any(told.values()):
        return []
    faults.refuse()
    if row["kind"] == PACKET:
        try:
            check_packet(row["fen"], row["shares"])
        except ValueError as fault:
            raise InputError([f"{place}, fen: {fault}"]) from None
    elif row["fen"] or row["shares"]:
        raise InputError([f"{place}, fen: only a packet has money"])
    row["hour"] = sum(float(part or 0) / 60**at for at, part in enumerate(row["time"]))
    if row["hour"] > 24:
        raise InputError([f"{place}, time: {show(told['time'])} is after 24:00"])
    return [row]


def _value(key: str, known: Allowed, text: str) -> Any:
    """Read a cell as what its column holds; a time as its parts."""
    if key.endswith(", time"):
        if clock := CLOCK.fullmatch(text):
            return clock.groups()
        raise InputError([f"{key}: {show(text)} is not a time such as 08:30"])
    try:
        number = float(text)
    except ValueError:
        return known.checked(key, text)
    return known.checked(key, int(number) if number.is_integer() else number)
