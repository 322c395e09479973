"""The page: sections of pictures and tables, rendered to one self-contained HTML file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.report.study import Conclusion


@dataclass(frozen=True)
class Picture:
    """A picture of the page, and a file beside it.

    >>> Picture("dead.png", b"...", "deaths", "").address
    'data:image/png;base64,Li4u'
    """

    file: str  # name of the PNG file
    png: bytes
    alternative: str  # what it shows, for those who cannot see it
    caption: str  # how to read it, definition, number, method, origin

    @property
    def address(self) -> str:
        """The picture itself, as an address that needs no file."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass(frozen=True)
class Table:
    """A table of the page: everything in it is text already."""

    caption: str  # what it shows
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""  # definition, number, method, origin
    words: int = 1  # how many of the first columns are words; the rest are numbers, aligned right


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    heading: str
    text: str = ""
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """All that stands on the page."""

    title: str
    subtitle: str
    warnings: list[str]  # above everything: unfinished, too few replications
    conclusions: list[Conclusion]
    sections: list[Section]
    made_by: list[tuple[str, str]]  # origin of the numbers: name and value


def render(page: Page) -> str:
    """Write the page as HTML that needs no other file."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(page=page)
