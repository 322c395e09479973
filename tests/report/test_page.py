"""The page: of a real sweep, of any sweep, of one with gaps; it needs nothing from elsewhere."""

from __future__ import annotations

import html
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_up import FEN, MAIN, POLICIES, POSTS, SIZES, design_of, main_rows, rows_of, store_of

from sim.cli.sweep import shown_outcomes
from sim.errors import InputError
from sim.lives.deaths import DEATHS, HEADLINE
from sim.report import conclusions, pictures, write_report
from sim.report.levers import levers_of
from sim.report.pictures import points_of
from sim.report.shell import Files
from sim.study.design import parse_design
from sim.study.store import read_store
from sim.study.sweep import sweep

PICTURES = (
    "alive",
    "cost_and_talk",
    "dead_after_seven_days",
    "front",
    "lives",
    "one_group",
    "scale_and_activity",
    "survival",
    "what_packets_bought",
    "without_a_silent_week",
)


class Outline(HTMLParser):
    """What a page asks for from elsewhere, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elsewhere: list[str] = []
        self.pictures: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("img", "meta", "br", "link", "input"):
            self.open.append(tag)
        for name, value in attrs:
            inside = name.endswith("href") and (value or "").startswith("#")
            if name in ("src", "href", "xlink:href", "srcset", "data") and not inside:
                self.elsewhere.append(value or "")
            if name == "data-name":
                self.pictures.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open = [*self.open[:-1]] if self.open[-1:] == [tag] else self.open

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the drawing, which takes most of the time, where only words are looked at."""
    monkeypatch.setattr(pictures.Picture, "inline", "<svg></svg>")


