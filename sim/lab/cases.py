"""Cases: stories of practitioners with their verdicts; a practice off by a switch, played anew."""

from __future__ import annotations

import shlex
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from sim import cases
from sim.kinds import CASE
from sim.lab.choices import of_case
from sim.lab.page import Page, Tab
from sim.lab.pieces import Work, command, heading, lines, sides, table
from sim.language import N_, _
from sim.progress import Progress
from sim.scenario.loading import shipped_files
from sim.scenario.toml import read_toml

GROUPS = (20, 100, 400)
LOOKS = {cases.SUPPORTED: "lab-good", cases.CONDITION: "lab-mixed", cases.NOT: "lab-bad"}
NOT_PLAYED = N_("not played yet")
Record = Mapping[str, Any]
read_case = cache(cases.read_case)  # a tenth of a second each
"""Read a case once."""


@dataclass(frozen=True)
class Opened:
    """The case that is looked at, what is left out of it, how many groups are to be played."""

    name: str
    without: frozenset[str] = frozenset()
    groups: int = GROUPS[1]

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Opened:
        """Read an address, which anybody may have written: what is not known is left out."""
        names = sorted(shipped_files(cases.CASES))
        name = query.get("case", "")
        groups = {str(one): one for one in GROUPS}.get(query.get("groups", ""), GROUPS[1])
        known = read_case(name).ablations if name in names else {}
        without = frozenset(query.get("without", "").split(",")).intersection(known)
        return cls(name if name in names else names[0], without, groups)

    def address(self) -> str:
        """Write it as parts of an address."""
        without = {"without": ",".join(sorted(self.without))} if self.without else {}
        return urlencode({"case": self.name, "groups": self.groups, **without})

    def needed(self) -> set[str]:
        """Name the alternatives that the claim, or the reason why, is set against."""
        case = read_case(self.name)
        return {case.other, *(one.against for one in case.claims)}

    def wanted(self) -> cases.Case:
        """Return the case with those alternatives alone that are asked for, or that it needs."""
        case, needed = read_case(self.name), self.needed()
        kept = {key: one for key, one in case.ablations.items()
                if key not in self.without or key in needed}  # fmt: skip
        names = {CASE, *kept, *(key + cases.BOTH for key in kept)}
        played = {key: one for key, one in case.alternatives.items() if key in names}
        return replace(case, ablations=kept, alternatives=played)

    def played(self, progress: Progress) -> Record:
        """Play it as ``qunlab cases`` does; the rows are not kept."""
        case = self.wanted()
        with tempfile.TemporaryDirectory(prefix="qunlab-lab-") as passing:
            found = cases.play_case(case, Path(passing), self.groups, progress=progress)
            return cases.as_record(found)

    def command(self, shipped: bool) -> str:
        """Write the command that prints the same figures."""
        own = ["qunlab", "cases", self.name, "--groups", str(self.groups)]
        return "qunlab cases --json" if shipped else shlex.join(own)


