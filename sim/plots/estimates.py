"""Estimates in rows: a mark, its interval and its number, what is not told apart left hollow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.plots.style import INK, QUIET, Words, new_figure, ruled, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES_A_ROW = 0.2
FIRM, WEAK = "#0b5d8f", "#8a949d"


def intervals(estimates: pd.DataFrame, words: Words) -> Figure:
    """Show estimates with their intervals, one row each, in blocks: ``block``, ``row`` (texts),
    ``value``, ``lower``, ``upper`` (NaN: unknown), ``told_apart`` (from 0), ``strong`` (over
    several rows), ``text`` (written at the right).
    """
    block = estimates["block"].to_numpy()
    new_block = np.append(True, block[1:] != block[:-1]) if len(block) else np.zeros(0, bool)
    place = -(np.arange(len(estimates)) + 1.1 * np.cumsum(new_block))
    with styled():
        figure = new_figure(INCHES_A_ROW * max(3.0, -place.min(initial=0.0)) + 0.75, words)
        axes = figure.subplots()
        _draw(axes, estimates.assign(place=place))
        _mark_rows(axes, estimates["row"], place, np.flatnonzero(new_block), block)
        axes.set_ylim(place.min(initial=0.0) - 0.9, 0.7)
        axes.set_xlabel(words.x_label)
        _numbers(axes, estimates["text"], place)
    return figure


def _draw(axes: Axes, estimates: pd.DataFrame) -> None:
    ruled(axes, "x")
    axes.axvline(0, color=INK, linewidth=0.9)
    for row in estimates.itertuples():
        colour = FIRM if row.told_apart else WEAK
        axes.plot([row.lower, row.upper], [row.place] * 2, color=colour, linewidth=1.6)
        axes.plot(
            row.value,
            row.place,
            marker="D" if row.strong else "o",
            markersize=6 if row.strong else 5,
            color=colour,
            markerfacecolor=colour if row.told_apart else "white",
            linestyle="none",
        )
    axes.spines["left"].set_visible(False)


def _mark_rows(
    axes: Axes, rows: pd.Series, place: np.ndarray, firsts: np.ndarray, block: np.ndarray
) -> None:
    """Name the rows, and above the first one of a block the block."""
    places = [*place, *(place[firsts] + 1.0)]
    axes.set_yticks(places, [*rows, *block[firsts]])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels()[len(place) :]:
        label.set_fontweight("bold")


def _numbers(axes: Axes, texts: pd.Series, place: np.ndarray) -> None:
    """Write the numbers in a column of their own at the right."""
    right = axes.twinx()
    right.set_ylim(axes.get_ylim())
    right.set_yticks(place, texts, fontsize=8.5)
    right.tick_params(axis="y", length=0, labelcolor=QUIET)
    for spine in right.spines.values():
        spine.set_visible(False)
