"""What every tab of the lab has: its language, its address, header, and how it speaks of faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from nicegui import background_tasks, ui
from nicegui.language import Language
from starlette.requests import Request

from sim.errors import InputError
from sim.language import LANGUAGES, _, in_language, recast

STYLE = Path(__file__).with_name("lab.css")
LANGUAGE, DARK = "qunlab_language", "qunlab_dark"  # cookies
PARTS: Mapping[str, Language] = {"en": "en-US", "zh": "zh-CN"}  # what its buttons speak
SECONDS_KEPT = 365 * 24 * 3600


@dataclass(frozen=True)
class Tab:
    """A tab: its place in the address, its name, what builds it, what files it opens with."""

    path: str
    name: str
    build: Callable[[Page], object]
    takes: Callable[[Path], bool]


@dataclass(frozen=True)
class Page:
    """One browser's view of a tab.

    Attributes
    ----------
    language : str
    query : mapping
        Parts of the address.
    given : Path or None
        What the command was given: a scenario, a store, an export.
    dark : bool or None
        None: as the system has it.
    """

    language: str
    query: Mapping[str, str]
    given: Path | None
    dark: bool | None

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Speak its language, and show what is wrong with what was typed as a notice."""
        with in_language(self.language):
            try:
                yield
            except InputError as wrong:
                self.tell(wrong)

    def tell(self, wrong: InputError) -> None:
        """Show what is wrong with what was chosen as a notice."""
        ui.notify("\n".join(map(recast, wrong.problems)), type="warning", multi_line=True)

    def on(self, handler: Callable[..., Any]) -> Callable[..., None]:
        """Let a handler of events speak the page's language; every handler needs it."""

        @wraps(handler)  # whether it asks for the event is seen by its signature
        def speaking(*event: Any) -> None:
            with self.speaking():
                handler(*event)

        return speaking

    def soon(self, work: Any) -> None:
        """Start a coroutine beside the page."""
        background_tasks.create(work, name="lab")


def page_of(request: Request, given: Path | None) -> Page:
    """Read a page's language and looks: of the address, else chosen before, else those of the
    browser.
    """
    wanted = request.headers.get("accept-language", "en").casefold()
    browser = "zh" if wanted.startswith("zh") else "en"
    named = request.query_params.get("lang"), request.cookies.get(LANGUAGE), browser
    language = next(name for name in named if name in LANGUAGES)
    dark = {"1": True, "0": False}.get(request.cookies.get(DARK, ""))
    return Page(language, dict(request.query_params), given, dark)


def header(page: Page, tabs: Sequence[Tab], here: Tab) -> None:
    """Build the head: tabs, the other language, light or dark."""
    own = ui.context.client.page = copy(ui.context.client.page)  # it is every browser's
    own.language = PARTS[page.language]
    ui.add_css(STYLE)
    ui.colors(primary="#1f78b4")
    dark = ui.dark_mode(page.dark)
    with ui.element("header").classes("lab-head"):
        ui.html("<b>Qunlab</b>", sanitize=False).classes("lab-name")
        with ui.element("nav").props(f'aria-label="{_("Tabs")}"'):
            for tab in tabs:
                link = ui.link(_(tab.name), tab.path).props('onclick="this.search=location.search"')
                link.classes("lab-tab" + (" lab-here" if tab is here else ""))
        ui.space()
        other = next(name for name in LANGUAGES if name != page.language)
        keep = f"document.cookie = '{LANGUAGE}={other};path=/;max-age={SECONDS_KEPT}'"
        again = "const u = new URL(location); u.searchParams.delete('lang'); location = u"
        switch = ui.button(LANGUAGES[other]).props("flat dense no-caps")
        switch.on("click", js_handler=f"() => {{ {keep}; {again} }}")

        def turn() -> None:
            dark.value = not dark.value
            value = f"{DARK}={int(dark.value)};path=/;max-age={SECONDS_KEPT}"
            ui.run_javascript(f"document.cookie = '{value}'")

        icon_button("contrast", _("light or dark"), page.on(turn))


def icon_button(icon: str, label: str, handler: Callable[..., Any]) -> ui.button:
    """Build a button that shows an icon and says its name to who asks, or cannot see it."""
    button = (
        ui.button(icon=icon, on_click=handler)
        .mark(icon)
        .props(f'flat dense round aria-label="{label}"')
    )
    return button.tooltip(label)
