"""The lab in a browser: what is moved and clicked changes the figures as the command says."""

from __future__ import annotations

import io
import json
import re
import shlex

import pandas as pd
import pytest
from browsing import Visit
from test_lab_mine import chat

pytest.importorskip("nicegui", reason="the extra lab is not installed")
from PIL import Image

from sim import cli
from sim.cases import answer_of_record, read_case, shipped_record
from sim.lab.app import TABS
from sim.lab.policy_lab import CARDS
from sim.language import _, in_language
from sim.report.uncertainty import alike, spanned, three
from sim.state import UTTERANCES

SMALL = "?people=&days=10&groups=60&b=group.size%3D20"
GROUP = "group?people=&days=5&b=group.size%3D60&hour=30"
WIDTHS = (1366, 768), (390, 844)
SLACK_BYTES = 16 << 20
COLOURS = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"


def colours(picture: bytes) -> int:
    """Count the colours of a picture: a blank one has a single colour."""
    return len(Image.open(io.BytesIO(picture)).convert("RGB").getcolors(1 << 24))


def played(visit: Visit, groups: str = "60 of 60 ") -> list[str]:
    """Wait until all groups of what was moved last are there; return what the cards say."""
    visit.until(
        "groups => document.querySelector('.lab-says')?.innerText.includes(groups)"
        " && !document.querySelector('.lab-old')",
        groups,
    )
    return visit.page.locator(".lab-card").all_inner_texts()


def command(visit: Visit) -> list[str]:
    words = shlex.split(visit.page.locator(".lab-foot code").first.inner_text())
    assert words[0] == "qunlab"
    return words[1:]


def printed(words: list[str], capsys) -> str:
    """Run a command as the page names it."""
    capsys.readouterr()
    assert cli.main(words) == 0
    return capsys.readouterr().out


def cards_of_command(words: list[str], capsys) -> list[list[str]]:
    """Return what the cards are to say by what the command prints."""
    told = json.loads(printed([*words, "--json"], capsys))
    rows = {row["outcome"]: row for row in (*told["alive"], *told["outcomes"])}
    cards = []
    for _title, name, scale in CARDS:
        row = {key: scale * one for key, one in rows[name].items() if isinstance(one, float)}
        first, second = alike([row["first"], row["second"]])
        span = spanned(*alike([row[part] for part in ("difference", "lower", "upper")]))
        cards.append([second, f"A: {first}", f"B − A: {span}"])
    return cards


def agree(cards: list[str], words: list[str], capsys) -> None:
    for card, parts in zip(cards, cards_of_command(words, capsys), strict=True):
        assert all(part in card for part in parts), (card, parts)


def turn(visit: Visit, key: str) -> None:
    """Move the first lever by a stop."""
    visit.page.locator(".q-slider [tabindex]").first.press(key)


def test_a_lever_moves_the_figures_as_the_command_says(lab, browser, capsys) -> None:
    visit = Visit(browser, f"{lab.address}/{SMALL}")
    before = played(visit)
    pictures = [one.screenshot() for one in visit.page.locator("canvas").all()]
    assert len(pictures) == 3
    assert min(map(colours, pictures)) > 4
    place = visit.page.locator(".lab-cards").bounding_box()
    assert place["y"] + place["height"] < 768
    turn(visit, "ArrowRight")
    visit.until("location.search.includes('size%3D30')")
    after = played(visit)
    assert after != before
    words = command(visit)
    assert "group.size=30" in words
    slider = visit.page.locator(".q-slider").first
    assert slider.get_attribute("aria-valuetext") == "30"
    agree(after, words, capsys)
    visit.page.get_by_role("button", name="undo").click()
    visit.until("location.search.includes('size%3D20')")
    assert played(visit) == before
    assert visit.closed() == []


def test_on_a_phone_the_cards_keep_their_height(lab, browser) -> None:
    """So the lever that is held stays under the finger."""
    visit = Visit(browser, f"{lab.address}/?days=10&groups=60&people=", size=WIDTHS[1])
    played(visit)
    results = visit.page.locator(".lab-results")
    before = results.bounding_box()["height"]
    turn(visit, "ArrowRight")
    visit.until("location.search.includes('size%3D150')")
    played(visit)
    assert results.bounding_box()["height"] == before
    shown = visit.page.locator(".lab-tab").all()
    assert all(one.bounding_box()["x"] + one.bounding_box()["width"] <= 390 for one in shown)
    assert visit.closed() == []


