"""Every assumption is halved and doubled, and what falls by it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim import cli
from sim.params import parameters
from sim.report.ablation import ALL_ON, assumption_design, assumption_versions, counted, fallen
from sim.scenario import Scenario

GRID = """
replications = 2
days = 1
scenario = { look = { rate_per_day = 20.0 } }
[grid]
"look.rate_sigma" = [0.5, 1.0]
"""


def test_only_numbers_that_are_assumed_of_people_are_moved() -> None:
    found = assumption_versions(Scenario())
    keys = {key for values in found.values() for key in values}
    assert all(parameters()[key].grade == "C" and parameters()[key].numeric for key in keys)
    assert not [key for key in keys if key.startswith(("group.", "operator."))]
    assert "speak.audience" not in keys  # graded B
    assert "speak.evenness" not in keys  # off
    assert len(keys) > 60


def test_values_stay_in_range_and_scenarios_are_taken() -> None:
    for name, values in assumption_versions(Scenario()).items():
        ((key, value),) = values.items()
        assert parameters()[key].low <= value <= parameters()[key].high
        assert name == f"{key} = {value:.4g}"
        assert Scenario().with_values(values) != Scenario()
    names = assumption_versions(Scenario())
    shares = [name for name in names if name.startswith("speak.quiet_share")]
    assert shares == ["speak.quiet_share = 0.5"]  # 1 cannot be doubled


def test_a_smaller_step_is_taken_where_talk_would_never_end() -> None:
    moved = [
        values["reaction.stay_probability"]
        for values in assumption_versions(Scenario()).values()
        if "reaction.stay_probability" in values
    ]
    now = Scenario().params.reaction.stay_probability
    assert moved[0] == now / 2
    assert [value for value in moved if now < value < 2 * now]


def test_levers_of_the_sweep_are_not_moved(tmp_path: Path) -> None:
    file = tmp_path / "grid.toml"
    file.write_text(GRID)
    design = assumption_design(file, 1)
    names = design.levers[0][1]
    assert names[0] == ALL_ON
    assert not [name for name in names if str(name).startswith("look.rate_sigma")]
    assert "look.rate_per_day = 10" in names
    assert len(design.points) == 2 * len(names)
    assert design.points[2 * names.index("look.rate_per_day = 10")].params.look.rate_per_day == 10


def test_what_falls_is_kept_and_counted() -> None:
    rows = [
        ("all on", "25", "a gain"),
        ("a = 1", "holds", "holds"),
        ("a = 4", "falls: 50", "holds"),
        ("b = 1", "no longer clear", "no clear difference"),
        ("b = 4", "holds", "no clear difference"),
    ]
    table = pd.DataFrame(rows, columns=["mechanism", "best size", "worth of packets"])
    assert fallen(table)["mechanism"].tolist() == ["all on", "a = 4", "b = 1"]
    assert counted(table) == {
        "best size": {"holds": 2, "falls": 1, "no clear difference": 1},
        "worth of packets": {"holds": 2, "falls": 0, "no clear difference": 2},
    }


def test_the_command_says_what_falls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "grid.toml", tmp_path / "rows"
    file.write_text(GRID.replace('"look.rate_sigma" = [0.5, 1.0]', '"group.size" = [3, 6]'))
    words = ["sensitivity", str(file), "--method", "assumptions", "--out", str(out)]
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "as it is: best size " in said
    assert "parameters graded C" in said
    assert (out / "assumptions.csv").exists()
    assert cli.main([*words, "--json"]) == 0  # continues: nothing is played again
    assert json.loads(capsys.readouterr().out)[0]["mechanism"] == "all on"
    assert cli.main([*words, "--size", "4"]) == 2
    assert "not used by this method" in capsys.readouterr().err
