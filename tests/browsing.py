"""The distribution's Chromium, opened by the tests, and a visit to a page with what went wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE_SECONDS = 180
LISTENING = """
window.faults = [];
addEventListener("error", fault => faults.push(fault.message), true);
addEventListener("securitypolicyviolation", fault => faults.push(fault.blockedURI));
"""


@contextmanager
def opened() -> Iterator[Any]:
    """Open the browser; the test is skipped where there is none.

    No longer than for a module: while Playwright is at work, `asyncio.run` is refused.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        words = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        yield (browser := started.chromium.launch(executable_path=CHROMIUM, args=words))
        browser.close()


class Visit:
    """A page in a window of its own: `wrong` is every fault and every request to elsewhere."""

    def __init__(
        self, browser: Any, address: str, locale: str = "en-US", size: tuple[int, int] = (1366, 768)
    ) -> None:
        window = {"width": size[0], "height": size[1]}
        self.page = browser.new_context(locale=locale, viewport=window).new_page()
        self.page.set_default_timeout(1000 * PATIENCE_SECONDS)
        self.home = re.match(r"http://[^/?]+|file:[^#]+", address)[0]
        self.wrong: list[str] = []
        self.page.add_init_script(LISTENING)
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda fault: self.wrong.append(str(fault)))
        self.page.on("request", self.asked)
        self.page.on("websocket", self.asked)
        self.page.goto(address)

    def heard(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def asked(self, request: Any) -> None:
        url = re.sub("^ws:", "http:", request.url)
        if not url.startswith((self.home, "data:", "blob:")):
            self.wrong.append(url)

    def told(self, script: str, given: Any = None) -> Any:
        return self.page.evaluate(script, given)

    def until(self, script: str, given: Any = None) -> None:
        self.page.wait_for_function(script, arg=given)

    def sees(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    def wide(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.told("document.documentElement.scrollWidth - innerWidth"))

    def closed(self) -> list[str]:
        """Close the window, and return what went wrong in it."""
        faults = self.told("window.faults")
        self.page.context.close()
        return [*self.wrong, *faults]