class CasesTab:
    """The tab as one browser has it."""

    def __init__(self, page: Page) -> None:
        self.page, self.work = page, Work(page)
        self.now, self.new = Opened.read(page.query), dict[str, Any]()
        self.is_playing = False
        self.picks = dict[str, ui.element]()
        sides(_("Cases"), self.left, self.right).classes("lab-picks")

    def go(self, now: Opened) -> None:
        """Look at something else."""
        if now.name != self.now.name:
            self.work.stop.set()
            self.new, self.is_playing = {}, False
        self.now = now
        ui.navigate.history.replace(f"{TAB.path}?{now.address()}")
        self.renew()

    def renew(self) -> None:
        """Say what is open and what is done, in place: no click is lost to a page that goes."""
        for name, pick in self.picks.items():
            pick.props(f"aria-pressed={str(name == self.now.name).lower()}")
        self.name.text = self.now.name
        self.button.text = _("Stop") if self.is_playing else _("Play it")
        self.button.icon = "stop" if self.is_playing else "play_arrow"
        self.link.props(f'href="/{of_case(self.now.name).address()}"')
        self.says.text = _("Just played.") if self.new else _("As shipped.")
        self.timer.active = self.is_playing
        self.found.refresh()

    def left(self) -> None:
        """List the cases."""
        names = sorted(shipped_files(cases.CASES))
        verdicts = {name: cases.shipped_record(name).get("verdict", NOT_PLAYED) for name in names}
        counts = Counter(verdicts.values()).most_common()
        which = _(", ").join(_("{n} {verdict}", n=n, verdict=_(one)) for one, n in counts)
        lines((_("{n} stories: {which}.", n=len(names), which=which),), "lab-foot")
        for name, verdict in verdicts.items():
            story = read_toml(shipped_files(cases.CASES)[name])["story"][self.page.language]
            looks = LOOKS.get(verdict, "lab-soft")
            button = self.picks[name] = ui.element("button").classes("lab-pick").mark(name)
            button.props("type=button").on("click", self.page.on(partial(self.open, name)))
            with button:
                lines((name,), "lab-b")
                lines((_(verdict),), looks)
                lines((story,), "lab-foot lab-short")
        pressed = "document.querySelector('.lab-pick[aria-pressed=true]')"
        ui.run_javascript(f"{pressed}?.scrollIntoView({{block: 'nearest', inline: 'center'}})")

    def open(self, name: str) -> None:
        """Look at another case."""
        self.go(replace(self.now, name=name, without=frozenset()))

    def right(self) -> None:
        """Show the case that is open."""
        self.bar()
        self.found()
        self.renew()

    @ui.refreshable_method
    def found(self) -> None:
        """Show what became of it."""
        now, case = self.now, read_case(self.now.name)
        shipped = cases.shipped_record(now.name)
        record = self.new or shipped
        if not record:
            lines((case.story[self.page.language], _(NOT_PLAYED)))
            return
        shown = replace(case, ablations={key: case.ablations[key] for key in record["practices"]})
        answer = cases.answer_of_record(shown, record)
        lines(answer.detail, "lab-story")
        look = LOOKS.get(record["verdict"], "lab-soft")
        ui.label(answer.headline).classes(f"lab-says-it {look}").props("role=status")
        if self.new and shipped:  # it tried the assumptions
            told = _("As shipped, with its assumptions tried: {verdict}.")
            lines((told.format(verdict=_(shipped["verdict"])),))
        number = len(case.claims)
        rows: list[list[Any]] = [[one.words, *one.cells] for one in answer.options[:number]]
        known = {one.words: one.cells for one in answer.options[number:]}
        for key, one in case.ablations.items():
            words = one.words[self.page.language]
            cells = () if key in now.without else known.get(words, ())
            if key not in now.needed():
                rows.append([partial(self.switch, key, words), *(cells or 4 * [""])])
            elif words in known:
                rows.append([words, *known[words]])
        table(("", *answer.option_heads), rows)
        lines((_("A switch that is off: not played, and not shown."),), "lab-soft")
        lines((*answer.avoid, answer.cost, *answer.trust))
        ui.space()
        command(self.page, now.command(not self.new))

    def switch(self, key: str, words: str) -> None:
        """Build the switch of what is tried in the case's place."""
        turned = replace(self.now, without=self.now.without ^ {key})
        change = self.page.on(lambda: self.go(turned))
        ui.switch(words, value=key not in self.now.without, on_change=change).props("dense")

    def bar(self) -> None:
        """Build what is done with a case."""
        on = self.page.on
        with ui.element("div").classes("lab-bar").props("role=toolbar"):
            self.name = heading("", 1)
            ui.space()
            self.button = ui.button("", on_click=on(self.play)).props("dense unelevated no-caps")
            many = ui.select({n: _("{n} groups", n=n) for n in GROUPS}, value=self.now.groups)
            many.props(f'dense borderless options-dense aria-label="{_("how many groups")}"')
            many.on_value_change(on(lambda event: self.go(replace(self.now, groups=event.value))))
            self.link = ui.link(_("Open in the policy lab"))
            self.says = ui.label().classes("lab-says").props("aria-live=polite")
        tell = on(lambda: self.says.set_text(_("{share:.0%} played", share=self.work.share)))
        self.timer = ui.timer(0.5, tell, active=False)

    def play(self) -> None:
        """Play it as asked; what is played already is stopped."""

        def show(record: Record | None) -> None:
            self.new, self.is_playing = dict(record or self.new), False
            self.renew()

        if self.is_playing:
            self.work.stop.set()
            return
        self.is_playing = True
        self.work.begin(self.now.played, show)
        self.renew()


TAB = Tab("/cases", N_("Cases"), CasesTab, lambda _path: False)
