"""Comparisons: what they are made of, known differences, stopping early, shared seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import CompareOptions, Comparison, compare, load_scenario
from sim.errors import InputError
from sim.populations import Particle, Posterior, draw_posterior, weights_of
from sim.scenario import Scenario
from sim.study.compare import (
    NO_CLEAR_DIFFERENCE,
    Alternative,
    UntilClear,
    design_of,
    read_alternatives,
    read_comparison,
)
from sim.study.design import manifest_of
from sim.study.manifest import digest_of
from sim.study.replay import replay, scenario_of
from sim.study.store import read_store

SMALL = Scenario().with_values(
    {"group.size": 12, "run.days": 2, "policies.cadence.posts_per_day": 1}
)
BUSY = SMALL.with_values({"policies.cadence.posts_per_day": 6})


# --- played ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare([SMALL, BUSY, SMALL], options=CompareOptions(replications=12, seed=3))


def test_a_scenario_compared_with_itself_differs_in_nothing(found: Comparison) -> None:
    same = found.to_frame()[lambda table: table["alternative"] == "C"]
    known = same[same["pairs"] > 0]
    assert len(known) > 20
    assert (known["difference"] == 0.0).all()
    assert (known["monte_carlo_error"].where(known["unit"] != "true/false", 0.0) == 0.0).all()
    assert (known["answer"] == NO_CLEAR_DIFFERENCE).all()


def test_what_differs_is_found_with_its_price(found: Comparison) -> None:
    busy = found.outcomes[found.outcomes["alternative"] == "B"].set_index("outcome")
    assert busy["answer"]["operator_posts"] == "B has more"
    assert busy["answer"]["cost_fen"] == "A is better"
    assert busy["difference"]["cost_fen"] == pytest.approx(
        busy["second"]["cost_fen"] - busy["first"]["cost_fen"]
    )
    assert {"scenario A", "seed", "code", "version of qunlab"} <= found.origin.keys()


def test_alternatives_the_other_way_round_give_the_opposite() -> None:
    options = CompareOptions(replications=6, seed=3)
    there, back = (compare(two, options=options).outcomes for two in ([SMALL, BUSY], [BUSY, SMALL]))
    known = there["pairs"] > 0
    assert np.allclose(there["difference"][known], -back["difference"][known])
    assert np.allclose(there["lower"][known], -back["upper"][known], equal_nan=True)


def test_a_comparison_continues_in_its_store_and_its_rows_replay(tmp_path: Path) -> None:
    options = CompareOptions(replications=4, seed=3)
    first = compare([SMALL, BUSY], tmp_path, options)
    second = compare([SMALL, BUSY], tmp_path, options)
    assert second.seconds < first.seconds
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame())
    pd.testing.assert_frame_equal(first.to_frame(), read_comparison(tmp_path).to_frame())
    assert replay(tmp_path, 5).differing == ()
    with pytest.raises(InputError, match="replications"):
        compare([SMALL, BUSY], tmp_path, CompareOptions(replications=5, seed=3))


def test_a_clear_answer_stops_early_and_the_same_way_again(tmp_path: Path) -> None:
    rule = UntilClear("operator_posts", 0.01)
    options = CompareOptions(replications=50, until_clear=rule)
    found = compare([SMALL, BUSY], tmp_path, options)
    assert found.replications == found.looks[-1].pairs < 50
    assert found.looks[-1].clear
    assert found.repeated_intervals["lower"][0] > 0
    assert len(read_store(tmp_path)[1]) == 2 * found.replications
    again = compare([SMALL, BUSY], tmp_path, options)
    assert (again.replications, again.looks) == (found.replications, found.looks)


def test_what_never_differs_is_played_to_the_end() -> None:
    rule = UntilClear("messages")
    found = compare([SMALL, SMALL], options=CompareOptions(replications=20, until_clear=rule))
    assert [look.pairs for look in found.looks] == [10, 20]
    assert not found.looks[-1].clear
    assert not found.repeated_intervals["clear"].any()


# --- posterior ------------------------------------------------------------------------------------

POSTERIOR = """# made up
look.rate_per_day,group.size,weight
{rate[0]},12,1
{rate[1]},12,2
{rate[2]},12,1
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rooms.posterior.csv"
    usual = dict(SMALL.params.items())["look.rate_per_day"]
    path.write_text(POSTERIOR.format(rate=[0.5 * usual, usual, 1.5 * usual]))
    return path


