"""Tidy frames for the pictures and tables of a sweep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.report.dead import DEAD
from sim.report.doubt import by_weight, summary
from sim.report.levers import Axes, Cell, Lever
from sim.report.wording import MEASURES, Measure
from sim.survival import survival_curve

MOST_PANELS = 6
MOST_LINES = 8
ONE = ("",)


def at_usual(rows: pd.DataFrame, levers: Sequence[Lever]) -> pd.DataFrame:
    """Keep the points at which these levers have their usual value."""
    for lever in levers:
        rows = rows[rows[lever.key] == lever.usual]
    return rows


def spread(lever: Lever, most: int) -> tuple[Cell, ...]:
    """Choose at most so many values of a lever, the ends among them."""
    if len(lever.values) <= most:
        return lever.values
    places = np.linspace(0, len(lever.values) - 1, most).round().astype(int)
    return tuple(lever.values[at] for at in places)


def share_cells(rows: pd.DataFrame, axes: Axes, truth: pd.Series) -> pd.DataFrame:
    """Give the share of a truth at every pair of the leading levers, further ones at their usual
    values: ``panel``, ``y``, ``x`` (ordered categoricals), ``n``, ``share``, ``lower``, ``upper``,
    ``method``.
    """
    rows = at_usual(rows.assign(**{DEAD: truth}), axes.held)  # a name known as a truth
    if axes.panels:
        rows = rows[rows[axes.panels.key].isin(spread(axes.panels, MOST_PANELS))]
    levers = {"panel": axes.panels, "y": axes.lines, "x": axes.across}
    by = [lever.key for lever in levers.values() if lever]
    found = summary(rows, by, [DEAD])
    cells = found[["n", "mean", "lower", "upper", "method"]].rename(columns={"mean": "share"})
    for column, lever in levers.items():
        cells[column] = lever.column(found) if lever else pd.Categorical(ONE * len(found), ONE)
    if axes.panels:
        shown = [axes.panels.words(value) for value in spread(axes.panels, MOST_PANELS)]
        cells["panel"] = cells["panel"].cat.remove_unused_categories()
        cells["panel"] = cells["panel"].cat.rename_categories(shown)
    return cells


def curves(rows: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """Estimate how long communities live, by the leading lever, at up to three of the second:
    ``panel``, ``line`` (ordered categoricals) and the columns of `SurvivalCurve.to_frame`; who was
    not watched long enough is left out.
    """
    fixed = [lever for lever in (axes.panels, *axes.held) if lever]
    rows = by_weight(at_usual(rows, fixed))
    rows = rows[rows["lifetime_days"].notna()]
    panels = _three(axes.lines) if axes.lines else ONE
    lines = spread(axes.across, MOST_LINES) if axes.across else ONE
    found = []
    for panel in panels:
        beside = rows[rows[axes.lines.key] == panel] if axes.lines else rows
        for line in lines:
            mine = beside[beside[axes.across.key] == line] if axes.across else beside
            if len(mine):
                curve = survival_curve(
                    mine["lifetime_days"], mine["lifetime_observed"].astype(bool)
                ).to_frame()
                found.append(curve.assign(panel=_words(axes.lines, panel), line=_text(axes, line)))
    names = ["panel", "line", "time_days", "survival", "lower", "upper", "at_risk", "events"]
    whole = pd.concat(found) if found else pd.DataFrame(columns=[*names, "censored"])
    whole["panel"] = pd.Categorical(whole["panel"], [_words(axes.lines, one) for one in panels])
    whole["line"] = pd.Categorical(whole["line"], [_text(axes, one) for one in lines])
    return whole


def means_by(rows: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """Average every measure along the leading lever, a line a value of the second: ``measure``,
    ``line`` (ordered categoricals), ``x`` (numbers or ordered), ``mean``, ``lower``, ``upper`` in
    the headings' units.
    """
    assert axes.across
    rows = at_usual(rows, [lever for lever in (axes.panels, *axes.held) if lever])
    if axes.lines:
        rows = rows[rows[axes.lines.key].isin(spread(axes.lines, MOST_LINES))]
    by = [lever.key for lever in (axes.across, axes.lines) if lever]
    known = {measure.name: measure for measure in MEASURES}
    found = summary(rows, by, list(known))
    scale = found["outcome"].map(lambda name: known[name].scale)
    means = pd.DataFrame({name: found[name] * scale for name in ("mean", "lower", "upper")})
    headings = found["outcome"].map(lambda name: known[name].heading)
    means["measure"] = pd.Categorical(headings, [measure.heading for measure in MEASURES])
    if axes.across.numeric:
        means["x"] = [axes.across.number(value) for value in found[axes.across.key]]
    else:
        means["x"] = axes.across.column(found)
    lines = axes.lines.column(found) if axes.lines else pd.Categorical(ONE * len(found), ONE)
    means["line"] = lines.remove_unused_categories()
    return means


def points_of(rows: pd.DataFrame, levers: Sequence[Lever]) -> pd.DataFrame:
    """Sum up every point, one row each in design order: ``point``, the levers' keys,
    ``communities``, and of every measure ``name``, ``name_lower``, ``name_upper`` in the units of
    the rows.
    """
    keys = [lever.key for lever in levers]
    grouped = rows.groupby("point")
    table = grouped[keys].first()
    table["communities"] = grouped.size()
    return _joined(table, summary(rows, ["point"], [measure.name for measure in MEASURES]))


def _joined(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    for measure in MEASURES:
        own = found[found["outcome"] == measure.name].set_index("point")
        for column, suffix in (("mean", ""), ("lower", "_lower"), ("upper", "_upper")):
            table[measure.name + suffix] = own[column]
    return table.reset_index()


def in_units(measure: Measure, points: pd.DataFrame) -> pd.Series:
    """Return a measure of the points as it is printed."""
    return points[measure.name] * measure.scale


def _three(lever: Lever) -> tuple[Cell, ...]:
    """Choose the first, the usual and the last value."""
    chosen = {lever.values[0], lever.usual, lever.values[-1]}
    return tuple(value for value in lever.values if value in chosen)


def _words(lever: Lever | None, value: Cell) -> str:
    return lever.words(value) if lever else ""


def _text(axes: Axes, value: Cell) -> str:
    return axes.across.text(value) if axes.across else "all"
