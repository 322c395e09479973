"""Dates and times of exports, in digits and in words, become UTC seconds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, format_time
from chat_readings import malformed
from chat_renderings import KEY
from hypothesis import given
from hypothesis import strategies as st

from sim.chatlog.dates import (
    Clock,
    LunarYearError,
    OrderNeededError,
    ZoneNeededError,
    calendar_day,
    date_order_of,
    hour_of_day,
    since_epoch,
)
from sim.chatlog.importing import Wishes, import_chats
from sim.errors import InputError

BERLIN = ZoneInfo("Europe/Berlin")
_OURS = "not a time|out of range|must be in|day is"
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "UTC")


def utc(text: str) -> float:
    return dt.datetime.fromisoformat(f"{text}+00:00").timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1704067200", utc("2024-01-01")),
        ("1704067200000", utc("2024-01-01")),
        ("1704067200000000", utc("2024-01-01")),
        ("1704067200.25", utc("2024-01-01") + 0.25),
        ("2024-01-01T08:00:00+08:00", utc("2024-01-01")),
        ("2024-01-01T00:00:00.1230000Z", utc("2024-01-01") + 0.123),
        ("2024-07-01 12:00", utc("2024-07-01 10:00")),
        ("2024/7/1 12:00:05", utc("2024-07-01 10:00:05")),
        ("2024年7月1日 下午3:45", utc("2024-07-01 13:45")),
        ("1.7.24, 12:00", utc("2024-07-01 10:00")),
        ("1.7.2024 klo 12.00.30", utc("2024-07-01 10:00:30")),
        ("2024. 7. 1. 오후 3:45", utc("2024-07-01 13:45")),
        ("01/07/2024, 3:45 p. m.", utc("2024-07-01 13:45")),
        ("01/07/24 12:05:00 AM", utc("2024-06-30 22:05")),
        ("٠١/٠٧/٢٠٢٤, ١٢:٠٠", utc("2024-07-01 10:00")),
    ],
)
def test_a_time_is_read_however_it_is_written(text: str, seconds: float) -> None:
    assert Clock(BERLIN, "dmy").read(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text", ["", "noon", "2024-13-01 10:00", "31.2.2024 10:00", "1.1.24 24:10", "12", "9" * 30,
             "1e9", "0001-01-01 00:00", "1.1.124 10:00", "nan", "-1704067200"]
)  # fmt: skip
def test_what_is_no_time_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=_OURS) as fault:
        Clock(BERLIN, "dmy").read(text)
    assert not text or text not in str(fault.value)


def test_a_local_time_needs_a_zone_and_a_date_its_order() -> None:
    with pytest.raises(ZoneNeededError):
        Clock().read("2024-01-01 10:00")
    with pytest.raises(OrderNeededError):
        Clock(BERLIN).read("1/2/2024 10:00")
    assert Clock().read("2024-01-01T10:00Z") == utc("2024-01-01 10:00")


def test_the_hour_that_comes_twice_is_told_apart_by_what_came_before() -> None:
    clock = Clock(BERLIN)
    read = [clock.read(f"2023-10-29 0{time}") for time in ("2:30", "2:50", "2:10", "2:55", "3:05")]
    hours = ("00:30", "00:50", "01:10", "01:55", "02:05")
    assert read == [utc(f"2023-10-29 {hour}") for hour in hours]


def test_a_moment_out_of_order_is_no_second_hour() -> None:
    clock = Clock(BERLIN)
    read = [clock.read(f"2023-10-29 02:{time}") for time in ("30:00", "29:30", "31:00")]
    assert read == [utc(f"2023-10-29 00:{time}") for time in ("30:00", "29:30", "31:00")]


def test_the_hour_that_never_was_is_counted() -> None:
    clock = Clock(BERLIN)
    assert clock.read("2024-03-31 02:30") == utc("2024-03-31 01:30")
    assert (clock.skipped_times, clock.local_times) == (1, 1)


@given(
    st.sampled_from(ZONES),
    st.integers(int(utc("2015-01-01")), int(utc("2030-01-01"))),
    st.lists(st.integers(0, 25 * 60), min_size=1, max_size=20),
)
def test_a_chat_without_long_pauses_comes_back_through_any_night(zone, start, gaps) -> None:
    # Lord Howe Island shifts by half an hour: no pause is as long as any shift.
    # The first message is not in a doubled hour: what came before it is not known.
    clock, place = Clock(ZoneInfo(zone)), ZoneInfo(zone)
    first = dt.datetime.fromtimestamp(start, place)
    if first.replace(fold=0).utcoffset() != first.replace(fold=1).utcoffset():
        start += 2 * 3600
    times = [start]
    for gap in gaps:
        times.append(times[-1] + gap)
    for ts in times:
        written = dt.datetime.fromtimestamp(ts, place).strftime("%Y-%m-%d %H:%M:%S")
        got = clock.read(written)
        assert got == ts


@pytest.mark.parametrize(
    ("hour", "half", "expected"),
    [
        (12, "am", 0),
        (12, "PM", 12),
        (1, "pm", 13),
        (11, "上午", 11),
        (12, "凌晨", 0),
        (8, "晚上", 20),
        (12, "中午", 12),
        (1, "中午", 13),
        (23, None, 23),
        (15, "下午", 15),
    ],
)
def test_halves_of_the_day(hour: int, half: str | None, expected: int) -> None:
    assert hour_of_day(hour, half) == expected


def test_a_count_since_1970_out_of_range_is_no_time() -> None:
    for count in (0, 5e8, 4.2e9, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="year out of range"):
            since_epoch(count)


@given(
    st.dates(dt.date(2012, 1, 1), dt.date(2028, 12, 31)),
    st.lists(st.integers(0, 40), min_size=1, max_size=30),
    st.sampled_from(("dmy", "mdy")),
)
def test_an_order_that_is_found_is_the_right_one(start, gaps, order) -> None:
    days = [start]
    for gap in gaps:
        days.append(days[-1] + dt.timedelta(days=gap))
    parts = [{"d": day.day, "m": day.month, "y": day.year} for day in days]
    dates = [(p[order[0]], p[order[1]], p[order[2]]) for p in parts]
    assert date_order_of(dates) in (order, None)
    if any(day.day > 12 for day in days):
        assert date_order_of(dates) == order


def test_a_year_of_two_digits_may_come_first() -> None:
    assert date_order_of([(23, 5, 6), (23, 5, 7), (23, 6, 1)]) == "ymd"


def test_a_few_broken_dates_do_not_hide_the_order() -> None:
    good = [(day, 3, 2024) for day in range(1, 29)]
    assert date_order_of([*good, (3, 14, 2024)]) == "dmy"


def chat(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "chat.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_an_undecidable_chat_asks_for_the_order(tmp_path: Path) -> None:
    path = chat(tmp_path, "03/04/24, 10:00 - Ada: a", "04/04/24, 10:00 - Ada: b")
    with pytest.raises(InputError, match="--date-order dmy or --date-order mdy"):
        import_chats([path], Wishes(time_zone="UTC"), KEY)
    for order, month in (("dmy", 4), ("mdy", 3)):
        made = import_chats([path], Wishes(time_zone="UTC", date_order=order), KEY)
        first = dt.datetime.fromtimestamp(made.log.messages["ts"].min(), dt.UTC)
        assert first.month == month


def test_a_table_finds_its_order_too(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text("time,sender\n3/4/2024 10:00,ada\n3/14/2024 10:00,ada\n")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.log.messages["ts"].tolist() == [utc("2024-03-04 10:00"), utc("2024-03-14 10:00")]
    assert made.inputs[0].date_order == "mdy"


def test_each_export_says_which_zone_was_used(tmp_path: Path) -> None:
    path = chat(tmp_path, "2024-03-31 02:30 - Ada: a")
    (report,) = import_chats([path], Wishes(time_zone="Europe/Berlin"), KEY).inputs
    assert (report.zone, report.skipped_times) == ("Europe/Berlin", 1)


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


def dated(tmp_path: Path, *heads: str) -> Path:
    path = tmp_path / "chat.txt"
    path.write_text("".join(f"{head} - Ada: a\n" for head in heads), encoding="utf-8")
    return path


def test_the_report_names_the_calendar_and_no_chat_has_two(tmp_path: Path) -> None:
    path = dated(tmp_path, "5/3/2566 15:05", "25/3/2566 15:05", "26/3/2023 15:05")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.log.messages["ts"].tolist() == [utc("2023-03-05 15:05"), utc("2023-03-25 15:05")]
    assert any("Buddhist" in note for note in made.notes)
    assert malformed(made) == {"a year of another calendar than the dates before": ["3"]}


def test_lunar_years_are_refused_by_name(tmp_path: Path) -> None:
    path = dated(tmp_path, "5/3/1445 15:05", "25/3/1445 15:05")
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
