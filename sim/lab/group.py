"""One group, alive: its chat, its ties and its team hour by hour, and what a change would make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import numpy as np
from nicegui import ui

from sim.lab import group_drawing as drawing
from sim.lab.choices import Choices, at_first
from sim.lab.drawing import OF_A, OF_B, OF_TEAM, put
from sim.lab.forms import Slider, lever_form, picker
from sim.lab.levers import POSTS, levers_by_head, main_levers
from sim.lab.page import Page, Tab, icon_button
from sim.lab.pieces import heading, keys, plot, sides
from sim.lab.playing import ACTS
from sim.lab.watching import Line, Seen, Watch, World, name_of
from sim.language import N_, _
from sim.report.levers import FEN_PER_CNY, plan_in_words
from sim.report.uncertainty import three
from sim.scenario.scenario import items
from sim.state import KINDS

TICK_SECONDS = 0.5
SPEEDS = N_({1: "2 hours a second", 4: "8 hours a second", 24: "2 days a second"})
COLOURS = N_({"need": "unmet need", "fatigue": "fatigue", "trust": "trust in the team"})
FIGURES = N_({"members": "members here", "messages": "messages today",
              "posting_members": "talking today", "claims": "packet parts"})  # fmt: skip
NEEDS_SAID = N_(("need: information", "need: belonging", "need: enjoyment", "need: benefit",
                 "need: recognition"))  # fmt: skip
LEVELS = N_({"verdict": "verdict: reading pays", "habit": "habit", "trust": "trust in the team",
             "fatigue": "fatigue"})  # fmt: skip
STANDING = N_(("not here yet", "has left", "muted the group", "in the group"))
WORLD_COLOURS = OF_A, OF_B
WORLD_NAMES = N_(("A · as it is", "B · with the change"))
STEPS = (("chevron_left", N_("an hour back"), -1), ("chevron_right", N_("an hour on"), 1),
         ("keyboard_double_arrow_right", N_("a day on"), 24))  # fmt: skip
KEYS = {"ArrowRight": 1, "ArrowLeft": -1, "ArrowUp": 24, "ArrowDown": -24}
ABOUT = N_(
    "Nobody's words are made up: a line stands for a kind of message. Members are as at their "
    "last look. Commands that print the same ▸"
)
PARTS_SHOWN, TIES_SHOWN = 12, 4


class GroupTab:
    """The tab as one browser has it."""

    def __init__(self, page: Page) -> None:
        self.page, self.client = page, ui.context.client
        own, files = at_first(page.given)
        self.watch = Watch(Choices.heard(own, files)[0])
        with page.speaking():
            self.watch = Watch.read({**own, **page.query}, files)
        self.worlds = self.watch.worlds()
        self.by, self.chosen, self.speed = "need", 0, 1
        team = [one for head, mine in levers_by_head().items() if "." in head for one in mine]
        main = {one.key: one for one in main_levers() if one.stops and one.key.count(".") > 1}
        self.levers = main | {one.key: one for one in team} | main
        self.key = next((key for key in dict(self.watch.fork) if key in self.levers), POSTS)
        self.timer = ui.timer(TICK_SECONDS, page.on(self.tick), active=False)
        ui.keyboard(on_key=page.on(self.typed))
        sides(_("Group"), self.left, self.right, "lab", _("Chat"))

    def change(self, watch: Watch) -> None:
        """Watch something else."""
        worlds = watch.worlds()  # what is wrong is told, and nothing changes
        anew, old = len(worlds) != len(self.worlds), self.worlds[0]
        if watch.group == old.group:
            worlds[0] = old
        self.watch, self.worlds = watch, worlds
        with self.client:
            (self.right.refresh if anew else self.show)()

    # --- time ---

    def go(self, hour: float) -> None:
        """Go to an hour."""
        hour = min(max(int(hour), 0), self.worlds[0].end)
        if hour != self.watch.hour:
            self.watch = replace(self.watch, hour=hour)
            self.show()

    def step(self, hours: int) -> None:
        """Go on or back."""
        self.go(self.watch.hour + hours)

    def tick(self) -> None:
        """Go on while it plays."""
        self.step(self.speed)
        if self.watch.hour >= self.worlds[0].end:
            self.turn()

    def turn(self) -> None:
        """Play or pause."""
        self.timer.active = not self.timer.active
        self.button.set_icon("pause" if self.timer.active else "play_arrow")
        self.show()

    def typed(self, event: Any) -> None:
        """Space plays and pauses; arrows step an hour or, up and down, a day."""
        if event.action.keydown and event.key.name == " " and not event.action.repeat:
            self.turn()
        elif event.action.keydown and event.key.name in KEYS:
            self.step(KEYS[event.key.name])

    def to_next(self) -> None:
        """Go to the next event of any world."""
        self.go(min(world.next_event(self.watch.hour) for world in self.worlds))

    # --- what is chosen ---

    def choose(self, name: str, value: Any) -> None:
        """Show another member, or colour the members otherwise."""
        if value is not None:
            setattr(self, name, value if name == "by" else int(value))
            self.show()

    def fork(self, shown: Any) -> None:
        """Let the team move a lever from the next midnight on."""
        lever, had = self.levers[self.key], dict(items(self.watch.choices.scenario()))
        cleared = {lever.clears: ()} if had.get(lever.clears) else {}
        self.change(self.watch.changed({lever.key: lever.read(shown)} | cleared))

    def end_fork(self) -> None:
        """Go back to one world."""
        self.change(self.watch.changed({}))
        self.form.refresh()

    def turn_lever(self, key: str) -> None:
        """Show another lever."""
        self.key = key or self.key
        self.form.refresh()

    # --- what is shown ---

    def show(self) -> None:
        """Show this hour."""
        now, first = self.watch, self.worlds[0]
        seen = [world.at(now.hour) for world in self.worlds]
        day = (now.hour + first.start) // 24
        self.says.set_text(_("day {day}, {clock}", day=day, clock=first.clock(now.hour)))
        self.slider.value = now.hour
        for world, one, (figures, chat, chart) in zip(self.worlds, seen, self.views, strict=True):
            counts = (f"<span>{escape(_(FIGURES[name]))} <b>{number}</b></span>"
                    for name, number in one.figures().items())  # fmt: skip
            figures.set_content("".join(counts))
            chat.set_content("".join(_line(world, line) for line in world.lines(now.hour)[::-1]))
            what = self.by, _(COLOURS[self.by])
            put(chart, drawing.network(one, first.places, what, self.chosen))
        days = [one.daily[: one.day + 1] for one in seen]
        acts, at_day = np.sum([days[-1][name] for name in ACTS], axis=0), now.at_day
        talk = [rows["posting_members"] for rows in days]
        last = int(np.ceil((first.end + first.start) / 24))
        put(self.days, drawing.strip(talk, acts, last, at_day if now.fork else None))
        hours = [world.by_hour(one) for world, one in zip(self.worlds, seen, strict=True)]
        members = [of_members for of_members, _team in hours]
        put(self.hours, drawing.strip(members, hours[-1][1], 24, None))
        self.card.set_content(_card(seen, self.chosen))
        self.commands.set_text("\n\n".join(now.commands(self.chosen)))
        told = plan_in_words(now.change())
        fork = _("B from the midnight that begins day {day}: {told}", day=now.at_day, told=told)
        self.forked.set_text(fork if told else "")
        if not self.timer.active:
            ui.navigate.history.replace(f"{TAB.path}{now.address()}")

    def left(self) -> None:
        """Build the choice of a group, the change, and the card of a member."""
        now, on = self.watch, self.page.on
        size, days = now.choices.scenario().params.group.size, f"{now.choices.days:g}"
        plan = _("{size} members at first, {days} days, seed {seed}")
        ui.label(plan.format(size=size, days=days, seed=now.choices.seed))
        words = _("choose people and levers: plan B of the policy lab")
        ui.link(words, f"/{now.choices.address()}")
        group = ui.number(_("which of the groups, from 0"), value=now.group, min=0, precision=0)
        group.props("dense outlined").classes("w-full q-mt-sm").on(
            "change", on(lambda: self.change(replace(self.watch, group=int(group.value or 0))))
        )
        heading(_("Fork here: what if the team did otherwise?"))
        names = {key: one.label if one.name else key for key, one in self.levers.items()}
        picker(self.page, names, self.key, _("lever"), self.turn_lever)
        self.form()
        told = _("The team plans by the day: what it changes begins at the next midnight.")
        ui.label(told).classes("lab-foot")
        self.forked = ui.label().classes("lab-told")
        back = ui.button(_("one world again"), icon="undo").props("flat dense no-caps")
        back.bind_visibility_from(self.forked, "text").on_click(on(self.end_fork))
        heading(_("A member"))
        with ui.row().classes("items-center no-wrap w-full"):
            most = len(self.worlds[0].places) - 1
            self.number = ui.number(value=self.chosen, min=0, max=most, precision=0)
            label = _("number of the member")
            self.number.classes("col-4").props(f'dense outlined aria-label="{label}"')
            self.number.on_value_change(on(lambda event: self.choose("chosen", event.value)))
            ui.label(_("or click on one in the picture")).classes("lab-foot")
        self.card = ui.html("", sanitize=False).classes("w-full")

    def pick(self, event: Any) -> None:
        """Show the member that was clicked."""
        if event.name.isdigit():
            self.number.set_value(int(event.name))

    @ui.refreshable_method
    def form(self) -> None:
        """Build the lever that may be moved."""
        lever, now = self.levers[self.key], self.watch
        had = lever.value_in(now.choices.scenario())
        value = dict(now.fork).get(self.key, had)
        lever_form(self.page, lever, (had, value), self.fork)

    @ui.refreshable_method
    def right(self) -> None:
        """Build the player, the worlds, and the strips of days and hours."""
        on = self.page.on
        with ui.element("div").classes("lab-bar").props(f'role=toolbar aria-label="{_("Time")}"'):
            icon = "pause" if self.timer.active else "play_arrow"
            self.button = icon_button(icon, _("play or pause"), on(self.turn))
            for icon, words, step in STEPS:
                icon_button(icon, _(words), on(partial(self.step, step)))
            icon_button("skip_next", _("to the next event"), on(self.to_next))
            self.menu("speed", SPEEDS, _("speed"))
            self.says = ui.label().classes("lab-says lab-clock").props("aria-live=polite")
            self.slider = Slider(min=0, max=self.worlds[0].end, value=self.watch.hour)
            self.slider.props(f'aria-label="{_("hours since creation")}"').classes("lab-time")
            self.slider.on("keydown", js_handler="event => event.stopPropagation()")
            self.slider.on_value_change(on(lambda event: self.go(event.value)))
            self.menu("by", COLOURS, _("colour"))
        self.views = []
        with ui.element("div").classes(f"lab-worlds lab-worlds-{len(self.worlds)}"):
            for at, name in enumerate(WORLD_NAMES[: len(self.worlds)]):
                named = [(WORLD_COLOURS[at], _(name))] if len(self.worlds) > 1 else []
                self.views.append(self.world(named))
        with ui.element("div").classes("lab-pair lab-strips"):
            seen = list(zip(WORLD_COLOURS, "AB", strict=True)) if len(self.worlds) > 1 else []
            team = (OF_TEAM, _("the team"))
            self.days = plot(_("People talking by day, and acts of the team"), (*seen, team))
            self.hours = plot(_("Messages by hour of this day"), (*seen, team))
        with ui.element("details").classes("lab-foot"):
            with ui.element("summary"):
                ui.label(_(ABOUT))
            self.commands = ui.label().classes("lab-command")
        self.show()

    def menu(self, name: str, words: dict[Any, str], label: str) -> None:
        """Build a choice of how it is shown."""
        one = ui.select({key: _(said) for key, said in words.items()}, value=getattr(self, name))
        one.props(f'dense borderless options-dense prefix="{label}: " aria-label="{label}"')
        one.on_value_change(self.page.on(lambda event: self.choose(name, event.value)))

    def world(self, name: Sequence[tuple[str, str]]) -> tuple[ui.html, ui.html, ui.echart]:
        """Build the room of a world, named where there are two: figures, chat, ties."""
        label = "".join(words for _colour, words in name) or _("Group")
        with ui.element("article").classes("lab-world").props(f'aria-label="{label}"'):
            with ui.element("div").classes("lab-plot"):
                with ui.element("div").classes("lab-title"):
                    keys(name)
                figures = ui.html("", sanitize=False).classes("lab-figures")
                chat = ui.html("", tag="ol", sanitize=False).classes("lab-chat")
                chat.props(f'role=log aria-live=off tabindex=0 aria-label="{_("Chat")}"')
            words = _("Who is tied to whom; the larger, the more it wrote")
            chart = plot(words, name, self.page.on(self.pick))
        return figures, chat, chart


def _line(world: World, line: Line) -> str:
    """Write a line of the chat as a list's item."""
    text, clock = escape(line.text), f"<time>{world.clock(line.time_hours)}</time>"
    if line.kind not in KINDS:
        return f'<li class="lab-note">{text} {clock}</li>'
    side = "lab-team" if line.member < 0 else "lab-member"
    to = f" → {name_of(line.reply_to)}" if line.reply_to != -1 else ""
    who = escape(name_of(line.member) + to)
    race = _race(line) if line.shares else ""
    said = f"<small>{who} {clock}</small><p>{text}</p>{race}"
    return f'<li class="{side} said-{line.kind}">{said}</li>'


