"""The policy lab: on the left people and what is done, on the right what comes of it."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from nicegui import run, ui

from sim.cases import CASES, read_case
from sim.errors import InputError
from sim.kinds import PEOPLE, PRESET
from sim.lab import drawing
from sim.lab.cells import View
from sim.lab.choices import WORLDS, A, B, Choices, Moves, at_first, of_case
from sim.lab.forms import lever_form, picker
from sim.lab.levers import FULL_PERCENT, NOBODY, SIZE, Lever, about, levers_by_head, main_levers
from sim.lab.page import Page, Tab
from sim.lab.pieces import Work, heading, plot, sides
from sim.lab.playing import INCOMES, MEMBERS, SATISFACTION, SHARE, Kept, Shown, play
from sim.lab.watching import WHERE
from sim.language import N_, _, in_language, recast
from sim.lives.outcomes import ALIVE
from sim.report.levers import FEN_PER_CNY, plan_in_words
from sim.report.names import in_words, said
from sim.report.pages import PAGE, write_page
from sim.report.shell import Files
from sim.report.uncertainty import alike, spanned
from sim.report.verdict import COST, IN_BRIEF, POSTING
from sim.scenario.loading import shipped_files
from sim.scenario.scenario import items
from sim.study.compare import BETTER, write_tables

WORLDS_SAID = N_(("friends, classes, work", "rooms of learners", "streams of work"))
HORIZONS, GROUPS = (14, 30, 90, 180), (100, 200, 400)
PAUSE_SECONDS = 0.12
# what other tabs and the server say in an address, which is kept from tab to tab
OF_OTHERS = {*WHERE, "fork", "case", "without", *vars(View("")), "lang", "token"}
KEPT = Kept()
Draw = Callable[[Shown], drawing.Options]
# title, outcome, factor of what is shown, what stands behind the number
CARDS = (
    (N_("groups alive of 100"), ALIVE.name, 100.0),
    (N_("people talking a day"), POSTING, 1.0),
    (N_("satisfaction, 0 to 1"), SATISFACTION, 1.0),
    (N_("cost of a group, CNY"), COST, 0.01),
)
# what the buttons show, say, and do, in this order
TOOLS = (
    ("push_pin", N_("Pin B as A"), N_("let plan A be what B is now")),
    ("swap_horiz", N_("Swap"), N_("swap A and B")),
    ("undo", N_("Undo"), N_("undo the last move")),
    ("terminal", N_("Command"), N_("copy the command that prints these figures")),
    ("save", N_("Scenarios"), N_("save both plans as scenario files")),
    ("article", N_("Page"), N_("save the page of this comparison")),
    ("image", "SVG", N_("save the pictures as SVG")),
    ("table_view", "CSV", N_("save the tables as CSV")),
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
        own, self.files = at_first(page.given)
        self.first = Choices.heard(own, self.files)[0]
        chosen, faults = Choices.heard({**own, **page.query}, self.files)
        if (case := page.query.get("case")) in shipped_files(CASES) and not chosen.a + chosen.b:
            chosen = of_case(case)
        with page.speaking():
            self.moves = Moves(chosen)
            unknown = page.query.keys() - vars(chosen).keys() - OF_OTHERS
            faults += [_("{key}: not known here, and left out", key=one[:60]) for one in unknown]
            faults.refuse()
        self.stop = threading.Event()
        RUNNING.add(self)
        self.client.on_delete(lambda: self.stop.set())
        self.shown: Shown | None = None
        self.head, self.is_open = "policies.cadence", False
        sides(_("Levers"), self.left, self.right, "lab")
        self.start()

    # --- moving ---

    def move(self, choices: Choices, anew: bool = True) -> None:
        """Go on to other choices; `anew`: the left side shows them."""
        choices.alternatives()
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
        if dict(items(now.scenario())).get(lever.clears):
            now = now.put(lever.clears, ())
        bare = now.put(lever.key, None)
        try:
            value = lever.absent if shown == NOBODY else lever.read(shown)
            same = shown == NOBODY or value == lever.value_in(bare.scenario())
            self.move(bare if same else bare.put(lever.key, value), False)
        except InputError as wrong:  # the form goes back to what holds
            self.page.tell(wrong)
            self.left.refresh()

    def set_number(self, name: str, event: Any) -> None:
        """Set days or groups, of both plans."""
        self.move(replace(self.moves.now, **{name: event.value}), False)

    def choose_case(self, name: str) -> None:
        """Let B be a case, A the same people as the shipped file has them."""
        now = self.moves.now
        self.move(replace(of_case(name) if name else self.first, groups=now.groups))

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
        self.shown, now = shown, self.moves.now
        self.results.classes(remove="lab-old")
        words = _("{groups} of {wanted} groups each, {seconds:.1f} s")
        numbers = {"groups": shown.groups, "wanted": shown.wanted, "seconds": shown.seconds}
        self.says.set_text(words.format(**numbers))
        self.fault.set_text(recast(shown.failed))
        self.fault.set_visibility(bool(shown.failed))
        same = _("Both plans are the same as yet: move a lever, and B changes.")
        answer, *price = [same] if now.a == now.b else shown.advice
        so_far = shown.groups < shown.wanted and now.a != now.b
        self.answer.set_text(_("So far: {answer}", answer=answer) if so_far else answer)
        plans = ((one.upper(), replace(now, people="").text(one)) for one in (A, B))
        differ = " · ".join(f"{name}: {plan_in_words(text)}" for name, text in plans if text)
        self.plans.set_text("\n".join([*price, differ]))
        for title, name, scale in CARDS:
            self.fill(self.cards[title], shown.figures.loc[name], scale)
        for card, besides in zip(self.cards.values(), self.besides(shown), strict=True):
            card[-1].set_text(besides)
        for chart, draw in self.charts.items():
            drawing.put(chart, draw(shown))
        self.command.set_text(now.command())

    def besides(self, shown: Shown) -> tuple[str, ...]:
        """Say in small print on each card: members, their share that talks, nothing, income."""
        words, now = _("{what} {more}, A: {less}"), self.moves.now

        def small(what: str, name: str, scale: float, starts: Sequence[str] = ("", "")) -> str:
            known = [scale * one for one in shown.figures.loc[name, ["first", "second"]]]
            less, more = map("".join, zip(starts, alike(known), strict=True))
            return words.format(what=what, more=more, less=less) if any(known) else ""

        starts = [f"{dict(items(now.scenario(side)))[SIZE]} → " for side in (A, B)]
        size = small(_("size"), MEMBERS, 1.0, starts)
        share = small(_("of members, %:"), SHARE, FULL_PERCENT)
        earned = (small(_(what), name, 1.0 / FEN_PER_CNY) for name, what in INCOMES.items())
        return size, share, "", " · ".join(filter(None, earned))

    def fill(self, card: Sequence[ui.label], row: Any, scale: float) -> None:
        """Fill a card: B, A beside it, and the difference."""
        first, second = alike([scale * row["first"], scale * row["second"]])
        span = alike([scale * row[one] for one in ("difference", "lower", "upper")])
        known, brief = spanned(*span) if row["pairs"] else "", IN_BRIEF.get(row["answer"], "")
        gap = f"B − A: {' · '.join(filter(None, (known, brief and _(brief))))}"
        said = "" if self.moves.now.a == self.moves.now.b else gap
        for label, text in zip(card, (second, f"A: {first}", said), strict=False):
            label.set_text(text)
        wins = row["answer"] == row["alternative"] + BETTER
        looks = "better" if wins else "worse" if row["answer"].endswith(BETTER) else ""
        card[2].classes(remove="better worse", add=looks)

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

        def show(files: dict[str, bytes] | None) -> None:
            for name, held in (files or {}).items():
                ui.download.content(held, name)

        if shown := self.shown:
            Work(self.page).begin(lambda _told: _files(shown, kind), show)  # beside other files

    # --- the left side ---

    @ui.refreshable_method
    def left(self) -> None:
        """Build people and levers."""
        now, on = self.moves.now, self.page.on
        cases = {"": _("none"), **in_words(shipped_files(CASES))}
        case = next((name for name in cases if name and now.b and _is_case(now, name)), "")
        picker(self.page, cases, case, _("start from a case"), self.choose_case)
        if case:
            ui.label(read_case(case).story[self.page.language]).classes("lab-foot")
        heading(_("Who the people are"))
        with ui.element("div").classes("lab-people"):
            for file in self.files:
                words = _(WORLDS_SAID[WORLDS.index(file)]) if file in WORLDS else Path(file).stem
                pressed = now.file == file and not now.people
                self.person(words, {"file": file, "people": ""}, pressed)
            for name in shipped_files(PEOPLE):
                words = said(name)
                self.person(words, {"people": name}, now.people == name)
        heading(_("What is done in plan B"))
        presets = {"": _("none: as the levers below say")}
        presets |= in_words(shipped_files("policies"))
        own = str(dict(now.b).get(PRESET, ""))

        def choose(name: str) -> None:
            self.move(self.moves.now.put(PRESET, name or None))

        picker(self.page, presets, own, _("ready-made plan"), choose)
        self.levers(main_levers())
        self.numbers(now)
        with ui.expansion(_("More levers")).classes("w-full").props("dense") as more:
            more.value = self.is_open
            more.on_value_change(on(self.opened))
            self.more()

    def person(self, words: str, chosen: Mapping[str, Any], pressed: bool) -> None:
        """Build the card of some people."""
        card = ui.element("button").classes("lab-person")
        card.props(f"type=button aria-pressed={str(pressed).lower()}")
        card.on("click", self.page.on(lambda: self.move(replace(self.moves.now, **chosen))))
        with card:
            ui.label(words)

    def numbers(self, now: Choices) -> None:
        """Build what is not of a plan: days, groups, seed."""
        numbers = {"days": (_("how many days"), HORIZONS), "groups": (_("how many groups"), GROUPS)}
        for name, (title, usual) in numbers.items():
            value = getattr(now, name)
            shown = {one: f"{one:g}" for one in sorted({*usual, value})}
            with ui.element("div").classes("lab-lever lab-row"):
                ui.label(title)
                toggle = ui.toggle(shown, value=value).props("dense no-caps unelevated")
                toggle.props(f'aria-label="{title}"')
                toggle.on_value_change(self.page.on(partial(self.set_number, name)))

    def levers(self, levers: Iterable[Lever]) -> None:
        """Build levers; that nobody is served stands to choose where B without it has no such
        policy.
        """
        now = self.moves.now
        plans = now.scenario(A), now.scenario(B)
        for lever in levers:
            bare = now.put(lever.key, None).scenario() if lever.absent == NOBODY else None
            also = (NOBODY,) if bare and lever.absent == lever.value_in(bare) else ()
            values = lever.value_in(plans[0]), lever.value_in(plans[1])
            lever_form(self.page, lever, values, partial(self.set, lever), also)

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

        def turn(head: str) -> None:
            self.head = head or self.head
            self.more.refresh()

        picker(self.page, heads, self.head, _("policy or part of the model"), turn)
        ui.label(about(self.head)).classes("lab-foot")
        self.levers(levers_by_head()[self.head])

    # --- the right side ---

    def right(self) -> None:
        """Build the bar, the answer, the cards and the pictures."""
        handlers: tuple[Callable[[], object], ...] = (
            lambda: self.move(self.moves.now.pinned()), lambda: self.move(self.moves.now.swapped()),
            self.undo, self.copy, self.save,
            *(partial(self.write, kind) for kind in (PAGE, "svg", "csv")),
        )  # fmt: skip
        with ui.element("div").classes("lab-bar").props(f'role=toolbar aria-label="{_("Plans")}"'):
            for (icon, words, told), handler in zip(TOOLS, handlers, strict=True):
                tool = ui.button(_(words), icon=icon, on_click=self.page.on(handler)).mark(icon)
                looks = "unelevated" if handler is handlers[0] else "flat"
                tool.props(f'{looks} dense no-caps aria-label="{_(told)}"').tooltip(_(told))
            self.says = ui.label().classes("lab-says").props("aria-live=polite")
        self.fault = ui.label().classes("lab-fault").props("role=alert")
        self.fault.set_visibility(False)
        with ui.element("div").classes("lab-results") as self.results:
            self.answer = ui.label().classes("lab-answer").props("role=heading aria-level=1")
            self.plans = ui.label().classes("lab-plans")
            with ui.element("div").classes("lab-cards"):
                self.cards = {title: self.card(_(title)) for title, *_rest in CARDS}
        acts = (drawing.OF_TEAM, _("acts of B's team"))
        keyed = ((drawing.OF_A, "A"), (drawing.OF_B, "B"), acts)
        words = _("People talking by day: median, 50 and 90 % of groups")
        self.charts: dict[ui.echart, Draw] = {plot(words, keyed): drawing.talk}
        with ui.element("div").classes("lab-pair"):
            self.charts[plot(_("Groups of 100 without a silent week"))] = drawing.lives
            self.charts[plot(_("What it costs, and how many talk a day"))] = drawing.cost
        with ui.element("div").classes("lab-foot"):
            ui.label(_("What the model says of its assumptions, not of your group."))
            with ui.element("code"):
                self.command = ui.label()

    def card(self, title: str) -> Sequence[ui.label]:
        """Build a card: B, A, the difference, and what stands besides."""
        with ui.element("div").classes("lab-card"):
            ui.label(title).classes("lab-title")
            looks = ("lab-big", "lab-a", "lab-gap", "lab-gap lab-besides")
            return [ui.label().classes(one) for one in looks]


def _files(shown: Shown, kind: str) -> dict[str, bytes]:
    """Write what a comparison writes, and return the files of a kind."""
    found = shown.comparison()
    with tempfile.TemporaryDirectory(prefix="qunlab-lab-") as passing:
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
