"""Groups of a run dealt to the parameter sets of a posterior."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import cli
from sim.cli.run import dealt_to_sets
from sim.errors import InputError
from sim.scenario import load_mix


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rooms.toml").write_text(
        "[group]\nsize = 5\n[look]\nrate_per_day = 3.0\n[habit]\ndays = 4.0\n"
    )
    (tmp_path / "rooms.posterior.csv").write_text(
        "look.rate_per_day,habit.days,weight\n2,3,1\n4,5,3\n"
    )
    (tmp_path / "mine.toml").write_text('base = "rooms.toml"\n[habit]\ndays = 9.0\n')
    return tmp_path


def test_sets_are_dealt_by_weight_and_what_is_given_stays(folder: Path) -> None:
    table = str(folder / "rooms.posterior.csv")
    mix = dealt_to_sets(load_mix(folder / "rooms.toml"), table, {"habit.days"})
    assert [one.share for one in mix.types] == [0.25, 0.75]
    assert [one.scenario.params.look.rate_per_day for one in mix.types] == [2.0, 4.0]
    assert {one.scenario.params.habit.days for one in mix.types} == {4.0}
    assert mix.dealt(8).tolist() == [1, 0, 1, 1, 1, 0, 1, 1]


def test_a_file_that_stands_on_the_population_keeps_its_own_values(folder: Path) -> None:
    table = str(folder / "rooms.posterior.csv")
    mix = dealt_to_sets(load_mix(folder / "mine.toml"), table, ())
    assert {one.scenario.params.habit.days for one in mix.types} == {9.0}
    assert [one.scenario.params.look.rate_per_day for one in mix.types] == [2.0, 4.0]


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(folder / "rooms.toml"), "--groups", "4", "--days", "1", "--posterior"]
    assert cli.main([*words, str(folder / "rooms.posterior.csv")]) == 0
    assert "types of groups: 25%" in capsys.readouterr().out
    assert cli.main([*words, "nothing.posterior.csv"]) == 2
    assert "--posterior: nothing.posterior.csv: no such file" in capsys.readouterr().err


def test_a_posterior_of_no_use(folder: Path) -> None:
    with pytest.raises(InputError):
        dealt_to_sets(load_mix(folder / "rooms.toml"), "nowhere", ())
