"""The map: an outcome of a sweep over two of its levers; a cell's groups, page and scenario."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from nicegui import ui

from sim.cases import known
from sim.lab.cells import AXES, Cells, View, outcomes_in, stores_below
from sim.lab.page import Page, Tab
from sim.lab.pieces import Work, command, flat, heading, lines, sides, table
from sim.language import N_, _
from sim.lives.outcomes import ALIVE
from sim.report.page import write_report
from sim.scenario import to_toml
from sim.study.design import load_design
from sim.study.replay import scenario_of
from sim.study.store import MANIFEST
from sim.study.sweep import sweep

LOOK_EVERY_SECONDS = 2.0
FIRST, STORE = "scale_vs_activity", "results/first"


class MapTab:
    """The tab as one browser has it."""

    def __init__(self, page: Page) -> None:
        self.page, self.work, self.writing = page, Work(page), Work(page)
        own = [str(page.given)] if page.given and TAB.takes(page.given) else []
        self.stores = [*own, *stores_below(Path())]
        self.cells: Cells | None = None
        if not self.stores:
            self.empty()
            return
        with page.speaking():
            self.view = View.read(page.query, self.stores)
            self.cells = Cells.of(self.view)
            sides(_("Levers"), self.left, self.right)
            ui.timer(LOOK_EVERY_SECONDS, page.on(self.grow))

    @ui.refreshable_method
    def empty(self, is_playing: bool = False) -> None:
        """Offer a first sweep, or show how far it is."""
        what = _("How big, how many posts, how much in red packets? {n:,} groups, half a minute.")
        kept = _("What is played before a stop is kept; the command goes on from it.")
        words, act = (_("Stop"), self.work.stop.set) if is_playing else (_("Play it"), self.play)
        with ui.element("main").classes("lab-empty"):
            heading(_("There is no sweep below this folder yet."), 1)
            lines((what.format(n=load_design(FIRST).communities), kept))
            with ui.element("div").classes("row items-center q-gutter-md q-my-sm"):
                ui.button(words, on_click=self.page.on(act)).props("dense unelevated no-caps")
                says = ui.label().props("aria-live=polite")
            command(self.page, shlex.join(["qunlab", "sweep", FIRST, "--out", STORE]), "")
        tell = _("{share:.0%} played")
        if is_playing:
            ui.timer(0.5, lambda: says.set_text(tell.format(share=self.work.share)))

    def play(self) -> None:
        """Play it as the command does."""

        def show(_result: object) -> None:
            is_map = stores_below(Path()) and not self.work.is_refused  # why stays to be read
            ui.navigate.to(TAB.path) if is_map else self.empty.refresh(False)

        self.work.begin(lambda told: sweep(load_design(FIRST), STORE, progress=told), show)
        self.empty.refresh(True)

    def go(self, **changes: Any) -> None:
        """Look at something else."""
        self.view = replace(View(changes["store"]) if "store" in changes else self.view, **changes)
        ui.navigate.history.replace(f"{TAB.path}?{self.view.address()}")
        view = self.view
        self.work.begin(lambda _told: Cells.of(view), self.show)

    def grow(self) -> None:
        """Read a store anew that a sweep goes on writing to."""
        cells = self.cells
        if cells and cells.stored < cells.whole and cells.has_grown():
            self.go()

    def show(self, cells: Cells | None) -> None:
        """Show what was read."""
        if cells and self.cells:
            had, self.cells = self.cells, cells
            if (had.view, had.shown()) != (cells.view, cells.shown()):  # an open list stays open
                self.left.refresh()
            self.right.refresh()

    @ui.refreshable_method
    def left(self) -> None:
        """Build what is chosen from."""
        assert self.cells
        cells, view = self.cells, self.view
        self.choice(_("sweep"), {one: one for one in self.stores}, view.store, "store")
        outcomes = outcomes_in(cells.manifest)
        self.choice(_("what is shown"), outcomes, view.outcome, "outcome")
        levers = {one.key: one.name for one in cells.levers}
        for name, words, lever in zip(AXES, map(_, AXES), cells.axes, strict=True):
            self.choice(words, levers, lever.key if lever else None, name)
        points = {one: cells.words(one) for one in cells.shown()}
        self.choice(_("cell"), points, view.point if view.point in points else None, "point")
        meant = _(known(view.outcome).definition)
        if view.outcome == ALIVE.name:
            meant = _("A silent week: 7 days in a row without a member message")
        lines((meant,), "lab-foot q-mt-sm")

    def choice(self, words: str, known: Mapping[Any, str], value: Any, name: str) -> None:
        """Build a choice of what is looked at."""
        form = ui.select(dict(known), value=value, label=words, with_input=len(known) > 8)
        form.props("dense outlined options-dense").classes("w-full q-mt-sm")
        form.on_value_change(self.page.on(lambda event: self.go(**{name: event.value})))

    @ui.refreshable_method
    def right(self) -> None:
        """Show the map, and what is behind the cell looked at."""
        assert self.cells
        cells, view = self.cells, self.view
        title = outcomes_in(cells.manifest)[view.outcome]
        if cells.answer:
            heading(cells.answer[0], 1)
            lines(cells.answer[1:])
        with ui.element("div").classes("lab-plot lab-map").props(f'role=img aria-label="{title}"'):
            with ui.element("div").classes("lab-title row items-center"):
                ui.label(title)
                says = _("{stored:,} of {whole:,} groups", stored=cells.stored, whole=cells.whole)
                ui.label(says).classes("lab-foot q-ml-md").props("aria-live=polite")
            click = self.page.on(lambda event: self.go(point=int(event.name)))
            ui.echart(cells.options(), on_point_click=click)
        if view.point in cells.frame.index:
            self.cell(cells)
        else:
            lines((_("Click a cell: its groups, its page, its scenario."),))
        words = shlex.join(["qunlab", "export", view.store, "--to", "rows.csv"])
        command(self.page, words, _("Means of the rows that this command writes."))

    def cell(self, cells: Cells) -> None:
        """Show the groups of a cell."""
        point = cells.view.point
        with ui.element("div").classes("lab-bar"):
            heading(_("{words}: {value}", words=cells.words(point), value=cells.written(point)))
            ui.space()
            if choices := cells.choices():
                ui.link(_("Open in the policy lab"), f"/{choices.address()}")
            flat(self.page, _("Its scenario"), self.save, "save")
            flat(self.page, _("Page of the sweep"), self.write, "article")
        heads, *rows = cells.written_groups()
        table(heads, rows)

    def save(self) -> None:
        """Hand the scenario of the cell over."""
        if self.cells:
            text = to_toml(scenario_of(self.cells.manifest, self.view.point), comments=True)
            ui.download.content(text, f"point_{self.view.point}.toml")

    def write(self) -> None:
        """Write the page of the sweep, as ``qunlab sweep`` does, and hand it over."""
        store, hand = self.view.store, partial(ui.download.content, filename="report.html")
        ui.notify(_("The page is being written …"))
        self.writing.begin(
            lambda _told: write_report(store).read_bytes(), lambda page: page and hand(page)
        )


TAB = Tab("/map", N_("Map"), MapTab, lambda path: (path / MANIFEST).is_file())
