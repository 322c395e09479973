"""Populations: the posterior table beside the scenario, its faults, and simulated rooms of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim import cli
from sim.errors import InputError
from sim.params import parameters
from sim.populations import (
    ASSUMED,
    FITTED,
    TRANSFERRED,
    Population,
    find_population,
    load_priors,
    origins,
    read_population,
)
from sim.scenario import parse_scenario
from sim.validation.rooms import simulated_rooms, simulated_talk

TOML = "[group]\nsize = 6\n[arrivals]\nper_day = 0.2\n[speak]\npropensity = 0.05\n"


def written(folder: Path, posterior: str | None = None) -> Path:
    path = folder / "made.toml"
    path.write_text(TOML)
    if posterior is not None:
        (folder / "made.posterior.csv").write_text(posterior)
    return path


def test_particles_are_chosen_by_weight(tmp_path: Path) -> None:
    path = written(tmp_path, "group.size,look.rate_per_day,weight\n5,1.5,1\n7,2.5,3\n9,9,0\n")
    population = read_population(path)
    assert population.weights == (0.25, 0.75, 0.0)
    sizes = [one.params.group.size for one in population.scenarios(3)]
    assert sizes == [5, 7, 7]
    assert population.scenarios(3)[0].params.arrivals.per_day == 0.2


def test_without_a_posterior_the_scenario_stands_alone(tmp_path: Path) -> None:
    population = read_population(written(tmp_path))
    assert not population.is_fitted
    assert not population.has_posterior
    assert len(population.scenarios(40)) == 1
    assert population.faults_of_fit() == []


def test_every_fault_of_a_posterior_is_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "group.sise,look.rate_per_day,weight\n5,x,1\n6,2,\n")
    with pytest.raises(InputError) as refused:
        read_population(path)
    text = "\n".join(refused.value.problems)
    assert "did you mean 'group.size'?" in text
    assert "look.rate_per_day: 1 of 2 rows hold no number" in text
    assert "weight: 1 of 2 rows hold no number" in text


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "look.rate_per_day,weight\n1,0\n", "weight\n"])
def test_a_posterior_of_no_use_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_population(written(tmp_path, text))


def test_an_unknown_population_is_one_line() -> None:
    with pytest.raises(InputError, match="no such population"):
        find_population("nobody_made_this")


def test_mass_at_an_edge_and_absurd_spreads_are_told() -> None:
    particles = ({"look.rate_per_day": 99.5, "look.rate_sigma": 2.6},) * 2
    lines = Population("x", parse_scenario({}), particles, (0.5, 0.5)).faults_of_fit()
    assert any("100% of the posterior lies within 2% of the upper" in line for line in lines)
    assert any("above 2.5" in line for line in lines)


def test_a_searched_range_of_its_own_scale_decides_what_an_edge_is(tmp_path: Path) -> None:
    path = written(tmp_path, "speak.propensity,weight\n0.02,1\n0.03,1\n")
    assert any("lower edge" in line for line in read_population(path).faults_of_fit())
    assert not read_population(written(tmp_path)).ranges
    path.with_name("made.priors.csv").write_text(
        "parameter,low,high,scale\nspeak.propensity,0.001,1,log\n"
    )
    assert read_population(path).faults_of_fit() == []


@pytest.fixture(scope="module")
def lively():
    return parse_scenario({"group": {"size": 6}, "speak": {"propensity": 0.05}})


def test_a_room_is_the_same_whatever_the_threads_and_the_other_windows(lively) -> None:
    days = np.array([3.0, 9.0, 5.0, 9.0])
    one, _, _ = simulated_talk([lively], days, 4, threads=1)
    two, _, _ = simulated_talk([lively], np.array([30.0, 9.0, 30.0, 9.0]), 4, threads=2)
    early = two.hours <= 24 * 9
    for room in (1, 3):
        mine, theirs = one.room == room, (two.room == room) & early
        shared = min(mine.sum(), theirs.sum())
        assert shared > 0
        assert np.array_equal(one.hours[mine][:shared], two.hours[theirs][:shared])


def test_windows_hide_what_came_later_and_count_rooms_that_stay_silent(lively) -> None:
    silent = lively.with_values({"speak.propensity": 0.0})
    seen = simulated_rooms([lively, silent], np.full(40, 4.0), 4, threads=2)
    assert seen.rooms.total == 40
    never = seen.rooms.brought["never any human msg (of created groups)"].counted().value
    assert 0.5 <= never < 0.9
    assert seen.facts["room"].tolist() == list(range(40))
    assert seen.facts["joined"].min() >= 6
    assert (seen.facts.loc[1::2, "posters"] == 0).all()
    assert seen.hour_of_week.sum() > 0


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("look.rate_per_dya,1,2,log", "did you mean 'look.rate_per_day'"),
        ("look.rate_per_day,3,2,log", "below high"),
        ("look.rate_per_day,0,2,log", "above 0"),
        ("look.rate_per_day,1,2000,log", "out of range"),
        ("look.rate_per_day,1,x,log", "must be numbers"),
        ("look.rate_per_day,1,2,cubic", "scale"),
        ("group.size,1,2,linear", "continuous"),
    ],
)
def test_faults_of_priors_are_named(tmp_path: Path, row: str, fault: str) -> None:
    path = tmp_path / "x.priors.csv"
    path.write_text(f"parameter,low,high,scale\n{row}\n")
    with pytest.raises(InputError, match=fault):
        load_priors(path)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("speak.propensity,a little,1,log", "must be numbers"),
        ("types.a.group.size,2,many,log", "must be numbers"),
        ("types.c.group.size,2,9,log", "no such parameter"),
        ("types.a.group.sise,2,9,log", "did you mean 'group.size'"),
        ("types.a.share,0,1,log", "above 0"),
        ("speak.propensity,0.2,0.1,log", "below high"),
    ],
)
def test_a_population_with_a_faulty_prior_is_refused(above: Path, row: str, fault: str) -> None:
    above.with_name("above.priors.csv").write_text(f"parameter,low,high,scale\n{row}\n")
    with pytest.raises(InputError, match=fault):
        read_population(above)


FOLDER = Path(__file__).resolve().parents[1] / "configs" / "populations"


@pytest.fixture
def above(tmp_path: Path) -> Path:
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


def test_where_each_parameter_comes_from(above: Path) -> None:
    found = {row.key: row for row in origins(read_population(above))}
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


def test_particles_keep_their_hands_off_what_the_population_sets(above: Path) -> None:
    scenarios = read_population(above).scenarios(4)
    assert {one.params.habit.gain for one in scenarios} == {0.3}
    assert {one.params.habit.days for one in scenarios} == {3.0, 5.0}
    assert sorted(one.params.group.size for one in scenarios) == [5, 5, 9, 9]
    assert read_population(above).faults_of_fit() == []


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
