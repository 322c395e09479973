"""Old words of ``qunlab`` say which experiment has them now, and that experiment is there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim import cli

OLD = {
    "search": ["search", "--population", "learner_rooms"],
    "ablate": ["ablate"],
    "calibrate --cut-down": ["calibrate", "log", "--out", "fit", "--cut-down"],
}


@pytest.mark.parametrize("old", OLD)
def test_an_old_word_is_one_line_with_the_new_command(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(OLD[old]) == 2
    assert capsys.readouterr().err == (
        f"error: {old} is research now, in a clone of Qunlab: {cli.MOVED[old]}\n"
    )


@pytest.mark.parametrize("module", ["experiments.making_populations", "experiments.ablation"])
def test_an_experiment_runs_by_its_module_and_fails_as_the_command_does(module: str) -> None:
    helping, wrong = (
        subprocess.run(
            [sys.executable, "-m", module, word], capture_output=True, text=True, check=False
        )
        for word in ("--help", "--nonsense")
    )
    assert helping.returncode == 0
    assert f"Usage: python -m {module}" in helping.stdout
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("error: ")
