"""A pipe, a socket or a device is refused in one line wherever a user's file is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.cli import main

COMMANDS = {
    "import": ["import", "{pipe}", "--out", "{out}"],
    "scenario": ["run", "{pipe}"],
    "sweep": ["sweep", "{pipe}", "--out", "{out}"],
    "log": ["observe", "{pipe}"],
    "log folder": ["observe", "{folder}"],
    "population": ["run", "{scenario}", "--posterior", "{pipe}"],
    "ties": ["run", "{ties}"],
    "policy": ["run", "{policy}"],
    "points": ["sweep", "{points}", "--out", "{out}"],
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
@pytest.mark.parametrize("what", COMMANDS)
def test_a_pipe_is_refused(tmp_path: Path, what: str, capsys) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "messages.parquet")
    files = {
        "scenario": "[group]\nsize = 5\n",
        "ties": f'[group]\nsize = 5\n[ties]\ngraph = "{pipe}"\n',
        "policy": f'[policies.x]\nuse = "{pipe}:X"\n',
        "points": f'table = "{pipe}"\n',
    }
    places = {"pipe": pipe, "out": tmp_path / "out", "folder": tmp_path / "folder"}
    for name, text in files.items():
        places[name] = tmp_path / f"{name}.toml"
        places[name].write_text(text)
    assert main([word.format(**places) for word in COMMANDS[what]]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert all(line.startswith("error: ") for line in shown.err.splitlines())
    assert ": a pipe" in shown.err
