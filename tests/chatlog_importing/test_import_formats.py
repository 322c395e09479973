"""Each exporter's format by a small export of ours: who, when, what, to whom, what is dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chat_readings import FIXTURES, created, dropped, events, malformed, rows, taken, utc
from chat_renderings import KEY, Said, found, write

from sim.chatlog.importing import Wishes, import_chats
from sim.chatlog.tables import LAYOUTS, layout_of
from sim.errors import InputError


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


def test_nobody_addresses_an_operator_and_operators_are_no_members(tmp_path: Path) -> None:
    made = taken("telegram.json", operators=("Reminder", "user1"))
    messages, events = made.log.messages, made.log.events
    assert messages["operator"].tolist() == [1, -1, -1, 0, 1]
    assert messages["member"].tolist().count(-1) == 3
    assert messages["reply_to"].tolist()[1] == -1  # Bob answers Ada, who is an operator now
    assert messages["reply_to"].tolist()[4] == messages["member"].tolist()[1]
    assert events is not None
    assert events[["member", "operator"]].values.tolist()[0] == [-1, 1]


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


def test_what_an_app_writes_for_a_picture_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    rows_ = ("1,图片,小明,2024-01-01 08:00:00,[图片?]", "2,文本,小明,2024-01-01 08:01:00,[图片?]")
    path.write_text("\n".join(("消息ID,类型,发送人,时间,内容", *rows_)), encoding="utf-8")
    made = import_chats([path], Wishes(), KEY)
    assert [kind for _, _, kind, _ in rows(made)] == ["msg", "question"]


def test_spaces_round_a_cell_are_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text("time, sender\n2024-01-01T00:00Z, ada\n 2024-01-01T00:01Z ,ada \n")
    assert [who for who, *_ in found(import_chats([path], Wishes(), KEY))] == [0, 0]


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
    made = taken("wechat_chatlog.csv")
    assert rows(made)[0] == (0, "01 00:01:00", "question", -1)
    assert events(made) == [("join", 1)]


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


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("telegram", {"reply_to_peer_id": "channel5"}),  # the id counts in another chat
        ("discord json", {"reference": {"type": "Forward", "messageId": "1189326900000000000"}}),
    ],
)
def test_a_message_from_elsewhere_is_no_answer(tmp_path: Path, kind: str, change) -> None:
    chat = [Said(1_704_067_200, 0, "hi"), Said(1_704_067_260, 1, "oh", answers=0)]
    path = write(kind, chat, "UTC", tmp_path)
    assert [row[-1] for row in found(import_chats([path], Wishes(), KEY))] == [-1, 0]
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["messages"][1] |= change
    path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    assert [row[-1] for row in found(import_chats([path], Wishes(), KEY))] == [-1, -1]
