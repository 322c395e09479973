"""The lab in a real browser: the command serves it, Chromium looks at it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

CHROMIUM = Path("/usr/bin/chromium")
pytest.importorskip("nicegui", reason="the extra lab is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if not CHROMIUM.is_file():
    pytest.skip(f"no browser at {CHROMIUM}", allow_module_level=True)

SMALL = "?days=10&groups=60&b=group.size%3D20"
SECONDS = 20_000.0
SAYS = ".lab-says"


@pytest.fixture(scope="module")
def server():
    words = [sys.executable, "-m", "sim", "lab", "--no-browser", "--lang", "en"]
    environment = {key: one for key, one in os.environ.items() if not key.startswith("PYTEST")}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)[0]
        for _ in range(300):
            with suppress(URLError), urlopen(address):
                break
            time.sleep(0.1)
        yield address, process
        process.kill()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """A page of a browser of its own, and what went wrong in it."""

    def __init__(self, browser, address: str, locale: str) -> None:
        self.page = browser.new_context(
            locale=locale, viewport={"width": 1366, "height": 768}
        ).new_page()
        self.wrong: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda fault: self.wrong.append(str(fault)))
        self.page.on("request", self.asked)
        self.page.goto(address)

    def heard(self, message) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def asked(self, request) -> None:
        if not request.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            self.wrong.append(request.url)

    def done(self, groups: str = "60") -> list[str]:
        self.page.wait_for_function(
            "([says, groups]) => document.querySelector(says)?.innerText.includes(groups)"
            " && !document.querySelector('.lab-old')",
            arg=[SAYS, f"{groups} "],
            timeout=SECONDS,
        )
        return self.page.locator(".lab-big").all_inner_texts()


def test_the_lab_in_a_browser(server, browser) -> None:
    address, process = server
    english = Visit(browser, address + SMALL, "en-US")
    cards = english.done("60 of 60")
    assert len(cards) == 4
    assert all(re.search(r"\d", card) for card in cards)
    assert english.page.locator("canvas").count() == 3
    right = english.page.locator(".lab-cards").bounding_box()
    assert right["y"] + right["height"] < 768

    slider = english.page.locator(".q-slider [tabindex]").first
    slider.focus()
    slider.press("ArrowRight")
    english.page.wait_for_function("() => location.search.includes('size%3D30')", timeout=SECONDS)
    assert english.done("60 of 60") != cards
    command = english.page.locator(".lab-foot code").inner_text()
    assert "--with group.size=30 --days 10 --groups 60 --seed 1" in command

    for _ in range(10):
        slider.press("ArrowRight")
        slider.press("ArrowLeft")
    time.sleep(0.5)
    english.done("60 of 60")
    assert "size%3D30" in english.page.url

    chinese = Visit(browser, address + SMALL, "zh-CN")
    assert chinese.done("共 60") == cards  # two browsers at once, each with its own moves
    assert "每天说话的人数" in chinese.page.inner_text("main")

    for visit, told in (
        (english, ("share · something worth reading", "day 1")),
        (chinese, ("享 · 值得一读的内容", "第 1 天")),
    ):
        visit.page.locator(".lab-tab").nth(1).click()
        visit.page.wait_for_selector(".lab-clock:not(:empty)", timeout=SECONDS)
        assert "size%3D" in visit.page.url  # the group of the policy lab's plan B
        visit.page.keyboard.press("ArrowUp")
        visit.page.keyboard.press("ArrowRight")
        visit.page.wait_for_function("() => location.search.includes('hour=25')", timeout=SECONDS)
        visit.page.get_by_role("log").get_by_text(told[0]).first.wait_for(timeout=SECONDS)
        assert told[1] in visit.page.inner_text(".lab-clock")
        visit.page.wait_for_function("() => document.querySelectorAll('canvas').length === 3")
    assert english.page.locator("html").get_attribute("lang") == "en"
    assert chinese.page.locator("html").get_attribute("lang") == "zh-CN"
    assert english.wrong == chinese.wrong == []

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in out + err
