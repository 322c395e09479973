"""Kinds of designs: which points each plays, and every fault of one in exact lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import load_scenario
from sim.scenario.loading import configs
from sim.study.design import Design, load_design, parse_design, sampled_factors
from sim.study.levers import Factor, is_range, sampled_rows
from sim.study.manifest import own_seed

PROJECT = Path(__file__).resolve().parents[2]
SWEEPS = PROJECT / "configs" / "sweeps"
POLICIES = {"policies": {"cadence": {"posts_per_day": 1}, "red_packets": {}}}


def designed(**given: Any) -> Design:
    return parse_design({"scenario": POLICIES, "replications": 2, **given})


def faults(**given: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        designed(**given)
    return list(caught.value.problems)


def test_a_table_is_played_as_it_stands() -> None:
    rows = [
        {"group": {"size": 30.0}, "policies.cadence.kinds": ["chat"]},
        {"group.size": 20, "policies.cadence.kinds": ["chat", "ad"]},
        {"group.size": 30, "policies.cadence.kinds": ["ad"]},
    ]
    design = designed(table=rows)
    assert design.rows == ((30, ("chat",)), (20, ("chat", "ad")), (30, ("ad",)))
    assert design.levers[0] == ("group.size", (30, 20))
    assert [point.params.group.size for point in design.points] == [30, 20, 30]
    assert design.in_words(1) == "group.size = 20, policies.cadence.kinds = ('chat', 'ad')"


def test_a_table_may_be_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        "\ufeffgroup.size,ties.graph,policies.cadence.kinds\n"
        '20,cliques,"[""chat"", ""ad""]"\n\n 30,strangers,"[""chat""]"\n'
    )
    path = tmp_path / "sweep.toml"
    path.write_text('table = "points.csv"\n[scenario.policies.cadence]\nposts_per_day = 1\n')
    assert load_design(path).rows == (
        (20, "cliques", ("chat", "ad")),
        (30, "strangers", ("chat",)),
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["table: no points; each needs a value for at least one lever"]),
        ("group.size,group.size\n1,2\n", ["X: the first line needs the levers' keys, each once"]),
        ("group.size\n1,2\n", ["X line 2: 2 cells, but 1 keys above"]),
        (
            "group.size,look.rate_per_day\n1,x\n0,2\n",
            [
                "X line 2: look.rate_per_day: 'x' is not a number; allowed: 0 to 100 1/day",
                "X line 3: group.size: 0 is out of range; allowed: 1 to 5000 members",
            ],
        ),
        ('group.size\n"1\n', ["X: not CSV: unexpected end of data"]),
    ],
)
def test_faults_of_a_csv_file_name_the_line(tmp_path: Path, text: str, lines: list[str]) -> None:
    path = tmp_path / "X"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        parse_design({"scenario": {}, "table": "X"}, tmp_path)
    assert list(caught.value.problems) == lines


def test_a_latin_hypercube_meets_every_stripe_once() -> None:
    ranges = {
        "points": 20,
        "sample_seed": 3,
        "group.size": {"low": 1, "high": 20},
        "look.rate_per_day": {"low": 0.01, "high": 100, "log": True},
        "ties.graph": ["strangers", "cliques"],
    }
    design = designed(latin_hypercube=ranges)
    sizes, rates, graphs = zip(*design.rows, strict=True)
    assert sorted(sizes) == list(range(1, 21))
    stripes = np.floor((np.log10(rates) + 2) * 5).astype(int)
    assert sorted(stripes) == list(range(20))
    assert sorted(graphs) == ["cliques"] * 10 + ["strangers"] * 10
    assert design.rows == designed(latin_hypercube=ranges, seed=99).rows
    assert design.rows != designed(latin_hypercube=ranges | {"sample_seed": 4}).rows


def test_a_sobol_sample_is_balanced_and_grows() -> None:
    two = {
        "group.size": {"low": 1, "high": 64},
        "policies.cadence.posts_per_day": {"low": 0, "high": 8},
    }
    design = designed(sobol={"points": 64, **two})
    assert sorted(row[0] for row in design.rows) == list(range(1, 65))
    assert designed(sobol={"points": 32, **two}).rows == design.rows[:32]


def test_one_at_a_time_changes_one_lever_of_the_scenario() -> None:
    levers = {"group.size": [50, 100.0, 200], "ties.graph": ["cliques", "strangers"]}
    design = designed(one_at_a_time=levers)
    own = design.base.params.ties.graph
    others = [graph for graph in ("cliques", "strangers") if graph != own]
    assert design.rows == (
        (100, own),
        (50, own),
        (200, own),
        *((100, graph) for graph in others),
    )


def test_people_and_presets_are_options_of_choices(tmp_path: Path) -> None:
    text = """
