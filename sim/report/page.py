"""The page of a sweep: its sections in order, each with its pictures and tables, as one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.lives.deaths import HEADLINE
from sim.lives.outcome import ON_PAGE, Outcome
from sim.lives.outcomes import DEAD, main_outcomes
from sim.report import pictures, tables
from sim.report.levers import BUDGET, SIZE, Axes, Lever, choose_axes, with_role
from sim.report.numbers import capital, listed, meanings
from sim.report.origin import made_by, origin_of, subtitle, warnings_of
from sim.report.pictures import Picture, objectives
from sim.report.sentences import five_answers, further_answers
from sim.report.study import Conclusion, Study, study_of, without_failures
from sim.report.tables import Table
from sim.report.uncertainty import PARAMETER_SD, PARTICLE, as_numbers, by_particle, summary
from sim.stats.intervals import Floats
from sim.stats.paired import pareto_front
from sim.study.manifest import Manifest

MOST_POINTS = 1000
"""A table of more points is no page; they stand in ``summary.csv``."""


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    heading: str
    text: str = ""
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """All that stands on the page."""

    title: str
    subtitle: str
    warnings: list[str]  # above everything: unfinished, too few replications
    conclusions: list[Conclusion]
    sections: list[Section]
    made_by: list[tuple[str, str]]  # origin of the numbers: name and value


def render(page: Page) -> str:
    """Write the page as HTML that needs no other file."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(page=page)


def page_of(rows: pd.DataFrame, manifest: Manifest) -> Page:
    """Compose the page of a sweep."""
    whole = manifest
    rows, manifest = by_particle(rows, manifest)
    study = study_of(rows, manifest)
    every, rows = rows, without_failures(rows)
    axes = choose_axes(study.levers if study.is_grid else ())
    origin = origin_of(whole)
    sections = []
    if len(rows):
        sections += [_deaths(study, rows, axes, origin), _lives(rows, axes, origin)]
        sections += _scale(study, rows, axes, origin)
        sections += _packets(study, origin)
        sections += _uncertainty(study, rows, origin)
        sections += _definitions(study, origin)
        if len(manifest.scenarios) <= MOST_POINTS:
            sections.append(_every_point(study, rows, origin))
    return Page(
        capital(manifest.name),
        subtitle(study, manifest),
        warnings_of(every, study, manifest),
        [*five_answers(study), *further_answers(study)],
        sections,
        made_by(study, whole),
    )


def summary_of(rows: pd.DataFrame, manifest: Manifest) -> pd.DataFrame:
    """Sum up every outcome at every point, one row each: ``point``, the levers, ``scenario``
    (digest; with a posterior, of its scenarios together), columns of
    `sim.report.uncertainty.summary`, ``definition``.
    """
    rows, manifest = by_particle(rows, manifest)
    rows = without_failures(rows)
    names = ["outcome", "unit", "n", "mean", "lower", "upper", "method", "monte_carlo_error"]
    keys = list(manifest.levers)
    if rows.empty:
        return pd.DataFrame(columns=["point", *keys, "scenario", *names, "definition"])
    found = summary(rows, ["point"])
    names += [PARAMETER_SD] * (PARAMETER_SD in found)
    levers = rows.groupby("point")[keys].first()
    levers["scenario"] = [manifest.scenarios[point] for point in levers.index]
    found["definition"] = [manifest.meaning(name)[1] for name in found["outcome"]]
    whole = found.join(levers, on="point")
    return whole[["point", *keys, "scenario", *names, "definition"]]


def _held(axes: Axes, further: Sequence[Lever | None] = ()) -> str:
    """Say at which values the levers stand that a picture does not show."""
    words = [lever.words(lever.usual) for lever in (*further, *axes.held) if lever]
    return f" Shown at {listed(words, 9)}." if words else ""


