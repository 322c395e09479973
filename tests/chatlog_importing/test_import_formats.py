"""Each exporter's format by a small export of ours: who, when, what, to whom, what is dropped."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from chat_renderings import KEY, found

from sim.chatlog.importing import LAYOUTS, Imported, Wishes, import_chats
from sim.chatlog.importing.table_layouts import layout_of
from sim.errors import InputError

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


def test_a_table_may_begin_with_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text("\n\ntime;sender;text\n2024-01-01T00:00Z;ada;hi\n")
    assert len(import_chats([path], Wishes(), KEY).log.messages) == 1


def test_telegram() -> None:
    made = taken("telegram.json", operators=("reminder",))
    assert rows(made) == [
        (0, "05 20:01:00", "question", -1),
        (1, "05 20:02:00", "link", 0),
        (2, "05 20:03:00", "msg", -1),  # with an escape that is no JSON
        (-1, "05 20:05:00", "bot", -1),
        (0, "05 20:08:00", "msg", 1),
    ]
    assert made.log.messages["kind"].tolist() == ["question", "answer", "chat", "chat", "chat"]
    assert made.log.messages["operator"].tolist() == [-1, -1, -1, 0, -1]
    assert events(made) == [("join", 0), ("join", 1), ("leave", 1)]
    assert created(made) == [utc("2024-01-05 20:00:00")]
    assert dropped(made) == {"unsupported by the export": 1}
    assert malformed(made) == {"not a JSON object": ["60"]}


def test_telegram_of_all_chats_takes_groups_alone(tmp_path: Path) -> None:
    said = '{"id": 1, "type": "message", "date_unixtime": "1704484860", "from_id": "user1"}'
    listed = ",".join(
        f'{{"name": "{kind}", "type": "{kind}", "id": {n}, "messages": [{said}]}}'
        for n, kind in enumerate(("personal_chat", "private_group", "public_supergroup"))
    )
    path = tmp_path / "result.json"
    path.write_text(f'{{"about": "", "chats": {{"about": "", "list": [{listed}]}}}}')
    made = import_chats([path], Wishes(keep_group_names=True), KEY)
    assert made.log.groups is not None
    assert made.log.groups["group"].tolist() == ["private_group", "public_supergroup"]
    assert len(made.log.messages) == 2
    assert dropped(made) == {"in a chat that is no group": 1}


def test_old_telegram_has_local_times(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(
        '{"type": "private_group", "messages": [{"type": "message", "from": "Ada", '
        '"date": "2019-07-01T12:00:00", "text": "hi"}]}'
    )
    with pytest.raises(InputError, match="local and name no zone"):
        import_chats([path], Wishes(), KEY)
    made = import_chats([path], Wishes(time_zone="Europe/Berlin"), KEY)
    assert made.log.messages["ts"].tolist() == [utc("2019-07-01 10:00:00")]


def test_discord_json() -> None:
    made = taken("discord.json")
    assert rows(made) == [
        (0, "01 02:00:05", "question", -1),
        (1, "01 02:01:00", "msg", 0),
        (-1, "01 02:02:00", "bot", -1),
        (1, "02 02:03:00", "link", 0),
    ]
    assert made.log.messages["ts"][0] == utc("2024-01-01 02:00:05.500000")
    assert events(made) == [("join", 0)]
    assert dropped(made) == {"notice of Discord": 1}
    assert malformed(made) == {"no timestamp, or an impossible one": ["153"]}
    assert made.log.groups is not None
    assert made.log.groups["closed"].tolist() == [utc("2024-01-31 16:00:00")]  # exportedAt
    assert created(made)[0] == pytest.approx(utc("2023-12-26 22:10:43"), abs=86_400)


def test_discord_csv() -> None:
    made = taken("discord.csv")
    assert rows(made) == [(0, "01 02:00:05", "question", -1), (1, "01 02:01:00", "msg", -1)]
    assert events(made) == [("join", 0)]
    assert dropped(made) == {"notice": 1}
    assert malformed(made) == {"fewer columns than the header": ["7"]}


def test_discord_in_two_forms_is_the_same_people() -> None:
    both = import_chats([FIXTURES / "discord.json", FIXTURES / "discord.csv"], Wishes(), KEY)
    by_group = both.log.messages.query("member >= 0").groupby("group", observed=True)["member"]
    first, second = (set(members) for _, members in by_group)
    assert first == second


def test_slack() -> None:
    made = taken("slack", keep_group_names=True)
    assert [(who, kind, to) for who, _, kind, to in rows(made)] == [
        (0, "question", -1),
        (1, "msg", 0),
        (-1, "bot", -1),
        (0, "msg", 1),
    ]
    assert made.log.messages["thread"].tolist() == [0, 0, -1, -1]
    assert made.log.messages["kind"].tolist() == ["question", "answer", "chat", "chat"]
    assert events(made) == [("join", 0), ("leave", 1)]
    assert dropped(made) == {"direct message": 1, "notice of Slack": 1}
    assert malformed(made) == {
        "no sender": ["2024-01-01.json:6"],
        "a day's file is no JSON array": ["2024-01-03.json:1"],
    }
    assert made.log.groups is not None
    assert made.log.groups["group"].tolist() == ["empty-one", "general"]  # never used, yet a group
    assert created(made) == [1704100500.0, 1704100000.0]
    assert made.log.groups["closed"].nunique() == 1


def test_slack_in_a_thread_addresses_whom_it_mentions(tmp_path: Path) -> None:
    people = [{"id": f"U{n}"} for n in range(3)]
    (tmp_path / "users.json").write_text(json.dumps(people))
    (tmp_path / "channels.json").write_text('[{"id": "C", "name": "c"}]')
    (tmp_path / "c").mkdir()
    said = [("U0", "first"), ("U1", "second"), ("U2", "<@U1> third")]
    (tmp_path / "c" / "2024-01-01.json").write_text(
        json.dumps(
            [
                {"type": "message", "user": user, "text": text, "ts": f"170410300{n}.0",
                 "thread_ts": "1704103000.0"}
                for n, (user, text) in enumerate(said)
            ]
        )
    )  # fmt: skip
    made = import_chats([tmp_path], Wishes(), KEY)
    assert [to for _, _, _, to in found(made)] == [-1, 0, 1]


def test_a_name_that_two_members_bear_addresses_neither(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    rows = ("1,Ada,hi", "2,Ada,hi", "3,Bob,@Ada hi", "3,Bob,@Bob hi")
    path.write_text("".join(f"{row}\n" for row in ("time,sender,name,text", *(
        f"2024-01-01T00:0{n}Z,{row}" for n, row in enumerate(rows)))))  # fmt: skip
    made = import_chats([path], Wishes(), KEY)
    assert [to for _, _, _, to in found(made)] == [-1, -1, -1, -1]


def test_wechat_by_memotrace() -> None:
    made = taken("wechat_memotrace2.csv")
    assert rows(made) == [
        (0, "01 00:01:00", "question", -1),
        (1, "01 00:02:00", "question", 0),
        (2, "01 00:03:00", "link", -1),  # a card; its XML is no text
        (3, "01 00:05:00", "msg", -1),  # a picture by whoever made the export
    ]
    assert events(made) == [("join", 1), ("join", 2), ("packet", 0), ("leave", 2)]
    assert malformed(made) == {"no time, or an impossible one": ["9"]}
    newer = taken("wechat_memotrace3.csv")
    assert [kind for _, _, kind, _ in rows(newer)] == ["question", "msg", "msg"]
    assert events(newer) == [("join", 1)]
    assert newer.inputs[0].zone == "Asia/Shanghai"


def test_wechat_by_others() -> None:
    made = taken("wechat_pywxdump.csv")
    assert made.log.groups is not None
    assert len(made.log.groups) == 2
    assert [kind for _, _, kind, _ in rows(made)] == ["question", "msg", "msg", "link"]
    assert rows(taken("wechat_chatlog.csv"))[0] == (0, "01 00:01:00", "question", -1)


def test_qq() -> None:
    made = taken("qq.txt")
    assert rows(made) == [
        (0, "01 00:01:00", "question", -1),
        (1, "01 00:02:00", "msg", 0),
        (2, "01 00:03:00", "msg", -1),
    ]
    assert events(made) == [("join", 1)]
    table = taken("qq.csv")  # in GB 18030
    assert (table.inputs[0].format, len(table.log.messages)) == ("qq", 2)


def test_any_table_with_its_columns_named() -> None:
    columns = {"time": "when", "sender": "who", "text": "what", "group": "room"}
    made = taken("generic.csv", columns=columns, time_zone="UTC")
    assert [(kind, to) for _, _, kind, to in rows(made)] == [
        ("msg", -1),
        ("question", 0),
        ("link", -1),
    ]
    assert made.log.groups is not None
    assert len(made.log.groups) == 2


def test_every_layout_is_recognised_by_its_own_header() -> None:
    for layout in LAYOUTS:
        header = [*dict.fromkeys([*layout.columns.values(), *layout.marks])]
        recognised = layout_of(header, {})
        assert recognised is not None
        assert recognised.name == layout.name
