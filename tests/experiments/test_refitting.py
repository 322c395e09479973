"""Refitting on every split: the cut model, the bank as a file, nothing judged is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_banks import PRIORS, made_bank, observed

from experiments.making_populations.__main__ import application
from experiments.making_populations.refitting import (
    HABIT_AND_REACTION,
    bank_refit,
    cut_down,
    model_candidate,
    read_bank,
    write_bank,
)
from experiments.validation.held_out import Split, run_protocol, splits_of
from sim.cli import main
from sim.errors import InputError
from sim.populations import Range, load_priors
from sim.scenario import load_scenario, parse_scenario
from sim.validation.rooms import measured, simulated_rooms

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


def test_a_bank_is_written_and_read_back(tmp_path: Path) -> None:
    bank = made_bank()
    write_bank(bank, PRIORS, tmp_path / "x.bank.parquet")
    found = read_bank(tmp_path / "x.bank.parquet", PRIORS)
    assert found.places == pytest.approx(bank.places)
    pd.testing.assert_frame_equal(found.patterns, bank.patterns)
    assert found.even.all()
    assert found.box.high.tolist() == [1.0, 1.0]
    with pytest.raises(InputError, match=r"habit\.gain"):
        read_bank(tmp_path / "x.bank.parquet", (Range("habit.gain", 0.1, 1.0),))
    (tmp_path / "y").write_text("no")
    with pytest.raises(InputError, match="cannot be read"):
        read_bank(tmp_path / "y", PRIORS)


def test_a_split_is_refitted_from_the_bank() -> None:
    half = np.arange(100) % 2 == 0
    refit = bank_refit(made_bank(), PRIORS, parse_scenario({}))
    scenarios = refit(Split(1, half, ~half, "other"), observed((0.5, 0.25)))
    assert len(scenarios) == 40
    drives = [one.params.speak.propensity for one in scenarios]
    assert np.mean(drives) == pytest.approx(0.1, abs=0.03)
    posterior, _ = made_bank().fitted(observed((0.5, 0.25)), 50)
    assert np.std(drives) == pytest.approx(0.4 * posterior.sd()[1], rel=0.4)  # not only its best


def test_the_command_leaves_a_bank_and_can_cut_the_model_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.calibrate.GROUP_PARTICLES", 20)
    monkeypatch.setattr("sim.calibrate.GROUP_KEPT", 10)
    path = tmp_path / "own.toml"
    path.write_text('name = "own"\n[group]\nsize = 3\n[speak]\npropensity = 0.2\n')
    priors = "parameter,low,high,scale\nspeak.propensity,0.001,0.4,log\n"
    path.with_name("own.priors.csv").write_text(priors)
    log, out = tmp_path / "log", tmp_path / "fit"
    assert main(["run", str(path), "--groups", "2", "--days", "9", "--log", str(log)]) == 0
    words = ["calibrate", str(log), "--population", str(path), "--out", str(out), "--cut-down"]
    assert main(words, application) == 0
    assert "own.posterior.csv" in capsys.readouterr().out
    bank = read_bank(out / "own.bank.parquet", load_priors(path.with_name("own.priors.csv")))
    assert len(bank.places) == 20
    assert load_scenario(out / "own.toml").params.speak.loafing == 0.0
    assert load_scenario(out / "cut_down" / "own.toml").params.group.size == 3
