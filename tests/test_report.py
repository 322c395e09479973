"""The report: sentences that say what the numbers say, the front, any sweep, any gap in it."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import plots
from sim.deaths import CREATION, DEATHS
from sim.errors import InputError
from sim.report import conclusions, paired, table, write_report
from sim.report.levers import BUDGET, CADENCE, SIZE, choose_axes, levers_of
from sim.report.page import Page, Section, Table, render
from sim.report.pareto import on_front
from sim.report.wording import MEASURES
from sim.study.design import parse_design
from sim.study.manifest import Manifest, manifest_of
from sim.study.store import open_store, read_store
from sim.study.sweep import sweep

SIZES, POSTS, FEN = (
    "group.size",
    "policies.cadence.posts_per_day",
    "policies.red_packets.fen_per_day",
)
POLICIES = {"cadence": {"posts_per_day": 2}, "red_packets": {"fen_per_day": 0}}
LUCK = np.random.default_rng(1).normal(size=200)
PICTURES = (
    "dead_after_seven_days.png",
    "front.png",
    "scale_and_activity.png",
    "survival.png",
    "what_packets_bought.png",
)


def design_of(grid: dict[str, list[Any]], replications: int = 30, **entries: Any) -> Manifest:
    """Describe a sweep that was never played."""
    data = {"scenario": {"policies": POLICIES}, "replications": replications, "grid": grid}
    return manifest_of(parse_design(data | entries), 1000)


def rows_of(manifest: Manifest, values: Callable[[pd.DataFrame], dict[str, Any]]) -> pd.DataFrame:
    """Make up a row for every community: quiet ones, but for what `values` says of them."""
    levers = levers_of(manifest)
    grid = pd.MultiIndex.from_product(
        [lever.values for lever in levers], names=[lever.key for lever in levers]
    ).to_frame(index=False)
    n = manifest.replications
    rows = grid.loc[grid.index.repeat(n)].reset_index(drop=True)
    rows.insert(0, "point", np.repeat(np.arange(len(grid)), n))
    rows.insert(1, "replication", np.tile(np.arange(n), len(grid)))
    rows["luck"] = LUCK[rows["replication"]]
    for measure in MEASURES:
        rows[measure.name] = 0.0
    rows["posting_member_days"], rows["operator_fen_claimed"], rows["members_start"] = 10, 0, 100
    rows["lifetime_days"], rows["lifetime_observed"] = 7.0, pd.array([False] * len(rows), "boolean")
    for death in DEATHS:
        for origin in death.origins:
            name = death.key if death.key == "never_started" else f"dead_{death.key}"
            name += "" if origin == CREATION else "_since_first_message"
            rows[name] = pd.array([False] * len(rows), "boolean")
    return rows.assign(**values(rows)).drop(columns="luck")


def store_of(folder: Path, manifest: Manifest, rows: pd.DataFrame) -> Path:
    """Put rows into a store, as many blocks of it as they fill."""
    with open_store(folder, manifest) as store:
        for block in store.missing():
            mine = rows[rows["point"].isin(block.points)]
            mine = mine[mine["replication"].isin(block.replications)]
            if len(mine) == block.groups:
                store.write(block, mine)
    return folder


# --- sentences ------------------------------------------------------------------------------------


def said(rows: pd.DataFrame, manifest: Manifest) -> dict[str, str]:
    sentences = conclusions(rows, manifest)
    assert [text.partition(":")[0] for text in sentences] == [
        "How big",
        "How often",
        "What a packet buys",
        "Who is dead after seven days",
        "What it costs",
    ]
    return {text.partition(":")[0]: text.partition(": ")[2] for text in sentences}


MAIN = design_of({SIZES: [25, 100, 500], POSTS: [0, 2], FEN: [0, 500, 2000]})


def main_rows() -> pd.DataFrame:
    def values(rows: pd.DataFrame) -> dict[str, Any]:
        size, posts, fen, luck = rows[SIZES], rows[POSTS], rows[FEN], rows["luck"]
        own = np.random.default_rng(2).normal(size=len(rows))
        return {
            "posting_share_per_day": np.where(size == 25, 0.05, 0.10) + 0.01 * luck + 0.002 * own,
            "satisfaction": 0.1 * np.log10(size) + 0.01 * luck + 0.001 * own,
            "posting_members_per_day": 10.0 + posts + luck + 0.1 * own,
            "posting_member_days": 140 + 14 * (fen > 0),
            "operator_fen_claimed": 14 * fen,
            "cost_fen": 1000.0 * (1 + posts) + 14 * fen,
            "dead_silent_week2": pd.array((size == 25) & (rows["replication"] % 2 == 0), "boolean"),
        }

    return rows_of(MAIN, values)


def test_how_big_names_the_best_size_and_what_is_not_told_apart() -> None:
    text = said(main_rows(), MAIN)["How big"]
    share, satisfaction = text.split("; ")[:2]
    assert re.match(
        r"the share of members who post on a day is highest at (100|500) members", share
    )
    assert re.search(r"not told apart from (100|500)$", share)
    assert re.match(
        r"satisfaction is highest at 500 members, 0\.2\d+ \(0\.2\d+ to 0\.2\d+\), \+0\.0698 "
        r"\(0\.0\d+ to 0\.07\d*\) over 100 and still rising at the top of the range",
        satisfaction,
    )
    assert "t over 30 paired replications" in text


def test_pairing_tells_apart_what_the_spread_of_luck_would_hide() -> None:
    rows = main_rows()
    size = rows.groupby([SIZES, "replication"])["satisfaction"].mean().unstack(0)
    gap = paired.difference(size, 500, 100)
    alone = np.sqrt(sum(size[at].var() / len(size) for at in (100, 500)))
    assert gap.told_apart
    assert gap.error < alone / 5


def test_how_often_gives_the_gain_over_the_fewest_and_its_price() -> None:
    text = said(main_rows(), MAIN)["How often"]
    assert "the number of members who post on a day is highest at 2 posts a day" in text
    assert re.search(r"against 0 posts a day that is \+2\.0\d* \(.*\) posting members", text)
    assert "satisfaction (not told apart) and" in text
    assert text.partition(" [")[0].endswith("+20 CNY (20 to 20) a community")


def test_what_a_packet_buys_is_known_to_the_digit() -> None:
    text = said(main_rows(), MAIN)["What a packet buys"]
    # 14 member-days for 70 CNY are 20 for 100; for 280 CNY they are 5
    assert "+20 (20 to 20) with 5 CNY of packets a day" in text
    assert "+5 (5 to 5) with 20 CNY of packets a day" in text
    assert "360 pairs in 30 replications" in text


def test_a_packet_that_buys_nothing_is_not_told_apart() -> None:
    rows = main_rows()
    luck = np.random.default_rng(3).integers(0, 50, len(rows))
    text = said(rows.assign(posting_member_days=luck), MAIN)["What a packet buys"]
    assert text.count("not told apart from nothing") == 4


def test_who_is_dead_is_a_share_with_an_interval_for_shared_luck() -> None:
    text = said(main_rows(), MAIN)["Who is dead after seven days"]
    assert text.startswith("17 % (")
    assert "of 540 communities are dead, most at 25 members, 50 % (33 to 67), fewest at " in text
    assert "a difference of +50 points (" in text
    assert "other definitions" in text
    assert "dead: no member message in days 8-14 since creation" in text


def test_what_it_costs_names_the_usual_point_and_the_extremes() -> None:
    text = said(main_rows(), MAIN)["What it costs"]
    assert text.startswith("100 members, 2 posts a day and no packets cost 30 CNY (30 to 30) in 14")
    assert "0.214 CNY (0.214 to 0.214) a posting member-day" in text
    assert "spans 10 CNY (10 to 10) at 25 members, 0 posts a day and no packets to 310 CNY" in text
    assert "operator hours at 30 CNY" in text


def test_nobody_dead_and_everybody_dead() -> None:
    rows = main_rows()
    dead = "dead_silent_week2"
    nobody = said(rows.assign(**{dead: pd.array([False] * len(rows), "boolean")}), MAIN)
    assert nobody["Who is dead after seven days"].startswith("nobody, 0 % (0 to 11) of 540")
    everybody = said(rows.assign(**{dead: pd.array([True] * len(rows), "boolean")}), MAIN)
    text = everybody["Who is dead after seven days"]
    assert text.startswith("100 % (89 to 100) of 540 communities are dead, 25 members and 500 mem")
    assert "not told apart" in text


def test_what_was_not_varied_is_said() -> None:
    manifest = design_of({"speak.propensity": [0.01, 0.1]})
    found = said(rows_of(manifest, lambda _: {}), manifest)
    assert found["How big"] == "not varied here, 100 members at creation."
    assert found["How often"] == "not varied here."
    assert found["What a packet buys"] == "not varied here, so nothing is known."


def test_without_a_point_free_of_packets_nothing_is_known() -> None:
    manifest = design_of({FEN: [500, 2000]})
    found = said(rows_of(manifest, lambda _: {}), manifest)
    assert "no point of the grid is without packets" in found["What a packet buys"]


def test_nothing_claimed_has_no_price() -> None:
    manifest = design_of({FEN: [0, 500]})
    found = said(rows_of(manifest, lambda _: {}), manifest)
    assert (
        "not known (nothing was claimed) with 5 CNY of packets a day" in found["What a packet buys"]
    )


def test_missing_everywhere_is_not_known() -> None:
    missing = {measure.name: np.nan for measure in MEASURES if measure.name != "dead_silent_week2"}
    rows = main_rows().assign(**missing)
    rows["dead_silent_week2"] = pd.array([pd.NA] * len(rows), "boolean")
    found = said(rows, MAIN)
    assert "cannot be compared" in found["How big"]
    dead = found["Who is dead after seven days"]
    assert dead.startswith("not known, since the definition needs 14 days")


def test_one_replication_tells_nothing_apart() -> None:
    manifest = replace(MAIN, replications=1)
    rows = main_rows()
    found = said(rows[rows["replication"] == 0], manifest)
    assert "is not told apart between the values tried" in found["How big"]
    assert "one replication: no interval" in found["How big"]
    assert "not told apart from nothing" in found["What a packet buys"]


def test_nothing_played_yet_is_said_five_times() -> None:
    found = said(main_rows()[:0], MAIN)
    assert set(found.values()) == {"not known yet, no replication has been played at every point."}


def test_only_replications_played_everywhere_are_compared() -> None:
    rows = main_rows()
    lost = (rows["replication"] >= 20) & (rows["point"] == 3)
    half = rows[~lost].assign(satisfaction=rows["satisfaction"].where(rows["replication"] < 20, 99))
    assert said(half, MAIN) == said(rows[rows["replication"] < 20], MAIN)


# --- intervals ------------------------------------------------------------------------------------


def test_a_pooled_share_is_as_sure_as_its_luck_is_independent() -> None:
    alone = np.arange(400) % 4 == 0
    independent, n = paired.pooled_share(pd.Series(alone), pd.Series(np.arange(400)))
    together, _ = paired.pooled_share(
        pd.Series(np.repeat(np.arange(40) % 4 == 0, 10)), pd.Series(np.repeat(np.arange(40), 10))
    )
    assert (n, independent.value, together.value) == (400, 0.25, 0.25)
    # Wilson for 100 of 400, and for 10 of 40 (Brown, Cai and DasGupta 2001, section 3)
    assert (round(independent.lower, 4), round(independent.upper, 4)) == (0.2101, 0.2947)
    assert (round(together.lower, 3), round(together.upper, 3)) == (0.142, 0.402)


@given(
    st.lists(st.tuples(st.sampled_from([True, False, None]), st.integers(0, 9)), max_size=60),
)
def test_a_pooled_share_lies_in_its_interval(dead: list[tuple[bool | None, int]]) -> None:
    truths = pd.array([truth for truth, _ in dead], "boolean")
    found, n = paired.pooled_share(
        pd.Series(truths), pd.Series([luck for _, luck in dead], dtype=int)
    )
    assert n == sum(truth is not None for truth, _ in dead)
    assert n == 0 or 0.0 <= found.lower <= found.value <= found.upper <= 1.0


def test_a_mean_covers_the_truth_as_often_as_it_says() -> None:
    draws = np.random.default_rng(4).normal(3.0, 2.0, (1000, 8))
    found = [paired.estimate(draw) for draw in draws]
    covered = np.mean([one.lower <= 3.0 <= one.upper for one in found])
    assert 0.93 <= covered <= 0.97


# --- the front ------------------------------------------------------------------------------------


def points(values: list[tuple[float, float]], replications: int = 4) -> pd.DataFrame:
    noise = np.tile([-0.01, 0.01], replications // 2)
    frames = [
        pd.DataFrame(
            {
                "point": point,
                "replication": np.arange(replications),
                "good": good + noise,
                "cost_fen": cost,
            }
        )
        for point, (good, cost) in enumerate(values)
    ]
    return pd.concat(frames, ignore_index=True)


GOALS = {"good": True, "cost_fen": False}


def test_the_front_is_what_nothing_else_beats() -> None:
    found = on_front(
        points([(1.0, 10.0), (2.0, 10.0), (2.0, 20.0), (3.0, 30.0), (0.5, 5.0)]), GOALS
    )
    assert found.tolist() == [False, True, False, True, True]


def test_equal_points_are_both_on_the_front() -> None:
    assert on_front(points([(1.0, 10.0), (1.0, 10.0)]), GOALS).tolist() == [True, True]


def test_better_by_less_than_the_error_does_not_beat() -> None:
    rows = points([(1.0, 10.0), (1.001, 10.0)])
    rows["good"] += np.random.default_rng(5).normal(0, 0.05, len(rows))
    means = rows.groupby("point")["good"].mean()
    assert means[0] != means[1]
    assert on_front(rows, GOALS).tolist() == [True, True]


def test_an_unknown_point_is_not_on_the_front() -> None:
    rows = points([(1.0, 10.0), (2.0, 20.0)])
    rows.loc[rows["point"] == 1, "good"] = np.nan
    assert on_front(rows, GOALS).tolist() == [True, False]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_the_front_agrees_with_its_definition(values: list[tuple[int, int]]) -> None:
    found = on_front(points([(float(good), float(cost)) for good, cost in values]), GOALS)
    beaten = [
        any(g >= good and c <= cost and (g, c) != (good, cost) for g, c in values)
        for good, cost in values
    ]
    assert found.tolist() == [not one for one in beaten]


# --- levers ---------------------------------------------------------------------------------------


def test_levers_are_recognised_by_the_policy_they_set() -> None:
    policies = {"红包": {"use": "red_packets"}, "morning": {"use": "cadence"}}
    grid = {
        "policies.红包.fen_per_day": [0, 100],
        "policies.morning.posts_per_day": [1, 2],
        "policies.morning.quality": [1.0, 2.0],
        SIZES: [10],
    }
    levers = levers_of(design_of(grid, scenario={"policies": policies}))
    assert [lever.role for lever in levers] == [BUDGET, CADENCE, "", SIZE]
    assert levers[0].words(100) == "1 CNY of packets a day"
    axes = choose_axes(levers)
    assert [lever.label for lever in axes.shown] == [
        "morning quality",
        "posts a day",
        "red packets, CNY a day",
    ]


def test_further_levers_are_held_at_their_usual_values() -> None:
    grid = {SIZES: [10, 20], "speak.propensity": [0.01, 0.035, 0.1], POSTS: [0, 2], FEN: [0, 100]}
    axes = choose_axes(levers_of(design_of(grid)))
    assert [lever.role for lever in axes.shown] == [SIZE, CADENCE, BUDGET]
    assert [(lever.key, lever.usual) for lever in axes.held] == [("speak.propensity", 0.035)]


# --- the page -------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """What a page asks for from elsewhere, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elsewhere: list[str] = []
        self.images: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("img", "meta", "br", "link"):
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "data"):
                place = self.images if (value or "").startswith("data:") else self.elsewhere
                place.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the drawing, which takes most of the time, where only words are looked at."""
    monkeypatch.setattr(plots, "png", lambda figure: figure.axes[0].get_label().encode())


def outline(folder: Path) -> tuple[str, Outline]:
    text = (folder / "report.html").read_text(encoding="utf-8")
    found = Outline(text)
    assert found.open == []
    assert found.elsewhere == []
    assert "url(" not in text
    assert "<script" not in text
    return text, found


def test_a_real_sweep_gives_the_page_its_pictures_and_its_summary(tmp_path: Path) -> None:
    grid = {SIZES: [3, 12], POSTS: [0, 4], FEN: [0, 1000]}
    data = {"name": "tiny & real", "scenario": {"policies": POLICIES}, "grid": grid, "days": 14}
    design = parse_design(data | {"replications": 3, "seed": 7})
    sweep(design, tmp_path)
    path = write_report(tmp_path)
    assert path == tmp_path / "report.html"
    text, found = outline(tmp_path)
    assert "<h1>Tiny &amp; real</h1>" in text
    assert sorted(file.name for file in tmp_path.glob("*.png")) == sorted(PICTURES)
    embedded = {base64.b64decode(image.partition(",")[2]) for image in found.images}
    assert embedded == {file.read_bytes() for file in tmp_path.glob("*.png")}
    manifest, rows = read_store(tmp_path)
    for word in (manifest.code, "seed 7", manifest.versions["numpy"], "Wilson", "needs 21 days"):
        assert word in text
    assert "Only 3 replications a point" in text
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert set(summary["scenario"]) == set(manifest.scenarios)
    mean = rows[rows["point"] == 5]["satisfaction"].mean()
    own = summary[(summary["point"] == 5) & (summary["outcome"] == "satisfaction")]
    assert own["mean"].item() == pytest.approx(mean)
    assert own[SIZES].item() == 12
    assert own["definition"].item()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    write_report(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_store_that_is_not_finished_says_so(tmp_path: Path, undrawn: None) -> None:
    manifest = replace(MAIN, block_groups=18 * 5)
    rows = main_rows()
    write_report(store_of(tmp_path, manifest, rows[rows["replication"] < 10]))
    text, _ = outline(tmp_path)
    assert "Not finished: 180 of 540 communities" in text
    assert "t over 10 paired replications" in text


def test_a_store_with_nothing_in_it_gives_a_page(tmp_path: Path) -> None:
    write_report(store_of(tmp_path, MAIN, main_rows()[:0]))
    text, found = outline(tmp_path)
    assert "Not finished: 0 of 540" in text
    assert found.images == []
    assert len(pd.read_csv(tmp_path / "summary.csv")) == 0


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


@pytest.mark.parametrize("name", GRIDS)
def test_any_sweep_gives_a_page(tmp_path: Path, name: str) -> None:
    replications = 1 if len(name) % 2 else 5
    manifest = design_of(GRIDS[name], replications)

    def values(rows: pd.DataFrame) -> dict[str, Any]:
        own = np.random.default_rng(6).random(len(rows))
        dead = pd.array(own < 0.3, "boolean")
        return {"satisfaction": own, "cost_fen": 100 * own, "dead_silent_week2": dead}

    write_report(store_of(tmp_path, manifest, rows_of(manifest, values)))
    text, _ = outline(tmp_path)
    assert text.count("<dt>How ") == 2
    assert text.count("One replication a point") == (replications == 1)
    further = [lever for lever in levers_of(manifest) if lever.several and not lever.role]
    assert text.count("<dt>") == 5 + len(further) + text.count(
        "<dt>", text.index('dl class="origin')
    )
    assert ">nan" not in text


def test_every_group_dead_from_the_start(tmp_path: Path) -> None:
    rows = main_rows()
    truths = [name for name in rows if str(rows[name].dtype) == "boolean"]
    dead = {name: pd.array([True] * len(rows), "boolean") for name in truths}
    write_report(store_of(tmp_path, MAIN, rows.assign(**dead, lifetime_days=0.0)))
    text, _ = outline(tmp_path)
    assert "100 % (89 to 100)" in text
    assert "never started" in text


def test_a_time_too_short_says_what_it_needs(tmp_path: Path, undrawn: None) -> None:
    rows = main_rows()
    truths = [name for name in rows if str(rows[name].dtype) == "boolean"]
    unknown = {name: pd.array([pd.NA] * len(rows), "boolean") for name in truths}
    write_report(store_of(tmp_path, MAIN, rows.assign(**unknown, lifetime_days=np.nan)))
    text, _ = outline(tmp_path)
    for words in ("needs 14 days", "needs 37 days after the first message", "A ? stands"):
        assert words in text
    assert "A silence of 7 days cannot be seen" in text
    assert not (tmp_path / "survival.png").exists()


def test_names_cannot_break_the_page() -> None:
    nasty = "<script>alert(1)</script>"
    page = Page(nasty, nasty, [nasty], [], [Section(nasty, tables=[Table(nasty, [nasty], [])])], [])
    assert "<script>" not in render(page)


def test_chinese_names_stand_on_the_page(tmp_path: Path) -> None:
    manifest = replace(MAIN, name="规模与活跃")
    write_report(store_of(tmp_path, manifest, main_rows()))
    text, _ = outline(tmp_path)
    assert "<h1>规模与活跃</h1>" in text
    assert ("The pictures lack Chinese letters" in text) == (plots.chinese_font() == "")


def test_a_short_row_of_a_table_spans_the_rest() -> None:
    page = Page(
        "t", "", [], [], [Section("s", tables=[Table("c", list("abcd"), [["x", "y"]])])], []
    )
    assert '<td class="word" colspan="3">y</td>' in render(page)


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
    found = table(main_rows())
    assert len(found) == 18
    assert found.columns[:5].tolist() == ["point", SIZES, POSTS, FEN, "communities"]
    assert found["communities"].eq(30).all()
    dead = found[found[SIZES] == 25]["dead_silent_week2"]
    assert dead.tolist() == [0.5] * 6
    assert (found["satisfaction_lower"] < found["satisfaction"]).all()
    assert (found["satisfaction"] < found["satisfaction_upper"]).all()
