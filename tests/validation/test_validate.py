"""``qunlab validate``: every row, its verdict, JSON, and a user's mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.terminal import UNWRAPPED_WIDTH
from sim.validation.facts import real_facts
from sim.validation.field import FIELDS
from sim.validation.targets import shipped_targets

SMALL = """
[group]
size = 2
[arrivals]
per_day = 0.004
burst_ratio = 20
[speak]
propensity = 0.02
"""


@pytest.fixture
def population(tmp_path: Path) -> Path:
    path = tmp_path / "learner_rooms.toml"
    path.write_text(SMALL)
    return path


def printed(population: Path, capsys, *more: str) -> dict:
    words = ["validate", "--population", str(population), "--rooms", "20", "--json", *more]
    assert main(words) == 0
    return json.loads(capsys.readouterr().out)


def test_no_row_is_dropped(population, capsys) -> None:
    answer = printed(population, capsys)
    rows = answer["rows"]
    for dataset, title in (("fcc_gitter", "learner rooms"), ("zulip", "work streams")):
        mine = [row["pattern"] for row in rows if row["part"] == title]
        assert mine == shipped_targets(dataset)["pattern"].tolist()
    field = [row for row in rows if row["part"] == "field studies"]
    for one in FIELDS.values():
        assert any(row["pattern"].startswith(one.pattern) for row in field)
    facts = [row for row in rows if row["part"] == "facts for operations"]
    assert [row["pattern"] for row in facts] == [*real_facts().index]
    (broadcast,) = [row for row in rows if row["part"] == "a broadcast"]
    assert broadcast["real"] == pytest.approx(8 / 86)
    assert answer["populations"]["a broadcast"] == "learner_rooms"
    assert all(not row["is_fitted"] for row in rows)
    assert "not fitted to anything: learner_rooms" in answer["notes"]


def test_a_posterior_marks_the_rows_of_its_own_data_set_as_fitted(population, capsys) -> None:
    beside = population.with_name("learner_rooms.posterior.csv")
    beside.write_text("speak.propensity,look.rate_sigma,weight\n0.02,2.49,1\n0.03,2.5,1\n")
    answer = printed(population, capsys)
    fitted = {row["part"] for row in answer["rows"] if row["is_fitted"]}
    assert fitted == {"learner rooms", "a broadcast"}
    assert any("upper edge of its range" in note for note in answer["notes"])


def test_the_table_fits_the_page_and_says_the_score(population, capsys) -> None:
    assert main(["validate", "--population", str(population), "--rooms", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= UNWRAPPED_WIDTH
    assert any(line.startswith("learner rooms: ") and "of 37 rows within" in line for line in lines)


def test_the_same_seed_gives_the_same_table_and_another_seed_another(population, capsys) -> None:
    first, again = printed(population, capsys), printed(population, capsys)
    assert first == again
    assert printed(population, capsys, "--seed", "2")["rows"] != first["rows"]


def test_real_rooms_are_judged_and_the_command_for_rooms_held_out_is_named(
    population, data_dir, tmp_path: Path, capsys
) -> None:
    only = tmp_path / "only"
    only.mkdir()
    for name in ("fcc_gitter.parquet", "fcc_gitter_groups.csv"):
        (only / name).symlink_to(data_dir / name)
    answer = printed(population, capsys, "--data", str(only))
    assert {row["part"] for row in answer["rows"]} >= {"learner rooms", "work streams"}
    assert answer["held_out"] == {}
    assert f"experiments.validation halves --data {only}" in answer["notes"][-1]


def test_every_mistake_is_a_line(tmp_path: Path, capsys) -> None:
    words = ["validate", "--population", "lerner_rooms", "--rooms", "-3"]
    assert main([*words, "--seed", "-1"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 3
    assert "Traceback" not in captured.err
    assert main([*words[:1], "--days", "90"]) == 2
    assert "--days: needs the real rooms" in capsys.readouterr().err
    assert main([*words[:1], "--data", str(tmp_path), "--days", "3"]) == 2
    assert "--days: 3 is out of range; allowed: 28 to 3650" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["--nulls", "5", "--data", "."], "halves --nulls"),
        (["--bank", "fit"], "halves --bank"),
        (["--cut-bank=fit"], "halves --cut-bank"),
        (["--own-rooms", "3", "--bank", "fit"], "own-rooms"),
        (["--effects"], "effects"),
    ],
)
def test_what_moved_names_the_new_command(words: list[str], command: str, capsys) -> None:
    assert main(["validate", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"python -m experiments.validation {command}")


def test_a_folder_without_data_is_refused(population, tmp_path: Path, capsys) -> None:
    words = ["validate", "--population", str(population), "--data"]
    assert main([*words, str(tmp_path)]) == 2
    assert "fcc_gitter.parquet: no such file" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_help_shows_examples(capsys) -> None:
    assert main(["validate", "--help"]) == 0
    out = capsys.readouterr().out
    assert "qunlab validate --population configs/base.toml --rooms 400" in out
    assert "--nulls" not in out
