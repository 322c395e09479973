"""What the user asks of an import."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from sim.chatlog.importing.clock import (
    Clock,
    OrderNeededError,
    ZoneNeededError,
    known_zone,
)
from sim.chatlog.importing.dates import DATE_ORDERS, LunarYearError
from sim.chatlog.importing.formats import FORMATS
from sim.errors import InputError, nearest

MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Wishes:
    """What the user asks of an import."""

    format: str | None = None  # One of `FORMATS`; None: recognised.
    time_zone: str | None = None  # IANA name, for exports with local times.
    date_order: str | None = None  # ``dmy``, ``mdy`` or ``ymd``; None: found out from the dates.
    columns: dict[str, str] = field(default_factory=dict)  # For tables: the header of each field.
    encoding: str | None = None  # None: found out.
    operators: tuple[str, ...] = ()  # Names or ids, as the exports write them.
    group_names: tuple[str, ...] = ()  # One a group, in the order of the inputs; empty: pseudonyms.
    keep_group_names: bool = False  # Whether groups keep the names the exports give them.
    # When the exports were made; None: each is observed until its last record.
    observed_until: str | None = None
    # Times are taken down to whole so many minutes, 1 to 1,440; None: they are kept.
    round_minutes: int | None = None

    def clock(self) -> Clock:
        """Return a clock for one input."""
        zone = known_zone(self.time_zone) if self.time_zone else None
        return Clock(zone, self.date_order)

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
        except (ValueError, OrderNeededError, LunarYearError):
            wanted = "allowed: a time as 2024-05-31T18:00Z"
        except ZoneNeededError:
            wanted = "a local time; end it in Z or +08:00, or give --time-zone"
        raise InputError([f"--observed-until: {self.observed_until!r}: {wanted}"])

    def faults(self) -> list[str]:
        """Say what is wrong with what is asked, before any input is read.

        >>> Wishes(format="watsapp", date_order="ydm").faults()[1]
        "--date-order: 'ydm'; allowed: dmy, mdy, ymd"
        """
        problems: list[str] = []
        for key, value, known in (
            ("format", self.format, tuple(FORMATS)),
            ("date-order", self.date_order, DATE_ORDERS),
        ):
            if value is not None and value not in known:
                near = nearest(value, known) if key == "format" else ""
                problems.append(f"--{key}: {value!r}; allowed: {', '.join(known)}{near}")
        try:
            self.clock()
            self.until()
        except InputError as fault:
            problems += fault.problems
        if self.encoding is not None and not _is_encoding(self.encoding):
            problems.append(f"--encoding: no encoding {self.encoding!r}; try utf-8 or gb18030")
        if self.round_minutes is not None and not 1 <= self.round_minutes <= MOST_MINUTES:
            problems.append(
                f"--round-minutes: {self.round_minutes}; allowed: 1 to {MOST_MINUTES:,}"
            )
        if len(set(self.group_names)) < len(self.group_names):
            problems.append("--group: two groups of one name")
        return problems


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
