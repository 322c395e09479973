"""Dates and times of day as phones and exporters write them."""

from __future__ import annotations

import datetime as dt
import re

DATE_ORDERS = ("dmy", "mdy", "ymd")
# A year of two digits before that of the first chat exports is no year.
EARLIEST_SHORT_YEAR = 2009

_HALVES = {
    "am": "am|a.m.|a. m.|a.m|a. m|上午|凌晨|早上|清晨|早晨|午前|오전|vorm.|ص|π.μ.|πμ|öö",
    "noon": "中午|noon",
    "night": "night|晚上|半夜|深夜|午夜",
    "pm": "pm|p.m.|p. m.|p.m|p. m|下午|傍晚|午後|午后|오후|nachm.|م|μ.μ.|μμ|ös",
}
# Words for a half of the day, and which half.
HALF_OF = {word: half for half, words in _HALVES.items() for word in words.split("|")}

_ANY_HALF = "|".join(re.escape(word) for word in sorted(HALF_OF, key=len, reverse=True))

# A date and a time of day as phones and exporters write them; groups by name.
DATE_TIME = (
    r"(?P<a>\d{1,4})\s?(?P<sep>[./年년-])\s?(?P<b>\d{1,2})\s?[./月월-]\s?(?P<c>\d{1,4})[日일.]?"
    r"(?:\s?,|،|\s[àa]s?|\sklo|\sum|\sat)?(?:\s|T)?\s?"
    rf"(?:(?P<before>{_ANY_HALF})\s?)?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{3,9})?)?"
    rf"(?:\s?(?P<after>{_ANY_HALF})(?!\w))?(?:\s?(?P<zone>[+-]\d{{2}}:?\d{{2}}))?"
)

WHOLE = re.compile(DATE_TIME, re.IGNORECASE)

BUDDHIST, GREGORIAN, PERSIAN = "Buddhist", "Gregorian", "Persian (Solar Hijri)"
_BUDDHIST_AHEAD = 543
_BUDDHIST_YEARS = range(2400, 2700)
_BUDDHIST_SHORT = range(52, 94)  # 2009 to 2050
_PERSIAN_YEARS = range(1360, 1430)
_LUNAR_YEARS = frozenset(range(1430, 1500))
_NOWRUZ_1403 = dt.date(2024, 3, 20)


class LunarYearError(Exception):
    """A year of the Islamic lunar calendar, whose months depend on who saw the moon."""


class OtherCalendarError(ValueError):
    """A year of another calendar than the dates before it."""


# Messages round midnight may stand in the wrong order without any date being misread.
_NIGHT = dt.timedelta(days=1)

# Marks of the direction of writing, to be translated into nothing.
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"))

_EASTERN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def written_order(match: re.Match[str]) -> str | None:
    """Say in what order a date stands where its own writing tells.

    >>> dates = ("2024/4/3 9:00", "24. 4. 3. 오후 9:00", "3.4.24 9:00", "3/4/24 9:00")
    >>> [written_order(WHOLE.match(date)) for date in dates]
    ['ymd', 'ymd', 'dmy', None]
    """
    first, separator, half = match.group("a", "sep", "before")
    if len(first) == 4 or separator in "年년" or half in ("오전", "오후"):
        return "ymd"
    return "dmy" if separator == "." else None


def date_order_of(dates: list[tuple[int, int, int]]) -> str | None:
    """Find the one order in which all dates of a chat are possible and run forwards.

    >>> date_order_of([(3, 4, 24), (13, 4, 24)])
    'dmy'
    >>> date_order_of([(3, 4, 24), (4, 4, 24)]) is None
    True
    >>> date_order_of([(3, 9, 24), (4, 2, 24)])
    'mdy'
    """
    if dates and not any(_LUNAR_YEARS.isdisjoint(date) for date in dates):
        raise LunarYearError
    breaks = {order: _breaks(dates, order) for order in DATE_ORDERS}
    # A year of two digits that comes first is rare: only where nothing else is possible.
    for orders in (("dmy", "mdy"), ("ymd",)):
        possible = {order: breaks[order] for order in orders if breaks[order][0] == 0}
        fewest = min(possible.values(), default=(0, 0))
        best = [order for order, count in possible.items() if count == fewest]
        if best:
            return best[0] if len(best) == 1 else None
    likely = sorted(DATE_ORDERS, key=lambda order: breaks[order])
    first, second = (breaks[order][0] for order in likely[:2])
    return likely[0] if 10 * first < second else None  # a few broken lines do not hide the order


