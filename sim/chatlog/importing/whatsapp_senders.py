"""Who speaks in a WhatsApp chat: where a name ends, and which sender is the group itself."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.chatlog.importing.meaning import mentioned_names, type_of
from sim.chatlog.importing.people import faded
from sim.chatlog.importing.record import Doubt
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.whatsapp_notices import (
    FILE_MARKS,
    is_media,
    may_end_a_name,
    read_notice,
)

_LONGEST_NAME = 120
_SECOND_HEAD = re.compile(
    r"(?P<name>[^\W\d_][^:\n]{1,39}|[\u2e80-\U0010ffff]):(?:\s(?P<text>.*)|$)", re.DOTALL
)
_QUOTED = re.compile(r"[“„«「\"]([^“”„«»「」\"]{1,100})[“”»」\"]")
_QUOTES = (("“", "”"), ("«", "»"), ("「", "」"))
_LOW_QUOTES = (("„", "“"),)
_APP = re.compile("whatsapp|واتساب")
# What browsers and folders add to a second file of one name.
_COPY = re.compile(r"\s?\(\d+\)$|(?<=\w)-\d{1,2}$")

_TELLING = ("join", "leave", "birth")
_OPENINGS = ("birth", "encryption")
# What stands for a picture or the like, in any language, has no more letters.
_LONGEST_PLACEHOLDER = 40

_SAMPLE = 8
_MOST_WORDS_OF_A_NAME = 4
_FEWEST_PEOPLE = 2
_ALL_SIGNS = 2
_MAY_BE_THE_GROUP = "messages may be notices of the group, under its own name"
_HAS_A_COLON = "messages were taken for those of people with a colon in their names"
_MAY_HAVE_A_COLON = "messages may be by several people whose names share what stands before a colon"


@dataclass(slots=True)
class _Sender:
    """What was seen of a sender: some texts without and with the mark of notices, and `seconds`,
    what stands before a second colon, as long as each record `has_seconds`.
    """

    records: int = 0
    is_first: bool = False
    opened: bool = False
    media: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)
    has_seconds: bool = True


class Senders:
    """The senders of one chat; they are met once before they are told apart."""

    def __init__(self, source: Source) -> None:
        titles = map(_plain, (source.path.stem, source.path.resolve().parent.name, source.stem))
        self._titles = [_COPY.sub("", title) for title in titles if _APP.search(title)]
        self._met: defaultdict[str, _Sender] = defaultdict(_Sender)
        self._tight: Counter[str] = Counter()
        self._named: set[str] = set()
        self._called: set[int] = set()
        self._heads: dict[str, tuple[str | None, bool]] = {}
        self._groups: set[str] = set()
        self._namesakes: set[str] = set()
        self._shared_heads: set[str] = set()
        self.known: set[str] = set()  # The people.

    def meet(self, body: str, is_marked: bool, is_first: bool) -> None:
        """Take note of a record."""
        split = self._halves(body)
        if split is None:
            self._named.update(map(_plain, _QUOTED.findall(body)))
            return
        sender, gap, text = split
        if not gap and text:
            self._tight[sender] += 1
            if self._tight[sender] == 1:
                return
        met = self._met[sender]
        if "@" in text:
            self._called.update(faded(name) for names in mentioned_names(text) for name in names)
        met.records += 1
        if met.has_seconds:
            second = _second_head(text)
            met.has_seconds = second is not None
            met.seconds[second[0] if second else ""] += 1
        met.is_first |= is_first
        if not is_marked and len(met.said) == _SAMPLE:
            return
        if is_marked and is_media(text):
            met.media += [text] if len(met.media) < _SAMPLE else []
            return
        is_long = is_marked and is_first and len(text) > _LONGEST_PLACEHOLDER
        met.opened |= is_long or read_notice(text).kind in _OPENINGS
        if is_marked:
            self._named.update(map(_plain, _QUOTED.findall(text)))
        texts = met.marked if is_marked else met.said
        if len(texts) < _SAMPLE:
            texts.append(text)

    def settle(self) -> Iterator[Doubt]:
        """Tell the senders apart, once all are met."""
        for sender, met in self._met.items():
            signs = self._signs(sender, met)
            talks = signs == _ALL_SIGNS and any(self._talks(sender, text) for text in met.said)
            if signs == _ALL_SIGNS:
                (self._namesakes if talks else self._groups).add(sender)
            if signs == 1 or sender in self._namesakes:
                yield Doubt(_MAY_BE_THE_GROUP, met.records)
            elif not signs and met.has_seconds and len(met.seconds) > 1:
                recur = met.records > len(met.seconds)
                self._shared_heads |= {sender} if recur else set()
                yield Doubt(_HAS_A_COLON if recur else _MAY_HAVE_A_COLON, met.records)
        heads = ((head, name) for head in self._shared_heads for name in self._met[head].seconds)
        names = {f"{head}: {name}" for head, name in heads}
        self.known = (set(self._met) | names) - self._groups - self._shared_heads

    def split(self, body: str) -> tuple[str | None, str]:
        """Split a record into its sender and text."""
        split = self._halves(body)
        if split is None:
            return None, body
        sender, gap, text = split
        if not gap and text and not self._is_tight(sender, text, body):
            return None, body
        is_namesake = sender in self._namesakes
        if sender in self._groups or (is_namesake and self._tells(sender, text)):
            return None, text
        if sender in self._shared_heads and (second := _second_head(text)):
            return f"{sender}: {second[0]}", second[1]
        return sender, text

    def _halves(self, body: str) -> tuple[str, str, str] | None:
        """Return sender, white space and text; None where no sender stands before a colon."""
        head, colon, rest = body.partition(":")
        if head not in self._heads:
            is_sender = 0 < len(head) <= _LONGEST_NAME and not _is_within_quotes(head)
            sender = head.strip().removeprefix("~").strip() if is_sender else None
            self._heads[head] = sender, read_notice(head).kind in _TELLING
        sender, is_half_a_notice = self._heads[head]
        if not colon or sender is None or (is_half_a_notice and read_notice(body).event):
            return None
        has_gap = rest[:1].isspace()
        return sender, rest[:has_gap], rest[has_gap:]

    def _is_tight(self, sender: str, text: str, body: str) -> bool:
        """Say whether a colon without a space after it ends a name."""
        if text.startswith("//") or (sender[-1:].isdigit() and text[:1].isdigit()):
            return False
        if sender in self._met or self._tight[sender] > 1:
            return True
        is_short = len(sender.split()) <= _MOST_WORDS_OF_A_NAME
        return is_short and read_notice(body).kind not in _TELLING

    def _signs(self, sender: str, met: _Sender) -> int:
        """Count the signs that a sender is the group: what it says, and its name or its place."""
        is_titled = len(self._met) > _FEWEST_PEOPLE and self._is_title(sender)
        reports = sum(self._names_another(sender, text) for text in met.said) if met.is_first else 0
        if not (met.marked or met.opened or is_titled or reports > 1):
            return 0
        enough = len(met.said) if met.marked else len(met.said) / 2
        has_media = not all(self._names_another(sender, text) for text in met.media)
        if has_media or sum(self._tells(sender, text) for text in met.said) < enough:
            return int(is_titled and not met.marked)
        is_placed = is_titled or met.opened or any(self._tells(sender, t) for t in met.marked)
        return 1 + (is_placed and faded(sender) not in self._called)

    def _tells(self, sender: str, text: str) -> bool:
        return read_notice(text).kind != "" or self._names_another(sender, text)

    def _names_another(self, sender: str, text: str) -> bool:
        ends = (end for end in range(1, _LONGEST_NAME) if may_end_a_name(text, end))
        heads = (text[:end] for end in ends if FILE_MARKS.isdisjoint(text))
        return any(head in self._met and head != sender for head in heads)

    def _talks(self, sender: str, text: str) -> bool:
        """Say whether a text asks or links as no notice does: a person bears the group's name."""
        return not self._tells(sender, text) and type_of(_QUOTED.sub("", text)) != "msg"

    def _is_title(self, sender: str) -> bool:
        plain = _plain(sender)
        return plain in self._named or any(_is_of(title, plain) for title in self._titles)


def _is_of(title: str, name: str) -> bool:
    """Say whether a file of WhatsApp's is called after a name: at an end, or between 与 and 的."""
    named = rf"(?:^|[\s与與]){re.escape(name)}(?:$|(?=\s\S+ whatsapp)|\s?(?=[的との과와]))"
    return re.search(named, title) is not None


def _second_head(text: str) -> tuple[str, str] | None:
    second = _SECOND_HEAD.match(text)
    if second is None or len(second["name"].split()) > _MOST_WORDS_OF_A_NAME:
        return None
    return second["name"].strip(), second["text"] or ""


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def _is_within_quotes(sender: str) -> bool:
    """Say whether the colon after it stands in quotes: a group's name in a notice, say."""
    if sender.count('"') % 2 == 1:
        return True
    lower = "„" in sender  # then “ closes what „ opened
    pairs = _LOW_QUOTES if lower else _QUOTES
    return any(sender.count(opening) > sender.count(closing) for opening, closing in pairs)
