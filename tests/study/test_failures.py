"""Communities that fail are rows with their error, and the rest is played."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.ensemble import Ensemble
from sim.errors import InputError
from sim.report import write_report
from sim.study.compare import CompareOptions, compare
from sim.study.design import Design, parse_design
from sim.study.discover import discover
from sim.study.optimise import play_settings
from sim.study.origin import FAILED, failures_in_words, why_missing
from sim.study.playing import Limits
from sim.study.sensitivity import sensitivity
from sim.study.store import read_store
from sim.study.study_file import StudyFile, study_file
from sim.study.sweep import Options, Tally, sweep
from sim.trace import Trace

BREAKS = """
from dataclasses import dataclass
import numpy as np
from sim.state import Actions
@dataclass(frozen=True)
class Mine:
    often: int = 1
    def plan(self, setting):
        return 1 / (2 - self.often) and Actions.none()
@dataclass(frozen=True)
class Late:
    sent: int = 10
    every_hours = 24
    def act(self, seen):
        if np.any(seen.ledger.posts > 0) or (seen.time_hours >= 24 and np.any(seen.members > 3)):
            raise RuntimeError(f"too many at {self!r} {object()}")
        return Actions.none()
"""


def breaking(tmp_path: Path, use: str, **levers: Any) -> Design:
    (tmp_path / "mine.py").write_text(BREAKS)
    fixed = {"policies.mine.use": f"mine.py:{use}", "run.days": 2, "arrivals.per_day": 0}
    data = {"scenario": {}, "fixed": fixed, "grid": levers, "replications": 3}
    return parse_design(data, tmp_path)


def test_a_policy_that_fails_is_a_row_with_its_error(tmp_path: Path) -> None:
    design = breaking(tmp_path, "Mine", **{"group.size": [2, 3], "policies.mine.often": [1, 2]})
    result = sweep(design, tmp_path / "out")
    rows = result.to_frame()
    assert (result.failed, result.played, len(rows)) == (6, 12, 12)
    bad = rows[rows["policies.mine.often"] == 2]
    said = "policies.mine: plan fails with ZeroDivisionError('division by zero')"
    assert set(bad["error"]) == {said}
    measured = rows.columns[list(rows.columns).index("policies.mine.often") + 1 : -1]
    assert bad[measured].isna().all(axis=None)
    good = rows.drop(bad.index)
    assert good["error"].isna().all()
    alone = breaking(tmp_path, "Mine", **{"group.size": [2, 3], "policies.mine.often": [1]})
    expected = sweep(alone, tmp_path / "alone").to_frame()
    same = [*measured, "replication", "seed"]
    left, right = (t[same].reset_index(drop=True) for t in (good, expected))
    assert left.to_csv(float_format="%r") == right.to_csv(float_format="%r")
    assert sweep(design, tmp_path / "out").played == 0
    again = sweep(design, tmp_path / "out", options=Options(retry_failed=True))
    assert (again.played, again.failed) == (12, 6)


def test_only_the_guilty_rows_fail_wherever_the_blocks_are_cut(tmp_path: Path) -> None:
    design = breaking(tmp_path, "Late", **{"group.size": [2, 3, 4, 9]})
    tables = []
    for block_groups in (1, 5, 1000):
        folder = tmp_path / str(block_groups)
        result = sweep(design, folder, threads=2, block_groups=block_groups)
        assert result.failed == 6
        tables.append(read_store(folder)[1].to_csv())
    assert len(set(tables)) == 1
    rows = result.to_frame()
    assert rows["error"].isna().tolist() == [True] * 6 + [False] * 6
    assert (
        rows["error"].iloc[-1].startswith("policies.mine: act fails at hour 24 with RuntimeError")
    )
    assert "0x" not in rows["error"].iloc[-1]


def test_memory_is_judged_before_a_community_starts(tmp_path: Path) -> None:
    data = {"scenario": {}, "replications": 2, "grid": {"group.size": [10, 5000]}}
    design = parse_design({**data, "fixed": {"group.cap": 5000}, "days": 1})
    options = Options(limits=Limits(gib=0.001))
    rows = sweep(design, tmp_path, options=options).to_frame()
    assert rows["error"].isna().tolist() == [True, True, False, False]
    assert rows["error"].iloc[3].startswith("over its memory limit: needs 0.00")


def test_time_is_judged_between_days(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\nfrom dataclasses import dataclass\nfrom sim.state import Actions\n"
        "@dataclass(frozen=True)\nclass Slow:\n    seconds: float = 0.0\n    every_hours = 24\n"
        "    def act(self, seen):\n        time.sleep(self.seconds)\n"
        "        return Actions.none()\n"
    )
    data = {
        "scenario": {"policies": {"slow": {"use": "slow.py:Slow"}}},
        "grid": {"policies.slow.seconds": [0.0, 0.1]},
        "fixed": {"group.size": 3, "run.days": 4},
        "replications": 2,
    }
    options = Options(limits=Limits(seconds=0.25))
    rows = sweep(parse_design(data, tmp_path), tmp_path / "out", options=options).to_frame()
    assert rows["error"].fillna("").tolist() == ["", "", *["over its time limit of 0.25 s"] * 2]


def test_what_is_no_number_is_a_failed_row(
    tmp_path: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Ensemble.trace

    def broken(block: Ensemble) -> Trace:
        trace = really(block)
        chosen = trace.replication == 4
        trace.daily["satisfaction"][chosen, 1] = np.nan
        return trace

    monkeypatch.setattr(Ensemble, "trace", broken)
    result = sweep(design, tmp_path)
    rows = result.to_frame()
    assert result.failed == 12
    assert set(rows["error"].dropna()) == {"not a number: satisfaction"}
    assert rows["error"].notna().equals(rows["replication"] == 4)
    assert str(rows["messages"].dtype) == "Int64"


def test_a_tally_counts_communities_and_failures(tmp_path: Path) -> None:
    design = breaking(tmp_path, "Mine", **{"group.size": [2, 3], "policies.mine.often": [1, 2]})
    seen: list[Tally] = []
    sweep(design, tmp_path / "out", block_groups=4, options=Options(watch=seen.append))
    assert seen[-1] == Tally(12, 12, 6)
    done = [tally.done for tally in seen]
    assert done == sorted(done)


def test_failures_are_left_out_of_the_page_and_said(tmp_path: Path) -> None:
    design = breaking(tmp_path, "Late", **{"group.size": [2, 3, 4, 9]})
    sweep(design, tmp_path / "out")
    said = "6 of 12 communities failed, at 2 of 4 points (2, 3); the first, point 2 replication 0: "
    assert said in write_report(tmp_path / "out").read_text()


FAILS_ABOVE = """
from dataclasses import dataclass
from sim.state import Actions
@dataclass(frozen=True)
class Mine:
    posts: float = 1.0
    def plan(self, setting):
        if self.posts > 2.5:
            raise OverflowError("too many posts")
        return Actions.posts([0], [1.0], "chat")
