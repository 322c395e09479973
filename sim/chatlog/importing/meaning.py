"""What is kept of a text before it is dropped: is it a question, is there a link, who is meant."""

from __future__ import annotations

import re

LINK = re.compile(r"(?:https?://|\bwww\.\w|\bt\.me/)\S*", re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED_LINE = re.compile(r"^[^\S\n]*(?:>|&gt;).*$", re.MULTILINE)
_MARK = re.compile(r"[?？؟⁇]")
_CLAUSE_END = r"(?=\W|$)"
_PARTICLE = re.compile(rf"(?:吗|嗎|呢|(?<![没沒那这這])什么|(?<![没沒])什麼|怎么办){_CLAUSE_END}")
_POLITE = re.compile(rf"(?:ですか|ますか|でしょうか|ましたか){_CLAUSE_END}")
_ASKED = re.compile(r"^\s*(?:请问|請問|求问|求助)")

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
    called: list[tuple[str, ...]] = [(name.strip(NAME_EDGES),) for name in sure]
    if not sure:
        called = [_prefixes(rest) for rest in _AT.findall(text)]
    return [names for names in called if any(names)][:_MOST_MENTIONS]


def _is_question(text: str) -> bool:
    if "`" in text:
        text = _CODE.sub(" ", text)
    if ">" in text or "&gt;" in text:
        text = _QUOTED_LINE.sub(" ", text)
    if _MARK.search(text):
        return True
    if text.isascii():
        return False
    return bool(_PARTICLE.search(text) or _POLITE.search(text) or _ASKED.search(text))


def _prefixes(rest: str) -> tuple[str, ...]:
    words = rest.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    names = (" ".join(words[:count]).strip(NAME_EDGES) for count in range(len(words), 0, -1))
    return tuple(dict.fromkeys(name for name in names if name))