def _deaths(study: Study, rows: pd.DataFrame, axes: Axes, origin: str) -> Section:
    """Show who had no silent week at all, and who was silent in the second one."""
    week = "A silent week: 7 days in a row without a member message"
    maps = {
        "alive": pictures.Map(
            "without_a_silent_week.png", f"Groups without a silent week {study.by_day}", week, True
        ),
        "dead": pictures.Map(
            "dead_after_seven_days.png",
            "Groups dead after seven days",
            f"Dead: {HEADLINE.definition} since creation",
            False,
        ),
    }
    truths = {"alive": ~rows["lifetime_observed"], "dead": rows[DEAD]}
    text = (
        f"{'. '.join(shown.definition for shown in maps.values())}. Both maps are of the same "
        f"runs; operators' messages are no life.{_held(axes)}"
    )
    drawn, grids = [], []
    for word, shown in maps.items():
        cells = pictures.share_cells(rows, axes, truths[word])
        if cells["share"].isna().any():
            text += f" A ? stands where the time seen is too short to tell who is {word}."
        methods = " or ".join(dict.fromkeys(cells["method"]))
        note = f"{methods} intervals in brackets; {pictures.each(cells['n'])}. {origin}."
        caption = f"{shown.title}, %. {shown.definition}"
        grids.append(tables.share_grid(cells, axes, caption, note, f"{word}, %"))
        drawn += [pictures.heat(cells, axes, shown, origin)] if axes.across else []
    return Section("Who is dead after seven days?", text, drawn, grids)


def _lives(rows: pd.DataFrame, axes: Axes, origin: str) -> Section:
    found = pictures.curves(rows, axes)
    if found.empty:
        text = "A silence of 7 days cannot be seen in so short a time: this needs more than 7 days."
        return Section("How long do they live?", text)
    longest = float(found["time_days"].max())
    text = (
        "Here a community dies when its first silence of 7 days or more begins; it may revive "
        f"later. Another death stands above ({HEADLINE.definition}), so that the shares differ. "
        f"What began after day {longest:.3g} cannot be known yet, since observation ends before "
        f"those 7 days are over: there the curves stop.{_held(axes, [axes.panels])}"
    )
    note = (
        "Death: begin of the first silence of at least 7 days between member messages, from "
        "creation or to the end of observation; Kaplan-Meier, 95 % bands by Greenwood's variance "
        "on the log-log scale."
    )
    if PARTICLE in rows:
        note += " The bands hold the Monte-Carlo error, not the spread between parameter sets."
    drawn = pictures.survival(found, axes, note, origin)
    caption = "Alive at the end of the curves: no silence of 7 days or more has begun"
    note_at_end = f"95 % intervals in brackets; Wilson's where all or none are alive. {origin}."
    table = tables.survival_table(found, axes, caption, note_at_end)
    return Section("How long do they live?", text, [drawn], [table])


def _scale(study: Study, rows: pd.DataFrame, axes: Axes, origin: str) -> list[Section]:
    if axes.across is None or study.rows.empty:
        return []
    defined = f"{meanings(main_outcomes(ON_PAGE))}{_held(axes, [axes.panels])}"
    n = pictures.each(rows.groupby("point").size())
    points = _marked(study)
    colour = with_role(study.levers, SIZE) or axes.across
    rule = (
        "On the Pareto front: no other point is at least as good in the mean of all four measures "
        f"(more {listed([one.heading for one in objectives()[:-1]])}; less cost) and better by 2 "
        "Monte-Carlo errors in one, paired by replication."
    )
    drawn = [
        pictures.scale(pictures.means_by(rows, axes), axes, defined, origin, n),
        pictures.front(points, colour, meanings(objectives()), origin),
    ]
    on, total = int(points["on_front"].sum()), len(points)
    text = (
        "A big silent group and a small lively one are both failures of some kind, so no single "
        f"score is given. {on} of {total} points are on the Pareto front: which of them is best "
        "depends on what is wanted."
    )
    note = f"{rule} n = {study.replications} replications a point. {origin}."
    table = tables.front_table(points, study.levers, axes, note)
    return [Section("How big, and how often?", text, drawn, [table])]


def _marked(study: Study) -> pd.DataFrame:
    """Mark which points are on the Pareto front."""
    points = pictures.points_of(study.rows, study.levers)
    front = pareto_front([_gains(study.averaged, one) for one in objectives()])
    return points.assign(on_front=front)


