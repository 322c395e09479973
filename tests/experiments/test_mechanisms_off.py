"""The model without a mechanism, fitted anew: what is held fixed, what moves, what breaks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.ablation import ablation
from experiments.ablation.__main__ import application
from experiments.ablation.ablation import ALL_ON, Ablated, ablated, switched_on
from experiments.making_populations.search import Aim, minimised
from sim import cli
from sim.populations import Population, read_population
from sim.report.ablation import mechanisms
from sim.scenario import Scenario
from sim.validation.targets import Row, score


@pytest.fixture
def population(tmp_path: Path) -> Population:
    path = tmp_path / "made.toml"
    path.write_text("[look]\nrate_per_day = 3.0\n[speak]\nloafing = 0.2\n[trust]\nbenefit = 0.3\n")
    (tmp_path / "made.priors.csv").write_text(
        "parameter,low,high,scale\nlook.rate_per_day,1,9,log\nspeak.loafing,0.1,1,log\n"
    )
    return read_population(path)


def aim_at(rate: float, seen: list[Scenario]) -> Aim:
    """Aim at a look rate that loafing makes up for: a made-up simulation."""
    targets = pd.DataFrame({"value": [rate, 1.0], "error": [0.1, 0.1]}, index=["rate", "same"])

    def simulate(scenarios: Sequence[Scenario], seed: int) -> pd.DataFrame:
        seen.append(scenarios[0])
        params = scenarios[0].params
        shown = params.look.rate_per_day * (1.0 + params.speak.loafing)
        return pd.DataFrame(
            {"value": [shown, 1.0 if params.speak.loafing else 2.0], "error": [0.01, 0.01]},
            index=["rate", "same"],
        )

    return Aim("made", targets, simulate)


def test_the_switch_holds_and_the_rest_is_fitted_anew(population: Population) -> None:
    seen: list[Scenario] = []
    told: list[int] = []
    off = {"speak.loafing": 0.0}
    found = ablated(
        population, "speak.loafing", off, aim_at(5.0, seen), 40, 1, lambda: told.append(1)
    )
    assert seen[0].params.look.rate_per_day == pytest.approx(3.0)  # begins where it stands
    assert {one.params.speak.loafing for one in seen} == {0.0}
    assert len(told) == found.simulations == 40
    assert found.loss_before == pytest.approx(10.0, abs=0.5)
    assert found.loss_after < found.loss_before
    assert found.rows[0].simulated == pytest.approx(5.0, abs=0.3)
    whole = ablated(population, ALL_ON, {}, aim_at(5.0, []), 40, 1)
    assert found.broken_from(whole) == ["same"]
    assert found.mended_from(whole) == []


def made(simulated: float, error: float) -> Ablated:
    rows = (Row("made", "one", 1.0, 0.1, simulated, error),)
    return Ablated("made", 1.0, 1.0, 1, rows, score(rows))


@pytest.mark.parametrize(
    ("whole", "without", "broken"),
    [
        (made(1.0, 0.01), made(2.0, 0.01), ["one"]),
        (made(1.0, 0.01), made(1.05, 0.01), []),  # still shown
        (made(1.15, 0.04), made(1.25, 0.04), []),  # no more than chance in simulations
        (made(3.0, 0.01), made(2.0, 0.01), []),  # was not shown before
        (made(1.0, 0.01), made(np.nan, np.nan), ["one (not shown)"]),
    ],
)
def test_what_counts_as_broken(whole: Ablated, without: Ablated, broken: list[str]) -> None:
    assert without.broken_from(whole) == broken
    assert whole.mended_from(without) == broken


def test_only_what_is_on_can_be_switched_off(population: Population) -> None:
    on = switched_on(population, mechanisms())
    assert "speak.loafing" in on
    off = population.scenario.with_values({"speak.loafing": 0.0})
    assert "speak.loafing" not in switched_on(Population("off", off), mechanisms())


def test_a_search_can_begin_where_one_stands() -> None:
    tried: list[float] = []

    def loss(place: np.ndarray) -> float:
        tried.append(float(place[0]))
        return float(((place - 0.7) ** 2).sum())

    _, least = minimised(loss, 2, 1, 1, np.array([0.7, 0.7]), 0.1)
    assert (tried, least) == ([0.7], 0.0)
    minimised(loss, 2, 60, 1, np.array([0.6, 0.7]), 0.01)
    assert np.ptp(tried) < 0.3


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--without", "speak.loafing", "--budget", "2", "--rooms", "20"]
    assert cli.main(words, application) == 0
    said = capsys.readouterr().out
    assert "1 mechanisms, each model fitted anew with 2 simulations, seed 1" in said
    assert "all on: " in said
    assert "without speak.loafing: " in said
    assert cli.main([*words, "--json"], application) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert [one["mechanism"] for one in models] == ["all on", "speak.loafing"]
    assert {one["simulations"] for one in models} == {2}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--without", "speak.loafin"], "did you mean 'speak.loafing'"),
        (["--budget", "0"], "--budget: 0 is out of range"),
        (["--population", "wechat_mixed"], "needs free parameters and one type"),
    ],
)
def test_faults(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words, application) == 2
    assert said in capsys.readouterr().err


def test_a_stop_keeps_what_was_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    calls: list[str] = []

    def stopped(population: Population, mechanism: str, *rest: object) -> Ablated:
        calls.append(mechanism)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return made(1.0, 0.01)

    monkeypatch.setattr(ablation, "ablated", stopped)
    assert cli.main(["--budget", "1", "--rooms", "20"], application) == 130
    shown = capsys.readouterr()
    assert "made: 1 of 1" in shown.out
    assert "stopped: 1 of" in shown.err
