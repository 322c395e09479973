"""Pictures of one group as options of ECharts: who is tied to whom; strips of days and of hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.lab.drawing import INK, OF_A, OF_B, OF_TEAM, Options, _frame, _line, _points
from sim.lab.watching import Seen
from sim.language import _
from sim.state import Array

GOOD = ("#c8452d", "#e9b44c", "#2f8f6b")


def network(seen: Seen, places: Array, what: tuple[str, str], chosen: int) -> Options:
    """Draw who is tied to whom: size by messages, colour by need, fatigue or trust (and its name).

    A member who is not there keeps its place, without size, so that nobody moves.
    """
    by, named = what
    level, size = seen.level(by).round(3).tolist(), (6 + 3 * np.sqrt(seen.posts)).clip(max=30)
    most = 1.0 if by != "fatigue" else max(1.0, float(np.ceil(max(level))))
    rim = {"borderColor": OF_TEAM, "borderWidth": 3}
    nodes: list[Options] = [
        {"name": str(slot), "x": at[0], "y": at[1], "value": level[slot],
         "symbolSize": max(size[slot], 13 * (slot == chosen)) * here,
         "itemStyle": rim if slot == chosen else {}}
        for slot, (at, here) in enumerate(zip(places, seen.members["present"], strict=True))
    ]  # fmt: skip
    links = [{"source": str(one), "target": str(other)} for one, other, _weight in seen.ties()]
    return {
        "animation": False,
        "tooltip": {"confine": True, "formatter": _("member {b}: {c}")},
        "visualMap": {"min": 0, "max": most, "orient": "horizontal", "left": "center", "bottom": 0,
                      "itemWidth": 8, "itemHeight": 90, "text": [f"{most:g}", f"{named}  0"],
                      "textStyle": {"color": INK},
                      "inRange": {"color": GOOD if by == "trust" else GOOD[::-1]}},
        "series": [{"type": "graph", "layout": "none", "preserveAspect": True, "roam": True,
                    "data": nodes, "links": links, "left": 8, "right": 8, "top": 8, "bottom": 28,
                    "lineStyle": {"color": INK, "opacity": 0.4}}],
    }  # fmt: skip


def strip(worlds: Sequence[Array], team: Array, last: float, at_day: int | None) -> Options:
    """Draw what comes of each world by day or hour, and the acts of the last one's team.

    `at_day` is where the team begins to do otherwise; A is grey, as in the policy lab.
    """
    plain = {"type": "bar", "barMaxWidth": 7, "itemStyle": {"color": OF_TEAM, "opacity": 0.8}}
    series = [plain | {"name": _("the team"), "data": _points(enumerate(team.tolist()))}]
    colours = (OF_A, OF_B)[-len(worlds) :]
    for name, colour, counts in zip("AB", colours, worlds, strict=False):
        line = _line(name, enumerate(counts.tolist()), colour)
        series.append(line | {"showSymbol": True, "symbolSize": 4})
    if at_day is not None:
        line = {"symbol": "none", "label": {"show": False}, "lineStyle": {"color": OF_TEAM}}
        series[0]["markLine"] = line | {"data": [{"xAxis": at_day}], "silent": True}
    options = _frame("", last, series)
    options["grid"] |= {"bottom": 20, "top": 14}
    options["yAxis"] |= {"minInterval": 1, "splitNumber": 2}
    return options
