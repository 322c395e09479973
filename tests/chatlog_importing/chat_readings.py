"""What tests read off an imported log."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from chat_renderings import KEY, found

from sim.chatlog.importing import Imported, Wishes, import_chats

FIXTURES = Path(__file__).parent / "fixtures"


def taken(name: str, **wishes: object) -> Imported:
    return import_chats([FIXTURES / name], Wishes(**wishes), KEY)  # type: ignore[arg-type]


def utc(text: str) -> float:
    return dt.datetime.fromisoformat(f"{text}+00:00").timestamp()


def rows(made: Imported) -> list[tuple[int, str, str, int]]:
    """Return who, when (UTC), type, to whom."""
    return [
        (who, dt.datetime.fromtimestamp(ts, dt.UTC).strftime("%d %H:%M:%S"), kind, to)
        for who, ts, kind, to in found(made)
    ]


def events(made: Imported) -> list[tuple[str, int]]:
    """Return what happened and to whom, people numbered by their first message (-2: silent)."""
    order: dict[int, int] = {-1: -1}
    for member in made.log.messages["member"]:
        order.setdefault(member, len(order) - 1)
    assert made.log.events is not None
    frame = made.log.events
    return [(row.event, order.get(row.member, -2)) for row in frame.itertuples()]


def dropped(made: Imported) -> dict[str, int]:
    return dict(made.inputs[0].tally.dropped)


def malformed(made: Imported) -> dict[str, list[str]]:
    return {reason: met.lines for reason, met in made.inputs[0].tally.malformed.items()}


def created(made: Imported) -> list[float]:
    assert made.log.groups is not None
    return made.log.groups["created"].tolist()
