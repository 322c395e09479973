"""Each parameter of a population is transferred, fitted or assumed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import cli
from sim.params import parameters
from sim.validation.populations import read_population
from sim.validation.provenance import ASSUMED, FITTED, TRANSFERRED, origins

PROJECT = Path(__file__).resolve().parents[2]

FOLDER = PROJECT / "configs" / "populations"


@pytest.fixture
def population(tmp_path: Path) -> Path:
    (tmp_path / "below.toml").write_text("[look]\nrate_per_day = 3.0\n[habit]\ndays = 4.0\n")
    (tmp_path / "below.posterior.csv").write_text(
        "habit.days,habit.gain,weight\n3,0.1,1\n5,0.2,1\n"
    )
    path = tmp_path / "above.toml"
    path.write_text(
        'base = "below.toml"\n[habit]\ngain = 0.3\n'
        "[types.a]\nshare = 1\n[types.a.group]\nsize = 5\n"
        "[types.b]\nshare = 1\n[types.b.group]\nsize = 9\n[types.b.look]\nrate_sigma = 0.2\n"
    )
    (tmp_path / "above.priors.csv").write_text(
        "parameter,low,high,scale\ntypes.a.group.size,2,9,log\n"
    )
    return path


def test_where_each_parameter_comes_from(population: Path) -> None:
    found = {row.key: row for row in origins(read_population(population))}
    said = {key: (row.status, row.source) for key, row in found.items()}
    assert said["habit.days"] == (TRANSFERRED, "posterior of below")
    assert found["habit.days"].known == "3 to 5"
    assert said["look.rate_per_day"] == (TRANSFERRED, "below.toml")
    assert said["habit.gain"] == (ASSUMED, "set in above.toml")  # its own beats the posterior
    assert said["types.a.group.size"] == (FITTED, "a search; its file says how")
    assert said["types.b.look.rate_sigma"][0] == ASSUMED
    assert "group.size" not in said  # both types set it
    assert "look.rate_sigma" in said  # one of them leaves it as it is
    assert said["speak.audience"][1].startswith("default: ")
    assert len(said) == len(parameters()) - 1 + 5


def test_particles_keep_their_hands_off_what_the_population_sets(population: Path) -> None:
    scenarios = read_population(population).scenarios(4)
    assert {one.params.habit.gain for one in scenarios} == {0.3}
    assert {one.params.habit.days for one in scenarios} == {3.0, 5.0}
    assert sorted(one.params.group.size for one in scenarios) == [5, 5, 9, 9]
    assert read_population(population).faults_of_fit() == []


def test_the_default_population_moves_only_what_it_says() -> None:
    found = origins(read_population(FOLDER / "wechat_mixed.toml"))
    fitted = {row.key for row in found if row.status == FITTED}
    moved = ("share", "group.size", "arrivals.", "habit.interest_power")
    assert fitted
    assert all(any(word in key for word in moved) for key in fitted)
    set_here = [row for row in found if row.source == "set in wechat_mixed.toml"]
    assert all(any(word in row.key for word in moved) for row in set_here)
    transferred = {row.key for row in found if row.status == TRANSFERRED}
    assert {"habit.days", "reaction.call_probability", "habit.reply_reward"} <= transferred


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    name = str(FOLDER / "wechat_mixed.toml")
    assert cli.main(["params", "habit", "--population", name]) == 0
    assert "transferred" in capsys.readouterr().out
    assert cli.main(["params", "--population", name, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["status"] for row in rows} == {TRANSFERRED, FITTED, ASSUMED}
    assert cli.main(["params", "nonsense", "--population", name]) == 2
    assert cli.main(["params", "--population", "wechat_mixd"]) == 2
    assert "did you mean 'wechat_mixed'?" in capsys.readouterr().err
