"""Five sentences: they say what the numbers say, and no more."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
from made_up import FEN, MAIN, SIZES, design_of, main_rows, rows_of

from sim.lives.outcomes import ON_PAGE, main_outcomes, outcome_named
from sim.report import conclusions
from sim.report.uncertainty import difference, figure, in_print, listed, meanings, short, write
from sim.stats.intervals import Estimate
from sim.study.manifest import Manifest


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


def test_how_big_names_the_best_size_and_what_does_not_clearly_differ() -> None:
    text = said(main_rows(), MAIN)["How big"]
    share, satisfaction = text.split("; ")[:2]
    assert re.match(
        r"the share of members who post on a day is highest at (100|500) members", share
    )
    assert re.search(r"no clear difference from (100|500)$", share)
    assert re.match(
        r"satisfaction is highest at 500 members, 0\.2\d+ \(0\.2\d+ to 0\.2\d+\), \+0\.0698 "
        r"\(0\.0\d+ to 0\.07\d*\) over 100 and still rising at the top of the range",
        satisfaction,
    )
    assert "t over 30 paired replications" in text


def test_pairing_shows_what_the_spread_between_replications_would_hide() -> None:
    rows = main_rows()
    size = rows.groupby([SIZES, "replication"])["satisfaction"].mean().unstack(0)
    gap = difference(size, 500, 100)
    alone = np.sqrt(sum(size[at].var() / len(size) for at in (100, 500)))
    assert gap.clear
    assert gap.error < alone / 5


def test_how_often_gives_the_gain_over_the_fewest_and_its_price() -> None:
    text = said(main_rows(), MAIN)["How often"]
    assert "the number of members who post on a day is highest at 2 posts a day" in text
    assert re.search(r"against no posts that is \+2\.0\d* \(.*\) posting members", text)
    assert "satisfaction (no clear difference) and" in text
    assert text.partition(" [")[0].endswith("+20 CNY a community")


def test_what_a_packet_buys_is_known_to_the_digit() -> None:
    text = said(main_rows(), MAIN)["What a packet buys"]
    # 14 member-days for 70 CNY are 20 for 100; for 280 CNY they are 5
    assert "+20 with 5 CNY of packets a day" in text
    assert "+5 with 20 CNY of packets a day" in text
    assert "360 pairs in 30 replications" in text


def test_a_packet_that_buys_nothing_shows_no_clear_difference() -> None:
    rows = main_rows()
    days = np.random.default_rng(3).integers(0, 50, len(rows))
    text = said(rows.assign(posting_member_days=days), MAIN)["What a packet buys"]
    assert text.count("no clear difference from nothing") == 4


def test_who_is_dead_is_a_share_with_an_interval_for_shared_seeds() -> None:
    text = said(main_rows(), MAIN)["Who is dead after seven days"]
    assert text.startswith("17 % (")
    assert "of 540 communities are dead (no member message in days 8-14), most at 25 mem" in text
    assert "most at 25 members, 50 % (33 to 67), fewest at " in text
    assert "a difference of +50 points (" in text
    assert "at worst 50 % (33 to 67) at 25 members, no posts and no packets;" in text
    assert "other definitions" in text
    assert "dead: no member message in days 8-14 since creation" in text


def test_what_it_costs_names_the_usual_point_and_the_extremes() -> None:
    text = said(main_rows(), MAIN)["What it costs"]
    assert text.startswith("100 members, 2 posts a day and no packets cost 30 CNY in 14")
    assert "0.214 CNY for each member and each day on which that member posted" in text
    assert "spans 10 CNY at 25 members, no posts and no packets to 310 CNY" in text
    assert "operator hours at 30 CNY" in text


def test_nobody_dead_and_everybody_dead() -> None:
    rows = main_rows()
    dead = "dead_silent_week2"
    nobody = said(rows.assign(**{dead: pd.array([False] * len(rows), "boolean")}), MAIN)
    assert nobody["Who is dead after seven days"].startswith("nobody, 0 % (0 to 11) of 540")
    everybody = said(rows.assign(**{dead: pd.array([True] * len(rows), "boolean")}), MAIN)
    text = everybody["Who is dead after seven days"]
    assert text.startswith("100 % (89 to 100) of 540 communities are dead (no member message in ")
    assert "no clear difference" in text


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
    missing = {
        one.name: np.nan for one in main_outcomes(ON_PAGE) if one.name != "dead_silent_week2"
    }
    rows = main_rows().assign(**missing)
    rows["dead_silent_week2"] = pd.array([pd.NA] * len(rows), "boolean")
    found = said(rows, MAIN)
    assert "cannot be compared" in found["How big"]
    dead = found["Who is dead after seven days"]
    assert dead.startswith("not known, since the definition needs 14 days")


def test_one_replication_shows_no_clear_difference() -> None:
    manifest = replace(MAIN, replications=1)
    rows = main_rows()
    found = said(rows[rows["replication"] == 0], manifest)
    assert "shows no clear difference between the values tried" in found["How big"]
    assert "one replication: no interval" in found["How big"]
    assert "no clear difference from nothing" in found["What a packet buys"]


def test_nothing_played_yet_is_said_five_times() -> None:
    found = said(main_rows()[:0], MAIN)
    assert set(found.values()) == {"not known yet, no replication has been played at every point."}


def test_only_replications_played_everywhere_are_compared() -> None:
    rows = main_rows()
    lost = (rows["replication"] >= 20) & (rows["point"] == 3)
    half = rows[~lost].assign(satisfaction=rows["satisfaction"].where(rows["replication"] < 20, 99))
    assert said(half, MAIN) == said(rows[rows["replication"] < 20], MAIN)


def test_numbers_and_words_as_the_report_writes_them() -> None:
    assert write(23.28, (22.93, 23.63)) == "23.3 (22.9 to 23.6)"
    assert write(0.117, (0.1, 0.2), signed=True) == "+0.12 (0.10 to 0.20)"
    assert write(4.0, (math.nan, math.nan), " CNY") == "4 CNY (one replication: no interval)"
    assert write(math.nan, (0, 0)) == "not known"
    assert [short(23.28, (22.93, 23.63)), short(math.nan, (0, 0))] == ["23.3 (22.9–23.6)", "–"]
    assert [figure(x) for x in (1234.5, 0.01234, 5.0)] == ["1,234", "0.0123", "5"]
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    cost = Estimate(27_200.0, 26_900.0, 27_500.0, 150.0, 30)
    assert in_print(outcome_named("cost_fen"), cost) == "272 CNY (269 to 275)"
    assert meanings([outcome_named("satisfaction")]).startswith(
        "Satisfaction: how far what was read"
    )
