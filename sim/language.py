"""The language of what users read: English in the code, Chinese from a catalogue.

A text is a whole sentence with named fields: ``_("{groups} groups died", groups=3)``.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

LANGUAGES = {"en": "English", "zh": "中文"}
"""What can be spoken, and what each calls itself."""
CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "qunlab"
_spoken: ContextVar[str] = ContextVar("language", default="en")

# where a line may end: after a word and its space, and after every Chinese sign, but no line begins
# with a closing mark or ends with an opening one
_OPEN, _CLOSE = "（《【「『", "，。、；：！？）》】」』％…"
_SIGN = (
    "\u2e80-\u2fff\u3004-\u3007\u3021-\u9fff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
)
PIECE = re.compile(
    rf"\s*(?:[{_OPEN}“‘(]*[{_SIGN}][{_CLOSE}”’),.;:!?%]*|"
    rf"[{_OPEN}]*[^\s{_SIGN}{_OPEN}{_CLOSE}]+[{_CLOSE}]*|[{_OPEN}{_CLOSE}]+)\s*"
)


def language() -> str:
    """Return the language spoken here: ``"en"`` or ``"zh"``."""
    return _spoken.get()


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Speak a language within the block.

    >>> with in_language("zh"):
    ...     print(_("error: {problem}", problem="x"))
    错误：x
    """
    if name not in LANGUAGES:
        raise ValueError(f"{name!r} is not one of {', '.join(LANGUAGES)}")
    before = _spoken.set(name)
    try:
        yield
    finally:
        _spoken.reset(before)


def _(text: str, **fields: Any) -> str:
    """Return a text in the language spoken, its fields filled in if any are given; in English, or
    where there is no other, as it is.
    """
    spoken = _spoken.get()
    found = text if spoken == "en" or not text else _catalogue(spoken).gettext(text)
    return found.format(**fields) if fields else found


def N_(text: str) -> str:  # noqa: N802 - the name Babel looks for
    """Mark a text for the catalogue that is written down here and spoken elsewhere."""
    return text


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, [name])


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language of a user's environment.

    >>> language_of({"LANG": "zh_CN.UTF-8"}), language_of({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
    ('zh', 'en')
    """
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").casefold().startswith("zh") else "en"


def recast(text: str, known: Iterable[str]) -> str:
    """Return a text that others wrote in English in the language spoken: the first of the `known`
    with named fields that fits says how.

    >>> with in_language("zh"):
    ...     recast("No such option: --siez", ["No such option: {option}"])
    '没有这个选项：--siez'
    """
    for pattern in known if language() != "en" else ():
        parts = re.split(r"\{(\w+)\}", pattern)
        named = [f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
        if found := re.fullmatch("".join(named), text, re.DOTALL):
            fields = {name: recast(field, known) for name, field in found.groupdict().items()}
            return _(pattern, **fields)
    return text


def cells(text: str) -> int:
    """Return how many columns of a terminal a text fills: a wide sign fills two.

    >>> cells("群 A")
    4
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns: at spaces, and between Chinese signs.

    >>> wrapped("红包领完，群就静了。", 12)
    ['红包领完，群', '就静了。']
    """
    lines = [""]
    for piece in PIECE.findall(" ".join(text.split())):
        if lines[-1] and cells(f"{lines[-1]}{piece}".rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]
