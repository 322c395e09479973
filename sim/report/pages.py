"""The pages of a comparison, a Pareto front, forecasts and a judgement, of a sweep's pieces."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import plots
from sim.forecast import BEGINS, MODEL, Record
from sim.language import _
from sim.lives.outcomes import TRUTH, main_outcomes, outcome_named
from sim.plots import Words
from sim.plots.answer import MOST_LINES
from sim.report.answer import POSTING, Answer, Card, Option, three
from sim.report.levers import FEN_PER_CNY, named, plan_in_words
from sim.report.pictures import Picture
from sim.report.shell import NO_FILES, Facts, Files, page, write_files
from sim.report.tables import Table
from sim.report.verdict import (
    COST,
    answer_of_comparison,
    answer_of_optimum,
    answer_of_outlook,
    answer_of_sensitivity,
)
from sim.report.verdict import letter as letter_of
from sim.study.compare import Comparison, is_clear
from sim.study.optimise import AIMS, Optimum
from sim.study.origin import in_one_line
from sim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    from sim.validation.judging import Judgement
    from sim.validation.targets import Row

PAGE = "report.html"
SHARES = ("share", TRUTH)
MOST_GROUPS = 24
FARTHEST = 12.0
"""Errors: patterns that are farther off are drawn there."""


@dataclass(frozen=True)
class Section:
    """One folded part of a page."""

    title: str
    tables: Sequence[Table] = ()
    note: str = ""
    pictures: Sequence[Picture] = ()


def write_page(
    folder: Path,
    name: str,
    found: Comparison | Optimum | Sensitivity | Outlook | Judged,
    figures: Files = NO_FILES,
) -> list[Path]:
    """Write the page of what a command found, `name` its title, and its pictures where wanted.

    Returns
    -------
    list of Path
        What was written, the page first.
    """
    facts_of: Callable[[], Facts] = partial(_FACTS[type(found)], found)
    shown = facts_of() if figures.kind else {}
    files = {PAGE: page(name, lambda: {"warnings": [], **facts_of()}).encode()}
    folded = (one for part in shown.get("sections", ()) for one in part.pictures)
    files |= figures.of([*shown.get("pictures", ()), *folded])
    write_files(folder, files)
    return [folder / name for name in files]


def write_comparison(found: Comparison, folder: Path, figures: Files = NO_FILES) -> list[Path]:
    """Write the page of a comparison, as `write_page`."""
    return write_page(folder, " · ".join(found.names), found, figures)


def _facts(
    answer: Answer,
    head: str,
    pictures: Iterable[Picture | None],
    sections: Sequence[Section],
    origins: Mapping[str, object],
    questions: bool = False,
) -> Facts:
    """Gather what the template asks for; with `questions` the rows of the table are no options."""
    return {
        "answer": answer,
        "from": head,
        "pictures": [*filter(None, pictures)],
        "sections": sections,
        "origins": list(origins.items()),
        "folded": "tables.html.jinja",
        "questions": questions,
    }


def _table(caption: str, frame: pd.DataFrame, words: int = 1) -> Table:
    """Lay out a frame as it stands, numbers by three figures."""
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return Table(caption, [str(name).replace("_", " ") for name in frame], rows, words=words)


def _cell(value: object) -> str:
    if isinstance(value, float | np.floating):
        return three(float(value))
    return str(value)


# --- a comparison ---------------------------------------------------------------------------------


def _of_comparison(found: Comparison) -> Facts:
    letters = {name: f"{letter_of(found, name)}: {plan_in_words(name)}" for name in found.names}
    source = in_one_line(found.origin)
    head = _("{pairs:,} pairs of groups that share all chance events, seed {seed}")
    shown = head.format(pairs=found.replications, seed=found.origin["seed"])
    rows = found.to_frame()
    names = ["outcome", "alternative", "first", "second", "difference", "lower", "upper", "answer"]
    sections = [
        Section(_("Every outcome"), [_table(_("Outcomes"), rows[names], 2)]),
        Section(_("How long they live"), [_table(_("Tests of lives"), found.lifetime_tests)]),
    ]
    drawn = [_lives(found, letters, source), _changes(found, letters, source)]
    return _facts(answer_of_comparison(found), shown, drawn, sections, found.origin, True)


def _lives(found: Comparison, letters: Mapping[str, str], source: str) -> Picture | None:
    curves = found.curves[found.curves["alternative"].isin(found.names[:MOST_LINES])]
    if curves.empty:
        return None
    lines = curves["alternative"].map(letters)
    curves = curves.assign(line=pd.Categorical(lines, list(dict.fromkeys(lines))))
    caption = _(
        "Of 100 groups, those in which no 7 silent days have begun (Kaplan-Meier), up to 7 days "
        "before the end: later silences are not seen whole."
    )
    words = Words(_("How long do they live?"), caption, _("days since creation"), "", source)
    return Picture("lives", words, partial(plots.lives, curves), caption)


def _changes(found: Comparison, letters: Mapping[str, str], source: str) -> Picture:
    """Draw the main outcomes of the others, as percents of the first or in points."""
    rows = found.to_frame()
    asked = {one.name: _(one.heading.partition(" (")[0]) for one in main_outcomes()}
    rows = rows[rows["outcome"].isin(asked)]
    share = rows["unit"].isin(SHARES)
    rows = rows[(rows["pairs"] > 0) & (share | (rows["first"] != 0))]
    factor = (100.0 / rows["first"].abs()).mask(share, 100.0)
    drawn = pd.DataFrame({name: factor * rows[name] for name in ("lower", "upper")})
    drawn["value"] = factor * rows["difference"]
    drawn["clear"], drawn["strong"] = rows["answer"].map(is_clear), False
    drawn["block"] = rows["alternative"].map(letters)
    plain = rows["outcome"].str.removesuffix("_fen").str.replace("_", " ")
    drawn["row"] = rows["outcome"].map(asked).where(lambda name: name != "", plain)
    drawn["text"] = [f"{value:+.3g}" for value in drawn["value"]]
    drawn = drawn.sort_values("block", kind="stable")
    caption = _("95 % intervals; hollow: no clear difference, or too small to matter.")
    words = Words(_("What changes against A?"), caption, _("% of A; of shares, points"), "", source)
    return Picture("changes", words, partial(plots.intervals, drawn, narrow=True), caption)


# --- a Pareto front -------------------------------------------------------------------------------


def _of_optimum(found: Optimum) -> Facts:
    answer = answer_of_optimum(found)
    source = in_one_line(found.origin)
    head = _(
        "Search of {tried:,} settings · {sets} parameter sets × {groups} groups each",
        tried=len(found.trials),
        sets=found.sets,
        groups=found.replications,
    )
    sections = [
        Section(_("The front"), [_table(_("Settings that no other clearly beats"), found.front)]),
        Section(_("Every setting tried"), [_table(_("As the search saw them"), found.trials)]),
    ]
    drawn = [_front(found, answer, source), _aims(found, source)] if len(found.front) else []
    return _facts(answer, head, drawn, sections, found.origin)


def _front(found: Optimum, answer: Answer, source: str) -> Picture:
    names = [f"{at + 1}" for at in found.front.index]
    parts = [found.front.assign(name=names), found.trials.assign(name="")]
    points = pd.concat(parts, keys=["front", "trials"])
    drawn = pd.DataFrame({"cost": points[COST] / FEN_PER_CNY, "gain": points[POSTING]})
    drawn["name"], drawn["chosen"] = points["name"], points["name"] == str(answer.chosen + 1)
    caption = _("Numbered: the front, played anew; grey: every setting as the search saw it.")
    words = Words(
        _("What does it cost, and how many talk?"),
        caption,
        _("cost of a group, CNY"),
        _("people posting a day"),
        source,
    )
    return Picture("cost_and_talk", words, partial(plots.cost_and_gain, drawn.dropna()), caption)


def _aims(found: Optimum, source: str) -> Picture:
    tables = {_("tried"): found.trials[list(AIMS)], _("front"): found.front[list(AIMS)]}
    points = pd.concat(tables, names=["line"]).reset_index(0)
    points["on_front"] = points["line"] == _("front")
    points["line"] = pd.Categorical(points["line"])
    for one in map(outcome_named, AIMS):
        points[one.heading] = one.scale * points[one.name]
    *others, cost = [outcome_named(name).heading for name in AIMS]
    caption = _("Filled: the front, no other setting is clearly better; hollow: all tried.")
    words = Words(_("Every aim against its cost"), caption, footer=source)
    pairs = [(cost, other) for other in others]
    return Picture("front", words, partial(plots.front, points, pairs), caption)


# --- sensitivity ----------------------------------------------------------------------------------


def _of_sensitivity(found: Sensitivity) -> Facts:
    shown = found.indices.rename(columns={"told_apart": "clear"})
    shown["factor"] = shown["factor"].map(named)
    sections = [Section(_("Every factor"), [_table(_("As the sample says"), shown, 3)])]
    head = _("{points:,} points × {groups:,} groups each")
    said = head.format(points=found.points, groups=found.replications)
    return _facts(answer_of_sensitivity(found), said, [], sections, found.origin, True)


# --- forecasts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlook:
    """Forecasts of a log's groups, a row each, how good such ones were, and notes."""

    groups: pd.DataFrame
    record: Record
    notes: Sequence[str] = ()


