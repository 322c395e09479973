"""The pictures of the page, and the tidy frames that they and the tables are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import plots
from sim.language import _, language, recast
from sim.lives.deaths import HEADLINE
from sim.lives.outcomes import DEAD, IN_SWEEP, ON_PAGE, TRUTH, Outcome, main_outcomes, outcome_named
from sim.plots import Words, rendered
from sim.plots.style import WIDTH_INCHES
from sim.report.levers import Axes, Cell, Lever
from sim.report.study import EVERY
from sim.report.uncertainty import by_weight, each, meanings, summary, write
from sim.stats.survival import survival_curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PANELS = 6
MOST_LINES = 8
ONE = ("",)
ENDS = {"mean": "", "lower": "_lower", "upper": "_upper"}


@dataclass(frozen=True)
class Picture:
    """A picture of a page, drawn when it is asked for."""

    name: str  # of its file, without ending
    words: Words  # what it shows, for a heading and for those who cannot see it
    draw: Callable[[Words], Figure]
    note: str = ""  # how to read it, where that is not its definition

    @property
    def caption(self) -> str:
        """How to read it, where the template does not say that."""
        return self.note or self.words.definition

    @property
    def inline(self) -> str:
        """The picture as SVG for a page, which has the words around it itself."""
        from markupsafe import escape

        words, figure = self.words, self.draw(self.words.bare)
        size = "broad" if figure.get_figwidth() == WIDTH_INCHES else "narrow"
        svg = rendered(figure, "svg", f"{self.name} {language()}").decode()
        said = escape("\n".join(map(recast, filter(None, (words.title, words.definition)))))
        named = f'<svg class="{size}" role="img" aria-label="{said}" '
        described = f"><title>{said}</title><desc>{escape(words.footer)}</desc>"
        return svg.replace("<svg ", named, 1).replace(">", described, 1)

    def written(self, kind: str, bare: bool = False) -> bytes:
        """Write it as SVG, PDF or PNG with its title and origin, or without."""
        return rendered(self.draw(self.words.alone if bare else self.words), kind, self.name)


@dataclass(frozen=True)
class Map:
    """What a heat map shows."""

    file: str  # without ending
    title: str
    definition: str
    good: bool = False  # whether a high share is good


def maps_of(by_day: str) -> dict[str, Map]:
    """Name the maps of who is alive and who is dead."""
    week = _("A silent week: 7 days in a row without a member message")
    title = _("Groups without a silent week {by_day}", by_day=by_day)
    dead = _("Dead: {definition} since creation", definition=_(HEADLINE.definition))
    return {
        "alive": Map("without_a_silent_week", title, week, good=True),
        "dead": Map("dead_after_seven_days", _("Groups dead after seven days"), dead),
    }


def at_usual(rows: pd.DataFrame, levers: Sequence[Lever | None]) -> pd.DataFrame:
    """Keep the points at which these levers have their usual value."""
    for lever in filter(None, levers):
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
    levers = {"panel": axes.panels, "y": axes.lines, "x": axes.across}
    shown = spread(axes.panels, MOST_PANELS) if axes.panels else ()
    if axes.panels:
        rows = rows[rows[axes.panels.key].isin(shown)]
    found = summary(rows, [lever.key for lever in levers.values() if lever], [DEAD])
    cells = found[["n", "mean", "lower", "upper", "method"]].rename(columns={"mean": "share"})
    for column, lever in levers.items():
        cells[column] = lever.column(found) if lever else pd.Categorical(ONE * len(found), ONE)
    if axes.panels:
        panels = cells["panel"].cat.remove_unused_categories()
        cells["panel"] = panels.cat.rename_categories([axes.panels.words(one) for one in shown])
    return cells


def curves(rows: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """Estimate how long communities live, by the leading lever, at up to three of the second:
    ``panel``, ``line`` (ordered categoricals) and the columns of `survival_curve`; who was
    not watched long enough is left out.
    """
    across, second = axes.across, axes.lines
    rows = by_weight(at_usual(rows, (axes.panels, *axes.held)))
    rows = rows[rows["lifetime_days"].notna()]
    panels: dict[str, pd.DataFrame] = {"": rows}
    if second:
        ends = (second.values[0], second.usual, second.values[-1])
        chosen = [one for one in second.values if one in ends]
        panels = {second.words(one): rows[rows[second.key] == one] for one in chosen}
    lines = {across.text(one): one for one in spread(across, MOST_LINES)} if across else {"all": ""}
    found = []
    for panel, beside in panels.items():
        for line, value in lines.items():
            mine = beside[beside[across.key] == value] if across else beside
            if len(mine):
                found.append(curve_of(mine).assign(panel=panel, line=line))
    names = ["panel", "line", "time_days", "survival", "lower", "upper", "at_risk", "events"]
    whole = pd.concat(found) if found else pd.DataFrame(columns=[*names, "censored"])
    whole["panel"] = pd.Categorical(whole["panel"], list(panels))
    whole["line"] = pd.Categorical(whole["line"], list(lines))
    return whole


def curve_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Estimate how long these communities live, as `survival_curve`."""
    return survival_curve(rows["lifetime_days"], rows["lifetime_observed"].astype(bool))


