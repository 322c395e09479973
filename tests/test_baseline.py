"""Exact numbers of a few small runs, so that no change of results goes unnoticed.

A change that is meant to move results rewrites the file::

    QUNLAB_WRITE_BASELINE=1 python -m pytest tests/test_baseline.py

On another machine (processor, C library or numba) the last bits of exp and log may differ: there
the counts are compared within 1 %, and a warning says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numba
import pytest
from llvmlite.binding import get_host_cpu_name
from numpy.lib.recfunctions import repack_fields
from worlds import LIVELY

from sim.ensemble import simulate_log
from sim.scenario import Scenario, load_scenario, parse_scenario
from sim.trace import DAY_DTYPE

FILE = Path(__file__).with_name("baseline.json")
BASE = Path(__file__).resolve().parents[1] / "configs" / "base.toml"
GROUPS = 60
COUNTS = (
    "looks", "reads", "replies", "joins", "leaves", "mutes", "claims", "claimed_fen",
    "operator_answers",
)  # fmt: skip
LATER = {"prompt_answers"}  # counted of days since the baseline was written
WITHIN = 0.01
FEW = 5  # a count may differ by so many, however small it is


def scenarios() -> dict[str, Scenario]:
    """Name what is played: the shipped community, and one where everything happens."""
    policies = {
        "cadence": {"posts_per_day": 4, "everyone_share": 0.25, "kinds": ["content", "ad"]},
        "red_packets": {"fen_per_day": 2_000, "packets_per_day": 2, "shares": 8},
        "revive": {"silent_hours": 6, "pause_hours": 6, "fen": 100, "shares": 3},
    }
    lively = {"group": {"size": 40}, "run": {"days": 5}, "policies": policies}
    friends = {"ties": {"graph": "small_world"}, "group": {"size": 25}, "run": {"days": 3.5}}
    return {
        "shipped": load_scenario(BASE, {"run.days": 10}),
        "lively": parse_scenario(lively, values=LIVELY),
        "friends": parse_scenario(friends, values=LIVELY),
    }


def machine() -> str:
    """Name what decides the last bits."""
    libc = " ".join(platform.libc_ver())
    return f"{get_host_cpu_name()}, {libc}, numba {numba.__version__}"


@cache
def numbers(name: str) -> dict[str, Any]:
    """Play a scenario and return its counts and a digest of its logs and days."""
    trace, messages, events = simulate_log([scenarios()[name]], GROUPS, seed=11)
    digest = hashlib.sha256()
    daily = repack_fields(trace.daily[[one for one in DAY_DTYPE.names or () if one not in LATER]])
    for array in (messages, events, daily, trace.life):
        digest.update(array.tobytes())
    counts = {count: int(trace.daily[count].sum()) for count in COUNTS}
    return {"sha256": digest.hexdigest(), "messages": len(messages), **counts}


@pytest.mark.parametrize("name", scenarios())
def test_a_small_run_gives_its_exact_numbers(name: str) -> None:
    found = numbers(name)
    if os.environ.get("QUNLAB_WRITE_BASELINE") == "1":
        written = json.loads(FILE.read_text()) if FILE.exists() else {}
        runs = {**written.get("runs", {}), name: found}
        kept = {key: runs[key] for key in scenarios() if key in runs}
        FILE.write_text(json.dumps({"machine": machine(), "runs": kept}, indent=2) + "\n")
        pytest.skip(f"wrote {FILE.name}")
    baseline = json.loads(FILE.read_text())
    expected = baseline["runs"][name]
    if baseline["machine"] == machine():
        assert found == expected, "results moved; if they should, see this file's first lines"
        return
    warnings.warn(
        f"the baseline was written on {baseline['machine']!r}, this is {machine()!r}: "
        f"counts are compared within {WITHIN:.0%}",
        stacklevel=1,
    )
    for count in expected.keys() - {"sha256"}:
        assert found[count] == pytest.approx(expected[count], rel=WITHIN, abs=FEW), count


def test_everything_happens_in_the_baseline() -> None:
    assert all(numbers("lively")[count] > 0 for count in COUNTS)
