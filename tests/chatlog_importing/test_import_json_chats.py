"""QQ Chat Exporter's and ChatLab's JSON, whole or a message a line, are the same chat."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chat_readings import dropped, events, malformed, rows
from chat_renderings import KEY

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