"""
WHY = "policies.mine: plan fails with OverflowError('too many posts')"


@pytest.fixture
def half_failing(tmp_path: Path) -> StudyFile:
    (tmp_path / "mine.py").write_text(FAILS_ABOVE)
    data = {
        "scenario": {"group": {"size": 5}},
        "days": 2,
        "replications": 2,
        "fixed": {"policies.mine.use": "mine.py:Mine"},
        "levers": {"policies.mine.posts": {"low": 0, "high": 5}},
    }
    return study_file(data, tmp_path)


def test_every_analysis_names_the_policy_that_failed_and_where(
    tmp_path: Path, half_failing: StudyFile
) -> None:
    pytest.importorskip("SALib")
    failed = r"of \d+ communities failed, at \d+ of \d+ points \([\d, .]+\); the first, point \d+ "
    line = f"{failed}replication 0: {re.escape(WHY)}$"
    with pytest.raises(InputError, match=f"satisfaction is missing in .*{line}"):
        sensitivity(half_failing, tmp_path / "morris", size=4, outcomes=["satisfaction"])
    settings = [{"policies.mine.posts": posts} for posts in (1.0, 4.0)]
    with pytest.raises(InputError, match=f"cost_fen is missing in 2 .*{line}"):
        play_settings(half_failing, settings, [{}], tmp_path / "best", ["cost_fen"], None)
    with pytest.raises(InputError, match=f"(?m){line}"):
        discover(tmp_path / "best", "satisfaction", below=-1.0)
    base = half_failing.design([settings[0]]).base
    two = [base.with_values(setting) for setting in settings]
    found = compare(two, options=CompareOptions(replications=2))
    assert re.search(line, found.origin[FAILED])
    assert FAILED not in compare(two[:1] * 2, options=CompareOptions(replications=2)).origin


def test_a_missing_outcome_without_failures_asks_for_longer_days(tmp_path: Path) -> None:
    study = study_file(
        {"scenario": {}, "days": 2, "replications": 2, "levers": {"group.size": [3, 4]}}, tmp_path
    )
    with pytest.raises(InputError, match=r"2 of 2 communities .*; longer days may help"):
        play_settings(study, [{"group.size": 3}], [{}], tmp_path / "o", ["dead_silent_week2"], None)


def test_failures_and_missing_outcomes_are_said_in_one_line() -> None:
    rows = pd.DataFrame({"point": [0, 3], "replication": 0, "error": [None, "mine: no"]})
    assert failures_in_words(rows) == (
        "1 of 2 communities failed, at 1 of 2 points (3); "
        "the first, point 3 replication 0: mine: no"
    )
    assert why_missing(pd.DataFrame({"point": [0, 1], "trust": [0.5, None]}), "trust") == (
        "trust is missing in 1 of 2 communities; longer days may help, larger groups, or another "
        "outcome"
    )
    rows = pd.DataFrame({"point": [0, 1], "satisfaction": [0.5, None]})
    assert "1 of 2 communities (when nobody had read); longer" in why_missing(rows, "satisfaction")
