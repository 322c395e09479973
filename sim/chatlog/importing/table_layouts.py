"""Tables of messages: which header holds which field, for the exporters we know and for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sim.errors import InputError, nearest

# The fields a column can hold; ``--column FIELD=HEADER`` names a column for one.
FIELDS = {
    "time": "when: seconds since 1970, ISO 8601, or a date with a time of day",
    "sender": "who: an id, or else a name",
    "name": "what others call the sender",
    "text": "what was said",
    "type": "kind of message: the exporter's code or word, or msg, question, link, bot",
    "subtype": "WeChat's second code",
    "is_self": "1 where whoever made the export is the sender",
    "group": "which group",
    "id": "the message's own id",
    "reply_to_id": "id of the message answered",
    "reply_to": "sender addressed",
    "thread": "which thread",
}

NEEDED = ("time", "sender")


@dataclass(frozen=True)
class Layout:
    """The columns of one exporter's table."""

    name: str  # The exporter.
    platform: str  # ``wechat``, ``qq``, ``discord`` or ``table``.
    columns: dict[str, str]  # Header of each field.
    # Headers by which the layout is recognised; by default those of all its columns.
    marks: tuple[str, ...] = field(default=())
    zone: str = ""  # Assumed zone of local times; empty: it must be given.

    def fits(self, header: Sequence[str]) -> bool:
        """Say whether a table is laid out so."""
        return set(self.marks or self.columns.values()) <= set(header)


_CHINA = "Asia/Shanghai"


def _layout(platform: str, name: str, columns: str, marks: str = "") -> Layout:
    """Read a layout from words: FIELD=HEADER ..., and the headers that mark it."""
    pairs = dict(word.split("=", 1) for word in columns.split())
    zone = _CHINA if platform == "wechat" else ""
    return Layout(name, platform, pairs, tuple(marks.split()), zone)


_wechat, _discord = partial(_layout, "wechat"), partial(_layout, "discord")
# The exporters whose header lines are recognised; headers as `plain_header` writes them.
LAYOUTS = (
    _wechat(
        "WeChatMsg (留痕), to version 2",
        "time=createtime sender=sender name=nickname text=strcontent type=type "
        "subtype=subtype is_self=issender",
        "createtime strcontent issender strtime",
    ),
    _wechat(
        "WeChatMsg (留痕, MemoTrace), from version 3",
        "time=时间 sender=发送人 name=昵称 text=内容 type=类型 id=消息id",
        "消息id 类型 发送人 时间 内容",
    ),
    _wechat(
        "PyWxDump",
        "time=createtime sender=talker text=msg type=typename is_self=issender "
        "group=roomname id=msgsvrid",
        "msgsvrid typename issender talker roomname createtime msg",
    ),
    _wechat(
        "PyWxDump, from version 3",
        "time=createtime sender=talker text=content type=typename is_self=issender "
        "group=roomname id=msgsvrid",
        "msgsvrid typename issender talker roomname createtime content",
    ),
    _wechat(
        "WeFlow",
        "time=createtime sender=talker text=msg type=typename is_self=issender id=msgsvrid",
        "msgsvrid typename issender talker createtime msg",
    ),
    _wechat(
        "chatlog",
        "time=time sender=sender name=sendername text=content group=talker",
        "time sendername sender talkername talker content",
    ),
    _wechat(
        "wx-dump-4j",
        "time=创建时间 sender=聊天人id text=消息内容 type=类型 subtype=子类型 "
        "is_self=是否发送者 id=消息id",
        "创建时间 聊天人id 消息内容 是否发送者",
    ),
    _wechat(
        "wechat_stat",
        "time=time(asia/shanghai) sender=fromid name=fromnickname text=content "
        "type=contenttype group=groupid",
    ),
    _discord(
        "DiscordChatExporter",
        "time=date sender=authorid name=author text=content",
        "authorid author date content",
    ),
    _discord(
        "DiscordChatExporter, without ids",
        "time=date sender=author text=content",
        "author date content attachments reactions",
    ),
)

