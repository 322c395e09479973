"""A comparison in one picture: changes of outcomes with intervals, lives side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.plots.style import (
    DISTINCT,
    INK,
    MARKERS,
    QUIET,
    Words,
    line_colours,
    new_figure,
    ruled,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES_A_ROW, INCHES_A_MARK = 0.16, 0.08
WIDEST_NAME = 34


def comparison(changes: pd.DataFrame, curves: pd.DataFrame, words: Words) -> Figure:
    """Show how far alternatives lie from the first (``row``, ``alternative``, ``value``, ``lower``,
    ``upper`` in percent, shares in points, NaN unknown, ``told_apart``), and the survival curve of
    each (columns of `sim.survival.survival_curve` and ``alternative``).
    """
    names = list(dict.fromkeys([*curves["alternative"], *changes["alternative"]]))
    colours = dict(zip(names, line_colours(len(names), ordered=False), strict=True))
    height = INCHES_A_ROW * changes["row"].nunique() + INCHES_A_MARK * len(changes) + 0.8
    with styled():
        figure = new_figure(max(3.2, height), words)
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1.0])
        _changes(left, changes, colours)
        left.set_xlabel(words.x_label)
        _lives(right, curves, colours)
        right.set_xlabel("days since creation")
        right.set_ylabel(words.y_label)
        handles, texts = right.get_legend_handles_labels()
        shown = [text if len(text) <= WIDEST_NAME else f"{text[:WIDEST_NAME]}…" for text in texts]
        if handles:
            right.legend(handles, shown, loc="lower left", fontsize=8.5)
    return figure


def _changes(axes: Axes, changes: pd.DataFrame, colours: dict[str, str]) -> None:
    ruled(axes, "x")
    axes.axvline(0, color=INK, linewidth=0.9)
    names = list(dict.fromkeys(changes["alternative"]))
    rows = list(dict.fromkeys(changes["row"]))
    step = 0.62 / max(1, len(names))
    for change in changes.itertuples():
        at = names.index(change.alternative)
        place = -rows.index(change.row) - (at - (len(names) - 1) / 2) * step
        colour = colours.get(change.alternative, DISTINCT[-1])
        axes.plot([change.lower, change.upper], [place] * 2, color=colour, linewidth=1.6)
        axes.plot(
            change.value,
            place,
            marker=MARKERS[at % len(MARKERS)],
            markersize=4.5,
            color=colour,
            markerfacecolor=colour if change.told_apart else "white",
            linestyle="none",
        )
    axes.set_yticks(-np.arange(len(rows)), rows)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.spines["left"].set_visible(False)


def _lives(axes: Axes, curves: pd.DataFrame, colours: dict[str, str]) -> None:
    ruled(axes)
    for at, (name, curve) in enumerate(curves.groupby("alternative", sort=False)):
        colour, dashes = colours[name], ("solid", "dashed", "dashdot", "dotted")[at % 4]
        axes.plot(
            curve["time_days"],
            curve["survival"],
            color=colour,
            linestyle=dashes,
            drawstyle="steps-post",
            linewidth=1.8,
            label=name,
        )
        ends = curve["time_days"], curve["lower"], curve["upper"]
        axes.fill_between(*ends, step="post", color=colour, alpha=0.13, linewidth=0)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    if curves.empty or (curves["survival"] == 1).all():
        said = "nobody was watched long enough" if curves.empty else "none ended"
        axes.text(0.5, 0.5, said, ha="center", transform=axes.transAxes, color=QUIET)
