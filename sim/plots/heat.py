"""Heat maps: one share for every pair of two levers, a panel for each value of a third."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.plots.style import QUIET, Words, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

TOPS = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Where the colours may end: a few places only, so that pages stay comparable."""

DARK = 0.62
HEADROOM = 1.15
MOST_WITH_INTERVALS = 12
COLOURS = ("#fdfcfa", "#fde3bd", "#f7a95f", "#d9601b", "#8a2f07")
"""From none to all."""


def heat_maps(cells: pd.DataFrame, words: Words, good: bool = False) -> Figure:
    """Show a share by two levers, with the number and its interval in every cell: ``panel``, ``x``,
    ``y`` (ordered categoricals), ``share``, ``lower``, ``upper`` (0-1; NaN: unknown). Where a high
    share is good, dark stands for few.
    """
    panels = list(cells["panel"].cat.categories)
    across = 1 if len(panels) == 1 else 2 if len(panels) in (2, 4) else 3
    down = math.ceil(len(panels) / across)
    tall = max(1.5, 0.42 * len(cells["y"].cat.categories) + 0.75)
    cells = cells.assign(shade=1.0 - cells["share"] if good else cells["share"])
    top = colour_top(cells["shade"])
    with styled():
        figure = new_figure(down * tall, words)
        grid = figure.subplots(down, across, squeeze=False)
        for axes, panel in zip(grid.flat, panels, strict=False):
            image = _draw(axes, cells[cells["panel"] == panel], top)
            axes.set_title(panel if len(panels) > 1 else "")
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        for axes in grid[:, 0]:
            axes.set_ylabel(words.y_label)
        for at in range(min(across, len(panels))):
            last = grid[(len(panels) - 1 - at) // across, at]
            last.set_xlabel(words.x_label)
        _colour_bar(figure, image, grid, top, good)
    return figure


def colour_top(shares: pd.Series) -> float:
    """Say at which share the colours end."""
    highest = HEADROOM * shares.max()
    return next((top for top in TOPS if not highest > top), 1.0)


def _draw(axes: Axes, cells: pd.DataFrame, top: float) -> AxesImage:
    from matplotlib.colors import LinearSegmentedColormap

    columns, rows = (list(cells[name].cat.categories) for name in ("x", "y"))
    placed = cells.set_index(["y", "x"])
    shade, share, lower, upper = (
        placed[name].unstack().reindex(index=rows, columns=columns).to_numpy(dtype=np.float64)
        for name in ("shade", "share", "lower", "upper")
    )
    colours = LinearSegmentedColormap.from_list("dead", COLOURS).with_extremes(bad="#eceff1")
    image = axes.imshow(shade, cmap=colours, vmin=0, vmax=top, origin="lower", aspect="auto")
    narrow = len(columns) > MOST_WITH_INTERVALS
    size = float(np.clip((110 if narrow else 60) / len(columns), 4, 9.5))
    for (row, column), value in np.ndenumerate(share):
        ink = "white" if shade[row, column] / top > DARK else "#1f2a33"
        main, interval = _cell_text(value, lower[row, column], upper[row, column])
        main, interval = (main.removesuffix(" %"), "") if narrow else (main, interval)
        axes.text(column, row + 0.12, main, ha="center", va="center", fontsize=size, color=ink)
        axes.text(
            column, row - 0.28, interval, ha="center", va="center", fontsize=0.64 * size, color=ink
        )
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for at in range(1, len(columns)):
        axes.axvline(at - 0.5, color="#e3e6e9", linewidth=0.8)
    for at in range(1, len(rows)):
        axes.axhline(at - 0.5, color="#e3e6e9", linewidth=0.8)
    return image


def _cell_text(share: float, lower: float, upper: float) -> tuple[str, str]:
    if np.isnan(share):
        return "?", ""
    return f"{100 * share:.0f} %", f"{100 * lower:.0f} to {100 * upper:.0f}"


def _colour_bar(figure: Figure, image: AxesImage, grid: np.ndarray, top: float, good: bool) -> None:
    bar = figure.colorbar(image, ax=grid, fraction=0.025, pad=0.015, aspect=30)
    marks = [top * step / 5 for step in range(6)]
    bar.set_ticks(marks, labels=[f"{100 * (1 - mark if good else mark):.3g} %" for mark in marks])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=8, labelcolor=QUIET)
