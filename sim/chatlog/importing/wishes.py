"""What the user asks of an import."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wishes:
    """What the user asks of an import.

    Attributes
    ----------
    format : str or None
        One of `FORMATS`; None: recognised.
    time_zone : str or None
        IANA name, for exports with local times.
    date_order : str or None
        ``dmy``, ``mdy`` or ``ymd``; None: found out from the dates.
    columns : dict of str to str
        For tables: the header of each field.
    encoding : str or None
        None: found out.
    operators : tuple of str
        Names or ids, as the exports write them.
    group_names : tuple of str
        One a group, in the order of the inputs; empty: pseudonyms.
    keep_group_names : bool
        Whether groups keep the names the exports give them.
    observed_until : str or None
        When the exports were made; None: each is observed until its last record.
    """

    format: str | None = None
    time_zone: str | None = None
    date_order: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    operators: tuple[str, ...] = ()
    group_names: tuple[str, ...] = ()
    keep_group_names: bool = False
    observed_until: str | None = None
