"""What the rows of a table are: WeChat's codes, exporters' words, notices of who came and went."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

APP_SENDERS = {"系统消息", "系統消息", "系统", "10000", "1000000", "2854196310"}
"""Under these names and QQ numbers the apps themselves write notices."""

OWN_TYPES = {"msg", "question", "link", "bot", "closure"}
OWN_EVENTS = {"join", "leave"}
_TEXTS = {"", "1", "text", "文本", "文本消息", "文字", "消息", "message", "chat", "plain"}
_QUOTES = {"引用", "引用消息", "引用回复", "回复", "reply", "quote", "49.57"}
_LINKS = {"49.5", "链接", "link", "url", "share", "分享", "(分享)卡片式链接", "卡片式链接"}
_PACKETS = {"49.2001", "红包", "red packet", "redpacket", "hongbao"}
_NOTICES = {"10000", "10002", "50", "49.4000", "拍一拍", "撤回", "撤回消息", "recall", "revoke"}
_NOTICE_WORDS = ("系统", "系統", "system", "notice")

_JOINED = (
    r"[“\"]?(?P<who>[^“”\"]{1,80}?)[”\"]?通过.{1,100}加入(?:了)?群聊?.*",
    r".{0,80}?邀请[“\"]?(?P<those>[^“”\"]{1,400}?)[”\"]?加入(?:了)?(?:群聊|本群|群).*",
    r"[“\"]?(?P<who>[^“”\"]{1,80}?)[”\"]?加入(?:了)?(?:群聊|本群|群).*",
    r".{1,80}? invited [“\"]?(?P<those>.{1,400}?)[”\"]? to the group chat.*",
    r"[“\"]?(?P<who>[^“”\"]{1,80}?)[”\"]? joined (?:the )?group chat.*",
)
_LEFT = (
    r".{0,80}?(?:将|把)[“\"]?(?P<those>[^“”\"]{1,400}?)[”\"]?(?:移出|踢出)(?:了)?(?:群聊|本群|群).*",
    r"[“\"]?(?P<who>[^“”\"]{1,80}?)[”\"]?(?:已|已经)?(?:退出|离开)(?:了)?(?:群聊|本群|群).*",
    r"[“\"]?(?P<who>[^“”\"]{1,80}?)[”\"]?被.{0,80}?(?:移出|踢出)(?:了)?(?:群聊|本群|群).*",
    r".{1,80}? removed [“\"]?(?P<those>.{1,400}?)[”\"]? from the group chat.*",
)
_PATTERNS = {
    "leave": [re.compile(pattern) for pattern in _LEFT],
    "join": [re.compile(pattern) for pattern in _JOINED],
}
_AND = re.compile(r"、|,\s*|\s+and\s+|[”\"]和[“\"]")
_YOU = {"你", "您", "you"}
_EDGES = " “”\"'.。"
_LONGEST = 600


@dataclass(frozen=True)
class Kind:
    """What a row is.

    Attributes
    ----------
    what : str
        ``message``, ``notice``, ``packet``, or ``join`` and ``leave`` where the type says so.
    type : str or None
        Given type of a message.
    has_link, has_text : bool
        Whether the type itself says that there is a link; whether the text is what a person wrote
        (and not the XML that an app put there).
    """

    what: str = "message"
    type: str | None = None
    has_link: bool = False
    has_text: bool = True


def kind_of(code: str, subcode: str = "", is_wechat: bool = False) -> Kind:
    """Say what a row is by its type.

    Parameters
    ----------
    code : str
        WeChat's number, or a word.
    subcode : str
        WeChat's second number.
    is_wechat : bool
        Whether rows of other types than text hold no words of their own.

    Returns
    -------
    Kind

    Examples
    --------
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


def who_came_or_went(notice: str) -> tuple[str, tuple[str, ...]]:
    """Read a notice of WeChat or QQ.

    Parameters
    ----------
    notice : str

    Returns
    -------
    event : str
        ``join``, ``leave`` or empty.
    who : tuple of str
        Names; without whoever made the export, whom notices call "you".

    Examples
    --------
    >>> who_came_or_went('"小明"邀请"小红、小刚"加入了群聊')
    ('join', ('小红', '小刚'))
    """
    text = notice.strip()
    if len(text) > _LONGEST:
        return "", ()
    for event, patterns in _PATTERNS.items():
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match:
                named = match.groupdict()
                names = [named["who"]] if named.get("who") else _AND.split(named.get("those") or "")
                clean = (name.strip(_EDGES) for name in names)
                return event, tuple(name for name in clean if name and name.casefold() not in _YOU)
    return "", ()


def written_text(text: str, kind: Kind) -> str:
    """Return what a person wrote: no XML of an app, and what PyWxDump wraps in JSON unwrapped.

    Parameters
    ----------
    text : str
    kind : Kind

    Returns
    -------
    str

    Examples
    --------
    >>> written_text('{"src": "", "msg": "你好吗"}', Kind())
    '你好吗'
    """
    if not kind.has_text or text.lstrip().startswith(("<?xml", "<msg")):
        return ""
    if text.startswith('{"') and '"msg"' in text:
        try:
            inner = json.loads(text, strict=False).get("msg")
        except (ValueError, RecursionError):
            return text
        return inner if isinstance(inner, str) else ""
    return text
