"""The four pictures of an answer: the map, lives, cost against talk, and one group's days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.language import wrapped
from sim.plots.charts import LOG_FROM_RATIO, lines_in_order, ticks_in_figures
from sim.plots.style import (
    DISTINCT,
    INK,
    NARROW_INCHES,
    QUIET,
    WIDTH_INCHES,
    Words,
    laid_out,
    line_colours,
    named_axes,
    new_figure,
    ruled,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

HEIGHT_INCHES = 3.2

SHARES = ("#9c3a12", "#d9824a", "#f6e3c5", "#9fc2d3", "#3f83ab", "#0d4a73")
"""From none alive to all: brown to blue, which every eye tells apart, dark at both ends."""

UNKNOWN, DARK = (0.925, 0.937, 0.945, 1.0), 0.33

LINES, FAINT = DISTINCT[1:3], "#c9d0d6"
DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
MOST_LINES = len(DASHES)
LABEL_CELLS = 17
Look = tuple[str, dict[str, Any]]
"""A line's name and how it is drawn."""

AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where the name of a dot may stand, the best first: right, left, above, below, corners."""
AWAY_POINTS = (7, 15)
ROOM_RATIO, ROOM = 2.5, 0.3
"""How far beyond the named dots the axis of costs goes: a ratio, or a share of their span."""


def share_maps(
    cells: pd.DataFrame, words: Words, chosen: tuple[str, str] | None = None, good: bool = True
) -> Figure:
    """Show a share of 100 groups by two levers, the chosen cell framed: ``panel``, ``x``, ``y``
    (ordered categoricals), ``share`` (0-1; NaN: unknown). Blue is good: many, or else few.
    """
    chosen = chosen if words.framed else None
    panels, rows = (list(cells[name].cat.categories) for name in ("panel", "y"))
    across = 1 if len(panels) == 1 else 2 if len(panels) in (2, 4) else 3
    down = math.ceil(len(panels) / across)
    tall = max(1.3, 0.42 * len(rows) + 0.62)
    with styled():
        figure = new_figure(down * tall, words, NARROW_INCHES if across == 1 else WIDTH_INCHES)
        grid = figure.subplots(down, across, squeeze=False)
        for axes, panel in zip(grid.flat, panels, strict=False):
            _share_map(axes, cells[cells["panel"] == panel], chosen, good)
            axes.set_title(panel if len(panels) > 1 else "", fontsize=10.5)
            named_axes(axes, words.x_label, words.y_label)
        for axes in grid.flat:
            axes.set_visible(axes.has_data())
            axes.label_outer()
    return figure


def _share_map(axes: Axes, cells: pd.DataFrame, chosen: tuple[str, str] | None, good: bool) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import FancyBboxPatch

    columns, rows = (list(cells[name].cat.categories) for name in ("x", "y"))
    colours = LinearSegmentedColormap.from_list("alive", SHARES)
    size = float(np.clip(66 / len(columns), 5, 12))
    for cell in cells.itertuples():
        at = columns.index(cell.x), rows.index(cell.y)
        known = not np.isnan(cell.share)
        face = colours(cell.share if good else 1.0 - cell.share) if known else UNKNOWN
        box = FancyBboxPatch((at[0] - 0.46, at[1] - 0.43), 0.92, 0.86, facecolor=face)
        is_chosen = (cell.x, cell.y) == chosen
        box.set(edgecolor=INK, linewidth=2.4 * is_chosen, zorder=1 + is_chosen)
        box.set_boxstyle("round", pad=0, rounding_size=0.07)
        axes.add_patch(box)
        ink = "white" if known and luminance(face) < DARK else INK
        text = f"{100 * cell.share:.0f}" if known else "?"
        axes.text(*at, text, ha="center", va="center", color=ink, fontsize=size, weight="bold")
    axes.set_xlim(-0.52, len(columns) - 0.48)
    axes.set_ylim(-0.52, len(rows) - 0.48)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.spines[:].set_visible(False)


def luminance(colour: Sequence[float]) -> float:
    """Return how light a colour is, 0 to 1 (WCAG 2: white letters are read below about a third)."""
    part = np.array(colour[:3], dtype=np.float64)
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def lives(curves: pd.DataFrame, words: Words, legend: str = "", banded: bool = False) -> Figure:
    """Show how many of 100 groups live on by day, each line named at its end: ``line`` (ordered
    categorical), ``time_days``, ``survival``, perhaps ``panel`` (ordered categorical); `banded`
    with ``lower`` and ``upper``, else the first line bold and each end with its number.
    """
    lines = list(curves["line"].cat.categories)
    panels = list(curves["panel"].cat.categories) if "panel" in curves else [""]
    until = float(curves["time_days"].max())
    colours = line_colours(len(lines), banded and lines_in_order(lines))
    looks = [
        (line, {"color": colours[at], "linestyle": "solid" if banded else DASHES[at]})
        for at, line in enumerate(lines)
    ]
    with styled():
        wide = WIDTH_INCHES if len(panels) > 1 else NARROW_INCHES
        figure = new_figure(HEIGHT_INCHES, words, wide)
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(grid, panels, strict=True):
            mine = curves[curves["panel"] == panel] if "panel" in curves else curves
            ruled(axes)
            _name_ends(axes, _lives(axes, mine, until, looks, banded), looks, not banded)
            axes.set_ylim(0, 1.02)
            axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
            axes.set_xlim(0, until)
            axes.set_xticks(week_ticks(until))
            named_axes(axes, words.x_label)
            axes.set_title(panel, fontsize=10.5)
        grid[-1].set_title(legend, fontsize=9.5, color=QUIET, loc="right")
    return figure


def _lives(
    axes: Axes, curves: pd.DataFrame, until: float, looks: Sequence[Look], banded: bool
) -> list[float]:
    """Draw the lines; return how many are left at their ends."""
    ends = []
    for at, (line, look) in enumerate(looks):
        curve = curves[curves["line"] == line].sort_values("time_days")
        last = curve.iloc[[-1]].assign(time_days=until) if len(curve) else curve
        curve = pd.concat([curve, last])
        if banded:
            band = curve["time_days"], curve["lower"], curve["upper"]
            axes.fill_between(*band, step="post", color=look["color"], alpha=0.13, linewidth=0)
        width = 2.6 if at == 0 and not banded else 1.7
        drawn = curve["time_days"], curve["survival"]
        axes.plot(*drawn, drawstyle="steps-post", zorder=9 - at, linewidth=width, **look)
        ends.append(float(curve["survival"].iloc[-1]) if len(curve) else np.nan)
    return ends


def _name_ends(axes: Axes, ends: Sequence[float], looks: Sequence[Look], numbers: bool) -> None:
    """Write each line's name at its end, with what is left of 100 where there is room."""
    known = [at for at, end in enumerate(ends) if not np.isnan(end)]
    texts = [
        "\n".join([f"{100 * ends[at]:.0f}"] * numbers + wrapped(looks[at][0], LABEL_CELLS))
        for at in known
    ]
    tall = [0.062 * (1 + text.count("\n")) + 0.02 * numbers for text in texts]
    places = apart([ends[at] for at in known], tall)
    for at, text, y in zip(known, texts, places, strict=True):
        spot: dict[str, Any] = {"xy": (1, y), "xytext": (7, 0), "textcoords": "offset points"}
        look = {"va": "center", "color": looks[at][1]["color"], "fontsize": 9.5}
        look["fontweight"] = "bold" if at == 0 and numbers else "normal"
        axes.annotate(text, xycoords=axes.get_yaxis_transform(), **spot, **look)


