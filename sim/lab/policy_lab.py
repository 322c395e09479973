"""The policy lab: on the left people and what is done, on the right what comes of it."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from nicegui import run, ui

from sim.allowed import Value
from sim.cases import CASES, read_case
from sim.errors import InputError
from sim.lab import drawing
from sim.lab.choices import BASE, WORLDS, A, B, Choices, Moves, of_case
from sim.lab.levers import NOBODY, Lever, about, as_number, levers_by_head, main_levers
from sim.lab.page import Page, Tab, icon_button
from sim.lab.playing import INCOME, SATISFACTION, Kept, Shown, play
from sim.language import N_, _, in_language, recast
from sim.lives.outcomes import ALIVE
from sim.report.pages import PAGE, write_page
from sim.report.shell import Files
from sim.report.uncertainty import alike, spanned
from sim.report.verdict import COST, IN_BRIEF, POSTING
from sim.scenario.loading import PEOPLE, PRESET, shipped_files
from sim.scenario.scenario import items
from sim.study.compare import BETTER, write_tables

PEOPLE_SAID = N_(
    {
        "app_users": "users of a fitness app",
        "beauty_buyers": "buyers of cosmetics",
        "buyers": "buyers, by a card in the parcel",
        "camp_members": "members of a paid camp",
        "class_goers": "people of the same classes",
        "course_buyers": "buyers of a course",
        "employees": "employees of one firm",
        "fans": "fans of a maker of devices",
        "hobbyists": "people of one hobby",
        "mothers": "mothers who share a hardship",
        "paid_readers": "paying readers of a host",
        "self_joiners": "who joined by themselves",
        "shop_visitors": "visitors of a shop",
        "strangers_qr": "strangers by a QR code",
        "students": "students of one year",
        "super_users": "most active app users",
        "week_learners": "learners of a week's plan",
    }
)
WORLDS_SAID = N_(("friends, classes, work", "rooms of learners", "streams of work"))
HORIZONS, GROUPS = (14, 30, 90, 180), (100, 200, 400)
PAUSE_SECONDS = 0.12
KEPT = Kept()
Draw = Callable[[Shown], drawing.Options]
# title, outcome, factor of what is shown, what stands behind the number
CARDS = (
    (N_("groups alive of 100"), ALIVE.name, 100.0),
    (N_("people talking a day"), POSTING, 1.0),
    (N_("satisfaction, 0 to 1"), SATISFACTION, 1.0),
    (N_("cost of a group, CNY"), COST, 0.01),
)


RUNNING: WeakSet[PolicyLab] = WeakSet()


def stop_all() -> None:
    """Stop what every browser plays."""
    for one in RUNNING:
        one.stop.set()


class PolicyLab:
    """The tab as one browser has it."""

    def __init__(self, page: Page) -> None:
        self.page, self.client = page, ui.context.client
        own = {"file": str(page.given)} if page.given and TAB.takes(page.given) else {}
        self.files = (*own.values(), *WORLDS)
        self.moves = Moves(Choices(file=own.get("file", BASE)))
        with page.speaking():
            self.moves = Moves(Choices.read(own | dict(page.query), self.files))
        self.stop = threading.Event()
        RUNNING.add(self)
        self.client.on_delete(lambda: self.stop.set())
        self.shown: Shown | None = None
        self.head, self.is_open = "policies.cadence", False
        with ui.element("main").classes("lab"):
            with ui.element("aside").classes("lab-left").props(f'aria-label="{_("Levers")}"'):
                self.left()
            with ui.element("section").classes("lab-right").props(f'aria-label="{_("Results")}"'):
                self.right()
        self.start()

    # --- moving ---

    def move(self, choices: Choices, anew: bool = True) -> None:
        """Go on to other choices; `anew`: the left side shows them."""
        try:
            choices.alternatives()
        except InputError as wrong:
            self.page.tell(wrong)
            anew = True
        else:
            self.moves = self.moves.to(choices)
        self.after(anew)

    def after(self, anew: bool) -> None:
        """Play what is chosen now, and write it into the address."""
        with self.client:  # what was moved may be gone once the left side is built anew
            if anew:
                self.left.refresh()
            ui.navigate.history.replace(f"{TAB.path}{self.moves.now.address()}")
        self.start()

    def set(self, lever: Lever, shown: Any) -> None:
        """Move a lever of B."""
        now = self.moves.now
        if lever.clears and (cleared := self.cleared(lever)):
            now = now.put(lever.clears, cleared)
        bare = now.put(lever.key, None)
        value = lever.absent if shown == NOBODY else lever.read(shown)
        same = shown == NOBODY or value == lever.value_in(bare.scenario())
        self.move(bare if same else bare.put(lever.key, value), False)

    def set_number(self, name: str, event: Any) -> None:
        """Set days or groups, of both plans."""
        self.move(replace(self.moves.now, **{name: event.value}), False)

    def choose_case(self, name: str) -> None:
        """Let B be a case, A the same people as the shipped file has them."""
        now = self.moves.now
        self.move(replace(of_case(name), groups=now.groups) if name else Choices(groups=now.groups))

    def undo(self) -> None:
        """Take the last move back."""
        self.moves = self.moves.undone()
        self.after(True)

    # --- playing ---

    def start(self) -> None:
        """Stop what is played and play what is chosen."""
        self.stop.set()
        self.stop = threading.Event()
        self.results.classes(add="lab-old")
        self.page.soon(self.run(self.stop))

    async def run(self, stop: threading.Event) -> None:
        """Play until all groups are there or the next move; show every batch."""
        await asyncio.sleep(PAUSE_SECONDS)
        now = self.moves.now
        if stop.is_set():
            return
        steps = play(now.alternatives(), now.groups, now.seed, stop, KEPT)
        while not stop.is_set() and (shown := await run.io_bound(next, steps, None)):
            if not stop.is_set():
                with self.client, in_language(self.page.language):
                    self.show(shown)
        await run.io_bound(steps.close)

    def show(self, shown: Shown) -> None:
        """Show what is known after a batch."""
        self.shown = shown
        self.results.classes(remove="lab-old")
        self.says.set_text(
            _(
                "{groups} of {wanted} groups each, {seconds:.1f} s",
                groups=shown.groups,
                wanted=shown.wanted,
                seconds=shown.seconds,
            )
        )
        self.fault.set_text(recast(shown.failed))
        self.fault.set_visibility(bool(shown.failed))
        for title, name, scale in CARDS:
            row = shown.figures.loc[name]
            first, second = alike([scale * row["first"], scale * row["second"]])
            span = alike([scale * row[one] for one in ("difference", "lower", "upper")])
            big, before, gap = self.cards[title]
            big.set_text(second)
            before.set_text(f"A: {first}")
            if name == COST and any(shown.figures.loc[INCOME, ["first", "second"]]):
                earned = [0.01 * one for one in shown.figures.loc[INCOME, ["first", "second"]]]
                words = _("A: {value} · income {more}, A: {less}")
                less, more = alike(earned)
                before.set_text(words.format(value=first, more=more, less=less))
            brief = IN_BRIEF.get(row["answer"], "")
            known = [spanned(*span)] if row["pairs"] else []
            said = " · ".join([*known, *([_(brief)] if brief else [])])
            gap.set_text(f"B − A: {said}")
            wins = row["answer"].endswith(BETTER)
            better = wins and row["answer"] == row["alternative"] + BETTER
            for name, now_so in (("better", better), ("worse", wins and not better)):
                gap.classes(**{"add" if now_so else "remove": name})
        for chart, draw in self.charts.items():
            chart.options.clear()
            chart.options.update(draw(shown))
            chart.update()
        now = self.moves.now
        self.done.set_text(drawing.acts_in_words(shown.acts[1], now.days))
        self.command.set_text(now.command())

    # --- keeping ---

    def copy(self) -> None:
        """Copy the command that prints these figures."""
        ui.clipboard.write(self.moves.now.command())
        ui.notify(_("The command is copied: it prints these figures."))

    def save(self) -> None:
        """Save both plans as scenario files."""
        for side in (A, B):
            ui.download.content(self.moves.now.file_of(side), f"{side}.toml")

    def write(self, kind: str) -> None:
        """Write the page of the comparison, its pictures or its tables."""
        if self.shown:
            self.page.soon(self.written(self.shown, kind))

    async def written(self, shown: Shown, kind: str) -> None:
        """Write it beside, and hand it over."""
        files = await run.io_bound(_files, shown, kind, self.page.language) or {}
        with self.client:
            for name, held in files.items():
                ui.download.content(held, name)

    # --- the left side ---

    @ui.refreshable_method
    def left(self) -> None:
        """Build people and levers."""
        now, on = self.moves.now, self.page.on
        scenario = now.scenario()
        cases = {"": _("a group of your own"), **{name: name for name in shipped_files(CASES)}}
        case = next((name for name in cases if name and _is_case(now, name)), "")
        chosen = ui.select(cases, value=case, label=_("case"), with_input=True)
        chosen.props("dense outlined options-dense").classes("w-full")
        chosen.on_value_change(on(lambda event: self.choose_case(event.value or "")))
        if case:
            ui.label(read_case(case).story[self.page.language]).classes("lab-foot")
        ui.label(_("Who the people are")).classes("lab-h").props("role=heading aria-level=2")
        with ui.element("div").classes("lab-people"):
            for file in self.files:
                words = _(WORLDS_SAID[WORLDS.index(file)]) if file in WORLDS else Path(file).stem
                pressed = now.file == file and not now.people
                self.person(words, {"file": file, "people": ""}, pressed)
            for name in shipped_files(PEOPLE):
                words = _(PEOPLE_SAID.get(name, name))
                self.person(words, {"people": name}, now.people == name)
        ui.label(_("What is done in plan B")).classes("lab-h").props("role=heading aria-level=2")
        presets = {"": _("as the file has it")} | {x: x for x in shipped_files("policies")}
        preset = ui.select(presets, value=dict(now.b).get(PRESET, ""), label=_("ready-made plan"))
        preset.props("dense outlined options-dense").classes("w-full")
        preset.on_value_change(on(self.choose_preset))
        for lever in main_levers():
            self.lever(lever, lever.value_in(scenario))
        self.numbers(now)
        with ui.expansion(_("More levers")).classes("w-full").props("dense") as more:
            more.value = self.is_open
            more.on_value_change(on(self.opened))
            self.more()

    def choose_preset(self, event: Any) -> None:
        """Let B's team do what a ready-made plan says, and nothing else."""
        self.move(self.moves.now.put(PRESET, event.value or None))

    def person(self, words: str, chosen: Mapping[str, Any], pressed: bool) -> None:
        """Build the card of some people."""
        card = ui.element("button").classes("lab-person")
        card.props(f"type=button aria-pressed={str(pressed).lower()}")
        card.on("click", self.page.on(lambda: self.move(replace(self.moves.now, **chosen))))
        with card:
            ui.label(words)

    def numbers(self, now: Choices) -> None:
        """Build what is not of a plan: days, groups, seed."""
        for name, title, usual in (
            ("days", _("how many days"), HORIZONS),
            ("groups", _("how many groups"), GROUPS),
        ):
            ui.label(title).classes("lab-h")
            value = getattr(now, name)
            shown = {one: f"{one:g}" for one in sorted({*usual, value})}
            toggle = ui.toggle(shown, value=value).props("dense no-caps unelevated")
            toggle.props(f'aria-label="{title}"')
            toggle.on_value_change(self.page.on(partial(self.set_number, name)))

    def lever(self, lever: Lever, value: Value) -> None:
        """Build a lever."""
        with ui.element("div").classes("lab-lever"):
            with ui.element("div").classes("lab-top"):
                ui.label(lever.label).tooltip(lever.help)
                grade = ui.label(lever.grade).classes("lab-grade")
                grade.tooltip(_("grade of evidence: {grade}", grade=lever.grade))
                told = ui.element("b")
            self.form(lever, value, told)

    def form(self, lever: Lever, value: Value, told: ui.element) -> None:
        """Build what a lever is moved with: slider, choice, switch or field."""
        on, allowed = self.page.on, lever.allowed
        label = f'aria-label="{lever.label}"'
        if lever.stops:
            stops = sorted({*lever.stops, float(value)})  # type: ignore[arg-type]
            with told:
                said = ui.label(lever.written(value))

            def moved(event: Any) -> None:
                said.set_text(lever.written(stops[int(event.value)]))
                self.set(lever, stops[int(event.value)])

            at = stops.index(float(value))  # type: ignore[arg-type]
            ui.slider(min=0, max=len(stops) - 1, value=at, on_change=on(moved)).props(label)
        elif allowed.kind is bool:
            ui.switch(
                value=bool(value), on_change=on(lambda event: self.set(lever, event.value))
            ).props(label)
        elif allowed.choices:
            words = {one: _(one) for one in allowed.choices}
            words |= {NOBODY: _(NOBODY)} if lever.absent == NOBODY and not self.has(lever) else {}
            chosen: Any = list(value) if isinstance(value, tuple) else value
            form = ui.select(words, value=chosen, multiple=allowed.many)
            form.on_value_change(on(lambda event: self.set(lever, event.value)))
            form.props(f"dense outlined options-dense {label}").classes("w-full")
        else:
            text = ui.input(value=lever.written(value)).props(f"dense outlined {label}")
            number = allowed.kind in (int, float) and not allowed.many
            read = as_number if number else str
            text.on("change", on(lambda: self.set(lever, read(text.value))))

    def has(self, lever: Lever) -> bool:
        """Say whether a policy is in B whatever its lever says."""
        bare = self.moves.now.put(lever.key, None).scenario()
        return lever.key.split(".")[1] in {one.name for one in bare.policies}

    def cleared(self, lever: Lever) -> Value | None:
        """Return what takes the say from the list that has it instead of a lever."""
        known = dict(items(self.moves.now.scenario()))
        return () if known.get(lever.clears) else None

    def opened(self, event: Any) -> None:
        """Build the other levers once they are asked for."""
        self.is_open = event.value
        self.more.refresh()

    @ui.refreshable_method
    def more(self) -> None:
        """Build every other lever, a policy or part of the model at a time."""
        if not self.is_open:
            return
        heads = {head: head.removeprefix("policies.") for head in levers_by_head()}

        def turn(event: Any) -> None:
            self.head = event.value or self.head
            self.more.refresh()

        ui.select(heads, value=self.head, with_input=True, on_change=self.page.on(turn)).props(
            f'dense outlined options-dense aria-label="{_("policy or part of the model")}"'
        ).classes("w-full")
        ui.label(about(self.head)).classes("lab-foot")
        scenario = self.moves.now.scenario()
        for lever in levers_by_head()[self.head]:
            self.lever(lever, lever.value_in(scenario))

    # --- the right side ---

    def right(self) -> None:
        """Build the bar, the cards and the pictures."""
        on = self.page.on
        with ui.element("div").classes("lab-bar").props(f'role=toolbar aria-label="{_("Plans")}"'):
            pin = ui.button(_("Pin B as A"), icon="push_pin")
            pin.on_click(on(lambda: self.move(self.moves.now.pinned())))
            pin.props("dense unelevated no-caps")
            icon_button(
                "swap_horiz", _("swap A and B"), on(lambda: self.move(self.moves.now.swapped()))
            )
            icon_button("undo", _("undo"), on(self.undo))
            icon_button("terminal", _("copy the command"), on(self.copy))
            icon_button("save", _("save both scenarios"), on(self.save))
            for icon, kind, words in (
                ("article", PAGE, _("the page of this comparison")),
                ("image", "svg", _("pictures as SVG")),
                ("table_view", "csv", _("tables as CSV")),
            ):
                icon_button(icon, words, on(partial(self.write, kind)))
            self.says = ui.label().classes("lab-says").props("aria-live=polite")
        self.fault = ui.label().classes("lab-fault").props("role=alert")
        self.fault.set_visibility(False)
        with ui.element("div").classes("lab-cards") as self.results:
            self.cards = {title: self.card(_(title)) for title, *_rest in CARDS}
        self.charts: dict[ui.echart, Draw] = {}
        self.plot(_("People talking by day"), drawing.talk, True)
        with ui.element("div").classes("lab-pair"):
            self.plot(_("Groups of 100 without a silent week"), drawing.lives)
            self.plot(_("What it costs, and how many talk a day"), drawing.cost)
        with ui.element("div").classes("lab-foot"):
            ui.label(_("What the model says of its assumptions, not of your group."))
            with ui.element("code"):
                self.command = ui.label()

    def card(self, title: str) -> tuple[ui.label, ui.label, ui.label]:
        """Build a card: what B comes to, A beside it, and the difference."""
        with ui.element("div").classes("lab-card"):
            ui.label(title).classes("lab-title")
            big, before, gap = (
                ui.label("–").classes(f"lab-{name}") for name in ("big", "a", "gap")
            )
        return big, before, gap

    def plot(
        self, title: str, draw: Callable[[Shown], drawing.Options], keyed: bool = False
    ) -> None:
        """Build the room of a picture."""
        with ui.element("div").classes("lab-plot").props(f'role=img aria-label="{title}"'):
            with ui.element("div").classes("lab-title row items-center"):
                ui.label(title)
                if keyed:
                    for name, colour in zip("AB", (drawing.OF_A, drawing.OF_B), strict=True):
                        ui.html(
                            f'<i class="lab-key" style="background:{colour}"></i>{name}',
                            sanitize=False,
                        )
                    ui.label(_("median, 50 and 90 % of groups")).classes("lab-foot q-ml-md")
                    ui.space()
                    self.done = ui.label().classes("lab-foot")
            self.charts[ui.echart({})] = draw


def _files(shown: Shown, kind: str, language: str) -> dict[str, bytes]:
    """Write what a comparison writes, and return the files of a kind."""
    found = shown.comparison()
    with tempfile.TemporaryDirectory(prefix="qunlab-lab-") as passing, in_language(language):
        folder = Path(passing)
        made = write_tables(found, folder) if kind == "csv" else []
        if kind != "csv":
            name = " · ".join(found.names)
            made = write_page(folder, name, found, Files("svg" if kind == "svg" else ""))
        return {path.name: path.read_bytes() for path in made if path.name.endswith(kind)}


def _is_case(now: Choices, name: str) -> bool:
    case = of_case(name)
    return (case.b, case.people, case.days) == (now.b, now.people, now.days)


TAB = Tab("/", N_("Policy lab"), PolicyLab, lambda path: path.suffix == ".toml")
