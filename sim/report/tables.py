"""The tables of the page, in words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.language import _
from sim.lives.deaths import DEATHS, NEVER_STARTED
from sim.lives.life import CREATION, FIRST_MESSAGE
from sim.lives.outcomes import ON_PAGE, death_column, main_outcomes
from sim.report.levers import SIZE, Axes, Lever, with_role
from sim.report.study import Study
from sim.report.uncertainty import each, figure, share_of, short
from sim.stats.intervals import wilson_interval

ORIGIN_WORDS = {CREATION: "creation", FIRST_MESSAGE: "first message"}
RARE_SHARE = 0.0005
"""Below it a share in percent needs a second decimal."""

NEVER_STARTED_WORDS = "never started: no member message by day 14 (among the dead above)"


@dataclass(frozen=True)
class Table:
    """A table of the page: everything in it is text already."""

    caption: str  # what it shows
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""  # method and number, where the template does not say them
    words: int = 1  # how many of the first columns are words; the rest are numbers, aligned right


def share_cell(share: float, lower: float, upper: float) -> str:
    """Write a share with its interval, in percent, for a cell.

    >>> share_cell(0.12, 0.07, 0.2), share_cell(0.0, 0.0, 0.037), share_cell(0.007, 0.0034, 0.0145)
    ('12 (7–20)', '0 (0–4)', '0.7 (0.3–1.5)')
    """
    fine = 0 < share < RARE_SHARE or 0 < 1 - share < RARE_SHARE
    return short(100 * share, (100 * lower, 100 * upper), most_decimals=2 if fine else 1)


def share_grid(cells: pd.DataFrame, axes: Axes, caption: str, head: str) -> Table:
    """Lay out the shares of the heat map with their intervals."""
    methods = " or ".join(dict.fromkeys(cells["method"]))
    note = f"{methods} intervals in brackets; {each(cells['n'])}."
    words = [lever for lever in (axes.across, axes.lines) if lever]
    panels = list(cells["panel"].cat.categories)
    placed = cells.set_index(["x", "y", "panel"])
    rows = []
    for x in cells["x"].cat.categories:
        for y in cells["y"].cat.categories:
            found = [placed.loc[(x, y, panel)] for panel in panels if (x, y, panel) in placed.index]
            shares = [share_cell(one["share"], one["lower"], one["upper"]) for one in found]
            rows.append([*[x, y][: len(words)], *shares])
    heads = [panel or head for panel in panels]
    return Table(caption, [*(lever.label for lever in words), *heads], rows, note, len(words))


def survival_table(curves: pd.DataFrame, axes: Axes) -> Table:
    """Say how many were followed, how many ended, and how many are alive at the end."""
    levers = [lever for lever in (axes.lines, axes.across) if lever]
    rows = []
    for (panel, line), curve in curves.groupby(["panel", "line"], observed=True, sort=True):
        last = curve.iloc[-1]
        events, followed = int(curve["events"].sum()), int(curve["at_risk"].iloc[0])
        band = (last["lower"], last["upper"])
        if events in (0, followed):  # there Greenwood's variance says nothing
            lower, upper = wilson_interval(followed - events, followed)
            band = (float(lower), float(upper))
        alive = share_cell(last["survival"], *band)
        text = [word for word in (panel, line) if word][: len(levers)]
        age = f"{last['time_days']:.1f}"
        rows.append([*text, f"{followed:,}", f"{events:,}", f"{followed - events:,}", alive, age])
    head = ["followed", "fell silent", "censored", "alive, %", "at age, days"]
    caption = "Alive at the end of the curves: no silence of 7 days or more has begun"
    return Table(caption, [*(lever.label for lever in levers), *head], rows, words=len(levers))


def front_table(points: pd.DataFrame, levers: Sequence[Lever], axes: Axes) -> Table:
    """Say which values of the third lever are on the front at every pair of the others."""
    across, lines, panels = axes.across, axes.lines, axes.panels
    assert across
    rest = [lever for lever in levers if lever.several and lever not in (across, lines)]
    by_name = panels if rest == [panels] else None
    rows = []
    for line in lines.values if lines else ("",):
        same_line = points[points[lines.key] == line] if lines else points
        cells = [
            _front_cell(same_line[same_line[across.key] == value], by_name)
            for value in across.values
        ]
        rows.append([lines.words(line) if lines else "all", *cells])
    what = f"{by_name.label}, at each pair" if by_name else "how many points"
    head = [lines.label if lines else "", *(across.words(value) for value in across.values)]
    return Table(f"On the Pareto front: {what}", head, rows)


def _front_cell(points: pd.DataFrame, by_name: Lever | None) -> str:
    on_front = points[points["on_front"]]
    if by_name:
        return ", ".join(by_name.text(value) for value in on_front[by_name.key]) or "–"
    return f"{len(on_front)} of {len(points)}"


def worth_table(worth: pd.DataFrame) -> Table:
    """Lay out what packets bought, by budget and size."""
    head = ["red packets", "members", "pairs", "extra days members posted", "CNY claimed"]
    head += ["per 100 CNY (95 %)", "difference from 0"]
    rows = []
    for row in worth.itertuples():
        found = row.worth
        price = short(found.per_100_cny.value, found.per_100_cny.interval)
        cells = [row.packets, row.who, f"{found.pairs:,}", f"{found.extra_member_days:+.1f}"]
        cells += [f"{found.claimed_cny:,.1f}", price if found.known else "nothing claimed"]
        rows.append([*cells, "clear" if found.clear else "not clear"])
    return Table(_("What red packets bought, means over communities"), head, rows, words=2)


def uncertainty_table(found: pd.DataFrame, points: pd.DataFrame, levers: Sequence[Lever]) -> Table:
    """Lay out the Monte-Carlo error and the spread between parameter sets of every point."""
    shown = [lever for lever in levers if lever.several]
    placed = found.set_index(["point", "outcome"])
    rows = []
    for point, own in points.to_dict("index").items():
        cells = []
        for one in main_outcomes(ON_PAGE):
            cell = placed.loc[(point, one.name)]
            mean = figure(one.scale * cell["mean"])
            error, spread = (
                figure(float(f"{one.scale * cell[name]:.2g}"))
                for name in ("monte_carlo_error", "parameter_sd")
            )
            ends = (one.scale * cell["lower"], one.scale * cell["upper"])
            same = cell["monte_carlo_error"] == 0.0  # all alike, such as none or all dead
            parts = f"{mean} ± {error} | {spread}"
            cells.append(short(one.scale * cell["mean"], ends) if same else parts)
        rows.append([*(lever.text(own[lever.key]) for lever in shown), *cells])
    head = [*(lever.label for lever in shown), *(one.heading for one in main_outcomes(ON_PAGE))]
    caption = "Mean ± Monte-Carlo error | spread between parameter sets"
    return Table(caption, head, rows, words=0)


def definitions_table(study: Study) -> Table:
    """Count the dead by every definition and origin, over all points and by size."""
    lever = with_role(study.levers, SIZE) or next(iter(study.several), None)
    values = lever.values if lever else ()
    parts = [study.rows, *(study.rows[study.rows[lever.key] == one] for one in values if lever)]
    rows = []
    for origin, words in ORIGIN_WORDS.items():
        for death in DEATHS:
            if origin not in death.origins:
                continue
            found = [share_of(part, death_column(death, origin)) for part in parts]
            cells = [share_cell(share.value, *share.interval) for share, _ in found]
            judged = found[0][1]
            after = " after the first message" if origin == FIRST_MESSAGE else ""
            cells = cells if judged else [f"needs {death.needs_days} days{after}"]
            name = NEVER_STARTED_WORDS if death is NEVER_STARTED else death.definition
            rows.append([name, words, f"{judged:,}", *cells])
    heads = [lever.text(value) for value in values] if lever else []
    return Table(
        _("Dead by every definition, %: all communities, and by lever"),
        ["definition", "days since", f"judged of {len(study.rows):,}", "all", *heads],
        rows,
        words=2,
    )


def points_table(points: pd.DataFrame, levers: Sequence[Lever]) -> Table:
    """List every point with its main outcomes."""
    shown = [lever for lever in levers if lever.several]
    rows = []
    for point in points.to_dict("records"):
        cells = []
        for one in main_outcomes(ON_PAGE):
            value, *ends = (point[f"{one.name}{end}"] for end in ("", "_lower", "_upper"))
            if one.printed == "%":
                cells.append(share_cell(value, *ends))
            else:
                cells.append(short(one.scale * value, (one.scale * ends[0], one.scale * ends[1])))
        mark = "●" if point.get("on_front") else ""
        texts = [lever.text(point[lever.key]) for lever in shown]
        rows.append([*texts, mark, str(point["communities"]), *cells])
    headings = (one.heading for one in main_outcomes(ON_PAGE))
    head = [*(lever.label for lever in shown), "front", "n", *headings]
    return Table(_("Means of each point; ● on the Pareto front"), head, rows, words=0)
