"""Levers in words: recognised by what they set, ordered for the pictures."""

from __future__ import annotations

from made_up import FEN, POSTS, SIZES, design_of

from sim.report.levers import BUDGET, CADENCE, SIZE, Lever, choose_axes, levers_of


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
    shown = [lever.label for lever in (axes.across, axes.lines, axes.panels) if lever]
    assert shown == ["morning quality", "posts a day", "red packets, CNY a day"]


def test_further_levers_are_held_at_their_usual_values() -> None:
    grid = {SIZES: [10, 20], "speak.propensity": [0.01, 0.035, 0.1], POSTS: [0, 2], FEN: [0, 100]}
    axes = choose_axes(levers_of(design_of(grid)))
    shown = [lever.role for lever in (axes.across, axes.lines, axes.panels) if lever]
    assert shown == [SIZE, CADENCE, BUDGET]
    assert [(lever.key, lever.usual) for lever in axes.held] == [("speak.propensity", 0.035)]


def test_cadences_below_one_a_day_are_posts_a_week() -> None:
    cadence = Lever("policies.cadence.posts_per_day", (0, 1 / 7, 0.285714, 0.5, 1), 1, CADENCE, "")
    assert cadence.texts() == ["0", "1/7", "2/7", "0.5", "1"]
    words = [cadence.words(value) for value in cadence.values]
    assert words[1:] == ["1 post a week", "2 posts a week", "0.5 posts a day", "1 post a day"]
