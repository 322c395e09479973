"""What a reader of an export hands on, a record a line, row or element, and the count of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Utterance:
    """Something a member said; the text lives only until its type and addressee are known."""

    line: int  # Where it begins in its file, from 1.
    group: str  # The export's own key of the group.
    ts: float  # UTC seconds.
    sender: str  # What tells this person from all others in the export: an id, or else the name.
    text: str  # Dropped as soon as question, link and addressee are derived.
    names: tuple[str, ...] = ()  # What others may call the sender after an ``@``.
    # The message's own id, that of the message it answers, and that of its thread.
    id: str | int | None = None
    answers: str | int | None = None
    thread: str | int | None = None
    addresses: tuple[str, ...] = ()  # Senders' ids this message mentions, the first of them first.
    mention_first: bool = False  # Whether a mention says better than `answers` who is addressed.
    type: str | None = None  # Given by the export; None has it derived from the text.
    has_link: bool = False  # What the export says besides the text.
    is_bot: bool = False
    further_lines: int = 0  # Lines of the file it takes up after its first.


@dataclass(slots=True)
class Incident:
    """Somebody joined, left or sent a red packet."""

    line: int
    group: str
    ts: float  # UTC seconds.
    event: str  # One of `sim.chatlog.EVENT_TYPES`.
    who: tuple[str, ...]  # The members it happened to.
    by_name: bool = False  # Whether `who` are names, to be matched with the senders who bear them.
    further_lines: int = 0


@dataclass(slots=True)
class Skipped:
    """A record that is not kept."""

    line: int
    why: str  # A fixed phrase of ours, never a word of the file.
    # Whether it cannot be read; else it is read and of no use (a notice, say).
    is_malformed: bool = False
    further_lines: int = 0
    place: str = ""  # Which of an export's many files it stands in; empty for the only one.


@dataclass(slots=True)
class Chat:
    """What the export says of a group itself; it counts as no record."""

    group: str  # The export's own key of the group.
    title: str = ""  # Shown only where the user asks for it.
    created: float | None = None  # UTC seconds.
    observed_until: float | None = None


@dataclass(slots=True)
class Unclear:
    """What the file does not tell of records that are kept; it counts as no record."""

    what: str  # A fixed phrase of ours; the count follows it.
    count: int = 1
    line: int = 0  # Where; 0 for no place in particular.


@dataclass(slots=True)
class Note:
    """What else the report says of an input; it counts as no record."""

    text: str  # A fixed phrase of ours, never a word of the file.


@dataclass(slots=True)
class Move:
    """A group goes on as another, or is the continuation of one; it counts as no record."""

    group: str  # The export's own key of the group that says so.
    ts: float  # UTC seconds.
    title: str  # The first group's title then; empty where unknown.
    is_first: bool  # Whether this is the first group.


Dated = Utterance | Incident | Skipped
Record = Dated | Chat | Unclear | Note | Move


@dataclass(slots=True)
class Begun:
    """The record of a text file that the next lines may continue."""

    record: Dated | None = None
    further: list[str] = field(default_factory=list)

    def ended(self) -> Iterator[Dated]:
        """Give the record all its lines at once: one by one takes time that is squared."""
        if self.record is not None:
            self.record.further_lines = len(self.further)
            if isinstance(self.record, Utterance):
                self.record.text = "\n".join((self.record.text, *self.further))
            yield self.record
        self.record, self.further = None, []


LINES_NAMED = 10


@dataclass
class Met:
    """The records of which one thing is said."""

    count: int = 0
    # The first of them: line numbers, with the file where an export has many.
    lines: list[str] = field(default_factory=list)

    def add(self, count: int, line: int, place: str = "") -> None:
        """Count more of them; line 0 is none in particular."""
        self.count += count
        if line and len(self.lines) < LINES_NAMED:
            self.lines.append(f"{place}:{line}" if place else f"{line}")


@dataclass
class Tally:
    """What became of every record of one input."""

    messages: int = 0  # Records kept as rows of messages, and as joins, leaves and packets.
    incidents: int = 0
    further_lines: int = 0  # Lines that continue the record above them.
    dropped: Counter[str] = field(default_factory=Counter)  # Records of no use, by kind.
    # Records that cannot be read, by reason.
    malformed: defaultdict[str, Met] = field(default_factory=lambda: defaultdict(Met))
    # What cannot be told of records that are kept, by kind; they count as kept.
    doubtful: defaultdict[str, Met] = field(default_factory=lambda: defaultdict(Met))
    # What else the report says of the input, in fixed phrases of ours.
    notes: Counter[str] = field(default_factory=Counter)

    def skip(self, record: Skipped) -> None:
        """Count a record that is not kept."""
        self.further_lines += record.further_lines
        if record.is_malformed:
            self.malformed[record.why].add(1, record.line, record.place)
        else:
            self.dropped[record.why] += 1

    def malformed_total(self) -> int:
        """Count the records that could not be read."""
        return sum(met.count for met in self.malformed.values())

    def total(self) -> int:
        """Count all records met."""
        kept = self.messages + self.incidents + self.further_lines
        return kept + self.dropped.total() + self.malformed_total()