def test_particles_are_drawn_by_weight_and_played_with_every_alternative(table: Path) -> None:
    posterior = draw_posterior(table, 4)
    assert weights_of([one.name for one in posterior.particles]).tolist() == [0.25, 0.5, 0.25]
    found = compare([SMALL, BUSY], options=CompareOptions(3, 1, posterior))
    assert (found.particles, found.replications) == (3, 3)
    row = found.outcomes.set_index("outcome").loc["looks_per_member_day"]
    assert row["method"] == "t over pairs and particles, 95 %"
    assert found.lifetime_tests["chi2"].isna().all()


def test_what_is_compared_keeps_its_value_whatever_the_particle_says(table: Path) -> None:
    two = [Alternative(str(n), SMALL.with_values({"group.size": n})) for n in (5, 6)]
    particle = Particle(0, 1, {"group.size": 9, "group.topic_breadth": 0.25})
    design = design_of(two, 2, posterior=Posterior(table, (particle,)))
    assert [point.params.group.size for point in design.points] == [5, 6]
    assert {point.params.group.topic_breadth for point in design.points} == {0.25}
    manifest = manifest_of(design, 10)
    assert [scenario_of(manifest, at) for at in range(2)] == list(design.points)
    assert manifest.files == {"posterior": digest_of(table)}


def test_faults_of_a_posterior_are_said_at_once(tmp_path: Path) -> None:
    bad = tmp_path / "bad.posterior.csv"
    bad.write_text("group.sise,weight\n3,1\n")
    with pytest.raises(InputError) as fault:
        draw_posterior(bad, 1)
    assert "particles: 1 is out of range" in str(fault.value)
    assert "did you mean 'group.size'" in str(fault.value)
    with pytest.raises(InputError, match="no such population"):
        draw_posterior("nowhere", 5)


# --- alternatives ---------------------------------------------------------------------------------


def test_alternatives_with_other_policies_keep_their_own(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text("[policies.cadence]\nposts_per_day = 2\n")
    two.write_text("[policies.red_packets]\nfen_per_day = 500\n[group]\nsize = 30\n")
    alternatives = read_alternatives([one, two, one], ["group.size=40; group.cap=50"], 3)
    assert [each.name for each in alternatives] == [
        "one",
        "group.size=40; group.cap=50",
        "two",
        "one (2)",
    ]
    design = design_of(alternatives, 2)
    for point, each in zip(design.points, alternatives, strict=True):
        assert point.policies == each.scenario.policies
        assert point.params == each.scenario.params
    assert load_scenario(two).policies == design.points[2].policies


def test_people_and_presets_are_alternatives(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text("[policies.revive]\n")
    changes = ["preset=packets_evening; policies.cadence.quality=1", "people=mothers", "people=m"]
    one, evening, mothers = read_alternatives([file], changes[:2], 3)
    assert evening.scenario == load_scenario(
        file, {"preset": "packets_evening", "run.days": 3, "policies.cadence.quality": 1}
    )
    assert mothers.scenario.policies == one.scenario.policies
    assert mothers.scenario.params.needs.belonging_weight == 4.0
    design = design_of([one, evening, mothers], 2)
    assert design.points[1].policies == evening.scenario.policies
    with pytest.raises(InputError, match="--with 'people=m': people: 'm' is not a file"):
        read_alternatives([file], changes)


def test_faults_of_alternatives_are_said_at_once(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("[run]\ndays = 3\n")
    bad.write_text("[group]\nsise = 3\n")
    with pytest.raises(InputError) as fault:
        read_alternatives([good, bad, tmp_path / "gone.toml"], ["run.seed=3", "group.size=-1", "x"])
    lines = fault.value.problems
    assert len(lines) == 5
    assert any("write --seed" in line for line in lines)
    assert any("not of the form key=value" in line for line in lines)
    with pytest.raises(InputError, match="days differ"):
        design_of([Alternative("a", SMALL), Alternative("b", Scenario())])
    with pytest.raises(InputError, match="allowed: 2 to 26"):
        design_of([Alternative("a", SMALL)])


def test_the_first_alternative_may_be_changed_too(tmp_path) -> None:
    file = tmp_path / "one.toml"
    file.write_text("[group]\nsize = 20\n")
    found = read_alternatives([file], ["group.cap=90"], first="group.size=30")
    assert [one.name for one in found] == ["group.size=30", "group.cap=90"]
    assert [one.scenario.params.group.size for one in found] == [30, 20]
    with pytest.raises(InputError) as wrong:
        read_alternatives([file], ["group.cap=90"], first="group.size=0")
    assert wrong.value.problems[0].startswith("--first 'group.size=0': group.size: ")
    file.write_text("size = 20\n")
    with pytest.raises(InputError) as wrong:
        read_alternatives([file], ["group.cap=90"], first="group.size=30")
    assert wrong.value.problems[0].startswith("one.toml: size: unknown key")
