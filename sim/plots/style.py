"""How all pictures look: fonts, inks, colours that differ to every eye, and the words around."""

from __future__ import annotations

import io
import logging
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, RULE = "#1f2a33", "#5f6b76", "#d9dee3"
WIDTH_INCHES = 10.0
DOTS_PER_INCH = 170
LETTERS_A_LINE = 185
INCHES_A_LINE = 0.19

DISTINCT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#999999")
"""Okabe and Ito (2008): distinct to colour-blind eyes."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")

CHINESE = (
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


@dataclass(frozen=True)
class Words:
    """What is written around a picture."""

    title: str  # what it shows
    definition: str = ""  # what exactly is counted or averaged, under the title
    x_label: str = ""  # of the axis across
    y_label: str = ""
    footer: str = ""  # number of communities, method of the intervals, origin


@cache
def chinese_font() -> str:
    """Name a font of this machine that has Chinese letters; empty when there is none."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    known = {font.fname for font in manager.ttflist}
    for path in font_manager.findSystemFonts():  # installed since matplotlib made its list
        if path not in known and CHINESE_FILE.search(Path(path).stem):
            with suppress(OSError, RuntimeError):
                manager.addfont(path)
    there = {font.name for font in manager.ttflist}
    return next((name for name in CHINESE if name in there), "")


def needs_chinese(text: str) -> bool:
    """Say whether a text has Chinese letters."""
    return any("\u2e80" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef" for letter in text)


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style; matplotlib's own settings are as before afterwards."""
    import matplotlib

    settings = {
        "font.family": [name for name in ("DejaVu Sans", chinese_font()) if name],
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


def new_figure(height_inches: float, words: Words) -> Figure:
    """Start a figure (Agg, without pyplot) with its title, definition and footer around the
    drawing.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    under = textwrap.wrap(words.definition, LETTERS_A_LINE - 50)
    below = textwrap.wrap(words.footer, LETTERS_A_LINE)
    head = 0.36 + INCHES_A_LINE * len(under) + 0.06
    foot = 0.12 + 0.15 * len(below)
    height = head + height_inches + foot
    inner = (0.004, foot / height, 0.992, 1 - (head + foot) / height)
    engine = ConstrainedLayoutEngine(rect=inner, w_pad=0.09, h_pad=0.07)
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DOTS_PER_INCH, layout=engine)
    FigureCanvasAgg(figure)
    left, top = 0.012, 1 - 0.1 / height
    figure.text(left, top, words.title, fontsize=12.5, fontweight="bold", va="top")
    figure.text(left, top - 0.26 / height, "\n".join(under), va="top", color=QUIET)
    figure.text(left, 0.06 / height, "\n".join(below), fontsize=7, va="bottom", color=QUIET)
    return figure


def png(figure: Figure) -> bytes:
    """Render a figure as PNG, the same bytes every time."""
    buffer = io.BytesIO()
    with styled():
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.execute(figure)
            figure.set_layout_engine("none")  # else saving draws everything twice
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def line_colours(count: int, ordered: bool = True) -> list[str]:
    """Choose colours for lines: dark to light for values that have an order, also without colour
    vision; else as different as can be.
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    if not ordered:
        return [DISTINCT[at % len(DISTINCT)] for at in range(count)]
    places = np.linspace(0.0, 0.84, count) if count > 1 else [0.25]
    return [to_hex(colormaps["viridis"](place)) for place in places]


def ruled(axes: Axes, axis: Literal["x", "y", "both"] = "y") -> None:
    """Put faint rules behind the drawing."""
    axes.grid(axis=axis, color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
