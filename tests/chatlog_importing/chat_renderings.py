"""Chats made up for tests, written down in the manner of every exporter."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from sim.chatlog.importing import Imported

KEY = b"a key for tests, of some length"
NAMES = (
    "Ada Lovelace",
    "bob",
    "Jörg",
    "小明",
    "张三 (群主)",
    "+49 170 1234567",
    'Ana "Nan" Q',
    "O'Neil, Pat",
)
LINK = "https://example.org/a?b=c"


@dataclass(frozen=True)
class Said:
    """A message: when (UTC seconds), by whom, what, to whom (by an ``@`` or by a reply)."""

    ts: int
    sender: int
    words: str
    is_question: bool = False
    has_link: bool = False
    calls: int | None = None
    answers: int | None = None

    @property
    def type(self) -> str:
        return "question" if self.is_question else "link" if self.has_link else "msg"

    def text(self, calling: str = "@{name} ") -> str:
        called = "" if self.calls is None else calling.format(name=NAMES[self.calls], n=self.calls)
        ending = f" {LINK}" if self.has_link else ""
        return f"{called}{self.words}{'?' if self.is_question else ''}{ending}"


Chat = list[Said]


def expected(chat: Chat) -> list[tuple[int, float, str, int]]:
    """Return the rows of the chat's log: who, when, type, to whom; people by first message."""
    order: dict[int, int] = {}
    for said in chat:
        order.setdefault(said.sender, len(order))
    rows = []
    for said in chat:
        to = said.calls if said.answers is None else chat[said.answers].sender
        known = to is not None and to in order and to != said.sender
        rows.append((order[said.sender], float(said.ts), said.type, order[to] if known else -1))
    return rows


def found(made: Imported) -> list[tuple[int, float, str, int]]:
    """Return the same of an imported log."""
    frame = made.log.messages
    order: dict[int, int] = {-1: -1}
    for member in frame["member"]:
        order.setdefault(member, len(order) - 1)
    return [
        (order[row.member], row.ts, row.type, order.get(row.reply_to, -2))
        for row in frame.itertuples()
    ]


def local(said: Said, zone: str, pattern: str) -> str:
    return dt.datetime.fromtimestamp(said.ts, ZoneInfo(zone)).strftime(pattern)


def whatsapp_android(chat: Chat, zone: str) -> str:
    return "".join(
        f"{local(s, zone, '%d/%m/%Y, %H:%M')} - {NAMES[s.sender]}: {s.text()}\n" for s in chat
    )


def whatsapp_iphone(chat: Chat, zone: str) -> str:
    pattern = "[%m/%d/%y, %I:%M:%S\u202f%p]"
    calling = "@\u2068{name}\u2069 "
    return "".join(
        f"{local(s, zone, pattern)} {NAMES[s.sender]}: {s.text(calling)}\r\n" for s in chat
    )


def whatsapp_web(chat: Chat, zone: str) -> str:
    return "".join(
        f"[{local(s, zone, '%H:%M, %d/%m/%Y')}] {NAMES[s.sender]}: {s.text()}\n" for s in chat
    )


def whatsapp_viewer(chat: Chat, zone: str) -> str:
    return "".join(
        f"{local(s, zone, '%Y.%m.%d - %H:%M:%S')}; {NAMES[s.sender]}: {s.text()}\n" for s in chat
    )


def whatsapp_old_iphone(chat: Chat, zone: str) -> str:
    return "".join(
        f"{local(s, zone, '%d.%m.%y %H:%M:%S')}: {NAMES[s.sender]}:{s.text()}\n" for s in chat
    )


def whatsapp_in_words(chat: Chat, zone: str) -> str:
    """The lines of a message end with a line feed, messages with two characters."""
    return "".join(
        f"[{local(s, zone, '%a, %d %b %Y at %I:%M %p')}] {NAMES[s.sender]}: {s.text()}\r\n"
        for s in chat
    )


def whatsapp_thai(chat: Chat, zone: str) -> str:
    lines = []
    for said in chat:
        year = int(local(said, zone, "%Y")) + 543
        day, time = local(said, zone, "%-d/%-m"), local(said, zone, "%H:%M")
        lines.append(f"{day}/{year} {time} - {NAMES[said.sender]}: {said.text()}\n")
    return "".join(lines)


