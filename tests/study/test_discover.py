"""Boxes: peeled as ema-workbench does, found where planted, said to be chance where they are."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.study.design import parse_design
from sim.study.discover import (
    Box,
    Cases,
    Limit,
    checked,
    discover,
    peel,
    quasi_p,
    search,
    separation,
    table_of,
    within,
)
from sim.study.sweep import sweep


def planted(seed: int = 5, points: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    levers = pd.DataFrame(rng.random((points, 3)), columns=list("abc"))
    inside = (levers.a < 0.4) & (levers.b > 0.5) & (rng.random(points) < 0.9)
    return levers, (inside | (rng.random(points) < 0.05)).to_numpy()


# Step: coverage, density, limited levers of ema-workbench 2.5.3's Prim on `planted`.
EMA = {
    0: (1.0, 0.245, 0),
    8: (0.9285714285714286, 0.3473282442748092, 2),
    16: (0.7959183673469388, 0.45614035087719296, 3),
    24: (0.7551020408163265, 0.6727272727272727, 3),
    32: (0.6530612244897959, 0.9142857142857143, 3),
}


def test_the_trajectory_is_that_of_ema_workbench() -> None:
    levers, happened = planted()
    boxes = peel(Cases(levers, happened.astype(int), np.ones(400, int)))
    for step, (coverage, density, limited) in EMA.items():
        assert boxes[step].coverage == pytest.approx(coverage, abs=1e-12)
        assert boxes[step].density == pytest.approx(density, abs=1e-12)
        assert len(boxes[step].limits) == limited


def test_every_step_is_that_of_ema_workbench_where_it_is_installed() -> None:
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    levers, happened = planted()
    theirs = prim.Prim(levers, happened, threshold=0.1).find_box().peeling_trajectory
    boxes = peel(Cases(levers, happened.astype(int), np.ones(400, int)))
    assert [b.coverage for b in boxes] == pytest.approx(list(theirs.coverage[: len(boxes)]))
    assert [b.density for b in boxes] == pytest.approx(list(theirs.density[: len(boxes)]))


def test_the_planted_box_is_found_and_the_idle_lever_is_free() -> None:
    levers, happened = planted()
    table = Cases(levers, happened.astype(int), np.ones(400, int))
    box = search(table)
    limits = {limit.key: limit for limit in box.limits}
    assert limits.keys() == {"a", "b"}
    assert limits["a"].high == pytest.approx(0.4, abs=0.03)
    assert limits["b"].low == pytest.approx(0.5, abs=0.03)
    check = checked(table, box, 1, lambda: None)
    assert not check.by_chance
    assert check.new_density == pytest.approx(box.density, abs=0.15)


def test_a_box_in_noise_is_said_to_be_found_by_chance() -> None:
    rng = np.random.default_rng(2)
    by_chance = 0
    for _ in range(5):
        levers = pd.DataFrame(rng.random((60, 3)), columns=list("abc"))
        table = Cases(levers, (rng.random(60) < 0.3).astype(int), np.ones(60, int))
        by_chance += checked(table, search(table), 1, lambda: None).by_chance
    assert by_chance >= 4


def test_replications_at_a_point_count_as_so_many_rows() -> None:
    levers, _ = planted()
    cases = np.random.default_rng(1).binomial(6, 0.1 + 0.5 * (levers.a < 0.3))
    counted = peel(Cases(levers, cases, np.full(400, 6)))
    rows = levers.loc[levers.index.repeat(6)].reset_index(drop=True)
    each = np.concatenate([np.arange(6) < one for one in cases]).astype(int)
    repeated = peel(Cases(rows, each, np.ones(len(rows), int)))
    assert [b.coverage for b in counted] == [b.coverage for b in repeated]


def test_boxes_shrink_and_count_what_they_hold() -> None:
    levers, happened = planted(seed=8)
    levers["word"] = np.where(levers.c > 0.5, "calm", "busy")
    table = Cases(levers, happened.astype(int), np.ones(400, int))
    boxes = peel(table)
    assert boxes[0].coverage == boxes[0].mass == 1.0
    for one, after in itertools.pairwise(boxes):
        assert after.mass < one.mass
        assert after.density > one.density
    inside = within(boxes[-1].limits, levers)
    assert (inside.sum(), happened[inside].sum()) == (boxes[-1].known, boxes[-1].cases)
    assert boxes[-1].mass >= 0.05


def test_a_limit_of_words_is_said() -> None:
    tried = pd.Series(["calm", "busy", "calm"])
    said = Limit("choices.team", values=("busy",)).in_words(tried)
    assert said == "choices.team busy (tried: calm, busy)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("swept") / "out"
    sampled = {
        "points": 32,
        "group.size": {"low": 2, "high": 300, "log": True},
        "rhythm.peak_hour": {"low": 5, "high": 22},
    }
    data = {"scenario": {"arrivals": {"per_day": 0}}, "replications": 4, "days": 14}
    sweep(parse_design({**data, "latin_hypercube": sampled}), out, 1)
    return out


def test_small_groups_die(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = discover(folder)
    assert [limit.key for limit in found.boxes[0].box.limits] == ["group.size"]
    assert found.boxes[0].box.limits[0].high < 150
    assert not found.boxes[0].check.by_chance
    assert cli.main(["discover", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "box 1: group.size at most" in shown
    assert "of 99 shuffled tables give a box as good" in shown
    kept = pd.read_csv(folder / "discover.csv", comment="#")
    assert kept["coverage"].iloc[0] == pytest.approx(found.boxes[0].box.coverage)


def test_mistakes_are_one_line_each(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "no store": [str(tmp_path / "none")],
        "did you mean 'satisfaction'": [str(folder), "--outcome", "satisfacton"],
        "give below or above": [str(folder), "--outcome", "satisfaction"],
        "nothing to separate": [str(folder), "--outcome", "satisfaction", "--below", "9"],
        "leave out below": [str(folder), "--below", "3"],
        "allowed: 0 or more": [str(folder), "--seed", "-1"],
    }
    for said, words in wrong.items():
        assert cli.main(["discover", *words]) == 2
        assert said in capsys.readouterr().err


def test_a_grid_too_small_is_refused(tmp_path: Path) -> None:
    data = {"scenario": {}, "replications": 2, "days": 1, "grid": {"group.size": [2, 3]}}
    sweep(parse_design(data), tmp_path / "out", 1)
    with pytest.raises(InputError, match="2 points; at least 10"):
        discover(tmp_path / "out", "messages_per_member_day", below=0.01)


def test_boxes_of_a_few_communities_are_judged_as_by_hand() -> None:
    table = Cases(pd.DataFrame({"a": [1, 2]}), np.array([3, 1]), np.array([4, 4]))
    assert separation(table, np.array([True, False])) == 0.5
    whole = Box((), 10, 20, 1.0, 0.5, 1.0, 0.0)
    assert round(quasi_p(Box((), 3, 3, 0.3, 1.0, 0.15, 0.3), whole), 3) == 0.125
    rows = pd.DataFrame({"point": [0, 0, 1], "case": [True, False, True], "a": [5, 5, 6]})
    assert table_of(rows, ["a"]).cases.tolist() == [1, 1]
    tried = pd.Series([25, 50, 100, 500])
    assert Limit("group.size", high=50).in_words(tried) == (
        "group.size at most 50 members (tried: 25 to 500)"
    )
