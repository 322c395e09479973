"""Texts of QQ's message manager, of WeFlow and copied out of WeChat: a line with time and sender,
then what was said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from sim.chatlog.dates import DATE_TIME
from sim.chatlog.notices import APP_SENDERS, incident_of, who_came_or_went
from sim.chatlog.records import Begun, Dated, Incident, Record, Skipped, Unclear, Utterance
from sim.chatlog.source import Source

MOST_BACKWARDS_SECONDS = 3_600.0
BACKWARDS = "a line like a message's first, earlier than the message above: pasted, perhaps"

_HEAD = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2} +\d{1,2}:\d{2}:\d{2}) +(?:【[^】]*】)?"
    r"(?P<name>.*?)(?:\((?P<number>\d{5,12})\)|<(?P<mail>[^<>\s]+@[^<>\s]+)>)?\s*"
)
_WEFLOW_HEAD = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2} +\d{1,2}:\d{2}:\d{2}) +'(?P<name>.+)'(?P<number>)(?P<mail>)\s*"
)
_FURNITURE = re.compile(r"=+|消息记录.*|消息分组[:：].*|消息对象[:：].*|.*聊天记录如下.*|\s*")
_GROUP = re.compile(r"消息对象[:：](.+)")
_PACKET = re.compile(r"\[(?:微信)?红包\]|\[Red Packet\]", re.IGNORECASE)

# What people copy out of WeChat: a name with date and time, or they before it; below a day's line a
# name and, two spaces on, a clock; below a line that is a time a name and a colon. All become one.
_WHEN = rf"(?P<time>(?=(?:19|20)\d\d){DATE_TIME})\s*"
_COPIED_HEAD = re.compile(rf"(?P<name>.*\S)\s+{_WHEN}(?P<number>)(?P<mail>)", re.IGNORECASE)
_DATED_HEAD = re.compile(  # a name and what it says in one line is none
    rf"\s*{_WHEN}(?<=\s)(?:【[^】]*】)?(?P<name>(?!-)[^\t:：]{{0,39}}[^\t:：\s])[:：]?\s*",
    re.IGNORECASE,
)
_WHOLE_HEADS = _COPIED_HEAD, _DATED_HEAD
_CLOCK_HEAD = re.compile(r"(?P<name>.*\S)\s{2,}(?P<time>\d{1,2}:\d\d(?::\d\d)?)\s*")
_BLOCK_HEAD = re.compile(r"(?P<name>(?!.*聊天记录)[^:：]{1,40})[:：]\s*")
_DAY = re.compile(r"[\s—–─-]{3,}(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)[\s—–─-]{3,}")
_MOMENT = re.compile(rf"\s*{_WHEN}", re.IGNORECASE)
_MADE_HEAD = re.compile(r"\0(?P<time>[^\0]*)\0(?P<name>.*)(?P<number>)(?P<mail>)")
UNTIMED = "no date or time above it: copy the messages with their times"


def is_qq_text(text: str) -> bool:
    """Say whether a file begins as QQ's exports do."""
    heads = filter(None, map(_HEAD.fullmatch, text.splitlines()[:50]))
    has_number = any(head["number"] or head["mail"] for head in heads)
    return has_number or text.lstrip("\ufeff").startswith("消息记录")


def is_weflow_text(text: str) -> bool:
    """Say whether a file begins as WeFlow's texts of WeChat's chats do."""
    return _WEFLOW_HEAD.fullmatch(text.strip("\ufeff\r\n ").partition("\n")[0]) is not None


def is_wechat_copy(text: str) -> bool:
    r"""Say whether a file begins as what is copied out of WeChat's window, or mailed by its phones.

    >>> is_wechat_copy("小红 2024/5/3 20:15\n早"), is_wechat_copy("小红:\n早\n\n阿明:\n早")
    (True, True)
    >>> is_wechat_copy("2024-05-03 20:15:00 小红\n早"), is_wechat_copy("2024-05-03 20:15:00 INFO")
    (True, False)
    >>> is_wechat_copy("name,time\nA,2024-05-03 20:15"), is_wechat_copy("Dear all:\nhello")
    (False, False)
    """
    lines = [line for line in text.strip("\ufeff\r\n ").splitlines()[:200] if line.strip()]
    first = lines[0] if lines else ""
    if any(each.fullmatch(first) for each in (_COPIED_HEAD, _DAY, _MOMENT)):
        return any(map(_begins, lines))
    heads = [bool(_DATED_HEAD.fullmatch(line)) for line in lines]
    if heads[:1] == [True] or "聊天记录" in first:  # most such heads have a text below them
        said = sum(head and not below for head, below in pairwise(heads))
        return any(map(_DAY.fullmatch, lines)) or 2 * said >= max(1, sum(heads))
    return bool(_BLOCK_HEAD.fullmatch(first)) and len([*filter(_BLOCK_HEAD.fullmatch, lines)]) > 1


