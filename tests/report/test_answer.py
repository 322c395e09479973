"""The answer of a study: the recommendation follows from the rows, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_up import FEN, POSTS, SIZES, design_of, rows_of

from sim.report.answer import Answer, answer_of, three
from sim.report.levers import levers_of
from sim.report.study import Study
from sim.study.manifest import Manifest

GRID = {SIZES: [50, 100, 200, 500], POSTS: [0, 1, 6], FEN: [0, 500]}
Alive = Callable[[pd.DataFrame], Any]


def answer_to(alive: Alive, grid: dict[str, list[Any]] = GRID, cost: Alive | None = None) -> Answer:
    """Answer made-up rows in which so many of 100 groups live, the same of them at every point."""
    manifest = design_of(grid, replications=100)

    def values(rows: pd.DataFrame) -> dict[str, Any]:
        ended = rows["replication"] >= alive(rows)
        money = cost(rows) if cost else 100.0 * rows[POSTS] + rows.get(FEN, 0)
        talk = 1.0 + rows["replication"] / 100
        known = {"lifetime_observed": pd.array(ended, "boolean"), "cost_fen": money}
        return known | {"posting_members_per_day": talk}

    return answer_of(study_of_rows(rows_of(manifest, values), manifest))


def study_of_rows(rows: pd.DataFrame, manifest: Manifest) -> Study:
    return Study(rows, manifest, levers_of(manifest))


def rising(rows: pd.DataFrame) -> Any:
    """Larger groups live, once they are posted to; six posts a day cost some."""
    posted = np.where(rows[POSTS] == 1, 97, np.where(rows[POSTS] == 0, 20, 60))
    return np.where(rows[SIZES] >= 200, posted, posted // 2)


def test_it_takes_the_cheapest_point_not_clearly_worse_than_the_best() -> None:
    found = answer_to(rising)
    assert found.headline == "Keep 200 or more members, post once a day and send no packets."
    first = found.options[0]
    assert (first.words, first.chosen) == ("200 members, 1 post a day, no packets", True)
    assert first.cells == ("97", "1", "1.5")
    assert first.point == found.chosen
    assert [card.title for card in found.cards] == [
        "How big",
        "How often",
        "What it costs",
        "How many talk",
    ]
    assert (
        "No upper edge was seen: 500 members is the most that a WeChat group holds." in found.trust
    )


def test_a_difference_that_is_small_or_not_clear_does_not_decide() -> None:
    small = answer_to(lambda rows: np.where(rows[POSTS] == 6, 100, np.where(rows[POSTS], 97, 20)))
    assert small.headline == "Post once a day and send no packets. Size makes no clear difference."
    unclear = answer_to(lambda rows: np.where(rows[POSTS] == 6, 3, 1))
    assert unclear.headline == "No clear difference: play more replications, or wider ranges."
    good = answer_to(lambda rows: np.full(len(rows), 99))
    assert good.headline == "No setting clearly keeps more groups alive: take the cheapest."
    assert good.options[0].words == "50 members, no posts, no packets"


def test_a_larger_size_that_is_clearly_worse_is_an_inner_edge() -> None:
    found = answer_to(lambda rows: np.where(rows[SIZES] == 200, 95, 40))
    assert found.headline.startswith("Keep about 200 members,")
    assert not any("upper edge" in line and "members" in line for line in found.trust)
    assert "Avoid 100 members: 40 of 100 groups alive, not 95." in found.avoid


def test_the_largest_size_tried_is_named_as_such() -> None:
    found = answer_to(lambda rows: np.where(rows[SIZES] == 500, 95, 40))
    assert found.headline.startswith("Keep 500 members,")


def test_equal_cost_is_settled_by_fewer_posts_and_then_fewer_members() -> None:
    found = answer_to(
        lambda rows: np.where(rows[POSTS] > 0, 95, 10), cost=lambda rows: np.full(len(rows), 100.0)
    )
    assert found.options[0].words.startswith("50 members, 1 post a day")


def test_when_most_groups_die_it_says_so() -> None:
    found = answer_to(lambda rows: np.where(rows[SIZES] == 500, 40, 5))
    assert found.headline == "Nothing tried keeps half of the groups alive."


def test_packets_that_buy_nothing_are_named() -> None:
    line = "Avoid 5 CNY of packets a day: 5 CNY more, no clear gain in groups alive."
    assert line in answer_to(rising).avoid


def talking(people: dict[int, float], cost: dict[int, float]) -> Answer:
    """Answer rows in which all groups live, and people and money (fen) hang on size alone."""
    manifest = design_of({SIZES: [*people], POSTS: [0, 1]}, replications=50)

    def values(rows: pd.DataFrame) -> dict[str, Any]:
        money = rows[SIZES].map(cost) * (1 + 9 * rows[POSTS])
        talk = rows[SIZES].map(people) + rows["replication"] / 100
        ended = pd.array(np.zeros(len(rows), bool), "boolean")
        return {"lifetime_observed": ended, "cost_fen": money, "posting_members_per_day": talk}

    return answer_of(study_of_rows(rows_of(manifest, values), manifest))


def test_of_settings_that_live_alike_a_tenth_more_money_buys_people_who_talk() -> None:
    near = talking({50: 2.0, 200: 6.0}, {50: 1000.0, 200: 1090.0})
    assert near.options[0].words == "200 members, no posts"
    assert near.headline == "Keep 200 members and do not post."
    assert "Avoid 50 members: 2.25 people talk a day, not 6.25." in near.avoid
    far = talking({50: 2.0, 200: 6.0}, {50: 1000.0, 200: 1500.0})
    assert far.options[0].words == "50 members, no posts"
    assert "200 members, no posts: 6.25 people talk a day, not 2.25, for 5 CNY more." in far.detail
    assert not any("200 members" in line for line in far.avoid)
    small = talking({50: 6.0, 200: 6.1}, {50: 1000.0, 200: 1010.0})
    assert small.options[0].words == "50 members, no posts"


def test_who_talks_has_an_interval_and_what_it_would_be_instead() -> None:
    card = talking({50: 2.0, 200: 6.0}, {50: 1000.0, 200: 1500.0}).cards[-1]
    assert (card.value, card.interval) == ("2.25 people a day", "95 %: 2.20 to 2.29")
    assert card.instead.endswith("200 members: 6.25 (6.20 to 6.29) people a day")


def test_a_grid_without_the_usual_levers_is_answered_too() -> None:
    found = answer_to(rising_with_posts, {POSTS: [0, 1], "group.topic_breadth": [0.2, 0.5, 1.0]})
    assert found.headline.startswith("Post once a day and choose group topic breadth")
    assert [card.title for card in found.cards] == ["How often", "What it costs", "How many talk"]


def rising_with_posts(rows: pd.DataFrame) -> Any:
    return np.where(rows[POSTS] > 0, 95, 10)


def test_every_answer_is_short() -> None:
    for alive in (rising, lambda rows: np.full(len(rows), 99), lambda rows: rows["replication"]):
        found = answer_to(alive)
        assert len(found.headline.split()) <= 14
        assert 1 < len(found.options) <= 8
        assert sum(option.chosen for option in found.options) == 1
        assert all(len(option.cells) == len(found.option_heads) for option in found.options)
        assert len(found.avoid) <= 3


def test_an_unfinished_store_has_no_answer_yet() -> None:
    manifest = design_of(GRID)
    rows = rows_of(manifest, lambda _: {}).iloc[:0]
    found = answer_of(study_of_rows(rows, manifest))
    assert found.headline.startswith("Nothing is known yet")
    assert found.chosen == -1


@pytest.mark.parametrize("number", [0.000123456, 0.9996, 1.0, 999.6, 12345.6, 7.0])
def test_three_digits_at_most(number: float) -> None:
    digits = three(number).replace(",", "").replace(".", "").strip("0")
    assert len(digits) <= 3
    assert float(three(number).replace(",", "")) == pytest.approx(number, rel=5e-3)


def test_a_sampled_value_is_said_in_three_digits_and_compared_whole() -> None:
    grid = {POSTS: [0, 1], "group.topic_breadth": [0.123456, 0.5]}
    found = answer_to(rising_with_posts, grid)
    assert "group topic breadth 0.123" in found.options[0].words
    assert "0.1234" not in str(found)


def test_the_rule_and_the_limit_of_a_group_are_said() -> None:
    found = answer_to(rising)
    assert any(line.startswith("Rule: the cheapest setting") for line in found.trust)
    largest = talking({50: 2.0, 500: 6.0}, {50: 1000.0, 500: 1090.0})
    assert not any("was not tried" in line for line in largest.trust)
