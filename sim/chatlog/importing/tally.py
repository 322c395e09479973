"""The account of an import: every line, row or element is kept, dropped or malformed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sim.chatlog.importing.record import Doubt, Skipped

LINES_NAMED = 10


@dataclass
class Malformed:
    """The records that could not be read for one reason.

    Attributes
    ----------
    count : int
    lines : list of str
        The first of them: line numbers, with the file where an export has many.
    """

    count: int = 0
    lines: list[str] = field(default_factory=list)


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
    malformed : dict of str to Malformed
        Records that cannot be read, by reason.
    doubtful : Counter of str
        What cannot be told of records that are kept, by kind; they count as kept.
    doubtful_lines : dict of str to list of str
        The first of them, by kind.
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
    malformed: dict[str, Malformed] = field(default_factory=dict)
    doubtful: Counter[str] = field(default_factory=Counter)
    doubtful_lines: dict[str, list[str]] = field(default_factory=dict)
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
        met = self.malformed.setdefault(record.why, Malformed())
        met.count += 1
        if len(met.lines) < LINES_NAMED:
            met.lines.append(f"{record.place}:{record.line}" if record.place else f"{record.line}")

    def doubt(self, record: Doubt) -> None:
        """Count what a file does not tell.

        Parameters
        ----------
        record : Doubt
        """
        self.doubtful[record.what] += record.count
        lines = self.doubtful_lines.setdefault(record.what, [])
        if record.line and len(lines) < LINES_NAMED:
            lines.append(f"{record.line}")

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
