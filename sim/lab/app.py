"""The lab's server: one page a tab, on this machine only unless a host is named."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from nicegui import app, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sim.errors import InputError
from sim.lab import cases, group, mine, pieces, policy_lab
from sim.lab import map as maps
from sim.lab.page import Tab, header, page_of
from sim.language import _, in_language
from sim.report.shell import TAGS
from sim.serving.guard import HERE, Guard

TABS: tuple[Tab, ...] = (policy_lab.TAB, group.TAB, mine.TAB, maps.TAB, cases.TAB)
"""Every tab in its order; a new one is a file with `TAB`, named here."""


def open_pages(given: Path | None) -> None:
    """Make the pages of all tabs."""
    for tab in TABS:
        ui.page(tab.path, title="Qunlab", favicon="🧪")(_builder(tab, given))
    app.exception_handler(404)(_no_such_page)


def _no_such_page(request: Request, _fault: Exception) -> HTMLResponse:
    language = page_of(request, None).language
    with in_language(language):
        told, back = _("This page does not exist."), _("Back to the policy lab")
    looks = '<meta name="color-scheme" content="light dark"><body style="font: 1.2em sans-serif">'
    page = f'{looks}<p>{told}<p><a href="{TABS[0].path}">{back}</a>'
    return HTMLResponse(
        f'<!doctype html><html lang="{TAGS[language]}"><title>Qunlab</title>{page}', 404
    )


def _builder(tab: Tab, given: Path | None) -> Callable[[Request], None]:
    def build(request: Request) -> None:
        page = page_of(request, given)
        with in_language(page.language):
            header(page, TABS, tab)
            tab.build(page)

    return build


def tab_for(given: Path | None) -> Tab:
    """Return the tab that opens with a file or folder; `InputError` where none does."""
    if given is None:
        return TABS[0]
    for tab in TABS:
        if tab.takes(given):
            return tab
    told = _("{file}: the lab opens a scenario, the folder of a sweep, or an export", file=given)
    raise InputError([told])


def serve(tab: Tab, host: str, port: int, show: bool) -> None:
    """Serve until Ctrl-C; say where first. A host that is not this machine needs a token."""
    token = "" if host in HERE else secrets.token_urlsafe(16)
    if token:
        app.add_middleware(Guard, token=token)
    else:  # no other site's name leads here
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*HERE])
    query = f"?{urlencode({'token': token})}" if token else ""
    path = f"{tab.path}{query}"
    print(_("The lab is at {address} (Ctrl-C ends it).", address=f"http://{host}:{port}{path}"))  # noqa: T201
    heard: list[int] = []  # the server stops in order by itself; then it hears the signal again
    signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    app.on_shutdown(policy_lab.stop_all)
    app.on_shutdown(pieces.stop_all)
    ui.run(
        host=host, port=port, title="Qunlab", show=path if show else False, reload=False,
        show_welcome_message=False, tailwind=False, dark=None, reconnect_timeout=10.0,
    )  # fmt: skip
    if heard:
        raise KeyboardInterrupt
