"""Texts of QQ and WeFlow: which lines begin a message, and which were pasted into one."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat_readings import dropped, events, rows
from chat_renderings import KEY

from sim.chatlog.importing import Imported, Wishes, import_chats

HEADING = "消息记录（此消息记录为文本格式，不支持重新导入）\n消息对象:测试\n\n"
PASTED = "2024-03-01 07:00:00 WARN retry\n2024-03-01 07:00:01 ERROR lost"


def read(folder: Path, text: str) -> Imported:
    path = folder / "chat.txt"
    path.write_text(text, encoding="utf-8")
    return import_chats([path], Wishes(), KEY)


@pytest.mark.parametrize(
    ("first", "members"),
    [("甲(12345678)", 2), ("丁<a@example.org>", 3), ("系统消息(10000)", 2)],
)
def test_a_pasted_line_is_no_head_where_senders_have_numbers(tmp_path, first, members) -> None:
    made = read(
        tmp_path,
        f"{HEADING}2024-03-01 8:00:00 {first}\n早\n\n2024-03-01 8:01:00 乙(丙)(23456789)\n"
        f"日志：\n{PASTED}\n怎么办\n\n2024-03-01 8:02:00 甲(12345678)\n好\n",
    )
    said = [(kind, ts) for _, ts, kind, _ in rows(made)]
    assert said[-2:] == [("question", "01 00:01:00"), ("msg", "01 00:02:00")]
    assert made.log.messages["member"].nunique() == members
    assert not made.inputs[0].tally.doubtful


def test_where_nobody_has_a_number_lines_that_go_backwards_are_doubtful(tmp_path: Path) -> None:
    chat = "2024-03-01 8:00:00 甲\n早\n2024-03-01 8:01:00 系统消息(10000)\n乙加入了本群。\n"
    made = read(tmp_path, f"{HEADING}{chat}2024-03-01 9:01:00 乙\n日志：\n{PASTED}\n")
    assert len(made.log.messages) == 4
    assert [met.count for met in made.inputs[0].tally.doubtful.values()] == [1]
    assert events(made) == [("join", 3)]


def test_an_old_head_without_the_empty_line_above_all_others_is_pasted(tmp_path: Path) -> None:
    pasted = "2024-03-01 7:00:00 丙(34567890)\n好\n2024-03-01 8:01:00 INFO up (12345)\n"
    chat = (
        f"{HEADING}2024-03-01 8:00:00 甲(12345678)\n早\n\n2024-03-01 8:01:00 乙(23456789)\n"
        f"日志：\n{pasted}\n2024-03-01 8:02:00 甲(12345678)\n好\n"
    )
    made = read(tmp_path, chat)
    assert [(who, ts) for who, ts, *_ in rows(made)] == [
        (0, "01 00:00:00"),
        (1, "01 00:01:00"),
        (0, "01 00:02:00"),
    ]
    assert not made.inputs[0].tally.doubtful
    squeezed = read(tmp_path, chat.replace("\n\n", "\n"))  # then nothing tells
    assert len(squeezed.log.messages) == 5


def test_weflow(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        "\ufeff2023-11-15 18:00:00 '小红's'\n大家好\n\n2023-11-15 18:01:00 '阿明'\n在吗\n第二行\n\n"
        '2023-11-15 18:02:00 \'系统消息\'\n"小红"邀请"小刚"加入了群聊\n\n'
        "2023-11-15 18:03:00 '系统消息'\n\"$username$\"加入了群聊\n\n",
    )
    assert made.inputs[0].format == "wechat"
    assert [(who, ts, kind) for who, ts, kind, _ in rows(made)] == [
        (0, "15 10:00:00", "msg"),
        (1, "15 10:01:00", "question"),
    ]
    assert events(made) == [("join", -2)]
    assert dropped(made) == {"notice of the app without its names (such as $username$)": 1}