def _begins(line: str) -> bool:
    return any(each.fullmatch(line) for each in (_COPIED_HEAD, _CLOCK_HEAD, _BLOCK_HEAD))


def _made_heads(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Write what begins a message of a copy in one way; the first such line tells which it is."""
    day = moment = above = ""
    style: re.Pattern[str] | None = None
    for number, line in lines:
        plain = line.strip("\ufeff")
        dated, timed = _DAY.fullmatch(plain), _MOMENT.fullmatch(plain)
        day, moment = (dated[1] if dated else day), (timed["time"] if timed else moment)
        known = [style] if style else [*_WHOLE_HEADS, *[_CLOCK_HEAD] * bool(day), _BLOCK_HEAD]
        head = next((found for each in known if (found := each.fullmatch(plain))), None)
        if head and head.re is _BLOCK_HEAD and above.strip():
            head = None  # the text of a message that ends in a colon
        if dated or (timed and style not in _WHOLE_HEADS):
            plain = ""  # of the copy, and of no message
        elif head:
            style = head.re
            if style is not _BLOCK_HEAD:
                moment = head["time"] if style in _WHOLE_HEADS else f"{day} {head['time']}"
            plain = f"\0{moment}\0{head['name']}"
        elif moment and who_came_or_went(plain)[0]:
            yield number, f"\0{moment}\0系统消息"
        yield number, plain
        above = plain


def _read(source: Source, pattern: re.Pattern[str], is_copy: bool = False) -> Iterator[Record]:
    """Read a chat, or all chats of "export everything": heads of a pattern and what follows them.

    Pasted are heads without the numbers of all others, and old ones without the empty line that
    stands above all others.
    """
    source.clock.assume("Asia/Shanghai")
    group, open_ = source.stem, Begun()
    last, above = -math.inf, ""
    are_parted: bool | None = None  # whether an empty line parts all messages so far
    has_numbers: bool | None = None  # the first sender's of a chat says it for all
    for number, line in _made_heads(source.lines()) if is_copy else source.lines():
        head = pattern.fullmatch(line)
        has_number = bool(head and (head["number"] or head["mail"]))
        if head and not has_number and (has_numbers or not head["name"].strip()):
            head = None
        titled = _GROUP.fullmatch(line.strip())
        begun = _begun(source, number, group, head) if head else None
        is_old = isinstance(begun, Utterance) and begun.ts <= last
        is_pasted = bool(is_old and are_parted and above.strip())
        above = line
        if begun and not is_pasted:
            if open_.record is not None:
                are_parted = are_parted is not False and not (open_.further or [""])[-1].strip()
            yield from map(_meant, open_.ended())
            open_.record = begun
            if isinstance(begun, Utterance):
                if begun.ts < last - MOST_BACKWARDS_SECONDS:
                    yield Unclear(BACKWARDS, line=number)
                last = begun.ts
                if has_numbers is None and not _is_by_the_app(begun):
                    has_numbers = has_number
        elif titled or open_.record is None:
            yield from map(_meant, open_.ended())
            last, has_numbers = -math.inf, None
            group = titled[1].strip() if titled else group
            if _FURNITURE.fullmatch(line.lstrip("\ufeff")):
                yield Skipped(number, "heading of the file")
            else:
                yield Skipped(number, "text before the first message", is_malformed=True)
        else:
            open_.further.append(line)
    yield from map(_meant, open_.ended())


read_qq_text, read_weflow_text = (partial(_read, pattern=each) for each in (_HEAD, _WEFLOW_HEAD))
read_wechat_copy = partial(_read, pattern=_MADE_HEAD, is_copy=True)


def _begun(source: Source, number: int, group: str, head: re.Match[str]) -> Utterance | Skipped:
    source.clock.group = group
    try:
        ts = source.clock.read(" ".join(head["time"].split()))
    except ValueError:
        why = "impossible date or time" if head["time"].strip() else UNTIMED
        return Skipped(number, why, is_malformed=True)
    name = head["name"].strip()
    sender = head["number"] or head["mail"] or name
    return Utterance(number, group, ts, sender, "", names=(name,) if name else ())


def _meant(record: Dated) -> Record:
    """Read what the app itself seems to say as its notice, and a red packet as one."""
    if not isinstance(record, Utterance):
        return record
    at = (record.line, record.group, record.ts)
    if _PACKET.match(record.text.strip()):
        return Incident(*at, "packet", (record.sender,), further_lines=record.further_lines)
    if not _is_by_the_app(record):
        return record
    return incident_of(at, record.text, "notice of the app", record.further_lines)


def _is_by_the_app(record: Utterance) -> bool:
    return not APP_SENDERS.isdisjoint((record.sender, *record.names))
