"""The page in a browser: nothing from outside, no fault, no missing sign."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from made_up import (
    MAIN,
    POSTS,
    SIZES,
    design_of,
    front,
    judged,
    main_rows,
    measured,
    outlook,
    rows_of,
    store_of,
)

from sim.cases import parse_case, play_case
from sim.cli.cases import page_of_case
from sim.forecast import shipped_record
from sim.report import write_report
from sim.report.answer import Card
from sim.report.page import FRIENDS
from sim.report.pages import write_page
from sim.report.shell import page as page_of
from sim.scenario import Scenario
from sim.study.compare import CompareOptions, compare
from sim.study.optimise import Optimum

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
RULES = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
WATCH = """<meta http-equiv="Content-Security-Policy" content="RULES"><script>
var faults = [];
addEventListener("error", function (e) { faults.push(e.message); }, true);
addEventListener("securitypolicyviolation", function (e) { faults.push(e.blockedURI); });
</script>""".replace("RULES", RULES)
ASK = """<script>
function drawn(sign) {
  var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  canvas.width = canvas.height = 40;
  pen.font = "28px " + getComputedStyle(document.body).fontFamily;
  pen.fillText(sign, 2, 30);
  return canvas.toDataURL();
}
var signs = Array.from(new Set(document.body.textContent)).filter(function (sign) {
  return sign.trim() && sign !== "\\u2060";
}), none = drawn("\\u{10fffe}"), told = document.createElement("pre");
told.id = "told";
told.textContent = JSON.stringify({
  faults: faults,
  missing: signs.filter(function (sign) { return drawn(sign) === none; }),
  asked: performance.getEntriesByType("resource").map(function (one) { return one.name; }),
  shown: Array.from(document.querySelectorAll("main")).filter(function (one) {
    return one.offsetHeight > 0;
  }).map(function (one) { return one.lang; }),
  wide: document.documentElement.scrollWidth - innerWidth,
  language: document.documentElement.lang
});
document.body.append(told);
parent.postMessage(told.textContent, "*");
</script>"""
FRAMES = """<body>FRAMES<pre id="told"></pre><script>
var told = [];
addEventListener("message", function (e) {
  told.push(JSON.parse(e.data));
  document.getElementById("told").textContent = JSON.stringify(told);
});
</script></body>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("page")
    friends = design_of({POSTS: [0, 2]}, fixed={SIZES: 25})
    store_of(folder / FRIENDS, friends, rows_of(friends, lambda _: {}))
    return asked(write_report(store_of(folder, MAIN, main_rows())))


def asked(path: Path) -> Path:
    text = path.read_text(encoding="utf-8")
    text = text.replace("<head>", f"<head>{WATCH}", 1).replace("</body>", f"{ASK}</body>", 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page that frames every other kind of page."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("pages")
    own = Scenario().with_values({"group.size": 8, "run.days": 15})
    story = {"story": {"en": "They last.", "zh": "群活着。"}, "run": {"days": 9, "groups": 6}}
    story |= {"claim": {"outcome": "messages", "against": "fewer", "at_least": 1.0}}
    story |= {"ablations": {"fewer": {"en": "fewer", "zh": "人少", "group.size": 5}}}
    case = play_case(parse_case(story, "toy", folder), folder / "case", threads=1)
    found = {
        "compare": compare([own, own.with_values({"group.size": 9})], None, CompareOptions(6)),
        "optimise": Optimum(front(3), front(6), 2, 20, {"seed": "1"}),
        "sensitivity": measured(),
        "forecast": outlook(shipped_record()),
        "validate": judged(),
        "cases": partial(page_of_case, case),
    }
    pages = [write_page(folder / name, name, one)[0] for name, one in found.items()]
    mine = {"title": "My group", "headline": "Go on.", "then": ["Answer."], "weeks": [3, 5]}
    mine |= {"cards": [Card("Members", "3", "of 9")], "sections": [("So far", ["  3 wrote"])]}
    pages.append(folder / "my.html")
    pages[-1].write_text(page_of("My group", lambda: mine, "my_group.html.jinja"), "utf-8")
    frames = [
        f'<iframe width="1200" src="{asked(one).as_uri()}#LANGUAGE"></iframe>' for one in pages
    ]
    whole = folder / "all.html"
    whole.write_text(FRAMES.replace("FRAMES", "".join(frames)), "utf-8")
    return whole


def looked_at(page: Path, language: str, width: int) -> dict[str, Any]:
    return dict(told_by(page, language, width))


def told_by(page: Path, language: str, width: int) -> Any:
    assert BROWSER
    words = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    words.append("--virtual-time-budget=9000")
    words += [f"--window-size={width},900", f"--user-data-dir={page.parent / 'profile'}"]
    words.append(f"{page.as_uri()}#{language}")
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    if told is None:
        pytest.skip(f"Chromium does not start here: {done.stderr[-200:]}")
    return json.loads(unescape(told[1]))


def has_chinese() -> bool:
    lister = shutil.which("fc-list")
    known = (
        subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False)
        if lister
        else None
    )
    return bool(known and known.stdout.strip())


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 1280), ("zh", 500)])
def test_a_browser_shows_one_language_whole(page: Path, language: str, width: int) -> None:
    seen = looked_at(page, language, width)
    assert seen["faults"] == []
    assert seen["asked"] == []
    assert [one[:2] for one in seen["shown"]] == [language]
    assert seen["language"][:2] == language
    assert seen["wide"] <= 0
    if not has_chinese():
        pytest.skip("no Chinese font on this machine: which signs are missing is not looked at")
    assert seen["missing"] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_browser_shows_every_other_kind_of_page(others: Path, language: str) -> None:
    framed = others.with_name(f"{language}.html")
    framed.write_text(others.read_text("utf-8").replace("LANGUAGE", language), "utf-8")
    seen = told_by(framed, language, 1280)
    assert len(seen) == 7
    for one in seen:
        assert one["faults"] == []
        assert one["asked"] == []
        assert [shown[:2] for shown in one["shown"]] == [language]
        assert one["wide"] <= 0
        assert one["missing"] == [] or not has_chinese()
