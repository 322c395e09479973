"""The learner rooms fitted with the facts in view: the plan, the weights, the real side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_real_broadcast import EVENT

from experiments.making_populations.with_facts import (
    THREE,
    PlanWithFacts,
    Real,
    free_ranges,
    learner_rooms,
    problem_of,
    real_rooms,
    weighed,
)
from experiments.validation.trade_off import judged, table_of
from sim.calibrate import Effort
from sim.lives.patterns import NEWCOMER
from sim.scenario import parse_scenario
from sim.validation.facts import AUDIENCE, real_facts
from sim.validation.rooms import Windows, rooms_through, simulated_talk

ROOM = parse_scenario({"group": {"size": 5}, "speak": {"propensity": 0.4}})


@pytest.fixture(scope="module")
def real() -> Real:
    days = np.full(24, 130.0)
    rooms = rooms_through(simulated_talk([ROOM], days, 1).talk, days)
    return Real(rooms, np.arange(24) < 6, 100)


def test_a_fact_weighs_what_it_is_given() -> None:
    targets = pd.DataFrame({"value": 1.0, "error": 1.0}, index=["a row", NEWCOMER, *THREE])
    assert weighed(targets, 4.0)["weight"].to_dict() == {"a row": 1.0, **dict.fromkeys(THREE, 4.0)}
    assert [*weighed(targets, 0.0).index] == ["a row"]


def test_a_particle_shows_the_facts_and_one_given_up_the_same_columns_without() -> None:
    plan = PlanWithFacts(Windows(np.array([95.0, 97.0]), False), 6, True)
    plan = PlanWithFacts(**{**vars(plan), "is_reached": np.array([False, True])})
    found = plan.patterns(ROOM, 1)
    given_up = PlanWithFacts(**{**vars(plan), "messages_most": 1.0}).patterns(ROOM, 1)
    assert list(found) == list(given_up)
    assert {NEWCOMER, *THREE} <= found.keys()
    assert np.isfinite(found[AUDIENCE])
    assert all(map(np.isnan, given_up.values()))


def test_the_bank_is_of_the_rows_and_the_three_facts(real: Real) -> None:
    problem = problem_of(real, Effort(100))
    assert {AUDIENCE, *THREE} <= set(problem.observed.index)
    assert NEWCOMER not in problem.observed.index
    assert problem.generations[0].rooms < problem.generations[-1].rooms == problem.plan.rooms
    names = [one.name for one in free_ranges()]
    assert {"speak.audience", "speak.unanswered_share"} <= set(names)
    assert learner_rooms().with_values({name: 0.5 for name in names if name != "speak.propensity"})


def test_a_fit_is_judged_on_rows_and_facts(real: Real) -> None:
    found = judged("as it is", [ROOM, ROOM], real, 40, 1)
    (row,) = table_of([found]).to_dict("records")
    assert row["fit"] == "as it is"
    assert {NEWCOMER, *THREE} < row.keys()
    assert row["facts"].endswith("of 3")


def test_the_shipped_facts_are_those_of_the_real_rooms(data_dir: Path) -> None:
    if not EVENT.is_file():
        pytest.skip("the team's posts are not at hand")
    real = real_rooms(data_dir, EVENT)
    assert real.is_reached.sum() == 111
    found, shipped = real.targets(1), real_facts()
    apart = found.loc[shipped.index, ["value", "error"]] - shipped[["value", "error"]]
    assert np.abs(apart.to_numpy()).max() < 6e-4
