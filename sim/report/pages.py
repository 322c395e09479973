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
from sim.language import _, outcome_name
from sim.lives.outcomes import ON_PAGE, TRUTH, main_outcomes, outcome_named
from sim.plots import Words
from sim.plots.answer import MOST_LINES
from sim.report.answer import POSTING, Answer, Card, Option, three
from sim.report.levers import FEN_PER_CNY, named, plan_in_words
from sim.report.pictures import Picture, cost_and_talk, lives
from sim.report.shell import NO_FILES, Facts, Files, page, write_files
from sim.report.tables import Table
from sim.report.uncertainty import spanned
from sim.report.verdict import (
    COST,
    answer_of_comparison,
    answer_of_optimum,
    answer_of_outlook,
    answer_of_sensitivity,
    factor_in_words,
    heading,
    verdict_of,
)
from sim.report.verdict import letter as letter_of
from sim.study.compare import Comparison, is_clear
from sim.study.optimise import Optimum
from sim.study.origin import in_one_line
from sim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    from sim.validation.judging import Judgement
    from sim.validation.targets import Row

PAGE = "report.html"
SHARES = ("share", TRUTH)
MOST_GROUPS = 24
FARTHEST, FULL = 12.0, 100.0
"""Errors, and percents: what is farther off is drawn there."""


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
    found: Comparison | Optimum | Sensitivity | Outlook | Judged | Callable[[], Facts],
    figures: Files = NO_FILES,
) -> list[Path]:
    """Write the page of what a command found (or of what a function gives in the language spoken,
    as `facts`), `name` its title, and its pictures where wanted.

    Returns
    -------
    list of Path
        What was written, the page first.
    """
    facts_of: Callable[[], Facts] = (
        found if callable(found) else partial(_FACTS[type(found)], found)
    )
    shown = facts_of() if figures.kind else {}
    files = {PAGE: page(name, lambda: {"warnings": [], **facts_of()}).encode()}
    folded = (one for part in shown.get("sections", ()) for one in part.pictures)
    files |= figures.of([*shown.get("pictures", ()), *folded])
    write_files(folder, files)
    return [folder / name for name in files]


def write_comparison(found: Comparison, folder: Path, figures: Files = NO_FILES) -> list[Path]:
    """Write the page of a comparison, as `write_page`."""
    return write_page(folder, " · ".join(found.names), found, figures)


def facts(
    answer: Answer,
    head: str,
    pictures: Iterable[Picture | None],
    sections: Sequence[Section],
    origins: Mapping[str, object],
    heads: tuple[str, str],
) -> Facts:
    """Gather what the template asks for; `heads`: above the table, and over its first column."""
    return {
        "answer": answer,
        "from": head,
        "pictures": [*filter(None, pictures)],
        "sections": sections,
        "origins": list(origins.items()),
        "folded": "tables.html.jinja",
        "heads": heads,
    }


def _table(caption: str, frame: pd.DataFrame, words: int = 1) -> Table:
    """Lay out a frame as it stands, numbers by three figures."""
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return Table(caption, [_head(str(name)) for name in frame], rows, words=words)


def _head(column: str) -> str:
    said = outcome_name(column)
    return _(column.replace("_", " ")) if said == column else said


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
    sections = [
        Section(_("Every outcome"), [_every_outcome(found)]),
        Section(_("How long they live"), [_table(_("Tests of lives"), found.lifetime_tests)]),
    ]
    curves = found.curves[found.curves["alternative"].isin(found.names[:MOST_LINES])]
    lived = lives(curves.assign(line=curves["alternative"].map(letters)), source)
    drawn = [None if curves.empty else lived, _changes(found, letters, source)]
    heads = _("What differs"), ""
    return facts(answer_of_comparison(found), shown, drawn, sections, found.origin, heads)


