"""Records of all inputs become one message log; of names and texts only numbers are kept."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.chatlog.log import WRITTEN_TYPES
from sim.chatlog.people import NOBODY, People, Pseudonyms, faded, mentioned_names, type_of
from sim.chatlog.records import Chat, Incident, Move, Record, Skipped, Tally, Unclear, Utterance

Integers = npt.NDArray[np.int64]
Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]  # Messages, events, groups.
KINDS = ("chat", "question", "answer", "content")
TYPE_CODE = {name: code for code, name in enumerate(WRITTEN_TYPES)}
EVENTS = ("join", "leave", "packet")
EVENT_CODE = {name: code for code, name in enumerate(EVENTS)}
LONGEST_MOVE_SECONDS = 120.0
WENT_ON = "a group that went on as another, as Telegram's do when they grow: one group here"
LOST_PART = (
    "a group whose part before or after such a move is not here or cannot be told: it may live on"
)
SEEN_BEFORE = "the same as in an earlier input"


@dataclass
class Group:
    """What is known of a group."""

    key: str  # The export's own key, on its platform.
    platform: str
    title: str = ""  # Of the export.
    created: float | None = None  # UTC seconds.
    observed_until: float | None = None
    inputs: set[int] = field(default_factory=set)  # Which inputs it was met in.


@dataclass
class Rows:
    """Rows of the log so far; people and groups by index."""

    group: array[int] = field(default_factory=lambda: array("i"))
    person: array[int] = field(default_factory=lambda: array("i"))
    type: array[int] = field(default_factory=lambda: array("b"))
    thread: array[int] = field(default_factory=lambda: array("i"))
    ts: array[float] = field(default_factory=lambda: array("d"))

    def add(self, group: int, person: int, type_: int, thread: int, ts: float) -> None:
        """Add a row."""
        self.group.append(group)
        self.person.append(person)
        self.type.append(type_)
        self.thread.append(thread)
        self.ts.append(ts)

    def integers(self, column: str) -> Integers:
        """Return a column of integers."""
        return np.array(getattr(self, column), dtype=np.int64)


class Gathering:
    """Take the records of one input after the other."""

    def __init__(self, pseudonyms: Pseudonyms, operators: Sequence[str] = ()) -> None:
        self.people = People(pseudonyms, operators)
        self.messages, self.events = Rows(), Rows()  # `type` of an event is its index in `EVENTS`.
        self.groups: list[Group] = []
        self.tallies: list[Tally] = []  # One an input.
        self.ends: list[float] = []  # When each input's last record was.
        # By group and whether it is the first of two: that it goes on as another, or continues
        # one.
        self.moves: dict[tuple[int, bool], Move] = {}
        # Index in `groups`, at the end, of each group as `Rows` number them.
        self.whole: list[int] = []
        self._group_index: dict[tuple[str, str], int] = {}
        self._threads: dict[tuple[int, str | int], int] = {}
        self._rows_by_id: dict[tuple[int, str | int], int] = {}
        self._answers: dict[int, str | int] = {}
        self._addressed: dict[int, tuple[int, ...]] = {}
        self._mentions: dict[int, list[tuple[int, ...]]] = {}
        self._mention_first: set[int] = set()
        self._by_name: dict[int, tuple[str, str]] = {}
        self._input_of: dict[tuple[int, str, float, tuple[str, ...]], int] = {}
        self._platform = ""
        self._first_row = 0

    def begin(self, platform: str) -> Tally:
        """Begin an input."""
        self._platform = platform
        self._first_row = len(self.messages.ts)
        self.tallies.append(Tally())
        self.ends.append(float("-inf"))
        return self.tallies[-1]

    def take(self, record: Record) -> None:
        """Take one record."""
        tally = self.tallies[-1]
        match record:
            case Utterance():
                self._say(record, tally)
            case Skipped():
                tally.skip(record)
            case Incident():
                self._happen(record, tally)
            case Chat():
                self._describe(record)
            case Unclear():
                tally.doubtful[record.what].add(record.count, record.line)
            case Move():
                self.moves[self._group(record.group), record.is_first] = record
            case _:
                tally.notes[record.text] += 1

    def join_continued(self) -> None:
        """Make one group of two where the first went on as the second; to be called at the end.

        They have the same title, moved at the same time, and no other group did so.
        """
        pairs = [
            (old, new)
            for (old, is_first), first in self.moves.items()
            for (new, is_old), second in self.moves.items()
            if is_first and not is_old and old != new
            if abs(first.ts - second.ts) <= LONGEST_MOVE_SECONDS
            if second.title in ("", first.title or self.groups[old].title)
        ]
        count = Counter(chain(*pairs))
        goes_on = {old: new for old, new in pairs if count[old] == count[new] == 1}
        for old, new in goes_on.items():
            first, second = self.groups[old], self.groups[new]
            second.created = first.created
            second.inputs |= first.inputs
            self.tallies[max(second.inputs)].notes[WENT_ON] += 1
        for group, is_first in self.moves:
            if group not in (goes_on if is_first else goes_on.values()):
                self.tallies[max(self.groups[group].inputs)].notes[LOST_PART] += 1
        kept = [index for index in range(len(self.groups)) if index not in goes_on]
        place = {index: number for number, index in enumerate(kept)}
        self.whole = [place[goes_on.get(index, index)] for index in range(len(self.groups))]
        self.groups = [self.groups[index] for index in kept]

    def target(self, row: int) -> tuple[int, bool]:
        """Say whom a message addresses; to be asked when all inputs are read."""
        group, sender = self.messages.group[row], self.messages.person[row]
        answers = self._answers.get(row)
        answered = NOBODY if answers is None else self._rows_by_id.get((group, answers), NOBODY)
        people = [self.messages.person[answered]] if answered >= 0 else []
        called = (self.people.bearer(group, names) for names in self._mentions.get(row, ()))
        mentioned = [*self._addressed.get(row, ()), *called]
        people = [*mentioned, *people] if row in self._mention_first else [*people, *mentioned]
        is_answer = answered >= 0 and self.messages.type[answered] == TYPE_CODE["question"]
        return next((p for p in people if p not in (sender, NOBODY)), NOBODY), is_answer

    def person_of_event(self, row: int) -> int:
        """Say to whom an event happened, matching names; to be asked when all inputs are read."""
        if row not in self._by_name:
            return self.events.person[row]
        platform, name = self._by_name[row]
        bearer = self.people.bearer(self.events.group[row], [faded(name)])
        return bearer if bearer >= 0 else self.people.index(platform, name)

    def _say(self, said: Utterance, tally: Tally) -> None:
        group, row, rows = self._group(said.group), len(self.messages.ts), self.messages
        tally.further_lines += said.further_lines
        self.ends[-1] = max(self.ends[-1], said.ts)
        person = self.people.index(self._platform, said.sender)
        if said.id is not None:
            earlier = self._rows_by_id.setdefault((group, said.id), row)
            is_earlier = earlier < self._first_row
            if is_earlier and (rows.ts[earlier], rows.person[earlier]) == (said.ts, person):
                tally.dropped[SEEN_BEFORE] += 1
                return
        self.people.introduce(group, person, (*said.names, said.sender), said.is_bot)
        thread = NOBODY
        if said.thread is not None:
            thread = self._threads.setdefault((group, said.thread), len(self._threads))
        type_ = TYPE_CODE[said.type or type_of(said.text, said.has_link)]
        rows.add(group, person, type_, thread, said.ts)
        tally.messages += 1
        if said.answers is not None:
            self._answers[row] = said.answers
        if said.mention_first:
            self._mention_first.add(row)
        if said.addresses:
            people = (self.people.index(self._platform, other) for other in said.addresses[:3])
            self._addressed[row] = tuple(people)
        elif called := mentioned_names(said.text):
            self._mentions[row] = [tuple(map(faded, names)) for names in called]

    def _happen(self, incident: Incident, tally: Tally) -> None:
        tally.further_lines += incident.further_lines
        group, current = self._group(incident.group), len(self.tallies) - 1
        self.ends[-1] = max(self.ends[-1], incident.ts)
        what = (group, incident.event, incident.ts, incident.who)
        if self._input_of.setdefault(what, current) < current:
            tally.dropped[SEEN_BEFORE] += 1
            return
        tally.incidents += 1
        for who in incident.who:
            person = NOBODY
            if incident.by_name:
                self._by_name[len(self.events.ts)] = (self._platform, who)
            else:
                person = self.people.index(self._platform, who)
                self.people.introduce(group, person, (who,), is_bot=False)
            self.events.add(group, person, EVENT_CODE[incident.event], NOBODY, incident.ts)

    def _describe(self, chat: Chat) -> None:
        group = self.groups[self._group(chat.group)]
        group.title = chat.title or group.title
        if chat.created is not None and (group.created is None or chat.created < group.created):
            group.created = chat.created
        if chat.observed_until is not None:
            group.observed_until = max(chat.observed_until, group.observed_until or 0.0)

    def _group(self, key: str) -> int:
        index = self._group_index.setdefault((self._platform, key), len(self.groups))
        if index == len(self.groups):
            self.groups.append(Group(key, self._platform))
        self.groups[index].inputs.add(len(self.tallies) - 1)
        return index


def frames_of(
    gathering: Gathering, pseudonyms: Pseudonyms, names: list[str], until: float | None
) -> Frames:
    """Write down what was gathered as a message log.

    A message of an operator has member -1, type bot and the operator's number; nobody addresses
    operators. The kind is question, content (a link), answer (to a question, by the export's own
    reply), or chat.
    """
    groups = _group_frame(gathering, pseudonyms, names, until)
    labels = list(groups["group"])
    messages, events = _message_frame(gathering, labels), _event_frame(gathering, labels)
    return messages, events, groups.sort_values("group", ignore_index=True)


def round_down(frames: Frames, seconds: float) -> None:
    """Take all times down to a multiple of so many seconds; rows stay in their order."""
    for frame in frames:
        for name in frame.columns.intersection(["ts", "created", "closed"]):
            frame[name] = frame[name] // seconds * seconds


def _message_frame(gathering: Gathering, labels: list[str]) -> pd.DataFrame:
    rows = gathering.messages
    person, operator = _people(gathering, rows.integers("person"))
    targets = [gathering.target(row) for row in range(len(rows.ts))]
    target, is_answer = np.array(targets, dtype=np.int64).reshape(-1, 2).T
    types = rows.integers("type")
    asked, linked, bot, closure = (types == TYPE_CODE[name] for name in WRITTEN_TYPES[1:])
    kind = np.select([asked, is_answer > 0, linked], [1, 2, 3], 0)
    types[(operator >= 0) & ~closure] = TYPE_CODE["bot"]
    person[(operator >= 0) | bot | closure] = NOBODY
    columns = {
        "member": person,
        "ts": np.array(rows.ts, dtype=np.float64),
        "reply_to": _people(gathering, target)[0],
        "thread": rows.integers("thread"),
        "type": pd.Categorical.from_codes(types, WRITTEN_TYPES),
        "kind": pd.Categorical.from_codes(kind, KINDS),
        "operator": operator,
    }
    return _frame(gathering, rows, labels, columns)


def _event_frame(gathering: Gathering, labels: list[str]) -> pd.DataFrame:
    rows = gathering.events
    people = np.array([*map(gathering.person_of_event, range(len(rows.ts)))], dtype=np.int64)
    member, operator = _people(gathering, people)
    columns = {
        "ts": np.array(rows.ts, dtype=np.float64),
        "event": pd.Categorical.from_codes(rows.integers("type"), EVENTS),
        "member": member,
        "operator": operator,
        **dict.fromkeys(("packet", "fen", "shares"), np.full(len(rows.ts), -1, dtype=np.int64)),
    }
    return _frame(gathering, rows, labels, columns)


def _frame(
    gathering: Gathering, rows: Rows, labels: list[str], columns: dict[str, Any]
) -> pd.DataFrame:
    group = pd.Categorical.from_codes(_groups(gathering, rows), labels)
    frame = pd.DataFrame({"group": group, **columns})
    return frame.sort_values(["group", "ts"], kind="stable", ignore_index=True)


def _people(gathering: Gathering, person: Integers) -> tuple[Integers, Integers]:
    """Return members' numbers and operators' numbers, each -1 where it is the other."""
    operators = np.full(len(gathering.people.numbers) + 1, -1, dtype=np.int64)
    operators[[*gathering.people.operator_of]] = [*gathering.people.operator_of.values()]
    numbers = np.array([*gathering.people.numbers, -1], dtype=np.int64)
    numbers[operators >= 0] = -1
    return numbers[person], operators[person]  # -1, nobody, takes the last


def _group_frame(
    gathering: Gathering, pseudonyms: Pseudonyms, names: list[str], until: float | None
) -> pd.DataFrame:
    first = np.full(len(gathering.groups), np.inf)  # when anything was first heard of each
    for rows in (gathering.messages, gathering.events):
        np.minimum.at(first, _groups(gathering, rows), np.array(rows.ts))
    labels, created, closed = [], [], []
    for group, name, start in zip(gathering.groups, names, first, strict=True):
        labels.append(name or pseudonyms.group(group.platform, group.key))
        born = group.created if group.created is not None else np.nan
        end = until or group.observed_until or max(gathering.ends[i] for i in group.inputs)
        closed.append(end if np.isfinite(end) else np.nan)
        # What was said before it was created, or after its export, is no reading of a clock.
        created.append(np.nan if born > start or born > closed[-1] else born)
    return pd.DataFrame({"group": labels, "created": created, "closed": closed})


def _groups(gathering: Gathering, rows: Rows) -> Integers:
    return np.array(gathering.whole, dtype=np.int64)[rows.integers("group")]
