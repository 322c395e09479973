"""Dates and times as phones and exporters write them, in digits or words, and as UTC seconds."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from sim.chatlog.words import WORDS
from sim.errors import InputError, nearest

DATE_ORDERS = ("dmy", "mdy", "ymd")
EARLIEST_SHORT_YEAR = 2009  # when chats were first exported; one of two digits before is no year

# Words for a half of the day, and which half.
HALF_OF = {word: half for half, words in WORDS["halves_of_the_day"].items() for word in words}
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


class UnclearDatesError(Exception):
    """Times of an export that cannot be read; `advice` says why, and what to do."""

    advice = ""


class LunarYearError(UnclearDatesError):
    """A year of the Islamic lunar calendar, whose months depend on who saw the moon."""

    advice = (
        "its years are of the Islamic lunar calendar, whose days cannot be computed; "
        "export the chat anew with the phone set to another calendar"
    )


class ZoneNeededError(UnclearDatesError):
    """A local time was met and no zone was given."""

    advice = "its times are local and name no zone; give it, as in --time-zone Europe/Berlin"


class OrderNeededError(UnclearDatesError):
    """A date was met that may be day/month or month/day."""

    advice = (
        "its dates can be read as day/month and as month/day; "
        "--date-order dmy or --date-order mdy says which"
    )


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
        if best := [order for order, count in possible.items() if count == fewest]:
            return best[0] if len(best) == 1 else None
    likely = sorted(DATE_ORDERS, key=lambda order: breaks[order])
    first, second, _ = (breaks[order][0] for order in likely)
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
    is_early = hour in {"am": range(13), "noon": (11,), "night": (*range(6), 12)}.get(named, ())
    return hour % 12 + (0 if is_early else 12)


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
    known = [day for date in dates if (day := _possible_day(order, date))]
    backwards = sum(day < last - _NIGHT for last, day in itertools.pairwise(known))
    return len(dates) - len(known), backwards


def _possible_day(order: str, date: tuple[int, int, int]) -> dt.date | None:
    named = dict(zip(order, date, strict=True))
    try:
        _, day = calendar_day(named["y"], named["m"], named["d"])
    except (ValueError, LunarYearError):
        return None
    return None if named["y"] < 100 and day.year < EARLIEST_SHORT_YEAR else day


# Where languages disagree about a word, the first of these that one of them means.
_HALF_NAMES = ("am", "noon", "night", "pm")

_ENOUGH = re.compile(r"(?:\D*\d+){4}")
_WORDS = re.compile(r"([^\W\d_](?:[^\d:/,،;()\[\]+–-]|-(?=[^\W\d_]))*)")
_UNITS: dict[str, str] = WORDS["words_of_dates"]["units"]
_ZONE = re.compile(
    r"\s*\b(?:utc|gmt)\s?(?:([+-])(\d{1,2})(?::?(\d{2}))?)?(?:\s?\([^()]*\))?(?=$|\s\d{4}$)",
    re.IGNORECASE,
)
_BETWEEN_PARTS = re.compile(r"[\s,،()]+")
# Letters of scripts that put no space between words.
_RUNS_ON = re.compile("[\u0e00-\u0eff\u2e80-\U0010ffff]")


_HALF = r"(?:am|pm|noon|night)"
_OFFSET = r"(?: ?[+-]\d{4})?"
_TIME = rf"((?:{_HALF} ?)?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?(?: ?{_HALF})?{_OFFSET})"
_DATE = r"(\d{1,4} ?[./-] ?\d{1,2} ?[./-] ?\d{1,4}\.?)"
_BETWEEN = r"[ ./-]{1,2}"
_YEAR = r"(?P<y>\d{4}|\d{2})(?![:.]?\d)"
_NAMED_MONTH = (
    rf"\bM ?(?P<m>\d+)[. ]{{1,2}}(?P<d>\d{{1,2}}) (?P<time>{_TIME}) (?P<y>\d{{4}})$",
    rf"(?P<y>\d{{4}}){_BETWEEN}M ?(?P<m>\d+){_BETWEEN}(?P<d>\d{{1,2}})\b(?![:.]\d)",
    rf"(?P<y>\d{{4}}){_BETWEEN}(?P<d>\d{{1,2}}){_BETWEEN}M ?(?P<m>\d+)",
    rf"\b(?P<d>\d{{1,2}}){_BETWEEN}M ?(?P<m>\d+){_BETWEEN}{_YEAR}",
    rf"\bM ?(?P<m>\d+){_BETWEEN}(?P<d>\d{{1,2}}){_BETWEEN}{_YEAR}",
)
_ORDERLY = ((rf"^{_TIME}(?: -)? {_DATE}$", r"\2 \1"), (rf"^{_DATE} - {_TIME}$", r"\1 \2"))


@lru_cache(maxsize=4096)
def date_time(text: str) -> re.Match[str] | None:
    """Find the date and the time of day that a text is.

    >>> [date_time(text)[0] for text in ("3/4/24 10:15", "Fri, 05 Jan 2024 09:03:00 GMT")]
    ['3/4/24 10:15', '2024-1-05 09:03:00 +0000']
    >>> date_time("5 listopada 2024 10:00") is None  # October to some, November to others
    True
    """
    text = plain_digits(text.translate(MARKS).strip())
    if (match := WHOLE.fullmatch(text)) or not _ENOUGH.match(text):
        return match
    text = _ZONE.sub(_offset, text)
    for unit, mark in _UNITS.items():
        text = re.sub(unit, mark, text)
    choices = [
        _meanings(_plain(part)) if at % 2 else (part,) for at, part in enumerate(_WORDS.split(text))
    ]
    written = (_BETWEEN_PARTS.sub(" ", "".join(parts)) for parts in itertools.product(*choices))
    found = (WHOLE.fullmatch(_in_order(digits.strip())) for digits in written)
    return next(filter(None, found), None)


def plain_date(text: str) -> tuple[int, int, int] | None:
    """Return the three numbers of a date whose order its own writing does not tell.

    >>> plain_date("3/4/24 10:15"), plain_date("2024-04-03 10:15")
    ((3, 4, 24), None)
    """
    if (match := date_time(text)) and not written_order(match):
        return int(match["a"]), int(match["b"]), int(match["c"])
    return None


def _in_order(text: str) -> str:
    """Write the day in digits, the year first where the month has a name, and the time last."""
    found = (re.search(pattern, text) for pattern in _NAMED_MONTH)
    if match := next(filter(None, found), None):
        named = match.groupdict()
        year = int(named["y"]) if len(named["y"]) == 4 else full_year(int(named["y"]))
        time = f" {named['time']}" if named.get("time") else ""
        day = f"{year}-{named['m']}-{named['d']}{time}"
        text = text[: match.start()] + day + text[match.end() :]
    for order, template in _ORDERLY:
        text = re.sub(order, template, text)
    return text


def _offset(zone: re.Match[str]) -> str:
    sign, hours, minutes = zone.groups()
    return f" {sign or '+'}{int(hours or 0):02d}{minutes or '00'}"


@cache
def _meanings(words: str) -> tuple[str, ...]:
    """Return what words can mean (``M3`` for March), the likeliest first; () if one is unknown."""
    for known in (_own_words, _words_of_languages):
        found = list(_word_by_word(words, known()))
        if found and all(found):
            return tuple(f" {' '.join(meant)} " for meant in itertools.product(*found))
    return ()


def _word_by_word(words: str, known: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the meanings of one word after the other, the longest first; of none: nothing."""
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            is_whole = end == len(words) or words[end] == " " or _RUNS_ON.match(words, end)
            if is_whole and words[start:end] in known:
                break
        else:
            end = len(words)
        yield known.get(words[start:end], ())
        start = end + (words[end : end + 1] == " ")