def whatsapp_chinese(chat: Chat, zone: str) -> str:
    lines = []
    for said in chat:
        half = "上午" if local(said, zone, "%p") == "AM" else "下午"
        day, time = local(said, zone, "%Y/%m/%d"), local(said, zone, "%I:%M")
        lines.append(f"{day} {half}{time} - {NAMES[said.sender]}: {said.text()}\n")
    return "".join(lines)


def telegram(chat: Chat, zone: str, indent: int | None = 1) -> str:
    messages = []
    for number, said in enumerate(chat):
        text: object = said.text()
        if said.calls is not None:
            name = NAMES[said.calls]
            mention = {"type": "mention_name", "text": name, "user_id": said.calls}
            text = [mention, said.text(" ")]
        entry = {
            "id": 100 + number,
            "type": "message",
            "date": local(said, zone, "%Y-%m-%dT%H:%M:%S"),
            "date_unixtime": str(said.ts),
            "from": NAMES[said.sender],
            "from_id": f"user{said.sender}",
            "text": text,
            "text_entities": [],
        }
        if said.answers is not None:
            entry["reply_to_message_id"] = 100 + said.answers
        messages.append(entry)
    head = {"name": "x", "type": "private_group", "id": 7, "messages": messages}
    return json.dumps(head, indent=indent, ensure_ascii=False)


def discord_json(chat: Chat, zone: str) -> str:
    messages = []
    for number, said in enumerate(chat):
        entry: dict[str, object] = {
            "id": str(1189326900000000000 + number),
            "type": "Default" if said.answers is None else "Reply",
            "timestamp": dt.datetime.fromtimestamp(said.ts, ZoneInfo(zone)).isoformat(),
            "content": said.text(),
            "author": {"id": f"{said.sender}0", "name": NAMES[said.sender], "isBot": False},
            "mentions": [] if said.calls is None else [{"id": f"{said.calls}0"}],
        }
        if said.answers is not None:
            entry["reference"] = {"messageId": str(1189326900000000000 + said.answers)}
        messages.append(entry)
    head = {"guild": {"id": "1"}, "channel": {"id": "1189326848000000000", "name": "c"}}
    return json.dumps({**head, "messages": messages}, indent=2, ensure_ascii=False)


def slack(chat: Chat, folder: Path) -> Path:
    (folder / "general").mkdir(parents=True)
    people = [{"id": f"U{n}X", "name": name} for n, name in enumerate(NAMES)]
    (folder / "users.json").write_text(json.dumps(people))
    (folder / "channels.json").write_text(json.dumps([{"id": "C1", "name": "general"}]))
    days: dict[str, list[dict[str, object]]] = {}
    stamps = [f"{said.ts}.{number % 1000:06d}" for number, said in enumerate(chat)]
    for said, stamp in zip(chat, stamps, strict=True):
        text = said.text("<@U{n}X> ").replace(LINK, f"<{LINK}|docs>")
        entry = {"type": "message", "user": f"U{said.sender}X", "text": text, "ts": stamp}
        if said.answers is not None:
            entry["thread_ts"] = stamps[said.answers]
        days.setdefault(local(said, "UTC", "%Y-%m-%d"), []).append(entry)
    for day, entries in days.items():
        (folder / "general" / f"{day}.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


def table(header: str, delimiter: str = ",") -> Callable[[Chat, str, Callable[..., list]], str]:
    def written(chat: Chat, zone: str, row: Callable[..., list]) -> str:
        file = io.StringIO()
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header.split(","))
        writer.writerows(row(number, said, zone) for number, said in enumerate(chat))
        return file.getvalue()

    return written


def stamp(said: Said, zone: str) -> str:
    return local(said, zone, "%Y-%m-%d %H:%M:%S")


