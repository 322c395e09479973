"""The page in a browser: nothing from outside, no fault, no missing sign."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from made_up import MAIN, main_rows, store_of

from sim.report import write_report

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
</script>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("page")
    path = write_report(store_of(folder, MAIN, main_rows()))
    text = path.read_text(encoding="utf-8")
    text = text.replace("<head>", f"<head>{WATCH}", 1).replace("</body>", f"{ASK}</body>", 1)
    path.write_text(text, encoding="utf-8")
    return path


def looked_at(page: Path, language: str, width: int) -> dict[str, Any]:
    assert BROWSER
    words = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    words += [f"--window-size={width},900", f"--user-data-dir={page.parent / 'profile'}"]
    words.append(f"{page.as_uri()}#{language}")
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    if told is None:
        pytest.skip(f"Chromium does not start here: {done.stderr[-200:]}")
    return dict(json.loads(unescape(told[1])))


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