def _of_outlook(found: Outlook) -> Facts:
    answer = answer_of_outlook(found.groups, found.record)
    head = _("{groups:,} groups · measured on {rooms}").format(
        groups=len(found.groups), rooms=found.record.origin
    )
    shown = found.groups.drop(columns=["active_share", "age"], errors="ignore")
    sections = [
        Section(_("Every group"), [_table(_("Chances from 0 to 1"), shown)]),
        Section(_("How good forecasts were"), [_table(_("By age"), found.record.frame, 2)]),
    ]
    notes = {str(at + 1): note for at, note in enumerate(found.notes)}
    return _facts(answer, head, [_chances(found)], sections, notes)


def _chances(found: Outlook) -> Picture | None:
    """Draw the chance of a silent week, one forecast to the other, of the groups most at risk."""
    weeks, label = next(iter(BEGINS.items()))
    chances = found.groups[[f"{label}_{one}" for one in ("regression", MODEL)]] * 100.0
    asked = chances.dropna().mean(axis=1).sort_values(ascending=False, kind="stable").index
    rows = []
    for at in asked[:MOST_GROUPS]:
        leads = found.record.leader(label, found.groups.at[at, "horizon_days"])
        value = chances.at[at, f"{label}_{MODEL if leads == MODEL else 'regression'}"]
        row = {"row": str(found.groups.at[at, "group"]), "value": value, "text": f"{value:.0f} %"}
        row |= {"lower": chances.loc[at].min(), "upper": chances.loc[at].max(), "block": ""}
        rows.append(row | {"clear": value >= 50.0, "strong": False})
    if not rows:
        return None
    caption = _(
        "The dot is the forecast that did better at this age, the line reaches to the other one; "
        "filled: more likely than not."
    )
    title = _("Who falls silent within {weeks} weeks?").format(weeks=weeks)
    words = Words(title, caption, _("chance of a week without a member's message, %"))
    return Picture(
        "chances", words, partial(plots.intervals, pd.DataFrame(rows), narrow=True), caption
    )


