"""Import chat exports: recognise, read, give pseudonyms, and account for every line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path

import numpy as np
import pandas as pd

from sim.chatlog import dates
from sim.chatlog.formats import FORMATS, TRIED, Reading, UnrecognisedError, reading_of, size_of
from sim.chatlog.gathering import Gathering, frames_of, round_down
from sim.chatlog.log import ChatLog
from sim.chatlog.people import Pseudonyms
from sim.chatlog.records import Skipped, Tally, Unclear
from sim.chatlog.source import Source, sample
from sim.chatlog.tables import header_of
from sim.errors import Faults, InputError, nearest
from sim.language import _
from sim.progress import Progress


@dataclass(frozen=True)
class Wishes:
    """What the user asks of an import."""

    format: str | None = None  # One of `FORMATS`; None: recognised.
    time_zone: str | None = None  # IANA name, for exports with local times.
    date_order: str | None = None  # ``dmy``, ``mdy`` or ``ymd``; None: found out from the dates.
    columns: dict[str, str] = field(default_factory=dict)  # For tables: the header of each field.
    encoding: str | None = None  # One that Python knows; None: found out.
    operators: tuple[str, ...] = ()  # Names or ids, as the exports write them.
    group_names: tuple[str, ...] = ()  # One a group, in the order of the inputs; empty: pseudonyms.
    keep_group_names: bool = False  # Whether groups keep the names the exports give them.
    # When the exports were made; None: each is observed until its last record.
    observed_until: str | None = None
    # Times are taken down to whole so many minutes, 1 to 1,440; None: they are kept.
    round_minutes: int | None = None

    def clock(self) -> dates.Clock:
        """Return a clock for one input."""
        zone = dates.known_zone(self.time_zone) if self.time_zone else None
        return dates.Clock(zone, self.date_order)

    def until(self) -> float | None:
        """Return the end of observation.

        >>> Wishes(observed_until="1970-01-02").until()
        Traceback (most recent call last):
        ...
        sim.errors.InputError: --observed-until: '1970-01-02': allowed: a time as 2024-05-31T18:00Z
        """
        if self.observed_until is None:
            return None
        try:
            return self.clock().read(self.observed_until)
        except dates.ZoneNeededError:
            wanted = "a local time; end it in Z or +08:00, or give --time-zone"
        except (ValueError, dates.UnclearDatesError):
            wanted = "allowed: a time as 2024-05-31T18:00Z"
        raise InputError([f"--observed-until: {self.observed_until!r}: {wanted}"])

    def faults(self) -> Faults:
        """Say what is wrong with what is asked, before any input is read.

        >>> Wishes(format="watsapp", date_order="ydm").faults()[1]
        "--date-order: 'ydm'; allowed: dmy, mdy, ymd"
        """
        problems = Faults()
        if self.format is not None and self.format not in FORMATS:
            allowed = f"{', '.join(FORMATS)}{nearest(self.format, tuple(FORMATS))}"
            problems.append(f"--format: {self.format!r}; allowed: {allowed}")
        if self.date_order not in (None, *dates.DATE_ORDERS):
            allowed = ", ".join(dates.DATE_ORDERS)
            problems.append(f"--date-order: {self.date_order!r}; allowed: {allowed}")
        with problems.gathered():
            self.clock()
            self.until()
        if self.round_minutes is not None and not 1 <= self.round_minutes <= 1_440:
            problems.append(f"--round-minutes: {self.round_minutes}; allowed: 1 to 1,440")
        if len(set(self.group_names)) < len(self.group_names):
            problems.append("--group: two groups of one name")
        return problems


MOST_LINES = 20
LONGEST_SHAPE = 60


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
    with suppress(dates.UnclearDatesError, InputError, OSError, UnicodeError):  # the import says so
        for record in reading.read(source):
            if isinstance(record, Skipped) and record.is_malformed:
                found.append((record.line, record.why, record.place))
            elif isinstance(record, Unclear) and record.line:
                found.append((record.line, f"doubtful: {record.what}", ""))
            if len(found) == MOST_LINES:
                break
    wanted = {line for line, _, place in found if not place}
    shapes = _shapes(source, wanted)
    tried = TRIED.get(reading.detail or reading.format, TRIED["table"])
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
    kind = unicodedata.category(character)[0]
    if kind in "LMN":
        return "9" if kind == "N" else "a"
    if character.isascii() and character.isprintable():
        return character
    return f"<{unicodedata.name(character, 'control')}>" if kind in "CZ" else "?"


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


@dataclass(frozen=True)
class InputReport:
    """What became of one input."""

    path: Path
    format: str  # What it was taken for.
    detail: str
    zone: str  # Of its local times; empty where it had none.
    skipped_times: int  # Local times that no clock in that zone ever showed.
    date_order: str  # Of its dates; empty where their writing tells.
    calendar: str  # Of its dates; empty where it has none.
    tally: Tally


@dataclass(frozen=True)
class Imported:
    """A message log made of exports with its events and groups, and the account of it."""

    log: ChatLog
    events: pd.DataFrame
    groups: pd.DataFrame
    inputs: tuple[InputReport, ...]
    notes: tuple[str, ...]  # What the reader must know.


def import_chats(
    paths: Sequence[Path], wishes: Wishes, key: bytes, progress: Progress = lambda *_: None
) -> Imported:
    r"""Read chat exports into one message log without texts or names.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "chat.csv"
    ...     written = file.write_text("time,sender,text\n2024-01-01T08:00:00Z,Ada,Who is in?\n")
    ...     made = import_chats([file], Wishes(), b"0123456789abcdef")
    >>> made.log.messages[["ts", "type"]].values.tolist()
    [[1704096000.0, 'question']]
    """
    readings = _readings(paths, wishes)
    pseudonyms = Pseudonyms(key)
    gathering = Gathering(pseudonyms, wishes.operators)
    total, done = sum(map(size_of, paths)), 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        progress(min(done, total), total)

    problems, reports = Faults(), []
    for path, reading, stem in zip(paths, readings, _stems(paths), strict=True):
        clock = wishes.clock()
        source = Source(path, clock, wishes.columns, wishes.encoding, advance, stem)
        tally = gathering.begin(reading.platform)
        with problems.gathered():
            _read(source, reading, gathering)
        zone = str(clock.zone) if clock.local_times and clock.zone else ""
        of_times = (zone, clock.skipped_times, clock.date_order or "", clock.calendar)
        reports.append(InputReport(path, reading.format, reading.detail, *of_times, tally))
    problems.refuse()
    _refuse_nothing(reports)
    _refuse_strangers(gathering, wishes)
    gathering.join_continued()
    frames = frames_of(gathering, pseudonyms, _names(gathering, wishes), wishes.until())
    if wishes.round_minutes:
        round_down(frames, 60.0 * wishes.round_minutes)
    messages, events, groups = frames
    log = ChatLog(messages, groups, events, "imported")
    notes = tuple(_notes(log, gathering, wishes, reports))
    return Imported(log, events, groups, tuple(reports), notes)


def _readings(paths: Sequence[Path], wishes: Wishes) -> list[Reading]:
    problems = wishes.faults()
    can_be_read = not problems
    readings = []
    for path in paths:
        with problems.gathered():
            if not path.exists():
                problems.append(f"{path}: no such file or folder")
            elif can_be_read:
                readings.append(reading_of(path, wishes.format, wishes.columns, wishes.encoding))
    problems.refuse()
    return readings


def _stems(paths: Sequence[Path]) -> list[str]:
    """Give each input the key of its group: two files of one name are two groups."""
    stems = [path.resolve().stem for path in paths]
    earlier = [stems[:place].count(stem) for place, stem in enumerate(stems)]
    return [f"{stem}\0{same}" if same else stem for stem, same in zip(stems, earlier, strict=True)]


def _read(source: Source, reading: Reading, gathering: Gathering) -> None:
    try:
        for record in reading.read(source):
            gathering.take(record)
        return
    except dates.UnclearDatesError as fault:
        why = fault.advice
    except OSError as fault:
        why = f"cannot be read: {fault.strerror}"
    except UnicodeError:
        why = "cannot be read in that encoding"
    raise InputError([f"{source.path}: {why}"])


def _refuse_nothing(reports: Sequence[InputReport]) -> None:
    if any(report.tally.messages for report in reports):
        return
    problems = Faults()
    for report in reports:
        tally = report.tally
        account = [f"{tally.total()} records"]
        account += [f"{count} {kind}" for kind, count in tally.dropped.items()]
        account += [f"{met.count} {reason}" for reason, met in tally.malformed.items()]
        problems.append(f"{report.path}: holds no message ({', '.join(account)})")
    problems.refuse()


def _refuse_strangers(gathering: Gathering, wishes: Wishes) -> None:
    """Refuse operators nobody of whom was met: their messages would count as members'."""
    count = len(wishes.operators)
    Faults(
        f"--operator, number {i + 1} of {count}: nobody of that name or id wrote in these exports"
        for i in range(count)
        if i not in gathering.people.named
    ).refuse()