def discord_csv(chat: Chat, zone: str) -> str:
    def row(_: int, s: Said, zone: str) -> list:
        when = dt.datetime.fromtimestamp(s.ts, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S.0000000")
        offset = local(s, zone, "%z")
        return [s.sender, NAMES[s.sender], f"{when}{offset[:3]}:{offset[3:]}", s.text(), "", ""]

    return table("AuthorID,Author,Date,Content,Attachments,Reactions")(chat, zone, row)


def memotrace_2(chat: Chat, zone: str) -> str:
    def row(n: int, s: Said, zone: str) -> list:
        text = s.text("@{name}\u2005")
        who = [NAMES[s.sender], NAMES[s.sender], f"wxid_{s.sender}"]
        return [n, 3, 1, 0, 0, s.ts, 2, text, stamp(s, zone), *who]

    header = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime"
    return table(f"{header},Remark,NickName,Sender")(chat, zone, row)


def memotrace_3(chat: Chat, zone: str) -> str:
    def row(n: int, s: Said, zone: str) -> list:
        name = NAMES[s.sender]
        return [n, "文本", name, stamp(s, zone), s.text("@{name}\u2005"), name, name, "more"]

    return table("消息ID,类型,发送人,时间,内容,备注,昵称,更多信息")(chat, zone, row)


def pywxdump(chat: Chat, zone: str) -> str:
    def row(n: int, s: Said, zone: str) -> list:
        content = json.dumps({"src": "", "msg": s.text("@{name}\u2005")}, ensure_ascii=False)
        return [n, n, "文本", 0, NAMES[s.sender], "1@chatroom", content, stamp(s, zone)]

    return table("id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime")(
        chat, zone, row
    )


def chatlog(chat: Chat, zone: str) -> str:
    def row(_: int, s: Said, zone: str) -> list:
        who = [NAMES[s.sender], f"wxid_{s.sender}", "us", "1@chatroom"]
        return [stamp(s, zone), *who, s.text("@{name}\u2005")]

    return table("Time,SenderName,Sender,TalkerName,Talker,Content")(chat, zone, row)


def qq_text(chat: Chat, zone: str) -> str:
    head = "消息记录（此消息记录为文本格式，不支持重新导入）\n\n====\n消息对象:读书\n====\n\n"
    return head + "".join(
        f"{stamp(s, zone)} 【管理员】{NAMES[s.sender]}({10000 + s.sender}1)\n{s.text()}\n\n"
        for s in chat
    )


def qq_csv(chat: Chat, zone: str) -> str:
    def row(_: int, s: Said, zone: str) -> list:
        return [stamp(s, zone), f"{s.sender}00001", NAMES[s.sender], s.text()]

    return table("发送时间,QQ号,昵称,内容")(chat, zone, row)


def plain_csv(chat: Chat, zone: str) -> str:
    def row(n: int, s: Said, zone: str) -> list:
        answered = "" if s.answers is None else s.answers
        return [n, s.ts, NAMES[s.sender], s.text(), answered]

    return table("id,timestamp,sender,text,reply_to_id", ";")(chat, zone, row)


def plain_frame(chat: Chat, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": range(len(chat)),
            "when": [pd.Timestamp(s.ts, unit="s", tz=zone) for s in chat],
            "sender": [NAMES[s.sender] for s in chat],
            "text": [s.text() for s in chat],
            "reply_to_id": [None if s.answers is None else str(s.answers) for s in chat],
        }
    )


TEXTS: dict[str, tuple[str, Callable[[Chat, str], str]]] = {
    "whatsapp android": ("chat.txt", whatsapp_android),
    "whatsapp iphone": ("_chat.txt", whatsapp_iphone),
    "whatsapp chinese": ("chat.txt", whatsapp_chinese),
    "whatsapp web": ("chat.txt", whatsapp_web),
    "whatsapp viewer": ("chat.txt", whatsapp_viewer),
    "whatsapp old iphone": ("chat.txt", whatsapp_old_iphone),
    "whatsapp in words": ("_chat.txt", whatsapp_in_words),
    "whatsapp thai": ("chat.txt", whatsapp_thai),
    "telegram": ("result.json", telegram),
    "discord json": ("channel.json", discord_json),
    "discord csv": ("channel.csv", discord_csv),
    "memotrace 2": ("chat.csv", memotrace_2),
    "memotrace 3": ("chat.csv", memotrace_3),
    "pywxdump": ("chat.csv", pywxdump),
    "chatlog": ("chat.csv", chatlog),
    "qq text": ("chat.txt", qq_text),
    "qq csv": ("chat.csv", qq_csv),
    "plain csv": ("chat.csv", plain_csv),
}
DATE_ORDERS = {
    "whatsapp android": "dmy",
    "whatsapp iphone": "mdy",
    "whatsapp web": "dmy",
    "whatsapp thai": "dmy",
}
ANSWERING = ("telegram", "discord json", "plain csv")
"""Formats that tell which message is answered."""


def write(kind: str, chat: Chat, zone: str, folder: Path) -> Path:
    """Write a chat in one of `TEXTS`, return the file."""
    name, render = TEXTS[kind]
    path = folder / name
    path.write_text(render(chat, zone), encoding="utf-8", newline="")
    return path
