"""My group: an export that stays on this machine; its health, forecast, twin, what-if, test."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import Response

from sim.allowed import Value
from sim.cli import my
from sim.cli.power import answer_of_test
from sim.errors import InputError
from sim.lab.choices import BASE, Choices, plan_of
from sim.lab.drawing import INK, OF_B, Options, _frame
from sim.lab.forms import lever_form, picker
from sim.lab.held import MOST_BYTES, Held
from sim.lab.levers import Lever, levers_by_head, main_levers
from sim.lab.page import Page, Tab, icon_button
from sim.lab.pieces import Work, command, flat, heading, lines, sides, table
from sim.language import N_, _, recast
from sim.report.answer import Answer
from sim.scenario import load_mix
from sim.scenario.loading import shipped_files
from sim.scenario.toml import parse_values
from sim.study.power import Plan, field_test
from sim.study.twin import tried

if TYPE_CHECKING:
    from sim.chatlog import ChatLog
    from sim.lives.health import GroupLog

GROUPS, TESTED, SEED = 100, 200, 1
OF_THE_TEAM = "policies."
OFFERED = (
    (N_("How it is doing"), N_("Who writes, who never did, what is answered, and when.")),
    (N_("Forecast from today"), N_("How likely a silent week is within 2, 4 and 12 weeks.")),
    (N_("Twin"), N_("A simulated group made of your log, checked on days it has not seen.")),
    (N_("What if"), N_("What a change of the team would do in 28 days, if the twin holds.")),
    (N_("A test"), N_("How many real groups and days it takes to see that change.")),
    (N_("One-page report"), N_("All of it as one file to send on; no name and no text in it.")),
)
COUNTED = N_(
    "Counts only: no name and no text of the chat. The twin is a simulation: what it says of a "
    "change follows from the model's assumptions, and need not happen."
)
STAYS = N_(
    "The export stays on this machine. It is held in memory, never written to the disk, and "
    "dropped once read, also if the program is killed; names and texts are dropped as they are "
    "read: only times and counts are kept, until this page is closed."
)
AGAIN = N_("Drop the export again: it was read with other names of the team, or another zone.")
FIELDS = {"--operator": N_("names"), "--members": N_("members now"), "--format": N_("format")}


@dataclass(frozen=True)
class Wanted:
    """What is said of the group, and asked."""

    members: int | None = None
    team: str = ""  # names, with commas between
    zone: str = my.ZONE
    preset: str = ""
    change: str = ""
    instead: bool = False
    with_test: bool = False

    def names(self) -> tuple[str, ...]:
        """Return the names of the team."""
        parts = self.team.replace("，", ",").split(",")
        return tuple(part.strip() for part in parts if part.strip())

    def asked(self) -> my.Asked:
        """Check it as ``qunlab my`` does."""
        if self.change and self.preset:
            raise InputError([_("Choose a ready-made plan or write a change, not both.")])
        if self.preset and self.with_test:
            raise InputError([_("A test is of what the team would do, not of a ready-made plan.")])
        changes = parse_values(part for part in self.change.split(";") if part.strip())
        given = self.members, Path(BASE), SEED, GROUPS, self.preset or None, self.instead, changes
        asked = my.Asked(*given)
        tried(asked.scenario(bool(asked.preset)), changes, self.instead)
        if self.with_test and not changes:
            raise InputError([_("Write the change that the test is to find.")])
        return asked

    def command(self, files: list[str]) -> str:
        """Write the command that prints the same; names of the team are left to be filled in."""
        words = ["qunlab", "my", *files]
        words += ["--operator", "NAME"] * len(self.names())
        words += ["--members", str(self.members)] if self.members else []
        words += ["--time-zone", self.zone] if self.zone != my.ZONE else []
        words += ["--preset", self.preset] if self.preset else []
        words += ["--try", self.change] if self.change else []
        words += ["--instead"] if self.instead else []
        return shlex.join([*words, "--out", "results/my"])

    def test(self) -> str:
        """Write the command that plans the test."""
        words = ["qunlab", "power", f"results/my/{my.SCENARIO}", "--simulated", str(TESTED)]
        for change in filter(None, map(str.strip, self.change.split(";"))):
            words += ["--set", change]
        return shlex.join(words)


@dataclass(frozen=True)
class Read:
    """What is kept of exports: counts and times, no text and no name."""

    log: GroupLog
    chat: ChatLog
    notes: list[str]
    files: list[str]
    wanted: Wanted  # as it was read


@dataclass(frozen=True)
class Looked:
    """What was found, with the page in both languages, and the plan of a test."""

    read: Read
    wanted: Wanted
    found: my.Found
    page: bytes
    test: Answer | None = None


def read_exports(exports: list[Path], wanted: Wanted) -> Read:
    """Read exports as ``qunlab my`` does; what a browser gave is forgotten."""
    options = {"format": None, "time_zone": wanted.zone, "observed_until": None}
    try:
        read = my.read_group(exports, options | {"operators": wanted.names()})
    finally:
        for one in exports:
            if isinstance(one, Held):
                one.forget()
    return Read(*read, [str(one) for one in exports], wanted)


def look(read: Read, wanted: Wanted) -> Looked:
    """Look into a group as ``qunlab my`` does, and plan a test as ``qunlab power`` on its twin."""
    asked = wanted.asked()
    my.refuse_too_few(wanted.members, read.log)
    with TemporaryDirectory(prefix="qunlab-lab-") as passing:
        folder = Path(passing)
        found = my.look_into(read.log, read.chat, asked, folder, [*read.notes])
        looked = Looked(read, wanted, found, my.page_of(found).encode())
        if not wanted.with_test or found.twin is None or found.failed:
            return looked
        my.write(found, folder)
        twin = load_mix(folder / my.SCENARIO)
        test = field_test(twin, asked.changes, Plan(simulated=TESTED))
        return replace(looked, test=answer_of_test(test, asked.changes))


class MineTab:
    """The tab as one browser has it."""

    def __init__(self, page: Page) -> None:
        self.page, self.work, self.client = page, Work(page), ui.context.client
        self.wanted, self.exports, self.tried = Wanted(), list[Path](), dict[str, Value]()
        self.read: Read | None = None
        self.looked: Looked | None = None
        self.refused = list[str]()
        self.is_busy = False
        self.address = f"/mine/{self.client.id}"
        app.post(self.address, include_in_schema=False)(self.taken)
        self.client.on_delete(lambda: app.remove_route(self.address))
        sides(_("My group"), self.left, self.right)
        if page.given and TAB.takes(page.given):
            self.take(page.given)

    async def taken(self, request: Request) -> Response:
        """Take a file from the browser piece by piece, into memory alone."""
        pieces, size = list[bytes](), 0
        async for piece in request.stream():
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                with self.client, self.page.speaking():
                    self.show([_("Larger than 1 GiB: give it to 'qunlab my'.")])
                return Response(status_code=413)
        with self.client, self.page.speaking():
            self.take(Held.of(unquote(request.query_params.get("name", "")), b"".join(pieces)))
        return Response()

    def take(self, export: Path) -> None:
        """Read an export, and look into it."""
        self.exports, self.read, self.looked = [export], None, None
        self.go()

    def change(self, name: str, value: Any) -> None:
        """Note what is said of the group; the team and the zone are of reading."""
        self.wanted = replace(self.wanted, **{name: value})
        if name in ("team", "zone"):
            self.refused = []
            self.right.refresh()

    def is_stale(self) -> bool:
        """Whether an export that is forgotten was read with other names, or another zone."""
        if not self.read or any(one.exists() for one in self.exports):
            return False
        one, other = self.read.wanted, self.wanted
        return (one.names(), one.zone) != (other.names(), other.zone)

    def go(self, with_test: bool = False) -> None:
        """Look into the group with what is asked now."""
        wanted = self.wanted = replace(self.wanted, with_test=with_test)
        wanted.asked()
        if self.is_stale():
            raise InputError([_(AGAIN)])
        exports, read = [one for one in self.exports if one.exists()], self.read
        if read is None and not exports:
            raise InputError([_("Drop the export first.")])

        def work(_told: object) -> Looked | list[str]:
            try:
                return look(read if read and not exports else read_exports(exports, wanted), wanted)
            except InputError as wrong:
                return list(wrong.problems)

        self.is_busy, self.refused = True, []
        self.right.refresh()
        self.work.begin(work, self.show)

    def show(self, found: Looked | list[str] | None) -> None:
        """Show what was found, or why nothing was."""
        self.is_busy = False
        if isinstance(found, Looked):
            self.looked, self.read = found, found.read
        else:
            self.refused = found or []
        self.right.refresh()
        top = "document.querySelector('.lab-right .lab-fault, .lab-right .lab-h1')"
        ui.run_javascript(f"{top}.scrollIntoView({{block: 'center'}})")

    def left(self) -> None:
        """Build the door, and what is said and asked."""
        on = self.page.on
        heading(_("1. What the export does not say"))
        self.text("members", _("members now, silent ones too"), whole_number)
        self.text("team", _("names of the team, as the chat has them"), str)
        self.text("zone", _("time zone"), str)
        heading(_("2. The export"))
        door = ui.element("q-uploader").classes("w-full lab-door")
        door.props(f'send-raw auto-upload flat bordered aria-label="{_("Drop an export")}"')
        door.props["label"] = _("Drop an export here, or +")
        door.props[":url"] = f"f => '{self.address}?name=' + encodeURIComponent(f[0].name)"
        door.on("finish", js_handler=f"() => getElement({door.id}).reset()")  # the same file again
        lines((_(STAYS),), "lab-foot")
        heading(_("3. What if, from today"))
        presets = {"": _("nothing changes")} | {name: name for name in shipped_files("policies")}
        picker(self.page, presets, "", _("ready-made plan"), partial(self.change, "preset"))
        self.levers()
        stops = ui.switch(_("the team stops what it does now")).props("dense").classes("q-my-sm")
        stops.on_value_change(on(lambda event: self.change("instead", event.value)))
        with ui.element("div").classes("lab-bar"):
            ui.button(_("Look"), on_click=on(lambda: self.go())).props("dense unelevated no-caps")
            flat(self.page, _("Plan a test"), lambda: self.go(True))

    @ui.refreshable_method
    def levers(self) -> None:
        """Build what the team would do, a form each, and a list to add to it."""
        own = team_levers()
        for key, value in self.tried.items():
            with ui.element("div").classes("lab-tried"):
                lever_form(self.page, own[key], (value, value), partial(self.put, own[key]))
                icon_button("close", _("leave it out"), self.page.on(partial(self.put, own[key])))
        words = {key: one.label if one.name else key.removeprefix(OF_THE_TEAM)
                 for key, one in own.items() if key not in self.tried}  # fmt: skip

        def add(key: str) -> None:
            self.put(own[key], own[key].default)

        picker(self.page, {"": ""} | words, "", _("or what the team would do"), add)

    def put(self, lever: Lever, shown: Any = None) -> None:
        """Let the team do something from today on, or leave it out."""
        had = [*self.tried]
        if shown is None:
            del self.tried[lever.key]
        else:
            self.tried[lever.key] = lever.read(shown)
        self.change("change", Choices(people="", b=plan_of(self.tried)).text("b"))
        if had != [*self.tried]:
            self.levers.refresh()

    def text(self, name: str, label: str, read: Any) -> None:
        """Build a field."""
        value = getattr(self.wanted, name)
        form = ui.input(label, value="" if value is None else str(value)).classes("w-full q-mb-sm")
        form.props("dense outlined")
        form.on("change", self.page.on(lambda: self.change(name, read(form.value))))

    @ui.refreshable_method
    def right(self) -> None:
        """Show what was found, or what will be."""
        wrong = self.refused or ([_(AGAIN)] if self.is_stale() else [])
        if wrong:
            ui.label("\n".join(map(in_fields, wrong))).classes("lab-fault").props("role=alert")
        if self.is_busy:
            with ui.element("div").classes("row items-center q-gutter-sm").props("role=status"):
                ui.spinner(size="1.5em")
                ui.label(_("Reading the log, playing its twin …"))
        if not self.looked:
            offered()
            return
        looked, found = self.looked, self.looked.found
        (_title, told), *rest = my.sections_of(found)
        with ui.element("div").classes("lab-bar"):
            heading(told[0], 1)
            ui.space()
            page = partial(ui.download.content, looked.page, "report.html")
            flat(self.page, _("One-page report"), page, "article")
        lines(told[1:])
        with ui.element("div").classes("lab-cards"):
            for card in my.cards_of(found):
                with ui.element("div").classes("lab-card"):
                    ui.label(card.title).classes("lab-title")
                    ui.label(card.value).classes("lab-big")
                    ui.label(card.instead).classes("lab-a")
        with ui.element("div").classes("lab-panels"):
            if looked.test:
                tested(looked.test)
            for at, (title, said) in enumerate(rest):
                if at == found.is_asked and len(found.health.weeks) > 1:
                    with panel(_("People writing a week")):
                        ui.echart(weeks_drawn(found.health.weeks))
                with panel(title):
                    section(said, my.what_if_rows(found) if found.is_asked and not at else [])
        command(self.page, looked.wanted.command(looked.read.files), _(COUNTED))
        if looked.test:
            command(self.page, looked.wanted.test(), "")


def team_levers() -> dict[str, Lever]:
    """Return what a team can do, that which matters first with its name."""
    main = {one.key: one for one in main_levers()}
    every = main | {one.key: one for levers in levers_by_head().values() for one in levers} | main
    return {key: one for key, one in every.items() if key.startswith(OF_THE_TEAM)}


def whole_number(text: str) -> int | None:
    """Read a number of members; empty: not known."""
    if text.strip() and not (text.isdecimal() and 1 <= int(text) <= my.MOST_MEMBERS):
        raise InputError([_("members: 1 to 5,000")])
    return int(text) if text.strip() else None


def in_fields(problem: str) -> str:
    """Say what is wrong with the names of this page's fields in place of the command's options."""
    return reduce(lambda text, one: text.replace(one, _(FIELDS[one])), FIELDS, recast(problem))


def offered() -> None:
    """Build what stands there before an export is."""
    heading(_("How is my group doing, and what may a change bring?"), 1)
    kinds = _("WhatsApp, WeChat, QQ, Telegram, Discord, Slack, or a table (CSV).")
    lines((kinds, _("'qunlab import --help' says how to export a chat.")))
    with ui.element("div").classes("lab-panels"):
        for title, what in OFFERED:
            with panel(_(title)):
                ui.label(_(what))


def panel(title: str) -> ui.element:
    """Build a card with a heading."""
    with ui.element("section").classes("lab-card") as card:
        heading(title)
    return card


def section(said: list[str], rows: list[tuple[str, ...]]) -> None:
    """Build what is said; what a change does stands as a table in place of indented lines."""
    for at, line in enumerate(said):
        if not (rows and line.startswith("  ")):
            ui.label(line.strip()).classes("lab-in" if line.startswith("  ") else "")
        elif at == 1:
            heads = _("as it is"), _("changed"), _("difference (95 %)"), _("answer")
            table(("", *heads), rows)


def tested(test: Answer) -> None:
    """Build the plan of a test."""
    with panel(_("A test on real groups like this one")).classes("lab-whole"):
        lines((test.headline, *test.detail))
        table(("", *test.option_heads), [[one.words, *one.cells] for one in test.options])
        lines((*test.avoid, *test.trust))


def weeks_drawn(weeks: tuple[int, ...]) -> Options:
    """Draw how many wrote a week, as the page does."""
    series = {"type": "bar", "data": [*weeks], "itemStyle": {"color": OF_B}, "barMaxWidth": 40,
              "label": {"show": True, "position": "top", "color": INK}}  # fmt: skip
    options = _frame(_("whole weeks before the end of the log"), None, [series])
    options["xAxis"] |= {"type": "category", "min": None, "data": [*range(len(weeks))][::-1]}
    options["yAxis"]["show"] = False
    return options | {"grid": {"left": 8, "right": 8, "top": 22, "bottom": 40}}


def is_export(path: Path) -> bool:
    """Say whether a file may be an export, or a folder is an imported log."""
    return (path.is_file() and path.suffix != ".toml") or (path / "messages.parquet").is_file()


TAB = Tab("/mine", N_("My group"), MineTab, is_export)
