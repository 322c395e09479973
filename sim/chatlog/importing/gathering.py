"""Records of all inputs become one message log; of names and texts nothing but numbers is kept."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.chatlog.importing.meaning import NAME_EDGES, mentioned_names, type_of
from sim.chatlog.importing.pseudonyms import Pseudonyms
from sim.chatlog.importing.record import Chat, Incident, Record, Skipped, Utterance
from sim.chatlog.importing.tally import Tally

TYPES = ("msg", "question", "link", "bot", "closure")
TYPE_CODE = {name: code for code, name in enumerate(TYPES)}
EVENTS = ("join", "leave", "packet")
EVENT_CODE = {name: code for code, name in enumerate(EVENTS)}
NOBODY = -1
_BETWEEN_DIGITS = dict.fromkeys(map(ord, "+-() \u00a0\u2011"))
_FEWEST_DIGITS = 7
SHARED_NAME = -2
"""A name that two people bear says of neither that it is them."""


@dataclass
class Group:
    """What is known of a group.

    Attributes
    ----------
    key, platform : str
        The export's own key, on its platform.
    title : str
        Of the export.
    created, observed_until : float or None
        UTC seconds.
    first_input : int
        Index of the input it was met in first.
    """

    key: str
    platform: str
    title: str = ""
    created: float | None = None
    observed_until: float | None = None
    first_input: int = 0


@dataclass
class Rows:
    """Rows of the log so far; people and groups by index.

    Attributes
    ----------
    group, person, type, thread : array of int
    ts : array of float
    """

    group: array[int] = field(default_factory=lambda: array("i"))
    person: array[int] = field(default_factory=lambda: array("i"))
    type: array[int] = field(default_factory=lambda: array("b"))
    thread: array[int] = field(default_factory=lambda: array("i"))
    ts: array[float] = field(default_factory=lambda: array("d"))


class Gathering:
    """Take the records of one input after the other.

    Parameters
    ----------
    pseudonyms : Pseudonyms
    operators : sequence of str
        Names or ids of operators, as the exports write them.

    Attributes
    ----------
    messages, events : Rows
        `type` of an event is its index in `EVENTS`.
    numbers : list of int
        Pseudonym of each person, by index.
    operator_of : dict of int to int
        The operator's number of each person who is one, bots included.
    named : set of int
        Which of `operators` were met.
    groups : list of Group
    tallies : list of Tally
        One an input.
    """

    def __init__(self, pseudonyms: Pseudonyms, operators: Sequence[str] = ()) -> None:
        self._pseudonyms = pseudonyms
        self._operators = {name.strip().casefold(): i for i, name in enumerate(operators)}
        self._automatic = len(operators)
        self.messages, self.events = Rows(), Rows()
        self.numbers: list[int] = []
        self.operator_of: dict[int, int] = {}
        self.named: set[int] = set()
        self.groups: list[Group] = []
        self.tallies: list[Tally] = []
        self._people: dict[tuple[str, str], int] = {}
        self._group_index: dict[tuple[str, str], int] = {}
        self._known: set[tuple[int, int, tuple[str, ...]]] = set()
        self._bearers: dict[tuple[int, int], int] = {}
        self._threads: dict[tuple[int, str | int], int] = {}
        self._rows_by_id: dict[tuple[int, str | int], int] = {}
        self._answers: dict[int, str | int] = {}
        self._addressed: dict[int, tuple[int, ...]] = {}
        self._mentions: dict[int, list[tuple[int, ...]]] = {}
        self._mention_first: set[int] = set()
        self._by_name: dict[int, tuple[str, str]] = {}
        self._platform = ""
        self._first_row = 0

    def begin(self, platform: str) -> Tally:
        """Begin an input.

        Parameters
        ----------
        platform : str
            People and groups of different platforms are never the same.

        Returns
        -------
        Tally
            Its account.
        """
        self._platform = platform
        self._first_row = len(self.messages.ts)
        self.tallies.append(Tally())
        return self.tallies[-1]

    def take(self, record: Record) -> None:
        """Take one record.

        Parameters
        ----------
        record : Record
        """
        if isinstance(record, Utterance):
            self._say(record)
        elif isinstance(record, Skipped):
            self.tallies[-1].skip(record)
        elif isinstance(record, Incident):
            self._happen(record)
        else:
            self._describe(record)

    def target(self, row: int) -> tuple[int, bool]:
        """Say whom a message addresses; to be asked when all inputs are read.

        Parameters
        ----------
        row : int

        Returns
        -------
        person : int
            `NOBODY` where none is named.
        is_answer : bool
            Whether the message answers a question.
        """
        group, sender = self.messages.group[row], self.messages.person[row]
        answered = NOBODY
        if row in self._answers:
            answered = self._rows_by_id.get((group, self._answers[row]), NOBODY)
        people = [self.messages.person[answered]] if answered >= 0 else []
        mentioned = [*self._addressed.get(row, ()), *self._named_in(row, group)]
        people = [*mentioned, *people] if row in self._mention_first else [*people, *mentioned]
        is_answer = answered >= 0 and self.messages.type[answered] == TYPE_CODE["question"]
        others = (person for person in people if person not in (sender, NOBODY))
        return next(others, NOBODY), is_answer

    def person_of_event(self, row: int) -> int:
        """Say to whom an event happened, matching names; to be asked when all inputs are read.

        Parameters
        ----------
        row : int

        Returns
        -------
        int
        """
        if row not in self._by_name:
            return self.events.person[row]
        platform, name = self._by_name[row]
        bearer = self._bearers.get((self.events.group[row], _faded(name)), NOBODY)
        return bearer if bearer >= 0 else self._person(platform, name)

    def _say(self, said: Utterance) -> None:
        group = self._group(said.group)
        row = len(self.messages.ts)
        tally = self.tallies[-1]
        tally.further_lines += said.further_lines
        if said.id is not None:
            earlier = self._rows_by_id.setdefault((group, said.id), row)
            if earlier < self._first_row:
                tally.dropped["the same message as in an earlier input"] += 1
                return
        person = self._person(self._platform, said.sender)
        self._introduce(group, person, said)
        thread = NOBODY
        if said.thread is not None:
            thread = self._threads.setdefault((group, said.thread), len(self._threads))
        self.messages.group.append(group)
        self.messages.person.append(person)
        self.messages.type.append(TYPE_CODE[said.type or type_of(said.text, said.has_link)])
        self.messages.thread.append(thread)
        self.messages.ts.append(said.ts)
        tally.messages += 1
        self._note_addressees(row, said)

    def _note_addressees(self, row: int, said: Utterance) -> None:
        if said.answers is not None:
            self._answers[row] = said.answers
        if said.mention_first:
            self._mention_first.add(row)
        if said.addresses:
            people = (self._person(self._platform, other) for other in said.addresses[:3])
            self._addressed[row] = tuple(people)
        elif called := mentioned_names(said.text):
            self._mentions[row] = [tuple(map(_faded, names)) for names in called]

    def _named_in(self, row: int, group: int) -> list[int]:
        people = []
        for names in self._mentions.get(row, ()):
            bearers = (self._bearers.get((group, name), NOBODY) for name in names)
            people.append(next((person for person in bearers if person >= 0), NOBODY))
        return people

    def _happen(self, incident: Incident) -> None:
        group = self._group(incident.group)
        self.tallies[-1].incidents += 1
        self.tallies[-1].further_lines += incident.further_lines
        for who in incident.who:
            row = len(self.events.ts)
            if incident.by_name:
                self._by_name[row] = (self._platform, who)
            person = NOBODY if incident.by_name else self._person(self._platform, who)
            self.events.group.append(group)
            self.events.person.append(person)
            self.events.type.append(EVENT_CODE[incident.event])
            self.events.thread.append(NOBODY)
            self.events.ts.append(incident.ts)

    def _describe(self, chat: Chat) -> None:
        group = self.groups[self._group(chat.group)]
        group.title = chat.title or group.title
        if chat.created is not None and (group.created is None or chat.created < group.created):
            group.created = chat.created
        if chat.observed_until is not None:
            group.observed_until = max(chat.observed_until, group.observed_until or 0.0)

    def _introduce(self, group: int, person: int, said: Utterance) -> None:
        """Note under which names a sender is known, and whether they are an operator."""
        known = (group, person, said.names)
        names = () if known in self._known else (*said.names, said.sender)
        self._known.add(known)
        for name in names:
            place = (group, _faded(name))
            if self._bearers.setdefault(place, person) != person:
                self._bearers[place] = SHARED_NAME
            operator = self._operators.get(name.strip().casefold())
            if operator is not None:
                self.operator_of[person] = operator
                self.named.add(operator)
        if said.is_bot and person not in self.operator_of:
            self.operator_of[person] = self._automatic
            self._automatic += 1

    def _group(self, key: str) -> int:
        place = (self._platform, key)
        index = self._group_index.setdefault(place, len(self.groups))
        if index == len(self.groups):
            first_input = len(self.tallies) - 1
            self.groups.append(Group(key, self._platform, first_input=first_input))
        return index

    def _person(self, platform: str, key: str) -> int:
        index = self._people.setdefault((platform, key), len(self.numbers))
        if index == len(self.numbers):
            self.numbers.append(self._pseudonyms.number(platform, key))
        return index


def _faded(name: str) -> int:
    """Return what is left of a name, or of a text's beginning, to compare it with others.

    Phone numbers are the same whatever stands between their digits.
    """
    digits = name.translate(_BETWEEN_DIGITS)
    if len(digits) >= _FEWEST_DIGITS and digits.isdigit():
        return hash(digits)
    return hash(name.strip(NAME_EDGES).casefold())
