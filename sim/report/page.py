"""The page: sections of pictures and tables, rendered to one self-contained HTML file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.report.study import Conclusion


@dataclass(frozen=True)
class Picture:
    """A picture of the page, and a file beside it.

    Attributes
    ----------
    file : str
        Name of the PNG file.
    png : bytes
    alternative : str
        What it shows, for those who cannot see it.
    caption : str
        How to read it, definition, number, method, origin.

    Examples
    --------
    >>> Picture("dead.png", b"...", "deaths", "").address
    'data:image/png;base64,Li4u'
    """

    file: str
    png: bytes
    alternative: str
    caption: str

    @property
    def address(self) -> str:
        """The picture itself, as an address that needs no file."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass(frozen=True)
class Table:
    """A table of the page: everything in it is text already.

    Attributes
    ----------
    caption : str
        What it shows.
    head : sequence of str
    rows : sequence of sequence of str
    note : str
        Definition, number, method, origin.
    words : int
        How many of the first columns are words; the rest are numbers, aligned right.

    Examples
    --------
    >>> Table("Deaths", ("size", "dead"), [("25", "4 %")]).words
    1
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    words: int = 1


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    heading, text : str
    pictures : list of Picture
    tables : list of Table

    Examples
    --------
    >>> Section("Who is dead").tables
    []
    """

    heading: str
    text: str = ""
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """All that stands on the page.

    Attributes
    ----------
    title, subtitle : str
    warnings : list of str
        Above everything: unfinished, too few replications.
    conclusions : list of Conclusion
    sections : list of Section
    made_by : list of (str, str)
        Origin of the numbers: name and value.

    Examples
    --------
    >>> "<h1>Scale &amp; life</h1>" in render(Page("Scale & life", "", [], [], [], []))
    True
    """

    title: str
    subtitle: str
    warnings: list[str]
    conclusions: list[Conclusion]
    sections: list[Section]
    made_by: list[tuple[str, str]]


def render(page: Page) -> str:
    """Write the page as HTML that needs no other file.

    Parameters
    ----------
    page : Page

    Returns
    -------
    str
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(page=page)
