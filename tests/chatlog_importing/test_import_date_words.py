"""Dates with words, with offsets, of other calendars, and as days of a spreadsheet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, format_time
from chat_readings import malformed, utc
from chat_renderings import KEY
from hypothesis import given
from hypothesis import strategies as st

from sim.chatlog.dates import Clock, LunarYearError, calendar_day
from sim.chatlog.importing import Wishes, import_chats
from sim.errors import InputError

BERLIN = ZoneInfo("Europe/Berlin")
SUMMER = utc("2024-07-01 13:45")


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-01 13:45:00 UTC",
        "2024/07/01 13:45 GMT",
        "2024/07/01 13:45:00.250 UTC",
        "July 1st, 2024 1:45 PM UTC",
        "2024年7月1日 下午1点45分 UTC",
        "2024年7月1日 13時45分00秒 UTC",
        "1.7.2024, 15:45 GMT+2",
        "Mon, 01 Jul 2024 13:45:00 +0000",
        "Mon, 1 Jul 2024 13:45:00 GMT",
        "Mon Jul  1 15:45:00 2024",
        "Mon Jul  1 13:45:00 UTC 2024",
        "Mon Jul 01 2024 15:45:00 GMT+0200 (CEST)",
        "1 Jul 2024 15:45",
        "01-Jul-24 03:45 PM",
        "July 1, 2024 at 3:45 PM",
        "1 de julio de 2024, 3:45 p. m.",
        "1 juillet 2024 à 15:45",
        "lunedì 1 luglio 2024 alle ore 15:45",
        "Mo., 1. Juli 2024 um 15:45 Uhr",
        "2024年7月1日 星期一 下午3:45",
        "2024年7月1日(月) 午後3:45",
        "2024年7月1日 15时45分00秒",
        "2024年7月1日 下午3点45分",
        "July 1st, 2024 3:45 PM",
        "01.07.2024 15:45:00.000",
        "1.07.24 г., 15:45 ч.",
        "01.07.2024 kl. 15.45",
        "01. 07. 2024. u 15:45",
        "1/7/24, 3:45 अपराह्न",
        "1/7/2024, 3:45 PTG",
        "1.7.2024, 3:45 e pasdites",
        "24. 7. 1. 오후 3:45",
        "15:45, 01/07/2024",
        "3:45 pm, 1/7/2024",
        "01.07.2024 - 15:45",
        "1/7/2567 15:45",
        "1/7/67 15:45",
        "1 กรกฎาคม 2567 15:45",
        "۱۴۰۳/۴/۱۱ ۱۵:۴۵",
        "۱۱ تیر ۱۴۰۳، ۱۵:۴۵",
    ],
)
def test_a_date_is_read_in_its_language_and_calendar(text: str) -> None:
    assert Clock(BERLIN, "dmy").read(text) == SUMMER


@pytest.mark.parametrize(
    "text",
    [
        "1 listopada 2024 10:00",  # October in Croatian, November in Polish
        "1 Jul 2024 15:45 CEST",  # a name of a zone is no offset
        "1 Foo 2024 10:00",
        "1 Jul 10:00 3 4",
        "30/12/1402 10:00",  # the year had 29 days in its last month
        "31/7/1403 10:00",
    ],
)
def test_what_cannot_be_told_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time|day is out of range"):
        Clock(BERLIN, "dmy").read(text)


LANGUAGES = (
    "en",
    "de",
    "es",
    "pt",
    "fr",
    "it",
    "zh",
    "zh_Hant",
    "ko",
    "ja",
    "ru",
    "tr",
    "vi",
    "th",
)
DATES = st.datetimes(dt.datetime(2010, 1, 1), dt.datetime(2035, 1, 1))


@given(st.sampled_from(LANGUAGES), st.sampled_from(("medium", "long")), DATES)
def test_a_date_that_a_library_writes_is_read_again(language: str, length, when) -> None:
    when = when.replace(second=0, microsecond=0)
    locale = Locale.parse(language)
    date, time = format_date(when, length, locale), format_time(when, "short", locale=locale)
    read = Clock(ZoneInfo("UTC"), "mdy" if language == "en" else "dmy").read
    wanted = when.replace(tzinfo=dt.UTC).timestamp()
    assert read(f"{date} {time}") == wanted
    assert read(f"{time}, {date}") == wanted


@pytest.mark.parametrize(
    ("persian", "gregorian"),
    [
        ((1399, 12, 30), "2021-03-20"),
        ((1400, 1, 1), "2021-03-21"),
        ((1402, 1, 1), "2023-03-21"),
        ((1403, 1, 1), "2024-03-20"),
        ((1403, 12, 30), "2025-03-20"),
        ((1404, 1, 1), "2025-03-21"),
        ((1396, 6, 31), "2017-09-22"),
        ((1408, 12, 30), "2030-03-20"),
    ],
)
def test_persian_days(persian: tuple[int, int, int], gregorian: str) -> None:
    assert calendar_day(*persian)[1].isoformat() == gregorian


@given(st.integers(1360, 1428), st.integers(1, 12), st.integers(1, 29))
def test_persian_days_follow_each_other(year: int, month: int, day: int) -> None:
    following = [(year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)]
    for date in following:
        try:
            later = calendar_day(*date)[1]
        except ValueError:
            continue
        break
    assert later - calendar_day(year, month, day)[1] == dt.timedelta(days=1)


def chat(tmp_path: Path, *heads: str) -> Path:
    path = tmp_path / "chat.txt"
    path.write_text("".join(f"{head} - Ada: a\n" for head in heads), encoding="utf-8")
    return path


def test_the_report_names_the_calendar_and_no_chat_has_two(tmp_path: Path) -> None:
    path = chat(tmp_path, "5/3/2566 15:05", "25/3/2566 15:05", "26/3/2023 15:05")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.log.messages["ts"].tolist() == [utc("2023-03-05 15:05"), utc("2023-03-25 15:05")]
    assert any("Buddhist" in note for note in made.notes)
    assert malformed(made) == {"a year of another calendar than the dates before": ["3"]}


def test_lunar_years_are_refused_by_name(tmp_path: Path) -> None:
    path = chat(tmp_path, "5/3/1445 15:05", "25/3/1445 15:05")
    with pytest.raises(InputError, match="Islamic lunar"):
        import_chats([path], Wishes(time_zone="UTC"), KEY)
    with pytest.raises(LunarYearError):
        Clock(BERLIN).read("1445/3/5 15:05")


def table(tmp_path: Path, *times: str) -> Path:
    path = tmp_path / "chat.csv"
    path.write_text("time,sender\n" + "".join(f"{time},ada\n" for time in times))
    return path


def test_days_of_a_spreadsheet_are_read_where_all_times_are(tmp_path: Path) -> None:
    path = table(tmp_path, "45474", "45474.65625", "")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.log.messages["ts"].tolist() == [utc("2024-07-01 00:00"), utc("2024-07-01 15:45")]


@pytest.mark.parametrize("others", [("1704067200",), ("45475",), ("2024-07-01 10:00Z",)])
def test_a_number_among_other_times_is_no_day_of_a_spreadsheet(tmp_path: Path, others) -> None:
    path = table(tmp_path, *others, "45474", "2024-07-01T10:00Z")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert sum(map(len, malformed(made).values())) >= 1
