"""The bank (resumable, seeded), the coverage and the command, on a small fixture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_banks import PRIORS, made_bank, observed

from sim import calibrate as banking
from sim.calibrate import (
    Plan,
    Problem,
    generations_of,
    make_bank,
    parameter_table,
    play_rooms,
    played_generation,
    posterior_table,
    write_posterior,
)
from sim.cli import main
from sim.errors import InputError
from sim.inference import Box, Sample, coverage
from sim.lives.patterns import PATTERNS
from sim.populations import read_population, values_at
from sim.scenario import Scenario, parse_scenario
from sim.validation.rooms import Windows

PLAN = Plan(Windows(np.array([5.0, 9.0]), False), 4, True)
ROOM = {"group": {"size": 3}, "arrivals": {"per_day": 1.0}, "run": {"days": 9}}
ERRORS = np.array([0.3, 0.04, 0.5])


def toy(
    scenarios: Sequence[Scenario], plan: Plan, seeds: Sequence[int], *_: Any
) -> list[dict[str, float]]:
    """Read both parameters with noise, and something that tells nothing."""
    rows = []
    for scenario, seed in zip(scenarios, seeds, strict=True):
        noise = ERRORS * np.random.default_rng(seed).standard_normal(3)
        rate, drive = scenario.params.look.rate_per_day, scenario.params.speak.propensity
        rows.append(dict(zip("abc", np.array([rate, drive, 0.0]) + noise, strict=True)))
    return rows


def toy_problem(seed: int = 1) -> Problem:
    observed = pd.DataFrame(
        {"value": [4.0, 0.2, 0.0], "error": ERRORS}, index=pd.Index(list("abc"), name="pattern")
    )
    return Problem(parse_scenario(ROOM), PRIORS, PLAN, observed, generations_of(1200, 4), seed)


def test_a_bank_closes_in_on_the_truth_and_its_intervals_cover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banking, "played_generation", toy)
    problem = toy_problem()
    bank = make_bank(problem, tmp_path)
    first, last = (bank.places[bank.generation == number] for number in (0, 6))
    assert first.std() > 1.5 * last.std()
    posterior, _ = bank.fitted(problem.observed)
    values = values_at(PRIORS, posterior.mean()[None, :])[0]
    assert values == pytest.approx([4.0, 0.2], abs=0.15)
    width = values_at(PRIORS, posterior.quantiles([0.05, 0.95]))
    assert width[1] - width[0] == pytest.approx(3.29 * ERRORS[:2], rel=0.35)
    truths = coverage(bank, problem.observed, 150, seed=1)
    table = parameter_table(PRIORS, posterior, truths)
    assert table["identified"].all()
    assert table["coverage"].between(0.82, 0.97).all()


def test_a_bank_cut_short_is_continued_to_the_same_bank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(*given: Any) -> list[dict[str, float]]:
        calls.append(len(given[0]))
        if sum(calls) > 700 and not broken:
            broken.append(True)
            raise KeyboardInterrupt
        return toy(*given)

    broken: list[bool] = []
    monkeypatch.setattr(banking, "played_generation", counted)
    with pytest.raises(KeyboardInterrupt):
        make_bank(toy_problem(), tmp_path / "cut")
    assert make_bank(toy_problem(), tmp_path / "cut", until=0.0).generation.max() < 6
    continued = make_bank(toy_problem(), tmp_path / "cut")
    played = sum(calls)
    whole = make_bank(toy_problem(), tmp_path / "whole")
    assert played < 1200 + 700
    assert continued.places.tolist() == whole.places.tolist()
    pd.testing.assert_frame_equal(continued.patterns, whole.patterns)


def test_a_bank_of_another_seed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(banking, "played_generation", toy)
    make_bank(toy_problem(), tmp_path)
    with pytest.raises(InputError, match="seed"):
        make_bank(toy_problem(seed=2), tmp_path)


def test_a_bank_without_time_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more minutes"):
        make_bank(toy_problem(), tmp_path, until=0.0)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_a_box_only_shrinks_and_never_too_fast(seed: int, parameters: int) -> None:
    random = np.random.default_rng(seed)
    low, high = np.sort(random.random((2, parameters)), axis=0)
    box = Box(low, high + 0.01)
    even = np.full(20, 0.05)
    adjusted, met = (
        Sample(box.whole(random.random((20, parameters))), even, np.arange(20), 1.0)
        for _ in range(2)
    )
    cut = box.narrowed(adjusted, met)
    assert (cut.low >= box.low - 1e-12).all()
    assert (cut.high <= box.high + 1e-12).all()
    assert (cut.high - cut.low >= 0.5 * (box.high - box.low) - 1e-12).all()
    assert (cut.low <= np.quantile(met.places, 0.25, axis=0) + 1e-12).all()
    assert cut.holds(cut.whole(random.random((5, parameters)))).all()


def test_rooms_are_seen_through_their_windows_and_do_not_depend_on_threads() -> None:
    scenario = parse_scenario(ROOM)
    days = np.array([9.0, 2.0, 5.0])
    log = play_rooms(scenario, days, seed=3)
    assert log is not None
    assert log.n_groups + log.never_used == 3
    assert ((log.until - log.created) / 86400 <= 9.0).all()
    assert (log.ts <= log.until[log.group]).all()
    one, two = (played_generation([scenario] * 3, PLAN, [1, 2, 3], threads) for threads in (1, 2))
    assert json.dumps(one) == json.dumps(two)
    assert json.dumps(one[0]) != json.dumps(one[1])


def test_endless_talk_is_given_up_and_meets_nothing() -> None:
    chatty = parse_scenario({**ROOM, "speak": {"propensity": 2.0}})
    assert play_rooms(chatty, np.full(20, 9.0), 1, messages_most=5) is None
    (row,) = played_generation([chatty], Plan(PLAN.windows, 20, True, 5), [1])
    assert set(row) == set(PATTERNS)
    assert all(value != value for value in row.values())


def test_a_posterior_table_is_read_back_as_a_population(tmp_path: Path) -> None:
    (tmp_path / "toy.toml").write_text('name = "toy"\n')
    places = np.array([[0.2, 0.3], [0.8, 0.9]])
    posterior = Sample(places, np.array([0.25, 0.75]), np.arange(2), 1.0)
    table = posterior_table(Scenario(), PRIORS, posterior)
    write_posterior(table, {"seed": 1}, tmp_path / "toy.posterior.csv")
    found = read_population(tmp_path / "toy.toml")
    assert found.weights == (0.25, 0.75)
    assert found.particles[0]["speak.propensity"] == pytest.approx(0.12)


def test_the_command_fits_a_users_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.calibrate.GROUP_PARTICLES", 40)
    monkeypatch.setattr("sim.calibrate.GROUP_KEPT", 20)
    (tmp_path / "own.toml").write_text('name = "own"\n[group]\nsize = 3\n[arrivals]\nper_day = 1\n')
    (tmp_path / "own.priors.csv").write_text(
        "parameter,low,high,scale\nspeak.propensity,0.001,0.4,log\nlook.rate_per_day,1,9,log\n"
    )
    out = tmp_path / "log"
    scenario = str(tmp_path / "own.toml")
    assert main(["run", scenario, "--groups", "2", "--days", "9", "--log", str(out)]) == 0
    fit = [
        "calibrate",
        str(out),
        "--population",
        scenario,
        "--out",
        str(tmp_path / "fit"),
        "--json",
    ]
    capsys.readouterr()
    assert main(fit) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["simulations"] == 40
    (tmp_path / "own.posterior.csv").write_text("look.rate_per_day,weight\n2,1\n4,3\n")
    assert (
        main(fit) == 0
    )  # the population's posterior is the prior now, the scenario holds the rest
    told = json.loads(capsys.readouterr().out)
    (rate,) = (one for one in told["parameters"] if one["parameter"] == "look.rate_per_day")
    assert 1.9 <= rate["low_90"] <= rate["high_90"] <= 4.1
    assert {row["parameter"] for row in told["parameters"]} == {
        "speak.propensity",
        "look.rate_per_day",
    }
    assert (tmp_path / "fit" / "own.posterior.csv").read_text().startswith("# population: ")


def test_the_command_names_every_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    given = ["calibrate", "x", "--out", str(blocked), "--particles", "3", "--truths", "-1"]
    assert main([*given, "--days", "0"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("error: --") for line in lines)


def test_a_posterior_is_as_wide_as_the_groups_behind_it_allow() -> None:
    bank = made_bank()
    many, few = (bank.fitted(observed((0.4, 0.7)), rooms)[0] for rooms in (100, 25))
    assert many.mean() == pytest.approx([0.4, 0.7], abs=0.04)
    assert few.sd() == pytest.approx(2.0 * many.sd(), rel=0.3)
    assert (many.sd() < 0.05 * 1.4).all()


@given(st.integers(100, 5000), st.integers(1, 500))
def test_generations_are_as_many_particles_as_asked_for(particles: int, rooms: int) -> None:
    made = generations_of(particles, rooms)
    assert sum(one.particles for one in made) == particles
    assert made[0].near == 0
    assert made[-1].rooms == rooms
    assert all(one.rooms <= rooms for one in made)
