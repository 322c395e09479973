"""Dates with words, written anew in digits: months, weekdays, parts of the day, UTC and GMT."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache, lru_cache

from sim.chatlog.importing.dates import (
    HALF_OF,
    MARKS,
    WHOLE,
    full_year,
    plain_digits,
    written_order,
)

_LANGUAGES = (
    "en en_GB de es pt pt_PT fr it zh zh_Hant af ar az bg bn ca cs da el et fa fi fil ga gu he hi"
    " hr hu id ja kk kn ko lo lt lv mk ml mr ms nb nl pa pl ro ru sk sl sq sr sv sw ta te th tr uk"
    " ur uz vi zu"
)
_PERSIAN_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
_FILLERS = (
    "kl klo at um a à às alle ore u ob o om la las los ve в у о г ч ч годз de del den h hs uhr"
    " คศ พศ น"
)
_MORE_WORDS = {"पूर्वाह्न": "am", "अपराह्न": "pm", "tháng": "M", "thg": "M"}
# Where languages disagree about a word, the first of these that one of them means.
_HALVES = ("am", "noon", "night", "pm")

_ENOUGH = re.compile(r"(?:\D*\d+){4}")
_WORDS = re.compile(r"([^\W\d_](?:[^\d:/,،;()\[\]+–-]|-(?=[^\W\d_]))*)")
_UNITS = (
    (re.compile(r"(?<=\d)\s?[年년月월]\s?"), "-"),
    (re.compile(r"(?<=\d)\s?[日일号號]|(?<=\d)(?:st|nd|rd|th)\b"), " "),
    (re.compile(r"(?<=\d)\s?[点點时時시]\s?(?=\d)"), ":"),
    (re.compile(r"(?<=:\d\d)[分분]\s?(?=\d)"), ":"),
    (re.compile(r"(?<=:\d\d)(?:[分분]|[秒초])"), ""),
)
_ZONE = re.compile(
    r"\s*\b(?:utc|gmt)\s?(?:([+-])(\d{1,2})(?::?(\d{2}))?)?(?:\s?\([^()]*\))?(?=$|\s\d{4}$)",
    re.IGNORECASE,
)
_BETWEEN_PARTS = re.compile(r"[\s,،()]+")
# Letters of scripts that put no space between words.
_RUNS_ON = re.compile("[\u0e00-\u0eff\u2e80-\U0010ffff]")


_HALF = r"(?:am|pm|noon|night)"
_OFFSET = r"(?: ?[+-]\d{4})?"
_TIME = rf"((?:{_HALF} ?)?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?(?: ?{_HALF})?{_OFFSET})"
_DATE = r"(\d{1,4} ?[./-] ?\d{1,2} ?[./-] ?\d{1,4}\.?)"
_BETWEEN = r"[ ./-]{1,2}"
_YEAR = r"(?P<y>\d{4}|\d{2})(?![:.]?\d)"
_NAMED_MONTH = [
    re.compile(pattern)
    for pattern in (
        rf"\bM ?(?P<m>\d+)[. ]{{1,2}}(?P<d>\d{{1,2}}) (?P<time>{_TIME}) (?P<y>\d{{4}})$",
        rf"(?P<y>\d{{4}}){_BETWEEN}M ?(?P<m>\d+){_BETWEEN}(?P<d>\d{{1,2}})\b(?![:.]\d)",
        rf"(?P<y>\d{{4}}){_BETWEEN}(?P<d>\d{{1,2}}){_BETWEEN}M ?(?P<m>\d+)",
        rf"\b(?P<d>\d{{1,2}}){_BETWEEN}M ?(?P<m>\d+){_BETWEEN}{_YEAR}",
        rf"\bM ?(?P<m>\d+){_BETWEEN}(?P<d>\d{{1,2}}){_BETWEEN}{_YEAR}",
    )
]
_ORDERLY = (
    (re.compile(rf"^{_TIME}(?: -)? {_DATE}$"), r"\2 \1"),
    (re.compile(rf"^{_DATE} - {_TIME}$"), r"\1 \2"),
)


@lru_cache(maxsize=4096)
def date_time(text: str) -> re.Match[str] | None:
    """Find the date and the time of day that a text is.

    >>> [date_time(text)[0] for text in ("3/4/24 10:15", "Fri, 05 Jan 2024 09:03:00 GMT")]
    ['3/4/24 10:15', '2024-1-05 09:03:00 +0000']
    >>> date_time("5 listopada 2024 10:00") is None  # October to some, November to others
    True
    """
    text = plain_digits(text.translate(MARKS).strip())
    match = WHOLE.fullmatch(text)
    if match is not None or not _ENOUGH.match(text):
        return match
    text = _ZONE.sub(_offset, text)
    for unit, mark in _UNITS:
        text = unit.sub(mark, text)
    choices = [
        _meanings(_plain(part)) if at % 2 else (part,) for at, part in enumerate(_WORDS.split(text))
    ]
    for parts in itertools.product(*choices):
        digits = _BETWEEN_PARTS.sub(" ", "".join(parts)).strip()
        match = WHOLE.fullmatch(_in_order(digits))
        if match is not None:
            return match
    return None


def plain_date(text: str) -> tuple[int, int, int] | None:
    """Return the three numbers of a date whose order its own writing does not tell.

    >>> plain_date("3/4/24 10:15"), plain_date("2024-04-03 10:15")
    ((3, 4, 24), None)
    """
    match = date_time(text)
    if match is None or written_order(match):
        return None
    return int(match["a"]), int(match["b"]), int(match["c"])


def _in_order(text: str) -> str:
    """Write the day in digits, the year first where the month has a name, and the time last."""
    for pattern in _NAMED_MONTH:
        match = pattern.search(text)
        if match:
            named = match.groupdict()
            year = int(named["y"]) if len(named["y"]) == 4 else full_year(int(named["y"]))
            time = f" {named['time']}" if named.get("time") else ""
            day = f"{year}-{named['m']}-{named['d']}{time}"
            text = text[: match.start()] + day + text[match.end() :]
            break
    for order, template in _ORDERLY:
        text = order.sub(template, text)
    return text


def _offset(zone: re.Match[str]) -> str:
    sign, hours, minutes = zone.groups()
    return f" {sign or '+'}{int(hours or 0):02d}{minutes or '00'}"


@cache
def _meanings(words: str) -> tuple[str, ...]:
    """Return what words can mean (``M3`` for March), the likeliest first; () if one is unknown."""
    for known in (_own_words, _words_of_languages):
        found = list(_told_apart(words, known()))
        if found and all(found):
            return tuple(f" {' '.join(meant)} " for meant in itertools.product(*found))
    return ()


def _told_apart(words: str, known: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the meanings of one word after the other, the longest first; of none: nothing."""
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            is_whole = end == len(words) or words[end] == " " or _RUNS_ON.match(words, end)
            if is_whole and words[start:end] in known:
                break
        else:
            end = len(words)
        yield known.get(words[start:end], ())
        start = end + (words[end : end + 1] == " ")


