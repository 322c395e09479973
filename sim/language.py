"""The language of what users read: English in the code, Chinese from a catalogue.

A text is a whole sentence with named fields: ``_("{groups} groups died", groups=3)``.
"""

from __future__ import annotations

import gettext
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar
from unicodedata import east_asian_width

LANGUAGES = {"en": "English", "zh": "中文"}
"""What can be spoken, and what each calls itself."""
CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "qunlab"
FEW_LETTERS = 5
SPOKEN = ("unit", "label", "lever")  # fields that are words, not names, where they stand alone
Marked = TypeVar("Marked")
_spoken: ContextVar[str] = ContextVar("language", default="en")

# where a line may end: after a word and its space, and after every Chinese sign, but no line begins
# with a closing mark or ends with an opening one
_OPEN, _CLOSE = "（《【「『", "，。、；：！？）》】」』％…"
_MARKS = set(_OPEN + _CLOSE) - set("…")
_SIGN = (
    "\u2e80-\u2fff\u3004-\u3007\u3021-\u9fff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
)
PIECE = re.compile(
    rf"\s*(?:[{_OPEN}“‘(]*[{_SIGN}][{_CLOSE}”’),.;:!?%]*|"
    rf"[{_OPEN}]*[^\s{_SIGN}{_OPEN}{_CLOSE}]+[{_CLOSE}]*|[{_OPEN}{_CLOSE}]+)\s*"
)

_TIGHT = re.compile("[\u3400-\u9fff][\\w+\\-−](?<![\u3400-\u9fff])|[A-Za-z0-9%](?=[\u3400-\u9fff])")

FIELD = re.compile(r"\{([a-z_]\w*)(?:[:!][^{}]*)?\}")
_ENGLISH = re.compile(r"(?<![\w.\-])[a-z]{2,}(?![\w.])")


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


def _(text: str, /, **fields: Any) -> str:
    """Return a text in the language spoken, its fields filled in if any are given; in English, or
    where there is no other, as it is.
    """
    spoken = _spoken.get()
    if spoken == "en" or not text:
        return text.format(**fields) if fields else text
    found = _Spaced(_catalogue(spoken).gettext(text))
    return found.format(**fields) if fields else found


class _Spaced(str):
    """A Chinese text; filled in, a space stands between its signs and the figures and Latin words
    of a field, and none beside a full-width mark.
    """

    __slots__ = ()

    def format(self, *values: Any, **fields: Any) -> str:
        said = ""
        for literal, name, form, turned in _FORMATTER.parse(self):
            said = _beside(said, literal) if said else literal
            if name is not None:
                value = _FORMATTER.get_field(name, values, fields)[0]
                value = _FORMATTER.convert_field(value, turned)
                said = _beside(said, _FORMATTER.format_field(value, form or ""))
        return said


_FORMATTER = Formatter()


def _beside(said: str, more: str) -> str:
    """Join two parts of a Chinese text.

    >>> _beside("不要", "50 人"), _beside("97（92 到 99）", " 个")
    ('不要 50 人', '97（92 到 99）个')
    """
    if (said[-1:] in _MARKS and said) or (more[:1] in _MARKS and more):
        return said.rstrip(" ") + more.lstrip(" ")
    return f"{said} {more}" if _TIGHT.match(said[-1:] + more[:1]) else said + more


def N_(texts: Marked) -> Marked:  # noqa: N802 - as gettext calls it
    """Mark texts for the catalogue (one, a tuple, values of a dict) that are spoken elsewhere."""
    return texts


def outcome_name(name: str) -> str:
    """Return the name of an outcome: in English that of its column.

    >>> with in_language("zh"):
    ...     print(outcome_name("trust"), outcome_name("mine"))
    对运营的信任 mine
    """
    said = _(f"outcome {name}")
    return name if said.endswith(f" {name}") else said


def in_every_language(text: str) -> list[str]:
    """Return a text as each language says it."""
    said = []
    for name in LANGUAGES:
        with in_language(name):
            said.append(_(text))
    return said


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


def recast(text: str, depth: int = 4) -> str:
    """Return a line that was written in English in the language spoken: as it is in the catalogue,
    else as one with fields that fits, its fields spoken likewise; of several that fit, the one that
    leaves the fewest English words.

    >>> with in_language("zh"):
    ...     recast("group.size: 'x' is not a whole number; allowed: 1 to 5000 members")
    "group.size：'x' 不是整数；可填：1 到 5000 人"
    """
    if "\n" in text:
        return "\n".join(recast(line) for line in text.split("\n"))
    if language() == "en" or not depth or (known := _(text)) != text:
        return text if language() == "en" or not depth else known
    found = []
    for literal, patterns, written in _patterns(language()):
        for pattern in patterns if literal in text else ():
            if fits := _compiled(pattern).fullmatch(text):
                fields = {
                    name: recast(part, depth - 1) if " " in part or name in SPOKEN else part
                    for name, part in fits.groupdict().items()
                }
                left = sum(_in_english(part) for part in fields.values() if " " in part)
                found.append((left, _plain(_(written)).format(**fields)))
    if text[:1].isupper() and text[1:2].islower():
        lower = text[0].lower() + text[1:]
        if (said := recast(lower, depth - 1)) != lower:
            found.append((_in_english(said), said))
    said = min([*found, (_in_english(text), text)], key=lambda one: one[0])[1]
    return re.sub(r"(?<=[\u3400-\u9fff）”])\.$", "。", said)


def _in_english(text: str) -> int:
    """Return how many English words a text has, names that stand alone aside."""
    return len(_ENGLISH.findall(text))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:  # `re` itself keeps too few
    return re.compile(pattern, re.DOTALL)


def _plain(text: str) -> _Spaced:
    """Return a text whose fields are words: without their formats, other braces kept."""
    parts = FIELD.split(text)
    kept = (part.replace("{", "{{").replace("}", "}}") for part in parts[::2])
    fields = (*(f"{{{name}}}" for name in parts[1::2]), "")
    return _Spaced("".join(f"{part}{field}" for part, field in zip(kept, fields, strict=True)))


def _filled(text: str, fields: Mapping[str, str]) -> str:
    return FIELD.sub(lambda at: fields[at[1]], text)


@cache
def _patterns(name: str) -> list[tuple[str, tuple[str, str], str]]:
    """List the texts of a catalogue with fields and a word or more, those with most signs first:
    their longest part without fields, regular expressions (first fields long, or short), and they.
    """
    found = []
    for written in _catalogue(name)._catalog:  # type: ignore[attr-defined]
        parts = FIELD.split(written)
        if len(parts) > 1 and re.search("[a-z]{2}.* |: | .*[a-z]{2}", "_".join(parts[::2])):
            few = 0 < len(re.findall("[A-Za-z]", "".join(parts[::2]))) < FEW_LETTERS
            few = few and not re.match("[A-Za-z]+: ", written)
            any_ = r"[^ ]*\d[^ ]*" if few else ".*"  # of few letters: between figures alone
            words = dict.fromkeys(SPOKEN, r"[^ ]+" if few else ".*")
            named = [re.escape(part) for part in parts]
            for at, p in enumerate(parts[1::2]):  # a field that stands there again is the same
                again = p in parts[1 : 2 * at + 1 : 2]
                named[2 * at + 1] = f"(?P={p})" if again else f"(?P<{p}>{words.get(p, any_)})"
            long = "".join(named)
            found.append((max(parts[::2], key=len), (long, long.replace(".*", ".*?")), written))
    return sorted(found, key=lambda one: -len(_filled(one[2], defaultdict(str))))


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
