"""Tables as exporters really leave them: quotes nobody closed, notices of several people, JSON."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from chat_readings import dropped
from chat_renderings import KEY, found
from hypothesis import given
from hypothesis import strategies as st

from sim.chatlog.importing import Imported, Wishes, import_chats
from sim.chatlog.notices import is_unfilled, read_notice, who_came_or_went


def read(folder: Path, text: str, name: str = "chat.csv") -> Imported:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return import_chats([path], Wishes(), KEY)


def doubts(made: Imported) -> dict[str, int]:
    return {what: met.count for what, met in made.inputs[0].tally.doubtful.items()}


TEXTS = st.sampled_from(
    ("hi", "so, he said", 'the 27" screen', '"quoted" by me', "l1\nl2", 'l1\n"l2', "", '"')
)
OPENED = ("never closed", "one, two", "over\ntwo lines")


@given(st.lists(TEXTS, min_size=1, max_size=12), st.sampled_from(OPENED), st.data())
def test_a_quote_nobody_closed_swallows_no_row(texts, opened: str, data) -> None:
    where = data.draw(st.integers(0, len(texts)))
    time_last = data.draw(st.booleans())
    if time_last and ("," in opened or "\n" in opened):
        opened = "never closed"  # a separator before the other columns cannot be told
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    header = ["sender", "text", "time"] if time_last else ["time", "sender", "text"]
    writer.writerow(header)
    for n in range(len(texts) + 1):
        time = f"2024-01-01 10:{n:02d}:30Z"
        if n == where:
            row = f'p{n},"{opened},{time}' if time_last else f'{time},p{n},"{opened}'
            file.write(f"{row}\n")
        else:
            said = texts[n - (n > where)]
            writer.writerow([f"p{n}", said, time] if time_last else [time, f"p{n}", said])
    with tempfile.TemporaryDirectory() as folder:
        made = read(Path(folder), file.getvalue())
    assert len(made.log.messages) == len(texts) + 1
    assert made.log.messages["member"].nunique() == len(texts) + 1


def test_whole_quotes_round_pasted_rows_are_one_text_and_doubtful(tmp_path: Path) -> None:
    pasted = '"look:\n2024-01-01T09:00Z,bob,hi\n2024-01-01T09:01Z,cem,ho"'
    made = read(tmp_path, f"time,sender,text\n2024-01-01T10:00Z,ada,{pasted}\n")
    assert len(made.log.messages) == 1
    assert doubts(made) == {"rows within quotes, read as one text": 1}


def test_a_text_with_the_separator_in_it_keeps_its_end_and_the_time_behind_it(tmp_path) -> None:
    made = read(tmp_path, "sender,text,time\nada,so, who is in?,2024-01-01T10:00Z\n")
    assert [kind for _, _, kind, _ in found(made)] == ["question"]
    assert list(doubts(made).values()) == [1]
    spreadsheet = read(tmp_path, "time,sender,text\n2024-01-01T10:00Z,ada,hi,,,\n")
    assert doubts(spreadsheet) == {}


HEAD = "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,CreateTime\n"


@pytest.mark.parametrize("quoted", [True, False])
def test_notices_and_messages_wrapped_in_json_are_read_as_bare_ones(tmp_path, quoted) -> None:
    file = io.StringIO()
    rows = [
        ("文本", "wxid_a", '{"src": "", "msg": "早, 有人吗"}'),
        ("系统通知", "9@chatroom", '{"src": "", "msg": "\\"甲\\"邀请\\"乙、丙\\"加入了群聊"}'),
        ("系统通知", "9@chatroom", '{"src": "", "msg": "你将"乙"移出了群聊"}'),
    ]
    for n, (kind, who, text) in enumerate(rows):
        cell = '"' + text.replace('"', '""') + '"' if quoted else text
        file.write(f"{n},{n},{kind},0,{who},9@chatroom,{cell},2024-03-01 08:0{n}:00\n")
    made = read(tmp_path, HEAD + file.getvalue())
    assert [kind for _, _, kind, _ in found(made)] == ["question"]
    assert made.log.events is not None
    assert made.log.events["event"].tolist() == ["join", "join", "leave"]
    assert doubts(made) == {}


TEMPLATES = ("$username$", "${name}", "{{ names }}", "%s", "%1$s", "$kickoutname$", "{0}")
TEMPLATES += ("%username%", "%(name)s", "##name##", "[username]", "<nick_name>")


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    "notice", ['"甲"邀请"{}"加入了群聊', '"{}"被移出了群聊', "{} joined group chat"]
)
def test_a_template_left_unfilled_is_no_person(tmp_path: Path, template: str, notice: str) -> None:
    cell = notice.replace("{}", template, 1).replace('"', '""')
    made = read(
        tmp_path,
        "消息ID,类型,发送人,时间,内容\n1,文本,甲,2024-01-01 08:00:00,早\n"
        f'2,系统消息,系统消息,2024-01-01 08:01:00,"{cell}"\n'
        f"3,文本,{template},2024-01-01 08:02:00,早\n",
    )
    assert made.log.events is not None
    assert len(made.log.events) == 0
    assert made.log.messages["member"].nunique() == 1
    assert sum(dropped(made).values()) == 2


def test_names_with_dollars_and_percents_are_names() -> None:
    assert not any(map(is_unfilled, ("A$AP", "$$$", "$100$", "100%", "50% smile", "{}", "$ money")))


NAMES = ("小红", "和平", "将军", "Ann", "Ann Lee", "被子")
QUOTES = ('"{}"', "“{}”", "「{}」", "『{}』")
MANY = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)


@given(MANY, st.sampled_from(QUOTES), st.booleans(), st.data())
def test_everybody_a_notice_names_comes_or_goes(names, quote: str, together, data) -> None:
    apart = "和".join(map(quote.format, names))
    who = quote.format("、".join(names)) if together else apart
    event, notice = data.draw(
        st.sampled_from(
            (
                ("join", f"{quote.format('小明')}邀请{who}加入了群聊"),
                ("join", f"{quote.format('小明')}邀请你和{who}加入了群聊"),
                ("join", f"{who}加入了群聊"),
                ("join", f"You invited {who} to the group chat"),
                ("leave", f"你将{who}移出了群聊"),
                ("leave", f"{quote.format('小明')}将{who}移出群聊"),
                ("leave", f"{who}被移出了群聊"),
                ("leave", f"{who}已退出群聊"),
            )
        )
    )
    assert who_came_or_went(notice) == (event, tuple(names))


@pytest.mark.parametrize(
    "notice",
    [
        '"甲"撤回了一条消息',
        '"甲"修改群名为"欢迎加入群聊"',
        '"甲" 拍了拍 "乙"',
        "你加入了群聊",
        '"甲"想邀请"乙"加入群聊，请前往手机确认',
    ],
)
def test_other_notices_name_nobody(notice: str) -> None:
    assert who_came_or_went(notice)[1] == ()


def test_a_word_for_and_parts_names_in_whatsapp_too() -> None:
    said = {"Ida新增了Ole和Uwe": ("Ole", "Uwe"), "Ida添加了Ole 和小和": ("Ole", "小和")}
    said |= {"Ole 已通过邀请链接加入": ("Ole",), "Ida添加了小和尚": ("小和尚",)}
    assert {text: read_notice(text).who for text in said} == said


def test_bare_lists_of_names_and_numbers_in_brackets() -> None:
    assert who_came_or_went("甲、乙和丙加入了群聊") == ("join", ("甲", "乙", "丙"))
    assert who_came_or_went("Ann invited Bob, Cem and Dee to the group chat")[1] == (
        *("Bob", "Cem", "Dee"),
    )
    assert who_came_or_went("小红(1234567)加入了本群。") == ("join", ("1234567",))


@pytest.mark.parametrize(
    ("notice", "event", "who"),
    [
        ('"小明"邀請"小紅"、"小剛"加入群組', "join", ("小紅", "小剛")),
        ('"小紅"透過掃描"小明"分享的QR Code加入群組', "join", ("小紅",)),
        ('你將"小紅"移出群組', "leave", ("小紅",)),
        ('你邀請"小紅"與"小剛"加入了群組', "join", ("小紅", "小剛")),
        ('"Ann" invited you and "Bob、Cem" to the group chat', "join", ("Bob", "Cem")),
        ("Ann邀请Bob和Cem加入了群聊", "join", ("Bob", "Cem")),
        ("Ann邀请小和加入了群聊", "join", ("小和",)),
        ('"小明"喊"小红"加入了群聊', "join", ()),  # a word nobody knows is no name
    ],
)
def test_traditional_letters_and_words_beside_quotes(notice: str, event: str, who) -> None:
    assert who_came_or_went(notice) == (event, who)
