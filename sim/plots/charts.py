"""The charts: means along a lever, the front, intervals in rows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.plots.style import (
    INK,
    MARKERS,
    NARROW_INCHES,
    QUIET,
    WIDTH_INCHES,
    Words,
    line_colours,
    named_axes,
    new_figure,
    ruled,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOG_FROM_RATIO = 8.0
WIDE_RATIO = 100.0
MOST_TICKS = 8
INCHES_A_ROW, LONGEST_NAME = 0.22, 34
FIRM, WEAK = "#0b5d8f", "#8a949d"


def measures_by(means: pd.DataFrame, words: Words, legend: str = "") -> Figure:
    """Show several measures over one lever, a small picture each, a line for each value of another:
    ``measure``, ``line`` (ordered categoricals), ``x`` (numbers or ordered), ``mean``, ``lower``,
    ``upper``.
    """
    measures, lines = (list(means[name].cat.categories) for name in ("measure", "line"))
    across = min(3, len(measures))
    down = math.ceil(len(measures) / across)
    with styled():
        figure = new_figure(down * 2.35, words)
        grid = figure.subplots(down, across, squeeze=False)
        for axes, measure in zip(grid.flat, measures, strict=False):
            _measure_by(axes, means[means["measure"] == measure], _looks(lines))
            named_axes(axes, words.x_label if axes in grid[-1] else "")
            axes.set_title(measure, fontsize=10.5)
        for axes in grid.flat[len(measures) :]:
            axes.set_visible(False)
        if len(lines) > 1:
            _legend_at_right(figure, grid[0, 0], legend)
    return figure


def _measure_by(axes: Axes, means: pd.DataFrame, looks: Sequence[tuple[str, str]]) -> None:
    ruled(axes)
    places = _set_x(axes, means["x"])
    faint = min(0.16, 0.45 / len(looks))
    for at, (line, colour) in enumerate(looks):
        chosen = (means["line"] == line).to_numpy()
        mine = means[chosen].assign(place=places[chosen]).sort_values("place")
        band = mine["place"], mine["lower"], mine["upper"]
        axes.fill_between(*band, color=colour, alpha=faint, linewidth=0)
        look: dict[str, Any] = {"marker": MARKERS[at % len(MARKERS)], "markersize": 4}
        axes.plot(mine["place"], mine["mean"], color=colour, linewidth=1.5, label=line, **look)
    lowest = means[["mean", "lower"]].min(axis=None)
    highest = means[["mean", "upper"]].max(axis=None)
    if not means["mean"].notna().any():
        _in_the_middle(axes, "not known")
    elif lowest or highest:
        axes.set_ylim(min(0.0, 1.08 * lowest), max(0.0, 1.08 * highest))
    else:
        axes.set_ylim(0, 1)


def _set_x(axes: Axes, x: pd.Series) -> np.ndarray:
    """Scale and mark the axis; return where each value stands."""
    if isinstance(x.dtype, pd.CategoricalDtype):
        texts = list(x.cat.categories)
        axes.set_xticks(range(len(texts)), texts)
        axes.set_xlim(-0.4, len(texts) - 0.6)
        return np.asarray(x.cat.codes, dtype=np.float64)
    values = np.unique(x.to_numpy(dtype=np.float64))
    if len(values) > 1 and values[0] > 0 and values[-1] / values[0] >= LOG_FROM_RATIO:
        axes.set_xscale("log")
    shown = values[:: math.ceil(len(values) / MOST_TICKS)]
    axes.set_xticks(shown, [f"{value:g}" for value in shown])
    axes.set_xticks([], minor=True)
    return np.asarray(x, dtype=np.float64)


def front(points: pd.DataFrame, pairs: Sequence[tuple[str, str]], words: Words) -> Figure:
    """Show every point in pairs of measures (column to axis label), those ``on_front`` filled; the
    colour says ``line`` (ordered categorical), named by ``words.x_label``.
    """
    looks = _looks(list(points["line"].cat.categories))
    with styled():
        figure = new_figure(3.7, words)
        grid = figure.subplots(1, len(pairs), squeeze=False)[0]
        for axes, pair in zip(grid, pairs, strict=True):
            _points(axes, points, pair, looks)
        _legend_at_right(figure, grid[0], words.x_label)
    return figure


def _points(
    axes: Axes, points: pd.DataFrame, pair: tuple[str, str], looks: Sequence[tuple[str, str]]
) -> None:
    ruled(axes, "both")
    across, up = pair
    for at, (line, colour) in enumerate(looks):
        mine = points[points["line"] == line]
        for on_front, face in ((False, "none"), (True, colour)):
            chosen = mine[mine["on_front"] == on_front]
            axes.scatter(
                chosen[across],
                chosen[up],
                marker=MARKERS[at % len(MARKERS)],
                s=26,
                facecolors=face,
                edgecolors=colour,
                linewidths=0.9,
                alpha=1.0 if on_front else 0.55,
                label=line if on_front else None,
                clip_on=False,
            )
    if len(points) and points[across].min() > 0:
        ratio = points[across].max() / points[across].min()
        axes.set_xscale("log" if ratio >= LOG_FROM_RATIO else "linear")
        if axes.get_xscale() == "log":
            ticks_in_figures(axes, ratio)
    named_axes(axes, across)
    axes.set_title(up, fontsize=10.5)


def ticks_in_figures(axes: Axes, ratio: float) -> None:
    """Mark an axis of logarithms that spans such a ratio by plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    figures = (1, 2, 5) if ratio < WIDE_RATIO else (1, 3)
    axes.xaxis.set_major_locator(LogLocator(subs=figures))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def intervals(estimates: pd.DataFrame, words: Words, narrow: bool = False) -> Figure:
    """Show estimates with their intervals, one row each: ``row`` (its name), ``value``, ``lower``,
    ``upper`` (NaN: unknown), ``clear`` (differs from 0; else hollow); perhaps ``block`` (a heading
    of rows), ``strong`` (over several rows), ``text`` (at the right); a narrow one on half a page.
    """
    texts = [f"{value:+.3g}" if value else "0" for value in estimates["value"]]
    plain = pd.DataFrame({"block": "", "strong": False, "text": texts}, index=estimates.index)
    estimates = estimates.combine_first(plain) if len(estimates) else estimates
    block = estimates["block"].to_numpy()
    new_block = np.append(True, block[1:] != block[:-1]) if len(block) else np.zeros(0, bool)
    place = -(np.arange(len(estimates)) + 1.1 * np.cumsum(new_block))
    with styled():
        tall = INCHES_A_ROW * max(3.0, -place.min(initial=0.0)) + 0.75
        figure = new_figure(tall, words, NARROW_INCHES if narrow else WIDTH_INCHES)
        axes = figure.subplots()
        ruled(axes, "x")
        axes.axvline(0, color=INK, linewidth=0.9)
        for row, at in zip(estimates.itertuples(), place, strict=True):
            look: dict[str, Any] = {"color": FIRM if row.clear else WEAK}
            axes.plot([row.lower, row.upper], [at] * 2, linewidth=1.6, **look)
            look |= {"marker": "D" if row.strong else "o", "markersize": 6 if row.strong else 5}
            face = look["color"] if row.clear else "white"
            axes.plot(row.value, at, markerfacecolor=face, linestyle="none", **look)
        firsts = np.flatnonzero(new_block)
        names = [shorten(name) if narrow else name for name in (*estimates["row"], *block[firsts])]
        axes.set_yticks([*place, *(place[firsts] + 1.0)], names)
        for label in axes.get_yticklabels()[len(place) :]:
            label.set_fontweight("bold")
        axes.set_ylim(place.min(initial=0.0) - 0.9, 0.7)
        named_axes(axes, words.x_label)
        right = axes.twinx()  # the numbers, in a column of their own
        right.set_ylim(axes.get_ylim())
        right.set_yticks(place, estimates["text"], fontsize=9)
        right.tick_params(axis="y", length=0, labelcolor=QUIET)
        right.spines[:].set_visible(False)
    return figure


def shorten(name: str) -> str:
    """Cut a name that leaves no room in half a page.

    >>> shorten("a" * 60) == "a" * 33 + "…", shorten("short")
    (True, 'short')
    """
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _in_the_middle(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", transform=axes.transAxes, color=QUIET)


def _legend_at_right(figure: Figure, axes: Axes, title: str) -> None:
    handles, texts = axes.get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside right center", title=title or None)


def _looks(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Give every line its colour."""
    return list(zip(lines, line_colours(len(lines), lines_in_order(lines)), strict=True))


def lines_in_order(lines: Sequence[str]) -> bool:
    """Say whether the lines' values are numbers (with or without a unit), so have an order."""
    return all(re.fullmatch(r"-?[0-9][0-9.,/e+-]*( .*)?", line) for line in lines)
