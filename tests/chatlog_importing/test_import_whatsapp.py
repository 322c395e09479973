"""WhatsApp's text exports: two systems, many countries, notices, nights of changing clocks."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat_readings import created, dropped, events, malformed, rows, taken, utc
from chat_renderings import KEY, found

from sim.chatlog.importing import Wishes, import_chats


def test_whatsapp_of_an_iphone() -> None:
    made = taken("whatsapp_ios_us.txt", time_zone="America/New_York")
    assert rows(made) == [
        (0, "10 04:59:30", "msg", -1),
        (1, "10 05:05:00", "question", -1),
        (2, "10 05:06:10", "msg", -1),
        (2, "10 07:15:00", "msg", 1),  # after the clocks went forward
        (0, "13 13:00:00", "link", -1),
    ]
    assert events(made) == [("join", 1), ("join", 2), ("leave", 1)]
    assert created(made) == [utc("2024-03-10 04:58:01")]
    assert dropped(made) == {"notice of WhatsApp": 2}
    assert made.inputs[0].date_order == "mdy"
    assert made.inputs[0].tally.further_lines == 2


def test_whatsapp_of_a_german_android_in_the_night_the_clocks_go_back() -> None:
    made = taken("whatsapp_android_de.txt", time_zone="Europe/Berlin")
    assert rows(made) == [
        (0, "29 00:30:00", "question", -1),
        (1, "29 00:45:00", "msg", -1),
        (2, "29 01:10:00", "msg", -1),
        (1, "29 01:40:00", "msg", -1),
        (2, "29 02:05:00", "link", 0),
    ]
    assert events(made) == [("join", 1), ("join", 2), ("leave", 2)]
    assert created(made) == [utc("2023-10-28 23:51:00")]  # the colon in the name is no sender's
    assert malformed(made) == {"impossible date or time": ["10"]}


def test_whatsapp_in_chinese() -> None:
    made = taken("whatsapp_android_zh.txt", time_zone="Asia/Shanghai")
    assert rows(made) == [
        (0, "06 07:45:00", "question", -1),
        (1, "06 07:46:00", "msg", -1),
        (1, "06 15:10:00", "question", 0),
        (0, "06 17:00:00", "msg", -1),
    ]
    assert events(made) == [("join", 1)]
    assert created(made) == [utc("2024-05-05 16:04:00")]


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ("[06.05.24, 15:45:00] ", None),
        ("06.05.24, 15:45 - ", None),
        ("06.05.2024 15.45 - ", None),
        ("6. 5. 2024, 15:45 - ", None),
        ("[6.5.2024 klo 15.45.00] ", None),
        ("5/6/24, 3:45\u202fPM - ", "mdy"),
        ("06/05/24, 3:45\u202fpm - ", "dmy"),
        ("6/5/24, 3:45 p.\u00a0m. - ", "dmy"),
        ("06/05/2024 à 15:45 - ", "dmy"),
        ("06/05/24 15.45 - ", "dmy"),
        ("06-05-2024 15:45 - ", "dmy"),
        ("2024-05-06 15:45 - ", None),
        ("[2024/5/6 下午3:45:00] ", None),
        ("2024年5月6日 下午3:45 - ", None),
        ("2024. 5. 6. 오후 3:45 - ", None),
        ("\u200f٦\u200f/٥\u200f/٢٠٢٤، ٣:٤٥ م - ", "dmy"),
    ],
)
def test_whatsapp_in_the_manner_of_many_countries(tmp_path: Path, head: str, order) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(f"{head}Ada: hello\n{head}\u200e~\u202fBob: 15:45?\n", encoding="utf-8")
    made = import_chats([path], Wishes(time_zone="UTC", date_order=order), KEY)
    ts = utc("2024-05-06 15:45")
    assert found(made) == [(0, ts, "msg", -1), (1, ts, "question", -1)]


def test_whoever_joined_can_be_addressed_before_they_speak(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("2024-05-06 15:45 - Ada added Bob\n2024-05-06 15:46 - Ada: @Bob hello\n")
    made = import_chats([path], Wishes(time_zone="UTC"), KEY)
    assert made.log.events is not None
    assert made.log.messages["reply_to"].tolist() == made.log.events["member"].tolist()