def week_ticks(until: float) -> list[int]:
    """Choose marks of an axis of days: whole weeks where there are some.

    >>> week_ticks(90), week_ticks(14), week_ticks(5)
    ([0, 14, 28, 42, 56, 70, 84], [0, 7, 14], [0, 1, 2, 3, 4, 5])
    """
    steps = (1, 2, 7, 14, 28, 56, 91, 182, 364)
    step = next((one for one in steps if until / one <= 6.9), 3640)
    return list(range(0, int(until) + 1, step))


def apart(wanted: Sequence[float], tall: Sequence[float]) -> list[float]:
    """Move labels of these heights off one another, each as near as may be to its own place, all
    between 0 and 1.

    >>> [round(y, 2) for y in apart([0.9, 0.9, 0.2], [0.2, 0.2, 0.2])]
    [0.9, 0.7, 0.2]
    """
    order = sorted(range(len(wanted)), key=lambda at: -wanted[at])
    places, floor = list(wanted), 1.0
    for at in order:
        places[at] = min(wanted[at], floor - tall[at] / 2)
        floor = places[at] - tall[at] / 2
    ceiling = 0.0
    for at in reversed(order):
        places[at] = max(places[at], ceiling + tall[at] / 2)
        ceiling = places[at] + tall[at] / 2
    return places


