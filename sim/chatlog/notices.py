"""What apps themselves write into a chat: who joined, who left, the rest."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim.chatlog.records import Incident, Skipped
from sim.chatlog.words import WORDS

Pattern = tuple[str, re.Pattern[str]]

_WHATSAPP, _WECHAT = WORDS["whatsapp"], WORDS["wechat"]


def _filled(notices: dict[str, Any], text: str) -> str:
    """Put what it stands for in the place of each <part> of a pattern."""
    for name, part in notices["parts"].items():
        text = text.replace(f"<{name}>", part)
    return text


def _compiled(notices: dict[str, Any], kind: str, who: str, end: str, flags: int) -> list[Pattern]:
    """Compile the patterns of one kind of notice; `who` is that of those it happened to."""
    listed = notices[kind]
    texts = listed if isinstance(listed, list) else itertools.chain(*listed.values())
    whole = (_filled(notices, text.replace("{}", who)) + end for text in texts)
    return [(kind, re.compile(text, flags)) for text in whole]


_SECURED, _YOU, _NOBODY, _MEDIA = (
    re.compile("|".join(_WHATSAPP[key]), re.IGNORECASE)
    for key in ("encryption", "you", "nobody", "media")
)
_WHOLE = [("encryption", _SECURED)]
for _kind in ("birth", "leave", "join"):
    _WHOLE += _compiled(_WHATSAPP, _kind, "(?P<those>.+?)", "[.。]?", re.IGNORECASE)
_KINDS = {
    kind: re.compile("|".join(words), re.IGNORECASE) for kind, words in _WHATSAPP["kinds"].items()
}
_MOVES = _filled(_WHATSAPP, "<moves>")

# Beside the name of a file.
FILE_MARKS = frozenset("•<")

_AND = re.compile(r"(,\s*(?:and |und |y |e |et )?|\s+(?:and|und|y|e|et)\s+|、|和)")
_EDGES = ' .。\u2068\u2069\u200e~“”"「」'
_LONGEST = 400
_FIRST_IDEOGRAPH = "\u2e80"


@dataclass(frozen=True)
class Notice:
    """What a notice says."""

    # ``join``, ``leave``, ``birth`` (of the group), ``encryption``, one of those that are counted
    # apart, or empty: it may be no notice.
    kind: str = ""
    # Of a join or leave: names, without whoever made the export, whom notices call "you".
    who: tuple[str, ...] = ()

    @property
    def event(self) -> str:
        """``join``, ``leave`` or empty."""
        return self.kind if self.kind in ("join", "leave") else ""

    def dropped_as(self) -> str:
        """Return what it counts as where it is no event."""
        return f"notice of WhatsApp{f': {self.kind}' if self.kind in _KINDS else ''}"


def read_notice(text: str, known: Container[str] = frozenset()) -> Notice:
    """Read a line without a sender.

    >>> read_notice("Ada added Bob, Cem and Dee")
    Notice(kind='join', who=('Bob', 'Cem', 'Dee'))
    >>> read_notice("你将小红移出群聊").who, read_notice("Ada hat die Gruppe verlassen.").kind
    (('小红',), 'leave')
    >>> read_notice("Ada is now an admin").dropped_as()
    'notice of WhatsApp: admin'
    """
    if len(text) > _LONGEST:
        return Notice()
    for kind, pattern in _WHOLE:
        if match := pattern.fullmatch(text):
            named = match.groupdict()
            those = _moved(named["moved"], known) if "moved" in named else named.get("those", "")
            names = (n for n in _names(those, known) if n in known or not _NOBODY.fullmatch(n))
            return Notice(kind, tuple(n for n in names if n and not _YOU.fullmatch(n)))
    return Notice(next((kind for kind, words in _KINDS.items() if words.search(text)), ""))


def _names(those: str, known: Container[str]) -> list[str]:
    """Return the names of a list; one that is known may itself hold a comma or an "and"."""
    parts = _AND.split(those)  # names at even places, what stands between them at odd ones
    names: list[str] = []
    at = 0
    while at < len(parts):
        ends = range(len(parts), at, -2)
        whole = ("".join(parts[at:end]).strip(_EDGES) for end in ends)
        found = next(((n, end) for n, end in zip(whole, ends, strict=True) if n in known), None)
        name, end = found or (parts[at].strip(_EDGES), at + 1)
        while found is None and parts[end : end + 1] == ["和"] and not _is_and(parts, end, known):
            name, end = (name + "".join(parts[end : end + 2])).strip(_EDGES), end + 2
        names.append(name)
        at = end + 1
    return names


def _is_and(parts: list[str], at: int, known: Container[str]) -> bool:
    """Say whether 和 parts two names: one is known, or the list or their letters tell."""
    before, after = parts[at - 1], parts[at + 1]
    is_known = before.strip(_EDGES) in known or after.strip(_EDGES) in known
    is_foreign = after != "" and (before[-1:] + after[0]).isascii()
    return is_known or is_foreign or "、" in parts or before.endswith(("”", " "))


def _moved(text: str, known: Container[str]) -> str:
    """Return who was moved; the word between them and who did it may be part of a name, too."""
    splits = [
        (text[: hinge.start()], text[hinge.end() :])
        for hinge in re.finditer(_MOVES, text)
        if hinge.start() and hinge.end() < len(text)
    ]

    def likelihood(split: tuple[str, str]) -> tuple[bool, bool, bool]:
        actor, moved = split
        is_actor = actor.strip(_EDGES) in known or _YOU.fullmatch(actor) is not None
        is_moved = all(name in known for name in _names(moved, known))
        return is_moved, is_actor, not re.match(_MOVES, moved)

    return max(splits, key=likelihood)[1]


@lru_cache(maxsize=4096)
def is_media(text: str) -> bool:
    """Say whether a text after the mark of notices stands for something that was sent: no notice
    that is known as a whole, of which some share words with media.
    """
    if _MEDIA.search(text) is None or not FILE_MARKS.isdisjoint(text):
        return _MEDIA.search(text) is not None
    return not any(pattern.fullmatch(text[:_LONGEST]) for _, pattern in _WHOLE)


def may_end_a_name(text: str, end: int) -> bool:
    """Say whether a name at the head of a text may end at a place; Chinese puts no space there."""
    following = text[end : end + 1]
    return not following.isalpha() or following >= _FIRST_IDEOGRAPH


def is_notice(text: str, sender: str, is_marked: bool) -> bool:
    """Say whether the text of a message with a sender is one of WhatsApp's own.

    >>> is_notice("Messages and calls are end-to-end encrypted.", "Club", is_marked=False)
    True
    >>> is_notice("Ada added Bob", "Club", is_marked=True), is_notice("I added tea", "Al", False)
    (True, False)
    """
    if _SECURED.fullmatch(text):
        return True
    if not is_marked or is_media(text):
        return False
    tells_of_sender = text.startswith(sender) and may_end_a_name(text, len(sender))
    return tells_of_sender or read_notice(text).kind != ""


# Under these names and QQ numbers the apps themselves write notices.
APP_SENDERS = frozenset(WORDS["row_types"]["senders_of_apps"])

# Traditional letters of the words below.
_SIMPLER = str.maketrans("請組將過離開進們", "请组将过离开进们")

_PATTERNS = [
    pattern
    for kind in ("leave", "join")
    for pattern in _compiled(_WECHAT, kind, "(?P<who>.{1,900}?)", "", re.NOFLAG)
]
_ELSE = re.compile(_WECHAT["other"])  # outside of quotes

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
_WECHAT_AND = re.compile(r"[和与與及]")
_PARTED = re.compile(r"[、，,和与與及&]|\band\b")
_YOU_AND = re.compile(r"[你您我妳][和与與及]|you and\b", re.IGNORECASE)
_BETWEEN = {"", "和", "与", "與", "及", "以及", "and", "&"}
_NUMBERED = re.compile(r".*[(（](\d{5,12})[)）]")
_WECHAT_YOU = {"你", "您", "我", "妳", "you"}
_WECHAT_EDGES = " \"'‘’.。"
_LONGEST_OF_WECHAT = 1_000


def incident_of(
    at: tuple[int, str, float], notice: str, name: str = "notice", further_lines: int = 0
) -> Incident | Skipped:
    """Turn a notice of WeChat or QQ into what happened, or count it."""
    event, who = who_came_or_went(notice)
    if event and who:
        return Incident(*at, event, who, True, further_lines)
    unfilled = " without its names (such as $username$)" if is_unfilled(notice) else ""
    return Skipped(at[0], name + unfilled, False, further_lines)


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
    if len(text) > _LONGEST_OF_WECHAT or is_unfilled(text) or _ELSE.search(plain):
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
            pieces[-1:] = _WECHAT_AND.split(pieces[-1]) if pieces else []
        names += pieces
    clean = (name.strip(_WECHAT_EDGES) for name in names)
    numbered = ((name, _NUMBERED.fullmatch(name)) for name in clean)
    found = (met[1] if met else name for name, met in numbered)
    return [name for name in found if name and name.casefold() not in _WECHAT_YOU]
