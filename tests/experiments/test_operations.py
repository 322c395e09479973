"""What teams do: claims judged on made-up numbers, tables at toy size, plays that go on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.operations import plays
from experiments.operations.__main__ import application
from experiments.operations.claims import (
    CLAIMS,
    HOLDS,
    HOUR_CLAIMS,
    REVERSED,
    UNCLEAR,
    Claim,
    Step,
    rising,
)
from experiments.operations.plays import GAIN, GAIN_PER_CNY, TABLES, played
from experiments.operations.sensitivity import AS_SET, tables_of
from sim.cli import main
from sim.scenario import load_scenario
from sim.scenario.loading import here_or_shipped
from sim.trace import CLAIMED, EVENT_DTYPE, SENT

NAME = "operations"
LEVEL = Step("t", "x", "", "b", 0.0, 10.0)


def frames_of(**columns: list[float]) -> dict[str, pd.DataFrame]:
    tables = [
        pd.DataFrame({"label": label, "replication": range(len(x)), "x": x})
        for label, x in columns.items()
    ]
    return {"t": pd.concat(tables, ignore_index=True)}


def test_a_step_is_judged_by_its_pairs() -> None:
    (step,) = rising("t", "x", "a", "b")
    apart = frames_of(a=[1.0, 5.0, 9.0], b=[2.0, 6.1, 10.2])
    assert step.verdict(step.measured(apart)) == HOLDS
    (back,) = rising("t", "x", "b", "a")
    assert back.verdict(back.measured(apart)) == REVERSED
    alike = frames_of(a=[1.0, 5.0], b=[1.0, 5.0])
    assert step.verdict(step.measured(alike)) == UNCLEAR


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=9))
def test_a_step_and_its_reverse_never_both_hold(values: list[float]) -> None:
    frames = frames_of(a=[0.0] * len(values), b=values)
    found = []
    for labels in (("a", "b"), ("b", "a")):
        (step,) = rising("t", "x", *labels)
        found.append(step.verdict(step.measured(frames)))
    assert found in ([HOLDS, REVERSED], [REVERSED, HOLDS], [UNCLEAR, UNCLEAR])


def test_a_level_lies_within_its_limits_with_its_interval() -> None:
    for values, verdict in (
        ([4.0, 5.0, 6.0], HOLDS), ([9.0, 10.0, 11.0], UNCLEAR), ([40.0, 41.0, 42.0], REVERSED),
        ([3.0, 3.0], HOLDS), ([30.0, 30.0], REVERSED),
    ):  # fmt: skip
        assert LEVEL.verdict(LEVEL.measured(frames_of(b=values))) == verdict


def test_a_claim_is_as_good_as_its_worst_step() -> None:
    frames = frames_of(a=[1.0, 2.0, 3.0], b=[2.0, 3.1, 4.2], c=[0.0, 0.9, 1.7])
    assert Claim("up", [*rising("t", "x", "a", "b")]).verdict(frames) == HOLDS
    assert Claim("up", [*rising("t", "x", "a", "b", "c")]).verdict(frames) == REVERSED


def test_every_claim_speaks_of_plays_and_outcomes_that_there_are() -> None:
    tables = {table.key: table for table in TABLES}
    for claim in CLAIMS:
        for step in claim.steps:
            assert {step.first, step.second} - {""} <= tables[step.table].plays.keys(), step
            assert step.outcome in tables[step.table].shown, step
    assert len({claim.text for claim in (*CLAIMS, *HOUR_CLAIMS)}) == len(CLAIMS) + len(HOUR_CLAIMS)
    assert len(tables_of(CLAIMS)) == len({step.table for one in CLAIMS for step in one.steps})


def test_gain_is_counted_above_no_packet_and_per_money_claimed() -> None:
    (table,) = (one for one in TABLES if one.key == "packets")
    base = load_scenario(here_or_shipped("configs/base.toml"))
    found = played(table.only({"20 CNY in 25"}), base.with_values({"group.size": 20}), 3, 1)
    days = found.pivot(index="replication", columns="label", values="posting_member_days")
    mine = found[found["label"] == "20 CNY in 25"]
    gained = (days["20 CNY in 25"] - days["no packet"]).to_numpy()
    assert mine[GAIN].to_numpy() == pytest.approx(gained)
    claimed = mine["operator_fen_claimed"].mean() / 10_000
    assert mine[GAIN_PER_CNY].to_numpy() == pytest.approx(gained / claimed)
    assert (found.loc[found["label"] == "no packet", GAIN] == 0).all()


def test_a_race_ends_when_so_many_shares_are_taken() -> None:
    events = np.zeros(5, EVENT_DTYPE)
    events["event"] = [SENT, *[CLAIMED] * 4]
    events["member"] = [-1, 1, 2, 3, 4]
    events["time_hours"] = [10.0, 10.5, 10.1, 11.0, 12.0]
    assert plays._minutes(events, 4) == [30.0, 120.0]
    assert plays._minutes(events, 8) == [120.0, plays.NEVER_MINUTES]


def test_tables_and_claims_are_printed(monkeypatch, capsys) -> None:
    words = ["tables", "--groups", "2", "--only", "packets", "--only", "hour", "--only", "race"]
    monkeypatch.setattr(plays, "QUIET", {**plays.QUIET, "look.rate_per_day": 1.0})
    assert main(words, app=application, name=NAME) == 0
    out = capsys.readouterr().out
    assert "A packet a day beside 2 posts; 14 days, 2 groups a row" in out
    assert "20 CNY in 25 shares buy more posting than 5 in 100: " in out
    assert "minutes_to_90" in out
    assert "greetings" not in out


def test_a_stopped_sensitivity_goes_on_and_says_what_each_claim_hangs_on(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    from experiments.operations import sensitivity

    played_now = []

    def verdicts_of(base, _):
        played_now.append(base.params.packets.half_fen)
        verdict = REVERSED if base.params.packets.half_fen > 150 else HOLDS
        return dict.fromkeys([claim.text for claim in CLAIMS], verdict)

    monkeypatch.setattr(sensitivity, "verdicts_of", verdicts_of)
    out = tmp_path / "deeper" / "plays.jsonl"
    words = ["sensitivity", "--out", str(out), "--groups", "2", "--only", "packets.half_fen"]
    assert main(words, app=application, name=NAME) == 0
    assert played_now == [100.0, 50.0, 200.0]
    assert (
        "of 2 plays holds in 1, no clear difference in 0, does not hold in 1; turned by packets"
        in (capsys.readouterr().out)
    )
    rows = out.read_text().splitlines()
    assert json.loads(rows[0])["play"] == AS_SET
    out.write_text("\n".join(rows[:2]) + "\n")
    assert main(words, app=application, name=NAME) == 0
    assert played_now[3:] == [200.0]
    assert main([*words[:4], "5", *words[5:]], app=application, name=NAME) == 2
    assert "other groups" in capsys.readouterr().err


def test_mistakes_are_a_line_each(capsys) -> None:
    words = ["tables", "--groups", "1", "--only", "weather"]
    assert main(words, app=application, name=NAME) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
