"""Ablation: every switch is a mechanism once; what falls and what holds is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.report.ablation import ALL_ON, Finding, ablation_design, mechanisms

GRID = """
replications = 2
days = 2
scenario = {}
[fixed.policies.cadence]
use = "cadence"
[grid]
"group.size" = [4, 8]
"policies.cadence.posts_per_day" = [0, 2]
"""


def test_every_switch_is_in_one_mechanism() -> None:
    keys = [key for switches in mechanisms().values() for key in switches]
    assert len(keys) == len(set(keys))
    assert {"reaction.draw_probability", "speak.audience", "packets.lift"} <= set(keys)
    assert mechanisms()["reserve among strangers"] == {
        "speak.stranger_share": 1.0,
        "packets.stranger_share": 1.0,
    }


def test_a_conclusion_holds_while_it_does_not_clearly_differ_from_the_best() -> None:
    usual = Finding(50, (25,), True)
    assert usual.against(Finding(25, (50,), True)) == "holds"
    assert usual.against(Finding(25, (), True)) == "falls: 25"
    assert usual.against(Finding(50, (25,), False)) == "no longer clear"
    assert Finding(50, (25,), False).against(usual) == "no clear difference"


def test_each_point_of_the_grid_is_met_with_each_mechanism_off(tmp_path: Path) -> None:
    file = tmp_path / "grid.toml"
    file.write_text(GRID)
    design = ablation_design(file, 3)
    names = design.levers[0][1]
    assert names[0] == ALL_ON
    assert "group.planned_end_days" not in names  # off already
    assert len(design.points) == 4 * len(names)
    assert design.replications == 3
    at = names.index("speak.audience")
    assert design.points[4 * at].params.speak.audience == 0
    assert design.points[0].params.speak.audience > 0
    file.write_text(GRID.replace("[grid]", "[one_at_a_time]"))
    with pytest.raises(InputError, match=r"needs a \[grid\]"):
        ablation_design(file)


def test_the_command_prints_the_table_and_stores_the_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "grid.toml", tmp_path / "out"
    file.write_text(GRID)
    words = ["sensitivity", str(file), "--method", "ablation", "--out", str(out)]
    assert cli.main(words) == 0
    assert "speak.audience" in capsys.readouterr().out
    table = pd.read_csv(out / "ablation.csv", comment="#")
    assert list(table) == ["mechanism", "best size", "best cadence"]
    assert table["mechanism"][0] == ALL_ON
