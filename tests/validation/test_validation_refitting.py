"""Refitting on every split: the cut model, the engine searched, nothing judged is read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.scenario import parse_scenario
from sim.validation.held_out import run_protocol, splits_of
from sim.validation.refitting import (
    HABIT_AND_REACTION,
    cut_down,
    fitted_values,
    model_candidate,
    search_refit,
)
from sim.validation.rooms import measured, simulated_rooms
from sim.validation.search import Range

SMALL = parse_scenario(
    {
        "group": {"size": 4},
        "arrivals": {"per_day": 0.05},
        "speak": {"propensity": 0.03},
    }
)
DAYS = np.full(60, 20.0)


@pytest.fixture(scope="module")
def rooms():
    return simulated_rooms([SMALL], DAYS, 7).rooms


def test_the_cut_model_holds_every_value_and_still_talks() -> None:
    cut = cut_down(SMALL)
    for key, value in HABIT_AND_REACTION.items():
        section, name = key.split(".")
        assert getattr(getattr(cut.params, section), name) == value
    made = simulated_rooms([cut], DAYS, 1).rooms
    assert made.brought["median msgs per group"].counted().value > 0


def test_a_parameter_comes_back_through_the_engine(rooms) -> None:
    targets = measured(rooms, rooms.every(), 1)
    prior = [Range("speak.propensity", 0.001, 1.0, True)]
    found = fitted_values(SMALL, prior, DAYS, targets, 12, 1)
    assert 0.01 < found.values["speak.propensity"] < 0.1


def test_a_model_refitted_on_each_split_is_judged_on_the_rest(rooms) -> None:
    seen = []

    def refit(split, targets):
        pd.testing.assert_frame_equal(targets, measured(rooms, split.fitted, split.seed))
        seen.append(split.seed)
        return [SMALL]

    splits = splits_of(rooms, count=2)
    judged = run_protocol(rooms, splits, {"model": model_candidate(refit, rooms, 60)})
    assert seen == [1, 2]
    assert all(one.score.mean_distance < 2 for one in judged)


def test_values_that_do_not_go_together_are_only_far_away(rooms) -> None:
    prior = [Range("reaction.stay_probability", 0.9, 0.97), Range("reaction.draw_max", 7.0, 8.0)]
    refit = search_refit(SMALL, prior, rooms, 2)
    targets = measured(rooms, rooms.every(), 1)
    found = fitted_values(SMALL, prior, DAYS[:5], targets, 2, 1)
    assert found.loss == 10.0
    assert callable(refit)
