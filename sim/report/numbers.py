"""Numbers in words: as many digits as the interval allows, shares in percent, money in CNY."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.lives.outcome import Outcome
from sim.stats.intervals import Estimate

SIGNIFICANT = 3
FEWEST_FIGURES = 2
MOST_FIGURES = 4
NO_WIDTH = 1e-9
UNITS = {"": "", "%": " %", "CNY": " CNY"}


def in_print(outcome: Outcome, found: Estimate, signed: bool = False) -> str:
    """Write an estimate of an outcome with its interval; a gain of a share is in points."""
    unit = " points" if signed and outcome.printed == "%" else UNITS[outcome.printed]
    low, high = (outcome.scale * end for end in found.interval)
    return write(outcome.scale * found.value, (low, high), unit, signed)


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


def meanings(outcomes: Sequence[Outcome]) -> str:
    """Define outcomes in one paragraph."""
    each = [f"{one.heading.partition(' (')[0]}: {one.meaning}" for one in outcomes]
    return f"{capital('; '.join(each))}."


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"


def listed(words: Sequence[str], most: int = 3) -> str:
    """Join words as a sentence does."""
    if len(words) > most + 1:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def each(n: pd.Series) -> str:
    """Say how many communities are in a cell."""
    low, high = int(n.min()), int(n.max())
    return f"n = {low:,} a cell" if low == high else f"n = {low:,} to {high:,} a cell"


def _fixed(value: float, places: int, signed: bool = False) -> str:
    rounded = round(value, places) + 0.0  # no minus before a zero
    return f"{rounded:{'+' if signed else ''},.{places}f}"