def _race(line: Line) -> str:
    """Write how a red packet was opened: a bar, and who was how quick; the luckiest stands out."""
    taken, best = len(line.claims), max((fen for _member, fen, _s in line.claims), default=0)
    words = _("{taken} of {shares} parts of {cny} CNY taken", taken=taken, shares=line.shares,
              cny=three(line.fen / FEN_PER_CNY))  # fmt: skip
    parts = "".join(
        f'<i class="{"lab-best" if fen == best else ""}" style="animation-delay:{70 * at}ms">'
        f"{member} · ¥{fen / FEN_PER_CNY:.2f} · {_took(seconds)}</i>"
        for at, (member, fen, seconds) in enumerate(line.claims[:PARTS_SHOWN])
    )
    bar = f'<div class="lab-race"><b style="width:{100 * taken / line.shares:.0f}%"></b></div>'
    return f'{bar}<div class="lab-claims"><small>{escape(words)}</small>{parts}</div>'


def _took(seconds: float) -> str:
    minutes = f"{seconds / 60:.0f}"
    return _("{number} s", number=f"{seconds:.0f}") if seconds < 90 else _("{n} min", n=minutes)


def _card(seen: Sequence[Seen], slot: int) -> str:
    """Write what a member is like in each world."""
    rows = {"": ["<b>A</b>", "<b>B</b>"]} if len(seen) > 1 else {}
    people = [one.members[slot] for one in seen]
    rows[_("state")] = [
        _(STANDING[me["present"] * (3 - me["muted"]) or me["looked"]]) for me in people
    ]
    for number, name in enumerate(NEEDS_SAID):
        rows[_(name)] = [_level(me["hunger"][number]) for me in people]
    for name, words in LEVELS.items():
        most = max(1.0, *(float(one.members[name].max()) for one in seen))
        rows[_(words)] = [_level(me[name], most) for me in people]
    rows[_("messages written")] = [str(one.posts[slot]) for one in seen]
    rows[_("messages met")] = [str(me["seen"]) for me in people]
    tied = [[f"{b} ({w:.2f})" for a, b, w in one.ties() if a == slot][:TIES_SHOWN] for one in seen]
    rows[_("strongest ties")] = [", ".join(one) or "–" for one in tied]
    cells = (f"<tr><th>{escape(head)}</th>{''.join(f'<td>{one}</td>' for one in told)}</tr>"
             for head, told in rows.items())  # fmt: skip
    return f'<table class="lab-member-card">{"".join(cells)}</table>'


def _level(value: float, most: float = 1.0) -> str:
    width = 100 * min(max(float(value) / most, 0.0), 1.0)
    return f'<span class="lab-level"><b style="width:{width:.0f}%"></b></span>{three(float(value))}'


TAB = Tab("/group", N_("One group, alive"), GroupTab, lambda _path: False)