@cache
def _own_words() -> dict[str, tuple[str, ...]]:
    """Return words that no table of languages has, or that are older than it."""
    words = {_plain(word): half for word, half in HALF_OF.items()} | _MORE_WORDS
    words |= {name: f"M{number}" for number, name in enumerate(_PERSIAN_MONTHS.split(), 1)}
    words |= dict.fromkeys(_FILLERS.split(), "")
    return {word: (meant,) for word, meant in words.items()}


@cache
def _words_of_languages() -> dict[str, tuple[str, ...]]:
    """Return the words of all languages; no month that languages disagree about."""
    from babel import Locale

    met: dict[str, set[str]] = {}
    for language in _LANGUAGES.split():
        for word, meant in _words_of(Locale.parse(language)):
            plain = _plain(word)
            if plain and not any(letter.isdigit() for letter in plain):
                met.setdefault(plain, set()).add(meant)
    words = {word: _likeliest_first(meanings) for word, meanings in met.items()}
    return {**words, **{w: (*m, *words.get(w, ())) for w, m in _own_words().items()}}


def _likeliest_first(meanings: set[str]) -> tuple[str, ...]:
    """Order the meanings of a word: a month, a half of the day, nothing; () for two months."""
    months = [meant for meant in meanings if meant.startswith("M")]
    halves = [half for half in _HALVES if half in meanings]
    return (*months, *halves[:1], *(meanings & {""})) if len(months) < 2 else ()


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace(".", "").split())


def _words_of(locale: object) -> Iterator[tuple[str, str]]:
    """Yield the words of one language with their meanings: ``M3``, a half of the day, or empty."""
    for what in ("months", "days", "day_periods"):
        for context in getattr(locale, what).values():
            for width in ("abbreviated", "wide"):
                for key, word in (context.get(width) or {}).items():
                    yield word, _meant(what, key)
    for what in ("date_formats", "time_formats", "datetime_formats"):
        for pattern in getattr(locale, what).values():
            for word in re.findall(r"'([^']+)'", str(getattr(pattern, "pattern", pattern))):
                yield word, ""


def _meant(what: str, key: object) -> str:
    if what == "months":
        return f"M{key}"
    if what == "days":
        return ""
    if key == "midnight":
        return "night"
    period = str(key).rstrip("12").replace("morning", "am")
    return period if period in _HALVES else "pm"
