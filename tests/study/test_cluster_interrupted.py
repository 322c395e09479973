"""Ctrl-C while a cluster plays: one line, no worker left behind, the same table when continued."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.study.design import load_design
from sim.study.store import read_store
from sim.study.sweep import sweep

pytest.importorskip("distributed")

THOROUGH = os.environ.get("QUNLAB_THOROUGH") == "1"
SWEEP = """
name = "to be stopped"
replications = 150
days = 14
scenario = {}
[grid]
"group.size" = [100, 110, 120, 130, 140, 150, 160, 170]
"""
FIRST_PART = -1.0
MOMENTS = (FIRST_PART, 1.5, 2.5, 3.0, 3.5, 4.0, 5.0) if THOROUGH else (FIRST_PART, 2.5)
PATIENCE_SECONDS = 90


def wait(process: subprocess.Popen[str], out: Path, moment: float) -> None:
    """Wait some seconds, or until the first part is stored."""
    end = time.monotonic() + (PATIENCE_SECONDS if moment == FIRST_PART else moment)
    while time.monotonic() < end and process.poll() is None:
        if moment == FIRST_PART and any(out.glob("part-*")):
            return
        time.sleep(0.02)


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_it_in_words_and_the_same_command_continues(
    tmp_path: Path, moment: float
) -> None:
    import psutil

    file, out = tmp_path / "study.toml", tmp_path / "out"
    file.write_text(SWEEP)
    words = ["sweep", str(file), "--out", str(out), "--cluster", "local:2", "--no-report"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait(process, out, moment)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    shown, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    lines = said.splitlines()
    assert lines[-1] == "interrupted"
    if moment == FIRST_PART:
        assert lines[-2].startswith("stopped: ")
        assert lines[-2].endswith("the same command continues")
    assert "Traceback" not in shown + said
    assert all(line.startswith(("sweeping:", "stopped:", "interrupted")) for line in lines)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    if moment == FIRST_PART:
        design = load_design(file)
        whole = sweep(design, tmp_path / "whole").to_frame()
        assert 0 < len(read_store(out)[1]) < len(whole)
        assert sweep(design, out).to_frame().equals(whole)
