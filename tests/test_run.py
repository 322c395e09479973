"""``qunlab run``: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli, ensemble
from sim import ensemble as mixing
from sim.cli.run import dealt_to_sets, in_figures
from sim.errors import InputError
from sim.lives.deaths import DEATHS, death_table
from sim.lives.outcomes import OUTCOMES, outcomes, summary
from sim.scenario import load_mix, load_scenario

SCENARIO = """
[run]
days = 3
groups = 4
seed = 11
[group]
size = 10
[policies.red_packets]
fen_per_day = 1000
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    return path


def error_lines(text: str) -> list[str]:
    """Return the lines of an error output, each of which must be an error."""
    lines = text.splitlines()
    assert lines
    assert all(line.startswith("error: ") for line in lines), text
    return [line.removeprefix("error: ") for line in lines]


def test_tables_name_the_seed_the_method_and_every_definition(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", str(scenario), "--all"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("small: 4 groups, 3 days, seed 11, ")
    lines = {line.split()[0]: line for line in shown.splitlines() if line.split()}
    for outcome in OUTCOMES:
        if outcome.unit != "true/false":
            assert outcome.unit in lines[outcome.name]
    assert "t 95 %" in lines["messages"]
    for death in DEATHS:
        assert death.definition in shown
    assert "needs 14 days" in shown
    assert "needs 37 days after the first message" in shown
    assert "0.000" not in shown.partition("Deaths")[2]  # three days decide nothing


def test_json_holds_the_same_numbers_as_the_library(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", str(scenario), "--days", "15", "--threads", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    chosen = load_scenario(scenario, {"run.days": 15})
    trace = ensemble.simulate([chosen], 4, 11)
    table = summary(outcomes(trace, [chosen])).set_index("outcome")
    assert [row["outcome"] for row in found["outcomes"]] == table.index.tolist()
    for row in found["outcomes"]:
        for name in ("n", "mean", "lower", "upper", "monte_carlo_error"):
            value = table.loc[row["outcome"], name]
            assert row[name] == (None if value != value else value)
        assert row["method"] in ("t 95 %", "Wilson 95 %")
    deaths = death_table(trace)
    assert [row["dead"] for row in found["deaths"]] == deaths["dead"].tolist()
    assert [row["share"] is None for row in found["deaths"]] == deaths["share"].isna().tolist()
    assert (found["seed"], found["groups"], found["days"]) == (11, 4, 15.0)
    assert (found["scenario"], found["log"]) == ("small", None)
    assert len(found["digest"]) >= 8


def test_shortcuts_and_set_change_the_scenario(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--size", "6", "--groups", "2", "--days", "2", "--seed", "5"]
    changed = ["--set", "policies.red_packets.fen_per_day=0", "--set", "arrivals.per_day=0"]
    assert cli.main(["run", str(scenario), *words, *changed, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    mean = {row["outcome"]: row["mean"] for row in found["outcomes"]}
    assert (found["seed"], found["groups"], found["days"]) == (5, 2, 2.0)
    assert (mean["members_start"], mean["joins"], mean["operator_packets"]) == (6.0, 0.0, 0.0)


def test_the_log_is_written_and_observed(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "log"
    assert cli.main(["run", str(scenario), "--log", str(folder)]) == 0
    assert f"qunlab observe {folder}" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == [
        "events.parquet", "groups.csv", "messages.parquet", "origin.json"]  # fmt: skip
    assert cli.main(["observe", str(folder), "--json"]) == 0
    events = json.loads(capsys.readouterr().out)["events"]
    assert events["packets"] >= 12
    assert events["fen_outstanding"] >= 0
    assert events["joins"] >= 40


def test_the_log_does_not_change_the_numbers(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for words in ([], ["--log", str(tmp_path / "log")], ["--threads", "2"]):
        assert cli.main(["run", str(scenario), "--json", *words]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    for answer in answers:
        assert answer["outcomes"] == answers[0]["outcomes"]
        assert answer["deaths"] == answers[0]["deaths"]


def test_all_faults_of_the_line_and_the_file_come_at_once(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario.write_text(SCENARIO + "[look]\nrate_per_dya = 3\n")
    words = ["--threads", "0", "--size", "0", "--set", "group.size=4", "--set", "nonsense",
             "--set", "group.cpa=9", "--log", str(scenario)]  # fmt: skip
    assert cli.main(["run", str(scenario), *words]) == 2
    shown = capsys.readouterr()
    found = "\n".join(error_lines(shown.err))
    assert shown.out == ""
    for line in (
        "--threads: 0 is out of range; allowed: 1 to 1024",
        f"--log: {scenario} is a file, not a folder",
        "'nonsense' is not of the form key=value",
        "group.size: set by --set and by --size",
        "group.size: 0 is out of range",
        "did you mean 'group.cap'",
        "did you mean 'look.rate_per_day'",
    ):
        assert line in found
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.toml"]


def test_a_missing_file_hides_no_other_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.toml")
    words = ["--days", "0", "--set", "policies.own.strength=3"]
    assert cli.main(["run", missing, *words]) == 2
    lines = error_lines(capsys.readouterr().err)
    assert [line.partition(": ")[0] for line in lines] == [missing, "run.days"]


@pytest.mark.parametrize("words", [["--size", "many"], ["--groups"], ["--sead", "3"]])
def test_wrong_options_are_one_line(
    words: list[str], scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", str(scenario), *words]) == 2
    assert len(error_lines(capsys.readouterr().err)) == 1


def test_an_interrupted_run_writes_nothing(
    scenario: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mixing, "simulate_mix_log", interrupted)
    assert cli.main(["run", str(scenario), "--log", str(tmp_path / "log")]) == 130
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "interrupted\n")
    assert not (tmp_path / "log").exists()


def test_compiling_is_announced_once(
    scenario: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim import compiling

    monkeypatch.setattr(compiling, "needs_compiling", lambda *_: True)
    assert cli.main(["run", str(scenario), "--json"]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("compiling the engine once")
    assert json.loads(shown.out)["groups"] == 4
    monkeypatch.setattr(compiling, "needs_compiling", lambda *_: False)
    assert cli.main(["run", str(scenario), "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_progress_goes_to_the_error_stream(
    scenario: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim import progress

    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", (0.0, 0.0))
    monkeypatch.setattr(ensemble, "SLOTS_IN_BLOCK", 10)
    assert cli.main(["run", str(scenario), "--json", "--threads", "1"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["groups"] == 4
    assert "simulating: 25 % done so far" in shown.err


def test_in_a_process_of_its_own_json_is_all_there_is(scenario: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", str(scenario), "--json"],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["seed"] == 11
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_figures_are_four_and_thousands_are_grouped() -> None:
    figures = [in_figures(value) for value in (0.0, 0.012345, 999.96, 1e6, -3.14159)]
    assert figures == ["0", "0.01235", "1,000", "1,000,000", "-3.142"]


@pytest.fixture
def population(tmp_path: Path) -> Path:
    (tmp_path / "rooms.toml").write_text(
        "[group]\nsize = 5\n[look]\nrate_per_day = 3.0\n[habit]\ndays = 4.0\n"
    )
    (tmp_path / "rooms.posterior.csv").write_text(
        "look.rate_per_day,habit.days,weight\n2,3,1\n4,5,3\n"
    )
    (tmp_path / "mine.toml").write_text('base = "rooms.toml"\n[habit]\ndays = 9.0\n')
    return tmp_path


def test_sets_are_dealt_by_weight_and_what_is_given_stays(population: Path) -> None:
    table = str(population / "rooms.posterior.csv")
    mix = dealt_to_sets(load_mix(population / "rooms.toml"), table, {"habit.days"})
    assert [one.share for one in mix.types] == [0.25, 0.75]
    assert [one.scenario.params.look.rate_per_day for one in mix.types] == [2.0, 4.0]
    assert {one.scenario.params.habit.days for one in mix.types} == {4.0}
    assert mix.dealt(8).tolist() == [1, 0, 1, 1, 1, 0, 1, 1]


def test_a_file_that_stands_on_the_population_keeps_its_own_values(population: Path) -> None:
    table = str(population / "rooms.posterior.csv")
    mix = dealt_to_sets(load_mix(population / "mine.toml"), table, ())
    assert {one.scenario.params.habit.days for one in mix.types} == {9.0}
    assert [one.scenario.params.look.rate_per_day for one in mix.types] == [2.0, 4.0]


def test_a_run_with_a_posterior(population: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(population / "rooms.toml"), "--groups", "4", "--days", "1", "--posterior"]
    assert cli.main([*words, str(population / "rooms.posterior.csv"), "--all"]) == 0
    assert "types of groups: 25%" in capsys.readouterr().out
    assert cli.main([*words, "nothing.posterior.csv"]) == 2
    assert "--posterior: nothing.posterior.csv: no such file" in capsys.readouterr().err


def test_a_posterior_of_no_use(population: Path) -> None:
    with pytest.raises(InputError):
        dealt_to_sets(load_mix(population / "rooms.toml"), "nowhere", ())


def test_the_heading_names_the_people_and_the_preset(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(scenario), "--people", "buyers", "--preset", "shop_ads", "--all"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.startswith("small, people buyers, preset shop_ads: 4 groups, ")
    assert cli.main([*words[:4], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["people"], found["preset"]) == ("buyers", None)
