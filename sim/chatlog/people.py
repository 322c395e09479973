"""Who is who, under a pseudonym, and all that is kept of a text: question, link, who is meant."""

from __future__ import annotations

import hmac
import itertools
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from sim.chatlog.words import WORDS
from sim.errors import InputError, readable

LINK = re.compile(r"(?:https?://|\bwww\.\w|\bt\.me/)\S*", re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED_LINE = re.compile(r"^[^\S\n]*(?:>|&gt;).*$", re.MULTILINE)
_MARK = re.compile(r"[?？؟⁇]")
_ENDS, _OPENINGS = ("|".join(WORDS["questions"][key]) for key in ("ends", "openings"))
_ASKING = re.compile(rf"(?:{_ENDS})(?=\W|$)|^\s*(?:{_OPENINGS})")

_ISOLATED = re.compile(r"@[\u2066-\u2068]([^\u2069]{1,80})\u2069")
_ENDED = re.compile(r"(?<![\w.])@([^@\u2005\n]{1,80})\u2005")
_AT = re.compile(r"(?<![\w.])@([^\s@][^@\n]{0,79})")
_MOST_WORDS = 4
_MOST_MENTIONS = 3
# What may stand beside a name that is called without being part of it.
NAME_EDGES = " \t\u200e\u200f\u202a\u202c\u2068\u2069~,.:;!?，。：；！？、)）"


def type_of(text: str, has_link: bool = False) -> str:
    """Tell a question from a message with a link from any other message.

    A question is a text with a question mark outside links, code and quoted lines, or a Chinese or
    Japanese clause that ends as questions do. A question that holds a link is a question.

    >>> [type_of(text) for text in ("Who?", "你来吗", "see https://a.org/?q=1", "fine")]
    ['question', 'question', 'link', 'msg']
    """
    linked = has_link or LINK.search(text) is not None
    if _is_question(LINK.sub(" ", text) if linked else text):
        return "question"
    return "link" if linked else "msg"


def mentioned_names(text: str) -> list[tuple[str, ...]]:
    """Find who a text may call by name.

    >>> mentioned_names("@Ada Lovelace thanks")
    [('Ada Lovelace thanks', 'Ada Lovelace', 'Ada')]
    >>> mentioned_names("mail me: ada@example.org")
    []
    """
    if "@" not in text:
        return []
    sure = [*_ISOLATED.findall(text), *_ENDED.findall(text)]
    called = [(name.strip(NAME_EDGES),) for name in sure] or map(_prefixes, _AT.findall(text))
    return [names for names in called if any(names)][:_MOST_MENTIONS]


def _is_question(text: str) -> bool:
    text = _QUOTED_LINE.sub(" ", _CODE.sub(" ", text))
    return bool(_MARK.search(text) or (not text.isascii() and _ASKING.search(text)))


def _prefixes(rest: str) -> tuple[str, ...]:
    words = rest.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    names = (" ".join(words[:count]).strip(NAME_EDGES) for count in range(len(words), 0, -1))
    return tuple(dict.fromkeys(name for name in names if name))


KEY_BYTES = 32
LEAST_KEY_BYTES = 16
# Numbers stay below 2^52, so that every tool that reads them as floats keeps them exact.
NUMBER_BITS = 52

GROUP_DIGITS = 12


class Pseudonyms:
    """Numbers for people and words for groups, by HMAC-SHA256 under one key.

    >>> under = Pseudonyms(b"0123456789abcdef")
    >>> under.number("whatsapp", "Ada") == under.number("whatsapp", "Ada")
    True
    >>> under.number("whatsapp", "Ada") == under.number("telegram", "Ada")
    False
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._owner: dict[int, tuple[str, str]] = {}

    def number(self, platform: str, person: str) -> int:
        """Return the number of a person.

        Two people whose hashes are equal (one pair in 10^15) still get two numbers: the second one
        met is hashed again with a counter.
        """
        for attempt in itertools.count():
            digest = self._digest("member", platform, person, attempt)
            number = int.from_bytes(digest[:8], "big") >> (64 - NUMBER_BITS)
            if self._owner.setdefault(number, (platform, person)) == (platform, person):
                break
        return number

    def group(self, platform: str, group: str) -> str:
        """Return the word that stands for a group."""
        return f"group-{self._digest('group', platform, group, 0).hex()[:GROUP_DIGITS]}"

    def _digest(self, *words: object) -> bytes:
        text = "\0".join(str(word) for word in words)
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256")


def read_key(path: Path | None) -> tuple[bytes, bool]:
    """Return the key of a file, or a fresh one."""
    if path is None or not path.exists():
        return secrets.token_bytes(KEY_BYTES), True
    try:
        text = readable(path).read_bytes().strip()
    except OSError as fault:
        raise InputError([f"--key-file: {path}: cannot be read: {fault.strerror}"]) from None
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = text
    if len(key) < LEAST_KEY_BYTES:
        least = f"too short for a key; allowed: at least {LEAST_KEY_BYTES} bytes"
        raise InputError([f"--key-file: {path}: {least}"])
    return key, False


def write_key(path: Path, key: bytes) -> None:
    """Save a fresh key where only its owner can read it; a file that is there is never replaced."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(key.hex().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise InputError([f"--key-file: {path}: cannot be written: {fault.strerror}"]) from None


NOBODY = -1
# A name that two people bear says of neither that it is them.
SHARED_NAME = -2

_BETWEEN_DIGITS = dict.fromkeys(map(ord, "+-() \u00a0\u2011"))
_FEWEST_DIGITS = 7


class People:
    """The people of all inputs, by index."""

    def __init__(self, pseudonyms: Pseudonyms, operators: Sequence[str]) -> None:
        self._pseudonyms = pseudonyms
        self._operators = {name.strip().casefold(): i for i, name in enumerate(operators)}
        self._next_operator = len(operators)
        self.numbers: list[int] = []  # Pseudonym of each person.
        # The operator's number of each person who is one; bots follow those who were named.
        self.operator_of: dict[int, int] = {}
        self.named: set[int] = set()  # Which of `operators` were met.
        self._index: dict[tuple[str, str], int] = {}
        self._known: set[tuple[int, int, tuple[str, ...]]] = set()
        self._bearers: dict[tuple[int, int], int] = {}

    def index(self, platform: str, key: str) -> int:
        """Return the index of a person, met before or not."""
        index = self._index.setdefault((platform, key), len(self.numbers))
        if index == len(self.numbers):
            self.numbers.append(self._pseudonyms.number(platform, key))
        return index

    def introduce(self, group: int, person: int, names: tuple[str, ...], is_bot: bool) -> None:
        """Note under which names a person is known in a group, and whether they are an operator."""
        known = (group, person, names)
        for name in () if known in self._known else names:
            self._name(group, person, name)
        self._known.add(known)
        if is_bot and person not in self.operator_of:
            self.operator_of[person] = self._next_operator
            self._next_operator += 1

    def bearer(self, group: int, names: Sequence[int]) -> int:
        """Return who bears the first of some names that anybody in a group bears."""
        bearers = (self._bearers.get((group, name), NOBODY) for name in names)
        return next((person for person in bearers if person >= 0), NOBODY)

    def _name(self, group: int, person: int, name: str) -> None:
        place = (group, faded(name))
        if self._bearers.setdefault(place, person) != person:
            self._bearers[place] = SHARED_NAME
        if (operator := self._operators.get(name.strip().casefold())) is not None:
            self.operator_of[person] = operator
            self.named.add(operator)


def faded(name: str) -> int:
    """Return what is left of a name, or of a text's beginning, to compare it with others.

    Phone numbers are the same whatever stands between their digits.

    >>> faded("+49 170 1234567") == faded("491701234567"), faded("~Ada ") == faded("ada")
    (True, True)
    """
    digits = name.translate(_BETWEEN_DIGITS)
    if len(digits) >= _FEWEST_DIGITS and digits.isdigit():
        return hash(digits)
    return hash(name.strip(NAME_EDGES).casefold())