def _every_outcome(found: Comparison) -> Table:
    """Lay out what the others are in every outcome, fen as CNY, beside the first."""
    rows = []
    for row in found.to_frame().itertuples():
        scale = 1.0 / FEN_PER_CNY if row.unit.startswith("fen") else 1.0
        numbers = (row.first, row.second, row.difference, row.lower, row.upper)
        first, second, *span = (three(scale * number) for number in numbers)
        name = outcome_name(row.outcome).removesuffix("_fen")
        name = _(outcome_named(row.outcome).definition) if row.unit == TRUTH else name
        who, verdict = letter_of(found, row.alternative), _(verdict_of(row))
        rows.append([name, who, first, second, spanned(*span), verdict])
    heads = [_("outcome"), _("plan"), "A", _("other"), _("difference"), _("answer")]
    return Table(_("Outcomes"), heads, rows, words=2)


def _changes(found: Comparison, letters: Mapping[str, str], source: str) -> Picture:
    """Draw the main outcomes of the others, as percents of the first or in points."""
    rows = found.to_frame()
    asked = {one.name: _(one.heading.partition(" (")[0]) for one in main_outcomes(ON_PAGE)}
    rows = rows[rows["outcome"].isin(asked)]
    share = rows["unit"].isin(SHARES)
    rows = rows[(rows["pairs"] > 0) & (share | (rows["first"] != 0))]
    factor = (100.0 / rows["first"].abs()).mask(share, 100.0)
    numbers = rows[["difference", "lower", "upper"]].mul(factor, axis=0)
    texts = [f"{value:+.3g}" if value else "0" for value in numbers["difference"]]
    drawn = numbers.rename(columns={"difference": "value"}).clip(-FULL, FULL).assign(text=texts)
    drawn["clear"], drawn["row"] = rows["answer"].map(is_clear), rows["outcome"].map(asked)
    drawn["block"] = rows["alternative"].map(letters)
    drawn = drawn.sort_values("block", kind="stable")
    caption = _(
        "95 % intervals; hollow: no clear difference, or too small to matter; what is beyond "
        "{far:g} stands there, its number at the right."
    ).format(far=FULL)
    words = Words(_("What changes against A?"), caption, _("% of A; of shares, points"), "", source)
    return Picture("changes", words, partial(plots.intervals, drawn, narrow=True))


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
    drawn = [_front(found, answer, source)] if len(found.front) else []
    heads = _("If you …, then …"), _("If you choose")
    return facts(answer, head, drawn, sections, found.origin, heads)


def _front(found: Optimum, answer: Answer, source: str) -> Picture:
    listed = {option.point for option in answer.options}
    names = [f"{at + 1}" * (at in listed) for at in found.front.index]
    parts = [found.front.assign(name=names), found.trials.assign(name="")]
    points = pd.concat(parts, keys=["front", "trials"])
    drawn = pd.DataFrame({"cost": points[COST] / FEN_PER_CNY, "gain": points[POSTING]})
    drawn["name"], drawn["chosen"] = points["name"], points["name"] == str(answer.chosen + 1)
    caption = _("Numbered as in the table, played anew; grey: all others, as the search saw them.")
    return cost_and_talk(drawn.dropna(), caption, _("cost of a group, CNY"), source)


# --- sensitivity ----------------------------------------------------------------------------------


def _of_sensitivity(found: Sensitivity) -> Facts:
    shown = found.indices.rename(columns={"told_apart": "clear"})
    shown["factor"] = shown["factor"].map(named)
    sections = [Section(_("Every factor"), [_table(_("As the sample says"), shown, 3)])]
    head = _("{points:,} points × {groups:,} groups each")
    said = head.format(points=found.points, groups=found.replications)
    heads, drawn = (_("What the outcomes hang on"), ""), [_effects(found)]
    return facts(answer_of_sensitivity(found), said, drawn, sections, found.origin, heads)


