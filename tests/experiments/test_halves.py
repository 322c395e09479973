"""Rooms held out, judged beside null models: ``python -m experiments.validation halves``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.validation import nulls
from experiments.validation.__main__ import application
from sim.cli import main

SMALL = """
[group]
size = 2
[arrivals]
per_day = 0.004
burst_ratio = 20
[speak]
propensity = 0.02
"""


def test_null_models_stand_beside_the_population_and_the_other_real_part(
    data_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nulls, "FIT_ROOMS", 40)
    for name in ("fcc_gitter.parquet", "fcc_gitter_groups.csv"):
        (tmp_path / name).symlink_to(data_dir / name)
    population = tmp_path / "learner_rooms.toml"
    population.write_text(SMALL)
    words = ["halves", "--population", str(population), "--rooms", "20", "--data", str(tmp_path)]
    assert main([*words, "--nulls", "3", "--json"], application) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer["held_out"]) == ["learner rooms"]
    assert [row["candidate"] for row in answer["held_out"]["learner rooms"]] == [
        "learner_rooms",
        "the other real part",
        "independent Poisson members",
        "self-exciting group (Hawkes)",
    ]
    learners = {row["candidate"]: row for row in answer["held_out"]["learner rooms"]}
    other = learners["the other real part"]
    assert other["within"] >= 33
    assert [one["split"] for one in other["by_split"]] == [1, 2, 3, 4, 5]
    assert np.median([one["within"] for one in other["by_split"]]) == other["within"]
    assert learners["learner_rooms"]["mean_distance"] > 1.2


def test_every_mistake_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["halves", "--data", str(tmp_path), "--nulls", "-1", "--bank", "none"]
    assert main([*words, "--days", "3"], application) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "--bank: none: no such folder" in lines[0]


def test_the_commands_run_as_a_module_and_show_examples() -> None:
    words = [sys.executable, "-m", "experiments.validation", "halves", "--help"]
    clone = Path(__file__).resolve().parents[2]
    done = subprocess.run(words, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "python -m experiments.validation halves --data rooms" in done.stdout
