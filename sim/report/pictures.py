"""The pictures of the page, each with its definition, number, method and origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim import plots
from sim.deaths import HEADLINE
from sim.plots import Words
from sim.report.levers import SIZE, Axes, Lever, with_role
from sim.report.page import Picture
from sim.report.wording import MEASURES, measure, write
from sim.report.worth import EVERY, known

DEFINITION = f"dead: {HEADLINE.definition} since creation; operators' messages are no life"
PAIRS = (
    ("posting_members_per_day", "messages_per_member_day"),
    ("cost_fen", "satisfaction"),
)
"""Measures of the front, two and two."""


@dataclass(frozen=True)
class Map:
    """What a heat map shows."""

    file: str
    title: str
    definition: str
    good: bool  # whether a high share is good


def heat(cells: pd.DataFrame, axes: Axes, shown: Map, origin: str) -> Picture:
    """Draw a heat map of the shares of communities that are alive, or dead."""
    words = Words(
        shown.title,
        f"{shown.definition}. Share of groups, below it the 95 % interval; {each(cells['n'])}",
        axes.across.label if axes.across else "",
        axes.lines.label if axes.lines else "",
        origin,
    )
    if not axes.lines:
        cells = cells.assign(y=cells["y"].cat.rename_categories(["all"]))
    figure = plots.heat_maps(cells, words, shown.good)
    return Picture(shown.file, plots.png(figure), words.title, shown.definition)


def survival(curves: pd.DataFrame, axes: Axes, caption: str, origin: str) -> Picture:
    """Draw the survival curves."""
    words = Words(
        "Still alive: no silence of 7 days or more has begun",
        "Share of communities (Kaplan-Meier), 95 % bands (log-log Greenwood)",
        "days since creation",
        "alive",
        origin,
    )
    legend = axes.across.label if axes.across else ""
    figure = plots.survival_curves(curves, words, legend)
    return Picture("survival.png", plots.png(figure), words.title, caption)


def scale(means: pd.DataFrame, axes: Axes, caption: str, origin: str, n: str) -> Picture:
    """Draw every measure along the leading lever."""
    assert axes.across
    words = Words(
        "Scale versus activity",
        f"Means by {axes.across.label}, 95 % bands (t; Wilson for the dead), {n}",
        axes.across.label,
        "",
        origin,
    )
    figure = plots.measures_by(means, words, axes.lines.label if axes.lines else "")
    return Picture("scale_and_activity.png", plots.png(figure), words.title, caption)


def front(points: pd.DataFrame, colour: Lever, caption: str, origin: str) -> Picture:
    """Draw every point in two pairs of measures, those on the front filled."""
    drawn = pd.DataFrame({"line": colour.column(points), "on_front": points["on_front"]})
    for one in MEASURES:
        drawn[one.heading] = points[one.name] * one.scale
    pairs = [(measure(across).heading, measure(up).heading) for across, up in PAIRS]
    words = Words(
        "The front between scale, activity, satisfaction and cost",
        "One mark a point; filled: no other one is as good in all four measures and better in one",
        colour.label,
        "",
        origin,
    )
    return Picture("front.png", plots.png(plots.front(drawn, pairs, words)), words.title, caption)


def worth(
    found: pd.DataFrame, levers: Sequence[Lever], budget: Lever, caption: str, origin: str
) -> Picture:
    """Draw what packets bought, by budget and size."""
    size = with_role(levers, SIZE)
    rows = []
    for row in found.itertuples():
        one = row.worth
        said = write(one.per_100_cny, (one.lower, one.upper), signed=True)
        if not known(one):
            said = "nothing claimed"
        elif not one.told_apart:
            said += ", not told apart"
        who = "all points" if row.size == EVERY else size.words(row.size) if size else ""
        estimate = (one.per_100_cny, one.lower, one.upper, one.told_apart, row.size == EVERY, said)
        rows.append((budget.words(row.budget), who, *estimate))
    names = ["block", "row", "value", "lower", "upper", "told_apart", "strong", "text"]
    words = Words(
        "What 100 CNY claimed in red packets bought",
        "Extra posting member-days against no packet with the same luck, 95 % intervals (delta "
        "method); hollow: not told apart from nothing",
        "extra posting member-days per 100 CNY claimed",
        "",
        origin,
    )
    figure = plots.intervals(pd.DataFrame(rows, columns=names), words)
    return Picture("what_packets_bought.png", plots.png(figure), words.title, caption)


def each(n: pd.Series) -> str:
    """Say how many communities are in a cell."""
    low, high = int(n.min()), int(n.max())
    return f"n = {low:,} a cell" if low == high else f"n = {low:,} to {high:,} a cell"
