"""Scale versus activity: several measures at once over one lever, and the front between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.plots.style import MARKERS, QUIET, Words, line_colours, new_figure, ruled, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOG_FROM_RATIO = 8.0
WIDE_RATIO = 100.0
MOST_TICKS = 8


def measures_by(means: pd.DataFrame, words: Words, legend: str = "") -> Figure:
    """Show several measures over one lever, a small picture each, a line for each value of another:
    ``measure``, ``line`` (ordered categoricals), ``x`` (numbers or ordered), ``mean``, ``lower``,
    ``upper``.
    """
    measures, lines = (list(means[name].cat.categories) for name in ("measure", "line"))
    across = min(3, len(measures))
    down = math.ceil(len(measures) / across)
    ordered = lines_in_order(lines)
    looks = list(zip(lines, line_colours(len(lines), ordered), strict=True))
    with styled():
        figure = new_figure(down * 2.35, words)
        grid = figure.subplots(down, across, squeeze=False)
        for axes, measure in zip(grid.flat, measures, strict=False):
            _draw_measure(axes, means[means["measure"] == measure], looks)
            axes.set_title(measure)
        for axes in grid.flat[len(measures) :]:
            axes.set_visible(False)
        for axes in grid[-1]:
            axes.set_xlabel(words.x_label)
        if len(lines) > 1:
            handles, texts = grid[0, 0].get_legend_handles_labels()
            figure.legend(handles, texts, loc="outside right center", title=legend or None)
    return figure


def lines_in_order(lines: Sequence[str]) -> bool:
    """Say whether the lines' values are numbers (with or without a unit), so have an order."""
    return all(line.split() and _number(line.split()[0]) for line in lines)


def front(points: pd.DataFrame, pairs: Sequence[tuple[str, str]], words: Words) -> Figure:
    """Show every point in pairs of measures (column to axis label), those ``on_front`` filled; the
    colour says ``line`` (ordered categorical), named by ``words.x_label``.
    """
    lines = list(points["line"].cat.categories)
    looks = list(zip(lines, line_colours(len(lines), lines_in_order(lines)), strict=True))
    with styled():
        figure = new_figure(3.7, words)
        grid = figure.subplots(1, len(pairs), squeeze=False)[0]
        for axes, (across, up) in zip(grid, pairs, strict=True):
            _draw_points(axes, points, (across, up), looks)
        handles, texts = grid[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside right center", title=words.x_label or None)
    return figure


def _draw_measure(axes: Axes, means: pd.DataFrame, looks: Sequence[tuple[str, str]]) -> None:
    ruled(axes)
    places = _set_x(axes, means["x"])
    faint = min(0.16, 0.45 / len(looks))
    for at, (line, colour) in enumerate(looks):
        chosen = (means["line"] == line).to_numpy()
        mine = means[chosen].assign(place=places[chosen]).sort_values("place")
        axes.fill_between(
            mine["place"], mine["lower"], mine["upper"], color=colour, alpha=faint, linewidth=0
        )
        axes.plot(
            mine["place"],
            mine["mean"],
            color=colour,
            marker=MARKERS[at % len(MARKERS)],
            markersize=4,
            linewidth=1.5,
            label=line,
        )
    lowest, highest = (
        means[["mean", "lower"]].min(axis=None),
        means[["mean", "upper"]].max(axis=None),
    )
    if not means["mean"].notna().any():
        axes.text(0.5, 0.5, "not known", ha="center", transform=axes.transAxes, color=QUIET)
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
    axes.set_xticks(shown, [f"{value:g}" for value in shown], fontsize=8)
    axes.set_xticks([], minor=True)
    return np.asarray(x, dtype=np.float64)


def _draw_points(
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
        spread = points[across].max() / points[across].min()
        axes.set_xscale("log" if spread >= LOG_FROM_RATIO else "linear")
        _plain_log_ticks(axes, (1, 2, 5) if spread < WIDE_RATIO else (1, 3))
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def _plain_log_ticks(axes: Axes, figures: tuple[int, ...]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    if axes.get_xscale() == "log":
        axes.xaxis.set_major_locator(LogLocator(subs=figures))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())


def _number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
