"""Pictures of the lab as options of ECharts; they read well on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.lab.playing import BANDS, Shown
from sim.language import _
from sim.report.levers import FEN_PER_CNY
from sim.report.uncertainty import three
from sim.report.verdict import COST, POSTING
from sim.state import Array

OF_TEAM = "#d98a00"
OF_A, OF_B, INK, GRID = "#98a2ad", "#2386cb", "#7d8894", "rgba(128,140,150,.18)"
SHADES = {(0, 4): 0.13, (1, 3): 0.22}
ROOM_OF_ACTS = 9.0
FLATTENS = 1.4

Options = dict[str, Any]


def put(chart: Any, options: Options) -> None:
    """Let a chart show something else."""
    chart.options.clear()
    chart.options.update(options)
    chart.update()


def talk(shown: Shown) -> Options:
    """Draw the people who talk by day: median, 50 and 90 % of groups; acts of B's team hang from
    the top, as rain does in pictures of rivers.
    """
    series: list[Options] = []
    for name, colour, bands in zip("AB", (OF_A, OF_B), shown.talk, strict=True):
        if len(bands) < len(BANDS):
            continue
        shades = SHADES if name == "B" else {(1, 3): 0.25}
        for (low, high), strength in shades.items():
            series += _band(f"{name}{low}", bands[low], bands[high], colour, strength)
        series.append(_line(name, enumerate(bands[2].round(2).tolist(), 1), colour))
    done = shown.acts[1].sum(axis=0)
    series.append({
        "type": "bar", "name": _("acts of B's team"), "yAxisIndex": 1, "barMaxWidth": 4,
        "data": _points(enumerate(done.tolist(), 1)),
        "itemStyle": {"color": OF_TEAM, "opacity": 0.6},
    })  # fmt: skip
    options = _frame(_("day"), shown.talk[1].shape[-1], series)
    most = float(max(done.max(initial=0.0), 1e-9)) * ROOM_OF_ACTS
    _clip_first_day(options, shown)
    options["yAxis"] = [options["yAxis"], {"show": False, "min": 0, "max": most, "inverse": True}]
    return options


def lives(shown: Shown) -> Options:
    """Draw of how many groups in 100 no silent week has begun (Kaplan-Meier)."""
    names = shown.played.names
    series = []
    for name, plan, colour in zip("AB", names, (OF_A, OF_B), strict=True):
        curve = shown.lives[shown.lives["alternative"] == plan]
        days, alive = curve["time_days"].to_numpy(), 100.0 * curve["survival"].to_numpy()
        turns = np.flatnonzero(np.diff(alive, prepend=-1.0))
        turns = np.append(turns, len(days) - 1) if len(days) else turns
        steps = np.repeat(np.column_stack([days, alive])[turns], 2, axis=0)
        steps = np.column_stack([steps[1:, 0], steps[:-1, 1]])  # each level lasts to the next
        series.append(_line(name, steps.tolist(), colour))
    options = _frame(_("day"), shown.talk[1].shape[-1], series)
    options["yAxis"] |= {"max": 100}
    return options


def cost(shown: Shown) -> Options:
    """Draw what a group costs and how many people talk in it: each group, and the means."""
    series: list[Options] = []
    money, people = shown.played.values(COST)[:, 0], shown.played.values(POSTING)[:, 0]
    means = [shown.figures.loc[[COST, POSTING], one] for one in ("first", "second")]
    for at, (name, colour) in enumerate(zip("AB", (OF_A, OF_B), strict=True)):
        points = np.column_stack([money[at] / FEN_PER_CNY, people[at]])[:200].round(3)
        style = {"color": colour, "opacity": 0.25}
        series.append({"type": "scatter", "data": points.tolist(), "symbolSize": 4,
                       "itemStyle": style, "silent": True, "large": True})  # fmt: skip
        mean = [float(means[at][COST]) / FEN_PER_CNY, float(means[at][POSTING])]
        series.append({"type": "scatter", "name": name, "data": [mean], "symbolSize": 15, "z": 5,
                       "itemStyle": {"color": colour, "borderColor": "#fff", "borderWidth": 2},
                       "label": {"show": True, "formatter": name, "position": "top",
                                 "color": colour, "fontWeight": "bold"}})  # fmt: skip
    options = _frame(_("CNY a group"), None, series)
    options["xAxis"] |= {"scale": True, "min": None}
    return options


def _clip_first_day(options: Options, shown: Shown) -> None:
    """End the axis at what the later days need where the first would flatten them; say so."""
    tops = np.max([bands[-1] for bands in shown.talk if len(bands)] or [[0.0]], axis=0)
    first, later = float(tops[0]), float(tops[1:].max(initial=0.0))
    if first > FLATTENS * later > 0.0:
        step = 10.0 ** math.floor(math.log10(later)) / 2
        options["yAxis"]["max"] = step * math.ceil(later / step)
        words = _("day 1 goes on to {people}", people=three(first))
        looks = {"color": INK, "fontSize": 11, "fontWeight": "normal"}
        options["title"] = {"text": f"↑ {words}", "left": 60, "top": 28, "textStyle": looks}


def _band(name: str, low: Array, high: Array, colour: str, strength: float) -> list[Options]:
    """Fill between two lines: one that is not seen, and what lies on it."""
    plain = {
        "type": "line",
        "stack": name,
        "symbol": "none",
        "silent": True,
        "tooltip": {"show": False},
    }
    plain["lineStyle"] = {"width": 0}
    wide = {"areaStyle": {"color": colour, "opacity": strength}}
    return [
        plain | {"data": _points(enumerate(low.tolist(), 1)), "areaStyle": {"opacity": 0}},
        plain | wide | {"data": _points(enumerate((high - low).tolist(), 1))},
    ]


def _points(pairs: Any) -> list[list[float]]:
    return [[x, round(y, 2)] for x, y in pairs]


def _line(name: str, points: Any, colour: str) -> Options:
    data = _points(points)
    return {"type": "line", "name": name, "data": data, "showSymbol": len(data) == 1,
            "lineStyle": {"color": colour, "width": 2.5 if name == "B" else 2},
            "itemStyle": {"color": colour}, "symbol": "circle"}  # fmt: skip


def _frame(across: str, longest: float | None, series: Sequence[Options]) -> Options:
    axis = {"axisLine": {"show": False}, "axisTick": {"show": False},
            "axisLabel": {"color": INK, "hideOverlap": True},
            "splitLine": {"lineStyle": {"color": GRID}}}  # fmt: skip
    return {
        "animationDuration": 200, "animationDurationUpdate": 200,
        "grid": {"left": 40, "right": 14, "top": 10, "bottom": 38},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "value", "min": 0, "max": longest, "minInterval": int(bool(longest)),
                  "name": across, "nameLocation": "middle", "nameGap": 24, **axis,
                  "nameTextStyle": {"color": INK}, "axisPointer": {"label": {"precision": 0}},
                  "splitLine": {"show": False}},
        "yAxis": {"type": "value", "min": 0, **axis},
        "series": list(series),
    }  # fmt: skip
