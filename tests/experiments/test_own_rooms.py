"""A model judged on rooms of its own making: the true one is near, another is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.validation.__main__ import application
from experiments.validation.own_rooms import judged_on_own_rooms
from sim.cli import main
from sim.scenario import Scenario, parse_scenario
from sim.validation.rooms import Rooms, simulated_rooms

TRUTH = parse_scenario(
    {"group": {"size": 6}, "arrivals": {"per_day": 0.1}, "speak": {"propensity": 0.05}}
)
DAYS = np.full(120, 40.0)


@pytest.fixture(scope="module")
def rooms() -> Rooms:
    return simulated_rooms([TRUTH], DAYS, 7).rooms


def judged(rooms: Rooms, scenario: Scenario, times: int = 2) -> pd.DataFrame:
    return judged_on_own_rooms(TRUTH, rooms, lambda split, targets: [scenario], times, 120)


def test_the_truth_is_about_as_near_as_the_other_half_and_a_silent_model_far(rooms: Rooms) -> None:
    seen: list[tuple[int, int]] = []
    true = judged_on_own_rooms(
        TRUTH, rooms, lambda split, targets: [TRUTH], 2, 120, lambda *done: seen.append(done)
    )
    silent = judged(rooms, TRUTH.with_values({"speak.propensity": 0.0005}))
    assert seen == [(1, 2), (2, 2)]
    assert np.all(np.abs(true["mean_distance"] - true["ceiling_mean_distance"]) < 0.6)
    assert np.all(silent["mean_distance"] > 2.0)
    assert not silent["meets_bar"].any()
    assert silent["ceiling_within"].tolist() == true["ceiling_within"].tolist()


def test_each_set_of_rooms_has_luck_of_its_own_and_stays_the_same(rooms: Rooms) -> None:
    one, two = judged(rooms, TRUTH, times=1), judged(rooms, TRUTH)
    assert one.iloc[0].equals(two.iloc[0])
    assert not one.iloc[0].equals(two.iloc[1])


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--data", "."], "Missing option '--bank'"),
        (["--bank", "."], "Missing option '--data'"),
        (["--data", ".", "--bank", "none"], "--bank: none: no such folder"),
        (["--data", ".", "--bank", ".", "--times", "0"], "allowed: 1 to 1000"),
        (
            ["--bank", ".", "--data", ".", "--population", "wechat_mixed"],
            "wechat_mixed has no real rooms; there are learner_rooms, work_streams",
        ),
    ],
)
def test_what_is_missing_is_a_line(
    words: list[str],
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["own-rooms", *words], application) == 2
    assert line in capsys.readouterr().err
