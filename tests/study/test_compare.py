"""Comparisons: known differences, doubt split, stopping at a stated error, the same luck."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import CompareOptions, Comparison, compare, load_scenario
from sim.errors import InputError
from sim.scenario import Scenario
from sim.study.compare import read_comparison
from sim.study.comparing.alternatives import Alternative, design_of, read_alternatives
from sim.study.comparing.lifetimes import curves_of, lifetime_tests, paired_logrank
from sim.study.comparing.paired import mcnemar_p, paired_difference
from sim.study.comparing.sequential import (
    UntilClear,
    allowed_p,
    critical_sum,
    look_ends,
    p_value,
    repeated_interval,
)
from sim.study.comparing.tables import IN_DOUBT, NOT_TOLD_APART, answer
from sim.study.comparing.variance import components
from sim.study.files import digest_of
from sim.study.manifest import manifest_of
from sim.study.origin import scenario_of
from sim.study.particles import Particle, Posterior, draw_posterior, weights_of
from sim.study.replay import replay
from sim.study.store import read_store

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
SMALL = Scenario().with_values(
    {"group.size": 12, "run.days": 2, "policies.cadence.posts_per_day": 1}
)
BUSY = SMALL.with_values({"policies.cadence.posts_per_day": 6})


def pair(first: list[float], second: list[float], truth: bool = False):
    return paired_difference(np.array([first]), np.array([second]), truth=truth)


# --- known answers --------------------------------------------------------------------------------


def test_a_paired_difference_is_the_one_computed_by_hand() -> None:
    # Student's sleep data (Gosset 1908): mean difference 1.58, t 4.0621 on 9 df, 0.70 to 2.46.
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = pair(first, second)
    assert found.difference == pytest.approx(1.58)
    assert found.difference / found.monte_carlo_error == pytest.approx(4.0621, abs=1e-4)
    assert (found.lower, found.upper) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert found.probability_more == pytest.approx(1 - 0.002833 / 2, abs=1e-5)
    assert (found.second_more_share, found.equal_share) == (0.9, 0.1)
    assert found.variance_reduction == pytest.approx((3.200556 + 4.009) / 1.512889, rel=1e-4)
    assert found.pairs_needed == math.ceil((2.8416 * 1.229995 / 1.58) ** 2)


def test_pairs_that_are_not_known_are_left_out_of_both() -> None:
    found = pair([1.0, math.nan, 3.0, 5.0], [2.0, 9.0, math.nan, 8.0])
    assert (found.pairs, found.first, found.second) == (2, 3.0, 5.0)
    nothing = pair([math.nan], [1.0])
    assert nothing.pairs == 0
    assert math.isnan(nothing.difference)
    assert math.isnan(nothing.probability_more)


def test_deaths_are_compared_as_mcnemar_and_agresti_and_min_say() -> None:
    # Approval ratings (Agresti 2002, table 10.1): 794, 150, 86, 570 -> z2 = 34.71 = (86-150)^2/236
    first = [1.0] * 794 + [1.0] * 150 + [0.0] * 86 + [0.0] * 570
    second = [1.0] * 794 + [0.0] * 150 + [1.0] * 86 + [0.0] * 570
    found = pair(first, second, truth=True)
    assert found.difference == pytest.approx(-0.04)
    assert (found.lower, found.upper) == pytest.approx((-0.059, -0.021), abs=1e-3)
    assert mcnemar_p(150, 86) == pytest.approx(3.7e-5, abs=2e-6)
    assert mcnemar_p(3, 0) == 0.25


def test_a_few_dead_pairs_that_agree_are_no_proof() -> None:
    assert not pair([0.0, 0.0], [1.0, 1.0], truth=True).told_apart
    assert pair([0.0] * 20, [1.0] * 20, truth=True).told_apart


JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def test_the_split_of_the_variance_is_that_of_shrout_and_fleiss() -> None:
    found = components(JUDGES)  # 1979, table 2: mean squares 11.24 targets, 32.49 judges, 1.02 rest
    assert found.parameter_sd**2 == pytest.approx((11.24 - 1.02) / 4, abs=2e-3)
    assert found.monte_carlo_error**2 == pytest.approx(32.49 / 24, abs=2e-3)
    assert (found.replications, found.particles) == (4, pytest.approx(6.0))


def test_a_particle_with_weight_counts_as_so_many_and_one_has_no_spread() -> None:
    weighted = components(JUDGES[:2], np.array([0.25, 0.75]))
    assert weighted.mean == pytest.approx(0.25 * 6 + 0.75 * 3)
    assert components(JUDGES[:1]).parameter_sd == 0.0


def test_parameter_and_monte_carlo_doubt_are_recovered_from_a_made_up_study() -> None:
    luck = np.random.default_rng(1)
    found = [
        components(
            luck.normal(0, 2, (30, 1)) + luck.normal(0, 1, (1, 40)) + luck.normal(0, 3, (30, 40))
        )
        for _ in range(200)
    ]
    assert np.mean([one.parameter_sd**2 for one in found]) == pytest.approx(4.0, rel=0.1)
    expected = 1 / 40 + 9 / 1200
    assert np.mean([one.monte_carlo_error**2 for one in found]) == pytest.approx(expected, rel=0.1)


DRUG = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_logrank_of_two_alternatives_is_the_published_one() -> None:
    # Freireich and others (1963), remission in weeks; log-rank chi2 16.79 (Kalbfleisch 1980)
    days = np.array([[[*DRUG[0], *DRUG[1]]], [PLACEBO]], float)
    ended = np.array([[[True] * 9 + [False] * 12], [[True] * 21]])
    (row,) = lifetime_tests(["drug", "placebo"], days, ended, np.ones(1)).itertuples()
    assert row.chi2 == pytest.approx(16.79, abs=0.005)
    assert (row.ended_first, row.ended, row.groups) == (9, 21, 21)
    curves = curves_of(["drug", "placebo"], days, ended).set_index(["alternative", "time_days"])
    assert curves["survival"]["drug", 6.0] == pytest.approx(0.857, abs=1e-3)
    assert curves["survival"]["placebo", 12.0] == pytest.approx(4 / 21)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=7))
def test_the_paired_logrank_knows_the_spread_of_all_exchanges(lives: list[tuple[int, int]]) -> None:
    both = np.array(lives, float).T[:, None, :]
    ended = np.ones_like(both, bool)
    found = paired_logrank((both[0], ended[0]), (both[1], ended[1]))
    swapped = paired_logrank((both[1], ended[1]), (both[0], ended[0]))
    if math.isnan(found.z):
        assert found.p == 1.0
    else:
        assert found.z == pytest.approx(-swapped.z)
        sums = []
        for bits in range(2 ** len(lives)):
            flip = np.array([bits >> at & 1 for at in range(len(lives))], bool)
            mixed = np.where(flip, both[::-1], both)
            sums.append(paired_logrank((mixed[0], ended[0]), (mixed[1], ended[1])).z)
        assert np.mean(np.square(sums)) == pytest.approx(1.0)  # z has variance 1 over exchanges


# --- stopping early -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks", "error", "published"),
    [(2, 0.05, 1.977), (3, 0.05, 2.004), (4, 0.05, 2.024), (5, 0.05, 2.040), (10, 0.05, 2.087)],
)
def test_the_boundary_is_the_published_one(looks: int, error: float, published: float) -> None:
    # Jennison and Turnbull (2000), table 2.3
    found = critical_sum(np.arange(1, looks + 1) / looks, error)
    assert found == pytest.approx(published, abs=6e-4)


def false_alarms(gaps: np.ndarray, error: float, truth: bool = False) -> float:
    ends = look_ends(gaps.shape[1])
    alarms = [
        any(p_value(each[:end], truth) <= p for end, p in zip(ends, nominal, strict=True))
        for nominal in [allowed_p(ends, error)]
        for each in gaps
    ]
    return float(np.mean(alarms))


@pytest.mark.parametrize("error", [0.05, 0.2])
@pytest.mark.parametrize("kind", ["normal", "heavy", "dead", "rarely dead"])
def test_false_alarms_are_no_more_than_stated(kind: str, error: float) -> None:
    studies = 20_000 if THOROUGH else 1_500
    luck = np.random.default_rng(7)
    shape = (studies, 200)
    if kind == "normal":
        gaps = luck.normal(size=shape)
    elif kind == "heavy":
        gaps = luck.lognormal(size=shape) - luck.lognormal(size=shape)
    else:
        share = 0.5 if kind == "dead" else 0.05
        gaps = luck.choice([-1.0, 0.0, 1.0], p=[share / 2, 1 - share, share / 2], size=shape)
    found = false_alarms(gaps, error, "dead" in kind)
    assert found <= error + 3 * math.sqrt(error * (1 - error) / studies)
    if kind == "normal":
        assert found >= error - 3 * math.sqrt(error * (1 - error) / studies)


def test_a_repeated_interval_is_wider_than_the_plain_one_and_excludes_0_when_clear() -> None:
    gaps = np.random.default_rng(2).normal(1.0, 1.0, 40)
    nominal = allowed_p([40, 80], 0.05)[0]
    lower, upper = repeated_interval(gaps, nominal)
    plain = pair([0.0] * 40, list(gaps))
    assert lower < plain.lower < plain.upper < upper
    assert (lower > 0) == (p_value(gaps) < nominal)


# --- properties -----------------------------------------------------------------------------------

NUMBERS = st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda x: round(x, 3))
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=20)


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_direction_of_a_comparison_do_not_matter(pairs, luck) -> None:
    there = pair(*map(list, zip(*pairs, strict=True)))
    back = pair(*map(list, zip(*[(b, a) for a, b in pairs], strict=True)))
    assert there.difference == -back.difference
    assert there.monte_carlo_error == back.monte_carlo_error
    assert (there.lower, there.upper) == (-back.upper, -back.lower)
    assert there.probability_more == pytest.approx(1 - back.probability_more, abs=1e-12)
    assert there.told_apart == back.told_apart
    luck.shuffle(pairs)
    mixed = pair(*map(list, zip(*pairs, strict=True)))
    assert mixed.difference == pytest.approx(there.difference, abs=1e-9)
    assert mixed.monte_carlo_error == pytest.approx(there.monte_carlo_error, abs=1e-9)


@given(st.lists(NUMBERS, min_size=2, max_size=9))
def test_equal_alternatives_do_not_differ(values: list[float]) -> None:
    found = pair(values, values)
    assert (found.difference, found.lower, found.upper, found.probability_more) == (0, 0, 0, 0.5)
    assert answer(found, "more", "B", "A") == NOT_TOLD_APART


def test_under_two_errors_is_not_told_apart_and_doubt_over_parameters_is_said() -> None:
    assert answer(pair([0, 0, 0, 0], [1, -1, 1, 0]), "more", "B", "A") == NOT_TOLD_APART
    assert answer(pair([0, 0, 0, 0], [2, 1, 2, 1]), "less", "B", "A") == "A is better"
    assert answer(pair([0, 0, 0, 0], [2, 1, 2, 1]), "", "B", "A") == "B has more"
    gaps = np.array([[5.0, 5.1, 4.9, 5.0], [-3.0, -3.1, -2.9, -3.0]])
    split = paired_difference(np.zeros((2, 4)), gaps)
    assert split.told_apart
    assert split.lower < 0 < split.upper
    assert answer(split, "more", "B", "A") == IN_DOUBT


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
    assert (known["answer"] == NOT_TOLD_APART).all()


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
