"""The search of a population's free parameters, and the command that runs it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.scenario import Scenario
from sim.validation.populations import read_population
from sim.validation.searching import (
    Aim,
    Try,
    alike,
    best_of,
    confirmed,
    search,
    survival_aim,
)

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

    lucks: set[int] = set()

    def shown(scenarios: list[Scenario], seed: int) -> pd.DataFrame:
        lucks.add(seed)
        first = scenarios[0].params
        return pd.DataFrame(
            {"value": [first.group.size, first.look.rate_per_day], "error": [0.0, 0.0]},
            index=["size", "rate"],
        )

    tries: list[Try] = []
    population, aim = read_population(path), Aim("made", targets, shown)
    search(population, path, aim, 150, 5, tries.append)
    best = best_of(tries)
    assert lucks == set(range(5, 30))  # six tries a generation share their luck
    assert best_of(confirmed(population, path, aim, tries, 5)).values == best.values
    assert max(lucks) == 505
    assert len(tries) == 150
    assert best.values["types.a.group.size"] == 12
    assert best.values["look.rate_per_day"] == pytest.approx(4.0, abs=0.05)
    table = alike(tries)
    assert (table["low"] <= table["best"]).all()
    assert (table["best"] <= table["high"]).all()


def test_a_set_that_is_refused_is_a_bad_try_not_an_end(tmp_path: Path) -> None:
    path = made(tmp_path, "reaction.stay_probability,0.985,0.99,linear\n")
    aim = Aim("made", pd.DataFrame({"value": [1.0], "error": [1.0]}, index=["x"]), lambda *_: 1 / 0)
    tries: list[Try] = []
    search(read_population(path), path, aim, 3, 1, tries.append)
    assert [one.loss for one in tries] == [10.0] * 3


def test_the_field_study_is_aimed_at_by_its_bands() -> None:
    targets = survival_aim(50).targets
    assert targets["value"].tolist() == pytest.approx([0.6, 0.3])
    assert targets["error"].tolist() == pytest.approx([0.05, 0.04])


def test_the_command_searches_the_default_population(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "--population", str(FOLDER / "wechat_mixed.toml")]
    assert cli.main([*words, "--budget", "2", "--rooms", "40"]) == 0
    said = capsys.readouterr().out
    assert "best of 2 tries, seed 1; no posterior" in said
    assert "types.passing.share = " in said
    assert "34-day window, with new luck" in said


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
    assert cli.main(["search", "--population", "learner_rooms", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_population_without_ranges_or_targets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path, "look.rate_per_day,1,9,linear\n")
    assert cli.main(["search", "--population", str(path)]) == 2
    assert "made has no targets" in capsys.readouterr().err
    (tmp_path / "made.priors.csv").unlink()
    assert cli.main(["search", "--population", str(path)]) == 2
    assert "no made.priors.csv to search" in capsys.readouterr().err


def test_real_rooms_can_be_cut_and_split(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--population", "learner_rooms", "--data", str(data_dir)]
    words += ["--budget", "1", "--rooms", "20", "--days", "30", "--split", "2"]
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "learner rooms, fitted part" in said
    assert "held out: the other half" in said
