"""Numbers in words: as many digits as the interval allows, shares in percent, money in CNY."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIGNIFICANT = 3
FEWEST_FIGURES = 2
MOST_FIGURES = 4
NO_WIDTH = 1e-9


@dataclass(frozen=True)
class Measure:
    """An outcome as the report speaks of it."""

    name: str  # column of the rows
    heading: str  # of a small picture or a column
    phrase: str  # in a sentence
    meaning: str  # the outcome's definition without names of columns
    scale: float = 1.0  # what a value is multiplied with to be printed
    unit: str = ""  # behind a printed value, with its space
    more_is_better: bool = True

    def write(self, value: float, lower: float, upper: float, signed: bool = False) -> str:
        """Write a value with its interval; a gain of a share is in points."""
        unit = " points" if signed and self.unit == " %" else self.unit
        return write(self.scale * value, (self.scale * lower, self.scale * upper), unit, signed)


MEASURES = (
    Measure(
        "posting_members_per_day",
        "members posting on a day",
        "the number of members who post on a day",
        "members with at least one message that day, mean over local days",
    ),
    Measure(
        "posting_share_per_day",
        "members posting on a day (% of present)",
        "the share of members who post on a day",
        "the same over the members present",
        100.0,
        " %",
    ),
    Measure(
        "messages_per_member_day",
        "messages per member and day",
        "the number of messages per member and day",
        "member messages over members present and days seen",
    ),
    Measure(
        "satisfaction",
        "satisfaction (0 to 1)",
        "satisfaction",
        "share of needs met, each weighted, mean over present members and days",
    ),
    Measure(
        "dead_silent_week2",
        "dead: silent in days 8-14 (%)",
        "death",
        "share of communities without a member message in days 8-14 since creation",
        100.0,
        " %",
        False,
    ),
    Measure(
        "cost_fen",
        "cost of a community (CNY)",
        "cost",
        "claimed of operators' packets plus operator hours times wage, over the days seen; refunds "
        "and members' own packets are no cost",
        0.01,
        " CNY",
        False,
    ),
)
"""What the report shows of a point."""

OBJECTIVES = ("posting_members_per_day", "messages_per_member_day", "satisfaction", "cost_fen")
"""What the front is drawn between."""


def measure(name: str) -> Measure:
    """Return a measure by its column."""
    return next(known for known in MEASURES if known.name == name)


def write(value: float, interval: tuple[float, float], unit: str = "", signed: bool = False) -> str:
    """Write a number with its interval (NaN: none) in brackets, to the digits that it leaves."""
    if math.isnan(value):
        return "not known"
    if any(map(math.isnan, interval)):
        return f"{figure(value, signed=signed)}{unit} (one replication: no interval)"
    lower, upper = interval
    places = decimals(value, (upper - lower) / 2)
    low, high = (_fixed(end, places) for end in interval)
    return f"{_fixed(value, places, signed)}{unit} ({low} to {high})"


def short(value: float, interval: tuple[float, float], most_decimals: int = 9) -> str:
    """Write a number with its interval for a cell of a table."""
    if math.isnan(value):
        return "–"
    if any(map(math.isnan, interval)):
        return figure(value)
    places = min(most_decimals, decimals(value, (interval[1] - interval[0]) / 2))
    low, high = (_fixed(end, places) for end in interval)
    return f"{_fixed(value, places)} ({low}{'–' if interval[0] >= 0 else ' to '}{high})"


def decimals(value: float, half: float) -> int:
    """Say how many decimals a number deserves: one figure of its interval's half width, or one more
    (four at most) where that gives the number itself two figures.

    >>> decimals(23.28, 0.35), decimals(3.65, 1.15), decimals(2137.0, 0.2)
    (1, 1, 0)
    """
    if not half > NO_WIDTH * abs(value):
        return len(figure(value).partition(".")[2])
    leading = math.floor(math.log10(max(abs(value), half)))
    least = FEWEST_FIGURES - 1 - math.floor(math.log10(abs(value))) if value else 0
    by_width = -math.floor(math.log10(half))
    wanted = max(by_width, min(least, by_width + 1))
    return max(0, min(wanted, MOST_FIGURES - 1 - leading))


def figure(value: float, signed: bool = False) -> str:
    """Write a number by itself, to three figures."""
    if math.isnan(value):
        return "–"
    sign = "+" if signed and value > 0 else ""
    return sign + (f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.{SIGNIFICANT}g}")


def meanings(names: Sequence[str]) -> str:
    """Define measures in one paragraph."""
    said = [f"{known.heading.partition(' (')[0]}: {known.meaning}" for known in map(measure, names)]
    whole = "; ".join(said)
    return f"{whole[:1].upper()}{whole[1:]}."


def listed(words: Sequence[str], most: int = 3) -> str:
    """Join words as a sentence does."""
    if len(words) > most + 1:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _fixed(value: float, places: int, signed: bool = False) -> str:
    rounded = round(value, places) + 0.0  # no minus before a zero
    return f"{rounded:{'+' if signed else ''},.{places}f}"