@cache
def _own_words() -> dict[str, tuple[str, ...]]:
    """Return words that no table of languages has, or that are older than it."""
    known = WORDS["words_of_dates"]
    words = {_plain(word): half for word, half in HALF_OF.items()} | known["meanings"]
    words |= {name: f"M{number}" for number, name in enumerate(known["persian_months"], 1)}
    words |= dict.fromkeys(known["without_meaning"], "")
    return {word: (meant,) for word, meant in words.items()}


@cache
def _words_of_languages() -> dict[str, tuple[str, ...]]:
    """Return the words of all languages; no month that languages disagree about."""
    from babel import Locale

    met: dict[str, set[str]] = {}
    for language in WORDS["words_of_dates"]["languages"]:
        for word, meant in _words_of(Locale.parse(language)):
            if (plain := _plain(word)) and not any(map(str.isdigit, plain)):
                met.setdefault(plain, set()).add(meant)
    words = {word: _likeliest_first(meanings) for word, meanings in met.items()}
    return {**words, **{w: (*m, *words.get(w, ())) for w, m in _own_words().items()}}


def _likeliest_first(meanings: set[str]) -> tuple[str, ...]:
    """Order the meanings of a word: a month, a half of the day, nothing; () for two months."""
    months = [meant for meant in meanings if meant.startswith("M")]
    halves = [half for half in _HALF_NAMES if half in meanings]
    return (*months, *halves[:1], *(meanings & {""})) if len(months) < 2 else ()


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace(".", "").split())