def test_two_browsers_do_not_disturb_one_another(lab, browser, capsys) -> None:
    english = Visit(browser, f"{lab.address}/{SMALL}")
    chinese = Visit(browser, f"{lab.address}/{SMALL}", "zh-CN")
    for _time in range(3):
        turn(english, "ArrowRight")
        turn(chinese, "ArrowLeft")
        turn(english, "ArrowRight")
        turn(english, "ArrowLeft")
    for visit, size, groups in ((english, 80, "60 of 60 "), (chinese, 10, "共 60 ")):
        visit.until("size => location.search.includes(`size%3D${size}`)", size)
        visit.until(
            "size => [...document.querySelectorAll('.lab-foot code')].some("
            "one => one.innerText.includes(`group.size=${size}`))",
            size,
        )
        cards = played(visit, groups)
        if visit is english:
            agree(cards, command(visit), capsys)
        else:
            expected = cards_of_command(command(visit), capsys)
            assert all(parts[0] in card for card, parts in zip(cards, expected, strict=True))
    assert english.closed() == chinese.closed() == []


def test_quick_moves_leave_memory_flat(lab, browser) -> None:
    """Twenty moves there, twenty back: the first two rounds play every size and keep what they
    played, so that later ones may add what the allocator holds in reserve alone (a quarter of a
    megabyte, as measured; a picture or a table that is not let go is many times the slack).
    """
    visit, held = Visit(browser, f"{lab.address}/{SMALL}"), []
    played(visit)
    for at in range(4):
        on, back = ("ArrowRight", "ArrowLeft")[:: 1 if at % 2 == 0 else -1]
        for key in [*9 * [on, back], on, on]:
            turn(visit, key)
        visit.until(f"location.search.includes('size%3D{20 if at % 2 else 50}')")
        played(visit)
        held.append(lab.memory_bytes())
    assert held[-1] - held[1] < SLACK_BYTES, held
    assert visit.closed() == []


def test_an_hour_is_what_the_commands_print(lab, browser, tmp_path, capsys) -> None:
    visit = Visit(browser, f"{lab.address}/{GROUP}")
    visit.sees("day 1, ")
    before = visit.page.inner_text(".lab-figures")
    visit.page.keyboard.press("ArrowUp")
    visit.page.get_by_role("button", name="an hour on").click()
    visit.until("location.search.includes('hour=55')")
    shown = visit.page.inner_text(".lab-figures")
    assert shown != before
    assert min(colours(one.screenshot()) for one in visit.page.locator("canvas").all()) > 4
    run, member = visit.page.locator(".lab-command").text_content().split("\n\n")
    words = shlex.split(run)[1:]
    words[words.index("results/log")] = str(tmp_path / "log")
    printed(words, capsys)
    log = pd.read_parquet(tmp_path / "log" / "messages.parquet")
    hours = log["ts"] / 3600 + 8  # in China
    hours -= hours.min() // 24 * 24
    today = hours.between(48, 64) & log["kind"].isin(UTTERANCES) & (log["member"] >= 0)
    assert today.sum() >= 3
    assert f"messages today {today.sum()}" in " ".join(shown.split())
    assert f"talking today {log.loc[today, 'member'].nunique()}" in " ".join(shown.split())
    names: dict[str, object] = {}
    exec(shlex.split(member)[2], names)
    habit = visit.page.locator(".lab-member-card tr", has_text="habit").inner_text()
    assert three(float(names["me"]["habit"])) in habit
    visit.page.get_by_role("button", name="play or pause").click()
    visit.until("hour => document.querySelector('.lab-clock').innerText !== hour",
                visit.page.inner_text(".lab-clock"))  # fmt: skip
    assert visit.closed() == []