_QQ_SENDERS = "qq号 qq号码 qq uin 发送者qq 发送者qq号 senderuin"
_SYNONYMS = {
    "time": "time timestamp ts datetime date createdat createtime sentat sendtime 时间 发送时间 "
    "消息时间 时间戳 日期时间 strtime 日期 時間",
    "sender": "sender senderid authorid userid fromid member wxid 发送者id 发送者wxid "
    f"{_QQ_SENDERS} author from user username sendername nickname name 发送者 发送人 发言人 用户 "
    "昵称 群昵称 發送者 暱稱 talker",
    "name": "sendername author nickname name username displayname 群昵称 昵称 发送者 发送人 "
    "发送者昵称 备注 暱稱",
    "text": "text content message body msg strcontent 内容 消息内容 消息 聊天内容 內容",
    "type": "type messagetype msgtype typename contenttype 类型 消息类型 類型",
    "group": "group groupid room roomid channel channelid chat chatid 群 群号 群名 群聊 群名称 "
    "聊天对象",
    "id": "id messageid msgid 消息id 消息序号",
    "reply_to_id": "replytoid replytomessageid inreplyto 引用消息id",
    "reply_to": "replyto",
    "thread": "thread threadid threadts",
}
# Headers of tables that no layout fits, the best first.
SYNONYMS = {key: tuple(words.split()) for key, words in _SYNONYMS.items()}


def plain_header(name: str) -> str:
    """Write a header without capitals, spaces, hyphens and underscores.

    >>> plain_header("Author ID") == plain_header("author_id")
    True
    """
    return "".join(name.strip("\ufeff").casefold().replace("_", " ").replace("-", " ").split())


def layout_of(header: Sequence[str], named: dict[str, str]) -> Layout | None:
    """Find which column holds which field.

    >>> layout_of(["Time", "SenderName", "Sender", "TalkerName", "Talker", "Content"], {}).name
    'chatlog'
    >>> layout_of(["发送时间", "QQ号", "昵称", "内容"], {}).platform
    'qq'
    """
    small = [plain_header(name) for name in header]
    chosen = {key: plain_header(name) for key, name in named.items()}
    for layout in LAYOUTS:
        columns = {key: name for key, name in layout.columns.items() if name in small} | chosen
        if layout.fits(small) and set(NEEDED) <= set(columns):
            return _with(layout, columns)
    columns = {}
    for key, names in SYNONYMS.items():
        spare = [name for name in names if name in small and name not in columns.values()]
        if spare:
            columns[key] = spare[0]
    columns |= chosen
    if not set(NEEDED) <= set(columns):
        return None
    if columns["sender"] in _QQ_SENDERS.split():
        return Layout("QQ, by its headers", "qq", columns, zone=_CHINA)
    is_chinese = not columns["time"].isascii()
    return Layout("by its headers", "table", columns, zone=_CHINA if is_chinese else "")


def _with(layout: Layout, columns: dict[str, str]) -> Layout:
    return Layout(layout.name, layout.platform, columns, layout.marks, layout.zone)


def parse_columns(words: Sequence[str]) -> dict[str, str]:
    """Read ``FIELD=HEADER`` of the command line.

    >>> parse_columns(["time=发送时间"])
    {'time': '发送时间'}
    >>> parse_columns(["CreateTime"])
    Traceback (most recent call last):
    ...
    sim.errors.InputError: --column: 'CreateTime' is not FIELD=HEADER, as in time=CreateTime
    """
    problems, columns = [], {}
    for text in words:
        key, equals, header = text.partition("=")
        key = key.strip()
        if not equals or not header.strip():
            problems.append(f"--column: {text!r} is not FIELD=HEADER, as in time=CreateTime")
        elif key not in FIELDS:
            allowed = ", ".join(FIELDS)
            problems.append(
                f"--column: no field {key!r}; allowed: {allowed}{nearest(key, list(FIELDS))}"
            )
        elif key in columns:
            problems.append(f"--column: {key} is named twice")
        else:
            columns[key] = header.strip()
    if problems:
        raise InputError(problems)
    return columns