# --- a judgement ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """A judgement of the model against real groups, and what its reader must know."""

    judgement: Judgement
    notes: Sequence[str] = ()


def _of_judgement(found: Judged) -> Facts:
    from sim.validation.targets import IN_BAND, NO_TARGET, NOT_SHOWN, WITHIN

    rows, parts = found.judgement.rows, found.judgement.populations
    good = [row for row in rows if row.verdict in (WITHIN, IN_BAND)]
    judged = [row for row in rows if row.verdict != NO_TARGET]
    cards, options = [], []
    for part, population in parts.items():
        mine = [row for row in judged if row.part == part]
        fits = sum(row in good for row in mine)
        cards.append(
            Card(
                part, f"{fits} / {len(mine)}", _("patterns match; played: {name}", name=population)
            )
        )
    far = [row for row in judged if row not in good and math.isfinite(row.distance)]
    far.sort(key=lambda row: -abs(row.distance))
    for at, row in enumerate(far[:8]):
        cells = three(row.real), three(row.simulated), f"{row.distance:+.1f}"
        options.append(Option(row.pattern, at, cells))
    counts = Counter(row.verdict for row in rows)
    unseen = _("{number} patterns are not shown by the simulated groups at all.")
    answer = Answer(
        headline=_(
            "{good} of {rows} patterns of real groups are met.", good=len(good), rows=len(judged)
        ),
        detail=(
            _(
                "Met: within two standard errors of the real value, or in the band of field "
                "studies."
            ),
        ),
        cards=tuple(cards),
        option_heads=(_("real"), _("simulated"), _("errors apart")),
        options=tuple(options),
        trust=(*[unseen.format(number=counts[NOT_SHOWN])] * bool(counts[NOT_SHOWN]), *found.notes),
    )
    drawn = {part: [one] if (one := _distances(part, rows)) else [] for part in parts}
    sections = [Section(part, [_patterns(part, rows)], "", drawn[part]) for part in parts]
    return _facts(answer, _("The model against real groups"), [], sections, {}, True)


