"""A page in both languages from one template, and its pictures as files."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.files import write_whole
from sim.language import LANGUAGES, _, in_language, language, recast
from sim.plots import KINDS
from sim.report.pictures import Picture
from sim.report.uncertainty import capital, figure, listed

TAGS = {"en": "en", "zh": "zh-CN"}
"""What browsers call the languages."""

TEXT = re.compile(
    r"<(code|pre|style|script|button)\b.*?</\1>|(?<=>)[^<>]*[A-Za-z]{2}[^<>]*", re.DOTALL
)
"""What stands between two tags of a page; what holds no words for people is found whole."""

MARKS = {"; ": "；", ". ": "。", "。 ": "。"}
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
Facts = dict[str, Any]
"""What a template shows: ``answer``, ``pictures``, ``warnings``, ``from``, ``folded`` (the name of
the template with the rest) and what that one asks for."""


@dataclass(frozen=True)
class Files:
    """How pictures are written beside a page: a kind of `KINDS` (empty: not at all), and whether
    without title and origin, as papers want them.
    """

    kind: str = ""
    bare: bool = False

    def __post_init__(self) -> None:
        """Refuse a kind that there is not."""
        if self.kind and self.kind not in KINDS:
            allowed = ", ".join(KINDS)
            text = _("--figures: {kind} is no kind of picture; allowed: {allowed}")
            raise InputError([text.format(kind=self.kind, allowed=allowed)])

    def of(self, pictures: Iterable[Picture]) -> dict[str, bytes]:
        """Draw pictures: name of the file to what it holds."""
        if not self.kind:
            return {}
        return {f"{one.name}.{self.kind}": one.written(self.kind, self.bare) for one in pictures}


NO_FILES = Files()


def page(title: str, facts_of: Callable[[], Facts], template: str = "answer.html.jinja") -> str:
    """Write a page that needs no other file: the body once in each language, the reader's shown.

    `facts_of` is called in each language.
    """
    environment = _environment()
    bodies = {}
    for name in LANGUAGES:
        with in_language(name):
            body = environment.get_template(template).render(facts_of(), spoken=name)
            bodies[name] = environment.filters["safe"](_spoken(body))
    words = {"title": title, "language": language(), "names": LANGUAGES, "tags": TAGS}
    return str(environment.get_template("shell.html.jinja").render(words, bodies=bodies))


def _spoken(body: str) -> str:
    """Speak what stands in a body as it was written, in tables and pictures above all."""
    if language() == "en":
        return body

    def said(found: re.Match[str]) -> str:
        if found[1]:
            return found[0]
        parts = re.split(r"(; |(?<=[^.])\. |。 ?)", unescape(found[0]))  # a sentence at a time
        return escape("".join(MARKS.get(part) or recast(part) for part in parts), quote=False)

    return TEXT.sub(said, body)


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.filters |= {"capital": capital, "figure": figure, "listed": listed, "told": told}
    return environment


def told(sentences: Iterable[str]) -> str:
    """Write sentences one after the other: no space follows a Chinese full stop.

    >>> told(["Groups live.", "A: base", "B: 100"]), told(["群活着。", "每天"])
    ('Groups live. A: base; B: 100', '群活着。每天')
    """
    ends = {"。": "", ".": " "}
    whole = [text + ends.get(text[-1:], _("; ")) for text in sentences]
    return "".join(whole).rstrip("; ；")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, whole or not at all; `InputError` where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, held in files.items():
            write_whole(folder / name, held)
    except OSError as fault:
        if fault.errno in REFUSED:
            text = _("{folder}: cannot be written: {why}")
            raise InputError([text.format(folder=folder, why=fault.strerror)]) from None
        raise