def _words_of(locale: object) -> Iterator[tuple[str, str]]:
    """Yield the words of one language with their meanings: ``M3``, a half of the day, or empty."""
    for what in ("months", "days", "day_periods"):
        for context in getattr(locale, what).values():
            for width in ("abbreviated", "wide"):
                for key, word in (context.get(width) or {}).items():
                    yield word, _meant(what, key)
    for what in ("date_formats", "time_formats", "datetime_formats"):
        for pattern in getattr(locale, what).values():
            for word in re.findall(r"'([^']+)'", str(getattr(pattern, "pattern", pattern))):
                yield word, ""


def _meant(what: str, key: object) -> str:
    if what != "day_periods":
        return f"M{key}" if what == "months" else ""
    period = str(key).rstrip("12").replace("morning", "am").replace("midnight", "night")
    return period if period in _HALF_NAMES else "pm"


EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
_NUMBER = re.compile(r"-?\d{9,19}(?:\.\d+)?|\d{9,11}\.\d+")
# Above the first number a count is in units of which the second number make a second.
_LARGEST = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))

_PARTS = ("a", "b", "c", "hour", "minute", "second", "zone")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d{1,12})?")
_DAY_0_OF_SERIALS = dt.datetime(1899, 12, 30)

_BACKWARDS_SECONDS = 120.0


class ColumnNeededError(ValueError):
    """A number was met that is a day of a spreadsheet if all the others are; `Clock.learn` says."""


@dataclass
class Clock:
    """Turn local times into UTC.

    >>> Clock(ZoneInfo("Asia/Shanghai")).read("2024-01-01 08:00:00")
    1704067200.0
    >>> Clock().read("2024-01-01T00:00:00Z") == Clock().read("1704067200")
    True
    """

    zone: ZoneInfo | None = None  # Of local times; None: to meet one raises `ZoneNeededError`.
    date_order: str | None = None  # One of `DATE_ORDERS`, for dates whose year does not come first.
    calendar: str = ""  # Of the dates so far; a date of another one is refused.
    # Whether numbers of five digits count days as spreadsheets do; None: not yet known.
    has_serials: bool | None = None
    # How many local times were met, and how many of them no clock there ever showed.
    local_times: int = 0
    skipped_times: int = 0
    group: str = ""  # Whose times are being read: each group's run forwards by themselves.
    _last: dict[str, float] = field(default_factory=dict)

    def read(self, text: str) -> float:
        """Read a time (seconds, ms, us or ns since 1970, ISO 8601, a date): UTC seconds."""
        text = text.strip()
        if _NUMBER.fullmatch(text):
            return since_epoch(float(text))
        if _SERIAL.fullmatch(text):
            if not self.has_serials:
                raise ColumnNeededError if self.has_serials is None else ValueError("not a time")
            return self.of_serial(float(text.replace(",", ".")))
        with suppress(ValueError):
            moment = dt.datetime.fromisoformat(text)
            if EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
                self._agree(GREGORIAN)
                return self.of_moment(moment)
        if match := date_time(text):
            return self.of_match(match)
        raise ValueError("not a time")

    def assume(self, zone: str) -> None:
        """Take a zone for that of local times where none was given."""
        if self.zone is None and zone:
            self.zone = known_zone(zone)

    def learn(self, texts: Iterable[str]) -> None:
        """Find out from all times of a table what one of them does not tell."""
        filled = [text.strip() for text in texts if text.strip()]
        are_serials = all(_SERIAL.fullmatch(text) for text in filled)
        self.has_serials = are_serials and any(len(text) > len("45296") for text in filled)
        self.find_order([date for date in map(plain_date, filled) if date is not None])

    def find_order(self, dates: list[tuple[int, int, int]]) -> None:
        """Find out from all dates whose writing does not tell it in which order they stand."""
        if dates and self.date_order is None:
            self.date_order = date_order_of(dates)
            if self.date_order is None:
                raise OrderNeededError

    def of_match(self, match: re.Match[str]) -> float:
        """Return the time that `DATE_TIME` has found."""
        a, b, c, hour, minute, second, zone = match.group(*_PARTS)
        order = written_order(match) or self.date_order
        if order is None:
            raise OrderNeededError
        try:
            calendar, day = _day_of(order, a, b, c)
        except LunarYearError:
            self._agree("lunar")
            raise
        self._agree(calendar)
        half = match["before"] or match["after"]
        time = dt.time(hour_of_day(int(hour), half), int(minute), min(int(second or 0), 59))
        return self.of_moment(dt.datetime.combine(day, time, _zone_of(zone) if zone else None))

    def of_moment(self, moment: dt.datetime) -> float:
        """Return the UTC seconds of a moment, local where it has no offset.

        Where clocks were set back, an hour occurs twice: a time in it is taken for the first
        occurrence unless that lies before the time read last in the same group.
        """
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise ValueError("year out of range")
        if moment.tzinfo is not None:
            return moment.timestamp()
        if self.zone is None:
            raise ZoneNeededError
        self.local_times += 1
        first = moment.replace(tzinfo=self.zone)
        second = first.replace(fold=1)
        seconds = first.timestamp()
        if first.utcoffset() != second.utcoffset():
            other = second.timestamp()
            if other < seconds:  # the offset grows: this hour was skipped
                self.skipped_times += 1
            elif seconds < self._last.get(self.group, seconds) - _BACKWARDS_SECONDS:
                seconds = other
        self._last[self.group] = seconds
        return seconds

    def of_serial(self, days: float) -> float:
        """Return the UTC seconds of a spreadsheet's days, local."""
        return self.of_moment(_DAY_0_OF_SERIALS + dt.timedelta(seconds=round(days * 86_400, 3)))

    def _agree(self, calendar: str) -> None:
        self.calendar = self.calendar or calendar
        if calendar != self.calendar:
            raise OtherCalendarError("a year of another calendar than the dates before")


