"""Groups of one team: their scenario, from Python and from a file, and what they come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import cli
from sim.ensemble import simulate
from sim.errors import InputError
from sim.lives.outcomes import OUTCOMES, outcomes
from sim.lives.portfolios import MEANS, RATIOS, SUMMED_UNITS, of_portfolios
from sim.scenario import Portfolio, Scenario, load_scenario, notes, parse_mix, parse_scenario

LARGE = Scenario().with_values({"group.size": 120, "arrivals.per_day": 3, "desk.hands": 1})


@given(st.integers(1, 120), st.floats(0, 1), st.booleans())
def test_a_portfolio_changes_size_breadth_and_who_shares_the_desk_only(
    groups: int, ratio: float, shares: bool
) -> None:
    one = Portfolio(groups, ratio, shares).of(LARGE)
    before, after = dict(LARGE.params.items()), dict(one.params.items())
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"desk.groups", "group.topic_breadth", "group.size", "arrivals.per_day"}
    assert one.params.desk.groups == groups
    assert one.params.group.topic_breadth == LARGE.params.group.topic_breadth * ratio
    if not shares:
        assert one.params.group.size == 120
    assert abs(one.params.group.size * (groups if shares else 1) - 120) <= groups / 2
    assert one.policies == LARGE.policies


def test_the_table_of_a_file_does_the_same(tmp_path: Path) -> None:
    table = {"groups": 6, "breadth_ratio": 0.25, "shares_members": True}
    data: dict[str, Any] = {"group": {"size": 120}, "desk": {"hands": 1}, "portfolio": table}
    wanted = Portfolio(6, 0.25, True).of(parse_scenario({k: data[k] for k in ("group", "desk")}))
    assert parse_scenario(data).params == wanted.params
    file = tmp_path / "cities.toml"
    file.write_text("[group]\nsize = 30\n[portfolio]\ngroups = 3\n")
    assert load_scenario(file).params.desk.groups == 3
    assert load_scenario(file).params.group.size == 30
    types = {"few": {"share": 1, "group": {"size": 10}}, "many": {"share": 1}}
    mixed = parse_mix({**data, "types": types})
    assert [one.scenario.params.group.size for one in mixed.types] == [2, 20]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ({"groups": 0}, "portfolio.groups"),
        ({"groups": 2, "breadth_ratio": 2.0}, "portfolio.breadth_ratio"),
        ({"group": 2}, "did you mean 'portfolio.groups'"),
        (3, "write .portfolio."),
        ({"groups": 500, "shares_members": True}, "500 groups for 100 members"),
    ],
)
def test_what_no_portfolio_can_be_is_refused_in_a_line(table: object, line: str) -> None:
    with pytest.raises(InputError, match=line):
        parse_scenario({"portfolio": table})


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Play two portfolios of three groups in one call."""
    portfolio = Portfolio(3, shares_members=True)
    one = portfolio.of(
        parse_scenario(
            {
                "group": {"size": 60},
                "run": {"days": 16},
                "desk": {"hands": 0.5},
                "policies": {"cadence": {"posts_per_day": 2}, "red_packets": {"fen_per_day": 500}},
            }
        )
    )
    return outcomes(simulate([one], 2 * portfolio.groups, seed=3), [one])


def test_heads_money_and_hours_of_a_portfolio_are_those_of_its_groups(rows: pd.DataFrame) -> None:
    both = of_portfolios(rows, 3)
    assert both["portfolio"].tolist() == [0, 1]
    for name in ("members_start", "members_end", "joins", "leaves", "fen_sent", "cost_fen"):
        assert both[name].tolist() == [rows[name][:3].sum(), rows[name][3:].sum()], name
    assert both["members_start"].tolist() == [60, 60]
    people = both["members_start"] + both["joins"] - both["leaves"]
    assert (people == both["members_end"]).all()
    money = both["fen_claimed"] + both["fen_refunded"] + both["fen_outstanding"]
    assert (money == both["fen_sent"]).all()
    hours = rows["paid_hours"].to_numpy().reshape(2, 3).sum(axis=1)
    assert both["paid_hours"].to_numpy() == pytest.approx(hours)
    assert (both["paid_hours"] >= 16 * 13 * 0.5 - 1e-9).all()  # whoever is on duty is paid
    for name, (above, below) in RATIOS.items():
        over = (both[above] / both[below].where(both[below] > 0)).astype(float).tolist()
        assert both[name].astype(float).tolist() == pytest.approx(over, nan_ok=True), name


def test_shares_are_means_over_its_groups(rows: pd.DataFrame) -> None:
    both = of_portfolios(rows, 3)
    for name in ("satisfaction", "lurker_share", "dead_silent_week2"):
        means = rows[name].astype(float).to_numpy().reshape(2, 3).mean(axis=1)
        assert both[name].astype(float).to_numpy() == pytest.approx(means), name
    missing = rows.assign(satisfaction=np.nan)
    assert of_portfolios(missing, 3)["satisfaction"].isna().all()


def test_it_is_said_of_each_outcome_how_it_is_put_together() -> None:
    names = {one.name for one in OUTCOMES}
    assert names >= {*MEANS, *RATIOS}
    assert {one.unit for one in OUTCOMES} - SUMMED_UNITS == {
        *("days", "share", "1/day", "minutes", "1", "fatigue", "trust", "seconds"),
        *("fen/member", "true/false", "steps", "check-ins"),
    }


def test_a_team_without_a_desk_is_told_what_to_set() -> None:
    table: dict[str, Any] = {"portfolio": {"groups": 3}}
    (said,) = notes(parse_scenario(table))
    assert "one team runs 3 groups, but with desk.hands = 0" in said
    assert "set desk.hands" in said
    assert notes(parse_scenario({**table, "desk": {"hands": 1}})) == []
    assert notes(Scenario()) == []


SMALL = "[run]\ndays = 3\n[group]\nsize = 10\n[portfolio]\ngroups = 3\n"


def test_a_run_prints_what_the_groups_of_a_team_come_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "team.toml"
    file.write_text(SMALL)
    assert cli.main(["run", str(file), "--groups", "7", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[-1].startswith("note: desk.groups: one team runs 3 groups")
    found = json.loads(out)
    assert found["totals"]["groups"] == 3
    totals = {row["outcome"]: row for row in found["totals"]["outcomes"]}
    assert {"cost_fen", "orders", "members_end"} <= totals.keys()
    assert totals["cost_fen"]["n"] == 2
    scenario = load_scenario(file)
    rows = outcomes(simulate([scenario], 7, scenario.seed), [scenario])
    for name in ("cost_fen", "messages", "members_end"):
        assert totals[name]["mean"] == pytest.approx(rows[name][:6].sum() / 2)
    assert cli.main(["run", str(file), "--groups", "7"]) == 0
    assert "One team runs 3 such groups: together " in capsys.readouterr().out
    assert cli.main(["run", str(file), "--groups", "7", "--all"]) == 0
    shown = capsys.readouterr().out
    assert (
        "Totals over the 3 groups that one team runs, mean over teams; groups left over: 1" in shown
    )
    assert cli.main(["run", str(file), "--groups", "2", "--all"]) == 0
    assert "totals over them need --groups 3 or more" in capsys.readouterr().out
