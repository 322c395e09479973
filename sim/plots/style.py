"""How all pictures look: fonts, inks, colours that differ to every eye, and the words around."""

from __future__ import annotations

import io
import logging
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.language import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, RULE = "#1f2a33", "#5f6b76", "#d9dee3"
WIDTH_INCHES, NARROW_INCHES = 10.0, 5.3
"""Of a picture: as wide as a page, or half of it and all of a telephone."""

DOTS_PER_INCH = 170
LETTERS_A_LINE = 185
INCHES_A_LINE = 0.19
LETTERS_AN_INCH, FEWEST_LETTERS = 10.0, 12  # of the name of an axis upwards

DISTINCT = ("#5f6b76", "#0d5c93", "#c8501e", "#b0791a", "#56b4e9", "#cc79a7", "#009e73", "#000000")
"""The answer's four, then some of Okabe and Ito (2008): distinct to colour-blind eyes. Of two plans
the first is grey, what is set against it blue, as in the lab.
"""

IN_ORDER = ("#08304f", "#0d5c93", "#4c8fb8", "#d9824a", "#efb98a")
"""From dark to light, for values that have an order."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")

SHIPPED = Path(__file__).parent / "font" / "QunlabSansSC.otf"
"""Noto Sans SC cut down to the first level of GB 2312; its licence (OFL) lies beside it."""

CHINESE = (
    "Qunlab Sans SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "SimSun",
    "Noto Sans CJK JP",
    "AR PL UMing CN",
)
"""Fonts with Chinese letters, the preferred first; used for what DejaVu cannot write."""


CHINESE_FILE = re.compile(
    "CJK|NotoSansSC|SourceHan|PingFang|msyh|wqy|Droid.*Fallback|simhei|simsun"
)
FAMILIES = (
    "'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
"""Of the text in SVG pictures, which stays text: fonts that readers have."""

KINDS = ("svg", "pdf", "png")
"""What a picture can be written as."""


@dataclass(frozen=True)
class Words:
    """What is written around a picture."""

    title: str  # what it shows
    definition: str = ""  # what exactly is counted or averaged, under the title
    x_label: str = ""  # of the axis across
    y_label: str = ""
    footer: str = ""  # number of communities, method of the intervals, origin
    framed: bool = True  # whether what is recommended is marked, which the words around then say

    @property
    def bare(self) -> Words:
        """The axes' words alone, for a page or a paper that says the rest itself."""
        return replace(self, title="", definition="", footer="")

    @property
    def alone(self) -> Words:
        """As `bare`, and without marks that only words around would explain."""
        return replace(self.bare, framed=False)


@cache
def chinese_fonts() -> tuple[str, ...]:
    """Name the shipped font with Chinese letters and the best of this machine, where there are
    such; the second writes what the first lacks.
    """
    from matplotlib import font_manager

    manager = font_manager.fontManager
    known = {font.fname for font in manager.ttflist}
    system = font_manager.findSystemFonts()  # also those installed since matplotlib made its list
    for path in (str(SHIPPED), *filter(CHINESE_FILE.search, system)):
        if path not in known:
            with suppress(OSError, RuntimeError):
                manager.addfont(path)
    there = {font.name for font in manager.ttflist}
    return tuple(name for name in CHINESE if name in there)[:2]


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style; matplotlib's own settings are as before afterwards."""
    import matplotlib

    settings = {
        "font.family": ["DejaVu Sans", *chinese_fonts()],
        "font.size": 9.5,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": INK,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "axes.grid": False,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "legend.frameon": False,
        "pdf.fonttype": 42,
        "figure.facecolor": "white",
        "svg.fonttype": "none",
    }
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        fonts.setLevel(logging.ERROR)  # a Chinese font without bold letters is no trouble
        try:
            yield
        finally:
            fonts.setLevel(level)


