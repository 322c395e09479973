"""What people copy out of WeChat: three ways in which messages begin, and what is none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat_readings import dropped, events, rows
from chat_renderings import KEY

from sim.chatlog.importing import Imported, Wishes, explanation, import_chats
from sim.errors import InputError

FULL = "小红 2024/5/3 20:15\n大家好\n\n阿 明 2024年5月3日 20:16\n在吗\n第二行\n"
SECONDS = "小红 2024-05-03 20:15:00\n大家好\n阿 明 2024-05-03 下午8:16:00\n在吗\n第二行\n"
DATED = "2024-05-03 20:15:00 小红\n大家好\n\n2024-05-03 20:16:00 阿 明\n在吗\n第二行\n"
DATED_SHORT = "2024/5/3 20:15 小红:\n大家好\n2024/5/3 下午8:16  阿 明:\n在吗\n2024/5/3 20:15\n"
MAILED = (
    "微信群“邻居”的聊天记录如下:\n\n—————  2024-05-03  —————\n\n\n小红  20:15\n\n大家好\n\n"
    "阿 明  20:16\n\n在吗\n\n明天 9:30 见\n"
)
BLOCKS = "2024年5月3日 20:15\n小红:\n大家好\n\n2024年5月3日 20:16\n\n阿 明:\n在吗\n注意:\n"


def read(folder: Path, text: str, encoding: str = "utf-8", **wishes: object) -> Imported:
    path = folder / "chat.txt"
    path.write_bytes(text.encode(encoding))
    return import_chats([path], Wishes(**wishes), KEY)


@pytest.mark.parametrize("text", [FULL, SECONDS, DATED, DATED_SHORT, MAILED, BLOCKS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_way_gives_the_same_messages(tmp_path, text, encoding, end) -> None:
    made = read(tmp_path, text.replace("\n", end), encoding)
    assert (made.inputs[0].format, made.inputs[0].detail) == ("wechat", "text copied out of WeChat")
    assert made.inputs[0].zone == "Asia/Shanghai"
    assert [(who, ts, kind) for who, ts, kind, _ in rows(made)] == [
        (0, "03 12:15:00", "msg"),
        (1, "03 12:16:00", "question"),
    ]
    assert not made.inputs[0].tally.malformed_total()


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-03 20:15:00 INFO started\n2024-05-03 20:15:01 INFO at work\n",
        "2024-05-03 20:15:00\tname\n2024-05-03 20:15:01\tname\n",
        "2024-05-03 20:15:00 小红: 早\n2024-05-03 20:15:01 阿明: 早\n",
    ],
)
def test_lines_with_a_date_are_not_all_heads_and_the_error_shows_some(tmp_path, text) -> None:
    with pytest.raises(InputError, match=r"a message begins as '2024-01-31 8:05:00 NAME', 'NAME"):
        read(tmp_path, text)


def test_packets_joins_and_mentions(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        "小红 2024/5/3 20:15\n[微信红包]恭喜发财\n\n“小红”邀请“小刚”加入了群聊\n\n"
        "阿明 2024/5/3 20:15\n@小红 谢谢\n",
        operators=("小红",),
    )
    assert sorted(made.events["event"].astype(str)) == ["join", "packet"]
    assert made.events.loc[made.events["event"] == "packet", "operator"].tolist() == [0]
    assert [kind for _, _, kind, _ in rows(made)] == ["msg"]
    assert len(events(made)) == 2
    assert not dropped(made)


def test_messages_of_one_minute_are_all_kept(tmp_path: Path) -> None:
    made = read(tmp_path, "".join(f"甲{n} 2024/5/3 20:15\n好\n\n" for n in range(9)))
    assert len(made.log.messages) == 9


def test_a_copy_without_times_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="copy the messages with their times"):
        read(tmp_path, "小红:\n大家好\n\n阿明:\n在吗\n")


def test_the_shape_of_a_line_not_understood_shows_no_letter_of_it(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("小红 2024/13/45 20:15\n秘密\n\n阿明 2024/5/3 20:16\n好\n", encoding="utf-8")
    lines = "\n".join(explanation(path, Wishes(format="wechat")))
    assert "小红" not in lines
    assert "秘密" not in lines
