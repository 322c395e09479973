"""What several tests of studies share: a small sweep, and calls that fail."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import files as whole
from sim.study.design import Design, load_design

SMALL = """
name = "small"
replications = 6
seed = 5
days = 3
[scenario.policies]
cadence.posts_per_day = 1
red_packets.fen_per_day = 0
[grid]
"group.size" = [3, 12, 30]
"policies.red_packets.fen_per_day" = [0, 500]
"policies.cadence.kinds" = [["content"], ["chat", "ad"]]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a small sweep of 12 points."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def design(file: Path) -> Design:
    """Read the small sweep."""
    return load_design(file)


@pytest.fixture
def breakdown() -> Callable[[pytest.MonkeyPatch, str, int], None]:
    """Give a function that lets one kind of call fail."""
    return break_down


def break_down(broken: pytest.MonkeyPatch, call: str, number: int) -> None:
    """Let one kind of call fail."""

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    if call == "write":
        really_open = Path.open

        def opened(path: Path, mode: str = "r", **how: Any) -> Any:
            return fail() if "w" in mode else really_open(path, mode, **how)

        broken.setattr(Path, "open", opened)
    elif call == "replace":
        broken.setattr(Path, "replace", fail)
    elif call == "fsync":
        broken.setattr(os, "fsync", fail)
    else:
        broken.setattr(whole, "_sync_folder", fail)
