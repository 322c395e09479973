"""The account of an import: every line, row or element is kept, dropped or malformed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sim.chatlog.importing.record import Doubt, Skipped

LINES_NAMED = 10


@dataclass
class Malformed:
    """The records that could not be read for one reason."""

    count: int = 0
    # The first of them: line numbers, with the file where an export has many.
    lines: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """What became of every record of one input."""

    messages: int = 0  # Records kept as rows of messages, and as joins, leaves and packets.
    incidents: int = 0
    further_lines: int = 0  # Lines that continue the record above them.
    dropped: Counter[str] = field(default_factory=Counter)  # Records of no use, by kind.
    # Records that cannot be read, by reason.
    malformed: dict[str, Malformed] = field(default_factory=dict)
    # What cannot be told of records that are kept, by kind; they count as kept.
    doubtful: Counter[str] = field(default_factory=Counter)
    # The first of them, by kind.
    doubtful_lines: dict[str, list[str]] = field(default_factory=dict)
    # What else the report says of the input, in fixed phrases of ours.
    notes: Counter[str] = field(default_factory=Counter)

    def skip(self, record: Skipped) -> None:
        """Count a record that is not kept."""
        self.further_lines += record.further_lines
        if not record.is_malformed:
            self.dropped[record.why] += 1
            return
        met = self.malformed.setdefault(record.why, Malformed())
        met.count += 1
        if len(met.lines) < LINES_NAMED:
            met.lines.append(f"{record.place}:{record.line}" if record.place else f"{record.line}")

    def doubt(self, record: Doubt) -> None:
        """Count what a file does not tell."""
        self.doubtful[record.what] += record.count
        lines = self.doubtful_lines.setdefault(record.what, [])
        if record.line and len(lines) < LINES_NAMED:
            lines.append(f"{record.line}")

    def malformed_total(self) -> int:
        """Count the records that could not be read."""
        return sum(met.count for met in self.malformed.values())

    def total(self) -> int:
        """Count all records met."""
        kept = self.messages + self.incidents + self.further_lines
        return kept + sum(self.dropped.values()) + self.malformed_total()
