"""What a comparison is made of: alternatives, and the parameter sets of a posterior."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import CompareOptions, compare, load_scenario
from sim.errors import InputError
from sim.populations import Particle, Posterior, draw_posterior, weights_of
from sim.scenario import Scenario
from sim.study.comparing.alternatives import Alternative, design_of, read_alternatives
from sim.study.files import digest_of
from sim.study.manifest import manifest_of
from sim.study.origin import scenario_of

SMALL = Scenario().with_values(
    {"group.size": 12, "run.days": 2, "policies.cadence.posts_per_day": 1}
)
BUSY = SMALL.with_values({"policies.cadence.posts_per_day": 6})


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