def plain_digits(text: str) -> str:
    """Write Arabic and Persian digits as 0-9.

    >>> plain_digits("٢٠٢٤")
    '2024'
    """
    return text if text.isascii() else text.translate(_EASTERN_DIGITS)


def hour_of_day(hour: int, half: str | None) -> int:
    """Return the hour of a clock that counts to 24.

    >>> hour_of_day(12, "AM"), hour_of_day(3, "下午"), hour_of_day(1, "中午"), hour_of_day(15, None)
    (0, 15, 13, 15)
    """
    if half is None or hour > 12:
        return hour
    named = HALF_OF[half.casefold()]
    if named == "night":
        named = "am" if hour < 6 or hour == 12 else "pm"
    if named == "am":
        return hour % 12
    if named == "noon":
        return hour if hour >= 11 else hour + 12
    return hour % 12 + 12


def full_year(short: int) -> int:
    """Return the year of its last two digits: of the Buddhist calendar from 52 to 93, else 20..

    >>> full_year(24), full_year(67)
    (2024, 2567)
    """
    return short + (2500 if short in _BUDDHIST_SHORT else 2000)


def calendar_day(year: int, month: int, day: int) -> tuple[str, dt.date]:
    """Return the calendar of a date, which its year tells, and the day.

    Chats are younger than 2008, so no number is a year of two calendars: 2552 and later (or 52 and
    later) are Buddhist, 1388 and later Persian, 1430 and later of the Islamic lunar calendar.

    >>> calendar_day(2566, 3, 5), calendar_day(1402, 12, 14)[1].isoformat()
    (('Buddhist', datetime.date(2023, 3, 5)), '2024-03-04')
    """
    if year in _LUNAR_YEARS:
        raise LunarYearError
    if year in _PERSIAN_YEARS:
        return PERSIAN, _persian_day(year, month, day)
    if year < 100:
        year = full_year(year)
    if year in _BUDDHIST_YEARS:
        return BUDDHIST, dt.date(year - _BUDDHIST_AHEAD, month, day)
    return GREGORIAN, dt.date(year, month, day)


def _persian_day(year: int, month: int, day: int) -> dt.date:
    """Return a day by the cycle of 33 years, which agrees with the calendar from 1244 to 1472."""
    long_months = min(month - 1, 6)
    is_leap = _persian_leaps(year + 1) > _persian_leaps(year)
    length = 31 if month <= 6 else 30 if month < 12 or is_leap else 29
    if not (1 <= month <= 12 and 1 <= day <= length):
        raise ValueError("day is out of range for month")
    since = 365 * (year - 1403) + _persian_leaps(year) - _persian_leaps(1403)
    return _NOWRUZ_1403 + dt.timedelta(since + 30 * (month - 1) + long_months + day - 1)


def _persian_leaps(year: int) -> int:
    """Count leap years before a year."""
    return (8 * (year - 1) + 29) // 33


def _breaks(dates: list[tuple[int, int, int]], order: str) -> tuple[int, int]:
    """Count the dates that are impossible in an order, and the steps back in time."""
    impossible = backwards = 0
    last = None
    for date in dates:
        named = dict(zip(order, date, strict=True))
        try:
            _, day = calendar_day(named["y"], named["m"], named["d"])
        except (ValueError, LunarYearError):
            impossible += 1
            continue
        if named["y"] < 100 and day.year < EARLIEST_SHORT_YEAR:
            impossible += 1
            continue
        if last is not None and day < last - _NIGHT:
            backwards += 1
        last = day
    return impossible, backwards
