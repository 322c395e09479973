"""What several tabs are built of: work beside a page, tables, lists to choose from, the command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar
from weakref import WeakSet

from nicegui import run, ui

from sim.cli.terminal import in_a_line
from sim.errors import InputError
from sim.lab.page import Page, icon_button
from sim.language import _, in_language
from sim.progress import Progress
from sim.study.playing import Stopped

T = TypeVar("T")


class Work:
    """One thing at a time in the background, ended by the next, by the user, by leaving."""

    alive: ClassVar[WeakSet[Work]] = WeakSet()

    def __init__(self, page: Page) -> None:
        self.page, self.client = page, ui.context.client
        self.stop, self.share = threading.Event(), 0.0
        self.is_gone = self.is_refused = False
        self.client.on_delete(self.leave)
        self.alive.add(self)

    def leave(self) -> None:
        """End what is done: nobody looks any more."""
        self.is_gone = True
        self.stop.set()

    def begin(self, work: Callable[[Progress], T], show: Callable[[T | None], object]) -> None:
        """Work at something that tells how far it is, then show it; None: ended, or refused."""
        self.stop.set()
        self.stop, self.share = threading.Event(), 0.0
        self.page.soon(self._worked(self.stop, work, show))

    async def _worked(
        self, stop: threading.Event, work: Callable[[Progress], T], show: Callable[..., object]
    ) -> None:
        def heed(done: float, total: float) -> None:
            if stop.is_set():
                raise Stopped
            self.share = done / max(total, 1)

        def alone() -> T | InputError | None:
            with in_language(self.page.language):
                try:
                    return work(heed)
                except InputError as wrong:
                    return wrong
                except (OSError, MemoryError) as wrong:
                    return InputError([in_a_line(wrong)])
                except Stopped:
                    return None

        found = await run.io_bound(alone)
        if stop is not self.stop or self.is_gone:
            return
        with self.client, self.page.speaking():
            self.is_refused = isinstance(found, InputError)
            if isinstance(found, InputError):
                show(None)
                raise found
            show(None if stop.is_set() else found)


def stop_all() -> None:
    """End what is done for every browser."""
    for one in Work.alive:
        one.leave()


def sides(
    label: str,
    left: Callable[[], object],
    right: Callable[[], object],
    looks: str = "lab lab-first",
    shown: str = "",
) -> ui.element:
    """Build a tab: on the left what is chosen (returned), on the right what is `shown`."""
    with ui.element("main").classes(looks):
        with ui.element("aside").classes("lab-left").props(f'aria-label="{label}"') as aside:
            left()
        words = shown or _("Results")
        with ui.element("section").classes("lab-right").props(f'aria-label="{words}"'):
            right()
    return aside


def flat(page: Page, words: str, handler: Callable[[], object], icon: str | None = None) -> None:
    """Build a button beside the main one."""
    ui.button(words, icon=icon, on_click=page.on(handler)).props("dense flat no-caps")


def heading(text: str, level: int = 2) -> ui.label:
    """Build a heading."""
    return ui.label(text).classes(f"lab-h{level}").props(f"role=heading aria-level={level}")


def lines(texts: Iterable[str], looks: str = "lab-line") -> None:
    """Build a paragraph a line."""
    for text in filter(None, texts):
        ui.label(text).classes(looks)


def table(heads: Sequence[str], rows: Iterable[Sequence[str | Callable[[], object]]]) -> None:
    """Build a table; a cell is a text, or builds itself."""

    def row(kind: str, cells: Iterable[str | Callable[[], object]]) -> None:
        with ui.element("tr"):
            for cell in cells:
                with ui.element(kind):
                    ui.label(cell) if isinstance(cell, str) else cell()

    with ui.element("div").classes("lab-wide"), ui.element("table").classes("lab-table"):
        with ui.element("thead"):
            row("th", heads)
        with ui.element("tbody"):
            for cells in rows:
                row("td", cells)


def command(page: Page, words: str, said: str | None = None) -> None:
    """Say what the figures are (usually the model's), and show the command that prints them."""

    def copy() -> None:
        ui.clipboard.write(words)
        ui.notify(_("The command is copied: it prints these figures."))

    usual = _("What the model says of its assumptions, not of your group.")
    lines((usual if said is None else said,), "lab-foot")
    with ui.element("div").classes("lab-foot row items-center no-wrap"):
        icon_button("terminal", _("copy the command"), page.on(copy)).props("size=sm")
        with ui.element("code"):
            ui.label(words)


def keys(pairs: Iterable[tuple[str, str]]) -> None:
    """Say what colours stand for."""
    for colour, words in pairs:
        ui.label(words).classes("lab-key").style(f"--key: {colour}")


def plot(title: str, keyed: Iterable[tuple[str, str]] = (), on_click: Any = None) -> ui.echart:
    """Build the room of a picture, its title, and what its colours stand for."""
    with ui.element("div").classes("lab-plot").props(f'role=img aria-label="{title}"'):
        with ui.element("div").classes("lab-title"):
            ui.label(title)
            keys(keyed)
        return ui.echart({}, on_point_click=on_click)
