"""Sensitivity: the Ishigami function's known indices; a study played, stored and continued."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.populations import LEVER
from sim.study.sensitivity import analyse, averaged, sample, sensitivity
from sim.study.store import read_manifest
from sim.study.study_file import study_file

pytest.importorskip("SALib")

FACTORS = ("x1", "x2", "x3")
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""Of the Ishigami function with a = 7, b = 0.1 (Ishigami and Homma 1990)."""

STUDY = """
replications = 2
days = 2
scenario = {}
[levers]
"group.size" = { low = 5, high = 40, log = true }
"rhythm.peak_hour" = { low = 18, high = 22 }
[uncertain]
"operator.wage_fen_per_hour" = { low = 1000, high = 5000 }
[fixed.policies.cadence]
posts_per_day = 4
"""


def ishigami(shares: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_knows_the_ishigami_function() -> None:
    shares = sample(FACTORS, "sobol", 1024, 1)
    found = analyse(FACTORS, "sobol", shares, ishigami(shares))
    assert found["value"].to_numpy() == pytest.approx(TOTAL, abs=0.05)
    assert found["second"].to_numpy() == pytest.approx(FIRST, abs=0.05)
    assert found["lower"].le(list(TOTAL)).all()
    assert found["upper"].ge(list(TOTAL)).all()


def test_morris_ranks_a_linear_function_exactly() -> None:
    shares = sample(FACTORS, "morris", 8, 1)
    found = analyse(FACTORS, "morris", shares, shares @ np.array([3.0, -1.0, 0.0]))
    assert found["value"].to_numpy() == pytest.approx([3, 1, 0], abs=1e-9)
    assert found["direction"].to_numpy() == pytest.approx([3, -1, 0], abs=1e-9)
    assert found["second"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert found["told_apart"].tolist() == [True, True, False]


def test_an_outcome_that_never_varies_answers_to_nothing() -> None:
    shares = sample(FACTORS, "sobol", 8, 1)
    assert not analyse(FACTORS, "sobol", shares, np.ones(len(shares)))["told_apart"].any()


def test_missing_values_are_no_zeros() -> None:
    rows = pd.DataFrame({"point": [0, 1], "y": [1.0, np.nan]})
    with pytest.raises(InputError, match=r"is missing in 1 of \d communities; longer days"):
        averaged(rows, "y", 2)


def test_a_study_is_played_stored_and_continued(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "study.toml", tmp_path / "out"
    file.write_text(STUDY)
    words = ["sensitivity", str(file), "--out", str(out), "--size", "4", "--outcome", "cost_fen"]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    wage = "Cost of a community (CNY): hangs most on operator wage"
    assert shown.startswith(wage)
    assert "16 points x 2 replications" in shown
    assert len(shown.splitlines()) <= 24
    assert (out / "report.html").is_file()
    assert cli.main([*words, "--all"]) == 0
    assert "operator.wage_fen_per_hour [uncertain]" in capsys.readouterr().out
    kept = pd.read_csv(out / "sensitivity.csv", comment="#").set_index("factor")
    assert kept["told_apart"]["operator.wage_fen_per_hour"]
    assert len(read_manifest(out).scenarios) == 16
    before = (out / "part-000000.parquet").stat().st_mtime_ns
    assert cli.main(words) == 0
    assert capsys.readouterr().out == shown
    assert (out / "part-000000.parquet").stat().st_mtime_ns == before


def test_a_posterior_is_one_factor_drawn_by_weight(tmp_path: Path) -> None:
    sets = tmp_path / "rooms.posterior.csv"
    sets.write_text("look.rate_per_day,weight\n2,0.7\n4,0.3\n9,0\n")
    study = study_file(
        {"scenario": {}, "days": 1, "replications": 1, "levers": {"group.size": [3, 6]}},
        posterior=sets,
    )
    drawn = [study.values((0.5, at))[LEVER] for at in (0.0, 0.69, 0.71, 0.999)]
    assert drawn == ["p0", "p0", "p1", "p1"]
    found = sensitivity(study, tmp_path / "out", "sobol", 4, ["cost_fen"], 1)
    assert found.indices["factor"].tolist() == ["group.size", LEVER]
    with pytest.raises(InputError, match="have no order"):
        sensitivity(study, tmp_path / "other", "morris", 4)


def test_mistakes_are_one_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "study.toml"
    file.write_text(STUDY.replace("group.size", "group.sise"))
    out = ["--out", str(tmp_path / "out")]
    assert cli.main(["sensitivity", str(file), *out]) == 2
    assert "did you mean 'group.size'" in capsys.readouterr().err
    file.write_text(STUDY)
    for words, said in (
        (["--method", "sobols"], "is not one of morris, sobol"),
        (["--method", "sobol", "--size", "6"], "power of two"),
        (["--outcome", "cost"], "is not an outcome"),
        (["--size", "0"], "out of range"),
        (["--posterior", str(tmp_path / "none.csv")], "no such file"),
    ):
        assert cli.main(["sensitivity", str(file), *out, *words]) == 2
        assert said in capsys.readouterr().err
    monkeypatch.setitem(__import__("sys").modules, "SALib", None)
    assert cli.main(["sensitivity", str(file), *out]) == 2
    how = 'install it with: pip install "qunlab[analysis]"'
    assert capsys.readouterr().err == f"error: this needs SALib; {how}\n"
    assert not (tmp_path / "out").exists()
