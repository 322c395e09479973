"""Survival curves: the share still alive at each age, with bands, a panel for each setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sim.plots.style import QUIET, Words, line_colours, new_figure, ruled, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def survival_curves(curves: pd.DataFrame, words: Words, legend: str = "") -> Figure:
    """Show how many are still alive at each age, from columns ``panel``, ``line`` (ordered
    categoricals), ``time_days``, ``survival``, ``lower``, ``upper`` (0-1).
    """
    from matplotlib.ticker import MaxNLocator

    panels, lines = (list(curves[name].cat.categories) for name in ("panel", "line"))
    colours = dict(zip(lines, line_colours(len(lines)), strict=True))
    until = max(float(curves["time_days"].max()), 0.1) if len(curves) else 1.0
    with styled():
        figure = new_figure(3.3, words)
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(grid, panels, strict=True):
            _draw(axes, curves[curves["panel"] == panel], colours)
            axes.set_title(panel if len(panels) > 1 or panel != "all" else "")
            axes.set_xlim(0, until)
            axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
            axes.set_xlabel(words.x_label)
        grid[0].set_ylim(0, 1.02)
        grid[0].set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
        grid[0].set_ylabel(words.y_label)
        handles, texts = grid[0].get_legend_handles_labels()
        figure.legend(
            handles, texts, loc="outside right center", title=legend or None, labelspacing=0.6
        )
    return figure


def _draw(axes: Axes, curves: pd.DataFrame, colours: dict[str, str]) -> None:
    ruled(axes)
    for line, colour in colours.items():
        curve = curves[curves["line"] == line].sort_values("time_days")
        axes.plot(
            curve["time_days"],
            curve["survival"],
            color=colour,
            drawstyle="steps-post",
            linewidth=1.8,
            label=line,
            solid_capstyle="butt",
        )
        axes.fill_between(
            curve["time_days"],
            curve["lower"],
            curve["upper"],
            step="post",
            color=colour,
            alpha=0.13,
            linewidth=0,
        )
    if len(curves) and (curves["survival"] == 1).all():
        axes.text(
            0.5,
            0.5,
            "none ended",
            ha="center",
            transform=axes.transAxes,
            color=QUIET,
        )
