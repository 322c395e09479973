"""Who speaks in a WhatsApp chat: where a name ends, and which sender is the group itself."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.chatlog.importing.meaning import mentioned_names
from sim.chatlog.importing.people import faded
from sim.chatlog.importing.record import Doubt
from sim.chatlog.importing.source import Source
from sim.chatlog.importing.whatsapp_notices import PLAIN_NOTICE, is_of_encryption, read_notice

_SENDER = re.compile(r"(?P<sender>[^:]{1,120}):(?P<gap>\s?)(?P<text>.*)", re.DOTALL)
_SECOND_HEAD = re.compile(r"(?P<name>[^\W\d_][^:\n]{0,39}):(?:\s(?P<text>.*)|$)", re.DOTALL)
_QUOTED = re.compile(r"[“„«「\"]([^“”„«»「」\"]{1,100})[“”»」\"]")
_MEDIA = re.compile(
    r"omitted|weggelassen|ausgelassen|omitid|ocult|omis|absent|omess|忽略|略去|省略|attached|•|<",
    re.IGNORECASE,
)
"""What an iPhone puts after its mark where somebody sent something; all else is a notice."""

_QUOTES = (("“", "”"), ("«", "»"), ("「", "」"))
_LOW_QUOTES = (("„", "“"),)
_SAMPLE = 8
_MOST_WORDS_OF_A_NAME = 4
_FEWEST_PEOPLE = 2
_MAY_BE_THE_GROUP = "messages may be notices of the group, under its own name"
_MAY_HAVE_A_COLON = "messages may be by several people whose names share what stands before a colon"


@dataclass(slots=True)
class _Sender:
    """What was seen of a sender: records, some texts without and with the mark of notices."""

    records: int = 0
    media: int = 0
    opened: bool = False
    said: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)

    def is_clear(self) -> bool:
        """Say whether nothing that is said later can change who this is."""
        return len(self.said) == _SAMPLE and self.seconds.total() < self.records


class Senders:
    """The senders of one chat; they are met once before they are told apart.

    Parameters
    ----------
    source : Source
        Its name may be that of the group.

    Attributes
    ----------
    known : set of str
        The people.
    """

    def __init__(self, source: Source) -> None:
        titles = (source.path.stem, source.path.resolve().parent.name, source.stem)
        self._titles = [_plain(title) for title in titles if "whatsapp" in title.casefold()]
        self._met: dict[str, _Sender] = {}
        self._tight: Counter[str] = Counter()
        self._named: set[str] = set()
        self._called: set[int] = set()
        self._notices: dict[str, bool] = {}
        self._groups: set[str] = set()
        self._shared_heads: set[str] = set()
        self.known: set[str] = set()

    def meet(self, body: str, is_marked: bool, is_first: bool) -> None:
        """Take note of a record.

        Parameters
        ----------
        body : str
            What follows its time.
        is_marked : bool
            Whether the text begins with the mark of notices.
        is_first : bool
            Whether it is the first of the chat.
        """
        split = self._halves(body)
        if split is None:
            self._named.update(map(_plain, _QUOTED.findall(body)))
            return
        sender, gap, text = split
        if not gap and text:
            self._tight[sender] += 1
            return
        met = self._met.setdefault(sender, _Sender())
        if "@" in text:
            self._called.update(faded(name) for names in mentioned_names(text) for name in names)
        if not is_marked and met.is_clear():
            met.records += 1
            return
        if met.seconds.total() == met.records and (second := _second_head(text)):
            met.seconds[second[0]] += 1
        met.records += 1
        if is_marked and is_media(text):
            met.media += 1
            return
        met.opened |= (is_marked and is_first) or is_of_encryption(text) or _founds(text)
        if is_marked:
            self._named.update(map(_plain, _QUOTED.findall(text)))
        texts = met.marked if is_marked else met.said
        if len(texts) < _SAMPLE:
            texts.append(text)

    def settle(self) -> Iterator[Doubt]:
        """Tell the senders apart, once all are met.

        Yields
        ------
        Doubt
            Where that cannot be done.
        """
        people = set(self._met)
        for sender, met in self._met.items():
            signs = self._signs(sender, met, people - {sender})
            if signs == _ALL_SIGNS:
                self._groups.add(sender)
            elif signs == 1:
                yield Doubt(_MAY_BE_THE_GROUP, met.records)
            elif met.seconds.total() == met.records and len(met.seconds) > 1:
                if met.records > len(met.seconds):
                    self._shared_heads.add(sender)
                else:
                    yield Doubt(_MAY_HAVE_A_COLON, met.records)
        heads = ((head, name) for head in self._shared_heads for name in self._met[head].seconds)
        names = {f"{head}: {name}" for head, name in heads}
        self.known = (people | names) - self._groups - self._shared_heads

    def split(self, body: str) -> tuple[str | None, str]:
        """Split a record into its sender and text.

        Parameters
        ----------
        body : str

        Returns
        -------
        sender : str or None
            None where the group itself or nobody speaks; then the text is a notice.
        text : str
        """
        split = self._halves(body)
        if split is None:
            return None, body
        sender, gap, text = split
        if not gap and text and not self._is_tight(sender, text, body):
            return None, body
        if sender in self._groups:
            return None, text
        if sender in self._shared_heads and (second := _second_head(text)):
            return f"{sender}: {second[0]}", second[1]
        return sender, text

    def _halves(self, body: str) -> tuple[str, str, str] | None:
        halves = _SENDER.match(body)
        if halves is None:
            return None
        sender = halves["sender"]
        if sender not in self._notices:
            notice = read_notice(sender)
            self._notices[sender] = bool(notice.event or notice.is_birth)
        if _is_within_quotes(sender) or (self._notices[sender] and read_notice(body).event):
            return None
        return sender.strip().removeprefix("~").strip(), halves["gap"], halves["text"]

    def _is_tight(self, sender: str, text: str, body: str) -> bool:
        """Say whether a colon without a space after it ends a name."""
        if text.startswith("//") or (sender[-1:].isdigit() and text[:1].isdigit()):
            return False
        if sender in self._met or self._tight[sender] > 1:
            return True
        is_short = len(sender.split()) <= _MOST_WORDS_OF_A_NAME
        return is_short and not read_notice(body).event and not read_notice(sender).is_birth

    def _signs(self, sender: str, met: _Sender, others: set[str]) -> int:
        """Count the signs that a sender is the group: what it says, and its name or its place."""
        if faded(sender) in self._called or not (
            met.marked or met.opened or self._is_title(sender)
        ):
            return 0

        def tells(text: str) -> bool:
            return _is_told(text) or any(text.startswith(name) for name in others if name)

        told = sum(map(tells, met.said))
        enough = len(met.said) if met.marked else len(met.said) / 2
        speaks_as_one = not met.media and bool(met.said or met.marked) and told >= enough
        is_titled = len(others) >= _FEWEST_PEOPLE and self._is_title(sender)
        is_placed = is_titled or met.opened or any(map(tells, met.marked))
        if speaks_as_one:
            return 1 + is_placed
        return int(is_titled and not met.marked)

    def _is_title(self, sender: str) -> bool:
        plain = _plain(sender)
        return plain in self._named or any(title.endswith(f" {plain}") for title in self._titles)


_ALL_SIGNS = 2


def is_media(text: str) -> bool:
    """Say whether a text after the mark of notices stands for something that was sent.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return _MEDIA.search(text) is not None


def _founds(text: str) -> bool:
    return read_notice(text).is_birth


def _is_told(text: str) -> bool:
    notice = read_notice(text)
    is_told = notice.event or notice.is_birth or notice.kind != PLAIN_NOTICE
    return bool(is_told) or is_of_encryption(text)


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