def test_a_cell_is_what_the_command_writes(lab, store, browser, tmp_path, capsys) -> None:
    visit = Visit(browser, f"{lab.address}/map?outcome=messages")
    visit.sees("32 of 32 groups")
    canvas = visit.page.locator(".lab-map canvas").first
    assert colours(canvas.screenshot()) > 4
    box = canvas.bounding_box()
    visit.page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.3 * box["height"])
    visit.sees("12 members, 2 posts a day")
    visit.until("location.search.includes('point=')")
    words = command(visit)
    assert words[:2] == ["export", str(store)]
    words[words.index("rows.csv")] = str(tmp_path / "rows.csv")
    printed(words, capsys)
    rows = pd.read_csv(tmp_path / "rows.csv")
    point = int(re.search(r"point=(\d+)", visit.page.url)[1])
    mine = rows.loc[rows["point"] == point, "messages"]
    told = visit.page.locator(".lab-h2").first.inner_text().rpartition(": ")[2].split(" ")[0]
    assert float(told.replace(",", "")) == pytest.approx(mine.mean(), rel=0.01)
    heads = visit.page.locator(".lab-table th").all_inner_texts()
    at = next(n for n, head in enumerate(heads) if "messages" in head)
    shown = visit.page.locator(f".lab-table td:nth-child({at + 1})").all_inner_texts()
    assert shown == [three(float(one)) for one in (mine.mean(), *mine)]
    assert visit.closed() == []


def test_an_export_is_what_the_command_prints(lab, browser, tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "mine.txt").write_text(chat(5))
    visit = Visit(browser, f"{lab.address}/mine")
    visit.page.locator("input[type=file]").set_input_files(tmp_path / "mine.txt")
    visit.sees("30 messages by 5 of 5 members")
    monkeypatch.chdir(tmp_path)
    told = " ".join(printed(command(visit), capsys).split())
    said = ".lab-right .lab-line, .lab-panels section > div:not([role=heading]):not(:has(*))"
    lines = visit.page.locator(said).all_inner_texts()
    assert len(lines) > 3
    visit.page.reload()
    visit.sees("How is my group doing")
    for said in ("30 messages by 5 of 5", "25 messages by 4 of 4"):  # once more, with a name
        visit.page.locator("input[type=file]").set_input_files(tmp_path / "mine.txt")
        visit.sees(said)
        visit.page.get_by_label("names of the team").fill("Ada1")
        visit.page.get_by_label("time zone").focus()
        visit.sees("Drop the export again" if said.startswith("30") else "--operator NAME")
    assert [one for one in lines if " ".join(one.split()) not in told] == []
    assert visit.closed() == []


def test_a_case_is_played_as_by_the_command(lab, browser, capsys) -> None:
    visit = Visit(browser, f"{lab.address}/cases?case=shop-ads&groups=20")
    case = read_case("shop-ads")
    visit.sees(answer_of_record(case, shipped_record("shop-ads")).headline)
    visit.page.get_by_role("switch", name=case.ablations["trusting"].words["en"]).click()
    visit.until("location.search.includes('without=trusting')")
    visit.page.get_by_role("button", name="Play it").click()
    visit.sees("Just played.")
    told = json.loads(printed([*command(visit), "--json"], capsys))
    cells = answer_of_record(case, told).options[0].cells
    shown = visit.page.locator(".lab-table tbody tr").first.locator("td").all_inner_texts()
    assert shown[1:] == list(cells)
    visit.page.get_by_role("link", name="Open in the policy lab").click()
    visit.until("location.search.includes('shop_visitors')")
    assert visit.closed() == []


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
@pytest.mark.parametrize("tab", TABS, ids=[tab.path for tab in TABS])
def test_a_tab_fits_its_window_in_both_lights(lab, browser, tab, locale, language) -> None:
    """Never blank, never wider than a laptop or a phone; dark and light differ; it speaks one
    language.
    """
    visit = Visit(browser, f"{lab.address}{tab.path}{SMALL}", locale)
    with in_language(language):
        visit.sees(_(tab.name))
    visit.until("document.documentElement.lang.startsWith('zh') === "
                + str(language == "zh").lower())  # fmt: skip
    head = visit.page.inner_text("header")
    assert bool(re.search(r"[\u4e00-\u9fff]", head.replace("中文", ""))) == (language == "zh")
    for width, height in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.until("width => innerWidth === width", width)
        visit.until("document.documentElement.scrollWidth <= innerWidth")  # once pictures follow
        assert colours(visit.page.screenshot()) > 40
    light = visit.told(COLOURS)
    visit.page.locator("header button", has_text="contrast").click()
    visit.until(f"light => {COLOURS}.every((one, at) => one !== light[at])", light)
    assert visit.closed() == []
