"""Policies in a process of their own: the same rows, and what they break is theirs alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim import cli
from sim.study.design import Design, parse_design
from sim.study.playing import Limits
from sim.study.sweep import Options, sweep

WILD = """
import ctypes, os, time
from dataclasses import dataclass
import numpy as np
from sim.state import Actions
@dataclass(frozen=True)
class Wild:
    does: str = "nothing"
    every_hours = 24
    def act(self, seen):
        print("a word on stdout")
        if self.does == "hangs":
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass
        if self.does == "crashes":
            ctypes.string_at(0)
        if self.does == "exits":
            os._exit(3)
        if self.does == "eats":
            return np.ones(2**28).sum() and Actions.none()
        if self.does == "raises":
            raise ValueError("no")
        return Actions.posts([0], seen.time_hours, "chat")
"""
SAID = {
    "nothing": "",
    "hangs": "over its time limit of 3 s",
    "crashes": "the process of its policies ended: killed by SIGSEGV",
    "exits": "the process of its policies ended: exit code 3",
    "eats": "policies.wild: act fails at hour 0 with ",
    "raises": "policies.wild: act fails at hour 0 with ValueError('no')",
}


def wild(folder: Path, *does: str) -> Design:
    (folder / "wild.py").write_text(WILD)
    fixed = {"policies.wild.use": "wild.py:Wild", "run.days": 2, "group.size": 3}
    grid = {"policies.wild.does": list(does)}
    data = {"scenario": {}, "fixed": fixed, "grid": grid, "replications": 1}
    return parse_design(data, folder)


def test_a_process_that_ends_is_a_failed_row_with_its_reason(tmp_path: Path) -> None:
    limits = Limits(seconds=3, gib=1, isolated=True)
    rows = sweep(wild(tmp_path, *SAID), tmp_path / "out", 1, options=Options(limits)).to_frame()
    errors = rows["error"].fillna("").tolist()
    for error, said in zip(errors, SAID.values(), strict=True):
        assert error.startswith(said)
    assert errors[0] == ""
    assert "emory" in errors[4]


def test_rows_are_the_same_to_the_last_byte(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = []
    for isolated in (False, True):
        folder = tmp_path / str(isolated)
        options = Options(Limits(isolated=isolated))
        sweep(wild(tmp_path, "nothing", "raises"), folder, 1, options=options)
        tables.append(sorted(path.read_bytes() for path in folder.glob("part-*")))
        printed = capfd.readouterr().out
    assert tables[0] == tables[1]
    assert printed == ""


SCENARIO = """
[group]
size = 3
[run]
days = 1
groups = 2
[policies.wild]
use = "wild.py:Wild"
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    (tmp_path / "wild.py").write_text(WILD)
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    return tmp_path / "scenario.toml"


def test_a_command_says_whose_code_it_loads_or_refuses(
    scenario: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scenario.parent)
    assert cli.main(["run", "scenario.toml", "--json"]) == 0
    assert capsys.readouterr().err == "loads policy code from wild.py\n"
    assert cli.main(["run", "scenario.toml", "--no-code"]) == 2
    shown, said = capsys.readouterr()
    assert (shown, said) == (
        "",
        "error: policies.wild.use: wild.py holds code, which --no-code refuses to run\n",
    )
    Path("plain.toml").write_text("[group]\nsize = 3\n[run]\ndays = 1\ngroups = 2\n")
    assert cli.main(["run", "plain.toml", "--no-code"]) == 0
    assert capsys.readouterr().err == ""


def test_a_run_in_a_process_of_its_own_prints_the_same(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for words in ([], ["--isolate"]):
        assert cli.main(["run", str(scenario), *words]) == 0
        lines = capsys.readouterr().out.splitlines()
        printed.append([line for line in lines if line != "a word on stdout"][1:])
    assert printed[0] == printed[1]
    assert cli.main(["run", str(scenario), "--isolate", "--set", "policies.wild.does=exits"]) == 2
    assert "ended: exit code 3" in capsys.readouterr().err


def test_two_interrupts_end_the_program_whatever_a_policy_does(scenario: Path) -> None:
    command = ["run", str(scenario), "--set", "policies.wild.does=hangs"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sim", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    process.stdout.readline()  # the policy has begun
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "interrupted twice: ended at once"


def test_a_policy_that_exits_is_a_failed_row(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text(WILD.replace("os._exit(3)", "raise SystemExit(0)"))
    fixed = {"policies.wild.use": "leaves.py:Wild", "run.days": 1, "group.size": 3}
    grid = {"policies.wild.does": ["nothing", "exits"]}
    data = {"scenario": {}, "fixed": fixed, "grid": grid, "replications": 2}
    rows = sweep(parse_design(data, tmp_path), tmp_path / "out").to_frame()
    failed = "policies.wild: act fails at hour 0 with SystemExit(0)"
    assert rows["error"].fillna("").tolist() == ["", "", failed, failed]
