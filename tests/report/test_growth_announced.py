"""Growth that nobody asked for is announced by run and sweep."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.report.growth import came_by_themselves

GROWS = """
[group]
size = 20
[run]
days = 5
groups = 6
[arrivals]
per_day = 3
"""


def of(start: float, end: float, joins: float, invited: float = float("nan")) -> float:
    names = ("members_start", "members_end", "joins", "invited_share")
    return came_by_themselves(
        pd.Series(dict(zip(names, (start, end, joins, invited), strict=True)))
    )


def test_who_came_by_themselves_is_counted() -> None:
    assert of(350, 403, 53) == 53
    assert of(350, 380, 10) == 0
    assert of(100, 150, 50, invited=1 / 3) == 0  # 50 of 150 were invited: all who came
    assert of(100, 150, 50, invited=0.1) == 35


def test_run_and_sweep_announce_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("grows.toml").write_text(GROWS)
    assert cli.main(["run", "grows.toml"]) == 0
    said = capsys.readouterr().out
    assert "came by themselves" in said
    assert said.count("Members: 20, at the end") == 1
    assert cli.main(["run", "grows.toml", "--set", "arrivals.per_day=0"]) == 0
    assert "came by themselves" not in capsys.readouterr().out
    Path("study.toml").write_text(
        'name = "s"\nreplications = 3\nscenario = "grows.toml"\n[grid]\n"group.size" = [10, 20]\n'
    )
    assert cli.main(["sweep", "study.toml", "--out", "out", "--no-report"]) == 0
    assert "came by themselves" in capsys.readouterr().out