replications = 2
days = 3
[scenario]
preset = "hands_off"
[choices.who]
mothers = "people/mothers.toml"
buyers = "people/buyers.toml"
[choices.team]
nobody = "policies/hands_off.toml"
shop = "policies/shop_ads.toml"
[grid]
"choices.who" = ["mothers", "buyers"]
"choices.team" = ["nobody", "shop"]
"""
    (tmp_path / "people.toml").write_text(text)
    points = load_design(tmp_path / "people.toml").points
    assert [point.params.needs.belonging_weight for point in points] == [4.0, 4.0, 0.6, 0.6]
    shop = load_scenario(configs() / "base.toml", {"preset": "shop_ads"}).policies
    assert [point.policies for point in points] == [(), shop] * 2


def test_choices_bundle_settings_and_presets(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "mine.py").write_text(
        "from dataclasses import dataclass\nfrom sim.state import Actions\n"
        "@dataclass(frozen=True)\nclass Mine:\n    often: int = 1\n"
        "    def plan(self, setting):\n        return Actions.none()\n"
    )
    (tmp_path / "presets" / "own.toml").write_text(
        "[group]\nsize = 70\n[policies.mine]\nuse = 'mine.py:Mine'\noften = 3\n"
    )
    data = {
        "scenario": {},
        "choices": {
            "team": {
                "none": {},
                "busy": {"policies.cadence.posts_per_day": 8, "group": {"size": 60}},
                "own": "presets/own.toml",
            }
        },
        "grid": {"choices.team": ["own", "none", "busy"], "run.days": [3, 4]},
    }
    design = parse_design(data, tmp_path)
    assert [point.params.group.size for point in design.points] == [70, 70, 100, 100, 60, 60]
    assert [len(point.policies) for point in design.points] == [1, 1, 0, 0, 1, 1]
    assert design.points[0].policies[0].policy.often == 3
    assert design.values(5) == {"choices.team": "busy", "run.days": 4.0}
    data["one_at_a_time"] = data.pop("grid")
    assert parse_design(data, tmp_path).rows[0] == ("none", 14.0)
    data["one_at_a_time"] = {"choices.team": ["busy", "bussy"], "choices.tame": ["none"]}
    with pytest.raises(InputError) as caught:
        parse_design(data, tmp_path)
    assert caught.value.problems == (
        "one_at_a_time: choices.tame: no [choices.tame] here; did you mean 'choices.team'?",
        "choices.team: 'bussy' is not one of none, busy, own; did you mean 'busy'?",
    )


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            {"grid": {"group.size": [1]}, "sobol": {"points": 4}},
            ["grid, sobol: a sweep file has one of these; keep one"],
        ),
        (
            {
                "sobol": {
                    "points": 100,
                    "group.size": {"low": 50, "high": 20},
                    "group.cap": {"low": 5},
                    "look.rate_per_dya": {"low": 5, "high": 6},
                    "look.rate_per_day": {"low": 0, "high": 1000, "log": True},
                    "look.rate_sigma": {"low": 0, "high": 1, "log": True},
                    "ties.graph": {"low": 1, "high": 2},
                    "policies.cadence.posts_per_dya": {"low": 1, "high": 2},
                    "run.seed": [1, 2],
                }
            },
            [
                "sobol: group.size: low, 50, must be below high, 20",
                "sobol: group.cap needs a range, { low = 1, high = 9 } (log = true), or a list of "
                "values",
                "look.rate_per_dya: unknown key; did you mean 'look.rate_per_day'?",
                "sobol: look.rate_per_day.high: 1000 is out of range; allowed: 0 to 100 1/day",
                "sobol: look.rate_sigma: a logarithm needs low above 0, not 0",
                "sobol: ties.graph is no number; write a list of values to choose among",
                "policies.cadence.posts_per_dya: unknown key; did you mean "
                "'policies.cadence.posts_per_day'?",
                "sobol: run.seed is no lever; write seed = ... at the top",
                "sobol: points: 100 is not a power of two, which a Sobol sequence needs to be "
                "balanced; nearest: 64, 128",
            ],
        ),
        (
            {"latin_hypercube": {"points": 0, "sample_seed": "x"}},
            [
                'latin_hypercube: no levers; write a line such as "group.size" = { low = 20, high '
                "= 500 }",
                "latin_hypercube: sample_seed: 'x' is not a whole number; allowed: 0 to "
                "9223372036854775807",
                "latin_hypercube: points: 0 is out of range; allowed: 1 to 100000 points",
            ],
        ),
        (
            {"table": [{"group.size": 3}, {"group.cap": 4}]},
            [
                "table row 1: group.cap is missing; every point needs a value for every lever",
                "table row 2: group.size is missing; every point needs a value for every lever",
            ],
        ),
        (
            {"table": [{"group.size": 3}, {"group.size": 4}, {"group.size": 3.0}]},
            [
                "table row 3: the same point as table row 1 (group.size = 3); keep one (more "
                "replications play it more often)"
            ],
        ),
        (
            {
                "grid": {"policies.cadence.kinds": [["chat"], ["ad"]], "run.days": [1, 1.0]},
                "fixed": {"policies": {"cadence": {}}},
            },
            ["grid: run.days holds a value twice"],
        ),
        (
            {"grid": {"group": {"size": [3]}, "group.size": [4]}},
            ["grid: group.size stands there twice"],
        ),
        ({"table": 3}, ['table: 3 is no table; write table = "FILE.csv" or [[table]] a point']),
        (
            {"grid": {"group.size": [3]}, "independent": 1, "choices": {"team": {}, "b": 3}},
            [
                "independent: 1 is not true or false",
                "choices.team: write [choices.NAME] with a line for each option",
                "choices.b: write [choices.NAME] with a line for each option",
            ],
        ),
        (
            {
                "grid": {"group.size": [3]},
                "choices": {"a": {"x": {"group.sise": 3}, "y": "nowhere"}},
            },
            [
                "choices.a.x: group.sise: unknown key; did you mean 'group.size'?",
                "nowhere: no such file",
            ],
        ),
    ],
)  # fmt: skip
def test_all_faults_in_exact_lines(given: dict[str, Any], lines: list[str]) -> None:
    assert faults(**given) == lines


def test_points_share_their_random_seeds_unless_they_are_independent() -> None:
    grid = {"group.size": [3, 4]}
    assert [designed(grid=grid, seed=5).seed_of(point) for point in (0, 1)] == [5, 5]
    apart = designed(grid=grid, seed=5, independent=True)
    assert [apart.seed_of(point) for point in (0, 1)] == [own_seed(5, 0), own_seed(5, 1)]
    assert len({own_seed(seed, point) for seed in range(50) for point in range(50)}) == 2500


@given(
    st.floats(0, 1, exclude_max=True),
    st.floats(1e-6, 1e6),
    st.floats(1.0001, 1e6),
    st.booleans(),
    st.booleans(),
)
def test_a_drawn_value_stays_in_its_range(
    share: float, low: float, more: float, log: bool, whole: bool
) -> None:
    high = low * more
    if whole:
        low, high = float(int(low) + 1), float(int(high) + 2)
    value = Factor(low=low, high=high, log=log, whole=whole).at(share)
    assert low <= value <= high
    assert isinstance(value, int) == whole


def test_every_stripe_of_whole_numbers_is_as_wide() -> None:
    drawn = sampled_rows("sobol", [Factor(low=1, high=4, whole=True)], 256, 1)
    assert sorted(drawn) == sorted([(1,), (2,), (3,), (4,)] * 64)


@pytest.mark.parametrize("path", sorted(SWEEPS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_sweep_is_good(path: Path) -> None:
    assert load_design(path).communities > 0


def test_rows_of_a_grid_and_of_one_lever_at_a_time_come_in_the_order_of_the_file() -> None:
    levers = {"group.size": [100, 2], "group.cap": [500, 400]}
    assert designed(grid=levers).rows == ((100, 500), (100, 400), (2, 500), (2, 400))
    assert designed(one_at_a_time=levers).rows == ((100, 500), (2, 500), (100, 400))


def test_a_range_is_no_section_and_yields_whole_numbers_and_even_logarithms() -> None:
    assert is_range({"low": 1, "high": 2})
    assert not is_range({"size": {"low": 1, "high": 2}})
    assert Factor(low=10, high=19, whole=True).at(0.5) == 15
    assert Factor(low=0.01, high=100.0, log=True).at(0.5) == pytest.approx(1.0)
    assert Factor(("a", "b")).at(0.5) == "b"


def test_factors_beside_a_sweep_file_are_checked_under_the_name_of_their_table() -> None:
    ranges = {"group": {"size": {"low": 5, "high": 50}}, "ties.graph": ["cliques", "strangers"]}
    found = sampled_factors({"scenario": {}}, ranges, Path(), "levers")
    assert found == {
        "group.size": Factor(low=5, high=50, whole=True),
        "ties.graph": Factor(("cliques", "strangers")),
    }
    with pytest.raises(InputError, match=r"^levers: group.size holds a value twice$"):
        sampled_factors({"scenario": {}}, {"group.size": [5, 5]}, Path(), "levers")