def means_by(rows: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """Average every main outcome along the leading lever, a line a value of the second:
    ``measure``, ``line`` (ordered categoricals), ``x`` (numbers or ordered), ``mean``, ``lower``,
    ``upper`` in the headings' units.
    """
    assert axes.across
    rows = at_usual(rows, (axes.panels, *axes.held))
    if axes.lines:
        rows = rows[rows[axes.lines.key].isin(spread(axes.lines, MOST_LINES))]
    shown = main_outcomes(ON_PAGE)
    by = [lever.key for lever in (axes.across, axes.lines) if lever]
    found = summary(rows, by, [one.name for one in shown])
    each = [outcome_named(name) for name in found["outcome"]]
    means = found[list(ENDS)].mul([one.scale for one in each], axis=0)
    headings = [one.heading for one in each]
    means["measure"] = pd.Categorical(headings, [one.heading for one in shown])
    if axes.across.numeric:
        means["x"] = [axes.across.number(value) for value in found[axes.across.key]]
    else:
        means["x"] = axes.across.column(found)
    lines = axes.lines.column(found) if axes.lines else pd.Categorical(ONE * len(found), ONE)
    means["line"] = lines.remove_unused_categories()
    return means


def points_of(rows: pd.DataFrame, levers: Sequence[Lever]) -> pd.DataFrame:
    """Sum up every point, one row each in design order: ``point``, the levers' keys,
    ``communities``, and of every main outcome ``name``, ``name_lower``, ``name_upper`` in the units
    of the rows.
    """
    grouped = rows.groupby("point")
    table = grouped[[lever.key for lever in levers]].first()
    table["communities"] = grouped.size()
    names = [one.name for one in main_outcomes(ON_PAGE)]
    found = summary(rows, ["point"], names).set_index(["outcome", "point"])
    for name in names:
        for column, suffix in ENDS.items():
            table[name + suffix] = found.loc[name, column]
    return table.reset_index()


def heat(cells: pd.DataFrame, axes: Axes, shown: Map, origin: str) -> Picture:
    """Draw a heat map of the shares of communities that are alive, or dead."""
    caption = _("{definition}. Of 100 groups; {each}.")
    said = caption.format(definition=shown.definition, each=each(cells["n"]))
    across, lines = (lever.label if lever else "" for lever in (axes.across, axes.lines))
    words = Words(shown.title, said, across, lines, origin)
    if not axes.lines:
        cells = cells.assign(y=cells["y"].cat.rename_categories(["all"]))
    draw = partial(plots.share_maps, cells, good=shown.good)
    return Picture(shown.file, words, draw, shown.definition)


def survival(curves: pd.DataFrame, axes: Axes, origin: str) -> Picture:
    """Draw the survival curves."""
    title = _("Of 100 groups, those in which no 7 silent days have begun")
    bands = _("Kaplan-Meier, 95 % bands (log-log Greenwood).")
    words = Words(title, bands, _("days since creation"), footer=origin)
    legend = axes.across.label if axes.across else ""
    draw = partial(plots.lives, curves, legend=legend, banded=True)
    return Picture("survival", words, draw)


def scale(means: pd.DataFrame, axes: Axes, caption: str, origin: str, n: str) -> Picture:
    """Draw every main outcome along the leading lever."""
    assert axes.across
    bands = _("Means by {lever}, 95 % bands (t; Wilson for the dead), {number}")
    said = bands.format(lever=_(axes.across.label), number=n)
    words = Words(_("Scale versus activity"), said, axes.across.label, "", origin)
    draw = partial(plots.measures_by, means, legend=axes.lines.label if axes.lines else "")
    return Picture("scale_and_activity", words, draw, caption)


def front(points: pd.DataFrame, colour: Lever, origin: str) -> Picture:
    """Draw every point in two pairs of outcomes, those on the front filled: the first two gains,
    and the last against the cost.
    """
    drawn = pd.DataFrame({"line": colour.column(points), "on_front": points["on_front"]})
    for one in objectives():
        drawn[one.heading] = points[one.name] * one.scale
    *gains, cost = (one.heading for one in objectives())
    title = _("The Pareto front between scale, activity, satisfaction and cost")
    filled = _("Filled: no other point is as good in all four measures and better in one.")
    words = Words(title, filled, colour.label, "", origin)
    draw = partial(plots.front, drawn, [(gains[0], gains[1]), (cost, gains[-1])])
    return Picture("front", words, draw, meanings(objectives()))


def objectives() -> tuple[Outcome, ...]:
    """Return the outcomes that the Pareto front is between, the cost last."""
    return tuple(one for one in main_outcomes(IN_SWEEP) if one.unit != TRUTH)


def worth(found: pd.DataFrame, origin: str) -> Picture:
    """Draw what packets bought, by budget and size."""
    rows = []
    for row in found.itertuples():
        price, clear = row.worth.per_100_cny, row.worth.clear
        text = write(price.value, price.interval, signed=True) + ", not clear" * (not clear)
        text = text if row.worth.known else "nothing claimed"
        ends = {"value": price.value, "lower": price.lower, "upper": price.upper}
        about = {"block": row.packets, "row": row.who, "strong": row.size == EVERY}
        rows.append(ends | about | {"clear": clear, "text": text})
    title = _("What 100 CNY claimed in red packets bought")
    against = _("Against no packet with the same random seeds, 95 % intervals (delta method).")
    label = _("extra days on which members posted per 100 CNY claimed")
    words = Words(title, against, label, footer=origin)
    return Picture("what_packets_bought", words, partial(plots.intervals, pd.DataFrame(rows)))


def lives(curves: pd.DataFrame, origin: str, bold: str = "") -> Picture:
    """Draw how long groups of each ``line`` live, in that order; `bold` says of the first what it
    is.
    """
    names = list(dict.fromkeys(curves["line"]))
    curves = curves.assign(line=pd.Categorical(curves["line"], names))
    caption = _(
        "Of 100 groups, those in which no 7 silent days have begun (Kaplan-Meier), up to 7 days "
        "before the end: later silences are not seen whole."
    )
    caption = f"{caption} {bold}".strip()
    words = Words(_("How long do they live?"), caption, _("days since creation"), footer=origin)
    return Picture("lives", words, partial(plots.lives, curves))


def cost_and_talk(points: pd.DataFrame, caption: str, cost: str, origin: str) -> Picture:
    """Draw what points cost (the axis says `cost`) and how many talk there, as `cost_and_gain`."""
    title = _("What does it cost, and how many talk?")
    words = Words(title, caption, cost, _("people posting a day"), origin)
    return Picture("cost_and_talk", words, partial(plots.cost_and_gain, points))