def cost_and_gain(points: pd.DataFrame, words: Words) -> Figure:
    """Show what points cost against what they bring: ``cost``, ``gain``, ``name`` (empty: a faint
    dot), ``chosen``.
    """
    with styled():
        figure = new_figure(HEIGHT_INCHES, words, NARROW_INCHES)
        axes = figure.subplots()
        ruled(axes, "both")
        named = points[points["name"] != ""].sort_values(["chosen", "cost"], ascending=False)
        low, high = named["cost"].min(), named["cost"].max()
        wide = low > 0 and high / low >= LOG_FROM_RATIO
        room = ROOM * (high - low) or 1.0
        floor = min(low, -0.03 * high)  # no cost is below 0
        ends = max(low - room, floor), high + 2 * room
        ends = (low / ROOM_RATIO, high * ROOM_RATIO) if wide else ends
        rest = points[(points["name"] == "") & points["cost"].between(*ends)]
        axes.scatter(rest["cost"], rest["gain"], s=11, color=FAINT, linewidths=0, zorder=2)
        for row in named.itertuples():
            size, colour = (95, LINES[0]) if row.chosen else (42, LINES[1])
            axes.scatter(row.cost, row.gain, s=size, color=colour, edgecolors="white", zorder=4)
        if wide:
            axes.set_xscale("log")
            ticks_in_figures(axes, ends[1] / ends[0])
        axes.set_xlim(*ends)
        axes.margins(y=0.14)
        axes.set_ylim(bottom=0)
        named_axes(axes, words.x_label, words.y_label)
        laid_out(figure)
        _name_dots(axes, named)
    return figure


def _name_dots(axes: Axes, named: pd.DataFrame) -> None:
    """Write each dot's name where it covers nothing, as far as there is such a place."""
    figure: Any = axes.get_figure()
    renderer = figure.canvas.get_renderer()
    dots = axes.transData.transform(named[["cost", "gain"]].to_numpy(dtype=np.float64))
    size = figure.dpi / 72
    taken: list[Sequence[float]] = [
        (x - 5 * size, y - 5 * size, x + 5 * size, y + 5 * size) for x, y in dots
    ]
    inside = axes.get_window_extent(renderer)
    frame = (inside.x0, inside.y0, figure.bbox.x1 - 2 * size, figure.bbox.y1)
    for row in named.itertuples():
        tries: list[tuple[float, Annotation]] = []
        for away, (right, up) in product(AWAY_POINTS, AROUND):
            text = axes.annotate(
                "\n".join(wrapped(row.name, LABEL_CELLS)),
                (row.cost, row.gain),
                (away * right, away * up),
                textcoords="offset points",
                ha=("center", "left", "right")[right],
                va=("center", "bottom", "top")[up],
                fontsize=9.5,
                color=LINES[0] if row.chosen else INK,
                fontweight="bold" if row.chosen else "normal",
                zorder=3,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
            box = text.get_window_extent(renderer).extents
            over = sum(_common(box, other) for other in taken) + 4 * _outside(box, frame)
            over += size * away
            tries.append((over, text))
        best = min(tries, key=lambda one: one[0])[1]
        for _, text in tries:
            if text is not best:
                text.remove()
        taken.append(best.get_window_extent(renderer).extents)


def _common(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the area that two boxes share: left, bottom, right, top."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, tall)


def _outside(box: Sequence[float], frame: Sequence[float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) - _common(box, frame)


def story(days: pd.DataFrame, words: Words, titles: Sequence[str]) -> Figure:
    """Show a group's days in three strips, named by `titles`: ``looks``, ``messages`` of members,
    ``acts`` of operators, ``silent`` (within a week without a member message); a row a day.
    """
    with styled():
        figure = new_figure(HEIGHT_INCHES, words, NARROW_INCHES)
        strips = figure.subplots(3, 1, sharex=True, height_ratios=(1.0, 1.25, 0.5))
        day = np.arange(len(days))
        for axes, name, title, colour in zip(
            strips, ("looks", "messages", "acts"), titles, (FAINT, LINES[0], LINES[1]), strict=True
        ):
            axes.bar(day, days[name], width=0.82, align="edge", color=colour, linewidth=0)
            for start in np.flatnonzero(days["silent"]):
                axes.axvspan(start, start + 1, color="#fbeee4", linewidth=0, zorder=0)
            axes.set_title(title, fontsize=10, color=INK)
            named_axes(axes)
            _cut_first(axes, days[name])
        strips[-1].set_xlim(0, len(days))
        strips[-1].set_xticks(week_ticks(len(days)))
        named_axes(strips[-1], words.x_label)
    return figure


def _cut_first(axes: Axes, counts: pd.Series) -> None:
    """Scale a strip by its later days; a first day over twice those is cut, its number written."""
    most, first = int(counts[1:].max()) if len(counts) > 1 else 0, int(counts.iloc[0])
    if first > 2 * most > 0:
        axes.text(
            1.4, 1.0, f"↑ {first:,}", transform=axes.get_xaxis_transform(), va="top", fontsize=9
        )
    else:
        most = max(most, first)
    axes.set_ylim(0, max(1.0, 1.25 * most))
    axes.set_yticks([0, most] if most else [0])