def _effects(found: Sensitivity) -> Picture | None:
    """Draw the effects on outcomes that clearly hang on something, as percents of the largest."""
    by_outcome = found.indices.groupby("outcome", sort=False)
    rows = found.indices[by_outcome["told_apart"].transform("any")]
    factor = 100.0 / by_outcome["value"].transform("max")
    drawn = rows[["value", "lower", "upper"]].mul(factor[rows.index], axis=0)
    drawn["block"], drawn["row"] = rows["outcome"].map(heading), rows["factor"].map(factor_in_words)
    drawn["clear"] = rows["told_apart"].astype(bool)
    drawn["text"] = [f"{value:.0f}" for value in drawn["value"]]
    caption = _("Percents of the largest effect on each outcome; hollow: not clear.")
    if drawn.empty:
        return None
    title, label = _("What does each outcome hang on?"), _("% of the largest effect")
    words = Words(title, caption, label, "", in_one_line(found.origin))
    return Picture("effects", words, partial(plots.intervals, drawn, narrow=True))


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
    heads = _("The groups most at risk"), _("group")
    return facts(answer, head, [_chances(found)], sections, notes, heads)


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
        row |= {"lower": chances.loc[at].min(), "upper": chances.loc[at].max()}
        rows.append(row | {"clear": value >= 50.0})
    if not rows:
        return None
    caption = _(
        "The dot is the forecast that did better at this age, the line reaches to the other one; "
        "filled: more likely than not."
    )
    title = _("Who falls silent within {weeks} weeks?").format(weeks=weeks)
    words = Words(title, caption, _("chance of a week without a member's message, %"))
    return Picture("chances", words, partial(plots.intervals, pd.DataFrame(rows), narrow=True))


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
        fits, played = sum(row in good for row in mine), _("patterns match; played: {name}")
        cards.append(Card(part, f"{fits} / {len(mine)}", played.format(name=population)))
    far = [row for row in judged if row not in good and math.isfinite(row.distance)]
    far.sort(key=lambda row: -abs(row.distance))
    for at, row in enumerate(far[:8]):
        cells = three(row.real), three(row.simulated), f"{row.distance:+.1f}"
        options.append(Option(row.pattern, at, cells))
    counts = Counter(row.verdict for row in rows)
    unseen = _("{number} patterns are not shown by the simulated groups at all.")
    headline = _("{good} of {rows} patterns of real groups are met.")
    met = _("Met: within two standard errors of the real value, or in the band of field studies.")
    answer = Answer(
        headline=headline.format(good=len(good), rows=len(judged)),
        detail=(met,),
        cards=tuple(cards),
        option_heads=(_("real"), _("simulated"), _("errors apart")),
        options=tuple(options),
        trust=(*[unseen.format(number=counts[NOT_SHOWN])] * bool(counts[NOT_SHOWN]), *found.notes),
    )
    drawn = {part: [one] if (one := _distances(part, rows)) else [] for part in parts}
    sections = [Section(part, [_patterns(part, rows)], "", drawn[part]) for part in parts]
    heads = _("What fits worst"), _("pattern")
    return facts(answer, _("The model against real groups"), [], sections, {}, heads)


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
        seen = {"row": row.pattern, "value": value, "text": text}
        drawn.append(seen | ends | {"clear": row.verdict != WITHIN})
    if not drawn:
        return None
    caption = _(
        "Simulated less real value, in standard errors, two to each side: hollow ones reach 0 and "
        "match; those beyond {far:g} stand there. At the right: real → simulated."
    ).format(far=FARTHEST)
    words = Words(_("How near: {part}").format(part=part), caption, _("standard errors"))
    name = f"patterns_{part}".replace(" ", "_")
    return Picture(name, words, partial(plots.intervals, pd.DataFrame(drawn)))


_FACTS: dict[type, Callable[..., Facts]] = {
    Comparison: _of_comparison,
    Optimum: _of_optimum,
    Sensitivity: _of_sensitivity,
    Outlook: _of_outlook,
    Judged: _of_judgement,
}
