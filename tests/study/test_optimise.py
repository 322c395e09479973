"""Optimise: the budget is kept, a stopped search goes on to the same end; worst parameter sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.study.optimise import Search, optimise, parameter_sets, worst_tenth
from sim.study.study_file import study_file

pytest.importorskip("optuna")

DATA = {
    "scenario": {"policies": {"cadence": {}}},
    "replications": 2,
    "days": 14,
    "levers": {
        "group.size": {"low": 5, "high": 30},
        "policies.cadence.posts_per_day": {"low": 0, "high": 4},
    },
    "uncertain": {"operator.wage_fen_per_hour": {"low": 1000, "high": 5000}},
}
SMALL = Search(trials=20, population=8, sets=3, budget_fen=6_000)


def test_the_same_search_again_reads_its_stores_and_keeps_the_budget(tmp_path: Path) -> None:
    study = study_file(DATA)
    whole = optimise(study, tmp_path / "whole", SMALL, threads=1)
    assert len(whole.trials) == 20
    assert whole.front["within_budget"].all()
    assert (whole.front["cost_fen_worst_tenth"] >= whole.front["cost_fen"]).all()
    assert (whole.front["cost_fen_parameter_sd"] > 0.0).any()  # wages are uncertain

    def stop(done: int, _: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimise(study, tmp_path / "cut", SMALL, threads=1, progress=stop)
    pd.testing.assert_frame_equal(
        optimise(study, tmp_path / "cut", SMALL, threads=1).front, whole.front
    )


def test_the_search_learns_where_the_aim_is(tmp_path: Path) -> None:
    """One aim, cost, so few posts are best; each lever of a child is drawn anew every second time.

    Children of good parents are then in the best quarter in five of eight cases, else in two.
    """
    found = optimise(
        study_file({**DATA, "days": 1}),
        tmp_path / "out",
        Search(trials=96, population=8, sets=1),
        {"cost_fen": False},
        threads=1,
    )
    key = "policies.cadence.posts_per_day"
    assert (found.trials[key].tail(80) < 1.0).mean() > 0.4


def test_the_worst_tenth_is_the_worst() -> None:
    values = np.random.default_rng(3).random(30)
    assert worst_tenth(values, True) < values.mean() < worst_tenth(values, False)
    assert worst_tenth(values[:4], True) == values[:4].min()


def test_every_setting_meets_the_same_sets() -> None:
    sets = parameter_sets(study_file(DATA), 4)
    assert sets == parameter_sets(study_file(DATA), 4)
    assert len({one["operator.wage_fen_per_hour"] for one in sets}) == 4


def test_the_command_prints_the_front_and_refuses_mistakes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = tmp_path / "study.toml", tmp_path / "out"
    file.write_text(
        "replications = 2\ndays = 14\nscenario = {}\n"
        '[levers]\n"group.size" = { low = 30, high = 40 }\n'
    )
    words = ["optimise", str(file), "--out", str(out), "--trials", "6", "--population", "3"]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Take setting ")
    assert "of 6 settings tried" in shown
    assert len(shown.splitlines()) <= 24
    assert cli.main([*words, "--all"]) == 0
    assert "of 6 tried with 1 parameter sets x 2 replications" in capsys.readouterr().out
    assert {"front.csv", "trials.csv", "report.html", "optimise.json"} <= {
        path.name for path in out.iterdir()
    }
    assert cli.main([*words, "--seed", "2"]) == 2
    assert "holds a search with another seed" in capsys.readouterr().err
    assert cli.main([*words, "--trials", "0", "--budget-cny", "-1"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    assert cli.main(words) == 2
    how = 'install it with: pip install "qunlab[analysis]"'
    assert capsys.readouterr().err == f"error: this needs Optuna; {how}\n"
