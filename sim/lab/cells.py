"""The cells of a map: an outcome of a sweep at every point that two levers lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from sim.cases import known, said
from sim.errors import InputError
from sim.lab.choices import OF_THE_CASE, Choices, of_scenario
from sim.lab.drawing import GRID, INK, Options
from sim.language import N_, _, language
from sim.lives.outcomes import ALIVE, DEAD, ON_PAGE, TRUTH, main_outcomes, outcomes_by_name
from sim.report.answer import answer_of
from sim.report.drawn import axis_text
from sim.report.levers import Cell, Lever, choose_axes, levers_of
from sim.report.page import page_rows
from sim.report.study import study_of, without_failures
from sim.report.uncertainty import alike, as_numbers, by_particle, spanned, summary, three
from sim.scenario.scenario import items
from sim.study.compare import is_comparison
from sim.study.manifest import Manifest
from sim.study.replay import scenario_of
from sim.study.rows import ERROR, cell_of
from sim.study.store import MANIFEST, SHARD_FOLDER, find_store, read_store

DEEPEST, MOST_STORES, MOST_WRITTEN, MOST_GROUPS = 3, 50, 150, 40
AXES = N_(("across", "up"))
LIVED, ENDS = "lifetime_observed", ("mean", "lower", "upper")
SHADES = ("#f3ecd9", "#8fc3cf", "#0b5d8f")
DARK_FROM = 0.75
PASSED_OVER = re.compile(rf"\.|{SHARD_FOLDER.pattern}$").match


def stores_below(folder: Path) -> list[str]:
    """Name the folders of sweeps below a folder, few levels deep; hidden ones and shards are none.

    >>> stores_below(Path("configs"))
    []
    """
    files = [path for depth in range(DEEPEST + 1)
             for path in sorted(folder.glob("*/" * depth + MANIFEST))]  # fmt: skip
    found = [path.parent.relative_to(folder) for path in files]
    return [str(place) for place in found if not any(map(PASSED_OVER, place.parts))][:MOST_STORES]


@dataclass(frozen=True)
class View:
    """What of a sweep is looked at; what is empty is chosen."""

    store: str
    outcome: str = ALIVE.name
    across: str = ""
    up: str = ""
    point: int = -1

    @classmethod
    def read(cls, query: Mapping[str, str], stores: list[str]) -> View:
        """Read an address, which anybody may have written: known stores, outcomes, levers only."""
        asked = {name: query.get(name, "") for name in vars(cls(""))}
        store = asked["store"] if asked["store"] in stores else stores[0]
        manifest = find_store(store).manifest
        levers = [one.key for one in levers_of(manifest)]
        across, up = (asked[name] if asked[name] in levers else "" for name in AXES)
        outcome = asked["outcome"] if asked["outcome"] in outcomes_in(manifest) else ALIVE.name
        points = {f"{point}": point for point in range(len(manifest.scenarios))}
        return cls(store, outcome, across, up, points.get(asked["point"], -1))

    def address(self) -> str:
        """Write it as parts of an address."""
        return urlencode({name: one for name, one in vars(self).items() if one not in ("", -1)})


def outcomes_in(manifest: Manifest) -> dict[str, str]:
    """Name the outcomes that a store holds in words, the most prominent first."""
    here = outcomes_by_name().keys() & manifest.columns.keys()
    first = [one.name for one in main_outcomes(ON_PAGE) if one.name in here]
    names = (*first, *sorted(here - {*first}))
    return {ALIVE.name: _("groups alive of 100"), **{name: said(known(name))[0] for name in names}}


def rows_with(store: str, names: list[str]) -> tuple[pd.DataFrame, Manifest, int]:
    """Read some columns of the groups that did not fail; how many rows there will be."""
    manifest = find_store(store).manifest
    levers = [key for key in manifest.columns if "." in key]
    _same, rows = read_store(store, [*levers, ERROR, *names])
    rows, points = by_particle(rows, manifest)
    return without_failures(rows), points, manifest.communities


@cache
def answer_in(store: str, _stored: int, _language: str) -> tuple[str, ...]:
    """Say what ``qunlab sweep`` says first, of all replications played at every point."""
    with suppress(InputError):  # another version made it
        rows, manifest = page_rows(store)
        if not is_comparison(manifest):
            found = answer_of(study_of(rows, manifest))
            return (found.headline, *found.detail[:1])
    return ()


@dataclass(frozen=True)
class Cells:
    """What a view shows: of every point the mean of the outcome, as on the page of the sweep."""

    view: View
    manifest: Manifest  # of the points alone, where there are parameter sets
    stored: int  # rows there are
    whole: int  # rows of the finished store
    frame: pd.DataFrame  # by point: mean, lower, upper, as people read them
    answer: tuple[str, ...]  # what to do

    @classmethod
    def of(cls, view: View) -> Cells:
        """Read what is stored by now."""
        stored = find_store(view.store).rows_stored()
        name = LIVED if view.outcome == ALIVE.name else view.outcome
        rows, manifest, whole = rows_with(view.store, [name])
        found, answer = pd.DataFrame(columns=[*ENDS]), tuple[str, ...]()
        if view.outcome == ALIVE.name:
            rows, name = rows.assign(**{DEAD: 1.0 - as_numbers(rows[LIVED])}), DEAD  # a truth
        if not rows.empty:
            found = summary(rows, ["point"], [name]).set_index("point")[[*ENDS]]
            answer = answer_in(view.store, stored, language())
        scale = said(known(view.outcome))[1]
        return cls(view, manifest, stored, whole, scale * found, answer)

    def has_grown(self) -> bool:
        """Say whether a part was added since."""
        return find_store(self.view.store).rows_stored() > self.stored

    @property
    def is_grid(self) -> bool:
        """Whether values stand in rows and columns."""
        return self.manifest.kind == "grid" or is_comparison(self.manifest)

    @cached_property
    def levers(self) -> list[Lever]:
        """The levers with several values."""
        return [one for one in levers_of(self.manifest) if one.several]

    @cached_property
    def axes(self) -> tuple[Lever | None, Lever | None]:
        """The levers across and up: those asked for, else the leading ones."""
        chosen = choose_axes(self.levers)
        by_key = {one.key: one for one in self.levers}
        across = by_key.get(self.view.across, chosen.across)
        up = by_key.get(self.view.up, chosen.lines)
        others = [chosen.lines, chosen.across]
        return across, next((one for one in (up, *others) if one is not across), None)

    def values(self, point: int) -> dict[str, Cell]:
        """Return the values of the levers at a point, as rows have them."""
        return dict(zip(self.manifest.levers, map(cell_of, self.manifest.row(point)), strict=True))

    def shown(self) -> list[int]:
        """List the points of the map: what is on no axis is as at the point looked at, or usual."""
        held = [one for one in self.levers if one not in self.axes]
        if not self.is_grid:
            return [int(point) for point in self.frame.index]
        at = self.values(self.view.point) if self.view.point >= 0 else {}
        wanted = {one.key: at.get(one.key, one.usual) for one in held}
        return [int(point) for point in self.frame.index
                if wanted.items() <= self.values(int(point)).items()]  # fmt: skip

    def words(self, point: int) -> str:
        """Name a point by its levers."""
        values = self.values(point)
        return _(", ").join(one.words(values[one.key]) for one in self.levers) or f"{point}"

    def written(self, point: int) -> str:
        """Write the mean of a point with its interval."""
        row = self.frame.loc[point]
        return spanned(*alike([float(row[name]) for name in ENDS]))

    def options(self) -> Options:
        """Draw the map: a colour a cell, of a sampled design a dot a point."""
        points, is_grid = self.shown(), self.is_grid
        means = self.frame.loc[points, "mean"].dropna()
        low, high = (float(means.min()), float(means.max())) if len(means) else (0.0, 1.0)
        data = []
        for point, mean in sorted(means.items(), key=lambda one: one[0] == self.view.point):
            values, dark = self.values(point), (mean - low) > DARK_FROM * (high - low)
            places = [self._place(one, values, is_grid) for one in self.axes]
            label = {"formatter": three(float(mean)), "color": "#fff" if dark else "#1f2a33"}
            tip = {"formatter": f"{escape(self.words(point))}<br><b>{self.written(point)}</b>"}
            frame = {"borderColor": "#d98a00", "borderWidth": 3} if point == self.view.point else {}
            data.append({"value": [*places, float(mean)], "name": str(point), "label": label,
                         "tooltip": tip, "itemStyle": frame})  # fmt: skip
        across, up = (self._axis(one, is_grid) for one in self.axes)
        up |= {"nameLocation": "end", "nameGap": 12}
        up["nameTextStyle"] = {"color": INK, "align": "left"}
        return {
            "animation": False, "tooltip": {"confine": True}, "textStyle": {"color": INK},
            "grid": {"left": 8, "right": 16, "top": 36, "bottom": 66, "containLabel": True},
            "xAxis": across, "yAxis": up,
            "visualMap": {
                "min": low, "max": high if high > low else low + 1, "orient": "horizontal",
                "left": "center", "bottom": 0, "itemHeight": 120, "itemWidth": 12,
                "text": [three(high), three(low)], "textStyle": {"color": INK},
                "inRange": {"color": list(SHADES)}, "dimension": 2,
            },
            "series": [{
                "type": "heatmap" if is_grid else "scatter", "data": data, "symbolSize": 16,
                "label": {"show": is_grid and len(data) <= MOST_WRITTEN, "fontSize": 12},
                "itemStyle": {"borderColor": GRID, "borderWidth": 1},
            }],
        }  # fmt: skip

    def _place(self, lever: Lever | None, values: Mapping[str, Cell], is_grid: bool) -> Any:
        if lever and lever.numeric and not is_grid:
            return lever.number(values[lever.key])
        return lever.values.index(values[lever.key]) if lever else 0

    def _axis(self, lever: Lever | None, is_grid: bool) -> Options:
        axis = {"axisLabel": {"color": INK}, "nameTextStyle": {"color": INK}, "scale": True}
        axis |= {"name": _(lever.label) if lever else "", "nameLocation": "middle", "nameGap": 28}
        if lever and lever.numeric and not is_grid:
            return axis | {"type": "value", "splitLine": {"lineStyle": {"color": GRID}}}
        texts = [axis_text(lever, one) for one in lever.values] if lever else [""]
        return axis | {"type": "category", "data": texts}

    def groups(self) -> pd.DataFrame:
        """Read the groups of the point looked at, as people read them: replication, main outcomes.

        A group alive counts 100, another 0.
        """
        own = [name for name in (self.view.outcome,) if name != ALIVE.name]
        names = [one.name for one in main_outcomes(ON_PAGE) if one.name in self.manifest.columns]
        shown = ["replication", LIVED, *dict.fromkeys([*own, *names])]
        rows = rows_with(self.view.store, shown[1:])[0]
        rows = rows.loc[rows["point"] == self.view.point, shown].rename(columns={LIVED: ALIVE.name})
        rows[ALIVE.name] = 1.0 - as_numbers(rows[ALIVE.name])
        scales = {name: said(known(name))[1] for name in rows.columns[1:]}
        return rows.assign(**{name: by * as_numbers(rows[name]) for name, by in scales.items()})

    def written_groups(self) -> list[list[str]]:
        """Write heads, the means of the point looked at, its groups; a truth as yes or no."""
        rows, names = self.groups(), outcomes_in(self.manifest)
        keys = rows.columns[1:]
        truths = [ALIVE.name, *(key for key in keys if known(key).unit == TRUTH)]
        rounded = {key: rows[key].map(three) for key in keys}
        for key in truths:
            rounded[key] = rows[key].map({100.0: _("yes"), 0.0: _("no")})
        heads = [_("group"), *(names[key] for key in keys)]
        mean = [_("mean of {n}", n=len(rows)), *(three(rows[key].mean()) for key in keys)]
        cut = rows.assign(**rounded).fillna("").head(MOST_GROUPS)
        return [heads, mean, *([*map(str, row)] for row in cut.itertuples(index=False))]

    def choices(self) -> Choices | None:
        """Return the point's scenario as the policy lab has it; None where an address cannot."""
        with suppress(InputError, KeyError):  # code of its own; without a policy that all have
            scenario = scenario_of(self.manifest, self.view.point)
            found = of_scenario(scenario)
            there = dict(items(found.scenario()))
            wanted = {key: one for key, one in items(scenario) if key not in OF_THE_CASE}
            if all(there.get(key) == one for key, one in wanted.items()):
                return found
        return None
