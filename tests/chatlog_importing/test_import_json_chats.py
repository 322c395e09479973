"""The JSON of Telegram, QQ Chat Exporter and ChatLab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chat_readings import dropped, events, malformed, rows
from chat_renderings import KEY

from sim.chatlog.gathering import LOST_PART
from sim.chatlog.importing import Imported, Wishes, import_chats

CHATLAB = [
    {"sender": "1", "accountName": "Ada", "timestamp": 1703001600, "type": 0, "content": "who?",
     "platformMessageId": "m1"},
    {"sender": "2", "accountName": "Bob", "timestamp": 1703001660, "type": 25, "content": "me",
     "platformMessageId": "m2", "replyToMessageId": "m1"},
    {"sender": "1", "accountName": "Ada", "timestamp": 1703001700, "type": 1, "content": None},
    {"sender": "1", "accountName": "Ada", "timestamp": 1703001710, "type": 7, "content": "card"},
    {"sender": "2", "accountName": "Bob", "timestamp": 1703001720, "type": 20, "content": "x"},
    {"sender": "s", "accountName": "s", "timestamp": 1703001730, "type": 80,
     "content": "\"Ada\"邀请\"Cem、Dee\"加入了群聊"},
    {"sender": "2", "accountName": "Bob", "timestamp": 1703001740, "type": 81, "content": "撤回"},
    {"sender": "2", "accountName": "Bob", "timestamp": "soon", "type": 0, "content": "x"},
]  # fmt: skip
HEAD = {
    "chatlab": {"version": "0.0.2", "exportedAt": 1703088000},
    "meta": {"name": "Us", "platform": "qq", "type": "group", "groupId": "998"},
}


def of_qq(n: int, who: str, text: str, **more: object) -> dict[str, object]:
    sender = {"uid": f"u_{who}", "uin": f"1000{who}", "name": who, "groupCard": f"card {who}"}
    said = {"id": f"m{n}", "timestamp": 1_766_718_601_000 + 60_000 * n, "type": "text"}
    return said | {"sender": sender, "content": {"text": text, "elements": []}, **more}


REPLY = {"type": "reply", "data": {"messageId": "m0", "content": "who?"}}
QQ = [
    of_qq(0, "1", "谁在?"),
    of_qq(1, "2", "", content={"text": "[回复 1: 谁在?] 我", "elements": [REPLY]}),
    of_qq(2, "1", "在吗", content={"text": "在", "reply": {"referencedMessageId": "m1"}}),
    of_qq(3, "0", "小刚加入了本群", system=True, type="system"),
    of_qq(4, "2", "[QQ红包]恭喜发财"),
    of_qq(5, "2", "@card 1 早", recalled=True),
]


def read(*paths: Path) -> Imported:
    return import_chats(list(paths), Wishes(keep_group_names=True), KEY)


def lines(*values: object) -> str:
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values) + "\n"


@pytest.mark.parametrize("form", ["indented", "compact", "lines"])
def test_chatlab(tmp_path: Path, form: str) -> None:
    path = tmp_path / "us.json"
    if form == "lines":
        members = [{"_type": "member", "platformId": "1", "accountName": "Ada"}]
        said = [{"_type": "message", **each} for each in CHATLAB]
        path.write_text("# made by hand\n" + lines({"_type": "header", **HEAD}, *members, *said))
    else:
        whole = HEAD | {"members": [{"platformId": "1"}], "messages": CHATLAB}
        path.write_text(json.dumps(whole, indent=2 if form == "indented" else None))
    made = read(path)
    assert [(who, kind, to) for who, _, kind, to in rows(made)] == [
        (0, "question", -1),
        (1, "msg", 0),
        (0, "msg", -1),
        (0, "link", -1),
    ]
    assert events(made) == [("packet", 1), ("join", -2), ("join", -2)]
    assert dropped(made)["notice of the app"] == 1
    assert list(malformed(made)) == ["no timestamp, or an impossible one"]
    assert made.log.groups is not None
    assert made.log.groups[["group", "closed"]].values.tolist() == [["Us", 1703088000.0]]


@pytest.mark.parametrize("form", ["whole", "lines", "folder", "part"])
def test_qq_chat_exporter(tmp_path: Path, form: str) -> None:
    about = {"metadata": {"name": "QQChatExporter"}, "chatInfo": {"name": "Us", "type": "group"}}
    chunks = tmp_path / "group_Us_123456_20251226" / "chunks"
    chunks.mkdir(parents=True)
    (chunks.parent / "manifest.json").write_text(json.dumps(about | {"chunked": {}}))
    paths = [tmp_path / "us.json"]
    if form == "whole":
        paths[0].write_text(json.dumps(about | {"messages": QQ}, indent=1))
    elif form == "lines":
        paths[0].write_text(lines(*QQ))
    else:
        paths = [chunks / f"chunk_000{n}.jsonl" for n in (1, 2)]
        paths[0].write_text(lines(*QQ[:3]))
        paths[1].write_text(lines(*QQ[3:]))
        paths = [chunks.parent] if form == "folder" else paths
    made = read(*paths)
    assert [(who, ts, kind, to) for who, ts, kind, to in rows(made)] == [
        (0, "26 03:10:01", "question", -1),
        (1, "26 03:11:01", "msg", 0),  # the text quoted asks, this one does not
        (0, "26 03:12:01", "msg", 1),
        (1, "26 03:15:01", "msg", 0),
    ]
    assert events(made) == [("join", -2), ("packet", 1)]
    assert made.log.groups is not None
    assert made.log.groups["group"].tolist() == ["Us" if form != "lines" else "us"]


def test_the_same_person_in_chatlab_and_in_the_exporters_own_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_text(json.dumps({"chatInfo": {}, "messages": [of_qq(0, "1", "x")]}))
    said = {"sender": "10001", "timestamp": 1703001600, "type": 0, "content": "x"}
    second.write_text(json.dumps(HEAD | {"messages": [said]}))
    assert read(first, second).log.messages["member"].nunique() == 1


START = 1_704_067_200


def said(n: int, day: float, who: str = "user1", **more: object) -> dict[str, object]:
    when = str(int(START + 86_400 * day))
    return {"id": n, "type": "message", "date_unixtime": when, "from_id": who, "text": "x", **more}


def notice(n: int, day: float, action: str, **more: object) -> dict[str, object]:
    return said(n, day) | {"type": "service", "action": action, "actor_id": "user1", **more}


def chat(number: int, title: str, kind: str, *messages: object) -> dict[str, object]:
    return {"name": title, "type": kind, "id": number, "messages": list(messages)}


def read_chats(folder: Path, *chats: dict[str, object], apart: bool = False) -> Imported:
    paths = []
    for n, part in enumerate([[each] for each in chats] if apart else [list(chats)]):
        path = folder / f"result{n}.json"
        whole = part[0] if apart else {"about": "", "chats": {"list": part}}
        path.write_text(json.dumps(whole, indent=1))
        paths.append(path)
    return import_chats(paths, Wishes(keep_group_names=True), KEY)


def groups(made: Imported) -> list[str]:
    assert made.log.groups is not None
    return made.log.groups["group"].tolist()


def small(title: str, move_day: float) -> dict[str, object]:
    born = notice(1, 0, "create_group", members=["Ada"])
    answer = said(3, 2, "user2", reply_to_message_id=2)
    leave = notice(4, move_day, "migrate_to_supergroup")
    return chat(11, title, "private_group", born, said(2, 1), answer, leave)


def large(title: str, move_day: float, was: str) -> dict[str, object]:
    arrive = notice(1, move_day, "migrate_from_group", title=was)
    later = (said(2, 21), said(3, 30, "user2", reply_to_message_id=2))
    return chat(-1000000000022, title, "private_supergroup", arrive, *later)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_group_that_went_on_as_another_is_one(tmp_path: Path, apart, is_turned) -> None:
    chats = [small("Club", 20), large("Club renamed", 20, "Club")]
    made = read_chats(tmp_path, *reversed(chats) if is_turned else chats, apart=apart)
    assert groups(made) == ["Club renamed"]
    assert made.log.groups is not None
    assert made.log.groups["created"].tolist() == [START]
    messages = made.log.messages
    assert messages["ts"].is_monotonic_increasing
    assert len(messages) == 4
    assert (messages["reply_to"] >= 0).tolist() == [False, True, False, True]  # ids count anew
    assert sum(sum(each.tally.notes.values()) for each in made.inputs) == 1


def test_a_later_export_of_both_adds_nothing_twice(tmp_path: Path) -> None:
    made = read_chats(tmp_path, *[small("Club", 20), large("Club", 20, "Club")] * 2, apart=True)
    assert groups(made) == ["Club"]
    assert len(made.log.messages) == 4


def test_groups_without_one_partner_stay_alone(tmp_path: Path) -> None:
    alone = read_chats(tmp_path, small("Club", 20))
    assert len(groups(alone)) == 1
    assert any("may live on" in note for note in alone.inputs[0].tally.notes)
    assert len(groups(read_chats(tmp_path, small("Club", 20), large("Club", 25, "Club")))) == 2
    assert len(groups(read_chats(tmp_path, small("Club", 20), large("Hill", 20, "Hill")))) == 2
    twins = [small("Club", 20), small("Club", 20) | {"id": 12}, large("Club", 20, "Club")]
    assert len(groups(read_chats(tmp_path, *twins))) == 3


def test_a_part_of_a_move_that_is_alone_is_told(tmp_path: Path) -> None:
    lone = ([small("Club", 20)], [large("Club", 20, "Club")])
    twins = [small("Club", 20), small("Club", 20) | {"id": 12}, large("Club", 20, "Club")]
    for chats in (*lone, twins):
        (report,) = read_chats(tmp_path, *chats).inputs
        assert dict(report.tally.notes) == {LOST_PART: len(chats)}


def test_the_groups_own_voice_is_an_operators(tmp_path: Path) -> None:
    messages = (said(1, 1), said(2, 2, "channel22"), said(3, 3, "channel77"))
    made = read_chats(tmp_path, chat(-1000000000022, "Club", "public_supergroup", *messages))
    assert made.log.messages["type"].tolist() == ["msg", "bot", "msg"]
    assert len(made.inputs[0].tally.notes) == 2
