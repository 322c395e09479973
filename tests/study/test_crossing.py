"""A design crossed with a posterior: what keeps its value, what is refused, what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import cli
from sim.errors import InputError
from sim.populations import draw_posterior
from sim.study.design import Design, crossed, manifest_of, parse_design
from sim.study.manifest import digest_of
from sim.study.replay import replay, scenario_of
from sim.study.store import read_manifest
from sim.study.sweep import sweep

SETS = """# made up
look.rate_per_day,group.size,group.topic_breadth,arrivals.burst_ratio,weight
2,99,0.25,0.5,1
4,98,0.5,0.5,2
6,97,0.75,0.5,1
"""
FILE: dict[str, Any] = {
    "scenario": {},
    "days": 1,
    "replications": 2,
    "fixed": {"arrivals.burst_ratio": 0},
    "choices": {"mood": {"dull": {}, "broad": {"group.topic_breadth": 0.9}}},
}
KINDS: dict[str, dict[str, Any]] = {
    "grid": {"grid": {"group.size": [3, 5], "choices.mood": ["dull", "broad"]}},
    "table": {"table": [{"group.size": 3}, {"group.size": 5}]},
    "latin_hypercube": {"latin_hypercube": {"points": 3, "group.size": {"low": 3, "high": 9}}},
    "one_at_a_time": {"one_at_a_time": {"group.size": [3, 5], "ties.graph": ["strangers"]}},
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rooms.posterior.csv"
    path.write_text(SETS)
    return path


def design(kind: str, table: Path, **entries: Any) -> Design:
    return crossed(parse_design({**FILE, **KINDS[kind], **entries}), draw_posterior(table, 4))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_design_comes_back_from_its_manifest(kind: str, table: Path) -> None:
    both = design(kind, table)
    manifest = manifest_of(both, 1000)
    assert manifest.kind == kind
    assert manifest.files["posterior"] == digest_of(table)
    assert [scenario_of(manifest, at) for at in range(len(both.points))] == list(both.points)


def test_what_the_file_says_keeps_its_value_and_all_else_is_the_sets(table: Path) -> None:
    for point in design("grid", table).points:
        assert point.params.group.size in (3, 5)
        assert point.params.arrivals.burst_ratio == 0.0
    rates = [point.params.look.rate_per_day for point in design("table", table).points]
    assert rates == [2.0, 4.0, 6.0] * 2
    grid = design("grid", table)
    broad = [at for at, row in enumerate(grid.rows) if row[1] == "broad"]
    assert {grid.points[at].params.group.topic_breadth for at in broad} == {0.9}


def test_the_rows_of_a_crossed_study_are_stored_and_played_again(
    table: Path, tmp_path: Path
) -> None:
    result = sweep(design("table", table), tmp_path / "out", 1)
    rows = result.to_frame(["choices.particle", "group.size"])
    assert (
        rows["choices.particle"].tolist()
        == [name for name in ("0 x1", "1 x2", "2 x1") for _ in range(2)] * 2
    )
    assert replay(tmp_path / "out", 5).differing == ()


def test_another_table_is_another_study(table: Path, tmp_path: Path) -> None:
    sweep(design("table", table), tmp_path / "out", 1)
    table.write_text(SETS.replace("4,98", "5,98"))
    with pytest.raises(InputError, match="posterior: the file has changed"):
        sweep(design("table", table), tmp_path / "out", 1)


def test_what_cannot_be_crossed_is_refused(table: Path) -> None:
    for entries, fault in (
        ({"independent": True}, "independent: not with --posterior"),
        ({"choices": {"particle": {"a": {}, "b": {}}}}, "this name is that of the parameter sets"),
        (
            {"fixed": {"look.rate_per_day": 3, "arrivals.burst_ratio": 0}},
            "nothing is uncertain",
        ),
    ):
        text = SETS if "fixed" not in entries else "look.rate_per_day,weight\n2,1\n3,1\n"
        table.write_text(text)
        with pytest.raises(InputError, match=fault):
            design("table", table, **entries)
    table.write_text("arrivals.per_day,weight\n1,1\n2,1\n")
    plain = parse_design({**FILE, "table": [{"group.size": 3}]})
    assert len(crossed(plain, draw_posterior(table, 2)).points) == 2


STUDY = """
replications = 4
days = 1
scenario = {}
[fixed.policies.cadence]
posts_per_day = 1
[grid]
"group.size" = [3, 9]
"""


def test_a_sweep_shows_both_uncertainties_apart(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "study.toml", tmp_path / "out"
    file.write_text(STUDY)
    words = ["sweep", str(file), "--posterior", str(table), "--particles", "4", "--out", str(out)]
    assert cli.main([*words, "--all"]) == 0
    shown = capsys.readouterr().out
    assert "4 communities at each point with each of 3 parameter sets" in shown
    assert "± Monte-Carlo error" in shown
    assert "t over 4 paired replications and 3 parameter sets" in shown
    page = " ".join((out / "report.html").read_text().split())
    assert "How sure, and of what?" in page
    assert "2 settings, 12 simulated groups each" in page
    summary = pd.read_csv(out / "summary.csv", comment="#")
    assert {"monte_carlo_error", "parameter_sd", "scenario", "definition"} <= set(summary)
    assert read_manifest(out).files == {"posterior": digest_of(table)}
    assert cli.main(["cite", str(out)]) == 0
    assert f"file posterior: {digest_of(table)}" in capsys.readouterr().out


def test_mistakes_are_said_with_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "study.toml"
    file.write_text(STUDY)
    assert cli.main(["sweep", str(file), "--dry-run", "--particles", "3"]) == 2
    assert "--particles: belongs to --posterior" in capsys.readouterr().err
    assert cli.main(["sweep", str(file), "--dry-run", "--posterior", "nowhere"]) == 2
    assert "no such population" in capsys.readouterr().err
