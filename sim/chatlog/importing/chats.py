"""Import chat exports: recognise, read, give pseudonyms, and account for every line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.chatlog.importing.clock import OrderNeededError, ZoneNeededError
from sim.chatlog.importing.dates import GREGORIAN, LunarYearError
from sim.chatlog.importing.formats import Reading, reading_of, size_of
from sim.chatlog.importing.gathering import Gathering
from sim.chatlog.importing.log_of import frames_of, rounded
from sim.chatlog.importing.pseudonyms import Pseudonyms
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.tally import Tally
from sim.chatlog.importing.wishes import Wishes
from sim.chatlog.log import ChatLog
from sim.errors import InputError
from sim.progress import Progress


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
    """A message log made of exports, and the account of it."""

    log: ChatLog
    inputs: tuple[InputReport, ...]
    notes: tuple[str, ...]  # What the reader must know.


def import_chats(
    paths: Sequence[Path],
    wishes: Wishes,
    key: bytes,
    progress: Progress = lambda *_: None,
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
    clocks = [wishes.clock() for _ in paths]
    until = wishes.until()
    pseudonyms = Pseudonyms(key)
    gathering = Gathering(pseudonyms, wishes.operators)
    total = sum(map(size_of, paths))
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        progress(min(done, total), total)

    problems: list[str] = []
    for path, reading, clock, stem in zip(paths, readings, clocks, _stems(paths), strict=True):
        source = Source(path, clock, wishes.columns, wishes.encoding, advance, stem)
        problems += _read(source, reading, gathering)
    if problems:
        raise InputError(problems)
    _refuse_nothing(paths, gathering)
    _refuse_strangers(gathering, wishes)
    gathering.join_continued()
    log = frames_of(gathering, pseudonyms, _names(gathering, wishes), until)
    if wishes.round_minutes:
        log = rounded(log, wishes.round_minutes)
    reports = tuple(
        InputReport(
            path,
            reading.format,
            reading.detail,
            str(clock.zone) if clock.local_times and clock.zone else "",
            clock.skipped_times,
            clock.date_order or "",
            clock.calendar,
            tally,
        )
        for path, reading, clock, tally in zip(
            paths, readings, clocks, gathering.tallies, strict=True
        )
    )
    return Imported(log, reports, (*_notes(log, gathering, until), *_notes_on(reports)))


def _readings(paths: Sequence[Path], wishes: Wishes) -> list[Reading]:
    problems = wishes.faults()
    can_be_read = not problems
    readings = []
    for path in paths:
        if not path.exists():
            problems.append(f"{path}: no such file or folder")
            continue
        if not can_be_read:
            continue
        try:
            readings.append(reading_of(path, wishes.format, wishes.columns, wishes.encoding))
        except InputError as fault:
            problems += fault.problems
    if problems:
        raise InputError(problems)
    return readings


def _stems(paths: Sequence[Path]) -> list[str]:
    """Give each input the key of its group: two files of one name are two groups."""
    stems: list[str] = []
    for path in paths:
        stem = path.resolve().stem
        same = sum(known.partition("\0")[0] == stem for known in stems)
        stems.append(f"{stem}\0{same}" if same else stem)
    return stems


def _read(source: Source, reading: Reading, gathering: Gathering) -> list[str]:
    """Read one input; return why it cannot be, if so."""
    gathering.begin(reading.platform)
    try:
        for record in reading.read(source):
            gathering.take(record)
    except ZoneNeededError:
        why = "its times are local and name no zone; give it, as in --time-zone Europe/Berlin"
    except OrderNeededError:
        why = (
            "its dates can be read as day/month and as month/day; "
            "--date-order dmy or --date-order mdy says which"
        )
    except LunarYearError:
        why = (
            "its years are of the Islamic lunar calendar, whose days cannot be computed; "
            "export the chat anew with the phone set to another calendar"
        )
    except InputError as fault:
        return list(fault.problems)
    except OSError as fault:
        why = f"cannot be read: {fault.strerror}"
    except UnicodeError:
        why = "cannot be read in that encoding"
    else:
        return []
    return [f"{source.path}: {why}"]


def _refuse_nothing(paths: Sequence[Path], gathering: Gathering) -> None:
    problems = []
    for path, tally in zip(paths, gathering.tallies, strict=True):
        if tally.messages == 0:
            account = [f"{tally.total()} records"]
            account += [f"{count} {kind}" for kind, count in tally.dropped.items()]
            account += [f"{met.count} {reason}" for reason, met in tally.malformed.items()]
            problems.append(f"{path}: holds no message ({', '.join(account)})")
    if len(problems) == len(paths):
        raise InputError(problems)


def _refuse_strangers(gathering: Gathering, wishes: Wishes) -> None:
    """Refuse operators nobody of whom was met: their messages would count as members'."""
    strangers = [i for i in range(len(wishes.operators)) if i not in gathering.people.named]
    if strangers:
        raise InputError(
            f"--operator, number {i + 1} of {len(wishes.operators)}: nobody of that name or id "
            "wrote in these exports"
            for i in strangers
        )


def _names(gathering: Gathering, wishes: Wishes) -> list[str]:
    """Return the name the user wants for each group; empty for a pseudonym."""
    count = len(gathering.groups)
    if wishes.group_names and len(wishes.group_names) != count:
        given = len(wishes.group_names)
        raise InputError([f"--group: {given} names for {count} groups; one a group, in order"])
    if wishes.group_names:
        return list(wishes.group_names)
    if not wishes.keep_group_names:
        return [""] * count
    names: list[str] = []
    for group in gathering.groups:
        title = name = group.title or group.key.partition("\0")[0]
        number = 1
        while name in names:
            number += 1
            name = f"{title} ({number})"
        names.append(name)
    return names


def _notes(log: ChatLog, gathering: Gathering, until: float | None) -> tuple[str, ...]:
    times = log.messages["ts"].to_numpy()
    notes = []
    if not np.any(times % 60):
        notes.append("all times are whole minutes: gaps below a minute cannot be told")
    if until is None and any(group.observed_until is None for group in gathering.groups):
        notes.append(
            "an export that does not say when it was made is taken to end with its last record: "
            "a silence after that is seen only with --observed-until"
        )
    return tuple(notes)


def _notes_on(reports: Sequence[InputReport]) -> Iterator[str]:
    for report in reports:
        if report.calendar not in ("", GREGORIAN):
            yield f"{report.path}: its years are of the {report.calendar} calendar"
