"""The search of free parameters: known minima, its budget, its loss, and the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.making_populations.__main__ import application
from experiments.making_populations.evolution_strategy import distance_of, fit, minimised
from experiments.making_populations.search import (
    Aim,
    Try,
    alike,
    best_of,
    confirmed,
    rooms_aim,
    search,
    survival_aim,
)
from sim import cli
from sim.populations import Range, read_population
from sim.scenario import Scenario
from sim.validation.rooms import measured, simulated_rooms


def test_a_bowl_is_found_to_its_bottom() -> None:
    place, least = minimised(lambda x: float(((x - 0.37) ** 2).sum()), 8, 2500, 3)
    assert least < 1e-9
    assert place == pytest.approx(np.full(8, 0.37), abs=1e-4)


def test_a_narrow_bent_valley_is_followed() -> None:
    def valley(x):  # Rosenbrock 1960, its minimum 0 at (0.75, 0.75)
        a, b = 4 * x - 2
        return float(100 * (b - a * a) ** 2 + (1 - a) ** 2)

    place, least = minimised(valley, 2, 1500, 1)
    assert least < 1e-8
    assert place == pytest.approx([0.75, 0.75], abs=1e-3)


def test_a_minimum_on_the_wall_is_reached() -> None:
    place, _ = minimised(lambda x: float(x.sum()), 4, 1500, 2)
    assert place.max() < 0.01


@given(st.integers(1, 60), st.integers(1, 6), st.integers(0, 2**40))
def test_the_budget_is_kept_to_the_call_and_no_point_leaves_the_cube(budget, size, seed) -> None:
    seen = []

    def loss(x):
        seen.append(x)
        return float(x[0])

    place, least = minimised(loss, size, budget, seed)
    assert len(seen) == budget
    assert least == min(x[0] for x in seen)
    assert all(((x >= 0) & (x <= 1)).all() for x in [*seen, place])


def table(values, error=0.1) -> pd.DataFrame:
    index = pd.Index([f"p{n}" for n in range(len(values))], name="pattern")
    return pd.DataFrame({"value": values, "error": error}, index=index)


def test_parameters_come_back_from_the_patterns_they_made() -> None:
    prior = (Range("rate", 0.01, 100.0, True), Range("share", -1.0, 3.0))

    def simulate(values):
        rate, share = np.log(values["rate"]), values["share"]
        return table([rate + share, rate - share, 2 * rate])

    found = fit(simulate, prior, simulate({"rate": 3.0, "share": 0.5}), 900, 1)
    assert found.values == pytest.approx({"rate": 3.0, "share": 0.5}, abs=1e-3)
    assert found.simulations == 900
    again = fit(simulate, prior, simulate({"rate": 3.0, "share": 0.5}), 900, 1)
    assert again == found


def test_the_loss_is_the_mean_distance_with_missing_rows_at_ten() -> None:
    real = table([1.0, 2.0, 3.0])
    real.loc["p2", "error"] = np.nan  # not judged
    made = table([1.1, np.nan], 0.0)
    assert distance_of(made, real) == pytest.approx((1.0 + 10.0) / 2)
    assert distance_of(table([99.0, 2.0], 0.0), real) == pytest.approx(5.0)


PROJECT = Path(__file__).resolve().parents[2]

FOLDER = PROJECT / "configs" / "populations"


def made(folder: Path, priors: str) -> Path:
    path = folder / "made.toml"
    path.write_text("[run]\ndays = 2\n[types.a]\nshare = 1\n[types.b]\nshare = 1\n")
    (folder / "made.priors.csv").write_text("parameter,low,high,scale\n" + priors)
    return path


def test_a_search_finds_what_it_aims_at(tmp_path: Path) -> None:
    path = made(tmp_path, "types.a.group.size,2,60,log\nlook.rate_per_day,1,9,linear\n")
    targets = pd.DataFrame({"value": [12.0, 4.0], "error": [0.5, 0.1]}, index=["size", "rate"])

    seeds: set[int] = set()

    def shown(scenarios: list[Scenario], seed: int) -> pd.DataFrame:
        seeds.add(seed)
        first = scenarios[0].params
        return pd.DataFrame(
            {"value": [first.group.size, first.look.rate_per_day], "error": [0.0, 0.0]},
            index=["size", "rate"],
        )

    tries: list[Try] = []
    population, aim = read_population(path), Aim("made", targets, shown)
    search(population, path, aim, 150, 5, tries.append)
    best = best_of(tries)
    assert seeds == set(range(5, 30))  # six tries a generation share a seed
    assert best_of(confirmed(population, path, aim, tries, 5)).values == best.values
    assert max(seeds) == 505
    assert len(tries) == 150
    assert best.values["types.a.group.size"] == 12
    assert best.values["look.rate_per_day"] == pytest.approx(4.0, abs=0.05)
    table = alike(tries)
    assert (table["low"] <= table["best"]).all()
    assert (table["best"] <= table["high"]).all()


def test_a_set_that_is_refused_is_a_bad_try_not_an_end(tmp_path: Path) -> None:
    path = made(tmp_path, "reaction.stay_probability,0.96,0.97,linear\n")
    aim = Aim("made", pd.DataFrame({"value": [1.0], "error": [1.0]}, index=["x"]), lambda *_: 1 / 0)
    tries: list[Try] = []
    search(read_population(path), path, aim, 3, 1, tries.append)
    assert [one.loss for one in tries] == [10.0] * 3


def test_a_parameter_comes_back_through_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text("[group]\nsize = 4\n[arrivals]\nper_day = 0.05\n[speak]\npropensity = 0.03\n")
    (tmp_path / "small.priors.csv").write_text(
        "parameter,low,high,scale\nspeak.propensity,0.001,1.0,log\n"
    )
    small = read_population(path)
    days = np.full(60, 20.0)
    real = simulated_rooms([small.scenario], days, 7).rooms
    tries: list[Try] = []
    aim = rooms_aim("made", measured(real, real.every(), 1), days)
    search(small, path, aim, 12, 1, tries.append)
    assert 0.01 < best_of(tries).values["speak.propensity"] < 0.1


def test_the_field_study_is_aimed_at_by_its_bands() -> None:
    targets = survival_aim(50).targets
    assert targets["value"].tolist() == pytest.approx([0.6, 0.3])
    assert targets["error"].tolist() == pytest.approx([0.05, 0.04])


def test_the_command_searches_the_default_population(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "--population", str(FOLDER / "wechat_mixed.toml")]
    assert cli.main([*words, "--budget", "2", "--rooms", "40"], application) == 0
    said = capsys.readouterr().out
    assert "best of 2 tries, seed 1; no posterior" in said
    assert "types.passing.share = " in said
    assert "34-day window, with new seeds" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--budget", "0"], "--budget: 0 is out of range"),
        (["--split", "1"], "need the real rooms"),
        (["--data", "nowhere"], "nowhere: no such folder"),
        (["--rooms", "3"], "--rooms: 3 is out of range"),
    ],
)
def test_faults_of_the_command_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["search", "--population", "learner_rooms", *words], application) == 2
    assert said in capsys.readouterr().err


def test_a_population_without_ranges_or_targets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path, "look.rate_per_day,1,9,linear\n")
    assert cli.main(["search", "--population", str(path)], application) == 2
    assert "made has no targets" in capsys.readouterr().err
    (tmp_path / "made.priors.csv").unlink()
    assert cli.main(["search", "--population", str(path)], application) == 2
    assert "no made.priors.csv to search" in capsys.readouterr().err


def test_real_rooms_can_be_cut_and_split(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--population", "learner_rooms", "--data", str(data_dir)]
    words += ["--budget", "1", "--rooms", "20", "--days", "30", "--split", "2"]
    assert cli.main(words, application) == 0
    said = capsys.readouterr().out
    assert "learner rooms, fitted part" in said
    assert "held out: the other half" in said