@lru_cache(maxsize=4096)
def _day_of(order: str, a: str, b: str, c: str) -> tuple[str, dt.date]:
    """Return the calendar and the day of three numbers as written."""
    named = dict(zip(order, (a, b, c), strict=True))
    if len(named["y"]) not in (2, 4) or named["y"].startswith("00"):
        raise ValueError("year out of range")
    return calendar_day(int(named["y"]), int(named["m"]), int(named["d"]))


def _zone_of(offset: str) -> dt.timezone:
    away = dt.timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return dt.timezone(-away if offset[0] == "-" else away)


def since_epoch(count: float) -> float:
    """Return seconds, whatever unit a count since 1970 is in; its size tells.

    >>> since_epoch(1704067200000)
    1704067200.0
    """
    count /= next((unit for largest, unit in _LARGEST if abs(count) >= largest), 1)
    if not 631_152_000 <= count < 4_133_980_800:  # 1990 to 2100
        raise ValueError("year out of range")
    return count


def known_zone(name: str) -> ZoneInfo:
    """Return the time zone of a name.

    >>> known_zone("Asia/Shangai")
    Traceback (most recent call last):
    ...
    sim.errors.InputError: --time-zone: no zone 'Asia/Shangai'; did you mean 'Asia/Shanghai'?
    """
    names = available_timezones()
    if name not in names:
        raise InputError([f"--time-zone: no zone {name!r}{_zone_meant(name, names)}"])
    return ZoneInfo(name)


# Big cities, and countries of one zone, that no zone is named after.
CITIES: dict[str, list[str]] = WORDS["cities"]


def _zone_meant(name: str, known: Collection[str]) -> str:
    """Say which zone a city or a misspelt zone means, as the end of an error line."""
    city = re.sub(r"[\s_.'-]", "", name.rpartition("/")[2].casefold())
    known = sorted(known, key=lambda zone: "/" in zone)  # Asia/Singapore rather than Singapore
    own = {re.sub("[_-]", "", zone.rpartition("/")[2].casefold()): zone for zone in known}
    cities = {word: zone for zone, words in CITIES.items() for word in words}
    if zone := cities.get(city) or own.get(city):
        return f"; did you mean {zone!r}?"
    return nearest(name, sorted(known)) if len(name) > len("CEST") else ""  # CST is several zones