def _gains(rows: pd.DataFrame, outcome: Outcome) -> Floats:
    """Lay out an outcome [replication, point] so that more is better; missing as the point's mean.

    A missing value (nobody was present, say) must not make the whole point unknown.
    """
    values = pd.Series(as_numbers(rows[outcome.name]), index=[rows["replication"], rows["point"]])
    table = values.unstack().sort_index(axis=1)
    table = table.fillna(table.mean())
    return np.asarray(table.to_numpy(dtype=np.float64) * (1.0 if outcome.more_is_better else -1.0))


def _packets(study: Study, origin: str) -> list[Section]:
    budget = with_role(study.levers, BUDGET)
    if budget is None or study.rows.empty:
        return []
    worth = study.packet_worth
    heading = "What do red packets buy?"
    if worth.empty:
        return [Section(heading, "Not known: no point of the grid is without packets.")]
    text = (
        "Every community with packets is compared to the same one without any, with the same "
        "random seeds. The extra days on which members posted, those after the last packet "
        "included, are divided by what members claimed."
    )
    caption = (
        "Posting member-days: members with at least one message, summed over local days. Claimed: "
        "of operators' packets; members' own packets and operators' wages are not counted."
    )
    note = (
        "Ratio of the mean paired differences, 95 % by the delta method and t over "
        f"{study.replications} replications{study.weighted}; not clear: under 2 Monte-Carlo "
        f"errors. {origin}."
    )
    drawn = pictures.worth(worth, caption, origin)
    table = tables.worth_table(worth, note)
    return [Section(heading, text, [drawn], [table])]


def _uncertainty(study: Study, rows: pd.DataFrame, origin: str) -> list[Section]:
    """Show apart what more replications would make smaller, and what only better data does."""
    if study.particles == 1:
        return []
    text = (
        f"Every point was played with the same {study.particles} parameter sets of a posterior and "
        "the same random seeds. The Monte-Carlo error falls with more replications; the spread "
        "between parameter sets, freed of that error, falls with nothing but better data. "
        "Confidence intervals hold both, but for the bands of the survival curves and the worth of "
        "packets, which hold the Monte-Carlo error alone."
    )
    points = summary(rows, ["point"], [one.name for one in main_outcomes(ON_PAGE)])
    note = (
        "Mean ± Monte-Carlo error | standard deviation between parameter sets (two-way analysis "
        f"of variance; Searle, Casella and McCulloch 1992); in brackets Wilson's 95 % where all or "
        f"none are dead. {origin}."
    )
    levers = rows.groupby("point")[[lever.key for lever in study.levers]].first()
    table = tables.uncertainty_table(points, levers, study.levers, note)
    return [Section("How sure, and of what?", text, [], [table])]


def _definitions(study: Study, origin: str) -> list[Section]:
    if study.rows.empty:
        return []
    text = (
        "The same communities by every definition. A definition that the time seen cannot decide "
        "says how long it needs; communities not seen long enough for a row are left out of those "
        "judged."
    )
    how = (
        f"{study.method}; the Monte-Carlo error alone where nobody is dead, or everybody"
        if study.particles > 1
        else "Wilson's interval at the effective number of communities, since points share the "
        f"seeds of a replication ({study.replications} of them; Korn and Graubard 1998); where "
        "nobody is dead, or everybody, only the replications count"
    )
    note = f"Only member messages are life. Brackets: 95 %, {how}. {origin}."
    return [Section("By other definitions?", text, [], [tables.definitions_table(study, note)])]


def _every_point(study: Study, rows: pd.DataFrame, origin: str) -> Section:
    points = pictures.points_of(rows, study.levers)
    if not study.rows.empty:
        front = _marked(study).set_index("point")["on_front"]
        points["on_front"] = points["point"].map(front).fillna(False).astype(bool)
    note = (
        f"Means with 95 % intervals in brackets (t; Wilson for the dead). ● on the Pareto front. "
        f"{meanings(main_outcomes(ON_PAGE))} All outcomes: summary.csv. {origin}."
    )
    return Section("Every point", "", [], [tables.points_table(points, study.levers, note)])
