"""What the rows of a table are: WeChat's codes, exporters' words, notices of who came and went."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from sim.chatlog.importing.record import Incident, Skipped

# Under these names and QQ numbers the apps themselves write notices.
APP_SENDERS = {"系统消息", "系統消息", "系统", "10000", "1000000", "2854196310"}

OWN_TYPES = {"msg", "question", "link", "bot", "closure"}
OWN_EVENTS = {"join", "leave"}
_TEXTS = {"", "1", "text", "文本", "文本消息", "文字", "消息", "message", "chat", "plain"}
_QUOTES = {"引用", "引用消息", "引用回复", "回复", "reply", "quote", "49.57"}
_LINKS = {"49.5", "链接", "link", "url", "share", "分享", "(分享)卡片式链接", "卡片式链接"}
_PACKETS = {"49.2001", "红包", "red packet", "redpacket", "hongbao"}
_NOTICES = {"10000", "10002", "50", "49.4000", "拍一拍", "撤回", "撤回消息", "recall", "revoke"}
_NOTICE_WORDS = ("系统", "系統", "system", "notice")

_GROUP = "(?:群聊|本群|群组|群)"
# Traditional letters of the words below.
_SIMPLER = str.maketrans("請組將過離開進們", "请组将过离开进们")

_JOINED = (
    r"(?P<who>.{1,90}?)[通透]过.{1,200}加入了?" + _GROUP + "?.*",
    r".{0,90}?邀请(?P<who>.{1,900}?)加入了?" + _GROUP + ".*",
    r"(?P<who>.{1,900}?)(?:已经?)?加入了?" + _GROUP + ".*",
    r".{1,90}? invited (?P<who>.{1,900}?) to (?:the |this )?group(?: chat)?\b.*",
    r"(?P<who>.{1,900}?) joined (?:the |this )?group(?: chat)?\b.*",
)
_LEFT = (
    r".{0,90}?(?:已?将|把)(?P<who>.{1,900}?)(?:移出|踢出|移除|请出)了?" + _GROUP + ".*",
    r"(?P<who>.{1,900}?)已?被.{0,90}?(?:移出|踢出|移除|请出)了?" + _GROUP + ".*",
    r"(?P<who>.{1,900}?)(?:已经?|主动)?(?:退出|离开)了?" + _GROUP + ".*",
    r".{0,90}?(?:移除|移出|踢出)了(?!群)(?P<who>.{1,900}?)",
    r".{1,90}? removed (?P<who>.{1,900}?) from (?:the |this )?group(?: chat)?\b.*",
    r"(?P<who>.{1,900}?) was removed from (?:the |this )?group(?: chat)?\b.*",
    r"(?P<who>.{1,900}?) left (?:the |this )?group(?: chat)?\b.*",
)
_PATTERNS = [("leave", re.compile(pattern)) for pattern in _LEFT]
_PATTERNS += [("join", re.compile(pattern)) for pattern in _JOINED]
# Words outside of quotes that make a notice one of something else.
_ELSE = re.compile(
    r"撤回|收回|拍了拍|想邀请|修改|群名|公告|设置|开启|关闭|recalled|changed|renamed"
)

# A name in quotes beside other words, where names and what parts them should stand.
_MIXED = re.compile(r'"\d+"\s*[^\s"]|[^\s"]\s*"\d+"')

# A place of the app's template that the exporter has not filled with a name.
_UNFILLED = re.compile(
    r"\$[a-z_]\w*\$|%[a-z_]\w*%|%\(\w+\)[sd]|##\w+##|[\[<](?:user|nick|member)_?\w*[\]>]|"
    r"\$?\{+ ?\w+ ?\}+|%(?:\d+\$)?[sd@](?!\w)",
    re.ASCII | re.IGNORECASE,
)

_QUOTE_MARKS = str.maketrans(dict.fromkeys("“”„＂「」『』", '"'))
_QUOTED = re.compile(r'"([^"]*)"')
_COMMAS = re.compile(r"[、，,]\s*|\s+and\s+|\s+&\s+|(?<=[!-~])[和与與及](?=[!-~])")
_AND = re.compile(r"[和与與及]")
_PARTED = re.compile(r"[、，,和与與及&]|\band\b")
_YOU_AND = re.compile(r"[你您我妳][和与與及]|you and\b", re.IGNORECASE)
_BETWEEN = {"", "和", "与", "與", "及", "以及", "and", "&"}
_NUMBERED = re.compile(r".*[(（](\d{5,12})[)）]")
_YOU = {"你", "您", "我", "妳", "you"}
_WRAPPED = re.compile(r'\{"src": ".*?", "msg": "(.*)"\}', re.DOTALL)
_EDGES = " \"'‘’.。"
_LONGEST = 1_000


@dataclass(frozen=True)
class Kind:
    """What a row is."""

    # ``message``, ``notice``, ``packet``, or ``join`` and ``leave`` where the type says so.
    what: str = "message"
    type: str | None = None  # Given type of a message.
    # Whether the type itself says that there is a link; whether the text is what a person wrote
    # (and not the XML that an app put there).
    has_link: bool = False
    has_text: bool = True


def kind_of(code: str, subcode: str = "", is_wechat: bool = False) -> Kind:
    """Say what a row is by its type.

    >>> kind_of("49", "2001").what, kind_of("10000").what, kind_of("question").type
    ('packet', 'notice', 'question')
    """
    word = code.strip().casefold()
    if word == "49" and subcode.strip() not in ("", "0"):
        word = f"49.{subcode.strip()}"
    if word in OWN_EVENTS:
        return Kind(word)
    if word in OWN_TYPES:
        return Kind(type=word)
    if word in _PACKETS:
        return Kind("packet")
    if word in _NOTICES or any(part in word for part in _NOTICE_WORDS):
        return Kind("notice")
    is_text = word in _TEXTS or word in _QUOTES or not is_wechat
    return Kind(has_link=word in _LINKS, has_text=is_text)


def incident_of(
    at: tuple[int, str, float], notice: str, name: str = "notice", further_lines: int = 0
) -> Incident | Skipped:
    """Turn a notice of WeChat or QQ into what happened, or count it."""
    line, group, ts = at
    if is_unfilled(notice):
        return Skipped(
            line, f"{name} without its names (such as $username$)", further_lines=further_lines
        )
    event, who = who_came_or_went(notice)
    if event and who:
        return Incident(line, group, ts, event, who, True, further_lines)
    return Skipped(line, name, further_lines=further_lines)


def is_unfilled(text: str, is_name: bool = False) -> bool:
    """Say whether a notice holds, or a name is, a place of a template in which no name was put.

    >>> is_unfilled('"$username$"加入了群聊'), is_unfilled("100% sure, A$AP")
    (True, False)
    >>> is_unfilled("<user>", is_name=True), is_unfilled("Tom [member]", is_name=True)
    (True, False)
    """
    found = _UNFILLED.fullmatch(text.strip()) if is_name else _UNFILLED.search(text)
    return found is not None


def who_came_or_went(notice: str) -> tuple[str, tuple[str, ...]]:
    """Read a notice of WeChat or QQ.

    >>> who_came_or_went('"小明"邀请你和"小红、小刚"加入了群聊')
    ('join', ('小红', '小刚'))
    """
    text = notice.strip().translate(_QUOTE_MARKS)
    quoted = _QUOTED.findall(text)
    places = iter(range(len(quoted)))
    bare = _QUOTED.sub(lambda _: f'"{next(places)}"', text)  # names may hold any of these words
    plain = bare.translate(_SIMPLER)
    if len(text) > _LONGEST or is_unfilled(text) or _ELSE.search(plain):
        return "", ()
    for event, pattern in _PATTERNS:
        match = pattern.fullmatch(plain)
        who = bare[slice(*match.span("who"))] if match else ""
        if match and who.count('"') % 2 == 0:
            is_list = not any(map(_MIXED.search, _PARTED.split(_YOU_AND.sub("", who))))
            return event, tuple(_names_in(who, quoted)) if is_list else ()
    return "", ()


def _names_in(written: str, quoted: list[str]) -> list[str]:
    """Part a list of names: those in quotes stand there as places in `quoted`."""
    names: list[str] = []
    for number, part in enumerate(_QUOTED.split(written)):
        if number % 2:
            names += _COMMAS.split(quoted[int(part)])
            continue
        part = _YOU_AND.sub("", part.strip())
        pieces = [] if part in _BETWEEN else _COMMAS.split(part)
        if len(pieces) > 1 or '"' in written:
            pieces[-1:] = _AND.split(pieces[-1]) if pieces else []
        names += pieces
    clean = (name.strip(_EDGES) for name in names)
    numbered = ((name, _NUMBERED.fullmatch(name)) for name in clean)
    found = (met[1] if met else name for name, met in numbered)
    return [name for name in found if name and name.casefold() not in _YOU]


def written_text(text: str, kind: Kind) -> str:
    """Return what a person wrote: no XML of an app, nothing of PyWxDump's JSON."""
    if not kind.has_text or text.lstrip().startswith(("<?xml", "<msg")):
        return ""
    return unwrapped(text)


def unwrapped(text: str) -> str:
    """Return the text that PyWxDump wraps in JSON; any other text as it is.

    >>> unwrapped('{"src": "", "msg": "你好吗"}'), unwrapped('{"src": "", "msg": "so "he" said"}')
    ('你好吗', 'so "he" said')
    """
    if not (text.startswith('{"') and '"msg"' in text):
        return text
    try:
        inner = json.loads(text, strict=False).get("msg")
    except (ValueError, RecursionError):  # quotes within that nobody escaped
        match = _WRAPPED.fullmatch(text)
        return match[1] if match else text
    return inner if isinstance(inner, str) else ""
