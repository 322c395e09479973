"""The tabs of cases, map and one's own group in a real browser, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytest.importorskip("nicegui", reason="the extra lab is not installed")

from test_lab_browser import SECONDS, Visit, browser  # noqa: F401
from test_lab_map import store  # noqa: F401
from test_lab_mine import chat


@pytest.fixture(scope="module")
def address(store):  # noqa: F811
    words = [sys.executable, "-m", "sim", "lab", str(store), "--no-browser", "--lang", "en"]
    own = {key: one for key, one in os.environ.items() if not key.startswith(("PYTEST", "NICEGUI"))}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=own) as server:
        address = re.search(r"http://[^/\s]+", server.stdout.readline())[0]
        for _ in range(300):
            with suppress(URLError), urlopen(address):
                break
            time.sleep(0.1)
        yield address
        server.kill()


def seen(visit: Visit, words: str) -> None:
    visit.page.get_by_text(words).first.wait_for(timeout=SECONDS)


def test_the_tabs_in_a_browser(address, browser, tmp_path) -> None:  # noqa: F811
    english = Visit(browser, f"{address}/cases?case=shop-ads&groups=20", "en-US")
    seen(english, "as assumed it holds, with")
    english.page.get_by_role("switch", name="people who trust the shop").click()
    english.page.wait_for_function("() => location.search.includes('without=trusting')")
    english.page.get_by_role("button", name="Play it").click()
    seen(english, "Just played.")
    seen(english, "qunlab cases shop-ads --groups 20")
    english.page.get_by_role("link", name="Open in the policy lab").click()
    english.page.wait_for_function("() => location.search.includes('shop_visitors')")

    english.page.goto(f"{address}/map")
    seen(english, "32 of 32 groups")
    box = english.page.locator(".lab-map canvas").first.bounding_box()
    english.page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.3 * box["height"])
    seen(english, "12 members, 2 posts a day")

    (tmp_path / "mine.txt").write_text(chat(5))
    english.page.goto(f"{address}/mine")
    english.page.locator("input[type=file]").set_input_files(tmp_path / "mine.txt")
    seen(english, "30 messages by 5 of 5 members")
    seen(english, "qunlab my mine.txt")

    chinese = Visit(browser, f"{address}/cases?case=shop-ads", "zh-CN")
    seen(chinese, "服装店")
    for path in ("map", "mine"):
        chinese.page.goto(f"{address}/{path}")
        seen(chinese, {"map": "32 个群中已有 32 个", "mine": "从不写入硬盘"}[path])
        assert chinese.page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert english.wrong == chinese.wrong == []
