"""The four pictures of a sweep's answer, and the group whose days the last one tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from sim import plots
from sim.errors import InputError
from sim.language import _
from sim.plots import Words
from sim.plots.answer import MOST_LINES
from sim.report.answer import POSTING, Answer, Points
from sim.report.levers import CADENCE, FEN_PER_CNY, Axes, Cell, Lever, choose_axes
from sim.report.pictures import Picture, cost_and_talk, curve_of, lives, share_cells
from sim.report.study import Study
from sim.report.uncertainty import PARTICLE, by_weight, particles_of
from sim.study.manifest import Manifest

SILENT_DAYS = 7


@dataclass(frozen=True)
class Story:
    """One group, day by day."""

    replication: int
    days: pd.DataFrame  # a row a day: looks, messages, acts, posters, silent
    groups: int  # of how many it is the median


def pictures_of(study: Study, answer: Answer, origin: str, story: Story | None) -> list[Picture]:
    """Draw an answer: the map, lives, cost against people talking, one group's story; those that
    its levers allow.
    """
    if answer.chosen < 0:
        return []
    points = Points(study)
    axes = choose_axes(points.levers)
    found = (
        _map(points, axes, answer.chosen, origin) if axes.across else None,
        _lives(points, answer, origin),
        _cost(points, answer, origin),
        _story(story, origin) if story else None,
    )
    return [*filter(None, found)]


def _map(points: Points, axes: Axes, chosen: int, origin: str) -> Picture:
    """Draw who lives by the leading two levers, further ones as at the chosen point."""
    held = [lever for lever in (axes.panels, *axes.held) if lever]
    rows, study = points.rows, points.study
    for lever in held:
        rows = rows[rows[lever.key] == points.value(chosen, lever)]
    plain = Axes(axes.across, axes.lines, None, ())
    cells = share_cells(rows, plain, rows["alive"])
    place = []
    for column, shown in (("x", axes.across), ("y", axes.lines)):
        place.append(axis_text(shown, points.value(chosen, shown)) if shown else "")
        if shown:
            texts = [axis_text(shown, value) for value in shown.values]
            cells[column] = cells[column].cat.rename_categories(texts)
    widest = 50.0 * float((cells["upper"] - cells["lower"]).max())
    caption = _(
        "Talking: no 7 days in a row without a member message. {groups} simulated groups a cell, "
        "95 % interval up to ±{widest:.0f}. Framed: the recommendation."
    ).format(groups=int(cells["n"].max()), widest=widest)
    if held:
        with_ = ", ".join(lever.words(points.value(chosen, lever)) for lever in held)
        shown_at = _("Shown: {levers}.").format(levers=with_)
        caption = f"{caption} {shown_at}"
    words = Words(
        _("Of 100 groups, how many still talk after {days}?").format(days=study.days),
        caption,
        axes.across.label if axes.across else "",
        "" if axes.lines is None or axes.lines.role == CADENCE else axes.lines.label,
        origin,
    )
    draw = partial(plots.share_maps, cells, chosen=(place[0], place[1]))
    return Picture("alive", words, draw, caption)


def axis_text(lever: Lever, value: Cell) -> str:
    """Write a value for an axis: whole words where posts are counted by day or week."""
    return lever.words(value) if lever.role == CADENCE else lever.text(value)


def _lives(points: Points, answer: Answer, origin: str) -> Picture | None:
    """Draw how long groups live at the chosen point and at up to three others of the options."""
    names = {option.point: option.words for option in answer.options}
    shown = {answer.chosen: points.words(answer.chosen)}
    left = [one for one in names if one not in shown]
    while left and len(shown) < MOST_LINES:
        near = {  # the next is least like any line that is drawn already
            one: min(abs(points.shares[one] - points.shares[other]) for other in shown)
            for one in left
        }
        farthest = max(left, key=near.__getitem__)
        if not near[farthest] > 0.0 and len(shown) > 1:
            break
        shown[farthest] = names[farthest]
        left.remove(farthest)
    rows = by_weight(points.rows[points.rows["lifetime_days"].notna()])
    found = []
    for point, name in shown.items():
        mine = rows[rows["point"] == point]
        if len(mine):
            found.append(curve_of(mine).assign(line=name))
    if not found:
        return None
    return lives(pd.concat(found, ignore_index=True), origin, _("Bold: the recommendation."))


def _cost(points: Points, answer: Answer, origin: str) -> Picture | None:
    drawn = pd.DataFrame({"cost": points.costs / FEN_PER_CNY, "gain": points.posted})
    names = {option.point: option.words for option in answer.options}
    drawn["name"] = [names.get(int(point), "") for point in drawn.index]
    drawn["chosen"] = drawn.index == answer.chosen
    drawn = drawn.dropna()
    if len(drawn) < 2:
        return None
    caption = _("Means. Blue: the recommendation; orange: its alternatives; grey: all others.")
    cost = _("cost of a group in {days}, CNY", days=points.study.days)
    return cost_and_talk(drawn, caption, cost, origin)


def _story(story: Story, origin: str) -> Picture:
    days = story.days
    silent = int(days["silent"].sum())
    caption = _(
        "The median of {groups} groups by people posting a day, replication {replication}: "
        "{messages:,} messages and {looks:,} looks of members, {acts:,} posts, answers and "
        "packets of operators."
    ).format(
        groups=story.groups,
        replication=story.replication,
        **{name: int(days[name].sum()) for name in ("messages", "looks", "acts")},
    )
    if silent:
        shaded = _("Shaded: {days} days within silences of 7 days or more.").format(days=silent)
        caption = f"{caption} {shaded}"
    words = Words(_("What does such a group look like?"), caption, _("day"), "", origin)
    titles = (
        _("looks a day"),
        _("members' messages a day"),
        _("operators' posts, answers and packets"),
    )
    return Picture("one_group", words, partial(plots.story, days, titles=titles))


def story_of(study: Study, manifest: Manifest, chosen: int) -> Story | None:
    """Play the median group of a point once more (by people posting a day, of an even number the
    lower): `manifest` is that of the store; None where its scenario cannot be put together again,
    or comes out otherwise by another version.
    """
    from sim.ensemble import simulate
    from sim.study.replay import scenario_of

    rows = study.rows[study.rows["point"] == chosen].dropna(subset=[POSTING])
    if rows.empty:
        return None
    row = rows.sort_values(POSTING, kind="stable").iloc[(len(rows) - 1) // 2]
    sets = particles_of(manifest)
    point = chosen * max(1, len(sets)) + (sets.index(row[PARTICLE]) if PARTICLE in row else 0)
    try:
        scenario = scenario_of(manifest, point)
        trace = simulate([scenario], [int(row["replication"])], manifest.seed_of(point), threads=1)
    except InputError:
        return None
    daily = trace.daily[0][: int(trace.days[0])]
    if daily["posting_members"].sum() != row["posting_member_days"]:
        return None
    return Story(int(row["replication"]), _days_of(daily), len(rows))


def _days_of(daily: np.ndarray) -> pd.DataFrame:
    from sim.state import UTTERANCES

    days = pd.DataFrame({"looks": daily["looks"], "posters": daily["posting_members"]})
    days["messages"] = sum(daily[kind] for kind in UTTERANCES)
    days["acts"] = sum(daily[f"operator_{what}"] for what in ("posts", "answers", "packets"))
    spoke = days["messages"] > 0
    stretch = spoke.cumsum()[~spoke]
    long = stretch.map(stretch.value_counts()) >= SILENT_DAYS
    days["silent"] = long.reindex(days.index, fill_value=False)
    return days