def new_figure(height_inches: float, words: Words, width_inches: float = WIDTH_INCHES) -> Figure:
    """Start a figure (Agg, without pyplot) with its title, definition and footer, where it has
    them, around the drawing.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    letters = int(LETTERS_A_LINE * width_inches / WIDTH_INCHES)
    under = textwrap.wrap(words.definition, int(0.73 * letters))
    below = textwrap.wrap(words.footer, letters)
    head = (0.36 + INCHES_A_LINE * len(under) + 0.06) * bool(words.title)
    foot = 0.12 * bool(below) + 0.15 * len(below)
    height = head + height_inches + foot
    inner = (0.004, foot / height, 0.992, 1 - (head + foot) / height)
    engine = ConstrainedLayoutEngine(rect=inner, w_pad=0.09, h_pad=0.07)
    figure = Figure(figsize=(width_inches, height), dpi=DOTS_PER_INCH, layout=engine)
    FigureCanvasAgg(figure)
    left, top = 0.012, 1 - 0.1 / height
    if words.title:
        figure.text(left, top, words.title, fontsize=12.5, fontweight="bold", va="top")
        figure.text(left, top - 0.26 / height, "\n".join(under), va="top", color=QUIET)
    if below:
        figure.text(left, 0.06 / height, "\n".join(below), fontsize=7, va="bottom", color=QUIET)
    return figure


def laid_out(figure: Figure) -> None:
    """Give everything its place, so that saving does not draw it all twice."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


def rendered(figure: Figure, kind: str, salt: str = "qunlab") -> bytes:
    """Render a figure as one of `KINDS`, the same bytes every time; `salt` sets the names within an
    SVG picture apart from those of others on its page.
    """
    import matplotlib

    buffer, nothing = io.BytesIO(), {"svg": "Date", "pdf": "CreationDate", "png": "Software"}
    with styled(), matplotlib.rc_context({"svg.hashsalt": salt}):
        laid_out(figure)
        figure.savefig(buffer, format=kind, metadata={nothing[kind]: None})
    return _for_readers(buffer.getvalue().decode()).encode() if kind == "svg" else buffer.getvalue()


NUMBERS = re.compile(r'(?<= )(?:d|x|y|transform|points|width|height|style)="[^"]*"')


def _for_readers(svg: str) -> str:
    """Make an SVG picture fit any width and any reader's fonts; leave out what no reader needs."""
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg[svg.index("<svg") :], flags=re.S)
    body = re.sub(r' id="[a-zA-Z.]+[0-9a-z]*_[0-9]+"', "", body)
    body = re.sub(r"font: ([a-z0-9 ]*?)([0-9.]+px) [^;\"]*", _font, body)
    body = re.sub(r"font-family: [^;\"]*(?:; )?", "", body)
    body = re.sub(r"\n\s*", "\n", body)
    body = NUMBERS.sub(
        lambda found: re.sub(r"-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}", found[0]), body
    )
    body = re.sub(r' (?:width|height)="[0-9.]+pt"', "", body, count=2)
    return body.replace("<svg", f'<svg font-family="{FAMILIES}"', 1)


def _font(found: re.Match[str]) -> str:
    weight = "; font-weight: bold" if "bold" in found[1] or "700" in found[1] else ""
    return f"font-size: {found[2]}{weight}"


def line_colours(count: int, ordered: bool = True) -> list[str]:
    """Choose colours for lines: dark to light for values that have an order, also without colour
    vision; else as different as can be.
    """
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    if not ordered:
        first = int(count == 1)  # a line alone is no grey one
        return [DISTINCT[(first + at) % len(DISTINCT)] for at in range(count)]
    places = np.linspace(0.0, 1.0, count) if count > 1 else [0.25]
    return [to_hex(LinearSegmentedColormap.from_list("", IN_ORDER)(place)) for place in places]


def ruled(axes: Axes, axis: Literal["x", "y", "both"] = "y") -> None:
    """Put faint rules behind the drawing."""
    axes.grid(axis=axis, color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)


def named_axes(axes: Axes, x: str = "", y: str = "") -> None:
    """Name the axes and mark them quietly, as all pictures do."""
    axes.set_xlabel(x, fontsize=10.5, color=QUIET)
    inches = axes.bbox.height / DOTS_PER_INCH
    lines = wrapped(y, max(FEWEST_LETTERS, int(LETTERS_AN_INCH * inches)))
    axes.set_ylabel("\n".join(lines), fontsize=10.5, color=QUIET)
    axes.spines["left"].set_visible(False)
    axes.tick_params(which="both", length=0, labelsize=10)
