"""Times of exports: many ways to write them, one way to keep them, and zones never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from sim.chatlog.importing.date_words import date_time, plain_date
from sim.chatlog.importing.dates import (
    GREGORIAN,
    LunarYearError,
    OtherCalendarError,
    calendar_day,
    date_order_of,
    hour_of_day,
    written_order,
)
from sim.errors import InputError, nearest

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
_NUMBER = re.compile(r"-?\d{9,19}(?:\.\d+)?|\d{9,11}\.\d+")
# Above the first number a count is in units of which the second number make a second.
_LARGEST = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))

_PARTS = ("a", "b", "c", "hour", "minute", "second", "zone")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d{1,12})?")
_DAY_0_OF_SERIALS = dt.datetime(1899, 12, 30)

_BACKWARDS_SECONDS = 120.0


class ZoneNeededError(Exception):
    """A local time was met and no zone was given."""


class OrderNeededError(Exception):
    """A date was met whose day and month cannot be told apart."""


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
        """Read a time (seconds, ms, us or ns since 1970, ISO 8601, a date with a time): UTC seconds."""
        text = text.strip()
        if _NUMBER.fullmatch(text):
            return since_epoch(float(text))
        if _SERIAL.fullmatch(text):
            return self._of_serial(text)
        try:
            moment = dt.datetime.fromisoformat(text)
            if EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
                self._agree(GREGORIAN)
                return self.of_moment(moment)
        except ValueError:
            pass
        match = date_time(text)
        if match is None:
            raise ValueError("not a time")
        return self.of_match(match)

    def learn(self, texts: Iterable[str]) -> None:
        """Find out from all times of a table what one of them does not tell."""
        filled = [text.strip() for text in texts if text.strip()]
        are_serials = all(_SERIAL.fullmatch(text) for text in filled)
        self.has_serials = are_serials and any(len(text) > len("45296") for text in filled)
        dates = [date for date in map(plain_date, filled) if date is not None]
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
        if calendar != self.calendar:
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
        seconds = round(days * 86_400, 3)
        return self.of_moment(_DAY_0_OF_SERIALS + dt.timedelta(seconds=seconds))

    def _agree(self, calendar: str) -> None:
        self.calendar = self.calendar or calendar
        if calendar != self.calendar:
            raise OtherCalendarError("a year of another calendar than the dates before")

    def _of_serial(self, text: str) -> float:
        if self.has_serials is None:
            raise ColumnNeededError
        if not self.has_serials:
            raise ValueError("not a time")
        return self.of_serial(float(text.replace(",", ".")))


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
    for largest, per_second in _LARGEST:
        if abs(count) >= largest:
            count /= per_second
            break
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
CITIES = {
    "Asia/Shanghai": "beijing peking shenzhen guangzhou canton hangzhou nanjing suzhou chengdu "
    "wuhan tianjin xian xiamen qingdao dalian shenyang changsha kunming china 北京 上海 深圳 广州",
    "Asia/Hong_Kong": "香港 hongkong",
    "Asia/Taipei": "台北 kaohsiung taiwan",
    "Asia/Tokyo": "osaka kyoto nagoya sapporo japan",
    "Asia/Seoul": "busan korea",
    "Asia/Kolkata": "mumbai bombay delhi newdelhi bangalore bengaluru chennai hyderabad india",
    "Europe/Berlin": "munich münchen hamburg frankfurt cologne köln stuttgart germany",
    "Europe/Paris": "lyon marseille toulouse france",
    "Europe/Rome": "milan naples turin italy",
    "Europe/Madrid": "barcelona valencia seville spain",
    "Europe/London": "manchester edinburgh birmingham glasgow",
    "Europe/Moscow": "saintpetersburg stpetersburg",
    "America/New_York": "washington boston miami atlanta philadelphia",
    "America/Chicago": "houston dallas austin neworleans",
    "America/Los_Angeles": "sanfrancisco sandiego seattle lasvegas portland sanjose siliconvalley",
    "America/Toronto": "montreal ottawa",
    "Australia/Sydney": "canberra",
}


def _zone_meant(name: str, known: Collection[str]) -> str:
    """Say which zone a city or a misspelt zone means, as the end of an error line."""
    city = re.sub(r"[\s_.'-]", "", name.rpartition("/")[2].casefold())
    known = sorted(known, key=lambda zone: "/" in zone)  # Asia/Singapore rather than Singapore
    own = {re.sub("[_-]", "", zone.rpartition("/")[2].casefold()): zone for zone in known}
    cities = {word: zone for zone, words in CITIES.items() for word in words.split()}
    zone = cities.get(city) or own.get(city)
    if zone:
        return f"; did you mean {zone!r}?"
    return nearest(name, sorted(known)) if len(name) > len("CEST") else ""  # CST is several zones
