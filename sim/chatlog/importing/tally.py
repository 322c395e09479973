"""The account of an import: every line, row or element is kept, dropped or malformed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sim.chatlog.importing.record import Skipped

LINES_NAMED = 10


@dataclass
class Places:
    """How often one thing was met, and where first.

    Attributes
    ----------
    count : int
    lines : list of str
        The first of them: line numbers, with the file where an export has many.
    """

    count: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, line: int, file: str) -> None:
        """Count one more, in a line of one of an export's many files or of its only one ("")."""
        self.count += 1
        if len(self.lines) < LINES_NAMED:
            self.lines.append(f"{file}:{line}" if file else f"{line}")


@dataclass
class Tally:
    """What became of every record of one input.

    Attributes
    ----------
    messages, incidents : int
        Records kept as rows of messages, and as joins, leaves and packets.
    further_lines : int
        Lines that continue the record above them.
    dropped : Counter of str
        Records of no use, by kind.
    malformed : dict of str to Places
        Records that cannot be read, by reason.
    doubtful : dict of str to Places
        Lines that may mean something else than what they were read as, by kind; each is counted
        as a record besides.
    notes : Counter of str
        What else the report says of the input, in fixed phrases of ours.

    Examples
    --------
    >>> tally = Tally(messages=2)
    >>> tally.skip(Skipped(7, "no sender", is_malformed=True))
    >>> tally.total(), tally.malformed["no sender"].lines
    (3, ['7'])
    """

    messages: int = 0
    incidents: int = 0
    further_lines: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    malformed: dict[str, Places] = field(default_factory=dict)
    doubtful: dict[str, Places] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def skip(self, record: Skipped) -> None:
        """Count a record that is not kept.

        Parameters
        ----------
        record : Skipped
        """
        self.further_lines += record.further_lines
        if not record.is_malformed:
            self.dropped[record.why] += 1
            return
        self.malformed.setdefault(record.why, Places()).add(record.line, record.place)

    def doubt(self, kind: str, line: int, file: str = "") -> None:
        """Count a line that may mean something else than what it was read as.

        Parameters
        ----------
        kind : str
            A fixed phrase of ours, never a word of the file.
        line : int
        file : str
            Which of an export's many files; empty for the only one.
        """
        self.doubtful.setdefault(kind, Places()).add(line, file)

    def malformed_total(self) -> int:
        """Count the records that could not be read.

        Returns
        -------
        int
        """
        return sum(met.count for met in self.malformed.values())

    def total(self) -> int:
        """Count all records met.

        Returns
        -------
        int
            Lines of a text, rows of a table, elements of an array of messages.
        """
        kept = self.messages + self.incidents + self.further_lines
        return kept + sum(self.dropped.values()) + self.malformed_total()
