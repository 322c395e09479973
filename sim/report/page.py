"""The page of a sweep: its answer, with pictures, and everything else folded below.

All fixed words of the page stand in ``templates``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.language import _
from sim.lives.deaths import HEADLINE
from sim.lives.outcomes import DEAD, ON_PAGE, Outcome, main_outcomes, outcomes_by_name
from sim.report import pictures, tables
from sim.report.answer import answer_of
from sim.report.contrast import contrast
from sim.report.drawn import Story, pictures_of, story_of
from sim.report.levers import BUDGET, SIZE, Axes, Lever, choose_axes, with_role
from sim.report.pages import write_comparison
from sim.report.pictures import objectives
from sim.report.sentences import five_answers, further_answers
from sim.report.shell import NO_FILES, Facts, Files, page, write_files
from sim.report.study import Study, study_of, without_failures
from sim.report.uncertainty import (
    PARAMETER_SD,
    PARTICLE,
    as_numbers,
    by_particle,
    capital,
    each,
    listed,
    meanings,
    summary,
)
from sim.stats.intervals import CLEAR_ERRORS, Floats
from sim.stats.paired import pareto_front
from sim.study.compare import Comparison, is_comparison, read_comparison
from sim.study.manifest import Manifest
from sim.study.origin import failures_in_words, origin, under_origin
from sim.study.rows import ERROR
from sim.study.store import MANIFEST, read_manifest, read_store

PAGE, FRIENDS = "report.html", "friends"
"""The page; the folder of a study of friends beside one of strangers, shown in contrast."""

SUMMARY = "summary.csv"
NEEDED = (
    *(outcome.name for outcome in main_outcomes(ON_PAGE)),
    *("members_start", "posting_member_days", "operator_fen_claimed"),
    *("lifetime_days", "lifetime_observed"),
)
"""Columns without which there is no page."""
FURTHER = ("dead_", "never_started", ERROR)
OUTCOMES_AT_ONCE = 12
MOST_POINTS = 1000
"""A table of more points is no page; they stand in ``summary.csv``."""
FEW_REPLICATIONS = 20


def write_report(
    found: str | Path | Comparison, figures: Files = NO_FILES, folder: str | Path = "."
) -> Path:
    """Write what a sweep or a comparison found as one page, a sweep's ``summary.csv`` beside it.

    The page needs no other file and no network, and speaks English and Chinese. A store that is not
    finished gives a page that says so.

    Parameters
    ----------
    found : str, Path or Comparison
        Folder of the store, or what `compare` returned.
    figures : Files, optional
        How pictures are written as files beside it; default: not at all.
    folder : str or Path
        Where the page of a returned comparison goes; that of a store goes into the store.

    Returns
    -------
    Path
        ``report.html`` in that folder.

    Raises
    ------
    InputError
        No store there, a part that cannot be read, or a folder that cannot be written.
    OSError
        The disk is full or broken.
    """
    if isinstance(found, Comparison):
        return write_comparison(found, Path(folder), figures)[0]
    store = Path(found)
    manifest = read_manifest(store)
    if is_comparison(manifest):
        return write_comparison(read_comparison(store), store, figures)[0]
    files = {SUMMARY: under_origin(_summary(store, manifest), origin(manifest))}
    rows, whole = page_rows(store)
    study = study_of(rows, whole)
    told = cache(partial(story_of, study, whole))
    has_friends = (store / FRIENDS / MANIFEST).exists()
    friends = study_of(*page_rows(store / FRIENDS)) if has_friends else None

    def facts() -> Facts:
        found = page_facts(rows, whole, told) | {"place": str(store)}
        if friends:
            drawn = contrast(study, friends, found["answer"].chosen, found["origin"])
            found |= {"contrast": {"pictures": [drawn]}} if drawn else {}
        return found

    if figures.kind:
        shown = facts()
        parts = [shown, *(part for part in shown.values() if isinstance(part, dict))]
        files |= figures.of(one for part in parts for one in part.get("pictures", ()))
    files[PAGE] = page(capital(manifest.name), facts).encode()
    write_files(store, files)
    return store / PAGE


def page_rows(folder: str | Path) -> tuple[pd.DataFrame, Manifest]:
    """Read the columns of a store that the page, its sentences and `conclusions` need; refuse none,
    damaged ones, and those of versions without these columns.
    """
    held = read_manifest(folder).columns
    if held and (lacking := [name for name in NEEDED if name not in held]):
        what = ", ".join(lacking)
        raise InputError(
            [f"{folder}: holds no {what}: another version made it; 'qunlab export' reads it"]
        )
    chosen = [name for name in held if "." in name or name in NEEDED or name.startswith(FURTHER)]
    manifest, rows = read_store(folder, chosen)
    return rows, manifest


def conclusions(rows: pd.DataFrame, manifest: Manifest) -> list[str]:
    """Answer in five sentences, always in this order: how big, how often, what a packet buys, who
    is dead, what it costs; each with number, interval and definition, from replications played at
    every point; or say that it is unclear (under 2 Monte-Carlo errors) or not varied.
    """
    return [found.in_words() for found in five_answers(study_of(rows, manifest))]


def _summary(folder: Path, manifest: Manifest) -> pd.DataFrame:
    """Sum up all outcomes, some at a time, so that memory does not grow with their number."""
    known = [name for name in manifest.columns if name in outcomes_by_name()]
    others = [name for name in manifest.columns if "." in name or name == ERROR]
    found = []
    for at in range(0, max(1, len(known)), OUTCOMES_AT_ONCE):
        _, rows = read_store(folder, [*others, *known[at : at + OUTCOMES_AT_ONCE]])
        found.append(_summary_of(rows, manifest))
    return pd.concat(found).sort_values("point", kind="stable", ignore_index=True)


def _summary_of(rows: pd.DataFrame, manifest: Manifest) -> pd.DataFrame:
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


def page_facts(
    rows: pd.DataFrame, manifest: Manifest, told: Callable[[int], Story | None]
) -> Facts:
    """Find everything that the page of a sweep shows, in the language spoken; a section that it
    lacks is no key. `told` tells the story of a group of a point.
    """
    whole = manifest
    rows, manifest = by_particle(rows, manifest)
    study = study_of(rows, manifest)
    every, rows = rows, without_failures(rows)
    axes = choose_axes(study.levers if study.is_grid else ())
    facts = _played(every, study, manifest, whole)
    source = facts["origin"]
    answer = answer_of(study)
    story = told(answer.chosen) if answer.chosen >= 0 else None
    facts |= {"answer": answer, "pictures": pictures_of(study, answer, source, story)}
    if rows.empty:
        return facts
    facts |= {"dead": _deaths(study, rows, axes, source), "lives": _lives(rows, axes, source)}
    if not study.rows.empty:
        facts["definitions"] = {"tables": [tables.definitions_table(study)]}
        if axes.across:
            facts["scale"] = _scale(study, rows, axes, source)
        if with_role(study.levers, BUDGET):
            facts["packets"] = _packets(study, source)
    if study.particles > 1:
        facts["uncertainty"] = _uncertainty(study, rows)
    if len(manifest.scenarios) <= MOST_POINTS:
        facts["points"] = _every_point(study, rows)
    return facts


def _played(rows: pd.DataFrame, study: Study, manifest: Manifest, whole: Manifest) -> Facts:
    """Say what was played, how far, what stands in the way of a conclusion, and from what."""
    versions = ", ".join(f"{name} {number}" for name, number in whole.versions.items())
    digest = hashlib.sha256("".join(whole.scenarios).encode()).hexdigest()[:16]
    communities = manifest.communities * study.particles
    played = _(
        "{name} · {points:,} settings, {replications:,} simulated groups each, {days}, seed {seed}"
    )
    varied = [
        f"{capital(one.label)}: {listed([one.text(value) for value in one.values], 9)}."
        for one in study.several
    ]
    return {
        "study": study,
        "manifest": whole,
        "from": played.format(
            name=capital(_(whole.name)),
            points=len(manifest.scenarios),
            replications=whole.replications * study.particles,
            days=study.days,
            seed=whole.seed,
        ),
        "folded": "folded_sweep.html.jinja",
        "heads": (_("If you …, then …"), _("If you choose")),
        "warnings": [*_warnings(rows, study, whole, communities)],
        "number_of_points": len(manifest.scenarios),
        "conclusions": [*five_answers(study), *further_answers(study)],
        "varied": " ".join(varied),
        "clear_errors": CLEAR_ERRORS,
        "headline": _(HEADLINE.definition),
        "sections": ("policies.", "group.", "arrivals.", "operator."),
        "versions": versions,
        "digest": digest,
        "origin": (
            f"Origin: {whole.name}, seed {whole.seed}, {len(whole.scenarios)} scenarios "
            f"{digest}, code {whole.code}, {versions}"
        ),
    }


def _warnings(
    rows: pd.DataFrame, study: Study, manifest: Manifest, communities: int
) -> Iterator[str]:
    if failed := failures_in_words(rows):
        yield _(
            "{failed}. They are left out, and so is the whole replication from comparisons; the "
            "column error says of each why ('qunlab export')."
        ).format(failed=failed)
    if not study.is_grid:
        yield _(
            "The points are no grid ({kind}): the values of a lever do not meet the same others, "
            "so levers are not compared one by one. Every point stands in summary.csv."
        ).format(kind=manifest.kind.replace("_", " "))
    if len(rows) < communities:
        yield _(
            "Not finished: {rows:,} of {communities:,} communities have been played so far. "
            "Comparisons rest on the {n:,} replications that were played at every point; the same "
            "qunlab sweep command goes on."
        ).format(rows=len(rows), communities=communities, n=study.replications)
    if manifest.replications == 1:
        yield _("One replication a point: there is no interval, and no difference is clear.")
    elif manifest.replications < FEW_REPLICATIONS:
        yield _(
            "Only {n} replications a point: intervals are rough, and small differences are not "
            "clear."
        ).format(n=manifest.replications)


def _held(axes: Axes, further: Sequence[Lever | None] = ()) -> str:
    """Say at which values the levers stand that a picture does not show."""
    words = [lever.words(lever.usual) for lever in (*further, *axes.held) if lever]
    return _("Shown at {levers}.").format(levers=listed(words, 9)) if words else ""


def _deaths(study: Study, rows: pd.DataFrame, axes: Axes, source: str) -> Facts:
    """Show who had no silent week at all, and who was silent in the second one."""
    truths = {"alive": ~rows["lifetime_observed"], "dead": rows[DEAD]}
    drawn, grids, unknown = [], [], []
    maps = pictures.maps_of(study.by_day)
    for word, shown in maps.items():
        cells = pictures.share_cells(rows, axes, truths[word])
        unknown += [word] * bool(cells["share"].isna().any())
        caption = f"{shown.title}, %. {shown.definition}"
        grids.append(tables.share_grid(cells, axes, caption, f"{word}, %"))
        drawn += [pictures.heat(cells, axes, shown, source)] if axes.across else []
    return {
        "pictures": drawn,
        "tables": grids,
        "definitions": ". ".join(shown.definition for shown in maps.values()),
        "held": _held(axes),
        "unknown": unknown,
    }


def _lives(rows: pd.DataFrame, axes: Axes, source: str) -> Facts:
    found = pictures.curves(rows, axes)
    if found.empty:
        return {"pictures": []}
    return {
        "pictures": [pictures.survival(found, axes, source)],
        "tables": [tables.survival_table(found, axes)],
        "longest": float(found["time_days"].max()),
        "held": _held(axes, [axes.panels]),
        "several_sets": PARTICLE in rows,
    }


def _scale(study: Study, rows: pd.DataFrame, axes: Axes, source: str) -> Facts:
    assert axes.across
    n = each(rows.groupby("point").size())
    points = _marked(study)
    colour = with_role(study.levers, SIZE) or axes.across
    defined = f"{meanings(main_outcomes(ON_PAGE))} {_held(axes, [axes.panels])}"
    return {
        "pictures": [
            pictures.scale(pictures.means_by(rows, axes), axes, defined, source, n),
            pictures.front(points, colour, source),
        ],
        "tables": [tables.front_table(points, study.levers, axes)],
        "gains": listed([_(one.heading) for one in objectives()[:-1]]),
        "on_front": int(points["on_front"].sum()),
    }


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


def _packets(study: Study, source: str) -> Facts:
    worth = study.packet_worth
    if worth.empty:
        return {"known": False}
    drawn = [pictures.worth(worth, source)]
    return {"known": True, "pictures": drawn, "tables": [tables.worth_table(worth)]}


def _uncertainty(study: Study, rows: pd.DataFrame) -> Facts:
    """Show apart what more replications would make smaller, and what only better data does."""
    points = summary(rows, ["point"], [one.name for one in main_outcomes(ON_PAGE)])
    levers = rows.groupby("point")[[lever.key for lever in study.levers]].first()
    return {"tables": [tables.uncertainty_table(points, levers, study.levers)]}


def _every_point(study: Study, rows: pd.DataFrame) -> Facts:
    points = pictures.points_of(rows, study.levers)
    if not study.rows.empty:
        front = _marked(study).set_index("point")["on_front"]
        points["on_front"] = points["point"].map(front).fillna(False).astype(bool)
    shown = tables.points_table(points, study.levers)
    return {"tables": [shown], "meanings": meanings(main_outcomes(ON_PAGE))}
