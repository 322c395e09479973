"""Each exporter's format by a small export of ours: who, when, what, to whom, what is dropped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from chat_renderings import KEY, Said, found, write

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


def test_several_files_are_several_groups_and_the_same_export_twice_is_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in "ab":
        text = f"2024-01-0{'ab'.index(folder) + 1} 10:00 - Ada: hi\n"
        (tmp_path / folder / "_chat.txt").write_text(text)
    paths = [tmp_path / folder / "_chat.txt" for folder in "ab"]
    made = import_chats(paths, Wishes(time_zone="UTC"), KEY)
    assert made.log.groups is not None
    assert len(made.log.groups) == 2
    assert made.log.messages["member"].nunique() == 1
    ends = dict(zip(made.log.groups["group"], made.log.groups["closed"], strict=True))
    assert sorted(ends.values()) == [utc("2024-01-01 10:00"), utc("2024-01-02 10:00")]
    twice = import_chats([FIXTURES / "telegram.json"] * 2, Wishes(), KEY)
    assert len(twice.log.messages) == 5
    assert twice.inputs[1].tally.dropped["the same as in an earlier input"] == 7
    assert twice.log.events is not None
    assert len(twice.log.events) == 3


def test_the_end_of_observation_is_what_the_user_says() -> None:
    made = taken("qq.txt", observed_until="2024-03-01 00:00", time_zone="Asia/Shanghai")
    assert made.log.groups is not None
    assert made.log.groups["closed"].tolist() == [utc("2024-02-29 16:00")]


def test_a_creation_after_the_first_message_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("2024-01-01 10:00 - Ada: hi\n2024-01-02 10:00 - Ada created group “x”\n")
    assert np.isnan(created(import_chats([path], Wishes(time_zone="UTC"), KEY))).all()


def test_groups_are_named_as_asked() -> None:
    paths = [FIXTURES / "qq.txt", FIXTURES / "wechat_chatlog.csv"]
    made = import_chats(paths, Wishes(group_names=("one", "two")), KEY)
    assert set(made.log.messages["group"]) == {"one", "two"}
    with pytest.raises(InputError, match="1 names for 2 groups"):
        import_chats(paths, Wishes(group_names=("one",)), KEY)
    with pytest.raises(InputError, match="two groups of one name"):
        import_chats(paths, Wishes(group_names=("one", "one")), KEY)


def test_the_columns_are_those_of_a_simulated_log() -> None:
    made = taken("telegram.json")
    assert list(made.log.messages) == [
        "group", "member", "ts", "reply_to", "thread", "type", "kind", "operator",
    ]  # fmt: skip
    assert made.log.events is not None
    assert list(made.log.events) == [
        "group", "ts", "event", "member", "operator", "packet", "fen", "shares",
    ]  # fmt: skip


def test_parts_of_one_channel_are_one_group_observed_until_the_last_part(tmp_path: Path) -> None:
    paths = []
    for part, day in enumerate(("2024-01-01", "2024-02-01")):
        paths.append(tmp_path / f"part{part}.csv")
        row = f"1,{day} 10:00,ada,room\n"
        paths[-1].write_text(f"id,time,sender,group\n{row}")
    made = import_chats(paths, Wishes(time_zone="UTC"), KEY)
    assert len(made.log.messages) == 2  # the same id at another time is another message
    assert made.log.groups is not None
    assert made.log.groups["closed"].tolist() == [utc("2024-02-01 10:00")]


@pytest.mark.parametrize("name", ["chat.txt", "chat.csv", "result.json"])
def test_progress_counts_the_bytes(tmp_path: Path, name: str) -> None:
    chat = [Said(1_704_067_200 + 60 * n, n % 3, "第三章") for n in range(12_000)]
    kind = {"chat.txt": "whatsapp android", "chat.csv": "plain csv", "result.json": "telegram"}
    path = write(kind[name], chat, "UTC", tmp_path)
    told: list[tuple[int, int]] = []
    wishes = Wishes(time_zone="UTC", date_order="dmy")
    import_chats([path], wishes, KEY, lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {size}
    assert 0.8 * size < told[-1][0] <= size
