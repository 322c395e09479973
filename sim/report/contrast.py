"""A study of friends beside one of strangers: the same cadences, and what becomes of each group."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from sim import plots
from sim.language import _
from sim.plots import Words
from sim.report.answer import Points
from sim.report.levers import BUDGET, CADENCE, SIZE
from sim.report.pictures import Picture
from sim.report.study import Study


def contrast(strangers: Study, friends: Study, chosen: int, origin: str) -> Picture | None:
    """Draw how many groups live at the cadences of `friends`: theirs, strangers of that size, and
    strangers of the size of the chosen point, all without packets; nothing where the two studies
    do not vary these.
    """
    drawn = pd.DataFrame(_cells(Points(strangers), Points(friends), chosen))
    if drawn.empty:
        return None
    for name in ("panel", "x", "y"):
        drawn[name] = pd.Categorical(drawn[name], list(dict.fromkeys(drawn[name])))
    caption = _(
        "Of 100 groups, how many still talk after {days}; {groups} simulated groups a cell, 95 % "
        "interval up to ±{widest:.0f}. Friends knew each other before, and want to be there."
    ).format(
        days=friends.days,
        groups=friends.replications,
        widest=50.0 * float((drawn["upper"] - drawn["lower"]).max()),
    )
    words = Words(_("And a group of friends?"), caption, footer=origin)
    return Picture("friends", words, partial(plots.share_maps, drawn))


def _cells(strangers: Points, friends: Points, chosen: int) -> Iterator[dict[str, object]]:
    cadence = friends.lever(CADENCE)
    size, budget = strangers.lever(SIZE), strangers.lever(BUDGET)
    if not (cadence and size and budget):
        return
    small = friends.study.manifest.settings["group.size"]
    large = strangers.value(chosen, size) if chosen >= 0 else size.values[-1]
    columns = [(_("Friends"), small, friends.values)]
    for members in dict.fromkeys((small, large)):
        own = (strangers.values[size.key] == members) & (strangers.values[budget.key] == 0)
        columns.append((_("Strangers"), members, strangers.values[own]))
    for who, members, values in columns:
        points = friends if values is friends.values else strangers
        for posts in cadence.values:
            at = values.index[values[cadence.key] == posts]
            if at.empty:
                continue
            share = points.share(int(at[0]))
            yield {
                "panel": "",
                "x": f"{who}\n{size.words(members)}",
                "y": cadence.words(posts),
                "share": share.value,
                "lower": share.lower,
                "upper": share.upper,
            }
