"""Observed correlations beside effects of interventions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from experiments.validation import effects
from experiments.validation.__main__ import application
from experiments.validation.effects import Effect, Interval, block_of, estimated
from sim.cli import main
from sim.scenario import Scenario, parse_scenario

BUSY = parse_scenario(
    {
        "group": {"size": 15},
        "arrivals": {"per_day": 1.0, "burst_ratio": 10.0},
        "speak": {"propensity": 0.3},
        "operator": {"answer_probability": 0.0},
    }
)
DEAF = BUSY.with_values(  # nobody hears of anybody
    {
        "speak.audience": 0.0,
        "speak.loafing": 0.0,
        "speak.answer_ratio": 0.0,
        "speak.quiet_share": 1.0,
        "speak.unanswered_share": 1.0,
        "reaction.draw_probability": 0.0,
        "reaction.call_probability": 0.0,
        "reaction.stay_probability": 0.0,
        "reading.fatigue_per_message": 0.0,
        "habit.gain": 0.0,
        "habit.reply_reward": 0.0,
        "needs.regrow_days": 0.05,
        "speak.need_push": 0.0,
        "ties.growth": 0.0,
        "leaving.mute_probability": 0.0,
        "leaving.leave_probability": 0.0,
        "speak.stranger_share": 1.0,
    }
)


def effect(observed: Interval, intervention: Interval) -> Effect:
    return Effect("made", "a", "b", observed, intervention, "", "", "")


@pytest.mark.parametrize(
    ("observed", "intervention", "said"),
    [
        ((0.5, 0.4, 0.6), (0.1, 0.0, 0.2), "overstates"),
        ((0.1, 0.0, 0.2), (0.5, 0.4, 0.6), "understates"),
        ((-0.5, -0.6, -0.4), (0.1, 0.0, 0.2), "another sign"),
        ((0.5, 0.1, 0.9), (0.2, 0.1, 0.3), "no clear difference"),
        ((np.nan, np.nan, np.nan), (0.2, 0.1, 0.3), "not shown"),
    ],
)
def test_what_the_two_numbers_say(
    observed: tuple[float, float, float], intervention: tuple[float, float, float], said: str
) -> None:
    assert said in effect(Interval(*observed), Interval(*intervention)).says


def test_newcomers_are_counted_as_the_logs_count_them() -> None:
    group = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    slot = np.array([0, 1, 1, 2, 1, 5, 6, 6])
    hours = np.array([0.0, 1.0, 2.0, 30.0, 60.0, 0.0, 9.0, 9.0 + 24.0 * 31])
    found = effects.newcomers_of(group, slot, hours)
    assert found.slot.tolist() == [1, 2, 6]
    assert found.followed.tolist() == [False, False, False]  # own messages are no company
    assert found.returned.tolist() == [True, False, False]  # not before 24 h, not after 30 days
    late = np.array([0.0, 24.0 * 50])
    assert not len(effects.newcomers_of(np.array([0, 0]), np.array([0, 1]), late).slot)


def test_company_within_a_day() -> None:
    group, slot = np.zeros(3, dtype=np.int64), np.array([0, 1, 0])
    assert effects.newcomers_of(group, slot, np.array([0.0, 5.0, 29.0])).followed.tolist() == [True]
    assert effects.newcomers_of(group, slot, np.array([0.0, 5.0, 29.1])).followed.tolist() == [
        False
    ]


def test_an_interval_needs_half_of_the_resamples() -> None:
    only_one = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert np.isnan(estimated(lambda w: np.where(w @ only_one > 3, 1.0, np.nan), 6, 1).value)


def test_half_of_every_group_goes() -> None:
    group = np.repeat([0, 1, 2], [10, 7, 1])
    gone = effects.half_of(np.ones(18, dtype=bool), group, 3)
    assert np.bincount(group[gone], minlength=3).tolist() == [5, 3, 0]
    assert gone.tolist() != effects.half_of(np.ones(18, dtype=bool), group, 4).tolist()


def test_losing_others_does_nothing_to_people_who_hear_nobody() -> None:
    found = effects.audience_effect([DEAF], 30, 1).intervention
    assert found.value == found.low == found.high == 0.0
    assert effects.core_effect([DEAF], 30, 1).intervention.value == 0.0
    assert effects.reply_effect([DEAF], 60, 1).intervention.value == 0.0


def test_losing_half_hurts_where_people_live_on_each_other() -> None:
    lively = BUSY.with_values({"speak.audience": 1.5})
    found = effects.audience_effect([lively], 60, 1)
    assert found.intervention.high < 0.0
    assert "60 groups" in found.cases


def test_groups_are_dealt_to_scenarios() -> None:
    small, large = (BUSY.with_values({"group.size": size}) for size in (3, 30))
    block = block_of([small, large], 5, 2, 1)
    assert [place.replication for place in block.places] == [0, 2, 4, 1, 3]
    assert block.arrays["groups"]["present"].tolist() == [3, 3, 3, 30, 30]


def test_the_command_prints_both_numbers(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["effects", "--population", "wechat_mixed", "--rooms", "20"]
    assert main(words, application) == 0
    said = capsys.readouterr().out
    for part in ("reply", "core member's exit", "loss of half the audience", "real logs", "-43 %"):
        assert part in said
    assert main([*words, "--json"], application) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["effects"][0]["name"] == "reply"
    assert main([*words[:-1], "3"], application) == 2


def test_an_effect_is_the_same_again() -> None:
    def both() -> list[Scenario]:
        return [BUSY]

    assert effects.core_effect(both(), 20, 2) == effects.core_effect(both(), 20, 2)


def test_measures_of_effects_on_a_few_messages() -> None:
    size, written = np.array([4.0, 16.0]), np.array([4.0, 64.0])
    assert effects.halving(np.ones((1, 2)), size, written, size > 8).tolist() == [-0.5]
    top = effects.top_posters(np.array([1, 4, 4, 0, 2]), np.array([0, 0, 0, 1, 1]), 2)
    assert top.tolist() == [1, 4]
    one = effects.newcomers_of(np.zeros(4, int), np.array([0, 1, 0, 1]), np.array([0.0, 1, 2, 50]))
    assert (one.slot.tolist(), one.followed.tolist(), one.returned.tolist()) == (
        [1],
        [True],
        [True],
    )