def outline(folder: Path) -> tuple[str, Outline]:
    """Check the page; return its English half."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    found = Outline(text)
    assert found.open == []
    assert found.elsewhere == []
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert text.count("<script") == 1
    assert len(text) < 3e6
    english, chinese = re.findall(r"<main.*?</main>", text, re.DOTALL)
    assert 'lang="zh-CN"' in chinese[:60]
    return english, found


def test_a_real_sweep_gives_the_page_its_pictures_and_its_summary(tmp_path: Path) -> None:
    grid = {SIZES: [3, 12], POSTS: [0, 4], FEN: [0, 1000]}
    data = {"name": "tiny & real", "scenario": {"policies": POLICIES}, "grid": grid, "days": 14}
    design = parse_design(data | {"replications": 3, "seed": 7})
    sweep(design, tmp_path)
    path = write_report(tmp_path)
    assert path == tmp_path / "report.html"
    text, found = outline(tmp_path)
    assert "Tiny &amp; real · 8 settings" in text
    assert sorted(found.pictures) == sorted(2 * PICTURES)
    assert list(tmp_path.glob("*.svg")) == []
    ids = re.findall(r' id="([^"]*)"', path.read_text())
    assert len(ids) == len(set(ids))
    manifest, rows = read_store(tmp_path)
    for word in (manifest.code, "seed 7", manifest.versions["numpy"], "Wilson", "needs 21 days"):
        assert word in text
    assert "Only 3 replications a point" in text
    summary = pd.read_csv(tmp_path / "summary.csv", comment="#")
    assert set(summary["scenario"]) == set(manifest.scenarios)
    mean = rows[rows["point"] == 5]["satisfaction"].mean()
    own = summary[(summary["point"] == 5) & (summary["outcome"] == "satisfaction")]
    assert own["mean"].item() == pytest.approx(mean)
    assert own[SIZES].item() == 12
    assert own["definition"].item()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    write_report(tmp_path, Files("svg", bare=True))
    drawn = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.name not in before}
    assert sorted(drawn) == sorted(f"{name}.svg" for name in PICTURES)
    assert not any(manifest.code.encode() in held for held in drawn.values())
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_pictures_are_written_as_asked(tmp_path: Path) -> None:
    manifest = design_of({SIZES: [10, 20]}, 5)
    write_report(store_of(tmp_path, manifest, rows_of(manifest, lambda rows: {})), Files("pdf"))
    assert (tmp_path / "alive.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(InputError, match="gif is no kind of picture; allowed: svg, pdf, png"):
        Files("gif")


def test_a_store_that_is_not_finished_says_so(tmp_path: Path, undrawn: None) -> None:
    manifest = replace(MAIN, block_groups=18 * 5)
    rows = main_rows()
    write_report(store_of(tmp_path, manifest, rows[rows["replication"] < 10]))
    text, _ = outline(tmp_path)
    assert "Not finished: 180 of 540 communities" in text
    assert "t over 10 paired replications" in text


def test_a_store_with_nothing_in_it_gives_a_page(tmp_path: Path, undrawn: None) -> None:
    write_report(store_of(tmp_path, MAIN, main_rows()[:0]))
    text, found = outline(tmp_path)
    assert "Not finished: 0 of 540" in text
    assert found.pictures == []
    assert len(pd.read_csv(tmp_path / "summary.csv", comment="#")) == 0


def test_no_complete_replication_still_shows_what_was_played(tmp_path: Path, undrawn: None) -> None:
    manifest = replace(MAIN, block_groups=9)
    rows = main_rows()
    write_report(store_of(tmp_path, manifest, rows[rows["point"] < 9]))
    text, _ = outline(tmp_path)
    assert "the 0 replications that were played" in text
    assert "Who is dead after seven days?" in text


GRIDS: dict[str, dict[str, list[Any]]] = {
    "one lever": {SIZES: [10, 20]},
    "one lever of words": {"policies.cadence.kinds": [["chat"], ["content", "ad"]]},
    "one lever of truths": {"policies.red_packets.lucky": [True, False]},
    "one point": {SIZES: [10]},
    "budget only": {FEN: [0, 100]},
    "many values": {"speak.propensity": [0.001 * step for step in range(1, 21)]},
    "four levers": {SIZES: [5, 10], POSTS: [0, 1], FEN: [0, 50], "speak.propensity": [0.01, 0.2]},
    "other levers": {"operator.wage_fen_per_hour": [0, 3000], "run.days": [14, 20]},
    "no packets only": {FEN: [0], SIZES: [10, 20]},
}
DRAWN = ("one lever of words", "other levers")


@pytest.mark.parametrize("name", GRIDS)
def test_any_sweep_gives_a_page(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    if name not in DRAWN:
        request.getfixturevalue("undrawn")
    replications = 1 if len(name) % 2 else 5
    manifest = design_of(GRIDS[name], replications)

    def values(rows: pd.DataFrame) -> dict[str, Any]:
        own = np.random.default_rng(6).random(len(rows))
        dead = pd.array(own < 0.3, "boolean")
        return {"satisfaction": own, "cost_fen": 100 * own, "dead_silent_week2": dead}

    write_report(store_of(tmp_path, manifest, rows_of(manifest, values)))
    text, _ = outline(tmp_path)
    assert text.count("<dt>How ") == 2
    assert len(re.findall(r'class="card"', text)) <= 4
    assert text.count("One replication a point") == (replications == 1)
    further = [lever for lever in levers_of(manifest) if lever.several and not lever.role]
    assert text.count("<dt>") == 5 + len(further) + text.count(
        "<dt>", text.index('dl class="origin')
    )
    assert ">nan" not in text


def test_every_group_dead_from_the_start(tmp_path: Path, undrawn: None) -> None:
    rows = main_rows()
    truths = [name for name in rows if str(rows[name].dtype) == "boolean"]
    dead = {name: pd.array([True] * len(rows), "boolean") for name in truths}
    write_report(store_of(tmp_path, MAIN, rows.assign(**dead, lifetime_days=0.0)))
    text, _ = outline(tmp_path)
    assert "100 % (89 to 100)" in text
    assert "never started" in text


NAMED = [death.definition for death in DEATHS] + ["days 8-14", "silence of 7 days or more"]
NAMED += ["7 days in a row without a member message", "no 7 silent days have begun"]


def test_no_share_of_dead_or_alive_stands_without_its_definition(
    tmp_path: Path, undrawn: None
) -> None:
    manifest, rows = read_store(store_of(tmp_path, MAIN, main_rows()))
    write_report(tmp_path)
    text, _ = outline(tmp_path)
    shown = re.findall(r"<figure>.*?</figure>|<table>.*?</table>", text, re.DOTALL)
    counted = 0
    for part in shown:
        if re.search(r"\b(dead|alive|die|dies)\b", part, re.IGNORECASE):
            counted += 1
            assert any(name in html.unescape(part) for name in NAMED), part
    assert counted >= 6
    sentence = next(one for one in conclusions(rows, manifest) if "Who is dead" in one)
    assert HEADLINE.definition in sentence.partition("\n")[0]
    assert "days 8-14" in shown_outcomes()["dead_silent_week2"]


def test_a_time_too_short_says_what_it_needs(tmp_path: Path, undrawn: None) -> None:
    rows = main_rows()
    truths = [name for name in rows if str(rows[name].dtype) == "boolean"]
    unknown = {name: pd.array([pd.NA] * len(rows), "boolean") for name in truths}
    write_report(store_of(tmp_path, MAIN, rows.assign(**unknown, lifetime_days=np.nan)))
    text, _ = outline(tmp_path)
    assert re.search('colspan="4">needs 14 days<', text)  # a short row spans the rest
    for words in ("needs 37 days after the first message", "A ? stands"):
        assert words in text
    assert "A silence of 7 days cannot be seen" in text
    assert not (tmp_path / "survival.png").exists()


def test_names_cannot_break_the_page(tmp_path: Path, undrawn: None) -> None:
    nasty = "<script>alert(1)</script>"
    write_report(store_of(tmp_path, replace(MAIN, name=nasty), main_rows()))
    outline(tmp_path)


def test_chinese_names_stand_on_the_page(tmp_path: Path, undrawn: None) -> None:
    manifest = replace(MAIN, name="规模与活跃")
    write_report(store_of(tmp_path, manifest, main_rows()))
    text, _ = outline(tmp_path)
    assert "规模与活跃" in text


def test_a_folder_without_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no store"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undrawn: None
) -> None:
    store_of(tmp_path, MAIN, main_rows())
    before = sorted(file.name for file in tmp_path.iterdir())

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13), str(self))

    real = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda self, mode="r", *a, **k: refuse(self) if "w" in mode else real(self, mode, *a, **k),
    )
    with pytest.raises(InputError, match="cannot be written: Permission denied"):
        write_report(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def test_the_table_has_a_row_a_point_with_intervals() -> None:
    found = points_of(main_rows(), levers_of(MAIN))
    assert len(found) == 18
    assert found.columns[:5].tolist() == ["point", SIZES, POSTS, FEN, "communities"]
    assert found["communities"].eq(30).all()
    dead = found[found[SIZES] == 25]["dead_silent_week2"]
    assert dead.tolist() == [0.5] * 6
    assert (found["satisfaction_lower"] < found["satisfaction"]).all()
    assert (found["satisfaction"] < found["satisfaction_upper"]).all()