def _names(gathering: Gathering, wishes: Wishes) -> list[str]:
    """Return the name the user wants for each group; empty for a pseudonym."""
    groups, given = len(gathering.groups), len(wishes.group_names)
    if given not in (0, groups):
        raise InputError([f"--group: {given} names for {groups} groups; one a group, in order"])
    if given or not wishes.keep_group_names:
        return list(wishes.group_names) or [""] * groups
    names: list[str] = []
    for group in gathering.groups:
        title = group.title or group.key.partition("\0")[0]
        ways = chain([title], (f"{title} ({number})" for number in count(2)))
        names.append(next(name for name in ways if name not in names))
    return names


def _notes(
    log: ChatLog, gathering: Gathering, wishes: Wishes, reports: Sequence[InputReport]
) -> Iterator[str]:
    if not np.any(log.messages["ts"].to_numpy() % 60):
        yield _("all times are whole minutes: gaps below a minute cannot be told")
    is_open = any(group.observed_until is None for group in gathering.groups)
    if wishes.observed_until is None and is_open:
        yield _(
            "an export that does not say when it was made is taken to end with its last record: "
            "a silence after that is seen only with --observed-until"
        )
    for report in reports:
        if report.calendar not in ("", dates.GREGORIAN):
            yield f"{report.path}: its years are of the {report.calendar} calendar"
