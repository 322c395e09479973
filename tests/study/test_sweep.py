"""A sweep: the same rows however it is cut, stopped, killed and continued; and its command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.ensemble import simulate
from sim.lives.deaths import lifetimes
from sim.lives.outcomes import outcomes
from sim.report import conclusions, write_report
from sim.study.design import Design, load_design, parse_design
from sim.study.export import KEPT
from sim.study.store import read_store
from sim.study.sweep import sweep

PROJECT = Path(__file__).resolve().parents[2]
DEMO = PROJECT / "configs" / "sweeps" / "scale_vs_activity.toml"


def table(folder: Path) -> bytes:
    return read_store(folder)[1].to_csv().encode()


def test_rows_are_the_outcomes_of_each_point(tmp_path: Path, design: Design) -> None:
    result = sweep(design, tmp_path / "out")
    rows = result.to_frame()
    assert (result.communities, result.played, len(rows)) == (72, 72, 72)
    trace = simulate(design.points, design.replications, design.seed)
    expected = outcomes(trace, design.points)
    pd.testing.assert_frame_equal(rows[list(expected.columns)], expected)
    assert set(rows["seed"]) == {5}
    assert rows["group.size"].tolist() == np.repeat([3, 12, 30], 24).tolist()
    assert rows["policies.cadence.kinds"].tolist()[:12] == ["content"] * 6 + ["chat+ad"] * 6
    assert (rows["operator_fen_sent"] > 0).equals(rows["policies.red_packets.fen_per_day"] > 0)


def test_rows_hold_what_a_survival_curve_needs(tmp_path: Path) -> None:
    levers = {"run.days": [7, 9], "group.size": [2, 20]}
    data = {"scenario": {"speak": {"propensity": 0.005}}, "replications": 20, "grid": levers}
    rows = sweep(parse_design(data), tmp_path).to_frame()
    assert rows["lifetime_days"].isna().equals(rows["run.days"] <= 7)
    assert rows["lifetime_observed"].isna().equals(rows["run.days"] <= 7)
    assert "missing when observed for 7 days or less" in KEPT["lifetime_days"][1]
    known = lifetimes(simulate(parse_design(data).points[2:], 20, 1))
    assert len(known) == 40
    assert rows["lifetime_days"][40:].tolist() == known.duration_days.tolist()
    assert rows["lifetime_observed"][40:].tolist() == known.ended.tolist()
    assert 0 < known.ended.sum() < 40


def test_a_stopped_sweep_continues_to_the_same_table(tmp_path: Path, design: Design) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    sweep(design, whole, block_groups=12)
    calls = []

    def stop(done: int, total: int) -> None:
        calls.append((done, total))
        if len(calls) % 3 == 0:
            raise KeyboardInterrupt

    for _ in range(20):
        try:
            sweep(design, broken, progress=stop, block_groups=12)
            break
        except KeyboardInterrupt:
            assert len(read_store(broken)[1]) < 72
    assert len(calls) > 6
    assert table(broken) == table(whole)
    sessions = read_store(broken)[0].sessions
    assert sum(session["communities"] for session in sessions) == 72
    assert not {"host", "seconds", "threads"} & set(read_store(broken)[1])


def test_progress_counts_member_days_to_do(tmp_path: Path, design: Design) -> None:
    seen: list[tuple[int, int]] = []
    sweep(design, tmp_path, 1, lambda *now: seen.append(now), block_groups=12)
    total = (3 + 12 + 30) * 3 * 4 * 6
    assert {whole for _, whole in seen} == {total}
    done = [part for part, _ in seen]
    assert done == sorted(done)
    assert done[-1] == total
    (tmp_path / "part-000002.parquet").unlink()
    seen.clear()
    sweep(design, tmp_path, 1, lambda *now: seen.append(now))
    assert seen[-1] == (total // 6, total // 6)


def test_a_disk_that_fills_up_leaves_a_store_that_continues(
    tmp_path: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(design, tmp_path / "whole", block_groups=12)
    fsync, left = os.fsync, 7

    def fill_up(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fill_up)
        with pytest.raises(OSError, match=r"No space left on device: .*part-00000\d.parquet"):
            sweep(design, tmp_path / "full", block_groups=12)
    assert 0 < len(read_store(tmp_path / "full")[1]) < 72
    sweep(design, tmp_path / "full")
    assert table(tmp_path / "full") == table(tmp_path / "whole")


def started(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_parts(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while len(list(folder.glob("part-*"))) < count and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_ctrl_c_ends_cleanly_and_says_how_to_continue(tmp_path: Path, file: Path) -> None:
    file.write_text(file.read_text().replace("= 6", "= 4000"))
    out = tmp_path / "out"
    process = started("-m", "sim", "sweep", file, "--out", out, "--threads", 1)
    wait_for_parts(out, 1, process)
    process.send_signal(signal.SIGINT)
    shown, said = process.communicate(timeout=30)
    assert process.returncode == 130
    stored = len(read_store(out)[1])
    line = (
        f"stopped: {stored:,} of 48,000 communities are stored in {out}; the same command continues"
    )
    assert (shown, said.splitlines()[-2:]) == ("", [line, "interrupted"])
    assert not list(out.glob(".*"))


def test_the_command_prints_answers_first_and_a_table_when_asked(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sweep", str(file), "--out", str(tmp_path / "out"), "--no-report"]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Nobody can have fallen silent yet: simulate more than 7 days.\n")
    assert "72 of 72 groups" in shown
    assert "communities at each point" not in shown
    assert cli.main([*words, "--quiet"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert cli.main([*words, "--all"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("How big: ")
    assert sum(": " in line and line.endswith("].") for line in shown.splitlines()) >= 3
    assert shown.count("; over ") >= 3
    assert "small: 6 communities at each point" in shown


def test_the_command_prints_a_table_and_continues(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sweep", str(file), "--out", str(tmp_path / "out")]
    assert cli.main([*words, "--all"]) == 0
    shown = capsys.readouterr().out
    assert "small: 6 communities at each point" in shown
    assert "dead: no member message in days 8-14" in shown
    assert "72 communities" in shown
    assert "seed 5" in shown
    assert cli.main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["communities"], answer["played"], len(answer["points"])) == (72, 0, 12)
    assert answer["points"][1]["levers"]["policies.cadence.kinds"] == ["chat", "ad"]
    assert answer["points"][0]["outcomes"]["dead_silent_week2"]["mean"] is None
    rows = read_store(tmp_path / "out")[1]
    mean = answer["points"][11]["outcomes"]["cost_fen"]["mean"]
    assert mean == pytest.approx(rows["cost_fen"][-6:].mean(), rel=1e-12)


def test_the_command_refuses_in_lines(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert cli.main(["sweep", str(file), "--out", out, "--no-report"]) == 0
    capsys.readouterr()
    more = ["sweep", str(file), "--out", out, "--replications", "7"]
    assert cli.main(more) == 2
    assert capsys.readouterr().err == (
        f"error: {out}: replications: the store has 6, the design 7\n"
        f"error: {out}: --force-new removes the old rows, another --out keeps them\n"
    )
    assert cli.main([*more, "--force-new", "--no-report"]) == 0
    assert len(read_store(out)[1]) == 84
    file.write_text(file.read_text().replace("size", "sise").replace("seed = 5", "sede = 5"))
    words = ["sweep", str(file), "--out", f"{file}/x", "--replications", "0", "--threads", "0"]
    assert cli.main(words) == 2
    assert capsys.readouterr().err == (
        "error: --threads: 0 is out of range; allowed: 1 to 1024\n"
        f"error: --out: {file} is a file, not a folder\n"
        "error: sede: unknown entry of a sweep file; did you mean 'seed'?\n"
        "error: replications: 0 is out of range; allowed: 1 to 1000000 groups\n"
        "error: group.sise: unknown key; did you mean 'group.size'?\n"
    )
    assert cli.main(["sweep", "nowhere.toml", "--out", out]) == 2
    assert capsys.readouterr().err.startswith("error: nowhere.toml: no such file")


def test_the_command_names_a_folder_it_cannot_write(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sweep", str(file), "--out", f"{file}/x"]) == 2
    assert capsys.readouterr() == ("", f"error: --out: {file} is a file, not a folder\n")
    assert cli.main(["sweep", str(file), "--out", "/proc/nowhere"]) == 2
    said = "error: /proc/nowhere: cannot be written: No such file or directory\n"
    assert capsys.readouterr() == ("", said)


def test_the_demo_is_the_promised_grid() -> None:
    design = load_design(DEMO)
    sizes, cadences, budgets = (values for _, values in design.levers)
    assert sizes == (50, 100, 200, 350, 500)
    assert [round(7 * cadence, 4) for cadence in cadences] == [0, 1, 2, 7, 14, 42]
    assert budgets == (0, 500, 2000)
    assert design.communities == 9_000
    assert design.base.days == 90


@pytest.mark.parametrize("kind", ["table", "latin_hypercube", "sobol", "one_at_a_time"])
def test_a_design_that_is_no_grid_has_its_page(tmp_path: Path, kind: str) -> None:
    low_high = {"low": 3, "high": 9}
    sampled = {"points": 4, "group.size": low_high, "policies.red_packets.fen_per_day": [0, 500]}
    given: dict[str, Any] = {
        "table": [{"group.size": 3}, {"group.size": 9}, {"group.size": 3}],
        "latin_hypercube": sampled,
        "sobol": sampled,
        "one_at_a_time": {"group.size": [3, 9], "policies.red_packets.fen_per_day": [500]},
    }
    data = {"scenario": {"policies": {"red_packets": {"fen_per_day": 0}}}, "replications": 3}
    design = parse_design({**data, "days": 15, "independent": kind == "table", kind: given[kind]})
    rows = sweep(design, tmp_path).to_frame()
    assert rows["group.size"].tolist() == [row[0] for row in design.rows for _ in range(3)]
    assert rows["seed"].nunique() == (3 if kind == "table" else 1)
    report = write_report(tmp_path).read_text()
    assert f"no grid ({kind.replace('_', ' ')})" in report
    assert len(conclusions(rows, read_store(tmp_path)[0])) == 5
