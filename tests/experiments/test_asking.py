"""What is read off plans that were played together."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from experiments.asking import (
    Asking,
    Both,
    Rows,
    any_of,
    community,
    percent,
    size_of,
    told,
    turns,
    words,
)
from sim.stats.intervals import Estimate
from sim.study.compare import Played

TALK, PAID = "messages", "operator_fen_claimed"


def rows_of(**plans):
    rows = [
        {"point": point, "replication": at, TALK: float(value), PAID: 10.0 * (point + 1)}
        for point, values in enumerate(plans.values())
        for at, value in enumerate(values)
    ]
    manifest = SimpleNamespace(levers={"choices.alternative": list(plans)})
    return Rows(Played(manifest, pd.DataFrame(rows), len(next(iter(plans.values())))))


FEW = rows_of(none=[1, 2, 3, 4], some=[11, 12, 13, 14], more=[11, 12, 13, 14.1])


def test_a_plan_is_unbeaten_when_no_other_is_clearly_better_by_what_matters():
    assert FEW.unbeaten(["none", "some", "more"], TALK) == ["some", "more"]
    assert FEW.unbeaten(["none"], TALK) == ["none"]


def test_gaps_hold_each_plan_against_its_own_other():
    found = FEW.gaps({"some": "none", "none": "some"}, TALK)
    assert found["mean"].tolist() == [10.0, -10.0]
    assert found["lower"].tolist() == [10.0, -10.0]


def test_what_money_brings_is_held_against_what_it_cost():
    found = FEW.per(("some", "more"), "none", TALK, PAID, 100.0)
    assert found.first == pytest.approx(10 * 100 / 20)
    assert found.second == pytest.approx(10.025 * 100 / 30)


def test_what_comes_after_the_first_days_is_what_is_left(tmp_path):
    asking, plans = Asking(tmp_path, toy=True), {}
    for name, posts in (("a", 0), ("b", 4)):
        plans[name] = community(values={"policies.cadence.posts_per_day": posts, "run.days": 10})
    whole = asking.play(plans)
    first = asking.play({x: one.with_values({"run.days": 5}) for x, one in plans.items()}, "first")
    after = whole.after(first, "operator_posts")
    assert (after.values("a", "operator_posts") == 0).all()
    assert (after.values("b", "operator_posts") == 20).all()
    assert (whole.after(first, TALK).values("b", TALK) >= 0).all()


def test_words_are_chosen_and_numbers_written_without_their_sign():
    gap = FEW.gap("none", "some", TALK)
    up, down, same = Both("up", "升"), Both("{size} fewer", "少 {size} 条"), Both("same", "平")
    said = words(gap, up, down, same).format(size=size_of(gap))
    assert said == Both("10 fewer", "少 10 条")
    assert words(FEW.gap("some", "some", TALK), up, down, same) == same
    assert told(gap, (up, down, same)) == Both("10 fewer", "少 10 条")


def test_a_ratio_is_written_in_percent():
    found = Estimate(0.35, 0.27, 0.42, 0.04, 9), Estimate(0.9, 0.9, 0.9, 0.0, 1)
    assert percent(found[0]) == Both("35 % (27 to 42)", "35 %（27 到 42）")
    assert percent(found[1]) == Both("90 %", "90 %")


def test_one_or_two_are_named_and_more_by_what_is_left_out():
    names, kind = (
        [Both(x, zh) for x, zh in zip("abcdef", "甲乙丙丁戊己", strict=True)],
        Both("kind", "类"),
    )
    assert any_of(names[:2], names, kind) == Both("a or b", "甲或乙")
    assert any_of(names[:4], names, kind) == Both("any kind but e or f", "除戊或己外的任何类")
    assert any_of(names[:3], names, kind) == Both("a or b or 1 more", "甲或乙等类")
    assert any_of(names, names, kind) == Both("any kind", "任何类")


def test_how_often_an_answer_turns_is_said_in_words():
    said = turns(1, [1, 1, -1], 20).en
    assert "turns in 1 of 3 versions" in said
    assert "grows unclear in none" in said
    assert "None of 2 versions" in turns(-1, [-1, -1], 20).en
    assert "becomes one in 2 of 3 versions" in turns(0, [1, 0, -1], 20).en


def test_rows_of_other_plans_are_played_anew(tmp_path, capsys):
    asking, plans = Asking(tmp_path, toy=True), {}
    for name, posts in (("a", 0), ("b", 4)):
        plans[name] = community(values={"policies.cadence.posts_per_day": posts, "run.days": 5})
    asking.play(plans)
    again = asking.play({name: one.with_values({"run.days": 6}) for name, one in plans.items()})
    assert again.played.names == ("a", "b")
    assert "played anew" in capsys.readouterr().err