def _patterns(part: str, rows: Iterable[Row]) -> Table:
    head = [_("pattern"), _("verdict"), _("real"), _("error"), _("simulated"), _("errors apart")]
    cells = [
        [row.pattern, _(row.verdict), three(row.real) if not row.has_band else _band(row),
         three(row.real_error), three(row.simulated), three(row.distance)]
        for row in rows
        if row.part == part
    ]  # fmt: skip
    return Table(part, head, cells, words=2)


def _band(row: Row) -> str:
    ends = ("" if math.isnan(end) else f"{end:g}" for end in (row.low, row.high))
    return _("{low} to {high}").format(**dict(zip(("low", "high"), ends, strict=True)))


def _distances(part: str, rows: Iterable[Row]) -> Picture | None:
    from sim.validation.targets import ERRORS_ALLOWED, WITHIN

    drawn = []
    for row in rows:
        if row.part != part or math.isnan(row.distance) or row.has_band:
            continue
        value = float(np.clip(row.distance, -FARTHEST, FARTHEST))
        ends = {"lower": value - ERRORS_ALLOWED, "upper": value + ERRORS_ALLOWED}
        text = f"{three(row.real)} → {three(row.simulated)}"
        seen = {"block": "", "row": row.pattern, "value": value, "text": text, "strong": False}
        drawn.append(seen | ends | {"clear": row.verdict != WITHIN})
    if not drawn:
        return None
    caption = _(
        "Simulated less real value, in standard errors, two to each side: hollow ones reach 0 and "
        "match; those beyond {far:g} stand there. At the right: real → simulated."
    ).format(far=FARTHEST)
    words = Words(_("How near: {part}").format(part=part), caption, _("standard errors"))
    return Picture(
        f"patterns_{part}".replace(" ", "_"),
        words,
        partial(plots.intervals, pd.DataFrame(drawn)),
        caption,
    )


_FACTS: dict[type, Callable[..., Facts]] = {
    Comparison: _of_comparison,
    Optimum: _of_optimum,
    Sensitivity: _of_sensitivity,
    Outlook: _of_outlook,
    Judged: _of_judgement,
}
